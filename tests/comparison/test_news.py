"""What is new since a mark: by the number of a step, never by a clock."""

import datetime as dt

import pandas as pd
import pytest

from analysis.comparison import news
from tests import tiny

SEEN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
STEPS = [
    "step_id",
    "return_id",
    "instrument",
    "iso3",
    "organization",
    "round",
    "reading",
    "step",
    "changed_by",
    "changed_at",
    "first",
]


def steps(*rows: tuple) -> pd.DataFrame:
    """Steps of (number, return, State, step, whether it came in by it)."""
    return pd.DataFrame(
        [(n, r, "tiny", code, "", "2026", "self", step, "ana", SEEN, first) for n, r, code, step, first in rows], columns=STEPS
    )


def records(**bodies) -> pd.DataFrame:
    return pd.DataFrame({"key": list(bodies), "body": pd.Series(list(bodies.values()), dtype=object)})


def test_a_mark_is_kept_by_user_and_read_back():
    kept = news.Mark(7, SEEN).body("v.1")
    assert news.mark(records(ana=kept, ben={}), "ana") == news.Mark(7, SEEN)
    assert news.mark(records(ana=kept), "ben") is None


@pytest.mark.parametrize("body", [{}, {"step": "7", "seen_at": SEEN.isoformat()}, {"step": 7}, {"step": 7, "seen_at": "soon"}, {"step": True, "seen_at": SEEN.isoformat()}, {"step": 7, "seen_at": "2026-03-01"}])  # fmt: skip
def test_a_mark_that_nobody_can_read_is_none(body):
    assert news.mark(records(ana=body), "ana") is None


def test_a_level_has_moved_where_the_newest_return_says_another_one():
    then = tiny.scores(("QMA", "111 111 333", "2024"), ("QMB", tiny.FULL), ("QMC", "33. 33. 333"), ("QME", tiny.FULL))
    now = tiny.scores(
        ("QMA", "111 111 333", "2024"), ("QMA", "222 222 333", "2026"), ("QMB", "333 333 222"), ("QMC", tiny.FULL), ("QMD", tiny.FULL, "2026", "visit"),
        ("QME", "... 3.. 333"),
    )  # fmt: skip
    found = news.moved_levels(then, now, ["A", "B"]).set_index(["iso3", "reading", "node"])
    told = found[["round_before", "round_after", "move"]].apply(tuple, axis=1).to_dict()
    assert told == {
        ("QMA", "self", "A"): ("2024", "2026", "up"),
        ("QMB", "self", "B"): ("2026", "2026", "down"),
        ("QMC", "self", "A"): ("2026", "2026", "now_known"),
        ("QME", "self", "A"): ("2026", "2026", "no_longer_known"),
        ("QMD", "visit", "A"): ("", "2026", "now_known"),
        ("QMD", "visit", "B"): ("", "2026", "now_known"),
    }
    assert found.loc[("QMA", "self", "A"), ["before", "after"]].tolist() == [1, 2]
    assert pd.isna(found.loc[("QMC", "self", "A"), "before"])


def test_what_came_in_and_what_was_decided_are_counted_apart():
    scores = tiny.scores(("QMA", tiny.FULL))
    table = steps((8, 1, "QMA", "submitted", True), (9, 1, "QMA", "validated", False), (10, 2, "QMB", "submitted", True), (11, 3, "QMA", "validated", False), (12, 4, "QMC", "sent_back", False))  # fmt: skip
    found = news.news(table, scores, scores, ["A"], 12)
    assert found.counts == {"returns": 2, "levels": 0, "first_levels": 0, "validated": 1, "sent_back": 1, "withdrawn": 0}
    assert found.returns[["return_id", "step"]].to_numpy().tolist() == [[1, "validated"], [2, "submitted"]]
    assert found.steps["return_id"].tolist() == [1, 3, 4] and found.newest == 12


def test_nothing_new_is_empty_tables():
    scores = tiny.scores(("QMA", tiny.FULL))
    found = news.news(steps(), scores, scores, ["A"], 5)
    assert set(found.counts.values()) == {0} and found.levels.empty
    none = tiny.scores()
    assert news.moved_levels(none, scores, ["A"])["move"].tolist() == ["now_known"]
