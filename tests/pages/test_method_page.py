"""The method: every part of it is one press away and stands in the address."""

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.texts import text
from tests.pages.conftest import choose, page, param, said, table

pytestmark = pytest.mark.usefixtures("shared_world")
INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)


def test_it_opens_with_the_rules_and_every_preset():
    at = page("method")
    assert f"**{text('method.score.title')}**" in [m.value for m in at.markdown]
    assert len(table(at, "presets")) == len(INSTRUMENT.rules)


def test_the_browser_shows_a_measure_with_its_ladder_and_questions():
    at = choose(page("method"), "show", "browser")
    assert param(at, "show") == "browser"
    assert len(table(at, "questions")) == len(INSTRUMENT.questions)
    at = choose(at, "measure", "SALW.D1")
    assert param(at, "measure") == "SALW.D1"
    assert INSTRUMENT.word("measure.SALW.D1.scope") in said(at)
    shown = " ".join(m.value.replace("\\", "") for m in at.markdown)
    assert all(f"**{q}**" in shown for q in INSTRUMENT.children("SALW.D1"))


def test_the_weights_of_a_measure_are_a_share_of_its_part():
    at = choose(page("method"), "show", "weights")
    assert param(at, "show") == "weights"
    assert len(table(at, "weights")) > len(INSTRUMENT.measures)


def test_the_glossary_names_every_reference():
    at = choose(page("method"), "show", "glossary")
    assert param(at, "show") == "glossary"
    assert len(table(at, "references")) > 10
