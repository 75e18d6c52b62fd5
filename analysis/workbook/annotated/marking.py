"""Problems put into a workbook: grounds, notes, and the list. What holds no problem keeps its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from analysis.model import Problem
from analysis.texts import problem_sentence, text, word
from analysis.workbook.annotated.book import Book, Sheet, without_selection
from analysis.workbook.annotated.grid import Grid, Place, place_of, reference_of
from analysis.workbook.annotated.listing import SEVERITIES, Line, listing
from analysis.workbook.annotated.markup import MAIN
from analysis.workbook.annotated.notes import Note, discussed, drawing_relation, has_ours, head_line, write_notes
from analysis.workbook.annotated.package import Package
from analysis.workbook.annotated.styles import TO_CORRECT, TO_NOTE, Styles

#: Cells that are marked, sentences at one cell, and letters of one sentence: beyond them only the list tells.
MOST_MARKED, MOST_SENTENCES, MOST_LETTERS = 2_000, 10, 1_000


def marked(
    content: bytes, problems: Sequence[Problem], language: str, said: Iterable[str] = (), report: bool = False
) -> tuple[bytes, tuple[str, ...]]:
    """A workbook with its problems marked and listed, and the keys of what was left out.

    Marks, notes and the list of an earlier copy are taken away first; so marking a marked copy is like marking the workbook.

    Raises
    ------
    NotEditable
        If the workbook is built in a way that leaves a doubt.
    """
    package = Package(content)
    book, styles = Book(package), Styles(package)
    order = {sheet.name: i for i, sheet in enumerate(book.sheets)}
    problems = sorted(problems, key=lambda p: _order(p, order))
    at: dict[str, dict[Place, list[Problem]]] = {}
    for one in problems[:MOST_MARKED]:
        place = place_of(one.cell)
        if place and one.sheet in order and (book.own is None or one.sheet != book.own.name):
            at.setdefault(one.sheet, {}).setdefault(place, []).append(one)
    before, lines, lost = book.marks(), {}, set()
    for sheet in book.sheets:
        if sheet == book.own:
            continue
        if sheet.cells and (sheet.name in at or sheet.name in before or has_ours(package, sheet.part)):
            one = _Marked(package, styles, sheet, before.get(sheet.name, {}))
            lines |= one.mark(at.get(sheet.name, {}), language)
            lost |= one.lost
        else:
            _unselect(package, sheet)
    listed = [lines.get(id(one), Line(one)) for one in problems]
    book.put(listing(listed, styles, package.uri(MAIN), language, said, report), language)
    styles.write()
    return package.content(), tuple(sorted(lost))


def _order(problem: Problem, sheets: Mapping[str, int]) -> tuple:
    """What stops comes first, then by place."""
    place = place_of(problem.cell) or (0, 0)
    return SEVERITIES.index(problem.severity), sheets.get(problem.sheet, -1), place


def _unselect(package: Package, sheet: Sheet) -> None:
    if b"tabSelected" in package.bytes_of(sheet.part)[:20_000]:
        package.write(sheet.part, without_selection(package.text(sheet.part)))


class _Marked:
    """One sheet while its cells are marked."""

    def __init__(self, package: Package, styles: Styles, sheet: Sheet, before: Mapping[Place, str]):
        self.package, self.styles, self.sheet, self.before = package, styles, sheet, before
        self.grid = Grid(package.text(sheet.part), package.uri(MAIN))
        self.lost: set[str] = set()

    def mark(self, at: Mapping[Place, list[Problem]], language: str) -> dict[int, Line]:
        """Mark the cells of some problems; problem (by identity) -> how it is listed."""
        shown: dict[Place, list[Problem]] = {}
        for place, problems in at.items():
            shown.setdefault(self.grid.shown(place), []).extend(problems)
        grounds: dict[Place, str] = {}
        changes = {place: self._change(place, shown.get(place, []), grounds) for place in shown}
        changes |= {p: self._change(p, [], grounds) for p in self.before if p not in shown and p in self.grid}
        changed = self.grid.with_styles(changes)
        notes = {place: _note(problems, language) for place, problems in shown.items()}
        for place in discussed(self.package, self.sheet.part) & set(notes):
            del notes[place]
            self.lost.add("annotated.lost.discussed")
        if write_notes(self.package, self.sheet.part, self.grid, notes):
            grid = Grid(changed, self.package.uri(MAIN))
            changed = grid.with_notes(drawing_relation(self.package, self.sheet.part))
        self.package.write(self.sheet.part, without_selection(changed))
        return {
            id(one): Line(one, self.sheet.name, reference_of(place), grounds[place], True)
            for place, problems in shown.items()
            for one in problems
        }

    def _change(self, place: Place, problems: list[Problem], grounds: dict[Place, str]) -> Callable[[int], int]:
        """The new format of a cell: on its own ground again, then on that of a marked cell."""

        def change(style: int) -> int:
            if place in self.before and self.styles.marked(style):
                style = self.styles.with_fill(style, self.before[place])
            if not problems:
                return style
            grounds[place] = self.styles.described(style)
            color = TO_NOTE if all(p.severity == "note" for p in problems) else TO_CORRECT
            return self.styles.with_fill(style, f"solid|rgb={color}|indexed=64")

        return change


def _note(problems: Sequence[Problem], language: str) -> Note:
    """What is said at a cell."""
    said = []
    for one in problems[:MOST_SENTENCES]:
        severity, sentence = word("severity", one.severity, language), problem_sentence(one, language)[:MOST_LETTERS]
        said.append(text("annotated.note", language, severity=severity, sentence=sentence))
    return Note(head_line(language), tuple(said))
