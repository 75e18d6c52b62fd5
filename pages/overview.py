"""Who has returned what, how complete it is, and how far the States are apart."""

import streamlit as st

from analysis.charts import base, heatmap, spread
from analysis.comparison import groups, returned
from analysis.reports import labelled, sentences
from analysis.texts import counted, text
from pages.shared import filters, frame, ladder, overview_ranges, views

data = frame.open_page("overview")
with filters.bar():
    selection = filters.states_in_view(data)
    options = filters.rules(data)
filters.name_rules(data, options)
instrument, scores, colours = data.instrument, data.scores(options), base.palette(views.dark())
dots = groups.dots(scores, selection.rows, instrument.blocks)
summary = groups.spread(dots)

facts = returned.headline(scores, selection.rows, len(data.states.members(selection.region)))
with st.container(horizontal=True):
    for name, value in labelled.headline(facts).items():
        st.metric(text(f"overview.{name}"), value, border=True, width=172)

named = labelled.named(instrument, dots, data.states).assign(hue=dots["measure_type"], key=dots["iso3"])
chart = spread.state_dots(
    named, summary, text("overview.spread.title"), text("home.figure.subtitle", selection=selection.words), colours,
    words=labelled.chart_words(),
)  # fmt: skip
views.figure(
    chart,
    labelled.named(instrument, summary),
    sentences.spread_sentence(instrument, summary),
    name="spread",
    columns=labelled.SPREAD,
)
overview_ranges.section(data, scores, selection, dots)

grid = labelled.cells(instrument, dots, data.states)
chart = heatmap.score_heatmap(
    grid, text("overview.map.title"), text("overview.map.subtitle", selection=selection.words), colours,
    words=labelled.chart_words(), top=instrument.max_level,
)  # fmt: skip
views.figure(chart, grid, sentences.map_sentence(grid), name="states-by-part", columns=labelled.CELLS, opens="iso3")

ladder.region(data, scores, selection.rows, facts["returned"][1], instrument.blocks, name="states-in-view", words=selection.words)

st.subheader(text("overview.status.title"), anchor=False)
status = returned.status(scores, selection.rows)
st.text(sentences.completeness_sentence(instrument, status) + " " + text("view.opens_state"))
views.rows(
    labelled.status(instrument, status, data.states), name="returned", height=420, opens="iso3", bars={"completeness": 1.0},
)  # fmt: skip

missing = labelled.missing(data.states, selection.region, status["iso3"])
if len(missing):
    st.text(counted("overview.missing", len(missing)))
    views.rows(missing, name="without-a-return", height=220)
