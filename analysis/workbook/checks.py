"""Is a return plausible? Each check is one function named for what it notes; `CHECKS` is the list of all.

Flag and ask, never delete or down-weight (scoring.md section 11). Every problem found here is a `note`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from analysis.instrument import Instrument
from analysis.model import Answer, Problem, Return, Status, round_date
from analysis.workbook.problems import problem

#: Fewest answers for which "all the same" or "nearly all the same" says anything.
FEWEST = 10
DOMINANT = 0.9
LARGE_JUMP = 3
DAYS_OF_A_YEAR = 366


@dataclass(frozen=True)
class Facts:
    """question -> measure; question -> level of each option; question -> code of the option with the highest value; contradictions
    declared: (question, at least, other, at most)."""

    measure: Mapping[str, str]
    levels: Mapping[str, list[int]]
    best: Mapping[str, int]
    contradictions: tuple[tuple[str, int, str, int], ...] = ()


@lru_cache(maxsize=16)
def facts(instrument: Instrument) -> Facts:
    """What the checks ask an instrument, made once."""
    levels = {name: rows["level"].tolist() for name, rows in instrument.options.items()}
    best = {name: int(rows["value"].to_numpy().argmax()) for name, rows in instrument.options.items()}
    sets = dict(zip(instrument.questions["question"], instrument.questions["answer_set"], strict=True))
    measure = dict(zip(instrument.questions["question"], instrument.questions["measure"], strict=True))
    declared = tuple(instrument.contradictions.itertuples(index=False, name=None))
    return Facts(measure, {q: levels[s] for q, s in sets.items()}, {q: best[s] for q, s in sets.items()}, declared)


@dataclass(frozen=True)
class Context:
    """What a check may look at beside the return: its instrument and file, and what the store holds (`HISTORY` asks for that).

    previous: the same unit's answers of the round before. twins: other States whose answers of this round are the same.
    """

    instrument: Instrument
    file: str = ""
    previous: Return | None = None
    twins: tuple[str, ...] = ()

    @cached_property
    def earlier(self) -> Mapping[str, int]:
        """Question -> code in the round before."""
        return {answer.question: answer.code for answer in self.previous.answers} if self.previous else {}

    @property
    def of(self) -> Facts:
        """What the checks ask the instrument."""
        return facts(self.instrument)

    def at(self, code: str, answer: Answer | None = None, **words: object) -> Problem:
        """A problem at an answer's cell, or of the return as a whole."""
        return problem(code, self.file, answer.sheet if answer else "", answer.cell if answer else "", **words)


def _answered(value: Return) -> list[Answer]:
    return [answer for answer in value.answers if answer.code >= 0]


def all_answers_are_equal(value: Return, context: Context) -> Iterable[Problem]:
    """Ten answers or more, and all the same."""
    given = _answered(value)
    if len(given) >= FEWEST and len({(len(context.of.levels[a.question]), a.code) for a in given}) == 1:
        yield context.at("all-answers-equal", found=given[0].found, allowed=len(given))


def one_answer_dominates(value: Return, context: Context) -> Iterable[Problem]:
    """The most frequent answer makes up 90 % or more, but not all."""
    given = _answered(value)
    counts = Counter((len(context.of.levels[a.question]), a.code) for a in given)
    most = max(counts.values(), default=0)
    if len(given) >= FEWEST and len(given) > most >= DOMINANT * len(given):
        yield context.at("one-answer-dominates", found=most, allowed=len(given))


def top_answers_have_no_evidence(value: Return, context: Context) -> Iterable[Problem]:
    """The best option of a question without a word of evidence and without a grade above 0."""
    for answer in value.answers:
        if answer.code == context.of.best[answer.question] and not answer.evidence and not answer.evidence_grade:
            yield context.at("top-answer-without-evidence", answer, found=answer.found, question=answer.question)


def much_is_not_applicable(value: Return, context: Context) -> Iterable[Problem]:
    """More of a measure's questions are not applicable than the instrument's gate for a thin measure."""
    asked = Counter(context.of.measure[a.question] for a in value.answers)
    left_out = Counter(
        context.of.measure[a.question] for a in value.answers if a.code in (Status.NA_JUSTIFIED, Status.NA_UNJUSTIFIED)
    )
    for measure, n in left_out.items():
        if n > context.instrument.gates.thin * asked[measure] + 1e-9:
            yield context.at("much-not-applicable", found=n, allowed=asked[measure], question=measure)


def answers_contradict_each_other(value: Return, context: Context) -> Iterable[Problem]:
    """Two answers that the instrument says hardly go together."""
    given = {answer.question: answer for answer in _answered(value)} if context.of.contradictions else {}
    for question, at_least, other, at_most in context.of.contradictions:
        if question in given and other in given:
            high, low = (context.of.levels[q][given[q].code] for q in (question, other))
            if high >= at_least and low <= at_most:
                yield context.at("answers-contradict", given[question], found=high, allowed=f"{other} = {low}", question=question)


def answers_are_those_of_the_last_round(value: Return, context: Context) -> Iterable[Problem]:
    """Every answer equals the one of the round before."""
    given = _answered(value)
    if context.previous and len(given) >= FEWEST and all(context.earlier.get(a.question) == a.code for a in given):
        yield context.at("same-as-last-round", found=len(given), allowed=context.previous.round)


def an_answer_jumped(value: Return, context: Context) -> Iterable[Problem]:
    """An answer moved by three levels or more since the round before."""
    for answer in _answered(value):
        before, levels = context.earlier.get(answer.question, -1), context.of.levels[answer.question]
        if before >= 0 and abs(levels[answer.code] - levels[before]) >= LARGE_JUMP:
            words = {"found": levels[answer.code], "allowed": levels[before]}
            yield context.at("large-jump", answer, question=answer.question, **words)


def another_state_gave_the_same_answers(value: Return, context: Context) -> Iterable[Problem]:
    """Ten answers or more, and each of them, as each that is left open, equals that of another State."""
    if context.twins and len(_answered(value)) >= FEWEST:
        yield context.at("same-as-another-state", found=len(_answered(value)), allowed=", ".join(context.twins))


def consent_lacks_its_giver_or_date(value: Return, context: Context) -> Iterable[Problem]:
    """Consent to more than nothing without who gave it or when."""
    for consent in value.consents:
        if consent.tier != "nothing" and not (consent.given_by and consent.given_on):
            yield context.at("consent-incomplete", found=consent.audience.replace("_", " "))


def consent_ended_before_the_assessment(value: Return, context: Context) -> Iterable[Problem]:
    """Consent that expired before the answers were given."""
    for consent in value.consents:
        if consent.expires_on and value.date_to and consent.expires_on < value.date_to:
            yield context.at("consent-expired", found=consent.audience.replace("_", " "), allowed=consent.expires_on)


def dates_are_far_from_the_round(value: Return, context: Context) -> Iterable[Problem]:
    """The assessment lies wholly more than a year before the round begins, or more than two years after."""
    start = round_date(value.round)
    until, since = value.date_to or value.date_from, value.date_from or value.date_to
    if start and until and since and ((start - until).days > DAYS_OF_A_YEAR or (since - start).days > 2 * DAYS_OF_A_YEAR):
        yield context.at("dates-outside-round", found=f"{since} - {until}", allowed=value.round)


CHECKS: list[Callable[[Return, Context], Iterable[Problem]]] = [
    all_answers_are_equal,
    one_answer_dominates,
    top_answers_have_no_evidence,
    much_is_not_applicable,
    answers_contradict_each_other,
    consent_lacks_its_giver_or_date,
    consent_ended_before_the_assessment,
    dates_are_far_from_the_round,
]


#: What needs the store beside the workbook: asked when a return is laid on the desk.
HISTORY: list[Callable[[Return, Context], Iterable[Problem]]] = [
    answers_are_those_of_the_last_round,
    an_answer_jumped,
    another_state_gave_the_same_answers,
]


def check_problems(value: Return, context: Context) -> tuple[Problem, ...]:
    """What every check notes on a return, in the order of `CHECKS`."""
    return tuple(noted for check in CHECKS for noted in check(value, context))


def history_problems(value: Return, context: Context) -> tuple[Problem, ...]:
    """What the checks of `HISTORY` note, in their order."""
    return tuple(noted for check in HISTORY for noted in check(value, context))
