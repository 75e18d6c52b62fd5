"""The nouns every part of the house shares: statuses, Problem, Return, Panel.

No file, no database and no screen is touched here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import pandas as pd


class Status(IntEnum):
    """What stands in a cell (scoring.md section 2). A code of 0 or above is the index of the chosen option."""

    ANSWERED = 0
    NA_JUSTIFIED = -1
    NA_UNJUSTIFIED = -2
    DONT_KNOW = -3
    WITHHELD = -4
    BLANK = -5
    NOT_ASKED = -6
    INVALID = -7


#: Only in a panel: the State has not returned this sub-module at all. Not a status of a cell:
#: an untouched sheet is *not returned*, never eight dozen blanks.
NOT_RETURNED = -8

READINGS = ("self", "visit", "peer")
STEPS = ("draft", "submitted", "validated", "sent_back", "withdrawn")

#: A return begins as one of these; only a reviewer makes it anything else.
FIRST_STEPS = ("draft", "submitted")

#: Step -> the steps it may go to, and whether a reason must be given. The answers of a return never change: a validated one is
#: changed only by another return that supersedes it. What was sent back is answered by a corrected file, a return of its own;
#: `sent_back` to `submitted` undoes a reviewer's mistake. `withdrawn`: the State takes its return back; that is the end of it.
MOVES: Mapping[str, Mapping[str, bool]] = {
    "draft": {"submitted": False, "withdrawn": True},
    "submitted": {"validated": False, "sent_back": True, "withdrawn": True},
    "sent_back": {"submitted": True, "withdrawn": True},
    "validated": {"withdrawn": True},
    "withdrawn": {},
}
CONSENT_TIERS = ("nothing", "needs", "aggregates", "scores", "full")
AUDIENCES = ("donors", "other_states", "regional_bodies", "everyone")
SECTORS = (
    "lead_body", "police", "customs_border", "defence", "justice", "intelligence", "regulator",
    "health_social", "local_authority", "parliament", "industry", "civil_society", "academia", "other",
)  # fmt: skip
EVIDENCE_GRADES = (0, 1, 2, 3, 4)
NO_GRADE = -1  # in an array of grades: none was given, which is not grade 0
NATIONAL = ""  # the organization of a national return

TOLERANCE = 1e-9


def status_of(code: int) -> str:
    """Word for a code: `answered`, `blank`, ..., or `not_returned`."""
    if code >= 0:
        return "answered"
    return "not_returned" if code == NOT_RETURNED else Status(code).name.lower()


_ROUND = re.compile(r"([1-9]\d{3})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


def round_date(label: str) -> dt.date | None:
    """First day of the assessment period a round label names, or None when it names none.

    `2026` and `2026-H1` start on 1 January, `2026-H2` on 1 July, `2026-Q3` on 1 July, `2026-05` on 1 May.
    Rounds are ordered by this date, never by their label.
    """
    match = _ROUND.fullmatch(label)
    if not match:
        return None
    year, half, quarter, month = match.groups()
    if half:
        first = 1 + 6 * (int(half) - 1)
    elif quarter:
        first = 1 + 3 * (int(quarter) - 1)
    else:
        first = int(month or 1)
    return dt.date(int(year), first, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, what was found, what is allowed.

    severity: `stop` (this return can't be stored), `repair` (an answer could not be read; the rest can be
    stored), `note` (worth knowing; nothing is lost). `code` is stable kebab-case; the words come from
    `data/texts/<lang>.csv` under `problem.<code>`. `suggestion`: what was probably meant, in words a person may take over or not;
    it is never taken over by itself.
    """

    file: str
    sheet: str
    cell: str
    code: str
    found: str = ""
    allowed: str = ""
    question: str = ""
    severity: str = "repair"
    suggestion: str = ""

    @property
    def place(self) -> str:
        """`QMA.xlsx, IED!D14`, as far as it is known."""
        inside = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell
        return f"{self.file}, {inside}" if inside else self.file


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was read. `code`: index of the option (0 and above) or a `Status` below 0."""

    question: str
    code: int
    found: str = ""
    sheet: str = ""
    cell: str = ""
    evidence_grade: int | None = None
    evidence: str = ""
    comment: str = ""
    na_reason: str = ""


@dataclass(frozen=True, slots=True)
class Contributor:
    """Who answered a part: an office and its sector (one of `SECTORS`, or as found), and what it answered."""

    organization: str
    sector: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What one audience may see of a return (scoring.md section 12). No row means `nothing`."""

    audience: str
    tier: str
    given_by: str = ""
    given_on: dt.date | None = None
    expires_on: dt.date | None = None


@dataclass(frozen=True)
class Return:
    """One completed workbook: a State's (or one of its organizations') answers for one round, of one reading.

    `submodules` are those that were returned; the answers hold one row per question of each of them.
    """

    instrument: str
    iso3: str
    organization: str
    round: str
    reading: str
    submodules: tuple[str, ...]
    answers: tuple[Answer, ...]
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    language: str = "en"
    contributors: tuple[Contributor, ...] = ()
    consents: tuple[Consent, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """(iso3, organization, round, reading): whose answers these are, of when, and who read them."""
        return (self.iso3, self.organization, self.round, self.reading)


@dataclass(frozen=True)
class ReadReturn:
    """What a reader made of one return in a file: the return (None when a problem stops it) and the problems."""

    file: str
    value: Return | None
    problems: tuple[Problem, ...] = ()

    @property
    def storable(self) -> bool:
        """True when nothing stops this return from being stored."""
        return self.value is not None and not any(p.severity == "stop" for p in self.problems)


class StepRefused(Exception):
    """A return does not go from the step it is at to the one that was wanted.

    why: `moved` (it is no longer at the step the caller saw), `not_allowed`, or `reason` (a reason must be given).
    """

    def __init__(self, found: str, wanted: str, why: str):
        self.found, self.wanted, self.why = found, wanted, why
        self.allowed = tuple(MOVES[found])
        told = {
            "moved": f"it is {found} by now: somebody else was first",
            "not_allowed": f"from {found} it may go to {', '.join(self.allowed) or 'nothing'}",
            "reason": "a reason must be given",
        }
        super().__init__(f"from {found} to {wanted}: {told[why]}")


class UnreadableReturn(Exception):
    """A file that nobody can read as a return. `problems` say why, in the words of the house."""

    def __init__(self, problems: tuple[Problem, ...]):
        super().__init__("; ".join(f"{p.place}: {p.code}" for p in problems))
        self.problems = problems


PANEL_KEYS = ["iso3", "organization", "round", "reading"]


@dataclass(frozen=True)
class Panel:
    """The answers of many returns to one instrument, as scoring wants them.

    codes: int8, returns x questions in the instrument's order. index: a row per unit with `row`, the keys
    `PANEL_KEYS`, `round_date`, `received_at` and `returns` (how many stored returns feed it). parts: a row
    per unit and returned sub-module with `row`, `submodule`, `return_id`, `step`, `received_at`: the way back
    from any number to its workbook.
    """

    instrument: str
    codes: np.ndarray
    index: pd.DataFrame
    parts: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        if self.codes.dtype != np.int8 or self.codes.ndim != 2 or len(self.codes) != len(self.index):
            raise ValueError("codes must be int8 with one row per row of the index")

    def __len__(self) -> int:
        return len(self.index)

    def where(self, rows: np.ndarray) -> Panel:
        """The panel of the given rows (positions or a boolean mask), renumbered from 0."""
        positions = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, dtype=int)
        index = self.index.iloc[positions].reset_index(drop=True)
        renumbered = pd.Series(np.arange(len(positions)), index=positions)
        parts = self.parts
        if len(parts):
            parts = parts[parts["row"].isin(positions)].assign(row=lambda t: t["row"].map(renumbered)).reset_index(drop=True)
        return Panel(self.instrument, self.codes[positions], index.assign(row=np.arange(len(index))), parts)
