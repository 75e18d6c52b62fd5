"""Portfolios kept by name: what is kept of one, and several side by side."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from string import ascii_uppercase

import numpy as np
import pandas as pd

from analysis.priorities.portfolio import Portfolio
from analysis.priorities.question import Question
from analysis.reports.labelled import state_names
from analysis.reports.sentences import joined
from analysis.states import States
from analysis.texts import known, percent, text

Told = Callable[[str, str], str]

KIND = "scenario"
LONGEST = 80
SUMMARY = [
    "letter",
    "scenario",
    "asked_target",
    "asked_list",
    "asked_worth",
    "budget",
    "spent",
    "points_closed",
    "closed_share",
    "point_words",
    "closed_unweighted",
    "packages",
    "states_n",
    "how",
    "quality_gap",
    "asked_caps",
    "asked_floors",
    "asked_musts",
    "asked_else",
    "saved_by",
    "saved_at",
]
#: Settings that decide which gaps there are and what a point of them counts: choices that differ in one have no common measure.
DECISIVE = (
    "round",
    "reading",
    "region",
    "submodule",
    "type",
    "target",
    "wanted",
    "worth",
    "aggregator",
    "rule",
    "whatif",
    "weights",
)
#: Column -> the settings it tells, each with its name; the first three hold one each, without its name.
ASKED: Mapping[str, tuple[str, ...]] = {
    "asked_target": ("target",),
    "asked_list": ("wanted",),
    "asked_worth": ("worth",),
    "asked_caps": ("each", "ceiling"),
    "asked_floors": ("favour", "favour_share", "least_share", "flagged"),
    "asked_musts": ("must", "never"),
    "asked_else": tuple(key for key in DECISIVE if key not in ("target", "wanted", "worth")),
}
UNSET = ("", "-", "0", "0.0")  # a limit that is none
PAIRS = ["name", "package_name", "cost", "in_scenarios", "number"]


def new_key() -> str:
    """A short random id, which may stand in an address."""
    return uuid.uuid4().hex[:10]


def body(
    name: str, question: Question, found: Portfolio, settings: Mapping[str, str], facts: Mapping[str, str]
) -> dict[str, object]:
    """What is kept of a portfolio. settings: the page's choices by key; facts: instrument and version of the data."""
    packages = question.packages
    pairs = [
        [question.codes[s], packages.ids[k], packages.names[k], float(packages.cost[k])] for s, k in np.argwhere(found.chosen)
    ]
    result = {
        "budget": question.limits.budget, "value": found.value, "whole": question.whole,
        "weighted": question.weighted, "points": float(question.closed(found.chosen).sum()), "spent": found.spent, "way": found.way, "status": found.status, "gap": found.gap if np.isfinite(found.gap) else None,
    }  # fmt: skip
    return {"name": name.strip()[:LONGEST], "settings": dict(settings), **facts, "result": result, "pairs": pairs}


def letters(keys: Sequence[str]) -> dict[str, str]:
    """A letter for each of a few portfolios that stand side by side."""
    return dict(zip(keys, ascii_uppercase, strict=False))


def differing(records: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    """The decisive settings that are not the same in some kept portfolios. A setting that nothing was kept of is one of its own."""
    settings = [records[records["key"] == key].iloc[0]["body"]["settings"] for key in keys]
    return [name for name in DECISIVE if len({str(kept.get(name)) for kept in settings}) > 1]


def differing_sentence(records: pd.DataFrame, keys: Sequence[str], language: str = "en") -> str:
    """That points and shares of some kept portfolios have no common measure, and why; "" where they have."""
    names = [text(f"control.{name}", language) for name in differing(records, keys)]
    return text("portfolio.saved.differ", language, names=joined(names, language)) if names else ""


def chosen_word(key: str, code: str, language: str = "en") -> str:
    """The word for a choice of the list (`wanted`) or of what a point counts (`worth`); the code where it is none."""
    full = f"{'priorities' if key == 'wanted' else 'portfolio'}.{key}.{code}"
    return text(full, language) if known(full, language) else code


def share_words(code: str) -> str:
    """A share as it is kept (`0.3`) in per cent; what is no number as it is."""
    try:
        return percent(float(code))
    except ValueError:
        return code


def _asked(settings: Mapping[str, str], told: Told, language: str) -> dict[str, str]:
    """The columns of `ASKED` of one kept portfolio."""
    found = {}
    for column, names in ASKED.items():
        given = {name: told(name, str(settings[name])) for name in names if str(settings.get(name, "")) not in UNSET}
        if "favour" not in given:  # a share set aside for nobody
            given.pop("favour_share", None)
        single = column in ("asked_target", "asked_list", "asked_worth")
        found[column] = "; ".join(w if single else f"{text(f'control.{name}', language)}: {w}" for name, w in given.items())
    return found


def summary(records: pd.DataFrame, keys: Sequence[str], told: Told, language: str = "en") -> pd.DataFrame:
    """Kept portfolios side by side, a row each: `SUMMARY`, with what each was asked for.

    Parameters
    ----------
    records: of the kind `scenario`, as `Store.records` gives them. told: (setting, code) -> the code in words.
    """
    named = letters(keys)
    rows = [_row(named[key], records[records["key"] == key].iloc[0], told, language) for key in keys]
    return pd.DataFrame(rows, columns=SUMMARY)


def _row(letter: str, record: pd.Series, told: Told, language: str) -> dict[str, object]:
    """One kept portfolio. Those kept before it was told say nothing of what a point is."""
    kept, result = record["body"], record["body"]["result"]
    unit = text(f"portfolio.unit.{'weighted' if result['weighted'] else 'points'}", language) if "weighted" in result else ""
    return {
        "letter": letter, "scenario": kept["name"], "budget": result["budget"], "spent": result["spent"], "points_closed": result["value"],
        "closed_share": result["value"] / result["whole"] if result["whole"] else np.nan, "point_words": unit,
        "closed_unweighted": result.get("points", np.nan), "packages": len(kept["pairs"]),
        "states_n": len({pair[0] for pair in kept["pairs"]}),
        "how": text(f"portfolio.saved.{'quick' if result['way'] == 'greedy' else result['status']}", language),
        "quality_gap": np.nan if result["gap"] is None else 100 * result["gap"],
        **_asked(kept["settings"], told, language), "saved_by": record["saved_by"], "saved_at": f"{record['saved_at']:%Y-%m-%d %H:%M}",
    }  # fmt: skip


def pairs(records: pd.DataFrame, keys: Sequence[str], states: States, language: str = "en") -> pd.DataFrame:
    """Every (State, package) of some kept portfolios and in which of them it is, those in most first: iso3, package and `PAIRS`."""
    named, found = letters(keys), {}
    for key in keys:
        for iso3, package, name, cost in records[records["key"] == key].iloc[0]["body"]["pairs"]:
            found.setdefault((iso3, package), [name, cost, []])[2].append(named[key])
    rows = [(*pair, name, cost, ", ".join(where), len(where)) for pair, (name, cost, where) in found.items()]
    table = pd.DataFrame(rows, columns=["iso3", "package", "package_name", "cost", "in_scenarios", "number"])
    table = table.sort_values(["number", "iso3", "package"], ascending=[False, True, True], kind="stable").reset_index(drop=True)
    codes = list(dict.fromkeys(table["iso3"]))
    names = dict(zip(codes, state_names(states, codes, language), strict=True))
    return table.assign(name=[names[code] for code in table["iso3"]])
