"""The returns desk: the questionnaire out, completed workbooks in. Nothing is stored before the reader has seen what was read."""

import getpass

import streamlit as st

from analysis import desk
from analysis.reports import labelled, sentences
from analysis.texts import counted, text, word
from pages.shared import controls, filters, frame, loaders, views

data = frame.open_page("returns")
instruments = loaders.all_instruments()
state = st.session_state


def questionnaire() -> None:
    """The empty workbook, whole or one sub-module of it."""
    instrument = data.instrument
    st.subheader(text("returns.out.title"), anchor=False)
    st.text(text("returns.out.text", questions=len(instrument.questions)))
    part = filters.submodule(data)
    parts = () if part == filters.ALL else (part,)
    st.download_button(
        text("returns.out.button"),
        data=lambda: loaders.template(instrument.id, data.source.sample, parts),
        file_name="-".join([instrument.id, *parts]) + ".xlsx",
        key="download.template",
        on_click="ignore",
        icon=":material/download:",
    )


def uploaded() -> list[desk.Incoming]:
    """What was read in the files that lie on the desk; each file is read once, however often the page runs."""
    files = st.file_uploader(
        text("returns.in.label"),
        type=["xlsx", "xlsm", "csv"],
        accept_multiple_files=True,
        key=f"uploads.{data.source.name}.{state.get('desk.batch', 0)}",
    )
    before = state.get("desk.read", {})  # read once for one store: each store has its own States
    read = state["desk.read"] = {(data.source.name, f.file_id): before.get((data.source.name, f.file_id)) for f in files}
    new = [f for f in files if read[data.source.name, f.file_id] is None]
    if new:
        bar = st.progress(0.0, text("returns.in.reading"))
        place = loaders.returns_desk(data.source)
        for i, file in enumerate(new):
            read[data.source.name, file.file_id] = desk.read(place, file.name, file.getvalue())
            bar.progress((i + 1) / len(new), views.plain(file.name))
        bar.empty()
    return [read[data.source.name, f.file_id] for f in files]


def commit(found: list[desk.Incoming]) -> None:
    """Store what can be stored, return by return, and clear the desk."""
    place, by = loaders.returns_desk(data.source), getpass.getuser()
    stored = [s for item in found for s in desk.commit(data.store, place, item, by)]
    state["desk.done"] = (sum(s.outcome == "stored" for s in stored), sum(s.outcome == "already" for s in stored))
    state["desk.batch"] = state.get("desk.batch", 0) + 1
    state["desk.read"] = {}


def incoming() -> None:
    """Files in, a preview of each, every problem, and one button that stores."""
    st.subheader(text("returns.in.title"), anchor=False)
    st.text(text(f"returns.in.text.{data.source.name}"))
    if "desk.done" in state:
        stored, already = state.pop("desk.done")
        st.success(counted("returns.done", stored) + (" " + counted("returns.already", already) if already else ""))
    found = uploaded()
    if not found:
        return
    table = desk.preview(data.store, found)
    views.rows(labelled.preview(instruments, table, data.states), name="preview", columns=labelled.PREVIEW)
    problems = labelled.problems(p for item in found for p in item.all_problems)
    if len(problems):
        st.text(sentences.problems_sentence(problems))
        views.rows(problems, name="problems", columns=labelled.PROBLEMS, height=320)
    else:
        st.text(text("returns.no_problems"))
    ready = int(table["outcome"].isin(["new", "replaces"]).sum())
    left = int((table["outcome"] == "cannot").sum())
    if left:
        st.warning(counted("returns.cannot", left), icon=":material/block:")
    st.button(
        counted("returns.commit", ready) if ready else text("returns.commit.none"),
        key="commit",
        type="primary",
        disabled=not ready,
        on_click=commit,
        args=(found,),
    )


def history() -> None:
    """Every return in the store; select one to see its problems, who answered, and to have its file back."""
    st.subheader(text("returns.history.title"), anchor=False)
    table = loaders.history(data)
    if table.empty:
        st.text(text("returns.history.none"))
        return
    st.text(counted("returns.history.count", len(table)))
    named = labelled.stored_returns(instruments, table, data.states)
    views.rows(named, name="returns", columns=labelled.HISTORY_OF_RETURNS, height=360)
    ids = [int(i) for i in table["return_id"]]
    labels = {
        i: text("returns.one", name=n, round=r, reading=w, id=i)
        for i, n, r, w in named[["return_id", "name", "round", "reading"]].itertuples(index=False)
    }
    chosen = controls.one("return", ids, ids[0], labels.get)
    name = table.loc[table["return_id"] == chosen, "file"].iloc[0]
    st.download_button(
        text("returns.original"), data=lambda: data.store.original(chosen)[1], file_name=name.rsplit("/", 1)[-1], key="download.original", on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        problems = data.store.problems(chosen)
        st.text(counted("returns.problems", len(problems)) if len(problems) else text("returns.no_problems"))
        if len(problems):
            views.rows(labelled.stored_problems(problems), name=f"problems-{chosen}", columns=labelled.PROBLEMS)
    with right:
        offices = data.store.contributors(chosen)
        if len(offices):
            st.text(text("returns.contributors"))
        for row in offices.itertuples():
            st.text(", ".join(x for x in (row.organization, word("sector", row.sector), row.part) if x))


incoming()
st.divider()
questionnaire()
st.divider()
history()
