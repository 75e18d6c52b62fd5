"""What is proposed for tables that nobody has mapped yet, and what is left for a person to say."""

from __future__ import annotations

import pytest

from analysis.workbook.mapping import proposal
from tests.workbook.mapping.tables import answers, cells, of, read, sheet
from tests.workbook.mapping.test_reading_mapped import UGLY


def doubts(found) -> set[str]:
    return {doubt.code for doubt in found.doubts}


def test_a_list_with_a_merged_heading_on_row_seven_is_found(known, states):
    found = proposal([sheet(*UGLY)], known, states)
    mapping = found.mapping
    assert (mapping.layout, mapping.header_row, mapping.header_rows) == ("answers_down", 7, 2)
    assert mapping.columns == {
        "iso3": "Country",
        "question": "Indicator",
        "answer": "Assessment / Answer",
        "comment": "Assessment / Remarks",
    }
    assert mapping.unsure.answers == {"steps": {"no data": "dont_know"}, "plain": {"Other": ""}}
    assert mapping.words.answers == {} and mapping.words.fixed == {}
    assert doubts(found) == {"not-said", "unsure-answers"}


def test_a_wide_table_is_found_with_a_state_in_each_row(known, states):
    rows = [
        ["Self-assessment 2026"],
        ["State", "Region", "LEND.STOCK.1", "LEND.STOCK.2", "LEND.LOANS.1"],
        ["QMA", "North", "yes", 3, "no"],
        ["QMB", "South", "oui", 4, "perhaps"],
        ["Total", None, 2, 7, 1],
    ]
    found = proposal([sheet(["Read me first"], title="Notes"), sheet(*rows, title="Data")], known, states)
    mapping = found.mapping
    assert (mapping.layout, mapping.sheet, mapping.header_row) == ("states_down", "Data", 2)
    assert mapping.columns == {"iso3": "State"} and mapping.state_codes
    assert mapping.unsure.fixed == {"round": "2026", "reading": "self"}  # from the title: to be confirmed
    assert mapping.unsure.answers == {"plain": {"perhaps": ""}}


def test_a_table_of_questions_with_a_column_for_each_state_is_found(known, states):
    rows = [
        ["No.", "Question", "Maravel", "Bélandor", "Average"],
        [1, "Is there a list of everything on the shelves?", "Yes", "Partly (yes)", 1.5],
        [2, "How far is the stock kept in repair?", "3", "Level 4", 3.5],
    ]
    found = proposal([sheet(*rows)], known, states)
    assert (found.mapping.layout, found.mapping.columns) == ("questions_down", {"question": "Question"})
    assert found.mapping.unsure.answers == {"plain": {"Partly (yes)": "partly"}, "steps": {"Level 4": "4"}}


def test_questions_in_other_words_are_suggested_and_not_applied(known, states):
    rows = [
        ["Country", "Question", "Answer"],
        ["QMA", "Is there a list of all things on the shelves?", "yes"],
        ["QMA", "Can readers borrow without money?", "no"],
        ["QMA", "Do you like it here, all in all?", "no"],
        ["QMA", "LEND.STOCK.2", 4],
    ]
    found = proposal([sheet(*rows)], known, states)
    assert found.mapping.unsure.questions == {
        rows[1][1]: "LEND.STOCK.1",
        rows[2][1]: "LEND.LOANS.1",
        rows[3][1]: "",
    }
    assert found.mapping.words.questions == {}


def test_editions_below_each_other_are_proposed_as_parts(known, states):
    rows = [
        ["First edition, 2024"],
        ["Country", "Indicator", "Answer"],
        ["QMA", "LEND.STOCK.1", "no"],
        [],
        ["Second edition, 2026"],
        ["Country", "Indicator", "Answer"],
        ["QMA", "LEND.STOCK.1", "yes"],
    ]
    found = proposal([sheet(*rows)], known, states)
    assert [block.title for block in found.mapping.blocks] == ["First edition, 2024", "Second edition, 2026"]
    assert found.mapping.unsure.rounds == {"First edition, 2024": "2024", "Second edition, 2026": "2026"}


def test_rounds_side_by_side_are_proposed_from_their_merged_heading(known, states):
    rows = [
        ["State", 2025, None, 2026, None],
        [None, "LEND.STOCK.1", "LEND.STOCK.2", "LEND.STOCK.1", "LEND.STOCK.2"],
        ["QMA", "no", 1, "yes", 2],
        ["QMB", "no", 2, "yes", 3],
    ]
    mapping = proposal([sheet(*rows)], known, states).mapping
    assert (mapping.layout, mapping.header_row, mapping.header_rows) == ("states_down", 1, 2)
    found = read(sheet(*rows), mapping.having(words=mapping.words.__class__(fixed={"reading": "self"})), known, states)
    assert [(r.value.iso3, r.value.round, answers(r)["LEND.STOCK.2"]) for r in found] == [
        ("QMA", "2025", 0),
        ("QMA", "2026", 1),
        ("QMB", "2025", 1),
        ("QMB", "2026", 2),
    ]


def test_a_state_above_the_table_is_proposed_by_its_cell(known, states):
    rows = [["Country:", "Bélandor"], [], ["Indicator", "Score"], ["LEND.STOCK.1", "yes"], ["LEND.STOCK.2", 3]]
    mapping = proposal([sheet(*rows)], known, states).mapping
    assert mapping.columns == {"iso3": "[B1]", "question": "Indicator", "answer": "Score"}


def test_a_heading_without_any_word_of_ours_is_found_by_what_stands_below(known, states):
    rows = [
        ["Statistik der Bibliotheken"],
        ["Land", "Kennziffer", "Stufe", "Seite"],
        ["QMA", "LEND.STOCK.1", "yes", 17],
        ["QMA", "LEND.STOCK.2", 4, 18],
        ["QMB", "LEND.STOCK.1", "no", 17],
    ]
    mapping = proposal([sheet(*rows)], known, states).mapping
    assert mapping.header_row == 2
    assert mapping.columns == {"iso3": "Land", "question": "Kennziffer", "answer": "Stufe"}


def test_cells_merged_over_rows_are_proposed_to_hold_for_the_rows_below(known, states):
    questions = [f"LEND.STOCK.{n}" for n in (1, 2, 3)] + ["LEND.LOANS.1", "LEND.LOANS.2"]
    rows = [["Country", "Question", "Answer"]]
    for code in ("QMA", "QMB"):
        rows += [
            [code if i == 0 else None, question, "1" if "STOCK.2" in question else "yes"] for i, question in enumerate(questions)
        ]
    found = proposal([sheet(*rows)], known, states)
    assert found.mapping.fill_down == ("iso3",) and "filled-down" in doubts(found)


@pytest.mark.parametrize("rows", [[], [[]], [["only one cell"]], [["a", "b"]], [[None, None], [None]]])
def test_a_sheet_without_a_table_gets_an_empty_proposal_with_its_reason(known, states, rows):
    found = proposal([sheet(*rows)], known, states)
    assert doubts(found) == {"no-heading"} and found.mapping.columns == {}


def test_no_sheet_at_all_is_no_fault(known, states):
    assert doubts(proposal([], known, states)) == {"no-heading"}


def test_unsure_words_are_not_applied(known, states):
    rows = [["Country", "Question", "Answer"], ["QMA", "LEND.STOCK.2", "Level 3"], ["QMA", "LEND.STOCK.3", 2]]
    mapping = proposal([sheet(*rows)], known, states).mapping
    assert mapping.unsure.answers == {"steps": {"Level 3": "3"}}
    mapping = mapping.having(words=mapping.words.__class__(fixed={"round": "2026", "reading": "self"}))
    (found,) = read(sheet(*rows), mapping, known, states)
    assert of([found], "answer-not-allowed") == [("C2", "Level 3")]
    assert cells(found) == {"LEND.STOCK.2": "Table!C2", "LEND.STOCK.3": "Table!C3"}


def test_rows_of_any_length_are_looked_at(known, states):
    rows = [["Library"], ["Country", "Question"], ["QMA", "LEND.STOCK.1", "yes"], ["QMA", "LEND.STOCK.2", 4, None, "far"], []]
    mapping = proposal([sheet(*rows)], known, states).mapping
    assert mapping.columns == {"iso3": "Country", "question": "Question", "answer": "[C]"}
