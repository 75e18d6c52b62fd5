"""The parts of a sheet: one table, or several below each other, each with a heading of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.heads import JOINED, Heading, heading, heads_at, wanted_texts
from analysis.workbook.mapping.model import Block, TableMapping
from analysis.workbook.mapping.plan import Plan, Reader
from analysis.workbook.values import cell_text, plain


class BlockMissing(LookupError):
    """A part that a mapping names is not in the sheet, or has not the mapping's heading."""


@dataclass(frozen=True)
class Part:
    """Some rows below one heading: `begin` and `end` count from 0, `end` is the first row behind them; `heading`: its rows from 1."""

    plan: Plan
    begin: int
    end: int
    heading: frozenset[int] = frozenset()
    said: Block = field(default_factory=lambda: Block(""))


def parts_of(reader: Reader, sheet: RawSheet) -> list[Part]:
    """The parts of a sheet whose rows are wanted, in their order.

    Raises
    ------
    BlockMissing
        If a part that is wanted can't be found.
    """
    mapping, rows = reader.mapping, sheet.rows
    last = min(mapping.last_row or len(rows), len(rows))
    if not mapping.blocks:
        return _split(reader, rows, heading(mapping, rows), last, Block(""))
    found = _titles(mapping, rows[:last])
    parts: list[Part] = []
    for i, (at, block) in enumerate(found):
        end = found[i + 1][0] if i + 1 < len(found) else last
        if block.read:
            here = heading(mapping, rows, at, end)
            if here.share < 1:
                raise BlockMissing(block.title)
            parts += _split(reader, rows, here, end, block)
    return parts


def _titles(mapping: TableMapping, rows: Sequence[tuple]) -> list[tuple[int, Block]]:
    """The rows in which the parts' titles stand."""
    wanted = {plain(block.title): block for block in mapping.blocks}
    found: dict[str, tuple[int, Block]] = {}
    for at, row in enumerate(rows):
        for value in row:
            key = plain(cell_text(value)) if isinstance(value, str) else cell_text(value)
            if key in wanted:
                found.setdefault(key, (at, wanted[key]))
    for key, block in wanted.items():
        if block.read and key not in found:
            raise BlockMissing(block.title)
    return sorted(found.values(), key=lambda pair: pair[0])


def _split(reader: Reader, rows: Sequence[tuple], here: Heading, end: int, block: Block) -> list[Part]:
    """One part, or several where its heading is repeated further down with its columns in another order."""
    mapping = reader.mapping
    begin = max(here.first + here.depth, mapping.first_row - 1)
    places = [(begin, reader.plan(here.heads), here.first, here.depth)]
    lowest = {plain(text.split(JOINED)[-1]) for text in wanted_texts(mapping)}
    if len(lowest) > 1:
        for at in range(begin, end):
            row = rows[at]
            if any(isinstance(v, str) and plain(v) in lowest for v in row) and lowest <= _texts(row):
                first = max(at - here.depth + 1, begin)
                depth = at - first + 1
                places.append((at + 1, reader.plan(heads_at(rows, first, depth)), first, depth))
    ends = [first for _, _, first, _ in places[1:]] + [end]
    return [
        Part(plan, at, max(stop, at), frozenset(range(first + 1, first + depth + 1)), block)
        for (at, plan, first, depth), stop in zip(places, ends, strict=True)
    ]


def _texts(row: Sequence[object]) -> set[str]:
    return {plain(value) for value in row if isinstance(value, str)}
