"""The demonstration: what the README of data/sample promises, and that the script makes the files that are there."""

import csv
import importlib.util
import re
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import desk
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.model import NOT_RETURNED, PANEL_KEYS, Panel, round_date
from analysis.registers import FEEDBACK, LESSONS, REGISTERS
from analysis.scores.tree import node_scores
from analysis.states import load_states
from analysis.store import open_store
from analysis.workbook.book import open_book
from analysis.workbook.reading import read_file
from analysis.workbook.registers import register_rows

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
#: ISO 3166-1: codes that users may assign.
USER_ASSIGNED = re.compile(r"AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z]")
REVISED = "2370-2026.2"
USUAL = {"top-answer-without-evidence", "much-not-applicable"}
TROUBLED = {
    "QMK_2026_self.xlsx": {"answer-not-allowed": 6, "na-without-reason": 3},
    "QMU_2024_self.xlsx": {"answer-is-a-date": 2, "evidence-grade-not-allowed": 3},
    "QMW_2026_self.xlsx": {"question-missing": 1, "na-without-reason": 3},
    "QMX_2026_self.xlsx": {"all-answers-equal": 1},
    "QMF_2022_self.xlsx": {"consent-incomplete": 1, "consent-expired": 1},
}
MANY = {
    "answer-not-allowed": 6, "answer-is-a-date": 2, "evidence-grade-not-allowed": 3, "na-without-reason": 3, "question-missing": 1,
    "consent-incomplete": 1, "consent-expired": 1,
}  # fmt: skip


def table(name):
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(read):
    return Counter(problem.code for problem in read.problems)


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_sample", SAMPLE / "make_sample.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def instrument():
    return load_instrument(SHIPPED / DEFAULT_INSTRUMENT)


@pytest.fixture(scope="module")
def known(instrument):
    """Both editions that the sample was answered in."""
    revised = load_instrument(SHIPPED / REVISED)
    return {instrument.id: instrument, revised.id: revised}


@pytest.fixture(scope="module")
def states():
    return load_states(sample=True)


@pytest.fixture(scope="module")
def reads(known, states):
    """File name -> what was read in it."""
    found = {}
    for path in sorted((SAMPLE / "returns").iterdir()):
        (found[path.name],) = read_file(path.name, path.read_bytes(), known, states)
    return found


@pytest.fixture(scope="module")
def scores(instrument, reads):
    """Every unit of the first edition scored, later files replacing sub-modules of earlier ones."""
    vectors = {}
    for read in (read for read in reads.values() if read.value.instrument == instrument.id):
        vector = vectors.setdefault(read.value.key, np.full(len(instrument.questions), NOT_RETURNED, dtype=np.int8))
        for answer in read.value.answers:
            vector[instrument.question_number[answer.question]] = answer.code
    index = pd.DataFrame(list(vectors), columns=PANEL_KEYS)
    index.insert(0, "row", range(len(index)))
    return node_scores(Panel(instrument.id, np.array(list(vectors.values())), index), instrument)


@pytest.fixture(scope="module")
def last_round(scores):
    rows = scores.table
    return rows[(rows["round"] == "2026") & (rows["reading"] == "self") & (rows["organization"] == "")]


def test_there_are_24_states_in_4_regions_of_6():
    assert Counter(Counter(row["region"] for row in table("states.csv")).values()) == {6: 4}


def test_every_code_is_user_assigned_and_belongs_to_no_state():
    found = [row["iso3"] for row in table("states.csv")]
    assert len(set(found)) == 24 and "XKX" not in found
    assert all(USER_ASSIGNED.fullmatch(code) for code in found)
    assert not set(found) & set(load_states().names)


def test_no_name_is_that_of_a_real_state():
    assert not {row["name_en"] for row in table("states.csv")} & set(load_states().names.values())


def test_neighbours_are_neighbours_of_each_other():
    found = {row["iso3"]: set(filter(None, row["neighbours"].split(";"))) for row in table("states.csv")}
    assert all(one in found[other] for one, others in found.items() for other in others)


def test_there_are_114_workbooks_and_each_stands_in_the_plan():
    found = {path.name for path in (SAMPLE / "returns").iterdir()}
    assert len(found) == 114
    assert found == {row["file"] for row in table("plan.csv")}


def test_the_sample_stays_below_seven_megabytes():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 7_000_000


def test_every_workbook_reads_as_the_return_the_plan_names(reads, states):
    for row in table("plan.csv"):
        value = reads[row["file"]].value
        assert value.key == (row["iso3"], row["organization"], row["round"], row["reading"]), row["file"]
        assert value.submodules == tuple(row["submodules"].split(";")), row["file"]
        assert value.iso3 in states


def test_every_workbook_can_be_stored(reads):
    assert [name for name, read in reads.items() if not read.storable] == []


def test_the_dates_lie_inside_the_round_and_somebody_contributed(reads):
    for name, read in reads.items():
        value = read.value
        assert value.date_from.year == value.date_to.year == round_date(value.round).year, name
        assert value.contributors, name


@pytest.mark.parametrize(("file", "expected"), TROUBLED.items())
def test_a_troubled_workbook_has_the_problems_the_readme_names(reads, file, expected):
    assert {code: n for code, n in codes(reads[file]).items() if code not in USUAL} == expected


def test_all_other_workbooks_carry_ordinary_notes_only(reads):
    unusual = {name for name, read in reads.items() if set(codes(read)) - USUAL}
    assert unusual == set(TROUBLED)


@pytest.mark.parametrize("file", ["QMO_2026_self.xlsx", "QMT_2026_self.xlsx", "QMR_2026_self.xlsx"])
def test_inserted_rows_moved_sheets_and_stray_spaces_change_no_answer(script, instrument, states, file):
    sample, row = script.Sample(), next(row for row in table("plan.csv") if row["file"] == file)
    (read,) = read_file(file, sample.workbook(row), {instrument.id: instrument}, states)
    meant = sample.planned({**row, "trouble": ""})
    assert [a.code for a in read.value.answers] == [a.code for a in meant.answers]


def test_evidence_says_that_it_is_invented(reads):
    told = [answer.evidence for read in reads.values() for answer in read.value.answers if answer.evidence]
    assert len(told) > 1000
    assert all(text.endswith("(invented)") for text in told)


def test_all_six_levels_occur_in_the_last_round(last_round):
    measures = last_round[last_round["kind"] == "measure"]
    assert set(measures["level"].dropna()) == {0, 1, 2, 3, 4, 5}


def test_blocks_spread_from_below_20_to_above_85_points(last_round, instrument):
    blocks = last_round[last_round["node"].isin(instrument.blocks)]["score"]
    assert blocks.min() < 20
    assert blocks.max() > 85


def test_there_are_intervals_and_scores_that_are_not_shown(last_round):
    measures = last_round[last_round["kind"] == "measure"]
    assert (measures["level_low"] < measures["level_high"]).sum() > 100
    assert {"few_answers", "not_returned", "not_applicable"} <= set(measures["why"])
    assert measures["thin"].any()


def test_visits_read_lower_than_the_state_itself_on_average(scores):
    index, found = scores.panel.index, scores.panel.codes.astype(int)
    visits = index[index["reading"] == "visit"]
    assert len(visits) == 15
    for visit in visits.itertuples():
        same = (index["iso3"] == visit.iso3) & (index["round"] == visit.round) & (index["organization"] == "")
        own = index[same & (index["reading"] == "self")].iloc[0]
        both = (found[visit.row] >= 0) & (found[own.row] >= 0)
        difference = found[visit.row][both] - found[own.row][both]
        assert -1 < difference.mean() < -0.1, visit.iso3
        assert (difference > 0).any(), visit.iso3


def test_capacity_grows_by_the_round_and_falls_by_half_a_level_at_a_setback(script, instrument):
    world = script.World(instrument)
    assert world.capacity("QMA", "2026") == pytest.approx(3.5 + 3 * 0.15)
    assert world.capacity("QMI", "2020") == pytest.approx(2.6)
    assert world.capacity("QMI", "2022") == pytest.approx(2.6 - 0.5)
    assert world.capacity("QMA", "2026-H2") == pytest.approx(3.5 + 3.25 * 0.15)  # half a year on: a quarter of a round


def test_the_demonstration_opens_on_the_first_edition(reads, known, tmp_path):
    """100 returns against 14, whichever came last."""
    store = open_store(f"sqlite:///{tmp_path / 'demo.sqlite'}", sample=True)
    for name, read in sorted(reads.items(), key=lambda item: item[1].value.instrument):
        value = read.value
        store.add(value, [], file_name=name, content=name.encode(), instrument=known[value.instrument], by="demonstration")
    assert store.instruments() == [DEFAULT_INSTRUMENT, REVISED]
    assert len(store.panel(known[REVISED])) == 14
    store.close()


def test_the_last_half_year_is_answered_in_the_second_edition_by_14_states(reads, known):
    later = [read.value for read in reads.values() if read.value.instrument == REVISED]
    assert {value.round for value in later} == {"2026-H2"}
    assert {value.iso3 for value in later} == {f"QM{letter}" for letter in "ABCDFGJLMNOQST"}
    assert all(value.round != "2026-H2" for value in (r.value for r in reads.values()) if value.instrument != REVISED)
    asked = {name: set(instrument.question_number) for name, instrument in known.items()}
    for value in later:
        assert {a.question for a in value.answers} <= asked[REVISED]
        assert any(a.question not in asked[DEFAULT_INSTRUMENT] for a in value.answers), value.iso3


@pytest.mark.parametrize("file", ["QMT_2026_self.xlsx", "QMA_2024_visit.xlsx", "QMQ_2026-H2_self.xlsx"])
def test_the_script_makes_the_file_that_is_there(script, file):
    """Part by part: packing differs between builds of zlib, what is packed does not. Fails when the sample is out of date."""
    row = next(row for row in table("plan.csv") if row["file"] == file)
    made, there = script.Sample().workbook(row), (SAMPLE / "returns" / file).read_bytes()
    with zipfile.ZipFile(BytesIO(made)) as new, zipfile.ZipFile(BytesIO(there)) as old:
        stale = [name for name in new.namelist() if new.read(name) != old.read(name)] + list(
            {*new.namelist()} ^ {*old.namelist()}
        )
    assert stale == [], "the sample is out of date: make sample"


def test_the_script_makes_the_same_bytes_twice(script):
    row = next(row for row in table("plan.csv") if row["file"] == "QMW_2026_self.xlsx")
    assert script.Sample().workbook(row) == script.Sample().workbook(row)


def to_try(name, instrument, states):
    return read_file(name, (SAMPLE / "to-try" / name).read_bytes(), {instrument.id: instrument}, states)


def test_the_new_return_is_of_a_state_without_one_and_nothing_is_wrong(instrument, states, reads):
    (read,) = to_try("new-return.xlsx", instrument, states)
    assert read.value.key == ("QMH", "", "2026", "self")
    assert read.value.key not in {known.value.key for known in reads.values()}
    assert read.problems == ()


def test_the_troubled_return_has_17_problems_and_can_be_stored(instrument, states, reads):
    (read,) = to_try("many-problems.xlsx", instrument, states)
    assert read.value.key == reads["QMM_2026_self.xlsx"].value.key
    assert codes(read) == MANY
    assert read.storable


def test_the_flat_table_holds_two_states_and_one_answer_that_cannot_be_read(instrument, states):
    first, second = to_try("two-states.csv", instrument, states)
    assert (first.value.iso3, first.value.submodules, first.problems) == ("QMI", ("salw",), ())
    assert (second.value.iso3, second.value.submodules) == ("QMQ", ("ied",))
    (problem,) = second.problems
    assert (problem.code, problem.found, problem.question) == ("answer-not-allowed", "about 2", "IED.U2.1")


@pytest.mark.parametrize(
    ("area", "at", "by", "moved"),
    [
        ("C10", 10, 1, "C11"),
        ("C10", 11, 1, "C10"),
        ("C10:F12", 11, 1, "C10:F13"),
        ("C10", 10, -1, ""),
        ("C10:F12", 11, -1, "C10:F11"),
        ("C12", 10, -1, "C11"),
    ],
)
def test_an_area_moves_with_the_rows(script, area, at, by, moved):
    assert script.troubles._moved(area, at, by) == moved


def test_the_register_of_lessons_is_what_the_script_makes_and_says_that_it_is_invented(script, instrument, states):
    content = (SAMPLE / "registers" / "lesson.xlsx").read_bytes()
    assert content == script.lessons_register(script.Sample())
    place = desk.Desk({instrument.id: instrument}, states)
    read = desk.read_register(place, LESSONS, instrument.id, "lesson.xlsx", content)
    assert not read.problems and not read.left and len(read.rows) == 74
    for row in read.rows:
        assert all(row.body[name].endswith("(invented)") for name in ("learnt", "proposed", "made") if name in row.body)
        assert USER_ASSIGNED.fullmatch(row.body["iso3"])
        assert row.body["date"] <= row.body.get("date_made", row.body["date"])


def test_the_table_of_borders_is_what_the_script_makes_of_the_states(script):
    assert (SAMPLE / "adjacency.csv").read_bytes() == script.borders_table()
    pairs = {frozenset((row["iso3_a"], row["iso3_b"])) for row in table("adjacency.csv")}
    assert pairs == {frozenset((row["iso3"], o)) for row in table("states.csv") for o in row["neighbours"].split(";") if o}


def test_the_registers_hold_what_the_script_makes_and_every_row_can_be_kept(script, instrument, states):
    """Of States of the sample only, every text of theirs marked as invented."""
    sample = script.Sample()
    made = dict(script.Registers(sample.instrument, sample.states, sample.world).books())
    assert set(made) <= {path.name for path in (SAMPLE / "registers").glob("*.xlsx")}
    for name, content in made.items():
        register = REGISTERS[name.removesuffix(".xlsx")]
        told = [
            register_rows(register, name, open_book(name, found).sheets, instrument, states)
            for found in (content, (SAMPLE / "registers" / name).read_bytes())
        ]
        assert told[0].problems == told[1].problems == () and told[0].rows, name
        assert [row.body for row in told[0].rows] == [row.body for row in told[1].rows], "the sample is out of date: make sample"
        written = {
            "need",
            "beneficiary",
            "offer",
            "provider",
            "recommendation",
            "reason",
            "observations",
            "source",
            "set_by",
            "plan_link",
        }
        texts = [row.body[column] for row in told[0].rows for column in written & set(row.body)]
        assert [text for text in texts if "(invented)" not in text] == []


def test_feedback_on_questions_is_invented_and_made_by_the_script(script, instrument, states):
    sample = script.Sample()
    kept = (SAMPLE / "registers" / "feedback.xlsx").read_bytes()
    assert script.feedback_register(sample) == kept
    read = register_rows(FEEDBACK, "feedback.xlsx", open_book("feedback.xlsx", kept).sheets, instrument, states)
    assert read.problems == () and len(read.rows) > 20
    assert all("invented" in row.body["comment"] for row in read.rows)
    assert max(Counter(row.body["question"] for row in read.rows).values()) > 2
