"""The loader, on two instruments of other shapes than the shipped one. Expected numbers can be read off their files."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from analysis.instrument import (
    DEFAULT_INSTRUMENT,
    SHIPPED,
    STANDARD_PRESETS,
    AwardRule,
    InstrumentProblems,
    Lens,
    instrument_folders,
    instruments,
    load_instrument,
)
from analysis.instrument.rows import number, rows_of, several, whole

FOLDERS = Path(__file__).parent / "instruments"


@pytest.fixture(scope="module")
def yard():
    return load_instrument(FOLDERS / "yard-0-3")


@pytest.fixture(scope="module")
def library():
    return load_instrument(FOLDERS / "plain-yes-no")


@pytest.fixture
def copy(tmp_path):
    """A copy of the harbour's folder that a test may spoil."""
    return Path(shutil.copytree(FOLDERS / "yard-0-3", tmp_path / "yard"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_name_of_the_folder_is_the_id(yard, library):
    assert (yard.id, library.id) == ("yard-0-3", "plain-yes-no")
    assert yard.title == "Safety of a working harbour"


def test_an_uneven_tree_lists_parents_before_children(yard):
    assert yard.nodes["node"].tolist() == [
        "YARD", "QUAY", "QUAY.MOOR", "MOOR.LINES", "MOOR.PLAN", "QUAY.EDGE", "EDGE.LADDERS", "QUAY.LIGHT",
        "WATER", "WATER.PILOT", "DRILL",
    ]  # fmt: skip
    assert yard.roots == ("YARD",)
    assert yard.children("QUAY") == ["QUAY.MOOR", "QUAY.EDGE", "QUAY.LIGHT"]
    assert yard.children("DRILL") == ["DRILL.1", "DRILL.2"]
    assert yard.questions_below("QUAY.MOOR").sum() == 5


def test_a_tree_without_measure_types_has_none(yard, library):
    assert (yard.submodules, yard.measure_types) == (("yard",), ())
    assert (library.submodules, library.measure_types) == (("lending", "reading", "outreach"), ("capacity",))


def test_sub_module_and_measure_type_come_down_from_above(library):
    of_measure = library.measures.set_index("node")
    assert of_measure.loc["READ.HELP", "submodule"] == "reading"
    assert set(of_measure["measure_type"]) == {"capacity"}
    assert library.nodes.set_index("node").loc["ALL", "submodule"] == ""


def test_a_half_level_is_worth_half_a_step_and_reaches_the_level_below(yard):
    half = yard.options["half"].set_index("option")
    assert half.loc["2.5", "value"] == pytest.approx(5 / 6)
    assert half.loc["2.5", "level"] == 2
    assert half["number"].tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_planned_is_worth_nothing_and_is_kept_apart_from_no(library):
    plain = library.options["plain"].set_index("option")
    assert plain["value"].to_dict() == {"yes": 1.0, "partly": 0.5, "planned": 0.0, "no": 0.0}
    assert plain.loc["planned", "number"] != plain.loc["no", "number"]


def test_answer_sets_of_different_length_share_one_array(library):
    values, levels = library.option_arrays
    assert values.shape == levels.shape == (15, 5)
    by_question = dict(zip(library.questions["question"], values, strict=True))
    assert by_question["LEND.STOCK.2"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert np.isnan(by_question["LEND.STOCK.1"][4])


def test_weights_targets_and_flags_are_read(yard, library):
    nodes = yard.nodes.set_index("node")
    assert nodes.loc[["QUAY", "DRILL", "WATER", "MOOR.PLAN"], "weight"].tolist() == [2, 0.5, 1, 1]
    assert nodes.loc[["MOOR.LINES", "DRILL"], "target_level"].tolist() == [3, 2]
    assert yard.questions.loc[yard.questions["critical"], "question"].tolist() == ["MOOR.LINES.1", "WATER.PILOT.1"]
    assert library.nodes.loc[library.nodes["needs_all"], "node"].tolist() == ["ALL"]


def test_each_instrument_has_its_own_rules_and_gates(yard, library):
    assert yard.rules[yard.default_rule] == AwardRule("strict", at=1.0, below=1.0, compares=">=")
    assert library.rules["share_and_critical"].critical
    assert (yard.gates.step, yard.gates.thin) == (pytest.approx(2 / 3), pytest.approx(1 / 3))


def test_an_instrument_without_presets_offers_the_standard_ones(copy):
    (copy / "instrument.toml").write_text('[award]\npreset = "strict"\n', encoding="utf-8")
    found = load_instrument(copy)
    assert list(found.rules) == list(STANDARD_PRESETS)
    assert found.default_rule == "strict"
    assert found.rules["graded"] == AwardRule("graded", "share", 0.5, 0.85, ">", 2, True)
    assert found.target_level == 2


def test_lenses_are_what_the_questions_say(yard):
    assert [(lens.kind, lens.value) for lens in yard.lenses] == [
        ("aspect", "equipment"), ("aspect", "routine"), ("aspect", "rules"), ("tag", "people"), ("tag", "weather"),
    ]  # fmt: skip
    assert yard.lens_mask(Lens("tag", "weather")).sum() == 3


def test_words_fall_back_to_english_then_to_the_id(library):
    assert library.question_text("LEND.LOANS.1", "fr") == "Un lecteur sans argent peut-il emprunter ?"
    assert library.question_text("LEND.LOANS.1", "ru") == "Can a reader without money borrow?"
    assert library.option_label("plain", "planned", "fr") == "Prévu"
    assert library.node_name("NOT.THERE") == "NOT.THERE"


def test_an_empty_translation_is_no_translation(copy):
    (copy / "texts" / "fr.csv").write_text("key,text\nquestion.DRILL.1.text,\n", encoding="utf-8")
    assert load_instrument(copy).question_text("DRILL.1", "fr") == "Is a rescue drill held each year?"


def test_empty_rows_and_columns_nobody_reads_are_passed_over(copy):
    replace(copy / "measures.csv", "DRILL,YARD,people,\n", "DRILL,YARD,people,\n,,,\n")
    replace(copy / "nodes.csv", "node,parent", "remark,node,parent")
    text = (copy / "nodes.csv").read_text(encoding="utf-8").replace("\n", "\nmine,")
    (copy / "nodes.csv").write_text(text.removesuffix("mine,"), encoding="utf-8")
    found = load_instrument(copy)
    assert len(found.nodes) == 11
    assert "remark" not in found.nodes.columns


def test_a_header_without_rows_is_an_optional_file_with_nothing_in_it(copy):
    (copy / "weights.csv").write_text("item,weight\n", encoding="utf-8")
    assert set(load_instrument(copy).nodes["weight"]) == {1.0}


def test_whole_numbers_may_come_as_a_spreadsheet_writes_them(copy):
    replace(copy / "levels.csv", "2\n", "2.0\n")
    replace(copy / "measures.csv", "equipment,3", "equipment,3.0")
    assert load_instrument(copy).levels == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("answers.csv", "half,3,1,", "half,3,1.2,", "outside 0-1"),
        ("answers.csv", "half,3,1,3", "half,3,1,4", "not in levels.csv"),
        ("answers.csv", "half,1,1/3", "half,1,1/0", "divides by zero"),
        ("answers.csv", "half,1,1/3", "half,1,1e999999999", "not a number"),
        ("answers.csv", "half,0.5,", "half,0,", "stands twice"),
        ("levels.csv", "2\n", "", "without a hole"),
        ("nodes.csv", "WATER,YARD", "WATER,HARBOR", "HARBOR"),
        ("nodes.csv", "QUAY,YARD", "QUAY,QUAY.MOOR", "loop"),
        ("nodes.csv", "WATER,YARD", ",YARD", "empty cell in the column node"),
        ("nodes.csv", "root,yard", "root,", "no sub-module"),
        ("measures.csv", "DRILL,YARD", "DRILL,MOOR.PLAN", "a measure holds questions only"),
        ("questions.csv", "DRILL.2,", "drill.1,", "stands twice"),
        ("questions.csv", "DRILL.2,DRILL", "DRILL.2,DRIL", "DRIL is not a measure"),
        ("questions.csv", "DRILL,half", "DRILL,full", "no answer set full"),
        ("weights.csv", "WATER,1", "WATER,-1", "above 0"),
        ("instrument.toml", 'step = "2/3"', "step = 1.5", "outside 0-1"),
        ("instrument.toml", 'step = "2/3"', "stop = 1", "stop"),
        ("instrument.toml", 'preset = "strict"', 'preset = "stern"', "stern"),
        ("instrument.toml", 'compares = ">="', 'compares = "=>"', "not well formed"),
        ("instrument.toml", "[gates]", "[gates", "line"),
        ("texts/en.csv", "key,text", "keys,text", "key"),
    ],
)
def test_a_broken_folder_is_refused_with_the_reason(copy, file, old, new, said):
    replace(copy / file, old, new)
    with pytest.raises(InstrumentProblems, match=said):
        load_instrument(copy)


def test_a_file_that_is_not_utf8_is_refused(copy):
    (copy / "texts" / "en.csv").write_bytes("key,text\ninstrument.title,Hafen für alle\n".encode("cp1252"))
    with pytest.raises(InstrumentProblems, match="utf-8"):
        load_instrument(copy)


def test_broken_folders_are_left_out_and_never_stop_the_others(copy):
    replace(copy / "answers.csv", "half,3,1,", "half,3,x,")
    shutil.copytree(FOLDERS / "plain-yes-no", copy.parent / "plain-yes-no")
    assert {"yard", "plain-yes-no"} <= set(instrument_folders(copy.parent))
    found = instruments(copy.parent)
    assert "plain-yes-no" in found
    assert "yard" not in found


def test_a_folder_is_found_by_its_own_name_too():
    assert instrument_folders(FOLDERS / "yard-0-3")["yard-0-3"] == FOLDERS / "yard-0-3"


def test_numbers_are_decimals_or_fractions():
    assert [number("0.5"), number("2/3"), whole("3.0"), several(" a; b ;")] == [0.5, 2 / 3, 3, ("a", "b")]
    for text in ("", "0,5", "nan", "inf", "1/0", "one", "1e999"):
        with pytest.raises(ValueError):
            number(text)
    with pytest.raises(ValueError):
        whole("2.5")


def test_na_in_a_table_stays_text(tmp_path):
    (tmp_path / "t.csv").write_text("\ufeffoption,value\nNA,None\n", encoding="utf-8")
    assert rows_of(tmp_path / "t.csv") == [{"option": "NA", "value": "None"}]


def test_contradictions_are_read_with_their_levels(library, yard):
    assert library.contradictions.to_dict("records") == [
        {"question": "LEND.STOCK.3", "at_least": 4, "other": "LEND.STOCK.1", "at_most": 0}
    ]  # fmt: skip
    assert yard.contradictions.empty


def test_ours_declares_contradictions_between_its_own_questions_each_with_a_reason():
    ours = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    assert len(ours.contradictions) == 9
    for row in ours.contradictions.itertuples():
        assert {row.question, row.other} <= set(ours.question_number) and row.at_most < row.at_least
        assert ours.word(f"contradiction.{row.question}.{row.other}")
