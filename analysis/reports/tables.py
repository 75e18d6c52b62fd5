"""Tables as .csv and .xlsx: unrounded, and inert. Text that a spreadsheet could take for a formula leaves as text."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import xlsxwriter

from analysis.inert import inert_in_csv, live
from analysis.reports.about import about_line, heads
from analysis.texts import text

#: Where a table says how it was made: a column of a .csv, a sheet of an .xlsx.
SETTINGS, ABOUT = "settings", "About"
#: Sheets of a table as a page shows it: in the page's words; what its headings mean; all of it by code, as in the .csv.
TABLE, COLUMNS, CODES = "Table", "Columns", "Codes"


@dataclass(frozen=True)
class Spelled:
    """How a column is shown to people: its heading with the unit, the format of its numbers ("" for none), and what it means."""

    heading: str
    format: str = ""
    meaning: str = ""


def inert(value: object) -> object:
    """A value as it may stand in a .csv: text as text, numbers as they are; several values become one text, as in .xlsx."""
    if isinstance(value, (list, tuple)):
        value = "; ".join(map(str, value))
    return inert_in_csv(value) if isinstance(value, str) else value


def without_minus_zero(values: pd.Series, places: int) -> pd.Series:
    """Numbers for display: a fall too small to be seen at so many decimals is 0, never "-0.0". NA and anything but numbers stay."""
    if values.dtype.kind not in "fi":
        return values
    return values.mask(((values < 0) & (values > -0.5 * 10.0**-places)).fillna(False), 0.0)


def csv_bytes(table: pd.DataFrame, about: pd.DataFrame | None = None) -> bytes:
    """A table as .csv (UTF-8 with a byte-order mark, so that a spreadsheet program reads accents right).

    about: rows of `reports.about`; they travel in one last column that says the same in every row.
    """
    if about is not None:
        table = table.assign(**{SETTINGS if SETTINGS not in table else f"{SETTINGS}_in_force": about_line(about)})
    texts = [c for c in table.columns if not pd.api.types.is_numeric_dtype(table[c]) and not pd.api.types.is_bool_dtype(table[c])]
    safe = table.assign(**{c: table[c].map(inert) for c in texts}).rename(columns=inert)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx_bytes(
    tables: pd.DataFrame | Mapping[str, pd.DataFrame],
    about: pd.DataFrame | None = None,
    spelled: Mapping[str, Spelled] | None = None,
) -> bytes:
    """Tables as one .xlsx, a sheet each, with frozen heads and a filter. Empty cells stay empty: NA is never 0.

    about: rows of `reports.about`; they are the last sheet. spelled: column -> how it is shown, for one table, in the order of the page: then
    the first sheet holds these columns with headings for people, the second says what they mean, the third holds the whole table by code.
    Numbers are exact everywhere; a format only shows fewer decimals.
    """
    if isinstance(tables, pd.DataFrame):
        tables = {TABLE: tables} if spelled is None else for_people(tables, spelled)
    named = {ABOUT: {name: Spelled(head) for name, head in heads().items()}, TABLE: spelled or {}}
    if about is not None:
        tables = {**tables, ABOUT: about}
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        text_ = book.add_format({"quote_prefix": True})  # stays text when somebody goes into the cell and out again
        shapes = {one.format for one in (spelled or {}).values() if one.format}
        shapes = {shape: book.add_format({"num_format": shape}) for shape in sorted(shapes)}
        for name, table in tables.items():
            sheet = book.add_worksheet(name[:31])
            for c, column in enumerate(table.columns):
                shown = named.get(name, {}).get(column, Spelled(str(column)))
                sheet.write_string(0, c, shown.heading, head)
                for r, value in enumerate(table[column].tolist(), start=1):
                    _write(sheet, r, c, value, date, text_, shapes.get(shown.format))
                sheet.set_column(c, c, _width(shown, table[column]))
            sheet.freeze_panes(1, 0)
            if len(table):
                sheet.autofilter(0, 0, len(table), max(0, len(table.columns) - 1))
    return buffer.getvalue()


def for_people(table: pd.DataFrame, spelled: Mapping[str, Spelled], codes: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """The sheets of a table as a page shows it. codes: what the sheet of codes holds; the whole table where None."""
    rows = [(one.heading, one.meaning or None, column) for column, one in spelled.items()]
    names = [text(f"export.columns.{name}") for name in ("heading", "meaning", "code")]
    return {TABLE: table[list(spelled)], COLUMNS: pd.DataFrame(rows, columns=names), CODES: table if codes is None else codes}


def _width(shown: Spelled, values: pd.Series) -> float:
    """How wide a column is: as its texts are long; where a format cuts its numbers, as wide as half its heading, which is wrapped."""
    if shown.format:
        return max(10, min(22, len(shown.heading) / 2 + 4))
    return min(60, max(8, len(shown.heading) + 2, *(len(str(v)) + 2 for v in values.head(200))))


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object, date: object, text: object, number: object = None
) -> None:
    if isinstance(value, (list, tuple)):
        value = "; ".join(map(str, value))
    if value is None or pd.isna(value):
        return
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, number)
    elif hasattr(value, "isoformat"):
        moment = pd.Timestamp(value)
        sheet.write_datetime(row, column, moment.tz_localize(None).to_pydatetime(), date)
    else:
        sheet.write_string(row, column, str(value), text if live(str(value)) else None)


def json_text(table: pd.DataFrame) -> str:
    """A table as JSON: a list of rows, every number as exact as it is; NA is null."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return json.dumps(rows, ensure_ascii=False, default=lambda v: v.isoformat() if hasattr(v, "isoformat") else v.item())
