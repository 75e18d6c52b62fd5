"""How the form looks: one typeface, one accent, row heights worked out because no program fits wrapped rows by itself."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from functools import cache

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

FONT = "Calibri"
ACCENT, INK, QUIET = "1B4F66", "1F2933", "5B6770"
BAND, INPUT, AMBER, RULE, EDGE = "E6EEF1", "FFF9E8", "F6C667", "D5DCE0", "C9B98A"
LINE = 1.28  # height of a line over the size of its letters


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


def input_cell(cell, number_format: str = "", size: float = 10) -> None:
    """A cell that the State fills in: lightly tinted, framed, unlocked."""
    style(cell, text=font(size), ground=INPUT, border=edges(EDGE, EDGE, EDGE), number_format=number_format)
    cell.protection = OPEN


@cache
def lines(text: str, width: float, size: float = 10, bold: bool = False) -> int:
    """Lines that a text takes in a column of `width` (Excel's unit: digits of 11 points)."""
    per_line = max(4, math.floor(width * 11 / size * (1.0 if bold else 1.06)))
    doubled = "".join(c + c if unicodedata.east_asian_width(c) in "WF" else c for c in text)
    return sum(len(textwrap.wrap(part, per_line)) or 1 for part in doubled.split("\n"))


def height(*cells: tuple[str, float], size: float = 10, bold: bool = False, least: int = 1, padding: float = 5) -> float:
    """Row height in points that shows every (text, width) whole; Excel allows 409 at most."""
    most = max([least, *(lines(text, width, size, bold) for text, width in cells if text)])
    return min(409.0, round(most * size * LINE + padding, 1))


def page(ws, footer: str, *, landscape: bool = True, header_rows: str = "") -> None:
    """A4, one page wide, margins, repeated head, `footer` left and the page number right; protected without a password."""
    ws.page_setup.orientation = "landscape" if landscape else "portrait"
    ws.page_setup.paperSize = ws.PAPERSIZE_A4
    ws.sheet_properties.pageSetUpPr.fitToPage = True
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
    ws.page_margins.left = ws.page_margins.right = 0.45
    ws.page_margins.top, ws.page_margins.bottom = 0.5, 0.6
    ws.page_margins.header = ws.page_margins.footer = 0.3
    ws.print_options.horizontalCentered = True
    if header_rows:
        ws.print_title_rows = header_rows
    left, _, right = footer.partition("|")
    ws.oddFooter.left.text, ws.oddFooter.right.text = left.replace("&", "&&"), right
    for part in (ws.oddFooter.left, ws.oddFooter.right):
        part.size, part.font = 8, FONT
    ws.sheet_view.showGridLines = False
    ws.protection.sheet = True
    ws.protection.formatColumns = ws.protection.formatRows = ws.protection.formatCells = False
