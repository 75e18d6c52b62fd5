"""A few States by all lenses, as a heat map."""

from __future__ import annotations

from analysis.charts import base, heatmap
from analysis.comparison import groups, lenses
from analysis.reports import labelled
from analysis.reports import lenses as worded
from analysis.texts import text
from pages.shared import controls, filters, lenses_states, views
from pages.shared.loaders import Data

MOST, USUAL = 12, 5


def section(data: Data) -> None:
    """Up to twelve States of those in view, a line per lens."""
    instrument = data.instrument
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell(240):
            node = lenses_states.chosen_node(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    row_of = dict(zip(data.panel.index["iso3"].iloc[selection.rows], map(int, selection.rows), strict=True))
    codes = data.states.by_name(row_of)
    usual = groups.scored_first(data.scores(), selection.rows, node, codes)[:USUAL]
    chosen = controls.several("countries", codes, usual, data.states.name, known=filters.known_state(data), most=MOST)
    if not chosen:
        views.nothing("lenses.grid.choose")
    rows = [row_of[code] for code in chosen]
    found = lenses.profiles(data.panel, instrument, rows, instrument.lenses, [node], options)
    cells = worded.grid(found, data.states)
    title = text("lenses.grid.title", node=instrument.node_name(node))
    chart = heatmap.score_heatmap(
        cells, title, text("lenses.grid.subtitle", selection=selection.only(data, rows).words), base.palette(views.dark()), words=labelled.chart_words(),
        top=instrument.max_level,
    )  # fmt: skip
    views.figure(chart, cells, worded.grid_sentence(cells), name=f"lens-grid-{node}", columns=worded.GRID, opens="iso3")
