"""Good files with faults put in at random, the same ones for the same seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from random import Random

from openpyxl import Workbook

from tests.hostile.files import good, ods, table, xls
from tests.hostile.zips import entries_of, entry, zipped

#: What may stand where it should not.
ODD = (
    "", "0", "-1", "1e308", "1e999", "nan", "inf", "4294967296", "99999999999999999999", "0.1" * 50, "true", "N/A", "=1+1", "=cmd|'/c'!A",
    "#REF!", "<b>", "&amp;", "\u202e", "\u05d0\u0301", "😀", "x" * 33_000, " ", "\u00a0", "2026-02-30", "1900-01-00", "A1:XFD1048576",
    "_x0000_", "3-4", "yes (partly)", "question:", "field:state", "maturity-return;layout=9", "QMA", "NA", "'", '"', ";", "\t", "\r\n", "[", "{",
)  # fmt: skip
REFS = ("A1", "A0", "XFD1048576", "ZZZ9", "AAAA1", "1A", "", "A", "1", "a1", "B2:C3", "A99999999999", "$A$1", "A-1")
TYPES = ("s", "str", "inlineStr", "b", "e", "n", "d", "x", "")


def flipped(content: bytes, random: Random) -> bytes:
    """Some bytes are others."""
    out = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        out[random.randrange(len(out))] = random.randrange(256)
    return bytes(out)


def cut(content: bytes, random: Random) -> bytes:
    """A stretch is missing, doubled, or stands elsewhere."""
    at, other = sorted(random.sample(range(len(content) + 1), 2))
    return random.choice(
        (
            content[:at],
            content[at:],
            content[:at] + content[other:],
            content[:other] + content[at:],
            content[other:] + content[:at],
        )
    )


def _text(random: Random) -> bytes:
    return random.choice(ODD).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()


def _some(pattern: bytes, new: Callable[[], bytes], xml: bytes, random: Random) -> bytes:
    """One or some of the places where a pattern stands hold something new."""
    found = list(re.finditer(pattern, xml))
    if not found:
        return flipped(xml, random)
    for match in sorted(random.sample(found, min(len(found), random.choice((1, 1, 3)))), key=lambda m: -m.start(1)):
        xml = xml[: match.start(1)] + new() + xml[match.end(1) :]
    return xml


def marked(xml: bytes, random: Random) -> bytes:
    """Tags are dropped, doubled, exchanged; places, types and values are others."""
    kind = random.randrange(9)
    if kind == 0:
        return _some(rb"(<[^>]*>)", lambda: b"", xml, random)
    if kind == 1:
        tags = re.findall(rb"<[^>]*>", xml)
        return _some(rb"(<[^>]*>)", lambda: random.choice(tags), xml, random)
    if kind == 2:
        return _some(
            rb"(<(?:c|row|si|sheet|xf|table:table-cell)\b[^>]*>)", lambda: random.choice((b"", b"<c>", b"<row>")), xml, random
        )
    if kind == 3:
        return _some(rb' r="([^"]*)"', lambda: random.choice(REFS).encode(), xml, random)
    if kind == 4:
        return _some(rb' t="([^"]*)"', lambda: random.choice(TYPES).encode(), xml, random)
    if kind == 5:
        return _some(rb'="(\d+)"', lambda: random.choice((b"-1", b"4294967296", b"99999999999999999999", b"x", b"")), xml, random)
    if kind == 6:
        return _some(rb"<(?:t|v|text:p)>([^<]*)<", lambda: _text(random), xml, random)
    if kind == 7:
        return _some(rb'="([^"]*)"', lambda: _text(random), xml, random)
    rows = re.findall(rb"<row\b.*?</row>|<table:table-row\b.*?</table:table-row>", xml, re.S)
    return (
        _some(rb"(<row\b|<table:table-row\b)", lambda: random.choice(rows) + b"<row", xml, random) if rows else cut(xml, random)
    )


def inside(change: Callable[[bytes, Random], bytes]) -> Callable[[bytes, Random], bytes]:
    """The same fault in one entry of a zip, which is packed again as if nothing were wrong."""

    def changed(content: bytes, random: Random) -> bytes:
        found = entries_of(content)
        name = random.choice([n for n in found for _ in range(4 if "sheet" in n or n == "content.xml" else 1)])
        found[name] = change(found[name], random) if found[name] else b"x"
        return zipped([entry(n, c) for n, c in found.items()])

    return changed


def answered(content: bytes, random: Random) -> bytes:
    """Values are others, everything else is whole."""
    found = entries_of(content)
    name = random.choice([n for n in found if n.startswith("xl/worksheets/sheet") or n == "content.xml"])
    found[name] = _some(rb"<(?:t|v|text:p)>([^<]*)<", lambda: _text(random), found[name], random)
    return zipped([entry(n, c) for n, c in found.items()])


def rewritten(content: bytes, random: Random) -> bytes:
    """A table in which cells, separators, lines or the encoding are others."""
    kind = random.randrange(6)
    if kind == 0:
        return content.decode().encode(random.choice(("utf-16", "utf-16-le", "cp1252", "utf-8-sig", "utf-32")))
    if kind == 1:
        return content.replace(b",", random.choice((b";", b"\t", b"|", b'","', b",,")))
    if kind == 2:
        return content.replace(b"\n", random.choice((b"\r", b"\r\n", b"\n\n", b"")))
    lines = [line.split(b",") for line in content.split(b"\n")]
    for _ in range(random.choice((1, 3, 10))):
        line = random.choice(lines)
        if kind == 3:
            line[random.randrange(len(line))] = random.choice(ODD).encode()
        elif kind == 4:
            line.insert(random.randrange(len(line)), random.choice((b'"', b"\0", b"\xff", b"", b'"a""b"')))
        else:
            lines.insert(random.randrange(len(lines)), list(line))
    return b"\n".join(b",".join(line) for line in lines)


@cache
def flat_workbook() -> bytes:
    """The flat table as a workbook."""
    book, out = Workbook(), BytesIO()
    for line in table().decode().splitlines():
        book.active.append(line.split(","))
    book.save(out)
    return out.getvalue()


@cache
def flat_ods() -> bytes:
    """The flat table as an .ods."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = ("".join(map(cell.format, line.split(","))) for line in table().decode().splitlines())
    return ods("".join(f"<table:table-row>{row}</table:table-row>" for row in rows))


#: (name of the file, its bytes, the kind of fault, how many in a hundred)
KINDS = (
    ("form.xlsx", good, flipped, 14),
    ("form.xlsx", good, cut, 4),
    ("form.xlsx", good, inside(flipped), 12),
    ("form.xlsx", good, inside(marked), 22),
    ("form.xlsx", good, answered, 12),
    ("flat.xlsx", flat_workbook, inside(marked), 6),
    ("flat.csv", table, rewritten, 9),
    ("flat.csv", table, flipped, 3),
    ("flat.xls", xls, flipped, 6),
    ("flat.xls", xls, cut, 2),
    ("flat.ods", flat_ods, inside(marked), 5),
    ("flat.ods", flat_ods, answered, 3),
    ("flat.ods", flat_ods, flipped, 2),
)


def mutations(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of files with faults; the name tells which they are, so that one can be made again."""
    weights = [share for *_, share in KINDS]
    for number in range(count):
        random = Random(seed * 1_000_000 + number)
        name, made, change, _ = random.choices(KINDS, weights)[0]
        stem, _, ending = name.partition(".")
        yield f"{stem}-{change.__qualname__.split('.')[0]}-{number}.{ending}", change(made(), random)
