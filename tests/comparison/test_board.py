"""Who waits for whom, since when, and whom to remind of what: small tables of returns, worked out by hand."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import board
from analysis.model import NOT_RETURNED, PANEL_KEYS, Panel
from analysis.scores.tree import node_scores
from tests import tiny
from tests.store.worlds import coast
from tests.tiny import FULL

TODAY = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=13)))  # in UTC still the 22nd, 12:00
ASKED = {"tiny": ("A", "B")}


def one(number, iso3, step, days, submodules="A, B", standing="counts", **more) -> dict:
    """A row of `Store.board`."""
    unit = {"instrument": "tiny", "iso3": iso3, "organization": "", "round": "2026", "reading": "self"}
    moved = TODAY.astimezone(dt.UTC) - dt.timedelta(days=days)
    counts = {"asked": 9, "applicable": 8, "answered": 6, "problems": 0, "repairs": 0}
    by = {"changed_at": pd.Timestamp(moved), "changed_by": "ana", "reason": "", "file": f"{iso3}.xlsx"}
    row = {"return_id": number, **unit, "submodules": submodules, "step": step, "standing": standing, **counts, **by}
    return row | more


def returns(*rows: dict) -> pd.DataFrame:
    table = pd.DataFrame(rows or [one(0, "X", "draft", 0)])
    return table if rows else table.head(0)


def of(*rows: dict, members=("QMA", "QMB", "QMC", "QMD"), **more) -> pd.DataFrame:
    how = {"round_": "2026", "members": members, "instrument": "tiny", "today": TODAY}
    return board.status_board(returns(*rows), **how, **more)


def told(table: pd.DataFrame) -> list[tuple]:
    days = [None if pd.isna(d) else int(d) for d in table["days"]]
    return list(zip(table["iso3"], table["step"], table["waits_for"], days, strict=True))


def test_what_waits_longest_stands_first_then_who_has_not_returned_then_who_waits_for_nothing():
    table = of(
        one(1, "QMA", "submitted", 3), one(2, "QMB", "sent_back", 40, standing="sent_back"), one(3, "QMD", "validated", 90)
    )
    assert told(table) == [
        ("QMB", "sent_back", "state", 40),
        ("QMA", "submitted", "review", 3),
        ("QMC", "not_returned", "state", None),
        ("QMD", "validated", "none", 90),
    ]
    assert table["completeness"].tolist()[:2] == [0.75, 0.75] and np.isnan(table["completeness"].iloc[2])
    assert table["return_id"].isna().tolist() == [False, False, True, False]


def test_days_are_whole_days_between_two_moments_whatever_their_clocks_say():
    last = dt.datetime(2026, 11, 21, 12, 0, 1, tzinfo=dt.UTC)
    assert board.days_between(last, TODAY) == 0, "a second is missing to the day"
    assert board.days_between(last - dt.timedelta(seconds=1), TODAY) == 1
    assert board.days_between(last + dt.timedelta(days=9), TODAY) == 0, "a clock was wrong"
    assert board.days_between(pd.NaT, TODAY) is None


@pytest.mark.parametrize(
    ("newer", "waits"),
    [
        ([], "state"),
        ([one(2, "QMA", "submitted", 1)], "replaced"),
        ([one(2, "QMA", "draft", 1, standing="draft")], "replaced"),
        ([one(2, "QMA", "submitted", 1, submodules="A")], "state"),
        ([one(2, "QMA", "submitted", 1, submodules="A"), one(3, "QMA", "validated", 1, submodules="B")], "replaced"),
        ([one(2, "QMA", "withdrawn", 1, standing="withdrawn")], "state"),
        ([one(2, "QMA", "submitted", 1, reading="visit")], "state"),
    ],
)
def test_what_was_sent_back_is_answered_when_newer_returns_hold_all_of_it(newer, waits):
    table = of(one(1, "QMA", "sent_back", 40, standing="sent_back"), *newer)
    assert table.set_index("return_id").loc[1, "waits_for"] == waits


def test_an_earlier_return_does_not_answer_a_later_sending_back():
    table = of(one(1, "QMA", "submitted", 50), one(2, "QMA", "sent_back", 40, standing="sent_back"))
    assert table.set_index("return_id")["waits_for"].to_dict()[2] == "state"


def test_drafts_wait_here_superseded_returns_for_nobody_and_a_withdrawn_one_for_the_state():
    table = of(
        one(1, "QMA", "draft", 2, standing="draft"),
        one(2, "QMB", "submitted", 9, standing="superseded"),
        one(3, "QMB", "submitted", 4),
        one(4, "QMC", "withdrawn", 1, standing="withdrawn"),
        one(5, "QMD", "withdrawn", 6, standing="withdrawn"),
        one(6, "QMD", "validated", 5),
    )
    assert table.set_index("return_id")["waits_for"].to_dict() == {
        1: "submit", 2: "replaced", 3: "review", 4: "state", 5: "none", 6: "none"
    }  # fmt: skip
    assert board.step_counts(table) == {"draft": 1, "submitted": 1, "withdrawn": 2, "validated": 1}
    assert board.waiting(table) == {"review": (1, 4), "submit": (1, 2), "withdrawn": (1, 1)}


def test_other_rounds_and_other_states_stay_out_and_an_organization_is_no_national_return():
    table = of(
        one(1, "QMA", "submitted", 3, round="2024"),
        one(2, "QMX", "submitted", 3),
        one(3, "QMB", "submitted", 3, organization="Navy"),
        members=("QMA", "QMB"),
    )
    assert told(table) == [
        ("QMB", "submitted", "review", 3),
        ("QMA", "not_returned", "state", None),
        ("QMB", "not_returned", "state", None),
    ]


def test_the_types_of_the_board_do_not_depend_on_what_it_holds():
    full, empty = of(one(1, "QMA", "submitted", 3)), of(members=())
    assert list(empty.columns) == list(full.columns) == board.COLUMNS
    assert len(empty) == 0 and board.waiting(empty) == {} and board.step_counts(empty) == {}


def test_rounds_are_ordered_by_their_date():
    table = pd.DataFrame({"round": ["2024", "2026", "2025-Q4", "2026-H2", "2026"]})
    assert board.rounds(table) == ["2026-H2", "2026", "2025-Q4", "2024"]


def parts(*rows: tuple) -> pd.DataFrame:
    """(return, step, sub-module, applicable, answered) as rows of `Store.parts`."""
    table = pd.DataFrame(rows, columns=["return_id", "step", "submodule", "applicable", "answered"])
    return table.assign(standing="counts")


def reminded(table: pd.DataFrame, held: pd.DataFrame) -> list[tuple]:
    found = board.reminders(table, held, ASKED)
    numbers = [None if pd.isna(n) else int(n) for n in found["n"]]
    return list(zip(found["whom"], found["iso3"], found["what"], found["submodules"], numbers, strict=True))


def test_every_line_names_its_round():
    table = of(one(1, "QMA", "submitted", 3, submodules="A", repairs=2), one(3, "QMC", "draft", 5, standing="draft"))
    found = board.reminders(table, parts((1, "submitted", "A", 6, 4), (3, "draft", "B", 3, 2)), ASKED)
    assert "parts_missing" in found["what"].tolist() and set(found["round"]) == set(table["round"])


def test_each_thing_that_is_missing_is_a_line_and_the_office_has_its_own():
    table = of(
        one(1, "QMA", "submitted", 3, submodules="A", repairs=2),
        one(2, "QMB", "sent_back", 40, standing="sent_back", reason="old answers"),
        one(3, "QMC", "draft", 5, standing="draft"),
    )
    held = parts((1, "submitted", "A", 6, 4), (2, "sent_back", "A", 6, 0), (3, "draft", "A", 6, 6), (3, "draft", "B", 3, 2))
    assert reminded(table, held) == [
        ("state", "QMB", "sent_back", "A, B", None),
        ("state", "QMC", "open_questions", "B", 1),
        ("state", "QMA", "parts_missing", "B", 1),
        ("state", "QMA", "open_questions", "A", 2),
        ("state", "QMA", "repairs", "A", 2),
        ("state", "QMD", "not_returned", "", None),
        ("office", "QMC", "submit", "A, B", None),
        ("office", "QMA", "review", "A", None),
    ]
    assert board.reminders(table, held, ASKED)["reason"].tolist()[0] == "old answers"


def test_nobody_is_asked_about_what_was_validated_or_replaced():
    table = of(
        one(1, "QMA", "validated", 3, repairs=1),
        one(2, "QMB", "submitted", 9, standing="superseded", repairs=4),
        one(3, "QMB", "submitted", 2),
        members=("QMA", "QMB"),
    )
    held = parts(
        (1, "validated", "A", 6, 1), (1, "validated", "B", 3, 3), (2, "submitted", "A", 6, 0), (3, "submitted", "A", 6, 6),
        (3, "submitted", "B", 3, 3),
    )  # fmt: skip
    assert reminded(table, held) == [("office", "QMB", "review", "A, B", None)]


def fed(scores, **parts_of: int):
    """The same scores of one unit, whose parts come from the returns named."""
    rows = [(0, submodule, number) for submodule, number in parts_of.items()]
    panel = replace(scores.panel, parts=pd.DataFrame(rows, columns=["row", "submodule", "return_id"]))
    return replace(scores, panel=panel)


def test_a_return_feeds_every_number_that_rests_on_what_counts_of_it():
    first, second = tiny.instrument().submodules
    scores = fed(tiny.scores(("QMA", "333 33. 222")), **{first: 1, second: 2})
    table = board.feeds(scores, 2)
    assert table[["node", "own", "of", "whole"]].to_numpy().tolist() == [["B", 3, 3, True], ["M3", 3, 3, True]]
    assert table["score"].tolist() == pytest.approx([40.0, 40.0]) and table["iso3"].tolist() == ["QMA", "QMA"]
    table = board.feeds(scores, 1)
    assert table["node"].tolist() == ["A", "M1", "M2"] and table["whole"].all()
    assert table["answered"].tolist() == [5, 3, 2]


def test_a_return_that_does_not_count_feeds_nothing():
    scores = fed(tiny.scores(("QMA", "333 33. 222")))
    assert board.feeds(scores, 7).empty and set(PANEL_KEYS) <= set(board.feeds(scores, 7).columns)
    assert board.feeds(tiny.scores(), 7).empty


def test_what_stands_above_two_returns_rests_on_each_in_part(tmp_path):
    instrument = coast(tmp_path)
    index = tiny.panel(("QMA", FULL)).index
    panel = Panel("coast", np.array([[3, 3, 1, 1, NOT_RETURNED]], dtype=np.int8), index)
    table = board.feeds(fed(node_scores(panel, instrument), sea=1, land=2), 1)
    assert table[["node", "own", "of", "whole"]].to_numpy().tolist() == [
        ["ALL", 2, 4, False],
        ["SEA", 2, 2, True],
        ["SEA.A", 2, 2, True],
    ]
