"""Recommendations on a page: status, what is late, the rate with its interval, and the scores beside. Today is a fixed day."""

import datetime as dt

import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.registers import RECOMMENDATIONS
from analysis.texts import counted, text
from pages.shared import loaders
from tests.pages.conftest import choose, drawn, kept, page, param, said, table

TOLD = {"iso3": "QMA", "round": "2024", "recommendation": "do *it*", "measure": "UAS.U1", "priority": "high", "status": "done"}


@pytest.fixture
def book(own_world, monkeypatch):
    """Six of QMA (2024): three done, one rejected, one late, one to come; one of QMB, under way."""
    monkeypatch.setattr(loaders, "now", lambda: dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    more = [{"status": "done"}] * 3 + [{"status": "rejected", "reason": "no"}]
    more += [{"status": "under_way", "due": "2026-05-01", "observations": "soon"}, {"status": "not_started", "due": "2027-01-01"}]
    more += [{"iso3": "QMB", "status": "under_way", "priority": "low"}]
    kept(own_world, RECOMMENDATIONS, *({**TOLD, **one, "id": f"R{i}"} for i, one in enumerate(more)))
    return own_world


def test_without_recommendations_the_page_says_so(shared_world):
    assert text("follow_up.none") in said(page("follow_up"))


def test_the_sentence_tells_done_of_not_rejected_with_the_interval(book):
    """Three of six: 50 %; interval by statsmodels."""
    low, high = (f"{100 * end:.0f}" for end in proportion_confint(3, 6, method="wilson"))
    told = " ".join(said(page("follow_up")))
    assert "3 of 6 are done (" in told
    assert text("follow_up.sentence.rate", rate=50, rate_low=low, rate_high=high, counted=6) in told
    assert counted("follow_up.sentence.overdue", 1) in told


def test_a_bar_stands_for_each_state_those_with_most_overdue_first(book):
    done, under_way, not_started, rejected = drawn(page("follow_up"))
    assert (done, under_way, not_started, rejected) == ([3, 0], [1, 1], [1, 0], [1, 0])


def test_the_list_begins_with_what_is_late_and_the_scores_stand_beside(book):
    """QMA in UAS upstream: 1 in 2024, 3 in 2026: 20 and 60."""
    rows = table(page("follow_up"), "recommendations")
    first = rows.iloc[0]
    assert (first["id"], first["overdue_words"], first["observations"]) == ("R4", "31 days", "soon")
    assert first[["score_before", "score_after", "score_change"]].tolist() == [20, 60, 40]
    assert set(rows.loc[rows["name"] == "Medlar Isles", "score_change"]) == {0.0}


@pytest.mark.parametrize(("view", "wanted"), [("open", {"R4", "R5", "R6"}), ("overdue", {"R4"}), ("done", {"R0", "R1", "R2"})])
def test_each_status_leaves_its_own(book, view, wanted):
    at = choose(page("follow_up"), "status", view)
    assert set(table(at, "recommendations")["id"]) == wanted and param(at, "status") == view


def test_another_reading_and_region_are_each_followed(book):
    at = choose(page("follow_up"), "reading", "visit")
    assert table(at, "recommendations")["score_change"].isna().all()  # there was no visit before
    assert len(table(choose(page("follow_up"), "region", "region:Orchard Coast"), "recommendations")) == 7
    assert text("follow_up.none") in said(choose(page("follow_up"), "region", "region:Timber Uplands"))


def test_rates_by_priority_need_five(book):
    rows = table(page("follow_up"), "follow-up-priorities").set_index("priority")
    assert rows.loc["high", "rate"] == pytest.approx(60) and rows.loc["high", "counted"] == 5  # shown as whole per cent
    assert rows.loc["low", ["rate", "rate_low", "rate_high"]].isna().all()


def test_the_country_page_tells_of_its_own(book):
    at = page("country", country="QMA", show="visits")
    assert text("follow_up.state.title") in [s.value for s in at.subheader]
    assert len(table(at, "recommendations-QMA")) == 6
    assert counted("follow_up.state", 6, done=3, under_way=1, not_started=1, overdue=1, rejected=1) in said(at)
    assert text("follow_up.state.none") not in said(at)
    assert text("follow_up.state.none") in said(page("country", country="QMG", show="visits"))
