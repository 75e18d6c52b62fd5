"""Weights: points in, a set kept, chosen on every page, and what it changes. An answer a is 20 a points and level a.

ALL.U in 2026 (IED, UAS, SALW): QMA 40, 60, 80; QMB 60, 60, 60; QMH 80, 80, 80; QMC and QMG have no score, a part is not there. With equal weights QMA
is 60 with the mean level 3; with 50, 20, 30 it is 56 with the mean level 2.8.
"""

from __future__ import annotations

import pytest
import streamlit as st

from analysis import desk
from analysis.scores.weight_sets import KIND
from analysis.store import open_store
from analysis.texts import counted, text
from pages.shared import views
from tests.pages.conftest import choose, page, param, said, sound, table

INSTRUMENT = "2370-2026.1"
BUDGETS = {"ALL.U": {"1": {"IED.U": 50.0, "UAS.U": 20.0, "SALW.U": 30.0}}}
NAME = "Threat *first* [a](http://out.example)"


def kept(folder) -> dict:
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}", sample=True)
    found = store.records(KIND)
    store.close()
    return dict(found[["key", "body"]].itertuples(index=False))


@pytest.fixture
def one_set(own_world):
    """The world with a set of one expert."""
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}", sample=True)
    store.save_records(KIND, {"aaaa1111": {"name": NAME, "instrument": INSTRUMENT, "budgets": BUDGETS}}, "ana")
    store.close()
    return own_world


def filling(monkeypatch, **columns) -> None:
    """Experts fill in the table: expert's number -> points, child by child. (The test harness can't type into a table; a browser test does.)"""
    real = st.data_editor

    def editor(given, **settings):
        real(given, **settings)
        return given.assign(**columns)

    monkeypatch.setattr(st, "data_editor", editor)


def test_points_of_two_experts_become_a_set_that_is_kept(own_world, monkeypatch):
    filling(monkeypatch, **{"1": [50, 20, 30], "2": [30, 20, 50]})
    at = page("weights")
    assert said(at)[-1] == text("weights.agreed.most.other", item="UAS: upstream", n=2, agreed="20 %", own="33 %") + " " + text(
        "weights.agreed.apart", item="IED components: upstream and SALW and ammunition: upstream", sd="14 %"
    )  # fmt: skip
    at.text_input(key="weights.name.own").set_value("Two experts")
    at = sound(at.button(key="weights.save").click().run())
    assert [s.value for s in at.success] == [views.plain(text("weights.kept", name="Two experts"))]
    ((key, body),) = kept(own_world).items()
    assert body["name"] == "Two experts" and body["budgets"]["ALL.U"]["2"] == {"IED.U": 30.0, "UAS.U": 20.0, "SALW.U": 50.0}
    assert at.get_by_key("w.weights").value == key and "Two" not in str(dict(at.query_params))
    assert table(at, "weight-sets")["set_name"].tolist() == ["Two experts"]


@pytest.mark.parametrize(
    ("points", "line"),
    [
        ([50, 20, 20], text("weights.fault.sum", who="Expert 1", total="90")),
        ([50, 50, None], text("weights.fault.open", who="Expert 1", n=1)),
        ([50, 50, 0], text("weights.fault.nobody", who="SALW.U")),
        ([50, 500, -3], text("weights.fault.open", who="Expert 1", n=2)),
    ],
)  # fmt: skip
def test_points_that_do_not_add_up_are_told_and_not_kept(own_world, monkeypatch, points, line):
    filling(monkeypatch, **{"1": points})
    at = page("weights")
    assert line in said(at) and not at.get("plotly_chart")
    at.text_input(key="weights.name.own").set_value("x")
    at = sound(at.button(key="weights.save").click().run())
    assert line in at.warning[0].value.replace("\\", "") and kept(own_world) == {}


def test_a_set_needs_a_name_and_points(own_world, monkeypatch):
    at = page("weights")
    assert text("weights.nobody_yet") in said(at)
    at = sound(at.button(key="weights.save").click().run())
    assert at.warning[0].value == views.plain(text("weights.refused.empty"))
    filling(monkeypatch, **{"1": [50, 20, 30]})
    at = sound(at.run())
    at = sound(at.button(key="weights.save").click().run())
    assert at.warning[0].value == views.plain(text("weights.refused.name")) and kept(own_world) == {}


def test_a_kept_set_is_opened_changed_and_taken_back(one_set, monkeypatch):
    at = page("weights", weights="aaaa1111")
    assert at.data_editor[0].value["1"].tolist() == [50, 20, 30] and at.text_input(key="weights.name.aaaa1111").value == NAME
    filling(monkeypatch, **{"1": [60, 20, 20]})
    at = sound(at.run())
    at = sound(at.button(key="weights.save").click().run())
    assert kept(one_set)["aaaa1111"]["budgets"]["ALL.U"]["1"]["IED.U"] == 60
    at = sound(at.button(key="weights.take_back").click().run())
    assert kept(one_set) == {} and param(at, "weights") is None


def test_another_number_of_experts_gives_as_many_columns(one_set):
    at = page("weights", weights="aaaa1111")
    at.number_input(key="w.experts").set_value(5)
    at = sound(at.run())
    assert at.data_editor[0].value.columns.tolist() == ["label", "share", "1", "2", "3", "4", "5"] and param(at, "experts") == "5"
    at = choose(at, "node", "ALL.D")
    assert at.data_editor[0].value["1"].isna().all()  # nobody weighs downstream in this set
    at = choose(at, "node", "ALL.U")
    assert at.data_editor[0].value["1"].tolist() == [50, 20, 30]


def test_points_that_are_not_kept_yet_survive_a_look_elsewhere(one_set, monkeypatch):
    filling(monkeypatch, **{"1": [60, 20, 20]})
    at = page("weights", weights="aaaa1111")
    monkeypatch.undo()  # from here on the table gives back what it is given
    monkeypatch.setattr(desk, "VAR", one_set)
    monkeypatch.setattr(desk, "_demo_file", lambda: one_set / "demo.sqlite")
    for control, elsewhere, back in (("node", "ALL.D", "ALL.U"), ("weights", "own", "aaaa1111"), ("show", "whatif", "editor")):
        at = choose(choose(at, control, elsewhere), control, back)
        assert at.data_editor[0].value["1"].tolist() == [60, 20, 20], control
    assert kept(one_set)["aaaa1111"]["budgets"]["ALL.U"]["1"]["IED.U"] == 50


def test_there_are_never_fewer_columns_than_experts_who_gave_points(one_set):
    store = open_store(f"sqlite:///{one_set / 'demo.sqlite'}", sample=True)
    five = {str(n): {"IED.U": 50.0, "UAS.U": 20.0, "SALW.U": 30.0} for n in range(1, 6)}
    store.save_records(KIND, {"bbbb2222": {"name": "Five", "instrument": INSTRUMENT, "budgets": {"ALL.U": five}}}, "ana")
    store.close()
    at = page("weights", weights="bbbb2222", experts="2")
    assert at.data_editor[0].value.columns.tolist()[2:] == ["1", "2", "3", "4", "5"]


def test_the_whole_set_can_be_taken_along(one_set):
    at = page("weights", weights="aaaa1111")
    at.session_state["table.weight-set"] = True
    rows = table(sound(at.run()), "weight-set")
    assert rows["item"].tolist() == ["IED.U", "UAS.U", "SALW.U"] and rows["agreed"].tolist() == [50, 20, 30]  # per cent
    assert rows["points_1"].tolist() == [50, 20, 30]


def test_what_would_change_names_levels_and_pairs(one_set):
    at = page("weights", show="whatif")
    assert at.subheader[0].value == views.plain(counted("weights.whatif.title", 0, shown=3))  # a critical question holds QMA at 2
    expected = [
        text("weights.whatif.levels", same=3, shown=3),
        counted("weights.whatif.orders", 0, pairs=3, kept=2),
        counted("weights.whatif.order_tied", 1),  # QMA and QMB: 60 and 60, then 56 and 60
    ]
    assert " ".join(expected) in said(at)
    rows = table(at, "weights-effect")
    assert rows["largest"].tolist() == [4.0] and rows["shown"].tolist() == [3] and rows["returns"].tolist() == [5]


def test_another_level_rule_changes_what_the_weights_change(one_set):
    at = page("weights", show="whatif")
    at = choose(at, "rule", "mean_floor")  # QMA: mean level 3, then 2.8
    assert at.subheader[0].value == views.plain(counted("weights.whatif.title", 1, shown=3))
    at = choose(at, "aggregator", "minimum")  # the weakest part, whatever the weights
    assert table(at, "weights-effect")["largest"].tolist() == [0.0] and param(at, "aggregator") == "minimum"


def test_without_a_set_the_page_says_how_to_make_one(shared_world):
    at = page("weights", show="whatif")
    assert text("weights.whatif.none") in [i.value for i in at.info]


def test_importance_stands_beside_the_weight(one_set):
    at = page("weights", show="importance")
    at.session_state["table.weights-importance-ALL.U"] = True
    rows = table(sound(at.run()), "weights-importance-ALL.U")
    # over QMA, QMB, QMH with equal weights: S = 60, 60, 80; cov(s, S) w / var(S) = 20, 13.3 and 6.7 of 40 for 40 60 80, 60 60 80, 80 60 80
    expected = [100 * w for w in _importance([(40, 60, 80), (60, 60, 80), (80, 60, 80)])]
    assert rows["importance"].tolist() == pytest.approx(expected) and rows["n"].tolist() == [3, 3, 3]
    at = choose(at, "weights", "aaaa1111")
    assert table(at, "weights-importance-ALL.U")["share"].tolist() == [50, 20, 30]


def _importance(columns):
    """w cov(s, S) / var(S) with equal weights, written out."""
    total = [sum(row) / len(columns) for row in zip(*columns, strict=True)]
    mean = sum(total) / len(total)
    spread = sum((x - mean) ** 2 for x in total)
    return [
        sum((x - sum(c) / len(c)) * (s - mean) for x, s in zip(c, total, strict=True)) / len(columns) / spread for c in columns
    ]


@pytest.mark.parametrize(
    ("name", "show"),
    [(n, "") for n in ("compare", "gaps", "overview", "country", "balance", "regions")] + [("over_time", "change")],
)
def test_a_set_can_be_chosen_on_every_page_with_rules_and_is_named_there(one_set, name, show):
    at = page(name, weights="aaaa1111", show=show, country="QMA")
    named = [w.value for w in at.warning]
    assert named == [text("filter.rules.weights", name=views.plain(NAME))] and "[a](" not in named[0].replace("\\[", "")
    at = choose(at, "weights", "own")
    assert not at.warning and param(at, "weights") is None


def test_numbers_follow_the_set_and_the_export_says_so(one_set, monkeypatch):
    at = page("compare", weights="aaaa1111", node="IED.U")
    from analysis.reports.weights import in_force

    told = at.session_state["leaving.also"]
    assert told["weights_name"] == NAME and told["weights_in_force"] == in_force(
        (("IED.U", 0.5), ("SALW.U", 0.3), ("UAS.U", 0.2))
    )
    assert told["weights_in_force"] == "IED.U=0.5, SALW.U=0.3, UAS.U=0.2"


def test_a_code_that_is_no_set_is_the_questionnaires_own(one_set):
    at = page("compare", weights="zzzz9999")
    assert at.get_by_key("w.weights").value == "own"
    asked = text("address.asked", label=text("control.weights"))
    assert [line.value.replace("\\", "") for line in at.warning] == [
        text("address.missed.instead", asked=asked, shown=text("filter.own_weights"))
    ]


def test_the_demonstration_has_a_set_of_weights(tmp_path, monkeypatch):
    """Its experts are invented, and it says so."""
    monkeypatch.setattr(desk, "VAR", tmp_path)
    store = open_store(f"sqlite:///{tmp_path / 'x.sqlite'}", sample=True)
    desk._keep_weights(store)
    body = store.records(KIND)["body"].iloc[0]
    store.close()
    assert "invented" in body["name"] and body["instrument"] == INSTRUMENT


def form(name: str, budgets: dict) -> bytes:
    return desk.weights_form(desk.open_desk(sample=True), INSTRUMENT, name, budgets)


def brought(at, content: bytes, name: str = "w.xlsx"):
    at.file_uploader[0].upload(name, content)
    return sound(at.run(timeout=180))


def test_a_file_goes_into_the_editor_and_is_kept_when_it_is_saved(own_world):
    down = {"IED.D": 10.0, "UAS.D": 20.0, "SALW.D": 70.0}
    at = brought(page("weights"), form(NAME, {"ALL.D": {"1": down, "4": down}}))
    assert counted("weights.file.read", 1, experts=2) in said(at) and kept(own_world) == {}
    at = sound(at.button(key="weights.take").click().run())
    assert param(at, "node") == "ALL.D" and at.data_editor[0].value["4"].tolist() == [10, 20, 70]
    assert at.text_input(key="weights.name.own").value == NAME and kept(own_world) == {}
    at = sound(at.button(key="weights.save").click().run())
    ((_, body),) = kept(own_world).items()
    assert body == {"name": NAME, "instrument": INSTRUMENT, "budgets": {"ALL.D": {"1": down, "4": down}}}


def test_a_file_tells_what_it_replaces_and_what_it_leaves(one_set):
    at = brought(page("weights", weights="aaaa1111"), form("", BUDGETS))
    assert text("weights.file.same") in said(at)
    at = brought(page("weights", weights="aaaa1111"), form("Another", BUDGETS))
    assert text("weights.file.named", name="Another", kept=NAME) in said(at)
    other = {"ALL.D": {"1": {"IED.D": 100.0, "UAS.D": 0.0, "SALW.D": 0.0}}}
    at = brought(page("weights", weights="aaaa1111"), form("", other))
    assert text("weights.file.stays", parts="Upstream, all sub-modules") in said(at)
    at = sound(at.button(key="weights.take").click().run())
    at = sound(at.button(key="weights.save").click().run())  # nobody gives two of the three a point
    assert kept(one_set)["aaaa1111"]["budgets"] == BUDGETS and len(at.warning) == 1
    at = brought(at, form("", {"ALL.U": {"1": {"IED.U": 60.0, "UAS.U": 20.0, "SALW.U": 20.0}}}))
    assert text("weights.file.replaces", parts="Upstream, all sub-modules") in said(at)


def test_a_wrong_cell_is_told_with_its_place_and_the_rest_goes_into_the_editor(own_world):
    at = brought(page("weights"), b"Code,Expert 1\nIED.U,50\nUAS.U,a lot\nSALW.U,30\n", "points.csv")
    rows = table(at, "weights-problems")
    assert rows[["file", "cell"]].to_numpy().tolist() == [["points.csv", "B3"]]
    at = sound(at.button(key="weights.take").click().run())
    assert at.data_editor[0].value["1"].fillna(-1).tolist() == [50, -1, 30]
    assert text("weights.fault.open", who="Expert 1", n=1) in said(at)


def test_a_file_that_is_none_of_weights_is_told_and_offers_nothing(own_world):
    at = brought(page("weights"), b"a,b\n1,2\n", "other.csv")
    assert len(table(at, "weights-problems")) == 1 and not [b for b in at.button if b.key == "weights.take"]
