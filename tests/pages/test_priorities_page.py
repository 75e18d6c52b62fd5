"""What to do first, over returns whose gaps are counted by hand (see test_gaps_page). Importance: a third of a sub-module's share, equal measures.

In round 2026 QMA's gaps to level 3 are SALW downstream 60, IED downstream 40, IED upstream 20 and UAS downstream 20; nobody else has a known one.
"""

import pytest

from analysis.registers import NEEDS, TARGETS, THREATS
from analysis.texts import counted, text
from tests.pages.conftest import choose, drawn, kept, measures_of, page, param, said, table

N = measures_of()


def value(part: str, gap: float, threat: float = 1.0) -> float:
    """gap x (1/3 of the axis, shared by the measures of the part) x threat."""
    return gap / 3 / N[part] * threat


def worths(at) -> list[float]:
    return table(at, "priorities")["worth"].round(9).tolist()


def expected(**parts: float) -> list[float]:
    """Values of a list made of whole parts: part (with _ for .) -> value of each of its measures."""
    found = [(worth, N[part.replace("_", ".")]) for part, worth in parts.items()]
    return [round(worth, 9) for worth, n in sorted(found, reverse=True) for _ in range(n)]


USUAL = {"SALW_D": value("SALW.D", 60), "IED_D": value("IED.D", 40), "UAS_D": value("UAS.D", 20), "IED_U": value("IED.U", 20)}


def test_every_known_gap_stands_at_its_value_highest_first(shared_world):
    at = page("priorities")
    assert worths(at) == expected(**USUAL)
    assert drawn(at)[-1] == [round(x, 6) for x in worths(at)[:10]]
    head = table(at, "priorities").head(N["SALW.D"])
    assert all(words.startswith("1 (1 to ") for words in head["rank_words"])
    assert (table(at, "priorities")["rank_words"] != "").sum() == min(50, len(worths(at)))


def test_what_is_only_missing_is_asked_first(shared_world):
    at = page("priorities")
    rows = table(at, "priorities-ask-first")
    told = next(line for line in said(at) if line.startswith(counted("priorities.ask.count", len(rows))))
    assert told.endswith(text("priorities.ask.why")) and rows["worth_high"].is_monotonic_decreasing
    assert rows["worth_high"].round(9).tolist() == [round(value("IED.U", 60), 9)] * N["IED.U"]
    assert set(rows["name"]) == {"Hornbeam Republic"}


@pytest.mark.parametrize(
    ("key", "chosen", "wanted"),
    [
        ("submodule", "salw", {"SALW_D": USUAL["SALW_D"]}),
        ("type", "upstream", {"IED_U": USUAL["IED_U"]}),
        ("reading", "visit", {part.replace(".", "_"): value(part, 20) for part in N}),
        ("region", "region:Orchard Coast", USUAL),
        ("wanted", "all", USUAL),
        ("wanted", "requested", {}),
    ],
)
def test_each_choice_changes_the_list_and_the_address(shared_world, key, chosen, wanted):
    at = choose(page("priorities"), key, chosen)
    assert param(at, key) == chosen
    if wanted:
        assert worths(at) == expected(**wanted)
    else:
        assert text("priorities.sentence.none") in said(at)


def test_another_target_is_named_and_where_it_comes_from(shared_world):
    at = choose(page("priorities"), "target", "4")
    assert worths(at)[0] == round(value("SALW.D", 80), 9) and param(at, "target") == "4"
    at = choose(page("priorities"), "target", "quartile")
    assert {w.rsplit(",")[0] for w in table(at, "priorities")["target_words"]} == {
        text("target_kind.default")
    }  # regions are too small
    assert any(line.value.startswith("Upper quartile") for line in at.caption)


def test_the_next_level_is_asked_of_every_measure(shared_world):
    """QMA in SALW downstream: every answer 0, so level 0, next 1, 20 points."""
    at = choose(page("priorities"), "target", "next")
    rows = table(at, "priorities")
    mine = rows[(rows["name"] == "Quince Republic") & rows["label"].str.startswith("SALW.D")]
    assert mine["target"].tolist() == [20.0] * N["SALW.D"] and set(mine["level_gap"]) == {"1"}


def test_the_states_own_target_counts_where_it_is_chosen(own_world):
    kept(own_world, TARGETS, {"iso3": "QMA", "round": "2028", "measure": "SALW.D1", "level": "5", "set_by": "Commission"})
    at = choose(page("priorities"), "target", "plan")
    rows = table(at, "priorities")
    assert worths(at)[0] == round(value("SALW.D", 100), 9)
    assert rows["target_words"].iloc[0] == f"{text('target_kind.plan')}, 2028, Commission"


def test_a_threat_weighs_the_values_and_its_source_stands_beside(own_world):
    kept(own_world, THREATS, {"submodules": "salw", "places": "QMA", "threat": 0.5, "source": "review", "date": "2026-01-01"})
    at = page("priorities")
    assert worths(at) == expected(**{**USUAL, "SALW_D": value("SALW.D", 60, 0.5)})
    rows = table(at, "priorities")
    assert set(rows.loc[rows["label"].str.startswith("SALW"), "threat_source"]) == {"review"}


def test_a_threat_of_a_day_to_come_does_not_count_yet_and_is_told(own_world):
    threat = {"submodules": "salw", "places": "QMA", "threat": 0.5, "source": "review"}
    kept(own_world, THREATS, {**threat, "date": "2026-01-01"}, {**threat, "threat": 0.1, "date": "2199-01-01"})
    at, told = page("priorities"), counted("priorities.threat.ahead", 1)
    assert worths(at) == expected(**{**USUAL, "SALW_D": value("SALW.D", 60, 0.5)})
    assert told in [c.value for c in at.caption]
    assert told in " ".join(said(page("priorities", show="threat")))
    assert told in [c.value for c in page("balance", show="need").caption]


def test_what_is_asked_for_and_paid_for_stands_beside(own_world):
    need = {"iso3": "QMA", "need": "help", "need_type": "law", "priority": "high"}
    kept(
        own_world,
        NEEDS,
        {**need, "measures": "SALW.D1", "status": "requested"},
        {**need, "measures": "IED.D1", "status": "funded"},
    )
    at = page("priorities", wanted="all")
    rows = table(at, "priorities").set_index("label")
    asked = [label for label, words in rows["requested_words"].items() if words]
    paid = [label for label, words in rows["funded_words"].items() if words]
    assert [label.split()[0] for label in asked] == ["SALW.D1"] and [label.split()[0] for label in paid] == ["IED.D1"]
    assert len(table(page("priorities", wanted="requested"), "priorities")) == 1
    first = table(page("priorities"), "priorities")
    assert len(first) == len(rows) - 1 and not any(first["funded_words"])


def test_the_page_opens_on_what_nobody_pays_for_and_says_what_it_leaves_out(own_world):
    need = {"iso3": "QMA", "need": "help", "need_type": "law", "priority": "high", "measures": "IED.D1", "status": "under_way"}
    kept(own_world, NEEDS, need)
    left = counted("portfolio.paid.left", 1)
    at = page("priorities")
    assert at.selectbox(key="w.wanted").value == "open" and left in [line.value for line in at.caption]
    at = page("priorities", wanted="all")
    assert left not in [line.value for line in at.caption]
    at = page(
        "priorities", wanted="waiting"
    )  # what is paid for was asked for, and is no open need: nothing asked for is left out
    assert left not in [line.value for line in at.caption]


def test_no_workshop_is_proposed_for_one_state_alone(shared_world):
    at = page("priorities", show="shared")
    assert text("workshops.none", fewest=3) in said(at)


def test_three_states_of_a_region_make_a_candidate(shared_world):
    """By target 5 QMA, QMB and QMC of Orchard Coast lie below it in SALW downstream (0, 80, 80)."""
    at = page("priorities", show="shared", target="5")
    assert any("SALW.D" in line and "Orchard Coast, 3 States" in line for line in said(at))
    assert drawn(at)[0] == [0.0] * N["SALW.D"] and drawn(at)[1] == [3.0] * N["SALW.D"]
    at = choose(at, "by", "neighbours")
    assert param(at, "by") == "neighbours" and text("workshops.none", fewest=3) in said(at)  # QMB is an island


def test_targets_and_threat_are_entered_here(own_world):
    assert any(text("registers.none") in line for line in said(page("priorities", show="targets")))
    assert any(text("priorities.threat.none") in line for line in said(page("priorities", show="threat")))
    kept(own_world, THREATS, {"threat": 0.5, "source": "review", "date": "2026-01-01"})
    assert table(page("priorities", show="threat"), "priorities-threat")["threat"].tolist() == [0.5]
