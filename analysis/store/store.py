"""A store of returns: add, read, panel, steps. What is stored is never changed; a resubmission supersedes."""

from __future__ import annotations

from analysis.store.engine import engine_of
from analysis.store.opening import keep_apart, prepare
from analysis.store.reads import Reads
from analysis.store.writes import Writes


def open_store(url: str, *, sample: bool | None = None) -> Store:
    """The store behind a URL (`sqlite:///path`, `postgresql://user@host/name`); made where it is new, upgraded where it is older.

    sample: for fictional or for real States. The first one to say so marks the store; nobody else gets in. None: as it is.

    Raises
    ------
    WrongSchema
        If its tables are those of a newer version, or not a store's.
    WrongStates
        If the store is marked for the others.
    StoreUnavailable
        If it can't be used now: full disk, no right to write, locked, damaged, server away. Every method may raise it.
    """
    engine = engine_of(url)
    try:
        prepare(engine)
        if sample is not None:
            keep_apart(engine, sample)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


class Store(Reads, Writes):
    """Returns with their bytes, answers, problems, steps and trail. Safe to share between threads."""
