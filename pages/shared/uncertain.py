"""How sure an order of States is: the settings, the ranges, one State against the others, ranks, orders under all weights, the audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from analysis.charts import base
from analysis.charts import ranges as charts
from analysis.reports import uncertain as worded
from analysis.scores import audit, pairs
from analysis.scores.draws import Draws, drawable
from analysis.scores.options import AGGREGATORS, ScoreOptions
from analysis.scores.uncertainty import DEFAULT_SOURCES, SOURCES, UncertaintySettings
from analysis.texts import text
from pages.shared import controls, exports, filters, loaders, views

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scores.tree import Scores
    from pages.shared.loaders import Data

DRAWS, USUAL, SEEDS = (200, 500, 1000, 2000), 500, 2**31 - 1
BOXES, BOX = (25, 50, 100), 50
#: Base samples of an audit: the tree is worked out so often, times the number of sources and two.
SAMPLES = 1024


@dataclass(frozen=True)
class Choice:
    """What a reader chose. box: how far a weight may be from its own share, 0-1."""

    settings: UncertaintySettings
    ranking: bool
    box: float


def settings(options: ScoreOptions, *, orders: bool = True) -> Choice:
    """The settings of every range on a page, in a box beside its filters; they stand in the URL and in every export.

    options: those of the scores. Where they combine the parts in another way than the usual one, all ranges go by that way: it is not varied.
    orders: whether States are put in order on the page, so that ranks and weights within a box can be asked for.
    """
    box, ranking = BOX, "off"
    with st.popover(text("uncertain.settings"), icon=":material/straighten:"):
        st.text(text("uncertain.settings.text"))
        sources = controls.several(
            "sources", SOURCES, [s for s in SOURCES if s in DEFAULT_SOURCES], lambda s: text(f"uncertain.source.{s}")
        )
        if options.aggregator != AGGREGATORS[0]:
            st.caption(text("uncertain.one_way.chosen"))
            sources = [s for s in sources if s != "aggregation"]
        draws = controls.one("draws", list(DRAWS), USUAL)
        seed = controls.number("seed", UncertaintySettings.seed, 0, SEEDS, help=text("uncertain.seed.help"))
        if orders:
            box = controls.one("box", list(BOXES), BOX, lambda b: f"± {b} %", help=text("uncertain.box.help"))
            ranking = controls.one("ranking", ["off", "on"], "off", lambda r: text(f"uncertain.ranking.{r}"), kind="buttons")
    chosen = UncertaintySettings(draws=draws, seed=seed, sources=frozenset(sources))
    exports.also(worded.settings_about(chosen))
    return Choice(chosen, ranking == "on", box / 100)


def asked(scores: Scores, rows: Sequence[int], node: str, settings: UncertaintySettings) -> list[int]:
    """The rows in which a node was returned and applies, and, unless unknown answers are drawn, has a score: of the others nothing can be
    drawn."""
    return [int(r) for r, there in zip(rows, drawable(scores, rows, node, settings), strict=True) if there]


def ranged(data: Data, scores: Scores, table: pd.DataFrame, node: str, choice: Choice) -> pd.DataFrame:
    """Rows of `Scores.table` of one node, of whatever States, with the range of each."""
    found = loaders.ranges(
        data, scores.options, asked(scores, list(table["row"]), node, choice.settings), [node], choice.settings
    )
    return worded.ranged(table, found)


def alike(data: Data, scores: Scores, rows: Sequence[int], node: str, choice: Choice) -> int:
    """How many of some States, one row each, can't be told apart from the one with the highest score at a node."""
    there = asked(scores, rows, node, choice.settings)
    shown = [row for row in there if not np.isnan(scores.score[row, scores.column(node)])]
    if len(there) < 2 or not shown:
        return 0
    first = max(shown, key=lambda row: scores.score[row, scores.column(node)])
    found = pairs.against(loaders.draws(data, scores.options, there, [node], choice.settings), node, first)
    return int((~found["separable"]).sum())


def section(data: Data, scores: Scores, rows: Sequence[int], node: str, choice: Choice) -> None:
    """All of it for some States at a node. rows: rows of the panel, one a State."""
    st.subheader(text("uncertain.title"), anchor=False)
    there = asked(scores, rows, node, choice.settings)
    if len(there) < 2:
        st.text(text("uncertain.few"))
        return
    drawn = loaders.draws(data, scores.options, there, [node], choice.settings)
    row_of = dict(zip(scores.panel.index["iso3"].iloc[there], there, strict=True))
    codes = data.states.by_name(row_of)
    with filters.bar(), filters.cell(260):
        pivot = controls.one("pivot", codes, codes[0], data.states.name)
    marks = _against(data, drawn, node, row_of[pivot], pivot)
    if choice.ranking:
        _ranks(data, drawn, node, row_of[pivot], marks)
    _kept(data, scores, there, node, choice)
    _audit(data, scores, row_of, node, pivot, choice)


#: Rows, nodes, settings -> draws: for scores that are not those of the panel in view.
Drawer = Callable[[Sequence[int], Sequence[str], UncertaintySettings], Draws]


def drawer(data: Data, scores: Scores) -> Drawer:
    """Draws of the panel in view."""
    return lambda rows, nodes, chosen: loaders.draws(data, scores.options, rows, nodes, chosen)


def core_drawer(data: Data, found: loaders.Editions, reworded: bool = False) -> Drawer:
    """Draws on the common core of several editions. reworded: as `loaders.editions` was asked."""
    options = found.scores.options
    return lambda rows, nodes, chosen: loaders.core_draws(data, options, reworded, rows, nodes, chosen)


def change(
    data: Data,
    scores: Scores,
    rows: Sequence[int],
    nodes: Sequence[str],
    *,
    on: str,
    drawn: Drawer | None = None,
) -> None:
    """How sure it is that one State rose or fell, part by part, from the first of some rounds to the last; worked out only where a reader
    opens it.

    rows: of the State's rounds, the oldest first. on: over which questions, in words. drawn: where the scores are not those of the panel in view.
    """
    box = st.expander(text("uncertain.change.title"), key="uncertain.change", on_change="rerun")
    if not box.open:
        return
    with box:
        choice = settings(scores.options, orders=False)
        ends = {node: (known[0], known[-1]) for node in nodes if len(known := _known(scores, rows, node, choice.settings)) > 1}
        if not ends:
            st.text(text("uncertain.change.none"))
            return
        wanted = sorted({row for pair in ends.values() for row in pair})
        found = (drawn or drawer(data, scores))(wanted, list(ends), choice.settings)
        beside = {node: (pairs.against(found, node, now), before) for node, (before, now) in ends.items()}
        tables = [table[table["row"] == before] for table, before in beside.values()]
        table = worded.moved(scores.instrument, list(ends), tables)
        labels = scores.panel.index["round"]
        table["first"], table["last"] = ([labels.iloc[pair[end]] for pair in ends.values()] for end in (0, 1))
        spans = {"before": " / ".join(table["first"].unique()), "after": " / ".join(table["last"].unique())}
        subtitle, name = text("uncertain.change.subtitle", on=on, **spans), f"sure-{labels.iloc[rows[0]]}-{labels.iloc[rows[-1]]}"
        moves(table, worded.moved_title(table), subtitle, worded.moved_sentence(table), choice, name, worded.MOVED)


def _known(scores: Scores, rows: Sequence[int], node: str, chosen: UncertaintySettings) -> list[int]:
    """The rounds in which a node has a score; where fewer than two have one, those in which it can be drawn."""
    shown = [int(row) for row in rows if not np.isnan(scores.score[row, scores.column(node)])]
    return shown if len(shown) > 1 else asked(scores, rows, node, chosen)


def moves(
    table: pd.DataFrame,
    title: str,
    subtitle: str,
    sentence: str,
    choice: Choice,
    name: str,
    columns: Sequence[str],
    rule: str = "uncertain.change.rule",
) -> None:
    """Changes as ranges, with what counts as one. rule: key of the sentence that says so."""
    chart = charts.differences(table, title, subtitle, colours(), words=worded.chart_words())
    views.figure(chart, table, f"{sentence} {worded.rule_sentence(rule)}", name=name, columns=columns)
    st.caption(worded.error_sentence(choice.settings))


def _against(data: Data, drawn: Draws, node: str, row: int, pivot: str) -> pd.DataFrame:
    """The chosen State beside each other one."""
    scores, name = drawn.scores, data.states.name(pivot)
    found = pairs.against(drawn, node, row)
    table = worded.against(scores, data.instrument, found, data.states, name)
    subtitle = text("uncertain.against.subtitle", name=name, node=data.instrument.node_name(node))
    chart = charts.differences(table, text("uncertain.against.title", name=name), subtitle, colours(), words=worded.chart_words())
    reading = f"{worded.against_sentence(table, name)} {worded.rule_sentence()}"
    views.figure(chart, table, reading, name=f"against-{node}-{pivot}", columns=worded.AGAINST, opens="iso3")
    st.caption(worded.error_sentence(drawn.settings))
    return found


def _ranks(data: Data, drawn: Draws, node: str, row: int, marks: pd.DataFrame) -> None:
    """Ranks, only ever as intervals with their marks."""
    table = worded.ranks(drawn.scores, pairs.rank_intervals(drawn, node), marks, data.states, row)
    chart = charts.rank_ranges(
        worded.for_ranks(table),
        text("uncertain.ranks.title", n=len(table)),
        text(
            "uncertain.ranks.subtitle",
            node=data.instrument.node_name(node),
            name=worded.names_of(drawn.scores, [row], data.states)[0],
        ),
        colours(),
        words=worded.chart_words(),
    )
    views.figure(chart, table, worded.ranks_sentence(table), name=f"ranks-{node}", columns=worded.RANKS)


def _kept(data: Data, scores: Scores, rows: Sequence[int], node: str, choice: Choice) -> None:
    """The pairs whose order holds whatever the weights: exact, nothing is drawn."""
    st.subheader(text("uncertain.kept.title"), anchor=False)
    if scores.options.aggregator != "arithmetic":
        st.text(text("uncertain.kept.arithmetic"))
        return
    found = loaders.orders(data, scores.options, rows, node, choice.box)
    st.text(worded.kept_sentence(found, choice.box))
    table = worded.kept(scores, found, data.states)
    box = st.expander(text("view.table"), key=f"table.kept-{node}", on_change="rerun")
    if box.open:
        with box:
            views.rows(table, name=f"kept-{node}", columns=worded.KEPT, height=330)


def _audit(data: Data, scores: Scores, row_of: dict[str, int], node: str, pivot: str, choice: Choice) -> None:
    """Which assumption moves the result: worked out when asked for, with a bar that tells how far it is."""
    st.subheader(text("uncertain.audit.title"), anchor=False)
    if not audit.can_audit():
        st.text(text("uncertain.audit.missing"))
        return
    st.text(text("uncertain.audit.text", n=SAMPLES))
    others = [code for code in data.states.by_name(row_of) if code != pivot]
    name, settings = data.states.name(pivot), choice.settings
    with filters.bar():
        with filters.cell(300):
            against = controls.one("against", ["", *others], "", lambda c: _difference(data, c), label=text("uncertain.audit.of"))
        asked_for = st.button(text("uncertain.audit.run"), key="audit.run", disabled=not settings.sources)
    key = (data.source, data.version, data.instrument.id, scores.options, node, pivot, against, row_of[pivot], settings)
    if asked_for:
        bar = st.progress(0.0, text("uncertain.audit.progress"))
        found = audit.audit(
            scores, node, row_of[pivot], settings, other=row_of.get(against), n=SAMPLES,
            progress=lambda share: bar.progress(share, text("uncertain.audit.progress")),
        )  # fmt: skip
        bar.empty()
        st.session_state["audit.found"] = (key, found)  # what this reader asked for; another question asks anew
    if st.session_state.get("audit.found", (None,))[0] != key:
        return
    table = worded.audit_table(st.session_state["audit.found"][1])
    reading = " ".join([worded.audit_sentence(table), *worded.audit_note(table), worded.fixed_sentence(settings)])
    if table["share_all"].isna().all():
        st.text(reading)
        return
    title = text(
        "uncertain.audit.figure.one" if not against else "uncertain.audit.figure.two",
        name=name,
        other=data.states.name(against) if against else "",
    )
    chart = charts.index_bars(table, title, text("uncertain.audit.subtitle"), colours(), words=worded.chart_words())
    views.figure(chart, table, reading, name=f"audit-{node}-{pivot}", columns=worded.AUDIT)


def _difference(data: Data, code: str) -> str:
    return text("uncertain.audit.score") if not code else text("uncertain.audit.difference", name=data.states.name(code))


def colours() -> base.Palette:
    """The reader's palette."""
    return base.palette(views.dark())
