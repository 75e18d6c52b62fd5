"""docs/instrument-format.md cannot drift: its table is the loader's, its example loads, its other blocks are well formed."""

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, LENSES, STANDARD_PRESETS, Gates, award_rule, load_instrument
from analysis.instrument.rows import COLUMNS, number
from analysis.instrument_check import format_table, instrument_problems
from analysis.instrument_check.crosswalk import CROSSWALK_KINDS
from analysis.instrument_check.settings import DESCRIPTIVE, GATES

DOC = (Path(__file__).parents[1] / "docs" / "instrument-format.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- example: begin -->(.*)<!-- example: end -->", DOC, re.DOTALL).group(1)
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", DOC, re.DOTALL)


def section(title: str) -> str:
    """The text below a heading, up to the next of the same or a higher rank."""
    return re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,3}} |\Z)", DOC, re.DOTALL | re.MULTILINE).group(2)


@pytest.fixture
def example(tmp_path):
    """The documented example as a folder."""
    folder = tmp_path / "harbour-2026.1"
    for name, text in re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)```", EXAMPLE, re.DOTALL | re.MULTILINE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_table_of_files_is_the_loaders():
    assert format_table() in DOC


@pytest.mark.parametrize("file", COLUMNS)
def test_every_column_is_described_in_its_files_section(file):
    text = section(f"`{file}`")
    for column in (*COLUMNS[file][0], *COLUMNS[file][1]):
        assert re.search(rf"^\|[^|]*`{column}`", text, re.MULTILINE), f"{file}: {column}"
    described = {c for cell in re.findall(r"^\|([^|]*)\|", text, re.MULTILINE) for c in re.findall(r"`([\w.]+)`", cell)}
    assert described == {*COLUMNS[file][0], *COLUMNS[file][1]}


def test_the_example_is_whole_and_the_check_finds_nothing(example):
    assert sorted(p.name for p in example.iterdir()) == [
        "answers.csv", "instrument.toml", "levels.csv", "measures.csv", "nodes.csv", "questions.csv", "texts",
    ]  # fmt: skip
    assert instrument_problems(example) == []
    found = load_instrument(example)
    assert (found.id, found.submodules, found.levels, found.target_level) == ("harbour-2026.1", ("harbour",), (0, 1, 2, 3), 2)
    assert found.questions["question"].tolist() == ["LIGHT.1", "LIGHT.2", "DRILL.1", "DRILL.2"]


def test_the_answers_of_the_flat_table_are_questions_of_the_example(example):
    found = load_instrument(example)
    text = next(text for _, text in BLOCKS if text.startswith("iso3,"))
    for row in csv.DictReader(io.StringIO(text)):
        assert row["question"] in found.question_number
        assert row["instrument"] == found.id


def test_every_scale_of_the_document_makes_a_good_answer_set(example):
    scales = [text for _, text in BLOCKS if text.startswith("answer_set,") and text not in EXAMPLE]
    assert len(scales) == 5
    by_set = [list(csv.DictReader(io.StringIO(text))) for text in scales]
    for rows in by_set:
        levels = sorted({int(row["level"]) for row in rows})
        (example / "levels.csv").write_text("level\n" + "\n".join(map(str, range(levels[0], levels[-1] + 1))), encoding="utf-8")
        text = "answer_set,option,value,level,aliases\n"
        text += "".join(
            f"{name},{r['option']},{r['value']},{r['level']},{r['aliases']}\n" for name in ("steps", "plain") for r in rows
        )
        (example / "answers.csv").write_text(text, encoding="utf-8")
        assert [p for p in instrument_problems(example) if p.file.endswith("answers.csv")] == []
    half, zero, who = by_set[1], by_set[2], by_set[3]
    assert [number(row["value"]) for row in half] == pytest.approx([0, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 1])
    # oracle spar_1_5: the answer 3 is 60 by a/5 and 50 by (a-1)/4
    assert (100 * number(who[2]["value"]), 100 * number(zero[2]["value"])) == pytest.approx((60, 50))


def test_every_tree_of_the_document_loads(example):
    trees = [text for _, text in BLOCKS if text.startswith("node,") and text not in EXAMPLE]
    assert len(trees) == 3
    for tree in trees:
        nodes = [row["node"] for row in csv.DictReader(io.StringIO(tree))]
        (example / "nodes.csv").write_text(tree, encoding="utf-8")
        (example / "measures.csv").write_text(f"measure,parent\nLIGHT,{nodes[-1]}\nDRILL,{nodes[-2]}\n", encoding="utf-8")
        assert load_instrument(example).nodes["node"].tolist()[0] == nodes[0]


def test_the_presets_of_the_document_are_the_standard_ones():
    text = next(text for kind, text in BLOCKS if kind == "toml" and "award.presets" in text)
    award = tomllib.loads(text)["award"]
    assert {n: award_rule(n, r) for n, r in award["presets"].items()} == {
        n: award_rule(n, r) for n, r in STANDARD_PRESETS.items()
    }
    gates = tomllib.loads(next(text for kind, text in BLOCKS if kind == "toml" and "[gates]" in text))["gates"]
    assert Gates(**{name: number(share) for name, share in gates.items()}) == Gates()


def test_every_setting_kind_and_lens_is_named():
    for word in (*DESCRIPTIVE, *(f"gates.{g}" for g in GATES), "target_level", "award.preset", *CROSSWALK_KINDS, *LENSES):
        assert f"`{word}" in DOC, word


def test_the_crosswalk_of_the_document_is_well_formed(example):
    text = next(text for _, text in BLOCKS if text.startswith("from_instrument,"))
    (example / "crosswalk.csv").write_text(text, encoding="utf-8")
    assert instrument_problems(example) == []


def test_every_link_leads_somewhere():
    headings = {
        re.sub(r"[^a-z0-9 -]", "", h.lower()).strip().replace(" ", "-") for h in re.findall(r"^## (.+)$", DOC, re.MULTILINE)
    }
    for target in re.findall(r"\]\(#([\w-]+)\)", DOC):
        assert target in headings, target
    assert f"data/instruments/{DEFAULT_INSTRUMENT}" in DOC
