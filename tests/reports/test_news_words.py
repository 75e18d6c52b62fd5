"""What is new in one sentence, and in tables."""

import datetime as dt

import pandas as pd

from analysis.comparison.news import Mark, News, moved_levels, news
from analysis.reports import news as words
from tests import tiny

SEEN = dt.datetime(2026, 3, 1, 12, 5, tzinfo=dt.UTC)
MARK = Mark(7, SEEN)
STATES = tiny.states(QMA="Quince", QMB="Medlar")
COLUMNS = [
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


def found(rows: list[tuple], then=(), now=()) -> News:
    steps = pd.DataFrame(
        [(n, r, "tiny", code, "", "2026", "self", step, "ana", SEEN, first) for n, r, code, step, first in rows], columns=COLUMNS
    )
    return news(steps, tiny.scores(*then), tiny.scores(*now), ["A", "B"], rows[-1][0] if rows else MARK.step)


def test_what_is_new_is_one_sentence_with_its_date():
    rows = [(8, 1, "QMA", "submitted", True), (9, 2, "QMB", "submitted", True), (10, 1, "QMA", "validated", False)]
    told = words.news_sentence(MARK, found(rows, [("QMA", tiny.FULL)], [("QMA", "222 222 333")]))
    assert (
        told
        == "Since you last marked the news as seen, 2026-03-01 12:05 UTC: 2 new returns, 1 level moved and 1 State validated."
    )


def test_nothing_new_little_new_and_never_begun_are_told_apart():
    assert words.news_sentence(MARK, found([])) == "Nothing new since you last marked the news as seen, 2026-03-01 12:05 UTC."
    assert "have taken steps" in words.news_sentence(MARK, found([(8, 1, "QMA", "submitted", False)]))
    assert words.news_sentence(None, None).startswith("Nothing is remembered for you yet.")


def test_tables_tell_states_and_steps_in_words_newest_first():
    rows = [(8, 1, "QMA", "submitted", True), (9, 2, "QMB", "draft", True)]
    told = words.returns({}, found(rows).returns, STATES)
    assert told[["name", "step", "reading", "questionnaire", "changed_at"]].to_numpy().tolist() == [
        ["Medlar", "draft", "self-assessment", "tiny", "2026-03-01 12:05"], ["Quince", "submitted", "self-assessment", "tiny", "2026-03-01 12:05"],
    ]  # fmt: skip
    assert words.returns({}, found([]).returns, STATES).empty


def test_levels_that_moved_come_before_those_that_are_known_for_the_first_time():
    then, now = tiny.scores(("QMB", tiny.FULL)), tiny.scores(("QMA", tiny.FULL), ("QMB", "222 222 333"))
    told = words.levels(tiny.titled(A="Arms"), moved_levels(then, now, ["A", "B"]), STATES)
    assert told[["name", "label", "move"]].to_numpy().tolist() == [
        ["Medlar", "Arms", "fell"], ["Quince", "Arms", "known for the first time"], ["Quince", "B", "known for the first time"],
    ]  # fmt: skip
    assert told["level_before"].tolist()[0] == 3 and told["level_after"].tolist()[0] == 2
