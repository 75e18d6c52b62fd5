"""Which packages for which States: the quick choice at once, the best one on the button, what it would leave behind, and its caveats."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from analysis.charts import base
from analysis.charts import portfolio as charts
from analysis.priorities import afterwards, greedy, matching, portfolio
from analysis.registers import NEEDS
from analysis.reports import portfolio as worded
from analysis.texts import text
from pages.shared import exports, filters, portfolio_saved, registers, views
from pages.shared.portfolio_asked import Asked, asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.delta_generator import DeltaGenerator

    from analysis.priorities.portfolio import Portfolio
    from pages.shared.loaders import Data

LARGEST, PARTS = 20, 18
QUICK, EXACT, WHY = "portfolio.quick", "portfolio.exact", "portfolio.why"
TICK = 0.5  # seconds between two looks at what runs beside
T = TypeVar("T")
state = st.session_state


def section(data: Data) -> None:
    """The controls, the choice, what becomes of the States."""
    question = asked(data)
    q = question.question
    quick = quickly(question)
    best = exact(question)
    if worded.solvable(q, quick):
        solving(question)
    found = best[0] if best else quick
    if best and not best[0].found:
        impossible(data, question, best[0])
        found = quick
    if not found.found:
        if not best:
            unsatisfied(data, question)
        st.caption(text("portfolio.caveat"))
        return
    exports.also(worded.leaving(q, found))
    st.markdown(f"**{views.plain(worded.finding(question.question, found))}**")
    if best and best[0].found:
        st.text(worded.solved(best[0], quick))
        if question.favours:
            st.text(worded.equity(*best))
    elif not best and (told := worded.quick_told(q, quick)):
        st.text(told)
    closed = [float((afterwards.closed_of(q, found.chosen, room) * q.worth).sum()) for room in question.ends]
    if between := worded.between(*closed):
        st.text(between)
    st.caption(text("portfolio.caveat"))
    _states(data, question, found)
    _packages(data, question, found)
    _parts(data, question, found)
    portfolio_saved.keeping(data, question, found)


def quickly(question: Asked) -> Portfolio:
    """The quick choice; a run that changes nothing about the question does not make it again."""
    mark, found = state.get(QUICK, (None, None))
    if mark != question.question.mark:
        found = greedy.greedy(question.question)
        state[QUICK] = (question.question.mark, found)
    return found


def exact(question: Asked) -> tuple[Portfolio, Portfolio] | None:
    """The best portfolio and the one without floors, where they were computed for this very question."""
    mark, *found = state.get(EXACT, (None,))
    return tuple(found) if mark == question.question.mark else None


def solving(question: Asked) -> None:
    """The button that finds the best choice; gone where it was found for this very question."""
    if exact(question) is None and st.button(text("portfolio.solve"), key="portfolio.solve", type="primary"):
        q, steps = question.question, 2 if question.favours else 1
        bar = st.progress(0.0)
        best = _watched(bar, "best", 1, steps, lambda _: portfolio.solve(q))
        free, why = best, []
        if worded.none_found(best):
            why = _watched(bar, "why", 2, 2, lambda tell: portfolio.conflicts(q, progress=tell), portfolio.EACH_CONFLICT)
        elif question.favours:
            free = _watched(bar, "free", 2, 2, lambda _: portfolio.solve(portfolio.without_floors(q)))
        state[WHY], state[EXACT] = why, (q.mark, best, free)
        st.rerun()


def _watched(
    bar: DeltaGenerator,
    name: str,
    step: int,
    steps: int,
    work: Callable[[Callable[[int, int], None]], T],
    each: float = portfolio.TIME,
) -> T:
    """What some work gives, while a bar says which step of how many it is, how long it has taken and how long it may take at most.

    work: gets a function that it tells how many of its parts are done, and of how many. each: seconds that a part may take.
    It runs beside, without Streamlit; the solver lets others run meanwhile.
    """
    start = time.monotonic()
    parts = [(start, 0, 1)]
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(work, lambda done, of: parts.append((time.monotonic(), done, of)))
        while True:
            (since, done, of), now = parts[-1], time.monotonic()
            left = max(0.0, (of - done) * each - (now - since))
            within = (done + min(1.0, (now - since) / each)) / of
            bar.progress(min(1.0, (step - 1 + within) / steps), worded.solving(name, step, steps, now - start, left))
            if not wait([job], TICK).not_done:
                return job.result()


def impossible(data: Data, question: Asked, found: Portfolio) -> None:
    """Why there is none: limits that conflict, or time that ran out."""
    if worded.none_found(found):
        told = [worded.conflict(state[WHY], question.question, question.names), *_without_use(data, question)]
        st.error(views.plain(" ".join(told)), icon=":material/block:")
    else:
        st.warning(views.plain(worded.solved(found, found)), icon=":material/timer:")


def unsatisfied(data: Data, question: Asked) -> None:
    """That the quick choice does not satisfy all limits, and what is known of the reason."""
    told = [text("portfolio.quick.infeasible"), *_without_use(data, question)]
    st.info(views.plain(" ".join(told)), icon=":material/info:")


def _without_use(data: Data, question: Asked) -> list[str]:
    return worded.without_use(question.question, question.names, data.states)


def _states(data: Data, question: Asked, found: Portfolio) -> None:
    carried = matching.carried(matching.needs_table(registers.kept(data, NEEDS)["body"]))
    table = afterwards.by_state(question.question, found.chosen, question.ends, carried)
    load = worded.workload(table, data.states)
    if load:
        st.warning(views.plain(load), icon=":material/groups:")
    lines = worded.states_table(table, data.states)
    drawn = lines[lines["packages"] > 0].head(LARGEST)
    drawn = drawn.assign(cost_words=[worded.money(c) for c in drawn["cost"]])
    q = question.question
    unit = worded.unit(q)
    subtitle = text("portfolio.states.subtitle", selection=question.selection.words, unit=unit, n=len(drawn), of=len(lines))
    if drawn.empty:
        return
    chart = charts.closed_bars(
        drawn, text("portfolio.states.title"), subtitle, base.palette(views.dark()), words=worded.state_words(unit)
    )
    columns = worded.STATES + (worded.UNWEIGHTED if q.weighted else [])
    reading = f"{worded.states_sentence(lines, unit)} {text('portfolio.states.reading')}"
    views.figure(chart, lines, reading, name="portfolio-states", columns=columns, opens="iso3", clicks=True)


def _packages(data: Data, question: Asked, found: Portfolio) -> None:
    st.subheader(text("portfolio.list.title"), anchor=False)
    st.text(text("portfolio.list.text"))
    table = afterwards.chosen_pairs(question.question, found.chosen)
    paid, asked_for = afterwards.paid_already(table, question.table), afterwards.asked_for(table, question.table)
    st.text(worded.asked_sentence(asked_for, afterwards.requests(question.question, found.chosen, question.table)))
    if twice := worded.paid_sentence(paid):
        st.warning(twice, icon=":material/payments:")
    lines = worded.chosen(data.instrument, table, data.states, paid, asked_for)
    views.rows(lines, name="portfolio", columns=worded.CHOSEN, height=440, opens="iso3")


def _parts(data: Data, question: Asked, found: Portfolio) -> None:
    """Scores of the parts afterwards, of one State or of those that move most."""
    st.subheader(text("portfolio.after.heading"), anchor=False)
    table = afterwards.block_scores(question.question, found.chosen, question.scores, question.rows)
    if table.empty:
        st.text(text("portfolio.after.none"))
        return
    lines = worded.blocks(data.instrument, table, data.states)
    given = data.states.by_name(table["iso3"].unique())
    with filters.cell(260):
        iso3 = filters.country(data, given)
    one = lines[lines["iso3"] == iso3]
    title = text("portfolio.after.title", name=data.states.name(iso3))
    words = {name: text(f"portfolio.after.{name}") for name in ("before", "after")}
    chart = charts.before_after(one, title, text("portfolio.after.subtitle"), base.palette(views.dark()), words=words)
    with st.container(width=820):
        reading = f"{worded.after_sentence(one)} {text('portfolio.after.reading')}"
        views.figure(chart, lines, reading, name="portfolio-after", columns=worded.BLOCKS, opens="iso3")
