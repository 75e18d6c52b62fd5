"""Near-ties, core index and frontier, on questions whose answers can be counted on the fingers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.priorities import frontier, portfolio, robust, ties
from analysis.priorities.bundles import bundles
from tests.priorities.small import drawn, packages, question, tried
from tests.scores.worlds import FIXED


def test_two_states_alike_with_money_for_one_share_the_core_index():
    q = question([[10], [10]], packages([[10]], [2]), 2)
    assert robust.optimal_shares(q).share.tolist() == [[0.5], [0.5]]


def test_two_packages_alike_share_it_too_and_both_ties_multiply():
    twins = packages([[10], [10]], [2, 2])
    assert robust.optimal_shares(question([[10]], twins, 2)).share.tolist() == [[0.5, 0.5]]
    assert robust.optimal_shares(question([[10], [10]], twins, 2)).share.tolist() == [[0.25, 0.25], [0.25, 0.25]]


def test_a_package_in_every_best_portfolio_is_core():
    q = question([[10], [30]], packages([[30]], [2]), 2)
    assert robust.optimal_shares(q).share.tolist() == [[0], [1]]


def test_more_ties_than_anybody_would_list_are_counted_too():
    # any 3 of 7 like States: C(7, 3) = 35 best portfolios, each State in C(6, 2) = 15 of them
    found = robust.optimal_shares(question([[10]] * 7, packages([[10]], [10]), 30))
    assert found.counted and found.share[:, 0].tolist() == pytest.approx([15 / 35] * 7)
    # any 20 of 60 like States, beside one that is worth more: about 4e15 best portfolios
    found = robust.optimal_shares(question([[10]] * 60 + [[11]], packages([[11]], [10]), 210))
    assert found.counted and found.share[:, 0].tolist() == pytest.approx([20 / 60] * 60 + [1])


def test_ties_of_different_make_count_by_their_number():
    # 20 of money: two of S0-S2 at 10 (3 ways), or P1 for S3 at 20 (1 way), all closing 20: S0 is in 2 of 4, S3 in 1 of 4
    made = packages([[10, 0], [0, 20]], [10, 20])
    found = robust.optimal_shares(question([[10, 0]] * 3 + [[0, 20]], made, 20))
    assert found.counted and np.allclose(found.share, [[0.5, 0]] * 3 + [[0, 0.25]])


def test_of_what_closes_as_much_in_one_state_the_cheapest_counts():
    assert robust.optimal_shares(question([[10]], packages([[10], [10]], [20, 10]), 20)).share.tolist() == [[0, 1]]


def test_where_ties_are_too_many_to_follow_like_states_share_what_was_found(monkeypatch):
    monkeypatch.setattr(ties, "MOST_STEPS", 5)
    found = robust.optimal_shares(question([[10]] * 7 + [[50]], packages([[50]], [10]), 40))
    assert not found.counted and found.share[:, 0].tolist() == pytest.approx([3 / 7] * 7 + [1])


@pytest.mark.parametrize("seed", range(60))
def test_shares_under_every_limit_are_those_of_all_best_portfolios_that_the_engine_tells_apart(seed):
    """Counted over every way of giving each State one of its bundles, one by one."""
    q = drawn(seed)
    made = bundles(q, every=True)
    by_state = [np.flatnonzero(made.state == s) for s in range(len(q.codes))]
    ways = []
    for picked in itertools.product(*by_state):
        picked = list(picked)
        money = made.cost[picked]
        fine = money.sum() <= q.limits.budget + 1e-9
        fine = fine and all(money[f.members].sum() >= f.share * q.limits.budget - 1e-9 for f in q.limits.floors)
        if fine:
            ways.append((made.value[picked].sum(), made.chosen[picked]))
    shares = robust.optimal_shares(q)
    if not ways:
        assert shares == (None, False)
        return
    best = max(value for value, _ in ways)
    assert shares.counted
    assert np.allclose(shares.share, np.mean([choice for value, choice in ways if value > best - 1e-9], axis=0))


@given(seed=st.integers(0, 3000))
@FIXED
def test_shares_are_those_of_all_best_portfolios_without_waste(seed):
    """Counted by trying every choice: those of the best value in which no State could have as much for less."""
    q = drawn(seed, plain=True)
    every = tried(q)
    best = max(value for value, _ in every)
    rows = [{tuple(choice[s].tolist()) for _, choice in every} for s in range(len(q.codes))]

    def worth(s: int, row: tuple) -> float:
        alone = np.zeros_like(q.eligible)
        alone[s] = row
        return q.value(alone)

    def wasteful(choice: np.ndarray) -> bool:
        cost = q.packages.cost
        return any(
            worth(s, row) >= worth(s, tuple(here.tolist())) - 1e-9 and np.dot(row, cost) < here @ cost - 1e-9
            for s, here in enumerate(choice)
            for row in rows[s]
        )

    top = [choice for value, choice in every if value > best - 1e-9 and not wasteful(choice)]
    shares = robust.optimal_shares(q)
    assert shares.counted and np.allclose(shares.share, np.mean(top, axis=0))


def test_core_index_is_the_mean_over_questions_with_an_answer():
    made = packages([[30]], [2])
    asked = [question([[30], [10]], made, 2), question([[10], [30]], made, 2), question([[10], [30]], made, 2)]
    shares, n, counted = robust.core_index(asked)
    assert shares[:, 0].tolist() == pytest.approx([1 / 3, 2 / 3]) and (n, counted) == (3, 3)
    assert robust.core_index([question([[10]], made, 0, must=[(0, 0)])]) == (None, 0, 0)


def test_draws_stay_between_the_bounds_and_leave_unknown_gaps_out():
    q = question([[10, 0], [20, 5]], packages([[10, 5]], [2]), 2)
    low, high = np.array([[5.0, 0], [20, 0]]), np.array([[15.0, 60], [20, 10]])
    found = list(robust.drawn_questions(q, low, high, 20, seed=3))
    rooms = np.array([one.room for one in found])
    assert (rooms[:, 0, 1] == 0).all() and (rooms[:, 1, 0] == 20).all()
    assert (rooms >= low - 1e-12).all() and rooms[:, 0, 0].min() >= 5 and rooms[:, 0, 0].max() <= 15
    assert rooms[:, 0, 0].std() > 0 and len({float(one.worth[0, 0]) for one in found}) == 20
    again = list(robust.drawn_questions(q, low, high, 20, seed=3))
    assert all((a.worth == b.worth).all() for a, b in zip(found, again, strict=True))


def test_what_it_costs_to_do_without_a_package_and_what_comes_instead():
    # 2 of money: P0 closes 20 in S0, P1 closes 19 there: a loss of 1 of 20
    q = question([[20, 20]], packages([[20, 0], [0, 19.9]], [2, 2]), 2)
    best = portfolio.solve(q)
    table = robust.near_ties(q, best)
    assert table["loss"].tolist() == pytest.approx([0.1])
    assert table["near"].tolist() == [True] and table["instead"].tolist() == [[("S0", "P1")]]
    assert table["brings"].tolist() == [20]
    far = question([[20, 20]], packages([[20, 0], [0, 10]], [2, 2]), 2)
    table = robust.near_ties(far, portfolio.solve(far))
    assert (table["loss"].tolist(), table["near"].tolist()) == ([10], [False])


def test_a_small_loss_of_a_large_portfolio_is_no_near_tie_where_it_is_most_of_what_the_package_brings():
    # 1000 points in the first State, 5 in the second: without its package all 5 are lost, 0.5 % of everything
    q = question([[1000], [5]], packages([[1000]], [2]), 4)
    table = robust.near_ties(q, portfolio.solve(q)).set_index("iso3")
    assert (table.at["S1", "loss"], table.at["S1", "near"]) == (5, False) and table.at["S1", "loss_share"] < robust.NEAR


def test_what_somebody_insists_on_is_never_called_exchangeable():
    q = question([[20, 20]], packages([[20, 0], [0, 20]], [2, 2]), 2, must=[(0, 0)])
    assert robust.near_ties(q, portfolio.solve(q)).empty


@given(seed=st.integers(0, 3000))
@FIXED
def test_losses_are_those_of_trying_everything_without_the_package(seed):
    q = drawn(seed, plain=True)
    best = portfolio.solve(q, gap=0.0)
    every = tried(q)
    for row in robust.near_ties(q, best).itertuples():
        s, k = q.codes.index(row.iso3), q.packages.ids.index(row.package)
        without = max(value for value, choice in every if not choice[s, k])
        assert row.loss == pytest.approx(best.value - without, abs=1e-6 + 2e-4 * best.value)


def test_the_frontier_says_what_each_budget_closes():
    # knapsack of the oracle: 16 at 10, 19 at 11 (items 0 and 1), 21 at 13
    q = question([[11, 8, 8, 2]], packages(np.diag([11, 8, 8, 2]), [6, 5, 5, 2]), 10)
    table = frontier.exact_frontier(q, [2, 10, 11, 13])
    assert table["value_points"].tolist() == [2, 16, 19, 21] and table["status"].eq("optimal").all()
    quick = frontier.quick_frontier(q, [2, 10, 11, 13])
    assert quick["value_points"].tolist() == [2, 13, 19, 21] and quick["bound"].isna().all()
    assert frontier.budgets(100, 4) == [50, 100, 150, 200]
