"""Two to twelve States side by side: one part with bounds and ranges, how sure its order is, and heat maps of parts and measures."""

import streamlit as st

from analysis.charts import base, dots, heatmap
from analysis.comparison import groups
from analysis.reports import labelled, sentences
from analysis.reports import uncertain as worded
from analysis.texts import text
from pages.shared import controls, filters, frame, uncertain, views

MOST, USUAL = 12, 5

data = frame.open_page("compare")
instrument, colours = data.instrument, base.palette(views.dark())
with filters.bar():
    selection = filters.states_in_view(data)
    with filters.cell(filters.WIDE):
        parts = list(instrument.blocks)
        node = controls.one("node", parts, parts[0], instrument.node_name)
    with filters.cell():
        lens = filters.lens(data)
    options = filters.rules(data, lens)
    ranges = uncertain.settings(options)
codes = data.states.by_name(data.panel.index["iso3"].iloc[selection.rows])
usual = groups.scored_first(data.scores(options), selection.rows, node, codes)[:USUAL]
chosen = controls.several("countries", codes, usual, data.states.name, known=filters.known_state(data), most=MOST)
filters.name_rules(data, options)
if len(chosen) < 2:
    views.nothing("compare.two")

scores = data.scores(options)
countries = data.panel.index["iso3"].iloc[selection.rows]
row_of = {iso3: int(row) for iso3, row in zip(countries, selection.rows, strict=True) if iso3 in chosen}
rows = list(row_of.values())
drawn = selection.only(data, rows)

blocks = groups.dots(scores, rows, instrument.blocks)
one = blocks[blocks["node"] == node].sort_values(["score", "upper"], ascending=False, na_position="last")
one = uncertain.ranged(data, scores, one.assign(row=[row_of[code] for code in one["iso3"]]), node, ranges)
table = labelled.states_bounded(instrument, one, data.states)
chart = dots.bounded_dots(
    table, sentences.order_title(instrument, node), text("compare.ranges.subtitle", selection=drawn.words), colours,
    words=worded.chart_words(), width=24,
)  # fmt: skip
views.figure(
    chart,
    table,
    sentences.order_sentence(table, uncertain.alike(data, scores, rows, node, ranges)),
    name=f"compare-{node}",
    columns=worded.RANGED,
    opens="iso3",
)

uncertain.section(data, scores, rows, node, ranges)
st.divider()

grid = labelled.cells(instrument, blocks, data.states)
chart = heatmap.score_heatmap(
    grid, text("compare.parts.title"), text("compare.map.subtitle", selection=drawn.words), colours, words=labelled.chart_words(),
    top=instrument.max_level,
)  # fmt: skip
views.figure(chart, grid, sentences.map_sentence(grid), name="compare-parts", columns=labelled.CELLS, opens="iso3")

measures = groups.dots(scores, rows, instrument.children(node))
grid = labelled.cells(instrument, measures, data.states, lines="nodes")
chart = heatmap.score_heatmap(
    grid, text("compare.measures.title", node=instrument.node_name(node)), text("compare.map.subtitle", selection=drawn.words), colours,
    words=labelled.chart_words(), top=instrument.max_level,
)  # fmt: skip
reading = sentences.widest_sentence(instrument, measures)
views.figure(chart, grid, reading, name=f"compare-measures-{node}", columns=labelled.CELLS, opens="iso3")
