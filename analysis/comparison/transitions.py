"""From which level to which: how many States moved between two rounds, counts first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.comparison.rounds import current_rows
from analysis.scores.tree import Scores
from analysis.scores.wilson import wilson

FEWEST = 10  # States of a row; below it there are counts only (scoring.md section 7)
OPEN, NOT_SHOWN = "open", "not_shown"


def state_levels(
    scores: Scores, members: set[str], node: str, first: str, last: str, reading: str = "self"
) -> tuple[pd.DataFrame, int]:
    """Level of each State of a group in two rounds, for those with a return in both; and how many have one in either.

    Returns
    -------
    iso3, before, after: the level as text, `open` where open questions decide it, `not_shown` where no score is shown.
    """
    at, index = scores.column(node), scores.panel.index
    standing = np.where(np.isnan(scores.score[:, at]), NOT_SHOWN, OPEN).astype(object)
    one = scores.level[:, at]
    standing[~np.isnan(one)] = one[~np.isnan(one)].astype(int).astype(str)
    sides = []
    for label in (first, last):
        rows = current_rows(scores.panel, label, reading)
        side = pd.Series(standing[rows], index=index["iso3"].iloc[rows].to_numpy(), dtype=object)
        sides.append(side[side.index.isin(members)])
    table = pd.concat(sides, axis=1, keys=["before", "after"])
    both = table.dropna().rename_axis("iso3").sort_index().reset_index()
    return both.astype("str"), len(table)


def transitions(table: pd.DataFrame, levels: tuple[int, ...], fewest: int = FEWEST) -> pd.DataFrame:
    """The matrix of moves between levels.

    Parameters
    ----------
    table: as `state_levels` gives it. levels: the instrument's. fewest: a row of fewer States has counts only.

    Returns
    -------
    One row per (before, after) that can be, from the lowest level up, then `open`, then `not_shown`: before, after, n (States), of (States of the row),
    share (0-1), low, high (95 %, Wilson); the last three NA in a row below `fewest`.
    """
    kinds = [*map(str, levels), OPEN, NOT_SHOWN]
    counts = pd.crosstab(table["before"], table["after"]).reindex(index=kinds, columns=kinds, fill_value=0)
    found = []
    for before in kinds:
        of = int(counts.loc[before].sum())
        for after in kinds:
            n = int(counts.loc[before, after])
            ends = (n / of, *wilson(n, of)) if of >= max(fewest, 1) else (np.nan,) * 3
            found.append((before, after, n, of, *ends))
    return pd.DataFrame(found, columns=["before", "after", "n", "of", "share", "low", "high"])


def moves(table: pd.DataFrame) -> dict[str, int]:
    """How many States rose, fell and stayed, of those with one level in both rounds, and how many are open or not shown in either of the two."""
    known = table[~table["before"].isin([OPEN, NOT_SHOWN]) & ~table["after"].isin([OPEN, NOT_SHOWN])]
    before, after = known["before"].astype(int), known["after"].astype(int)
    hidden = int(((table["before"] == NOT_SHOWN) | (table["after"] == NOT_SHOWN)).sum())
    rose, fell = int((after > before).sum()), int((after < before).sum())
    return {
        "rose": rose,
        "fell": fell,
        "same": len(known) - rose - fell,
        "open": len(table) - len(known) - hidden,
        "not_shown": hidden,
        "n": len(table),
    }
