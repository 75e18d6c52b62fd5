"""Two sides of one thing on a line, and the matrix of links: every mark stands where its table says."""

import pandas as pd

from analysis.charts import base
from analysis.charts.feedback import link_matrix
from analysis.charts.sides import two_sides

NA = float("nan")
WORDS = {name: name for name in ("score", "bounds", "not_shown", "not_returned", "not_applicable")}


def sides() -> pd.DataFrame:
    first = {
        "label": "<b>One</b>",
        "note": "n",
        "a_name": "lens",
        "a_score": 40.0,
        "a_lower": 30.0,
        "a_upper": 50.0,
        "a_why": "shown",
    }
    first |= {"b_name": "rest", "b_score": 80.0, "b_lower": 80.0, "b_upper": 80.0, "b_why": "shown"}
    second = first | {"label": "Two", "a_score": NA, "a_lower": 10.0, "a_upper": 90.0, "a_why": "few_answers"}
    return pd.DataFrame([first, second | {"b_score": NA, "b_lower": NA, "b_upper": NA, "b_why": "not_returned"}])


def drawn():
    return two_sides(sides(), "t", "s", base.LIGHT, words=WORDS, target=60.0)


def test_each_side_has_its_dot_over_its_bar_a_little_apart():
    bar_b, dot_b, _, bar_a, dot_a, _ = drawn().data
    assert dot_a.x[0] == 40 and dot_b.x[0] == 80 and dot_a.y[0] < dot_b.y[0]
    assert list(bar_a.x)[:2] == [30, 50] and list(bar_a.x)[3:5] == [10, 90]
    assert pd.isna(list(dot_a.x)[1]) and pd.isna(list(bar_b.x)[3])


def test_the_range_of_a_side_is_a_wider_paler_band_behind_its_bar():
    ranged = sides().assign(a_low=[25.0, NA], a_high=[45.0, NA], b_low=[70.0, NA], b_high=[85.0, NA])
    chart = two_sides(ranged, "t", "s", base.LIGHT, words=WORDS | {"range": "range"})
    band, bar = chart.data[4], chart.data[5]
    assert list(band.x)[:2] == [25, 45] and list(bar.x)[:2] == [30, 50]
    assert band.line.width > bar.line.width and band.opacity < bar.opacity
    hovers = chart.data[7].hovertext
    assert hovers[0].endswith("<br>range: 25.0 - 45.0") and "range" not in hovers[1]


def test_the_target_is_a_line_and_the_filled_side_is_the_first():
    chart = drawn()
    assert [shape.x0 for shape in chart.layout.shapes] == [60]
    assert chart.data[4].marker.color == base.LIGHT.accent and chart.data[1].marker.color == base.LIGHT.paper


def test_the_hover_says_the_score_or_why_there_is_none_and_never_reads_html():
    hover_b, hover_a = drawn().data[2].hovertext, drawn().data[5].hovertext
    assert hover_a[0] == "<b>&lt;b&gt;One&lt;/b&gt;</b><br>lens<br>score: 40.0<br>bounds: 30.0 - 50.0"
    assert hover_a[1].endswith("lens<br>not_shown<br>bounds: 10.0 - 90.0") and hover_b[1].endswith("rest<br>not_returned")


def test_no_rows_make_an_empty_figure():
    assert len(two_sides(sides().head(0), "t", "s", base.LIGHT, words=WORDS).data) == 6


def links() -> pd.DataFrame:
    rows = [("D1", "U1", "link", "0"), ("D1", "U2", "", ""), ("D2", "U1", "open", "4 → 1"), ("D2", "U2", "beside", "2")]
    return pd.DataFrame([(*row, [f"note <{row[0]}>"]) for row in rows], columns=["line", "column", "tone", "mark", "notes"])


def test_a_cell_stands_for_each_link_and_nothing_where_there_is_none():
    chart = link_matrix(links(), "t", "s", base.LIGHT, axes=("downstream", "upstream"))
    (cells,) = chart.data
    assert list(zip(cells.x, cells.y, cells.text, strict=True)) == [(0, 0, "0"), (0, 1, "4 → 1"), (1, 1, "2")]
    fills = [shape.fillcolor for shape in chart.layout.shapes]
    assert fills == [base.LIGHT.fine, base.LIGHT.certain, None] and chart.layout.shapes[2].line.dash == "dot"
    assert chart.layout.height == 60 + 2 * 5 + 2 * 40  # room for the longest name across the top, two letters
    assert cells.hovertext[0] == "downstream: <b>D1</b><br>upstream: <b>U1</b><br>note &lt;D1&gt;"


def test_a_name_across_the_top_stands_in_one_line_whole():
    name = "IED.U2 Offences and powers on illicit making, supply and possession"
    chart = link_matrix(links().replace({"column": {"U2": name}}), "t", "s", base.LIGHT, axes=("downstream", "upstream"))
    assert list(chart.layout.xaxis.ticktext) == ["U1", name]
