"""A set of weights by file: the form out, empty or as it stands in the editor; points back into the editor, with every wrong cell told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis import desk
from analysis.budgets import full_budgets
from analysis.reports import labelled
from analysis.reports import weights as worded
from analysis.texts import text
from pages.shared import controls, exports, loaders, views
from pages.shared.loaders import Data
from pages.shared.registers import ENDINGS

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

state = st.session_state


def brought(data: Data, draft: dict, name_key: str) -> UploadedFile | None:
    """The forms out, and a place for a file; what lies there.

    draft: what stands in the editor, `now` as `full_budgets` takes it. name_key: of the field with the set's name.
    """
    st.subheader(text("weights.file.section"), anchor=False)
    _forms(data, draft, name_key)
    return st.file_uploader(
        text("weights.file.in"),
        type=ENDINGS,
        key=f"weights.upload.{data.source.name}.{data.instrument.id}.{state.get('weights.batch', 0)}",
        help=text("weights.file.in.help"),
    )


def told(data: Data, file: UploadedFile, draft: dict, name_key: str, kept: str) -> None:
    """What was read in a file, every problem, and the button that takes the points into the editor. kept: name of the set that is worked on."""
    read = _read(data, file.file_id, file.name, file.getvalue())
    if read.budgets:
        for line in worded.file_lines(data.instrument, read.budgets, full_budgets(draft["now"])):
            st.text(line)
        if kept and read.name and read.name != kept:
            st.text(text("weights.file.named", name=read.name, kept=kept))
    if read.problems:
        views.rows(labelled.problems(read.problems), name="weights-problems", columns=labelled.PROBLEMS_OF_ONE)
    with st.container(horizontal=True):
        if read.budgets:
            st.button(text("weights.file.take"), key="weights.take", type="primary", on_click=_take, args=(draft, name_key, read))
        if read.problems:
            _copy(data, file.name, file.getvalue(), read)


def _forms(data: Data, draft: dict, name_key: str) -> None:
    place, given = loaders.returns_desk(data.source), full_budgets(draft["now"])
    name = str(state.get(name_key, ""))
    with st.container(horizontal=True):
        for kind, what in (("empty", ("", None)), ("filled", (name, given))):
            if kind == "filled" and not given:
                continue
            file = f"weights-{kind}.xlsx"
            st.download_button(
                text(f"weights.file.{kind}"),
                data=exports.noted(lambda what=what: desk.weights_form(place, data.instrument.id, *what), file),
                file_name=file,
                key=f"download.weights.{kind}",
                on_click="ignore",
                icon=":material/download:",
            )


def _read(data: Data, file_id: str, name: str, content: bytes) -> desk.WeightsRead:
    """Read once, however often the page runs."""
    mark = (data.source.name, data.instrument.id, file_id)
    if state.get("weights.read", (None,))[0] != mark:
        state["weights.read"] = (
            mark,
            desk.read_weights(loaders.returns_desk(data.source), data.instrument.id, name, content),
        )
    return state["weights.read"][1]


def _copy(data: Data, name: str, content: bytes, read: desk.WeightsRead) -> None:
    place, item = loaders.returns_desk(data.source), desk.Incoming(name, content, (), read.problems)
    st.download_button(
        text("registers.copy"),
        data=exports.noted(lambda: desk.annotated_copies(place, [item]), "checked.zip", rows=1),
        file_name="checked.zip",
        key="weights.copy",
        on_click="ignore",
        icon=":material/rate_review:",
    )


def _take(draft: dict, name_key: str, read: desk.WeightsRead) -> None:
    """The file's parts in place of the editor's; what the file says nothing about stays. Nothing is kept yet."""
    for node, of in read.budgets.items():
        draft["now"][node] = {expert: dict(given) for expert, given in of.items()}
    state.pop("weights.at", None)  # the table in view begins anew, with these points
    if read.name:
        state[name_key] = read.name
    controls.put("node", next(iter(read.budgets)))
    state["weights.batch"] = state.get("weights.batch", 0) + 1
    state["weights.said"] = ("done", text("weights.file.taken"))
