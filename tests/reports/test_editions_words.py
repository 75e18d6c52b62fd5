"""Editions in words: shares, breaks and parts without a line. The editions are those of tests/comparison/test_core.py."""

import pandas as pd

from analysis.charts import base, history
from analysis.comparison import core
from analysis.reports import editions, labelled
from analysis.scores.tree import node_scores
from tests import tiny
from tests.comparison.test_core import CORE, NEW, OLD, both

PANELS = both([("QMA", "1355 333 220", "2024")], [("QMA", "240 333 335", "2026")])
SCORES = core.core_scores(CORE, PANELS)
OWN = {"old": node_scores(PANELS["old"], OLD), "new": node_scores(PANELS["new"], NEW)}


def test_the_core_is_told_with_its_share_of_each_edition():
    """5 of 10 and of 9 questions; by weight (5/12 + 2/3) / 2 = 54 % and (1/2 + 2/3) / 2 = 58 %."""
    assert editions.core_sentence(CORE) == (
        "Common core: 5 questions that are the same in every edition. That is 50 % of the 10 questions (54 % of the weight) of old and "
        "56 % of the 9 questions (58 % of the weight) of new. Rounds of all editions are scored on it by the latest one's weights and "
        "rules, as if the other questions had not been asked."
    )
    wider = core.common_core([OLD, NEW], reworded=True)
    told = "Common core: 6 questions, 5 of them the same in every edition and 1 reworded, which are taken in by choice."
    assert editions.core_sentence(wider).startswith(told)


def test_parts_with_too_small_a_core_are_named():
    assert editions.apart_sentence(CORE, ["A", "B"]) == (
        "In one part the core carries less than 60 % of the weight: A. There each edition is shown by all of its own questions, and "
        "nothing joins or compares them."
    )
    assert editions.apart_sentence(CORE, ["B"]) == ""


def test_the_break_is_told_with_the_rounds_on_both_sides():
    assert editions.break_words(CORE, SCORES.panel) == {"2026": "new edition"}
    assert editions.break_sentence(CORE, SCORES.panel) == (
        "new was first answered in 2026; the rounds up to 2024 were answered in an earlier edition."
    )


def test_the_table_of_shares_says_where_a_line_goes():
    table = editions.shares(CORE, ["A", "B"])
    assert table[["label", "core", "questions", "through"]].to_numpy().tolist() == [
        ["All questions", 5, 10, "No"], ["All questions", 5, 9, "No"], ["A", 3, 7, "No"], ["A", 3, 6, "No"], ["B", 2, 3, "Yes"],
        ["B", 2, 3, "Yes"],
    ]  # fmt: skip


def test_what_became_of_the_questions_is_counted_on_both_sides():
    """c3 is called the same. b2 becomes two; x4 and b3 are dropped."""
    found = editions.kinds(CORE)[["fate", "before_count", "after_count"]].to_numpy().tolist()
    assert found == [
        ["The same", 6, 6], ["Reworded", 1, 1], ["Split into several", 1, 2], ["Merged", 0, 0], ["New", 0, 0], ["Dropped", 2, 0],
    ]  # fmt: skip


def drawn(nodes, means=None):
    table = core.histories(CORE, SCORES, OWN, ["QMA"], nodes)
    group = core.group_means(table, fewest=1) if means else None
    lines = editions.lines(CORE, table, tiny.states(QMA="Quince"), group)
    return lines, history.round_lines(
        lines, "t", "s", base.palette(False), words=labelled.chart_words(), breaks=editions.break_words(CORE, SCORES.panel)
    )


def test_a_line_is_drawn_through_the_break_or_in_two_points():
    """M3 (2/3 of the weight) is one line of two rounds; M1 (half) two traces with one point each, and says so in its label."""
    lines, chart = drawn(["M1", "M3"])
    assert set(lines.loc[lines["node"] == "M1", "label"]) == {"M1 (no line: 50 % in common)"}
    assert set(lines.loc[lines["node"] == "M3", "label"]) == {"M3"}
    points = [tuple(t.y) for t in chart.data if t.mode == "lines+markers"]
    assert points == [(70, None), (None, 40), (40, 60)]
    assert [(s.x0, s.x1, s.line.dash) for s in chart.layout.shapes] == [(0.5, 0.5, "dash")] * 2
    assert [a.text for a in chart.layout.annotations if a.name == "break"] == ["new edition"] * 2


def test_a_group_is_drawn_in_pieces_too():
    lines, chart = drawn(["M1"], means=True)
    assert sorted(set(lines["piece"])) == ["new", "old"]
    loud = [tuple(t.y) for t in chart.data if t.line.width == 2.5]
    assert loud == [(70, None), (None, 40)]
    (quiet,) = [t for t in chart.data if t.line.width == 1]
    assert list(quiet.y) == [70, None, None, None, 40, None]


def test_a_group_of_many_is_drawn_as_a_band():
    table = core.histories(CORE, SCORES, OWN, ["QMA"], ["M1", "M3"])
    lines = editions.lines(CORE, table, tiny.states(QMA="Quince"), core.group_means(table, fewest=1), many=True)
    assert set(lines["name"]) == {labelled.text("over_time.matched")}
    assert lines[["node", "piece", "score", "lowest", "highest"]].to_numpy().tolist() == [
        ["M1", "old", 70, 70, 70], ["M1", "new", 40, 40, 40], ["M3", "", 40, 40, 40], ["M3", "", 60, 60, 60],
    ]  # fmt: skip


def test_a_break_before_the_first_round_or_of_an_unknown_one_is_not_drawn():
    table = core.histories(CORE, SCORES, OWN, ["QMA"], ["M3"])
    lines = editions.lines(CORE, table, tiny.states(QMA="Quince"))
    for first in ("2024", "2030"):
        chart = history.round_lines(
            lines, "t", "s", base.palette(False), words=labelled.chart_words(), breaks={first: "new edition"}
        )
        assert not chart.layout.shapes
    assert pd.notna(lines["score"]).all()
