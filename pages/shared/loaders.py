"""Every cache of the app. Nothing is cached elsewhere, and everything is cached by the reader's scope and the data's version."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Concatenate, ParamSpec, TypeVar

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
from analysis.comparison.core import answered_later as answered_elsewhere
from analysis.comparison.reweighted import effect, touched_nodes
from analysis.editions import linked
from analysis.instrument import Instrument, Lens, instruments
from analysis.model import Panel, Problem, Return, round_date
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


Given, Found = ParamSpec("Given"), TypeVar("Found")


def kept(entries: int) -> Callable:
    """Keep what a function of the data in view gives, up to so many of its answers.

    The key is the store, its version, the instrument and the reader, and every other argument as it is written out: Streamlit's own look at
    a few hundred row numbers takes longer than most pages need for their numbers. A kept function uses nothing else, so not `Data.states`.
    """

    def decorate(function: Callable[Concatenate[Data, Given], Found]) -> Callable[Concatenate[Data, Given], Found]:
        def hold(key: str, _data: Data, _given: tuple) -> Found:
            return function(_data, *_given)

        hold.__qualname__ = f"kept.{function.__qualname__}"  # by which Streamlit tells one function from another
        holding = st.cache_resource(hold, show_spinner=False, max_entries=entries)

        @wraps(function)
        def found(data: Data, *given: object) -> Found:
            given = tuple(map(_plain, given))
            return holding(repr((data.key, given)), data, given)

        return found

    return decorate


def _plain(value: object) -> object:
    """An argument that can be written out in full: rows and nodes as a tuple."""
    if isinstance(value, (np.ndarray, pd.Index)):
        return tuple(value.tolist())
    return tuple(value) if isinstance(value, (list, range)) else value


@dataclass(frozen=True)
class Data:
    """What a page works on: one store, one instrument, one reader. `panel` holds all units the reader may see."""

    source: desk.Source
    scope: Scope
    version: str
    instrument: Instrument
    states: States

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What every number of this data depends on."""
        return self.source, self.version, self.instrument.id, self.scope

    @property
    def store(self) -> Store:
        """The store itself, for the returns desk and for the way back from a number to its cell."""
        return store(self.source)

    @cached_property  # of this one run
    def panel(self) -> Panel:
        """Every unit's newest valid answers."""
        return _panel(self)

    def of(self, instrument_id: str) -> Data:
        """The same store and reader with another instrument."""
        return self if instrument_id == self.instrument.id else replace(self, instrument=all_instruments()[instrument_id])

    def scores(self, options: ScoreOptions | None = None) -> Scores:
        """Scores of the whole panel, by the default rule or a what-if."""
        return _scores(self, options or ScoreOptions())


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


@kept(8)
def _panel(data: Data) -> Panel:
    return visible(data.store.panel(data.instrument), data.scope)


@kept(24)
def _scores(data: Data, options: ScoreOptions) -> Scores:
    found = node_scores(data.panel, data.instrument, options)
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


@kept(32)
def earlier_return(data: Data, iso3: str, organization: str, reading: str) -> Return | None:
    """The last return that the next form can be filled in from; None where there is none."""
    return data.store.earlier_return(data.instrument, all_instruments(), iso3, organization, reading)


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
    return data.of(instrument_id).panel


@kept(4)
def history(data: Data) -> pd.DataFrame:
    """Every return in the store that the reader may see, newest first."""
    return data.store.returns() if data.scope.role == "analyst" else data.store.returns().head(0)


@kept(4)
def board(data: Data) -> pd.DataFrame:
    """Where every return stands that the reader may see."""
    return data.store.board() if may_review(data.scope) else data.store.board().head(0)


@kept(4)
def parts(data: Data) -> pd.DataFrame:
    """Every returned sub-module that the reader may see, with what it is worth now."""
    return data.store.parts() if may_review(data.scope) else data.store.parts().head(0)


def trail(data: Data) -> pd.DataFrame:
    """The trail of the store in view as it is now; it grows without the data's version changing."""
    return data.store.audit() if may_review(data.scope) else data.store.audit().head(0)


def records(data: Data, kind: str) -> pd.DataFrame:
    """What is kept of a kind of record as it is now; it changes without the data's version changing."""
    found = data.store.records(kind)
    return found if data.scope.role == "analyst" else found.head(0)


def weight_sets(data: Data) -> dict[str, WeightSet]:
    """Id -> every kept set of weights that fits the instrument in view, as it is now."""
    stored = records(data, KIND)
    stamp = tuple(zip(stored["key"], stored["saved_at"], strict=True))
    return _weight_sets(data.source, data.instrument.id, stamp, stored)


@st.cache_resource(show_spinner=False, max_entries=8)
def _weight_sets(source: desk.Source, instrument_id: str, stamp: tuple, _stored: pd.DataFrame) -> dict[str, WeightSet]:
    return sets_of(_stored, all_instruments()[instrument_id])


def weights_effect(data: Data, options: ScoreOptions, chosen: WeightSet, rows: Sequence[int]) -> pd.DataFrame:
    """How many levels and orders a set of weights changes at every node that it touches. options: without weights of their own."""
    return _weights_effect(data, options, chosen.weights, rows)


@kept(12)
def _weights_effect(
    data: Data, options: ScoreOptions, weights: tuple[tuple[str, float], ...], rows: Sequence[int]
) -> pd.DataFrame:
    own, other = data.scores(options), data.scores(replace(options, weights=weights))
    return effect(own, other, rows, touched_nodes(data.instrument, [item for item, _ in weights]))


def questions(data: Data, rows: Sequence[int], feedback: pd.Series) -> pd.DataFrame:
    """How each question was answered over some rows, and whether it deserves a look. feedback: question -> open comments, as they are now."""
    return items.worth_a_look(_questions(data, rows), feedback)


@kept(24)
def _questions(data: Data, rows: Sequence[int]) -> pd.DataFrame:
    return items.question_statistics(data.panel, data.instrument, rows)


@kept(24)
def alphas(data: Data, rows: Sequence[int]) -> pd.DataFrame:
    """Cronbach's alpha of each block over some rows."""
    return items.block_alphas(data.panel, data.instrument, rows)


def flag_counts(data: Data, instrument_id: str) -> pd.DataFrame:
    """How often each flag is raised by each unit of an instrument's panel."""
    return _flag_counts(data.of(instrument_id))


@kept(8)
def _flag_counts(data: Data) -> pd.DataFrame:
    return plausible.flag_counts(data.panel, data.instrument)


def return_flags(data: Data, return_id: int, instrument_id: str) -> list[Problem]:
    """What strikes one about a stored return, held against what the store holds now; nothing where the reader may not see it."""
    if not may_review(data.scope) or instrument_id not in all_instruments():
        return []
    return _return_flags(data.of(instrument_id), return_id)


@kept(64)
def _return_flags(data: Data, return_id: int) -> list[Problem]:
    return flags_of(data.store, data.instrument, data.panel, return_id)


@kept(64)
def edition_before(data: Data, return_id: int) -> str:
    """The edition in which a return's State, organization and reading answered the round before, where it is another one; "" where it is not."""
    table = data.store.returns()
    mine = table[table["return_id"] == return_id].iloc[0]
    same = (table[["iso3", "organization", "reading"]] == mine[["iso3", "organization", "reading"]]).all(axis=1)
    others = table[same & table["standing"].isin(["counts", "counts_in_part"])]
    began, now = others["round"].map(round_date), round_date(mine["round"])
    earlier = others[[now is not None and one is not None and one < now for one in began]]
    if earlier.empty or mine["instrument"] in set(earlier["instrument"]):
        return ""
    return str(earlier["instrument"].loc[began[earlier.index].idxmax()])


def scores_of(data: Data, instrument_id: str) -> Scores:
    """The scores of any instrument of the store in view, by the default rule."""
    return data.of(instrument_id).scores()


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


@kept(4)
def answered_later(data: Data) -> tuple[int, int, list[str]]:
    """How many States, of how many, answered a later round in another edition than that in view, and which rounds these are."""
    return answered_elsewhere(data.panel, list(used_panels(data).values())[1:])


def editions(data: Data, options: ScoreOptions | None = None, reworded: bool = False) -> Editions | None:
    """The common core of the editions in use that belong together with the one in view; None where it is the only one."""
    ids = linked(all_instruments(), data.store.instruments(), data.instrument.id)
    if len(ids) < 2:
        return None
    scores = _core_scores(data, ids, options or ScoreOptions(), reworded)
    return Editions(_core(ids, reworded), scores, {i: scores_of(data, i) for i in ids})


@st.cache_resource(show_spinner=False, max_entries=8)
def _core(ids: tuple[str, ...], reworded: bool) -> Core:
    known = all_instruments()
    return common_core([known[i] for i in ids], known, reworded)


@kept(8)
def _core_scores(data: Data, ids: tuple[str, ...], options: ScoreOptions, reworded: bool) -> Scores:
    return core_scores(_core(ids, reworded), {i: panel_of(data, i) for i in ids}, options)


@kept(8)  # 6 nodes of 193 States in 2,000 draws: 19 MB an entry
def draws(data: Data, options: ScoreOptions, rows: Sequence[int], nodes: Sequence[str], settings: UncertaintySettings) -> Draws:
    """Draws of some nodes of some returns (nodes x returns x draws, 8 bytes each): all nodes of a return take as long as one."""
    return drawn(data.scores(options), rows, nodes, settings)


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
    return _core_draws(data, ids, options, reworded, rows, nodes, settings)


@kept(8)
def _core_draws(
    data: Data,
    ids: tuple[str, ...],
    options: ScoreOptions,
    reworded: bool,
    rows: Sequence[int],
    nodes: Sequence[str],
    settings: UncertaintySettings,
) -> Draws:
    return drawn(_core_scores(data, ids, options, reworded), rows, nodes, settings)


@kept(24)
def sides(data: Data, options: ScoreOptions, rows: Sequence[int], settings: UncertaintySettings, target: float) -> pd.DataFrame:
    """Downstream beside upstream of any number of returns, as `balance.sides.side_ranges` tells; the draws themselves are not kept."""
    nodes = axes(data.instrument)[list(AXES)].to_numpy().ravel().tolist()
    return side_ranges(drawn(data.scores(options), rows, nodes, settings), target)


@kept(24)
def lens_ranges(
    data: Data, options: ScoreOptions, rows: Sequence[int], lens: Lens, node: str, settings: UncertaintySettings
) -> pd.DataFrame:
    """A lens beside everything else, as `lenses.beside_ranges` tells; the draws themselves are not kept."""
    return lenses.beside_ranges(data.panel, data.instrument, rows, lens, node, settings, options)


@kept(24)
def ranges(
    data: Data, options: ScoreOptions, rows: Sequence[int], nodes: Sequence[str], settings: UncertaintySettings
) -> pd.DataFrame:
    """Range over reasonable methods and missing answers of any number of returns and nodes; the draws themselves are not kept."""
    return score_ranges(data.scores(options), rows, nodes, settings)


@kept(24)
def orders(data: Data, options: ScoreOptions, rows: Sequence[int], node: str, width: float) -> pd.DataFrame:
    """Every pair of a few returns: whether its order holds whatever the weights."""
    return kept_orders(data.scores(options), node, rows, width)


@kept(4)
def contributors(data: Data) -> pd.DataFrame:
    """Sectors and parts that every return names, where the reader may see single States."""
    found = data.store.contributors_of_all()
    return found if data.scope.role == "analyst" else found.head(0)


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


@kept(4)
def newest_step(data: Data) -> int:
    """Number of the newest step that any return of the store in view has taken."""
    return data.store.newest_step()


@kept(8)
def news(data: Data, step: int) -> news_.News:
    """What is new since a step, for the instrument in view; returns and decisions of every instrument."""
    steps = data.store.steps_since(step)
    now, then = data.scores(), data.scores()
    if len(steps):
        then = node_scores(visible(data.store.panel(data.instrument, until=step), data.scope), data.instrument)
    newest = int(steps["step_id"].max()) if len(steps) else step
    steps = steps if may_review(data.scope) else steps.head(0)
    return news_.news(steps, then, now, data.instrument.blocks, newest)


@kept(24)
def evidence(data: Data, rows: Sequence[int]) -> np.ndarray:
    """Evidence grades of the answers of some rows of the panel: rows x questions, see `Store.evidence`."""
    return data.store.evidence(data.panel, data.instrument, rows)


@kept(8)
def possible_pairs(data: Data, other: str) -> pd.DataFrame:
    """Self-assessments with every reading of another kind that lies near enough."""
    return readings.possible_pairs(data.panel, other)


@kept(12)
def paired(data: Data, other: str, round_: str, least: int) -> readings.Paired:
    """One pair a State, of all States, scored. least: the grade of evidence that an answer must have to count, 0 for every answer."""
    table = readings.one_each(possible_pairs(data, other), round_)
    rows = [*table["own_row"].tolist(), *table["other_row"].tolist()]
    return readings.paired(data.panel, data.instrument, table, evidence(data, rows), least)
