"""Small instruments, fictional States and forms filled in by code."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.instrument import Instrument, load_instrument
from analysis.states import COLUMNS, States
from analysis.workbook.template import template
from tests.workbook.forms import Form

INSTRUMENTS = Path(__file__).parents[1] / "instruments"


@pytest.fixture(scope="session")
def library() -> Instrument:
    """Yes / partly / planned / no beside a 1-5 set; three sub-modules, English and French."""
    return load_instrument(INSTRUMENTS / "plain-yes-no")


@pytest.fixture(scope="session")
def yard() -> Instrument:
    """A scale 0-3 with half levels; one sub-module."""
    return load_instrument(INSTRUMENTS / "yard-0-3")


@pytest.fixture(scope="session")
def known(library, yard) -> dict[str, Instrument]:
    """The instruments a reader knows."""
    return {library.id: library, yard.id: yard}


@pytest.fixture(scope="session")
def states() -> States:
    """Three fictional States."""
    rows = [("QMA", "Maravel"), ("QMB", "Bélandor"), ("XAA", "Orsenne Isles")]
    table = pd.DataFrame([dict.fromkeys(COLUMNS, "") | {"iso3": code, "name": name, "fictional": True} for code, name in rows])
    return States(table, pd.DataFrame(columns=["kind", "group", "iso3"]))


@pytest.fixture
def form(library, states):
    """An empty form of the library instrument, State, round and reading filled in."""
    return Form(template(library, states)).header()


@pytest.fixture
def empty_form(library, states):
    """An empty form of the library instrument."""
    return Form(template(library, states))
