"""Charts of portfolios hold the values of their tables, and let nothing from outside in but text."""

import numpy as np
import pandas as pd

from analysis.charts import base, portfolio

P = base.LIGHT
EVIL = '<a href="http://evil.test">x</a>'
BAR = {name: name for name in ("points_closed", "points_open", "packages", "cost", "points", "between")}


def test_bars_hold_what_is_closed_and_what_stays_open():
    rows = [("One", "QMA", 30.0, 70.0, 2, "250 thousand"), (EVIL, "QMB", 0.2, 5.0, 1, "50 thousand")]
    table = pd.DataFrame(rows, columns=["label", "iso3", "points_closed", "points_open", "packages", "cost_words"])
    chart = portfolio.closed_bars(table, "T", "S", P, words=BAR)
    assert [list(t.x) for t in chart.data] == [[30, 0.2], [70, 5]]
    assert list(chart.data[0].customdata) == ["QMA", "QMB"] and list(chart.data[0].text) == ["30", ""]
    assert "closed: 30.0" in chart.data[0].hovertext[0] and "cost: 250 thousand" in chart.data[0].hovertext[0]
    assert "<a href" not in chart.to_json()
    between = portfolio.closed_bars(
        table.assign(points_closed_low=[20.0, 0], points_closed_high=[35.0, 1]), "T", "S", P, words=BAR
    )
    assert np.array_equal(between.data[2].x, [20, 35, np.nan, 0, 1, np.nan], equal_nan=True)  # two lines, a break behind each
    assert np.array_equal(between.data[2].y, [0, 0, np.nan, 1, 1, np.nan], equal_nan=True)
    assert "between: 20.0 - 35.0" in between.data[0].hovertext[0]


def test_a_line_leads_from_now_to_afterwards():
    rows = [("Up", "upstream", 40.0, 55.0), (EVIL, "downstream", 20.0, 20.0)]
    table = pd.DataFrame(rows, columns=["label", "measure_type", "before", "after"])
    chart = portfolio.before_after(table, "T", "S", P, words={"before": "now", "after": "then"})
    before, after = chart.data[-2:]
    lines = {trace.line.color: [x for x in trace.x if x == x] for trace in chart.data[:-2]}
    assert lines == {P.upstream: [40, 55], P.downstream: [20, 20]}
    assert list(before.x) == [40, 20] and list(after.x) == [55, 20]
    assert list(before.marker.color) == [P.upstream, P.downstream] and before.marker.symbol == "circle-open"
    assert "then: 55.0" in after.hovertext[0] and "<a href" not in chart.to_json()


def test_a_score_that_is_not_shown_leaves_its_line_without_a_mark():
    table = pd.DataFrame([("Up", "upstream", np.nan, np.nan)], columns=["label", "measure_type", "before", "after"])
    chart = portfolio.before_after(table, "T", "S", P, words={"before": "now", "after": "then"})
    assert np.isnan(chart.data[-1].x[0]) and "now: –" in chart.data[-1].hovertext[0]


def test_the_frontier_tells_exact_from_quick_and_marks_the_budget():
    rows = [(1000.0, 10.0, 10.1), (2000.0, 16.0, 16.0), (1000.0, 9.0, None), (2000.0, 13.0, None), (3000.0, None, None)]
    table = pd.DataFrame(rows, columns=["budget", "value_points", "bound"]).astype(float)
    words = {name: name for name in ("budget", "points", "exact", "quick", "here")}
    chart = portfolio.frontier(table, 2000, "T", "S", P, words=words)
    assert {t.name: list(t.y) for t in chart.data} == {"exact": [10, 16], "quick": [9, 13]}
    assert list(chart.data[0].x) == [1, 2] and chart.layout.shapes[0].x0 == 2
    assert portfolio.frontier(table.tail(1), 2000, "T", "S", P, words=words).data == ()
