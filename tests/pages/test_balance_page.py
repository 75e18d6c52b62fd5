"""The balance page over returns whose every score is known. An answer a is 20 a points and level a; the target is level 3, 60 points.

In round 2026 (IED, UAS, SALW; upstream, downstream): QMA 40 20, 60 40, 80 0; QMB 60 60, 60 60, 60 80; QMC only SALW 100 80; QMG IED open
and 100, 100 100, 100 100; QMH 80 throughout.
"""

import json

import pytest

from analysis.registers import OUTCOMES
from analysis.store import open_store
from analysis.texts import counted, text
from tests.pages.conftest import choose, drawn, page, param, said, sound, table

QUINCE = "Quince Republic"


@pytest.fixture
def at(shared_world):
    return page("balance")


def seen(at) -> dict:
    """(State, sub-module) -> where it stands, from the table below the planes."""
    at.expander(key="table.balance-planes")
    at.session_state["table.balance-planes"] = True
    rows = table(sound(at.run()), "balance-planes")
    return {(r["name"], r["submodule_name"]): r["quadrant_words"] for r in rows.to_dict("records")}


def heads(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def test_the_title_counts_where_upstream_stands_above_downstream(at):
    # shown on both sides: QMA 3, QMB 3, QMC 1, QMG 2, QMH 3; above: QMA 3, QMC 1
    assert heads(at)[0] == counted("balance.plane.title", 4, of=12)


def test_the_planes_show_each_state_in_its_quadrant(at):
    found = seen(at)
    names = {name for _, name in found}
    ied = next(n for n in names if n.startswith("IED"))
    assert found[QUINCE, ied] == text("balance.quadrant.neither")
    assert found["Hornbeam Republic", ied] in ("", None)
    counts = list(found.values())
    assert counts.count(text("balance.quadrant.both")) == 9 and counts.count(text("balance.quadrant.prevents")) == 2


def test_response_heavy_lists_what_stands_a_level_above_and_what_open_questions_decide(at):
    rows = table(at, "response-heavy")
    heavy = rows["heavy_words"].tolist()
    assert heavy == [text("balance.heavy.certain"), text("balance.heavy.possible")]  # QMB SALW 4 over 3; QMG IED 5 over open
    assert rows["downstream_level"].tolist() == ["4", "5"] and rows["upstream_level"].tolist() == ["3", "0 to 5"]


def test_another_target_moves_the_quadrants_and_the_address(at):
    choose(at, "target", "4")
    assert param(at, "target") == "4"
    assert list(seen(at).values()).count(text("balance.quadrant.both")) == 6  # QMC 1, QMG 2, QMH 3


def test_another_state_has_its_own_plane(at):
    choose(at, "country", "QMA")
    assert param(at, "country") == "QMA"
    assert text("balance.state.title", name=QUINCE) in heads(at)
    assert any("balanced score 26.7" in line and "balanced score 48.0" in line for line in said(at))  # 2 x 40 x 20 / 60


def test_which_side_is_higher_is_said_for_every_case(at):
    at.session_state["table.balance-planes"] = True
    rows = table(sound(at.run()), "balance-planes").set_index(["name", "submodule_name"])
    ied, salw = (next(s for _, s in rows.index if s.startswith(start)) for start in ("IED", "SALW"))
    # 40 over 20 and nothing open: in every draw; 80 throughout: as often one as the other
    assert rows.loc[(QUINCE, ied), "side_words"] == text("balance.side.upstream", chance="100 %")
    assert rows.loc[("Larch", salw), "side_words"] == text("balance.side.not", chance="50 %")
    assert rows.loc[("Hornbeam Republic", ied), ["sides_least", "sides_most"]].tolist() == pytest.approx([0, 100])
    # QMA 40 20, 60 40, 80 0; QMC 100 80 upstream; QMB 60 80 downstream; QMG's open questions could all be 100
    assert any(
        "higher than upstream in 1 of 13 cases with answers on both sides, upstream in 4; in 8" in line for line in said(at)
    )
    assert any(f"{ied}: upstream higher in 100 % of trials." in line for line in said(choose(at, "country", "QMA")))


def test_what_is_varied_moves_the_range_of_the_difference(shared_world):
    at = choose(page("balance"), "sources", ["weights"])
    assert param(at, "sources") == "weights"
    at.session_state["table.balance-planes"] = True
    rows = table(sound(at.run()), "balance-planes").set_index(["name", "submodule_name"])
    ied = next(s for _, s in rows.index if s.startswith("IED"))
    assert rows.loc[(QUINCE, ied), ["sides_low", "sides_high"]].tolist() == pytest.approx(
        [-20, -20]
    )  # all answers of a side alike
    at = choose(at, "draws", 200)
    assert param(at, "draws") == "200"


def test_a_click_on_a_dot_opens_the_state_and_only_one_that_is_drawn(shared_world, monkeypatch):
    from pages.shared import views

    opened = []
    monkeypatch.setattr(views.st, "switch_page", lambda path, query_params: opened.append((path, query_params["country"])))
    points = [{"customdata": given} for given in ("QMA", ["QMB"], "XXX", None, [], {"a": 1})]
    monkeypatch.setattr(views.st, "plotly_chart", lambda chart, **settings: {"selection": {"points": points}})
    sound(page("balance"))
    assert set(opened) == {("pages/country.py", "QMA"), ("pages/country.py", "QMB")}


def test_without_an_assumption_the_need_is_what_is_below_the_target(shared_world):
    at = page("balance", show="need")
    assert any(counted("balance.need.sentence", 3, of=13) in line for line in said(at))
    assert known_needs(at) == [60, 40, 20]
    assert any("none" in c.value for c in at.caption)


def known_needs(at) -> list[float]:
    """Lengths of the lines from downstream to what is asked."""
    xs = drawn(at)[1]
    return [round(b - a, 6) for a, b in zip(xs[::2], xs[1::2], strict=True)]


def test_the_relaxation_moves_the_need_the_sentence_and_the_address(shared_world):
    at = page("balance", show="need")
    at.get_by_key("w.rho").set_value(100.0)
    sound(at.run())
    assert param(at, "rho") == "1.0"
    # QMA: IED 60 - 40 x 0.4 = 44, lacks 24; UAS 60 - 40 x 0.6 = 36, lacks nothing; SALW 60 - 40 x 0.8 = 28, lacks 28
    assert known_needs(at) == [28, 24]
    assert any(text("balance.need.relaxed", rho="100", n=2, left=1) in line for line in said(at))


def test_shape_and_least_target_move_the_need(shared_world):
    at = page("balance", show="need", rho="1.0", gamma="2.0", least="30")
    # QMA: IED 60 - 30 x 0.16 = 55.2 lacks 35.2; UAS 60 - 30 x 0.36 = 49.2 lacks 9.2; SALW 60 - 30 x 0.64 = 40.8
    assert known_needs(at) == [40.8, 35.2, 9.2]
    at.get_by_key("w.least").set_value(60.0)
    assert known_needs(sound(at.run())) == [60, 40, 20]


@pytest.mark.parametrize(
    ("params", "key", "value"),
    [
        ({"rho": "7"}, "rho", 100.0),
        ({"rho": "nan"}, "rho", 0.0),
        ({"rho": "<b>"}, "rho", 0.0),
        ({"gamma": "-3"}, "gamma", 0.25),
        ({"least": "99"}, "least", 60.0),
        ({"eu": "0.9,0.1"}, "eu", (10.0, 90.0)),
        ({"eu": "0.3"}, "eu", (20.0, 80.0)),
        ({"ed": "-1,2"}, "ed", (5.0, 100.0)),
    ],
)
def test_numbers_of_the_address_are_brought_inside_and_anything_else_is_the_default(shared_world, params, key, value):
    at = page("balance", show="need", **params)
    assert at.get_by_key(f"w.{key}").value == value


def test_the_range_of_assumptions_decides_what_comes_first(shared_world):
    at = page("balance", show="need")
    facts = {"upstream": 0, "downstream": 0, "depends": 12, "even": 4, "of": 12}
    assert any(text("balance.risk.sentence", **facts) in line for line in said(at))
    at.get_by_key("w.eu").set_value((90.0, 100.0))
    at.get_by_key("w.ed").set_value((5.0, 20.0))
    assert any(text("balance.risk.sentence", **facts | {"upstream": 12, "depends": 0}) in line for line in said(sound(at.run())))
    assert param(at, "eu") == "0.9,1.0" and param(at, "ed") == "0.05,0.2"


def test_without_an_outcome_series_the_premise_cannot_be_tested(shared_world):
    at = page("balance", show="premise")
    assert f"**{text('balance.premise.without')}**" in [m.value for m in at.markdown]
    assert any(text("balance.association.few") in line for line in said(at))
    assert text("balance.outcome.absent") in said(at)


def test_with_a_series_the_page_says_what_it_can_and_it_can_be_taken_back(own_world):
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    rows = {f"{c}.{y}": {"iso3": c, "year": y, "value": 1.0, "source": "invented"} for c in ("QMA", "QMB") for y in (2025, 2027)}
    store.save_records(OUTCOMES.kind, rows, "ana")
    at = page("balance", show="premise")
    assert f"**{text('balance.premise.with')}**" in [m.value for m in at.markdown]
    assert any(text("balance.outcome.few") in line for line in said(at))
    at.get_by_key("w.lag").set_value(3)
    assert param(sound(at.run()), "lag") == "3"
    assert any(counted("balance.years", 3) in c.value for c in at.caption)
    at.session_state["outcome.series"] = True
    sound(at.run())
    assert len(table(at, "outcome-series")) == 4
    next(b for b in at.button if b.key == "outcome.take_back").click()
    assert f"**{text('balance.premise.without')}**" in [m.value for m in sound(at.run()).markdown]
    assert len(store.records(OUTCOMES.kind)) == 0 and len(store.record_history(OUTCOMES.kind, "QMA.2025")) == 2


def test_law_and_practice_stay_together_where_every_answer_is_the_same(shared_world):
    at = page("balance", show="law")
    n = len(json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["yaxis"]["ticktext"])
    # every measure with both aspects; three States returned IED with answers to both sides, four UAS, five SALW
    assert heads(at)[0].startswith("Law and practice part by two levels or more in none of")
    choose(at, "submodule", "salw")
    assert param(at, "submodule") == "salw"
    ticks = json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["yaxis"]["ticktext"]
    assert 0 < len(ticks) < n and all(t.startswith("SALW") for t in ticks)
    assert heads(at)[0] == counted("balance.law.title", 0, of=5 * len(ticks))
    choose(at, "type", "upstream")
    ticks = json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["yaxis"]["ticktext"]
    assert all(".U" in t for t in ticks)


def test_every_section_answers_for_one_state_and_one_round(own_world):
    for show in ("plane", "need", "premise", "law"):
        at = page("balance", show=show, round="2024", reading="self")
        assert not at.error
