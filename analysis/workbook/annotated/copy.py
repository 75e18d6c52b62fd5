"""One door: a file and its problems in, the annotated copy or a report out."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.model import Problem, UnreadableReturn
from analysis.texts import text
from analysis.workbook import layout
from analysis.workbook.annotated.marking import marked
from analysis.workbook.annotated.markup import NotEditable
from analysis.workbook.annotated.report import values_workbook
from analysis.workbook.formats.package import package
from analysis.workbook.look import look

#: What a damaged package makes the readers of it raise.
_BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, IndexError, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


@dataclass(frozen=True)
class Annotated:
    """A workbook that shows problems. kind: `annotated` (the State's own workbook, marked) or `report` (a workbook of ours with the
    same cells). lost: keys of texts that say why it is only a report, or what could not be marked."""

    content: bytes
    name: str
    kind: str
    lost: tuple[str, ...] = ()


def annotated(name: str, content: bytes, problems: Sequence[Problem], language: str = "en", password: str = "") -> Annotated:
    """The State's own workbook with the cells to correct marked, commented and listed; a report where that can't be done safely.

    Everything in the copy that holds no problem keeps its bytes: formats, pictures, charts, macros, further sheets, notes. Marking
    a marked copy again replaces what the first marking put there.

    Parts of the list that a person reads are in `language`, English standing in for words it lacks; "" takes the language that the
    form itself names. A protected file is not opened, whether the password is known or not: its report has no password, and so
    holds nothing of it but what the problems tell.
    """
    language = language or _language(name, content)
    try:
        kind = look(name, content).kind
        if kind != "zip" or package(name, content).kind != "xlsx":
            raise NotEditable("annotated.lost.password" if kind == "protected" else "annotated.lost.format")
        data, lost = marked(content, problems, language)
        return Annotated(data, _renamed(name, "checked"), "annotated", lost)
    except NotEditable as error:
        reason = error.reason
    except (UnreadableReturn, *_BROKEN):
        reason = "annotated.lost.unusual"
    shown = b"" if reason in ("annotated.lost.large", "annotated.lost.password") else content
    values, there = values_workbook(name, shown, problems)
    try:
        data, _ = marked(values, there, language, said=[text(reason, language)], report=True)
    except NotEditable:  # too large with its rows
        values, there = values_workbook(name, b"", problems)
        data, _ = marked(values, there, language, said=[text(reason, language)], report=True)
    return Annotated(data, _renamed(name, "problems"), "report", (reason,))


def _renamed(name: str, what: str) -> str:
    """`QMA.xlsx` -> `QMA-checked.xlsx`, and so it stays however often a copy is checked."""
    file = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = file.rpartition(".")
    stem, ending = (stem, ending) if dot and stem else (file, "xlsx")
    ending = ending if what == "checked" and ending.lower() in ("xlsx", "xlsm", "xltx", "xltm") else "xlsx"
    return f"{re.sub('(-checked)+$', '', stem)}-{what}.{ending}"


def _language(name: str, content: bytes) -> str:
    """The language that the form's markers name, else English."""
    try:
        parts = package(name, content).parts if look(name, content).kind == "zip" else {}
    except UnreadableReturn:
        parts = {}
    found = {language for xml in parts.values() for language in _MARKED.findall(xml)}
    return found.pop().decode() if len(found) == 1 else "en"


_MARKED = re.compile(rf"{layout.MARKER};[^<>]{{0,200}};language=([a-z]{{2,3}})\b".encode())
