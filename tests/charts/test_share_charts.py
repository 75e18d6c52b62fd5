"""Shares as dots, and what became of questions as bars."""

import pandas as pd
import pytest

from analysis.charts.base import DARK, LIGHT
from analysis.charts.questions import answer_bars
from analysis.charts.shares import share_dots

WORDS = {"expert": "An expert", "own": "Own", "agreed": "Mean"}


@pytest.mark.parametrize("p", [LIGHT, DARK])
def test_every_share_is_a_dot_on_its_line(p):
    rows = [
        ("A", "expert", 0.2),
        ("A", "expert", 0.4),
        ("B", "expert", 0.7),
        ("A", "own", 0.5),
        ("B", "own", None),
        ("B", "agreed", 0.61),
    ]
    table = pd.DataFrame(rows, columns=["label", "series", "value"])
    chart = share_dots(table, "T", "S", p, words=WORDS, main="agreed", quiet="expert")
    assert [t.name for t in chart.data] == ["An expert", "Own", "Mean"]
    assert list(chart.data[0].x) == pytest.approx([20, 40, 70]) and list(chart.data[0].y) == [0, 0, 1]
    assert list(chart.data[1].x) == [50] and "61 %" in chart.data[2].hovertext[0]


def test_a_negative_share_lies_on_the_chart():
    table = pd.DataFrame({"label": ["A", "B"], "series": "importance", "value": [-0.2, 1.2]})
    low, high = share_dots(table, "T", "S", LIGHT, words={"importance": "I"}, main="importance").layout.xaxis.range
    assert low < -20 and high > 120


def test_a_share_that_is_missing_everywhere_draws_nothing_and_fails_nothing():
    table = pd.DataFrame({"label": ["A"], "series": "importance", "value": [float("nan")]})
    assert len(share_dots(table, "T", "S", LIGHT, words={"importance": "I"}, main="importance").data) == 0


def test_bars_of_answers_stand_in_the_order_of_the_words():
    table = pd.DataFrame(
        {"label": ["<b>Q</b>"], "floor": [0.25], "between": [0.5], "ceiling": [0.0], "missing": [0.15], "na": [0.1]}
    )
    words = {name: name.upper() for name in ("floor", "between", "ceiling", "missing", "na")}
    chart = answer_bars(table, "T", "S", LIGHT, words=words)
    assert [t.name for t in chart.data] == list(words.values()) and [t.x[0] for t in chart.data] == pytest.approx(
        [25, 50, 0, 15, 10]
    )
    assert "&lt;b&gt;Q" in chart.data[0].hovertext[0] and "25 %" in chart.data[0].hovertext[0]
