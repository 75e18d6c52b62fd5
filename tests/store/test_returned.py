"""A Return comes back from its rows as it went in; what counts is put together sub-module by sub-module."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from analysis.model import Answer, Consent, Contributor
from tests.store import worlds


def stored(store, instrument, value, content=b"bytes", step="submitted") -> int:
    return store.add(value, [], file_name="QMA.xlsx", content=content, instrument=instrument, by="ana", step=step).return_id


def whole(**more):
    value = worlds.coast_return(
        {"sea": (3, -3), "land": (0, -1, -5)},
        date_from=dt.date(2026, 3, 1),
        date_to=dt.date(2026, 3, 9),
        language="fr",
        contributors=(Contributor("Coast guard", "police", "sea"), Contributor("Ministry")),
        consents=(Consent("donors", "needs", "Ministry", dt.date(2026, 3, 9), None),),
        **more,
    )
    first = value.answers[0]
    told = Answer(first.question, 3, "all", "SEA", "D4", 2, "Decree 12", "under revision", "")
    return replace(value, answers=(told, *value.answers[1:]))


def test_a_return_comes_back_as_it_went_in(store, instrument):
    value = whole()
    return_id = stored(store, instrument, value)
    assert store.return_of(return_id) == value
    assert store.return_of(return_id, instrument) == value
    with pytest.raises(KeyError, match="77"):
        store.return_of(77)


def test_codes_follow_the_options_where_they_are_listed_anew(store, instrument, tmp_path):
    return_id = stored(store, instrument, whole())
    order = "answer_set,option,value,level\nfour,all,1,3\nfour,none,0,0\nfour,some,1/3,1\nfour,most,2/3,2\n"
    anew = worlds.coast(tmp_path / "anew", answers=order)
    assert [a.code for a in store.return_of(return_id, anew).answers] == [0, -3, 1, -1, -5]


def test_nothing_stored_is_no_return(store):
    assert store.newest_return("coast", "QMA") is None


def test_the_newest_round_counts_by_its_date_and_an_earlier_one_can_be_asked_for(put, store):
    for label in ("2026", "2025-Q4", "2026-H2"):
        put({"sea": (1, 2)}, round_=label)
    assert store.newest_return("coast", "QMA").round == "2026-H2"
    assert store.newest_return("coast", "QMA", before="2026-H2").round == "2026"
    assert store.newest_return("coast", "QMA", before="2026").round == "2025-Q4"
    assert store.newest_return("coast", "QMA", before="2025") is None
    assert store.newest_return("coast", "QMA", round="2025-Q4").round == "2025-Q4"
    assert store.newest_return("coast", "QMA", round="2024") is None


def test_each_submodule_comes_from_the_return_that_counts_for_it(put, store):
    put({"sea": (1, 1), "land": (1, 1, 1)}, contributors=(Contributor("A"), Contributor("B")))
    put({"land": (2, 2, 2)}, contributors=(Contributor("B"), Contributor("C")), consents=(Consent("donors", "full"),))
    put({"land": (3, 3, 3)}, step="draft")
    found = store.newest_return("coast", "QMA")
    assert (found.submodules, [a.code for a in found.answers]) == (("sea", "land"), [1, 1, 2, 2, 2])
    assert found.contributors == (Contributor("A"), Contributor("B"), Contributor("C"))
    assert found.consents == (Consent("donors", "full"),)


def test_a_validated_part_counts_before_a_newer_submitted_one_and_one_sent_back_never(put, store):
    first = put({"sea": (1, 1)})
    store.set_step(first, "validated", "ana")
    put({"sea": (2, 2)})
    assert [a.code for a in store.newest_return("coast", "QMA").answers] == [1, 1]
    store.set_step(put({"sea": (3, 3)}, round_="2027"), "sent_back", "ana", "to do")
    assert store.newest_return("coast", "QMA").round == "2026"


def test_a_draft_is_taken_only_where_it_is_asked_for(put, store):
    put({"sea": (2, 2)}, step="draft")
    assert store.newest_return("coast", "QMA") is None
    assert [a.code for a in store.newest_return("coast", "QMA", drafts=True).answers] == [2, 2]


def test_other_states_organizations_and_readings_stay_out(put, store):
    put({"sea": (1, 1)}, iso3="QMB")
    put({"sea": (2, 2)}, organization="Port authority")
    put({"sea": (3, 3)}, reading="visit")
    assert store.newest_return("coast", "QMA") is None
    assert store.newest_return("coast", "QMA", "Port authority").answers[0].code == 2
    assert store.newest_return("coast", "QMA", reading="visit").answers[0].code == 3


def crosswalk(instrument, *leads_from: str):
    """The instrument with a crosswalk from other editions."""
    rows = pd.DataFrame({"from_instrument": leads_from, "from_question": "S1", "to_question": "SEA.A.1", "kind": "same"})
    return replace(instrument, crosswalk=rows)


def test_the_next_form_begins_from_the_newest_return_to_it_or_to_an_edition_before(put, store, instrument):
    put({"sea": (1, 1)}, round_="2024")
    put({"sea": (2, 2)}, round_="2026")
    later, unrelated = (replace(instrument, id=name) for name in ("coast-2027", "harbour"))
    known = {one.id: one for one in (instrument, later, unrelated)}
    assert store.earlier_return(instrument, known, "QMA").round == "2026"
    assert store.earlier_return(later, known, "QMA") is None
    assert store.earlier_return(crosswalk(later, "coast"), known, "QMA").round == "2026"
    assert store.earlier_return(crosswalk(later, "coast"), {"coast-2027": later}, "QMA") is None  # the edition itself is gone
    assert store.earlier_return(crosswalk(unrelated, "coast"), known, "QMA", reading="visit") is None


def test_sectors_and_parts_of_every_return_stand_in_one_table_without_names_of_offices(store, put):
    assert store.contributors_of_all().empty
    put({"sea": (1, 1)}, contributors=(Contributor("Coast guard", "police", "sea"), Contributor("Ministry")))
    put({"sea": (2, 2)}, contributors=(Contributor("Board", "regulator"),))
    found = store.contributors_of_all()
    assert found.to_numpy().tolist() == [[1, "police", "sea"], [1, "", ""], [2, "regulator", ""]]
