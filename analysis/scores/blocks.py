"""Blocks of returns, worked on by as many threads as there are cores: numpy does its sums without holding the others up."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

#: Threads at most; more would only share the same memory.
MOST = 8


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def slices(length: int, size: int) -> list[slice]:
    """Blocks of a length, one after another."""
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


def on_all_cores(work: Callable[[slice], None], blocks: list[slice]) -> None:
    """Do the work of every block; each writes to a place of its own. What one raises is raised here."""
    if len(blocks) < 2 or cores() < 2:
        for block in blocks:
            work(block)
        return
    for done in [_threads().submit(work, block) for block in blocks]:
        done.result()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=min(cores(), MOST), thread_name_prefix="scores")
