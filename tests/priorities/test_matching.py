"""Needs and offers: every reason with a case for and one against, what is paid for already, overlaps and orphans."""

import datetime as dt
import itertools
import random

import pandas as pd
import pytest

from analysis.priorities import matching, orphans
from analysis.priorities.book import Book, in_view
from analysis.states import States
from tests import tiny

TODAY = dt.date(2026, 6, 1)
STATES = States(
    pd.DataFrame({"iso3": ["QMA", "QMB", "QMC"], "name": ["A", "B", "C"]}),
    pd.DataFrame({"kind": ["region"] * 2, "group": ["North"] * 2, "iso3": ["QMA", "QMB"]}),
)
BANDS = {"A": 50.0, "B": 120.0}


def need(**more) -> dict:
    usual = {"id": "N1", "iso3": "QMA", "need": "a law", "need_type": "law", "measures": ["M1", "M2"], "priority": "high"}
    return {**usual, "status": "requested", **more}


def offer(**more) -> dict:
    return {"id": "O1", "provider": "Fund", "offer": "drafting", "status": "open", **more}


def tables(needs, offers) -> tuple[pd.DataFrame, pd.DataFrame]:
    return matching.needs_table(needs), matching.offers_table(offers)


def pairs(needs, offers) -> pd.DataFrame:
    return matching.matches(*tables(needs, offers), STATES, TODAY, BANDS)


def one(**about) -> pd.Series:
    found = pairs([need(**about.get("need", {})), *about.get("others", [])], [offer(**about.get("offer", {}))])
    return found.iloc[0]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Time is a page's matter: a machine that stands still must not change a number here."""
    monkeypatch.setattr(matching, "SECONDS", 60.0)


def fits(*rows) -> pd.DataFrame:
    """Pairs that fit: need, offer, State, places left."""
    return pd.DataFrame(rows, columns=["need", "offer", "iso3", "places_free"]).assign(fits=True)


def tried(table: pd.DataFrame) -> int:
    """The most needs that can be met at the same time, by trying every way of giving each need one of its offers or none."""
    offers = {need: [None, *part["offer"]] for need, part in table.groupby("need")}
    state = dict(zip(table["need"], table["iso3"], strict=True))
    left = {offer: places for offer, places in zip(table["offer"], table["places_free"], strict=True) if places == places}
    best = 0
    for way in itertools.product(*offers.values()):
        served = {(offer, state[need]) for need, offer in zip(offers, way, strict=True)}
        if all(sum(one == offer for one, _ in served) <= places for offer, places in left.items()):
            best = max(best, sum(offer is not None for offer in way))
    return best


NO = float("nan")


@pytest.mark.parametrize(
    ("rows", "most"),
    [
        ([(f"N{i}", "O1", f"S{i}", 1) for i in range(4)], 1),  # one place, four States
        ([(f"N{i}", "O1", "S0", 1) for i in range(4)], 4),  # one place, four needs of one State
        ([(f"N{i}", "O1", f"S{i}", NO) for i in range(4)], 4),  # no number is known
        # the first need could take the only place that the second has, and need not
        ([("N1", "O1", "A", 1), ("N1", "O2", "A", 1), ("N2", "O1", "B", 1)], 2),
        ([("N1", "O1", "A", 1), ("N2", "O1", "B", 1), ("N2", "O2", "B", NO), ("N3", "O1", "C", 1)], 2),
    ],
)
def test_needs_met_at_the_same_time_are_no_more_than_the_places(rows, most):
    assert matching.together(fits(*rows)) == tried(fits(*rows)) == most


def test_without_time_a_number_is_given_that_is_never_exceeded(monkeypatch):
    rows = [(f"N{n}", f"O{o}", f"S{n % 7}", 1 + o % 3) for n in range(30) for o in range(8) if (n * o) % 3 != 1]
    most = matching.together(fits(*rows))
    monkeypatch.setattr(matching, "SECONDS", 0.0)
    assert most <= matching.together(fits(*rows)) <= 30


@pytest.mark.parametrize("seed", range(40))
def test_needs_met_at_the_same_time_are_those_that_trying_every_way_finds(seed):
    chance = random.Random(seed)
    left = {f"O{i}": chance.choice([1, 1, 2, NO]) for i in range(4)}
    state = {f"N{i}": f"S{chance.randrange(4)}" for i in range(6)}
    rows = [(n, o, state[n], left[o]) for n in state for o in left if chance.random() < 0.4]
    assert matching.together(fits(*rows)) == tried(fits(*rows))


def test_a_pair_that_does_not_fit_meets_nothing():
    table = fits(("N1", "O1", "A", 1), ("N2", "O2", "B", 1))
    assert matching.together(table.assign(fits=[True, False])) == 1 and matching.together(table.assign(fits=False)) == 0


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, True),  # an offer that names nothing is open to all
        ({"measures": ["M2"]}, True),
        ({"measures": ["M3"]}, False),
        ({"need_types": ["law", "advice"]}, True),
        ({"need_types": ["training"]}, False),
        ({"places": ["region:North"]}, True),
        ({"places": ["QMA"]}, True),
        ({"places": ["QMB", "QMC"]}, False),
        ({"status": "committed"}, False),
        ({"status": "closed"}, False),
    ],
)
def test_measures_kind_place_and_standing_decide(given, there):
    assert len(pairs([need()], [offer(**given)])) == int(there)


def test_only_an_open_need_is_matched():
    for status in ("funded", "under_way", "done", "withdrawn"):
        assert pairs([need(status=status)], [offer()]).empty


def test_what_both_share_is_named():
    assert one(offer={"measures": ["M2", "M3"]})["common"] == ["M2"]
    assert one()["common"] == ["M1", "M2"]


@pytest.mark.parametrize(
    ("reason", "given", "asked", "mark"),
    [
        ("window", {}, {}, 0),
        ("window", {"date_to": "2026-05-31"}, {}, -1),  # over since yesterday
        ("window", {"date_to": "2026-06-01"}, {}, 1),
        ("window", {"date_to": "2026-12-31"}, {"months": 6}, 1),  # 213 days for 182.6
        ("window", {"date_to": "2026-12-31"}, {"months": 8}, -1),  # 243.5
        ("window", {"date_from": "2026-10-01", "date_to": "2026-12-31"}, {"months": 6}, -1),  # it opens in October: 91 days
        ("ceiling", {"ceiling": 100}, {"cost_band": "A"}, 1),
        ("ceiling", {"ceiling": 100}, {"cost_band": "B"}, -1),
        ("ceiling", {"ceiling": 120}, {"cost_band": "B"}, 1),
        ("ceiling", {}, {"cost_band": "B"}, 0),
        ("ceiling", {"ceiling": 100}, {}, 0),
        ("places_left", {}, {}, 0),
        ("places_left", {"places_most": 1}, {}, 1),
        ("places_left", {"places_most": 0}, {}, -1),
    ],
)
def test_what_speaks_for_and_against(reason, given, asked, mark):
    found = one(offer=given, need=asked)
    assert found[reason] == mark
    assert found["fits"] == (mark >= 0) and found["against"] == int(mark < 0)


def test_a_place_is_taken_by_each_state_that_the_provider_serves_for_one_of_the_measures():
    taken = [
        need(id="N2", iso3="QMB", status="funded", provider=" FUND "),
        need(id="N3", iso3="QMB", status="under_way", provider="fund"),  # the same State
        need(id="N4", iso3="QMC", status="funded", provider="Other"),
        need(id="N5", iso3="QMC", status="funded", provider="Fund", measures=["M3"]),  # another measure
    ]
    assert one(offer={"places_most": 2, "measures": ["M1"]}, others=taken)["places_left"] == 1
    assert one(offer={"places_most": 1, "measures": ["M1"]}, others=taken)["places_left"] == -1
    needs, offers = tables([need(), *taken], [offer(places_most=5, measures=["M1"]), offer(id="O2")])
    left = matching.places_left(needs, offers, matching.committed(offers, STATES))
    assert left.iloc[0] == 4 and pd.isna(left.iloc[1])


def test_what_is_funded_already_speaks_against_a_second_grant():
    under_way = need(id="N2", status="under_way", measures=["M2", "M3"], provider="Other")
    assert one(others=[under_way])["not_funded"] == -1
    assert one(others=[under_way], need={"measures": ["M1"]})["not_funded"] == 1
    assert one(others=[{**under_way, "iso3": "QMB"}])["not_funded"] == 1
    assert one(others=[{**under_way, "status": "done"}])["not_funded"] == 1


def test_a_committed_offer_pays_for_the_measures_and_states_it_names():
    promised = offer(id="O2", provider="Other", status="committed", measures=["M2"], places=["region:North"])  # QMA and QMB

    def funded(iso3: str = "QMA", measures: tuple[str, ...] = ("M2",), **more) -> list[int]:
        return pairs([need(iso3=iso3, measures=list(measures))], [offer(), {**promised, **more}])["not_funded"].tolist()

    assert funded() == funded("QMB") == funded(measures=("M1", "M2")) == [-1]
    assert funded("QMC") == funded(measures=("M1",)) == [1]
    assert funded(status="closed") == [1]
    assert funded(places=[]) == funded(measures=["M2"], places=["QMC"]) == [1]  # for nobody known; for another State


def test_a_committed_offer_takes_places_of_its_providers_other_offers():
    promised = offer(id="O2", provider="FUND", status="committed", measures=["M3"], places=["region:North"])  # QMA and QMB
    found = pairs([need(measures=["M1", "M3"])], [offer(places_most=3), offer(id="O3", places_most=3, measures=["M1"]), promised])
    assert dict(zip(found["offer"], found["places_free"], strict=True)) == {
        "O1": 1,
        "O3": 3,
    }  # 3 less two States; another measure


def test_each_provider_written_in_a_cell_serves_the_state():
    both = need(id="N2", iso3="QMB", status="funded", provider="Other; Fund")
    assert one(offer={"places_most": 1}, others=[both])["places_left"] == -1


def in_north(measures=None) -> tuple[Book, Book]:
    needs, offers = tables(
        [
            need(id="N1", iso3="QMA", measures=["M1"]), need(id="N2", iso3="QMC", measures=["M1", "M2"]),
            need(id="N3", iso3="QMC", status="funded", provider="Fund", measures=["M1"]), need(id="N4", iso3="QMB", measures=["M3"]),
        ],
        [
            offer(measures=["M1"], places_most=1), offer(id="O2", measures=["M2"], places=["QMC"]), offer(id="O3"),
            offer(id="O4", measures=["M3"], places=["region:North"], status="committed"),
        ],
    )  # fmt: skip
    whole = Book(needs, offers, matching.matches(needs, offers, STATES, TODAY, BANDS))
    return whole, in_view(whole, STATES, {"QMA", "QMB"}, measures)


def test_looking_at_some_states_counts_nothing_anew():
    whole, seen = in_north()
    assert seen.needs["id"].tolist() == ["N1", "N4"] and seen.offers["id"].tolist() == ["O1", "O3", "O4"]
    named = seen.pairs.set_index(["need", "offer"])
    assert set(named.index) == {("N1", "O1"), ("N1", "O3"), ("N4", "O3")}
    # the one place of O1 is taken by QMC, which is not looked at
    assert named.loc[("N1", "O1"), "places_free"] == 0 and not named.loc[("N1", "O1"), "fits"]
    beside = whole.pairs.set_index(["need", "offer"]).loc[list(named.index)]
    assert named["places_free"].equals(beside["places_free"]) and named["against"].equals(beside["against"])


def test_a_part_of_the_questionnaire_leaves_what_names_it():
    seen = in_north({"M3"})[1]
    assert seen.needs["id"].tolist() == ["N4"] and seen.offers["id"].tolist() == ["O3", "O4"]  # O3 is open to any measure
    assert seen.pairs[["need", "offer"]].to_numpy().tolist() == [["N4", "O3"]]
    empty = in_view(in_north()[0], STATES, set(), {"M3"})
    assert empty.needs.empty and empty.pairs.empty and empty.offers["id"].tolist() == ["O3"]


def test_the_fewest_reasons_against_come_first_then_what_is_best_known():
    found = pairs([need()], [offer(id="O1", places_most=0), offer(id="O2"), offer(id="O3", date_to="2027-12-31")])
    assert found["offer"].tolist() == ["O3", "O2", "O1"]


def test_without_needs_or_offers_there_is_no_match():
    assert pairs([], [offer()]).empty and pairs([need()], []).empty and pairs([], []).empty


def test_standing_counts_requests_and_says_who_pays():
    needs = [
        need(),
        need(id="N2", measures=["M1"]),
        need(id="N3", measures=["M3"], status="done"),
        need(id="N4", iso3="QMB", status="funded"),
    ]
    needs += [need(id="N5", iso3="QMB", measures=["M1"], status="done"), need(id="N6", iso3="QMC", status="withdrawn")]
    offers = [offer(status="committed", measures=["M2"], places=["QMA"]), offer(id="O2", status="committed", measures=["M1"])]
    offers += [offer(id="O3", status="committed", places=["QMA"]), offer(id="O4", status="open", measures=["M1"], places=["QMA"])]
    found = matching.standing(*tables(needs, offers), STATES).set_index(["iso3", "measure"])
    told = {key: (row["requested"], row["funded"]) for key, row in found.iterrows()}
    assert told == {
        ("QMA", "M1"): (2, ""), ("QMA", "M2"): (1, "offered"), ("QMA", "M3"): (0, "done"),
        ("QMB", "M1"): (0, "funded"), ("QMB", "M2"): (0, "funded"), ("QMC", "M1"): (0, ""), ("QMC", "M2"): (0, ""),
    }  # fmt: skip
    assert matching.standing(*tables([], []), STATES).empty


# --- overlaps and orphans


def test_two_needs_for_one_measure_and_two_providers_for_one_are_overlaps():
    needs = [need(), need(id="N2", need="a course", measures=["M2"]), need(id="N3", measures=["M1"], status="withdrawn")]
    needs += [need(id="N4", iso3="QMB", measures=["M3"], status="funded", provider="Fund; Trust")]
    needs += [need(id="N5", iso3="QMC", measures=["M3"], status="under_way", provider="Fund")]
    offers = [offer(status="committed", provider="fund", measures=["M3"], places=["QMC"])]
    found = orphans.overlaps(*tables(needs, offers), STATES)
    assert found[["kind", "iso3", "measure", "n"]].to_numpy().tolist() == [
        ["providers", "QMB", "M3", 2], ["needs", "QMA", "M2", 2],
    ]  # fmt: skip
    assert found["who"].tolist() == [["Fund", "Trust"], ["a law", "a course"]]
    other = [offer(status="committed", provider="Trust", measures=["M3"], places=["QMC"])]
    assert ("QMC", "M3") in set(
        orphans.overlaps(*tables(needs, other), STATES)[["iso3", "measure"]].itertuples(index=False, name=None)
    )
    assert orphans.overlaps(*tables([], []), STATES).empty


def test_overlaps_of_some_states_are_theirs_alone():
    promised = [offer(id=f"O{i}", provider=f"P{i}", status="committed", measures=["M1"], places=["QMA", "QMC"]) for i in (1, 2)]
    needs, offers = tables([], promised)
    assert orphans.overlaps(needs, offers, STATES)["iso3"].tolist() == ["QMA", "QMC"]
    assert orphans.overlaps(needs, offers, STATES, {"QMA", "QMB"})["iso3"].tolist() == ["QMA"]


def test_orphans_are_needs_without_a_fitting_offer_and_offers_without_a_need():
    needs, offers = tables(
        [need(), need(id="N2", measures=["M3"]), need(id="N3", measures=["M3"], status="done")],
        [offer(measures=["M1"], places_most=0), offer(id="O2", measures=["M1"], need_types=["training"])],
    )
    found = matching.matches(needs, offers, STATES, TODAY, BANDS)
    alone = orphans.needs_without_offer(needs, found)
    assert list(zip(alone["id"], alone["near"], strict=True)) == [("N1", 1), ("N2", 0)]
    assert orphans.offers_nobody_needs(offers, found)["id"].tolist() == ["O2"]


def test_a_gap_nobody_asked_for_is_at_least_a_level_and_paid_for_by_nobody():
    table = pd.DataFrame({
        "measure": ["M1", "M2", "M3", "M1"], "closed": [20.0, 19.9, 40.0, 60.0], "requested": [0, 0, 1, 0], "funded": ["", "", "", "done"],
    })  # fmt: skip
    assert orphans.gaps_nobody_asked_for(table, tiny.instrument())["closed"].tolist() == [20.0]


def test_supply_counts_open_needs_and_standing_offers_measure_by_measure():
    needs, offers = tables(
        [need(), need(id="N2", iso3="QMB", measures=["M1"]), need(id="N3", status="funded")],
        [offer(measures=["M2", "M3"]), offer(id="O2"), offer(id="O3", measures=["M2"], status="closed")],
    )
    found = orphans.supply(needs, offers, tiny.instrument())
    assert found[["measure", "needs", "offers"]].to_numpy().tolist() == [["M1", 2, 0], ["M2", 1, 1], ["M3", 0, 1]]
    assert orphans.supply(needs, offers, tiny.instrument(), ["QMB"])["needs"].tolist() == [1, 0, 0]


def test_what_each_state_carries_is_what_is_paid_for_or_under_way():
    steps = ("funded", "under_way", "requested", "done", "withdrawn")
    rows = [need(id=step, status=step) for step in steps] + [
        need(id="b", iso3="QMB", status="under_way"),
        need(id="c", iso3="QMC"),
    ]
    assert matching.carried(matching.needs_table(rows)).to_dict() == {"QMA": 2, "QMB": 1}
    assert matching.carried(matching.needs_table([])).to_dict() == {}
