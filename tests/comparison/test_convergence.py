"""The spread of the same States from round to round: numpy's deviation, the panel of `rounds.group_history`, one State left out in turn."""

import numpy as np
import pytest

from analysis.comparison import convergence, rounds, sure
from analysis.scores.draws import draws
from analysis.scores.uncertainty import UncertaintySettings
from tests import tiny

FIVE = ["QMA", "QMB", "QMC", "QMD", "QME"]


def world(**levels: str):
    """Rounds by year, a level per State (`.` for a round without a return): `world(y2024="12345", y2026="33345")`."""
    units = [
        (f"QM{chr(65 + i)}", mark * 9, year.removeprefix("y"))
        for year, marks in levels.items()
        for i, mark in enumerate(marks)
        if mark != "."
    ]
    return tiny.scores(*units)


def test_the_deviation_is_that_of_the_same_states_in_every_round():
    scores = world(y2024="02345", y2025="133455", y2026="23334")
    table = convergence.matched_spread(scores, [*FIVE, "QMF"], ["A"]).set_index("round")
    expected = {"2024": [0, 40, 60, 80, 100], "2025": [20, 60, 60, 80, 100], "2026": [40, 60, 60, 60, 80]}
    for label, points in expected.items():  # the sixth State has one round only
        assert table.loc[label, "sd"] == pytest.approx(np.std(points))
        assert table.loc[label, ["mean", "lowest", "highest"]].tolist() == pytest.approx(
            [np.mean(points), min(points), max(points)]
        )
    assert table["n"].tolist() == [5, 5, 5] and table["reported"].tolist() == [5, 6, 5]


def test_the_panel_is_that_of_the_rounds_page():
    scores = world(y2024="02345", y2025="13...5", y2026="2333455")
    codes = [*FIVE, "QMF", "QMG"]
    mine = convergence.matched_spread(scores, codes, ["A", "B"])
    theirs = rounds.group_history(rounds.histories(scores, codes, ["A", "B"]))
    for ours, other in (
        ("n", "matched_n"),
        ("mean", "matched_mean"),
        ("lowest", "lowest"),
        ("highest", "highest"),
        ("reported", "reported"),
    ):
        assert mine[ours].tolist() == pytest.approx(theirs[other].tolist(), nan_ok=True)
    assert mine.loc[mine["round"] == "2025", "sd"].isna().all()  # three returns: not among the rounds matched


def test_first_to_last_names_rounds_n_and_whether_one_state_decides():
    scores = world(y2024="02345", y2025="13345", y2026="23334")
    row = convergence.first_to_last(scores, FIVE, ["A"]).iloc[0]
    first, last = np.std([0, 40, 60, 80, 100]), np.std([40, 60, 60, 60, 80])
    assert (row["n"], row["first"], row["last"]) == (5, "2024", "2026")
    assert row[["sd_first", "sd_last", "sd_change"]].tolist() == pytest.approx([first, last, last - first])
    assert row[["mean_first", "mean_last"]].tolist() == pytest.approx([56, 60])
    assert row["firm"]  # whoever is left out, the spread falls


def test_a_change_of_the_spread_stands_with_what_open_questions_allow():
    """Nothing open: the change itself. With a3 and b3 of one State open in 2026, its two rounds lie between the bounds of the drawer below the figure."""
    row = convergence.first_to_last(world(y2024="02345", y2026="23334"), FIVE, ["A"]).iloc[0]
    assert row[["sd_change_low", "sd_change_high"]].tolist() == pytest.approx([row["sd_change"]] * 2)
    units = [(code, level * 9, "2024") for code, level in zip(FIVE, "02345", strict=True)]
    units += [(code, level * 9, "2026") for code, level in zip(FIVE[:4], "2333", strict=True)] + [("QME", "44. 44. 444", "2026")]
    scores = tiny.scores(*units)
    row = convergence.first_to_last(scores, FIVE, ["A"]).iloc[0]
    # QME in 2026: 80 on the same questions; the third answers anywhere from 0 to 100, so 53.3 to 86.7
    assert row["sd_last"] == pytest.approx(np.std([40, 60, 60, 60, 80]))
    first, least, most = np.std([0, 40, 60, 80, 100]), np.std([40, 60, 60, 60, 160 / 3]), np.std([40, 60, 60, 60, 260 / 3])
    low = np.std([40, 60, 60, 60, 55])  # nearest to one another with QME at the mean of the other four
    assert row["sd_change_low"] == pytest.approx(min(low, least) - first) and row["sd_change_high"] >= most - first - 1e-9
    matched = rounds.matched_ends(scores.panel, rounds.histories(scores, FIVE, ["A"]))
    drawn = draws(scores, sorted({*matched["now"], *matched["before"]}), ["A"], UncertaintySettings(draws=8))
    theirs = sure.spread_changes(drawn, matched).iloc[0]
    assert row[["sd_change_low", "sd_change_high"]].tolist() == pytest.approx(theirs[["least", "most"]].tolist())
    table = convergence.matched_spread(scores, FIVE, ["A"]).set_index("round")
    assert table.loc["2026", ["lower_mean", "upper_mean"]].tolist() == pytest.approx([(220 + 160 / 3) / 5, (220 + 260 / 3) / 5])


def test_a_change_that_one_state_makes_is_not_firm():
    # only QMA moves; without it the four others stand where they stood
    row = convergence.first_to_last(world(y2024="03333", y2026="33333"), FIVE, ["A"]).iloc[0]
    assert row["sd_last"] == pytest.approx(0, abs=1e-6) and not row["firm"]


def test_without_a_state_in_turn_is_numpys_deviation_of_the_rest():
    values = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 9.0], [8.0, 3.0]])
    expected = [np.std(np.delete(values, i, axis=0), axis=0) for i in range(4)]
    assert convergence._left_out(values) == pytest.approx(np.array(expected))


def test_four_states_have_no_deviation_and_no_change():
    scores = world(y2024="0234", y2026="2333")
    assert convergence.matched_spread(scores, FIVE, ["A"])[["sd", "mean"]].isna().all(axis=None)
    row = convergence.first_to_last(scores, FIVE, ["A"]).iloc[0]
    assert row["n"] == 0 and np.isnan(row["sd_change"]) and row["first"] == ""


def test_one_round_with_enough_states_is_no_panel():
    row = convergence.first_to_last(world(y2024="02345", y2026="233.."), FIVE, ["A"]).iloc[0]
    assert row["n"] == 0 and np.isnan(row["sd_first"])


def test_nobody_has_no_rounds_and_other_readings_are_apart():
    scores = world(y2024="02345")
    assert convergence.matched_spread(scores, ["QMZ"], ["A"]).empty
    assert convergence.matched_spread(scores, FIVE, ["A"], "visit").empty
    assert convergence.first_to_last(scores, [], ["A"])["n"].tolist() == [0]
