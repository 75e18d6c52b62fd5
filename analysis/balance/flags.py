"""Two flags of the feedback loop, by level intervals: certain, whatever the open questions hold; possible, if some hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.balance.axes import axes
from analysis.instrument import Instrument
from analysis.scores.rollup import REASONS
from analysis.scores.tree import Scores

#: What is known of a flag. "" stands where it can't be asked: a part was not returned or does not apply.
CERTAIN, POSSIBLE, NONE = "certain", "possible", "none"
#: Levels of "loop open" on a scale 0-5: downstream at `RESPONDS_AT` or more, all upstream at `LEARNS_BELOW` or less.
RESPONDS_AT, LEARNS_BELOW = 3, 2
LOOP = [
    "row",
    "iso3",
    "round",
    "measure",
    "submodule",
    "informs",
    "level_low",
    "level_high",
    "upstream_low",
    "upstream_high",
    "kind",
]
SIDES = ["row", "iso3", "round", "submodule", "upstream", "downstream", "upstream_low", "upstream_high", "downstream_low"]
SIDES += ["downstream_high", "kind"]
HEAVY = 1  # levels by which downstream stands above upstream


def flagged(certain: np.ndarray, possible: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Truths -> `certain`, `possible`, `none`, and "" where nothing is known."""
    return np.where(known, np.select([certain, possible], [CERTAIN, POSSIBLE], NONE), "")


def response_heavy(scores: Scores, rows: Sequence[int]) -> pd.DataFrame:
    """Where downstream stands a level or more above upstream.

    Returns
    -------
    One row per (row, sub-module with both axes): row, iso3, round, submodule, upstream, downstream (the nodes), upstream_low, upstream_high,
    downstream_low, downstream_high (level intervals), kind.

    Source: scoring.md section 10.
    """
    rows, pairs = list(map(int, rows)), axes(scores.instrument)
    if pairs.empty:
        return pd.DataFrame(columns=SIDES)
    ups, downs = ([scores.column(node) for node in pairs[axis]] for axis in ("upstream", "downstream"))
    ends = {
        f"{name}_{end}": getattr(scores, f"level_{end}")[np.ix_(rows, at)].T.ravel()  # sub-module by sub-module
        for name, at in (("upstream", ups), ("downstream", downs))
        for end in ("low", "high")
    }
    table = scores.panel.index.iloc[np.tile(rows, len(pairs))][["row", "iso3", "round"]].reset_index(drop=True)
    table = table.assign(**{name: pairs[name].repeat(len(rows)).array for name in ("submodule", "upstream", "downstream")})
    table = table.assign(**{name: pd.array(levels, dtype="Int64") for name, levels in ends.items()})
    return table.assign(kind=heavy_kinds(scores, rows, ups, downs).T.ravel())


def heavy_kinds(scores: Scores, rows: Sequence[int], ups: Sequence[int], downs: Sequence[int]) -> np.ndarray:
    """The kind of `response_heavy` alone: returns x pairs of columns."""
    low, high = (
        {at: ends[np.ix_(rows, columns)] for at, columns in (("up", ups), ("down", downs))}
        for ends in (scores.level_low, scores.level_high)
    )
    known = _asked(scores, rows, ups) & _asked(scores, rows, downs)
    return flagged(low["down"] - high["up"] >= HEAVY, high["down"] - low["up"] >= HEAVY, known)


def loop_open(scores: Scores, rows: Sequence[int]) -> pd.DataFrame:
    """Where a downstream measure is well in place and nothing it informs upstream is: what is learnt has nowhere to go yet.

    A downstream measure at level 3 or more while all upstream measures it informs (the instrument's feedback links) are at level 2 or
    less. Upstream measures that do not apply are left out; one that was not returned is open: it may stand anywhere.

    Returns
    -------
    One row per (row, downstream measure with links): row, iso3, round, measure, submodule, informs (tuple of upstream measures that
    apply), level_low, level_high (of the measure), upstream_low, upstream_high (of the highest of those it informs), kind ("" where the
    measure was not returned or does not apply, or nothing it informs applies).

    Source: scoring.md section 10.
    """
    rows, links = list(map(int, rows)), _links(scores.instrument)
    if not links.measures:
        return pd.DataFrame(columns=LOOP)
    applies = scores.applicable[np.ix_(rows, links.ups)] > 0
    levels = {f"level_{end}": getattr(scores, f"level_{end}") for end in ("low", "high")}
    ends = [
        np.maximum.reduceat(np.where(applies, level[np.ix_(rows, links.ups)], -1), links.starts, axis=1)
        for level in levels.values()
    ]
    known = _asked(scores, rows, links.at) & np.logical_or.reduceat(applies, links.starts, axis=1)
    low, high = (level[np.ix_(rows, links.at)] for level in levels.values())
    certain = (low >= RESPONDS_AT) & (ends[1] <= LEARNS_BELOW)
    possible = (high >= RESPONDS_AT) & (ends[0] <= LEARNS_BELOW)
    table = scores.panel.index.iloc[np.tile(rows, len(links.measures))][["row", "iso3", "round"]].reset_index(drop=True)
    found: dict[str, object] = {
        name: pd.Series(np.repeat(getattr(links, f"{name}s"), len(rows))) for name in ("measure", "submodule")
    }
    found["informs"] = links.informed(applies)
    for name, ends_ in zip(("level_low", "level_high", "upstream_low", "upstream_high"), (low, high, *ends), strict=True):
        found[name] = pd.array(np.where(known, ends_, np.nan).T.ravel(), dtype="Int64")  # measure by measure
    found["kind"] = flagged(certain, possible, known).T.ravel()
    return table.assign(**found)[LOOP]


@dataclass(frozen=True)
class _Links:
    """Downstream measures with what each informs upstream: columns of scores. ups: those of all, one after another; starts: where each's begin."""

    measures: list[str]
    submodules: list[str]
    at: list[int]
    ups: list[int]
    starts: list[int]
    names: list[tuple[str, ...]]

    def informed(self, applies: np.ndarray) -> list[tuple[str, ...]]:
        """Measure by measure and return by return the upstream measures that apply (returns x ups)."""
        found = []
        for names, start in zip(self.names, self.starts, strict=True):
            part = applies[:, start : start + len(names)]
            whole = part.all(axis=1).tolist()
            found += [
                names if all_ else tuple(n for n, t in zip(names, line, strict=True) if t)
                for all_, line in zip(whole, part, strict=True)
            ]
        return found


@lru_cache(maxsize=16)
def _links(instrument: Instrument) -> _Links:
    """The instrument's feedback links between measures that it has."""
    known, submodule = instrument.node_number, dict(zip(instrument.nodes["node"], instrument.nodes["submodule"], strict=True))
    informed = {
        measure: tuple(name for name in dict.fromkeys(ups) if name in known)
        for measure, ups in instrument.feedback_links.groupby("downstream", sort=False)["upstream"]
        if measure in known
    }
    informed = {measure: names for measure, names in informed.items() if names}
    names, measures = list(informed.values()), list(informed)
    starts = [0, *np.cumsum([len(some) for some in names]).tolist()][:-1]
    ups = [known[name] for some in names for name in some]
    return _Links(measures, [submodule[m] for m in measures], [known[m] for m in measures], ups, starts, names)


def _asked(scores: Scores, rows: list[int], at: list[int]) -> np.ndarray:
    """Whether nodes were returned and apply: returns x nodes."""
    return ~np.isin(scores.why[np.ix_(rows, at)], [REASONS.index(name) for name in ("not_returned", "not_applicable")])
