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
    """A panel per part of one State, what can be said of each, and the numbers; below it, when opened, a group's mean."""
    instrument = data.instrument
    with filters.bar():
        with filters.cell():
            reading = filters.reading(data)
        with filters.cell(260):
            codes = data.states.by_name(rounds.reporting(data.panel, reading))
            iso3 = filters.country(data, codes, trend.to_open_on(data.panel, codes, reading))
        with filters.cell():
            part = filters.submodule(data)
        with filters.cell():
            target = balance_plane.target(data)
        options = filters.rules(data)
    filters.name_rules(data, options)
    scores = data.scores(options)
    of = instrument.nodes.set_index("node")["submodule"]
    nodes = [b for b in instrument.blocks if part in (filters.ALL, of[b])]
    goal = dict.fromkeys(nodes, balance_plane.target_points(data, target))
    found = trend.trends(scores, list(rounds.of_state(data.panel, iso3, reading).values()), goal)
    title = text("over_time.trend.title", name=data.states.name(iso3))
    subtitle = text("over_time.trend.subtitle", target=filters.target_name(data, target))
    _drawn(data, found, title, subtitle, f"trend-{iso3}", worded.TRENDS)
    st.caption(text("over_time.trend.note"))
    box = st.expander(text("over_time.trend.group"), key="trend.group", on_change="rerun")
    if box.open:
        with box:
            with filters.cell(260):
                region = filters.region(data)
            wanted = data.states.members(region)
            members = [code for code in rounds.reporting(data.panel, reading) if code in wanted]
            means = rounds.group_history(rounds.histories(scores, members, nodes, reading))
            title = text("over_time.trend.group.title")
            subtitle = text("over_time.trend.group.subtitle", target=filters.target_name(data, target))
            _drawn(data, trend.group_trends(means, goal), title, subtitle, "trend-group", worded.GROUP_TRENDS)


def _drawn(data: Data, found: tuple, title: str, subtitle: str, name: str, columns: list[str]) -> None:
    """A panel per part with its table, and what can be said of each part in a line."""
    (table, points), instrument = found, data.instrument
    shown = worded.trends(instrument, table)
    hues = points["node"].map(instrument.nodes.set_index("node")["measure_type"])
    colours, words = base.palette(views.dark()), labelled.chart_words()
    chart = charts.trend_lines(points.assign(hue=hues), shown, title, subtitle, colours, words=words)
    views.figure(chart, shown, worded.trend_summary(table), name=name, columns=columns)
    for row in shown.itertuples():
        st.markdown(f"**{views.plain(row.label)}:** {views.plain(row.direction)}")
