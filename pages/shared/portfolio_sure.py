"""How sure the choice is: what more or less money would close, packages that could go almost for nothing, packages that stay whatever is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base
from analysis.charts import portfolio as charts
from analysis.priorities import frontier, greedy, portfolio, robust
from analysis.reports import portfolio as worded
from analysis.texts import text
from pages.shared import exports, portfolio_choice, views
from pages.shared.portfolio_asked import Asked, asked

if TYPE_CHECKING:
    from analysis.priorities.portfolio import Portfolio
    from pages.shared.loaders import Data

DRAWS = 30
FRONTIER, NEAR, CORE = "portfolio.frontier", "portfolio.near", "portfolio.core"
state = st.session_state


def section(data: Data) -> None:
    """Three questions about the choice; the slow answers on a button each."""
    question = asked(data)
    rows = greedy.Rows(question.question)
    best = portfolio_choice.exact(question)
    if not greedy.greedy(question.question, rows).found and not (best and best[0].found):
        portfolio_choice.solving(question)
        if best:
            portfolio_choice.impossible(data, question, best[0])
        else:
            portfolio_choice.unsatisfied(data, question)
        return
    q = question.question
    if worded.nothing(q.with_limits(budget=max(frontier.budgets(q.limits.budget)))):
        st.text(worded.nothing(q))  # at no budget of the row, and so not at this one
        return
    st.caption(text("portfolio.caveat"))
    exports.also(worded.leaving(question.question))  # how each point of the frontier was found stands in its row
    _frontier(question, rows, best[0] if best and best[0].found else None)
    st.divider()
    _near(data, question)
    st.divider()
    _core(data, question)


def _kept(name: str, question: Asked) -> object:
    """What was computed for this very question, else None."""
    mark, found = state.get(name, (None, None))
    return found if mark == question.question.mark else None


def _frontier(question: Asked, rows: greedy.Rows, best: Portfolio | None) -> None:
    """best: the best choice, where it was found for this very question."""
    q = question.question
    row = frontier.budgets(q.limits.budget)
    quick = frontier.quick_frontier(q, row, rows)
    exact = _kept(FRONTIER, question)
    known = worded.exact_points(exact, q, best)
    table = quick if known is None else worded.joined_frontiers(quick, known)
    lines = worded.frontier(q, table)
    words = {name: text(f"portfolio.frontier.{name}") for name in ("budget", "exact", "quick", "here")}
    words["points"] = text("portfolio.frontier.points", unit=worded.unit(q))
    subtitle = text("portfolio.frontier.subtitle", selection=question.selection.words, unit=worded.unit(q))
    title = text("portfolio.frontier.title")
    chart = charts.frontier(lines, q.limits.budget, title, subtitle, base.palette(views.dark()), words=words)
    reading = worded.frontier_sentence(quick, known, q.limits.budget, q.whole)
    views.figure(chart, lines, reading, name="portfolio-frontier", columns=worded.FRONTIER)
    if exact is None and st.button(text("portfolio.frontier.solve"), key="portfolio.frontier.solve"):
        bar = st.progress(0.0, text("portfolio.solving"))
        found = frontier.exact_frontier(q, row, progress=bar.progress)
        state[FRONTIER] = (q.mark, found)
        st.rerun()


def _near(data: Data, question: Asked) -> None:
    q = question.question
    st.subheader(text("portfolio.near.title"), anchor=False)
    st.text(
        text("portfolio.near.text", most=robust.MOST, share=worded.share(robust.NEAR, 1), own=worded.share(robust.NEAR_OWN, 1))
    )
    kept = _kept(NEAR, question)
    if kept is None:
        if st.button(text("portfolio.near.solve"), key="portfolio.near.solve"):
            bar = st.progress(0.0, text("portfolio.solving"))
            best = portfolio.solve(q)
            found = (robust.near_ties(q, best, progress=bar.progress), best) if best.found else None
            state[NEAR] = (q.mark, found)
            st.rerun()
        return
    table, best = kept
    exports.also(worded.leaving(q, best))
    st.text(worded.near_sentence(table))
    views.rows(worded.near(table, q.packages, data.states), name="portfolio-near", columns=worded.NEAR, height=400, opens="iso3")


def _core(data: Data, question: Asked) -> None:
    q = question.question
    st.subheader(text("portfolio.core.title"), anchor=False)
    st.text(text("portfolio.core.text", draws=DRAWS))
    kept = _kept(CORE, question)
    if kept is None:
        if st.button(text("portfolio.core.solve"), key="portfolio.core.solve"):
            state[CORE] = (q.mark, _drawn(question))
            st.rerun()
        return
    (index, n, counted), best = kept
    if index is None:
        st.text(text("portfolio.quick.infeasible"))
        return
    exports.also(worded.leaving(q, best) | {"draws": str(n), "seed": str(robust.SEED)})
    table = worded.core(q, index, best.chosen, data.states)
    st.text(worded.core_sentence(table, n, counted))
    views.rows(table, name="portfolio-core", columns=worded.CORE, height=440, opens="iso3", bars={"core_index": 1})


def _drawn(question: Asked) -> tuple:
    """(`robust.Core` of the draws, the best portfolio of the question as it is)."""
    q = question.question
    bar = st.progress(0.0, text("portfolio.solving"))
    draws = robust.drawn_questions(q, *question.ends, DRAWS)
    return robust.core_index(draws, progress=lambda i: bar.progress(i / DRAWS)), portfolio.solve(q)
