"""One sheet of a workbook as text: where its cells stand, and how a few of them get another format."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from analysis.workbook.annotated.markup import (
    RELATIONS,
    Edits,
    Element,
    NotEditable,
    children,
    root_of,
    unescaped,
    with_attribute,
)

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MOST_STEPS = 200  # rows or columns that a note may reach across, hidden columns that are passed over
MOST_CELLS = 400_000  # in the rows that are looked at
#: What may follow `legacyDrawing` in a sheet, and what must stand before it, is fixed by the format (CT_Worksheet).
BEFORE_NOTES = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr",
    "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
)  # fmt: skip

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_RANGE = re.compile(rf"{_REFERENCE.pattern}(?::{_REFERENCE.pattern})?")
_ROWS = re.compile(r"([1-9]\d{0,6}):([1-9]\d{0,6})")

Place = tuple[int, int]


def place_of(reference: str) -> Place | None:
    """(row, column) from 1 of `D14`; of the first cell of a range or of whole rows; None where it is neither."""
    if rows := _ROWS.fullmatch(reference):
        row, column = int(rows[1]), 1
    elif cells := _RANGE.fullmatch(reference):
        row, column = int(cells[2]), column_index_from_string(cells[1].upper())
    else:
        return None
    return (row, column) if row <= MAX_ROW and column <= MAX_COLUMN else None


def reference_of(place: Place) -> str:
    """`D14`."""
    return f"{get_column_letter(place[1])}{place[0]}"


@dataclass(frozen=True)
class _Columns:
    first: int
    last: int
    width: float | None
    hidden: bool
    style: int


class Grid:
    """A sheet's XML with the places of its rows and cells.

    Raises
    ------
    NotEditable
        If rows or cells do not stand in order, or a number in it is none.
    """

    def __init__(self, text: str, namespace: str):
        self.text = text
        root = root_of(text)
        self.prefix = root.name.removesuffix(root.local)
        if root.local != "worksheet" or root.attributes.get(f"xmlns:{self.prefix}".strip(":")) != namespace:
            raise NotEditable()
        self.root = root
        self.parts: dict[str, Element] = {}
        for element in children(text, root.inner, root.stop):
            if element.name == self.prefix + element.local:
                self.parts[element.local] = element
        if "sheetData" not in self.parts:
            raise NotEditable()
        self.columns = sorted(self._columns(), key=lambda c: c.first)
        self._firsts = [c.first for c in self.columns]
        self._visited = 0
        self.rows = list(self._rows())
        self.numbers = [number for number, _ in self.rows]
        if any(a >= b for a, b in zip(self.numbers, self.numbers[1:], strict=False)):
            raise NotEditable()

    def _inside(self, name: str) -> Iterator[Element]:
        if name in self.parts:
            yield from children(self.text, self.parts[name].inner, self.parts[name].stop)

    def _columns(self) -> Iterator[_Columns]:
        for e in self._inside("cols"):
            of = e.attributes
            yield _Columns(
                _whole(of.get("min")),
                _whole(of.get("max")),
                _number(of.get("width")),
                _yes(of.get("hidden")),
                _whole(of.get("style")),
            )

    def _rows(self) -> Iterator[tuple[int, Element]]:
        number = 0
        for element in self._inside("sheetData"):
            if element.name != f"{self.prefix}row":
                raise NotEditable()
            number = _whole(element.attributes.get("r")) or number + 1
            yield number, element

    def cells(self, row: Element) -> Iterator[tuple[int, Element]]:
        """The cells of a row with their columns."""
        column = 0
        for element in children(self.text, row.inner, row.stop):
            if element.name != f"{self.prefix}c":
                raise NotEditable()
            place = place_of(element.attributes["r"]) if "r" in element.attributes else (0, column + 1)
            if place is None or place[1] <= column:
                raise NotEditable()
            column = place[1]
            self._visited += 1
            if self._visited > MOST_CELLS:
                raise NotEditable("annotated.lost.large")
            yield column, element

    def row(self, number: int) -> Element | None:
        """A row, None where it does not stand in the file."""
        at = bisect_left(self.numbers, number)
        return self.rows[at][1] if at < len(self.numbers) and self.numbers[at] == number else None

    def __contains__(self, place: Place) -> bool:
        """Whether a cell stands in the file."""
        row = self.row(place[0])
        columns = (column for column, _ in self.cells(row)) if row else ()
        return next((column for column in columns if column >= place[1]), 0) == place[1]

    def column(self, number: int) -> _Columns | None:
        """What is said about a column."""
        at = bisect_right(self._firsts, number) - 1
        return self.columns[at] if at >= 0 and number <= self.columns[at].last else None

    def shown(self, place: Place) -> Place:
        """The cell that a reader sees for a place: the first of merged ones, and the next one where the column is hidden."""
        row, column = place
        for _ in range(MOST_STEPS):
            found = self.column(column)
            if found is None or not found.hidden or found.last >= MAX_COLUMN:
                break
            column = found.last + 1
        for first, last in self._merged():
            if first[0] <= row <= last[0] and first[1] <= column <= last[1]:
                return first
        return row, column

    def _merged(self) -> list[tuple[Place, Place]]:
        if not hasattr(self, "_merges"):
            ranges = [e.attributes.get("ref", "").partition(":") for e in self._inside("mergeCells")]
            places = [(place_of(a), place_of(b or a)) for a, _, b in ranges]
            self._merges = [(a, b) for a, b in places if a and b]
        return self._merges

    def across(self, column: int, pixels: float) -> tuple[int, int]:
        """(column, pixels within it) of a distance to the right of a column's left edge."""
        at = column
        for at in range(column, min(column + MOST_STEPS, MAX_COLUMN)):
            found = self.column(at)
            wide = 0 if found and found.hidden else 7 * (found.width if found and found.width is not None else 9.14)
            if pixels <= wide:
                break
            pixels -= wide
        return at, round(pixels)

    def down(self, row: int, pixels: float) -> tuple[int, int]:
        """(row, pixels within it) of a distance below a row's upper edge."""
        form = self.parts.get("sheetFormatPr")
        usual = (_number(form.attributes.get("defaultRowHeight")) if form else None) or 15
        at = row
        for at in range(row, min(row + MOST_STEPS, MAX_ROW)):
            found = self.row(at)
            own = _number(found.attributes.get("ht")) if found else None
            high = 0 if found and _yes(found.attributes.get("hidden")) else 4 / 3 * (usual if own is None else own)
            if pixels <= high:
                break
            pixels -= high
        return at, round(pixels)

    def with_styles(self, restyled: Mapping[Place, Callable[[int], int]]) -> str:
        """The sheet's text with other formats for some cells; one that is not there is made, with the format of its row or column."""
        edits = Edits(self.text)
        data = self.parts["sheetData"]
        at_end = ""
        rows: dict[int, dict[int, Callable[[int], int]]] = {}
        for number, column in sorted(restyled):
            rows.setdefault(number, {})[column] = restyled[number, column]
        for number, wanted in rows.items():
            row = self.row(number)
            if row is not None:
                self._restyle_row(edits, row, number, wanted)
                continue
            cells = "".join(self._cell(number, column, change(self._column_style(column))) for column, change in wanted.items())
            new = f'<{self.prefix}row r="{number}">{cells}</{self.prefix}row>'
            after = bisect_left(self.numbers, number)
            if after < len(self.rows):
                edits.insert(self.rows[after][1].start, new)
            else:
                at_end += new
        if at_end:
            edits.append(data, at_end)
        self._dimension(edits, restyled)
        return edits.done()

    def _restyle_row(self, edits: Edits, row: Element, number: int, wanted: Mapping[int, Callable[[int], int]]) -> None:
        there, last = {}, max(wanted)
        for column, cell in self.cells(row):
            there[column] = cell
            if column > last:
                break
        base = _whole(row.attributes.get("s")) if _yes(row.attributes.get("customFormat")) else None
        at_end, added = "", [column for column in wanted if column not in there]
        if any(re.search(rf"[\"']{reference_of((number, column))}[\"']", self.text[row.inner : row.stop]) for column in added):
            raise NotEditable()  # it stands further on, out of order
        for column, change in wanted.items():
            if column in there:
                cell = there[column]
                new = change(_whole(cell.attributes.get("s")))
                edits.replace(cell.start, cell.inner, with_attribute(self.text, cell, "s", new))
                continue
            new = self._cell(number, column, change(self._column_style(column) if base is None else base))
            after = next((c for c in there if c > column), None)
            if after is None:
                at_end += new
            else:
                edits.insert(there[after].start, new)
        spans = _spans(row, added)
        if at_end:
            edits.append(row, at_end, **spans)
        elif spans:
            edits.replace(row.start, row.inner, with_attribute(self.text, row, "spans", spans["spans"]))

    def _cell(self, row: int, column: int, style: int) -> str:
        return f'<{self.prefix}c r="{reference_of((row, column))}" s="{style}"/>'

    def _column_style(self, column: int) -> int:
        found = self.column(column)
        return found.style if found else 0

    def _dimension(self, edits: Edits, places: Mapping[Place, object]) -> None:
        """Let the declared size hold every marked cell."""
        element = self.parts.get("dimension")
        first, _, last = element.attributes.get("ref", "").partition(":") if element else ("", "", "")
        a, b = place_of(first), place_of(last or first)
        if element is None or a is None or b is None or not places:
            return
        low = min(a[0], *(r for r, _ in places)), min(a[1], *(c for _, c in places))
        high = max(b[0], *(r for r, _ in places)), max(b[1], *(c for _, c in places))
        if (low, high) != (a, b):
            new = with_attribute(self.text, element, "ref", f"{reference_of(low)}:{reference_of(high)}")
            edits.replace(element.start, element.inner, new)

    def with_notes(self, relation: str) -> str:
        """The sheet's text with a reference to the drawing of its notes, in the place that the format fixes for it."""
        at = max((e.end for name, e in self.parts.items() if name in BEFORE_NOTES), default=self.root.inner)
        strict = self.root.attributes.get(f"xmlns:{self.prefix}".strip(":"), "").startswith("http://purl.oclc.org/")
        uri = RELATIONS.replace("schemas.openxmlformats.org/officeDocument/2006", "purl.oclc.org/ooxml/officeDocument")
        declared = f'xmlns:r="{uri if strict else RELATIONS}" r:id="{relation}"'
        return f"{self.text[:at]}<{self.prefix}legacyDrawing {declared}/>{self.text[at:]}"

    def texts(self, strings: Callable[[int], str]) -> Iterator[tuple[int, dict[int, str]]]:
        """The texts of each row by column; `strings` gives a shared text by its number."""
        for number, row in self.rows:
            yield number, {column: self._text(cell, strings) for column, cell in self.cells(row)}

    def _text(self, cell: Element, strings: Callable[[int], str]) -> str:
        kind = cell.attributes.get("t", "n")
        for inside in children(self.text, cell.inner, cell.stop):
            if inside.local == "is":
                return plain_text(self.text, inside)
            if inside.local == "v":
                value = unescaped(self.text[inside.inner : inside.stop])
                return strings(_whole(value)) if kind == "s" else value
        return ""


def plain_text(text: str, element: Element) -> str:
    """The words of a rich text, without how they look or are pronounced."""
    found = []
    for inside in children(text, element.inner, element.stop):
        if inside.local == "t":
            found.append(unescaped(text[inside.inner : inside.stop]))
        elif inside.local == "r":
            found.append(plain_text(text, inside))
    return "".join(found)


def _spans(row: Element, added: list[int]) -> dict[str, str]:
    """The `spans` of a row that had some, wide enough for more cells; they only help a program to plan its memory."""
    found = re.fullmatch(r"(\d{1,5}):(\d{1,5})", row.attributes.get("spans", ""))
    if not found or not added:
        return {}
    return {"spans": f"{min(int(found[1]), *added)}:{max(int(found[2]), *added)}"}


def _whole(value: str | None) -> int:
    try:
        return int(value or 0)
    except ValueError as error:
        raise NotEditable() from error


def _number(value: str | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError as error:
        raise NotEditable() from error


def _yes(value: str | None) -> bool:
    return value in ("1", "true", "on")
