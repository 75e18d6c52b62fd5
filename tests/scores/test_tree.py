"""Properties of scores and bounds: sharp, monotone, blind to the order of returns, silent where there is nothing to say."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model import PANEL_KEYS, Status
from analysis.scores import tree
from analysis.scores.options import NA_CHALLENGED, STRICT, ScoreOptions
from analysis.scores.tree import NUMBERS, REASONS, node_scores
from tests.scores import reference
from tests.scores.reference import BLANK, DONT_KNOW, NA_JUSTIFIED, NOT_ASKED, NOT_RETURNED
from tests.scores.worlds import FIXED, all_questions, few_open, instrument_of, measure, node, panel_of, question, scale, worlds

SEEDS = st.integers(0, 2**32 - 1)


def better(world, codes: dict[str, int], rng: random.Random) -> dict[str, int]:
    """The same questionnaire with one given answer replaced by one of no lower value and no lower level."""
    given_answers = [q for q in all_questions(world.roots) if codes[q["name"]] >= 0]
    if not given_answers:
        return codes
    q = rng.choice(given_answers)
    value, level = q["options"][codes[q["name"]]]
    choices = [i for i, (v, n) in enumerate(q["options"]) if v >= value and n >= level]
    return codes | {q["name"]: rng.choice(choices)}


@settings(FIXED, max_examples=80)
@given(worlds(rows=1, seeds=40, most=2), SEEDS)
def test_bounds_and_level_intervals_are_those_of_all_completions(world, seed):
    codes = few_open(world.roots, random.Random(seed), most=3)
    whole = world.scores(list(reference.completions(world.roots, codes, world.wishes)))
    scores = world.scores([codes])
    for n in np.flatnonzero(scores.applicable[0]):
        assert not np.isnan(whole.score[:, n]).any()
        assert scores.lower[0, n] == pytest.approx(whole.score[:, n].min(), abs=1e-7)
        assert scores.upper[0, n] == pytest.approx(whole.score[:, n].max(), abs=1e-7)
        assert scores.level_low[0, n] == whole.level[:, n].min()
        assert scores.level_high[0, n] == whole.level[:, n].max()


@settings(FIXED, max_examples=120)
@given(worlds(rows=3), SEEDS)
def test_a_better_answer_never_lowers_a_bound_a_level_or_a_score(world, seed):
    """A score: where it is shown before and after, and the same parts below the node are shown before and after."""
    rng = random.Random(seed)
    before, after = world.scores(), world.scores([better(world, codes, rng) for codes in world.rows])
    for number in ("lower", "upper", "level_low", "level_high", "level"):
        known = ~np.isnan(getattr(before, number)) & ~np.isnan(getattr(after, number))
        assert (getattr(after, number)[known] >= getattr(before, number)[known] - 1e-9).all(), number
    names = world.instrument.nodes["node"].tolist()
    changed = np.isnan(before.score) != np.isnan(after.score)
    for parent, name in reversed(list(zip(world.instrument.nodes["parent"], names, strict=True))):
        if parent:
            changed[:, names.index(parent)] |= changed[:, names.index(name)]
    same = ~changed & ~np.isnan(before.score)
    assert (after.score[same] >= before.score[same] - 1e-9).all()


def test_a_better_answer_that_hides_a_part_can_lower_the_score_above_it():
    """The limit of the property above, by hand: two rules of scoring.md section 3 and 4 meet.

    C holds A (60), B (40) and an open X in [0, 50]: point 50, upper bound 50, shown; C, P = 40 and Q = 40 give 43.3.
    With A = 80 the point of C (60) lies above its upper bound (56.7): not shown. P and Q alone give 40, within [40, 45.6].
    """
    half = [(0, 0), ("1/2", 2)]
    c = node(
        "C",
        [measure("A", [question("A1", scale())]), measure("B", [question("B1", scale())]), measure("X", [question("X1", half)])],
    )
    roots = [node("R", [c, measure("P", [question("P1", scale())]), measure("Q", [question("Q1", scale())])])]
    instrument = instrument_of(roots)
    codes = {"A1": 3, "B1": 2, "X1": BLANK, "P1": 2, "Q1": 2}
    scores = node_scores(panel_of(instrument, [codes, codes | {"A1": 4}]), instrument)
    assert scores.score[:, scores.column("R")] == pytest.approx([130 / 3, 40])
    assert scores.lower[1, scores.column("R")] == pytest.approx(40) and np.isnan(scores.score[1, scores.column("C")])


@settings(FIXED)
@given(worlds(rows=2), SEEDS)
def test_an_answer_to_an_open_question_never_widens_an_interval(world, seed):
    rng = random.Random(seed)
    filled = []
    for codes in world.rows:
        open_ones = [
            q for q in all_questions(world.roots) if (c := reference.cell(q, codes[q["name"]], world.wishes)) and not c[0]
        ]
        chosen = rng.choice(open_ones) if open_ones else None
        filled.append(codes | {chosen["name"]: rng.randrange(len(chosen["options"]))} if chosen else codes)
    before, after = world.scores(), world.scores(filled)
    known = before.applicable > 0
    for low, high in (("lower", "upper"), ("level_low", "level_high")):
        assert (getattr(after, low)[known] >= getattr(before, low)[known] - 1e-9).all()
        assert (getattr(after, high)[known] <= getattr(before, high)[known] + 1e-9).all()


@settings(FIXED)
@given(worlds(rows=3))
def test_a_shown_score_lies_within_its_bounds(world):
    scores = world.scores()
    shown = ~np.isnan(scores.score)
    assert (scores.lower[shown] <= scores.score[shown] + 1e-6).all() and (scores.score[shown] <= scores.upper[shown] + 1e-6).all()


@settings(FIXED)
@given(worlds(rows=2, statuses=(NA_JUSTIFIED, NOT_ASKED)))
def test_na_in_is_na_out(world):
    """Where nothing is applicable there is no number; an accepted N/A is as if the question were not there."""
    nothing = {q["name"]: NA_JUSTIFIED if i % 2 else NOT_ASKED for i, q in enumerate(all_questions(world.roots))}
    scores = world.scores([nothing], challenged=False)
    for number in ("score", "lower", "upper", "step_coverage", "level_low", "level_high", "level", "spread"):
        assert np.isnan(getattr(scores, number)).all(), number
    assert (scores.why == REASONS.index("not_applicable")).all() and (scores.weakest == -1).all()
    swapped = [{q: NOT_ASKED if code == NA_JUSTIFIED else code for q, code in row.items()} for row in world.rows]
    kept, left = world.scores(challenged=False), world.scores(swapped, challenged=False)
    for number in ("score", "lower", "upper", "level_low", "level_high", "answered", "applicable"):
        np.testing.assert_array_equal(getattr(kept, number), getattr(left, number), err_msg=number)


@settings(FIXED)
@given(worlds(rows=1))
def test_no_answer_at_all_is_no_score_and_never_zero(world):
    codes = {q["name"]: BLANK for q in all_questions(world.roots)}
    scores = world.scores([codes], strict=False)
    assert np.isnan(scores.score).all() and (scores.why != REASONS.index("shown")).all() and (scores.answered == 0).all()


@settings(FIXED)
@given(worlds(rows=6), st.permutations(range(6)))
def test_the_order_of_returns_does_not_matter(world, order):
    plain, shuffled = world.scores(), world.scores([world.rows[i] for i in order])
    for number in NUMBERS:
        np.testing.assert_array_equal(getattr(plain, number)[list(order)], getattr(shuffled, number), err_msg=number)


@settings(FIXED, max_examples=20)
@given(worlds(rows=7))
def test_the_size_of_the_blocks_does_not_matter(world):
    whole, before = world.scores(), tree.BLOCK
    try:
        tree.BLOCK = 3
        blocks = world.scores()
    finally:
        tree.BLOCK = before
    for number in NUMBERS:
        np.testing.assert_array_equal(getattr(whole, number), getattr(blocks, number), err_msg=number)


def small():
    """Two measures of three and one question, one of them critical, on 0-5."""
    return [
        node(
            "R",
            [
                measure("A", [question(f"A{i}", scale(), critical=i == 1) for i in (1, 2, 3)]),
                measure("B", [question("B1", scale())]),
            ],
        )
    ]


def scored(*rows: dict[str, int], **options):
    """Scores of returns to `small()`."""
    instrument = instrument_of(small())
    return node_scores(panel_of(instrument, rows), instrument, ScoreOptions(**options))


def test_an_unanswered_question_is_not_a_no():
    scores = scored({"A1": 3, "A2": 4, "A3": DONT_KNOW, "B1": 5})
    assert scores.score[0, scores.column("A")] == pytest.approx(70.0)  # (60 + 80) / 2, two of three answered
    assert scores.lower[0, scores.column("A")] == pytest.approx(140 / 3)
    assert scores.upper[0, scores.column("A")] == pytest.approx(80.0)
    assert scores.score[0, scores.column("R")] == pytest.approx(85.0)


def test_a_part_that_is_not_returned_is_unknown_and_says_so():
    scores = scored(dict.fromkeys(("A1", "A2", "A3", "B1"), NOT_RETURNED), {"A1": 0, "A2": 0, "A3": 0, "B1": NOT_RETURNED})
    assert (scores.why[0] == REASONS.index("not_returned")).all()
    assert scores.lower[0].tolist() == [0, 0, 0] and scores.upper[0].tolist() == [100, 100, 100]
    assert REASONS[scores.why[1, scores.column("R")]] == "few_parts"


def test_a_thin_measure_has_the_challenged_value_beside_it():
    codes = {"A1": 4, "A2": NA_JUSTIFIED, "A3": NA_JUSTIFIED, "B1": 5}
    scores = scored(codes, codes | {"A2": 4})
    a = scores.column("A")
    assert scores.na_share[:, a] == pytest.approx([2 / 3, 1 / 3]) and scores.thin[:, a].tolist() == [
        True,
        False,
    ]  # "more than" 1/3
    assert scores.score[0, a] == pytest.approx(80.0) and scores.na_challenged[0, a] == pytest.approx(80 / 3)
    assert np.isnan(scores.na_challenged[1]).all()
    assert not scored(codes, zero_statuses=NA_CHALLENGED).thin.any()


def test_a_node_that_needs_all_its_parts_is_not_shown_without_one():
    parts = [measure(name, [question(f"{name}1", scale())]) for name in "ABC"]
    instrument = instrument_of([node("ALL", parts, needs_all=True)])
    rows = [{"A1": 5, "B1": 5, "C1": BLANK}, {"A1": 5, "B1": 5, "C1": NA_JUSTIFIED}, {"A1": 5, "B1": 5, "C1": 2}]
    scores = node_scores(panel_of(instrument, rows), instrument)
    assert scores.score[:, 0] == pytest.approx([np.nan, 100, 80], nan_ok=True)
    assert REASONS[scores.why[0, 0]] == "not_all_parts"


def test_a_gate_of_zero_shows_what_there_is_and_never_nothing():
    instrument = instrument_of(small())
    instrument = replace(instrument, gates=replace(instrument.gates, step=0.0, pooled=0.0))
    rows = [{"A1": 5, "A2": BLANK, "A3": BLANK, "B1": BLANK}, dict.fromkeys(("A1", "A2", "A3", "B1"), BLANK)]
    scores = node_scores(panel_of(instrument, rows), instrument)
    assert scores.score[0, scores.column("A")] == 100.0 and REASONS[scores.why[0, scores.column("B")]] == "few_answers"
    assert (scores.why[1] == REASONS.index("few_answers")).all()


def test_two_thirds_pass_a_gate_that_was_written_as_a_decimal():
    """The tolerance of 1e-9: 0.6666666669 lies above 2/3, and two of three answers pass it by weight and by count."""
    instrument = instrument_of(small())
    instrument = replace(instrument, gates=replace(instrument.gates, step=0.6666666669, pooled=0.6666666669))
    scores = node_scores(panel_of(instrument, [{"A1": 5, "A2": 5, "A3": BLANK, "B1": BLANK}]), instrument)
    assert scores.score[0, scores.column("A")] == 100.0


def test_a_status_counted_as_nothing_stands_at_the_lowest_level_of_a_scale_from_one():
    who = [(f"{a}/5", a) for a in range(1, 6)]
    roots = [node("R", [measure("A", [question("A1", who), question("A2", who)])])]
    instrument = instrument_of(roots, reference.Wishes(levels=(1, 2, 3, 4, 5)))
    scores = node_scores(
        panel_of(instrument, [{"A1": 4, "A2": BLANK}]), instrument, ScoreOptions(zero_statuses=STRICT, rule="mean_floor")
    )
    assert scores.score[0].tolist() == [50.0, 50.0]  # (100 + 0) / 2
    assert scores.level[0].tolist() == [3.0, 3.0]  # (5 + 1) / 2


def test_a_panel_of_another_instrument_is_refused():
    instrument = instrument_of(small())
    panel = panel_of(instrument, [{"A1": 5, "A2": 0, "A3": 0, "B1": 0}])
    with pytest.raises(KeyError, match="has 3 questions"):
        node_scores(replace(panel, codes=panel.codes[:, :3].copy()), instrument)
    for code in (6, -9):
        with pytest.raises(KeyError, match="neither a status"):
            node_scores(replace(panel, codes=np.full_like(panel.codes, code)), instrument)


def test_an_empty_panel_has_empty_scores():
    instrument = instrument_of(small())
    scores = node_scores(
        panel_of(instrument, [dict.fromkeys(("A1", "A2", "A3", "B1"), 0)]).where(np.array([], dtype=int)), instrument
    )
    assert scores.score.shape == (0, 3) and len(scores.table) == 0


def test_the_table_says_what_the_arrays_say():
    scores = scored({"A1": 3, "A2": 4, "A3": DONT_KNOW, "B1": 5}, {"A1": 1, "A2": BLANK, "A3": BLANK, "B1": NA_JUSTIFIED})
    table = scores.table.set_index(["iso3", "node"])
    assert table.index.tolist() == [(s, n) for s in ("QMA", "QMB") for n in ("R", "A", "B")]
    assert table.loc[("QMA", "A"), "score"] == pytest.approx(70) and table.loc[("QMA", "A"), "weakest"] == "A1"
    assert table.loc[("QMA", "R"), "weakest"] == "A" and table.loc[("QMA", "R"), "spread"] == pytest.approx(30)
    assert table.loc[("QMB", "R"), "weakest"] == "" and table.loc[("QMB", "A"), "why"] == "few_answers"
    # A at 3 (critical), 4 and open. Open at 0: 67 % at level 1, no more. Open at 5: 4 but for the critical question, so 3.
    assert table.loc[("QMA", "A"), ["level_low", "level_high"]].tolist() == [1, 3] and table["level_low"].dtype == "Int64"
    assert [*PANEL_KEYS, "node"] == [c for c in scores.table.columns if c in {*PANEL_KEYS, "node"}]


def test_some_rows_of_the_scores_are_the_scores_of_some_rows():
    rows = [{"A1": i, "A2": i, "A3": BLANK, "B1": 5 - i} for i in range(5)]
    instrument = instrument_of(small())
    panel, picked = panel_of(instrument, rows), np.array([3, 1])
    part, again = node_scores(panel, instrument).where(picked), node_scores(panel.where(picked), instrument)
    for number in NUMBERS:
        np.testing.assert_array_equal(getattr(part, number), getattr(again, number))


def test_withheld_and_unjustified_na_stay_open_when_strict():
    for status in (Status.WITHHELD, Status.NA_UNJUSTIFIED):
        scores = scored({"A1": 5, "A2": 5, "A3": int(status), "B1": 5}, zero_statuses=STRICT)
        assert scores.answered[0, scores.column("A")] == 2 and scores.upper[0, scores.column("A")] == 100.0
