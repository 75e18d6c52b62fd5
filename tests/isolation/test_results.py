"""What a reader says is taken as far as it can be true."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import replace

import pytest

from analysis.model import Answer, Consent, Contributor, Problem, ReadReturn, Return
from analysis.workbook.book import RawSheet
from analysis.workbook.isolation.results import plain_reads, plain_sheets, reads_of, sheets_of
from analysis.workbook.isolation.wire import WireError

PROBLEM = Problem("a.xlsx", "IED", "D14", "answer-not-allowed", "Mostly", "0-5", "Q", "repair", "4")
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def value(setting):
    """A return to the library instrument with something in every field."""
    library = next(iter(setting.instruments.values()))
    questions = library.questions["question"].tolist()
    answers = [Answer(q, 0, "Yes", "Sheet", f"D{i}", None, "", "", "") for i, q in enumerate(questions)]
    answers[0] = Answer(questions[0], -1, "N/A", "Sheet", "D1", 4, "a law", "a word", "no coast")
    offices = (Contributor("Police", "police", library.submodules[0]),)
    consents = (Consent("donors", "scores", "A minister", DAY, None),)
    return Return(
        library.id, "QMA", "Coast guard", "2026", "self", library.submodules, tuple(answers), DAY, None, "fr", offices, consents
    )


def through_json(plain):
    return json.loads(json.dumps(plain))


def test_returns_arrive_as_they_left(setting, value):
    reads = [ReadReturn("a.xlsx", value, (PROBLEM,)), ReadReturn("a.xlsx", None, (replace(PROBLEM, suggestion=""),))]
    assert reads_of(through_json(plain_reads(reads)), setting) == reads


def changed(plain: list[dict], path: tuple, new: object) -> list[dict]:
    plain = copy.deepcopy(plain)
    place = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return plain


FALSE = [
    (("file",), None),
    (("problems", 0, 3), "no-such-code"),
    (("problems", 0, 7), "note"),  # a severity that is not its code's
    (("problems", 0, 4), ["list"]),
    (("problems", 0), ["a"] * 8),
    (("problems",), {}),
    (("value",), 7),
    (("value", "instrument"), "another"),
    (("value", "instrument"), ["x"]),
    (("value", "iso3"), "XXX"),
    (("value", "round"), "last year"),
    (("value", "reading"), "hearsay"),
    (("value", "language"), 5),
    (("value", "submodules"), ["another"]),
    (("value", "submodules"), "text"),
    (("value", "dates"), ["2026-02-30", None]),
    (("value", "dates"), [None]),
    (("value", "dates"), [20260101, None]),
    (("value", "answers", "question", 0), "another"),
    (("value", "answers", "code", 0), 99),
    (("value", "answers", "code", 0), -8),
    (("value", "answers", "code", 0), True),
    (("value", "answers", "code", 0), 1.0),
    (("value", "answers", "code"), [0]),
    (("value", "answers", "found", 0), None),
    (("value", "answers", "evidence_grade", 0), 9),
    (("value", "answers", "comment", 0), {"a": "b"}),
    (("value", "contributors", 0), ["a", "b"]),
    (("value", "consents", 0, 0), "the neighbours"),
    (("value", "consents", 0, 1), "everything"),
    (("value", "consents", 0, 4), "soon"),
]


@pytest.mark.parametrize(("path", "new"), FALSE)
def test_what_can_not_be_true_is_not_taken(setting, value, path, new):
    plain = through_json(plain_reads([ReadReturn("a.xlsx", value, (PROBLEM,))]))
    reads_of(plain, setting)
    with pytest.raises(WireError):
        reads_of(changed(plain, (0, *path), new), setting)


def test_sheets_arrive_as_they_left():
    cells = ("text", 1, 2.5, True, None, DAY, dt.datetime(2026, 3, 1, 12, 30), dt.time(8, 5))
    sheet = RawSheet("<b>Ünï", [cells, ()], {"A1": "=1+1"}, {"B2": "#REF!"})
    assert sheets_of(through_json(plain_sheets([sheet]))) == [sheet]
    odd = RawSheet("odd", [(float("nan"), float("inf"), dt.timedelta(hours=1))])
    assert sheets_of(through_json(plain_sheets([odd])))[0].rows == [(None, None, "1:00:00")]


@pytest.mark.parametrize("cell", [{"a": 1}, ["date"], ["date", "soon"], ["object", "x"], ["date", 5], [["date"], "2026-01-01"]])
def test_a_cell_of_another_type_is_not_taken(cell):
    with pytest.raises(WireError):
        sheets_of([{"title": "a", "rows": [[cell]], "formulas": {}, "errors": {}}])
