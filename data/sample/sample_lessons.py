"""The demonstration's register of lessons: what fictional States say they learnt, all of it invented. Called from make_sample.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sample_world import INVENTED, World, draw, rows

from analysis.instrument import Instrument
from analysis.registers import LESSONS
from analysis.registers.kinds import LESSON_SOURCES
from analysis.states import States
from analysis.workbook.registers import register_book

FIRST, LAST = dt.date(2020, 9, 1), dt.date(2026, 9, 30)
LAST_ROUND = "2026"
#: States that keep no register at all, and one that writes everything down and changes nothing.
WITHOUT, NEVER = {"QMB", "QMN", "QMP", "QMR", "QMX"}, {"QMJ"}
REASONS = ("No budget in this plan.", "Covered by another measure.", "The law does not allow it.")


def lessons(world: World) -> Iterator[dict[str, object]]:
    """Rows of the register as it keeps them: the more capacity a State has, the more of them led to a change, and the sooner."""
    phrases = rows("lessons.csv")
    for iso3 in sorted(set(world.states) - WITHOUT):
        pick, capacity = draw("lessons", iso3), world.capacity(iso3, LAST_ROUND)
        number = 9 if iso3 in NEVER else max(1, min(9, round(1.3 * capacity + pick.gauss(0, 1.2))))
        for place, phrase in enumerate(pick.sample(phrases, number), start=1):
            date = FIRST + dt.timedelta(days=pick.randrange((LAST - FIRST).days))
            yield {
                "id": f"{iso3}-{place:02d}",
                "iso3": iso3,
                "date": date.isoformat(),
                "measure": phrase["measure"],
                "source": pick.choice(LESSON_SOURCES[:5]),
                "learnt": phrase["learnt"] + INVENTED,
                "upstream": phrase["upstream"].split(";"),
                **_became(pick, iso3, date, phrase["proposed"] + INVENTED, capacity),
                "owner": world.phrases["office", pick.choice(("lead_body", "regulator", "police", "customs_border"))][0],
            }


def _became(pick, iso3: str, date: dt.date, proposed: str, capacity: float) -> dict[str, object]:
    """What became of a lesson: status, and what belongs to it."""
    luck, wait = pick.random(), round(pick.lognormvariate(6.1 - 0.12 * capacity, 0.5))
    made = date + dt.timedelta(days=wait)
    if luck > 0.25 + 0.13 * capacity:
        return {"status": "recorded"}
    if luck < 0.05:
        return {"status": "rejected", "proposed": proposed, "reason": pick.choice(REASONS)}
    if iso3 in NEVER or pick.random() < 0.15:
        return {"status": "proposed", "proposed": proposed}
    if made > LAST:
        return {"status": "under_way", "proposed": proposed}
    done = {"made": "Done as proposed" + INVENTED, "date_made": made.isoformat()}
    return {"status": "made", "proposed": proposed, **done}


def lessons_book(world: World, instrument: Instrument, states: States) -> bytes:
    """The register as a workbook, as it would be sent."""
    return register_book(LESSONS, instrument, states, lessons(world))
