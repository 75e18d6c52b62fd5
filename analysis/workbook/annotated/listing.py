"""The sheet "Problems": counts, one sentence that says what to do, and a line for each problem with a link to its cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from openpyxl.utils import get_column_letter

from analysis.model import Problem
from analysis.texts import problem_sentence, text, word
from analysis.workbook import appearance as look
from analysis.workbook import layout
from analysis.workbook.annotated.markup import escaped, quoted
from analysis.workbook.annotated.styles import TO_CORRECT, TO_NOTE, Styles

MARK = layout.LIST_MARKER
SEVERITIES = ("stop", "repair", "note")
#: Columns after the hidden first one, with their widths; `suggestion` only where there is one.
WIDTHS = {"severity": 13, "sheet": 16, "cell": 9, "question": 16, "found": 28, "sentence": 68, "suggestion": 26}
MOST_ROWS = 2_000
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")

CELL = "cell"


@dataclass(frozen=True)
class Line:
    """One problem as it is listed. sheet, cell: where it is marked, which may be beside the place that was read; `ground`: the
    cell's own ground before it was marked, to be given back by the next copy; `linked`: whether the cell can be jumped to."""

    problem: Problem
    sheet: str = ""
    cell: str = ""
    ground: str = ""
    linked: bool = False


@dataclass(frozen=True)
class Listing:
    """A sheet's XML, and the row that is repeated on every printed page."""

    xml: str
    head_row: int


def marker(report: bool, language: str) -> str:
    """The text of the hidden cell by which the sheet is known again."""
    return f"{MARK};layout={layout.LAYOUT};kind={layout.REPORT if report else 'annotated'};language={language}"


def listing(lines: Sequence[Line], styles: Styles, namespace: str, language: str, said: Iterable[str], report: bool) -> Listing:
    """The sheet's XML.

    Parameters
    ----------
    said : further sentences under the first one, as they are shown.
    """
    names = [name for name in WIDTHS if name != "suggestion" or any(line.problem.suggestion for line in lines)]
    writer = _Writer(styles, names)
    writer.row([(0, marker(report, language), writer.plain)], hidden=True)
    writer.across(text("annotated.title", language), writer.title, 16, True, 10)
    todo = "annotated.todo_report" if report else "annotated.todo"
    writer.across(text(todo if lines else "annotated.nothing", language), writer.todo, 11, False, 6)
    for sentence in said:
        writer.across(sentence, writer.quiet, 10, False, 4)
    if lines:
        counts = {s: sum(line.problem.severity == s for line in lines) for s in SEVERITIES}
        writer.across(text("annotated.counts", language, **counts), writer.quiet, 10, False, 14)
    head_row = writer.next
    heads = [text("annotated.column_sheet" if name == "sheet" else f"annotated.{name}", language) for name in names]
    high = look.height(*((h, WIDTHS[n] - 2.5) for n, h in zip(names, heads, strict=True)), bold=True, padding=9)
    writer.row([(i, h, writer.head) for i, h in enumerate(heads, start=1)], high)
    for line in lines[:MOST_ROWS]:
        writer.line(line, language)
    if len(lines) > MOST_ROWS:
        writer.across(text("annotated.more", language, n=len(lines) - MOST_ROWS), writer.quiet, 10, False, 6)
    return Listing(writer.xml(namespace, head_row, language), head_row)


class _Writer:
    """Writes rows from the top; texts stand in the cells themselves, as texts."""

    def __init__(self, styles: Styles, names: Sequence[str]):
        self.names, self.next = names, 1
        self.rows: list[str] = []
        self.links: list[str] = []
        self.merges: list[str] = []
        middle = ' horizontal="left" vertical="center" wrapText="1"'
        inside = f'{middle} indent="1"'
        rule = f'<left/><right/><top/><bottom style="thin"><color rgb="FF{look.RULE}"/></bottom><diagonal/>'
        self.plain = styles.cell(_font(10))
        self.title = styles.cell(_font(16, look.ACCENT, True), alignment=middle)
        self.todo = styles.cell(_font(11), alignment=middle)
        self.quiet = styles.cell(_font(10, look.QUIET), alignment=middle)
        self.head = styles.cell(_font(10, "FFFFFF", True), f"FF{look.ACCENT}", alignment=inside)
        self.cell = styles.cell(_font(10), border=rule, alignment=inside)
        self.small = styles.cell(_font(9, look.QUIET), border=rule, alignment=inside)
        self.link = styles.cell(_font(10, look.ACCENT, underlined=True), border=rule, alignment=inside)
        self.weight = {
            s: styles.cell(_font(10, bold=s == "stop"), TO_NOTE if s == "note" else TO_CORRECT, rule, inside) for s in SEVERITIES
        }

    def row(self, cells: Iterable[tuple[int, str, int]], high: float = 0, hidden: bool = False) -> None:
        """One row of (column from 0, text, format)."""
        written = "".join(_cell(f"{get_column_letter(column + 1)}{self.next}", words, style) for column, words, style in cells)
        height = f' ht="{high:g}" customHeight="1"' if high else ""
        height += ' hidden="1"' if hidden else ""
        self.rows.append(f'<row r="{self.next}"{height}>{written}</row>')
        self.next += 1

    def across(self, words: str, style: int, size: float, bold: bool, padding: float) -> None:
        """A text over all columns."""
        width = sum(WIDTHS[name] for name in self.names)
        self.merges.append(f"B{self.next}:{get_column_letter(len(self.names) + 1)}{self.next}")
        self.row([(1, words, style)], look.height((words, width), size=size, bold=bold, padding=padding))

    def line(self, line: Line, language: str) -> None:
        """One problem."""
        one = line.problem
        words = {
            "severity": word("severity", one.severity, language),
            "sheet": line.sheet or one.sheet,
            "cell": line.cell or one.cell,
            "question": one.question,
            "found": one.found,
            "sentence": problem_sentence(replace(one, suggestion=""), language),  # it has a column of its own
            "suggestion": one.suggestion,
        }
        words = {name: _readable(words[name]) for name in self.names}
        kinds = {"severity": self.weight[one.severity], "sheet": self.small, "question": self.small}
        kinds["cell"] = self.link if line.linked else self.small
        cells = [(i, words[name], kinds.get(name, self.cell)) for i, name in enumerate(self.names, start=1)]
        if line.linked:
            at = f"{get_column_letter(1 + self.names.index('cell') + 1)}{self.next}"
            target = quoted(f"{sheet_reference(line.sheet)}!{line.cell}")
            self.links.append(f'<hyperlink ref="{at}" location="{target}" display="{quoted(line.cell)}"/>')
        shown = [(words[name], WIDTHS[name] - 2.5) for name in self.names]
        self.row([(0, line.ground, self.plain), *cells], look.height(*shown, padding=8))

    def xml(self, namespace: str, head_row: int, language: str) -> str:
        """The sheet, its parts in the order that the format fixes."""
        last = get_column_letter(len(self.names) + 1)
        columns = '<col min="1" max="1" width="4" hidden="1" customWidth="1"/>'
        for i, name in enumerate(self.names, start=2):
            columns += f'<col min="{i}" max="{i}" width="{WIDTHS[name]}" customWidth="1"/>'
        right = ' rightToLeft="1"' if language.partition("-")[0] in RIGHT_TO_LEFT else ""
        below = f"B{head_row + 1}"
        pages = quoted(text("form.page", language, page="&P", pages="&N"))
        rows, links = "".join(self.rows), "".join(self.links)
        merges = "".join(f'<mergeCell ref="{reference}"/>' for reference in self.merges)
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FF{look.ACCENT}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{last}{self.next - 1}"/>'
            f'<sheetViews><sheetView showGridLines="0" tabSelected="1"{right} workbookViewId="0">'
            f'<pane ySplit="{head_row}" topLeftCell="A{head_row + 1}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="{below}" sqref="{below}"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{rows}</sheetData>'
            f'<mergeCells count="{len(self.merges)}">{merges}</mergeCells>'
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + '<printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.45" right="0.45" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            f'<headerFooter><oddFooter>&amp;R&amp;"{look.FONT},Regular"&amp;8{pages}</oddFooter></headerFooter></worksheet>'
        )


def sheet_reference(sheet: str) -> str:
    """`'IED'`: a sheet's name as a reference holds it."""
    return "'" + sheet.replace("'", "''") + "'"


def _font(size: float, color: str = look.INK, bold: bool = False, underlined: bool = False) -> str:
    start = ("<b/>" if bold else "") + ("<u/>" if underlined else "")
    return f'{start}<sz val="{size}"/><color rgb="FF{color}"/><name val="{look.FONT}"/><family val="2"/>'


def _readable(words: str) -> str:
    """A text of the State's that our readers can't take for a marker of ours."""
    return f"“{words}”" if words.lstrip().startswith((f"{layout.MARKER};", f"{MARK};")) else words


def _cell(reference: str, words: str, style: int) -> str:
    if not words:
        return f'<c r="{reference}" s="{style}"/>'
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped(words[:32_000])}</t></is></c>'
