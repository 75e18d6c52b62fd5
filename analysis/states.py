"""The States and their groups: reference data, an office's own additions, or the fictional ones of the demonstration."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parents[1] / "data"
_CODE = re.compile(r"[A-Za-z0-9]{2,12}")
COLUMNS = ["iso3", "name", "region", "subregion", "regional_group", "fictional"]
#: The kind of groups that users put together themselves; such a group goes by its key, and its name stands apart.
MINE = "mine"


@dataclass(frozen=True, eq=False)
class States:
    """Who can return.

    table: a row per State with `COLUMNS` and `name_<lang>`. groups: kind, group, iso3; a State may be in several. own_names: key -> name of
    the groups of kind `MINE`.
    """

    table: pd.DataFrame
    groups: pd.DataFrame
    own_names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def names(self) -> dict[str, str]:
        """Code -> English name."""
        return dict(zip(self.table["iso3"], self.table["name"], strict=True))

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """`kind:name` -> codes."""
        found: dict[str, list[str]] = {}
        for kind, name, iso3 in zip(self.groups["kind"], self.groups["group"], self.groups["iso3"], strict=True):
            found.setdefault(f"{kind}:{name}", []).append(iso3)
        return found

    def name(self, iso3: str, language: str = "en") -> str:
        """A State's name, its code where it is not known."""
        column = f"name_{language}"
        if language != "en" and column in self.table:
            found = self.table.loc[self.table["iso3"] == iso3, column]
            if len(found) and found.iloc[0]:
                return found.iloc[0]
        return self.names.get(iso3, iso3)

    def by_name(self, codes: Iterable[str]) -> list[str]:
        """Codes in the order of their names, accents and case aside."""
        return sorted(codes, key=lambda code: (_folded(self.name(code)), code))

    def members(self, group: str) -> set[str]:
        """Codes of a group's States; `group` is `kind:name` (`region:Africa`). Every State for an empty group."""
        if not group:
            return set(self.table["iso3"])
        return set(self._members.get(group, ()))

    def group_name(self, group: str) -> str:
        """The name of a group written `kind:name`; of one that users put together, the name they gave it."""
        kind, _, name = group.partition(":")
        return self.own_names.get(name, name) if kind == MINE else name

    def with_own(self, own: Mapping[str, tuple[str, Iterable[str]]]) -> States:
        """These States with the groups that users put together: key -> (name, codes). Codes that are no State here are left out."""
        rows = [{"kind": MINE, "group": key, "iso3": c} for key, (_, codes) in own.items() for c in codes if c in self.names]
        groups = pd.concat([self.groups, pd.DataFrame(rows, columns=["kind", "group", "iso3"])], ignore_index=True)
        names = {key: name for key, (name, _) in own.items()}
        return replace(self, groups=groups.drop_duplicates(ignore_index=True), own_names=names)

    def __contains__(self, iso3: str) -> bool:
        return iso3 in self.names


def _folded(name: str) -> str:
    """A name without its accents, in one case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file)]


def further_states(path: Path) -> list[dict[str, str]]:
    """The rows of a file of further States, written like `data/local/states.csv`.

    Raises
    ------
    ValueError
        If there is no such file, it is no CSV in UTF-8, or a row has no code.
    """
    try:
        rows = _rows(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"The file of States {path} can't be read: {error}") from error
    if not rows or "iso3" not in rows[0]:
        raise ValueError(
            f"The file of States {path} is missing or has no rows with the columns iso3,name_en (CSV, commas, UTF-8)"
        )
    for number, row in enumerate(rows, start=2):
        if not _CODE.fullmatch(row["iso3"]):
            raise ValueError(f"{path}, row {number}: “{row['iso3']}” is no code; allowed are 2 to 12 letters and digits")
    return rows


def load_states(sample: bool = False, data: Path = DATA, extra: str | Path | None = None) -> States:
    """The 193 Member States and the office's own (`data/local/states.csv`), or the fictional States of the sample.

    The two never mix: a return of a real State can't enter the demonstration, nor a fictional one the office's store.
    `extra` (or $RETURNS_STATES) names one more file like `data/local/states.csv`; the demonstration never reads it.

    Raises
    ------
    ValueError
        If the extra file can't be used.
    """
    if sample:
        rows = [dict(row, fictional=True) for row in _rows(data / "sample" / "states.csv")]
    else:
        rows = [
            dict(row, fictional=False) for row in _rows(data / "reference" / "states.csv") + _rows(data / "local" / "states.csv")
        ]
        extra = extra or os.environ.get("RETURNS_STATES")
        rows += [dict(row, fictional=False) for row in further_states(Path(extra))] if extra else []
    found: dict[str, dict] = {}
    for row in rows:
        row = {
            **row,
            "name": row.get("name_en") or row.get("name") or row["iso3"],
            "region": row.get("m49_region") or row.get("region") or "",
            "subregion": row.get("m49_subregion") or row.get("subregion") or "",
            "regional_group": row.get("un_regional_group") or row.get("regional_group") or "",
        }
        found[row["iso3"]] = row
    table = pd.DataFrame(list(found.values())).fillna("")  # an office's own rows may lack a language
    for column in COLUMNS:
        if column not in table.columns:
            table[column] = ""
    table = table.sort_values("name", kind="stable").reset_index(drop=True) if len(table) else table
    groups = [
        {"kind": kind, "group": row[kind], "iso3": row["iso3"]}
        for kind in ("region", "subregion", "regional_group")
        for row in table.to_dict("records")
        if row[kind]
    ]
    if not sample:
        members = _rows(data / "reference" / "organizations.csv") + _rows(data / "local" / "groups.csv")
        groups += [{"kind": "organization", "group": row["organization"], "iso3": row["iso3"]} for row in members]
    groups = pd.DataFrame(groups, columns=["kind", "group", "iso3"])
    return States(table, groups[groups["iso3"].isin(set(found))].drop_duplicates(ignore_index=True))
