"""The feedback loop on a few lessons whose every number can be counted by hand; intervals and waiting times by statsmodels."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from analysis.balance import loop
from tests import tiny
from tests.balance import sides
from tests.balance.sides import AWAY, OPEN

UNTIL = dt.date(2026, 12, 31)


def body(status="recorded", iso3="QMA", date="2025-01-01", measure="IED.D2", **more) -> dict:
    return {"iso3": iso3, "date": date, "measure": measure, "source": "exercise", "learnt": "x", "status": status} | more


def table(*bodies) -> pd.DataFrame:
    return loop.lessons([(f"k{i}", one) for i, one in enumerate(bodies)], sides.instrument())


def test_a_lesson_bears_on_what_it_names_else_on_the_links_of_its_measure():
    found = table(body(), body(upstream=["IED.U3", "GONE"]), body(measure="GONE"))
    assert found["upstream"].tolist() == [("IED.U1", "IED.U7"), ("IED.U3",), ()]
    assert found["submodule"].tolist() == ["ied", "ied", ""]


@pytest.mark.parametrize(
    ("more", "decided", "made"),
    [
        ({}, False, False),
        ({"proposed": "Amend the order"}, True, False),
        ({"status": "proposed"}, True, False),
        ({"status": "under_way"}, True, False),
        ({"status": "rejected"}, True, False),
        ({"status": "made"}, True, True),
    ],
)
def test_a_review_was_done_where_something_was_proposed_or_decided(more, decided, made):
    row = table(body(**more)).iloc[0]
    assert (row["decided"], row["made"]) == (decided, made)


@pytest.mark.parametrize(
    ("more", "days"),
    [
        ({"status": "made", "date_made": "2025-03-02"}, 60),
        ({"status": "made", "date_made": "2025-01-01"}, 0),
        ({"status": "made", "date_made": "2024-12-31"}, None),
        ({"status": "made"}, None),
        ({"status": "under_way", "date_made": "2025-03-02"}, None),
    ],
)
def test_days_are_counted_only_from_a_lesson_to_a_change_made_after_it(more, days):
    found = table(body(**more))["days"].iloc[0]
    assert (None if pd.isna(found) else found) == days


def many(made: int, waiting: int, rejected: int, iso3="QMA") -> list[dict]:
    rows = [body("made", iso3, date_made=f"2025-02-{i + 1:02d}") for i in range(made)]
    return rows + [body("under_way", iso3)] * waiting + [body("rejected", iso3)] * rejected


def test_closure_counts_every_lesson_and_gives_a_share_from_five_on():
    found = table(*many(3, 1, 1), *many(2, 2, 0, "QMB"))
    closed = loop.closure(found, found["iso3"], UNTIL).set_index("group")
    assert closed.loc["QMA", ["recorded", "made", "waiting", "rejected", "states"]].tolist() == [5, 3, 1, 1, 1]
    assert closed.loc["QMA", "closure"] == 0.6
    assert closed.loc["QMA", ["closure_low", "closure_high"]].tolist() == pytest.approx(proportion_confint(3, 5, method="wilson"))
    assert closed.loc["QMB", ["recorded", "made"]].tolist() == [4, 2]
    assert closed.loc["QMB", ["closure", "closure_low", "closure_high"]].isna().all()


def test_the_median_of_what_was_done_needs_five_of_it():
    few = table(*many(4, 3, 0))
    assert np.isnan(loop.closure(few, few["iso3"], UNTIL)["median_days"].iloc[0])
    enough = table(*many(5, 3, 0))  # changes on 1 to 5 February: 31 to 35 days after 1 January
    row = loop.closure(enough, enough["iso3"], UNTIL).iloc[0]
    assert (row["median_days"], row["dated"]) == (33, 5)


def test_time_until_half_counts_the_waiting_as_statsmodels_does():
    rows = [body("made", date_made=f"2025-{month:02d}-01") for month in (2, 3, 5, 6, 8)]
    rows += [body("under_way", date="2026-10-01"), body("recorded"), body("recorded"), body("proposed", date="2026-12-01")]
    found = table(*rows, body("rejected"), body("made"))
    days = [31, 59, 120, 151, 212, 91, 729, 729, 30]
    status = [1, 1, 1, 1, 1, 0, 0, 0, 0]
    expected = SurvfuncRight(np.array(days), np.array(status)).quantile(0.5)
    assert loop.days_until_half(found, UNTIL) == expected == 151


def test_where_half_never_led_to_a_change_there_is_no_time_until_half():
    assert np.isnan(loop.days_until_half(table(*many(2, 5, 0)), UNTIL))
    assert np.isnan(loop.days_until_half(table(*many(2, 2, 0)), UNTIL))  # four lessons: too few
    assert loop.days_until_half(table(*many(3, 3, 0)), UNTIL) == 33  # exactly half


FLAT = (2, 2, 2, 2, 2, 2)


def since(lesson: dict, *units) -> str:
    return loop.revised(table(lesson), sides.scores(*units))[0]


def two(changed: dict) -> tuple:
    return ("QMA", FLAT, {}, "2024"), ("QMA", FLAT, changed, "2026")


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"IED.U1": 3}, "revised"),
        ({"IED.U7": 5, "IED.U1": 0}, "revised"),
        ({}, "not_revised"),
        ({"IED.U1": 1, "IED.U7": 1}, "not_revised"),
        ({"IED.U3": 5}, "not_revised"),  # not a measure that the lesson bears on
        ({"IED.U1": OPEN}, "unknown"),
        ({"IED.U1": AWAY}, "unknown"),
        ({"IED.U1": AWAY, "IED.U7": 3}, "revised"),
    ],
)
def test_a_measure_was_revised_where_its_level_rose_since_the_lesson(changed, outcome):
    assert since(body(), *two(changed)) == outcome


def test_a_change_recorded_as_made_is_no_revision_by_itself():
    """A review done would be a measure revised by definition."""
    assert since(body("made"), *two({})) == "not_revised"
    assert since(body("made"), *two({"IED.U1": 3})) == "revised"
    assert since(body("made"), ("QMB", FLAT)) == "unknown"  # the State itself has returned nothing


@pytest.mark.parametrize(
    "lesson",
    [body(date="2023-01-01"), body(date="2026-06-01"), body(iso3="QMB"), body(measure="GONE")],
    ids=["no return before it", "no return after it", "no return at all", "bears on nothing"],
)
def test_without_a_return_on_either_side_nothing_is_known(lesson):
    assert since(lesson, *two({"IED.U1": 5})) == "unknown"


def test_only_national_self_assessments_tell_whether_a_level_rose():
    visit = ("QMA", FLAT, {"IED.U1": 5}, "2026", "visit")
    office = ("QMA", FLAT, {"IED.U1": 5}, "2026", "self", "Customs")
    assert since(body(), ("QMA", FLAT, {}, "2024"), visit, office) == "unknown"


def test_reviews_are_counted_beside_revisions():
    found = table(body("made"), body("proposed"), body(), body(), body(date="2023-01-01"))
    outcome = np.array(["revised", "not_revised", "revised", "not_revised", "unknown"])
    counts = loop.reviews(found, outcome).set_index("decided")
    order = found["key"].tolist()  # by date: the one of 2023 first
    assert order[0] == "k4"
    assert counts.to_numpy().sum() == 5
    decided = found["decided"].to_numpy()
    assert counts.loc[True, "revised"] == int((decided & (outcome == "revised")).sum())


def test_the_matrix_has_every_pair_with_its_links_and_the_lessons_that_took_them():
    found = table(body("made"), body(), body(upstream=["IED.U3"]), body(measure="UAS.D1"))
    cells = loop.matrix(sides.instrument(), found, "ied").set_index(["downstream", "upstream"])
    measures, links = sides.instrument().measures, sides.instrument().feedback_links
    mine = measures[measures["submodule"] == "ied"]["measure_type"].value_counts()
    drawn = links[links["downstream"].str.startswith("IED.")]
    elsewhere = {u for u in drawn["upstream"] if not u.startswith("IED.")}
    assert elsewhere and elsewhere < set(cells.index.get_level_values("upstream"))
    assert len(cells) == mine["downstream"] * (mine["upstream"] + len(elsewhere))
    assert int(cells["linked"].sum()) == len(drawn)
    assert cells.loc[("IED.D2", "IED.U1")].tolist() == [True, 2, 1]
    assert cells.loc[("IED.D2", "IED.U3")].tolist() == [False, 1, 0]
    assert cells.loc[("IED.D1", "IED.U1")].tolist() == [True, 0, 0]


def test_a_questionnaire_without_links_has_no_matrix():
    assert loop.matrix(tiny.instrument(), loop.lessons([], tiny.instrument()), "A").empty


def test_levels_of_measures_are_intervals_and_none_where_nothing_was_returned():
    scores = sides.scores(("QMA", FLAT, {"IED.U1": OPEN, "IED.U7": AWAY}))
    assert loop.levels(scores, 0, ["IED.U2", "IED.U1", "IED.U7"]) == {"IED.U2": (2, 2), "IED.U1": (0, 5), "IED.U7": None}


def test_states_that_recorded_lessons_are_counted_among_those_that_reported_and_apart_from_them():
    found = table(body(iso3="QMA"), body(iso3="QMA"), body(iso3="QMB"), body(iso3="QMM"))
    assert loop.recorders(found, {"QMA", "QMC"}) == (1, 2)
    assert loop.recorders(found[:0], {"QMA"}) == (0, 0)
