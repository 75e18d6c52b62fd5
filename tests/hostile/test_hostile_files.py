"""Whatever a file holds: it ends in a return that can be stored, or in a stated reason, in time and within its memory; the next is read."""

from __future__ import annotations

import time

import pytest

from analysis import desk, texts
from analysis.store import open_store
from analysis.workbook.isolation.limits import memory
from analysis.workbook.isolation.pool import Readers
from tests.hostile.files import ANSWERS, FILES, LIBRARY, STATES, good

PLACE = desk.Desk({LIBRARY.id: LIBRARY}, STATES)
SECONDS = 90  # of a machine that others use as well: a reader is stopped after 60
#: Files that are read, and in which an answer was changed with intent: how many.
CHANGED = {
    "an_answer_of_40000_characters": 1,
    "formulas_in_every_field": len(ANSWERS),
    "formulas_in_a_table": 0,
    "zero_bytes_in_a_table": 1,
}


@pytest.fixture(scope="module")
def readers():
    found = Readers(1)
    found.warm(PLACE.instruments, PLACE.states)
    yield found
    found.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    found = open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'returns.sqlite'}")
    yield found
    found.close()


def read(readers: Readers, name: str, content: bytes) -> desk.Incoming:
    return next(desk.read_all(PLACE, [(name, content, desk.ReadingOptions())], readers=readers))


@pytest.mark.parametrize("key", FILES)
def test_a_hostile_file_ends_in_a_return_or_a_stated_reason(readers, store, key):
    file = FILES[key]
    content = file.made()
    start = time.monotonic()
    item = read(readers, file.name, content)
    took = time.monotonic() - start
    stops = {p.code for p in item.all_problems if p.severity == "stop"}
    became = {"read"} if item.reads and all(one.storable for one in item.reads) else stops
    assert became and became <= file.may, item.all_problems[:3]
    assert took < SECONDS
    for reader in readers._readers:
        assert memory("VmHWM", reader.process) < readers.limits.memory
    assert all(len(texts.problem_message(p)) < 2_000 for p in item.all_problems)
    if became == {"read"}:
        [one] = item.reads
        assert len(one.value.answers) == len(ANSWERS)  # nothing is lost without a word
        assert sum(a.code != 0 for a in one.value.answers) == CHANGED.get(key, 0)
        [stored] = desk.commit(store, PLACE, item, "tester")
        assert stored.outcome in ("stored", "already")  # some differ in nothing but their names


def test_after_all_of_them_a_good_file_is_read(readers):
    [one] = read(readers, "QMA.xlsx", good()).reads
    assert one.storable and {a.code for a in one.value.answers} == {0}
