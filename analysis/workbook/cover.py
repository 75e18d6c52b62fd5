"""The cover sheet as it comes back: whose return this is, of when, who contributed, what they consent to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from analysis.instrument import Instrument
from analysis.model import AUDIENCES, CONSENT_TIERS, READINGS, SECTORS, Consent, Contributor, Problem
from analysis.states import States
from analysis.workbook import layout
from analysis.workbook.problems import problem
from analysis.workbook.state_names import NOBODY, state_reading
from analysis.workbook.values import (
    cell_text,
    date_of,
    organization_name,
    plain,
    round_label,
    vocabulary,
    words_of,
)


@dataclass
class Cover:
    """What the cover says; fields stay empty where a problem is noted."""

    iso3: str = ""
    organization: str = ""
    round: str = ""
    reading: str = ""
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    language: str = "en"
    contributors: tuple[Contributor, ...] = ()
    consents: tuple[Consent, ...] = ()
    problems: list[Problem] = field(default_factory=list)


class _Cell:
    """One input cell of the cover with its place; a formula is noted and counts as its stored value."""

    def __init__(self, cover: Cover, file: str, sheet, number: int, cells: dict, name: str):
        column, self.value = cells.get(name, (None, None))
        self.sheet = sheet.title
        self.cell = f"{get_column_letter(column + 1)}{number}" if column is not None else ""
        self.text = cell_text(self.value)
        self._cover, self._file = cover, file
        if self.cell in sheet.formulas:
            self.note("formula-in-text", found=sheet.formulas[self.cell])
        for code, marked in (("error-in-text", sheet.errors), ("readers-disagree", sheet.disagreed)):
            if self.cell in marked:
                self.note(code, found=marked[self.cell])

    def note(self, code: str, **words: str) -> None:
        """Add a problem at this cell."""
        self._cover.problems.append(problem(code, self._file, self.sheet, self.cell, **words))


def cover_of(file: str, sheets: list, instrument: Instrument, states: States, confirmed: Mapping[str, str] = NOBODY) -> Cover:
    """The cover of a form, from its cover sheets (there should be one). confirmed: names of States as written -> code."""
    cover = Cover()
    if len(sheets) != 1:
        titles = ", ".join(sheet.title for sheet in sheets)
        cover.problems.append(problem("several-covers" if sheets else "cover-missing", file, found=titles))
        return cover
    sheet = sheets[0]
    cover.language = sheet.marker.get("language") or "en"
    fields, contributors, consents = {}, [], {}
    for kind, name, number, cells in sheet.records():
        if kind == layout.FIELD:
            fields[name.lower()] = _Cell(cover, file, sheet, number, cells, layout.VALUE)
        elif kind == layout.CONTRIBUTOR:
            row = {f: _Cell(cover, file, sheet, number, cells, f) for f in layout.CONTRIBUTOR_FIELDS}
            contributors.append(contributor_of(*(row[f].text for f in layout.CONTRIBUTOR_FIELDS), instrument))
        elif kind == layout.CONSENT and name.lower() in AUDIENCES:
            row = {f: _Cell(cover, file, sheet, number, cells, f) for f in layout.CONSENT_FIELDS}
            consents.setdefault(name.lower(), _consent(name.lower(), row, cover.language))
    cover.contributors = tuple(c for c in contributors if c)
    cover.consents = tuple(consents[a] for a in AUDIENCES if consents.get(a))
    cells = {name: fields.get(name) or _Cell(cover, file, sheet, 1, {}, name) for name in layout.COVER_FIELDS}
    _header(cover, cells, states, confirmed)
    return cover


def _header(cover: Cover, fields: dict[str, _Cell], states: States, confirmed: Mapping[str, str]) -> None:
    """State, organization, round, reading and dates; each that can't be read stops the return or is left out."""
    cover.organization = organization_name(fields["organization"].text)
    state, round_, reading = fields["state"], fields["round"], fields["reading"]
    if not state.text:
        state.note("state-missing")
    else:
        read = state_reading(state.value, states, confirmed=confirmed)
        cover.iso3 = read.iso3
        if read.problem:
            state.note(read.problem, found=state.text, allowed=read.allowed, suggestion=read.suggestion)
    if not round_.text:
        round_.note("round-missing", allowed="2026, 2026-H2, 2026-Q3, 2026-05")
    else:
        cover.round = round_label(round_.value) or ""
        if not cover.round:
            round_.note("round-not-allowed", found=round_.text, allowed="2026, 2026-H2, 2026-Q3, 2026-05")
    if not reading.text:
        reading.note("reading-missing", allowed=words_of("reading", READINGS, cover.language))
    else:
        cover.reading = vocabulary("reading", READINGS).get(plain(reading.text), "")
        if not cover.reading:
            reading.note("reading-not-allowed", found=reading.text, allowed=words_of("reading", READINGS, cover.language))
    cover.date_from, cover.date_to = _date(fields["date_from"]), _date(fields["date_to"])
    if cover.date_from and cover.date_to and cover.date_from > cover.date_to:
        fields["date_to"].note("dates-reversed", found=f"{cover.date_from} - {cover.date_to}")
        cover.date_from = cover.date_to = None


def _date(cell: _Cell) -> dt.date | None:
    found = date_of(cell.value)
    if cell.text and found is None:
        cell.note("date-not-allowed", found=cell.text)
    return found


def contributor_of(office: str, sector: str, part: str, instrument: Instrument) -> Contributor | None:
    """One contributor; sector and part by their code where they are one of ours, else as found; None for an empty row."""
    if not office and not sector and not part:
        return None
    parts = {plain(s): s for s in instrument.submodules}
    for language in instrument.languages:
        parts.update({plain(layout.submodule_title(instrument, s, language)): s for s in instrument.submodules})
    return Contributor(office, vocabulary("sector", SECTORS).get(plain(sector), sector), parts.get(plain(part), part))


def _consent(audience: str, row: dict[str, _Cell], language: str) -> Consent | None:
    """What one audience may see; a tier that can't be read gives nothing away, and so does an expiry that can't be read."""
    tier = vocabulary("consent_tier", CONSENT_TIERS).get(plain(row["tier"].text), "") if row["tier"].text else "nothing"
    if not tier:
        row["tier"].note("consent-not-allowed", found=row["tier"].text, allowed=words_of("consent_tier", CONSENT_TIERS, language))
        tier = "nothing"
    given, expires = _date(row["given_on"]), _date(row["expires_on"])
    if row["expires_on"].text and expires is None:
        tier = "nothing"
    if tier == "nothing" and not row["given_by"].text and not given and not expires:
        return None
    return Consent(audience, tier, row["given_by"].text, given, expires)
