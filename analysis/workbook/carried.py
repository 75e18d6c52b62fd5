"""What an earlier return says in the questions of the next one: carried over through the crosswalk, and marked as such.

Nothing vanishes silently: what can't be carried is named beside its question, or listed at the end of the form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.editions import sources_of
from analysis.instrument import Instrument
from analysis.model import Answer, Problem, Return, Status
from analysis.texts import counted, text
from analysis.workbook import layout
from analysis.workbook.answers import Found, lookup
from analysis.workbook.problems import problem, shortened
from analysis.workbook.values import STATUS_CODES, plain, status_word, vocabulary

ASK, DONE = "carried_ask", "carried_done"  # what may stand in the column of marks
READ_AGAIN = ("reworded",)
#: Questions that nobody was asked as they stand now: an answer carried over would count, unconfirmed, as the State's own.
ANEW = ("split", "merged")
TEXTS = ("evidence", "comment", "na_reason")
OPEN = (int(Status.BLANK), int(Status.NOT_ASKED), int(Status.INVALID))
NA = (int(Status.NA_JUSTIFIED), int(Status.NA_UNJUSTIFIED))
CELLS_NAMED = 5
STATUS_OF_CODE = {int(code): status for status, code in STATUS_CODES.items()} | {int(Status.NA_UNJUSTIFIED): "na"}


@dataclass(frozen=True)
class Earlier:
    """An answer of the earlier return that no question of the new form takes up."""

    question: str
    asked: str
    answer: str
    evidence: str
    comment: str


@dataclass(frozen=True)
class CarriedOver:
    """An earlier return as the next form is filled in with it.

    value: the answers under the new questions, without round, dates and consent. marked: questions to be confirmed. notes: question ->
    what there is to say of the earlier answer. dropped: what no question takes up. kinds: question -> its kind in the crosswalk.
    """

    value: Return
    round: str
    marked: frozenset[str]
    notes: Mapping[str, str]
    dropped: tuple[Earlier, ...]
    kinds: Mapping[str, str]

    @property
    def answers(self) -> int:
        """Answers that stand in the new form."""
        return sum(a.code not in OPEN for a in self.value.answers)

    @property
    def read_again(self) -> int:
        """Answers among them whose question has changed."""
        return sum(a.code not in OPEN and self.kinds[a.question] in READ_AGAIN for a in self.value.answers)

    @property
    def left_open(self) -> int:
        """Questions with an earlier answer that could not be carried over."""
        carried = {a.question for a in self.value.answers if a.code not in OPEN}
        return sum(question not in carried for question in self.notes)

    @property
    def new(self) -> int:
        """Questions that nobody was asked before."""
        return Counter(self.kinds.values())["new"]

    @property
    def counts(self) -> dict[str, int]:
        """Questions of the new form by kind in the crosswalk, and answers that were dropped."""
        found = Counter(self.kinds.values())
        return {kind: found[kind] for kind in ("same", "reworded", "split", "merged", "new")} | {"dropped": len(self.dropped)}


@dataclass
class _Carrier:
    """Carries one return over."""

    instrument: Instrument
    earlier: Return
    earlier_instrument: Instrument
    language: str
    notes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.given = {a.question: a for a in self.earlier.answers}
        self.sets, self.earlier_sets = lookup(self.instrument).sets, lookup(self.earlier_instrument).sets

    def say(self, key: str, **words: object) -> str:
        return text(f"form.earlier.{key}", self.language, round=self.earlier.round, **words)

    def words(self, answer: Answer) -> str:
        """An earlier answer in words: its option, the word of its status, or what stood there."""
        if answer.code >= 0:
            return layout.option_text(self.earlier_instrument, *self.option(answer), self.language)
        if answer.code in STATUS_OF_CODE:
            return status_word(STATUS_OF_CODE[answer.code], self.language)
        return answer.found

    def option(self, answer: Answer) -> tuple[str, str]:
        """(answer set, option) that an earlier answer chose."""
        name = self.earlier_sets[answer.question]
        return name, self.earlier_instrument.options[name]["option"].iloc[answer.code]

    def code(self, question: str, answer: Answer) -> int | None:
        """The code an earlier answer has in a new question; None where its option is not offered there."""
        if answer.code < 0:
            return answer.code
        offered = self.instrument.options[self.sets[question]]["option"].tolist()
        option = self.option(answer)[1]
        return offered.index(option) if option in offered else None

    def note(self, question: str, *said: str) -> None:
        self.notes[question] = "\n".join([x for x in (self.notes.get(question), *said) if x])

    def carried(self, question: str, sources: Sequence[str], kind: str) -> Answer | None:
        """The answer of a new question; None where nothing is known."""
        known = [self.given[source] for source in sources if source in self.given]
        if not any(map(_says_anything, known)):
            return None
        asked = self.say("asked", asked=" / ".join(self.earlier_instrument.question_text(q, self.language) for q in sources))
        code = self.code(question, known[0]) if kind not in ANEW else None
        if kind in ANEW:
            told = ", ".join(f"{a.question}: {self.words(a) or text('form.earlier.nothing', self.language)}" for a in known)
            self.note(question, self.say(kind, questions=", ".join(sources), answers=told), asked)
        elif code == Status.INVALID:
            self.note(question, self.say("invalid", answer=self.words(known[0])))
        elif code is None:
            self.note(question, self.say("not_offered", answer=self.words(known[0])))
        elif kind in READ_AGAIN and code not in OPEN:
            self.note(question, self.say(kind), asked)
        code = int(Status.BLANK) if code is None or code in OPEN else code
        grades = {a.evidence_grade for a in known}
        grade = grades.pop() if len(grades) == 1 and len(known) == len(sources) else None
        joined = {
            name: shortened("\n".join(dict.fromkeys(t for a in known if (t := getattr(a, name)))), 32_000) for name in TEXTS
        }
        if code not in NA:
            joined["na_reason"] = ""
        return Answer(question, code, evidence_grade=grade, **joined)


def _says_anything(answer: Answer) -> bool:
    """Whether somebody wrote anything into the row of an answer."""
    wrote = answer.evidence_grade is not None or any(getattr(answer, name) for name in TEXTS)
    return wrote or answer.code not in (Status.BLANK, Status.NOT_ASKED)


def carried_over(instrument: Instrument, earlier: Return, earlier_instrument: Instrument, language: str = "en") -> CarriedOver:
    """An earlier return under the questions of an instrument.

    `same`: carried. `reworded`: carried, to be read again. `split` and `merged`: left open with the earlier answers named beside, for as
    they stand now nobody was asked; evidence and comments come along. An option that is not offered any more leaves the question open and
    is named. Consent is given for one return and never carried; nor are round and dates.

    Raises
    ------
    ValueError
        If the return is of another instrument than `earlier_instrument`.
    """
    if earlier.instrument != earlier_instrument.id:
        raise ValueError(f"a return of {earlier.instrument}, not of {earlier_instrument.id}")
    carrier = _Carrier(instrument, earlier, earlier_instrument, language)
    led = sources_of(instrument, earlier_instrument)
    found = {question: carrier.carried(question, sources, kind) for question, (kind, sources) in led.items()}
    answers = tuple(answer for answer in found.values() if answer is not None)
    of = lookup(instrument).submodules
    parts = {of[a.question] for a in answers}
    value = replace(
        earlier,
        instrument=instrument.id,
        round="",
        submodules=tuple(s for s in instrument.submodules if s in parts),
        answers=answers,
        date_from=None,
        date_to=None,
        language=language,
        consents=(),
    )
    marked = frozenset(a.question for a in answers if _says_anything(a))
    taken = {source for _, sources in led.values() for source in sources}
    dropped = tuple(_dropped(carrier, answer) for q, answer in carrier.given.items() if q not in taken and _says_anything(answer))
    kinds = {question: kind for question, (kind, _) in led.items()}
    return CarriedOver(value, earlier.round, marked, dict(carrier.notes), dropped, kinds)


def _dropped(carrier: _Carrier, answer: Answer) -> Earlier:
    asked = carrier.earlier_instrument.question_text(answer.question, carrier.language)
    said = "\n".join(x for x in (carrier.words(answer), answer.na_reason) if x)
    return Earlier(answer.question, asked, said, answer.evidence, answer.comment)


def carried_sentence(carried: CarriedOver, language: str = "en") -> str:
    """`172 answers carried over from 2024, 9 of them to be read again; 3 questions are new; 2 earlier answers have no question any more.`"""
    said = [counted("form.carried_count", carried.answers, language, round=carried.round)]
    for key, n in (
        ("again", carried.read_again),
        ("open", carried.left_open),
        ("new", carried.new),
        ("gone", len(carried.dropped)),
    ):
        if n:
            said.append(counted(f"form.carried_{key}", n, language))
    return ", ".join(said) + "."


def unconfirmed(file: str, rows: Iterable[Found], instrument: Instrument, language: str = "en") -> list[Problem]:
    """A note for each sub-module in which answers that were carried over are not confirmed: how many, and where the first stand.

    Any word but `Confirmed` leaves an answer unconfirmed. It counts all the same: it is the State's own earlier answer.
    """
    done = {written for written, value in vocabulary("form", (ASK, DONE)).items() if value == DONE}
    waiting: dict[str, list[Found]] = {}
    submodules = lookup(instrument).submodules
    for row in rows:
        mark = row.values.get(layout.CARRIED)
        if isinstance(mark, str) and mark.strip() and plain(mark) not in done and row.touched and row.question in submodules:
            waiting.setdefault(submodules[row.question], []).append(row)
    told = []
    for submodule in (s for s in instrument.submodules if s in waiting):
        found = waiting[submodule]
        cells = [row.places.get(layout.CARRIED, "") for row in found]
        named = ", ".join(cells[:CELLS_NAMED]) + (", …" if len(cells) > CELLS_NAMED else "")
        words = {"found": len(found), "allowed": named, "question": layout.submodule_title(instrument, submodule, language)}
        told.append(problem("carried-over-unconfirmed", file, found[0].sheet, cells[0], **words))
    return told
