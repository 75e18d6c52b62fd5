"""What a portfolio would leave behind: each package with what it brings, each State's gaps and scores afterwards, and how much is asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.model import TOLERANCE
from analysis.priorities.question import Question
from analysis.scores.plan import stages
from analysis.scores.rollup import aggregated
from analysis.scores.tree import Scores

#: More at a time than this, new packages and needs under way together, are a heavy load for one State's offices. Ours, as good as any other.
AT_ONCE = 3


def chosen_pairs(question: Question, chosen: np.ndarray) -> pd.DataFrame:
    """The pairs of a choice (States x packages).

    Returns
    -------
    One row a pair, what brings most first: iso3, package (id), package_name, cost (thousands), months, brings (points by their worth that would
    stay open without it and what needs it), per_cost (of these, for one thousand), measures (those with room that it lifts), must_be_in (it, or what needs it, was
    set down as one that must be in).
    """
    packages, rows = question.packages, []
    for s, k in np.argwhere(chosen):
        rest = chosen[s] & ~packages.needs[:, k]
        rest[k] = False
        with_it = np.minimum(question.room[s], chosen[s].astype(float) @ packages.lift)
        without = np.minimum(question.room[s], rest.astype(float) @ packages.lift)
        brings = float((with_it - without) @ question.worth[s])
        lifted = [m for m, p, r in zip(packages.measures, packages.lift[k], question.room[s], strict=True) if p > 0 and r > 0]
        cost = float(packages.cost[k])
        rate = brings / cost if cost else np.nan
        row = (question.codes[s], packages.ids[k], packages.names[k], cost, int(packages.months[k]), brings, rate, lifted)
        rows.append((*row, bool(question.wanted[s, k])))
    names = ["iso3", "package", "package_name", "cost", "months", "brings", "per_cost", "measures", "must_be_in"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["brings", "iso3", "package"], ascending=[False, True, True], kind="stable").reset_index(drop=True)


def paid_already(pairs: pd.DataFrame, table: pd.DataFrame) -> list[list[str]]:
    """For each pair the measures it lifts that somebody pays for, carries out, has promised or has finished in that State.

    pairs: as `chosen_pairs` gives them. table: gaps as `ranking.valued` gives them.
    """
    return _marked(pairs, table[table["funded"] != ""])


def asked_for(pairs: pd.DataFrame, table: pd.DataFrame) -> list[list[str]]:
    """For each pair the measures it lifts that an open need of that State names.

    pairs, table: as for `paid_already`.
    """
    return _marked(pairs, table[table["requested"] > 0])


def _marked(pairs: pd.DataFrame, gaps: pd.DataFrame) -> list[list[str]]:
    """For each pair the measures it lifts that are among some gaps of its State."""
    marked = set(gaps[["iso3", "measure"]].itertuples(index=False, name=None))
    return [[m for m in measures if (iso3, m) in marked] for iso3, measures in zip(pairs["iso3"], pairs["measures"], strict=True)]


class Requests(NamedTuple):
    """Gaps that States ask to have closed: how many there are, and how many a choice closes, closes in part, and leaves as they are."""

    gaps: int
    closed: int
    in_part: int
    untouched: int


def requests(question: Question, chosen: np.ndarray, table: pd.DataFrame) -> Requests:
    """What becomes of the gaps asked for: those of the question with room, of a measure that an open need of the State names.

    table: the gaps that the question was made of, as `ranking.valued` gives them.
    """
    asked = set(table.loc[table["requested"] > 0, ["iso3", "measure"]].itertuples(index=False, name=None))
    mark = np.array([[(code, m) in asked for m in question.packages.measures] for code in question.codes], dtype=bool)
    room, closed = question.room, question.closed(chosen)
    mark = mark.reshape(room.shape) & (room > 0)
    whole, some = mark & (room - closed <= TOLERANCE), mark & (closed > TOLERANCE)
    return Requests(int(mark.sum()), int(whole.sum()), int((some & ~whole).sum()), int((mark & ~some & ~whole).sum()))


def by_state(
    question: Question,
    chosen: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray] | None = None,
    carried: Mapping[str, int] | pd.Series | None = None,
) -> pd.DataFrame:
    """What each State gets and what stays open.

    Parameters
    ----------
    ends: the least and the most each gap can be (States x measures). carried: needs that are paid for or under way already, by State, as
    `matching.carried` counts them; each is taken for as much to carry as a package.

    Returns
    -------
    One row a State, most closed first: iso3, packages (number), cost (thousands), months (of all of them together), gap_before, points_closed,
    points_open (points over its measures by their worth, as `Question.value` counts them), points_closed_low, points_closed_high (what the
    same packages close at either end of the open questions), gap_unweighted, closed_unweighted (the same where every point counts one), in_hand (`carried`,
    0 for a State that is not in it), busy (gets a package, and has more than `AT_ONCE` with what it carries already).
    """
    points, number = question.closed(chosen), chosen.sum(axis=1)
    held = dict(carried if carried is not None else {})
    already = np.array([int(held.get(code, 0)) for code in question.codes], dtype=int)
    low, high = (points if ends is None else closed_of(question, chosen, end) for end in (ends or (None, None)))
    closed, before = ((part * question.worth).sum(axis=1) for part in (points, question.room))
    table = pd.DataFrame(
        {
            "iso3": question.codes,
            "packages": number,
            "cost": chosen @ question.packages.cost,
            "months": chosen @ question.packages.months,
            "gap_before": before,
            "points_closed": closed,
            "points_open": before - closed,
            "points_closed_low": (low * question.worth).sum(axis=1),
            "points_closed_high": (high * question.worth).sum(axis=1),
            "gap_unweighted": question.room.sum(axis=1),
            "closed_unweighted": points.sum(axis=1),
            "in_hand": already,
            "busy": (number > 0) & (number + already > AT_ONCE),
        }
    )
    return table.sort_values(["points_closed", "points_open", "iso3"], ascending=[False, False, True], kind="stable").reset_index(
        drop=True
    )


def closed_of(question: Question, chosen: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Points that a choice closes where the gaps are others: States x measures."""
    return np.minimum(room, chosen.astype(float) @ question.packages.lift)


def lifted_scores(scores: Scores, rows: Sequence[int], points: np.ndarray) -> np.ndarray:
    """Scores of every node (rows x nodes) where the measures' scores are raised by some points (rows x measures, in the tree's order).

    Rolled up as the engine does it, with the options' aggregator and weights and the same gates: a score that is not shown now is not
    shown then. Levels can't be told from points; they need answers (`scenario`).
    """
    instrument = scores.instrument
    before = scores.score[np.asarray(rows, dtype=int)].T
    values = before.copy()
    values[[instrument.node_number[m] for m in instrument.measures["node"]]] += points.T
    for stage in stages(instrument, dict(scores.options.weights)):
        if not stage.of_questions:
            weights = stage.weights[:, None] * ~np.isnan(before[stage.items])
            found = aggregated(values[stage.items], weights, stage, scores.options.aggregator)
            values[stage.nodes] = np.where(np.isnan(before[stage.nodes]), np.nan, found)
    return values.T


def block_scores(question: Question, chosen: np.ndarray, scores: Scores, rows: Sequence[int]) -> pd.DataFrame:
    """Scores of the blocks before and after a choice, for the States that get something.

    Parameters
    ----------
    rows: the row of the panel that speaks for each State of the question, in its order.

    Returns
    -------
    One row per (State, block) with a score: iso3, node, submodule, measure_type, before, after, change (points).
    """
    given = np.flatnonzero(chosen.any(axis=1))
    instrument, rows = scores.instrument, np.asarray(rows, dtype=int)[given]
    after = lifted_scores(scores, rows, question.closed(chosen)[given])
    columns = [instrument.node_number[node] for node in instrument.blocks]
    nodes = instrument.nodes.iloc[np.tile(columns, len(given))].reset_index(drop=True)
    table = nodes[["node", "submodule", "measure_type"]].copy()
    table.insert(0, "iso3", np.repeat(np.array(question.codes, dtype=object)[given], len(columns)))
    table["before"] = scores.score[np.ix_(rows, columns)].ravel()
    table["after"] = after[:, columns].ravel()
    table = table.dropna(subset=["before"])
    return table.assign(change=table["after"] - table["before"]).reset_index(drop=True)
