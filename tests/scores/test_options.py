"""What a reader may switch: aggregators, presets, lenses, what-ifs, weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from analysis.instrument import Lens
from analysis.scores.options import AGGREGATORS, ScoreOptions
from analysis.scores.tree import NUMBERS, node_scores
from tests.scores import reference
from tests.scores.worlds import ASPECTS, FIXED, instrument_of, measure, node, options_of, panel_of, question, scale, walk, worlds


def of_two(answers=(5, 0), **options):
    """(instrument, scores) of a block of two measures with a question each; the first question carries the tag."""
    roots = [
        node("R", [measure("A", [question("A1", scale(), lenses=[("tag", "border")])]), measure("B", [question("B1", scale())])])
    ]
    instrument = instrument_of(roots)
    return node_scores(panel_of(instrument, [dict(zip(("A1", "B1"), answers, strict=True))]), instrument, ScoreOptions(**options))


@settings(FIXED, max_examples=40)
@given(worlds(rows=3))
def test_a_lens_of_all_questions_is_no_lens(world):
    instrument = replace(world.instrument, questions=world.instrument.questions.assign(aspect="all"))
    panel = panel_of(instrument, world.rows)
    options = options_of(replace(world.wishes, lens=None))
    plain, all_of_them = (node_scores(panel, instrument, replace(options, lens=lens)) for lens in (None, Lens("aspect", "all")))
    for number in NUMBERS:
        np.testing.assert_array_equal(getattr(plain, number), getattr(all_of_them, number), err_msg=number)


@settings(FIXED, max_examples=40)
@given(worlds(rows=3))
def test_a_lens_is_the_tree_without_the_other_questions(world):
    lens = ("aspect", ASPECTS[0])
    kept = {q["name"] for _, one in walk(world.roots) for q in one.get("questions", ()) if lens in q["lenses"]}
    without = [{q: code if q in kept else reference.NOT_ASKED for q, code in row.items()} for row in world.rows]
    through, cut = world.scores(lens=lens), world.scores(without, lens=None)
    for number in NUMBERS:
        np.testing.assert_array_equal(getattr(through, number), getattr(cut, number), err_msg=number)


def test_a_measure_without_the_tag_is_not_applicable():
    scores = of_two(lens=Lens("tag", "border"))
    assert scores.score[0].tolist()[:2] == [100.0, 100.0] and np.isnan(scores.score[0, scores.column("B")])
    assert scores.applicable[0].tolist() == [1, 1, 0]


def test_weights_replace_those_of_the_instrument():
    scores = of_two(weights=(("A", 3.0),))
    assert scores.score[0, scores.column("R")] == 75.0
    assert of_two().score[0, 0] == 50.0


def test_weights_of_nobody_and_weights_of_nothing_are_refused():
    with pytest.raises(KeyError, match="no such node"):
        of_two(weights=(("Z", 1.0),))
    for weight in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            of_two(weights=(("A", weight),))


def test_options_are_hashable_and_refuse_what_is_not_offered():
    assert hash(ScoreOptions(lens=Lens("tag", "border"))) == hash(ScoreOptions(lens=Lens("tag", "border")))
    assert "mazziotta_pareto" not in AGGREGATORS
    with pytest.raises(ValueError, match="an aggregator is one of"):
        ScoreOptions(aggregator="mazziotta_pareto")
    with pytest.raises(ValueError, match="a lens is one of"):
        Lens("colour", "red")
    with pytest.raises(KeyError):
        of_two(rule="no such preset")


def test_an_aggregator_applies_above_measures_only():
    roots = [node("R", [measure("A", [question("A1", scale()), question("A2", scale())])])]
    instrument = instrument_of(roots)
    scores = node_scores(panel_of(instrument, [{"A1": 5, "A2": 0}]), instrument, ScoreOptions(aggregator="minimum"))
    assert scores.score[0].tolist() == [50.0, 50.0]
