"""Portfolios kept by name: what is kept of one, and several side by side."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

import numpy as np
import pandas as pd

from analysis.priorities.portfolio import Portfolio
from analysis.priorities.question import Question
from analysis.reports.labelled import state_names
from analysis.states import States
from analysis.texts import text

KIND = "scenario"
LONGEST = 80
SUMMARY = [
    "letter",
    "scenario",
    "budget",
    "spent",
    "points_closed",
    "closed_share",
    "packages",
    "states_n",
    "how",
    "quality_gap",
    "saved_by",
    "saved_at",
]
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
        "spent": found.spent, "way": found.way, "status": found.status, "gap": found.gap if np.isfinite(found.gap) else None,
    }  # fmt: skip
    return {"name": name.strip()[:LONGEST], "settings": dict(settings), **facts, "result": result, "pairs": pairs}


def letters(keys: Sequence[str]) -> dict[str, str]:
    """A letter for each of a few portfolios that stand side by side."""
    return dict(zip(keys, ascii_uppercase, strict=False))


def summary(records: pd.DataFrame, keys: Sequence[str], language: str = "en") -> pd.DataFrame:
    """Kept portfolios side by side, a row each: `SUMMARY`. records: of the kind `scenario`, as `Store.records` gives them."""
    named, rows = letters(keys), []
    for key in keys:
        record = records[records["key"] == key].iloc[0]
        kept, result = record["body"], record["body"]["result"]
        how = text(f"portfolio.saved.{'quick' if result['way'] == 'greedy' else result['status']}", language)
        share = result["value"] / result["whole"] if result["whole"] else np.nan
        row = (named[key], kept["name"], result["budget"], result["spent"], result["value"], share, len(kept["pairs"]))
        states, gap = len({pair[0] for pair in kept["pairs"]}), np.nan if result["gap"] is None else 100 * result["gap"]
        rows.append((*row, states, how, gap, record["saved_by"], f"{record['saved_at']:%Y-%m-%d %H:%M}"))
    return pd.DataFrame(rows, columns=SUMMARY)


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
