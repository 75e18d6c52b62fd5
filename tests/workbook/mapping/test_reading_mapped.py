"""Tables that are not on our form, read by a mapping: every answer with its cell, and nothing passed over without a word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.model import Status, UnreadableReturn
from analysis.states import load_states
from analysis.workbook.mapping import Block, TableMapping, Words
from tests.workbook.mapping.tables import answers, cells, of, read, sheet

TOTALS = ("total", "average", "mean")
NBSP = "\u00a0"
LIST = TableMapping(
    name="The ministry's list",
    columns={"iso3": "Country", "question": "Indicator", "answer": "Answer", "comment": "Remarks"},
    words=Words(fixed={"round": "2026", "reading": "self"}),
    skip_words=TOTALS,
    header_row=7,
    header_rows=2,
)
UGLY = [
    ["National library service"],
    ["printed on 3 March"],
    [],
    ["Draft"],
    [],
    [],
    ["Country", "Indicator", "Assessment", None, "Page"],
    [None, None, "Answer", "Remarks", None],
    ["Lending"],
    [f"{NBSP}Maravel{NBSP}", "LEND.STOCK.1", "Yes", "since 2019", 4],
    ["QMA", "LEND.STOCK.2", 4, None, 5],
    ["Maravel", "LEND.STOCK.3", "no data", None, 5],
    ["Total", None, 3, None, None],
    ["QMB", "LEND.LOANS.1", "Other", None, 9],
    ["Bélandor", "LEND.LOANS.2", "no", "", 9],
    ["Average of all", None, 2.5],
]


def test_a_list_with_a_merged_heading_on_row_seven_is_read_with_the_cell_of_every_answer(known, states):
    found = read(sheet(*UGLY), LIST, known, states)
    assert [r.value.key for r in found] == [("QMA", "", "2026", "self"), ("QMB", "", "2026", "self")]
    assert answers(found[0]) == {"LEND.STOCK.1": 0, "LEND.STOCK.2": 3, "LEND.STOCK.3": Status.INVALID}
    assert cells(found[0]) == {"LEND.STOCK.1": "Table!C10", "LEND.STOCK.2": "Table!C11", "LEND.STOCK.3": "Table!C12"}
    assert found[0].value.answers[0].comment == "since 2019"
    assert answers(found[1]) == {"LEND.LOANS.1": Status.INVALID, "LEND.LOANS.2": 3}


def test_rows_and_columns_that_were_not_read_are_named(known, states):
    found = read(sheet(*UGLY), LIST, known, states)
    assert of(found, "rows-skipped") == [("", "6 (1-2, 4, 9, 13, 16)")]
    assert of(found, "columns-not-used") == [("", "Page (E)")]
    assert of(found, "read-with-mapping") == [("", "The ministry's list")] * 2
    assert of(found, "answer-not-allowed") == [("C12", "no data"), ("C14", "Other")]


def test_a_word_that_the_mapping_knows_is_read_and_kept_as_it_was_written(known, states):
    said = {"plain": {"Other": "partly"}, "any": {"no data": "dont_know"}}
    found = read(sheet(*UGLY), LIST.having(words=Words(fixed=LIST.words.fixed, answers=said)), known, states)
    kept = {a.question: (a.code, a.found) for r in found for a in r.value.answers if a.found}
    assert kept["LEND.STOCK.3"] == (Status.DONT_KNOW, "no data")
    assert kept["LEND.LOANS.1"] == (1, "Other")
    assert of(found, "answer-not-allowed") == []


def test_the_mapping_counts_before_our_own_writing(known, states):
    rows = [["Country", "Indicator", "Answer", "Remarks"], ["QMA", "LEND.STOCK.2", 1, ""], ["QMA", "LEND.STOCK.3", "2", ""]]
    said = LIST.having(words=Words(fixed=LIST.words.fixed, answers={"any": {"1": "5", "2": "9"}}))
    (found,) = read(sheet(*rows), said, known, states)
    assert answers(found) == {"LEND.STOCK.2": 4, "LEND.STOCK.3": Status.INVALID}  # there is no option 9
    assert of([found], "answer-not-allowed") == [("C3", "2")]


def test_a_word_for_nothing_leaves_the_part_unreturned(known, states):
    rows = [["Country", "Indicator", "Answer", "Remarks"], ["QMA", "LEND.STOCK.1", "yes"], ["QMA", "READ.ROOM.1", "-"]]
    said = LIST.having(words=Words(fixed=LIST.words.fixed, answers={"any": {"-": "blank"}}))
    (found,) = read(sheet(*rows), said, known, states)
    assert found.value.submodules == ("lending",)


def test_columns_that_moved_and_a_heading_on_another_row_are_found_again(known, states):
    rows = [
        ["Remarks", "Number", "Country", "Answer", "Indicator"],
        ["a remark", 1, "QMA", "yes", "LEND.STOCK.1"],
        [None, 2, "QMA", 2, "LEND.STOCK.2"],
    ]
    (found,) = read(sheet([], ["Report"], *rows), LIST, known, states)
    assert answers(found) == {"LEND.STOCK.1": 0, "LEND.STOCK.2": 1}
    assert cells(found) == {"LEND.STOCK.1": "Table!D4", "LEND.STOCK.2": "Table!D5"}


def test_a_table_without_a_heading_that_the_mapping_names_is_not_read(known, states):
    with pytest.raises(UnreadableReturn) as error:
        read(sheet(["Country", "Indicator", "Reply", "Remarks"], ["QMA", "LEND.STOCK.1", "yes", ""]), LIST, known, states)
    (problem,) = error.value.problems
    assert (problem.code, problem.found) == ("mapping-does-not-fit", "The ministry's list")


WIDE = TableMapping(layout="states_down", columns={"iso3": "State"}, words=LIST.words, skip_words=TOTALS, state_codes=True)


def test_a_state_in_each_row_and_a_question_in_each_column(known, states):
    rows = [
        ["State", "Region", "LEND.STOCK.1", "Is there a list of everything on the shelves?", "LEND.STOCK.2", "LEND.STOCK.2 text"],
        ["QMA", "North", "yes", None, 3, "x"],
        ["South"],
        ["Orsenne Isles", "South", None, "no", 5, None],
        ["QMB", "South", None, None, None, None],
        ["Total", None, 1, 1, 8, None],
    ]
    found = read(sheet(*rows), WIDE, known, states)
    assert {r.value.iso3: answers(r) for r in found} == {
        "QMA": {"LEND.STOCK.1": 0, "LEND.STOCK.2": 2},
        "XAA": {"LEND.STOCK.1": 3, "LEND.STOCK.2": 4},
    }
    assert cells(found[1]) == {"LEND.STOCK.1": "Table!D4", "LEND.STOCK.2": "Table!E4"}
    assert of(found, "rows-skipped") == [("", "3 (3, 5-6)")]
    assert of(found, "columns-not-used") == [("", "Region (B), LEND.STOCK.2 text (F)")]


def test_namibias_two_letters_are_a_state_where_states_stand_as_codes(known):
    rows = [["State", "LEND.STOCK.1"], ["NA", "yes"]]
    (found,) = read(sheet(*rows), WIDE, known, load_states(sample=False))
    assert (found.value.iso3, answers(found)) == ("NAM", {"LEND.STOCK.1": 0})


def test_a_comment_beside_each_question_belongs_to_its_answer(known, states):
    rows = [
        ["State", "LEND.STOCK.1", None, "LEND.STOCK.2", None],
        [None, "Answer", "Comment", "Answer", "Comment"],
        ["QMA", "yes", "one", 3, "two"],
    ]
    said = WIDE.having(header_rows=2, columns={"iso3": "State", "answer": "Answer", "comment": "Comment"})
    (found,) = read(sheet(*rows), said, known, states)
    assert [(a.question, a.code, a.comment, a.cell) for a in found.value.answers[:2]] == [
        ("LEND.STOCK.1", 0, "one", "B3"),
        ("LEND.STOCK.2", 2, "two", "D3"),
    ]


def test_rounds_side_by_side_under_a_merged_heading_are_two_returns(known, states):
    rows = [
        ["State", 2025, None, "Edition 2026", None],
        [None, "LEND.STOCK.1", "LEND.STOCK.2", "LEND.STOCK.1", "LEND.STOCK.2"],
        ["QMA", "no", 1, "yes", 2],
    ]
    words = Words(fixed={"reading": "self"}, rounds={"Edition 2026": "2026"})
    both = WIDE.having(header_rows=2, words=words)
    found = read(sheet(*rows), both, known, states)
    assert {r.value.round: answers(r) for r in found} == {
        "2025": {"LEND.STOCK.1": 3, "LEND.STOCK.2": 0},
        "2026": {"LEND.STOCK.1": 0, "LEND.STOCK.2": 1},
    }
    (one,) = read(sheet(*rows), both.having(only_rounds=("2026",)), known, states)
    assert one.value.round == "2026" and of([one], "other-rounds") == [("", "2025")]


DOWN = TableMapping(layout="questions_down", columns={"question": "Question"}, words=LIST.words, skip_words=TOTALS)


def test_a_question_in_each_row_and_a_state_in_each_column(known, states):
    rows = [
        ["Question", "QMA", "Bélandor", "Average", "Orsenne Isles"],
        ["1. Is there a list of everything on the shelves?", "yes", "no", 2, None],
        ["How far is the stock kept in repair?", 3, "4", 3.5, None],
        ["Average", 3, 4, None, None],
    ]
    found = read(sheet(*rows), DOWN, known, states)
    assert {r.value.iso3: (answers(r), cells(r)) for r in found} == {
        "QMA": ({"LEND.STOCK.1": 0, "LEND.STOCK.2": 2}, {"LEND.STOCK.1": "Table!B2", "LEND.STOCK.2": "Table!B3"}),
        "QMB": ({"LEND.STOCK.1": 3, "LEND.STOCK.2": 3}, {"LEND.STOCK.1": "Table!C2", "LEND.STOCK.2": "Table!C3"}),
    }
    assert of(found, "columns-not-used") == [("", "Average (D), E1")]


def test_a_state_that_is_misspelt_in_a_heading_is_asked_about_and_then_read(known, states):
    rows = [["Question", "Maravell"], ["LEND.STOCK.1", "yes"]]
    (asked,) = read(sheet(*rows), DOWN, known, states)
    assert asked.value is None and of([asked], "state-to-confirm") == [("B1", "Maravell")]
    (found,) = read(sheet(*rows), DOWN, known, states, confirmed={"Maravell": "QMA"})
    assert found.value.iso3 == "QMA"


def test_two_editions_below_each_other_are_told_apart_by_their_titles(known, states):
    rows = [
        ["First edition, 2024"],
        ["Country", "Indicator", "Answer", "Remarks"],
        ["QMA", "LEND.STOCK.1", "no", None],
        [],
        ["Second edition, 2026"],
        ["Indicator", "Country", "Remarks", "Answer"],
        ["LEND.STOCK.1", "QMA", "better", "yes"],
    ]
    blocks = (Block("First edition, 2024", "2024"), Block("Second edition, 2026", "2026"))
    said = LIST.having(header_row=2, header_rows=1, blocks=blocks, words=Words(fixed={"reading": "self"}))
    found = read(sheet(*rows), said, known, states)
    assert [(r.value.round, answers(r), cells(r)) for r in found] == [
        ("2024", {"LEND.STOCK.1": 3}, {"LEND.STOCK.1": "Table!C3"}),
        ("2026", {"LEND.STOCK.1": 0}, {"LEND.STOCK.1": "Table!D7"}),
    ]
    (one,) = read(sheet(*rows), said.having(blocks=(Block("First edition, 2024", read=False), blocks[1])), known, states)
    assert one.value.round == "2026" and of([one], "rows-skipped") == [("", "4 (1-3, 5)")]


def test_editions_told_apart_by_a_column_take_the_rounds_that_the_mapping_gives(known, states):
    rows = [
        ["Country", "Edition", "Indicator", "Answer"],
        ["QMA", "baseline", "LEND.STOCK.1", "no"],
        [None, "follow-up", "LEND.STOCK.1", "yes"],
    ]
    columns = {"iso3": "Country", "round": "Edition", "question": "Indicator", "answer": "Answer"}
    words = Words(fixed={"reading": "self"}, rounds={"baseline": "2024", "follow-up": "2026"})
    said = LIST.having(columns=columns, words=words, header_rows=1, fill_down=("iso3",))
    found = read(sheet(*rows), said, known, states)
    assert [(r.value.round, answers(r)) for r in found] == [("2024", {"LEND.STOCK.1": 3}), ("2026", {"LEND.STOCK.1": 0})]


def test_a_heading_that_is_repeated_on_the_next_page_is_no_answer(known, states):
    rows = [
        ["Country", "Indicator", "Answer", "Remarks"],
        ["QMA", "LEND.STOCK.1", "yes", None],
        ["Country", "Indicator", "Answer", "Remarks"],
        ["QMA", "LEND.STOCK.2", 2, None],
    ]
    (found,) = read(sheet(*rows), LIST.having(header_row=1, header_rows=1), known, states)
    assert answers(found) == {"LEND.STOCK.1": 0, "LEND.STOCK.2": 1}
    assert of([found], "unknown-question") == []


def test_a_question_goes_by_the_name_that_the_mapping_gives_it(known, states):
    rows = [
        ["Part", "No.", "Country", "Answer"],
        ["Stock", 1, "QMA", "yes"],
        ["Loans", 1, "QMA", "no"],
        ["Loans", 9, "QMA", "no"],
    ]
    columns = {"submodule": "Part", "question": "No.", "iso3": "Country", "answer": "Answer"}
    questions = {"Stock / 1": "LEND.STOCK.1", "Loans / 1": "LEND.LOANS.1"}
    said = LIST.having(columns=columns, words=Words(fixed=LIST.words.fixed, questions=questions), header_row=1, header_rows=1)
    (found,) = read(sheet(*rows), said, known, states)
    assert answers(found) == {"LEND.STOCK.1": 0, "LEND.LOANS.1": 3}
    assert of([found], "unknown-question") == [("B4", "9")]


def test_a_state_may_stand_above_the_table_or_be_the_sheets_title(known, states):
    rows = [["State:", "Bélandor"], ["Indicator", "Answer"], ["LEND.STOCK.1", "yes"]]
    columns = {"question": "Indicator", "answer": "Answer"}
    said = LIST.having(columns=columns | {"iso3": "[B1]"}, header_row=2, header_rows=1)
    (found,) = read(sheet(*rows), said, known, states)
    assert found.value.iso3 == "QMB"
    each = [sheet(*rows[1:], title="QMA"), sheet(["About this file"], title="Read me"), sheet(*rows[1:], title="Nowhere")]
    one, other = read(each, said.having(columns=columns | {"iso3": "[sheet]"}, sheet="*"), known, states)
    assert one.value.iso3 == "QMA"
    assert other.value is None and of([other], "unknown-state") == [("", "Nowhere")]


def test_what_the_table_does_not_say_stops_the_return_at_the_cell(known, states):
    rows = [["Country", "Round", "Indicator", "Answer"], ["QMA", "next year", "LEND.STOCK.1", "yes"]]
    columns = {"iso3": "Country", "round": "Round", "question": "Indicator", "answer": "Answer"}
    (found,) = read(sheet(*rows), LIST.having(columns=columns, header_row=1, header_rows=1, words=Words()), known, states)
    assert found.value is None
    assert of([found], "round-not-allowed") == [("B2", "next year")]
    assert of([found], "reading-missing") == [("", "")]


def test_a_formula_without_a_value_is_a_problem_at_its_cell(known, states):
    rows = [["Country", "Indicator", "Answer", "Remarks"], ["QMA", "LEND.STOCK.1", "yes"], ["QMA", "LEND.STOCK.2", None]]
    table = sheet(*rows, formulas={"C3": "=1+1"})
    (found,) = read(table, LIST.having(header_row=1, header_rows=1), known, states)
    assert of([found], "answer-is-a-formula") == [("C3", "=1+1")]


def test_columns_go_by_their_letter_where_a_heading_is_empty(known, states):
    rows = [["Country", None, None], ["QMA", "LEND.STOCK.1", "yes"]]
    said = LIST.having(columns={"iso3": "Country", "question": "[B]", "answer": "[C]"}, header_row=1, header_rows=1)
    (found,) = read(sheet(*rows), said, known, states)
    assert cells(found) == {"LEND.STOCK.1": "Table!C2"}


def test_only_the_rows_between_the_first_and_the_last_are_read(known, states):
    rows = [["Country", "Indicator", "Answer", "Remarks"], *[["QMA", f"LEND.STOCK.{n}", "1"] for n in (1, 2, 3)]]
    said = LIST.having(header_row=1, header_rows=1, first_row=3, last_row=4, skip_rows=(4,))
    (found,) = read(sheet(*rows), said, known, states)
    assert answers(found) == {"LEND.STOCK.2": 0}
    assert of([found], "rows-skipped") == [("", "2 (2, 4)")]


def test_error_cells_and_readers_that_disagree_are_problems_at_their_cells(known, states):
    rows = [
        ["Country", "Indicator", "Answer", "Remarks"],
        *[["QMA", f"LEND.STOCK.{n}", None] for n in (1, 2)],
        [None, "LEND.STOCK.3", 2],
    ]
    table = sheet(*rows, errors={"C2": "#REF!", "A4": "#N/A"})
    table = replace(table, disagreed={"C3": "3 / 4"})
    found, other = read(table, LIST.having(header_row=1, header_rows=1), known, states)
    assert of([found], "answer-is-an-error") == [("C2", "#REF!")]
    assert of([found], "readers-disagree") == [("C3", "3 / 4")]
    assert other.value is None and of([other], "unknown-state") == [("A4", "#N/A")]
