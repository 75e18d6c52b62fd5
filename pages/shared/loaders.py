"""Every cache of the app. Nothing is cached elsewhere, and everything is cached by the reader's scope and the data's version."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from analysis import desk
from analysis.access import Scope, may_review, visible
from analysis.balance.axes import AXES, axes
from analysis.balance.sides import side_ranges
from analysis.comparison import items, lenses, own_groups, plausible, readings
from analysis.comparison import news as news_
from analysis.comparison.borders import Borders, read_borders
from analysis.comparison.borders import place as border_table
from analysis.comparison.core import Core, common_core, core_scores
from analysis.comparison.reweighted import effect, touched_nodes
from analysis.editions import linked
from analysis.instrument import Instrument, Lens, instruments
from analysis.model import Panel, Problem, Return
from analysis.preview import return_flags as flags_of
from analysis.scores.dominance import orders as kept_orders
from analysis.scores.draws import Draws
from analysis.scores.draws import draws as drawn
from analysis.scores.draws import ranges as score_ranges
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import Scores, node_scores
from analysis.scores.uncertainty import UncertaintySettings
from analysis.scores.weight_sets import KIND, WeightSet
from analysis.scores.weight_sets import weight_sets as sets_of
from analysis.states import States, load_states
from analysis.store import Store, StoreUnavailable, WrongSchema, WrongStates, open_store
from analysis.workbook.carried import carried_over, carried_sentence
from analysis.workbook.next_form import next_form as filled_in
from analysis.workbook.template import template as form

#: What keeps a store or an office's own data from being used; each says in a sentence what to do.
UNUSABLE = (StoreUnavailable, WrongSchema, WrongStates, ValueError)


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

    @cached_property  # of this one run: a look into the cache costs more than most pages do with a panel
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
    place = store(source)
    own = own_groups.kept(place.records(own_groups.KIND)) if scope.role == "analyst" else {}
    known = _with_own(source.sample, tuple(own.items())) if own else states(source.sample)
    return Data(source, scope, place.version(), all_instruments()[instrument_id], known)


@st.cache_resource(show_spinner=False, max_entries=4)
def _with_own(sample: bool, own: tuple[tuple[str, tuple[str, tuple[str, ...]]], ...]) -> States:
    """The States with the groups that users put together: by what these are now, so that a change counts at once."""
    return states(sample).with_own(dict(own))


@st.cache_resource(show_spinner=False, max_entries=8)
def template(instrument_id: str, sample: bool, submodules: tuple[str, ...]) -> bytes:
    """The empty questionnaire as a workbook."""
    return form(all_instruments()[instrument_id], states(sample), submodules=submodules or None)


def earlier_return(data: Data, iso3: str, organization: str, reading: str) -> Return | None:
    """The last return that the next form can be filled in from; None where there is none."""
    return _earlier_return(data.source, data.version, data.instrument.id, iso3, organization, reading)


@st.cache_resource(show_spinner=False, max_entries=32)
def _earlier_return(
    source: desk.Source, version: str, instrument_id: str, iso3: str, organization: str, reading: str
) -> Return | None:
    known = all_instruments()
    return store(source).earlier_return(known[instrument_id], known, iso3, organization, reading)


def carried(data: Data, earlier: Return) -> str:
    """What of a return is carried over into the next form, in a sentence."""
    return carried_sentence(carried_over(data.instrument, earlier, all_instruments()[earlier.instrument]))


def next_form(data: Data, earlier: Return, round: str) -> bytes:
    """The next form, filled in from a return."""
    return filled_in(data.instrument, data.states, earlier, all_instruments()[earlier.instrument], round=round).content


def returns_desk(source: desk.Source) -> desk.Desk:
    """What reading needs: every instrument, and the States that may return to this store."""
    return desk.Desk(all_instruments(), states(source.sample))


def panel_of(data: Data, instrument_id: str) -> Panel:
    """The panel of any instrument of the store in view."""
    return _panel(data.source, data.version, instrument_id, data.scope)


def history(data: Data) -> pd.DataFrame:
    """Every return in the store that the reader may see, newest first."""
    return _history(data.source, data.version, data.scope)


def board(data: Data) -> pd.DataFrame:
    """Where every return stands that the reader may see."""
    return _board(data.source, data.version, data.scope)


@st.cache_resource(show_spinner=False, max_entries=4)
def _board(source: desk.Source, version: str, scope: Scope) -> pd.DataFrame:
    return store(source).board() if may_review(scope) else store(source).board().head(0)


def parts(data: Data) -> pd.DataFrame:
    """Every returned sub-module that the reader may see, with what it is worth now."""
    return _parts(data.source, data.version, data.scope)


@st.cache_resource(show_spinner=False, max_entries=4)
def _parts(source: desk.Source, version: str, scope: Scope) -> pd.DataFrame:
    return store(source).parts() if may_review(scope) else store(source).parts().head(0)


def trail(data: Data) -> pd.DataFrame:
    """The trail of the store in view as it is now; it grows without the data's version changing."""
    return data.store.audit() if may_review(data.scope) else data.store.audit().head(0)


def records(data: Data, kind: str) -> pd.DataFrame:
    """What is kept of a kind of record as it is now; it changes without the data's version changing."""
    found = data.store.records(kind)
    return found if data.scope.role == "analyst" else found.head(0)


def weight_sets(data: Data) -> dict[str, WeightSet]:
    """Id -> every kept set of weights that fits the instrument in view, as it is now."""
    kept = records(data, KIND)
    stamp = tuple(zip(kept["key"], kept["saved_at"], strict=True))
    return _weight_sets(data.source, data.instrument.id, stamp, kept)


@st.cache_resource(show_spinner=False, max_entries=8)
def _weight_sets(source: desk.Source, instrument_id: str, stamp: tuple, _kept: pd.DataFrame) -> dict[str, WeightSet]:
    return sets_of(_kept, all_instruments()[instrument_id])


def weights_effect(data: Data, options: ScoreOptions, chosen: WeightSet, rows: Sequence[int]) -> pd.DataFrame:
    """How many levels and orders a set of weights changes at every node that it touches. options: without weights of their own."""
    rows = tuple(map(int, rows))
    return _weights_effect(data.source, data.version, data.instrument.id, data.scope, options, chosen.weights, rows)


@st.cache_resource(show_spinner=False, max_entries=12)
def _weights_effect(
    source: desk.Source,
    version: str,
    instrument_id: str,
    scope: Scope,
    options: ScoreOptions,
    weights: tuple[tuple[str, float], ...],
    rows: tuple[int, ...],
) -> pd.DataFrame:
    own, other = (_scores(source, version, instrument_id, scope, o) for o in (options, replace(options, weights=weights)))
    nodes = touched_nodes(all_instruments()[instrument_id], [item for item, _ in weights])
    return effect(own, other, rows, nodes)


def questions(data: Data, rows: Sequence[int], feedback: pd.Series) -> pd.DataFrame:
    """How each question was answered over some rows, and whether it deserves a look. feedback: question -> open comments, as they are now."""
    found = _questions(data.source, data.version, data.instrument.id, data.scope, tuple(map(int, rows)))[0]
    return items.worth_a_look(found, feedback)


def alphas(data: Data, rows: Sequence[int]) -> pd.DataFrame:
    """Cronbach's alpha of each block over some rows."""
    return _questions(data.source, data.version, data.instrument.id, data.scope, tuple(map(int, rows)))[1]


@st.cache_resource(show_spinner=False, max_entries=24)
def _questions(
    source: desk.Source, version: str, instrument_id: str, scope: Scope, rows: tuple[int, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    panel, instrument = _panel(source, version, instrument_id, scope), all_instruments()[instrument_id]
    return items.question_statistics(panel, instrument, rows), items.block_alphas(panel, instrument, rows)


def flag_counts(data: Data, instrument_id: str) -> pd.DataFrame:
    """How often each flag is raised by each unit of an instrument's panel."""
    return _flag_counts(data.source, data.version, instrument_id, data.scope)


@st.cache_resource(show_spinner=False, max_entries=8)
def _flag_counts(source: desk.Source, version: str, instrument_id: str, scope: Scope) -> pd.DataFrame:
    return plausible.flag_counts(_panel(source, version, instrument_id, scope), all_instruments()[instrument_id])


def return_flags(data: Data, return_id: int, instrument_id: str) -> list[Problem]:
    """What strikes one about a stored return, held against what the store holds now; nothing where the reader may not see it."""
    if not may_review(data.scope) or instrument_id not in all_instruments():
        return []
    return _return_flags(data.source, data.version, instrument_id, data.scope, return_id)


@st.cache_resource(show_spinner=False, max_entries=64)
def _return_flags(source: desk.Source, version: str, instrument_id: str, scope: Scope, return_id: int) -> list[Problem]:
    panel, instrument = _panel(source, version, instrument_id, scope), all_instruments()[instrument_id]
    return flags_of(store(source), instrument, panel, return_id)


def scores_of(data: Data, instrument_id: str) -> Scores:
    """The scores of any instrument of the store in view, by the default rule."""
    return _scores(data.source, data.version, instrument_id, data.scope, ScoreOptions())


@dataclass(frozen=True)
class Editions:
    """Rounds of several editions on their common core, with each edition's own scores beside them."""

    core: Core
    scores: Scores
    own: Mapping[str, Scores]


def used_panels(data: Data) -> dict[str, Panel]:
    """The panel of every instrument that something was returned to, that in view first."""
    used = [i for i in data.store.instruments() if i in all_instruments() and i != data.instrument.id]
    return {i: panel_of(data, i) for i in (data.instrument.id, *used)}


def editions(data: Data, options: ScoreOptions | None = None, reworded: bool = False) -> Editions | None:
    """The common core of the editions in use that belong together with the one in view; None where it is the only one."""
    ids = linked(all_instruments(), data.store.instruments(), data.instrument.id)
    if len(ids) < 2:
        return None
    core = _core(ids, reworded)
    scores = _core_scores(data.source, data.version, ids, data.scope, options or ScoreOptions(), reworded)
    return Editions(core, scores, {i: scores_of(data, i) for i in ids})


@st.cache_resource(show_spinner=False, max_entries=8)
def _core(ids: tuple[str, ...], reworded: bool) -> Core:
    known = all_instruments()
    return common_core([known[i] for i in ids], known, reworded)


@st.cache_resource(show_spinner=False, max_entries=8)
def _core_scores(
    source: desk.Source, version: str, ids: tuple[str, ...], scope: Scope, options: ScoreOptions, reworded: bool
) -> Scores:
    panels = {i: _panel(source, version, i, scope) for i in ids}
    return core_scores(_core(ids, reworded), panels, options)


def draws(data: Data, options: ScoreOptions, rows: Sequence[int], nodes: Sequence[str], settings: UncertaintySettings) -> Draws:
    """Draws of some nodes of some returns (nodes x returns x draws, 8 bytes each): all nodes of a return take as long as one."""
    key = (data.source, data.version, data.instrument.id, data.scope, options, tuple(map(int, rows)), tuple(nodes), settings)
    return _draws(*key)


@st.cache_resource(show_spinner=False, max_entries=8)  # 6 nodes of 193 States in 2,000 draws: 19 MB an entry
def _draws(
    source: desk.Source,
    version: str,
    instrument_id: str,
    scope: Scope,
    options: ScoreOptions,
    rows: tuple[int, ...],
    nodes: tuple[str, ...],
    settings: UncertaintySettings,
) -> Draws:
    return drawn(_scores(source, version, instrument_id, scope, options), rows, nodes, settings)


def core_draws(
    data: Data,
    options: ScoreOptions,
    reworded: bool,
    rows: Sequence[int],
    nodes: Sequence[str],
    settings: UncertaintySettings,
) -> Draws:
    """Draws on the common core of several editions: one tree, and in each draw one method for all of them. rows: of the core's panel."""
    ids = linked(all_instruments(), data.store.instruments(), data.instrument.id)
    key = (data.source, data.version, ids, data.scope, options, reworded, tuple(map(int, rows)), tuple(nodes), settings)
    return _core_draws(*key)


@st.cache_resource(show_spinner=False, max_entries=8)
def _core_draws(
    source: desk.Source,
    version: str,
    ids: tuple[str, ...],
    scope: Scope,
    options: ScoreOptions,
    reworded: bool,
    rows: tuple[int, ...],
    nodes: tuple[str, ...],
    settings: UncertaintySettings,
) -> Draws:
    return drawn(_core_scores(source, version, ids, scope, options, reworded), rows, nodes, settings)


def sides(data: Data, options: ScoreOptions, rows: Sequence[int], settings: UncertaintySettings, target: float) -> pd.DataFrame:
    """Downstream beside upstream of any number of returns, as `balance.sides.side_ranges` tells; the draws themselves are not kept."""
    rows = tuple(map(int, rows))
    return _sides(data.source, data.version, data.instrument.id, data.scope, options, rows, settings, target)


@st.cache_resource(show_spinner=False, max_entries=24)
def _sides(
    source: desk.Source,
    version: str,
    instrument_id: str,
    scope: Scope,
    options: ScoreOptions,
    rows: tuple[int, ...],
    settings: UncertaintySettings,
    target: float,
) -> pd.DataFrame:
    scores = _scores(source, version, instrument_id, scope, options)
    nodes = axes(scores.instrument)[list(AXES)].to_numpy().ravel().tolist()
    return side_ranges(drawn(scores, rows, nodes, settings), target)


def lens_ranges(
    data: Data, options: ScoreOptions, rows: Sequence[int], lens: Lens, node: str, settings: UncertaintySettings
) -> pd.DataFrame:
    """A lens beside everything else, as `lenses.beside_ranges` tells; the draws themselves are not kept."""
    rows = tuple(map(int, rows))
    return _lens_ranges(data.source, data.version, data.instrument.id, data.scope, options, rows, lens, node, settings)


@st.cache_resource(show_spinner=False, max_entries=24)
def _lens_ranges(
    source: desk.Source,
    version: str,
    instrument_id: str,
    scope: Scope,
    options: ScoreOptions,
    rows: tuple[int, ...],
    lens: Lens,
    node: str,
    settings: UncertaintySettings,
) -> pd.DataFrame:
    panel, instrument = _panel(source, version, instrument_id, scope), all_instruments()[instrument_id]
    return lenses.beside_ranges(panel, instrument, rows, lens, node, settings, options)


def ranges(
    data: Data, options: ScoreOptions, rows: Sequence[int], nodes: Sequence[str], settings: UncertaintySettings
) -> pd.DataFrame:
    """Range over reasonable methods and missing answers of any number of returns and nodes; the draws themselves are not kept."""
    return _ranges(
        data.source, data.version, data.instrument.id, data.scope, options, tuple(map(int, rows)), tuple(nodes), settings
    )


@st.cache_resource(show_spinner=False, max_entries=24)
def _ranges(
    source: desk.Source,
    version: str,
    instrument_id: str,
    scope: Scope,
    options: ScoreOptions,
    rows: tuple[int, ...],
    nodes: tuple[str, ...],
    settings: UncertaintySettings,
) -> pd.DataFrame:
    return score_ranges(_scores(source, version, instrument_id, scope, options), rows, nodes, settings)


def orders(data: Data, options: ScoreOptions, rows: Sequence[int], node: str, width: float) -> pd.DataFrame:
    """Every pair of a few returns: whether its order holds whatever the weights."""
    return _orders(data.source, data.version, data.instrument.id, data.scope, options, tuple(map(int, rows)), node, width)


@st.cache_resource(show_spinner=False, max_entries=24)
def _orders(
    source: desk.Source,
    version: str,
    instrument_id: str,
    scope: Scope,
    options: ScoreOptions,
    rows: tuple[int, ...],
    node: str,
    width: float,
) -> pd.DataFrame:
    return kept_orders(_scores(source, version, instrument_id, scope, options), node, rows, width)


def contributors(data: Data) -> pd.DataFrame:
    """Sectors and parts that every return names, where the reader may see single States."""
    return _contributors(data.source, data.version, data.scope)


@st.cache_resource(show_spinner=False, max_entries=4)
def _contributors(source: desk.Source, version: str, scope: Scope) -> pd.DataFrame:
    found = store(source).contributors_of_all()
    return found if scope.role == "analyst" else found.head(0)


def borders(data: Data) -> Borders:
    """The table of borders: shipped for the fictional States, the office's own for real ones; read again when the file changes."""
    path = border_table(data.source.sample)
    return _borders(data.source.sample, path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_resource(show_spinner=False, max_entries=4)
def _borders(sample: bool, changed: int) -> Borders:
    return read_borders(border_table(sample), states(sample))


def now() -> dt.datetime:
    """This moment in UTC."""
    return dt.datetime.now(dt.UTC)


def newest_step(data: Data) -> int:
    """Number of the newest step that any return of the store in view has taken."""
    return _newest_step(data.source, data.version)


@st.cache_resource(show_spinner=False, max_entries=4)
def _newest_step(source: desk.Source, version: str) -> int:
    return store(source).newest_step()


def news(data: Data, step: int) -> news_.News:
    """What is new since a step, for the instrument in view; returns and decisions of every instrument."""
    return _news(data.source, data.version, data.instrument.id, data.scope, step)


@st.cache_resource(show_spinner=False, max_entries=8)
def _news(source: desk.Source, version: str, instrument_id: str, scope: Scope, step: int) -> news_.News:
    held, instrument = store(source), all_instruments()[instrument_id]
    steps = held.steps_since(step)
    now = _scores(source, version, instrument_id, scope, ScoreOptions())
    then = node_scores(visible(held.panel(instrument, until=step), scope), instrument) if len(steps) else now
    newest = int(steps["step_id"].max()) if len(steps) else step
    steps = steps if may_review(scope) else steps.head(0)
    return news_.news(steps, then, now, instrument.blocks, newest)


@st.cache_resource(show_spinner=False, max_entries=4)
def _history(source: desk.Source, version: str, scope: Scope) -> pd.DataFrame:
    return store(source).returns() if scope.role == "analyst" else store(source).returns().head(0)


def evidence(data: Data, rows: Sequence[int]) -> np.ndarray:
    """Evidence grades of the answers of some rows of the panel: rows x questions, see `Store.evidence`."""
    return _evidence(data.source, data.version, data.instrument.id, data.scope, tuple(map(int, rows)))


@st.cache_resource(show_spinner=False, max_entries=24)
def _evidence(source: desk.Source, version: str, instrument_id: str, scope: Scope, rows: tuple[int, ...]) -> np.ndarray:
    return store(source).evidence(_panel(source, version, instrument_id, scope), all_instruments()[instrument_id], rows)


def possible_pairs(data: Data, other: str) -> pd.DataFrame:
    """Self-assessments with every reading of another kind that lies near enough."""
    return _possible_pairs(data.source, data.version, data.instrument.id, data.scope, other)


@st.cache_resource(show_spinner=False, max_entries=8)
def _possible_pairs(source: desk.Source, version: str, instrument_id: str, scope: Scope, other: str) -> pd.DataFrame:
    return readings.possible_pairs(_panel(source, version, instrument_id, scope), other)


def paired(data: Data, other: str, round_: str, least: int) -> readings.Paired:
    """One pair a State, of all States, scored. least: the grade of evidence that an answer must have to count, 0 for every answer."""
    return _paired(data.source, data.version, data.instrument.id, data.scope, other, round_, least)


@st.cache_resource(show_spinner=False, max_entries=12)
def _paired(
    source: desk.Source, version: str, instrument_id: str, scope: Scope, other: str, round_: str, least: int
) -> readings.Paired:
    panel, instrument = _panel(source, version, instrument_id, scope), all_instruments()[instrument_id]
    table = readings.one_each(_possible_pairs(source, version, instrument_id, scope, other), round_)
    rows = (*table["own_row"].tolist(), *table["other_row"].tolist())
    return readings.paired(panel, instrument, table, _evidence(source, version, instrument_id, scope, rows), least)
