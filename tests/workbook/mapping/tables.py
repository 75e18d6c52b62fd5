"""Tables as a worker hands them over, and the answers in them."""

from __future__ import annotations

from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping import TableMapping, read_mapped
from analysis.workbook.options import ReadingOptions


def sheet(*rows, title="Table", formulas=None, errors=None) -> RawSheet:
    """A sheet of these rows."""
    return RawSheet(title, [tuple(row) for row in rows], formulas or {}, errors or {})


def answers(read) -> dict[str, int]:
    """Question -> code, without the blanks, of one return."""
    return {a.question: a.code for a in read.value.answers if a.code != -5}


def cells(read) -> dict[str, str]:
    """Question -> `sheet!cell`, of what was answered."""
    return {a.question: f"{a.sheet}!{a.cell}" for a in read.value.answers if a.code != -5}


def of(reads, code) -> list[tuple[str, str]]:
    """(cell, found) of every problem of a code."""
    return [(p.cell, p.found) for read in reads for p in read.problems if p.code == code]


def read(sheets, mapping: TableMapping, known, states, **options):
    """Read sheets with a mapping."""
    sheets = sheets if isinstance(sheets, list) else [sheets]
    return read_mapped("table.xlsx", sheets, mapping, known, states, ReadingOptions(**options))
