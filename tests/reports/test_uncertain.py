"""Ranges in words: what is separable, which ranks hold, which orders, which assumption; and never a confidence interval."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.reports import uncertain as worded
from analysis.scores.draws import draws
from analysis.scores.pairs import against, rank_intervals
from analysis.scores.uncertainty import SOURCES, UncertaintySettings
from analysis.texts import FOLDER, text
from tests import tiny

STATES = tiny.states(QMA="Quince", QMB="Medlar", QMC="Larch")
SCORES = tiny.scores(("QMA", "333 333 333"), ("QMB", "333 333 333"), ("QMC", "555 555 555"))
CHOSEN = UncertaintySettings(draws=50)


@pytest.fixture(scope="module")
def drawn():
    return draws(SCORES, [0, 1, 2], ["A"], CHOSEN)


def test_one_state_beside_the_others(drawn):
    table = worded.against(SCORES, tiny.instrument(), against(drawn, "A", 0), STATES, "Quince")
    assert table["name"].tolist() == ["Medlar", "Larch"]  # the same answers are no difference; Larch stands above
    assert table["mark"].tolist() == ["not separable", "stands below"]
    assert table["note"].tolist() == ["not separable (above in 50 %)", "above in 0 % of trials"]
    said = worded.against_sentence(table, "Quince")
    assert said == "Quince stands above 0 and below 1 of 2 other States; from 1 it can't be told apart. Not separable: Medlar."


def test_all_or_none_can_be_told_apart(drawn):
    table = worded.against(SCORES, tiny.instrument(), against(drawn, "A", 2), STATES, "Larch")
    assert worded.against_sentence(table, "Larch").startswith("Larch can be told apart from every other State: it stands above 2")
    none = table.assign(separable=False)
    assert worded.against_sentence(none, "Larch") == "Larch can't be told apart from any of the 2 other States."


def test_the_width_of_the_ranges_is_told_with_the_widest():
    table = pd.DataFrame(
        [("Quince", 10.0, 20.0), ("Larch", 30.0, 70.0), ("Medlar", np.nan, np.nan)], columns=["label", "low", "high"]
    )
    assert worded.ranges_sentence(table) == (
        "Of 3 States 2 have a range; half of these are 25.0 points wide or wider, and the widest is that of Larch, from 30.0 to 70.0."
    )
    assert worded.ranges_sentence(table.iloc[[0, 2]]) == "One of 2 States has a range: 10.0 to 20.0 (Quince)."
    assert worded.ranges_sentence(table.tail(1)).startswith("No State has answers here")


def test_a_change_is_sure_only_where_the_draws_and_the_bounds_agree():
    scores = tiny.scores(("QMA", "333 333 333"), ("QMB", "555 555 555"), ("QMC", "333 333 3??"))
    drawn = draws(scores, [0, 1, 2], ["A"], CHOSEN)
    rise, fall, unclear = (
        against(drawn, "A", now).loc[lambda t, before=before: t["row"] == before] for now, before in ((1, 0), (0, 1), (2, 0))
    )
    table = worded.moved(tiny.instrument(), ["A", "A", "A"], [rise, fall, unclear])
    assert table["rise"].tolist() == ["rose", "fell", "not told apart"]
    assert table["chance_rise"].tolist()[:2] == [1, 0]
    assert table["note"].tolist()[:2] == ["rose, higher now in 100 % of trials", "fell, higher now in 0 % of trials"]
    said = "Of 3 parts returned in two rounds, 1 surely rose, 1 surely fell, and 1 can't be told apart from no change."
    assert worded.moved_sentence(table) == said


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.002, "under 1 %"),
        (0.998, "over 99 %"),
        (0.555, "56 %"),
        (np.nan, "–"),
        (0.946, "94.6 %"),
        (0.95, "95 %"),
        (0.054, "5.4 %"),
        (0.94, "94 %"),
        (0.96, "96 %"),
    ],
)
def test_a_chance_is_certain_only_where_every_draw_says_so(chance, said):
    assert worded.chance_words(chance) == said


def test_ranks_come_with_their_marks(drawn):
    table = worded.ranks(SCORES, rank_intervals(drawn, "A"), against(drawn, "A", 0), STATES, 0)
    assert table["name"].tolist() == ["Larch", "Quince", "Medlar"]
    assert table["mark"].tolist() == ["", "chosen State", "not separable from Quince"]
    assert table[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1], [2, 2], [2, 2]]
    assert (
        worded.ranks_sentence(table)
        == "Every State keeps one rank in nearly all trials. That says nothing about how far apart they are."
    )
    wide = table.assign(rank_high=[1, 3, 3])
    assert worded.ranks_sentence(wide).startswith(
        "Only one of 3 States keeps one rank in nearly all trials; the widest interval spans 1"
    )


def test_orders_are_counted_with_and_without_the_open_answers():
    table = pd.DataFrame(
        {
            "row": [2, 2, 0],
            "other": [0, 1, 1],
            "difference": [40.0, 40.0, np.nan],
            "least": [40.0, 30.0, np.nan],
            "most": [40.0] * 3,
        }
        | {
            "kept": [True, True, False],
            "least_open": [40.0, -1.0, 1.0],
            "most_open": [40.0] * 3,
            "kept_open": [True, False, True],
        }
    )
    said = worded.kept_sentence(table, 0.5)
    assert said.startswith("2 of 2 pairs with scores keep their order whatever the weights, as long as each stays within 50 %")
    assert "2 of 3 do." in said
    words = worded.kept(SCORES, table, STATES)
    assert words["kept"].tolist() == ["yes", "yes", "–"] and words["kept_open"].tolist() == ["yes", "no", "yes"]
    assert words[["name", "other_name"]].iloc[0].tolist() == ["Larch", "Quince"]


def test_an_audit_names_the_assumption_and_those_not_told_apart_from_it():
    table = pd.DataFrame(
        {"factor": ["weights", "values", "unknown"], "first": [0.1, 0.4, 0.3], "first_interval": [0.05] * 3}
        | {"total": [0.2, 0.5, 0.45], "total_interval": [0.05] * 3}
    )
    found = worded.audit_table(table)
    assert found["assumption"].tolist() == ["value of each answer", "missing answers", "weights"]
    said = worded.audit_sentence(found)
    assert said == "Most of the variation goes with the value of each answer (50 %). Not told apart from it: missing answers."
    still = worded.audit_table(table.assign(total=np.nan))
    assert worded.audit_sentence(still) == "The result does not move under any of the assumptions varied."


def test_an_estimate_that_no_share_can_have_stands_at_the_nearest_that_can_and_is_told():
    table = pd.DataFrame(
        {
            "factor": ["weights", "values", "unknown", "aggregation"],
            "first": [0.94, -0.02, 0.03, 0.01],
            "first_interval": [0.05] * 4,
        }
        | {"total": [0.922, 0.06, 1.04, 0.02], "total_interval": [0.05] * 4}
    )
    found = worded.audit_table(table).set_index("factor")
    assert found["share_alone"].to_dict() == {"unknown": 0.03, "weights": 0.94, "values": 0, "aggregation": 0.01}
    assert found["share_all"].to_dict() == {"unknown": 1, "weights": 0.94, "values": 0.06, "aggregation": 0.02}
    assert found["fitted"].to_dict() == {"unknown": True, "weights": True, "values": True, "aggregation": False}
    assert worded.audit_note(found)[0].startswith("The shares are estimates from samples. For 3 assumptions")
    assert worded.audit_note(found[~found["fitted"]]) == []
    still = worded.audit_table(table.assign(first=np.nan, total=np.nan))
    assert still[["share_alone", "share_all"]].isna().all(axis=None) and not still["fitted"].any()


def test_what_was_held_fixed_is_said():
    said = worded.fixed_sentence(UncertaintySettings(sources=frozenset(["weights", "unknown"])))
    assert said.startswith(
        "Varied: weights and missing answers. Held fixed: way of combining, value of each answer, errors in answers and"
    )
    assert "Nothing was varied." in worded.fixed_sentence(UncertaintySettings(sources=frozenset()))
    assert "20 % of answers" in worded.error_sentence(UncertaintySettings(sources=frozenset(["error"])))
    assert worded.error_sentence(UncertaintySettings()).startswith("Errors in answers are off")
    one_way = text("uncertain.one_way")
    assert [
        one_way in worded.error_sentence(UncertaintySettings(sources=s)) for s in (frozenset(SOURCES), frozenset({"weights"}))
    ] == [False, True]


def test_only_what_is_drawn_is_told_in_exports():
    assert worded.settings_about(UncertaintySettings()) == {
        "draws.weights": "dirichlet",
        "draws.spread": "0.25",
        "draws.sources": "weights,aggregation,values,unknown",
    }
    assert worded.settings_about(UncertaintySettings(sources=frozenset(["error"]))) == {
        "draws.error": "0.2",
        "draws.shift": "0.2",
        "draws.sources": "error",
    }


def test_a_range_is_never_called_a_confidence_interval():
    with Path(FOLDER / "en.csv").open(encoding="utf-8-sig", newline="") as file:
        said = [row["text"] for row in csv.DictReader(file) if "confidence interval" in row["text"].lower()]
    assert all("not a confidence interval" in text.lower() for text in said)
