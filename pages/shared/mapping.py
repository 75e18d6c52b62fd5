"""The mapping step: a table that is not on our form is shown with what its columns and words probably mean, and a person says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from analysis import desk
from analysis.model import READINGS
from analysis.texts import counted, text, word
from pages.shared import loaders, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

steps, tables = desk.mapping_step, desk.mapping
PROPOSED, UPLOADED, PRESENT = "*proposed", "*uploaded", "*present"
LINES = 320  # pixels of a table


def step(
    data: Data,
    name: str,
    sheets: Sequence[tables.RawSheet],
    *,
    key: str,
    present: str = "",
    confirmed: Mapping[str, str] | None = None,
    by: str,
) -> str | None:
    """The whole step for one file; the mapping's TOML text once a person says "read with this mapping", else None.

    name: the file's. sheets: what is in it. key: tells this file from others on the page. present: the mapping (TOML) it was last read
    with. confirmed: names of States that a person explained. by: who saves a mapping.
    """
    st.text(text("mapping.intro"))
    origin = _origin(data, sheets, key, present)
    if origin is None:
        return None
    start, doubts, mark = origin
    mapping = _where(sheets, start, key=f"{key}.{mark}")
    if mapping is not start and mark.startswith(PROPOSED):
        found = _proposal(data, sheets, key, mapping.sheet, mapping.header_row, mapping.header_rows)
        layout = mapping.layout if mapping.layout != start.layout else found.mapping.layout
        mapping, doubts = found.mapping.having(layout=layout), found.doubts
    _doubts(doubts)
    mark = steps.mark(mark, mapping.sheet, mapping.header_row, mapping.header_rows, mapping.layout)
    mapping = _columns(data, sheets, mapping, f"{key}.{mark}")
    if mapping is None:
        return None
    mapping = _names(data, sheets, mapping, f"{key}.{mark}")
    mapping = _passed_over(mapping, f"{key}.{mark}")
    return _end(data, name, sheets, mapping, confirmed or {}, key, by)


def _origin(data: Data, sheets: Sequence[tables.RawSheet], key: str, present: str) -> tuple | None:
    """Where the mapping comes from: proposed from the file, saved before, or a file of its own."""
    saved = {}
    for row in data.store.mappings().itertuples():
        try:
            saved[row.name] = tables.from_toml(row.toml)
        except tables.MappingProblems:
            continue
    offered = steps.offered(saved.items(), sheets)
    fitting = [name for name, _, share in offered if share == 1]
    words = {PROPOSED: text("mapping.from.proposed"), UPLOADED: text("mapping.from.file"), PRESENT: text("mapping.from.present")}
    options = [*([PRESENT] if present else []), *fitting, PROPOSED, *(n for n, _, share in offered if share < 1), UPLOADED]
    labels = words | {n: text("mapping.from.fits" if share == 1 else "mapping.from.saved", name=n) for n, _, share in offered}
    chosen = st.selectbox(text("mapping.from"), options, format_func=labels.get, key=f"mapping.from.{key}")
    if chosen == UPLOADED:
        return _uploaded(key)
    if chosen == PRESENT:
        return tables.from_toml(present), (), steps.mark(PRESENT, present)
    if chosen in saved:
        return saved[chosen], (), steps.mark(chosen)
    found = _proposal(data, sheets, key)
    return found.mapping, found.doubts, PROPOSED


def _uploaded(key: str) -> tuple | None:
    file = st.file_uploader(text("mapping.file"), type=["toml"], key=f"mapping.file.{key}")
    if file is None:
        return None
    try:
        toml = file.getvalue().decode("utf-8-sig")
        return tables.from_toml(toml), (), steps.mark(UPLOADED, toml)
    except (UnicodeDecodeError, tables.MappingProblems) as error:
        st.warning(text("mapping.file.wrong", reason=views.plain(str(error))), icon=":material/error:")
        return None


def _where(sheets: Sequence[tables.RawSheet], mapping: tables.TableMapping, key: str) -> tables.TableMapping:
    """The sheet, its first rows, the heading and the layout."""
    titles = [sheet.title for sheet in sheets]
    shown = mapping.sheet if mapping.sheet in titles else steps.sheet_of(mapping, sheets)
    if len(titles) > 1:
        shown = st.selectbox(text("mapping.sheet"), titles, index=titles.index(shown), key=f"mapping.sheet.{key}")
    sheet = sheets[titles.index(shown)]
    st.dataframe(
        steps.head_table(sheet),
        key=f"mapping.head.{key}",
        hide_index=True,
        height=LINES,
        column_config={"row": text("mapping.row")},
    )
    with st.container(horizontal=True):
        layout = st.selectbox(
            text("mapping.layout"),
            tables.LAYOUTS,
            index=tables.LAYOUTS.index(mapping.layout),
            format_func=lambda name: text(f"mapping.layout.{name}"),
            key=f"mapping.layout.{key}",
        )
        row = st.number_input(
            text("mapping.header_row"),
            1,
            max(len(sheet.rows), mapping.header_row),
            mapping.header_row,
            key=f"mapping.header_row.{key}",
        )
        rows = st.number_input(text("mapping.header_rows"), 1, 3, mapping.header_rows, key=f"mapping.header_rows.{key}")
    changed = {"layout": layout, "header_row": int(row), "header_rows": int(rows)}
    if shown != steps.sheet_of(mapping, sheets):
        changed["sheet"] = shown
    same = all(getattr(mapping, name) == value for name, value in changed.items())
    return mapping if same else mapping.having(**changed)


def _doubts(doubts: Sequence[tables.Doubt]) -> None:
    lines = []
    for doubt in doubts:
        role = text(f"mapping.holds.{doubt.part}") if doubt.code in ("no-column", "not-said", "from-title", "filled-down") else ""
        lines.append("• " + text(f"mapping.doubt.{doubt.code}", found=doubt.found, role=role))
    if lines:
        st.text("\n".join(lines))


def _proposal(
    data: Data, sheets: Sequence[tables.RawSheet], key: str, sheet: str = "", row: int = 0, rows: int = 0
) -> tables.Proposal:
    """What is proposed for a file; looked at once for each choice of sheet and heading, as long as the file is asked about."""
    kept = st.session_state.setdefault(f"mapping.proposals.{key}", {})
    asked = (sheet, row, rows)
    if asked not in kept:
        kept[asked] = tables.proposal(
            sheets, loaders.all_instruments(), data.states, sheet=sheet, header_row=row, header_rows=rows
        )
    return kept[asked]


def _columns(data: Data, sheets: Sequence[tables.RawSheet], mapping: tables.TableMapping, key: str) -> tables.TableMapping | None:
    """What each column holds, and what no column says."""
    instruments = loaders.all_instruments()
    columns = steps.columns_of(mapping, sheets, instruments, data.states)
    if columns is None or columns.table.empty:
        st.text(text("mapping.no_columns"))
        return None
    st.text(text("mapping.columns"))
    edited = st.data_editor(
        columns.table,
        key=f"mapping.columns.{key}",
        hide_index=True,
        height=min(LINES, 35 * (len(columns.table) + 1) + 3),
        disabled=["column", "heading", "examples"],
        placeholder="–",
        column_config={
            "column": st.column_config.TextColumn(text("mapping.column"), width="small"),
            "heading": text("mapping.heading"),
            "holds": st.column_config.SelectboxColumn(
                text("mapping.holds"),
                options=steps.holdings(),
                format_func=lambda role: text(f"mapping.holds.{role}"),
                pinned=True,
            ),
            "examples": text("mapping.examples"),
        },
    )
    mapping = steps.with_columns(
        mapping, columns, [held if held in steps.holdings() else steps.UNSEEN for held in edited["holds"]]
    )
    columns = steps.columns_of(mapping, sheets, instruments, data.states)
    return _fixed(data, mapping, steps.unsaid(mapping, columns), key)


def _fixed(data: Data, mapping: tables.TableMapping, unsaid: Sequence[str], key: str) -> tables.TableMapping:
    """What the table does not say itself, said once for all of it."""
    before, unsure, said = mapping.words.fixed, mapping.unsure.fixed, {}
    offered = {
        "iso3": (data.states.by_name(data.states.names), lambda code: f"{data.states.name(code)} ({code})"),
        "reading": (READINGS, lambda value: word("reading", value)),
        "instrument": (list(loaders.all_instruments()), str),
    }
    if unsaid:
        st.text(text("mapping.unsaid"))
    with st.container(horizontal=True):
        for role in unsaid:
            label = text(f"mapping.holds.{role}")
            if role == "round":
                help = text("mapping.suggested", found=unsure["round"]) if unsure.get("round") else text("mapping.round.help")
                said[role] = st.text_input(
                    label,
                    before.get(role, ""),
                    placeholder=unsure.get(role, "2026"),
                    help=help,
                    key=f"mapping.fixed.{role}.{key}",
                )
                continue
            options, words = offered[role]
            held = before.get(role, "")
            said[role] = st.selectbox(
                label,
                options,
                index=list(options).index(held) if held in options else None,
                format_func=words,
                placeholder=text("mapping.suggested", found=words(unsure[role])) if unsure.get(role) else text("mapping.choose"),
                key=f"mapping.fixed.{role}.{key}",
            )
    return steps.with_fixed(mapping, said)


def _names(data: Data, sheets: Sequence[tables.RawSheet], mapping: tables.TableMapping, key: str) -> tables.TableMapping:
    """The words of rounds, questions and answers that are not ours; each counts once a person has said what it means."""
    instruments = loaders.all_instruments()
    if len(rounds := steps.round_table(mapping)):
        column = st.column_config.TextColumn(text("mapping.means"))
        mapping = steps.with_names(mapping, "rounds", rounds, _said(rounds, "mapping.rounds", column, f"{key}.rounds"))
    found = steps.found_words(sheets, mapping, instruments, data.states, mapping.unsure.fixed.get("instrument", ""))
    instrument = instruments.get(found.instrument)
    asked = steps.question_table(mapping, found)
    if len(asked):
        options = list(instrument.questions["question"]) if instrument else []
        column = st.column_config.SelectboxColumn(text("mapping.means"), options=options)
        mapping = steps.with_names(mapping, "questions", asked, _said(asked, "mapping.questions", column, f"{key}.questions"))
        found = steps.found_words(sheets, mapping, instruments, data.states, mapping.unsure.fixed.get("instrument", ""))
    words = steps.word_table(mapping, found)
    if len(words):
        labels = {status: text(f"mapping.means.{status}") for status in tables.STATUSES}
        column = st.column_config.SelectboxColumn(
            text("mapping.means"), options=steps.meanings(instrument), format_func=lambda value: labels.get(value, value)
        )
        mapping = steps.with_words(mapping, words, _said(words, "mapping.words", column, f"{key}.words"))
    return mapping


def _said(table: pd.DataFrame, title: str, means: object, key: str) -> pd.DataFrame:
    """A table of writings with what each means, to be confirmed; those that nobody is sure of first."""
    st.text(text(title))
    open_ = int((~table["sure"].astype(bool)).sum())
    if open_ and st.checkbox(counted("mapping.confirm_all", open_), key=f"mapping.all.{key}.{steps.mark(*table['written'])}"):
        table = steps.all_confirmed(table)
    return st.data_editor(
        table,
        key=f"mapping.said.{key}.{steps.mark(table.to_dict('list'))}",
        hide_index=True,
        height=min(LINES, 35 * (len(table) + 1) + 3),
        disabled=["answer_set", "written", "count", "place"],
        column_order=["written", "means", "sure", "count", "place", "answer_set"],
        placeholder="–",
        column_config={
            "answer_set": text("mapping.answer_set"),
            "written": text("mapping.written"),
            "count": st.column_config.NumberColumn(text("mapping.count"), width="small"),
            "place": text("mapping.place"),
            "means": means,
            "sure": st.column_config.CheckboxColumn(text("mapping.sure"), width="small"),
        },
    )


def _passed_over(mapping: tables.TableMapping, key: str) -> tables.TableMapping:
    """Rows that are no answers: totals, single rows, everything below the last one."""
    with st.expander(text("mapping.skipping"), key=f"mapping.skipping.{key}"):
        words = st.text_area(
            text("mapping.skip_words"),
            ", ".join(mapping.skip_words),
            help=text("mapping.skip_words.help"),
            key=f"mapping.skip_words.{key}",
        )
        rows = st.text_input(text("mapping.skip_rows"), ", ".join(map(str, mapping.skip_rows)), key=f"mapping.skip_rows.{key}")
        last = st.number_input(
            text("mapping.last_row"),
            0,
            1_048_576,
            mapping.last_row,
            help=text("mapping.last_row.help"),
            key=f"mapping.last_row.{key}",
        )
        rounds = st.text_input(
            text("mapping.only_rounds"),
            ", ".join(mapping.only_rounds),
            help=text("mapping.only_rounds.help"),
            key=f"mapping.only_rounds.{key}",
        )
        codes = st.checkbox(text("mapping.state_codes"), mapping.state_codes, key=f"mapping.state_codes.{key}")
    return mapping.having(
        skip_words=steps.parted(words),
        skip_rows=steps.numbers(rows),
        last_row=int(last),
        only_rounds=steps.parted(rounds),
        state_codes=codes,
    )


def _end(
    data: Data,
    name: str,
    sheets: Sequence[tables.RawSheet],
    mapping: tables.TableMapping,
    confirmed: Mapping[str, str],
    key: str,
    by: str,
) -> str | None:
    """What would be read, in one line; the buttons that read with the mapping, and that keep it."""
    options = desk.ReadingOptions(confirmed=confirmed)
    mark, kept = steps.mark(tables.to_toml(mapping), sorted(options.confirmed.items())), f"mapping.result.{key}"
    if st.session_state.get(kept, ("",))[0] != mark:
        st.session_state[kept] = (mark, steps.result(name, sheets, mapping, loaders.all_instruments(), data.states, options))
    found = st.session_state[kept][1]
    if found.returns or found.stopped:
        told = [
            counted("mapping.result.returns", found.returns),
            text("mapping.result.questions", n=found.questions, of=found.asked),
        ]
        told += [counted("mapping.result.words", found.words)] if found.words else []
        told += [counted("mapping.result.stopped", found.stopped)] if found.stopped else []
        st.text(", ".join(told) + ".")
    if lines := steps.said(found.problems):
        st.text("\n".join(f"• {line}" for line in lines))
    read = st.button(
        text("mapping.read"), key=f"mapping.read.{key}", type="primary", disabled=not (found.returns or found.stopped)
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = st.text_input(text("mapping.name"), mapping.name, max_chars=200, key=f"mapping.name.{key}").strip()
        mapping = mapping.having(name=called)
        toml = tables.to_toml(mapping)
        if st.button(text("mapping.save"), key=f"mapping.save.{key}", disabled=not called):
            data.store.save_mapping(called, toml, by)
            st.toast(text("mapping.saved", name=views.plain(called)))
        st.download_button(
            text("mapping.download"), toml.encode(), file_name=f"{steps.file_name(called)}.toml", key=f"mapping.download.{key}", on_click="ignore", type="tertiary", icon=":material/download:",
        )  # fmt: skip
    return toml if read else None
