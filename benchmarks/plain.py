"""The plain way to score: a table with a row per answer, merged with the instrument's tables and grouped step by step with pandas.

What `scores.py` is compared with. It does the same work from the same tables: any scale, any weights, score, coverage, both gates, bounds and
level interval (arithmetic means, award preset `graded`); `scores.py` checks that the numbers are the same. It does without what nobody would
write: one `groupby` a step with built-in sums and minima, no Python loop over groups. Keys are text, as in every table of the house;
`tuned` keeps them as categories, as somebody would who has measured it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, Panel, Status

LEVELS = (1, 2, 3, 4, 5)
ENDS = ("low", "high")
CEILING = 127


def long_table(panel: Panel, instrument: Instrument, *, tuned: bool = False) -> pd.DataFrame:
    """One row per return and applicable question, with what the instrument says of question and answer."""
    questions = instrument.questions[["question", "measure", "answer_set", "weight", "critical"]].rename(
        columns={"measure": "node"}
    )
    options = instrument.answers[["answer_set", "number", "value", "level"]].rename(columns={"number": "code"})
    ends = options.groupby("answer_set").agg(
        least=("value", "min"), most=("value", "max"), first=("level", "min"), last=("level", "max")
    )
    if tuned:
        questions[["question", "node", "answer_set"]] = questions[["question", "node", "answer_set"]].astype("category")
        options["answer_set"] = options["answer_set"].astype(questions["answer_set"].dtype)
        ends.index = ends.index.astype(questions["answer_set"].dtype)
    rows, asked = panel.codes.shape
    names = questions["question"].array.take(np.tile(np.arange(asked), rows))
    long = pd.DataFrame({"row": np.repeat(np.arange(rows), asked), "question": names, "code": panel.codes.ravel()})
    long = long[~long["code"].isin([int(Status.NA_JUSTIFIED), int(Status.NOT_ASKED)])]
    long = long.merge(questions, on="question", validate="many_to_one")
    long = long.merge(options, on=["answer_set", "code"], how="left", validate="many_to_one")
    return long.merge(ends, left_on="answer_set", right_index=True, validate="many_to_one")


def plain_scores(panel: Panel, instrument: Instrument, *, tuned: bool = False) -> pd.DataFrame:
    """Score, coverage, bounds and level interval of every node of every return."""
    long = long_table(panel, instrument, tuned=tuned)
    long["answered"], long["returned"], long["applicable"] = long["code"] >= 0, long["code"] != NOT_RETURNED, 1
    long["score"] = long["value"] * 100
    long["lower"], long["upper"] = long["value"].fillna(long["least"]) * 100, long["value"].fillna(long["most"]) * 100
    long["low"], long["high"] = long["level"].fillna(long["first"]), long["level"].fillna(long["last"])
    for end in ENDS:
        long[f"critical_{end}"] = long[end].where(long["critical"], CEILING)
    results, nodes = [_grouped(long)], instrument.nodes.set_index("node")
    while True:
        items = results[-1].assign(weight=results[-1]["node"].astype(str).map(nodes["weight"]))
        items["node"] = items["node"].astype(str).map(nodes["parent"])
        items = items[items["node"].notna() & (items["node"] != "")]
        if items.empty:
            return pd.concat(results, ignore_index=True)
        results.append(_grouped(items.assign(node=items["node"].astype("category")) if tuned else items, nodes["needs_all"]))


def _grouped(items: pd.DataFrame, needs_all: pd.Series | None = None) -> pd.DataFrame:
    """One step up the tree: the items' numbers -> those of the nodes they stand under."""
    wanted = {name: (name, "sum") for name in ("answered", "applicable", "returned", "weight")}
    wanted |= {"scored": ("score", "count"), "items": ("lower", "size")}
    wanted |= {f"{name}{end}": (f"{name}{end}", "min") for end in ENDS for name in ("critical_", "")}
    items["weight_scored"] = items["weight"].where(items["score"].notna(), 0.0)
    for name in ("score", "lower", "upper"):
        items[f"sum_{name}"] = items[name] * items["weight"]
    for end in ENDS:
        for n in LEVELS:
            items[f"{end}_{n}"] = (items[end] >= n) * items["weight"]
    summed = ["weight_scored", "sum_score", "sum_lower", "sum_upper", *(f"{end}_{n}" for end in ENDS for n in LEVELS)]
    wanted |= {name: (name, "sum") for name in summed}
    found = items.groupby(["row", "node"], sort=False, observed=True).agg(**wanted).reset_index()
    found["score"] = found["sum_score"] / found["weight_scored"]
    found["lower"], found["upper"] = found["sum_lower"] / found["weight"], found["sum_upper"] / found["weight"]
    found["step_coverage"] = found["weight_scored"] / found["weight"]
    enough = (found["step_coverage"] >= 2 / 3 - 1e-9) & (found["answered"] / found["applicable"] >= 2 / 3 - 1e-9)
    enough &= found["score"].between(found["lower"] - 1e-7, found["upper"] + 1e-7)
    if needs_all is not None:
        enough &= (found["scored"] == found["items"]) | ~found["node"].astype(str).map(needs_all)
    found["score"] = found["score"].where(enough)
    for end in ENDS:
        level, fully = pd.Series(0, index=found.index), pd.Series(True, index=found.index)
        ceiling = np.minimum(found[f"critical_{end}"], found[end] + 2)  # `end` holds the lowest item's level
        for n in LEVELS:
            share = found[f"{end}_{n}"] / found["weight"]
            level = level.mask(fully & (share > 0.5 + 1e-9) & (n <= ceiling), n)
            fully &= share > 0.85 + 1e-9
        found[end] = level
    return found


def plain_draw(long: pd.DataFrame, instrument: Instrument, seed: int) -> pd.DataFrame:
    """One draw the plain way, from a table made once: unknown answers, value map, Dirichlet weights, one of three aggregators. Scores only."""
    random = np.random.default_rng(seed)
    code = long["code"].to_numpy().copy()
    code[code < 0] = random.integers(0, 6, (code < 0).sum())
    values = pd.Series(100 * np.append(0, np.cumsum(random.dirichlet(np.ones(5)))))
    weights = pd.Series(random.gamma(15, size=len(instrument.questions)), index=instrument.questions["question"])
    items = long[["row", "node"]].assign(
        score=pd.Series(code, index=long.index).map(values), weight=long["question"].map(weights).astype(float)
    )
    into, back = [(lambda x: x, lambda x: x), (np.sqrt, np.square), (lambda x: np.log(x.clip(lower=1)), np.exp)][
        random.choice(3, p=[0.5, 0.25, 0.25])
    ]
    nodes, results = instrument.nodes.set_index("node"), []
    while True:
        turned = items["score"] if not results else into(items["score"])
        items = items.assign(product=turned * items["weight"])
        found = items.groupby(["row", "node"], sort=False, observed=True)[["product", "weight"]].sum().reset_index()
        mean = found["product"] / found["weight"]
        found["score"] = mean if not results else back(mean)
        results.append(found)
        weights = pd.Series(random.gamma(15, size=len(nodes)), index=nodes.index)
        names = found["node"].astype(str)
        items = found[["row", "score"]].assign(weight=names.map(weights), node=names.map(nodes["parent"]))
        items = items[items["node"].notna() & (items["node"] != "")]
        if items.empty:
            return pd.concat(results, ignore_index=True)


def plain_pairs(drawn: np.ndarray) -> pd.DataFrame:
    """P(i > j) the plain way: a row per return and draw, joined with itself by draw, grouped by pair."""
    returns, draws = drawn.shape
    long = pd.DataFrame(
        {"row": np.repeat(np.arange(returns), draws), "draw": np.tile(np.arange(draws), returns), "score": drawn.ravel()}
    )
    pairs = long.merge(long, on="draw", suffixes=("", "_other"))
    pairs = pairs[pairs["row"] != pairs["row_other"]]
    pairs["above"] = pairs["score"] > pairs["score_other"]
    return pairs.groupby(["row", "row_other"])["above"].mean().reset_index()
