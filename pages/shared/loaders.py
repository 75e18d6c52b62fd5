"""Every cache of the app. Nothing is cached elsewhere, and everything is cached by the reader's scope and the data's version."""

from __future__ import annotations

import gc
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analysis import desk
from analysis.access import Scope, visible
from analysis.instrument import Instrument, instruments
from analysis.model import Panel
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import Scores, node_scores
from analysis.states import States, load_states
from analysis.store import Store, open_store
from analysis.workbook.template import template as form


@dataclass(frozen=True)
class Data:
    """What a page works on: one store, one instrument, one reader. `panel` holds all units the reader may see."""

    source: desk.Source
    scope: Scope
    version: str
    instrument: Instrument
    states: States

    @property
    def store(self) -> Store:
        """The store itself, for the returns desk and for the way back from a number to its cell."""
        return store(self.source)

    @property
    def panel(self) -> Panel:
        """Every unit's newest valid answers."""
        return _panel(self.source, self.version, self.instrument.id, self.scope)

    def scores(self, options: ScoreOptions | None = None) -> Scores:
        """Scores of the whole panel, by the default rule or a what-if."""
        return _scores(self.source, self.version, self.instrument.id, self.scope, options or ScoreOptions())


@st.cache_resource(show_spinner=False)
def store(source: desk.Source) -> Store:
    """The open store of a source: one connection pool for the whole process."""
    return open_store(source.url, sample=source.sample)


@st.cache_resource(show_spinner=False)
def all_instruments() -> dict[str, Instrument]:
    """Every instrument that can be found."""
    return instruments()


@st.cache_resource(show_spinner=False)
def states(sample: bool) -> States:
    """Member States and the office's own, or the fictional ones."""
    return load_states(sample)


@st.cache_resource(show_spinner=False)
def demonstration() -> desk.Source:
    """The demonstration's store, built from the sample workbooks where it is missing or out of date."""
    return desk.demonstration()


@st.cache_resource(show_spinner=False, max_entries=8)
def _panel(source: desk.Source, version: str, instrument_id: str, scope: Scope) -> Panel:
    return visible(store(source).panel(all_instruments()[instrument_id]), scope)


@st.cache_resource(show_spinner=False, max_entries=24)
def _scores(source: desk.Source, version: str, instrument_id: str, scope: Scope, options: ScoreOptions) -> Scores:
    found = node_scores(_panel(source, version, instrument_id, scope), all_instruments()[instrument_id], options)
    _freeze()
    return found


@st.cache_resource(show_spinner=False)
def _freeze() -> bool:
    """Once, after the first load: Streamlit collects garbage after every rerun, and need not walk what stays anyway."""
    gc.collect()
    gc.freeze()
    return True


def data(scope: Scope, source: desk.Source, instrument_id: str) -> Data:
    """What a page works on."""
    return Data(source, scope, store(source).version(), all_instruments()[instrument_id], states(source.sample))


@st.cache_resource(show_spinner=False, max_entries=8)
def template(instrument_id: str, sample: bool, submodules: tuple[str, ...]) -> bytes:
    """The empty questionnaire as a workbook."""
    return form(all_instruments()[instrument_id], states(sample), submodules=submodules or None)


def returns_desk(source: desk.Source) -> desk.Desk:
    """What reading needs: every instrument, and the States that may return to this store."""
    return desk.Desk(all_instruments(), states(source.sample))


def history(data: Data) -> pd.DataFrame:
    """Every return in the store that the reader may see, newest first."""
    return _history(data.source, data.version, data.scope)


@st.cache_resource(show_spinner=False, max_entries=4)
def _history(source: desk.Source, version: str, scope: Scope) -> pd.DataFrame:
    return store(source).returns() if scope.role == "analyst" else store(source).returns().head(0)
