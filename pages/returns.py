"""The returns desk: the questionnaire out, completed workbooks in. Nothing is stored before the reader has seen what was read."""

import streamlit as st

from analysis.registers import REGISTERS
from analysis.reports import labelled
from analysis.texts import counted, text, word
from pages.shared import controls, exports, filters, frame, incoming, loaders, next_form, plausible, registers, trace, views

data = frame.open_page("returns")
instruments = loaders.all_instruments()


def questionnaire() -> None:
    """The empty workbook, whole or one sub-module of it."""
    instrument = data.instrument
    st.subheader(text("returns.empty.title"), anchor=False)
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
    st.divider()
    st.subheader(text("returns.next.title"), anchor=False)
    next_form.download(data)


def bring_in() -> None:
    """Files in, a preview of each return, every problem, what to do with each, and one button that stores."""
    st.text(text(f"returns.in.text.{data.source.name}"))
    incoming.said()
    files = incoming.lying(data)
    if not files:
        return
    incoming.read(data, files)
    forms = [one for one in files if one.register]
    returned = [one for one in files if not one.register]
    incoming.forms(data, forms)
    if not returned:
        return
    incoming.questions(data, returned)
    told = incoming.previewed(data, returned)
    chosen = incoming.choices(data, told)
    incoming.store(data, told, chosen, forms)
    incoming.problems(data, told.items)


def history() -> None:
    """Every return in the store; select one to see its problems, who answered, and to have its file back."""
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
        text("returns.original"), data=exports.noted(lambda: data.store.original(chosen)[1], f"return-{chosen}", action="original", return_id=chosen), file_name=name.rsplit("/", 1)[-1], key="download.original", on_click="ignore", icon=":material/download:",
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
    plausible.flags(data, chosen, table.loc[table["return_id"] == chosen, "instrument"].iloc[0])
    trace.feeds(data, chosen)


def other_tables() -> None:
    """Lessons, needs, offers, recommendations and targets: form out, rows in, what is kept."""
    st.text(text("returns.registers.text"))
    kind = controls.one("register", list(REGISTERS), next(iter(REGISTERS)), lambda k: text(f"register.{k}.title"), kind="buttons")
    registers.section(data, REGISTERS[kind])
    found = registers.table(data, REGISTERS[kind])
    if found.empty:
        st.text(text("registers.none"))
    else:
        views.rows(found.drop(columns="key"), name=f"register-{kind}")


SECTIONS = {"in": bring_in, "out": questionnaire, "registers": other_tables, "history": history}
labels = {name: text(f"returns.{name}.title") for name in SECTIONS}
controls.expect("return", loaders.history(data)["return_id"])
# not at a choice on the page: another default would make the tabs anew
if controls.arrived() or controls.navigated("return", "register"):
    linked = "history" if st.query_params.get("return", "").isdigit() else "registers" if "register" in st.query_params else "in"
    st.session_state["desk.linked"] = linked
tabs = st.tabs(list(labels.values()), key="desk.tabs", on_change="rerun", default=labels[st.session_state["desk.linked"]])
for tab, (name, section) in zip(tabs, SECTIONS.items(), strict=True):
    if tab.open or name == "in":  # what lies on the desk stays there while the reader looks elsewhere
        with tab:
            section()
