"""Rows as they were found become answers, one per question of each sub-module that was touched."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from analysis.instrument import Instrument
from analysis.model import EVIDENCE_GRADES, Answer, Problem, Status
from analysis.workbook.layout import ANSWER_FIELDS, submodule_title
from analysis.workbook.problems import problem, shortened
from analysis.workbook.suggestions import suggested_answer
from analysis.workbook.values import (
    allowed_answers,
    answer_code,
    answer_codes,
    cell_text,
    number_text,
    plain,
    vocabulary,
)

INVALID, BLANK, NA = int(Status.INVALID), int(Status.BLANK), int(Status.NA_JUSTIFIED)
TEXT_FIELDS = ("evidence", "comment", "na_reason")
GRADES = tuple(str(grade) for grade in EVIDENCE_GRADES)
_ERROR = re.compile(r"#(?:[\w/]{2,15}[!?]|N/A|N/D|NV|[A-Z_]*ERROR)")
_GRADE = re.compile(r"(\d+)[-:.,) ]+")


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a form or table: the question's id and the values of its fields with their cells."""

    question: str
    values: Mapping[str, object]
    sheet: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, str] = field(default_factory=dict)
    id_cell: str = ""
    meant: str = ""  # what a mapping says the answer means, as a form would write it
    errors: Mapping[str, str] = field(default_factory=dict)
    disagreed: Mapping[str, str] = field(default_factory=dict)

    @property
    def touched(self) -> bool:
        """Whether anybody wrote anything into this row."""
        if self.formulas or self.errors or self.disagreed:
            return True
        for name in ANSWER_FIELDS:
            value = self.values.get(name)
            if value is not None and value != "" and cell_text(value):
                return True
        return False


@dataclass(frozen=True)
class Lookup:
    """What reading asks an instrument for every row: question -> answer set and sub-module, writing -> question."""

    sets: Mapping[str, str]
    submodules: Mapping[str, str]
    by_id: Mapping[str, str]


@lru_cache(maxsize=16)
def lookup(instrument: Instrument) -> Lookup:
    """The look-up tables of an instrument, made once."""
    ids = instrument.questions["question"].tolist()
    sets = dict(zip(ids, instrument.questions["answer_set"], strict=True))
    submodules = dict(zip(ids, instrument.questions["submodule"], strict=True))
    return Lookup(sets, submodules, {plain(question): question for question in ids} | {question: question for question in ids})


class AnswerReader:
    """Reads rows of one instrument and collects their problems."""

    def __init__(self, file: str, instrument: Instrument, language: str = "en"):
        self.file, self.instrument, self.language = file, instrument, language
        self.problems: list[Problem] = []
        self.sets = lookup(instrument).sets
        self._read: dict[tuple[str, str, str], tuple[str, int]] = {}

    def note(self, code: str, row: Found, name: str, **words: str) -> None:
        """Add a problem at the cell of a field (at the row's id where the field has no cell)."""
        cell = row.places.get(name) or row.id_cell
        self.problems.append(problem(code, self.file, row.sheet, cell, question=row.question, **words))

    def answer(self, row: Found) -> Answer:
        """The answer of one row."""
        values = row.values
        if row.formulas or row.errors or row.disagreed:
            found, code = self._marked(row)
            texts = [self._text(row, name) for name in TEXT_FIELDS]
        else:
            found, code = self._code(row, values.get("answer"))
            texts = [cell_text(v) if (v := values.get(name)) else "" for name in TEXT_FIELDS]
        if code == NA:
            if "na_reason" not in values:  # no such column: the comment is the reason
                texts[2] = texts[1]
            if not texts[2]:
                code = int(Status.NA_UNJUSTIFIED)
                self.note("na-without-reason", row, "na_reason", found=found)
        return Answer(row.question, code, found, row.sheet, row.places.get("answer", ""), self._grade(row), *texts)

    def _code(self, row: Found, raw: object) -> tuple[str, int]:
        """(what stands in the answer cell, its code); a problem where that is no answer."""
        if raw is None or raw == "":
            return "", BLANK
        answer_set = self.sets[row.question]
        key = (answer_set, row.meant, raw) if isinstance(raw, str) else None
        if key in self._read:
            return self._read[key]
        found = cell_text(raw)
        if found.startswith("#") and error_value(found):
            self.note("answer-is-an-error", row, "answer", found=found, allowed=self._allowed(row))
            return found, INVALID
        code = answer_code(row.meant or raw, answer_codes(self.instrument, answer_set))
        if code == INVALID:
            self._not_allowed(row, raw, found)
        elif key:
            self._read[key] = found, code
        return found, code

    def _marked(self, row: Found) -> tuple[str, int]:
        """The same for a cell with a formula, an error, or two readers that disagree."""
        raw, formula = row.values.get("answer"), row.formulas.get("answer", "")
        if both := row.disagreed.get("answer"):
            self.note("readers-disagree", row, "answer", found=both)
            return both, INVALID
        if error := row.errors.get("answer"):
            self.note("answer-is-an-error", row, "answer", found=error, allowed=self._allowed(row))
            return error, INVALID
        if formula and raw is None:  # nothing was stored with it, and nothing is evaluated here
            self.note("answer-is-a-formula", row, "answer", found=formula)
            return formula, INVALID
        found, code = self._code(row, raw)
        if formula and code != INVALID:
            self.note("answer-by-formula", row, "answer", found=formula, allowed=found or "–")
        return found, code

    def _not_allowed(self, row: Found, raw: object, found: str) -> None:
        """Say that an answer is none, and what may have been meant."""
        code = "answer-is-a-date" if isinstance(raw, (dt.date, dt.time, dt.timedelta)) else "answer-not-allowed"
        meant = suggested_answer(raw, self.instrument, self.sets[row.question], self.language)
        self.note(code, row, "answer", found=found, allowed=self._allowed(row), suggestion=meant)

    def _allowed(self, row: Found) -> str:
        return allowed_answers(self.instrument, self.sets[row.question], self.language)

    def _text(self, row: Found, name: str) -> str:
        value = row.values.get(name)
        if row.disagreed and name in row.disagreed:
            self.note("readers-disagree", row, name, found=row.disagreed[name])
            return row.disagreed[name]
        if row.errors and name in row.errors:
            self.note("error-in-text", row, name, found=row.errors[name])
        elif row.formulas and name in row.formulas:
            self.note("formula-in-text", row, name, found=row.formulas[name])
        return "" if value is None else cell_text(value)

    def _grade(self, row: Found) -> int | None:
        value, name = row.values.get("evidence_grade"), "evidence_grade"
        if (value is None or value == "") and not (row.formulas or row.errors or row.disagreed):
            return None
        marks = row.disagreed.get(name) or row.errors.get(name) or row.formulas.get(name)
        found = marks or ("" if value is None else cell_text(value))
        if not found:
            return None
        grade = None if marks else evidence_grade(value)
        if grade is None:
            self.note("evidence-grade-not-allowed", row, name, found=found, allowed="0-4")
        return grade


def error_value(text: str) -> bool:
    """Whether a text is an error value of a spreadsheet that was saved as text (`#REF!`, `#N/A`, `#BEZUG!`)."""
    return _ERROR.fullmatch(text) is not None


def evidence_grade(value: object) -> int | None:
    """A grade 0-4 from its number, its words or both (`2 - document cited`); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    return _grade_of(cell_text(value))


@lru_cache(maxsize=1_000)
def _grade_of(found: str) -> int | None:
    key = number_text(plain(found))
    if key in GRADES:
        return int(key)
    words = vocabulary("evidence_grade", GRADES)
    bare = {_GRADE.sub("", written): grade for written, grade in words.items()}
    both = _GRADE.match(key)
    grade = words.get(key) or bare.get(_GRADE.sub("", key))
    return None if grade is None or (both and both[1] != grade) else int(grade)


def answers_of(
    file: str, rows: Iterable[Found], instrument: Instrument, language: str = "en", *, in_table: bool = False
) -> tuple[tuple[Answer, ...], tuple[str, ...], list[Problem]]:
    """(answers, returned sub-modules, problems): one answer per question of each returned sub-module.

    A sub-module is returned where somebody wrote into one of its rows: rows that only repeat the questions return nothing.
    Its questions without a row are BLANK, and said so: in a form each, because the row was taken out of it; in a table
    (`in_table`) their number.
    """
    reader, known = AnswerReader(file, instrument, language), lookup(instrument)
    grouped: dict[str, list[Found]] = {}
    for row in rows:
        question = known.by_id.get(row.question) or known.by_id.get(plain(row.question))
        if question is None:
            reader.problems.append(problem("unknown-question", file, row.sheet, row.id_cell, found=row.question))
        else:
            fixed = row if question == row.question else replace(row, question=question)
            grouped.setdefault(question, []).append(fixed)
    touched = {known.submodules[q] for q, found in grouped.items() if any(row.touched for row in found)}
    sheets = {known.submodules[q]: found[0].sheet for q, found in grouped.items()}
    answers, missing = [], []
    for question, submodule in known.submodules.items():
        if submodule in touched:
            rows_found = grouped.get(question)
            answers.append(_one(reader, rows_found) if rows_found else Answer(question, BLANK, sheet=sheets[submodule]))
            if not rows_found:
                missing.append((question, submodule))
    if in_table:
        counts = Counter(submodule for _, submodule in missing)
        asked = Counter(known.submodules.values())
        for submodule, n in counts.items():
            words = {"found": n, "allowed": asked[submodule], "question": submodule_title(instrument, submodule, language)}
            reader.problems.append(problem("rows-missing", file, sheets[submodule], **words))
    else:
        reader.problems += [problem("question-missing", file, sheets[s], question=question) for question, s in missing]
    return tuple(answers), tuple(s for s in instrument.submodules if s in touched), reader.problems


def _one(reader: AnswerReader, rows: list[Found]) -> Answer:
    """The answer of a question that may stand in several rows: untouched copies do not count, two different answers neither."""
    rows = rows if len(rows) == 1 else [row for row in rows if row.touched] or rows[:1]
    read = [reader.answer(row) for row in rows]
    if len(read) == 1:
        return read[0]
    given = [i for i, answer in enumerate(read) if answer.code != BLANK] or [0]
    first = given[0]
    others = ", ".join(f"{answer.sheet}!{answer.cell}" for i, answer in enumerate(read) if i != first)
    if len({read[i].code for i in given}) == 1:
        reader.note("duplicate-row", rows[first], "answer", found=others)
        return _merged(read[first], read)
    found = " / ".join(read[i].found for i in given)
    reader.note("duplicate-answer", rows[first], "answer", found=found, allowed=others)
    merged = _merged(read[first], read)
    return Answer(
        merged.question, INVALID, found, merged.sheet, merged.cell, None, merged.evidence, merged.comment, merged.na_reason
    )


def _merged(kept: Answer, read: list[Answer]) -> Answer:
    """The kept row with what only another copy says, so that no remark is lost."""
    texts = {
        name: shortened("\n".join(dict.fromkeys(t for a in read if (t := getattr(a, name)))), 32_000) for name in TEXT_FIELDS
    }
    grade = next((a.evidence_grade for a in [kept, *read] if a.evidence_grade is not None), None)
    return Answer(kept.question, kept.code, kept.found, kept.sheet, kept.cell, grade, **texts)
