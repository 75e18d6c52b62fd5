"""Any return, written as a table in any layout with its columns in any order, comes back as exactly what it was."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analysis.workbook.mapping import LAYOUTS, Words, from_toml, proposal, to_toml
from tests.workbook.mapping.tables import answers, cells, read, sheet

OWN = {"QMA": ("QMA", "Maravel"), "QMB": ("QMB", "BÉLANDOR"), "XAA": ("XAA", "Orsenne\u00a0Isles ")}
STATUS = {-1: "N/A", -3: "Don't know", -4: "Withheld"}


@st.composite
def known_tables(draw, library):
    """(answers of each State, layout, rows of the sheet, question and State -> cell)."""
    layout = draw(st.sampled_from(LAYOUTS))
    ids = library.questions["question"].tolist()
    sets = dict(zip(ids, library.questions["answer_set"], strict=True))
    asked = draw(st.lists(st.sampled_from(ids), min_size=3, max_size=8, unique=True))
    codes = draw(st.lists(st.sampled_from(list(OWN)), min_size=2, max_size=3, unique=True))
    by_name = draw(st.booleans())
    by_text = draw(st.booleans())
    state = {code: OWN[code][by_name] for code in codes}
    question = {q: library.question_text(q) if by_text else q for q in asked}
    written, meant = {}, {}
    for code in codes:
        for q in asked:
            options = library.options[sets[q]]["option"].tolist()
            number = draw(st.sampled_from([*range(len(options)), -3, -4]))
            meant[code, q] = number
            written[code, q] = STATUS[number] if number < 0 else options[number]
    head, body = _laid_out(layout, codes, asked, state, question, written, draw)
    order = draw(st.permutations(range(len(head))))
    title = draw(st.sampled_from([[], [["A report"]], [["A report"], []]]))
    rows = [*title, [head[i] for i in order], *[[row[i] for i in order] for row in body]]
    return layout, rows, meant


def _laid_out(layout, codes, asked, state, question, written, draw):
    further = draw(st.booleans())
    if layout == "answers_down":
        head = ["Country", "Question", "Answer"]
        body = [[state[c], question[q], written[c, q]] for c in codes for q in asked]
    elif layout == "states_down":
        head = ["Country", *[question[q] for q in asked]]
        body = [[state[c], *[written[c, q] for q in asked]] for c in codes]
    else:
        head = ["Question", *[state[c] for c in codes]]
        body = [[question[q], *[written[c, q] for c in codes]] for q in asked]
    if further:
        head, body = [*head, "Page"], [[*row, f"p. {n}"] for n, row in enumerate(body)]
        body.append(["Total", *["7"] * (len(head) - 2), None])
    return head, body


@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_known_return_in_any_layout_is_read_back_exactly(known, library, states, data):
    layout, rows, meant = data.draw(known_tables(library))
    table = sheet(*rows)
    mapping = proposal([table], {library.id: library}, states).mapping
    assert mapping.layout == layout
    confirmed = mapping.having(words=Words(fixed={"round": "2026", "reading": "self"}))
    found = read(table, confirmed, known, states)
    assert {(r.value.iso3, q): code for r in found for q, code in answers(r).items()} == meant
    for one in found:
        for question, place in cells(one).items():
            letter, row = place.removeprefix("Table!")[0], int(place.removeprefix("Table!")[1:])
            assert rows[row - 1][ord(letter) - 65] == next(a.found for a in one.value.answers if a.question == question)
    again = read(table, from_toml(to_toml(confirmed)), known, states)
    assert [replace(r.value) for r in again] == [r.value for r in found]
    assert [r.problems for r in again] == [r.problems for r in found]


def test_an_answer_that_is_also_a_heading_word_makes_no_heading(library, states):
    """ "No" may head a column of numbers; here it is an answer, and the two rows above the last are no heading."""
    asked = [
        "Is there a list of everything on the shelves?",
        "Does each school have a contact in the library?",
        "Is there help for children?",
    ]
    rows = [
        ["A report"],
        ["Page", "QMB", "Question", "QMA"],
        ["p. 0", "Don't know", asked[0], "no"],
        ["p. 1", "no", asked[1], "no"],
    ]
    rows += [
        ["p. 2", "partly", asked[2], "no"],
        ["p. 3", "Don't know", "How far do the carriers know their readers?", "Don't know"],
    ]
    mapping = proposal([sheet(*rows, [None, "7", "Total", "7"])], {library.id: library}, states).mapping
    assert (mapping.layout, mapping.header_row, mapping.header_rows) == ("questions_down", 2, 1)
    numbered = [["No", "Country", "Question", "Answer"], *[[n, "QMA", q, "no"] for n, q in enumerate(asked, 1)]]
    mapping = proposal([sheet(*numbered)], {library.id: library}, states).mapping
    assert (mapping.layout, mapping.header_row) == ("answers_down", 1)


@settings(max_examples=40, deadline=None, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8), st.integers(0, 2030), st.floats(allow_nan=False), st.booleans(), st.sampled_from(["QMA", "Country", "Question", "Answer", "LEND.STOCK.1", "yes", "2026", "Total"])), max_size=6), max_size=12))  # fmt: skip
def test_no_sheet_brings_a_proposal_or_its_reading_down(known, states, rows):
    from analysis.model import UnreadableReturn

    table = sheet(*rows)
    mapping = proposal([table], known, states).mapping
    assert to_toml(from_toml(to_toml(mapping))) == to_toml(mapping)
    try:
        read(table, mapping, known, states)
    except UnreadableReturn as error:
        assert error.problems
