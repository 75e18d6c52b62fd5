"""Charts of ranges hold the values of their tables and say the same in their hovers."""

import pandas as pd

from analysis.charts import base, dots, ranges
from analysis.reports.uncertain import chart_words

P, WORDS = base.LIGHT, chart_words()
TITLES = ("Title", "Subtitle", P)
EVIL = '<a href="http://evil.test">x</a>'


def lines(chart) -> list[list]:
    return [[None if pd.isna(x) else float(x) for x in t.x] for t in chart.data if t.mode == "lines"]


def test_the_band_of_a_range_stands_behind_the_bounds():
    row = {"label": "Quince", "hue": "", "score": 60.0, "lower": 50.0, "upper": 70.0, "low": 40.0, "high": 75.0, "note": ""}
    chart = dots.bounded_dots(pd.DataFrame([row]), *TITLES, words=WORDS)
    assert lines(chart) == [[40, 75, None], [50, 70, None]]
    assert chart.data[0].line.width > chart.data[1].line.width
    assert "5 to 95 %: 40.0 - 75.0" in chart.data[-1].hovertext[0]


def difference_table() -> pd.DataFrame:
    rows = [
        ("Larch", "above in 99 %", 10.0, 12.25, 15.0, 11.0, 13.0, True),
        (EVIL, "not separable", -4.0, 0.0, 5.0, -9.0, 9.0, False),
    ]
    return pd.DataFrame(rows, columns=["label", "note", "low", "median", "high", "least", "most", "separable"])


def test_a_difference_that_is_not_separable_is_hollow():
    chart = ranges.differences(difference_table(), *TITLES, words=WORDS)
    dots_ = chart.data[-1]
    assert list(dots_.x) == [12.25, 0.0]
    assert list(dots_.marker.color) == [P.accent, P.paper]
    assert dots_.hovertext[0] == (
        "<b>Larch</b><br>median difference: +12.3<br>5 to 95 %: +10.0 - +15.0<br>Unanswered questions allow: +11.0 - +13.0<br>above in 99 %"
    )
    assert "<a" not in dots_.hovertext[1] and "<a" not in chart.layout.yaxis.ticktext[1]
    assert lines(chart) == [[10, 15, None], [-4, 5, None], [11, 13, None], [-9, 9, None]]
    assert list(chart.layout.xaxis.tickvals) == [-20, -10, 0, 10, 20]  # two to either side, as far to the left as to the right
    assert chart.layout.xaxis.range == (-22, 22)


def test_many_states_are_upright_lines_that_name_themselves_and_open_their_pages():
    rows = [("Larch", "QMH", 80.0, 60.0, 90.0, 70.0, 85.0, "level 4"), (EVIL, "QMG", float("nan"), 20.0, 70.0, 0.0, 100.0, "")]
    table = pd.DataFrame(rows, columns=["label", "key", "score", "low", "high", "lower", "upper", "note"]).assign(hue="upstream")
    band, bar, dots_, clicks = ranges.all_ranges(table, *TITLES, words=WORDS | {"states": "States"}).data
    known = [[float(y) for y in t.y if y is not None and not pd.isna(y)] for t in (band, bar, dots_)]
    assert known == [[60, 90, 20, 70], [70, 85, 0, 100], [80]] and band.line.width > bar.line.width
    assert list(clicks.customdata) == ["QMH", "QMG"] and list(clicks.y) == [80, 50]
    assert (
        clicks.hovertext[0]
        == "<b>Larch</b><br>Score: 80.0<br>Unanswered questions allow: 70.0 - 85.0<br>5 to 95 %: 60.0 - 90.0<br>level 4"
    )
    assert "<a" not in clicks.hovertext[1] and "not enough answers" in clicks.hovertext[1].lower()
    assert len(ranges.all_ranges(table.head(0), *TITLES, words=WORDS | {"states": "States"}).data) == 4


def test_ranks_are_drawn_from_end_to_end_and_never_as_one_number():
    rows = [("Larch", "", 1, 2, 1, 3), ("Quince", "chosen", pd.NA, pd.NA, pd.NA, pd.NA)]
    table = pd.DataFrame(rows, columns=["label", "note", "low", "high", "best", "worst"])
    table = table.astype(dict.fromkeys(("low", "high", "best", "worst"), "Int64"))
    chart = ranges.rank_ranges(table, *TITLES, words=WORDS)
    assert lines(chart) == [[1, 3, None], [1, 2, None]]
    assert [list(t.x) for t in chart.data if t.mode == "markers"] == [[1, None], [2, None]]


def test_shares_of_the_variation_stand_with_their_intervals():
    rows = [("values", 0.5, 0.1, 0.6, 0.2), ("weights", -0.01, 0.02, 0.05, 0.04)]
    table = pd.DataFrame(rows, columns=["label", "share_alone", "share_alone_half", "share_all", "share_all_half"])
    chart = ranges.index_bars(table, *TITLES, words=WORDS)
    assert [list(t.x) for t in chart.data] == [[0.5, 0.0], [0.6, 0.05]]  # a share below zero is noise around none
    assert list(chart.data[1].error_x.array) == [0.2, 0.04]
