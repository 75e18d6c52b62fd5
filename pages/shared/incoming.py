"""Files come in: laid on the desk, read, asked about, shown, chosen, stored.

What lies on the desk lives in the reader's own session until it is stored or taken away. Reading and storing go file by file: whoever
stops in between finds every file either done or untouched, and can go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock

import streamlit as st

from analysis import desk, preview
from analysis.registers import Register
from analysis.reports import arrivals, labelled, sentences
from analysis.texts import counted, problem_sentence, text
from pages.shared import exports, loaders, mapping, registers, views
from pages.shared.loaders import Data

state = st.session_state
ENDINGS = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "zip"]


@dataclass
class Lying:
    """One file on the desk: as it came, what a person said about it, and what was read in it (None: not yet).

    sheets: its first rows as plain values, where somebody has to say what they mean. register: whose form it is, where it is no return; form:
    what was read in that for an instrument; kept: how many of its rows were kept, None before.
    """

    name: str
    content: bytes
    options: desk.ReadingOptions
    item: desk.Incoming | None = None
    sheets: list | None = None
    register: Register | None = None
    form: tuple[str, desk.RegisterRead] | None = None
    kept: int | None = None


def lying(data: Data) -> list[Lying]:
    """The uploader, and every file that lies on the desk of this store; a zip is taken apart."""
    files = st.file_uploader(
        text("returns.in.label"),
        type=ENDINGS,
        accept_multiple_files=True,
        key=f"uploads.{data.source.name}.{state.get('desk.batch', 0)}",
        help=text("returns.in.help"),
    )
    before, now = state.get("desk.lying", {}), {}
    for file in files:
        key = (data.source.name, file.file_id)
        now[key] = before[key] if key in before else _members(file.name, file.getvalue())
    state["desk.lying"] = now
    return [one for members in now.values() for one in members]


def _members(name: str, content: bytes) -> list[Lying]:
    found = []
    for member, inside, problems in desk.unpacked(name, content):
        told = desk.Incoming(member, inside, (), tuple(problems)) if problems else None
        found.append(Lying(member, inside, desk.ReadingOptions(), told))
    return found


def clear() -> None:
    """Take everything from the desk."""
    state["desk.batch"] = state.get("desk.batch", 0) + 1
    for key in ("desk.lying", "desk.stopped", "desk.storing", "desk.preview", "desk.choices"):
        state.pop(key, None)


def _stop() -> None:
    state["desk.stopped"] = True


def _with_progress(label: str, work: Iterable[str], of: int, on_stop: Callable[[], None] | None = None) -> None:
    """Go through some work under a bar with a button that stops it; `work` gives a word after each piece that is done.

    Whatever a reader clicks meanwhile ends this run of the page between two pieces.
    """
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, label)
        st.button(text("returns.stop"), key="desk.stop", on_click=on_stop)
    for done, said in enumerate(work, start=1):
        bar.progress(min(done / max(of, 1), 1.0), f"{label} {done} / {of}: {views.plain(said)}")
    place.empty()


def read(data: Data, files: list[Lying]) -> None:
    """Read what has not been read yet; each file once, however often the page runs."""
    waiting = [one for one in files if one.item is None]
    if not waiting:
        return
    if state.get("desk.stopped"):
        st.warning(text("returns.stopped.reading", done=len(files) - len(waiting), of=len(files)), icon=":material/pause:")
        st.button(text("returns.go_on"), key="desk.go_on", on_click=state.pop, args=("desk.stopped", None))
        return
    place = loaders.returns_desk(data.source)

    def work() -> Iterable[str]:
        reading = desk.read_all(place, ((one.name, one.content, one.options) for one in waiting))
        for one, item in zip(waiting, reading, strict=True):
            one.item = item
            _look_for_register(place, one)
            yield one.name

    _with_progress(text("returns.in.reading"), work(), len(waiting), _stop)


def _look_for_register(place: desk.Desk, one: Lying) -> None:
    """Whether a file that is no return is the form of a register: a State's own plan comes beside its return."""
    one.register = None
    if not one.options.mapping and ASKED["mapping"] & {p.code for p in one.item.all_problems}:
        with suppress(desk.UnreadableReturn):
            one.sheets = desk.sheets(place, one.name, one.content, one.options.password)
            one.register = desk.register_of(one.sheets)


def forms(data: Data, files: list[Lying]) -> None:
    """Forms of registers that lie beside the returns, each with what was read in it and a button that keeps its rows."""
    place = loaders.returns_desk(data.source)
    for number, one in enumerate(files):
        title = text(f"register.{one.register.kind}.title")
        with st.expander(
            views.plain(text("returns.form.head", file=one.name, title=title)),
            expanded=True,
            key=f"desk.form.{number}.{one.name}",
        ):
            if one.kept is not None:
                st.success(registers.kept_words(one.kept))
                continue
            if one.form is None or one.form[0] != data.instrument.id:
                said = (data.instrument.id, one.name, one.content, one.options.password, loaders.now().date())
                one.form = (data.instrument.id, desk.read_register(place, one.register, *said))
            n = registers.previewed(data, one.register, one.name, one.content, one.form[1], f"-desk-{number}")
            if n is not None:
                one.kept = n
                st.rerun()


def previewed(data: Data, files: list[Lying]) -> preview.Preview:
    """What storing would come to; made anew only when a file or the store has changed."""
    read = [one.item for one in files if one.item is not None]
    mark = (data.source.name, data.version, tuple(map(id, read)))
    if state.get("desk.preview", (None,))[0] != mark:
        held = preview.Before(data.store, loaders.all_instruments(), lambda instrument: loaders.panel_of(data, instrument.id))
        state["desk.preview"] = (mark, preview.preview(held, read), read)
        state["desk.number"] = state.get("desk.number", 0) + 1
        state["desk.began"] = dict(state.get("desk.choices", {}))
    return state["desk.preview"][1]


def choices(data: Data, told: preview.Preview) -> dict[tuple[int, int], str]:
    """The returns that can be stored, a row each, with what is to be done with it; (position of the file, number in it) -> choice.

    A choice stays with its file and return when others come to lie beside it. The table that is edited begins with the choices made
    before, and is the same until the files change: an editor whose own table changes under it loses what is being typed.
    """
    table = told.table
    words = {choice: text(f"choice.{choice}") for choice in desk.CHOICES}
    shown = arrivals.arrivals(loaders.all_instruments(), table, data.states)
    open_ = shown[table["outcome"].isin(preview.OPEN)]
    chosen: dict[tuple[int, int], str] = {}
    if len(open_):
        st.text(counted("returns.ready", len(open_)))
        places = list(zip(open_["position"].astype(int), open_["number"].astype(int), strict=True))
        names = [(told.items[position].sha256, number) for position, number in places]
        began = state.get("desk.began", {})
        edited = views.editable(
            open_.assign(do=[began.get(name, desk.CHOICES[0]) for name in names])[["do", *arrivals.arrival_columns(open_)]],
            name=f"arrivals.{state['desk.number']}",
            column="do",
            options=words,
        )
        chosen = dict(zip(places, edited, strict=True))
        state["desk.choices"] = dict(zip(names, edited, strict=True))
        _changes(data, told)
    rest = shown[~table["outcome"].isin(preview.OPEN)]
    if len(rest):
        st.text(counted("returns.not_ready", len(rest)))
        views.rows(rest, name="refused", columns=["outcome", *arrivals.REFUSED])
    return chosen


def _changes(data: Data, told: preview.Preview) -> None:
    """Which answers would change, cell by cell, where there are any."""
    if told.changes.empty:
        return
    box = st.expander(text("returns.changes"), key="desk.changes", on_change="rerun")
    if box.open:
        with box:
            table = arrivals.changed_answers(loaders.all_instruments(), told.changes, data.states)
            views.rows(table, name="changes", columns=arrivals.CHANGES)


def problems(data: Data, items: Sequence[desk.Incoming]) -> None:
    """Every problem, those that stop a return first; and each file back with its problems marked in it."""
    found = labelled.problems(p for item in items for p in item.all_problems)
    if found.empty:
        st.text(text("returns.no_problems"))
        return
    st.text(sentences.problems_sentence(found))
    views.rows(found, name="problems", columns=labelled.PROBLEMS, height=320)
    _copies(data, [item for item in items if item.all_problems and item.content])


def _copies(data: Data, wrong: list[desk.Incoming]) -> None:
    """The files back with their problems marked in them, to be corrected and sent again; built when they are asked for."""
    if not wrong:
        return
    place = loaders.returns_desk(data.source)
    st.download_button(
        counted("returns.copies", len(wrong)),
        data=exports.noted(lambda: desk.annotated_copies(place, wrong), "checked.zip", rows=len(wrong)),
        file_name="checked.zip",
        key="download.copies",
        on_click="ignore",
        help=text("returns.copies.help"),
        icon=":material/rate_review:",
    )


def store(data: Data, told: preview.Preview, chosen: dict[tuple[int, int], str], forms: Sequence[Lying] = ()) -> None:
    """The button that stores, and the storing: return by return, each whole or not at all.

    What was not reached stays on the desk, and so do all files where one of them was left out, can't be stored or still asks something, and
    where rows of one of the registers' forms were not kept.
    """
    items = told.items
    wanted = sum(choice != "skip" for choice in chosen.values())
    if state.get("desk.storing") != "asked":
        st.button(
            counted("returns.commit", wanted) if wanted else text("returns.commit.none"),
            key="commit",
            type="primary",
            disabled=not wanted,
            on_click=_begin,
        )
        return
    mine = state["desk.storing"] = Lock()  # whoever finds it at the beginning of a run knows that storing was broken off
    place, by = loaders.returns_desk(data.source), exports.user()
    done = state["desk.done"]
    todo = [position for position, item in enumerate(items) if any((position, n) in chosen for n in range(len(item.reads)))]

    def work() -> Iterable[str]:
        for position in todo:
            item = items[position]
            each = [chosen.get((position, n), "skip") for n in range(len(item.reads))]
            with mine:
                if state.get("desk.storing") is not mine:
                    return
                for stored in desk.commit(data.store, place, item, by, each):
                    done[stored.outcome] = done.get(stored.outcome, 0) + 1
            yield item.name

    try:
        _with_progress(text("returns.storing"), work(), len(todo))
    except loaders.StoreUnavailable as error:  # what was stored before it is whole; the rest still lies on the desk
        state.pop("desk.storing", None)
        st.error(views.plain(str(error)), icon=":material/database_off:")
        return
    if (told.table["outcome"] == "cannot").any() or "skip" in chosen.values() or any(one.kept is None for one in forms):
        state.pop("desk.storing", None)
    else:
        clear()
    st.rerun()


def _begin() -> None:
    state["desk.storing"], state["desk.done"] = "asked", {}


def said() -> None:
    """What became of the last storing, once.

    A run that was broken off may still be storing its last file while this one begins: its lock is waited for, and ends it.
    """
    storing = state.get("desk.storing")
    if storing is not None and storing != "asked":
        with storing:
            state.pop("desk.storing")
        state["desk.broken"] = _new(state.pop("desk.done", {}))
        st.rerun()  # this run began before that file was stored
    if "desk.broken" in state:
        st.warning(counted("returns.stopped.storing", state.pop("desk.broken")), icon=":material/pause:")
    elif "desk.done" in state and storing is None:
        done = state.pop("desk.done")
        told = [counted("returns.done", _new(done))]
        told += [
            counted(f"returns.{outcome}", n) for outcome in ("already", "sent_back", "withdrawn") if (n := done.get(outcome))
        ]
        st.success(" ".join(told))


def _new(done: dict[str, int]) -> int:
    """How many returns count that did not before: stored now, or a draft that is now submitted."""
    return done.get("stored", 0) + done.get("submitted", 0)


def questions(data: Data, files: list[Lying]) -> None:
    """Files that need a person's answer before they can be stored: a password, which State is meant, what a table's columns mean."""
    asking = [(one, kind) for one in files if (kind := _asked(one))]
    if waiting := sum(kind != "mapped" for _, kind in asking):
        st.text(counted("returns.asks", waiting))
    for number, (one, kind) in enumerate(asking):
        key = f"asks.{number}.{kind}.{one.name}"
        head = views.plain(one.name) + ": " + text(f"returns.asks.{kind}")
        box = st.expander(head, expanded=number == 0 and kind != "mapped", key=key, on_change="rerun")
        if box.open:
            with box:
                {"password": _password, "state": _state, "mapping": _mapping, "mapped": _mapping}[kind](data, one, number)


ASKED = {
    "password": {"password-needed", "password-wrong"},
    "mapping": {"not-a-return", "column-missing"},
    "state": {"state-to-confirm", "unknown-state"},
}


def _asked(one: Lying) -> str:
    """What a person has to say of a file; `mapped`: what was said of its columns may still be changed; "": nothing."""
    codes = {p.code for p in one.item.all_problems} if one.item else set()
    return next((kind for kind, of in ASKED.items() if codes & of), "mapped" if one.options.mapping else "")


def _password(data: Data, one: Lying, number: int) -> None:
    """The password stays in the session while the file lies on the desk, and nowhere else."""
    with st.form(f"password.{number}.{one.name}", clear_on_submit=True, border=False):
        given = st.text_input(text("returns.password.label"), type="password", help=text("returns.password.help"))
        sent = st.form_submit_button(text("returns.password.button"))
    if any(p.code == "password-wrong" for p in one.item.all_problems):
        st.text(text("returns.password.wrong"))
    if sent and given:
        _read_again(data, one, password=given)


def _state(data: Data, one: Lying, number: int) -> None:
    """A person says which State a writing means; the suggestions stand first, none is taken by itself."""
    place = loaders.returns_desk(data.source)
    written = dict.fromkeys(p.found for p in one.item.all_problems if p.code in ASKED["state"])
    for i, found in enumerate(written):
        close = desk.suggested_states(place, found)
        offered = list(dict.fromkeys([*close, *data.states.by_name(data.states.names)]))
        with st.form(f"state.{number}.{i}.{one.name}", border=False):
            iso3 = st.selectbox(
                text("returns.state.label", found=found),
                offered,
                index=0 if close else None,
                format_func=lambda code: f"{data.states.name(code)} ({code})",
                placeholder=text("returns.state.choose"),
            )
            sent = st.form_submit_button(text("returns.state.button"))
        if sent and iso3:
            _read_again(data, one, confirmed={**one.options.confirmed, found: iso3})


def _mapping(data: Data, one: Lying, number: int) -> None:
    """A table that is not on our form: what its rows and columns mean."""
    if one.sheets is None:
        try:
            one.sheets = desk.sheets(loaders.returns_desk(data.source), one.name, one.content, one.options.password)
        except desk.UnreadableReturn as error:
            st.text(problem_sentence(error.problems[0]))
            return
    said = {"present": one.options.mapping, "confirmed": one.options.confirmed}
    toml = mapping.step(data, one.name, one.sheets, key=f"{number}.{one.name}", by=exports.user(), **said)
    if toml:
        _read_again(data, one, mapping=toml)


def _read_again(data: Data, one: Lying, **said: object) -> None:
    """Read a file anew with what a person said about it."""
    one.options = replace(one.options, **said)
    place = loaders.returns_desk(data.source)
    one.item = desk.read(place, one.name, one.content, one.options)
    _look_for_register(place, one)
    st.rerun()
