"""Figures of the page on time: numbers in, the same numbers drawn."""

import pandas as pd
import pytest

from analysis.charts import base, history, over_time
from analysis.charts.base import LIGHT

WORDS = {"score": "Score", "bounds": "Bounds", "before": "Level in 2024", "after": "Level in 2026"}


def test_a_waterfall_begins_where_the_step_before_it_ended():
    rows = [
        ("2024", "6 States", "value", 40.0),
        ("Up <b>", "", "step", 12.5),
        ("Down", "", "step", -2.5),
        ("2026", "", "value", 50.0),
    ]
    chart = over_time.waterfall(pd.DataFrame(rows, columns=["label", "note", "kind", "value"]), "t", "s", LIGHT, unit="Points")
    bars = [list(trace.x) for trace in chart.data if trace.mode == "lines" and trace.line.width == 14]
    assert bars == [[40, 52.5], [52.5, 50]]
    printed = [trace.text[0].strip() for trace in chart.data if trace.mode == "markers+text"]
    assert printed == ["40.0", "+12.5", "-2.5", "50.0"]
    low, high = chart.layout.xaxis.range
    assert low < 40 and high > 52.5
    assert "&lt;b&gt;" in chart.layout.yaxis.ticktext[1]  # a label from outside stays inert


def test_a_waterfall_without_any_step_is_still_a_figure():
    rows = [("2024", "", "value", 0.0), ("2026", "", "value", 0.0)]
    chart = over_time.waterfall(pd.DataFrame(rows, columns=["label", "note", "kind", "value"]), "t", "s", LIGHT)
    assert chart.layout.xaxis.range[0] < 0 < chart.layout.xaxis.range[1]


@pytest.mark.parametrize(
    ("value", "told"), [(2.04, "+2.0"), (-2.0, "-2.0"), (0.0, "0.0"), (0.01, "0.0"), (-0.01, "0.0"), (float("nan"), "–")]
)
def test_a_sign_stands_only_where_something_is_left_to_show(value, told):
    assert over_time.signed(value) == told


def test_the_matrix_prints_counts_and_frames_those_who_stayed():
    table = pd.DataFrame({"level_from": ["1", "1", "2", "2"], "level_to": ["1", "2", "1", "2"], "n_moves": [3, 0, 1, 4]})
    chart = over_time.level_moves(table, "t", "s", LIGHT, hovers=["a\nb", "c", "d", "<e>"], words=WORDS)
    assert list(chart.data[0].text) == ["3", "", "1", "4"] and list(chart.data[0].hovertext) == ["a<br>b", "c", "d", "&lt;e&gt;"]
    assert [shape.line.width for shape in chart.layout.shapes] == [2, 0, 0, 2]
    assert chart.layout.shapes[1].fillcolor == LIGHT.none  # nobody has no colour of the scale


def trend(slope: float):
    points = pd.DataFrame(
        {
            "node": "A",
            "round": ["2020", "2022", "2024", "2026"],
            "year": [2020.0, 2022, 2024, 2026],
            "value": [20.0, 40, float("nan"), 80],
            "hue": "upstream",
        }
    )
    lines = pd.DataFrame({"node": ["A", "B"], "label": ["Arms", "Boats"], "target": [60.0, 60.0], "slope": [slope, float("nan")]})
    return over_time.trend_lines(points, lines, "t", "s", LIGHT, words=WORDS)


def test_a_trend_is_drawn_through_the_medians_and_a_round_without_a_score_is_no_mark():
    chart = trend(10.0)
    thick = [trace for trace in chart.data if trace.line.width == 4]
    assert len(thick) == 1 and list(thick[0].y) == pytest.approx([20, 80]) and list(thick[0].x) == [2020, 2026]
    marks = [list(trace.y) for trace in chart.data if trace.mode == "lines+markers"]
    assert marks == [[20, 40, 80], []]


def test_without_a_slope_no_line_is_drawn():
    assert [trace for trace in trend(float("nan")).data if trace.line.width == 4] == []


def test_the_spread_of_many_is_two_areas_and_ends_where_no_mean_is_given():
    rows = [
        (
            "A",
            "Arms",
            "upstream",
            "Mean",
            str(2020 + 2 * i),
            pd.Timestamp(2020 + 2 * i, 1, 1),
            m,
            "",
            False,
            m - 20,
            m + 20,
            m - 5,
            m + 5,
        )
        for i, m in enumerate((40.0, float("nan"), 60.0))
    ]
    columns = ["node", "label", "hue", "name", "round", "round_date", "score", "note", "quiet", "lowest", "highest", "q1", "q3"]
    chart = history.round_lines(pd.DataFrame(rows, columns=columns), "t", "s", LIGHT, words=WORDS)
    areas = [trace for trace in chart.data if trace.fill == "toself"]
    assert [list(trace.y) for trace in areas] == [[20, 40, 80, 60], [35, 55, 65, 45]]
    assert list(areas[0].x) == ["2020", "2024", "2024", "2020"]


def test_a_look_leaves_the_template_behind():
    chart = base.figure("t", "s", LIGHT, height=100)
    look = base.look_of(chart)
    assert "template" not in look and look["height"] == 100 and look["title"]["text"] == "t"
