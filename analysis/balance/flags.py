"""Two flags of the feedback loop, by level intervals: certain, whatever the open questions hold; possible, if some hold it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.balance.axes import axes
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
    known = np.concatenate([_asked(scores, rows, up) & _asked(scores, rows, down) for up, down in zip(ups, downs, strict=True)])
    certain = ends["downstream_low"] - ends["upstream_high"] >= HEAVY
    possible = ends["downstream_high"] - ends["upstream_low"] >= HEAVY
    table = scores.panel.index.iloc[np.tile(rows, len(pairs))][["row", "iso3", "round"]].reset_index(drop=True)
    table = table.assign(**{name: pairs[name].repeat(len(rows)).array for name in ("submodule", "upstream", "downstream")})
    table = table.assign(**{name: pd.array(levels, dtype="Int64") for name, levels in ends.items()})
    return table.assign(kind=flagged(certain, possible, known))


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
    rows = list(map(int, rows))
    links, nodes = scores.instrument.feedback_links, scores.instrument.nodes
    submodule = dict(zip(nodes["node"], nodes["submodule"], strict=True))
    known_nodes = scores.instrument.node_number
    found: dict[str, list] = {name: [] for name in LOOP[3:]}
    for measure, informed in links.groupby("downstream", sort=False)["upstream"]:
        names = [name for name in dict.fromkeys(informed) if name in known_nodes]
        if measure not in known_nodes or not names:
            continue
        at, ups = scores.column(measure), [scores.column(name) for name in names]
        applies = scores.applicable[np.ix_(rows, ups)] > 0
        ends = [np.where(applies, level[np.ix_(rows, ups)], -1).max(axis=1) for level in (scores.level_low, scores.level_high)]
        known = _asked(scores, rows, at) & applies.any(axis=1)
        low, high = scores.level_low[rows, at], scores.level_high[rows, at]
        certain = (low >= RESPONDS_AT) & (ends[1] <= LEARNS_BELOW)
        possible = (high >= RESPONDS_AT) & (ends[0] <= LEARNS_BELOW)
        found["measure"].append(np.repeat(measure, len(rows)))
        found["submodule"].append(np.repeat(submodule[measure], len(rows)))
        found["informs"].append([tuple(n for n, there in zip(names, line, strict=True) if there) for line in applies])
        for name, levels in zip(("level_low", "level_high", "upstream_low", "upstream_high"), (low, high, *ends), strict=True):
            found[name].append(np.where(known, levels, np.nan))
        found["kind"].append(flagged(certain, possible, known))
    if not found["measure"]:
        return pd.DataFrame(columns=LOOP)
    index = scores.panel.index.iloc[np.tile(rows, len(found["measure"]))][["row", "iso3", "round"]].reset_index(drop=True)
    informs = [one for some in found.pop("informs") for one in some]
    columns = {name: np.concatenate(parts) for name, parts in found.items()}
    columns |= {name: pd.array(columns[name], dtype="Int64") for name in LOOP if name.startswith(("level_", "upstream_"))}
    texts = {name: pd.Series(columns[name].tolist(), dtype="str") for name in ("measure", "submodule", "kind")}
    return index.assign(**columns | texts, informs=informs)[LOOP]


def _asked(scores: Scores, rows: list[int], at: int) -> np.ndarray:
    """Whether a node was returned and applies."""
    return ~np.isin(scores.why[rows, at], [REASONS.index(name) for name in ("not_returned", "not_applicable")])
