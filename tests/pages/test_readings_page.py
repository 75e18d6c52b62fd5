"""The readings page over returns whose every answer is known. An answer a is 20 a points and level a.

QMA in 2026 (IED, UAS, SALW; upstream, downstream): self 2 1 3 2 4 0, visit 2 throughout; in 2024 self 1 throughout.
"""

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.texts import counted, text
from tests.pages.conftest import PARTS, choose, drawn, page, param, said, sound, table

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
PART_OF = dict(zip(INSTRUMENT.measures["node"], INSTRUMENT.measures["parent"], strict=True))
ASKED = INSTRUMENT.questions["measure"].map(PART_OF).value_counts().to_dict()


def counts_of(*parts: str) -> int:
    return sum(ASKED[part] for part in parts)


@pytest.fixture
def at(shared_world):
    return page("readings")


def heads(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def questions(at) -> dict:
    """Question -> its row in the table of one State."""
    rows = table(at, "readings-questions-QMA").to_dict("records")
    return {row["question"]: row for row in rows}


# --- one State


def test_the_state_with_a_visit_comes_first_and_its_readings_are_counted(at):
    compared, alike = counts_of(*PARTS), counts_of("IED.U", "UAS.D")
    assert heads(at)[0] == text("readings.one.title", differ=compared - alike, compared=compared)
    above, below = counts_of("UAS.U", "SALW.U"), counts_of("IED.D", "SALW.D")
    far = counts_of("SALW.U", "SALW.D")
    assert any(text("readings.one.sentence", above=above, below=below, far=far) in line for line in said(at))
    assert any("of round 2026, less than a month apart" in line for line in said(at))


def test_both_readings_are_drawn_part_by_part(at):
    xs = drawn(at)
    assert sorted(xs[1]) == [0, 20, 40, 40, 60, 80] and xs[3] == [40] * 6


def test_every_question_has_both_answers_and_their_difference(at):
    rows = questions(at)
    assert len(rows) == len(INSTRUMENT.questions)
    assert rows["SALW.U1.1"]["levels_apart"] == 2 and rows["IED.D1.1"]["levels_apart"] == -1
    assert rows["SALW.U1.1"]["self_answer"].startswith("4") and rows["SALW.U1.1"]["other_answer"].startswith("2")
    assert rows["SALW.U1.1"]["self_evidence"] == text("readings.no_grade")
    assert any(text("readings.never") in c.value for c in at.caption)


def test_only_where_they_differ_leaves_out_the_same_answers(at):
    choose(at, "differ", "differ")
    assert param(at, "differ") == "differ"
    rows = questions(at)
    assert len(rows) == counts_of("IED.D", "UAS.U", "SALW.U", "SALW.D")
    assert {row["levels_apart"] for row in rows.values()} == {1, 2, -1, -2}


def test_a_sub_module_and_a_type_leave_only_their_questions_and_show_their_measures(at):
    choose(at, "submodule", "salw")
    assert param(at, "submodule") == "salw" and len(questions(at)) == counts_of("SALW.U", "SALW.D")
    choose(at, "type", "upstream")
    assert param(at, "type") == "upstream" and len(questions(at)) == counts_of("SALW.U")
    measures = [m for m, part in PART_OF.items() if part == "SALW.U"]
    assert drawn(at)[1] == [80] * len(measures)


def test_another_self_assessment_within_24_months_can_be_chosen(at):
    choose(at, "beside", "2024")
    assert param(at, "beside") == "2024"
    assert {row["levels_apart"] for row in questions(at).values()} == {-1}
    assert any(counted("readings.months", 24) in line for line in said(at))


def test_a_state_without_a_visit_says_so_and_names_the_way_out(shared_world):
    at = page("readings", country="QMB")
    assert text("readings.one.none", name="Medlar Isles", other="assessment visit") in [i.value for i in at.info]
    assert param(at, "country") == "QMB"


def test_a_row_leads_to_the_states_page_at_that_question(shared_world, monkeypatch):
    from pages.shared import views

    opened = []
    monkeypatch.setattr(views.st, "switch_page", lambda path, query_params: opened.append((path, query_params)))
    monkeypatch.setattr(views.st, "dataframe", lambda *given, **settings: {"selection": {"rows": [1]}})
    sound(page("readings", beside="2024"))
    (path, params) = opened[0]
    assert path == "pages/country.py"
    assert {k: params[k] for k in ("country", "measure", "question", "reading", "round")} == {
        "country": "QMA", "measure": "IED.U1", "question": "IED.U1.2", "reading": "self", "round": "2024",
    }  # fmt: skip


def test_without_evidence_nothing_is_compared_and_nothing_becomes_0(at):
    choose(at, "evidence", "document")
    assert param(at, "evidence") == "document"
    assert heads(at)[0] == text("readings.one.title.none")
    assert drawn(at)[1] == [] and drawn(at)[3] == []
    assert any("better: 0 %" in line and "100 %" in line for line in said(at))


# --- many States


def test_one_pair_is_a_list_and_the_page_says_why(shared_world):
    at = page("readings", show="many", node="SALW.U")
    assert heads(at)[0] == text("readings.many.title.list", node=INSTRUMENT.node_name("SALW.U"), other="assessment visit")
    assert text("readings.refused.anything", n=1, least=10) in said(at)
    assert not at.get("plotly_chart")
    rows = table(at, "readings-pairs-SALW.U")
    assert rows[["name", "self_points", "other_points", "points_apart"]].to_numpy().tolist() == [["Quince Republic", 80, 40, 40]]


# --- organizations


def test_a_single_organization_has_no_spread(shared_world):
    at = page("readings", show="offices")
    assert heads(at)[0] == text("readings.offices.title.none")
    rows = table(at, "readings-offices-QMB")
    assert rows["levels_between"].isna().all() and set(rows["lowest_level"]) == {1} and set(rows["national_level"]) == {3, 4}


def test_a_state_without_organizations_says_so(shared_world):
    at = choose(page("readings", show="offices"), "country", "QMA")
    assert text("readings.offices.none", name="Quince Republic") in [i.value for i in at.info]


def test_what_is_shown_stands_in_the_address(at):
    choose(at, "show", "many")
    assert param(at, "show") == "many"
