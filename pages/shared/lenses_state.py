"""One State through every lens, now and in the round before."""

from __future__ import annotations

import streamlit as st

from analysis.balance.plane import target_points
from analysis.charts import base, dots, history
from analysis.comparison import lenses, rounds
from analysis.instrument import Lens
from analysis.reports import labelled
from analysis.reports import lenses as worded
from analysis.scores.options import ScoreOptions
from analysis.texts import text, word
from pages.shared import filters, lenses_states, views
from pages.shared.filters import ALL
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """The profile of one return, kind of lens by kind of lens."""
    codes = data.states.by_name(data.panel.index["iso3"].unique())
    with filters.bar():
        with filters.cell(260):
            iso3 = filters.country(data, codes)
        row, reading = filters.unit(data, iso3)
        with filters.cell():
            part = filters.submodule(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    instrument, here = data.instrument, data.panel.index.iloc[row]
    before = rounds.previous_row(data.panel, row)
    nodes = (
        list(instrument.roots)
        if part == ALL
        else [b for b in instrument.blocks if instrument.nodes["submodule"].iloc[instrument.node_number[b]] == part]
    )
    rows = [row] if before is None else [row, before]
    name, when = data.states.name(iso3), text("lenses.state.when", round=here["round"], reading=word("reading", reading))
    if before is not None:
        when += " " + text("country.profile.before", round=data.panel.index["round"].iloc[before])
    rights = {
        (lens, node): lenses.beside_rest(data.panel, instrument, [row], lens, node, target_points(instrument), options)
        for lens in lenses.RIGHTS
        if lens in instrument.lenses
        for node in nodes
    }
    st.text(worded.rights_sentence(instrument, rights))
    for kind in dict.fromkeys(lens.kind for lens in reversed(instrument.lenses)):
        some = [lens for lens in instrument.lenses if lens.kind == kind]
        _profile(data, some, kind, rows, nodes, options, f"{name}: {text(f'lenses.state.{kind}')}", when)
    st.caption(text("lenses.state.key"))
    box = st.expander(text("lenses.rounds.title"), key="lenses.rounds", on_change="rerun")
    if box.open:
        with box:
            _rounds(data, iso3, reading, nodes, options)


def _profile(
    data: Data, some: list[Lens], kind: str, rows: list[int], nodes: list[str], options: ScoreOptions, title: str, when: str
) -> None:
    """The lenses of one kind (aspects, functions, themes)."""
    found = lenses.profiles(data.panel, data.instrument, rows, some, nodes, options)
    table = worded.state(data.instrument, found, rows[0], rows[1] if len(rows) > 1 else None)
    if table.empty:
        st.text(text("lenses.state.few"))
        return
    subtitle = when + labelled.hue_words(data.instrument)
    chart = dots.bounded_dots(table, title, subtitle, base.palette(views.dark()), words=labelled.chart_words(), width=28)
    iso3 = data.panel.index["iso3"].iloc[rows[0]]
    views.figure(chart, table, worded.state_sentence(table), name=f"lenses-{kind}-{iso3}", columns=worded.STATE)


def _rounds(data: Data, iso3: str, reading: str, nodes: list[str], options: ScoreOptions) -> None:
    """One lens over all rounds of the State's national returns."""
    instrument = data.instrument
    with filters.cell(320):
        lens = lenses_states.chosen_lens(data)
    found = lenses.history(data.panel, instrument, iso3, lens, nodes, reading, options)
    found = found[~found["why"].isin(lenses.SILENT)].reset_index(drop=True)
    if found.empty:
        st.text(text("lenses.rounds.none"))
        return
    lines = labelled.history(instrument, found, data.states)
    title = text("lenses.rounds.heading", name=data.states.name(iso3), lens=worded.lens_word(lens))
    chart = history.round_lines(
        lines, title, text("lenses.rounds.subtitle"), base.palette(views.dark()), words=labelled.chart_words()
    )
    reading_text = text("lenses.rounds.reading", n=found["round"].nunique())
    views.figure(chart, lines, reading_text, name=f"lens-{lens.value}-{iso3}", columns=labelled.HISTORY)
