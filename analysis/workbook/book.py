"""Any spreadsheet file as plain sheets of values: what every reader of ours begins with."""

from __future__ import annotations

from analysis.model import Problem, UnreadableReturn
from analysis.workbook.formats.ods import ods_book
from analysis.workbook.formats.package import package, unreadable
from analysis.workbook.formats.protected import opened
from analysis.workbook.formats.raw import Book, RawSheet
from analysis.workbook.formats.text import text_book
from analysis.workbook.formats.xls import xls_book
from analysis.workbook.formats.xlsb import xlsb_book
from analysis.workbook.formats.xlsx import xlsx_book
from analysis.workbook.look import look
from analysis.workbook.problems import problem

__all__ = ["Book", "RawSheet", "open_book"]

_PACKAGED = {"xlsx": xlsx_book, "xlsb": xlsb_book, "ods": ods_book}


def open_book(name: str, content: bytes, password: str = "") -> Book:
    """The sheets of a file of any format, told by its bytes and never by its name.

    Raises
    ------
    UnreadableReturn
        If nobody can read it. Nothing else is raised for a bad file.
    """
    try:
        return _book(name, content, password)
    except MemoryError as error:
        raise unreadable("reader-too-large", name) from error
    except UnreadableReturn:
        raise
    except Exception as error:  # the last resort: a fault that a file brings out in a reader library is a fault of the file
        raise unreadable("damaged-workbook", name) from error


def _book(name: str, content: bytes, password: str) -> Book:
    kind = look(name, content).kind
    noted: tuple[Problem, ...] = ()
    if kind == "protected":
        content, asked = opened(name, content, password)
        kind = look(name, content).kind
        noted = (problem("was-protected", name),) if asked else ()
    if kind == "text":
        book = text_book(name, content)
    elif kind == "xls":
        book = xls_book(name, content)
    elif kind == "zip":
        parts = package(name, content)
        book = _PACKAGED[parts.kind](name, parts)
    else:  # protected within protected
        raise unreadable("damaged-workbook", name)
    return Book(book.sheets, (*noted, *book.problems), book.reader)
