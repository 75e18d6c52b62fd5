"""Level award: presets on cases that a person can work out, and the questions that block the next level."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scores.levels import BLOCKER_COLUMNS, blockers
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import node_scores
from tests.scores.reference import BLANK, NA_JUSTIFIED, PRESETS
from tests.scores.worlds import FIXED, all_questions, instrument_of, measure, node, panel_of, question, scale, worlds


def levels_of(answers, preset, *, critical=(), weights=None):
    """(level_low, level_high) of one measure on 0-5."""
    weights = weights or [1] * len(answers)
    questions = [question(f"A{i}", scale(), critical=i in critical, weight=w) for i, w in enumerate(weights)]
    instrument = instrument_of([node("R", [measure("A", questions)])])
    scores = node_scores(
        panel_of(instrument, [{f"A{i}": a for i, a in enumerate(answers)}]), instrument, ScoreOptions(rule=preset)
    )
    return scores.level_low[0, scores.column("A")], scores.level_high[0, scores.column("A")]


@pytest.mark.parametrize(
    ("answers", "preset", "critical", "expected"),
    [
        ([3, 3, 3, 3], "graded", (), (3, 3)),
        ([3, 3, 3, 2], "graded", (), (3, 3)),  # 75 % at 3, all at 2
        ([3, 3, 2, 2], "graded", (), (2, 2)),  # exactly half is not "more than half"
        ([5, 5, 5, 4], "graded", (3,), (4, 4)),  # the critical question stands at 4
        ([5, 5, 5, 4], "graded", (0,), (5, 5)),
        ([5] * 7 + [1], "graded", (), (3, 3)),  # 87.5 % are fully there; the gap floor holds 1 + 2
        ([5] * 7 + [1], "share_and_critical", (), (5, 5)),
        ([5] * 7 + [1], "share_and_critical", (7,), (1, 1)),
        ([5, 5, 5, 1], "share_and_critical", (), (5, 5)),  # exactly 75 % passes ">="
        ([5, 5, 1, 1], "share_and_critical", (), (1, 1)),
        ([5, 5, 5, 1], "strict", (), (1, 1)),
        ([5, 5, 5, 1], "mean_floor", (0, 1, 2, 3), (4, 4)),  # critical questions play no part
        ([3, 3, 3, BLANK], "graded", (), (1, 3)),  # 75 % is enough for level 1, not to be fully below 2
        ([3, 3, 3, NA_JUSTIFIED], "graded", (), (3, 3)),
        ([BLANK, BLANK], "strict", (), (0, 5)),
        ([NA_JUSTIFIED], "strict", (), (np.nan, np.nan)),
    ],
)
def test_level_of_a_measure(answers, preset, critical, expected):
    """By hand."""
    assert levels_of(answers, preset, critical=critical) == pytest.approx(expected, nan_ok=True)


def test_the_weight_of_a_question_counts_in_the_share():
    assert levels_of([4, 0], "share_and_critical", weights=[3, 1]) == (4, 4)
    assert levels_of([4, 0], "share_and_critical", weights=[2, 1]) == (0, 0)


def test_a_critical_question_caps_every_node_above_it():
    measures = [measure(f"M{i}", [question(f"Q{i}", scale(), critical=i == 0)]) for i in range(8)]
    instrument = instrument_of([node("TOP", [node("R", measures)])])
    scores = node_scores(panel_of(instrument, [{f"Q{i}": 5 if i else 3 for i in range(8)}]), instrument)
    assert [scores.level[0, scores.column(n)] for n in ("M0", "M1", "R", "TOP")] == [3, 5, 3, 3]


def test_no_single_level_where_the_score_is_not_shown():
    """Strict: the answered 0 decides the level whatever the open ones hold; one of three is too few for a score."""
    questions = [question(f"A{i}", scale()) for i in range(3)]
    instrument = instrument_of([node("R", [measure("A", questions)])])
    scores = node_scores(panel_of(instrument, [{"A0": 0, "A1": BLANK, "A2": BLANK}]), instrument, ScoreOptions(rule="strict"))
    assert scores.level_low[0].tolist() == scores.level_high[0].tolist() == [0, 0] and np.isnan(scores.level).all()


def raised(world, codes, needs: dict[str, int]) -> dict[str, int] | None:
    """The questionnaire with each question at the lowest option that has what it needs; None when a scale lacks it."""
    found = dict(codes)
    for q in all_questions(world.roots):
        if q["name"] in needs:
            enough = [(level, i) for i, (_, level) in enumerate(q["options"]) if level >= needs[q["name"]]]
            if not enough:
                return None
            found[q["name"]] = min(enough)[1]
    return found


@settings(FIXED, max_examples=50)
@given(worlds(rows=1), st.integers(0, 2**32 - 1))
def test_raising_exactly_the_blocking_questions_reaches_the_level(world, seed):
    rng, scores = random.Random(seed), world.scores()
    names = [n for n in world.instrument.nodes["node"] if scores.applicable[0, scores.column(n)]]
    for name in rng.sample(names, min(3, len(names))):
        now = scores.level_low[0, scores.column(name)]
        aim = min(int(now) + rng.choice([1, 1, 2]), world.instrument.max_level)
        table = blockers(scores, 0, name, None if aim == now + 1 else aim)
        assert (len(table) == 0) == (aim <= now)
        assert table["question"].is_unique and (table["level"] == aim).all()
        needs = dict(zip(table["question"], table["needs"], strict=True))
        enough = raised(world, world.rows[0], needs)
        if enough is not None:
            assert world.scores([enough]).level_low[0, scores.column(name)] >= aim


@settings(FIXED, max_examples=50)
@given(worlds(rows=1), st.integers(0, 2**32 - 1))
def test_nothing_else_reaches_the_level_while_the_blocking_questions_stay(world, seed):
    """Raising every other question to the top of its scale does not help: no blocking question is left out.

    Not for "mean floor", where any better answer makes up for any other.
    """
    wishes_preset = world.wishes.preset if world.wishes.preset != "mean_floor" else "graded"
    scores = world.scores(preset=wishes_preset)
    names = [n for n in world.instrument.nodes["node"] if scores.applicable[0, scores.column(n)]]
    name = random.Random(seed).choice(names) if names else None
    if name is None or scores.level_low[0, scores.column(name)] == world.instrument.max_level:
        return
    table = blockers(scores, 0, name)
    codes = dict(world.rows[0])
    for q in all_questions(world.roots):
        if q["name"] not in set(table["question"]) and codes[q["name"]] >= 0:
            codes[q["name"]] = max(range(len(q["options"])), key=lambda i: q["options"][i][1])
    assert world.scores([codes], preset=wishes_preset).level_low[0, scores.column(name)] < table["level"].iloc[0]


def test_blockers_say_what_each_question_has_and_needs():
    """By hand: at 2, 2 and open the measure stands at 1-2. Level 2 needs more than 85 % at 1: the open question blocks it."""
    questions = [question("A1", scale()), question("A2", scale(), critical=True), question("A3", scale())]
    instrument = instrument_of([node("R", [measure("A", questions)])])
    scores = node_scores(panel_of(instrument, [{"A1": 2, "A2": 2, "A3": BLANK}]), instrument)
    table = blockers(scores, 0, "R")
    assert table.columns.tolist() == BLOCKER_COLUMNS
    assert table[["node", "level", "item", "question", "needs", "open"]].values.tolist() == [["R", 2, "A", "A3", 1, True]]
    assert table["level_now"].isna().all() and table["level_high"].tolist() == [5]
    third = blockers(scores, 0, "A", level=3)
    assert third[["question", "condition", "needs"]].values.tolist() == [
        ["A2", "critical", 3],
        ["A3", "gap_floor", 3],
        ["A1", "share_at", 3],
    ]


def test_nothing_blocks_the_top():
    questions = [question("A1", scale())]
    instrument = instrument_of([node("R", [measure("A", questions)])])
    scores = node_scores(panel_of(instrument, [{"A1": 5}, {"A1": NA_JUSTIFIED}]), instrument)
    assert blockers(scores, 0, "R").empty and blockers(scores, 1, "R").empty


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_preset_of_the_reference_is_one_of_the_instrument(preset):
    assert preset in instrument_of([node("R", [measure("A", [question("A1", scale())])])]).rules
