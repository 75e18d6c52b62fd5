"""The component of the next form: whose, what is carried over, and a file that can be taken; the world is that of the pages."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from analysis import desk
from analysis.access import local_scope
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.states import load_states
from analysis.texts import text
from analysis.workbook.reading import read_file
from pages.shared import loaders
from tests.pages.conftest import said, sound

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
ASKED = len(INSTRUMENT.questions)
APP = "from pages.shared import frame, next_form\nnext_form.download(frame.open_page('returns'))\n"


def component(**params: str) -> AppTest:
    at = AppTest.from_string(APP, default_timeout=180)
    for name, value in params.items():
        at.query_params[name] = value
    return sound(at.run())


def offered(at) -> list[str]:
    return [one.proto.label for one in at.get("download_button")]


def test_the_last_return_of_a_state_is_carried_over(shared_world):
    at = component(country="QMH")
    assert f"{ASKED} answers carried over from 2026." in said(at)
    assert offered(at) == [text("next.button")]


def test_a_state_with_several_readings_and_organizations_is_asked_for_them(shared_world):
    at = component(country="QMA", reading="visit")
    assert {"w.country", "w.reading"} <= {one.key for one in at.selectbox}
    assert f"{ASKED} answers carried over from 2026." in said(at)
    at = component(country="QMB", organization="Coast *guard*")
    assert "w.organization" in {one.key for one in at.selectbox}
    assert component(country="QMG").selectbox(key="w.country").value == "QMG"


def test_a_round_that_is_no_period_gives_no_file(shared_world):
    at = component(country="QMH")
    at.text_input(key="next.round").input("spring")
    sound(at.run())
    assert ([one.value for one in at.warning], offered(at)) == ([text("next.round_wrong")], [])
    at.text_input(key="next.round").input(" 2028-h2 ")
    sound(at.run())
    assert offered(at) == [text("next.button")]


def test_the_file_is_the_states_own_form_of_the_new_round(shared_world):
    data = loaders.data(local_scope("127.0.0.1"), desk.source("demo"), INSTRUMENT.id)
    earlier = loaders.earlier_return(data, "QMH", "", "self")
    (read,) = read_file("x.xlsx", loaders.next_form(data, earlier, "2028"), {INSTRUMENT.id: INSTRUMENT}, load_states(sample=True))
    assert read.value.key == ("QMH", "", "2028", "self")
    assert {a.code for a in read.value.answers} == {4}
