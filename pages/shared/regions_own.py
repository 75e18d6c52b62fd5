"""Groups of one's own: put together, renamed, changed and taken back here; usable wherever a page asks for a group of States."""

from __future__ import annotations

import streamlit as st

from analysis.comparison import own_groups
from analysis.registers import new_key
from analysis.reports import regions as worded
from analysis.states import MINE
from analysis.texts import counted, text
from pages.shared import controls, exports, loaders, views
from pages.shared.loaders import Data

state = st.session_state


def section(data: Data) -> None:
    """What there is, and the form."""
    st.subheader(text("regions.own.title"), anchor=False)
    st.text(text("regions.own.text"))
    done = state.pop("regions.own.done", "")
    if done:
        st.success(text(f"regions.own.done.{done}"))
    kept = loaders.records(data, own_groups.KIND)
    kept = kept[kept["key"].isin(list(data.states.own_names))]
    if len(kept):
        st.text(counted("regions.own.count", len(kept)))
        views.rows(worded.own_groups(kept, data.states), name="own-groups", columns=worded.OWN, height=260)
    with st.container(width=720):
        _form(data)


def _form(data: Data) -> None:
    """One group: a new one, or one that is kept and may be changed or taken back."""
    turn, names = state.get("regions.own.turn", 0), data.states.own_names
    key = st.selectbox(
        text("regions.own.pick"),
        ["", *names],
        format_func=lambda k: names.get(k, text("regions.own.new")),
        key=f"regions.own.pick.{turn}",
    )
    members = data.states.by_name(data.states.members(f"{MINE}:{key}")) if key else []
    with st.form(f"regions.own.form.{key}.{turn}", border=False):
        name = st.text_input(
            text("regions.own.name"), names.get(key, ""), max_chars=own_groups.LONGEST, key=f"regions.own.name.{key}.{turn}"
        )
        chosen = st.multiselect(
            text("regions.own.members"), data.states.by_name(data.states.names), members, format_func=data.states.name,
            key=f"regions.own.members.{key}.{turn}", select_all=False,
        )  # fmt: skip
        with st.container(horizontal=True):
            save = st.form_submit_button(text("regions.own.save"), type="primary")
            back = st.form_submit_button(text("regions.own.take_back")) if key else False
    if back:
        _write(data, key, None)
    elif save:
        wrong = own_groups.wrong(name, chosen, data.states, key)
        if wrong:
            st.error(text(f"regions.own.wrong.{wrong}", most=own_groups.LONGEST))
            return
        _write(data, key or new_key(), own_groups.body(name, chosen, data.states))


def _write(data: Data, key: str, body: dict | None) -> None:
    try:
        data.store.save_records(own_groups.KIND, {key: body}, exports.user())
    except loaders.StoreUnavailable as error:
        st.error(views.plain(str(error)), icon=":material/database_off:")
        st.stop()
    if body is None and state.get("w.region") == f"{MINE}:{key}":
        controls.put("region", "")
    state["regions.own.done"] = "back" if body is None else "saved"
    state["regions.own.turn"] = state.get("regions.own.turn", 0) + 1
    st.rerun()
