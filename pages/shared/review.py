"""The parts of the status board: its table, its reminders, one return with its way through the steps, and the trail."""

from __future__ import annotations

import streamlit as st

from analysis.access import may_review
from analysis.comparison import board
from analysis.model import MOVES, STEPS, StepRefused
from analysis.reports import board as words
from analysis.reports import labelled
from analysis.texts import counted, rounded, text, word
from pages.shared import controls, exports, filters, loaders, plausible, trace, views
from pages.shared.loaders import Data

state = st.session_state
LONGEST = 2000  # of a reason
ALL_STEPS = (*STEPS, board.NOT_RETURNED_STEP)


def standing(data: Data) -> tuple[object, object]:
    """The controls, and (every row of the round and States chosen, those of the step chosen)."""
    returns = loaders.board(data)
    if returns.empty:
        views.nothing("empty.store")
    rounds = board.rounds(returns)
    with filters.bar():
        with filters.cell():
            label = controls.one("round", rounds, rounds[0])
        with filters.cell(260):
            where = filters.region(data)
        with filters.cell():
            choices = [filters.ALL, *ALL_STEPS]
            step = controls.one("step", choices, filters.ALL, _step_name)
    members = data.states.members(where) | (set() if where else set(returns["iso3"]))
    table = board.status_board(
        returns, round_=label, members=members, instrument=data.instrument.id, today=loaders.now()
    )  # fmt: skip
    return table, table if step == filters.ALL else table[table["step"] == step].reset_index(drop=True)


def _step_name(step: str) -> str:
    return text("review.all_steps") if step == filters.ALL else word("step", step).capitalize()


def counts(table: object) -> None:
    """How many are at each step."""
    found = board.step_counts(table)
    with st.container(horizontal=True):
        for step in ALL_STEPS:
            if found.get(step):
                st.metric(word("step", step).capitalize(), rounded(found[step], 0), border=True, width=150)


def rows(data: Data, table: object) -> None:
    """The board; a selected row is chosen below."""
    if table.empty:
        st.text(text("review.nobody"))
        return
    st.text(text("review.select"))
    views.rows(
        words.board(loaders.all_instruments(), table, data.states), name="board", columns=words.BOARD, height=430,
        picks="return_id", bars={"completeness": 1.0},
    )  # fmt: skip


def reminders(data: Data, table: object) -> None:
    """Whom to remind of what, as a table that can be taken along."""
    known = loaders.all_instruments()
    found = board.reminders(table, loaders.parts(data), {name: one.submodules for name, one in known.items()})
    box = st.expander(counted("review.reminders", len(found)), key="board.reminders", on_change="rerun")
    if box.open and len(found):
        with box:
            named = words.reminders(known, found, data.states)
            views.rows(named, name="reminders", columns=words.REMINDERS, height=330)


def one(data: Data, table: object) -> None:
    """One return: where it stands, what was found in it, what it feeds, and the steps it may take."""
    known = table[table["return_id"].notna()]
    if known.empty:
        return
    ids = [int(i) for i in known["return_id"]]
    named = words.board(loaders.all_instruments(), known, data.states)
    labels = dict(zip(ids, words.return_labels(named), strict=True))
    st.divider()
    st.subheader(text("review.one.title"), anchor=False)
    chosen = controls.one("return", ids, ids[0], labels.get)
    at = ids.index(chosen)
    step, told = str(known["step"].iloc[at]), named.iloc[at]
    facts = {"step": told["step"], "since": words.since_words(int(told["days"])), "by": told["by"], "waits": told["waits_for"]}
    st.text(text("review.one.now", **facts))
    _moves(data, chosen, step, labels[chosen])
    steps = words.steps(data.store.steps(chosen))
    st.text(text("review.one.steps"))
    views.rows(steps, name=f"steps-{chosen}", columns=words.STEPS, height=180)
    problems = data.store.problems(chosen)
    st.text(counted("returns.problems", len(problems)) if len(problems) else text("returns.no_problems"))
    if len(problems):
        views.rows(labelled.stored_problems(problems), name=f"problems-{chosen}", columns=labelled.PROBLEMS, height=260)
    plausible.flags(data, chosen, str(known["instrument"].iloc[at]))
    box = st.expander(text("feeds.title"), key="board.feeds", on_change="rerun")
    if box.open:
        with box:
            trace.feeds(data, chosen)


def _moves(data: Data, return_id: int, step: str, name: str) -> None:
    """A button for each step it may take; where a reason is needed, with a place to write it."""
    if not may_review(data.scope):
        return
    if not MOVES[step]:
        st.text(text("review.end"))
        return
    with st.container(horizontal=True):
        for wanted, needs_reason in MOVES[step].items():
            key, label = (
                f"{wanted}.{return_id}.{step}",
                text(f"review.to.{wanted}" if step != "sent_back" else f"review.undo.{wanted}"),
            )
            what = (data, return_id, step, wanted, name)
            if not needs_reason:
                st.button(label, key=f"to.{key}", type="primary", on_click=_go, args=what)
                continue
            with st.popover(label), st.form(f"why.{key}", border=False):
                st.text(text(f"review.why.{wanted}"))
                st.text_area(text("review.reason"), key=f"reason.{key}", max_chars=LONGEST)
                if wanted == "withdrawn":
                    st.checkbox(text("review.confirm"), key=f"sure.{key}")
                st.form_submit_button(label, type="primary", on_click=_go, args=(*what, key))
    if step == "validated":
        st.caption(text("review.locked"))


def _go(data: Data, return_id: int, step: str, wanted: str, name: str, key: str = "") -> None:
    """Take the step, as long as the return is where the reader saw it; what came of it is said on the page."""
    reason = str(state.get(f"reason.{key}", "")).strip()[:LONGEST]
    if wanted == "withdrawn" and not state.get(f"sure.{key}"):
        state["review.said"] = ("refused", text("review.not_sure"))
        return
    try:
        data.store.set_step(return_id, wanted, exports.user(), reason, expected=step)
    except StepRefused as refused:
        facts = {"name": name, "found": word("step", refused.found)}
        state["review.said"] = ("refused", text(f"review.refused.{refused.why}", **facts))
    except loaders.StoreUnavailable as error:  # its message says what to do
        state["review.said"] = ("refused", str(error))
    else:
        state["review.said"] = ("done", text(f"review.done.{wanted}", name=name))


def said() -> None:
    """What came of the last decision, once."""
    if "review.said" in state:
        kind, sentence = state.pop("review.said")
        (st.success if kind == "done" else st.warning)(views.plain(sentence))


def trail(data: Data) -> None:
    """Who did what and when, searchable, the newest first."""
    box = st.expander(text("review.trail"), key="board.trail", on_change="rerun")
    if box.open:
        with box:
            found = loaders.trail(data)
            st.text(counted("review.trail.count", len(found)))
            named = words.trail(loaders.all_instruments(), found, loaders.board(data), data.states)
            views.rows(named, name="trail", height=420)
