"""The demonstration's registers: what fictional States ask for, who offers what, what visits recommended, plans and threat. All of it is invented.

Measures are picked among a State's weakest by named draws, so that one row more changes no other. Every text says "(invented)".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sample_world import World, draw, rows

from analysis.instrument import Instrument
from analysis.registers import NEEDS, OFFERS, RECOMMENDATIONS, TARGETS, THREATS, Register
from analysis.states import States
from analysis.workbook.registers import register_book

ROUND, NEXT_ROUND = "2026", "2028"
INVENTED = " (invented)"
NEVER_ASKS = {"QMQ"}  # it lets nobody see anything, and asks for nothing
WEAKEST = 10  # measures of a State that needs are picked from

ASKED = {
    "law": "Comparison of the present rules with those of others, and a draft bill",
    "institution": "A lead office with terms of reference, procedures and yearly reports",
    "training": "A course for instructors, given twice, with a handbook in the national language",
    "advice": "An adviser for the lead body, to review plans and budgets",
    "systems": "A record-keeping system with a training of its users",
    "exercise": "A table-top exercise of all offices concerned, with a written review",
    "awareness": "A campaign for dealers and the public, with an evaluation",
}
STEPS = ("requested",) * 6 + ("funded", "under_way", "under_way", "done")
OFFICES = (
    "Ministry of the Interior",
    "Customs authority",
    "National commission",
    "Ministry of Justice",
    "Civil aviation authority",
)

#: id, provider, what, measures, kinds, places, from, to, ceiling (thousands of US dollars), States at most, who may apply, status.
PROVIDERS = (
    ("O-01", "Hearth Fund", "Legal drafting and comparison of laws", "IED.U2;UAS.U2;SALW.U2;SALW.U3", "law;advice", "", "2026-01-01",
     "2028-12-31", 300, 6, "States with a lead body that has been named in writing", "open"),
    ("O-02", "Lantern Institute", "Courses for instructors of customs and border services", "IED.U6;UAS.U5;SALW.U8", "training;exercise",
     "region:Orchard Coast;region:Timber Uplands", "2026-06-01", "2027-12-31", 150, 4, "Half of those who attend are women", "open"),
    ("O-03", "Ferry Trust", "Record-keeping and tracing of weapons", "SALW.U5;SALW.D2;SALW.D3", "systems;training", "", "2026-01-01",
     "2027-06-30", 600, 3, "The State maintains the system after the second year", "open"),
    ("O-04", "Gauge Foundation", "Safe storage and through-life management", "SALW.U6;SALW.U7", "systems;advice", "region:Slate Basin",
     "2025-07-01", "2026-12-31", 450, 2, "", "committed"),
    ("O-05", "Orchard Coast Secretariat", "Joint workshops of the region", "", "training;exercise;awareness", "region:Orchard Coast",
     "2026-01-01", "2029-12-31", 80, 20, "", "open"),
    ("O-06", "Lantern Institute", "Review of incident reporting", "IED.D1;UAS.D7;SALW.D7", "advice;institution", "", "2026-03-01",
     "2027-03-31", 120, 5, "", "open"),
    ("O-07", "Whetstone Partnership", "Exercises in incident handling", "UAS.D4;IED.D6", "exercise", "region:Whetstone Steppe",
     "2026-01-01", "2026-10-31", 90, 4, "", "open"),
    ("O-08", "Hearth Fund", "Support of survivors' services", "IED.D7;SALW.D6", "institution;advice", "QMN;QMP;QMR", "2026-01-01",
     "2028-06-30", 500, 3, "Written with organizations of survivors", "open"),
    ("O-09", "Tern Cooperation Agency", "Supply-chain diligence with industry", "UAS.U4;IED.U5", "awareness", "QMC;QMG", "2026-01-01",
     "2027-12-31", 60, 2, "", "open"),
    ("O-10", "Ferry Trust", "Rules on unmanned aircraft", "UAS.U2;UAS.D2", "law", "QMR", "2025-01-01", "2026-12-31", 200, 1, "", "committed"),
    ("O-11", "Gauge Foundation", "Course on marking", "SALW.U5", "training", "", "2024-01-01", "2025-12-31", 100, 6, "", "closed"),
)  # fmt: skip

#: id, sub-modules, places, threat, source, date, set by.
HELD = (
    ("T-01", "ied", "", 0.8, "Yearly review of threats, all regions", "2026-02-01", "Office of the donors' group"),
    ("T-02", "uas", "", 0.7, "Yearly review of threats, all regions", "2026-02-01", "Office of the donors' group"),
    ("T-03", "uas", "region:Slate Basin;region:Whetstone Steppe", 1.0, "Regional review, spring", "2026-04-15", "Regional desk"),
    ("T-04", "salw", "region:Timber Uplands", 0.9, "Regional review, spring", "2026-04-15", "Regional desk"),
    ("T-05", "ied", "QMN;QMR", 1.0, "Letter of the two States", "2026-06-30", "Contact points of the two States"),
)


class Registers:
    """The rows of each register, worked out from the fictional world."""

    def __init__(self, instrument: Instrument, states: States, world: World) -> None:
        self.instrument, self.states, self.world = instrument, states, world

    def books(self) -> Iterator[tuple[str, bytes]]:
        """(name of the file, its bytes) of every register, as its own form."""
        made: dict[Register, list[dict]] = {
            NEEDS: list(self._needs()),
            OFFERS: list(self._offers()),
            RECOMMENDATIONS: list(self._recommendations()),
            TARGETS: list(self._targets()),
            THREATS: list(self._threats()),
        }
        for register, bodies in made.items():
            yield f"{register.kind}.xlsx", register_book(register, self.instrument, self.states, bodies)

    def level(self, iso3: str, measure: str) -> float:
        """A State's latent level in a measure in the last round."""
        asked = [q for q in self.world.questions if q.measure == measure]
        return sum(self.world.latent(iso3, ROUND, q) for q in asked) / len(asked)

    def weakest(self, iso3: str, n: int) -> list[str]:
        """A State's measures of the lowest latent level, the lowest first."""
        return sorted(self.instrument.measures["node"], key=lambda measure: self.level(iso3, measure))[:n]

    def _near(self, iso3: str) -> list[tuple[str, list[str]]]:
        """(measure, kinds) of the offers that are open to a State, of its weaker half."""
        weak = set(self.weakest(iso3, len(self.instrument.measures) // 2))
        found = []
        for row in PROVIDERS:
            places = _list(row[5])
            there = not places or iso3 in {
                code for one in places for code in ({one} if ":" not in one else self.states.members(one))
            }
            found += [(m, _list(row[4])) for m in _list(row[3]) if there and m in weak and row[-1] == "open"]
        return found

    def _needs(self) -> Iterator[dict]:
        for iso3 in self.world.states:
            if iso3 in NEVER_ASKS:
                continue
            pick = draw("needs", iso3)
            weak = self.weakest(iso3, WEAKEST)
            for number in range(1, 2 + pick.randrange(4)):
                measures = pick.sample(weak, pick.choice((1, 1, 2)))
                kinds = list(ASKED)
                if number % 2 == 1 and (near := self._near(iso3)):  # the State has heard of an offer
                    measure, kinds = pick.choice(near)
                    measures = [measure]
                kind, step = pick.choice(kinds), pick.choice(STEPS)
                asked = dt.date(2026, 1, 15) + dt.timedelta(days=pick.randrange(240))
                body = {
                    "id": f"N-{iso3}-{number}", "iso3": iso3, "date": asked.isoformat(), "need": ASKED[kind] + INVENTED,
                    "need_type": kind, "measures": sorted(measures), "priority": pick.choice(("high", "medium", "medium", "low")),
                    "cost_band": pick.choice("AABBCCD"), "months": pick.choice((2, 3, 6, 6, 9, 18)),
                    "beneficiary": pick.choice(OFFICES) + INVENTED, "plan_link": "National action plan, part 2" + INVENTED,
                    "gender_marker": pick.choice("0112"), "status": step,
                }  # fmt: skip
                if step in ("funded", "under_way", "done"):
                    body["provider"] = pick.choice(PROVIDERS)[1] + INVENTED
                yield body
        yield {
            "id": "N-QMN-9", "iso3": "QMN", "date": "2026-05-20", "need": ASKED["training"] + INVENTED, "need_type": "training",
            "measures": [self.weakest("QMN", 1)[0]], "priority": "high", "cost_band": "B", "months": 6, "status": "under_way",
            "provider": "Ferry Trust (invented); Tern Cooperation Agency (invented)",
        }  # fmt: skip

    def _offers(self) -> Iterator[dict]:
        for id_, provider, offer, measures, kinds, places, begin, end, ceiling, most, who, status in PROVIDERS:
            body = {
                "id": id_, "provider": provider + INVENTED, "offer": offer + INVENTED, "measures": _list(measures),
                "need_types": _list(kinds), "places": _list(places), "date_from": begin, "date_to": end, "ceiling": float(ceiling),
                "places_most": most, "eligibility": who and who + INVENTED, "status": status,
            }  # fmt: skip
            yield {name: value for name, value in body.items() if value not in ("", [])}

    def _recommendations(self) -> Iterator[dict]:
        for row in rows("plan.csv"):
            if row["reading"] != "visit":
                continue
            iso3, round_ = row["iso3"], row["round"]
            pick = draw("recommendations", iso3, round_)
            for number, measure in enumerate(pick.sample(self.weakest(iso3, 12), 5), start=1):
                steps = (
                    ("not_started", "under_way") if round_ == ROUND else ("not_started", "under_way", "done", "done", "rejected")
                )
                step = pick.choice(steps)
                due = dt.date(int(round_) + 1, 1, 31) + dt.timedelta(days=30 * pick.randrange(-2, 24))
                name = self.instrument.node_name(measure)
                body = {
                    "id": f"R-{iso3}-{round_}-{number}", "iso3": iso3, "round": round_, "date": f"{round_}-10-15",
                    "recommendation": f"{name}: {pick.choice(TOLD)}{INVENTED}",
                    "measure": measure, "priority": pick.choice(("high", "medium", "low")), "due": due.isoformat(), "status": step,
                }  # fmt: skip
                if step == "rejected":
                    body["reason"] = "Another office is charged with this by law" + INVENTED
                if pick.random() < 0.4:
                    body["observations"] = pick.choice(SAID) + INVENTED
                yield body

    def _targets(self) -> Iterator[dict]:
        for iso3 in ("QMA", "QMB", "QMC", "QMG", "QMJ", "QML", "QMN", "QMS", "QMV"):
            part = draw("targets", iso3).choice(self.instrument.submodules)
            measures = self.instrument.measures
            for measure in measures.loc[measures["submodule"] == part, "node"]:
                level = max(1, min(self.instrument.max_level, round(self.level(iso3, measure)) + 1))
                yield {
                    "iso3": iso3, "round": NEXT_ROUND, "measure": measure, "level": level, "set_by": "National action plan" + INVENTED,
                    "date": "2026-03-31", "plan_link": "Table of goals" + INVENTED,
                }  # fmt: skip

    def _threats(self) -> Iterator[dict]:
        for id_, submodules, places, threat, source, date, by in HELD:
            body = {
                "id": id_, "submodules": _list(submodules), "places": _list(places), "threat": threat, "source": source + INVENTED,
                "date": date, "set_by": by + INVENTED,
            }  # fmt: skip
            yield {name: value for name, value in body.items() if value != []}


TOLD = (
    "name an office in charge and give it a plan with dates",
    "set the procedure down in writing and review it once a year",
    "budget for trained staff and report their number",
    "let an independent body look at it every second year",
)
SAID = (
    "The office has been named; its staff follows with the next budget",
    "We ask for the report on this measure to be read again: the law was passed after the visit",
    "Agreed, with a later date",
)


def _list(words: str) -> list[str]:
    return [one for one in words.split(";") if one]
