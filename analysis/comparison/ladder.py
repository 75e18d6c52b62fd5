"""One score under three assumptions about what is missing, side by side: anything at all, within what was observed, like the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES, mean_within
from analysis.scores.cells import Cells, question_cells
from analysis.scores.rollup import aggregated, climb
from analysis.scores.tree import Scores
from analysis.scores.uncertainty import region_bounds

KEYS = ["node", "kind", "submodule", "measure_type"]


def state_ladder(scores: Scores, row: int, nodes: Sequence[str]) -> pd.DataFrame:
    """One return's score at some nodes under three assumptions about its open questions.

    Worst case: each anywhere on its scale. Own observed range: each between the lowest and the highest answer of its own measure; where
    that has none, of the nearest part above that has one. Like the rest: as the mean of what is answered, which is the score.

    Returns
    -------
    One row per node, in the order given: node, kind, submodule, measure_type, lower, upper (worst case), low, high (own observed range,
    NaN where the part was not returned), score (like the rest, NaN where not shown), open (questions), answered, applicable, why.

    Source: scoring.md sections 2, 3 and 5.
    """
    at = np.array([scores.column(n) for n in nodes], dtype=int)
    table = scores.part(np.array([row]), at)[[*KEYS, "lower", "upper", "score", "answered", "applicable", "why"]]
    low, high = _climbed(scores, _observed(scores, row))[:, at]
    asked = ~table["why"].isin(["not_returned", "not_applicable"]).to_numpy()
    table = table.assign(low=np.where(asked, low, np.nan), high=np.where(asked, high, np.nan))
    return table.assign(open=table["applicable"] - table["answered"])


def _observed(scores: Scores, row: int) -> tuple[np.ndarray, Cells]:
    """Lowest and highest value of each question (2 x questions x 1) within what the return answered, and its cells."""
    instrument = scores.instrument
    cells = question_cells(scores.panel.codes[[row]], instrument, scores.options)
    parent = dict(zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True))
    ends = np.stack([cells.lower, cells.upper])
    for measure, places in instrument.questions.groupby("measure", sort=False).indices.items():
        mine = np.isin(np.arange(len(instrument.questions)), places)
        node, below = measure, mine
        while node and not cells.answered[below].any():
            node = parent[node]
            below = instrument.questions_below(node) if node else mine
        if node:
            answered = cells.score[below][cells.answered[below]]
            for end, value in enumerate((answered.min(), answered.max())):
                ends[end, mine] = np.clip(value, cells.lower[mine], cells.upper[mine])  # an answer's own ends are the answer
    return ends, cells


def _climbed(scores: Scores, observed: tuple[np.ndarray, Cells]) -> np.ndarray:
    """2 x questions x 1 -> 2 x nodes: the tree with every applicable question at one end, then at the other."""
    ends, cells = observed
    count = len(scores.instrument.nodes)
    found, applicable = np.full((2, count, 1), np.nan), np.zeros((count, 1), dtype=bool)
    for stage in climb(scores.instrument, scores.options).plan:
        values, used = (ends, cells.applicable) if stage.of_questions else (found, applicable)
        weights = stage.weights[:, None] * used[stage.items]
        how = "arithmetic" if stage.of_questions else scores.options.aggregator
        found[:, stage.nodes] = aggregated(values[:, stage.items], weights, stage, how)
        applicable[stage.nodes] = stage.total(used[stage.items]) > 0
    return found[:, :, 0]


def region_ladder(scores: Scores, rows: Sequence[int], states: int, nodes: Sequence[str]) -> pd.DataFrame:
    """A region's mean at some nodes under three assumptions about the States without a score. A State counts one.

    Worst case: States with a return at their own bounds, the others anywhere from 0 to 100. Observed range: States without a score
    between the lowest and the highest score shown, as far as their own bounds allow. Like the rest: the mean of the scores shown.

    Parameters
    ----------
    rows: the rows of the panel that speak for the region's States, one a State. states: all States of the region.

    Returns
    -------
    One row per node: node, kind, submodule, measure_type, states (to which the node applies, as far as known), n (with a shown score),
    without (the others), lower, upper, low, high, score. All five numbers are NaN where fewer than five States have a shown score, and
    score as well where the worst case rules it out.

    Raises
    ------
    ValueError
        If a region has fewer States than returns.

    Source: Manski (1989), worst-case bounds; scoring.md sections 5 and 8.
    """
    rows = np.asarray(rows, dtype=int)
    if states < len(rows):
        raise ValueError(f"a region of {states} States can't hold {len(rows)} returns")
    found = []
    for node in nodes:
        at = scores.column(node)
        score, lower, upper = (getattr(scores, name)[rows, at] for name in ("score", "lower", "upper"))
        applies = ~np.isnan(lower)
        score, lower, upper = score[applies], lower[applies], upper[applies]
        counted, n = states - int((~applies).sum()), int((~np.isnan(score)).sum())
        numbers = _region(score, lower, upper, counted) if n >= FEWEST_FOR_QUANTILES else [np.nan] * 5
        found.append((node, counted, n, counted - n, *numbers))
    table = pd.DataFrame(found, columns=["node", "states", "n", "without", "lower", "upper", "low", "high", "score"])
    kept = scores.instrument.nodes.set_index("node").loc[list(nodes), KEYS[1:]].reset_index()
    return kept.assign(**{name: table[name] for name in table.columns[1:]})


def _region(score: np.ndarray, lower: np.ndarray, upper: np.ndarray, states: int) -> list[float]:
    shown = ~np.isnan(score)
    ends = []
    for end in (score[shown].min(), score[shown].max()):
        within = np.where(shown, score, np.clip(end, lower, upper))
        ends.append((within.sum() + end * (states - len(score))) / states)
    bounds = region_bounds(lower, upper, states)
    return [*bounds, *map(float, ends), mean_within(float(score[shown].mean()), *bounds)]
