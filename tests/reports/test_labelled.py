"""Tables in words: names beside codes, nothing merged, nothing claimed of what was not asked."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import groups, returned, rounds
from analysis.model import Problem
from analysis.reports import labelled
from analysis.scores import levels, profile
from tests import tiny

TINY = tiny.instrument()
STATES = tiny.states(QMA="Quince", QMB="Quince", QMC="Medlar")


def bounded(answers: str, **settings) -> pd.DataFrame:
    return labelled.bounded(TINY, profile.profile(tiny.scores(("QMA", answers)), 0, ["M1", "M2", "M3", "A"]), **settings)


def test_scores_carry_the_target_of_each_measure_and_the_instruments_own_elsewhere():
    assert bounded(tiny.FULL, target="default")["target"].tolist() == [60, 60, 60, 60]
    assert bounded(tiny.FULL, target=2)["target"].tolist() == [40, 40, 40, 40]
    assert "target" not in bounded(tiny.FULL)


def test_what_was_not_returned_has_neither_score_nor_bounds():
    found = bounded("333 33. ___")
    assert found[["score", "lower", "upper"]].isna().all(axis=1).tolist() == [False, False, True, False]
    assert found["note"].tolist()[2] == "not returned"


def test_the_weakest_child_is_named_and_none_where_nothing_is_scored():
    found = bounded("312 111 ___")
    assert found["weakest_name"].tolist() == ["a2", "b1", "", "M2"]


def test_two_codes_of_one_name_are_told_apart():
    assert labelled.told_apart(["X", "Y", "Z", "X"], ["one", "one", "two", "one"]) == ["X one", "Y one", "two", "X one"]
    scores = tiny.scores(("QMA", tiny.FULL), ("QMB", "111 111 111"), ("QMC", tiny.FULL))
    twins = tiny.titled(A="Part", B="Part")
    found = labelled.cells(twins, groups.dots(scores, [0, 1, 2], ["A", "B"]), STATES)
    assert sorted(set(found["line"])) == ["Medlar", "QMA Quince", "QMB Quince"]
    assert list(dict.fromkeys(found["column"])) == ["A Part", "B Part"]
    assert found.loc[found["line"] == "QMB Quince", "score"].tolist() == pytest.approx([20, 20])


def test_cells_stand_by_name_and_in_the_order_of_the_tree_and_count_their_answers():
    scores = tiny.scores(("QMC", "333 33. ___"), ("QMA", tiny.FULL))
    found = labelled.cells(TINY, groups.dots(scores, [0, 1], ["B", "A"]), STATES)
    assert found[["line", "column", "answers"]].to_numpy().tolist() == [
        ["Medlar", "A", "5 of 6"], ["Medlar", "B", "0 of 3"], ["Quince", "A", "6 of 6"], ["Quince", "B", "3 of 3"],
    ]  # fmt: skip
    assert found["lower"].isna().tolist() == [False, True, False, False]
    turned = labelled.cells(TINY, groups.dots(scores, [0, 1], ["A"]), STATES, lines="nodes")
    assert turned[["line", "column"]].to_numpy().tolist() == [["A", "Medlar"], ["A", "Quince"]]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("555 333 111", "Strongest: M1 (100.0). Weakest: M3 (20.0)."),
        ("333 333 333", "All 3 measures with a score stand at 60.0."),
        ("555 ... ...", "Too few measures have a score to name the strongest and the weakest."),
    ],
)
def test_strongest_and_weakest_are_named_where_there_are_any(answers, words):
    assert labelled.strongest_and_weakest(TINY, profile.measures(tiny.scores(("QMA", answers)), 0)) == words


def test_the_same_score_is_never_called_strong_and_weak():
    table = pd.DataFrame({"node": ["A", "M1", "M2", "M3"], "score": [40.0, 50.0, 50.0, 50.0]})
    assert labelled.strongest_and_weakest(TINY, table) == "Strongest: M3 (50.0). Weakest: A (40.0)."


def test_an_answer_in_words_is_its_option_or_its_status():
    assert labelled.answer_words(TINY, "a1", 3) == "o3"
    found = labelled.answers(TINY, profile.answers(tiny.panel(("QMA", "3?n .w_ 000")), TINY, 0))["answer"].tolist()
    assert found == ["o3", "Don't know", found[2], found[3], "Withheld", found[5], "o0", "o0", "o0"]
    assert len({found[2], found[3], found[5], "o0"}) == 4  # N/A, blank and not returned are three words, and none is an answer


def test_changed_answers_stand_in_words_side_by_side():
    table = rounds.answer_changes(tiny.scores(("QMA", tiny.FULL, "2024"), ("QMA", "4?3 333 333")), 1, 0)
    found = labelled.answer_changes(TINY, table)
    assert found[["question", "answer_before", "answer_after"]].to_numpy().tolist() == [
        ["a1", "o3", "o4"],
        ["a2", "o3", "Don't know"],
    ]


def test_blockers_say_what_is_there_what_is_needed_and_open_ones_are_not_zero():
    """M1 at 1 with 1 1 and one open: level 1 is not reached by the open one, which counts as not reached."""
    found = labelled.blockers(TINY, levels.blockers(tiny.scores(("QMA", "11. 333 333")), 0, "M1"))
    assert found["now"].tolist()[found["question"].tolist().index("a3")] == "No answer"
    assert "0" not in found["now"].tolist()


def test_the_status_of_returns_is_told_by_name():
    table = returned.status(tiny.scores(("QMC", "333 333 ___")), [0])
    found = labelled.status(TINY, table, STATES).iloc[0]
    assert found[["name", "submodules", "received_at"]].tolist() == ["Medlar", "part-A", "2026-03-01"]


def test_headline_figures_are_printed_with_their_denominators():
    facts = {"returned": (2, 24), "complete": (1, 2), "answered": 0.725, "shown": (3, 4)}
    assert labelled.headline(facts) == {"returned": "2 of 24", "complete": "1 of 2", "answered": "73 %", "shown": "3 of 4"}
    assert labelled.headline(facts | {"answered": float("nan")})["answered"] == "–"


def test_a_history_draws_no_bounds_where_nothing_was_returned():
    scores = tiny.scores(("QMA", "333 333 ___", "2024"), ("QMA", "333 333 33."), ("QMB", tiny.FULL))
    found = labelled.history(TINY, rounds.histories(scores, ["QMA", "QMB"], ["B"]), STATES)
    assert found["name"].tolist() == ["QMA Quince", "QMA Quince", "QMB Quince"]
    assert found["lower"].isna().tolist() == [True, False, False]
    assert found["note"].tolist() == ["0 of 3", "2 of 3", "3 of 3"]


def test_a_groups_line_is_its_matched_mean():
    units = [(f"QM{c}", n * 9, r) for c in "ABCDE" for n, r in (("1", "2024"), ("2", "2026"))]
    table = rounds.histories(tiny.scores(*units), [f"QM{c}" for c in "ABCDE"], ["A"])
    found = labelled.group_history(TINY, table, rounds.group_history(table), STATES)
    loud = found[~found["quiet"]]
    assert loud["score"].tolist() == pytest.approx([20, 40])
    assert set(loud["note"]) == {"5 States"}
    assert found["quiet"].sum() == 10


def test_problems_that_stop_a_return_stand_first():
    found = labelled.problems([
        Problem("a.xlsx", "S", "B2", "answer-not-allowed", "6", "0-5", severity="repair"),
        Problem("b.xlsx", "", "", "damaged-workbook", severity="stop"),
    ])  # fmt: skip
    assert found["code"].tolist() == ["damaged-workbook", "answer-not-allowed"]
    assert "6" in found["message"].iloc[1]


def test_a_line_joins_the_same_questions_and_other_scores_are_dots_that_nothing_joins():
    lines = pd.DataFrame(
        {
            "node": ["A", "A", "B", "B", "C"],
            "round": ["2022", "2024", "2022", "2024", "2024"],
            "score": [40.0, 60.0, 30.0, 50.0, np.nan],
            "value": [42.0, 58.0, np.nan, np.nan, np.nan],
            "lower": 0.0,
            "upper": 100.0,
        }
    )
    drawn = labelled.one_line(lines)
    assert drawn["score"].tolist()[:4] == [42, 58, 30, 50] and np.isnan(drawn["score"].iloc[4])
    assert drawn["piece"].tolist() == ["", "", "2022", "2024", ""] and "lower" not in drawn
