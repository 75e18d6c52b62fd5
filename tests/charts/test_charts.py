"""Figures hold the values of their tables, say the same in their hovers, and let nothing from outside in but text."""

import re

import pandas as pd
import pytest

from analysis.charts import base, dots, gaps, heatmap, history, spread
from analysis.reports.labelled import chart_words, gap_words

P, WORDS = base.LIGHT, chart_words()
EVIL = '<a href="http://evil.test">x</a>'
TITLES = ("Title", "Subtitle", P)


def values(numbers) -> list:
    return [None if pd.isna(n) else float(n) for n in numbers]


def bounded_table() -> pd.DataFrame:
    rows = [
        ("Shown", "upstream", 62.25, 50.0, 75.0, "level 2", 60.0, 40.0, "shown"),
        ("Zero", "downstream", 0.0, 0.0, 0.0, "level 0", 60.0, None, "shown"),
        ("Few", "downstream", None, 20.0, 80.0, "few", 60.0, None, "few_answers"),
        ("Away", "", None, None, None, "", None, None, "not_returned"),
    ]
    columns = ["label", "hue", "score", "lower", "upper", "note", "target", "before", "why"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("score", "lower", "upper", "target", "before"), float))


def test_dots_stand_at_the_scores_and_na_draws_none():
    traces = dots.bounded_dots(bounded_table(), *TITLES, words=WORDS).data
    assert values(traces[-2].x) == [62.25, 0.0, None, None]
    assert list(traces[-2].y) == [0, 1, 2, 3]


def test_bounds_targets_and_earlier_scores_are_those_of_the_table():
    traces = dots.bounded_dots(bounded_table(), *TITLES, words=WORDS).data
    lines = [values(t.x) for t in traces if t.mode == "lines"]
    assert lines == [[50, 75, None], [0, 0, None, 20, 80, None], [None, None, None]]
    assert values(traces[3].x) == [60, 60, 60, None]
    assert values(traces[4].x) == [40, None, None, None]


def test_a_hover_says_what_the_table_says_and_why_a_score_is_missing():
    hover = dots.bounded_dots(bounded_table(), *TITLES, words=WORDS).data[-1].hovertext
    assert hover[0] == (
        "<b>Shown</b><br>Score: 62.3<br>Unanswered questions allow: 50.0 - 75.0<br>Target: 60.0<br>Round before: 40.0<br>level 2"
    )
    assert hover[1].startswith("<b>Zero</b><br>Score: 0.0")
    assert hover[2].startswith("<b>Few</b><br>Not enough answers<br>Unanswered questions allow: 20.0 - 80.0")
    assert hover[3] == "<b>Away</b><br>Not returned"


def test_rows_of_one_label_share_a_line_a_little_apart():
    table = bounded_table().iloc[:2].assign(label="Both")
    chart = dots.bounded_dots(table, *TITLES, words=WORDS)
    assert list(chart.data[-2].y) == pytest.approx([-0.17, 0.17])
    assert len(chart.layout.yaxis.ticktext) == 1


def heat_table() -> pd.DataFrame:
    rows = [
        ("Quince", "A", 62.5, 62.5, 62.5, 3, "shown", "QMA"),
        ("Quince", "B", 0.0, 0.0, 0.0, 0, "shown", "QMA"),
        ("Medlar", "A", None, 20.0, 80.0, None, "few_answers", "QMB"),
        ("Medlar", "B", None, None, None, None, "not_returned", "QMB"),
    ]
    table = pd.DataFrame(rows, columns=["line", "column", "score", "lower", "upper", "level", "why", "key"])
    return table.astype({"score": float, "lower": float, "upper": float, "level": "Int64"})


def test_a_cell_prints_its_score_and_a_mark_where_there_is_none():
    chart = heatmap.score_heatmap(heat_table(), *TITLES, words=WORDS)
    assert printed(chart) == {(0, 0): "63", (1, 0): "0", (0, 1): "–"}
    trace = chart.data[-1]
    assert list(zip(trace.x, trace.y, strict=True)) == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert list(trace.customdata) == ["QMA", "QMA", "QMB", "QMB"]


def printed(chart) -> dict[tuple[int, int], str]:
    """(column, line) -> what is printed there."""
    traces = [trace for trace in chart.data if trace.mode == "text"]
    return {(x, y): words for trace in traces for x, y, words in zip(trace.x, trace.y, trace.text, strict=True)}


@pytest.mark.parametrize("palette", [base.LIGHT, base.DARK])
def test_each_number_is_printed_in_an_ink_that_can_be_read_on_its_cell(palette):
    chart = heatmap.score_heatmap(heat_table(), "", "", palette, words=WORDS)
    inks = {(x, y): trace.textfont.color for trace in chart.data[:-1] for x, y in zip(trace.x, trace.y, strict=True)}
    fills = colours_of(chart)
    assert inks == {(0, 0): base.ink(fills[0, 0]), (1, 0): base.ink(fills[1, 0]), (0, 1): palette.muted}


def colours_of(chart) -> dict[tuple[int, int], str]:
    """(column, line) -> colour of each cell, from the left upper corners of the squares that are drawn."""
    found = {}
    for shape in chart.layout.shapes:
        for left, top in re.findall(r"M([-\d.]+),([-\d.]+)L", shape.path):
            found[round(float(left) + 0.48), round(float(top) + 0.46)] = shape.fillcolor
    return found


def test_a_map_has_a_shape_for_each_colour_not_for_each_cell():
    chart = heatmap.score_heatmap(heat_table(), *TITLES, words=WORDS)
    assert len(chart.layout.shapes) == len(set(colours_of(chart).values())) == 3
    assert set(colours_of(chart)) == {(0, 0), (1, 0), (0, 1), (1, 1)}


def test_a_cell_prints_its_level_where_levels_are_asked_for():
    chart = heatmap.score_heatmap(heat_table(), *TITLES, words=WORDS, values="level", top=5)
    assert printed(chart) == {(0, 0): "3", (1, 0): "0", (0, 1): "–"}
    assert colours_of(chart)[0, 0] == base.ramp_colour(P, 3 / 5)


@pytest.mark.parametrize("palette", [base.LIGHT, base.DARK])
def test_no_data_has_no_colour_of_the_scale(palette):
    fills = colours_of(heatmap.score_heatmap(heat_table(), "", "", palette, words=WORDS))
    assert fills[0, 1] == fills[1, 1] == palette.none
    assert palette.none not in palette.ramp
    assert fills[1, 0] == palette.ramp[0]


def test_a_cells_hover_says_what_the_table_says():
    hover = heatmap.score_heatmap(heat_table(), *TITLES, words=WORDS).data[-1].hovertext
    assert hover[0] == "<b>Quince</b><br>A<br>Score: 62.5<br>Level: 3<br>Unanswered questions allow: 62.5 - 62.5"
    assert hover[2] == "<b>Medlar</b><br>A<br>Not enough answers<br>Unanswered questions allow: 20.0 - 80.0"
    assert hover[3] == "<b>Medlar</b><br>B<br>Not returned"


def spread_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    states = [("A", "Part", "upstream", f"S{i}", s, f"QM{i}") for i, s in enumerate([10.0, 20.25, None, 20.25])]
    table = pd.DataFrame(states, columns=["node", "label", "hue", "name", "score", "key"])
    return table, pd.DataFrame([("A", 4, 3, None, None, None)], columns=["node", "states", "n", "median", "q1", "q3"])


def test_every_shown_state_is_a_dot_and_an_unshown_one_is_none():
    trace = spread.state_dots(*spread_tables(), *TITLES, words=WORDS).data[0]
    assert list(trace.x) == [10, 20.25, 20.25]
    assert list(trace.customdata) == ["QM0", "QM1", "QM3"]
    assert trace.hovertext[1] == "<b>S1</b><br>Part<br>Score: 20.3"
    assert len(set(trace.y)) == 2  # the two at 20.25 stand apart


def test_median_and_middle_half_are_drawn_where_there_are_any():
    table, summary = spread_tables()
    chart = spread.state_dots(table, summary, *TITLES, words=WORDS)
    assert len(chart.layout.shapes) == 0
    assert "3 of 4" in chart.layout.yaxis.ticktext[0]
    summary = summary.assign(median=20.0, q1=15.0, q3=25.0)
    band, line = spread.state_dots(table, summary.assign(n=10), *TITLES, words=WORDS).layout.shapes
    assert (band.x0, band.x1, line.x0) == (15, 25, 20)
    (alone,) = spread.state_dots(table, summary.assign(n=9), *TITLES, words=WORDS).layout.shapes
    assert alone.x0 == 20  # nine scores have a median and no band


def shared_table(label: str = "M1") -> pd.DataFrame:
    return pd.DataFrame({"label": [label], "certain": [3], "possible": [1], "none": [0], "not_returned": [2]})


def test_bars_count_the_states_of_each_kind():
    chart = gaps.shared_gap_bars(shared_table(), *TITLES, words=gap_words())
    assert [list(trace.x) for trace in chart.data] == [[3], [1], [0], [2]]
    assert chart.data[0].hovertext[0] == f"<b>M1</b><br>{gap_words()['certain']}: 3"
    assert len({trace.marker.color for trace in chart.data}) == 4


def history_table(**settings) -> pd.DataFrame:
    rows = [("QMA", "2020", 10.0), ("QMA", "2022", None), ("QMA", "2026", 30.25), ("QMB", "2020", 50.0), ("QMB", "2026", 60.0)]
    table = pd.DataFrame(rows, columns=["name", "round", "score"]).assign(node="A", label="Part", hue="upstream", note="5 of 6")
    return table.assign(round_date=pd.to_datetime(table["round"]), **settings)


@pytest.mark.parametrize("quiet", [False, True])
def test_a_line_breaks_where_a_score_is_not_shown_and_where_a_round_is_missing(quiet):
    chart = history.round_lines(history_table(quiet=quiet), *TITLES, words=WORDS)
    drawn_y = [value for trace in chart.data for value in values(trace.y)]
    assert drawn_y == ([10, None, 30.25, None, 50, None, 60, None] if quiet else [10, None, 30.25, 50, None, 60])
    assert all(trace.connectgaps is False for trace in chart.data)


def test_rounds_stand_in_the_order_of_their_dates():
    table = history_table().assign(round=["2026-H2", "2026-05", "2026-Q4", "2026-H2", "2026-Q4"])
    table["round_date"] = pd.to_datetime(["2026-07-01", "2026-05-01", "2026-10-01", "2026-07-01", "2026-10-01"])
    chart = history.round_lines(table, *TITLES, words=WORDS)
    assert list(chart.layout.xaxis.categoryarray) == ["2026-05", "2026-H2", "2026-Q4"]


def test_a_points_hover_says_what_the_table_says():
    table = history_table(lower=[10.0, None, 20.0, 50.0, 60.0], upper=[10.0, None, 40.0, 50.0, 60.0])
    chart = history.round_lines(table, *TITLES, words=WORDS)
    lines = [t for t in chart.data if t.mode == "lines+markers"]
    assert lines[0].hovertext[2] == "<b>QMA</b><br>2026: Score 30.3<br>Unanswered questions allow: 20.0 - 40.0<br>5 of 6"
    bands = [t for t in chart.data if t.mode == "lines"]
    assert values(bands[0].y) == [10, 10, None, 20, 40, None]


def every_chart() -> dict:
    dot_table, summary = spread_tables()
    return {
        "dots": dots.bounded_dots(bounded_table().assign(label=EVIL, note=EVIL), *TITLES, words=WORDS),
        "dots alone": dots.bounded_dots(bounded_table().iloc[:1].assign(label=EVIL, note=EVIL), *TITLES, words=WORDS),
        "heatmap": heatmap.score_heatmap(heat_table().assign(line=EVIL, column=EVIL), *TITLES, words=WORDS),
        "spread": spread.state_dots(dot_table.assign(name=EVIL, label=EVIL), summary, *TITLES, words=WORDS),
        "gaps": gaps.shared_gap_bars(shared_table(EVIL), *TITLES, words=gap_words()),
        "history": history.round_lines(
            history_table().assign(name=EVIL, label=EVIL, note=EVIL, round=EVIL), *TITLES, words=WORDS
        ),
        "quiet": history.round_lines(history_table(quiet=True).assign(name=EVIL, label=EVIL, note=EVIL), *TITLES, words=WORDS),
    }


@pytest.mark.parametrize("name", list(every_chart()))
def test_what_comes_from_outside_is_text_and_never_a_link(name):
    written = every_chart()[name].to_json()
    assert "\\u003ca" not in written.lower() and "<a" not in written.lower()
    assert "href" in written  # it is there, as text


def test_labels_are_wrapped_and_escaped():
    assert base.wrapped("one two three", 7, 3) == "one two<br>three"
    assert base.wrapped("one two three", 3, 2) == "one<br>two ..."
    assert base.wrapped("a < b & c") == "a &lt; b &amp; c"
    assert base.wrapped("") == ""


def test_ink_can_be_read_on_every_colour_of_the_scale():
    """WCAG 2: at least 4.5 to 1 for text of this size."""

    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for palette in (base.LIGHT, base.DARK):
        for colour in palette.ramp:
            high, low = sorted([luminance(colour), luminance(base.ink(colour))], reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, colour


def test_the_ramp_runs_from_its_first_to_its_last_colour_and_never_past_them():
    assert [base.ramp_colour(P, s) for s in (-1, 0, 0.2, 1, 2)] == [P.ramp[i] for i in (0, 0, 1, 5, 5)]


def test_the_two_types_of_measure_keep_their_hues_and_others_get_the_accent():
    assert [P.axis(t) for t in ("upstream", "downstream", "capacity", "")] == [P.upstream, P.downstream, P.accent, P.accent]
    assert base.palette(True) is base.DARK and base.palette(False) is base.LIGHT
