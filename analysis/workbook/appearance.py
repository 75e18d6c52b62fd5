"""How the form looks: one typeface, one accent, row heights worked out because no program fits wrapped rows by itself."""

from __future__ import annotations

import math
import unicodedata
from functools import cache

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

FONT = "Calibri"
ACCENT, INK, QUIET = "1B4F66", "1F2933", "5B6770"
BAND, INPUT, AMBER, RULE, EDGE, CARRIED = "E6EEF1", "FFF9E8", "F6C667", "D5DCE0", "C9B98A", "DCE6F2"
LINE = 1.25  # height of a line over the size of its letters


@cache
def font(size: float = 10, bold: bool = False, color: str = INK, italic: bool = False) -> Font:
    """The one typeface in a size and weight."""
    return Font(name=FONT, size=size, bold=bold, italic=italic, color=color)


@cache
def fill(color: str) -> PatternFill:
    """A flat ground."""
    return PatternFill("solid", start_color=color, end_color=color)


@cache
def edges(bottom: str = RULE, top: str = "", sides: str = "") -> Border:
    """Thin rules; an empty colour draws none."""

    def side(color: str) -> Side:
        return Side(style="thin", color=color) if color else Side()

    return Border(bottom=side(bottom), top=side(top), left=side(sides), right=side(sides))


@cache
def aligned(horizontal: str = "left", vertical: str = "top", indent: int = 0) -> Alignment:
    """Wrapped text."""
    return Alignment(horizontal=horizontal, vertical=vertical, wrap_text=True, indent=indent)


OPEN = Protection(locked=False)


def style(cell, *, text=None, ground: str = "", border=None, align=None, number_format: str = "") -> None:
    """Set what is given on one cell."""
    cell.font = text or font()
    cell.alignment = align or aligned()
    if ground:
        cell.fill = fill(ground)
    if border:
        cell.border = border
    if number_format:
        cell.number_format = number_format


def input_cell(cell, number_format: str = "", vertical: str = "top") -> None:
    """A cell that the State fills in: lightly tinted, framed, unlocked."""
    border, align = edges(EDGE, EDGE, EDGE), aligned(vertical=vertical)
    style(cell, ground=INPUT, border=border, align=align, number_format=number_format)
    cell.protection = OPEN


def _letter(char: str) -> float:
    """Width of a character of the typeface in ems, roughly; wide for what is not Latin."""
    if char in "iljI.,:;'|!()[] ":
        return 0.25
    if char in "frt-/":
        return 0.34
    if char in "acegksvxyz":
        return 0.46
    if char in "mwMW@%":
        return 0.82
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    return 0.6 if char.isupper() or ord(char) > 0x24F else 0.525


_LETTERS = {chr(code): _letter(chr(code)) for code in range(32, 592)}
PIXELS_OF_WIDTH, PIXELS_OF_POINT = 7.0, 4 / 3
SAFETY = 1.04  # programs wrap a little sooner or later than worked out


@cache
def lines(text: str, width: float, size: float = 10, bold: bool = False) -> int:
    """Lines that a text takes in a column of `width` (Excel's unit: digits of 11 points)."""
    room = width * PIXELS_OF_WIDTH / (size * PIXELS_OF_POINT * SAFETY * (1.05 if bold else 1.0))
    taken = 0
    for part in text.split("\n"):
        taken, left = taken + 1, room
        for word in part.split(" "):
            ems = sum(_LETTERS.get(char) or _letter(char) for char in word)
            if ems > left and left < room:
                taken, left = taken + 1, room
            if ems > room:  # a word longer than the line, or a script without spaces
                taken += math.ceil(ems / room) - 1
                ems = ems % room
            left -= ems + 0.23
    return taken


def height(*cells: tuple, size: float = 10, bold: bool = False, least: int = 1, padding: float = 5) -> float:
    """Row height in points that shows every (text, width) or (text, width, size) whole; Excel allows 409 at most."""
    most = least * size
    for text, width, *own in cells:
        letters = own[0] if own else size
        most = max(most, lines(text, width, letters, bold) * letters)
    return min(409.0, round(most * LINE + padding, 1))


def page_points(width: float) -> float:
    """Height of one A4 landscape page in points of a sheet of that width, at the scale that fits it on the page."""
    scale = min(1.0, (842 - 0.9 * 72) / (width * PIXELS_OF_WIDTH / PIXELS_OF_POINT))
    return (595 - 1.1 * 72) / scale


def page(ws, title: str, part: str, number: str, *, header_rows: str = "") -> None:
    """A4 landscape, one page wide, repeated head; title, part and page number in the footer; protected without a password."""
    ws.page_setup.orientation = "landscape"
    ws.page_setup.paperSize = ws.PAPERSIZE_A4
    ws.sheet_properties.pageSetUpPr.fitToPage = True
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
    ws.page_margins.left = ws.page_margins.right = 0.45
    ws.page_margins.top, ws.page_margins.bottom = 0.5, 0.6
    ws.page_margins.header = ws.page_margins.footer = 0.3
    ws.print_options.horizontalCentered = True
    if header_rows:
        ws.print_title_rows = header_rows
    footer = ws.oddFooter
    footer.left.text, footer.center.text, footer.right.text = title.replace("&", "&&"), part.replace("&", "&&"), number
    for place in (footer.left, footer.center, footer.right):
        place.size, place.font = 8, FONT
    ws.sheet_view.showGridLines = False
    ws.protection.sheet = True
    ws.protection.formatColumns = ws.protection.formatRows = ws.protection.formatCells = False
