"""One return laid open: its nodes, its lenses, its measures from strongest to weakest, its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.instrument import Instrument, Lens
from analysis.model import Panel, Status, status_of
from analysis.scores.options import NA_CHALLENGED, STRICT, ScoreOptions
from analysis.scores.tree import Scores, node_scores
from analysis.scores.weights import effective_weights


def profile(scores: Scores, row: int, nodes: Sequence[str]) -> pd.DataFrame:
    """The rows of `Scores.table` of one return for some nodes, in the order given."""
    return scores.part(np.array([row]), np.array([scores.column(n) for n in nodes], dtype=int)).assign(row=0)


def measures(scores: Scores, row: int) -> pd.DataFrame:
    """Measures of one return, weakest first; those without a shown score come last."""
    table = profile(scores, row, scores.instrument.measures["node"])
    return table.sort_values(["score", "lower"], na_position="last", kind="stable").reset_index(drop=True)


def weakest(table: pd.DataFrame) -> str:
    """The node with the lowest score shown, the first of several, and the first of all where none is shown. table: as of `profile`, not empty."""
    score = table["score"].to_numpy(float)
    return str(table["node"].iloc[0 if np.isnan(score).all() else np.nanargmin(score)])


def lens_profile(
    panel: Panel,
    instrument: Instrument,
    row: int,
    lenses: Sequence[Lens],
    nodes: Sequence[str],
    options: ScoreOptions | None = None,
) -> pd.DataFrame:
    """The same answers through several lenses, all in one pass: a question outside a lens is as good as not asked.

    Returns
    -------
    One row per (lens, node): lens_kind, lens and the columns of `Scores.table`.
    """
    codes = np.repeat(panel.codes[[row]], len(lenses), axis=0)
    outside = ~np.array([instrument.lens_mask(lens) for lens in lenses], dtype=bool).reshape(codes.shape)
    codes[outside] = Status.NOT_ASKED
    index = panel.index.iloc[[row] * len(lenses)].reset_index(drop=True).assign(row=np.arange(len(lenses)))
    scores = node_scores(Panel(panel.instrument, codes, index), instrument, options)
    table = scores.part(np.arange(len(lenses)), np.array(sorted(scores.column(n) for n in set(nodes)), dtype=int))
    table.insert(0, "lens_kind", [lenses[r].kind for r in table["row"]])
    table.insert(1, "lens", [lenses[r].value for r in table["row"]])
    return table


def challenged(scores: Scores, row: int, nodes: Sequence[str]) -> list[float]:
    """Beside thin measures: their score with N/A counted as nothing in place; NaN for every other node."""
    return [float(scores.na_challenged[row, scores.column(n)]) for n in nodes]


def what_ifs(scores: Scores, row: int, nodes: Sequence[str]) -> pd.DataFrame:
    """The default beside its two what-ifs: `strict` (no information counts as nothing) and `challenged` (N/A counts as nothing).

    Returns
    -------
    One row per node: node, kind, score, score_strict, score_challenged, and for each of the three level_low and level_high (with the
    same endings); moved_strict, moved_challenged: whether the level interval is another one.

    Source: scoring.md section 2.
    """
    one = scores.panel.where(np.array([row]))
    cases = {"": frozenset(), "_strict": STRICT, "_challenged": NA_CHALLENGED}
    at = [scores.column(n) for n in nodes]
    table = pd.DataFrame({"node": list(nodes), "kind": scores.instrument.nodes["kind"].iloc[at].to_numpy()})
    for ending, statuses in cases.items():
        found = node_scores(one, scores.instrument, replace(scores.options, zero_statuses=statuses))
        for name in ("score", "level_low", "level_high"):
            table[name + ending] = getattr(found, name)[0, at]
    for ending in ("_strict", "_challenged"):
        same = (table["level_low"] == table["level_low" + ending]) & (table["level_high"] == table["level_high" + ending])
        both_none = table["level_low"].isna() & table["level_low" + ending].isna()
        table["moved" + ending] = ~(same | both_none)
    return table


def what_if_questions(scores: Scores, row: int, table: pd.DataFrame) -> pd.DataFrame:
    """The questions behind the levels that the what-ifs move: those that count as nothing in place, below a node whose level moves.

    table: as `what_ifs` gives it.

    Returns
    -------
    One row per (what-if, question) in the instrument's order: what_if (`strict`, `challenged`), question, measure, status, nodes (the
    moved nodes above it, from the top down).
    """
    instrument, codes = scores.instrument, scores.panel.codes[row]
    kept, found = instrument.lens_mask(scores.options.lens), []
    for what_if, statuses in (("strict", STRICT), ("challenged", NA_CHALLENGED)):
        counted = kept & np.isin(codes, [int(s) for s in statuses])
        there = set(table.loc[table[f"moved_{what_if}"], "node"])
        moved = [n for n in instrument.nodes["node"] if n in there]
        below = {node: instrument.questions_below(node) & counted for node in moved}
        for place in np.flatnonzero(np.any(list(below.values()), axis=0)) if below else []:
            nodes = tuple(node for node in moved if below[node][place])
            question = instrument.questions.iloc[place]
            found.append((what_if, question["question"], question["measure"], status_of(int(codes[place])), nodes))
    return pd.DataFrame(found, columns=["what_if", "question", "measure", "status", "nodes"])


def answers(panel: Panel, instrument: Instrument, row: int, measure: str = "") -> pd.DataFrame:
    """The answers of one return, of one measure or of all.

    Returns
    -------
    One row per question in the instrument's order: question, measure, aspect, function, critical, weight, status, option ("" unless
    answered), level (NA unless answered).
    """
    questions = instrument.questions
    kept = questions[questions["measure"] == measure] if measure else questions
    codes = panel.codes[row, kept["number"]]
    option, level = [], []
    for code, name in zip(codes, kept["answer_set"], strict=True):
        chosen = instrument.options[name].iloc[int(code)] if code >= 0 else None
        option.append(chosen["option"] if chosen is not None else "")
        level.append(int(chosen["level"]) if chosen is not None else pd.NA)
    table = kept[["question", "measure", "answer_set", "aspect", "function", "critical", "weight"]].reset_index(drop=True)
    return table.assign(status=[status_of(int(c)) for c in codes], option=option, level=pd.array(level, dtype="Int64"))


def answers_below(panel: Panel, instrument: Instrument, row: int, node: str) -> pd.DataFrame:
    """The answers that a node's number of one return is made of.

    Returns
    -------
    One row per question below the node in the instrument's order: question, measure, submodule, code (as in the panel), points (0-100
    that the answer is worth, NA unless answered), within (its share of the node's weight while every question is answered, 0-1).
    """
    kept = instrument.questions[instrument.questions_below(node)]
    codes = panel.codes[row, kept["number"]].astype(int)
    values, _ = instrument.option_arrays
    points = np.where(codes >= 0, values[kept["number"], np.maximum(codes, 0)] * 100, np.nan)
    effective = effective_weights(instrument).set_index("item")["effective"]
    table = kept[["question", "measure", "submodule"]].reset_index(drop=True)
    return table.assign(code=codes, points=points, within=(effective[kept["question"]] / effective[node]).to_numpy())
