"""Rows as they were found become answers, one per question of each sub-module that was touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis.instrument import Instrument
from analysis.model import EVIDENCE_GRADES, Answer, Problem, Status
from analysis.workbook.layout import ANSWER_FIELDS
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


class AnswerReader:
    """Reads rows of one instrument and collects their problems; writings are looked up once."""

    def __init__(self, file: str, instrument: Instrument, language: str = "en"):
        self.file, self.instrument, self.language = file, instrument, language
        self.problems: list[Problem] = []
        table = instrument.questions
        self.sets = dict(zip(table["question"], table["answer_set"], strict=True))
        self.codes = {name: answer_codes(instrument, name) for name in instrument.options}
        self._seen: dict[tuple[str, str], int] = {}

    def note(self, code: str, row: Found, name: str, **words: str) -> None:
        """Add a problem at the cell of a field (at the row's id where the field has no cell)."""
        cell = row.places.get(name) or row.id_cell
        self.problems.append(problem(code, self.file, row.sheet, cell, question=row.question, **words))

    def answer(self, row: Found) -> Answer:
        """The answer of one row."""
        raw = row.values.get("answer")
        answer_set = self.sets[row.question]
        found = row.formulas["answer"] if "answer" in row.formulas else cell_text(raw)
        if "answer" in row.formulas:
            code = INVALID
            self.note("answer-is-a-formula", row, "answer", found=found)
        else:
            code = self._code(raw, answer_set)
            if code == INVALID:
                allowed = allowed_answers(self.instrument, answer_set, self.language)
                self.note("answer-not-allowed", row, "answer", found=found, allowed=allowed)
        texts = {name: self._text(row, name) for name in TEXT_FIELDS}
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

    def _code(self, raw: object, answer_set: str) -> int:
        if not isinstance(raw, str):
            return answer_code(raw, self.codes[answer_set])
        code = self._seen.get((answer_set, raw))
        if code is None:
            code = self._seen[answer_set, raw] = answer_code(raw, self.codes[answer_set])
        return code

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
    file: str, rows: Iterable[Found], instrument: Instrument, language: str = "en"
) -> tuple[tuple[Answer, ...], tuple[str, ...], list[Problem]]:
    """(answers, returned sub-modules, problems): one answer per question of each sub-module with a touched row.

    A question without a row is BLANK with the problem `question-missing`; in a sub-module nobody touched nothing is asked.
    """
    reader = AnswerReader(file, instrument, language)
    by_id = {plain(question): question for question in reader.sets}
    grouped: dict[str, list[Found]] = {}
    for row in rows:
        question = row.question if row.question in reader.sets else by_id.get(plain(row.question))
        if question is None:
            reader.problems.append(problem("unknown-question", file, row.sheet, row.id_cell, found=row.question))
        else:
            fixed = (
                row if question == row.question else Found(question, row.values, row.sheet, row.places, row.formulas, row.id_cell)
            )
            grouped.setdefault(question, []).append(fixed)
    of_question = dict(zip(instrument.questions["question"], instrument.questions["submodule"], strict=True))
    touched = {of_question[q] for q, found in grouped.items() if any(row.touched for row in found)}
    submodules = tuple(s for s in instrument.submodules if s in touched)
    sheets = {of_question[q]: found[0].sheet for q, found in grouped.items()}
    answers = []
    for question, submodule in of_question.items():
        if submodule not in touched:
            continue
        if question in grouped:
            answers.append(_one(reader, grouped[question]))
        else:
            answers.append(Answer(question, BLANK, sheet=sheets[submodule]))
            reader.problems.append(problem("question-missing", file, sheets[submodule], question=question))
    return tuple(answers), submodules, reader.problems


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
