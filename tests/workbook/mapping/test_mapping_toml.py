"""A mapping as a TOML file: the same after every journey, and a clear refusal of everything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model import UnreadableReturn
from analysis.workbook.mapping import Block, MappingProblems, TableMapping, Words, from_toml, mapping_of, to_toml
from analysis.workbook.mapping.as_toml import MOST_CHARACTERS
from analysis.workbook.mapping.model import FIXED, LAYOUTS, ROLES
from tests.workbook.mapping.tables import answers, read, sheet

DOCS = Path(__file__).parents[3] / "docs" / "mapping.md"
FULL = TableMapping(
    name="Ministry, 2026",
    about="by hand",
    layout="questions_down",
    sheet="Data",
    header_row=3,
    header_rows=2,
    first_row=6,
    last_row=90,
    state_codes=True,
    columns={"question": "No.", "iso3": "[B1]"},
    ignored=("Page",),
    fill_down=("submodule",),
    skip_words=("total",),
    skip_rows=(7, 9),
    only_rounds=("2026",),
    blocks=(Block("Edition 1", "2025", read=False), Block("Edition 2", "2026", "visit")),
    words=Words(
        {"instrument": "yard-0-3"}, {"new": "2026"}, {"own": "self"}, {"1": "A.1"}, {"any": {"-": "blank"}, "half": {"x": "3"}}
    ),
    unsure=Words(questions={"2": ""}, answers={"half": {"y": "0.5"}}),
)


def test_a_mapping_is_the_same_after_it_was_written_and_read():
    assert from_toml(to_toml(FULL)) == FULL
    assert to_toml(from_toml(to_toml(FULL))) == to_toml(FULL)


text = st.text(max_size=12)
pairs = st.dictionaries(text, text, max_size=3)
words = st.builds(
    Words,
    st.dictionaries(st.sampled_from(FIXED), text, max_size=2),
    pairs,
    pairs,
    pairs,
    st.dictionaries(text, pairs.filter(bool), max_size=2),
)
mappings = st.builds(
    TableMapping,
    name=text,
    about=st.just("about"),
    layout=st.sampled_from(LAYOUTS),
    sheet=text,
    header_row=st.integers(1, 99),
    header_rows=st.integers(1, 3),
    last_row=st.integers(0, 99),
    state_codes=st.booleans(),
    columns=st.dictionaries(st.sampled_from(ROLES), text.filter(bool), max_size=3),
    ignored=st.lists(text, max_size=2).map(tuple),
    skip_rows=st.lists(st.integers(1, 99), max_size=2).map(tuple),
    blocks=st.lists(st.builds(Block, text.filter(str.strip), text, text, st.booleans()), max_size=2).map(tuple),
    words=words,
    unsure=words,
)


@settings(max_examples=150, deadline=None)
@given(mappings)
def test_any_mapping_is_the_same_after_it_was_written_and_read(mapping):
    assert from_toml(to_toml(mapping)) == mapping


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("layout = ", "this is no TOML"),
        ('layout = "sideways"', "layout: found 'sideways', allowed: answers_down, states_down, questions_down"),
        ("header_row = 0", "header_row: found '0', allowed: a whole number from 1 to 1048576"),
        ("header_row = true", "header_row: found 'True', allowed: a whole number from 1 to 1048576"),
        ('header_rows = "2"', "header_rows: found '2', allowed: a whole number from 1 to 3"),
        ("version = 2", "version: found 2, allowed: 1"),
        ("first_row = 9\nlast_row = 3", "last_row: found 3, allowed: 9 and more, as first_row is 9"),
        ('colour = "red"', "the top: found 'colour', allowed: version, name, "),
        ('[columns]\nperson = "A"', "columns: found 'person', allowed: iso3, organization, "),
        ("[columns]\niso3 = 3", "columns.iso3: found '3', allowed: a text in quotes"),
        ('columns = "A"', "columns: found 'A', allowed: a table, [columns]"),
        ('[answers]\nYes = "5"', "answers.Yes: found '5', allowed: a table, [answers.Yes]"),
        ('skip_words = "total"', "skip_words: found 'total', allowed: a list in square brackets"),
        ("skip_rows = [0]", "skip_rows: found '0', allowed: a whole number from 1 to 1048576"),
        ('fill_down = ["all"]', "fill_down: found 'all', allowed: iso3, "),
        ("[[blocks]]\nread = true", "blocks.title: found '', allowed: the text above the block's heading"),
        ('[[blocks]]\ntitle = "A"\nread = "no"', "blocks.read: found 'no', allowed: true, false"),
        ("blocks = [3]", "blocks: found '3', allowed: tables, [[blocks]]"),
        ('[unsure]\ncolumns = "A"', "unsure: found 'columns', allowed: fixed, rounds, readings, questions, answers"),
        ('[fixed]\nquestion = "A"', "fixed: found 'question', allowed: iso3, organization, round, reading, instrument"),
        (f'name = "{"a" * 300}"', "name: found '300 characters', allowed: at most 200"),
    ],
)
def test_what_is_no_mapping_is_refused_with_the_key_and_what_is_allowed(toml, said):
    with pytest.raises(MappingProblems) as error:
        from_toml(toml)
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    "toml",
    [
        "#" * (MOST_CHARACTERS + 1),
        "x = " + "[" * 5_000,
        "[" + "a." * 50_000 + "a]",
        "skip_words = [" + '"a",' * 30_000 + "]",
        "[questions]\n" + "".join(f'"{n}" = "A"\n' for n in range(25_000)),
        '"\\u0000" = 1',
    ],
    ids=["long", "deep list", "deep table", "many words", "many questions", "strange key"],
)
def test_a_hostile_mapping_is_refused(toml):
    with pytest.raises(MappingProblems):
        from_toml(toml)


def test_a_mapping_that_is_none_is_a_problem_of_the_file():
    with pytest.raises(UnreadableReturn) as error:
        mapping_of("table.xlsx", "layout = 3")
    (problem,) = error.value.problems
    assert (problem.code, problem.found) == ("mapping-not-allowed", "layout: found '3', allowed: a text in quotes")


def test_the_example_of_the_documentation_reads_its_table(known, states):
    text = DOCS.read_text(encoding="utf-8")
    mapping = from_toml(re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1])
    lines = re.search(r"```text\n(.*?)```", text, re.DOTALL)[1].splitlines()
    rows = [
        [cell.strip() or None for cell in line.strip().strip("|").split("|")] for line in lines if not set(line) <= set("|- ")
    ]
    found = read(sheet(*rows, title="Data"), mapping, known, states)
    assert [(r.value.key, answers(r)) for r in found] == [
        (("QMA", "", "2026", "self"), {"LEND.STOCK.1": 0, "LEND.STOCK.2": 3, "LEND.LOANS.1": -3}),
        (("QMB", "", "2026", "self"), {"LEND.STOCK.1": 1, "LEND.STOCK.2": 0}),
    ]
