"""What a change is made of. Expected values: oracles computed outside the engine, brute force over all orders, and the engine's own change."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison import contributions as c
from analysis.comparison import rounds
from analysis.scores.options import AGGREGATORS, ScoreOptions
from analysis.scores.tree import node_scores
from tests import tiny
from tests.scores.worlds import FIXED, panel_of, random_world

HALVES = np.array([0.5, 0.5])


def over_all_orders(value, n):
    """Shapley by its definition: the mean over every order in which the parts change."""
    found = np.zeros(n)
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        changed = np.zeros(n, dtype=bool)
        for i in order:
            was = value(changed[None, :])[0]
            changed[i] = True
            found[i] += value(changed[None, :])[0] - was
    return found / len(orders)


def test_two_factor_is_that_of_the_oracle(oracles):
    one = oracles["two_factor"]
    found = c.two_factor(*(one["input"][name] for name in ("w0", "w1", "x0", "x1")))
    assert found[0].tolist() == pytest.approx(one["expected"]["score_effect"], abs=one["tolerance"])
    assert found[1].tolist() == pytest.approx(one["expected"]["weight_effect"], abs=one["tolerance"])
    assert np.sum(found) == pytest.approx(one["expected"]["total"])


def test_the_minimum_is_shared_as_in_the_oracle(oracles):
    one = oracles["shapley_min"]
    x0, x1 = (np.array(one["input"][side], dtype=float) for side in ("before", "after"))
    assert c.lowest_effects(x0, x1).tolist() == pytest.approx(one["expected"]["phi"], abs=one["tolerance"])
    walked = c.shapley(lambda changed: np.where(changed, x1, x0).min(axis=1), 3)
    assert walked.tolist() == pytest.approx(one["expected"]["phi"], abs=one["tolerance"])


def test_the_geometric_mean_is_split_by_the_log_mean_of_the_oracle_and_walked_through_as_there(oracles):
    one = oracles["shapley_geo"]
    x0, x1 = (np.array(one["input"][side], dtype=float) for side in ("before", "after"))
    third = np.full(3, 1 / 3)
    by_score, by_weight = c.effects("geometric", third, third, x0, x1)
    assert by_score.tolist() == pytest.approx(one["expected"]["lmdi"], abs=one["tolerance"]) and not by_weight.any()
    assert by_score.sum() == pytest.approx(one["expected"]["total"], abs=one["tolerance"])
    walked = c.shapley(lambda changed: np.exp(np.log(np.where(changed, x1, x0)).mean(axis=1)), 3)
    assert walked.tolist() == pytest.approx(one["expected"]["shapley"], abs=one["tolerance"])


PAIRS = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=5)


@settings(FIXED, max_examples=60)
@given(PAIRS)
def test_the_share_of_a_minimum_is_the_mean_over_all_orders(pairs):
    x0, x1 = np.array(pairs, dtype=float).T * 10
    expected = over_all_orders(lambda changed: np.where(changed, x1, x0).min(axis=1), len(pairs))
    assert c.lowest_effects(x0, x1).tolist() == pytest.approx(expected.tolist(), abs=1e-9)


@settings(FIXED, max_examples=60)
@given(PAIRS, st.sampled_from(["power", "harmonic"]))
def test_a_turned_mean_adds_up_and_a_power_of_a_half_is_the_mean_over_all_orders(pairs, aggregator):
    """The power mean is a square after the turn, so its split is the Shapley share; the harmonic one with a 0 is walked through."""
    x0, x1 = np.array(pairs, dtype=float).T * 10
    w = np.full(len(pairs), 1 / len(pairs))

    def value(changed):
        x = np.where(changed, x1, x0)
        if aggregator == "power":
            return (w * np.sqrt(x)).sum(axis=1) ** 2
        with np.errstate(divide="ignore"):
            return 1 / (w / x).sum(axis=1)

    found = np.sum(c.effects(aggregator, w, w, x0, x1), axis=0)
    ends = value(np.array([[False] * len(pairs), [True] * len(pairs)]))
    assert found.sum() == pytest.approx(ends[1] - ends[0], abs=1e-9)
    if aggregator == "power" or min(x0.min(), x1.min()) == 0:
        assert found.tolist() == pytest.approx(over_all_orders(value, len(pairs)).tolist(), abs=1e-9)


@pytest.mark.parametrize("aggregator", ["arithmetic", "power", "geometric", "harmonic"])
def test_other_weights_are_told_apart_from_other_answers_and_nothing_is_left_over(aggregator):
    mean = {
        "arithmetic": lambda w, x: w @ x,
        "power": lambda w, x: (w @ np.sqrt(x)) ** 2,
        "geometric": lambda w, x: np.exp(w @ np.log(x)),
        "harmonic": lambda w, x: 1 / (w @ (1 / x)),
    }[aggregator]
    w0, w1, x0, x1 = np.array([0.5, 0.5]), np.array([0.7, 0.3]), np.array([40.0, 80]), np.array([60.0, 70])
    by_score, by_weight = c.effects(aggregator, w0, w1, x0, x1)
    assert by_score.sum() + by_weight.sum() == pytest.approx(mean(w1, x1) - mean(w0, x0))
    same_weights = c.effects(aggregator, w1, w1, x0, x1)
    assert not same_weights[1].any() and same_weights[0][0] > 0 > same_weights[0][1]


def test_contributions_of_two_measures_are_half_their_changes():
    """M1 from 1 to 3 (20 to 60), M2 from 4 to 3 (80 to 60), equal weights: +20 and -10, together the 10 from 50 to 60."""
    found = c.contributions(tiny.scores(("QMA", "111 444 333", "2024"), ("QMA", "333 333 333")), 1, 0, "A")
    assert found["item"].tolist() == ["M1", "M2"]
    assert found["contribution"].tolist() == pytest.approx([20, -10])
    assert found[["before", "after"]].to_numpy().tolist() == [
        [pytest.approx(20), pytest.approx(60)],
        [pytest.approx(80), pytest.approx(60)],
    ]


def test_contributions_to_a_measure_come_from_its_questions_answered_in_both_rounds():
    """M1: 1 2 and one that is open later; of the two in common 1 to 3 and 2 to 3: +20 and +10, together the 30 of `changes`."""
    scores = tiny.scores(("QMA", "123 333 333", "2024"), ("QMA", "33. 333 333"))
    found = c.contributions(scores, 1, 0, "M1")
    assert found["item"].tolist() == ["a1", "a2"] and found["contribution"].tolist() == pytest.approx([20, 10])


def test_where_no_change_is_given_there_are_no_contributions():
    scores = tiny.scores(("QMA", "333 333 333", "2024"), ("QMA", "3.. 333 ___"))
    assert c.contributions(scores, 1, 0, "M1").empty and c.level_contributions(scores, 1, 0, "M1").empty
    assert c.contributions(scores, 1, 0, "B").empty
    assert len(c.contributions(scores, 1, 0, "M2")) == 3


def test_a_weight_that_was_another_one_before_has_an_effect_of_its_own():
    """M2 weighed twice before: (20 + 2 x 80) / 3 = 60, now (60 + 60) / 2 = 60. Scores: mean weights 5/12 and 7/12, +16.67 and -11.67; the rest is weights."""
    scores = tiny.scores(("QMA", "111 444 333", "2024"), ("QMA", "333 333 333"))
    found = c.contributions(scores, 1, 0, "A", earlier_weights=(("M2", 2.0),))
    assert found["score_effect"].tolist() == pytest.approx([40 * 5 / 12, -20 * 7 / 12])
    assert found["weight_effect"].tolist() == pytest.approx([40 / 6, -70 / 6])
    assert found["contribution"].sum() == pytest.approx(0)
    assert c.ends(scores, 1, 0, "A", (("M2", 2.0),)) == pytest.approx((60, 60)) and c.ends(scores, 1, 0, "A") == pytest.approx(
        (50, 60)
    )


@settings(FIXED, max_examples=40)
@given(st.integers(0, 11), st.sampled_from(AGGREGATORS), st.randoms(use_true_random=False))
def test_contributions_add_up_to_the_change_and_to_the_change_of_level_on_any_tree(seed, aggregator, rng: random.Random):
    _, _, instrument = random_world(seed, most=3)
    names = instrument.questions["question"]
    sizes = dict(zip(names, (len(instrument.options[s]) for s in instrument.questions["answer_set"]), strict=True))
    panel = panel_of(
        instrument, [{q: rng.choice([-3, *range(n)] + list(range(n)) * 3) for q, n in sizes.items()} for _ in range(2)]
    )
    scores = node_scores(panel, instrument, ScoreOptions(aggregator=aggregator))
    for node in instrument.nodes["node"]:
        change = rounds.changes(scores, 1, 0, [node])["change"].iloc[0]
        found, levels = c.contributions(scores, 1, 0, node), c.level_contributions(scores, 1, 0, node)
        assert found.empty == np.isnan(change)
        if len(found):
            assert found["contribution"].sum() == pytest.approx(change, abs=1e-7)
        if len(levels):
            assert levels["contribution"].sum() == pytest.approx(levels.attrs["level_after"] - levels.attrs["level_before"])


def test_a_level_that_rises_only_when_both_measures_rise_is_shared_by_both():
    """A asks more than half of its measures for a level and more than 85 % for the one below: both are needed to go from 1 to 3, so each brings in one."""
    scores = tiny.scores(("QMA", "111 111 333", "2024"), ("QMA", "333 333 333"))
    found = c.level_contributions(scores, 1, 0, "A")
    assert (found.attrs["level_before"], found.attrs["level_after"]) == (1, 3)
    assert found["contribution"].tolist() == pytest.approx([1, 1])


def test_questions_that_moved_add_up_to_the_change_of_their_measure():
    scores = tiny.scores(("QMA", "123 333 333", "2024"), ("QMA", "22. 335 333"))
    found = c.question_moves(scores, 1, 0, "A")
    assert found[["question", "code_before", "code_after"]].to_numpy().tolist() == [["b3", 3, 5], ["a1", 1, 2]]
    assert found["contribution"].tolist() == pytest.approx([40 / 3, 10])


def test_too_many_parts_are_refused_and_never_guessed():
    with pytest.raises(ValueError, match="at most 12"):
        c.shapley(lambda changed: changed.sum(axis=1), c.MOST + 1)
    assert c.shapley(lambda changed: changed.sum(axis=1), 4).tolist() == pytest.approx([1] * 4)
