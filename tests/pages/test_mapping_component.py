"""The mapping step on a page: the proposal is shown, what is missing is said, and the confirmed mapping comes back as TOML."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.instrument import load_instrument
from pages.shared import loaders

SCRIPT = """
import types

import pandas as pd
import streamlit as st

from analysis.desk import mapping as tables
from analysis.states import load_states
from pages.shared import mapping

saved = st.session_state.setdefault("saved", [])
store = types.SimpleNamespace(
    mappings=lambda: pd.DataFrame(saved, columns=["name", "toml", "saved_by", "saved_at"]),
    save_mapping=lambda name, toml, by: saved.append([name, toml, by, ""]),
)
states = load_states(sample=True)
code = next(iter(states.names))
rows = [("Country", "Indicator", "Answer"), (code, "LEND.STOCK.1", "Yes"), (code, "LEND.STOCK.2", "no data"), ("Total", None, 3)]
data = types.SimpleNamespace(store=store, states=states)
done = mapping.step(data, "table.xlsx", [tables.RawSheet("Table", rows)], key="f1", by="ann")
if done:
    st.session_state["done"] = done
"""


@pytest.fixture(autouse=True)
def library(monkeypatch):
    """The pages know the library's questionnaire, and no other."""
    found = load_instrument(Path(__file__).parents[1] / "instruments" / "plain-yes-no")
    monkeypatch.setattr(loaders, "all_instruments", lambda: {found.id: found})


def opened() -> AppTest:
    return AppTest.from_string(SCRIPT, default_timeout=180).run()


def lines(at: AppTest) -> str:
    return "\n".join(text.value for text in at.text)


def test_a_table_is_read_once_round_and_reading_are_said():
    at = opened()
    assert not at.exception
    assert "0 returns, 2 of 15 questions found, 1 word not understood, 1 that can't be stored yet." in lines(at)
    at.text_input[0].set_value("2026").run()
    next(box for box in at.selectbox if box.label == "who assessed").set_value("self").run()
    assert "1 return, 2 of 15 questions found, 1 word not understood." in lines(at)
    next(button for button in at.button if button.label == "Read with this mapping").click().run()
    assert not at.exception
    assert '[unsure.answers.steps]\n"no data" = "dont_know"' in at.session_state["done"]
    assert 'round = "2026"' in at.session_state["done"]


def test_suggestions_count_when_they_are_confirmed_and_the_mapping_is_saved_by_name():
    at = opened()
    at.checkbox[0].check().run()
    assert not at.exception
    assert "0 returns, 2 of 15 questions found, 1 that can't be stored yet." in lines(at)
    next(box for box in at.text_input if box.label == "Name of the mapping").set_value("The list").run()
    next(button for button in at.button if button.label == "Save as").click().run()
    assert not at.exception
    ((name, toml, by, _),) = at.session_state["saved"]
    assert (name, by) == ("The list", "ann") and '[answers.steps]\n"no data" = "dont_know"' in toml


def test_another_layout_is_another_proposal_and_no_fault():
    at = opened()
    for layout in ("states_down", "questions_down", "answers_down"):
        next(box for box in at.selectbox if box.label == "How the table is laid out").set_value(layout).run()
        assert not at.exception
