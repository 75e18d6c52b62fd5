"""The two reader libraries, each behind one function: bytes that were looked at in, rows of plain values out."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable
from io import BytesIO

import python_calamine as calamine

from analysis.workbook.layout import unescaped

#: Characters of one text; Excel takes no more.
MAX_TEXT = 32_767
_MIDNIGHT = dt.time()


class ReaderFailed(Exception):
    """A reader library could not read a file or a sheet. The other one may."""


class Calamine:
    """The fast reader; a sheet is parsed when it is asked for."""

    def __init__(self, content: bytes):
        self._book = _kept_alive(calamine.load_workbook, BytesIO(content))
        self.titles: list[str] = self._book.sheet_names

    def rows(self, title: str, rows: int, columns: int) -> list[tuple]:
        """The first rows and columns of a sheet, empty cells as None."""
        if title not in self.titles:
            raise ReaderFailed(title)
        if rows < 1 or columns < 1:
            return []
        sheet = _kept_alive(self._book.get_sheet_by_name, title)
        found = _kept_alive(sheet.to_python, skip_empty_area=False, nrows=rows)
        if found and len(found[0]) > columns:
            found = [row[:columns] for row in found]
        return [tuple([None if v == "" else v for v in row]) for row in found]


def _kept_alive(function, *arguments, **named):
    """What a function of calamine returns. A panic inside it is no Exception, so that it would end the process."""
    try:
        return function(*arguments, **named)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise ReaderFailed(type(error).__name__) from error


def openpyxl_rows(content: bytes, wanted: Iterable[tuple[str, int, int]]) -> dict[str, list[tuple]]:
    """Title -> rows of the sheets asked for, each with how many rows and columns of it.

    Raises
    ------
    ReaderFailed
        If openpyxl can't read the workbook.
    """
    from openpyxl import load_workbook

    found = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = {sheet.title: sheet for sheet in book.worksheets}
            for title, rows, columns in wanted:
                sheets[title].reset_dimensions()
                cells = sheets[title].iter_rows(max_row=rows, max_col=columns, values_only=True) if rows and columns else ()
                found[title] = [tuple(map(_usual, row)) for row in cells]
            book.close()
    except MemoryError:
        raise
    except Exception as error:  # whatever it may be: BadZipFile, KeyError, TypeError, ParseError and more were met
        raise ReaderFailed(type(error).__name__) from error
    return found


def _usual(value: object) -> object:
    """A value as the other reader gives it: texts unescaped, a day without a time as a date, numbers as floats."""
    if isinstance(value, str):
        return unescaped(value) if value else None
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == _MIDNIGHT else value
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else value


def same(one: object, other: object) -> bool:
    """Whether two readers found the same: spaces at the ends and between words aside, and a whole number for one with a point."""
    if one == other:
        return type(one) is type(other) or (not isinstance(one, bool) and not isinstance(other, bool))
    return _compared(one) == _compared(other)


def _compared(value: object) -> object:
    if isinstance(value, str):
        text = "".join(value.split())
        try:
            return float(text)
        except ValueError:
            return text
    if isinstance(value, dt.datetime) and value.time() == _MIDNIGHT:
        return value.date()
    return "" if value is None else value
