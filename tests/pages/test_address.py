"""What an address asks for in vain is told once, stays until the reader chooses, and nothing unknown of it is printed."""

from __future__ import annotations

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT
from analysis.states import load_states
from analysis.texts import text
from pages.shared import controls
from tests.pages.conftest import HOSTILE, PAGES, RAW, choose, page, param, read_as_markdown, said

pytestmark = pytest.mark.usefixtures("shared_world")
NAMES = load_states(sample=True)
STATE, ROUND, READING = (text(f"control.{key}") for key in ("country", "round", "reading"))


def told(at) -> list[str]:
    """The notices of a page, without the signs that keep text from being read as Markdown."""
    return [line.value.replace("\\", "") for line in at.warning]


def instead(label: str, shown: str, name: str = "") -> str:
    asked = text("address.asked.known", label=label, name=name) if name else text("address.asked", label=label)
    return text("address.missed.instead", asked=asked, shown=shown)


def test_a_code_that_is_no_states_is_told_and_the_control_shows_its_default():
    at = page("country", country="XXX")
    assert told(at) == [instead(STATE, "Hornbeam Republic")] and at.header[0].value == "Hornbeam Republic"
    assert param(at, "country") is None


def test_the_notice_stays_until_the_reader_chooses_there():
    at = choose(page("country", country="XXX"), "show", "since")
    assert told(at) == [instead(STATE, "Hornbeam Republic")]
    assert told(choose(at, "country", "QMA")) == []


def test_a_valid_address_and_none_are_told_nothing():
    assert told(page("country")) == told(page("country", country="QMA", round="2026", reading="visit")) == []
    assert told(page("compare", countries="QMA,QMB", node="UAS.D")) == []


@pytest.mark.parametrize("show", ["one", "trend"])
def test_a_state_without_a_return_of_this_reading_is_named_where_another_stands(show):
    at = page("over_time", show=show, country="QMM")
    (found,) = told(at)
    assert text("address.asked.known", label=STATE, name=NAMES.name("QMM")) in found


def test_a_round_that_this_state_has_not_answered_is_told():
    assert told(page("country", country="QMC", round="2024")) == [instead(ROUND, text("filter.newest"), "2024")]
    assert told(page("country", country="QMC", round="1066")) == [instead(ROUND, text("filter.newest"))]


def test_a_reading_is_told_also_where_there_is_only_one_and_no_control():
    at = page("country", country="QMC", reading="visit")
    assert "w.reading" not in {box.key for box in at.selectbox}
    assert told(at) == [instead(READING, "self-assessment", "assessment visit")]


def test_an_organization_and_a_set_of_weights_that_are_not_there_are_told():
    assert told(page("country", country="QMC", organization="0a1b2c3d")) == [
        instead(text("control.organization"), text("filter.national"))
    ]
    assert told(page("compare", weights="aaaa1111")) == [instead(text("control.weights"), text("filter.own_weights"))]


def test_a_state_among_several_that_is_not_here_is_named_and_the_others_stay():
    at = page("compare", countries="QMA,QMM,QMB,XXX")
    assert param(at, "countries") == "QMA,QMB"
    asked = text("address.asked.known", label=text("control.countries"), name=NAMES.name("QMM"))
    assert told(at) == [text("address.missed.some", asked=asked, shown="Quince Republic; Medlar Isles")]


def test_a_measure_and_a_question_that_do_not_exist_are_told_on_any_section():
    for show in ("profile", "cells"):
        (found,) = told(page("country", country="QMA", measure="IED.U99", show=show))
        assert "“" in found and "IED.U99" not in found
    label = text("address.asked", label=text("control.question"))
    assert told(page("country", country="QMA", question="IED.U1.99")) == [text("address.missed.left_out", asked=label)]


def test_a_number_outside_of_its_range_is_told():
    assert told(page("balance", show="need", rho="0.5")) == []
    assert told(page("balance", show="need", rho="7")) == [instead(text("control.rho"), "100 %")]
    assert told(page("portfolio", budget="-1")) == [instead(text("control.budget"), "5,000")]


def test_a_section_of_another_page_is_told_and_the_menu_does_not_ask_for_it():
    at = page("regions", show="plane")
    assert [text("control.show") in line for line in told(at)] == [True]
    at = page("country", country="QMA", show="cells")
    links = {link.proto.page: link.proto.query_string for link in at.get("page_link")}
    assert [page for page, query in links.items() if "show=cells" in query] == ["country"]


@pytest.mark.parametrize("name", PAGES)
def test_text_of_an_address_that_tries_to_act_is_not_printed(name):
    keys = [key for key in controls.KEYS if key not in ("store", "instrument")]
    at = page(name, instrument=DEFAULT_INSTRUMENT, **dict.fromkeys(keys, HOSTILE))
    assert not [line for line in [*read_as_markdown(at), *said(at)] if any(raw in line or "out.example" in line for raw in RAW)]
    assert len(told(at)) <= 1


def test_a_return_that_is_not_kept_is_told_on_the_desk_whatever_lies_there():
    asked = text("address.asked", label=text("control.return"))
    assert told(page("returns", **{"return": "zzz"})) == [text("address.missed.left_out", asked=asked)]
    assert text("address.missed.instead", asked=asked, shown="*").split("*")[0] in told(page("returns", **{"return": "999"}))[0]
    assert told(page("returns", **{"return": "1"})) == []
