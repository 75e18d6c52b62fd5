"""The groups of a kind side by side: every State a dot, medians and quartiles, what the mean could be, and what lies between the groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base
from analysis.charts import regions as charts
from analysis.comparison import regions, sure
from analysis.reports import regions as worded
from analysis.reports import uncertain_groups
from analysis.texts import counted, text
from pages.shared import controls, filters, uncertain, views
from pages.shared import uncertain_groups as sure_groups
from pages.shared.filters import Selection
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scores.tree import Scores


def kind_of_groups(data: Data) -> str:
    """A kind of groups, of those that there are; the page ends here, with what to do next, where there is none."""
    kinds = list(data.states.groups["kind"].unique())
    if not kinds:
        views.nothing("regions.no_groups")
    if len(kinds) == 1:
        return controls.only("groups", kinds[0], worded.kind_name(kinds[0]))
    with filters.cell():
        return controls.one("groups", kinds, kinds[0], worded.kind_name)


def section(data: Data) -> None:
    """The dots by group with their table, how sure the order of the means is, then the shares of the variance."""
    instrument = data.instrument
    with filters.bar():
        selection = filters.states_in_view(data, regional=False)
        kind = kind_of_groups(data)
        with filters.cell(filters.WIDE):
            node = controls.one("node", list(instrument.blocks), instrument.blocks[0], instrument.node_name)
        options = filters.rules(data)
        choice = uncertain.settings(options, orders=False)
    filters.name_rules(data, options)
    scores, members = data.scores(options), regions.memberships(data.states.groups, kind)
    table = worded.spread(instrument, regions.group_spread(scores, selection.rows, members, node), data.states, kind, node)
    drawn = sure_groups.drawn(data, scores, selection.rows, node, choice)
    table = uncertain_groups.with_ranges(table, sure.group_ranges(drawn, members, node))
    dots = worded.dots(instrument, regions.group_dots(scores, selection.rows, members, node), table, data.states)
    subtitle = text("regions.spread.subtitle", selection=selection.words)
    chart = charts.group_dots(
        dots, table[table["returned"] > 0], text("regions.spread.title", node=instrument.node_name(node)), subtitle, base.palette(views.dark()),
        words=worded.spread_words(),
    )  # fmt: skip
    views.figure(chart, table, worded.spread_sentence(table), name=f"regions-{kind}-{node}", columns=worded.SPREAD, clicks=True)
    box = st.expander(text("regions.dots"), key="regions.dots", on_change="rerun")
    if box.open:
        with box:
            st.text(text("view.opens_state"))
            views.rows(dots, name=f"regions-states-{kind}-{node}", columns=worded.DOTS, opens="iso3")
    outside = len(set(data.panel.index["iso3"].iloc[selection.rows]) - set(members["iso3"]))
    if outside:
        st.caption(counted("regions.outside", outside))
    st.divider()
    known = table.dropna(subset=["lower"])
    names = dict(zip(known["group"], known["group_name"], strict=True))
    sure_groups.section(data, drawn, selection.rows, members, node, names, choice)
    st.divider()
    _variance(data, scores, selection, members)


def _variance(data: Data, scores: Scores, selection: Selection, members: pd.DataFrame) -> None:
    """How much of the variance lies between the groups; refused where a State is in several of them."""
    instrument = data.instrument
    if not regions.partitioned(members):
        st.subheader(text("regions.variance.title"), anchor=False)
        st.text(text("regions.variance.overlap"))
        return
    table = regions.variance_shares(scores, selection.rows, members, instrument.blocks)
    sentence = worded.variance_sentence(table)
    if table["share_between"].isna().all():
        st.subheader(text("regions.variance.title"), anchor=False)
        st.text(sentence)
        return
    lines = worded.variance(instrument, table)
    subtitle = text("regions.variance.subtitle", selection=selection.words)
    chart = charts.share_bars(
        lines, text("regions.variance.title"), subtitle, base.palette(views.dark()), words=worded.variance_words()
    )
    views.figure(chart, lines, sentence, name="regions-variance", columns=worded.VARIANCE)
