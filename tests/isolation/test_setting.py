"""Instruments and States arrive at a reader as they left the desk."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.instrument import instrument_folders, load_instrument
from analysis.states import load_states
from analysis.workbook.isolation.setting import Setting, value_of

TESTS = Path(__file__).parents[1]
FOLDERS = [*instrument_folders().values(), *(p.parent for p in sorted(TESTS.glob("instruments/*/instrument.toml")))]


def same(one, other) -> bool:
    """Whether two instruments or lists of States are the same, table by table, types included."""
    assert type(one) is type(other)
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, pd.DataFrame):
            pd.testing.assert_frame_equal(left, right)
            assert [list(map(type, left[c])) for c in left] == [list(map(type, right[c])) for c in left]
        else:
            assert (type(left), left) == (type(right), right) or (isinstance(left, dict) and dict(left) == right), field.name
    return True


def travelled(value):
    setting = Setting({value.id: value} if hasattr(value, "id") else {}, value)
    part = setting.parts()[getattr(value, "id", "")]
    return value_of(part.kind, part.content)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_instrument_arrives_as_it_left(folder):
    instrument = load_instrument(folder)
    assert same(instrument, travelled(instrument))


@pytest.mark.parametrize("sample", [True, False])
def test_states_arrive_as_they_left(sample):
    states = load_states(sample)
    assert same(states, travelled(states))


def test_what_was_changed_in_memory_travels_and_has_another_signature():
    instrument = load_instrument(FOLDERS[0])
    changed = replace(instrument, words={"en": {"instrument.title": "Ünlike"}})
    assert travelled(changed).title == "Ünlike"
    states = load_states(True)
    one, other = (Setting({"x": i}, states).parts() for i in (instrument, changed))
    assert one["x"].signature != other["x"].signature and one[""] is other[""]
