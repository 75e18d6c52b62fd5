"""The page of regions over returns whose every score is known: an answer a is 20 a points. An exact value and a transition for every control.

In round 2026 (IED, UAS, SALW; upstream, downstream): QMA 40 20, 60 40, 80 0; QMB 60 60, 60 60, 60 80; QMC only SALW 100 80; QMG IED open
and 100, 100 100, 100 100; QMH 80 throughout. QMA, QMB, QMC are of the Orchard Coast (6 members), QMG and QMH of the Timber Uplands (6).
"""

import re
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analysis.comparison.own_groups import KIND
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.store import open_store
from analysis.texts import text
from tests.pages.conftest import (
    HOSTILE,
    PARTS,
    RAW,
    UNKNOWN,
    choose,
    constant_return,
    drawn,
    page,
    param,
    read_as_markdown,
    said,
    sound,
    table,
)

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
FIVE = ["QMA", "QMB", "QMC", "QMG", "QMH"]


def opened(at, name: str):
    """The table below a figure, opened."""
    at.session_state[f"table.{name}"] = True
    return table(sound(at.run()), name)


def heads(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def save(folder, key: str, name: str, members: list[str]) -> None:
    """A group in the store, as the page keeps it."""
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}")
    store.save_records(KIND, {key: {"name": name, "members": members}}, "ana")
    store.close()


def kept(folder) -> dict:
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}")
    found = store.records(KIND)
    store.close()
    return dict(zip(found["key"], found["body"], strict=True))


@pytest.mark.usefixtures("shared_world")
class TestSideBySide:
    def test_every_state_is_a_dot_in_its_group_and_coverage_is_counted(self):
        at = page("regions")
        rows = opened(at, "regions-region-IED.U").set_index("group_name")
        assert rows.loc["Orchard Coast", ["returned_of", "n", "lowest", "highest"]].tolist() == [
            "3 of 6",
            2,
            pytest.approx(40),
            pytest.approx(60),
        ]
        assert rows.loc["Timber Uplands", ["returned_of", "n"]].tolist() == ["2 of 6", 1]
        assert rows.loc["Slate Basin", ["returned_of", "n"]].tolist() == ["0 of 6", 0]
        assert rows[["median", "group_mean", "lower_mean"]].isna().all(axis=None)  # two and one score: dots only
        assert text("regions.spread.none", fewest=5) + " " + text("regions.spread.silent.other", n=2) in said(at)
        assert sorted(drawn(at)[-1]) == [40, 60, 80]
        assert text("regions.variance.none", fewest=5) in said(at)

    def test_the_table_of_states_says_what_the_dots_say(self):
        at = page("regions")
        at.session_state["regions.dots"] = True
        rows = table(sound(at.run()), "regions-states-region-IED.U")
        assert len(rows) == 5 and rows["score"].notna().sum() == 3

    def test_part_round_reading_and_rules_are_followed(self):
        at = choose(page("regions"), "node", "SALW.D")
        assert param(at, "node") == "SALW.D" and sorted(drawn(at)[-1]) == [0, 80, 80, 80, 100]
        at = choose(page("regions"), "round", "2024")
        assert param(at, "round") == "2024" and sorted(drawn(at)[-1]) == [20, 40, 60]
        at = choose(page("regions"), "reading", "visit")
        assert param(at, "reading") == "visit" and sorted(drawn(at)[-1]) == [40]
        at = choose(page("regions"), "aggregator", "minimum")
        assert param(at, "aggregator") == "minimum" and len(at.warning) == 1


def test_another_kind_of_groups_with_the_bounds_of_its_mean(own_world):
    save(own_world, "k1", "Five", [*FIVE, "QMI"])
    at = choose(page("regions", node="SALW.U"), "groups", "mine")
    assert param(at, "groups") == "mine"
    row = opened(at, "regions-mine-SALW.U").iloc[0]
    # 80, 60, 100, 100, 80: mean 84; the sixth did not return: 420 / 6 to 520 / 6
    assert row[["group_name", "returned_of", "n", "median"]].tolist() == ["Five", "5 of 6", 5, pytest.approx(80)]
    assert row[["group_mean", "lower_mean", "upper_mean"]].tolist() == pytest.approx([84, 70, 520 / 6])


def test_the_means_of_two_groups_are_held_side_by_side_with_their_ranges(own_world):
    save(own_world, "k1", "Five", FIVE)
    save(own_world, "k2", "Seven", [*FIVE, "QMI", "QMJ"])
    at = page("regions", groups="mine", node="SALW.U", sources="weights")
    row = opened(at, "regions-mine-SALW.U").set_index("group_name").loc["Five"]
    # all answers of a State are alike, so weights move nothing: the range is the mean itself
    assert row[["mean_low", "mean_high", "n_drawn"]].tolist() == pytest.approx([84, 84, 5])
    assert row[["median_low", "median_high"]].tolist() == pytest.approx([80, 80])
    assert text("uncertain.groups.title") in heads(at) and any("Five can't be told apart" in line for line in said(at))
    found = opened(at, "against-groups-SALW.U").iloc[0]
    assert found[["group_name", "mark", "n_states", "n_shared"]].tolist() == ["Seven", "not separable", 5, 5]
    # the same five returned; two more anywhere from 0 to 100: 84 - (420 + 200) / 7 to 84 - 420 / 7
    assert found[["median", "least", "most", "chance"]].tolist() == pytest.approx([0, 84 - 620 / 7, 24, 50])
    at = choose(at, "group", "k2")
    assert param(at, "group") == "k2"
    assert opened(at, "against-groups-SALW.U")["group_name"].tolist() == ["Five"]
    at = choose(at, "sources", ["values"])
    assert param(at, "sources") == "values"
    row = opened(at, "regions-mine-SALW.U").set_index("group_name").loc["Five"]
    assert row["mean_low"] < row["mean_high"]  # other values of an answer of 3 and 4 move the mean


def test_without_two_means_there_is_no_order_of_groups(shared_world):
    assert text("uncertain.groups.few", fewest=5) in said(page("regions"))


def test_groups_that_overlap_have_no_shares_of_variance(own_world):
    save(own_world, "k1", "Five", FIVE)
    save(own_world, "k2", "Others", ["QMA", "QMB"])
    assert text("regions.variance.overlap") in said(page("regions", groups="mine"))


@pytest.mark.usefixtures("shared_world")
class TestOneGroup:
    def test_levels_are_counted_over_all_states(self):
        at = choose(page("regions"), "show", "group")
        assert param(at, "show") == "group"
        rows = opened(at, "regions-levels-parts")
        salw = rows[rows["label"] == INSTRUMENT.node_name("SALW.U")]
        levels = {f"level {n}, {INSTRUMENT.level_name(n)}": count for n, count in ((3, 1), (4, 2), (5, 2))}
        assert dict(zip(salw["standing"], salw["n_states"], strict=True)) == levels | {"not returned": 19}
        assert set(salw["states_all"]) == {24} and salw["share_states"].max() == pytest.approx(100 * 19 / 24)

    def test_region_and_part_are_followed(self):
        at = choose(page("regions", show="group"), "region", "region:Timber Uplands")
        assert param(at, "region") == "region:Timber Uplands"
        assert set(opened(at, "regions-levels-parts")["states_all"]) == {6}
        at = choose(at, "node", "UAS.D")
        assert param(at, "node") == "UAS.D"
        labels = opened(at, "regions-levels-measures")["label"].unique()
        assert len(labels) == len(INSTRUMENT.children("UAS.D"))

    def test_the_ranges_of_the_means_stand_where_they_are_opened(self):
        at = page("regions", show="group", sources="weights")
        at.session_state["uncertain.parts"] = True
        rows = opened(sound(at.run()), "sure-parts").set_index("label")
        salw = rows.loc[INSTRUMENT.node_name("SALW.U")]
        # five of 24 States at a mean of 84, all answers alike, so weights move nothing; the bounds are those of the ladder
        assert salw[["group_mean", "mean_low", "mean_high", "lower_mean", "upper_mean"]].tolist() == pytest.approx(
            [84, 84, 84, 17.5, 2320 / 24]
        )
        assert salw["returned_of"] == "5 of 24"
        assert rows.loc[INSTRUMENT.node_name("IED.U"), ["group_mean", "mean_low", "lower_mean"]].isna().all()  # three scores
        at = choose(at, "region", "region:Timber Uplands")
        assert text("uncertain.parts.hidden.other", n=6, fewest=5) in said(at)

    def test_the_ladder_stands_below_for_the_group(self):
        at = page("regions", show="group")
        rows = opened(at, "ladder-region").set_index("label")
        salw = rows.loc[INSTRUMENT.node_name("SALW.U")]
        # five States at a mean of 84; 24 in all: 420 / 24 to (420 + 1900) / 24; the others among the scores: (420 + 19 x 60 or 100) / 24
        assert salw[["worst", "observed", "n"]].tolist() == ["17.5 to 96.7", "65.0 to 96.7", 5]


def matched(folder) -> None:
    """The two States that lack a return in 2024 get one: QMC at 0, QMG at 100."""
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}")
    for code, answer in (("QMC", 0), ("QMG", 5)):
        value = constant_return(INSTRUMENT, (code, "", "2024", "self"), dict.fromkeys(PARTS, answer))
        store.add(value, [], file_name=f"{code}.xlsx", content=f"{code} 2024".encode(), instrument=INSTRUMENT, by="ana")
    store.close()


def test_the_spread_of_the_same_states_is_that_of_their_scores(own_world):
    matched(own_world)
    at = choose(page("regions"), "show", "convergence")
    assert param(at, "show") == "convergence"
    rows = table(at, "regions-first-to-last").set_index("label")
    salw = rows.loc[INSTRUMENT.node_name("SALW.U")]
    # 2024: 20, 60, 0, 100, 40, mean 44, squares 5920 / 5; 2026: 80, 60, 100, 100, 80, mean 84, squares 1120 / 5
    assert salw[["first", "last", "n_matched"]].tolist() == ["2024", "2026", 5]
    assert salw[["sd_first", "sd_last"]].tolist() == pytest.approx([(5920 / 5) ** 0.5, (1120 / 5) ** 0.5])
    assert salw[["mean_first", "mean_last"]].tolist() == pytest.approx([44, 84])
    assert rows.loc[INSTRUMENT.node_name("IED.U"), "n_matched"] == 0 and len(drawn(at)) == 2  # SALW upstream and downstream
    at.session_state["uncertain.group_spread"] = True
    sure = opened(sound(at.run()), "sure-spread").set_index("label")
    salw = sure.loc[INSTRUMENT.node_name("SALW.U")]  # every question is answered, so the bounds are the change itself
    assert salw[["least", "most"]].tolist() == pytest.approx([(1120 / 5) ** 0.5 - (5920 / 5) ** 0.5] * 2)
    assert (salw["n_matched"], salw["spread_words"]) == (5, "closer together") and salw["chance_apart"] < 5 and len(sure) == 2
    at = choose(at, "region", "region:Timber Uplands")
    assert param(at, "region") == "region:Timber Uplands" and not at.get("plotly_chart")


def test_a_mean_that_cannot_be_is_named_and_its_group_still_held_beside_others(own_world):
    """SALW upstream: five States at 80 60 100 100 80, mean 84; a sixth answers three of five questions, all with 0, and may stand at 40 at most."""
    value = constant_return(INSTRUMENT, ("QMX", "", "2026", "self"), dict.fromkeys(PARTS, 0))
    place = {question: i for i, question in enumerate(INSTRUMENT.questions["question"])}
    answers = [replace(a, code=UNKNOWN, found="Don't know") if place[a.question] % 5 > 2 else a for a in value.answers]
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.add(replace(value, answers=tuple(answers)), [], file_name="x.xlsx", content=b"x", instrument=INSTRUMENT, by="ana")
    store.close()
    save(own_world, "k1", "Five", FIVE)
    save(own_world, "k2", "Six", [*FIVE, "QMX"])
    at = page("regions", groups="mine", node="SALW.U")
    rows = opened(at, "regions-mine-SALW.U").set_index("group_name")
    assert rows.loc["Five", ["group_mean", "upper_mean"]].tolist() == pytest.approx([84, 84])
    assert np.isnan(rows.loc["Six", "group_mean"]) and rows.loc["Six", "upper_mean"] < 84
    assert any("No mean is shown for Six:" in line for line in said(at))
    for group in ("k1", "k2"):  # each beside the other: what it could be is known
        at = choose(at, "group", group)
        assert len(drawn(at, 1)) > 0


@pytest.mark.usefixtures("shared_world")
def test_too_few_states_in_every_round_are_said_so():
    at = page("regions", show="convergence")
    assert not at.get("plotly_chart") and text("regions.sigma.none", fewest=5) in said(at)


@pytest.mark.usefixtures("shared_world")
class TestPeers:
    def test_peers_come_with_their_reasons_and_a_way_to_compare(self):
        at = choose(page("regions", country="QMA"), "show", "peers")
        assert param(at, "show") == "peers"
        rows = table(at, "peers-QMA").set_index("name")
        # QMB: (20 + 40 + 0 + 20 + 20 + 80) / 6; QMH: (40 + 60 + 20 + 40 + 0 + 80) / 6; QMG: (80 + 40 + 60 + 20 + 100) / 5; QMC: two parts
        assert rows.index.tolist() == ["Medlar Isles", "Larch", "Hornbeam Republic", "Persimmon Federation"]
        assert rows["apart"].tolist()[:3] == pytest.approx([30, 40, 60]) and rows["apart"].isna().tolist()[3]
        assert rows.loc["Medlar Isles", "start_apart"] == pytest.approx(40) and rows.loc["Larch", "moved_since"] == pytest.approx(
            40
        )
        link = next(e.proto for e in at.get("page_link") if e.proto.label == text("regions.peers.compare.other", n=4))
        assert parse_qs(link.query_string)["countries"] == ["QMA,QMB,QMH,QMG,QMC"]

    def test_another_state_has_other_peers(self):
        at = choose(page("regions", show="peers"), "country", "QMH")
        assert param(at, "country") == "QMH"
        assert set(table(at, "peers-QMH")["name"]) >= {"Hornbeam Republic", "Medlar Isles"}


def form(at: AppTest, name: str, members: list[str]) -> AppTest:
    at.text_input[0].set_value(name)
    at.multiselect[0].set_value(members)
    return at


def pick(at: AppTest):
    return next(box for box in at.selectbox if (box.key or "").startswith("regions.own.pick"))


def click(at: AppTest, label: str) -> AppTest:
    next(b for b in at.button if b.label == label).click()
    return sound(at.run())


def test_a_group_is_put_together_renamed_changed_and_taken_back(own_world):
    at = click(form(page("regions", show="own"), " My  islands ", ["QMB", "QMA"]), text("regions.own.save"))
    ((key, body),) = kept(own_world).items()
    assert re.fullmatch("[0-9a-f]{10}", key) and body == {"name": "My islands", "members": ["QMA", "QMB"]}
    rows = table(at, "own-groups")
    assert rows[["group_name", "n_members", "members_names"]].to_numpy().tolist() == [
        ["My islands", 2, "Medlar Isles, Quince Republic"]
    ]
    assert [s.value for s in at.success] == [text("regions.own.done.saved")]
    pick(at).set_value(key)
    at = sound(at.run())
    assert at.text_input[0].value == "My islands" and set(at.multiselect[0].value) == {"QMA", "QMB"}
    click(form(at, "Other isles", ["QMC"]), text("regions.own.save"))
    assert kept(own_world) == {key: {"name": "Other isles", "members": ["QMC"]}}
    pick(at).set_value(key)
    at = click(sound(at.run()), text("regions.own.take_back"))
    assert kept(own_world) == {} and [s.value for s in at.success] == [text("regions.own.done.back")]


@pytest.mark.parametrize(
    ("name", "members", "wrong"),
    [("", ["QMA"], "name-missing"), ("five", ["QMA"], "name-taken"), ("Six", [], "members-missing")],
)
def test_a_group_that_cannot_be_kept_is_told_and_not_kept(own_world, name, members, wrong):
    save(own_world, "k1", "Five", FIVE)
    at = click(form(page("regions", show="own"), name, members), text("regions.own.save"))
    assert [e.value for e in at.error] == [text(f"regions.own.wrong.{wrong}", most=80)]
    assert list(kept(own_world)) == ["k1"]


def test_an_own_group_is_chosen_on_every_page_by_its_key_alone(own_world):
    save(own_world, "k1", "My islands", ["QMA", "QMB", "QMX"])
    at = choose(page("overview"), "region", "mine:k1")
    assert param(at, "region") == "mine:k1" and at.metric[0].value == "2 of 3"
    assert not any("islands" in str(value) for value in at.query_params.values())
    assert set(table(page("over_time", region="mine:k1"), "moves")["name"]) == {"Quince Republic", "Medlar Isles"}
    at = page("regions", show="group", region="mine:k1")
    assert set(opened(at, "regions-levels-parts")["states_all"]) == {3}
    words = text("group.mine")
    assert any(f"My islands ({words})" in c.value.replace("\\", "") for c in at.caption)


def test_a_group_that_was_taken_back_is_no_choice_any_more(own_world):
    at = page("overview", region="mine:gone")
    assert at.selectbox(key="w.region").value == "" and at.metric[0].value == "5 of 24"


def test_the_name_of_a_group_is_never_read_as_markdown(own_world):
    save(own_world, "k1", HOSTILE, FIVE)
    views = [page("regions", node="SALW.U", groups="mine")]
    views += [page("regions", show=show, region="mine:k1") for show in ("group", "convergence", "peers", "own")]
    for at in [*views, page("overview", region="mine:k1")]:
        live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]
        assert [words for words in live if any(raw in words for raw in RAW)] == []
        assert not [c for c in at.get("plotly_chart") if "<img" in c.proto.spec or "<a href" in c.proto.spec]


def test_the_groups_of_one_store_are_not_those_of_another(own_world, tmp_path, monkeypatch):
    save(own_world, "k1", "Five", FIVE)
    monkeypatch.setenv("RETURNS_DATABASE", f"sqlite:///{tmp_path / 'own.sqlite'}")
    at = page("regions", store="own", region="mine:k1")
    assert text("empty.store") in [i.value for i in at.info]
    assert page("overview", region="mine:k1").selectbox(key="w.region").value == "mine:k1"
