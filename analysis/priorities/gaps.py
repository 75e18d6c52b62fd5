"""Gaps: target minus score, with what the open questions allow; missing answers are a list of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.priorities.targets import Targets
from analysis.scores.tree import Scores

#: What is known about one State and one measure.
FEWEST_FOR_QUANTILES = 5  # scoring.md section 8
CERTAIN, POSSIBLE, NO_GAP, NOT_RETURNED, NOT_APPLICABLE = "certain", "possible", "none", "not_returned", "not_applicable"


def target_points(instrument: Instrument, level: int | None = None) -> dict[str, float]:
    """Target of each measure in points of 0-100: a level T counts as 100 T / n. None: the instrument's default per measure."""
    measures = instrument.measures
    levels = measures["target_level"] if level is None else [level] * len(measures)
    return {m: 100 * float(t) / instrument.max_level for m, t in zip(measures["node"], levels, strict=True)}


def gaps(scores: Scores, rows: Sequence[int], targets: Mapping[str, float] | Targets) -> pd.DataFrame:
    """Every State x measure with its distance to the target.

    Parameters
    ----------
    targets: points by measure, the same for every State, or the targets of `rows` as `targets.targets` gives them.

    Returns
    -------
    One row per (return, measure), largest gap first: row, iso3, round, measure, submodule, measure_type, score, lower, upper, target,
    gap (max(0, target - score), NA where the score is not shown), gap_low (max(0, target - upper)), gap_high
    (max(0, target - lower)), kind (`certain`: whatever the open questions hold; `possible`: it depends on them; `none`;
    `not_returned`; `not_applicable`), answered, applicable, open (questions without an answer), level_low, level_high, why;
    and, where targets are given as such, target_level (NA for one that is no level), target_kind, target_round, set_by, level_gap_low and
    level_gap_high (levels between the target level and the level interval; listed beside, never mixed with points).

    Source: scoring.md section 9.
    """
    instrument, rows = scores.instrument, np.asarray(rows, dtype=int)
    columns = np.array([instrument.node_number[m] for m in instrument.measures["node"]])
    table = scores.part(rows, columns).drop(columns="kind").rename(columns={"node": "measure"})
    more: list[str] = []
    if isinstance(targets, Targets):
        table["target"] = targets.points.ravel()
        more = _with_levels(table, targets)
    else:
        table["target"] = table["measure"].map(dict(targets)).astype(float)
    target = table["target"]
    table["gap"] = (target - table["score"]).clip(lower=0)
    table["gap_low"] = (target - table["upper"]).clip(lower=0)
    table["gap_high"] = (target - table["lower"]).clip(lower=0)
    table["open"] = table["applicable"] - table["answered"]
    table["kind"] = np.select(
        [
            table["why"] == "not_applicable",
            table["why"] == "not_returned",
            table["gap_low"] > TOLERANCE,
            table["gap_high"] > TOLERANCE,
        ],
        [NOT_APPLICABLE, NOT_RETURNED, CERTAIN, POSSIBLE],
        NO_GAP,
    )
    table = table.sort_values(["gap", "gap_low", "gap_high", "iso3", "measure"], ascending=[False, False, False, True, True])
    kept = ["row", "iso3", "round", "measure", "submodule", "measure_type", "score", "lower", "upper", "target"]
    kept += ["gap", "gap_low", "gap_high", "kind", "answered", "applicable", "open", "level_low", "level_high", "why"]
    return table[kept + more].reset_index(drop=True)


def _with_levels(table: pd.DataFrame, targets: Targets) -> list[str]:
    """Put the targets' levels and origins beside; the names of the new columns."""
    table["target_level"] = pd.array(targets.level.ravel(), dtype="Int64")
    table["target_kind"], table["target_round"] = targets.kind.ravel(), targets.round.ravel()
    table["set_by"] = targets.set_by.ravel()
    table["level_gap_low"] = (table["target_level"] - table["level_high"]).clip(lower=0)
    table["level_gap_high"] = (table["target_level"] - table["level_low"]).clip(lower=0)
    return ["target_level", "target_kind", "target_round", "set_by", "level_gap_low", "level_gap_high"]


def is_known(table: pd.DataFrame) -> pd.Series:
    """Which gaps are known: the score is shown and lies below the target, or it is not shown and yet lies below for certain."""
    return (table["gap"] > TOLERANCE) | (table["gap"].isna() & (table["kind"] == CERTAIN))


def known_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Gaps to list: the score is shown and lies below the target, or it is not shown and yet lies below for certain.

    Largest first: by the gap, or by `gap_low`, the least it can be, where no score is shown.
    """
    kept = table[is_known(table)]
    size = kept["gap"].fillna(kept["gap_low"])
    order = kept.assign(size=size).sort_values(
        ["size", "gap_low", "iso3", "measure"], ascending=[False, False, True, True], kind="stable"
    )
    return order.drop(columns="size").reset_index(drop=True)


def ask_first(table: pd.DataFrame) -> pd.DataFrame:
    """Where an answer is missing rather than a measure: open questions decide whether, or how large, a gap is.

    Returned measures with open questions and room between gap_low and gap_high; the widest first. `width`: that room, points.
    """
    asked = table[(table["open"] > 0) & ~table["kind"].isin([NOT_RETURNED, NOT_APPLICABLE])]
    asked = asked.assign(width=asked["gap_high"] - asked["gap_low"])
    asked = asked[asked["width"] > TOLERANCE]
    return asked.sort_values(["width", "iso3", "measure"], ascending=[False, True, True], kind="stable").reset_index(drop=True)


def shared_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """How many States share a gap, measure by measure.

    Returns
    -------
    One row per measure, most States with a certain gap first: measure, submodule, measure_type, certain, possible, none,
    not_returned, not_applicable (numbers of States), median_gap (points, over the scores shown; NA below five), n (scores shown).
    """
    counts = table.groupby("measure")["kind"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=[CERTAIN, POSSIBLE, NO_GAP, NOT_RETURNED, NOT_APPLICABLE], fill_value=0)
    known = table.groupby("measure")["gap"].agg(n="count", median_gap="median")
    keys = table.drop_duplicates("measure").set_index("measure")[["submodule", "measure_type"]]
    found = keys.join(counts, validate="1:1").join(known, validate="1:1")
    found["median_gap"] = found["median_gap"].where(found["n"] >= FEWEST_FOR_QUANTILES)
    order = ["certain", "median_gap", "possible"]
    return found.reset_index().sort_values(order, ascending=False, kind="stable").reset_index(drop=True)
