"""Borders: which States lie beside each other (a table that somebody supplies), both sides of each border, and chains of States."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.instrument import Lens
from analysis.model import TOLERANCE
from analysis.scores.tree import Scores
from analysis.states import DATA, States

BORDER = Lens("tag", "border")
COLUMNS = ["iso3_a", "iso3_b", "source"]
MOST_ROWS, LONGEST = 20_000, 200
USUAL = 5  # States of the chain that a page begins with
LAST = 0.0, 100.0  # what a State without a return may be


@dataclass(frozen=True, eq=False)
class Borders:
    """pairs: iso3_a, iso3_b (in code order, each border once), source. problems: line (of the file), code, found. there: whether a file was found."""

    pairs: pd.DataFrame
    problems: pd.DataFrame
    there: bool = True

    @cached_property
    def neighbours(self) -> dict[str, frozenset[str]]:
        """Code -> codes of its neighbours."""
        found: dict[str, set[str]] = {}
        for a, b in zip(self.pairs["iso3_a"], self.pairs["iso3_b"], strict=True):
            found.setdefault(a, set()).add(b)
            found.setdefault(b, set()).add(a)
        return {code: frozenset(others) for code, others in found.items()}

    def beside(self, a: str, b: str) -> bool:
        """Whether two States share a border."""
        return b in self.neighbours.get(a, ())


def place(sample: bool, data: Path = DATA) -> Path:
    """Where the table of borders lies: shipped for the fictional States, an office's own for real ones."""
    return data / ("sample" if sample else "local") / "adjacency.csv"


def read_borders(path: Path, states: States) -> Borders:
    """The table of borders of a file (docs/borders.md). Never raises for what the file holds.

    A row that can't be used is left out and told: `unreadable` (the file), `columns` (a heading is missing), `unknown_state`, `same_state`,
    `no_source`, `twice` (a border that stands there already, also the other way round).
    """
    pairs, problems, seen = [], [], {}
    if not path.exists():
        return Borders(pd.DataFrame(columns=COLUMNS), _problems([]), there=False)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            head = [name.strip().casefold() for name in next(reader, [])]
            lines = [(reader.line_num, row) for row, _ in zip(reader, range(MOST_ROWS), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return Borders(pd.DataFrame(columns=COLUMNS), _problems([(0, "unreadable", str(error))]))
    if missing := [name for name in COLUMNS if name not in head]:
        return Borders(pd.DataFrame(columns=COLUMNS), _problems([(1, "columns", ", ".join(missing))]))
    at = [head.index(name) for name in COLUMNS]
    for line, row in lines:
        if not any(cell.strip() for cell in row):
            continue
        a, b, source = (row[i].strip() if i < len(row) else "" for i in at)
        pair = tuple(sorted((a, b)))
        strange = [code for code in (a, b) if code not in states]
        if strange:
            problems.append((line, "unknown_state", ", ".join(strange)))
        elif a == b:
            problems.append((line, "same_state", a))
        elif not source:
            problems.append((line, "no_source", f"{a}, {b}"))
        elif pair in seen:
            problems.append((line, "twice", f"{a}, {b} ({seen[pair]})"))
        else:
            seen[pair] = line
            pairs.append((*pair, source[:LONGEST]))
    return Borders(pd.DataFrame(sorted(pairs), columns=COLUMNS), _problems(problems))


def _problems(rows: list[tuple[int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame([(line, code, found[:LONGEST]) for line, code, found in rows], columns=["line", "code", "found"])


def sides(scores: Scores, rows: Sequence[int], node: str, borders: Borders, iso3: str = "") -> pd.DataFrame:
    """Both sides of each border between States with a return.

    Parameters
    ----------
    scores: through any lens. rows: rows of the panel, one a State. iso3: only this State's borders, itself as side a; else side a is the one
    with the lower score (where one is not shown: the lower end of what is possible).

    Returns
    -------
    One row per border, the weakest side first: for x in a, b `x` (code), `x_score`, `x_lower`, `x_upper` (0-100; NA where not shown, not returned
    or not applicable), `x_why`; difference (b minus a; NA unless both are shown), order (`certain`: no open question can turn it; `open`).
    """
    rows, at = np.asarray(rows, dtype=int), scores.column(node)
    part = scores.part(rows, [at])
    silent = part["why"].isin(["not_returned", "not_applicable"])
    part = part.assign(lower=part["lower"].mask(silent), upper=part["upper"].mask(silent))
    part = part[["iso3", "score", "lower", "upper", "why"]].set_index("iso3")
    pairs = borders.pairs
    if iso3:
        pairs = pairs[(pairs["iso3_a"] == iso3) | (pairs["iso3_b"] == iso3)]
    pairs = pairs[pairs["iso3_a"].isin(part.index) & pairs["iso3_b"].isin(part.index)]
    a, b = pairs["iso3_a"].to_numpy(dtype=object), pairs["iso3_b"].to_numpy(dtype=object)
    rank = part["score"].fillna(part["lower"]).fillna(np.inf)
    turned = (b == iso3) if iso3 else rank.reindex(b).to_numpy() < rank.reindex(a).to_numpy()
    a, b = np.where(turned, b, a), np.where(turned, a, b)
    table = pd.DataFrame({"a": a, "b": b})
    for side, codes in (("a", a), ("b", b)):
        for name in part.columns:
            table[f"{side}_{name}"] = part[name].reindex(codes).to_numpy()
    table["difference"] = table["b_score"] - table["a_score"]
    apart = (table["a_upper"] < table["b_lower"] - 100 * TOLERANCE) | (table["b_upper"] < table["a_lower"] - 100 * TOLERANCE)
    table["order"] = np.where(apart, "certain", "open")
    weaker = table[["a_score", "b_score"]].min(axis=1).fillna(table[["a_lower", "b_lower"]].min(axis=1))
    order = table.assign(weaker=weaker).sort_values(["weaker", "a", "b"], na_position="last", kind="stable")
    return order.drop(columns="weaker").reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Chain:
    """A chain of States. table: as `chain` says. score, lower, upper: the weakest link and its bounds. gaps: neighbours in the chain that share no border."""

    table: pd.DataFrame
    score: float
    lower: float
    upper: float
    gaps: tuple[tuple[str, str], ...]


def chain(scores: Scores, rows: Sequence[int], node: str, codes: Sequence[str], borders: Borders) -> Chain:
    """The weakest link along a chain of States: the chain is no stronger than the lowest of them.

    Returns
    -------
    A `Chain`; its table has one row per State in the order given: iso3, round ("" without a return), score, lower, upper, why, weakest (whether it may be
    the weakest, given what open questions allow). The score of the chain is NA unless that of every State is shown; its bounds are the lowest
    lower and the lowest upper end. A State without a return may be anything, from 0 to 100; one to which the lens does not apply is no
    link and is left out of the minimum.
    """
    rows, at = np.asarray(rows, dtype=int), scores.column(node)
    part = scores.part(rows, [at])[["iso3", "round", "score", "lower", "upper", "why"]].set_index("iso3")
    table = part.reindex(list(codes)).rename_axis("iso3").reset_index()
    table["why"], table["round"] = table["why"].fillna("not_returned"), table["round"].fillna("")
    away, none = table["why"] == "not_returned", table["why"] == "not_applicable"
    for end, value in zip(("lower", "upper"), LAST, strict=True):
        table[end] = table[end].mask(away, value).mask(none)
    links = table[~none]
    low, high = links["lower"].min(), links["upper"].min()
    point = links["score"].min() if len(links) and links["score"].notna().all() else np.nan
    table["weakest"] = ~none & (table["lower"] <= high + 100 * TOLERANCE)
    gaps = tuple((a, b) for a, b in pairwise(codes) if not borders.beside(a, b))
    return Chain(table, float(point), float(low), float(high), gaps)


def usual_chain(borders: Borders, codes: Sequence[str], most: int = USUAL) -> list[str]:
    """A chain to begin with: neighbour after neighbour among some States, as long as asked or the longest found; the same every time."""
    allowed, best = set(codes), []
    for start in sorted(allowed & set(borders.neighbours)):
        path = _walked(borders, allowed, [start], most)
        best = path if len(path) > len(best) else best
        if len(best) == most:
            break
    return best


def _walked(borders: Borders, allowed: set[str], path: list[str], most: int) -> list[str]:
    """The longest way on from a path, up to a length."""
    if len(path) == most:
        return path
    best = path
    for code in sorted(borders.neighbours[path[-1]] & allowed - set(path)):
        found = _walked(borders, allowed, [*path, code], most)
        if len(found) > len(best):
            best = found
        if len(best) == most:
            break
    return best
