"""Makes the demonstration: fictional States' returns as real workbooks. `python data/sample/make_sample.py` (or `make sample`).

Seeded and repeatable: the same instrument and the same tables beside this file give the same bytes. README.md tells what
is in them and which table says what.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import sys
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import sample_troubles as troubles  # noqa: E402
from sample_feedback import feedback_book  # noqa: E402
from sample_lessons import lessons_book  # noqa: E402
from sample_registers import Registers  # noqa: E402
from sample_world import World, draw, rows  # noqa: E402

from analysis.instrument import SHIPPED, Instrument, load_instrument  # noqa: E402
from analysis.model import AUDIENCES, Answer, Consent, Contributor, Return, Status, round_date  # noqa: E402
from analysis.states import States, load_states  # noqa: E402
from analysis.workbook.template import template  # noqa: E402
from analysis.workbook.values import status_word  # noqa: E402

#: The date every file of the sample carries inside.
MADE = (2026, 1, 1, 0, 0, 0)
#: Earlier rounds, visits and organizations used a short form: the same questions without ladders. It keeps
#: the sample small, and its answers stand in other columns than those of the long form.
LADDERS = re.compile(r"measure\..+\.level\.\d+|question\..+\.level\.\d+")
LAST_ROUND = "2026"
#: Round -> the edition of the questionnaire that it was answered in.
EDITIONS = {row["round"]: row["instrument"] for row in rows("rounds.csv")}
OFFICES = ("lead_body", "police", "customs_border", "regulator", "justice", "defence", "health_social", "local_authority")
FURTHER = ("intelligence", "parliament", "industry", "civil_society", "academia")


def short_form(instrument: Instrument) -> Instrument:
    """The instrument without its ladders and level descriptions."""
    words = {lang: {k: v for k, v in table.items() if not LADDERS.fullmatch(k)} for lang, table in instrument.words.items()}
    return replace(instrument, words=words)


class Sample:
    """Everything needed to make any one file of the sample."""

    def __init__(self) -> None:
        self.instruments = {name: load_instrument(SHIPPED / name) for name in sorted({*EDITIONS.values()})}
        self.states: States = load_states(sample=True)
        self.worlds = {name: World(instrument) for name, instrument in self.instruments.items()}
        self.instrument, self.world = self.instruments[EDITIONS[LAST_ROUND]], self.worlds[EDITIONS[LAST_ROUND]]
        self.sectors = {row["organization"]: row["sector"] for row in rows("organizations.csv")}

    def planned(self, row: dict[str, str]) -> Return:
        """The return of one row of plan.csv, with the troubles of its answers."""
        iso3, organization, round_, reading = row["iso3"], row["organization"], row["round"], row["reading"]
        submodules = tuple(row["submodules"].split(";"))
        start, end = self._dates(row)
        instrument = EDITIONS[round_]
        answers = self._world(row).answers(iso3, round_, reading, submodules, organization)
        if row["file"].endswith("_second.xlsx"):
            answers = [self._corrected(iso3, answer) for answer in answers]
        value = Return(
            instrument,
            iso3,
            organization,
            round_,
            reading,
            submodules,
            tuple(answers),
            start,
            end,
            contributors=self._contributors(row, submodules),
            consents=self._consents(row, end),
        )
        for name in filter(None, row["trouble"].split(";")):
            if name in troubles.ON_ANSWERS:
                value = troubles.ON_ANSWERS[name](value, draw("trouble", row["file"], name))
        return value

    def workbook(self, row: dict[str, str], well_documented: bool = False) -> bytes:
        """The file of one row of plan.csv."""
        value = self.planned(row)
        instrument = self.instruments[value.instrument]
        if well_documented:
            value = documented(value, instrument.max_level)
        long = value.round == LAST_ROUND and value.reading == "self" and not value.organization
        form = instrument if long else short_form(instrument)
        content = template(form, self.states, submodules=value.submodules, answers=value)
        names = [name for name in row["trouble"].split(";") if name in troubles.ON_WORKBOOK]
        if names:
            content = troubles.troubled(content, names, draw("trouble", row["file"]))
        return settled(content)

    def _dates(self, row: dict[str, str]) -> tuple[dt.date, dt.date]:
        """Self-assessments between February and July (of a second half-year: from July on), visits in September, second versions in between."""
        pick = draw("dates", row["file"])
        begun = round_date(row["round"])
        if begun.month > 1:
            start = begun + dt.timedelta(days=20 + pick.randrange(60))
            return start, start + dt.timedelta(days=20 + pick.randrange(40))
        first = 245 if row["reading"] == "visit" else 205 if row["file"].endswith("_second.xlsx") else 32 + pick.randrange(110)
        start = begun + dt.timedelta(days=first + pick.randrange(12))
        return start, start + dt.timedelta(days=5 if row["reading"] == "visit" else 20 + pick.randrange(40))

    def _corrected(self, iso3: str, answer: Answer) -> Answer:
        """A second version closes what the first left open."""
        if answer.code not in (Status.DONT_KNOW, Status.BLANK):
            return answer
        return Answer(answer.question, draw("second", iso3, answer.question).choice((1, 2, 2, 3)), comment="Added since.")

    def _contributors(self, row: dict[str, str], submodules: tuple[str, ...]) -> tuple[Contributor, ...]:
        """The offices that answered: few where little is in place, more where much is."""
        if row["organization"]:
            return (Contributor(row["organization"], self.sectors[row["organization"]]),)
        if row["reading"] == "visit":
            return (Contributor("Visiting team", "other"), Contributor(self._office("lead_body"), "lead_body"))
        pick = draw("contributors", row["iso3"], row["round"])
        number = max(1, min(7, round(self._world(row).capacity(row["iso3"], row["round"]) * 1.5 + pick.gauss(0, 0.8))))
        chosen = [s for s in OFFICES if s == "lead_body" or pick.random() < 0.75][:number]
        chosen += [s for s in FURTHER if pick.random() < 0.05 * number]
        parts = ("", *submodules) if len(submodules) > 1 else ("",)
        return tuple(Contributor(self._office(s), s, "" if s == "lead_body" else pick.choice(parts)) for s in chosen)

    def _world(self, row: dict[str, str]) -> World:
        return self.worlds[EDITIONS[row["round"]]]

    def _office(self, sector: str) -> str:
        return self.world.phrases["office", sector][0]

    def _consents(self, row: dict[str, str], given: dt.date) -> tuple[Consent, ...]:
        """What the State lets each audience see, for three years."""
        state = self.world.states[row["iso3"]]
        giver, until = "Contact point of the State", dt.date(given.year + 3, 12, 31)
        return tuple(Consent(a, state[a], giver, given, until) for a in AUDIENCES if state[a] != "nothing")


def settled(content: bytes) -> bytes:
    """A workbook's bytes with fixed dates, inside and in the archive, packed as small as can be."""
    stamp = b"%04d-%02d-%02dT%02d:%02d:%02dZ" % MADE
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, MADE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, data, compresslevel=9)
    return out.getvalue()


def planned_row(file: str, iso3: str, submodules: str = "ied;uas;salw", trouble: str = "") -> dict[str, str]:
    """A row as plan.csv has them, for a self-assessment of the last round."""
    values = (file, iso3, "", LAST_ROUND, "self", submodules, trouble)
    return dict(zip(("file", "iso3", "organization", "round", "reading", "submodules", "trouble"), values, strict=True))


def documented(value: Return, best: int) -> Return:
    """The same return with a line of evidence for every top answer."""
    told = "Review of the action plan, table of changes (invented)"
    answers = (replace(a, evidence=told) if a.code == best and not a.evidence else a for a in value.answers)
    return replace(value, answers=tuple(answers))


def clean_return(sample: Sample) -> bytes:
    """A State that has no return of the last round yet; nothing is wrong with it."""
    return sample.workbook(planned_row("new-return.xlsx", "QMH"), well_documented=True)


def troubled_return(sample: Sample) -> bytes:
    """A State sends its return again, and nearly everything that can go wrong has gone wrong; it can still be stored."""
    on_answers = "words_instead_of_answers;na_without_reason;consent_without_giver"
    on_workbook = "row_inserted;question_row_deleted;answer_became_a_date;grade_in_words;sheets_moved_and_renamed;sheet_of_notes"
    row = planned_row("many-problems.xlsx", "QMM", trouble=f"{on_answers};{on_workbook}")
    return sample.workbook(row, well_documented=True)


def flat_table(sample: Sample) -> bytes:
    """Two States in one table: one whole sub-module each, with one answer that can't be read."""
    out = StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n")
    columns = ["iso3", "organization", "round", "reading", "question", "answer", "comment", "evidence_grade", "evidence"]
    write.writerow([*columns, "na_reason", "date_from", "date_to"])
    words = {Status.NA_JUSTIFIED: "na", Status.DONT_KNOW: "dont_know", Status.WITHHELD: "withheld"}
    for iso3, submodule in (("QMI", "salw"), ("QMQ", "ied")):
        value = sample.planned(planned_row(f"{iso3}.csv", iso3, submodule))
        for number, a in enumerate(value.answers):
            answer = str(a.code) if a.code >= 0 else status_word(words[a.code]) if a.code in words else ""
            answer = "about 2" if iso3 == "QMQ" and number == 4 else answer
            grade = "" if a.evidence_grade is None else a.evidence_grade
            row = [iso3, "", value.round, value.reading, a.question, answer, a.comment, grade, a.evidence]
            write.writerow([*row, a.na_reason, value.date_from, value.date_to])
    return out.getvalue().encode("utf-8-sig")


TO_TRY = {"new-return.xlsx": clean_return, "many-problems.xlsx": troubled_return, "two-states.csv": flat_table}


def lessons_register(sample: Sample) -> bytes:
    """What the fictional States say they learnt."""
    return settled(lessons_book(sample.world, sample.instrument, sample.states))


def borders_table() -> bytes:
    """Land borders between the fictional States, each once, from states.csv."""
    out = StringIO(newline="")
    write = csv.writer(out, lineterminator="\n")
    write.writerow(["iso3_a", "iso3_b", "source"])
    pairs = {tuple(sorted((row["iso3"], other))) for row in rows("states.csv") for other in row["neighbours"].split(";") if other}
    write.writerows((*pair, "invented, with the States") for pair in sorted(pairs))
    return out.getvalue().encode("utf-8")


def write_registers(sample: Sample) -> list[Path]:
    """Write the forms of the registers, filled in; their paths."""
    folder = HERE / "registers"
    folder.mkdir(exist_ok=True)
    made = []
    for name, content in Registers(sample.instrument, sample.states, sample.world).books():
        made.append(folder / name)
        made[-1].write_bytes(settled(content))
    return made


def feedback_register(sample: Sample) -> bytes:
    """What the fictional States say about the questions."""
    return settled(feedback_book(sample.world, sample.instrument, sample.states))


def main() -> None:
    """Write every file of the sample; files that the plan does not know are removed."""
    sample, plan = Sample(), rows("plan.csv")
    wanted = {HERE / "returns" / row["file"]: row for row in plan}
    for folder in ("returns", "to-try"):
        (HERE / folder).mkdir(exist_ok=True)
    for path in sorted((HERE / "returns").glob("*.xlsx")):
        if path not in wanted:
            path.unlink()
    for number, (path, row) in enumerate(wanted.items(), start=1):
        path.write_bytes(sample.workbook(row))
        if sys.stderr.isatty():
            print(f"\r{number} of {len(wanted)}", end="", file=sys.stderr)
    for name, make in TO_TRY.items():
        (HERE / "to-try" / name).write_bytes(make(sample))
    (HERE / "registers").mkdir(exist_ok=True)
    (HERE / "registers" / "lesson.xlsx").write_bytes(lessons_register(sample))
    (HERE / "registers" / "feedback.xlsx").write_bytes(feedback_register(sample))
    (HERE / "adjacency.csv").write_bytes(borders_table())
    made = [*wanted, *(HERE / "to-try" / name for name in TO_TRY), *write_registers(sample)]
    print(f"{len(made)} files, {sum(path.stat().st_size for path in made) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
