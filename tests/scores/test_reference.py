"""The engine against the slow second scorer, number by number, on random trees, scales, statuses, lenses and rules."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from analysis.scores.tree import REASONS
from tests.scores import reference
from tests.scores.worlds import FIXED, worlds


def same(found: float, expected) -> bool:
    """Equal within 1e-7 points of 0-100; None is NaN."""
    if expected is None:
        return bool(np.isnan(found))
    return abs(found - float(expected)) < 1e-7


@settings(FIXED, max_examples=200)
@given(worlds())
def test_every_number_of_every_node_is_that_of_the_reference(world):
    scores = world.scores()
    nodes, questions = world.instrument.nodes["node"].tolist(), world.instrument.questions["question"].tolist()
    for r, codes in enumerate(world.rows):
        for name, row in reference.forest_rows(world.roots, codes, world.wishes).items():
            at = (r, scores.column(name))
            for field, column in (("score", "score"), ("lower", "lower"), ("upper", "upper"), ("step_coverage", "step")):
                assert same(getattr(scores, field)[at], row[column]), (name, field)
            for field in ("level_low", "level_high", "level"):
                assert same(getattr(scores, field)[at], row[field]), (name, field)
            assert (scores.answered[at], scores.applicable[at]) == (row["answered"], row["applicable"]), name
            assert scores.thin[at] == row["thin"], name
            assert (REASONS[scores.why[at]] == "shown") == (row["score"] is not None), name
            names = questions if world.instrument.nodes["kind"][at[1]] == "measure" else nodes
            known = row["children"]
            if not known:
                assert scores.weakest[at] == scores.strongest[at] == -1 and np.isnan(scores.spread[at]), name
                continue
            lowest, highest = min(known.values()), max(known.values())
            assert same(known[names[scores.weakest[at]]], lowest) and same(known[names[scores.strongest[at]]], highest), name
            assert same(scores.spread[at], highest - lowest), name
