"""A number's cells: all of a node in one query, each from the return that counts for its part, and the number made of them again by hand."""

from fractions import Fraction

import numpy as np
import pytest
import sqlalchemy as sa

from analysis.model import Answer, Return, Status
from analysis.scores.profile import answers_below
from analysis.scores.tree import node_scores
from analysis.store.trace import CELLS
from tests.store.worlds import LAND, SEA, coast

VALUE = {"none": Fraction(0), "some": Fraction(1, 3), "most": Fraction(2, 3), "all": Fraction(1)}  # of coast's answers.csv


def test_the_cells_of_a_node_come_from_the_returns_that_count_for_its_parts(store, instrument, put):
    put({"sea": (0, 0), "land": (1, 2, 3)}, content=b"first")
    put({"sea": (3, Status.DONT_KNOW)}, content=b"second")
    put({"sea": (2, 2)}, iso3="QMB")
    panel = store.panel(instrument)
    cells = store.cells(panel, 0, [*LAND, *SEA, "NO.SUCH"])
    assert list(cells.columns) == CELLS
    assert cells[["question", "submodule", "return_id", "sheet", "cell", "found", "option"]].to_numpy().tolist() == [
        ["SEA.A.1", "sea", 2, "SEA", "D4", "3", "all"],
        ["SEA.A.2", "sea", 2, "SEA", "D5", "-3", ""],
        ["LAND.A.1", "land", 1, "LAND", "D4", "1", "some"],
        ["LAND.A.2", "land", 1, "LAND", "D5", "2", "most"],
        ["LAND.A.3", "land", 1, "LAND", "D6", "3", "all"],
    ]
    assert set(cells["file"]) == {"QMA.xlsx"} and set(cells["imported_by"]) == {"ana"}
    assert cells["sha256"].nunique() == 2 and str(cells["received_at"].dtype) == "datetime64[us, UTC]"
    assert store.cells(panel, 1, LAND).empty and store.cells(panel, 1, LAND).dtypes.to_dict() == cells.dtypes.to_dict()
    assert store.cells(panel.where([1]), 0, SEA)["return_id"].tolist() == [3, 3], "also in a part of the panel"


def test_a_whole_node_is_one_query(store, instrument, put):
    put({"sea": (0, 0), "land": (1, 2, 3)})
    panel, seen = store.panel(instrument), []
    sa.event.listen(store._engine, "before_cursor_execute", lambda c, cursor, statement, *rest: seen.append(statement))
    store.cells(panel, 0, [*SEA, *LAND])
    assert len([s for s in seen if s.startswith("SELECT")]) == 1


@pytest.mark.parametrize("land", [(1, 2, 3), (3, Status.NA_JUSTIFIED, 0), (2, 2, Status.DONT_KNOW)])
def test_a_score_can_be_worked_out_again_from_the_cells_alone(store, instrument, put, land):
    put({"sea": (3, 1), "land": (0, 0, 0)})
    put({"land": land})
    panel = store.panel(instrument)
    scores = node_scores(panel, instrument)
    by_hand = {}
    for measure, questions in (("SEA.A", SEA), ("LAND.A", LAND)):
        options = [option for option in store.cells(panel, 0, questions)["option"] if option]
        by_hand[measure] = 100 * sum(VALUE[o] for o in options) / len(options)
        assert scores.score[0, scores.column(measure)] == pytest.approx(float(by_hand[measure]), abs=1e-12)
    both = (by_hand["SEA.A"] + by_hand["LAND.A"]) / 2
    assert scores.score[0, scores.column("ALL")] == pytest.approx(float(both), abs=1e-12)


def test_the_weights_beside_the_cells_make_the_score_where_all_is_answered(store, instrument, put):
    put({"sea": (3, 1), "land": (0, 2, 3)})
    panel = store.panel(instrument)
    scores = node_scores(panel, instrument)
    for node in ("ALL", "SEA", "LAND.A"):
        answers = answers_below(panel, instrument, 0, node)
        assert answers["within"].sum() == pytest.approx(1)
        made = float(np.dot(answers["points"], answers["within"]))
        assert made == pytest.approx(scores.score[0, scores.column(node)], abs=1e-12)
    assert answers_below(panel, instrument, 0, "ALL")["within"].tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 6, 1 / 6, 1 / 6])


def test_an_unanswered_question_is_worth_no_points_not_zero(store, instrument, put):
    put({"sea": (0, Status.BLANK)})
    answers = answers_below(store.panel(instrument), instrument, 0, "ALL")
    assert answers["code"].tolist() == [0, -5, -8, -8, -8]
    assert answers["points"].tolist()[0] == 0 and answers["points"].isna().tolist() == [False, True, True, True, True]


def test_the_options_of_the_cells_are_those_that_were_given_also_when_they_are_listed_anew(store, instrument, put, tmp_path):
    put({"sea": (0, 3)})
    turned = "answer_set,option,value,level\nfour,all,1,3\nfour,most,2/3,2\nfour,some,1/3,1\nfour,none,0,0\n"
    anew = coast(tmp_path / "later", answers=turned)
    panel = store.panel(anew)
    assert store.cells(panel, 0, SEA)["option"].tolist() == ["none", "all"]
    assert answers_below(panel, anew, 0, "SEA")["points"].tolist() == [0, 100]


def test_everything_that_was_said_beside_an_answer_is_there(store, instrument):
    answers = (
        Answer("SEA.A.1", 3, "all", "Sea", "D8", 2, "Act 7", "since May", ""),
        Answer("SEA.A.2", -1, "N/A", "Sea", "D9", na_reason="no sea"),
    )
    value = Return("coast", "QMA", "", "2026", "self", ("sea",), answers)
    store.add(value, [], file_name="a.xlsx", content=b"a", instrument=instrument, by="ana")
    cells = store.cells(store.panel(instrument), 0, SEA)
    assert cells[["evidence_grade", "evidence", "comment", "na_reason"]].iloc[0].tolist() == [2, "Act 7", "since May", ""]
    assert cells["na_reason"].tolist() == ["", "no sea"]
