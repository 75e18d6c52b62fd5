"""Needs and offers on a page: rows of the registers written here, every number counted by hand."""

import re

import pytest

from analysis.registers import NEEDS, OFFERS
from analysis.texts import counted, text
from tests.pages.conftest import HOSTILE, RAW, choose, drawn, kept, page, param, read_as_markdown, said, table

NEED = {"iso3": "QMA", "need": "a *law*", "need_type": "law", "measures": "SALW.D1", "priority": "high", "status": "requested"}
OFFER = {"provider": "Fund", "offer": "drafting", "status": "open", "eligibility": "members of a <club>"}


@pytest.fixture
def book(own_world):
    """Three open needs and one under way; three offers, one of them too late for anybody."""
    kept(
        own_world, NEEDS,
        {**NEED, "id": "N1"}, {**NEED, "id": "N2", "measures": "IED.D1; SALW.D1"}, {**NEED, "id": "N3", "iso3": "QMG", "measures": "UAS.U1"},
        {**NEED, "id": "N4", "iso3": "QMB", "measures": "UAS.U1", "status": "under_way", "provider": "Fund"},
    )  # fmt: skip
    kept(
        own_world, OFFERS, {**OFFER, "id": "O1", "measures": "SALW.D1"}, {**OFFER, "id": "O2", "measures": "UAS.U1", "date_to": "2020-01-01"},
        {**OFFER, "id": "O3", "need_types": "training"},
    )  # fmt: skip
    return own_world


def test_without_needs_and_offers_the_page_says_so(shared_world):
    assert text("needs.none") in said(page("needs"))


def test_needs_stand_beside_offers_measure_by_measure(book):
    at = page("needs")
    _, offers, needs = drawn(at)
    assert needs == [2, 1, 1] and offers == [1, 0, 1]  # SALW.D1, IED.D1, UAS.U1
    sentence = counted("needs.sentence.open", 3, states=3, offers=3) + " " + counted("needs.sentence.fits", 2)
    assert any(line.startswith(sentence) for line in said(at))


def test_a_match_tells_its_reasons_and_who_may_apply_as_it_was_written(book):
    rows = table(page("needs"), "matches")
    assert rows["need_id"].tolist() == ["N1", "N2"] and set(rows["offer_id"]) == {"O1"}
    assert rows["for_words"].iloc[0].split("; ") == [
        text(f"match.{name}") for name in ("measures", "type", "place", "not_funded")
    ]
    assert rows["unknown_words"].iloc[0] == "; ".join(
        text(f"match.{name}.unknown") for name in ("window", "places_left", "ceiling")
    )
    assert set(rows["eligibility"]) == {"members of a <club>"}


def test_needs_that_compete_for_places_are_not_all_promised(book):
    assert any(text("needs.sentence.together.all") in line for line in said(page("needs")))  # no number of places is known
    kept(book, OFFERS, {**OFFER, "id": "O1", "measures": "SALW.D1", "places_most": "1"})
    kept(book, NEEDS, {**NEED, "id": "N5", "iso3": "QMG"})
    at = page("needs")  # N1, N2 of QMA and N5 of QMG fit the one offer, which has one place: both of QMA's, or QMG's
    told = f"{counted('needs.sentence.fits', 3)} {counted('needs.sentence.together', 2)}"
    assert any(told in line for line in said(at))
    rows = table(at, "matches")
    assert list(rows.columns)[:3] == ["name", "provider", "places_left_n"] and rows["places_left_n"].tolist() == [1, 1, 1]


def test_what_speaks_against_a_match_is_told_on_request(book):
    at = choose(page("needs"), "fit", "near")
    rows = table(at, "matches")
    assert param(at, "fit") == "near"
    assert rows[["need_id", "offer_id", "against_words"]].to_numpy().tolist() == [["N3", "O2", text("match.window.against")]]
    assert "against_words" not in table(page("needs"), "matches").columns


def links(at) -> dict[str, str]:
    """Where the ways of the page lead, but for the menu: label -> query."""
    return {link.proto.label: link.proto.query_string for link in at.get("page_link") if link.proto.icon}


def test_the_page_of_a_state_tells_what_it_asked_for_and_which_offers_could_meet_it(book):
    """QMA: N1 and N2 are open, O1 fits both; O1, O2 and O3 are open to every State."""
    at = page("country", country="QMA", show="asked")
    told = [counted("needs.state.open", 2), counted("needs.state.fits", 2), counted("needs.state.offers", 3)]
    assert " ".join(told) in said(at)
    rows = table(at, "needs-QMA")
    assert rows["id"].tolist() == ["N1", "N2"] and set(rows["need"]) == {"a *law*"} and set(rows["status"]) == {"requested"}
    pairs = table(at, "offers-QMA")
    assert pairs[["provider", "offer", "need_id"]].to_numpy().tolist() == [["Fund", "drafting", "N1"], ["Fund", "drafting", "N2"]]
    assert set(pairs["against_words"]) == {""} and all(text("match.measures") in words for words in pairs["for_words"])
    assert pairs["for_words"].tolist() == table(page("needs"), "matches")["for_words"].tolist()
    assert not any(heading.value == text("needs.paid.title") for heading in at.subheader)


def test_the_page_of_a_state_tells_who_pays_already(book):
    kept(book, OFFERS, {**OFFER, "id": "O4", "status": "committed", "measures": "IED.U1", "places": "QMB"})
    at = page("country", country="QMB", show="asked")
    told = [counted("needs.state.open", 0), counted("needs.state.paid", 1), counted("needs.state.offers", 3)]
    assert " ".join(told) in said(at)
    assert table(at, "needs-QMB")[["status", "provider"]].to_numpy().tolist() == [["under way", "Fund"]]
    assert table(at, "paid-QMB")["status"].tolist() == ["committed", "under way"]
    elsewhere = page("country", country="QMA", show="asked")
    assert not any(heading.value == text("needs.paid.title") for heading in elsewhere.subheader)


def test_where_a_state_asked_for_nothing_its_page_says_how_to_ask(book):
    at = page("country", country="QMC", show="asked", region="region:Orchard Coast")
    assert f"{text('needs.state.none')} {counted('needs.state.offers', 3)}" in said(at)
    assert text("country.asked.how", form=text("register.need.title")) in said(at)
    ways = links(at)
    form = dict(part.split("=") for part in ways[text("country.asked.form")].split("&"))
    assert form["register"] == "need" and "show" not in form
    for name in ("needs", "portfolio"):
        query = dict(part.split("=") for part in ways[text(f"home.door.{name}")].split("&"))
        assert query["country"] == "QMC" and query["region"].startswith("region") and "show" not in query


def test_what_is_under_way_is_listed(book):
    rows = table(page("needs"), "paid")
    assert rows[["name", "provider", "status"]].to_numpy().tolist() == [["Medlar Isles", "Fund", "under way"]]


def test_a_region_and_a_sub_module_leave_only_theirs(book):
    at = choose(page("needs"), "region", "region:Timber Uplands")
    assert drawn(at)[2] == [1, 0] and text("needs.match.title") in [
        s.value for s in at.subheader
    ]  # UAS.U1 asked, SALW.D1 offered
    assert drawn(choose(page("needs"), "submodule", "ied"))[2] == [1]


def test_a_sub_module_narrows_the_sentence_the_matches_and_what_is_paid(book):
    at = choose(page("needs"), "submodule", "salw")
    assert any(line.startswith(counted("needs.sentence.open", 2, states=1, offers=2)) for line in said(at))  # O1; O3 is for any
    assert counted("needs.paid.count", 0) in said(at)  # N4 is about UAS.U1
    at = choose(at, "submodule", "ied")  # N2 names IED.D1; what it shares with O1 is SALW.D1
    assert any(line.startswith(counted("needs.match.count", 0)) for line in said(at))


def test_a_full_offer_stays_full_in_every_region(own_world):
    """Two places of one provider: one State of another region is served, so one is left wherever one looks."""
    kept(
        own_world, NEEDS, {**NEED, "id": "N1"}, {**NEED, "id": "N2", "iso3": "QMM", "status": "funded", "provider": "Fund"}
    )  # fmt: skip
    kept(
        own_world, OFFERS, {**OFFER, "id": "O1", "measures": "SALW.D1", "places_most": 2}, {**OFFER, "id": "O2", "places_most": 1}
    )
    at = page("needs")
    of_all = table(at, "matches")
    of_region = table(choose(at, "region", "region:Orchard Coast"), "matches")
    for rows in (of_all, of_region):
        assert rows[["offer_id", "places_left_n"]].to_numpy().tolist() == [["O1", 1]]


def test_an_offer_used_elsewhere_is_no_orphan_of_a_region(own_world):
    kept(own_world, NEEDS, {**NEED, "id": "N1"})
    kept(
        own_world,
        OFFERS,
        {**OFFER, "id": "O1"},
        {**OFFER, "id": "O2", "need_types": "training"},
        {**OFFER, "id": "O3", "places": "QMA"},
    )
    at = page("needs", show="orphans", region="region:Timber Uplands")  # QMA is of another one
    assert table(at, "needs-unused")["id"].tolist() == ["O2"]


def test_overlaps_and_orphans(book):
    at = page("needs", show="orphans")
    assert table(at, "needs-overlaps")["measure_name"].str.split().str[0].tolist() == ["SALW.D1"]
    alone = table(at, "needs-without_offer")
    assert alone[["id", "near"]].to_numpy().tolist() == [["N3", 1]]
    assert table(at, "needs-unused")["id"].tolist() == ["O3"]
    unasked = table(at, "needs-unasked")["label"].str.split().str[0]
    assert "SALW.D2" in set(unasked) and not {"SALW.D1", "IED.D1"} & set(unasked)


@pytest.mark.parametrize("show", ["match", "orphans", "need", "offer"])
def test_no_text_of_a_register_is_read_as_markdown(own_world, show):
    need = {**NEED, "need": HOSTILE, "provider": HOSTILE, "beneficiary": HOSTILE}
    kept(own_world, NEEDS, {**need, "id": "N1"}, {**need, "id": "N2"}, {**need, "id": "N3", "status": "funded"})
    kept(own_world, OFFERS, {**OFFER, "provider": HOSTILE, "offer": HOSTILE, "eligibility": HOSTILE})
    at = page("needs", show=show)
    live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]
    assert [words for words in live if any(raw in words for raw in RAW)] == []
    assert any(HOSTILE in frame.value.to_string() for frame in at.dataframe)  # it is shown, as plain text


@pytest.mark.parametrize("kind", ["need", "offer"])
def test_each_register_goes_in_and_out_here(book, kind):
    at = page("needs", show=kind)
    assert len(table(at, f"register-{kind}")) == {"need": 4, "offer": 3}[kind]
    assert at.get("file_uploader")
