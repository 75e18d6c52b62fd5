"""How sure an order of groups of States is, and a change of a group's mean: the settings, draws and words of `uncertain`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import dots
from analysis.charts import ranges as charts
from analysis.comparison import sure
from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.reports import uncertain as worded
from analysis.reports import uncertain_groups as grouped
from analysis.texts import text
from pages.shared import controls, filters, uncertain, views

if TYPE_CHECKING:
    import pandas as pd

    from analysis.instrument import Instrument
    from analysis.scores.draws import Draws
    from analysis.scores.tree import Scores
    from pages.shared.loaders import Data


def drawn(data: Data, scores: Scores, rows: Sequence[int], node: str, choice: uncertain.Choice) -> Draws:
    """Draws of the States in view at a node, as far as they can be drawn."""
    there = uncertain.asked(scores, rows, node, choice.settings)
    return uncertain.drawer(data, scores)(there, [node], choice.settings)


def section(
    data: Data,
    draws: Draws,
    rows: Sequence[int],
    members: pd.DataFrame,
    node: str,
    names: Mapping[str, str],
    choice: uncertain.Choice,
) -> None:
    """The mean of a chosen group beside that of each other one. rows: all returns in view. names: group -> name, of those with a mean."""
    st.subheader(text("uncertain.groups.title"), anchor=False)
    if len(names) < 2:
        st.text(text("uncertain.groups.few", fewest=FEWEST_FOR_QUANTILES))
        return
    with filters.bar(), filters.cell(260):
        group = controls.one("group", list(names), next(iter(names)), names.get, label=text("uncertain.groups.pick"))
    table = grouped.against(sure.against_group(draws, rows, members, node, group), names)
    facts = {"name": names[group], "node": data.instrument.node_name(node)}
    chart = charts.differences(
        table, text("uncertain.groups.figure", **facts), text("uncertain.groups.subtitle", **facts), uncertain.colours(),
        words=worded.chart_words(),
    )  # fmt: skip
    reading = f"{grouped.against_sentence(table, names[group])} {worded.rule_sentence('uncertain.groups.rule')}"
    views.figure(chart, table, reading, name=f"against-groups-{node}", columns=grouped.AGAINST)
    st.caption(worded.error_sentence(choice.settings))


def parts(data: Data, scores: Scores, rows: Sequence[int], codes: Sequence[str], words: str) -> None:
    """The mean of one group part by part with its range; worked out only where a reader opens it.

    rows: one a State. codes: all States of the group. words: the selection in words.
    """
    box = st.expander(text("uncertain.parts.title"), key="uncertain.parts", on_change="rerun")
    if not box.open:
        return
    with box:
        choice, nodes = uncertain.settings(scores.options, orders=False), list(data.instrument.blocks)
        found = uncertain.drawer(data, scores)(rows, nodes, choice.settings)
        table = grouped.parts(data.instrument, sure.part_ranges(found, rows, codes, nodes))
        if table["mean"].isna().all():
            st.text(grouped.parts_sentence(table))
            return
        chart = dots.bounded_dots(
            table, text("uncertain.parts.figure"), text("uncertain.parts.subtitle", selection=words), uncertain.colours(),
            words=worded.chart_words(),
        )  # fmt: skip
        views.figure(chart, table, grouped.parts_sentence(table), name="sure-parts", columns=grouped.PARTS)
        st.caption(worded.error_sentence(choice.settings))


@dataclass(frozen=True)
class Move:
    """What of a group may have changed between two rounds. kind: by which its texts are called; rule: what counts as a change; name: of its downloads."""

    kind: str
    rule: str
    name: str
    changes: Callable[[Draws, pd.DataFrame], pd.DataFrame]
    words: Callable[[Instrument, pd.DataFrame], pd.DataFrame]
    columns: Sequence[str]


MEAN = Move("change", "uncertain.change.rule", "sure-group", sure.mean_changes, grouped.moved, grouped.MOVED)
SPREAD = Move("spread", "uncertain.group_spread.rule", "sure-spread", sure.spread_changes, grouped.parted, grouped.PARTED)


def change(
    data: Data,
    scores: Scores,
    matched: Callable[[], pd.DataFrame],
    on: str,
    drawer: uncertain.Drawer | None = None,
    move: Move = MEAN,
) -> None:
    """How sure it is that the mean of the same States, or how far they are apart, rose or fell from the first round to the last; worked out
    only where it is opened.

    matched: the same States in two rounds, as `rounds.matched_ends` gives them. on: over which questions, in words. drawer: where the scores are not those of the panel in view.
    """
    box = st.expander(text("uncertain.change.title"), key=f"uncertain.group_{move.kind}", on_change="rerun")
    if not box.open:
        return
    with box:
        choice = uncertain.settings(scores.options, orders=False)
        pairs = matched()
        if pairs.empty:
            st.text(text(f"uncertain.group_{move.kind}.none", fewest=FEWEST_FOR_QUANTILES))
            return
        rows, nodes = sorted({*pairs["now"], *pairs["before"]}), list(pairs["node"].unique())
        found = (drawer or uncertain.drawer(data, scores))(rows, nodes, choice.settings)
        table = move.words(scores.instrument, move.changes(found, pairs))
        spans = {"before": " / ".join(pairs["first"].unique()), "after": " / ".join(pairs["last"].unique()), "on": on}
        subtitle, title = text(f"uncertain.group_{move.kind}.subtitle", **spans), grouped.moved_title(table, move.kind)
        sentence = grouped.moved_sentence(table, move.kind)
        uncertain.moves(table, title, subtitle, sentence, choice, move.name, move.columns, move.rule)
