"""The page on time, section by section: an exact value and a transition for every control. A step of an answer is worth 20 points."""

import pytest
import streamlit as st

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.scores.weight_sets import KIND
from analysis.store import open_store
from analysis.texts import text
from tests.pages.conftest import PARTS, choose, constant_return, drawn, page, param, place, said, sound, table

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
NODE = INSTRUMENT.node_name("IED.U")
ROUNDS = ("2020", "2022", "2024", "2026")

#: State -> its one answer to everything in each round; `-`: no return.
WORLD = {"QMA": "1234", "QMB": "1234", "QMC": "1234", "QMD": "1234", "QME": "1234", "QMF": "1-5-", "QMG": "---1", "QMH": "12--"}


def add(store, iso3: str, label: str, codes: tuple, content: str = "") -> None:
    value = constant_return(INSTRUMENT, (iso3, "", label, "self"), dict(zip(PARTS, codes, strict=True)))
    told = (content or f"{iso3}{label}").encode()
    store.add(value, [], file_name=f"{iso3}_{label}.xlsx", content=told, instrument=INSTRUMENT, by="ana")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rounds")
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}")
    for iso3, answers in WORLD.items():
        for label, answer in zip(ROUNDS, answers, strict=True):
            if answer != "-":
                add(store, iso3, label, (int(answer),) * 6)
    store.close()
    return folder


@pytest.fixture
def world(made, monkeypatch):
    place(monkeypatch, made)
    yield made
    st.cache_resource.clear()


@pytest.fixture
def own(made, tmp_path, monkeypatch):
    """A store of its own that a test may change."""
    (tmp_path / "demo.sqlite").write_bytes((made / "demo.sqlite").read_bytes())
    place(monkeypatch, tmp_path)
    opened = open_store(f"sqlite:///{tmp_path / 'demo.sqlite'}")
    yield opened
    opened.close()
    st.cache_resource.clear()


def opened(at, name: str):
    at.session_state[f"table.{name}"] = True
    return table(sound(at.run()), name)


def test_the_change_of_a_mean_is_taken_apart_with_names(world):
    """2024: five at 60 and one at 100, mean 66.7; 2026: five at 80 and one at 20, mean 70. Within 20, exit 60 - 66.7, entry 70 - 80."""
    at = page("over_time", show="split")
    assert [trace[-1] for trace in drawn(at)[-2:]] == [70, 70]  # the last step ends at the new mean
    rows = opened(at, "over-time-split").set_index("label").loc[NODE]
    numbers = rows[["before", "after", "change_mean", "within_change", "exit", "entry"]].tolist()
    assert numbers == pytest.approx([400 / 6, 70, 70 - 400 / 6, 20, 60 - 400 / 6, -10])
    assert rows[["n_before", "n_after", "stayed", "left", "joined"]].tolist() == [6, 6, 5, 1, 1]
    assert any("+20.0" in line and "-6.7" in line and "-10.0" in line for line in said(at))
    names = table(at, "came-and-went").set_index("name")["became"].to_dict()
    assert names == {"Açaí Lagoons": "left", "Hornbeam Republic": "joined"}  # QMF and QMG
    assert "Left: Açaí Lagoons. Joined: Hornbeam Republic." in said(at)


def test_the_rounds_of_a_change_are_any_two_and_travel_in_the_address(world):
    at = choose(page("over_time", show="split"), "since", "2020")
    assert param(at, "since") == "2020" and at.selectbox(key="w.since").options == ["2024", "2022", "2020"]
    rows = opened(at, "over-time-split").set_index("label").loc[NODE]
    assert rows["within_change"] == pytest.approx(60)
    at = choose(at, "round", "2022")
    assert param(at, "round") == "2022" and at.selectbox(key="w.since").options == ["2020"]
    assert table(at, "over-time-split").set_index("label").loc[NODE, "within_change"] == pytest.approx(20)


def test_a_group_of_fewer_than_five_has_no_mean_to_take_apart(world):
    at = choose(page("over_time", show="split"), "region", "region:Timber Uplands")
    assert param(at, "region") == "region:Timber Uplands"
    assert not at.get("plotly_chart") and any("fewer than five" in line for line in said(at))
    assert table(at, "over-time-split")["change_mean"].isna().all()


def sure(at, key: str, name: str):
    """What stands in a box on how sure a change is, once it is opened."""
    at.session_state[key] = True
    return opened(sound(at.run()), name).set_index("label")


def test_how_sure_it_is_that_the_mean_of_a_group_rose(world):
    at = page("over_time", sources="weights")
    assert not any("surely rose" in line for line in said(at))
    row = sure(at, "uncertain.group_change", "sure-group").loc[NODE]
    # QMA to QME rise from 20 to 80 between the rounds that five States report; all answers alike, so weights move nothing
    assert row[["rise", "n_matched"]].tolist() == ["rose", 5] and row["chance_rise"] == 100
    assert row[["low", "median", "high", "least", "most"]].tolist() == pytest.approx([60] * 5)
    assert any("Of 6 parts, the mean of the same States surely rose in 6, surely fell in 0" in line for line in said(at))
    at = choose(at, "sources", ["values"])
    assert param(at, "sources") == "values"
    row = sure(at, "uncertain.group_change", "sure-group").loc[NODE]
    assert row["low"] < 60 < row["high"] and row["rise"] == "rose"
    at = choose(at, "aggregator", "geometric")
    assert param(at, "aggregator") == "geometric" and len(at.warning) == 1


def test_a_group_of_fewer_than_five_has_no_mean_that_could_rise(world):
    at = page("over_time", region="region:Timber Uplands")
    at.session_state["uncertain.group_change"] = True
    assert any(line.startswith("No part has 5 States") for line in said(sound(at.run())))


def test_between_two_chosen_rounds_the_same_states_are_held_side_by_side(world):
    at = page("over_time", show="split", sources="weights")
    row = sure(at, "uncertain.group_change", "sure-group").loc[NODE]
    assert row[["median", "n_matched"]].tolist() == pytest.approx([20, 5])  # 60 to 80
    assert row["median"] == pytest.approx(opened(at, "over-time-split").set_index("label").loc[NODE, "within_change"])


def test_how_sure_it_is_that_one_state_rose_stands_with_its_lines_and_with_its_waterfall(world):
    at = page("over_time", show="one", country="QMA", sources="weights")
    row = sure(at, "uncertain.change", "sure-2020-2026").loc[NODE]
    assert row["rise"] == "rose" and row["median"] == pytest.approx(60)
    at = choose(at, "aggregator", "minimum")
    assert param(at, "aggregator") == "minimum" and len(at.warning) == 1
    at = page("over_time", show="change", country="QMA", sources="weights")
    found = sure(at, "uncertain.change", "sure-2024-2026")
    assert found.index.tolist() == [NODE] and found["median"].tolist() == pytest.approx([20])
    assert "uncertain.change" not in [e.key for e in page("over_time", show="one", country="QMG").expander]  # one round only


def test_levels_are_counted_from_one_round_to_the_other(world):
    at = page("over_time", show="levels")
    assert at.subheader[0].value.replace("\\", "") == f"{NODE}: 5 of 5 States rose, 0 fell, 0 stayed"
    rows = opened(at, "level-moves")
    moved = rows[rows["n_moves"] > 0]
    assert moved[["n_moves", "of_row"]].to_numpy().tolist() == [[5, 5]] and moved["share_row"].isna().all()
    assert moved["level_from"].iloc[0].startswith("3") and moved["level_to"].iloc[0].startswith("4")
    at = choose(at, "node", "ALL.U")
    assert param(at, "node") == "ALL.U" and INSTRUMENT.node_name("ALL.U") in at.subheader[0].value.replace("\\", "")
    at = choose(at, "rule", "mean_floor") if "mean_floor" in INSTRUMENT.rules else at
    assert len(at.exception) == 0


def test_a_states_change_is_what_its_measures_brought_in(own):
    """QMA answers one part with 2 in 2024's second version: from 40 to 80 in every measure, so each of n brings in 40 / n."""
    add(own, "QMA", "2024", (2, 3, 3, 3, 3, 3), "again")
    at = page("over_time", show="change", country="QMA")
    n = len(INSTRUMENT.children("IED.U"))
    rows = opened(at, "brought-in-QMA")
    assert rows["contribution"].tolist() == pytest.approx([40 / n] * n)
    assert at.subheader[0].value.replace("\\", "").endswith("up by 40.0 points")
    signs = table(at, "signs-QMA").set_index("label").loc[NODE]
    asked = int(INSTRUMENT.questions_below("IED.U").sum())
    assert signs[["common", "up", "down", "unchanged"]].tolist() == [asked, asked, 0, 0] and signs["by_chance"] == "under 1 %"
    assert len(table(at, "question-moves-QMA")) == asked
    at = choose(at, "since", "2020")
    assert param(at, "since") == "2020" and at.subheader[0].value.replace("\\", "").endswith("up by 60.0 points")
    at = choose(at, "aggregator", "minimum")
    assert table(at, "brought-in-QMA")["contribution"].tolist() == pytest.approx([60 / n] * n)
    at = choose(at, "country", "QMB")
    assert param(at, "country") == "QMB" and "Quince" not in at.subheader[0].value
    assert choose(at, "country", "QMF").selectbox(key="w.round").options == ["2024"]


def test_a_round_that_went_by_other_weights_has_a_step_of_its_own(own):
    """2024 in the three parts 40, 60, 60, at weights 50, 20, 30: 50; 2026 all 80. Mean weights 5/12, 4/15, 19/60 times 40, 20, 20 are 16.67,
    5.33, 6.33; mean scores 60, 70, 70 times the changes of weight -1/6, 2/15, 1/30 are -10, 9.33, 2.33: together the 30 from 50 to 80."""
    add(own, "QMA", "2024", (2, 3, 3, 3, 3, 3), "again")
    assert not any(
        box.key == "w.weights_before" for box in page("over_time", show="change", country="QMA").selectbox
    )  # no set is kept
    budgets = {"ALL.U": {"1": {"IED.U": 50.0, "UAS.U": 20.0, "SALW.U": 30.0}}}
    own.save_records(KIND, {"aaaa1111": {"name": "Before", "instrument": INSTRUMENT.id, "budgets": budgets}}, "ana")
    at = page("over_time", show="change", country="QMA", node="ALL.U")
    assert at.subheader[0].value.replace("\\", "").endswith("up by 26.7 points") and not at.warning
    at = choose(at, "weights_before", "aaaa1111")
    assert param(at, "weights_before") == "aaaa1111"
    assert at.subheader[0].value.replace("\\", "").endswith("up by 30.0 points")
    assert text("over_time.change.weights_effect", points="+1.7") in " ".join(said(at))
    assert [w.value for w in at.warning] == [text("over_time.change.other_weights", first="2024", last="2026")]
    rows = opened(at, "brought-in-QMA").set_index("label").loc[[INSTRUMENT.node_name(n) for n in ("IED.U", "UAS.U", "SALW.U")]]
    assert rows["score_effect"].tolist() == pytest.approx([50 / 3, 16 / 3, 19 / 3])
    assert rows["weight_effect"].tolist() == pytest.approx([-10, 28 / 3, 7 / 3])
    assert rows["contribution"].sum() == pytest.approx(30)
    at = choose(at, "weights", "aaaa1111")  # the same set in both rounds is no change of weights
    assert [len(at.warning), at.subheader[0].value.replace("\\", "").endswith("up by 30.0 points")] == [1, True]
    assert "weight_effect" not in opened(at, "brought-in-QMA")


def test_a_state_with_one_round_has_nothing_to_hold_it_against(world):
    at = page("over_time", show="change", country="QMG")
    assert "only one round" in at.info[-1].value and not at.get("plotly_chart")


def test_a_trend_says_when_the_target_would_be_reached_and_two_rounds_are_none(world):
    """20 40 60 80 over six years: 10 points a year; the default target of 60 is reached, 100 is 2 years away."""
    at = page("over_time", show="trend", country="QMA")
    rows = opened(at, "trend-QMA")
    assert set(rows["slope"].round(6)) == {10.0} and all("is reached (80.0)" in line for line in rows["direction"])
    at = choose(at, "target", "5")
    assert param(at, "target") == "5"
    assert all("is 2 years away from 2026" in line for line in table(at, "trend-QMA")["direction"])
    at = choose(at, "submodule", "uas")
    assert param(at, "submodule") == "uas" and len(table(at, "trend-QMA")) == 2
    at = choose(at, "country", "QMF")
    assert all(
        line.startswith("Two rounds have a score: a change of +80.0 points") for line in opened(at, "trend-QMF")["direction"]
    )


def test_a_groups_mean_has_a_direction_of_its_own(world):
    at = page("over_time", show="trend", country="QMA", target="5")
    at.session_state["trend.group"] = True
    at = sound(at.run())
    assert len(at.get("plotly_chart")) == 2
    rows = opened(at, "trend-group")
    assert set(rows["states_all"]) == {5} and set(rows["slope"].round(6)) == {10.0}  # QMF and QMH are not in every round
    at = choose(at, "region", "region:Timber Uplands")
    assert all(line.startswith("No mean is given") for line in table(at, "trend-group")["direction"])


def test_what_is_new_begins_when_the_reader_says_so_and_looking_never_loses_it(own):
    at = page("home")
    assert any("Nothing is remembered for you yet" in line for line in said(at)) and own.records("visit").empty
    version = own.version()
    at.button(key="news.seen").click()
    at = sound(at.run())
    assert own.records("visit")["body"].iloc[0]["step"] == own.newest_step() and own.version() == version
    assert any(line.startswith("Nothing new since") for line in said(at))
    assert [b for b in at.button if b.key == "news.seen"] == []
    add(own, "QMG", "2026", (3,) * 6, "better")
    own.set_step(1, "validated", "ben")
    for _ in range(2):  # to look, again and again, writes nothing
        at = page("home")
        line = next(line for line in said(at) if line.startswith("Since you last"))
        assert "1 new return, 6 levels moved and 1 State validated" in line
    assert len(own.record_history("visit", own.records("visit")["key"].iloc[0])) == 1


def test_what_is_new_in_full_and_marked_as_seen(own):
    at = page("over_time", show="news")
    at.button(key="news.seen").click()
    sound(at.run())
    add(own, "QMG", "2026", (3,) * 6, "better")
    at = page("over_time", show="news")
    assert table(at, "news-returns")[["round", "step"]].to_numpy().tolist() == [["2026", "submitted"]]
    levels = table(at, "news-levels")
    assert (
        levels[["move", "level_before", "level_after"]].drop_duplicates().to_numpy().tolist() == [["rose", 1, 3]]
        and len(levels) == 6
    )
    at.button(key="news.seen").click()
    at = sound(at.run())
    assert (
        any(line.startswith("Nothing new since") for line in said(at))
        and len(own.record_history("visit", own.records("visit")["key"].iloc[0])) == 2
    )


def test_many_states_are_a_band_and_few_are_lines(world, monkeypatch):
    lines = len(drawn(page("over_time")))
    monkeypatch.setattr("analysis.charts.history.MOST_LINES", 3)
    assert len(drawn(page("over_time"))) == lines + 6  # two areas instead of the thin lines' one trace, in each of six panels


def test_who_moved_is_told_on_the_questions_of_both_rounds(own):
    """QMA to QME rise from 1 to 4 in every part, 60 points; QMF by 80 in two rounds; QMH by 20; QMG has one round."""
    at = page("over_time")
    moves = opened(at, "moves")
    here = moves[moves["label"] == NODE].sort_values("change")
    assert here["change"].tolist() == pytest.approx([20, 60, 60, 60, 60, 60, 80])
    assert (here["common"] == int(INSTRUMENT.questions_below("IED.U").sum())).all()
