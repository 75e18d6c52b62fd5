"""Scores beside an invented outcome series: the pairs by hand, the correlation against statsmodels, the placebos by what they must find."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.balance import outcome
from analysis.registers import OUTCOMES
from analysis.states import load_states
from analysis.texts import problem_sentence
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.registers.reading import register_rows
from tests.balance import sides

YEARS = (2014, 2018, 2022, 2026)
RANDOM = np.random.default_rng(11)


def invented(states: int = 14, effect: float = 0.0, lag: int = 1, noise: float = 1.0):
    """(scores, series): invented answers, and values that go with the score of IED upstream `lag` years later."""
    units, rows = [], []
    for i in range(states):
        iso3 = f"QM{chr(65 + i)}"
        for year in YEARS:
            answer = int(RANDOM.integers(0, 6))
            units.append((iso3, (answer, 3, 3, 3, 3, 3), {}, str(year)))
            for shift in (-lag, lag):
                value = 5 * i + 0.5 * (year - 2014) + RANDOM.normal(0, noise) + (effect * answer if shift == lag else 0)
                rows.append({"iso3": iso3, "year": year + shift, "value": value, "source": "invented"})
    return sides.scores(*units), outcome.series(
        pd.DataFrame(rows).drop_duplicates(["iso3", "year"], keep="last").to_dict("records")
    )


def test_a_series_is_sorted_and_holds_one_value_a_state_and_year():
    rows = [
        {"iso3": c, "year": y, "value": v, "source": "s"} for c, y, v in (("QMB", 2026, 3), ("QMA", 2026, 1.5), ("QMA", 2025, 2))
    ]
    found = outcome.series(rows)
    assert found[["iso3", "year", "value"]].values.tolist() == [["QMA", 2025, 2.0], ["QMA", 2026, 1.5], ["QMB", 2026, 3.0]]
    assert outcome.series([]).empty


def test_a_score_meets_the_outcome_of_a_later_year():
    units = [("QMA", (1, 1, 1, 1, 1, 1), {}, "2024"), ("QMA", (3, 1, 1, 1, 1, 1)), ("QMB", (5, 1, 1, 1, 1, 1))]
    values = [("QMA", 2025, 7), ("QMA", 2027, 5), ("QMB", 2027, 1), ("QMA", 2023, 9), ("QMA", 2026, 8)]
    series = outcome.series([{"iso3": c, "year": y, "value": v, "source": "s"} for c, y, v in values])
    after = outcome.pairs(sides.scores(*units), "IED.U", series, 1)
    assert after[["iso3", "round", "score", "value"]].values.tolist() == [["QMA", "2024", 20, 7], ["QMA", "2026", 60, 5]]
    before = outcome.pairs(sides.scores(*units), "IED.U", series, -1)
    assert before[["round", "value"]].values.tolist() == [["2024", 9], ["2026", 7]]
    assert outcome.pairs(sides.scores(*units), "IED.U", series, 2).empty  # 2026 alone: nothing varies within the State


def test_visits_and_organizations_stay_out():
    units = [("QMA", (1,) * 6, {}, "2024"), ("QMA", (3,) * 6, {}, "2026"), ("QMA", (5,) * 6, {}, "2026", "visit")]
    series = outcome.series([{"iso3": "QMA", "year": y, "value": y, "source": "s"} for y in (2025, 2027)])
    assert outcome.pairs(sides.scores(*units), "IED.U", series, 1)["score"].tolist() == [20, 60]


def test_the_association_within_states_agrees_with_a_regression_on_dummies():
    scores, series = invented(effect=-1.0)
    table = outcome.pairs(scores, "IED.U", series, 1)
    table = table[~((table["iso3"] == "QMC") & (table["round"] == "2022"))].reset_index(drop=True)  # uneven on purpose
    fit = smf.ols("value ~ score + C(iso3) + C(round)", table).fit()
    t, free = fit.tvalues["score"], fit.df_resid
    found = outcome.within(table, shuffles=99)
    assert found["r"] == pytest.approx(t / np.sqrt(t**2 + free))
    assert found["n"] == len(table) and found["states"] == 14


def test_a_strong_association_lies_outside_of_the_shuffles_and_its_placebo_inside():
    scores, series = invented(effect=-4.0, noise=0.5)
    found = outcome.lagged(scores, ["IED.U"], series, 1).set_index("side")
    after, before = found.loc["after"], found.loc["before"]
    assert after["r"] < -0.8 < after["shuffled_low"] and after["as_large"] == pytest.approx(1 / (1 + outcome.SHUFFLES))
    assert before["shuffled_low"] < before["r"] < before["shuffled_high"]


def test_a_trend_that_all_share_and_a_level_that_stays_make_no_association():
    units, rows = [], []
    for i in range(12):
        for n, year in enumerate(YEARS):
            units.append((f"QM{chr(65 + i)}", (n, 3, 3, 3, 3, 3), {}, str(year)))
            rows.append({"iso3": f"QM{chr(65 + i)}", "year": year + 1, "value": 100.0 * i - 10 * n, "source": "s"})
    found = outcome.within(outcome.pairs(sides.scores(*units), "IED.U", outcome.series(rows), 1), shuffles=9)
    assert found["n"] == 48 and np.isnan(found["r"])


def test_shuffles_stay_within_their_state_and_are_the_same_every_time():
    values, groups = np.arange(12.0), np.repeat(["QMA", "QMB", "QMC"], 4)
    first = outcome._shuffled(values, groups, 50, 3)
    assert (first == outcome._shuffled(values, groups, 50, 3)).all()
    assert (np.sort(first.reshape(50, 3, 4), axis=2) == values.reshape(3, 4)).all()
    assert len(np.unique(first, axis=0)) > 40


def test_too_few_states_or_returns_give_no_association():
    scores, series = invented(states=9)
    found = outcome.lagged(scores, ["IED.U"], series, 1)
    assert found["states"].tolist() == [9, 9] and found["r"].isna().all()


def read(*rows: tuple):
    sheet = RawSheet("series", [("iso3", "year", "value", "source"), *rows])
    return register_rows(OUTCOMES, "series.csv", [sheet], sides.instrument(), load_states(True))


def test_a_year_to_come_is_asked_about_and_can_be_kept():
    rows = [("iso3", "year", "value", "source"), ("QMA", 2026, 9, "s"), ("QMA", 2027, 9, "s")]
    today = dt.date(2026, 12, 1)
    found = register_rows(OUTCOMES, "series.csv", [RawSheet("series", rows)], sides.instrument(), load_states(True), today=today)
    assert [(p.code, p.cell, p.found) for p in found.problems] == [("register-date-ahead", "B3", "2027")] and len(found.rows) == 2
    assert problem_sentence(found.problems[0]) == (
        "2027 lies ahead (today: 2026-12-01), and this is the date or year of something that has happened. Check it; the row can be kept "
        "as it is."
    )


def test_a_row_of_the_series_is_read_by_code_or_official_name():
    name = load_states(True).name("QMA")
    found = read(("QMA", "2024", "1250.5", "Yearbook, 3rd ed."), (name, 2025, 3, "Yearbook"))
    assert not found.problems
    assert [row.key for row in found.rows] == ["QMA.2024", "QMA.2025"]
    assert found.rows[1].body == {"iso3": "QMA", "year": 2025, "value": 3.0, "source": "Yearbook"}


@pytest.mark.parametrize(
    ("row", "cell", "found"),
    [
        (("Quince", 2024, 3, "s"), "A2", "Quince"),
        (("qmz", 2024, 3, "s"), "A2", "qmz"),
        (("QMA", "24", 3, "s"), "B2", "24"),
        (("QMA", 2024.5, 3, "s"), "B2", "2024.5"),
        (("QMA", 2024, "many", "s"), "C2", "many"),
        (("QMA", 2024, "1,250.5", "s"), "C2", "1,250.5"),
        (("QMA", 2024, 3, ""), "D2", ""),
    ],
)
def test_a_wrong_cell_is_named_with_what_was_found_and_its_row_is_left_out(row, cell, found):
    read_ = read(row)
    assert read_.left == 1 and not read_.rows
    assert [(p.file, p.cell, p.found) for p in read_.problems] == [("series.csv", cell, found)]
    assert read_.problems[0].allowed


def test_a_state_and_year_that_stand_twice_are_told():
    read_ = read(("QMA", 2024, 3, "s"), ("QMA", 2024, 4, "s"))
    assert [(p.code, p.found, p.allowed) for p in read_.problems] == [("register-row-differs", "QMA, 2024", "row 2")]
    assert len(read_.rows) == 1
