"""If this State did these things: its answers changed, scored by the one engine, beside what they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model import NOT_RETURNED, Panel
from analysis.priorities.cheapest import lowest_option
from analysis.scores.cells import question_cells
from analysis.scores.tree import Scores, node_scores

BEFORE, AFTER = 0, 1


def changed(scores: Scores, row: int, answers: Mapping[str, int]) -> Scores:
    """Scores of one return as it is (row `BEFORE`) and with some answers changed (row `AFTER`), under the same options.

    answers: question -> code. One that is not in the instrument, or a code that is none, is a KeyError.
    """
    one = scores.panel.where(np.array([row]))
    codes = np.repeat(one.codes, 2, axis=0)
    for question, code in answers.items():
        codes[AFTER, scores.instrument.question_number[question]] = code
    index = pd.concat([one.index, one.index.assign(row=AFTER)], ignore_index=True)
    return node_scores(Panel(one.instrument, codes, index), scores.instrument, scores.options)


def raised(scores: Scores, row: int, aims: Mapping[str, int]) -> dict[str, int]:
    """Answers that bring measures, or single questions, to a level: question -> code of the lowest option that reaches it.

    Nothing is lowered: an answer that reaches the level already stays. What is not applicable, or was not returned with its part, stays
    too, and so does a question none of whose options reaches the level. Where a question and its measure are both named, the higher counts.
    """
    instrument, found = scores.instrument, {}
    codes = scores.panel.codes[row]
    cells, levels = question_cells(scores.panel.codes[[row]], instrument, scores.options), instrument.option_arrays[1]
    for i, (question, measure) in enumerate(zip(instrument.questions["question"], instrument.questions["measure"], strict=True)):
        wanted = max((aims[name] for name in (question, measure) if name in aims), default=None)
        if wanted is None or not cells.applicable[i, 0] or codes[i] == NOT_RETURNED:
            continue
        code = lowest_option(levels[i], wanted)
        if code is not None and (not cells.answered[i, 0] or cells.level_low[i, 0] < wanted):
            found[question] = code
    return found


def before_after(pair: Scores, nodes: Sequence[str]) -> pd.DataFrame:
    """Some nodes before and after. pair: as `changed` gives it.

    Returns
    -------
    One row a node: node, kind, submodule, measure_type, before, after (scores 0-100, NA where not shown), change, level_before_low,
    level_before_high, level_after_low, level_after_high.
    """
    columns = np.array([pair.column(node) for node in nodes], dtype=int)
    sides = [pair.part(np.array([side]), columns) for side in (BEFORE, AFTER)]
    table = sides[0][["node", "kind", "submodule", "measure_type"]].copy()
    for name, side in zip(("before", "after"), sides, strict=True):
        table[name] = side["score"]
        for end in ("low", "high"):
            table[f"level_{name}_{end}"] = side[f"level_{end}"]
    table["change"] = table["after"] - table["before"]
    return table
