"""Readers that break down when they are told to, and the setting they read with."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from analysis.instrument import load_instrument
from analysis.states import COLUMNS, States
from analysis.workbook.isolation import processes
from analysis.workbook.isolation.pool import Readers
from analysis.workbook.isolation.setting import Setting

INSTRUMENTS = Path(__file__).parents[1] / "instruments"


@pytest.fixture(scope="session")
def setting() -> Setting:
    """The library instrument and two fictional States."""
    library = load_instrument(INSTRUMENTS / "plain-yes-no")
    table = pd.DataFrame([dict.fromkeys(COLUMNS, "") | {"iso3": c, "name": f"Land {c}"} for c in ("QMA", "XAB")])
    return Setting({library.id: library}, States(table, pd.DataFrame(columns=["kind", "group", "iso3"])))


@pytest.fixture(params=[pytest.param(True, marks=pytest.mark.skipif(not processes.FORKS, reason="Linux only")), False])
def forks(request) -> bool:
    """Readers made by the nursery, and readers started by themselves."""
    return request.param


@pytest.fixture
def odd(monkeypatch):
    """Makes readers that do what `odd` can: odd(count, limits, forks)."""
    made = []

    def command(module, limits):
        return [sys.executable, "-m", "tests.isolation.odd", module, json.dumps(asdict(limits))]

    def readers(*arguments, **named) -> Readers:
        monkeypatch.setattr(processes, "_command", command)
        made.append(Readers(*arguments, **named))
        return made[-1]

    yield readers
    for one in made:
        one.close()
