"""How self-assessments and visits agree over many States, as far as there are States enough to say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base
from analysis.charts import readings as charts
from analysis.comparison import readings
from analysis.comparison.rounds import LATEST
from analysis.reports import labelled
from analysis.reports import readings as worded
from analysis.texts import text, word
from pages.shared import controls, filters, loaders, views
from pages.shared.filters import ALL
from pages.shared.readings_one import LEAST, evidence, other_reading

if TYPE_CHECKING:
    import pandas as pd

    from pages.shared.loaders import Data


def section(data: Data) -> None:
    """Choose which pairs and which part; bias, agreement, the same for its siblings, and the list of pairs."""
    instrument, other = data.instrument, other_reading(data)
    possible = loaders.possible_pairs(data, other)
    rounds = list(dict.fromkeys(possible.sort_values("other_date", ascending=False)["other_round"]))
    with filters.bar():
        with filters.cell():
            where = filters.region(data)
        with filters.cell(190):
            round_ = _round(data, rounds, other)
        with filters.cell():
            part = filters.submodule(data)
        nodes = instrument.nodes if part == ALL else instrument.nodes[instrument.nodes["submodule"] == part]
        names = nodes["node"].tolist()
        with filters.cell(300):
            node = controls.one("node", names, names[0], lambda n: labelled.node_label(instrument, n))
        with filters.cell(220):
            least = evidence()
    st.caption(text("readings.never") + " " + text("readings.counts"))
    if LEAST[least]:
        st.caption(text("readings.backed"))
    found = loaders.paired(data, other, round_, LEAST[least])
    if where:
        found = found.where(found.table["iso3"].isin(data.states.members(where)).to_numpy())
    if not len(found.table):
        views.nothing("readings.many.none", other=word("reading", other))
    table = readings.agreements(found)
    row = table[table["node"] == node].iloc[0]
    pairs = _pairs(data, found, node)
    subtitle = text(
        "readings.many.subtitle",
        node=instrument.node_name(node),
        other=word("reading", other),
        n=int(row["n"]),
        of=len(found.table),
    )
    if row["n"] >= readings.MINIMUM["anything"]:
        _agreement(data, found, table, pairs, row, other, subtitle, part)
    else:
        st.subheader(views.plain(worded.many_title(instrument, row, other)), anchor=False)
        st.caption(views.plain(subtitle))
        st.text(worded.many_sentence(row, other))
    _list(data, pairs, node, other)


def _round(data: Data, rounds: list[str], other: str) -> str:
    """The round of the other reading, or the newest of each State."""
    newest, label = text("filter.latest"), text(f"readings.other_round.{other}")
    words = {LATEST: newest}
    return controls.one(
        "round", [LATEST, *rounds], LATEST, lambda r: words.get(r, r), label=label, known=filters.known_round(data)
    )


def _agreement(
    data: Data,
    found: readings.Paired,
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    row: pd.Series,
    other: str,
    subtitle: str,
    part: str,
) -> None:
    """What can be said of more than the States that are here."""
    _bias(data, pairs, row, other, subtitle)
    st.divider()
    _answers(data, found, row, other)
    st.divider()
    _siblings(data, table, row, part, other)
    st.divider()
    st.subheader(text("readings.many.list"), anchor=False)


def _pairs(data: Data, found: readings.Paired, node: str) -> pd.DataFrame:
    """Every pair at the node, with what either reading covered there."""
    asked = data.instrument.questions_below(node)
    sides = {"own": found.own_grades, "other": found.other_grades}
    covered = {
        side: readings.coverage(data.panel, found.table[f"{side}_row"], grades, asked=asked) for side, grades in sides.items()
    }
    return worded.pairs(readings.node_pairs(found, node), covered["own"], covered["other"], data.states)


def _bias(data: Data, pairs: pd.DataFrame, row: pd.Series, other: str, subtitle: str) -> None:
    """The picture of differences, and what they come to."""
    shown = pairs.dropna(subset=["difference"]).reset_index(drop=True)
    chart = charts.bland_altman(
        shown, row[["bias", "low", "high", "limit_low", "limit_high"]].to_dict(), worded.many_title(data.instrument, row, other), subtitle,
        base.palette(views.dark()), words=worded.chart_words(other),
    )  # fmt: skip
    views.figure(
        chart, pairs, worded.many_sentence(row, other), name=f"readings-bias-{row['node']}", columns=worded.PAIRS, opens="iso3",
        leads={"reading": "self", "round": None}, clicks=True,
    )  # fmt: skip
    views.rows(worded.facts(row), name=f"readings-facts-{row['node']}", columns=worded.FACTS, height=260)
    if said := worded.icc_sentence(row):
        st.text(said)


def _answers(data: Data, found: readings.Paired, row: pd.Series, other: str) -> None:
    """Answer by answer: the table of levels and kappa, or why there is none."""
    instrument, refused = data.instrument, worded.table_refusal(row)
    if refused:
        st.subheader(text("readings.table.none"), anchor=False)
        st.text(refused)
        return
    counts = readings.answer_tables(found)[:, found.own.column(row["node"])].sum(axis=0)
    chart = charts.answer_table(
        counts, worded.level_names(instrument), list(map(str, instrument.levels)), worded.table_title(row, other),
        text("readings.table.subtitle", node=instrument.node_name(row["node"]), n=int(row["answers"]), states=int(row["states"])),
        base.palette(views.dark()), words=worded.chart_words(other),
    )  # fmt: skip
    with st.container(width=720):
        table = worded.level_table(counts.tolist(), instrument)
        views.figure(chart, table, worded.table_sentence(row), name=f"readings-table-{row['node']}")


def _siblings(data: Data, table: pd.DataFrame, row: pd.Series, part: str, other: str) -> None:
    """The bias of every measure where a measure is chosen, else of every part above them."""
    same = table[(table["kind"] == "measure") == (row["kind"] == "measure")]
    same = same if part == ALL else same[same["submodule"] == part]
    lines = worded.agreements(data.instrument, same.reset_index(drop=True))
    shown = lines.dropna(subset=["bias"]).sort_values("bias", ascending=False, kind="stable").reset_index(drop=True)
    words = worded.chart_words(other)
    title, subtitle = worded.siblings_title(shown), text("readings.siblings.subtitle", shown=len(shown), of=len(lines))
    chart = charts.biases(shown, title, subtitle + labelled.hue_words(data.instrument), base.palette(views.dark()), words=words)
    views.figure(chart, lines, text("readings.siblings.reading"), name="readings-siblings", columns=worded.AGREEMENTS)


def _list(data: Data, pairs: pd.DataFrame, node: str, other: str) -> None:
    """Every pair with both readings, coverage with and without evidence beside them."""
    own, there = (
        {"applicable": int(pairs[f"{side}_applicable"].sum()), "answered": int(pairs[f"{side}_answered"].sum()), "backed": int(pairs[f"{side}_with"].sum())}
        for side in ("self", "other")
    )  # fmt: skip
    st.text(worded.coverage_sentence(own, there, other))
    st.text(text("view.opens_state"))
    leads = {"reading": "self", "round": None}
    views.rows(pairs, name=f"readings-pairs-{node}", columns=worded.PAIRS, opens="iso3", leads=leads, height=560)
