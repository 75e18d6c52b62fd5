"""Rows as they were found become answers, one per question of each sub-module that was touched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from analysis.instrument import Instrument
from analysis.model import EVIDENCE_GRADES, Answer, Problem, Status
from analysis.workbook.layout import ANSWER_FIELDS, submodule_title
from analysis.workbook.problems import problem, shortened
from analysis.workbook.values import (
    allowed_answers,
    answer_code,
    answer_codes,
    cell_text,
    number_text,
    plain,
    vocabulary,
)

INVALID, BLANK = int(Status.INVALID), int(Status.BLANK)
TEXT_FIELDS = ("evidence", "comment", "na_reason")
GRADES = tuple(str(grade) for grade in EVIDENCE_GRADES)
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

    @property
    def touched(self) -> bool:
        """Whether anybody wrote anything into this row."""
        return bool(self.formulas) or any(cell_text(self.values.get(name)) for name in ANSWER_FIELDS)


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

    def note(self, code: str, row: Found, name: str, **words: str) -> None:
        """Add a problem at the cell of a field (at the row's id where the field has no cell)."""
        cell = row.places.get(name) or row.id_cell
        self.problems.append(problem(code, self.file, row.sheet, cell, question=row.question, **words))

    def answer(self, row: Found) -> Answer:
        """The answer of one row."""
        raw = row.values.get("answer")
        answer_set = self.sets[row.question]
        formula, found = row.formulas.get("answer", ""), cell_text(raw)
        if formula and not found:  # nothing was stored with it, and nothing is evaluated here
            code, found = INVALID, formula
            self.note("answer-is-a-formula", row, "answer", found=found)
        else:
            code = answer_code(raw, answer_codes(self.instrument, answer_set))
            if code == INVALID:
                allowed = allowed_answers(self.instrument, answer_set, self.language)
                self.note("answer-not-allowed", row, "answer", found=found, allowed=allowed)
            elif formula:
                self.note("answer-by-formula", row, "answer", found=formula, allowed=found)
        texts = {name: self._text(row, name) for name in TEXT_FIELDS}
        if code == Status.NA_JUSTIFIED and "na_reason" not in row.values:  # no such column: the comment is the reason
            texts["na_reason"] = texts["comment"]
        if code == Status.NA_JUSTIFIED and not texts["na_reason"]:
            code = int(Status.NA_UNJUSTIFIED)
            self.note("na-without-reason", row, "na_reason", found=found)
        grade = self._grade(row) if cell_text(row.values.get("evidence_grade")) or "evidence_grade" in row.formulas else None
        return Answer(
            row.question,
            code,
            found,
            row.sheet,
            row.places.get("answer", ""),
            grade,
            texts["evidence"],
            texts["comment"],
            texts["na_reason"],
        )

    def _text(self, row: Found, name: str) -> str:
        text = cell_text(row.values.get(name))
        if name in row.formulas:
            self.note("formula-in-text", row, name, found=row.formulas[name])
        return text

    def _grade(self, row: Found) -> int | None:
        found = row.formulas.get("evidence_grade") or cell_text(row.values.get("evidence_grade"))
        grade = evidence_grade(row.values.get("evidence_grade")) if "evidence_grade" not in row.formulas else None
        if grade is None:
            self.note("evidence-grade-not-allowed", row, "evidence_grade", found=found, allowed="0-4")
        return grade


def evidence_grade(value: object) -> int | None:
    """A grade 0-4 from its number, its words or both (`2 - document cited`); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    found = cell_text(value)
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
    rows = [row for row in rows if row.touched] or rows[:1]
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
