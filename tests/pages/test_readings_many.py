"""The readings page over twelve States: what may be said of so many, and what may not.

An answer a is 20 a points and level a. QMA in 2026: self 2 1 3 2 4 0 (IED, UAS, SALW; upstream, downstream), visit 2 throughout.
"""

from dataclasses import replace

import pytest
import streamlit as st

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.store import open_store
from analysis.texts import text
from tests.pages import conftest
from tests.pages.conftest import PARTS, choose, constant_return, drawn, page, param, place, said, sound, table

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
PART_OF = dict(zip(INSTRUMENT.measures["node"], INSTRUMENT.measures["parent"], strict=True))
ASKED = INSTRUMENT.questions["measure"].map(PART_OF).value_counts().to_dict()
STATES = "IJKLMNOPRST"


def counts_of(*parts: str) -> int:
    return sum(ASKED[part] for part in parts)


def heads(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


@pytest.fixture(scope="module")
def wide_world(tmp_path_factory):
    """Twelve States with both readings: QMI to QMT say 3 everywhere and are seen at 2 (five of them at 3); evidence stands on the first three
    States' answers; QMV has two organizations."""
    folder = tmp_path_factory.mktemp("wide")
    url = f"sqlite:///{folder / 'demo.sqlite'}"
    conftest.fill(url)
    store = open_store(url)

    def put(unit, code, grade=None):
        value = constant_return(INSTRUMENT, unit, dict.fromkeys(PARTS, code))
        value = replace(value, answers=tuple(replace(a, evidence_grade=grade) for a in value.answers))
        store.add(value, [], file_name="a.xlsx", content=repr(unit).encode(), instrument=INSTRUMENT, by="ana")

    for i, letter in enumerate(STATES):
        put((f"QM{letter}", "", "2026", "self"), 3, 3 if i < 3 else 1)
        put((f"QM{letter}", "", "2026", "visit"), 3 if i < 5 else 2, 4)
    for name, code in (("Coast *guard*", 1), ("Police", 4)):
        put(("QMV", name, "2026", "self"), code)
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        place(patch, folder)
        yield folder
    st.cache_resource.clear()


def test_over_twelve_states_the_bias_has_its_interval_and_the_limits_are_refused(wide_world):
    at = page("readings", show="many", node="SALW.U")
    # differences: QMA 40, five States 0, six States 20: 160 / 12
    assert heads(at)[0] == text(
        "readings.many.title.above", node=INSTRUMENT.node_name("SALW.U"), other="assessment visit", points="13.3"
    )
    assert any(text("readings.refused.limits", n=12, least=30) in line for line in said(at))
    assert sorted(drawn(at)[0]) == [50] * 6 + [60] * 6  # QMA (80 + 40) / 2 and the five at 60; six at (60 + 40) / 2
    facts = table(at, "readings-facts-SALW.U").set_index("fact")
    # squares about 13.33: 711.1 + 5 x 177.8 + 6 x 44.4 = 1866.7; over 11
    assert facts.loc[text("readings.fact.sd"), "fact_value"] == pytest.approx((1866.6667 / 11) ** 0.5, abs=1e-3)
    assert text("readings.fact.limits") not in facts.index


def test_the_table_of_answers_counts_questions_and_its_states(wide_world):
    at = page("readings", show="many", node="SALW.U")
    n = ASKED["SALW.U"]
    assert any(
        text("readings.table.subtitle", node=INSTRUMENT.node_name("SALW.U"), n=12 * n, states=12) == c.value.replace("\\", "")
        for c in at.caption
    )
    assert heads(at)[1] == text("readings.table.title", exact="42 %", near="92 %")  # 5 of 12 alike, QMA two levels apart


def test_a_measure_with_too_few_answers_has_no_table_and_says_how_many_it_takes(wide_world):
    small = INSTRUMENT.questions["measure"].value_counts()
    measure = small[small == 4].index[0]
    at = page("readings", show="many", node=measure)
    assert text("readings.refused.table", n=48, least=50) in said(at)
    choose(at, "node", "IED.U")
    assert param(at, "node") == "IED.U" and text("readings.refused.table", n=48, least=50) not in said(at)


def test_only_documented_answers_leave_the_states_that_have_them(wide_world):
    at = choose(page("readings", show="many", node="SALW.U"), "evidence", "document")
    assert param(at, "evidence") == "document"
    assert text("readings.refused.anything", n=3, least=10) in said(at)  # QMI, QMJ, QMK
    rows = table(at, "readings-pairs-SALW.U").set_index("name")
    assert rows["points_apart"].notna().sum() == 3
    quince = rows.loc["Quince Republic"]
    assert (quince["self_coverage"], quince["self_backed"], quince["other_backed"]) == (100, 0, 0)


def test_a_region_and_a_round_narrow_the_pairs(wide_world):
    at = page("readings", show="many", node="SALW.U")
    choose(at, "round", "2026")
    assert param(at, "round") == "2026" and len(table(at, "readings-pairs-SALW.U")) == 12
    choose(at, "region", "region:Orchard Coast")
    assert param(at, "region") == "region:Orchard Coast"
    assert table(at, "readings-pairs-SALW.U")["name"].tolist() == ["Quince Republic"]


def test_a_dot_leads_to_its_state(wide_world, monkeypatch):
    from pages.shared import views

    opened = []
    monkeypatch.setattr(views.st, "switch_page", lambda path, query_params: opened.append(query_params["country"]))
    points = [{"customdata": given} for given in ("QMI", "XXX", None)]
    monkeypatch.setattr(views.st, "plotly_chart", lambda chart, **settings: {"selection": {"points": points}})
    sound(page("readings", show="many"))
    assert opened == ["QMI"]


def test_two_organizations_are_a_spread_question_by_question(wide_world):
    at = page("readings", show="offices")
    n = len(INSTRUMENT.questions)
    assert heads(at)[0] == text("readings.offices.title", part=n, n=n)  # QMV: the State with most organizations
    assert any("Coast *guard* and Police" in line for line in said(at))
    rows = table(at, "readings-offices-QMV")
    assert set(rows["levels_between"]) == {3} and rows["said"].str.startswith("Coast *guard*: 1").all()
    choose(at, "submodule", "uas")
    assert param(at, "submodule") == "uas" and len(table(at, "readings-offices-QMV")) == counts_of("UAS.U", "UAS.D")
