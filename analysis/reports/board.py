"""The status board, the reminders, the trail, and the way back from a number to its cells, in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.comparison.board import waiting
from analysis.instrument import Instrument
from analysis.model import status_of
from analysis.reports.arrivals import part_names
from analysis.reports.labelled import answer_words, bounded, of
from analysis.states import States
from analysis.texts import counted, text, word

BOARD = ["name", "step", "waits_for", "days", "completeness", "repairs", "submodules", "organization", "reading", "since", "by"]
REMINDERS = ["whom", "name", "organization", "round", "reading", "what", "days", "reason"]
STEPS = ["step", "changed_at", "changed_by", "reason"]
TRAIL = ["happened_at", "actor", "action", "name", "detail", "return_id"]
NUMBER = ["question", "question_text", "answer", "points", "within", "sheet", "cell", "found", "evidence", "file"]
FILES = ["file", "answers", "imported_by", "received_at", "return_id", "sha256"]
FEEDS = ["label", "score", "note", "answers", "feeds"]
#: In the order in which a reader asks what waits.
_ASKED = ("review", "sent_back", "submit", "withdrawn", "not_returned")


def since_words(days: int, language: str = "en") -> str:
    """`since today`, `for 12 days`."""
    return counted("since.days", days, language) if days else text("since.today", language)


def board_sentence(board: pd.DataFrame, language: str = "en") -> str:
    """What waits for whom and how long, in a few sentences. board: as `comparison.board.status_board` gives it."""
    found = waiting(board)
    told = [_waiting(kind, *found[kind], language) for kind in _ASKED if kind in found]
    return " ".join(told) or text("sentence.board.none", language)


def _waiting(kind: str, n: int, days: int, language: str) -> str:
    since = since_words(days, language)
    if n > 1 and days:
        since = text("since.longest", language, since=since)
    return counted(f"sentence.board.{kind}", n, language, since=since)


def board(instruments: Mapping[str, Instrument], table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.board.status_board` in words; codes that links need stay beside them."""
    return table.assign(
        name=[states.name(code, language) for code in table["iso3"]],
        step=[word("step", s, language) for s in table["step"]],
        waits_for=[word("waits", w, language) for w in table["waits_for"]],
        submodules=_parts(instruments, table, language),
        reading=[word("reading", r, language) for r in table["reading"]],
        since=_moments(table["since"]),
    )


def return_labels(table: pd.DataFrame, language: str = "en") -> list[str]:
    """`return_label` of each row of `board`."""
    columns = ["name", "organization", "round", "reading", "return_id"]
    return [return_label(row, language) for row in table[columns].to_dict("records")]


def return_label(row: Mapping[str, object], language: str = "en") -> str:
    """One return among others: `Hornbeam Republic (Coast guard), round 2026, self-assessment (no. 7)`. row: of `board`."""
    name = f"{row['name']} ({row['organization']})" if row["organization"] else row["name"]
    return text("returns.one", language, name=name, round=row["round"], reading=row["reading"], id=str(int(row["return_id"])))


def reminders(instruments: Mapping[str, Instrument], table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.board.reminders` in words, ready to be sent."""
    said = []
    for row in table.itertuples():
        n = {} if pd.isna(row.n) else {"n": int(row.n)}
        said.append(_reminder(row.what, part_names(instruments.get(row.instrument), row.submodules, language), n, language))
    found = table.assign(
        whom=[word("whom", w, language) for w in table["whom"]],
        name=[states.name(code, language) for code in table["iso3"]],
        reading=[word("reading", r, language) for r in table["reading"]],
        what=said,
    )
    return found[["whom", "iso3", *REMINDERS[1:], "return_id"]]


def _reminder(what: str, parts: str, n: Mapping[str, int], language: str) -> str:
    if what in ("open_questions", "repairs"):
        return counted(f"reminder.{what}", n["n"], language, parts=parts)
    return text(f"reminder.{what}", language, parts=parts)


def steps(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `Store.steps` in words, the newest first."""
    found = table.assign(step=[word("step", s, language) for s in table["step"]], changed_at=_moments(table["changed_at"]))
    return found.iloc[::-1].reset_index(drop=True)


def trail(
    instruments: Mapping[str, Instrument], table: pd.DataFrame, returns: pd.DataFrame, states: States, language: str = "en"
) -> pd.DataFrame:
    """Rows of `Store.audit` in words, the newest first. returns: as `Store.returns` or `Store.board` gives it."""
    head = returns.set_index("return_id")[["iso3", "instrument"]]
    found = table.merge(head, left_on="return_id", right_index=True, how="left").iloc[::-1].reset_index(drop=True)
    rows = list(zip(found["action"], found["detail"], found["instrument"], strict=True))
    return found.assign(
        name=["" if pd.isna(code) else states.name(code, language) for code in found["iso3"]],
        detail=[_detail(instruments.get(i) if isinstance(i, str) else None, a, d, language) for a, d, i in rows],
        action=[_action(a, language) for a in found["action"]],
        happened_at=_moments(found["happened_at"]),
    )[TRAIL]


def _action(action: str, language: str) -> str:
    kind, _, step = action.partition(":")
    return text("audit.step", language, step=word("step", step, language)) if kind == "step" else word("audit", action, language)


def _detail(instrument: Instrument | None, action: str, detail: str, language: str) -> str:
    """Sub-modules by name, and the return that counts instead by its number."""
    if action in ("supersede", "waits"):
        parts, _, number = detail.rpartition(": ")
        return text(f"audit.{action}.detail", language, parts=part_names(instrument, parts, language), number=number)
    return part_names(instrument, detail, language) if action.startswith("counts") else detail


def number(instrument: Instrument, answers: pd.DataFrame, cells: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """A number's answers with the cells they came from. answers: rows of `profile.answers_below`; cells: as `Store.cells` gives it."""
    places = cells.drop(columns=["submodule", "code", "option"])
    found = answers.merge(places, on="question", how="left", validate="one_to_one")
    texts = ["file", "sheet", "cell", "found", "evidence", "comment", "na_reason", "sha256", "imported_by"]
    found[texts] = found[texts].fillna("")
    found["question_text"] = [instrument.question_text(q, language) for q in found["question"]]
    found["answer"] = [answer_words(instrument, q, c, language) for q, c in found[["question", "code"]].itertuples(index=False)]
    found["status"] = [word("status", status_of(c), language) for c in found["code"]]
    found["evidence"] = [
        "; ".join(x for x in ("" if pd.isna(g) else word("evidence_grade", str(int(g)), language), said) if x)
        for g, said in found[["evidence_grade", "evidence"]].itertuples(index=False)
    ]
    return found.assign(received_at=_moments(found["received_at"])).drop(columns=["evidence_grade"])


def files(cells: pd.DataFrame) -> pd.DataFrame:
    """The files that some cells stand in: file, answers (how many), imported_by, received_at, return_id, sha256."""
    keys = ["return_id", "file", "sha256", "imported_by", "received_at"]
    found = cells.groupby(keys, sort=True).size().rename("answers").reset_index()
    return found.assign(received_at=_moments(found["received_at"]))[FILES]


def feeds(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.board.feeds` in words: what each number is now, and how much of it is this return's."""
    found = bounded(instrument, table, language=language)
    return found.assign(
        answers=[of(a, n, language) for a, n in zip(table["answered"], table["applicable"], strict=True)],
        feeds=[
            text("feeds.whole", language) if row.whole else text("feeds.part", language, own=row.own, of=row.of)
            for row in table.itertuples()
        ],
    )


def standing_sentence(instrument: Instrument | None, parts: pd.DataFrame, language: str = "en") -> str:
    """What each sub-module of a return is worth now. parts: its rows of `Store.parts`."""
    told: dict[tuple[str, str], list[str]] = {}
    for row in parts.itertuples():
        instead = "" if pd.isna(row.superseded_by) else str(int(row.superseded_by))
        told.setdefault((row.standing, instead), []).append(part_names(instrument, row.submodule, language))
    return " ".join(
        text(f"feeds.standing.{standing}", language, parts=", ".join(names), number=instead)
        for (standing, instead), names in told.items()
    )


def _parts(instruments: Mapping[str, Instrument], table: pd.DataFrame, language: str) -> list[str]:
    rows = zip(table["instrument"], table["submodules"], strict=True)
    return [part_names(instruments.get(name), codes, language) for name, codes in rows]


def _moments(moments: pd.Series) -> list[str]:
    """Moments in UTC, to the minute; nothing for none."""
    return [f"{moment:%Y-%m-%d %H:%M}" if pd.notna(moment) else "" for moment in moments]
