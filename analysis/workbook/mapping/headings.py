"""Which rows of a sheet are its heading: those whose texts name something, above columns of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.evidence import HOLDS, SAMPLE, Column, Evidence, column_below
from analysis.workbook.mapping.heads import Head, heads_at
from analysis.workbook.mapping.model import HEADER_ROWS
from analysis.workbook.values import plain, round_label

LOOKED_AT = 40  # rows
GOOD, FURTHER = 4.0, 10  # a heading as good as this is the one, unless one of the next rows is better
NEAR = 40  # rows below that tell whether a row is a heading
MOST_COLUMNS = 400
ROLE, NAMED, TEXT, DATA, EMPTY, DEEPER, LATER = 2.0, 1.5, 0.5, -1.5, -0.3, -0.4, -0.01


@dataclass(frozen=True)
class Found:
    """A heading that was found: its sheet, where it begins (from 0), how many rows it takes, its columns, and how sure that is."""

    sheet: RawSheet
    first: int
    depth: int
    heads: tuple[Head, ...]
    columns: tuple[Column, ...]
    score: float

    @property
    def below(self) -> int:
        """The first row below it, counted from 0."""
        return self.first + self.depth

    def column(self, position: int) -> Column:
        """What stands below the heading of a column."""
        return self.columns[position]


def best_heading(sheets: Sequence[RawSheet], evidence: Evidence) -> Found | None:
    """The best heading of all sheets; None where no sheet holds two rows of two columns."""
    found = [best for sheet in sheets if (best := _of_sheet(sheet, evidence))]
    return max(found, key=lambda one: one.score, default=None)


def heading_at(sheet: RawSheet, first: int, depth: int, evidence: Evidence, below: Below | None = None) -> Found | None:
    """The heading that some rows of a sheet make, with how good it is; None where they make none."""
    heads = tuple(heads_at(sheet.rows, first, depth)[:MOST_COLUMNS])
    if sum(bool(head.parts) for head in heads) < 2 or first + depth >= len(sheet.rows):
        return None
    columns = below[first + depth] if below is not None else _columns(sheet, first + depth, evidence, SAMPLE)
    columns = (*columns, *(Column(0, 0, {}, frozenset()),) * (len(heads) - len(columns)))[: len(heads)]
    if not any(column.filled for column in columns):
        return None
    score = sum(_worth(head, column, evidence) for head, column in zip(heads, columns, strict=True))
    above = sum(any(_says(text, evidence) for text, _ in head.parts[:-1]) for head in heads)
    score += TEXT * above if above > 1 else 0.0
    score += DEEPER * (depth - 1) + LATER * first
    return Found(sheet, first, depth, heads, columns, score)


def _of_sheet(sheet: RawSheet, evidence: Evidence) -> Found | None:
    best: Found | None = None
    below = Below(sheet, evidence)
    for first in range(min(LOOKED_AT, len(sheet.rows))):
        if best and best.score >= GOOD and first > best.first + FURTHER:
            break
        if not any(sheet.rows[first]):
            continue
        for depth in range(1, HEADER_ROWS + 1):
            if not any(sheet.rows[min(first + depth, len(sheet.rows)) - 1]):
                break
            here = heading_at(sheet, first, depth, evidence, below)
            if here and (best is None or here.score > best.score):
                best = here
    return heading_at(sheet, best.first, best.depth, evidence) if best else None


class Below(dict):
    """What stands below each row in the rows next to it: looked at once for every heading that may end there."""

    def __init__(self, sheet: RawSheet, evidence: Evidence):
        super().__init__()
        self.sheet, self.evidence = sheet, evidence

    def __missing__(self, first: int) -> tuple[Column, ...]:
        self[first] = _columns(self.sheet, first, self.evidence, NEAR)
        return self[first]


def _columns(sheet: RawSheet, first: int, evidence: Evidence, sample: int) -> tuple[Column, ...]:
    width = min(max(map(len, sheet.rows[first : first + sample]), default=0), MOST_COLUMNS)
    return tuple(column_below(sheet, position, first, evidence, sample) for position in range(width))


def _worth(head: Head, column: Column, evidence: Evidence) -> float:
    """What one column says for its heading being one."""
    if not column.filled and not head.parts:
        return 0.0
    if not head.parts:
        return EMPTY
    texts = [text for text, _ in head.parts]
    lowest = texts[-1]
    if _role(lowest, column, evidence):
        return ROLE
    if any(_answers_to(text, lowest, evidence) for text in texts[:-1]):
        return DATA
    if plain(lowest) in column.values:
        return DATA
    kinds = evidence.kinds(lowest) - {"answer"}
    if kinds & {"question", "state", "round", "reading"} and column.filled:
        own = column.mostly
        if own in kinds:
            return DATA
        return NAMED if own == "answer" or not own else 0.0
    if any(_role(text, column, evidence) for text in texts):
        return ROLE if not _is_data(lowest, column, evidence) else DATA
    if _is_data(lowest, column, evidence):
        return DATA
    return TEXT if column.filled else 0.0


def _role(text: str, column: Column, evidence: Evidence) -> str:
    """The role that a text names as a heading. A word that may be an answer as well ("No" for a number) names one only above what it
    asks for, or above several numbers."""
    role = evidence.role_of(text)
    if not role or "answer" not in evidence.kinds(text):
        return role
    numbered = column.numbers > 0.5 and column.filled > 2
    return role if numbered or column.mostly == HOLDS.get(role) else ""


def _answers_to(above: str, text: str, evidence: Evidence) -> bool:
    """Whether a text is what a heading above it asks for: then it is the first row of the table, and no second row of the heading."""
    kinds = evidence.kinds(text)
    held = HOLDS.get(evidence.role_of(above), "")
    return held in kinds or ("answer" in kinds and bool(evidence.kinds(above) & {"question", "state"}))


def _says(text: str, evidence: Evidence) -> bool:
    return bool(round_label(text) or evidence.kinds(text) - {"answer"})


def _is_data(text: str, column: Column, evidence: Evidence) -> bool:
    """Whether a text looks like one more cell of its column."""
    if column.mostly and column.mostly in evidence.kinds(text):
        return True
    return column.numbers > 0.5 and text.replace(".", "").replace(",", "").isdigit()
