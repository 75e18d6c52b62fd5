"""The plane of upstream and downstream: all States, a plane per sub-module; one State, its sub-modules on one plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.balance import plane
from analysis.charts import balance as charts
from analysis.charts import base
from analysis.reports import balance as worded
from analysis.reports import balance_sides, uncertain
from analysis.texts import counted, text
from pages.shared import controls, filters, loaders, views
from pages.shared import uncertain as ranges
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def target(data: Data) -> str:
    """The level of the target lines, or `default`: the questionnaire's own."""
    levels = ["default", *map(str, data.instrument.levels[1:])]
    return controls.one("target", levels, "default", lambda t: filters.target_name(data, t))


def target_points(data: Data, chosen: str) -> float:
    """The target line in points."""
    return plane.target_points(data.instrument, None if chosen == "default" else int(chosen))


def section(data: Data) -> None:
    """All States on a plane per sub-module, one State's sub-modules on one plane, and the list of the response-heavy ones."""
    instrument = data.instrument
    with filters.bar():
        selection = filters.states_in_view(data)
        with filters.cell():
            line = target(data)
        codes = data.states.by_name(data.panel.index["iso3"].iloc[selection.rows])
        with filters.cell():
            iso3 = filters.country(data, codes)
        options = filters.rules(data)
        choice = ranges.settings(options, orders=False)
    filters.name_rules(data, options)
    points = target_points(data, line)
    found = plane.planes(data.scores(options), selection.rows, points)
    table = worded.planes(instrument, found, data.states, iso3)
    table = balance_sides.with_sides(table, loaders.sides(data, options, selection.rows, choice.settings, points))
    subtitle = text("balance.plane.subtitle", selection=selection.words, target=filters.target_name(data, line))
    panels = {s: _chart(data, rows, points) for s, rows in table.groupby("submodule", sort=False)}
    reading = f"{worded.plane_sentence(found)} {balance_sides.sides_sentence(table)}"
    views.panels(
        panels, worded.plane_title(found), subtitle, table, reading, name="balance-planes", columns=balance_sides.SIDES,
        opens="iso3", clicks=True,
    )  # fmt: skip
    st.caption(text("balance.plane.key") + " " + uncertain.rule_sentence("balance.side.rule"))
    st.divider()
    own = selection.rows[(data.panel.index["iso3"].iloc[selection.rows] == iso3).to_numpy()]
    _one(data, table, iso3, points, selection.only(data, own).words)
    st.divider()
    _heavy(table)


def _chart(data: Data, rows: pd.DataFrame, points: float) -> go.Figure:
    instrument = data.instrument
    steps = [plane.target_points(instrument, level) for level in range(instrument.max_level + 1)]
    title = rows["submodule_name"].iloc[0]
    colours, words = base.palette(views.dark()), worded.plane_words(instrument)
    return charts.plane(rows, title, "", colours, words=words, target=points, steps=steps, levels=worded.plane_levels(instrument))


def _one(data: Data, table: pd.DataFrame, iso3: str, points: float, selection: str) -> None:
    """One State's sub-modules on one plane."""
    mine = worded.of_state(table, iso3)
    chart = _chart(data, mine, points)
    chart.update_layout(
        title={"text": text("balance.state.title", name=data.states.name(iso3)), "subtitle": {"text": text("balance.state.subtitle", selection=selection)}}
    )  # fmt: skip
    with st.container(width=520):
        reading = " ".join(filter(None, (worded.state_sentence(mine), balance_sides.state_sentence(mine))))
        views.figure(chart, mine, reading, name=f"balance-plane-{iso3}", columns=balance_sides.SIDES, opens="iso3", clicks=True)


def _heavy(table: pd.DataFrame) -> None:
    """States in which downstream stands a level or more above upstream."""
    st.subheader(text("balance.heavy.title"), anchor=False)
    listed = worded.heavy(table)
    certain = int((listed["heavy"] == "certain").sum())
    st.text(counted("balance.heavy.count", certain, possible=len(listed) - certain) + " " + text("balance.heavy.why"))
    if len(listed):
        st.text(text("view.opens_state"))
        views.rows(listed, name="response-heavy", columns=worded.HEAVY, height=320, opens="iso3")
