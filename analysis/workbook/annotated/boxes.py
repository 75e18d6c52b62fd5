"""The boxes in which programs show notes: shapes in a drawing of an old kind (VML), one for each note."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from analysis.workbook import appearance as look
from analysis.workbook.annotated.grid import Grid, Place
from analysis.workbook.annotated.markup import NotEditable, quoted, tag_of
from analysis.workbook.annotated.package import Package

DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
#: Width of a note in pixels, and the letters' size in points.
WIDE, SIZE = 300, 9

_SHAPE = re.compile(r"<(\w+):shape(?=[\s>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>.*?</\1:shape\s*>\s*", re.DOTALL)
_IDS = re.compile(r"_x0000_s(\d{1,9})\b")
_BLOCKS = re.compile(r"(<\w+:idmap\b[^>]*?\bdata\s*=\s*[\"'])([\d,\s]*)")
_SHAPETYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SPACES = {"v": "urn:schemas-microsoft-com:vml", "o": "urn:schemas-microsoft-com:office:office"}
_SPACES |= {"x": "urn:schemas-microsoft-com:office:excel"}
_EMPTY = (
    f"<xml {' '.join(f'xmlns:{prefix}={chr(34)}{uri}{chr(34)}' for prefix, uri in _SPACES.items())}>"
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="BLOCK"/></o:shapelayout></xml>'
)


def write_drawing(package: Package, drawing: str) -> None:
    """A drawing without boxes."""
    package.write(drawing, _EMPTY.replace("BLOCK", str(_free_block(package))))
    package.declare(drawing, DRAWING, default=True)


def write_boxes(package: Package, drawing: str, gone: set[Place], new: Mapping[Place, Sequence[str]], grid: Grid) -> None:
    """Boxes for new notes, and none for those that are gone. VML is not always well-formed: Excel's own is not."""
    try:
        text = package.bytes_of(drawing).decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotEditable() from error
    named = {v: k[6:] for k, v in tag_of(text).attributes.items() if k.startswith("xmlns:")}
    if "<!DOCTYPE" in text or any(uri not in named for uri in _SPACES.values()):
        raise NotEditable()
    names = {prefix: named[uri] for prefix, uri in _SPACES.items()}
    if gone:
        text = _SHAPE.sub(lambda m: "" if _noted(m[0]) in gone else m[0], text)
    if new:
        if 'id="_x0000_t202"' not in text:
            text = _before_end(text, _prefixed(_SHAPETYPE, names))
        first = max([int(n) for n in _IDS.findall(text)] + [1024 * _blocks(text)[0]]) + 1
        shapes = "".join(_shape(first + i, place, new[place], grid) for i, place in enumerate(new))
        text = _before_end(text, _prefixed(shapes, names))
        blocks = sorted({*_blocks(text), *range(first // 1024, (first + len(new)) // 1024 + 1)})
        text = _BLOCKS.sub(lambda m: m[1] + ",".join(map(str, blocks)), text, count=1)
    package.write(drawing, text)


def _prefixed(shapes: str, names: Mapping[str, str]) -> str:
    """Boxes with the prefixes of their drawing; they hold no text of anybody's."""
    return re.sub(r"(?<=[</ ])([vox]):", lambda m: f"{names[m[1]]}:", shapes)


def _noted(shape: str) -> Place | None:
    """The cell whose note a box is."""
    if 'ObjectType="Note"' not in shape:
        return None
    row, column = (re.search(rf"<\w+:{name}>\s*(\d{{1,7}})\s*</\w+:{name}>", shape) for name in ("Row", "Column"))
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column else None


def _before_end(text: str, new: str) -> str:
    head, end, tail = text.rpartition("</xml>")
    if not end or tail.strip():
        raise NotEditable()
    return head + new + end + tail


def _blocks(text: str) -> list[int]:
    """Blocks of 1,024 ids each that a drawing says it uses."""
    found = _BLOCKS.search(text)
    return [int(n) for n in found[2].split(",") if n.strip()] if found and found[2].strip() else [1]


def _free_block(package: Package) -> int:
    """A block of ids that no other drawing of this workbook uses."""
    used = [0]
    for name in package.names():
        if name.casefold().endswith(".vml"):
            used += _blocks(package.bytes_of(name).decode("utf-8", "replace"))
    return max(used) + 1


def _shape(number: int, place: Place, sentences: Sequence[str], grid: Grid) -> str:
    """The box of one note, beside its cell."""
    lines = 1 + sum(look.lines(line, WIDE / look.PIXELS_OF_WIDTH - 1, SIZE) for line in sentences)
    high = round(lines * SIZE * look.PIXELS_OF_POINT * look.LINE) + 14
    row, column = place
    left, x = grid.across(column + 1, 12)
    right, x2 = grid.across(column + 1, 12 + WIDE)
    bottom, y2 = grid.down(row, 2 + high)
    anchor = f"{left - 1}, {x}, {row - 1}, 2, {right - 1}, {x2}, {bottom - 1}, {y2}"
    box = f"position:absolute;margin-left:60pt;margin-top:2pt;width:{WIDE * 0.75:g}pt;height:{high * 0.75:g}pt"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="{quoted(box)};z-index:{number % 1024};visibility:hidden" '
        'fillcolor="#fffbea" o:insetmode="auto"><v:fill color2="#fffbea"/><v:shadow on="t" color="#9aa5ab" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )
