"""The editor of weights: experts spread 100 points over the children of a node; what they come to is kept as a named set."""

from __future__ import annotations

import streamlit as st

from analysis.budgets import LONGEST_NAME, MOST_EXPERTS, children_of, full_budgets
from analysis.charts import base, shares
from analysis.reports import weights as worded
from analysis.scores.weight_sets import KIND, WeightSet, new_id
from analysis.texts import counted, text
from pages.shared import controls, exports, filters, loaders, views, weights_file
from pages.shared.filters import OWN
from pages.shared.loaders import Data

USUAL = 3
LABEL = 230  # pixels: on a telephone the points must still have room beside it
state = st.session_state


def section(data: Data) -> None:
    """Which set, which node, how many experts; the points; what they come to; the button that keeps; what is kept."""
    _told()
    if not len(data.panel):
        st.text(text("empty.store"))
    st.text(text("weights.editor.text"))
    sets, children = loaders.weight_sets(data), children_of(data.instrument)
    with filters.bar():
        with filters.cell(260):
            chosen = _which(sets)
        draft = _draft(data, sets.get(chosen), chosen)
        with filters.cell(420):
            nodes = list(children)
            node = controls.one(
                "node", nodes, nodes[0], lambda n: worded.item_label(data.instrument, n), label=text("weights.node")
            )
        with filters.cell(150):
            given = max((int(e) for e in full_budgets(draft["now"]).get(node, {})), default=1)  # nobody's points go unseen
            experts = controls.number("experts", max(USUAL, given), given, MOST_EXPERTS, help=text("weights.experts.help"))
    budgets = _points(data, draft, node, children[node], experts)
    _agreed(data, node, children[node], budgets)
    keep, by_file = st.columns(2, gap="large")
    with keep:
        key = _keeping(data, sets.get(chosen), draft, children)
    with by_file:
        weights_file.section(data, draft, key)
    _kept(data, sets)


def _which(sets: dict[str, WeightSet]) -> str:
    """The set that is worked on: a kept one, the first where nobody has chosen, as under What would change; or a new one."""
    first = next(iter(sets), OWN)
    return controls.one(
        "weights", [OWN, *sets], first, lambda i: sets[i].name if i in sets else text("weights.new"), label=text("weights.set")
    )


def _draft(data: Data, one: WeightSet | None, chosen: str) -> dict:
    """What has been filled in of a set so far, until it is kept. now: as it stands; base: what the table in view began with."""
    drafts, key, body = (
        state.setdefault("weights.drafts", {}),
        (data.source, data.instrument.id, chosen),
        one.body if one else None,
    )
    if key not in drafts or drafts[key]["body"] != body:
        budgets = {node: {e: dict(g) for e, g in of.items()} for node, of in one.budgets.items()} if one else {}
        drafts[key] = {"key": key, "body": body, "now": budgets, "base": {}}
        state.pop("weights.at", None)
    return drafts[key]


def _points(data: Data, draft: dict, node: str, children: list[str], experts: int) -> dict:
    """The table that experts fill in.

    It keeps its own changes as long as it is in view, so what it begins with stays the same till then. Out of view it forgets them: what
    it begins with when it comes back is what had been filled in.
    """
    at = (draft["key"], node, experts)
    if state.get("weights.at") != at or f"weights.points.{state['weights.turn']}" not in state:
        state["weights.at"], state["weights.turn"] = at, state.get("weights.turn", 0) + 1
        draft["base"] = dict(draft["now"].get(node, {}))
    table = worded.budget_table(data.instrument, children, draft["base"], experts)
    number = st.column_config.NumberColumn
    columns = {
        str(n): number(worded.expert_name(str(n)), min_value=0, max_value=100, step=1, width=86) for n in range(1, experts + 1)
    }
    columns["label"] = st.column_config.Column(text("column.label"), width=LABEL, pinned=True)
    columns["share"] = number(text("weights.own_share"), format="%.0f %%", width=110)
    filled = st.data_editor(
        table.assign(share=table["share"] * 100), key=f"weights.points.{state['weights.turn']}", hide_index=True, column_config=columns,
        disabled=["label", "share"], width="content", placeholder="",
        column_order=["label", *map(str, range(1, experts + 1)), "share"],  # on a telephone the points come first
    )  # fmt: skip
    draft["now"][node] = worded.budget_of(filled, children)
    return full_budgets({node: draft["now"][node]}).get(node, {})


def _agreed(data: Data, node: str, children: list[str], budgets: dict) -> None:
    """What the experts' points come to; what is still to do where they come to nothing yet."""
    if not budgets:
        st.text(text("weights.nobody_yet"))
        return
    todo = worded.sum_lines(budgets, children)
    for line in todo:
        st.text(line)
    if todo:
        return
    table = worded.agreed(data.instrument, children, budgets)
    words = {name: text(f"weights.series.{name}") for name in ("expert", "own", "agreed")}
    title = text("weights.agreed.title", node=data.instrument.node_name(node))
    chart = shares.share_dots(
        worded.agreed_dots(table, budgets), title, counted("weights.agreed.subtitle", len(budgets)), base.palette(views.dark()),
        words=words, main="agreed", quiet="expert",
    )  # fmt: skip
    views.figure(chart, table, worded.agreed_sentence(table), name="weights-agreed", columns=worded.AGREED)


def _keeping(data: Data, one: WeightSet | None, draft: dict, children: dict) -> str:
    """A name, and the buttons that keep the set, keep it as another one, or take it back. Gives the key of the name's field."""
    st.subheader(text("weights.keep.title"), anchor=False)
    key = f"weights.name.{one.id if one else OWN}"
    st.text_input(
        text("weights.name"), one.name if one else "", max_chars=LONGEST_NAME, key=key, help=text("weights.name.help"), width=420
    )
    facts = (data, draft, children, key)
    with st.container(horizontal=True):
        label = text("weights.save" if one else "weights.save_new")
        st.button(label, key="weights.save", type="primary", on_click=_save, args=(*facts, one.id if one else ""))
        if one:
            st.button(text("weights.save_new"), key="weights.save_new", on_click=_save, args=(*facts, ""))
            st.button(text("weights.take_back"), key="weights.take_back", on_click=_take_back, args=(data, one))
    return key


def _save(data: Data, draft: dict, children: dict, key: str, id: str) -> None:
    """Keep the whole draft under its name, if every node of it is complete."""
    name, budgets = str(state.get(key, "")).strip()[:LONGEST_NAME], full_budgets(draft["now"])
    todo = [f"{data.instrument.node_name(n)}: {line}" for n, of in budgets.items() for line in worded.sum_lines(of, children[n])]
    if not name or not budgets or todo:
        state["weights.said"] = (
            "refused",
            " ".join(todo) or text("weights.refused.name" if budgets else "weights.refused.empty"),
        )
        return
    one = WeightSet(id or new_id(), name, data.instrument.id, budgets)
    if _stored(data, {one.id: one.body}):
        controls.put("weights", one.id)
        state["weights.said"] = ("done", text("weights.kept", name=name))


def _take_back(data: Data, one: WeightSet) -> None:
    if _stored(data, {one.id: None}):
        controls.put("weights", OWN)
        state["weights.said"] = ("done", text("weights.taken_back", name=one.name))


def _stored(data: Data, bodies: dict) -> bool:
    try:
        data.store.save_records(KIND, bodies, exports.user())
    except loaders.StoreUnavailable as error:  # its message says what to do
        state["weights.said"] = ("refused", str(error))
        return False
    return True


def _told() -> None:
    """What came of the last keeping, once."""
    if "weights.said" in state:
        kind, sentence = state.pop("weights.said")
        (st.success if kind == "done" else st.warning)(views.plain(sentence))


def _kept(data: Data, sets: dict[str, WeightSet]) -> None:
    """The sets there are, and the chosen one as a whole to take along."""
    if not sets:
        return
    st.subheader(text("weights.sets.title"), anchor=False)
    views.rows(
        worded.sets_table(data.instrument, sets.values(), loaders.records(data, KIND)), name="weight-sets", columns=worded.SETS
    )
    one = sets.get(state.get("w.weights"))
    if one:
        box = st.expander(text("weights.sets.whole"), key="table.weight-set", on_change="rerun")
        if box.open:
            with box:
                views.rows(worded.set_table(data.instrument, one), name="weight-set")
