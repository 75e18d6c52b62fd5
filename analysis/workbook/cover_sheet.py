"""The cover of the form: whose return, of when, how to answer, who contributed, what may be shown to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from analysis.instrument import Instrument
from analysis.model import AUDIENCES, CONSENT_TIERS, Consent, Contributor, Return
from analysis.states import States
from analysis.texts import text
from analysis.workbook import appearance as look
from analysis.workbook import layout
from analysis.workbook.carried import CarriedOver, carried_sentence
from analysis.workbook.lists import drop_down, inert
from analysis.workbook.question_sheet import Filled, answered_formula
from analysis.workbook.state_names import state_label
from analysis.workbook.values import label

#: Columns B to G and their widths; A holds the hidden ids.
ID, LABEL, INPUT, SECOND, THIRD, FOURTH, LAST = 1, 2, 3, 4, 5, 6, 7
WIDTHS = {ID: 4, LABEL: 24, INPUT: 40, SECOND: 28, THIRD: 17, FOURTH: 17, LAST: 36}
DATE = "yyyy-mm-dd"


class _Cover:
    """Writes the cover from the top."""

    def __init__(self, sheet, instrument: Instrument, language: str):
        self.sheet, self.instrument, self.language, self.row = sheet, instrument, language, 1

    def text(self, key: str, **values: object) -> str:
        return text(f"form.{key}", self.language, **values)

    def put(self, column: int, value: str, last: int = 0, **looks) -> tuple[str, float]:
        """Text in the current row, over several columns up to `last`; (text, width) to work out the height."""
        cell = self.sheet.cell(self.row, column)
        inert(cell, value)
        look.style(cell, **looks)
        if last > column:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=column, end_column=last)
        return value, sum(WIDTHS[c] for c in range(column, max(column, last) + 1))

    def fill_in(self, column: int, value: object = None, last: int = 0) -> str:
        """A cell to fill in, with what is known; its address."""
        for c in range(column, max(column, last) + 1):
            look.input_cell(self.sheet.cell(self.row, c), vertical="center")
        cell = self.sheet.cell(self.row, column)
        if isinstance(value, dt.date):
            cell.value, cell.number_format = value, DATE
        elif value:
            inert(cell, str(value))
        if last > column:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=column, end_column=last)
        return cell.coordinate

    def next(self, height: float) -> None:
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def section(self, title: str, explained: str = "", new_page: bool = False) -> None:
        """A section's head with a line of explanation."""
        if new_page:
            self.sheet.row_breaks.append(Break(id=self.row))
        self.next(8)
        self.put(LABEL, title, LAST, text=look.font(13, True, look.ACCENT), align=look.aligned(vertical="center"))
        for column in range(LABEL, LAST + 1):
            self.sheet.cell(self.row, column).border = look.edges(look.ACCENT)
        self.next(24)
        if explained:
            quiet, middle = look.font(10, color=look.QUIET), look.aligned(vertical="center")
            shown = self.put(LABEL, explained, LAST, text=quiet, align=middle)
            self.next(look.height(shown, padding=9))

    def rule(self, first: int) -> None:
        """A thin line under the rest of the current row."""
        for column in range(first, LAST + 1):
            self.sheet.cell(self.row, column).border = look.edges(look.RULE)

    def heads(self, labels: Mapping[int, str], last: int = 0) -> None:
        """The head of a table."""
        for column, words in labels.items():
            end = last if column == max(labels) else 0
            bold = look.font(9, True, look.QUIET)
            self.put(column, words, end, text=bold, align=look.aligned(vertical="bottom"), border=look.edges(look.RULE))
        self.next(18)

    def fields(self, columns: Mapping[str, int]) -> None:
        """A hidden row that names the columns of the table below it."""
        self.sheet.cell(self.row, ID, layout.FIELDS)
        for name, column in columns.items():
            self.sheet.cell(self.row, column, name)
        self.sheet.row_dimensions[self.row].hidden = True
        self.row += 1

    def row_id(self, kind: str, name: str | int) -> None:
        self.sheet.cell(self.row, ID, layout.row_id(kind, name))


def cover_sheet(
    sheet,
    instrument: Instrument,
    states: States,
    filled: Mapping[str, Filled],
    language: str,
    answers: Return | None,
    carried: CarriedOver | None = None,
) -> None:
    """Write the cover."""
    cover = _Cover(sheet, instrument, language)
    for column, width in WIDTHS.items():
        sheet.column_dimensions["ABCDEFG"[column - 1]].width = width
    sheet.column_dimensions["A"].hidden = True
    sheet["A1"] = layout.marker(instrument.id, layout.COVER, language=language)
    sheet.cell(1, INPUT, layout.VALUE)
    sheet.row_dimensions[1].hidden = True
    cover.row = 2
    _title(cover)
    if carried:
        _carried(cover, carried)
    _header(cover, states, answers)
    _progress(cover, filled)
    _how(cover)
    _levels(cover)
    _contributors(cover, answers.contributors if answers else ())
    _consents(cover, answers.consents if answers else ())
    sheet.sheet_view.zoomScale = 100
    title = instrument.word("instrument.title", language) or instrument.id
    look.page(sheet, title, sheet.title, text("form.page", language, page="&P", pages="&N"))


def _title(cover: _Cover) -> None:
    instrument, language = cover.instrument, cover.language
    title = instrument.word("instrument.title", language) or instrument.id
    shown = cover.put(LABEL, title, LAST, text=look.font(20, True, look.ACCENT), align=look.aligned(vertical="center"))
    cover.next(look.height(shown, size=20, bold=True, padding=10))
    for key, looks in (("instrument.notice", look.font(10, color=look.QUIET)), ("instrument.intro", look.font(11))):
        words = instrument.word(key, language)
        if words:
            shown = cover.put(LABEL, words, LAST, text=looks)
            cover.next(look.height(shown, size=looks.size, padding=8))
    version = cover.text("version", instrument=instrument.id)
    cover.put(LABEL, version, LAST, text=look.font(9, color=look.QUIET))
    cover.next(16)


def _carried(cover: _Cover, carried: CarriedOver) -> None:
    """That answers stand here already, where from, and what to do with them."""
    said = [carried_sentence(carried, cover.language), cover.text("carried_hint", round=carried.round)]
    if carried.dropped:
        said.append(cover.text("carried_dropped", sheet=cover.text("carried_sheet")))
    for words, bold in zip(said, (True, False, False), strict=False):
        middle = look.aligned(vertical="center", indent=1)
        shown = cover.put(LABEL, words, LAST, text=look.font(10, bold), ground=look.CARRIED, align=middle)
        cover.next(look.height(shown, bold=bold, padding=9))


def _header(cover: _Cover, states: States, answers: Return | None) -> None:
    """State, organization, round, reading, dates."""
    cover.section(cover.text("about"))
    known = {
        "state": state_label(answers.iso3, states, cover.language) if answers else "",
        "organization": answers.organization if answers else "",
        "round": answers.round if answers else "",
        "reading": label("reading", answers.reading, cover.language) if answers else "",
        "date_from": answers.date_from if answers else None,
        "date_to": answers.date_to if answers else None,
    }
    cells = {}
    for name in layout.COVER_FIELDS:
        cover.row_id(layout.FIELD, name)
        cover.put(LABEL, cover.text(name), text=look.font(10, True), align=look.aligned(vertical="center"))
        cells[name] = cover.fill_in(INPUT, known[name])
        shown = cover.put(
            SECOND,
            cover.text(f"{name}.hint"),
            LAST,
            text=look.font(9, color=look.QUIET),
            align=look.aligned(vertical="center", indent=1),
        )
        cover.next(max(21, look.height(shown, size=9)))
    drop_down(cover.sheet, "states", [cells["state"]], free=True)
    drop_down(cover.sheet, "readings", [cells["reading"]])
    _dates(cover, [cells["date_from"], cells["date_to"]])


def _dates(cover: _Cover, cells: list[str]) -> None:
    rule = DataValidation(type="date", operator="greaterThan", formula1="36526", allow_blank=True, showErrorMessage=True)
    rule.errorStyle, rule.error = "warning", cover.text("date_warning")
    for cell in cells:
        rule.add(cell)
        cover.sheet[cell].number_format = DATE
    cover.sheet.add_data_validation(rule)


def _progress(cover: _Cover, filled: Mapping[str, Filled]) -> None:
    """The sheets of this workbook with a link to each and a count of answers."""
    cover.section(cover.text("sheets"), cover.text("sheets.hint"))
    for submodule, sheet in filled.items():
        title = sheet.title.replace("'", "''")
        cell = cover.sheet.cell(cover.row, LABEL)
        inert(cell, sheet.title)
        cell.hyperlink = f"#'{title}'!A1"
        middle = look.aligned(vertical="center")
        look.style(cell, text=look.font(10, True, look.ACCENT), border=look.edges(look.RULE), align=middle)
        name = layout.submodule_title(cover.instrument, submodule, cover.language)
        cover.put(INPUT, name, SECOND, text=look.font(10), align=middle)
        cover.put(THIRD, "", LAST, align=middle)
        cover.rule(INPUT)
        cover.sheet.cell(cover.row, THIRD).value = answered_formula(sheet, cover.language)
        cover.next(18)


def _how(cover: _Cover) -> None:
    cover.section(cover.text("how"))
    middle, border = look.aligned(vertical="center"), look.edges(look.RULE)
    for number in range(1, 7):
        cover.put(LABEL, cover.text(f"how.{number}.title"), text=look.font(10, True), align=middle, border=border)
        shown = cover.put(INPUT, cover.text(f"how.{number}"), LAST, text=look.font(10), align=middle)
        cover.rule(INPUT)
        cover.next(look.height(shown, padding=7))


def _levels(cover: _Cover) -> None:
    """The key of levels, where the instrument has words for them."""
    instrument, language = cover.instrument, cover.language
    meanings = {n: instrument.word(f"level.{n}.meaning", language) for n in instrument.levels}
    if not any(meanings.values()):
        return
    cover.section(cover.text("levels"), cover.text("levels.hint"), new_page=True)
    for level, meaning in meanings.items():
        name = instrument.level_name(level, language)
        words = str(level) if name == str(level) else f"{level}  {name}"
        middle = look.aligned(vertical="center")
        cover.put(LABEL, words, text=look.font(10, True, look.ACCENT), border=look.edges(look.RULE), align=middle)
        shown = cover.put(INPUT, meaning, LAST, text=look.font(10), align=middle)
        cover.rule(INPUT)
        cover.next(look.height(shown, padding=3.5))


def _contributors(cover: _Cover, known: tuple[Contributor, ...]) -> None:
    """Ten rows for who answered which part, more where a return names more."""
    cover.section(cover.text("contributors"), cover.text("contributors.hint"))
    columns = {"office": INPUT, "sector": SECOND, "part": THIRD}
    cover.fields(columns)
    cover.heads({column: cover.text(f"contributor.{name}") for name, column in columns.items()}, LAST)
    cells: dict[str, list[str]] = {"sector": [], "part": []}
    for number in range(1, max(layout.CONTRIBUTOR_ROWS, len(known)) + 1):
        one = known[number - 1] if number <= len(known) else Contributor("")
        cover.row_id(layout.CONTRIBUTOR, number)
        cover.put(LABEL, str(number), text=look.font(9, color=look.QUIET), align=look.aligned("right", "center", 1))
        cover.fill_in(INPUT, one.organization)
        cells["sector"].append(cover.fill_in(SECOND, label("sector", one.sector, cover.language)))
        part = one.part
        if part in cover.instrument.submodules:
            part = layout.submodule_title(cover.instrument, part, cover.language)
        cells["part"].append(cover.fill_in(THIRD, part, LAST))
        cover.next(16.5)
    drop_down(cover.sheet, "sectors", cells["sector"], free=True)
    drop_down(cover.sheet, "parts", cells["part"], free=True)


def _consents(cover: _Cover, known: tuple[Consent, ...]) -> None:
    """One row per audience; `nothing` stands there until the State chooses."""
    cover.section(cover.text("consent"), cover.text("consent.hint"))
    for tier in CONSENT_TIERS:
        cover.put(LABEL, label("consent_tier", tier, cover.language), text=look.font(9, True))
        shown = cover.put(INPUT, cover.text(f"tier.{tier}"), LAST, text=look.font(9))
        cover.next(look.height(shown, size=9, padding=2))
    columns = {"tier": INPUT, "given_by": SECOND, "given_on": THIRD, "expires_on": FOURTH}
    cover.fields(columns)
    labels = {LABEL: cover.text("consent.audience"), **{c: cover.text(f"consent.{n}") for n, c in columns.items()}}
    cover.heads(labels)
    given = {consent.audience: consent for consent in known}
    tiers, dates = [], []
    for audience in AUDIENCES:
        one = given.get(audience, Consent(audience, "nothing"))
        cover.row_id(layout.CONSENT, audience)
        cover.put(
            LABEL, label("audience", audience, cover.language), text=look.font(10, True), align=look.aligned(vertical="center")
        )
        tiers.append(cover.fill_in(INPUT, label("consent_tier", one.tier, cover.language)))
        cover.fill_in(SECOND, one.given_by)
        dates += [cover.fill_in(THIRD, one.given_on), cover.fill_in(FOURTH, one.expires_on)]
        cover.next(18.5)
    drop_down(cover.sheet, "tiers", tiers)
    _dates(cover, dates)
