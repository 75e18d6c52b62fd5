"""Charts of the balance hold the values of their tables, and let nothing from outside in but text."""

import re

import pandas as pd
import plotly.graph_objects as go
import pytest

from analysis.charts import balance, base, residual

P = base.LIGHT
EVIL = '<a href="http://evil.test">x</a>'
QUADRANTS = ("both", "prevents", "responds", "neither")
LEVELS = {"upstream": ["level 0", *"12345"], "downstream": [f"level {n}" for n in range(6)]}
WORDS = {name: name for name in (*QUADRANTS, "upstream", "downstream", "bounds", "target", "before", "not_shown")}


def states() -> pd.DataFrame:
    rows = [
        ("Shown", "QMA", 80.0, 60.0, 80.0, 80.0, 60.0, 60.0, 70.0, 50.0, "none", True, False, "a note"),
        ("Boxed", "QMB", 40.0, 50.0, 30.0, 55.0, 40.0, 65.0, 40.0, 50.0, "certain", False, True, ""),
        ("Few", "QMC", None, 20.0, 10.0, 50.0, 20.0, 20.0, None, None, "possible", True, False, ""),
        ("Away", "QMD", None, None, None, None, None, None, None, None, "", True, False, ""),
    ]
    columns = [
        "label",
        "key",
        "upstream",
        "downstream",
        "upstream_lower",
        "upstream_upper",
        "downstream_lower",
        "downstream_upper",
    ]
    columns += ["upstream_before", "downstream_before", "heavy", "named", "strong", "note"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(columns[2:10], float))


def drawn(table: pd.DataFrame):
    return balance.plane(table, "Title", "Subtitle", P, words=WORDS, target=60, steps=[0, 20, 40, 60, 80, 100], levels=LEVELS)


def known(values) -> list[float]:
    return [float(v) for v in values if v is not None and not pd.isna(v)]


def test_each_line_of_the_grid_says_its_points_and_below_them_its_level():
    chart = drawn(states())
    for axis, levels in ((chart.layout.xaxis, LEVELS["upstream"]), (chart.layout.yaxis, LEVELS["downstream"])):
        said = [re.sub("<span[^>]*>", "", tick).replace("</span>", "").split("<br>") for tick in axis.ticktext]
        assert list(axis.tickvals) == [0, 20, 40, 60, 80, 100]
        assert said == [[str(points), level] for points, level in zip(axis.tickvals, levels, strict=True)]


def test_boxes_only_where_open_questions_leave_room():
    boxes = drawn(states()).data[0]
    assert known(boxes.x) == [30, 55, 55, 30, 30, 10, 50, 50, 10, 10]
    assert known(boxes.y) == [40, 40, 65, 65, 40, 20, 20, 20, 20, 20]
    assert boxes.fill == "toself"


def test_arrows_lead_from_the_round_before_to_now():
    arrows = drawn(states()).data[1]
    assert known(arrows.x) == [70, 80] and known(arrows.y) == [50, 60]  # QMB stands where it stood


def colours_of(marker) -> list[str]:
    """The colour of each mark, where they are numbers on a scale."""
    stops = {round(stop * marker.cmax): colour for stop, colour in marker.colorscale}
    return [stops[number] for number in marker.color]


@pytest.mark.parametrize("colours", [["#111111"] * 3, ["#111111", "#222222"], ["#333333", "#111111", "#222222", "#111111"], []])
def test_colours_as_numbers_stand_for_themselves(colours):
    marker = go.scatter.Marker(base.coded(colours))
    assert colours_of(marker) == colours and (marker.cmin, marker.showscale) == (0, False)


def test_a_dot_whose_sides_are_not_separable_is_hollow():
    hollow = drawn(states().assign(separable=[True, False, False, False])).data[4]
    assert known(hollow.x) == [40] and known(hollow.y) == [50] and hollow.marker.color == P.paper
    assert known(drawn(states()).data[4].x) == []


def test_dots_rings_and_clicks_stand_at_the_scores():
    rings, dots, _, clicks = drawn(states()).data[2:6]
    assert known(dots.x) == [80, 40] and known(dots.y) == [60, 50]
    assert known(rings.x) == [40] and colours_of(dots.marker)[1] == P.text
    assert list(clicks.customdata) == ["QMA", "QMB", "QMC"] and known(clicks.x) == [80, 40, 30]


def test_the_quadrants_the_named_and_the_chosen_are_printed_and_a_name_never_lies_over_another():
    said = [a.text for a in drawn(states()).layout.annotations]
    assert set(said[:4]) == set(QUADRANTS) and said[4:] == ["<b>Boxed</b>", "Shown"]
    close = states().assign(upstream=[80.0, 79.0, None, None], downstream=[60.0, 61.0, None, None])
    assert [a.text for a in drawn(close).layout.annotations][4:] == ["<b>Boxed</b>"]


def test_the_hover_says_what_is_known_and_nothing_from_outside_acts():
    chart = drawn(states())
    assert "not_shown (bounds: 10.0 - 50.0)" in chart.data[-1].hovertext[2] and "a note" in chart.data[-1].hovertext[0]
    evil = drawn(states().assign(label=EVIL, note=EVIL)).to_json()
    assert "<a href" not in evil and "\\u003ca href" not in evil


def test_an_empty_plane_is_drawn():
    assert len(drawn(states().head(0)).data) == 6


def test_associations_stand_between_their_ends_and_what_is_not_given_draws_none():
    table = pd.DataFrame(
        {
            "label": ["A", "B"],
            "note": ["9", ""],
            "r": [0.5, None],
            "low": [0.1, None],
            "high": [0.8, None],
            "quiet": [False, True],
        }
    )
    words = {"opposite": "o", "unrelated": "u", "together": "t"}
    chart = balance.associations(table, "T", "S", P, words=words)
    assert [known(t.x) for t in chart.data] == [[0.1, 0.8], [0.5]]
    assert list(chart.layout.xaxis.ticktext) == ["o", "u", "t"]


def test_bars_of_law_and_practice_count_states():
    table = pd.DataFrame({"label": [EVIL], "law_ahead": [2], "practice_ahead": [1], "open": [0], "together": [4]})
    words = {name: name for name in ("law_ahead", "practice_ahead", "open", "together", "states")}
    chart = balance.parted_bars(table, "T", "S", P, words=words)
    assert [list(bar.x) for bar in chart.data] == [[2], [1], [0], [4]]
    assert "<a href" not in chart.to_json()


def test_need_runs_from_downstream_to_what_is_asked():
    rows = [("A", "n", 40.0, 35.0, 50.0, 60.0, 44.0, 4.0), ("B", "n", 70.0, 70.0, 70.0, 60.0, 44.0, 0.0)]
    columns = ["label", "note", "downstream", "downstream_lower", "downstream_upper", "target", "relaxed", "missing"]
    words = {name: name for name in ("downstream", "bounds", "target", "relaxed", "need")}
    chart = residual.need_lines(pd.DataFrame(rows, columns=columns), "T", "S", P, words=words)
    assert [known(t.x) for t in chart.data] == [[35, 50, 70, 70], [40, 44], [60, 60], [44, 44], [40, 70]]


@pytest.mark.parametrize(("rho", "n"), [(0, 3), (0.3, 3), (0.5, 2), (1, 1)])
def test_the_staircase_marks_what_is_left_at_the_chosen_relaxation(rho, n):
    table = pd.DataFrame({"rho": [0, 0.5, 1], "n": [3, 2, 1]})
    chart = residual.remaining_steps(table, rho, "T", "S", P, words={"rho": "r", "n": "{n} left"})
    assert known(chart.data[1].y) == [n] and chart.layout.annotations[0].text == f"{n} left"


def test_the_square_names_its_regions_and_draws_the_range_in_view():
    lines = {"upstream": [0, 0.5, 1], "all": [0, 0.3, 0.5], "some": [0, 0.6, 1], "one": [0, 0.4, 0.8]}
    names = ("upstream", "downstream", "first_upstream", "first_depends", "first_downstream", "sweep", "one")
    chart = residual.first_square(lines, ((0.2, 0.8), (0.3, 0.7)), "T", "S", P, words={n: n for n in names})
    assert list(chart.data[-1].y) == lines["one"] and list(chart.data[0].y) == lines["all"]
    box = chart.layout.shapes[0]
    assert (box.x0, box.x1, box.y0, box.y1) == (0.2, 0.8, 0.3, 0.7)
    assert {a.text for a in chart.layout.annotations} == {"first_upstream", "first_depends", "first_downstream", "sweep"}
