"""What to do first: gaps ranked by an additive value, and how far the order depends on the weights.

value = gap closed x importance x threat. Importance is a measure's effective weight under its root (overall upstream, overall downstream): so
the value of closing a gap is the points by which the State's overall score on that axis would rise, times the threat.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.priorities.gaps import ask_first, is_known
from analysis.scores.options import ScoreOptions
from analysis.scores.rollup import climb
from analysis.scores.uncertainty import UncertaintySettings, methods
from analysis.scores.weights import effective_weights

TOP = 10
#: Weights are drawn as on every other page (Dirichlet, coefficient of variation 25 % at the mean weight); nothing else is varied here.
SETTINGS = UncertaintySettings(draws=500, sources=frozenset({"weights"}))
RANGE = (5, 95)
KEYS = ["iso3", "measure"]


def importances(instrument: Instrument, weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Effective weight of each measure under its root: measure -> share 0-1."""
    table = effective_weights(instrument, dict(weights or {})).set_index("item")["effective"]
    return {measure: float(table[measure]) for measure in instrument.measures["node"]}


def valued(
    table: pd.DataFrame,
    importance: Mapping[str, float],
    threat: pd.DataFrame | None = None,
    standing: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Gaps with each factor of their value beside them, in the order of `table`.

    Parameters
    ----------
    table: as `gaps.gaps` gives it. importance: as `importances`. threat: as `threat.threats`; 1 everywhere where None. standing: as
    `matching.standing`.

    Returns
    -------
    The rows and columns of `table`, and: closed (the gap that would be closed, points: `gap`, or `gap_low`, the least it can be, where no
    score is shown), importance (0-1), threat (0-1), threat_source, threat_date, worth, worth_low, worth_high (points of the State's overall
    score on that axis, times the threat; low and high by gap_low and gap_high), requested (open needs that name the measure), funded ("",
    `funded`, `under_way`, `done`, `offered`).

    Source: scoring.md section 9.
    """
    found = table.assign(closed=table["gap"].fillna(table["gap_low"]), importance=table["measure"].map(dict(importance)))
    if threat is None:
        found = found.assign(threat=1.0, threat_source="", threat_date="")
    else:
        found = found.merge(threat, on=["iso3", "submodule"], how="left", validate="m:1")
        found["threat"] = found["threat"].fillna(1.0)
    for name, size in (("worth", "closed"), ("worth_low", "gap_low"), ("worth_high", "gap_high")):
        found[name] = found[size] * found["importance"] * found["threat"]
    if standing is None or standing.empty:
        found = found.assign(requested=0, funded="")
    else:
        found = found.merge(standing[[*KEYS, "requested", "funded"]], on=KEYS, how="left", validate="m:1")
        found["requested"] = found["requested"].fillna(0).astype(int)
        found["funded"] = found["funded"].fillna("")
    return found


def listed(table: pd.DataFrame) -> pd.DataFrame:
    """The gaps to rank, of `valued`: known ones only, in the order of their value, none of which is only a missing answer."""
    known = table[is_known(table)]
    order = ["worth", "worth_low", "iso3", "measure"]
    return known.sort_values(order, ascending=[False, False, True, True], kind="stable").reset_index(drop=True)


def wanted(table: pd.DataFrame, *, requested: bool = False, unfunded: bool = False) -> pd.DataFrame:
    """The gaps that a State asks for, and those that nobody pays for yet, as far as each is wanted."""
    kept = (table["requested"] > 0) | (not requested)
    return table[kept & ((table["funded"] == "") | (not unfunded))].reset_index(drop=True)


def only_missing(table: pd.DataFrame) -> pd.DataFrame:
    """Gaps that are only missing answers, to ask first: no gap is known, and open questions decide whether there is one; by the most they can
    be worth (`worth_high`)."""
    asked = ask_first(table[~is_known(table)])
    return asked.sort_values(["worth_high", "iso3", "measure"], ascending=[False, True, True], kind="stable", ignore_index=True)


def drawn_importances(
    instrument: Instrument, options: ScoreOptions | None = None, settings: UncertaintySettings = SETTINGS
) -> np.ndarray:
    """Effective weights under drawn weights: measures x draws, in the instrument's order. The same draws for every State."""
    options = options or ScoreOptions()
    plan = climb(instrument, options).plan
    ways = methods(instrument, plan, "arithmetic", settings)
    found = np.ones((len(instrument.nodes), settings.draws))
    for stage, weights in zip(reversed(plan[1:]), reversed(ways.weights[1:]), strict=True):
        found[stage.items] = weights * found[stage.spread(stage.nodes)]
    return found[[instrument.node_number[m] for m in instrument.measures["node"]]]


def stability(table: pd.DataFrame, instrument: Instrument, drawn: np.ndarray, *, shown: int = 50, top: int = TOP) -> pd.DataFrame:
    """How firmly the first of a ranked list stand when the weights are others.

    A rank is 1 + the number of gaps with a higher value; equal values share the better rank.

    Parameters
    ----------
    table: the whole list, as `listed` gives it. drawn: as `drawn_importances`. shown: how many rows from the head are looked at; the
    others still count as their rivals.

    Returns
    -------
    One row per row of the head, in its order: rank (at the weights in force), rank_low, rank_high (5 and 95 % of the draws, whole
    ranks), in_top (share of the draws in which it is among the first `top`).
    """
    number = {m: i for i, m in enumerate(instrument.measures["node"])}
    size = (table["closed"] * table["threat"]).to_numpy(dtype=float)
    measure = table["measure"].map(number).to_numpy(dtype=int)
    head = table.head(shown)
    own = size[: len(head), None] * drawn[measure[: len(head)]]
    ranks = np.ones(own.shape, dtype=int)
    for m in np.unique(measure):
        rivals = np.sort(size[measure == m])
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = own / drawn[m] * (1 + TOLERANCE)  # a rival of exactly the same value does not stand above
        ranks += len(rivals) - np.searchsorted(rivals, reach, side="right")
    value = table["worth"].to_numpy(dtype=float)
    rivals = np.sort(value)
    rank = 1 + len(rivals) - np.searchsorted(rivals, value[: len(head)] * (1 + TOLERANCE), side="right")
    found = head[["row", *KEYS]].reset_index(drop=True).assign(rank=rank)
    if not len(head):
        return found.assign(rank_low=rank, rank_high=rank, in_top=np.zeros(0))
    low, high = (np.percentile(ranks, q, axis=1, method=m) for q, m in zip(RANGE, ("lower", "higher"), strict=True))
    return found.assign(rank_low=low.astype(int), rank_high=high.astype(int), in_top=(ranks <= top).mean(axis=1))
