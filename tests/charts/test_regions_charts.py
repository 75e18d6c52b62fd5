"""Charts of groups hold the values of their tables, and let nothing from outside in but text."""

import numpy as np
import pandas as pd
import pytest

from analysis.charts import base, regions

P = base.LIGHT
EVIL = '<a href="http://evil.test">x</a>'
NAN = np.nan
GROUP_WORDS = {name: name for name in ("score", "bounds", "median", "quartiles", "mean", "could_be", "range")}
LEVEL_WORDS = {name: name for name in ("between", "not_shown", "not_applicable", "not_returned", "states")}


def known(values) -> list[float]:
    return [float(v) for v in values if v is not None and not pd.isna(v)]


def groups() -> pd.DataFrame:
    rows = [
        ("big", EVIL, "10 of 12 returned, 10 shown", 10, 50.0, 30.0, 70.0, True, 52.0, 40.0, 60.0),
        ("mid", "Mid", "5 of 5 returned, 5 shown", 5, 20.0, 10.0, 30.0, False, 21.0, 20.0, 22.0),
        ("few", "Few", "1 of 4 returned, 1 shown", 1, NAN, NAN, NAN, False, NAN, NAN, NAN),
    ]
    columns = ["group", "group_name", "note", "n", "median", "q1", "q3", "box", "mean", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns).assign(hue="upstream")


def states() -> pd.DataFrame:
    rows = [
        ("big", EVIL, 50.0, 40.0, 60.0, "level 2", "QMA"),
        ("mid", "B", 20.0, NAN, NAN, "", "QMB"),
        ("few", "C", 90.0, 90.0, 90.0, "", "QMC"),
    ]
    rows += [("few", "D", NAN, 0.0, 100.0, "few answers", "QMD")]
    return pd.DataFrame(rows, columns=["group", "name", "score", "lower", "upper", "level_words", "key"])


def test_a_group_has_its_dots_a_tick_from_five_and_a_box_from_ten():
    chart = regions.group_dots(states(), groups(), "Title", "Subtitle", P, words=GROUP_WORDS)
    boxes = [s for s in chart.layout.shapes if s.type == "rect"]
    ticks = [s.x0 for s in chart.layout.shapes if s.type == "line"]
    assert [(b.x0, b.x1) for b in boxes] == [(30, 70)] and ticks == [50, 20]
    bounds, means, dots = chart.data
    assert known(bounds.x) == [40, 60, 20, 22] and known(means.x) == [52, 21]
    assert known(dots.x) == [50, 20, 90] and list(dots.customdata) == ["QMA", "QMB", "QMC"]  # no score, no dot
    assert all(
        bounds_y > tick.y1
        for bounds_y, tick in zip(known(means.y), [s for s in chart.layout.shapes if s.type == "line"], strict=True)
    )


def test_the_range_of_a_mean_is_a_wide_band_behind_what_it_could_be():
    table = groups().assign(mean_low=[45.0, NAN, NAN], mean_high=[58.0, NAN, NAN])
    chart = regions.group_dots(states(), table, "Title", "Subtitle", P, words=GROUP_WORDS)
    band, bounds, means, _ = chart.data
    assert known(band.x) == [45, 58] and known(bounds.x) == [40, 60, 20, 22] and band.line.width > bounds.line.width
    assert "range: 45.0 - 58.0" in means.hovertext[0] and "range" not in means.hovertext[1]


def test_a_mean_that_cannot_be_is_no_diamond_and_what_it_could_be_is_drawn():
    bounds, means, _ = regions.group_dots(states(), groups().assign(mean=[NAN, 21, NAN]), "T", "S", P, words=GROUP_WORDS).data
    assert known(bounds.x) == [40, 60, 20, 22] and known(means.x) == [21] and len(means.hovertext) == 1


def test_names_from_outside_are_inert():
    chart = regions.group_dots(states(), groups(), "Title", "Subtitle", P, words=GROUP_WORDS)
    table = levels().assign(label=EVIL)
    others = [regions.level_bars(table, "T", "S", P, words=LEVEL_WORDS, top=5)]
    others.append(
        regions.share_bars(shares().assign(label=EVIL), "T", "S", P, words=dict.fromkeys(("between", "within", "chance"), "w"))
    )
    assert all("<a href" not in c.to_json().replace("\\u003c", "<") for c in (chart, *others))


def test_no_groups_draw_nothing():
    assert len(regions.group_dots(states().head(0), groups().head(0), "T", "S", P, words=GROUP_WORDS).data) == 3


def levels() -> pd.DataFrame:
    rows = [
        ("A", "level", 1, 1, "level 1", 2), ("A", "between", 1, 3, "between 1 and 3", 1), ("A", "level", 4, 4, "level 4", 3),
        ("A", "not_returned", pd.NA, pd.NA, "not returned", 4), ("B", "level", 4, 4, "level 4", 9), ("B", "not_shown", pd.NA, pd.NA, "few", 1),
        ("B", "between", 0, 4, "between 0 and 4", 0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["node", "kind", "low", "high", "standing", "n"])
    return table.astype({"low": "Int64", "high": "Int64"}).assign(label=table["node"], short=table["standing"], states=10)


def test_bars_stack_from_the_lowest_level_and_each_standing_is_named_once():
    chart = regions.level_bars(levels(), "T", "S", P, words=LEVEL_WORDS, top=5)
    named = [trace for trace in chart.data if trace.showlegend]
    assert [trace.name for trace in named] == ["level 1", "level 4", "between", "not_shown", "not_returned"]
    one, four, between, few, missing = named
    assert known(one.x) == [2] and known(one.base) == [0]
    assert known(four.x) == [3, 9] and known(four.base) == [3, 0] and list(four.y) == [0, 1] and list(four.text) == ["3", "9"]
    assert known(between.base) == [2, 10] and known(missing.base) == [6]  # each begins where the one before it ends
    assert one.marker.color[0] == base.ramp_colour(P, 1 / 5) and four.marker.color[0] == base.ramp_colour(P, 4 / 5)
    ground = chart.data[list(chart.data).index(between) - 1]
    assert (ground.marker.color[0], between.marker.pattern.fgcolor[0]) == (base.ramp_colour(P, 0.2), base.ramp_colour(P, 0.6))
    assert missing.marker.pattern.shape == "/" and few.marker.color[0] == P.none and few.marker.pattern.shape is None
    assert list(chart.layout.xaxis.range) == [0, 10]


def shares() -> pd.DataFrame:
    rows = [("A", "10 States", 0.8, 0.2, 1 / 9), ("B", "", NAN, NAN, NAN)]
    return pd.DataFrame(rows, columns=["label", "note", "share_between", "share_within", "share_chance"])


def test_shares_add_up_to_the_whole_bar_with_chance_as_a_tick():
    between, within, chance = regions.share_bars(
        shares(), "T", "S", P, words={"between": "between", "within": "within", "chance": "chance"}
    ).data
    assert (
        known(between.x) == pytest.approx([80])
        and known(within.x) == pytest.approx([20])
        and known(chance.x) == pytest.approx([100 / 9])
    )
    assert list(between.text) == ["80 %", ""]


def test_the_first_and_the_last_spread_are_printed_and_a_round_without_one_breaks_the_line():
    dates = pd.to_datetime(["2022-01-01", "2024-01-01", "2026-01-01", "2027-01-01"])
    table = pd.DataFrame(
        {"node": "A", "label": "A", "hue": "upstream", "round": ["2022", "2024", "2026", "2027"], "round_date": dates}
    )
    table = table.assign(sd=[20.25, NAN, 15.0, 12.0], n=5)
    chart = regions.spread_lines(table, "T", "S", P, words={"sd": "sd", "states": "States"})
    line = chart.data[0]
    assert list(line.text) == ["20.3", "", "", "12.0"] and line.connectgaps is False and known(line.y) == [20.25, 15, 12]
    assert list(chart.layout.yaxis.range) == pytest.approx([0, 1.25 * 20.25])
