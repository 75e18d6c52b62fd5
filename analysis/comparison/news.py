"""What is new since somebody last looked: returns that came in, steps they took, levels that moved because of them.

A mark is the number of the newest step of the store when it was made. What came after it is new, whatever a clock says; the panel of then is
put together again from the steps up to it, so a level has moved only where what is known today differs from what was known then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.comparison.rounds import LATEST, current_rows
from analysis.model import READINGS
from analysis.scores.tree import Scores

KIND = "visit"  # of record in the store; its key is the user
MOVES = ("up", "down", "now_known", "no_longer_known")


@dataclass(frozen=True)
class Mark:
    """Up to where a user has seen: the number of the newest step then, and when the mark was made."""

    step: int
    seen_at: dt.datetime

    def body(self, version: str) -> dict[str, object]:
        """What is kept of it. version: of the data in view, for whoever reads the records."""
        return {"step": self.step, "seen_at": self.seen_at.isoformat(), "version": version}


def mark(records: pd.DataFrame, user: str) -> Mark | None:
    """A user's mark among the records of `KIND`; None for somebody who has made none, or one that nobody can read.

    records: as `Store.records` gives them.
    """
    bodies = records.loc[records["key"] == user, "body"].tolist()
    body: Mapping = bodies[0] if bodies and isinstance(bodies[0], Mapping) else {}
    step = body.get("step")
    try:
        seen_at = dt.datetime.fromisoformat(str(body.get("seen_at")))
    except ValueError:
        return None
    if not isinstance(step, int) or isinstance(step, bool) or seen_at.tzinfo is None:
        return None
    return Mark(step, seen_at)


@dataclass(frozen=True)
class News:
    """What is new: returns (a row each that came in), steps (validated, sent back, taken back), levels (a row each that moved), newest (step)."""

    returns: pd.DataFrame
    steps: pd.DataFrame
    levels: pd.DataFrame
    newest: int

    @property
    def counts(self) -> dict[str, int]:
        """How many: returns, levels, and States by step (validated, sent_back, withdrawn)."""
        states = self.steps.groupby("step")["iso3"].nunique()
        told = {step: int(states.get(step, 0)) for step in ("validated", "sent_back", "withdrawn")}
        moved = int(self.levels["move"].isin(["up", "down"]).sum())
        return {
            "returns": len(self.returns),
            "levels": moved,
            "first_levels": int((self.levels["move"] == "now_known").sum()),
            **told,
        }


def news(steps: pd.DataFrame, then: Scores, now: Scores, nodes: Sequence[str], newest: int) -> News:
    """What is new between a mark and now.

    Parameters
    ----------
    steps: as `Store.steps_since` gives it from the mark on. then, now: scores of the panel at the mark and of the present one. newest: the number of
    the store's newest step.
    """
    first = steps["first"].astype(bool)
    came = steps[first].reset_index(drop=True)
    newest_of = steps.groupby("return_id")["step"].last()
    came = came.assign(step=came["return_id"].map(newest_of))
    taken = steps[~first & steps["step"].isin(["validated", "sent_back", "withdrawn"])]
    return News(came, taken.reset_index(drop=True), moved_levels(then, now, nodes), newest)


def moved_levels(then: Scores, now: Scores, nodes: Sequence[str]) -> pd.DataFrame:
    """Levels of States that are other ones than they were, each State by its newest national return of then and of now.

    Returns
    -------
    One row per (State, reading, node) whose level is another one: iso3, reading, node, round_before, round_after ("" without a return), before, after (NA where no
    single level can be shown), move (`up`, `down`, `now_known`: there was none, `no_longer_known`: there is none now).
    """
    found = [_moved(then, now, nodes, reading) for reading in READINGS]
    return pd.concat(found, ignore_index=True)


def _moved(then: Scores, now: Scores, nodes: Sequence[str], reading: str) -> pd.DataFrame:
    at = [now.column(n) for n in nodes]
    sides = []
    for scores in (then, now):
        rows, index = current_rows(scores.panel, LATEST, reading), scores.panel.index
        sides.append(
            (
                dict(zip(index["iso3"].iloc[rows], range(len(rows)), strict=True)),
                index["round"].to_numpy()[rows],
                scores.level[np.ix_(rows, at)],
            )
        )
    codes = sorted(sides[0][0].keys() | sides[1][0].keys())
    table = {
        "iso3": np.repeat(np.array(codes, dtype=object), len(at)),
        "reading": reading,
        "node": np.tile(np.array(nodes, dtype=object), len(codes)),
    }
    levels = []
    for name, (place, labels, level) in zip(("before", "after"), sides, strict=True):
        row = np.array([place.get(code, len(labels)) for code in codes], dtype=int)
        table[f"round_{name}"] = np.repeat(np.append(labels.astype(object), "")[row], len(at))
        levels.append(np.vstack([level, np.full((1, len(at)), np.nan)])[row].ravel())
    before, after = levels
    move = np.select(
        [after > before, after < before, np.isnan(before) & ~np.isnan(after), ~np.isnan(before) & np.isnan(after)], MOVES, ""
    )
    whole = {"before": pd.array(before, dtype="Int64"), "after": pd.array(after, dtype="Int64"), "move": move}
    found = pd.DataFrame(table | whole)
    return found[found["move"] != ""].reset_index(drop=True)
