""".csv, .tsv and their like: the encoding and the sign between the columns are found out."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO

from analysis.workbook.formats.package import unreadable
from analysis.workbook.formats.raw import Book, RawSheet
from analysis.workbook.problems import problem

DELIMITERS = ",;\t|"
HEAD_ROWS = 20
#: Rows that are read; more don't fit into a file of the allowed size unless they hold next to nothing.
MAX_ROWS = 3_000_000


def text_book(name: str, content: bytes) -> Book:
    """The table of a text file: comma, semicolon, tab or bar; UTF-8, UTF-16, or Western European with a note.

    Raises
    ------
    UnreadableReturn
        If it is no text, or breaks off.
    """
    text, sure = _decoded(name, content)
    try:
        delimiter = max(DELIMITERS, key=lambda sign: _likeness(text, sign))  # the first of equals
        rows = [row for _, row in zip(range(MAX_ROWS), _rows(text, delimiter), strict=False)]
    except csv.Error as error:
        raise unreadable("damaged-table", name, found=str(error)) from error
    return Book([RawSheet("", rows)], () if sure else (problem("encoding-guessed", name),), "text")


def _rows(text: str, delimiter: str):
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter)


def _likeness(text: str, delimiter: str) -> tuple[int, int]:
    """(first rows that fall into the same number of cells, that number): a table's own sign cuts its rows alike."""
    rows = [len(row) for _, row in zip(range(HEAD_ROWS), _rows(text[:2_000_000], delimiter), strict=False)]
    counts = Counter(n for n in rows if n > 1)
    return max(((times, width) for width, times in counts.items()), default=(0, 0))


def _decoded(name: str, content: bytes) -> tuple[str, bool]:
    """(text, whether the encoding is certain)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = [("utf-16", True)]
    elif content[1:200:2].count(0) > 50 or (len(content) < 200 and content[1::2].count(0) > len(content) // 3):
        tries = [("utf-16-le", True)]
    else:
        tries = [("utf-8-sig", True), ("cp1252", False)]
    for encoding, sure in tries:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, sure
    raise unreadable("not-text", name)
