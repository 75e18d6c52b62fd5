"""Two thousand good files with faults at random: each is read or refused with a reason; nothing is raised, hangs or grows."""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest

from analysis import desk, texts
from analysis.workbook.isolation.limits import memory
from analysis.workbook.isolation.pool import Readers
from analysis.workbook.problems import CODES
from tests.hostile.files import LIBRARY, STATES
from tests.hostile.mutations import mutations

PLACE = desk.Desk({LIBRARY.id: LIBRARY}, STATES)
COUNT, SEED = int(os.environ.get("MUTATIONS", 2_000)), int(os.environ.get("MUTATIONS_SEED", 20_260_101))


@pytest.mark.slow
def test_mutated_files_are_read_or_refused(capsys):
    readers, outcomes, broken, seen = Readers(2), Counter(), Counter(), 0
    start = time.monotonic()
    try:
        files = ((name, content, desk.ReadingOptions()) for name, content in mutations(COUNT, SEED))
        for item in desk.read_all(PLACE, files, readers=readers):
            seen += 1
            problems = item.all_problems
            assert item.reads or item.problems
            assert all(p.code in CODES and texts.problem_message(p) for p in problems)
            ended = [p for p in problems if p.code.startswith("reader-")]
            for p in ended:
                broken[item.name.rsplit("-", 1)[0], p.code, p.found] += 1
            outcomes["read" if any(r.storable for r in item.reads) else ended[0].code if ended else "refused"] += 1
            for reader in list(readers._readers):
                assert memory("VmHWM", reader.process) < readers.limits.memory
    finally:
        readers.close()
    took = time.monotonic() - start
    with capsys.disabled():
        print(f"\n{seen} files in {took:.0f} s: {dict(outcomes)}")
        for kind, times in broken.most_common():
            print(f"  {times} x {kind}")
    assert seen == COUNT
    assert (
        outcomes["read"] > COUNT / 10 and outcomes["refused"] > COUNT / 10
    )  # the faults are neither all harmless nor all deadly
    ours = [kind for kind in broken if ".py:" in kind[2]]
    assert not ours, "a fault of our own reader, not of a library that opens files"
    assert sum(broken.values()) <= COUNT / 50 and outcomes["reader-too-slow"] <= COUNT / 500
