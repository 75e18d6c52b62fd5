"""Which downstream measure informs which upstream measure, with the lessons that went that way, or one State's levels on both ends."""

from __future__ import annotations

import streamlit as st

from analysis.balance import flags, loop
from analysis.charts import base
from analysis.charts import feedback as charts
from analysis.comparison.rounds import current_rows
from analysis.reports import feedback as worded
from analysis.texts import text
from pages.shared import controls, feedback_register, filters, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """The matrix of one sub-module."""
    instrument = data.instrument
    rows = current_rows(data.panel)
    row_of = dict(zip(data.panel.index["iso3"].iloc[rows], map(int, rows), strict=True))
    lessons = feedback_register.lessons(data)
    parts = [s for s in instrument.submodules if len(loop.matrix(instrument, lessons.head(0), s))]
    if not parts:
        views.nothing("feedback.no_links")
    with filters.bar():
        with filters.cell():
            part = controls.one("submodule", parts, parts[0], instrument.submodule_name)
        with filters.cell(260):
            codes = ["", *data.states.by_name(row_of)]
            iso3 = controls.one(
                "country",
                codes,
                "",
                lambda c: data.states.name(c) if c else text("feedback.links.all"),
                known=filters.known_state(data),
            )
    lessons = lessons[lessons["iso3"] == iso3] if iso3 else lessons
    table = loop.matrix(instrument, lessons, part)
    levels, columns = None, worded.LINKS
    if iso3:
        scores, columns = data.scores(), worded.LINKS_OF_STATE
        levels = loop.levels(scores, row_of[iso3], {*table["downstream"], *table["upstream"]})
    lines = worded.cells(instrument, table, levels)
    reading = worded.links_sentence(lines)
    if iso3:
        found = flags.loop_open(scores, [row_of[iso3]])
        reading += " " + worded.state_links_sentence(lines, found[found["submodule"] == part], data.states.name(iso3))
    name = data.states.name(iso3) if iso3 else text("feedback.links.all")
    kind = "state" if iso3 else "all"
    subtitle = text(f"feedback.links.subtitle.{kind}", name=name)
    title = text("feedback.links.title", part=instrument.submodule_name(part))
    axes = (instrument.type_name("downstream"), instrument.type_name("upstream"))
    chart = charts.link_matrix(lines, title, subtitle, base.palette(views.dark()), axes=axes)
    shown = lines[lines["tone"] != ""].drop(columns="notes")
    views.figure(chart, shown, reading, name=f"feedback-links-{part}", columns=columns)
    st.caption(worded.links_key(lines, kind))
