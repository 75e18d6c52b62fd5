"""Charts of the readings page hold the values of their tables, and let nothing from outside in but text."""

import numpy as np
import pandas as pd

from analysis.charts import base, readings

P = base.LIGHT
EVIL = '<a href="http://evil.test">x</a>'
NAMES = (
    "own",
    "other",
    "bounds",
    "not_shown",
    "middle",
    "difference",
    "bias",
    "interval",
    "limits",
    "pairs",
    "national",
    "level",
)
WORDS = {name: name for name in NAMES}


def known(values) -> list[float]:
    return [float(v) for v in values if v is not None and not pd.isna(v)]


def parts() -> pd.DataFrame:
    rows = [("Part", "a note", 60.0, 55.0, 70.0, 40.0, 40.0, 40.0), (EVIL, "", np.nan, 0.0, 100.0, 20.0, 10.0, 30.0)]
    columns = ["label", "note", "own", "own_lower", "own_upper", "other", "other_lower", "other_upper"]
    return pd.DataFrame(rows, columns=columns)


def test_both_readings_are_dots_of_their_own_over_their_own_bounds():
    chart = readings.two_readings(parts(), "Title", "Subtitle", P, words=WORDS)
    own_bounds, own, other_bounds, other = chart.data
    assert known(own_bounds.x) == [55, 70, 0, 100] and known(other_bounds.x) == [40, 40, 10, 30]
    assert known(own.x) == [60] and known(other.x) == [40, 20]
    assert own.marker.symbol != other.marker.symbol  # told apart without colour
    assert all(a < b for a, b in zip(own.y, other.y, strict=True))
    assert "not_shown" in own.hovertext[1] and "own: 60.0" in own.hovertext[0]


def test_labels_from_outside_are_text_in_every_chart():
    table = parts()
    pairs = pd.DataFrame({"label": [EVIL], "key": ["QMA"], "middle": [50.0], "difference": [5.0], "own": [52.5], "other": [47.5]})
    over = {"bias": 5.0, "low": 1.0, "high": 9.0, "limit_low": np.nan, "limit_high": np.nan}
    biases = pd.DataFrame({"label": [EVIL], "note": [EVIL], "hue": ["upstream"], **{k: [v] for k, v in over.items()}})
    asked = pd.DataFrame({"question": ["a1"], "label": [EVIL], "note": [""], "lowest": [1], "highest": [3], "national": [pd.NA]})
    answers = pd.DataFrame({"question": ["a1", "a1"], "organization": [EVIL, "Navy"], "level": [1, 3]})
    charts = [
        readings.two_readings(table, "", "", P, words=WORDS),
        readings.bland_altman(pairs, over, "", "", P, words=WORDS),
        readings.biases(biases, "", "", P, words=WORDS),
        readings.answer_table(np.eye(2, dtype=int), [EVIL, "1"], ["0", "1"], "", "", P, words=WORDS),
        readings.spreads(asked, answers, [0, 1, 2, 3], "", "", P, words=WORDS),
    ]
    for chart in charts:
        assert "<a href" not in str(chart.to_dict()) and "&lt;a href" in str(chart.to_dict())


def pairs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["A", "B"],
            "key": ["QMA", "QMB"],
            "middle": [50.0, 60.0],
            "difference": [10.0, -2.0],
            "own": [55.0, 59.0],
            "other": [45.0, 61.0],
        }
    )


def lines(chart) -> list[float]:
    return [s.y0 for s in chart.layout.shapes if s.type == "line"]


def test_limits_are_drawn_only_where_they_are_shown():
    over = {"bias": 4.0, "low": 1.0, "high": 7.0, "limit_low": np.nan, "limit_high": np.nan}
    chart = readings.bland_altman(pairs(), over, "Title", "Subtitle", P, words=WORDS)
    assert lines(chart) == [0, 4]
    chart = readings.bland_altman(pairs(), over | {"limit_low": -20.0, "limit_high": 28.0}, "Title", "Subtitle", P, words=WORDS)
    assert lines(chart) == [0, 4, -20, 28]
    assert chart.layout.yaxis.range[1] > 28 and chart.layout.yaxis.range[0] < -28


def test_a_dot_a_state_carries_its_code_and_the_bias_its_interval():
    over = {"bias": 4.0, "low": 1.0, "high": 7.0, "limit_low": np.nan, "limit_high": np.nan}
    chart = readings.bland_altman(pairs(), over, "Title", "Subtitle", P, words=WORDS)
    (dots,) = chart.data
    assert list(dots.customdata) == ["QMA", "QMB"] and known(dots.x) == [50, 60] and known(dots.y) == [10, -2]
    (band,) = [s for s in chart.layout.shapes if s.type == "rect"]
    assert (band.y0, band.y1) == (1, 7)
    assert any("4.0" in a.text for a in chart.layout.annotations)


def test_the_bias_of_each_part_stands_on_its_interval_in_the_hue_of_its_type():
    table = pd.DataFrame(
        [
            ("U", "12 States", "upstream", 5.0, 2.0, 8.0, np.nan, np.nan),
            ("D", "30 States", "downstream", -3.0, -6.0, 0.0, -20.0, 14.0),
        ],
        columns=["label", "note", "hue", "bias", "low", "high", "limit_low", "limit_high"],
    )
    chart = readings.biases(table, "Title", "Subtitle", P, words=WORDS)
    drawn = {tuple(known(t.x)) for t in chart.data if t.mode == "lines" and known(t.x)}
    assert drawn == {(2, 8), (-6, 0), (-20, 14)}
    dots = chart.data[-1]
    assert known(dots.x) == [5, -3] and list(dots.marker.color) == [P.upstream, P.downstream]
    assert "limits: -20.0 - 14.0" in dots.hovertext[1] and "limits" not in dots.hovertext[0]


def test_no_part_with_a_bias_is_an_empty_figure():
    table = pd.DataFrame(columns=["label", "note", "hue", "bias", "low", "high", "limit_low", "limit_high"])
    assert known(readings.biases(table, "", "", P, words=WORDS).data[-1].x) == []


def test_the_table_prints_every_count_and_frames_the_same_level():
    counts = np.array([[4, 1], [0, 9]])
    chart = readings.answer_table(counts, ["0, Absent", "1, Started"], ["0", "1"], "Title", "Subtitle", P, words=WORDS)
    heat, printed = chart.data
    assert list(zip(printed.x, printed.y, printed.text, strict=True)) == [(0, 0, "4"), (1, 0, "1"), (0, 1, "0"), (1, 1, "9")]
    assert [(s.x0, s.y0) for s in chart.layout.shapes] == [(-0.5, -0.5), (0.5, 0.5)]
    assert [list(row) for row in heat.z] == [[3, 2], [0, 6]]  # 4 of 9: 2.2 of 5 steps; 1 of 9: 0.6; none is none
    assert "own: 1, Started<br>other: 0, Absent<br>pairs: 0" in str(heat.hovertext)


def test_a_spread_runs_from_the_lowest_to_the_highest_organization_with_the_national_answer_beside():
    table = pd.DataFrame(
        {
            "question": ["a1", "a2"],
            "label": ["a1 How", "a2 Why"],
            "note": ["", ""],
            "lowest": [1, 2],
            "highest": [4, 2],
            "national": [3, pd.NA],
        }
    )
    answers = pd.DataFrame(
        {"question": ["a1", "a1", "a2", "b1"], "organization": ["Navy", "Army", "Navy", "Navy"], "level": [1, 4, 2, 5]}
    )
    chart = readings.spreads(table, answers, [0, 1, 2, 3, 4, 5], "Title", "Subtitle", P, words=WORDS)
    span, national, army, navy = chart.data
    assert known(span.x) == [1, 4, 2, 2] and known(national.x) == [3]
    assert (army.name, known(army.x), navy.name, known(navy.x)) == ("Army", [4], "Navy", [1, 2])  # b1 is not in the figure
