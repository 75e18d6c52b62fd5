"""One sheet of the form: a sub-module's measures, each with its ladder and its questions beside the cells to fill in."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import FormulaRule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break

from analysis.instrument import Instrument
from analysis.model import Answer, Return, Status
from analysis.texts import text
from analysis.workbook import appearance as look
from analysis.workbook import layout
from analysis.workbook.carried import ASK, DONE, STATUS_OF_CODE, CarriedOver
from analysis.workbook.lists import drop_down, inert
from analysis.workbook.values import label, status_word

ID, NUMBER, QUESTION = 1, 2, 3
FIRST_WIDTHS = {ID: 4, NUMBER: 10, QUESTION: 32}
FIELD_WIDTHS = {"answer": 14, "evidence_grade": 14, "evidence": 20, "comment": 17, "na_reason": 14, "carried": 15, "earlier": 26}
GUIDE_WIDTH = 21
INDENT = 1.8  # what an indented cell loses of its width


@dataclass(frozen=True)
class Filled:
    """Where a sheet's answers stand: the title and the range of the answer column, and how many questions it asks."""

    title: str
    answers: str
    asked: int


class _Writer:
    """Writes one sheet from the top; knows the columns and the next free row."""

    def __init__(
        self, sheet, instrument: Instrument, submodule: str, language: str, answers: Return | None, carried: CarriedOver | None
    ):
        self.sheet, self.instrument, self.submodule, self.language = sheet, instrument, submodule, language
        self.carried = carried
        table = instrument.questions
        self.questions = table[table["submodule"] == submodule]
        self.given = {a.question: a for a in answers.answers} if answers else {}
        self.levels = [
            n for n in instrument.levels if any(self.word(f"question.{q}.level.{n}") for q in self.questions["question"])
        ]
        self.guides = (["evidence"] if any(self.word(f"question.{q}.evidence") for q in self.questions["question"]) else []) + [
            f"level.{n}" for n in self.levels
        ]
        self.first_guide = QUESTION + 1
        self.field = {name: self.first_guide + len(self.guides) + i for i, name in enumerate(self._fields())}
        self.last = max(self.field.values())
        self.width = dict(FIRST_WIDTHS)
        self.width |= {self.first_guide + i: GUIDE_WIDTH for i in range(len(self.guides))}
        self.width |= {column: FIELD_WIDTHS[name] for name, column in self.field.items()}
        self.row = 1
        self.rows_of_set: dict[str, list[int]] = {}
        self.used = 0.0

    def _fields(self) -> list[str]:
        """The columns to fill in; beside the answer what is said of one that was carried over."""
        answer, *others = layout.ANSWER_FIELDS
        noted = self.carried is not None and any(q in self.carried.notes for q in self.questions["question"])
        return [answer, *([layout.CARRIED] if self.carried else []), *([layout.EARLIER] if noted else []), *others]

    def word(self, key: str) -> str:
        return self.instrument.word(key, self.language)

    def put(self, column: int, value: str, **looks) -> object:
        """Text in the current row."""
        cell = self.sheet.cell(self.row, column)
        inert(cell, value)
        look.style(cell, **looks)
        return cell

    def across(self, first: int, last: int, value: str, **looks) -> float:
        """Text over several columns of the current row; the width it has."""
        self.put(first, value, **looks)
        if last > first:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=first, end_column=last)
        return sum(self.width[c] for c in range(first, last + 1))

    def next(self, height: float) -> None:
        """Close the current row."""
        self.sheet.row_dimensions[self.row].height = height
        self.used += height
        self.row += 1


def question_sheet(
    sheet, instrument: Instrument, submodule: str, language: str, answers: Return | None, carried: CarriedOver | None = None
) -> Filled:
    """Write a sub-module's sheet and say where its answers stand. carried: how the answers came from an earlier return."""
    writer = _Writer(sheet, instrument, submodule, language, answers, carried)
    for column, width in writer.width.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.column_dimensions["A"].hidden = True
    _head(writer)
    first = writer.row
    block = ""
    head, most = writer.used, look.page_points(sum(writer.width.values()) - writer.width[ID])
    for measure, questions in writer.questions.groupby("measure", sort=False):
        parent = instrument.nodes.loc[instrument.nodes["node"] == measure, "parent"].iloc[0]
        start, before = writer.row, writer.used
        if parent != block:
            block = parent
            _block(writer, parent)
        _measure(writer, measure)
        writer.next(5)
        for question in questions.itertuples():
            _question(writer, question)
        writer.next(10)
        if writer.used > most and before > head:
            sheet.row_breaks.append(Break(id=start - 1))
            writer.used = head + writer.used - before
    letter = get_column_letter(writer.field["answer"])
    filled = Filled(sheet.title, f"${letter}${first}:${letter}${writer.row}", len(writer.questions))
    _finish(writer, filled, first)
    return filled


def _head(writer: _Writer) -> None:
    sheet, language = writer.sheet, writer.language
    sheet.cell(1, ID, layout.marker(writer.instrument.id, layout.QUESTIONS, writer.submodule, language))
    for name, column in writer.field.items():
        sheet.cell(1, column, name)
    sheet.row_dimensions[1].hidden = True
    writer.row = 2
    title = layout.submodule_title(writer.instrument, writer.submodule, language)
    writer.across(
        NUMBER, writer.field["answer"] - 1, title, text=look.font(16, True, look.ACCENT), align=look.aligned(vertical="center")
    )
    writer.next(28)
    hint = text("form.sheet_hint", language)
    width = writer.across(NUMBER, writer.field["answer"] - 1, hint, text=look.font(9, color=look.QUIET))
    writer.next(look.height((hint, width), size=9))
    heads = {NUMBER: "form.number", QUESTION: "form.question"}
    for column, key in heads.items():
        _column_head(writer, column, text(key, language))
    for column, guide in enumerate(writer.guides, start=writer.first_guide):
        level = guide.removeprefix("level.")
        _column_head(
            writer, column, text("form.evidence_guide", language) if guide == "evidence" else _level_head(writer, int(level))
        )
    for name, column in writer.field.items():
        since = {"round": writer.carried.round} if name == layout.CARRIED else {}
        _column_head(writer, column, text(f"form.{name}", language, **since))
    heads = [(writer.sheet.cell(writer.row, c).value, writer.width[c] - 1) for c in range(NUMBER, writer.last + 1)]
    writer.next(look.height(*heads, bold=True, padding=8))


def _level_head(writer: _Writer, level: int) -> str:
    name = writer.instrument.level_name(level, writer.language)
    return text("form.level_guide", writer.language, level=str(level) if name == str(level) else f"{level} ({name})")


def _column_head(writer: _Writer, column: int, words: str) -> None:
    align = look.aligned(vertical="center", indent=1 if writer.first_guide <= column < writer.field["answer"] else 0)
    writer.put(column, words, text=look.font(10, True, "FFFFFF"), ground=look.ACCENT, align=align)


def _block(writer: _Writer, node: str) -> None:
    """The head of the part that measures hang under: upstream or downstream in ours."""
    name = writer.instrument.node_name(node, writer.language) if node else ""
    if name and node in writer.instrument.node_number:
        writer.across(NUMBER, writer.last, name, text=look.font(13, True, look.ACCENT), align=look.aligned(vertical="center"))
        for column in range(NUMBER, writer.last + 1):
            writer.sheet.cell(writer.row, column).border = look.edges(look.ACCENT)
        writer.next(26)


def _measure(writer: _Writer, measure: str) -> None:
    """A measure's head with its scope, and its ladder: one line per level."""
    title = writer.word(f"measure.{measure}.title") or writer.instrument.node_name(measure, writer.language)
    scope = writer.word(f"measure.{measure}.scope")
    writer.put(NUMBER, measure, text=look.font(10, True, look.ACCENT), ground=look.BAND, align=look.aligned(vertical="center"))
    said, center = f"{title}   {scope}" if scope else title, look.aligned(vertical="center")
    width = writer.across(QUESTION, writer.last, said, text=look.font(12, True), ground=look.BAND, align=center)
    if scope:
        quiet = TextBlock(InlineFont(rFont=look.FONT, sz=9, color=look.QUIET), f"   {layout.writable(scope)}")
        strong = TextBlock(InlineFont(rFont=look.FONT, sz=12, b=True, color=look.INK), layout.writable(title))
        writer.sheet.cell(writer.row, QUESTION).value = CellRichText(strong, quiet)
    writer.sheet.cell(writer.row, ID, layout.row_id("measure", measure))
    writer.next(look.height((said, width), size=12, bold=True, padding=9))
    for level in writer.instrument.levels:
        descriptor = writer.word(f"measure.{measure}.level.{level}")
        if descriptor:
            _rung(writer, measure, level, descriptor)


def _rung(writer: _Writer, measure: str, level: int, descriptor: str) -> None:
    name = writer.instrument.level_name(level, writer.language)
    border = look.edges(look.RULE)
    writer.sheet.cell(writer.row, ID, layout.row_id("level", f"{measure}:{level}"))
    writer.put(NUMBER, str(level), text=look.font(9, True, look.ACCENT), align=look.aligned("right", "center", 1), border=border)
    words = name if name != str(level) else ""
    writer.put(QUESTION, words, text=look.font(9, True), align=look.aligned(vertical="center"), border=border)
    width = writer.across(
        QUESTION + 1, writer.last, descriptor, text=look.font(9), align=look.aligned(vertical="center"), border=border
    )
    for column in range(QUESTION + 2, writer.last + 1):
        writer.sheet.cell(writer.row, column).border = border
    writer.next(look.height((descriptor, width), size=9, padding=4))


def _question(writer: _Writer, question) -> None:
    """One question: its text and guidance, then the cells to fill in."""
    row, key = writer.row, question.question
    writer.sheet.cell(row, ID, layout.row_id(layout.QUESTION, key))
    border = look.edges(look.RULE)
    mark = text("form.critical", writer.language) if question.critical else ""
    number = f"{key}\n{mark}" if mark else key
    writer.put(NUMBER, number, text=look.font(9, color=look.ACCENT if mark else look.QUIET), border=border)
    asked = writer.instrument.question_text(key, writer.language)
    writer.put(QUESTION, asked, text=look.font(10), border=border)
    shown = [(number, writer.width[NUMBER], 9), (asked, writer.width[QUESTION])]
    for column, guide in enumerate(writer.guides, start=writer.first_guide):
        words = writer.word(f"question.{key}.{guide}")
        writer.put(column, words, text=look.font(9, color=look.QUIET), border=border, align=look.aligned(indent=1))
        shown.append((words, writer.width[column] - INDENT, 9))
    answer = writer.given.get(key)
    for name, column in writer.field.items():
        cell = writer.sheet.cell(row, column)
        filled = _filled(writer, question.answer_set, answer, name) if answer else ""
        if filled:
            inert(cell, filled)
        if name == layout.EARLIER:
            look.style(cell, text=look.font(9, color=look.QUIET), border=border, align=look.aligned(indent=1))
            shown.append((filled, writer.width[column] - INDENT, 9))
            continue
        look.input_cell(cell)
        shown.append((filled, writer.width[column]))
    writer.rows_of_set.setdefault(question.answer_set, []).append(row)
    writer.next(look.height(*shown, least=3, padding=7))


def _filled(writer: _Writer, answer_set: str, answer: Answer, name: str) -> str:
    """What stands in a cell of the form for an answer that is already known."""
    if name == layout.CARRIED:
        return label("form", ASK, writer.language) if answer.question in writer.carried.marked else ""
    if name == layout.EARLIER:
        return writer.carried.notes.get(answer.question, "")
    if name == "evidence_grade":
        grade = answer.evidence_grade
        return "" if grade is None else label("evidence_grade", str(grade), writer.language)
    if name != "answer":
        return getattr(answer, name)
    if answer.code >= 0:
        option = writer.instrument.options[answer_set]["option"].iloc[answer.code]
        return layout.option_text(writer.instrument, answer_set, option, writer.language)
    if answer.code in STATUS_OF_CODE:
        return status_word(STATUS_OF_CODE[answer.code], writer.language)
    return answer.found if answer.code == Status.INVALID else ""


def _finish(writer: _Writer, filled: Filled, first: int) -> None:
    """Drop-downs, the amber hint, the count of answers, frozen heads, print set-up."""
    sheet, language = writer.sheet, writer.language
    answer, reason = get_column_letter(writer.field["answer"]), get_column_letter(writer.field["na_reason"])
    for answer_set, rows in writer.rows_of_set.items():
        drop_down(sheet, f"answers_{answer_set}", _ranges(answer, rows))
    grade = get_column_letter(writer.field["evidence_grade"])
    asked = sorted(row for rows in writer.rows_of_set.values() for row in rows)
    drop_down(sheet, "evidence_grades", _ranges(grade, asked))
    word_na = status_word("na", language).replace('"', '""')
    missing = f'AND(${answer}{first}="{word_na}",LEN(TRIM(${reason}{first}))=0)'
    sheet.conditional_formatting.add(
        f"{reason}{first}:{reason}{writer.row}", FormulaRule(formula=[missing], fill=look.fill(look.AMBER))
    )
    if writer.carried:
        _marks(writer, asked)
    writer.row = 3
    writer.across(writer.field["answer"], writer.last, "", align=look.aligned("right", "center"))
    count = sheet.cell(3, writer.field["answer"])
    count.value = answered_formula(filled, language, own_sheet=True)
    look.style(count, text=look.font(10, True, look.ACCENT), align=look.aligned("right", "center"))
    sheet.freeze_panes = f"{get_column_letter(QUESTION + 1)}5"
    sheet.sheet_view.zoomScale = 90
    title = writer.word("instrument.title") or writer.instrument.id
    look.page(sheet, title, sheet.title, text("form.page", language, page="&P", pages="&N"), header_rows="4:4")


def _marks(writer: _Writer, rows: list[int]) -> None:
    """The choice of a mark, and another ground under everything that was carried over and waits to be confirmed."""
    mark = get_column_letter(writer.field[layout.CARRIED])
    drop_down(writer.sheet, "carried", _ranges(mark, rows))
    done = label("form", DONE, writer.language).replace('"', '""')
    for name, column in writer.field.items():
        if name != layout.EARLIER:
            cell = f"{get_column_letter(column)}{rows[0]}"
            waiting = f'AND(LEN(TRIM(${mark}{rows[0]}))>0,TRIM(${mark}{rows[0]})<>"{done}",LEN({cell})>0)'
            rule = FormulaRule(formula=[waiting], fill=look.fill(look.CARRIED))
            writer.sheet.conditional_formatting.add(" ".join(_ranges(get_column_letter(column), rows)), rule)


def _ranges(column: str, rows: list[int]) -> list[str]:
    """Runs of rows as ranges of a column: `G13:G16`."""
    starts = [row for row in rows if row - 1 not in rows]
    ends = [row for row in rows if row + 1 not in rows]
    return [f"{column}{start}:{column}{end}" for start, end in zip(starts, ends, strict=True)]


def answered_formula(filled: Filled, language: str, own_sheet: bool = False) -> str:
    """`="Answered "&COUNTA(...)&" of 63"` in the form's language. For the person who fills in; reading never uses it."""
    before, _, after = text("form.answered", language, answered="\0", asked=filled.asked).partition("\0")
    sheet = "" if own_sheet else "'" + filled.title.replace("'", "''") + "'!"
    quoted = [part.replace('"', '""') for part in (before, after)]
    return f'="{quoted[0]}"&COUNTA({sheet}{filled.answers})&"{quoted[1]}"'
