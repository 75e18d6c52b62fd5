"""Over time across editions of the questionnaire: lines on the common core, the break drawn, and what share the core is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base, history
from analysis.comparison import core, rounds
from analysis.reports import editions, labelled, sentences
from analysis.texts import text
from pages.shared import controls, filters, loaders, uncertain, uncertain_groups, views

if TYPE_CHECKING:
    import pandas as pd

    from pages.shared.loaders import Data

ALL_STATES = ""


def section(data: Data) -> None:
    """A group's or one State's rounds in every edition that belongs together with the one in view."""
    if loaders.editions(data) is None:
        st.text(text("editions.only_one"))
        return
    with filters.bar():
        with filters.cell():
            reworded = controls.one("reworded", ["no", "yes"], "no", lambda r: text(f"editions.reworded.{r}"))
        found = loaders.editions(data, reworded=reworded == "yes")
        with filters.cell():
            reading = filters.reading(data)
        with filters.cell():
            part = filters.submodule(data)
        codes = data.states.by_name(rounds.reporting(found.scores.panel, reading))
        with filters.cell(260):
            words = {code: data.states.name(code) for code in codes} | {ALL_STATES: text("filter.all_states")}
            iso3 = controls.one(
                "country",
                [ALL_STATES, *codes],
                ALL_STATES,
                words.get,
                label=text("editions.country"),
                known=filters.known_state(data),
            )
        region = ""
        if iso3 == ALL_STATES:
            with filters.cell(260):
                region = filters.region(data)
    latest = found.core.instrument
    of_part = latest.nodes.set_index("node")["submodule"]
    nodes = [b for b in latest.blocks if part in (filters.ALL, of_part[b])]
    group = data.states.members(region)
    members = [iso3] if iso3 else [c for c in codes if c in group]
    if not members:
        views.nothing("empty.selection")
    table = core.histories(found.core, found.scores, found.own, members, nodes, reading)
    _figure(data, found, table, iso3, len(group))
    _sure(data, found, table[table["piece"] == ""], iso3, reading, reworded == "yes")
    _shares(found, nodes)


def _sure(data: Data, found: loaders.Editions, joined: pd.DataFrame, iso3: str, reading: str, reworded: bool) -> None:
    """How sure the change from the first round to the last is where the core spans the editions."""
    draw = uncertain.core_drawer(data, found, reworded)
    if not iso3:
        uncertain_groups.change(
            data,
            found.scores,
            lambda: rounds.matched_ends(found.scores.panel, joined, reading),
            text("uncertain.change.core"),
            draw,
        )
        return
    mine = list(rounds.of_state(found.scores.panel, iso3, reading).values())
    if len(mine) > 1:
        nodes = list(joined["node"].unique())
        uncertain.change(data, found.scores, mine, nodes, drawn=draw, on=text("uncertain.change.core"))


def notice(data: Data) -> None:
    """Say which rounds are not drawn where only the edition in view is, and where they are."""
    found = loaders.editions(data)
    if found is None:
        return
    elsewhere = core.rounds_elsewhere(found.scores.panel, data.panel)
    if elsewhere:
        st.text(text("editions.elsewhere", rounds=sentences.joined(elsewhere), choice=text("over_time.editions")))


def _figure(data: Data, found: loaders.Editions, table: object, iso3: str, states: int) -> None:
    """The lines, with the sentence that says how far they go through. states: all of the group."""
    colours, joined = base.palette(views.dark()), table[table["piece"] == ""]
    said = [editions.break_sentence(found.core, found.scores.panel)]
    if iso3:
        lines, columns, name = editions.lines(found.core, table, data.states), labelled.SAME_HISTORY, iso3
        title = text("editions.one.title", name=data.states.name(iso3))
        said.append(sentences.history_sentence(joined))
        shown = lines
        lines = lines.drop(columns=["lower", "upper"]).assign(score=lines["value"])
    else:
        means, many = core.group_means(table, states=states), table["iso3"].nunique() > history.MOST_LINES
        lines, columns, name = editions.lines(found.core, table, data.states, means, many=many), labelled.GROUP_HISTORY, "group"
        title = text("editions.group.title")
        through = means[means["piece"] == ""]
        said.append(sentences.group_sentence(through, rounds.first_to_last(found.scores, joined)))
        shown = labelled.named(found.core.instrument, means)
        said += sentences.means_ruled_out(found.core.instrument, means)
    said.append(editions.apart_sentence(found.core, table["node"].unique()))
    breaks = editions.break_words(found.core, found.scores.panel)
    chart = history.round_lines(
        lines, title, editions.core_sentence(found.core), colours, words=labelled.chart_words(), breaks=breaks
    )
    views.figure(chart, shown, " ".join(filter(None, said)), name=f"over-time-editions-{name}", columns=["edition", *columns])


def _shares(found: loaders.Editions, nodes: list[str]) -> None:
    """What the core is of each edition, part by part and measure by measure, and what became of the questions."""
    st.subheader(text("editions.shares.title"), anchor=False)
    st.text(text("editions.shares.text"))
    measures = found.core.instrument.measures
    wanted = [n for b in nodes for n in (b, *measures.loc[measures["parent"] == b, "node"])]
    views.rows(editions.shares(found.core, wanted), name="core-shares", height=330)
    st.text(text("editions.kinds.text"))
    views.rows(editions.kinds(found.core), name="editions-kinds", height=260)
