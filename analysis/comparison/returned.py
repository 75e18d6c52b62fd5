"""Who has returned what: completeness by State, and the headline figures of a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model import NATIONAL, NOT_RETURNED, READINGS, Panel, Status
from analysis.scores.tree import Scores


def status(scores: Scores, rows: Sequence[int]) -> pd.DataFrame:
    """What each return holds.

    Returns
    -------
    One row per return, fewest sub-modules and least complete first: iso3, round, reading, received_at, submodules (codes returned,
    joined by ", "), returned, submodules_asked (numbers of sub-modules), answered, applicable (questions of the sub-modules that
    were returned), completeness (their share), dont_know, withheld, not_applicable, unreadable (numbers of questions).
    """
    rows = np.asarray(rows, dtype=int)
    instrument, codes = scores.instrument, scores.panel.codes[rows]
    index = scores.panel.index.iloc[rows]
    part_of = instrument.questions["submodule"].to_numpy()
    returned = {s: (codes[:, part_of == s] != NOT_RETURNED).any(axis=1) for s in instrument.submodules}
    na = np.isin(codes, [Status.NA_JUSTIFIED, Status.NOT_ASKED])
    applicable, answered = (~na & (codes != NOT_RETURNED)).sum(axis=1), (codes >= 0).sum(axis=1)
    table = index[["iso3", "round", "reading", "received_at"]].reset_index(drop=True)
    table["submodules"] = [", ".join(s for s in instrument.submodules if returned[s][i]) for i in range(len(rows))]
    table["returned"] = np.sum(list(returned.values()), axis=0)
    table["submodules_asked"] = len(returned)
    table["answered"], table["applicable"] = answered, applicable
    table["completeness"] = np.divide(answered, applicable, out=np.full(len(rows), np.nan), where=applicable > 0)
    table["dont_know"] = (codes == Status.DONT_KNOW).sum(axis=1)
    table["withheld"] = (codes == Status.WITHHELD).sum(axis=1)
    table["not_applicable"] = np.isin(codes, [Status.NA_JUSTIFIED, Status.NA_UNJUSTIFIED]).sum(axis=1)
    table["unreadable"] = (codes == Status.INVALID).sum(axis=1)
    return table.sort_values(["returned", "completeness", "iso3"], kind="stable").reset_index(drop=True)


def headline(scores: Scores, rows: Sequence[int], states: int) -> dict[str, tuple[int, int] | float]:
    """The figures at the head of the overview.

    Parameters
    ----------
    states: how many States could have returned.

    Returns
    -------
    returned: (States with a return, States that could); complete: (returns with every sub-module, returns); answered: share of the applicable
    questions of what was returned, NaN without any; shown: (scores of blocks that are shown, blocks that could be).
    """
    table = status(scores, rows)
    whole = int((table["returned"] == table["submodules_asked"]).sum())
    at = [scores.column(b) for b in scores.instrument.blocks]
    block = scores.score[np.ix_(np.asarray(rows, dtype=int), at)]
    possible = scores.applicable[np.ix_(np.asarray(rows, dtype=int), at)] > 0
    total = table["applicable"].sum()
    return {
        "returned": (int(table["iso3"].nunique()), states),
        "complete": (whole, len(table)),
        "answered": float(table["answered"].sum() / total) if total else float("nan"),
        "shown": (int((~np.isnan(block)).sum()), int(possible.sum())),
    }


def units(panels: Mapping[str, Panel], iso3: str) -> pd.DataFrame:
    """What a State has returned, questionnaire by questionnaire. panels: instrument -> its panel.

    Returns
    -------
    One row per instrument, round and reading, the newest round first: instrument, round, round_date, reading, organization (`NATIONAL`; where only
    organizations returned, the first of them).
    """
    columns = ["round", "round_date", "reading", "organization"]
    found = [p.index.loc[p.index["iso3"] == iso3, columns].assign(instrument=name) for name, p in panels.items()]
    table = pd.concat([one for one in found if len(one)] or [pd.DataFrame(columns=[*columns, "instrument"])], ignore_index=True)
    table = table.assign(
        national=table["organization"] != NATIONAL, place=table["reading"].map({r: i for i, r in enumerate(READINGS)})
    )
    table = table.sort_values(
        ["round_date", "instrument", "place", "national", "organization"], ascending=[False, True, True, True, True]
    )
    kept = table.drop_duplicates(["instrument", "round", "reading"])
    return kept[["instrument", *columns]].reset_index(drop=True)
