"""What is still needed downstream under a relaxed target, and the residual risk: every assumption on a slider and printed beside its figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.balance import need, plane, risk
from analysis.charts import base, residual
from analysis.reports import balance as worded
from analysis.reports import labelled
from analysis.texts import text
from pages.shared import balance_plane, controls, filters, threats, views
from pages.shared.filters import ALL, Selection
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scores.tree import Scores

LARGEST = 15
LEAST, WIDE = 5.0, (0.2, 0.8)


def section(data: Data) -> None:
    """The list with its relaxation, then the residual risk."""
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell():
            part = filters.submodule(data)
        with filters.cell():
            line = balance_plane.target(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    scores, points = data.scores(options), balance_plane.target_points(data, line)
    held = threats.held(data, selection)
    _need(data, scores, selection, part, points, held)
    st.divider()
    _risk(data, scores, selection, part, points, held)


def _relaxation(target: float) -> need.Relaxation:
    """The reader's assumption about the target, on sliders."""
    with st.container(horizontal=True, gap="large"):
        with filters.cell(240):
            rho = controls.slider("rho", 0.0, 0.0, 1.0, step=0.05, percent=True, help=text("control.rho.help"))
        with filters.cell(240):
            gamma = controls.slider("gamma", 1.0, 0.25, 4.0, step=0.25, help=text("control.gamma.help"))
        with filters.cell(240):
            usual = 20.0 if target > 20 else target / 2  # a least target at the target would leave nothing to relax
            least = controls.slider(
                "least", usual, min(LEAST, target / 2), target, step=1.0, format="%.0f", help=text("control.least.help")
            )
    relaxation = need.Relaxation(target, least, rho, gamma)
    st.caption(views.plain(worded.need_assumption(relaxation)))
    return relaxation


def _need(data: Data, scores: Scores, selection: Selection, part: str, points: float, held: pd.DataFrame) -> None:
    st.subheader(text("balance.need.heading"), anchor=False)
    relaxation = _relaxation(points)
    table = need.needs(scores, selection.rows, relaxation, held)
    if part != ALL:
        table = table[table["submodule"] == part].reset_index(drop=True)
    st.caption(worded.threat_note(table))
    threats.told(data)
    colours, rho = base.palette(views.dark()), relaxation.rho
    lines = worded.needs(data.instrument, table, data.states)
    words = labelled.chart_words() | {name: text(f"balance.need.word.{name}") for name in ("downstream", "relaxed", "need")}
    largest = lines[lines["missing"] > 0].head(LARGEST)
    chart = residual.need_lines(
        largest,
        text("balance.need.title"),
        text("balance.need.subtitle", selection=selection.words, n=len(largest)),
        colours,
        words=words,
    )
    views.figure(chart, lines, worded.need_sentence(table, rho), name="balance-need", columns=worded.NEED, opens="iso3")
    steps = need.remaining(table)
    words = {name: text(f"balance.remaining.{name}") for name in ("rho", "n")}
    title, subtitle = text("balance.remaining.title"), text("balance.remaining.subtitle", selection=selection.words)
    chart = residual.remaining_steps(steps, rho, title, subtitle, colours, words=words)
    reading = f"{worded.remaining_sentence(steps, rho)} {text('balance.remaining.reading')}"
    views.figure(chart, steps, reading, name="balance-remaining")


def _risk(data: Data, scores: Scores, selection: Selection, part: str, points: float, held: pd.DataFrame) -> None:
    st.subheader(text("balance.risk.heading"), anchor=False)
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        with filters.cell(260):
            eu = controls.slider("eu", WIDE, 0.05, 1.0, step=0.05, percent=True, help=text("control.eu.help"))
        with filters.cell(260):
            ed = controls.slider("ed", WIDE, 0.05, 1.0, step=0.05, percent=True, help=text("control.ed.help"))
        with filters.cell(260):
            iso3 = filters.country(data, data.states.by_name(data.panel.index["iso3"].iloc[selection.rows]))
    sweep = risk.Sweep(eu, ed)
    st.caption(views.plain(worded.risk_assumption(sweep)))
    table = risk.risks(plane.planes(scores, selection.rows, points), sweep, held)
    if part != ALL:
        table = table[table["submodule"] == part].reset_index(drop=True)
    if table.empty:
        st.text(worded.risk_sentence(table))
        return
    st.caption(worded.threat_note(table))
    row = next(int(r) for r in selection.rows if data.panel.index["iso3"].iloc[r] == iso3)
    lines = risk.regions(table, row)
    one = worded.whose_line(data.instrument, table, row, data.states)
    words = worded.risk_words(one)
    subtitle = text("balance.risk.subtitle", selection=selection.words, n=len(table))
    subtitle += " " + text("balance.risk.line", name=one) if one else ""
    chart = residual.first_square(
        lines, (sweep.upstream, sweep.downstream), worded.risk_title(table), subtitle, base.palette(views.dark()), words=words
    )
    shown = worded.risks(data.instrument, table, data.states)
    with st.container(width=720):
        views.figure(chart, shown, worded.risk_sentence(table), name="balance-risk", columns=worded.RISK, opens="iso3")
