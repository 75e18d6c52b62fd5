"""The first page, the overview, the comparison and the rounds: an exact value and a transition for every control."""

import json

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.texts import text
from tests.pages.conftest import PARTS, choose, page, param, said, sound, table

pytestmark = pytest.mark.usefixtures("shared_world")
INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)


def opened(at, name: str):
    """The table below a figure, opened."""
    at.session_state[f"table.{name}"] = True
    return table(sound(at.run()), name)


def marks(at, number: int) -> list[str]:
    """The numbers printed in the cells of a heat map."""
    spec = json.loads(at.get("plotly_chart")[number].proto.spec)
    return [t for trace in spec["data"] if "text" in trace.get("mode", "") for t in trace["text"]]


def test_the_first_page_shows_the_spread_of_every_part():
    rows = opened(page("home"), "where-things-stand").set_index("label")
    salw = rows.loc[INSTRUMENT.node_name("SALW.U")]
    # 2026: 80, 60, 100, 100, 80; all five are shown, so the median is the third of 60, 80, 80, 100, 100
    assert (salw["states"], salw["n"], salw["median"], salw["lowest"], salw["highest"]) == (5, 5, 80.0, 60.0, 100.0)
    ied = rows.loc[INSTRUMENT.node_name("IED.U")]
    assert ied["n"] == 3 and ied["lowest"] == 40.0 and ied["median"] != ied["median"]  # fewer than five: no median


def test_the_first_page_follows_round_reading_and_region():
    at = choose(page("home"), "round", "2024")
    assert param(at, "round") == "2024"
    assert set(opened(at, "where-things-stand")["highest"].round(6)) == {60.0}
    at = choose(page("home"), "reading", "visit")
    assert param(at, "reading") == "visit"
    assert set(opened(at, "where-things-stand")["states"]) == {1}
    at = choose(page("home"), "region", "region:Timber Uplands")
    assert param(at, "region") == "region:Timber Uplands"
    assert set(opened(at, "where-things-stand")["states"]) == {2}


def test_the_overview_counts_returns_and_answers():
    at = page("overview")
    assert at.metric[0].value == "5 of 24"  # States with a return, of the fictional States
    assert at.metric[1].value == "4 of 5"  # QMC returned one sub-module only
    status = table(at, "returned").set_index("iso3")
    asked = len(INSTRUMENT.questions)
    salw = int((INSTRUMENT.questions["submodule"] == "salw").sum())
    assert status.loc["QMC", "answered"] == salw and status.loc["QMA", "answered"] == asked
    ied = int((INSTRUMENT.questions["measure"].str.startswith("IED.U")).sum())
    assert status.loc["QMG", "completeness"] == pytest.approx(100 * (asked - ied) / asked)
    assert status.index[:2].tolist() == ["QMC", "QMG"]  # fewest sub-modules first, then the least complete


def test_the_overview_follows_its_controls():
    at = choose(page("overview"), "round", "2024")
    assert param(at, "round") == "2024" and at.metric[0].value == "3 of 24"
    at = choose(page("overview"), "reading", "visit")
    assert param(at, "reading") == "visit" and at.metric[0].value == "1 of 24"
    at = choose(page("overview"), "region", "region:Timber Uplands")
    assert param(at, "region") == "region:Timber Uplands" and at.metric[0].value == "2 of 6"
    at = choose(page("overview"), "aggregator", "minimum")
    assert param(at, "aggregator") == "minimum" and len(at.warning) == 1


def test_the_comparison_draws_the_states_chosen_and_no_other():
    at = page("compare", countries="QMA,QMB")
    assert at.multiselect(key="w.countries").value == ["QMA", "QMB"]
    assert sorted(marks(at, 2)) == sorted(str(20 * a) for a in (2, 1, 3, 2, 4, 0, 3, 3, 3, 3, 3, 4))
    at = choose(at, "countries", ["QMA", "QMH"])
    assert param(at, "countries") == "QMA,QMH"
    assert sorted(marks(at, 2)) == sorted(str(20 * a) for a in (2, 1, 3, 2, 4, 0, 4, 4, 4, 4, 4, 4))


def test_one_state_alone_is_no_comparison():
    at = choose(page("compare"), "countries", ["QMA"])
    assert len(at.get("plotly_chart")) == 0 and len(at.info) >= 1


def test_a_state_named_twice_in_the_address_is_one_state():
    at = page("compare", countries="QMA,QMA,QMA")
    assert at.multiselect(key="w.countries").value == ["QMA"] and len(at.get("plotly_chart")) == 0
    assert text("compare.two") in [info.value for info in at.info] and param(at, "countries") == "QMA"


def test_the_comparison_follows_its_part_round_and_lens():
    at = choose(page("compare", countries="QMA,QMB"), "node", "SALW.D")
    assert param(at, "node") == "SALW.D"
    rows = opened(at, "compare-SALW.D")
    assert rows["label"].tolist() == ["Medlar Isles", "Quince Republic"]  # highest first
    assert rows["score"].round(6).tolist() == [80.0, 0.0]
    at = choose(page("compare", countries="QMA,QMB"), "round", "2024")
    assert param(at, "round") == "2024" and set(marks(at, 2)) == {"20", "60"}
    at = choose(page("compare", countries="QMA,QMB"), "lens", "aspect:legislative")
    assert param(at, "lens") == "aspect:legislative"


def test_a_group_over_time_needs_five_states_for_a_mean():
    rows = opened(page("over_time"), "over-time-group").set_index(["label", "round"])
    assert set(rows.xs("2024", level="round")["reported"]) == {3} and rows.xs("2024", level="round")["mean"].isna().all()
    newest = rows.xs("2026", level="round")["mean"].dropna().round(6).to_dict()
    # (80 + 60 + 100 + 100 + 80) / 5 and (0 + 80 + 80 + 100 + 80) / 5; every other part has four States or fewer
    assert newest == {INSTRUMENT.node_name("SALW.U"): 84.0, INSTRUMENT.node_name("SALW.D"): 68.0}


def test_moves_are_the_difference_of_the_last_and_the_first_round():
    moves = table(page("over_time"), "moves")
    larch = moves[moves["name"] == "Larch"]
    assert larch["change"].round(6).tolist() == [40.0] * len(PARTS)  # 2 -> 4 everywhere
    quince = moves[moves["name"] == "Quince Republic"]["change"].round(6)
    assert sorted(quince) == [-20.0, 0.0, 20.0, 20.0, 40.0, 60.0]


def test_one_state_over_time_is_chosen_by_button_and_by_name():
    at = choose(page("over_time"), "show", "one")
    assert param(at, "show") == "one"
    at = choose(at, "country", "QMH")
    assert param(at, "country") == "QMH"
    rows = opened(at, "over-time-QMH")
    assert rows.groupby("round")["score"].mean().round(6).to_dict() == {"2024": 40.0, "2026": 80.0}
    at = choose(at, "submodule", "uas")
    assert param(at, "submodule") == "uas"
    assert len(table(at, "over-time-QMH")) == 4  # two parts, two rounds


def test_a_region_of_the_rounds_leaves_only_its_states():
    at = choose(page("over_time"), "region", "region:Orchard Coast")
    assert param(at, "region") == "region:Orchard Coast"
    assert set(table(at, "moves")["name"]) == {"Quince Republic", "Medlar Isles"}


def test_visits_are_a_series_of_their_own():
    at = choose(page("over_time", show="one", country="QMA"), "reading", "visit")
    assert param(at, "reading") == "visit"
    rows = opened(at, "over-time-QMA")
    assert rows["round"].unique().tolist() == ["2026"] and set(rows["score"].round(6)) == {40.0}
    assert any(line for line in said(at))
