"""The board, the reminders, the trail and the trace in words."""

import pandas as pd
import pytest

from analysis import texts
from analysis.comparison.board import COLUMNS
from analysis.registers import kinds
from analysis.reports import board
from analysis.reports.tables import csv_bytes
from analysis.states import States
from tests import tiny

STATES = States(pd.DataFrame({"iso3": ["QMA", "QMB"], "name": ["Quince Republic", "=Medlar"]}), pd.DataFrame())
KNOWN = {"tiny": tiny.titled()}


def rows(*units: tuple) -> pd.DataFrame:
    """(iso3, step, waits_for, days) as rows of a board."""
    table = pd.DataFrame(units, columns=["iso3", "step", "waits_for", "days"]).reindex(columns=COLUMNS)
    empty = {"organization": "", "submodules": "part-A", "reason": "", "by": "ana", "instrument": "tiny", "reading": "self"}
    return table.assign(
        **empty, round="2026", return_id=range(1, len(units) + 1), since=pd.Timestamp("2026-11-01 08:05", tz="UTC")
    )


@pytest.mark.parametrize(
    ("units", "sentence"),
    [
        ([("QMA", "validated", "none", 4)], "Nothing waits: what was returned is validated."),
        ([("QMA", "submitted", "review", 0)], "One return waits for validation, since today."),
        ([("QMA", "submitted", "review", 1)], "One return waits for validation, for one day."),
        ([("QMA", "submitted", "review", 0), ("QMB", "submitted", "review", 0)], "2 returns wait for validation, since today."),
        (
            [("QMA", "submitted", "review", 3), ("QMB", "submitted", "review", 12), ("QMA", "sent_back", "state", 40)],
            "2 returns wait for validation, the longest for 12 days. One was sent back and is not answered, for 40 days.",
        ),
        (
            [("QMA", "draft", "submit", 2), ("QMB", "not_returned", "state", None)],
            "One draft waits to be submitted, for 2 days. One State has not returned.",
        ),
    ],
)
def test_the_sentence_says_what_waits_and_how_long(units, sentence):
    assert board.board_sentence(rows(*units)) == sentence


def test_the_board_in_words_keeps_the_codes_that_links_need():
    named = board.board(KNOWN, rows(("QMA", "sent_back", "state", 40)), STATES).iloc[0]
    assert named[["name", "step", "waits_for", "since", "reading"]].tolist() == [
        "Quince Republic", "sent back", "the State", "2026-11-01 08:05", "self-assessment",
    ]  # fmt: skip
    assert named[["iso3", "return_id"]].tolist() == ["QMA", 1]
    assert board.return_label(named) == "Quince Republic, round 2026, self-assessment (no. 1)"
    assert board.return_labels(named.to_frame().T)[0] == board.return_label(named)
    assert board.return_label(named.replace({"": "Navy"})).startswith("Quince Republic (Navy), round")


REMINDERS = [
    "whom",
    "instrument",
    "iso3",
    "organization",
    "round",
    "reading",
    "what",
    "submodules",
    "n",
    "days",
    "reason",
    "return_id",
]


def test_reminders_leave_as_inert_text():
    unit = ("tiny", "QMB", "+Navy", "2026", "self")
    table = pd.DataFrame(
        [
            ("state", *unit, "sent_back", "part-A", None, 40, "=2+2", 7),
            ("state", *unit, "open_questions", "part-A, part-B", 1, 40, "", 7),
            ("state", *unit, "open_questions", "part-A", 12, 40, "", 7),
            ("office", *unit, "review", "part-A", None, 3, "", 8),
        ],
        columns=REMINDERS,
    ).astype({"n": "Int64"})
    named = board.reminders(KNOWN, table, STATES)
    assert named["what"].tolist() == [
        "Sent back; a corrected file is awaited (part-A)",
        "One question is open in part-A, part-B",
        "12 questions are open in part-A",
        "Waits to be validated or sent back (part-A)",
    ]
    assert named["whom"].tolist() == ["State", "State", "State", "this office"]
    lines = csv_bytes(named).decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[:4] == ["State", "QMB", "'=Medlar", "'+Navy"] and ",'=2+2," in lines[1]


def test_the_trail_names_states_parts_and_returns():
    audit = pd.DataFrame(
        [
            (1, "ana", "import", 1, "a.xlsx"),
            (2, "ana", "supersede", 1, "part-A, part-B: 2"),
            (3, "ben", "step:sent_back", 2, "two cells"),
            (4, "ben", "counts-no-more", 2, "part-A"),
            (5, "eva", "export", pd.NA, "gaps.csv; rows=3"),
            (6, "eva", "something-new", pd.NA, ""),
        ],
        columns=["audit_id", "actor", "action", "return_id", "detail"],
    ).assign(happened_at=pd.Timestamp("2026-11-01 08:05", tz="UTC"))
    returns = pd.DataFrame({"return_id": [1, 2], "iso3": ["QMA", "QMA"], "instrument": ["tiny", "gone"]})
    found = board.trail(KNOWN, audit.astype({"return_id": "Int64"}), returns, STATES)
    assert found[["actor", "action", "name", "detail"]].to_numpy().tolist() == [
        ["eva", "something-new", "", ""],
        ["eva", "table taken out", "", "gaps.csv; rows=3"],
        ["ben", "no longer counts", "Quince Republic", "part-A"],
        ["ben", "made: sent back", "Quince Republic", "two cells"],
        ["ana", "replaced", "Quince Republic", "part-A, part-B: return no. 2 counts instead"],
        ["ana", "brought in", "Quince Republic", "a.xlsx"],
    ]


def test_the_steps_of_a_return_are_told_newest_first():
    moment = pd.Timestamp("2026-11-01 08:05", tz="UTC")
    table = pd.DataFrame({"step": ["submitted", "sent_back"], "changed_at": moment, "changed_by": "ana", "reason": ["", "old"]})
    assert board.steps(table)[["step", "changed_at", "reason"]].to_numpy().tolist() == [
        ["sent back", "2026-11-01 08:05", "old"],
        ["submitted", "2026-11-01 08:05", ""],
    ]


def test_what_a_return_is_worth_is_said_part_by_part():
    parts = pd.DataFrame(
        {
            "submodule": ["a", "b", "c"],
            "standing": ["counts", "superseded", "counts"],
            "superseded_by": pd.array([None, 9, None], "Int64"),
        }
    )
    assert board.standing_sentence(None, parts) == "Counts now: a, c. Replaced by return no. 9: b."


@pytest.mark.parametrize("kind", [*kinds.REGISTERS, "package", "outcome-series", "weight-set", "group", "visit", "scenario"])
def test_every_kind_of_record_has_a_word_in_the_trail(kind):
    assert texts.known(f"audit.save-{kind}")
