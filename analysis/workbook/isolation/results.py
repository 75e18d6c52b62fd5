"""What a reader found, on its way back: plain JSON out, and in again only as far as it can be true.

A reader that a file has taken over can say what it likes. What it says is taken as the content of that file, never as more: every
value has its type, codes and ids are known ones, and a problem has the severity of its code.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING

from analysis.instrument import Instrument
from analysis.model import (
    AUDIENCES,
    CONSENT_TIERS,
    EVIDENCE_GRADES,
    READINGS,
    Answer,
    Consent,
    Contributor,
    Problem,
    ReadReturn,
    Return,
    Status,
    round_date,
)
from analysis.workbook.isolation.setting import Setting
from analysis.workbook.isolation.wire import WireError
from analysis.workbook.problems import CODES

if TYPE_CHECKING:
    from analysis.workbook.book import RawSheet

_PROBLEM = ("file", "sheet", "cell", "code", "found", "allowed", "question", "severity", "suggestion")
_ANSWER = ("question", "code", "found", "sheet", "cell", "evidence_grade", "evidence", "comment", "na_reason")
_RETURN = ("instrument", "iso3", "organization", "round", "reading", "language")
_LOWEST = min(Status)


# Out: in the reader


def plain_problems(problems: Iterable[Problem]) -> list[list[str]]:
    """Problems as rows of text."""
    return [[getattr(p, name) for name in _PROBLEM] for p in problems]


def plain_reads(reads: Iterable[ReadReturn]) -> list[dict]:
    """Returns as plain values."""
    return [{"file": r.file, "problems": plain_problems(r.problems), "value": r.value and _plain_return(r.value)} for r in reads]


def plain_sheets(sheets: Iterable[RawSheet]) -> list[dict]:
    """Raw sheets as plain values."""
    return [
        {
            "title": s.title,
            "rows": [[_plain_cell(v) for v in row] for row in s.rows],
            "formulas": dict(s.formulas),
            "errors": dict(s.errors),
        }
        for s in sheets
    ]


def _plain_return(value: Return) -> dict:
    return {
        **{name: getattr(value, name) for name in _RETURN},
        "submodules": list(value.submodules),
        "answers": {name: [getattr(a, name) for a in value.answers] for name in _ANSWER},
        "dates": [_plain_date(value.date_from), _plain_date(value.date_to)],
        "contributors": [[c.organization, c.sector, c.part] for c in value.contributors],
        "consents": [
            [c.audience, c.tier, c.given_by, _plain_date(c.given_on), _plain_date(c.expires_on)] for c in value.consents
        ],
    }


def _plain_date(date: dt.date | None) -> str | None:
    return date and date.isoformat()


def _plain_cell(value: object) -> object:
    """A cell as JSON has it; dates and times in a list with their kind, everything unknown as its text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    for kind in (dt.datetime, dt.date, dt.time):
        if isinstance(value, kind):
            return [kind.__name__, value.isoformat()]
    return str(value)


# In: at the desk


def problems_of(found: object) -> tuple[Problem, ...]:
    """Problems as they came from a reader."""
    rows = _list(found)
    for row in rows:
        _texts(row, len(_PROBLEM))
        if CODES.get(row[3]) != row[7]:
            raise WireError(f"a problem with an unknown code or another severity: {row[3][:40]}")
    return tuple(Problem(*row) for row in rows)


def reads_of(found: object, setting: Setting) -> list[ReadReturn]:
    """Returns as they came from a reader, if they can be returns to these instruments by these States.

    Raises
    ------
    WireError
        If a value has another type, or names what there is not.
    """
    reads = []
    for one in _list(found):
        given = _object(one)
        value = given.get("value")
        name = _texts([given.get("file")], 1)[0]
        reads.append(
            ReadReturn(name, None if value is None else _return(_object(value), setting), problems_of(given.get("problems")))
        )
    return reads


def sheets_of(found: object) -> list[RawSheet]:
    """Raw sheets as they came from a reader."""
    return [_sheet(_object(one)) for one in _list(found)]


def _return(given: dict, setting: Setting) -> Return:
    head = dict(zip(_RETURN, _texts([given.get(name) for name in _RETURN], len(_RETURN)), strict=True))
    instrument = setting.instruments.get(head["instrument"])
    if instrument is None or head["iso3"] not in setting.states:
        raise WireError("a return of an unknown instrument or State")
    if head["reading"] not in READINGS or round_date(head["round"]) is None:
        raise WireError("a return without a reading or a round")
    submodules = _texts(given.get("submodules"))
    if not set(submodules) <= set(instrument.submodules):
        raise WireError("a return of an unknown sub-module")
    dates = _list(given.get("dates"), 2)
    return Return(
        **head,
        submodules=tuple(submodules),
        answers=_answers(_object(given.get("answers")), instrument),
        date_from=_date(dates[0]),
        date_to=_date(dates[1]),
        contributors=tuple(Contributor(*_texts(row, 3)) for row in _list(given.get("contributors"))),
        consents=tuple(_consent(_list(row, 5)) for row in _list(given.get("consents"))),
    )


def _answers(given: dict, instrument: Instrument) -> tuple[Answer, ...]:
    """Answers from their columns: the types of a whole column are looked at in one go, as there are hundreds in every return."""
    columns = [_list(given.get(name)) for name in _ANSWER]
    if len({len(column) for column in columns}) != 1:
        raise WireError("answers of unequal length")
    for name, column in zip(_ANSWER, columns, strict=True):
        allowed = {"code": {int}, "evidence_grade": {int, type(None)}}.get(name, {str})
        if not set(map(type, column)) <= allowed:
            raise WireError(f"answers whose {name} has another type")
    options = _options(instrument)
    if any(not _LOWEST <= code < options.get(question, _LOWEST) for question, code in zip(columns[0], columns[1], strict=True)):
        raise WireError("an answer to an unknown question, or one it does not have")
    if not set(columns[5]) <= {None, *EVIDENCE_GRADES}:
        raise WireError("an unknown grade of evidence")
    return tuple(map(Answer, *columns))


@lru_cache(maxsize=16)
def _options(instrument: Instrument) -> Mapping[str, int]:
    """Question -> how many options it has."""
    counts = {name: len(rows) for name, rows in instrument.options.items()}
    return {q: counts[s] for q, s in zip(instrument.questions["question"], instrument.questions["answer_set"], strict=True)}


def _consent(row: list) -> Consent:
    audience, tier, given_by = _texts(row[:3], 3)
    if audience not in AUDIENCES or tier not in CONSENT_TIERS:
        raise WireError("an unknown consent")
    return Consent(audience, tier, given_by, _date(row[3]), _date(row[4]))


def _sheet(given: dict) -> RawSheet:
    rows = [tuple(map(_cell, _list(row))) for row in _list(given.get("rows"))]
    from analysis.workbook.book import RawSheet  # it brings the libraries that open workbooks, which the desk does without

    formulas, errors = _object(given.get("formulas")), _object(given.get("errors"))
    _texts([given.get("title"), *formulas.values(), *errors.values()])
    return RawSheet(given["title"], rows, formulas, errors)


_MADE_OF_TEXT: Mapping[str, Callable[[str], object]] = {
    kind.__name__: kind.fromisoformat for kind in (dt.datetime, dt.date, dt.time)
}


def _cell(value: object) -> object:
    if not isinstance(value, list):
        if value is None or isinstance(value, str | bool | int | float):
            return value
        raise WireError("a cell of another type")
    kind, text = _texts(value, 2)
    return _made(_MADE_OF_TEXT.get(kind), text)


def _date(text: object) -> dt.date | None:
    return None if text is None else _made(dt.date.fromisoformat, text)


def _made(maker: Callable[[str], object] | None, text: object) -> object:
    try:
        return maker(text)
    except (TypeError, ValueError) as error:
        raise WireError("no date") from error


def _object(value: object) -> dict:
    if not isinstance(value, dict):
        raise WireError("no object where there must be one")
    return value


def _list(value: object, length: int | None = None) -> list:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise WireError("no list where there must be one")
    return value


def _texts(value: object, length: int | None = None) -> list[str]:
    rows = _list(value, length)
    if not all(map(isinstance, rows, repeat(str))):
        raise WireError("no text where there must be one")
    return rows
