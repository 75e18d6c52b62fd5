"""Which part of which return counts: superseding, sub-module by sub-module (scoring.md section 2, "Whose score")."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.model import PANEL_KEYS

#: A later one is preferred; a step that is missing here never counts.
RANK = {"draft": 0, "submitted": 1, "validated": 2}
UNIT = ["instrument", *PANEL_KEYS]


def unit_numbers(returns: pd.DataFrame) -> pd.Series:
    """A number for each unit: returns of one instrument, State, organization, round and reading share it."""
    return returns.groupby(UNIT, sort=False).ngroup()


def winners(parts: Iterable[tuple[int, str, str]]) -> dict[str, int]:
    """Of one unit alone, sub-module -> the return that counts for it: the rule of `counting` for a few rows.

    parts: (return, step, sub-module). Sub-modules in the order in which they come.
    """
    best: dict[str, tuple[int, int]] = {}
    for return_id, step, submodule in parts:
        if RANK.get(step, -1) >= RANK["submitted"]:
            best[submodule] = max(best.get(submodule, (0, 0)), (RANK[step], return_id))
    return {submodule: return_id for submodule, (_, return_id) in best.items()}


def counting(parts: pd.DataFrame, *, drafts: bool = False) -> pd.DataFrame:
    """The parts that count: of each unit and sub-module the newest validated, else the newest submitted, else (if asked for) draft.

    Parameters
    ----------
    parts: a row per return and sub-module with unit, submodule, return_id, step. A return with a higher number is newer.
    """
    ranked = parts.assign(rank=[RANK.get(step, -1) for step in parts["step"]])
    fit = ranked[ranked["rank"] >= (0 if drafts else 1)]
    newest_last = fit.sort_values(["rank", "return_id"], kind="stable")
    return newest_last.drop_duplicates(["unit", "submodule"], keep="last").drop(columns="rank").sort_index()


def standings(parts: pd.DataFrame) -> pd.DataFrame:
    """What each part is worth now.

    Returns
    -------
    `parts` with standing (`counts`; `superseded` by a newer or a validated return; `waiting`: newer than a validated one that
    still counts; `draft`; `sent_back`; `withdrawn`) and superseded_by (the return that counts instead, NA unless superseded).
    """
    winners = counting(parts)[["unit", "submodule", "return_id"]].rename(columns={"return_id": "winner"})
    told = parts.merge(winners, on=["unit", "submodule"], how="left", validate="many_to_one")
    winner, mine = told["winner"].astype("Int64"), told["return_id"]
    open_ = told["step"].isin(["submitted", "validated"])
    standing = told["step"].where(~open_, "superseded")
    standing = standing.mask(open_ & winner.lt(mine).fillna(False).astype(bool), "waiting")
    standing = standing.mask(open_ & winner.eq(mine).fillna(False).astype(bool), "counts")
    superseded_by = winner.where(standing == "superseded")
    return told.drop(columns="winner").assign(standing=standing.astype("str"), superseded_by=superseded_by)
