"""A store that is open: its engines, its version, the layouts of its instruments. What reading and writing begin with."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from analysis.instrument import Instrument
from analysis.store import schema as t
from analysis.store.engine import reader, writer
from analysis.store.layout import Layout


class Connected:
    """An open store."""

    def __init__(self, engine: Engine):
        self._engine = reader(engine)
        self._writer = writer(engine)
        self._layouts: WeakKeyDictionary[Instrument, Layout] = WeakKeyDictionary()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def version(self) -> str:
        """Changes with every commit that changes what a reader sees; two stores never share one. One look by key."""
        with self._engine.begin() as connection:
            found = dict(connection.execute(select(t.meta).where(t.meta.c.name.in_(["identity", "version"]))).all())
        return f"{found['identity']}.{found['version']}"

    def _layout(self, instrument: Instrument) -> Layout:
        if instrument not in self._layouts:
            self._layouts[instrument] = Layout(instrument)
        return self._layouts[instrument]


def refuse_unknown(connection: Connection, return_id: int) -> None:
    """Raise KeyError where there is no such return."""
    if connection.scalar(select(t.returns.c.return_id).where(t.returns.c.return_id == return_id)) is None:
        raise KeyError(f"no return {return_id}")
