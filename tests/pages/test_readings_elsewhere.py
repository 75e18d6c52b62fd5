"""The readings page over other questionnaires, and over texts from outside that try to act."""

import dataclasses
import re

import pandas as pd
import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.model import Answer, Return
from analysis.states import load_states
from analysis.store import open_store
from pages.shared import loaders
from tests.pages.conftest import HOSTILE, RAW, ROOT, SHAPES, choose, half, page, read_as_markdown, table

SECTIONS = ("one", "many", "offices")
CODES = [f"XA{letter}" for letter in "ABCDEFGHIJKL"]


@pytest.fixture(params=SHAPES)
def twelve_readings(request, empty_store, monkeypatch):
    """Twelve States with a self-assessment, a visit and an organization's return to an instrument of another shape."""
    monkeypatch.setenv("INSTRUMENTS", str(ROOT / "tests" / "instruments"))
    instrument, store = load_instrument(ROOT / "tests" / "instruments" / request.param), open_store(empty_store)
    for n, iso3 in enumerate(CODES):
        for m, (reading, organization) in enumerate((("self", ""), ("visit", ""), ("self", "Office"))):
            value = dataclasses.replace(half(instrument, iso3, "2026", n * (m + 1), instrument.submodules), reading=reading)
            value = dataclasses.replace(value, organization=organization)
            content = f"{iso3}{reading}{organization}".encode()
            store.add(value, [], file_name="a.xlsx", content=content, instrument=instrument, by="ana")
    store.close()
    known = load_states(False)
    rows = pd.DataFrame({"iso3": CODES, "name": CODES, "region": "R", "fictional": True})
    both = pd.concat([known.table, rows]).fillna("").reset_index(drop=True)
    monkeypatch.setattr(loaders, "load_states", lambda sample: dataclasses.replace(known, table=both))
    return instrument


def test_every_node_of_another_questionnaire_is_compared(twelve_readings):
    at, drawn = page("readings", show="many"), []
    for node in twelve_readings.nodes["node"]:
        if at.get_by_key("w.node").value != node:
            choose(at, "node", node)
        assert len(table(at, f"readings-pairs-{node}")) == len(CODES)
        drawn.append(len(at.get("plotly_chart")))
    assert max(drawn) >= 2 and min(drawn) in (0, 2)  # where fewer than ten of them have enough answers there is only a list


def test_a_state_and_its_organization_are_shown_on_another_questionnaire(twelve_readings):
    asked = len(twelve_readings.questions)
    assert len(table(page("readings", country="XAB"), "readings-questions-XAB")) == asked
    rows = table(page("readings", show="offices", country="XAB"), "readings-offices-XAB")
    assert 0 < len(rows) <= asked and rows["levels_between"].isna().all()


@pytest.mark.parametrize("show", SECTIONS)
def test_a_name_an_organization_or_a_region_that_tries_to_act_stays_text(hostile_world, empty_store, show):
    instrument, store = load_instrument(SHIPPED / DEFAULT_INSTRUMENT), open_store(empty_store)
    answers = tuple(Answer(q, 2, found=HOSTILE, sheet="S", cell="D4", evidence=HOSTILE) for q in instrument.questions["question"])
    for organization, reading in (("", "visit"), (f"Second {HOSTILE}", "self")):
        value = Return(instrument.id, "XAA", organization, "2026", reading, instrument.submodules, answers)
        store.add(value, [], file_name=HOSTILE, content=f"{reading}".encode(), instrument=instrument, by=HOSTILE)
    store.close()
    at = page("readings", show=show, country="XAA", region=f"region:{HOSTILE}")
    live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]  # what no backslash keeps from acting
    assert [words for words in live if any(raw in words for raw in RAW)] == []
    assert not [c for c in at.get("plotly_chart") if "<img" in c.proto.spec or "<a href" in c.proto.spec]
    assert len(at.dataframe) >= 1
