"""What the fictional States would answer: a latent level per question, and what becomes of it on paper.

Every random draw has a name (`draw("measure", "QMA", "IED.U1")`), so that a State, a round or a question more does not
change what all the others answer. Nothing here is an estimate of anything: the numbers are invented.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from analysis.instrument import Instrument
from analysis.model import Answer, Status, round_date

HERE = Path(__file__).resolve().parent
SEED = "2370-sample-1"

#: What all States share, in levels of the scale: law comes before practice, and answers to unmanned aircraft come last.
BY_TYPE = {"upstream": 0.3, "downstream": -0.3}
BY_ASPECT = {"legislative": 0.4, "strategic": 0.0, "operational": -0.25}
BY_SUBMODULE = {"ied": 0.0, "uas": -0.1, "salw": 0.25}
BY_BLOCK = {("uas", "downstream"): -0.6}
BY_TAG = {"gender_age": -0.35, "human_rights_rule_of_law": -0.1, "procurement_networks": -0.3, "stockpile": 0.15}

#: Spread of what is drawn, in levels.
MEASURE, QUESTION, OWN_QUESTION, PER_ROUND, SLIP = 0.55, 0.2, 0.3, 0.15, 0.15
SETBACK = 0.5
FIRST_YEAR = 2020
VISIT_SPREAD = 0.55

#: Operational questions of these measures are those a State may keep to itself.
SENSITIVE = {
    "IED.U7", "IED.D2", "IED.D3", "IED.D4", "UAS.U6", "UAS.D1", "UAS.D2", "UAS.D3", "UAS.D5",
    "SALW.U6", "SALW.U7", "SALW.D3", "SALW.D5",
}  # fmt: skip
#: Questions about these are answered with "don't know" more often.
HARD_TO_KNOW = {"procurement_networks", "data_collection", "gender_age"}
OUTSIDE_MANDATE = "Outside the mandate of this service."
INVENTED = " (invented)"


def rows(name: str) -> list[dict[str, str]]:
    """A table beside this file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def draw(*names: str) -> random.Random:
    """Random numbers that depend on their name only. Text seeds give the same numbers on every machine."""
    return random.Random("/".join((SEED, *names)))


def passed(round_: str) -> float:
    """Rounds of two years since 2020."""
    begun = round_date(round_)
    return (begun.year + (begun.month - 1) / 12 - FIRST_YEAR) / 2


class World:
    """The fictional States over the rounds. Built once; every method is a pure function of its arguments."""

    def __init__(self, instrument: Instrument):
        self.instrument = instrument
        self.questions = list(instrument.questions.itertuples())
        self.states = {row["iso3"]: row for row in rows("world.csv")}
        self.rounds = sorted({row["round"] for row in rows("plan.csv")})
        self.mandates = {r["organization"]: (set(r["measures"].split(";")), float(r["shift"])) for r in rows("organizations.csv")}
        self.top = instrument.max_level

    @cached_property
    def not_applicable(self) -> Mapping[tuple[str, str], str]:
        """(situation, question) -> why the question does not apply."""
        return {(row["situation"], q): row["reason"] for row in rows("situations.csv") for q in row["questions"].split(";")}

    @cached_property
    def phrases(self) -> Mapping[tuple[str, str], list[str]]:
        """(kind, for) -> the texts to choose among."""
        found: dict[tuple[str, str], list[str]] = {}
        for row in rows("phrases.csv"):
            found.setdefault((row["kind"], row["for"]), []).append(row["text"])
        return found

    def capacity(self, iso3: str, round_: str) -> float:
        """A State's general level in a round: slow progress, and a setback where it has one."""
        state = self.states[iso3]
        fallen = SETBACK if state["setback"] and round_ >= state["setback"] else 0.0
        return float(state["capacity"]) + passed(round_) * float(state["progress"]) - fallen

    def latent(self, iso3: str, round_: str, question) -> float:
        """How far a State really is with a question, on the scale of levels and beyond its ends."""
        state, measure, kind = self.states[iso3], question.measure, question.measure_type
        tilt = float(state["tilt"]) * (0.5 if kind == "upstream" else -0.5)
        shared = BY_TYPE[kind] + BY_ASPECT[question.aspect] + BY_SUBMODULE[question.submodule]
        shared += BY_BLOCK.get((question.submodule, kind), 0.0) + sum(BY_TAG.get(tag, 0.0) for tag in question.tags)
        own = tilt + float(state[question.submodule]) + draw("measure", iso3, measure).gauss(0, MEASURE)
        own += draw("question", question.question).gauss(0, QUESTION)
        own += draw("own", iso3, question.question).gauss(0, OWN_QUESTION)
        passed = self.rounds[: self.rounds.index(round_) + 1]
        moved = sum(draw("moved", iso3, measure, r).gauss(0, PER_ROUND) for r in passed)
        return self.capacity(iso3, round_) + shared + own + moved

    def level(self, iso3: str, round_: str, reading: str, organization: str, question) -> int:
        """The level that is answered: what a State says of itself reads higher than what a visit finds."""
        value = self.latent(iso3, round_, question)
        if reading == "self":
            value += draw("said", iso3, round_, organization, question.question).gauss(0, SLIP)
            value += self.mandates[organization][1] if organization else 0.0
        else:
            candour = float(self.states[iso3]["candour"])
            value += draw("seen", iso3, round_, question.question).gauss(-candour, VISIT_SPREAD)
        return max(0, min(self.top, round(value)))

    def status(self, iso3: str, round_: str, reading: str, organization: str, question) -> tuple[int, str]:
        """(status, reason for N/A); (ANSWERED, "") for most. Visits leave fewer questions open."""
        state, key = self.states[iso3], question.question
        if organization and question.measure not in self.mandates[organization][0]:
            return int(Status.NA_JUSTIFIED), OUTSIDE_MANDATE
        for situation in filter(None, state["situations"].split(";")):
            if reason := self.not_applicable.get((situation, key)):
                return int(Status.NA_JUSTIFIED), reason
        kept = float(state["withheld"]) * (question.measure in SENSITIVE) * (1 if question.aspect == "operational" else 0.3)
        if draw("withheld", iso3, key).random() < kept:
            return int(Status.WITHHELD), ""
        open_ = float(state["open"]) * (0.4 if reading == "visit" else 1)
        if draw("skipped", iso3, round_, reading, organization, question.measure).random() < 0.35 * open_:
            return int(Status.BLANK), ""
        chance = draw("open", iso3, round_, reading, organization, key).random()
        unknown = open_ * (0.9 if HARD_TO_KNOW & set(question.tags) else 0.45)
        if chance < unknown:
            return int(Status.DONT_KNOW), ""
        return (int(Status.BLANK) if chance < unknown + 0.3 * open_ else int(Status.ANSWERED)), ""

    def answers(self, iso3: str, round_: str, reading: str, submodules: tuple[str, ...], organization: str = "") -> list[Answer]:
        """Every answer of a return, in the instrument's order."""
        asked = [q for q in self.questions if q.submodule in submodules]
        return [self._answer(iso3, round_, reading, organization, q) for q in asked]

    def _answer(self, iso3: str, round_: str, reading: str, organization: str, question) -> Answer:
        status, reason = self.status(iso3, round_, reading, organization, question)
        if status != Status.ANSWERED:
            return Answer(question.question, status, na_reason=reason)
        level = self.level(iso3, round_, reading, organization, question)
        options = self.instrument.options[question.answer_set]
        code = int(options.loc[options["level"] == level, "number"].iloc[0])
        paper = draw("paper", iso3, round_, reading, organization, question.question)
        grade = self._grade(iso3, reading, level, paper)
        return Answer(
            question.question,
            code,
            evidence_grade=grade,
            evidence=self._evidence(iso3, question, grade or 0, paper),
            comment=self._comment(reading, level, paper),
        )

    def _grade(self, iso3: str, reading: str, level: int, paper: random.Random) -> int | None:
        """Better answers are better documented; a visit has seen most of what it says."""
        documented = float(self.states[iso3]["documented"])
        drawn = 0.5 * level + 2.2 * (documented - 0.5) + paper.gauss(0, 0.7)
        if reading == "visit":
            return max(1, min(4, round(drawn + 1)))
        return max(0, min(4, round(drawn))) if paper.random() < 0.35 + 0.65 * documented else None

    def _evidence(self, iso3: str, question, grade: int, paper: random.Random) -> str:
        """A line of evidence where a document is cited, sometimes where it is not; the same document in every round."""
        often = {0: 0.03, 1: 0.15}.get(grade, 0.75)
        if paper.random() >= often:
            return ""
        subject = self.phrases["subject", question.submodule][0]
        known = draw("document", iso3, question.question).choice(self.phrases["evidence", question.aspect])
        return known.format(subject=subject) + INVENTED

    def _comment(self, reading: str, level: int, paper: random.Random) -> str:
        if paper.random() >= (0.25 if reading == "visit" else 0.08):
            return ""
        if reading == "visit":
            return paper.choice(self.phrases["visit", "visit"])
        return paper.choice(self.phrases["low" if level < 2 else "middle" if level < 4 else "high", "self"])
