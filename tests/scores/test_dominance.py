"""Orders that hold whatever the weights or the values: against worked values, enumeration and drawn weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.scores.cells import question_cells
from analysis.scores.dominance import dominates, least_mean, order_kept, orders, share_of_weightings
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import node_scores
from tests.scores.reference import BLANK, NA_JUSTIFIED
from tests.scores.worlds import FIXED, instrument_of, measure, node, panel_of, question, scale, worlds

POINTS = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=6)


def test_box_weights_min_diff(oracles):
    oracle = oracles["box_weights_min_diff"]
    a, b = (np.array(oracle["input"][name], dtype=float) for name in "ab")
    found = [least_mean(a - b, np.full((3, 1), 1 / 3)[:, 0], True, width) for width in oracle["input"]["pct"]]
    assert found == pytest.approx(oracle["expected"]["min_diff"], abs=oracle["tolerance"])


ITEMS = st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 4), st.booleans()), min_size=1, max_size=6)


@FIXED
@given(ITEMS, st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]))
def test_the_least_mean_is_that_of_a_linear_programme(items, width):
    """The ratio of two sums as a linear programme (Charnes and Cooper 1962), solved by scipy: y = t w, of the used ones adding up to 1."""
    values, weights, used = (np.array(x) for x in zip(*items, strict=True))
    shares, n = weights / weights.sum(), len(items)
    found = least_mean(values.astype(float), shares, used, width)
    if not used.any():
        assert np.isnan(found)
        return
    box = np.vstack([np.c_[-np.eye(n), (1 - width) * shares], np.c_[np.eye(n), -(1 + width) * shares]])
    made = linprog(
        [*np.where(used, values, 0), 0], A_ub=box, b_ub=np.zeros(2 * n), A_eq=[[*used, 0], [*np.ones(n), -1]], b_eq=[1, 0],
    )  # fmt: skip
    assert found == pytest.approx(made.fun, abs=1e-7)


@pytest.mark.parametrize("key", ["2d", "3d"])
def test_p_a_beats_b_flat_simplex(oracles, key):
    oracle = oracles["P_A_beats_B_flat_simplex"]
    assert share_of_weightings(*oracle["input"][key]) == pytest.approx(oracle["expected"][key], abs=1e-9)


@FIXED
@given(POINTS)
def test_the_shares_of_weightings_of_both_orders_sum_to_one(pairs):
    a, b = zip(*pairs, strict=True)
    assert share_of_weightings(a, b) + share_of_weightings(b, a) == pytest.approx(1)
    if all(x >= y for x, y in pairs) and a != b:
        assert share_of_weightings(a, b) == 1


def test_the_share_of_weightings_with_equal_and_tied_parts_is_that_of_drawn_weights():
    difference = np.array([3, 2, 2, -2, -1, 0])
    drawn = np.random.default_rng(1).dirichlet(np.ones(6), 200_000) @ difference
    assert share_of_weightings(difference, np.zeros(6)) == pytest.approx((drawn > 0).mean(), abs=0.005)


def test_fosd(oracles):
    oracle = oracles["fosd"]
    a, b, a2, b2 = (np.array(oracle["input"][key]) for key in ("A_counts_0to5", "B", "A2", "B2"))
    assert dominates(a, b) == oracle["expected"]["A_over_B"] and not dominates(b, a)
    assert dominates(a2, b2) == oracle["expected"]["A2_over_B2"] and dominates(b2, a2) == oracle["expected"]["B2_over_A2"]
    means = [x @ np.arange(6) / x.sum() for x in (a, b, a2, b2)]
    assert means == pytest.approx(oracle["expected"]["means"])
    assert not dominates(a, a)


def two_measures(*rows, **options):
    """Scores of a block of two measures with two questions each."""
    measures = [measure(m, [question(f"{m}{i}", scale()) for i in (1, 2)]) for m in "AB"]
    instrument = instrument_of([node("R", measures)])
    panel = panel_of(instrument, [dict(zip(("A1", "A2", "B1", "B2"), row, strict=True)) for row in rows])
    return node_scores(panel, instrument, ScoreOptions(**options))


def test_the_order_of_two_blocks_by_hand():
    """A: 100 and 60 against 60 and 80, 80 and 70 with equal weights. The box of 50 % takes .25 to .75: .25 x 40 - .75 x 20 = -5."""
    scores = two_measures([5, 5, 3, 3], [3, 3, 4, 4], [2, 2, 2, 2])
    table = order_kept(scores, "R", 0, [1, 2], 0.5)
    assert table["least"].tolist() == pytest.approx([-5, 30]) and table["most"].tolist() == pytest.approx([25, 50])
    assert table["order"].tolist() == ["", "above"]
    assert order_kept(scores, "R", 0, [1], 0.2)["order"].tolist() == ["above"]  # .4 x 40 - .6 x 20 = 4
    assert order_kept(scores, "R", 2, [0], 0.2)["order"].tolist() == ["below"]


def test_an_open_answer_can_undo_an_order_that_weights_can_not():
    scores = two_measures([5, 5, 5, BLANK], [3, 3, 3, 3])
    assert order_kept(scores, "R", 0, [1], 0.0)["least"].tolist() == pytest.approx([15])  # (100 + 50) / 2 - 60
    assert order_kept(scores, "R", 0, [1], 0.5)["least"].tolist() == pytest.approx(
        [-16.25]
    )  # B: .25 x 40 - .75 x 60 = -35; .25 x 40 - .75 x 35
    assert (
        order_kept(scores, "R", 0, [1], 0.5, unknown=False)["least"].isna().all()
    )  # its score is not shown: there is none to hold


def test_only_arithmetic_means_are_offered():
    with pytest.raises(ValueError, match="arithmetic"):
        order_kept(two_measures([5, 5, 5, 5], aggregator="geometric"), "R", 0, [0], 0.5)
    with pytest.raises(ValueError, match="share"):
        order_kept(two_measures([5, 5, 5, 5]), "R", 0, [0], 1.5)


def in_the_box(instrument, width, random) -> dict[str, float]:
    """Weights of every set of siblings that add up to 1, as far from their shares as the box lets one of them go."""
    own = dict(zip(instrument.nodes["node"], instrument.nodes["weight"], strict=True))
    own |= dict(zip(instrument.questions["question"], instrument.questions["weight"], strict=True))
    found = {}
    for node_ in instrument.nodes["node"]:
        names = list(instrument.children(node_))
        shares = np.array([own[name] for name in names]) / sum(own[name] for name in names)
        moved = random.choice([-1.0, 1.0], len(names)) * random.uniform(0.5, 1, len(names))
        moved -= (shares * moved).sum()
        if np.abs(moved).max() > 1e-9:
            shares = shares * (1 + 0.999 * width * moved / np.abs(moved).max())
        found |= dict(zip(names, shares, strict=True))
    return found


def mean_of(scores, row: int, name: str, weight: dict[str, float], values: np.ndarray) -> float:
    """The score of a node by other weights, with the parts that count in its score now; by hand, from the bottom up."""
    instrument = scores.instrument
    if name in instrument.question_number:
        return values[instrument.question_number[name], row]
    if np.isnan(scores.score[row, scores.column(name)]):
        return np.nan
    below = [(weight[child], mean_of(scores, row, child, weight, values)) for child in instrument.children(name)]
    known = [(w, x) for w, x in below if not np.isnan(x)]
    return sum(w * x for w, x in known) / sum(w for w, _ in known)


@settings(FIXED, max_examples=40)
@given(worlds(rows=4, seeds=30), st.sampled_from([0.25, 0.5, 0.9]))
def test_no_weights_within_the_box_and_no_answers_leave_the_bounds(world, width):
    """Weights at the edge of the box, open answers at either end: the difference of two scores lies within what is claimed."""
    scores = world.scores(aggregator="arithmetic")
    instrument, random = world.instrument, np.random.default_rng(5)
    values = question_cells(scores.panel.codes, instrument, scores.options).score
    root = instrument.roots[0]
    at, table = scores.column(root), order_kept(scores, root, 0, [1, 2, 3], width)
    pairs = orders(scores, root, [0, 1, 2, 3], width)
    for _ in range(5):
        weight = in_the_box(instrument, width, random)
        options = ScoreOptions(**vars(scores.options) | {"weights": tuple(weight.items())})
        other = node_scores(scores.panel, instrument, options)
        for (_, row), j in zip(table.iterrows(), (1, 2, 3), strict=True):
            known = not np.isnan(scores.lower[[0, j], at]).any()
            assert known != np.isnan(row["least"])
            if known:
                assert row["least"] <= other.lower[0, at] - other.upper[j, at] + 1e-7
                assert row["most"] >= other.upper[0, at] - other.lower[j, at] - 1e-7
        for pair in pairs.dropna(subset=["difference"]).itertuples():
            first, second = (mean_of(scores, r, root, weight, values) for r in (pair.row, pair.other))
            assert pair.least - 1e-7 <= first - second <= pair.most + 1e-7


def test_the_box_is_one_of_all_questions_whoever_answered_them():
    """Four questions, one not answered by the first: its three others take 1/8 to 3/8 of the whole each, so the share of the
    first among the three can be as large as 3/5: (3/8 x 0 + 1/8 x 100 + 1/8 x 100) / (5/8) = 40 for 0, 100, 100, where the score is 66.7."""
    instrument = instrument_of([node("R", [measure("M", [question(q, scale()) for q in "abcd"])])])
    rows = [{"a": 0, "b": 5, "c": 5, "d": BLANK}, {"a": 3, "b": 3, "c": 3, "d": 3}]
    scores = node_scores(panel_of(instrument, rows), instrument)
    pair = orders(scores, "R", [0, 1], 0.5).iloc[0]
    assert pair["difference"] == pytest.approx(200 / 3 - 60) and pair["least"] == pytest.approx(40 - 60) and not pair["kept"]


def test_returns_with_other_items_not_applicable_have_a_sure_bound():
    scores = two_measures([5, 5, NA_JUSTIFIED, NA_JUSTIFIED], [3, 3, 4, 4])
    table = order_kept(scores, "R", 0, [1], 0.5)
    assert table["least"].tolist() == pytest.approx([25]) and table["order"].tolist() == ["above"]  # 100 - (.75 x 80 + .25 x 60)


def test_every_pair_is_told_whether_its_order_holds_for_all_weights_and_for_all_open_answers():
    # A: 100 and 0, B: 40 and 40, C: 0 and 0, D: 100 and not answered; one question a measure
    roots = [node("R", [measure("M1", [question("a", scale(5))]), measure("M2", [question("b", scale(5))])])]
    instrument = instrument_of(roots)
    rows = [{"a": 5, "b": 0}, {"a": 2, "b": 2}, {"a": 0, "b": 0}, {"a": 5, "b": BLANK}]
    scores = node_scores(panel_of(instrument, rows), instrument)
    table = orders(scores, "R", [0, 1, 2, 3], 0.5).set_index(["row", "other"])
    assert set(table.index) == {(3, 0), (3, 1), (3, 2), (0, 1), (0, 2), (1, 2)}  # by score or, for D, the middle of 50 to 100
    # A minus B is 60 w - 40 (1 - w); w lies between 1/4 and 3/4
    assert table.loc[(0, 1), ["difference", "least", "most", "kept"]].tolist() == [pytest.approx(x) for x in (10, -15, 35)] + [
        False
    ]
    assert table.loc[(1, 2), ["least", "most", "kept", "kept_open"]].tolist() == [
        pytest.approx(40),
        pytest.approx(40),
        True,
        True,
    ]
    assert table.loc[(3, 2), ["least", "most", "difference"]].isna().all() and not table.loc[(3, 2), "kept"]
    assert table.loc[(3, 2), "least_open"] == pytest.approx(25) and table.loc[(3, 2), "kept_open"]  # D is at least 100 w
    narrow = orders(scores, "R", [0, 1], 0.05).iloc[0]
    assert narrow["least"] == pytest.approx(7.5) and narrow["kept"]  # w is at least 0.475


def test_one_return_alone_makes_no_pair():
    roots = [node("R", [measure("M1", [question("a", scale(5))])])]
    instrument = instrument_of(roots)
    scores = node_scores(panel_of(instrument, [{"a": 5}]), instrument)
    assert orders(scores, "R", [0], 0.5).empty
