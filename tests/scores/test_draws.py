"""Drawn scores: the score itself where nothing is drawn, reproducible, the same whatever else is selected, within what answers allow."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scores import draws as module
from analysis.scores.draws import draws, quantiles, ranges
from analysis.scores.options import AGGREGATORS
from analysis.scores.tree import node_scores
from analysis.scores.uncertainty import UncertaintySettings
from tests import tiny
from tests.scores.reference import BLANK, NA_JUSTIFIED, completions, forest_rows
from tests.scores.test_tree import better
from tests.scores.worlds import FIXED, all_questions, few_open, instrument_of, measure, node, panel_of, question, scale, worlds

NOTHING = frozenset()
UNKNOWN = frozenset({"unknown"})


def nodes_of(scores):
    """Every node's name."""
    return scores.instrument.nodes["node"].tolist()


def block(*rows):
    """Scores of returns to a block of two measures of two questions."""
    measures = [measure(m, [question(f"{m}{i}", scale()) for i in (1, 2)]) for m in "AB"]
    instrument = instrument_of([node("R", measures)])
    panel = panel_of(instrument, [dict(zip(("A1", "A2", "B1", "B2"), row, strict=True)) for row in rows])
    return node_scores(panel, instrument)


@settings(FIXED, max_examples=60)
@given(worlds(rows=4))
def test_without_any_source_every_draw_is_the_score(world):
    scores = world.scores()
    found = draws(scores, range(4), nodes_of(scores), UncertaintySettings(draws=3, sources=NOTHING)).score
    for draw in range(3):
        np.testing.assert_allclose(found[:, :, draw], scores.score.T, atol=1e-9)


@settings(FIXED, max_examples=40)
@given(worlds(rows=1, seeds=40, most=2), st.integers(0, 2**32 - 1))
def test_drawing_unknown_answers_only_gives_scores_of_completions(world, seed):
    """By the slow reference: each draw of the roots is the score of one of the questionnaires that the open questions allow."""
    codes = few_open(world.roots, random.Random(seed), most=2)
    scores = world.scores([codes])
    roots = [root["name"] for root in world.roots]
    found = draws(scores, [0], roots, UncertaintySettings(draws=60, sources=UNKNOWN)).score[:, 0]
    # gates play no part: with every question answered they are passed
    possible = [forest_rows(world.roots, done, world.wishes) for done in completions(world.roots, codes, world.wishes)]
    for name, drawn in zip(roots, found, strict=True):
        allowed = np.array([np.nan if rows[name]["score"] is None else float(rows[name]["score"]) for rows in possible])
        if scores.applicable[0, scores.column(name)] == 0:
            assert np.isnan(drawn).all()
        else:
            assert np.abs(drawn[:, None] - allowed[None, :]).min(axis=1).max() < 1e-7
            assert drawn.min() >= scores.lower[0, scores.column(name)] - 1e-7
            assert drawn.max() <= scores.upper[0, scores.column(name)] + 1e-7


def test_an_unknown_answer_is_uniform_over_levels_and_never_the_mean():
    scores = block([5, 5, BLANK, 5])
    found = draws(scores, [0], ["B"], UncertaintySettings(draws=10_000, sources=UNKNOWN)).of("B")[0]
    values, counts = np.unique(found, return_counts=True)
    assert values == pytest.approx([50, 60, 70, 80, 90, 100]) and counts / 10_000 == pytest.approx(1 / 6, abs=0.02)


def test_uniform_over_levels_is_not_uniform_over_options():
    """yes, partly, planned, no stand at three levels: planned and no share theirs."""
    options = [(1, 5), ("1/2", 2), (0, 0), (0, 0)]
    instrument = instrument_of([node("R", [measure("A", [question("A1", options)])])])
    scores = node_scores(panel_of(instrument, [{"A1": BLANK}]), instrument)
    found = draws(scores, [0], ["A"], UncertaintySettings(draws=10_000, sources=UNKNOWN)).of("A")[0]
    assert [(found == v).mean() for v in (0, 50, 100)] == pytest.approx([1 / 3] * 3, abs=0.02)


@settings(FIXED, max_examples=30)
@given(worlds(rows=5))
def test_the_seed_the_selection_the_order_and_the_blocks_do_not_matter(world):
    scores, nodes, chosen = world.scores(), nodes_of(world.scores()), UncertaintySettings(draws=20)
    whole = draws(scores, range(5), nodes, chosen).score
    np.testing.assert_array_equal(whole, draws(scores, range(5), nodes, chosen).score)
    np.testing.assert_allclose(draws(scores, [3, 1], nodes, chosen).score, whole[:, [3, 1]], atol=1e-9)
    part = scores.where(np.array([4, 2]))
    np.testing.assert_allclose(draws(part, [0, 1], nodes, chosen).score, whole[:, [4, 2]], atol=1e-9)
    before = module.BLOCK_NUMBERS
    try:
        module.BLOCK_NUMBERS = 1
        np.testing.assert_allclose(draws(scores, range(5), nodes, chosen).score, whole, atol=1e-9)
    finally:
        module.BLOCK_NUMBERS = before


@settings(FIXED, max_examples=40)
@given(worlds(rows=3), st.data())
def test_a_node_is_drawn_alike_whatever_else_is_asked_for(world, data):
    scores, chosen = (
        world.scores(),
        UncertaintySettings(draws=6, sources=frozenset({"weights", "aggregation", "values", "unknown", "error"})),
    )
    every = nodes_of(scores)
    some = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=2, unique=True))
    whole, part = draws(scores, range(3), every, chosen), draws(scores, range(3), some, chosen)
    for name in some:
        np.testing.assert_array_equal(part.of(name), whole.of(name))


def test_another_seed_is_another_draw():
    scores = block([5, 3, 1, 2])
    one, two = (draws(scores, [0], ["R"], UncertaintySettings(draws=5, seed=seed)).score for seed in (1, 2))
    assert (one != two).all()


def test_methods_are_shared_and_unknown_answers_are_each_returns_own():
    """Equal complete returns are equal in every draw; equal returns with an open answer are not, for theirs are other facts."""
    scores = block([5, 3, 1, 2], [5, 3, 1, 2], [5, 3, 1, BLANK], [5, 3, 1, BLANK])
    found = draws(scores, range(4), ["R"], UncertaintySettings(draws=200)).of("R")
    np.testing.assert_allclose(found[0], found[1], atol=1e-9)
    assert (abs(found[2] - found[3]) > 1e-6).mean() > 0.5


@settings(FIXED, max_examples=40)
@given(worlds(rows=3), st.integers(0, 2**32 - 1))
def test_a_better_answer_never_lowers_a_draw(world, seed):
    """With unknown answers drawn, so that gates play no part; under every drawn method."""
    rng = random.Random(seed)
    before = world.scores()
    after = world.scores([better(world, codes, rng) for codes in world.rows])
    chosen, nodes = UncertaintySettings(draws=15), nodes_of(before)
    low, high = (draws(scores, range(3), nodes, chosen).score for scores in (before, after))
    known = ~np.isnan(low)
    assert (known == ~np.isnan(high)).all() and (high[known] >= low[known] - 1e-7).all()


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_every_aggregator_holds_where_aggregation_is_not_drawn(aggregator):
    measures = [measure(m, [question(m + "1", scale())]) for m in "ABC"]
    instrument = instrument_of([node("R", measures)])
    panel = panel_of(instrument, [{"A1": 5, "B1": 2, "C1": 0}, {"A1": 5, "B1": 2, "C1": NA_JUSTIFIED}])
    scores = node_scores(panel, instrument, replace(block([0] * 4).options, aggregator=aggregator))
    found = draws(scores, [0, 1], ["R"], UncertaintySettings(draws=2, sources=UNKNOWN)).of("R")
    assert found == pytest.approx(np.repeat(scores.score[:, :1], 2, axis=1))


def test_answer_error_moves_a_share_of_answers_one_step_and_stays_on_the_scale():
    chosen = UncertaintySettings(draws=10_000, sources=frozenset({"error"}), error=0.3, shift=0.0)
    scores = block([3, 3, 5, 5], [3, 3, 0, 0])
    single = node_scores_of_one(3), node_scores_of_one(5)
    inner = draws(single[0], [0], ["A"], chosen).of("A")[0]
    assert [(abs(inner - v) < 1e-9).mean() for v in (40, 60, 80)] == pytest.approx([0.15, 0.7, 0.15], abs=0.02)
    top = draws(single[1], [0], ["A"], chosen).of("A")[0]
    assert [(abs(top - v) < 1e-9).mean() for v in (80, 100)] == pytest.approx([0.15, 0.85], abs=0.02)
    assert draws(scores, [0], ["R"], chosen).of("R").max() <= 100


def node_scores_of_one(answer):
    """Scores of one question."""
    instrument = instrument_of([node("R", [measure("A", [question("A1", scale())])])])
    return node_scores(panel_of(instrument, [{"A1": answer}]), instrument)


def test_a_common_shift_moves_all_answers_of_a_state_together():
    chosen = UncertaintySettings(draws=2000, sources=frozenset({"error"}), error=0.0, shift=0.5)
    found = draws(block([3, 3, 2, 2]), [0], ["A", "B", "R"], chosen).score[:, 0]
    steps = (found - np.array([[60], [40], [50]])) / 20
    assert np.ptp(steps, axis=0).max() < 1e-9 and np.unique(steps.round(9)).tolist() == [-1, 0, 1]
    assert (steps[0] > 0.5).mean() == pytest.approx(0.25, abs=0.03)


def test_errors_that_a_state_shares_move_its_score_more_than_errors_of_each_answer():
    own, shared = (
        UncertaintySettings(draws=4000, sources=frozenset({"error"}), error=e, shift=s) for e, s in ((0.4, 0.0), (0.0, 0.4))
    )
    scores = block([3, 3, 2, 2])
    assert draws(scores, [0], ["R"], shared).score.std() > 1.8 * draws(scores, [0], ["R"], own).score.std()  # sqrt(4) = 2


def test_a_confusion_matrix_is_used_for_answer_sets_of_as_many_steps():
    rows = np.eye(6)
    rows[3] = [0, 0, 0, 0, 0, 1]
    chosen = UncertaintySettings(
        draws=20, sources=frozenset({"error"}), shift=0.0, confusion=tuple(tuple(map(float, r)) for r in rows)
    )
    assert (draws(node_scores_of_one(3), [0], ["A"], chosen).score == 100).all()
    assert draws(node_scores_of_one(2), [0], ["A"], chosen).score == pytest.approx(40)


def test_ranges_are_the_percentiles_of_the_draws():
    scores = block([5, 3, 1, BLANK], [NA_JUSTIFIED] * 4)
    chosen = UncertaintySettings(draws=101)
    drawn = draws(scores, [0], ["R"], chosen).of("R")[0]
    table = ranges(scores, [1, 0], ["R", "B"], chosen)
    assert table[["row", "node"]].to_numpy().tolist() == [[1, "R"], [1, "B"], [0, "R"], [0, "B"]]
    found = table.loc[2, ["low", "median", "high"]].astype(float).tolist()
    assert found == pytest.approx(np.percentile(drawn, [5, 50, 95]).tolist())
    assert table.loc[0, ["score", "low", "median", "high", "lower"]].isna().all()
    assert table.loc[2, "lower"] == scores.lower[0, 0]


@FIXED
@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_quantiles_are_those_of_numpy(values):
    assert quantiles(np.array([values])).ravel() == pytest.approx(np.percentile(values, [5, 50, 95]))


def test_a_question_out_of_every_lens_plays_no_part():
    scores = block([5, 3, 1, NA_JUSTIFIED])
    found = draws(scores, [0], ["B"], UncertaintySettings(draws=5, sources=frozenset({"weights"}))).of("B")
    assert found == pytest.approx(np.full((1, 5), 20.0)) and len(all_questions([])) == 0


def test_another_stream_is_other_answers_by_the_same_methods_and_the_same_common_shift():
    scores = block([BLANK, 3, 3, 3], [3, 3, 3, 3])
    usual, other = (draws(scores, [0, 1], ["R"], UncertaintySettings(draws=40), stream).of("R") for stream in (0, 1))
    assert (usual[0] != other[0]).any() and (usual[1] == other[1]).all()
    shift = UncertaintySettings(draws=40, sources=frozenset({"error"}), error=0, shift=1)
    usual, other = (draws(scores, [1], ["R"], shift, stream).of("R") for stream in (0, 1))
    assert (usual == other).all() and len(np.unique(usual)) == 2


def test_the_errors_that_a_state_shares_are_the_same_in_every_round_and_not_those_of_others():
    scores = tiny.scores(*((code, "333 333 333", label) for code in ("QMA", "QMB") for label in ("2024", "2026")))
    chosen = UncertaintySettings(draws=200, sources=frozenset({"error"}), error=0, shift=0.5)
    found, index = draws(scores, range(4), ["A"], chosen).of("A"), scores.panel.index
    own, other = (found[(index["iso3"] == code).to_numpy()] for code in ("QMA", "QMB"))
    assert (own[0] == own[1]).all() and (other[0] == other[1]).all() and (own != other).any()
    noise = replace(chosen, error=0.4, shift=0.0)  # what each answer is off by itself is each round's own
    found = draws(scores, range(4), ["A"], noise).of("A")
    assert (found[0] != found[1]).any()


@pytest.mark.parametrize(("items", "draws"), [(0, 5), (1, 1), (3, 7), (5, 4), (7, 333)])
def test_chances_are_the_numbers_that_numpy_draws_one_by_one(items, draws):
    one, four = (UncertaintySettings(seed=9).generator("unknown", 12) for _ in range(2))
    expected = one.integers(0, module.PARTS, (items, draws), dtype=np.uint16)
    assert (module._chance(four, items, draws) == expected).all()
