"""A table that is not on our form, read as a mapping says: the same answers, problems and cells as any other table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis import texts
from analysis.instrument import Instrument
from analysis.model import Problem, ReadReturn, UnreadableReturn
from analysis.states import States
from analysis.workbook.answers import Found, lookup
from analysis.workbook.flat import Table
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.as_toml import from_toml
from analysis.workbook.mapping.blocks import BlockMissing, Part
from analysis.workbook.mapping.heads import chosen_sheets, wanted_texts
from analysis.workbook.mapping.keys import Questions, written_answer
from analysis.workbook.mapping.model import MappingProblems, TableMapping
from analysis.workbook.mapping.records import MappedGroup, MappedTable, Records, records_of
from analysis.workbook.options import ReadingOptions
from analysis.workbook.problems import problem
from analysis.workbook.values import plain, round_label


def mapping_of(name: str, toml: str) -> TableMapping:
    """The mapping of a TOML text.

    Raises
    ------
    UnreadableReturn
        If it is none; the problem says why.
    """
    try:
        return from_toml(toml)
    except MappingProblems as error:
        raise UnreadableReturn((problem("mapping-not-allowed", name, found=error),)) from error


def read_mapped(
    name: str,
    sheets: Sequence[RawSheet],
    mapping: TableMapping,
    instruments: Mapping[str, Instrument],
    states: States,
    options: ReadingOptions,
) -> list[ReadReturn]:
    """The returns of a file by a mapping.

    Nothing is passed over without a word: rows and columns that were not read are named, a word of an answer that the mapping
    does not know is `answer-not-allowed`.

    Raises
    ------
    UnreadableReturn
        If no sheet has the headings that the mapping names, or none of its rows holds anything.
    """
    found: list[ReadReturn] = []
    empty: list[Problem] = []
    for sheet, share in chosen_sheets(mapping, sheets):
        if share < 1:
            raise UnreadableReturn((does_not_fit(name, sheet, mapping),))
        try:
            of_sheet, noted = _OneSheet(name, sheet, mapping, instruments, states, options).returns()
        except BlockMissing as missing:
            raise UnreadableReturn((does_not_fit(name, sheet, mapping, str(missing)),)) from missing
        if of_sheet:
            found += [replace(of_sheet[0], problems=(*noted, *of_sheet[0].problems)), *of_sheet[1:]]
        else:
            empty += [problem("nothing-filled", name, sheet.title), *noted]
    if not found:
        raise UnreadableReturn(tuple(empty) or (problem("not-a-return", name, allowed=", ".join(wanted_texts(mapping))),))
    return [*found[:-1], replace(found[-1], problems=(*found[-1].problems, *empty))]


def does_not_fit(name: str, sheet: RawSheet, mapping: TableMapping, wanted: str = "") -> Problem:
    """The sheet lacks a heading, or the title of a part, that the mapping names."""
    allowed = wanted or ", ".join(wanted_texts(mapping))
    return problem("mapping-does-not-fit", name, sheet.title, found=mapping.name or mapping.sheet or "-", allowed=allowed)


@dataclass(frozen=True)
class _OneSheet:
    """One sheet being read."""

    name: str
    sheet: RawSheet
    mapping: TableMapping
    instruments: Mapping[str, Instrument]
    states: States
    options: ReadingOptions

    def returns(self) -> tuple[list[ReadReturn], list[Problem]]:
        """Its returns, and what is to be said once of the whole sheet."""
        mapping, confirmed = self.mapping, self.options.confirmed
        parts, records = records_of(self.name, self.sheet, mapping, self.instruments, self.states, confirmed)
        questions, table = records.reader.questions, records.table
        noted = self._noted(parts, records)
        groups = list(records.groups.items())
        if mapping.layout == "questions_down":  # a State's column in which nobody wrote is no return
            groups = [(key, group) for key, group in groups if group.touched]
        wanted = {round_label(label) or label for label in mapping.only_rounds}
        if others := [key for key, _ in groups if wanted and key[2] not in wanted]:
            rounds = ", ".join(dict.fromkeys(key[2].removeprefix("? ") for key in others))
            noted.append(problem("other-rounds", self.name, self.sheet.title, found=rounds, allowed=", ".join(sorted(wanted))))
            groups = [(key, group) for key, group in groups if key[2] in wanted]
        said = self.options.instrument or mapping.words.fixed.get("instrument", "")
        guessed = said or questions.instrument_of(pair for _, group in groups for pair in group.asked)
        return [self._one(table, group, guessed, questions) for _, group in groups], noted

    def _one(self, table: Table, group: MappedGroup, guessed: str | None, questions: Questions) -> ReadReturn:
        """One return, through the same rules as a flat table's."""
        name = table.known.get(plain(group.raw[4]), group.raw[4]) or guessed or ""
        if name in self.instruments:
            sets = lookup(self.instruments[name]).sets
            pairs = zip(group.rows, group.asked, strict=True)
            group.rows = [self._meant(row, questions.meant(name, *asked), sets) for row, asked in pairs]
        cells = group.cells | {"question": group.rows[0].id_cell}
        own = MappedTable(table.name, table.sheet, {}, table.instruments, table.states, table.confirmed, table.codes, cells)
        read = own.read(group, guessed)
        told = self.mapping.name or texts.text("mapping.unnamed")
        note = problem("read-with-mapping", self.name, self.sheet.title, found=told)
        return ReadReturn(read.file, read.value, (note, *read.problems))

    def _meant(self, row: Found, question: str, sets: Mapping[str, str]) -> Found:
        """A row with the question and the answer that the mapping says are meant."""
        row = replace(row, question=question) if question and question != row.question else row
        value = row.values.get("answer")
        said = self.mapping.answer_word(sets.get(question, ""), value)
        if said is None:
            return row
        if said == "blank":  # as if nobody had written anything
            return replace(row, values={**row.values, "answer": None})
        return replace(row, meant=written_answer(said))

    def _noted(self, parts: Sequence[Part], records: Records) -> list[Problem]:
        """What was passed over: rows and columns."""
        noted, title = [], self.sheet.title
        if records.skipped:
            found = f"{len(records.skipped)} ({spans(records.skipped)})"
            noted.append(problem("rows-skipped", self.name, title, found=found))
        unused = dict.fromkeys(f"{head.text} ({head.letter})" for part in parts for head in part.plan.unused)
        empty = [group.cells.get("iso3", "") for group in records.groups.values() if not group.touched]
        if self.mapping.layout == "questions_down":
            unused |= dict.fromkeys(cell for cell in empty if cell)
        if unused:
            noted.append(problem("columns-not-used", self.name, title, found=", ".join(unused)))
        return noted


def spans(numbers: Sequence[int]) -> str:
    """Row numbers, those that follow each other joined: `1-6, 12, 20-22`."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)
