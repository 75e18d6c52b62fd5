"""Where one State's rounds point, and when a target would be reached at that pace; a refusal in a plain sentence wherever that cannot be said."""

from __future__ import annotations

import streamlit as st

from analysis.charts import base
from analysis.charts import over_time as charts
from analysis.comparison import rounds, trend
from analysis.reports import labelled
from analysis.reports import over_time as worded
from analysis.texts import text
from pages.shared import balance_plane, filters, views
from pages.shared.loaders import Data


def section(data: Data) -> None:
    """A panel per part, what can be said of each, and the numbers."""
    instrument = data.instrument
    with filters.bar():
        with filters.cell():
            reading = filters.reading(data)
        with filters.cell(260):
            iso3 = filters.country(data, data.states.by_name(rounds.reporting(data.panel, reading)))
        with filters.cell():
            part = filters.submodule(data)
        with filters.cell():
            target = balance_plane.target(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    of = instrument.nodes.set_index("node")["submodule"]
    nodes = [b for b in instrument.blocks if part in (filters.ALL, of[b])]
    goal = dict.fromkeys(nodes, balance_plane.target_points(data, target))
    table, points = trend.trends(data.scores(options), list(rounds.of_state(data.panel, iso3, reading).values()), goal)
    shown = worded.trends(instrument, table)
    title = text("over_time.trend.title", name=data.states.name(iso3))
    chart = charts.trend_lines(
        labelled.named(instrument, points).assign(hue=points["node"].map(instrument.nodes.set_index("node")["measure_type"])), shown, title,
        text("over_time.trend.subtitle", target=filters.target_name(data, target)), base.palette(views.dark()), words=labelled.chart_words(),
    )  # fmt: skip
    views.figure(chart, shown, worded.trend_summary(table), name=f"trend-{iso3}", columns=worded.TRENDS)
    for row in shown.itertuples():
        st.markdown(f"**{views.plain(row.label)}:** {views.plain(row.said)}")
    st.caption(text("over_time.trend.note"))
