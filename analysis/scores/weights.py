"""Weights beside what they do: effective weight, importance, and budgets allocated by experts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.scores.plan import stages
from analysis.scores.tree import Scores


def effective_weights(instrument: Instrument, weights: dict[str, float] | None = None) -> pd.DataFrame:
    """Share of the whole that each item carries under its root: the product of sibling shares up the tree.

    Returns
    -------
    One row per node and question: item, parent, weight (among siblings), share (of its siblings, sums to 1), effective
    (sums to 1 over the questions below each root).
    """
    parent = dict(zip(instrument.nodes["node"], instrument.nodes["parent"], strict=True))
    names = instrument.nodes["node"].tolist()
    questions = instrument.questions["question"].tolist()
    share: dict[str, float] = {}
    weight: dict[str, float] = {}
    above: dict[str, str] = dict(parent)
    for stage in stages(instrument, weights or {}):
        shares = stage.weights / stage.spread(stage.total(stage.weights))
        owner = stage.spread(stage.nodes)
        for item, w, s, node in zip(stage.items, stage.weights, shares, owner, strict=True):
            name = questions[item] if stage.of_questions else names[item]
            weight[name], share[name], above[name] = float(w), float(s), names[node]
    rows = []
    effective: dict[str, float] = {}
    for item in [*names, *questions]:
        s = share.get(item, 1.0)
        effective[item] = s * effective.get(above[item], 1.0)
        rows.append((item, above[item], weight.get(item, 1.0), s, effective[item]))
    return pd.DataFrame(rows, columns=["item", "parent", "weight", "share", "effective"])


def importance(scores: Scores, node: str) -> pd.DataFrame:
    """How much each child moves its parent's score across returns: w cov(s_c, S) / var(S), which sums to 1.

    Over the returns in which the parent and all its children are scored; S is their arithmetic mean, whatever aggregator
    the scores were made with. NA where fewer than three such returns exist or where S does not vary.

    Returns
    -------
    One row per child: item, share (weight among siblings), importance, n (returns used).

    Source: variance decomposition of a linear composite (Becker, Saisana, Paruolo and Vandecasteele, 2017).
    """
    instrument = scores.instrument
    columns = [scores.column(child) for child in instrument.children(node) if child in instrument.node_number]
    if not columns:
        raise KeyError(f"{node} holds questions; importance is defined for nodes above measures")
    children = scores.score[:, columns]
    children = children[~np.isnan(scores.score[:, scores.column(node)]) & ~np.isnan(children).any(axis=1)]
    table = effective_weights(instrument, dict(scores.options.weights)).set_index("item")
    names = instrument.nodes["node"].iloc[columns]
    shares = table.loc[names, "share"].to_numpy()
    n = len(children)
    found = np.full(len(columns), np.nan)
    total = children @ shares
    if n >= 3 and np.ptp(total) > 100 * TOLERANCE:
        centred = total - total.mean()
        found = shares * ((children - children.mean(axis=0)).T @ centred) / (centred @ centred)
    return pd.DataFrame({"item": names.to_numpy(), "share": shares, "importance": found, "n": n})


def allocated_weights(budgets: pd.DataFrame) -> pd.DataFrame:
    """Weights from budgets that experts allocated: each expert's points are scaled to sum to 1 before the mean is taken.

    Parameters
    ----------
    budgets: expert, item, points (not negative; each expert's points must not all be 0).

    Returns
    -------
    One row per item: item, weight (mean share), sd (sample standard deviation between experts, NA for one), n (experts).
    """
    if (budgets["points"] < 0).any():
        raise ValueError("points can't be negative")
    wide = budgets.pivot(index="expert", columns="item", values="points").astype(float)
    if wide.isna().any(axis=None):
        raise ValueError("every expert must give points to every item (0 is allowed)")
    totals = wide.sum(axis=1)
    if (totals <= 0).any():
        raise ValueError("an expert's points can't all be 0")
    shares = wide.div(totals, axis=0)
    return pd.DataFrame(
        {"item": shares.columns, "weight": shares.mean().to_numpy(), "sd": shares.std(ddof=1).to_numpy(), "n": len(shares)}
    )
