"""The demonstration's register of feedback: what fictional States say about questions, all of it invented. Called from make_sample.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sample_world import INVENTED, World, draw

from analysis.instrument import Instrument
from analysis.registers import FEEDBACK
from analysis.registers.kinds import FEEDBACK_STEPS
from analysis.states import States
from analysis.workbook.registers import register_book

FIRST, DAYS = dt.date(2026, 3, 1), 150
#: Kind -> what is said, and how the State would put it ("" for no proposal).
SAID = {
    "unclear": (
        ("The question asks two things at once; we have one of them.", "Ask about the rule and about its use apart."),
        ("It is not clear which authority is meant.", ""),
        ("The two highest levels read alike to us.", "Say what an independent review adds."),
    ),
    "not_applicable_here": (("This does not arise under our law, and N/A needed a long reason.", ""),),
    "overlaps_another": (
        ("We gave the same answer and the same document as for the question before.", "Merge the two questions."),
    ),
    "missing_option": (("A draft law is before parliament; no level says so.", "Add: adopted, not yet in force."),),
    "translation": (("The national translation uses one word for two different things here.", ""),),
    "other": (("It took three offices to answer this; a note on who should would help.", ""),),
}
#: How often a kind comes up, and the questions that several States stumble over (places in the questionnaire, as shares of its length).
OFTEN = {"unclear": 5, "not_applicable_here": 2, "overlaps_another": 2, "missing_option": 2, "translation": 1, "other": 1}
STUMBLED_OVER = (0.04, 0.31, 0.55, 0.83)


def feedback(world: World, instrument: Instrument) -> Iterator[dict[str, object]]:
    """Rows of the register as it keeps them: one to four comments of two States in three, half of them on the same few questions."""
    questions = instrument.questions["question"].tolist()
    known = [questions[int(share * len(questions))] for share in STUMBLED_OVER]
    for iso3 in sorted(world.states):
        pick = draw("feedback", iso3)
        if pick.random() < 1 / 3:
            continue
        for place in range(1, pick.randrange(1, 5) + 1):
            kind = pick.choices(list(OFTEN), list(OFTEN.values()))[0]
            comment, wording = pick.choice(SAID[kind])
            row = {
                "id": f"{iso3}-{place}",
                "iso3": iso3,
                "question": pick.choice(known) if pick.random() < 0.5 else pick.choice(questions),
                "date": (FIRST + dt.timedelta(days=pick.randrange(DAYS))).isoformat(),
                "feedback_kind": kind,
                "comment": comment + INVENTED,
                "proposed_wording": wording + INVENTED if wording else "",
                "status": pick.choices(FEEDBACK_STEPS, (6, 2, 1, 1))[0],
            }
            yield {name: value for name, value in row.items() if value}


def feedback_book(world: World, instrument: Instrument, states: States) -> bytes:
    """The register as .xlsx bytes."""
    return register_book(FEEDBACK, instrument, states, feedback(world, instrument))
