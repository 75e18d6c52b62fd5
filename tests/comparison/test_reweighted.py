"""Other weights beside the own: which levels and orders really change. Expected values by brute force over every way to fill in open answers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison.reweighted import effect, levels_beside, order_verdicts, swaps, touched_nodes
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import node_scores
from tests import tiny
from tests.scores import reference
from tests.scores.worlds import FIXED, instrument_of, measure, node, panel_of, question, scale

BLANK, ITEMS = reference.BLANK, ("A1", "A2", "B1", "B2", "C1", "C2")
#: Three measures of two questions each on 0-5; the own weights are equal, the others 6 : 1 : 3.
TREE = [node("R", [measure(m, [question(f"{m}{i}", scale(5)) for i in (1, 2)]) for m in "ABC"])]
INSTRUMENT = instrument_of(TREE, reference.Wishes(levels=tuple(range(6))))
OTHER = (("A", 0.6), ("B", 0.1), ("C", 0.3))


def both(rows):
    panel = panel_of(INSTRUMENT, [dict(zip(ITEMS, row, strict=True)) for row in rows])
    return node_scores(panel, INSTRUMENT), node_scores(panel, INSTRUMENT, ScoreOptions(weights=OTHER))


def points(row, weights):
    """Score of a full row: mean of two questions a measure, on 0-100, then the weighted mean."""
    means = [10 * (row[2 * i] + row[2 * i + 1]) for i in range(3)]
    return sum(w * m for w, m in zip(weights, means, strict=True)) / sum(weights)


def filled(row):
    """Every way in which the open answers of a row may turn out (the ends of the scale are enough: scores are monotone)."""
    return itertools.product(*[(0, 5) if code == BLANK else (code,) for code in row])


CODES = st.sampled_from([0, 1, 2, 3, 4, 5, 5, 0, BLANK])


@settings(FIXED, max_examples=150)
@given(st.lists(CODES, min_size=6, max_size=6), st.lists(CODES, min_size=6, max_size=6))
def test_a_pair_really_changes_places_exactly_where_no_way_to_fill_in_undoes_it(one, two):
    own, other = both([one, two])
    at = INSTRUMENT.node_number["R"]
    first, _, verdicts = order_verdicts(own, other, [0, 1], "R")
    if np.isnan([own.score[:2, at], other.score[:2, at]]).any():
        assert len(first) == 0
        return
    signs = set()
    for a, b in itertools.product(filled(one), filled(two)):
        gaps = [points(a, w) - points(b, w) for w in ((1, 1, 1), (6, 1, 3))]
        signs.add(tuple(0 if abs(g) < 1e-7 else 1 if g > 0 else -1 for g in gaps))
    always_own, always_other = {s[0] for s in signs}, {s[1] for s in signs}
    really = (always_own, always_other) in (({1}, {-1}), ({-1}, {1}))
    assert (verdicts[0] == "swapped") == really


def test_orders_by_hand():
    # own weights: A 100/0/0 -> 33.3; B 0/60/60 -> 40. Others: 60 against 24: they change places. The third equals the first.
    rows = [[5, 5, 0, 0, 0, 0], [0, 0, 3, 3, 3, 3], [5, 5, 0, 0, 0, 0]]
    own, other = both(rows)
    first, second, verdicts = order_verdicts(own, other, [0, 1, 2], "R")
    assert list(zip(first, second, verdicts, strict=True)) == [(0, 1, "swapped"), (0, 2, "kept"), (1, 2, "swapped")]
    table = swaps(own, other, [0, 1, 2], "R")
    assert table[["row", "other_row"]].to_numpy().tolist() == [[1, 0], [1, 2]]
    assert table["difference_own"].tolist() == pytest.approx([40 - 100 / 3] * 2) and table[
        "difference"
    ].tolist() == pytest.approx([-36] * 2)


def test_a_tie_that_weights_break_is_no_swap():
    own, other = both([[5, 5, 0, 0, 0, 0], [0, 0, 5, 5, 0, 0]])  # 33.3 both; 60 against 10
    assert order_verdicts(own, other, [0, 1], "R")[2].tolist() == ["tied"]
    assert swaps(own, other, [0, 1], "R").empty


def test_open_answers_make_a_swap_only_perhaps():
    # the first: 40 on the shown measures, bounds 33.3 to 50 with B2 open; the second 36.7, then 49 against 38 to 43
    own, other = both([[2, 2, 2, BLANK, 2, 2], [3, 3, 0, 1, 2, 2]])
    assert order_verdicts(own, other, [0, 1], "R")[2].tolist() == ["perhaps"]
    assert swaps(own, other, [0, 1], "R")["verdict"].tolist() == ["perhaps"]
    counts = effect(own, other, [0, 1], ["R"]).iloc[0]
    assert (counts["pairs"], counts["order_perhaps"], counts["order_swapped"]) == (1, 1, 0)


def test_levels_by_hand():
    # graded asks for more than 85 % at or above every lower level; with 6 : 1 : 3 the first measure alone never makes that
    rows = [[5] * 6, [2, 2, 0, 0, 2, 2], [BLANK] * 6]
    own, other = both(rows)
    table = levels_beside(own, other, [0, 1, 2], "R")
    assert table["verdict"].tolist()[0] == "same" and table["verdict"].tolist()[2] == "neither"
    # own: two thirds at level 1 and 2: level 1 by "at" (> .5), not below. Others: .9 at level 2: above .85, so level 2
    assert (table["level_low_own"][1], table["level_low"][1]) == (1, 2) and table["verdict"][1] == "changed"
    assert table["change"][1] == pytest.approx(36 - 80 / 3)
    counts = effect(own, other, [0, 1, 2], ["R"]).iloc[0]
    assert (counts["returns"], counts["shown"], counts["level_changed"], counts["level_same"], counts["level_neither"]) == (
        3,
        2,
        1,
        1,
        1,
    )
    assert counts["largest"] == pytest.approx(36 - 80 / 3) and counts["pairs"] == 1 and counts["order_kept"] == 1


def test_the_same_weights_change_nothing():
    rng = np.random.default_rng(3)
    own, _ = both(rng.integers(0, 6, (12, 6)).tolist())
    counts = effect(own, own, list(range(12)), ["R", "A"])
    assert (counts["level_changed"] == 0).all() and (counts["order_kept"] == 66).all() and (counts["largest"] == 0).all()


def test_touched_are_the_parents_and_all_above():
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    assert touched_nodes(instrument, ["IED.U", "UAS.U"]) == ["ALL.U"]
    assert touched_nodes(instrument, ["SALW.D1.1"]) == ["ALL.D", "SALW.D", "SALW.D1"]
    assert touched_nodes(instrument, []) == []


def test_an_order_that_missing_answers_leave_unknown_is_not_kept():
    """Equal weights both times. Two States with answers everywhere are settled; one of whom only two of three answers are known at a measure is not."""
    scores = tiny.scores(("QMA", "333 333 333"), ("QMB", "222 222 222"), ("QMC", "33. 333 333"))
    first, second, verdicts = order_verdicts(scores, scores, [0, 1, 2], "M1")
    # M1: A 60; B 40; C 60 as shown, 40 to 73.3 with the open answer anywhere
    assert dict(zip(zip(first.tolist(), second.tolist(), strict=True), verdicts, strict=True)) == {
        (0, 1): "kept", (0, 2): "open", (1, 2): "open",
    }  # fmt: skip
