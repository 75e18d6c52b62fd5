"""Priorities drawn: every mark stands where its table says, and no label is read as HTML."""

import pandas as pd
import pytest

from analysis.charts import priorities as charts
from analysis.charts.base import DARK, LIGHT

WORDS = {"worth": "Value", "bounds": "Open", "closed": "Gap", "importance": "Importance", "threat": "Threat", "axis": "States"}


def tops(n: int) -> pd.DataFrame:
    return pd.DataFrame({
        "title": [f"<b>{i}</b>" for i in range(n)], "note": "rank 1 to 3", "measure_type": ["upstream", "downstream"] * (n // 2) + ["upstream"] * (n % 2),
        "worth": [3.0 - i for i in range(n)], "worth_low": [1.0] * n, "worth_high": [4.0] * n, "closed": 60.0, "importance": 0.05, "threat": 0.5,
        "key": "QMA",
    })  # fmt: skip


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_value_is_a_dot_with_its_bounds_behind(colours):
    chart = charts.top_values(tops(2), "t", "s", colours, words=WORDS)
    assert list(chart.data[-1].x) == [3, 2] and list(chart.data[-1].marker.color) == [colours.upstream, colours.downstream]
    assert [list(trace.x) for trace in chart.data[:-1]] == [[1, 4], [1, 4]]
    assert "<b>0</b>" not in chart.data[-1].hovertext[0].removeprefix("<b>").split("</b>")[0]
    assert "Importance: 5.0 %" in chart.data[-1].hovertext[0] and "Threat: 0.5" in chart.data[-1].hovertext[0]


def test_without_any_gap_the_chart_is_empty_and_stands():
    chart = charts.top_values(tops(0), "t", "s", LIGHT, words=WORDS)
    assert list(chart.data[-1].x) == [] and chart.layout.height == 150


def test_bars_add_up_and_a_zero_has_no_label():
    table = pd.DataFrame({"label": ["a", "<i>"], "note": "", "asks": [1, 0], "others": [2, 5]})
    chart = charts.stacked_counts(
        table, {"asks": "#111111", "others": "#222222"}, "t", "s", LIGHT, words={"asks": "A", "others": "O", "axis": "n"}
    )
    assert [list(bar.x) for bar in chart.data] == [[1, 0], [2, 5]]
    assert list(chart.data[0].text) == ["1", ""] and chart.layout.barmode == "stack"
    assert chart.layout.xaxis.range[1] >= 5 and "&lt;i&gt;" in chart.data[0].hovertext[1]


def test_needs_and_offers_share_a_line():
    table = pd.DataFrame({"label": ["a", "b"], "note": ["", "no offer"], "needs": [3, 1], "offers": [0, 1]})
    chart = charts.needs_beside_offers(table, "t", "s", LIGHT, words={"needs": "N", "offers": "O", "axis": "n"})
    found = {trace.name: list(trace.x) for trace in chart.data if trace.name}
    assert found == {"O": [0, 1], "N": [3, 1]}
    assert list(chart.data[0].x) == [3, 0, None, 1, 1, None]
    assert "no offer" in chart.layout.yaxis.ticktext[1]
