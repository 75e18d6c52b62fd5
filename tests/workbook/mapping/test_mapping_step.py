"""The mapping step without its widgets: what a person is shown, and what their changes make of the mapping."""

from __future__ import annotations

from analysis.workbook.mapping import Words, from_toml, proposal, step, to_toml
from analysis.workbook.options import ReadingOptions
from tests.workbook.mapping.tables import answers, read, sheet
from tests.workbook.mapping.test_reading_mapped import LIST, UGLY, WIDE

TABLE = sheet(*UGLY)


def confirmed(known, states):
    """The proposal for the ugly table with round and reading said."""
    return step.with_fixed(proposal([TABLE], known, states).mapping, {"round": "2026", "reading": "self"})


def test_the_first_rows_are_shown_as_text_with_their_numbers_and_letters():
    shown = step.head_table(sheet(["a", 1.0], [None, True, "c"]))
    assert shown.columns.tolist() == ["row", "A", "B", "C"]
    assert shown.to_numpy().tolist() == [["1", "a", "1", ""], ["2", "", "TRUE", "c"]]


def test_every_column_is_shown_with_its_heading_first_values_and_role(known, states):
    shown = step.columns_of(proposal([TABLE], known, states).mapping, [TABLE], known, states).table
    assert shown["holds"].tolist() == ["iso3", "question", "answer", "comment", "nothing"]
    assert shown.iloc[2].tolist() == ["C", "Assessment / Answer", "Yes | 4 | no data", "answer"]


def test_a_role_that_is_given_to_another_column_leaves_the_first(known, states):
    mapping = confirmed(known, states)
    columns = step.columns_of(mapping, [TABLE], known, states)
    changed = step.with_columns(mapping, columns, ["iso3", "question", "answer", "ignored", "evidence"])
    assert changed.columns == {"iso3": "Country", "question": "Indicator", "answer": "Assessment / Answer", "evidence": "Page"}
    assert changed.ignored == ("Assessment / Remarks",)
    shown = step.columns_of(changed, [TABLE], known, states).table
    assert shown["holds"].tolist() == ["iso3", "question", "answer", "ignored", "evidence"]
    assert step.with_columns(mapping, columns, columns.table["holds"].tolist()) == mapping


def test_what_no_column_says_has_to_be_said(known, states):
    mapping = proposal([TABLE], known, states).mapping
    columns = step.columns_of(mapping, [TABLE], known, states)
    assert step.unsaid(mapping, columns) == ["round", "reading"]
    said = step.with_fixed(mapping, {"round": " 2026 ", "reading": ""})
    assert said.words.fixed == {"round": "2026"}
    assert step.with_fixed(said, {"round": ""}).words.fixed == {}


def test_words_that_nobody_is_sure_of_stand_first_and_count_once_confirmed(known, states):
    mapping = confirmed(known, states)
    words = step.word_table(mapping, step.found_words([TABLE], mapping, known, states))
    rows = words[["written", "means", "sure"]].to_numpy().tolist()
    assert rows[:2] == [["no data", "dont_know", False], ["Other", "", False]] and all(row[2] for row in rows[2:])
    ticked = words.assign(sure=True)
    assert step.with_words(mapping, words, ticked).words.answers == {"steps": {"no data": "dont_know"}}
    chosen = words.assign(means=["dont_know", "partly", *words["means"][2:]])
    after = step.with_words(mapping, words, chosen)
    assert after.words.answers == {"plain": {"Other": "partly"}}  # choosing another meaning confirms it
    assert after.unsure.answers == {"steps": {"no data": "dont_know"}}
    assert step.with_words(mapping, words, words) == mapping
    assert step.all_confirmed(words)["sure"].tolist() == [True, False, *[True] * (len(words) - 2)]


def test_questions_and_rounds_in_other_words_count_once_confirmed(known, states):
    rows = [["State", "Edition 2026", None], [None, "Q1", "LEND.STOCK.2"], ["QMA", "yes", 3], ["QMB", "no", 2]]
    table = sheet(*rows)
    mapping = WIDE.having(header_rows=2, words=Words(fixed={"reading": "self"}), unsure=Words(rounds={"Edition 2026": "2026"}))
    rounds = step.round_table(mapping)
    mapping = step.with_names(mapping, "rounds", rounds, rounds.assign(sure=True))
    assert mapping.words.rounds == {"Edition 2026": "2026"} and mapping.unsure.rounds == {}
    mapping = mapping.having(unsure=Words(questions={"Q1": ""}))
    asked = step.question_table(mapping, step.found_words([table], mapping, known, states))
    assert asked.to_numpy().tolist() == [["Q1", "", False]]
    mapping = step.with_names(mapping, "questions", asked, asked.assign(means="LEND.STOCK.1"))
    assert [answers(r) for r in read(table, mapping, known, states)] == [
        {"LEND.STOCK.1": 0, "LEND.STOCK.2": 2},
        {"LEND.STOCK.1": 3, "LEND.STOCK.2": 1},
    ]


def test_one_line_tells_what_would_be_read(known, states):
    found = step.result("t.xlsx", [TABLE], confirmed(known, states), known, states, ReadingOptions())
    assert (found.returns, found.stopped, found.questions, found.asked, found.words) == (2, 0, 5, 15, 2)
    open_ = step.result("t.xlsx", [TABLE], proposal([TABLE], known, states).mapping, known, states, ReadingOptions())
    assert (open_.returns, open_.stopped) == (0, 2)
    assert step.said(open_.problems)[0].startswith("Table: No round is given.")
    other = step.result("t.xlsx", [sheet(["a", "b"], ["c", "d"])], LIST, known, states, ReadingOptions())
    assert [p.code for p in other.problems] == ["mapping-does-not-fit"]


def test_a_saved_mapping_whose_headings_fit_is_offered_first(known, states):
    fitting = proposal([TABLE], known, states).mapping
    offered = step.offered([("A", LIST.having(columns={"iso3": "Land", "question": "Frage"})), ("B", fitting)], [TABLE])
    assert [(name, share) for name, _, share in offered] == [("B", 1.0), ("A", 0.0)]


def test_next_years_table_with_moved_columns_is_read_by_the_saved_mapping(known, states):
    saved = from_toml(to_toml(confirmed(known, states).having(name="The ministry's list")))
    rows = [
        [],
        ["Page", "Country", "Assessment", None, "Indicator"],
        [None, None, "Remarks", "Answer", None],
        [3, "QMA", "x", "yes", "LEND.STOCK.1"],
    ]
    (found,) = read(sheet(*rows), saved, known, states)
    assert answers(found) == {"LEND.STOCK.1": 0} and found.value.answers[0].cell == "D4"


def test_lines_of_words_and_numbers_are_taken_apart():
    assert step.parted("total, average\n  sum,,") == ("total", "average", "sum")
    assert step.numbers("3, 7-9, x, 0, 5-") == (3, 5, 7, 8, 9)
    assert step.file_name("The ministry / 2026") == "The-ministry-2026" and step.file_name("") == "mapping"
