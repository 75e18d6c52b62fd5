"""Law on the books and practice apart: the same measure by its legislative and by its operational questions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.balance.flags import CERTAIN, POSSIBLE
from analysis.instrument import Instrument, Lens
from analysis.scores.tree import Scores

LAW, PRACTICE = Lens("aspect", "legislative"), Lens("aspect", "operational")
APART = 2  # levels
#: What is said of a measure: law ahead or practice ahead by two levels or more (certain or possible), or neither.
LAW_AHEAD, PRACTICE_AHEAD, TOGETHER = "law_ahead", "practice_ahead", "together"


def measures(instrument: Instrument) -> list[str]:
    """Measures that ask about both aspects, in the order of the tree; only these can part."""
    asked = instrument.questions.groupby("measure")["aspect"].agg(set)
    return [m for m in instrument.measures["node"] if {LAW.value, PRACTICE.value} <= asked.get(m, set())]


def law_and_practice(law: Scores, practice: Scores, rows: Sequence[int]) -> pd.DataFrame:
    """Level intervals by legislative and by operational questions, where both have an answer.

    Parameters
    ----------
    law, practice: scores of one panel through the lenses `LAW` and `PRACTICE`. rows: rows of the panel, one a State.

    Returns
    -------
    One row per (row, measure) with an answered question of either aspect, furthest apart first: row, iso3, round, measure, submodule,
    measure_type, law_low, law_high, practice_low, practice_high (levels), law_answered, law_applicable, practice_answered,
    practice_applicable (questions), apart (law minus practice, levels; NA while open questions decide), parts (`law_ahead`,
    `practice_ahead`, `together`), kind (`certain`, `possible`: it depends on open questions; `none` where they stay together).

    Raises
    ------
    ValueError
        If the two are not through these lenses.
    """
    if law.options.lens != LAW or practice.options.lens != PRACTICE:
        raise ValueError("the scores are wanted through the legislative and the operational lens")
    names = measures(law.instrument)
    at = np.array([law.column(m) for m in names], dtype=int)
    table = law.part(np.asarray(rows, dtype=int), at)[["row", "iso3", "round", "node", "submodule", "measure_type"]]
    table = table.rename(columns={"node": "measure"})
    picked = np.ix_(np.asarray(rows, dtype=int), at)
    for name, scores in (("law", law), ("practice", practice)):
        for end in ("low", "high"):
            levels = getattr(scores, f"level_{end}")[picked].ravel().astype(float)
            table[f"{name}_{end}"] = pd.array(levels, dtype="Int64")
        table[f"{name}_answered"] = scores.answered[picked].ravel()
        table[f"{name}_applicable"] = scores.applicable[picked].ravel()
    table = table[(table["law_answered"] > 0) & (table["practice_answered"] > 0)].reset_index(drop=True)
    return _parted(table)


def _parted(table: pd.DataFrame) -> pd.DataFrame:
    """Whether law and practice part, for certain or possibly. Where both could be ahead, the likelier side by its middle is named."""
    least = (table["law_low"] - table["practice_high"]).astype(float)  # of law minus practice
    most = (table["law_high"] - table["practice_low"]).astype(float)
    certain = (least >= APART) | (most <= -APART)
    possible = (most >= APART) | (least <= -APART)
    law = (least >= APART) | ((most >= APART) & (most >= -least))
    table["apart"] = pd.array(np.where(least == most, least, np.nan), dtype="Int64")
    table["parts"] = np.where(~possible, TOGETHER, np.where(law, LAW_AHEAD, PRACTICE_AHEAD))
    table["kind"] = np.select([certain, possible], [CERTAIN, POSSIBLE], "none")
    order = pd.DataFrame(
        {"kind": ~certain, "maybe": ~possible, "size": -np.maximum(np.maximum(least, -most), 0), "iso3": table["iso3"]}
    )
    order["measure"] = table["measure"]
    return table.loc[order.sort_values(list(order.columns), kind="stable").index].reset_index(drop=True)


def parted(table: pd.DataFrame) -> pd.DataFrame:
    """How many States part, measure by measure.

    Returns
    -------
    One row per measure, most certain ones first: measure, submodule, measure_type, law_ahead, practice_ahead (States, for certain), open
    (States in which open questions decide), together, n (States with answers on both).
    """
    columns = ["law_ahead", "practice_ahead", "open", "together"]
    kind = table["parts"].mask(table["kind"] == POSSIBLE, "open")
    counts = pd.crosstab(table["measure"], kind).reindex(columns=columns, fill_value=0)
    keys = table.drop_duplicates("measure").set_index("measure")[["submodule", "measure_type"]]
    found = keys.join(counts, validate="1:1")
    found["n"] = found[columns].sum(axis=1)
    found["certain"] = found["law_ahead"] + found["practice_ahead"]
    found = found.reset_index().sort_values(["certain", "law_ahead", "open"], ascending=False, kind="stable")
    return found.drop(columns="certain").reset_index(drop=True)
