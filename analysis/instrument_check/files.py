"""Files, columns, ids: whether the folder holds what it must, and whether every row fits its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.instrument.rows import COLUMNS, MAY_BE_EMPTY
from analysis.instrument_check.folder import SETTINGS, TEXT_COLUMNS, Folder, Table, close_to, expected
from analysis.model import Problem

PLAIN_ID = re.compile(r"[A-Za-z0-9._-]+")
ALLOWED_ID = "A-Z a-z 0-9 . _ -"

ID_COLUMNS = {
    "nodes.csv": ("node", "submodule", "measure_type", "kind"),
    "measures.csv": ("measure",),
    "questions.csv": ("question",),
    "answers.csv": ("answer_set", "option"),
}
KEYS = {
    "levels.csv": ("level",),
    "answers.csv": ("answer_set", "option"),
    "weights.csv": ("item",),
    "feedback_links.csv": ("downstream", "upstream"),
    "contradictions.csv": ("question", "other"),
    "crosswalk.csv": ("from_instrument", "from_question", "to_question"),
}


def the_folder_has_a_plain_name(folder: Folder) -> Iterator[Problem]:
    """The folder's name is the instrument's id."""
    if not PLAIN_ID.fullmatch(folder.id):
        yield folder.about("").problem("id-characters", found=folder.id, allowed=ALLOWED_ID)


def needed_files_are_there(folder: Folder) -> Iterator[Problem]:
    """Every file that has no default, and words in at least one language."""
    for name, table in folder.tables.items():
        if expected(name) and not table.exists:
            yield table.problem("file-missing", severity="stop", allowed=name)
    if not folder.texts:
        yield folder.about("texts").problem("file-missing", allowed="texts/en.csv")


def files_are_known(folder: Folder) -> Iterator[Problem]:
    """A file that nothing reads is most likely a misspelt one."""
    known = [SETTINGS, *COLUMNS]
    for path in sorted(folder.path.iterdir()):
        plain = path.name.startswith((".", "~", "_")) or path.suffix.lower() in (".md", ".txt", ".py") or path.stem.isupper()
        if path.name not in known and path.name != "texts" and not plain:
            yield folder.about(path.name).problem(
                "file-unknown", severity="note", found=path.name, allowed=close_to(path.name, known)
            )


def files_can_be_read(folder: Folder) -> Iterator[Problem]:
    """Every table and every file of words is CSV in UTF-8 (the settings say it themselves)."""
    for table in (*folder.tables.values(), *folder.texts.values()):
        if table.unreadable:
            yield table.unreadable


def _columns(table: Table, required: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[Problem]:
    known = (*required, *optional)
    for column in required:
        if column not in table.header:
            one = len(table.header) == 1
            mark = next((m for m in (";", "\t") if one and m in table.header[0]), "")
            if mark:
                yield table.problem("separator", 1, severity="stop", found="tab" if mark == "\t" else mark, allowed=",")
                return
            yield table.problem("column-missing", 1, column, severity="stop", found=", ".join(table.header), allowed=column)
    for i, column in enumerate(table.header):
        if column and column in table.header[:i]:
            yield table.problem("column-twice", 1, column, found=column)
        elif column and column not in known:
            yield table.problem("column-unknown", 1, column, severity="note", found=column, allowed=close_to(column, known))


def columns_are_known(folder: Folder) -> Iterator[Problem]:
    """Every required column is there, none stands twice, and one that nothing reads is noted."""
    for name, table in folder.tables.items():
        if table.exists:
            yield from _columns(table, *COLUMNS[name])
    for table in folder.texts.values():
        yield from _columns(table, TEXT_COLUMNS, ())


def needed_files_have_rows(folder: Folder) -> Iterator[Problem]:
    """A file that must be there must say something."""
    for name, table in folder.tables.items():
        if expected(name) and table.exists and not table.lines:
            yield table.problem("no-rows", severity="stop", allowed=", ".join(COLUMNS[name][0]))


def rows_fit_the_columns(folder: Folder) -> Iterator[Problem]:
    """A row with more cells than the header has most likely a comma outside quotes."""
    for table in (*folder.tables.values(), *folder.texts.values()):
        for line in table:
            if line.extra:
                yield table.problem("row-too-long", line.row, found=", ".join(line.extra), allowed=str(len(table.header)))


def needed_cells_are_filled(folder: Folder) -> Iterator[Problem]:
    """A cell of a required column says something, unless it may be empty."""
    for name, table in folder.tables.items():
        for line in table:
            for column in COLUMNS[name][0]:
                if column in table.header and not line[column] and (name, column) not in MAY_BE_EMPTY:
                    yield table.problem("cell-empty", line.row, column, severity="stop")


def ids_are_written_plainly(folder: Folder) -> Iterator[Problem]:
    """Ids stand in file names, addresses and hidden cells: letters, digits, dot, underscore and hyphen."""
    for name, columns in ID_COLUMNS.items():
        for line in folder[name]:
            for column in columns:
                if line[column] and not PLAIN_ID.fullmatch(line[column]):
                    yield folder[name].problem("id-characters", line.row, column, found=line[column], allowed=ALLOWED_ID)


def ids_stand_once(folder: Folder) -> Iterator[Problem]:
    """Nodes, measures and questions share one space of names, and a return is read without regard to case."""
    seen: dict[str, str] = {}
    for name, column in (("nodes.csv", "node"), ("measures.csv", "measure"), ("questions.csv", "question")):
        for line in folder[name]:
            found = line[column]
            if found and found.casefold() in seen:
                first = seen[found.casefold()]
                yield folder[name].problem("id-twice", line.row, column, severity="stop", found=found, allowed=first)
            elif found:
                seen[found.casefold()] = f"{name}, row {line.row}"


def rows_stand_once(folder: Folder) -> Iterator[Problem]:
    """An option in its set, a level, a weight, a link, a step from the old edition: each is said once."""
    for name, key in KEYS.items():
        seen: dict[tuple[str, ...], int] = {}
        fatal = name in ("levels.csv", "answers.csv")
        for line in folder[name]:
            value = tuple(line[column].casefold() for column in key)
            if any(value) and value in seen:
                found = ", ".join(line[column] for column in key if line[column])
                severity = "stop" if fatal else "repair"
                yield folder[name].problem("row-twice", line.row, key[-1], severity, found=found, allowed=f"row {seen[value]}")
            seen.setdefault(value, line.row)


CHECKS = (
    the_folder_has_a_plain_name,
    needed_files_are_there,
    files_are_known,
    files_can_be_read,
    columns_are_known,
    needed_files_have_rows,
    rows_fit_the_columns,
    needed_cells_are_filled,
    ids_are_written_plainly,
    ids_stand_once,
    rows_stand_once,
)
