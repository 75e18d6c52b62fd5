"""Portfolios against the oracle `knapsack` (brute force over 16 subsets, outside the engine) and against every choice tried one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.priorities import greedy, portfolio
from analysis.priorities.bundles import bundles, enumerable
from analysis.priorities.question import Floor
from tests.priorities.small import drawn, packages, question, tried
from tests.scores.worlds import FIXED

WAYS = ("bundles", "pairs")


def knapsack(oracles, *, room=None, **limits):
    """The oracle's four items: one State, a measure for each item, a gap as large as its benefit."""
    given_ = oracles["knapsack"]["input"]
    lift = np.diag(given_["benefit"])
    rooms = [given_["benefit"]] if room is None else room
    return question(rooms, packages(lift, given_["cost"]), given_["budget"], **limits)


def items(found: portfolio.Portfolio) -> list[int]:
    return sorted({int(k) for k in np.nonzero(found.chosen)[1]})


@pytest.mark.parametrize("way", WAYS)
def test_the_oracle_s_optimum(oracles, way):
    expected = oracles["knapsack"]["expected"]["optimum"]
    found = portfolio.solve(knapsack(oracles), way=way)
    assert (items(found), found.value, found.spent) == (expected["set"], expected["value"], 10)
    assert (found.status, found.gap) == ("optimal", 0)


def test_the_oracle_s_greedy_choice_is_worse_and_never_called_the_best(oracles):
    expected = oracles["knapsack"]["expected"]["greedy_ratio"]
    found = greedy.greedy(knapsack(oracles))
    assert (items(found), found.value, found.status) == (expected["set"], expected["value"], "unfinished")


@pytest.mark.parametrize("way", WAYS)
def test_the_oracle_s_forced_item_and_what_it_costs(oracles, way):
    expected = oracles["knapsack"]["expected"]["force_item_0"]
    found = portfolio.solve(knapsack(oracles, must=[(0, 0)]), way=way)
    assert (items(found), found.value) == (expected["set"], expected["value"])
    assert portfolio.solve(knapsack(oracles), way=way).value - found.value == expected["price_of_equity"]


@pytest.mark.parametrize("way", WAYS)
def test_the_oracle_s_gap_that_two_items_share(oracles, way):
    expected = oracles["knapsack"]["expected"]["gap_cap_10_on_items_1_2"]
    given_ = oracles["knapsack"]["input"]
    a, b, c, d = given_["benefit"]
    made = packages([[a, 0, 0], [0, b, 0], [0, c, 0], [0, 0, d]], given_["cost"])
    found = portfolio.solve(question([[a, 10, d]], made, given_["budget"]), way=way)
    assert (items(found), found.value) == (expected["set"], expected["value"])


@pytest.mark.parametrize("way", WAYS)
@given(seed=st.integers(0, 5000))
@FIXED
def test_no_choice_that_keeps_the_limits_is_worth_more(way, seed):
    q = drawn(seed)
    every = tried(q)
    found = portfolio.solve(q, gap=0.0, way=way)
    if not every:
        assert found.status == "infeasible" and not found.found
        return
    assert found.value == pytest.approx(max(value for value, _ in every), abs=1e-6)
    assert any((choice == found.chosen).all() for _, choice in every)
    assert found.status == "optimal" and found.bound >= found.value


@given(seed=st.integers(0, 5000))
@FIXED
def test_the_quick_choice_keeps_the_limits_and_is_never_better(seed):
    q = drawn(seed)
    quick = greedy.greedy(q)
    if quick.found:
        every = tried(q)
        assert any((choice == quick.chosen).all() for _, choice in every)
        assert quick.value <= max(value for value, _ in every) + 1e-9


@given(seed=st.integers(0, 5000), more=st.integers(1, 6))
@FIXED
def test_more_money_never_closes_less(seed, more):
    q = drawn(seed, plain=True)
    wider = q.with_limits(budget=q.limits.budget + more)
    assert portfolio.solve(wider, gap=0.0).value >= portfolio.solve(q, gap=0.0).value - 1e-9


def test_the_quick_choice_exchanges_what_is_cheap_for_what_a_floor_wants_spent():
    # one package a State; by points for the money P0 comes first (10 for 1), which leaves the first State at 1 of the 5 set aside for it
    made = packages([[10], [15], [12]], [1, 5, 6])
    floor = Floor("least", np.array([True, False]), 0.5)
    q = question([[20], [20]], made, 10, each=1, floors=(floor,))
    best = max(value for value, _ in tried(q))  # P1 for each: 15 + 15 for 10
    quick = greedy.greedy(q)
    assert quick.found and quick.chosen.tolist() == [[False, True, False], [False, True, False]] and quick.value == best == 30


def test_a_floor_is_reached_also_where_that_closes_less():
    # the only way to spend 6 on the first State is P2, which closes less than P1
    made = packages([[10], [15], [12]], [1, 5, 6])
    q = question([[20], [20]], made, 10, each=1, floors=(Floor("least", np.array([True, False]), 0.6),))
    quick = greedy.greedy(q)
    assert quick.found and (quick.value, quick.spent) == (22, 7) and max(value for value, _ in tried(q)) == 22


def test_no_floor_that_some_choice_reaches_is_refused_by_the_quick_choice():
    # which questions have an answer: every choice tried one by one. Without exchanges 8 of these 28 were refused
    answered = [q for q in map(drawn, range(120)) if q.limits.floors and tried(q)]
    refused = [q for q in answered if not greedy.greedy(q).found]
    assert len(answered) == 28 and refused == []


def test_a_lift_beyond_the_gap_closes_no_more_than_the_gap():
    q = question([[10]], packages([[8], [8]], [1, 1]), 2)
    assert portfolio.solve(q).value == 10
    assert q.closed(np.array([[True, True]])).tolist() == [[10]]


def test_a_package_comes_with_what_it_needs_or_not_at_all():
    made = packages([[0], [30]], [3, 2], needs=[(1, 0)])
    assert portfolio.solve(question([[30]], made, 4)).chosen.any() == np.False_
    assert items(portfolio.solve(question([[30]], made, 5))) == [0, 1]
    assert items(greedy.greedy(question([[30]], made, 5))) == [0, 1]


def test_a_floor_moves_money_and_its_price_is_the_difference():
    # 4 of money: the first State's package closes 20 for 2, the second's 12 for 2
    q = question([[40], [40]], packages([[20]], [2]), 2, worth=[[1], [0.6]])
    assert portfolio.solve(q).value == 20
    floored = q.with_limits(floors=(Floor("least", np.array([False, True]), 0.5),))
    assert portfolio.solve(floored).value == 12
    assert portfolio.solve(portfolio.without_floors(floored)).value - portfolio.solve(floored).value == 8


@pytest.mark.parametrize("way", WAYS)
def test_what_keeps_a_question_from_an_answer_is_named(way):
    made = packages([[20], [10]], [6, 4])
    q = question([[40], [40]], made, 5, must=[(0, 0)])
    assert portfolio.solve(q, way=way).status == "infeasible"
    told = []
    assert portfolio.conflicts(q, progress=lambda *done: told.append(done)) == ["wanted", "budget"]
    assert told == [(i, len(told) - 1) for i in range(len(told))] and len(told) > 3  # itself, and without each limit
    assert portfolio.conflicts(q.with_limits(budget=6)) == []
    floor = Floor("region", np.array([True, False]), 0.9)
    assert portfolio.conflicts(question([[40], [40]], made, 10, each=1, floors=(floor,))) == ["each", "floor:region"]
    barred = question([[40]], made, 10, must=[(0, 0)], eligible=[[False, True]])
    assert portfolio.conflicts(barred) == ["must"]


def test_a_flagged_state_without_any_package_that_helps_is_named():
    q = question([[0], [40]], packages([[20]], [2]), 10, flagged=np.array([True, False]))
    assert portfolio.solve(q).status == "infeasible"
    assert portfolio.conflicts(q) == ["flagged"]


def test_the_time_limit_is_reported_and_never_called_optimal():
    rng = np.random.default_rng(7)
    made = packages(rng.integers(0, 30, (12, 10)), rng.integers(20, 90, 12))
    q = question(rng.integers(0, 60, (150, 10)), made, 7000)
    found = portfolio.solve(q, seconds=0.01, gap=0.0, way="pairs")
    assert found.status in ("unfinished", "nothing") and found.gap > 0


def test_bundles_keep_only_the_best_of_each_cost_and_the_empty_one():
    made = packages([[10], [10], [4]], [2, 2, 2])
    found = bundles(question([[20]], made, 10, each=2))
    assert found.cost.tolist() == [0, 2, 4] and found.value.tolist() == [0, 10, 20]
    assert enumerable(question([[20]], made, 10))


def test_equal_bundles_are_kept_where_ties_are_counted():
    made = packages([[10], [10], [4]], [2, 2, 2])
    found = bundles(question([[20]], made, 10, each=1), every=True)
    assert found.value.tolist() == [0, 10, 10]
