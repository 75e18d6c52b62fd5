"""A register on a page: its form out, rows in with a preview, rows by hand, and the table of what is kept. The same for every register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from analysis import desk
from analysis.registers import Column, Register, choice_words, heading
from analysis.reports import labelled
from analysis.reports import registers as worded
from analysis.states import MINE
from analysis.texts import counted, text
from pages.shared import exports, loaders, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv"]
state = st.session_state


def kept(data: Data, register: Register) -> pd.DataFrame:
    """What is kept of a register, as `Store.records` gives it; nothing where the reader may not see single States."""
    return loaders.records(data, register.kind)


def table(data: Data, register: Register) -> pd.DataFrame:
    """What is kept, in words: the columns of `worded.register_table`."""
    return worded.register_table(register, kept(data, register), data.instrument, data.states)


def section(data: Data, register: Register) -> None:
    """The form, empty and filled in; a completed one back; rows by hand."""
    told(register)
    _forms(data, register)
    _bring_in(data, register)
    box = st.expander(text("registers.enter"), key=f"registers.enter.{register.kind}", on_change="rerun")
    if box.open:
        with box:
            entry(data, register)


def _forms(data: Data, register: Register) -> None:
    place, title = loaders.returns_desk(data.source), text(f"register.{register.kind}.title")
    records = kept(data, register)
    with st.container(horizontal=True):
        for kind, rows in (("empty", []), ("kept", list(records["body"]))):
            if kind == "empty" or rows:
                name = f"{register.kind}-{kind}.xlsx"
                st.download_button(
                    text(f"registers.out.{kind}", title=title),
                    data=exports.noted(
                        lambda rows=rows: desk.register_form(place, register, data.instrument.id, rows), name, rows=len(rows)
                    ),
                    file_name=name,
                    key=f"download.register.{register.kind}.{kind}",
                    on_click="ignore",
                    icon=":material/download:",
                )


def _bring_in(data: Data, register: Register) -> None:
    """A completed form: what was read, what it would change, every problem, and the button that keeps."""
    batch = f"registers.batch.{register.kind}"
    file = st.file_uploader(
        text("registers.in.label"),
        type=ENDINGS,
        key=f"registers.upload.{data.source.name}.{register.kind}.{state.get(batch, 0)}",
        help=text("registers.in.help"),
    )
    if file is None:
        return
    read = _read(data, register, file.file_id, file.name, file.getvalue())
    n = previewed(data, register, file.name, file.getvalue(), read)
    if n is not None:
        state["registers.kept"] = (register.kind, n)
        state[batch] = state.get(batch, 0) + 1
        st.rerun()


def previewed(data: Data, register: Register, file: str, content: bytes, read: desk.RegisterRead, key: str = "") -> int | None:
    """What was read in a form, what it would change, every problem, and the button that keeps; how many rows that kept, None before.

    key: what tells it from another form of the register on the page.
    """
    name = register.kind + key
    if read.rows:
        outcome = worded.coming(register, read.rows, kept(data, register))
        st.text(worded.coming_sentence(outcome))
        shown = worded.rows_table(register, read.rows, outcome, data.instrument, data.states)
        views.rows(shown, name=f"register-read-{name}", height=300)
    if read.left:
        st.text(counted("registers.left", read.left))
    if read.problems:
        views.rows(labelled.problems(read.problems), name=f"register-problems-{name}", columns=labelled.PROBLEMS_OF_ONE)
        _copy(data, name, file, content, read)
    if read.rows and st.button(text("registers.keep"), key=f"registers.keep.{name}", type="primary"):
        return _keep(data, register, read.rows)
    return None


def _read(data: Data, register: Register, file_id: str, name: str, content: bytes) -> desk.RegisterRead:
    """Read once, however often the page runs."""
    mark = (data.source.name, data.instrument.id, register.kind, file_id)
    if state.get("registers.read", (None,))[0] != mark:
        place = loaders.returns_desk(data.source)
        state["registers.read"] = (
            mark,
            desk.read_register(place, register, data.instrument.id, name, content, today=loaders.now().date()),
        )
    return state["registers.read"][1]


def _copy(data: Data, name: str, file: str, content: bytes, read: desk.RegisterRead) -> None:
    place = loaders.returns_desk(data.source)
    item = desk.Incoming(file, content, (), read.problems)
    st.download_button(
        text("registers.copy"),
        data=exports.noted(lambda: desk.annotated_copies(place, [item]), "checked.zip", rows=1),
        file_name="checked.zip",
        key=f"registers.copy.{name}",
        on_click="ignore",
        icon=":material/rate_review:",
    )


def _keep(data: Data, register: Register, rows) -> int:
    """How many rows differed from what was kept."""
    try:
        return desk.keep(data.store, register, rows, exports.user())
    except loaders.StoreUnavailable as error:
        st.error(views.plain(str(error)), icon=":material/database_off:")
        st.stop()


def told(register: Register) -> None:
    """What became of the last keeping, once."""
    kind, n = state.get("registers.kept", ("", 0))
    if kind == register.kind:
        state.pop("registers.kept")
        st.success(text("registers.taken_back") if n is None else kept_words(n))
        if asked := state.pop("registers.asked", ()):
            views.rows(labelled.problems(asked), name=f"register-asked-{kind}", columns=["cell", "message"])


def kept_words(n: int) -> str:
    """How many rows were kept."""
    return counted("registers.kept", n) if n else text("registers.kept.none")


def entry(data: Data, register: Register, given: Mapping[str, object] | None = None, *, only: str = "") -> None:
    """A form for one row: a new one, or one that is kept and may be changed or taken back.

    given: values a new row begins with (column -> code). only: the State whose rows are offered, where not all are.
    """
    records = kept(data, register)
    if only:
        records = records[[body.get("iso3") == only for body in records["body"]]]
    bodies = dict(records[["key", "body"]].itertuples(index=False))
    names = {key: _short(data, register, body) for key, body in bodies.items()}
    key = st.selectbox(
        text("registers.pick"),
        ["", *bodies],
        format_func=lambda k: names.get(k, text("registers.new")),
        key=f"registers.pick.{register.kind}.{state.get('registers.entered', 0)}",
    )
    body = bodies.get(key) or dict(given or {})
    with st.form(f"registers.form.{register.kind}.{key}.{state.get('registers.entered', 0)}", border=False):
        values = {c.name: _field(data, register, c, body.get(c.name), key) for c in register.columns if c.type != "id"}
        with st.container(horizontal=True):
            save = st.form_submit_button(text("registers.save"), type="primary")
            back = st.form_submit_button(text("registers.take_back")) if key else False
    if back:
        data.store.save_records(register.kind, {key: None}, exports.user())
        state["registers.kept"] = (register.kind, None)
    elif save:
        if "id" in body:
            values["id"] = body["id"]
        read = desk.register_row(loaders.returns_desk(data.source), register, data.instrument.id, values, loaders.now().date())
        if not read.rows:
            views.rows(labelled.problems(read.problems), name=f"register-entry-{register.kind}", columns=["cell", "message"])
            return
        if key and read.rows[0].key != key:  # a row is kept by what it is about: about something else it is another row
            data.store.save_records(register.kind, {key: None}, exports.user())
        state["registers.kept"] = (register.kind, _keep(data, register, read.rows))
        state["registers.asked"] = read.problems  # what a row says against itself is kept and asked about
    else:
        return
    state["registers.entered"] = state.get("registers.entered", 0) + 1
    st.rerun()


def _short(data: Data, register: Register, body: Mapping[str, object]) -> str:
    """A row in a line, to be found in a list."""
    long = [c.name for c in register.columns if c.type == "text" and c.needed][:1]
    said = worded.described(register, body, data.instrument, data.states)
    parts = [said.get(name) for name in ("name", "provider", "round", "date", "measure_name", "question", *long)]
    line = " · ".join(str(part) for part in dict.fromkeys(parts) if part)
    return line if len(line) < 120 else line[:119] + "…"


def _field(data: Data, register: Register, column: Column, value: object, row: str) -> object:
    """A widget for a column; what it holds as it would stand in a cell."""
    label = heading(column) + (" *" if column.needed else "")
    settings = {"help": text(f"register.{register.kind}.{column.name}"), "key": f"registers.{register.kind}.{row}.{column.name}"}
    settings["key"] += f".{state.get('registers.entered', 0)}"
    if column.type in ("state", "measure", "question", "level", "choice"):
        options = _options(data, column)
        place = options.index(value) if value in options else None
        found = st.selectbox(label, options, index=place, format_func=lambda o: _word(data, column, o), **settings)
        return found if found is None else str(found)
    if column.several:
        options = _options(data, column)
        begun = [one for one in value or [] if one in options]
        return "; ".join(st.multiselect(label, options, begun, format_func=lambda o: _word(data, column, o), **settings))
    if column.type == "date":
        return st.date_input(label, dt.date.fromisoformat(value) if value else None, format="YYYY-MM-DD", **settings)
    if column.type == "number":
        step = 1 if column.whole else None
        number = None if value is None else int(value) if column.whole else float(value)
        limits = [limit if limit is None or not column.whole else int(limit) for limit in (column.least, column.most)]
        least, most = limits if number is None else _around(number, *limits)
        return st.number_input(label, min_value=least, max_value=most, value=number, step=step, **settings)
    if column.type == "text" and not column.most:
        return st.text_area(label, value or "", height=90, **settings)
    return st.text_input(label, value or "", **settings)


def _around(number: float, least: float | None, most: float | None) -> tuple[float | None, float | None]:
    """Limits that a number kept under earlier ones stands within, so that it can be seen; keeping it again tells what is allowed now."""
    return least if least is None else min(least, number), most if most is None else max(most, number)


def _options(data: Data, column: Column) -> list:
    instrument, states = data.instrument, data.states
    if column.type == "state":
        return states.by_name(states.names)
    if column.type == "places":
        groups = states.groups[states.groups["kind"] != MINE].drop_duplicates(["kind", "group"])
        named = [f"{kind}:{name}" for kind, name in zip(groups["kind"], groups["group"], strict=True)]
        return [*named, *states.by_name(states.names)]
    if column.type in ("measure", "measures"):
        nodes = instrument.measures
        return (
            nodes[nodes["measure_type"] == column.measure_type]["node"].tolist()
            if column.measure_type
            else nodes["node"].tolist()
        )
    if column.type == "question":
        return instrument.questions["question"].tolist()
    if column.type == "submodules":
        return list(instrument.submodules)
    if column.type == "level":
        return list(range(instrument.max_level + 1))
    return list(column.choices)


def _word(data: Data, column: Column, option: object) -> str:
    if column.type == "state":
        return f"{data.states.name(option)} ({option})"
    if column.type in ("measure", "measures"):
        return f"{option} {data.instrument.node_name(option)}"
    if column.type == "question":
        return f"{option} {data.instrument.question_text(option)}"
    if column.type == "level":
        return f"{option} {data.instrument.level_name(option)}"
    if column.type in ("choice", "choices"):
        return choice_words(column, option)
    if column.type == "submodules":
        return data.instrument.submodule_name(option)
    return option.partition(":")[2] or data.states.name(option)
