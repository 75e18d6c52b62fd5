"""Differences and ranks as ranges, and which assumption moves a result: nothing here is ever a single number."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, noted, points_axis
from analysis.texts import rounded

ROW = 44


#: Points between two ticks of a difference.
STEPS = (1, 2, 5, 10, 15, 20, 25, 30, 40, 50)


def differences(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str], width: int = 24
) -> go.Figure:
    """A line per State beside the chosen one: by how many points the chosen one stands above (right of 0) or below it.

    Parameters
    ----------
    table: label, note, low, median, high, least, most (points), separable (those that are not are drawn hollow). words: difference,
    range, bounds.
    """
    table = table.reset_index(drop=True)
    y = list(range(len(table)))
    colours = [p.accent if s else p.muted for s in table["separable"]]
    labels = _labels(table, p, width)
    chart = figure(title, subtitle, p, height=_height(labels))
    _lines(chart, table, y, colours, ("low", "high"), width=16, opacity=0.22)
    _lines(chart, table, y, colours, ("least", "most"), width=5, opacity=0.6)
    chart.add_vline(x=0, line={"color": p.text, "width": 1})
    hovers = [
        "<br>".join(
            [
                f"<b>{escaped(row.label)}</b>", f"{words['difference']}: {_signed(row.median)}",
                f"{words['range']}: {_signed(row.low)} - {_signed(row.high)}", f"{words['bounds']}: {_signed(row.least)} - {_signed(row.most)}",
                escaped(row.note),
            ]
        )
        for row in table.itertuples()
    ]  # fmt: skip
    chart.add_scatter(
        x=table["median"], y=y, mode="markers", cliponaxis=False, hovertext=hovers, hoverinfo="text",
        marker={
            "size": 12, "color": [c if s else p.paper for c, s in zip(colours, table["separable"], strict=True)],
            "line": {"width": 2, "color": colours},
        },
    )  # fmt: skip
    furthest = table[["least", "most", "low", "high"]].abs().max(axis=None) if len(table) else 0.0
    step = next((s for s in STEPS if 2 * s >= furthest), 100)  # two to either side, so that they fit a telephone
    reach, ticks = max(2.2 * step, 1.04 * furthest), [-2 * step, -step, 0, step, 2 * step]
    axis = {
        "range": [-reach, reach], "tickvals": ticks, "ticktext": [f"+{t}" if t > 0 else str(t).replace("-", "−") for t in ticks],
        "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "side": "top", "tickangle": 0,
    }  # fmt: skip
    chart.update_layout(xaxis=axis, yaxis=category_axis(p, labels))
    return chart


def rank_ranges(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str], width: int = 24
) -> go.Figure:
    """A line per State: the ranks it takes, from the 5 % to the 95 % of the draws, and those that the bounds allow behind.

    Parameters
    ----------
    table: in the order drawn: label, note, low, high, best, worst (ranks, 1 is the highest score; NA without any). words: rank, bounds.
    """
    table = table.reset_index(drop=True)
    y, colours = list(range(len(table))), [p.accent] * len(table)
    labels = _labels(table, p, width)
    chart = figure(title, subtitle, p, height=_height(labels))
    _lines(chart, table, y, colours, ("best", "worst"), width=16, opacity=0.22)
    _lines(chart, table, y, colours, ("low", "high"), width=3, opacity=0.9)
    hovers = [
        f"<b>{escaped(r.label)}</b><br>{words['rank']}: {r.low} - {r.high}<br>{words['bounds']}: {r.best} - {r.worst}"
        + (f"<br>{escaped(r.note)}" if r.note else "")
        for r in table.itertuples()
    ]
    for end in ("low", "high"):
        chart.add_scatter(
            x=[None if pd.isna(v) else int(v) for v in table[end]], y=y, mode="markers", cliponaxis=False, hovertext=hovers, hoverinfo="text",
            marker={"size": 12, "color": p.accent},
        )  # fmt: skip
    most = max(2, len(table))
    axis = {
        "range": [0.7, most + 0.3], "tickvals": list(range(1, most + 1)), "gridcolor": p.grid, "zeroline": False, "fixedrange": True,
        "side": "top", "tickangle": 0,
    }  # fmt: skip
    chart.update_layout(xaxis=axis, yaxis=category_axis(p, labels))
    return chart


def all_ranges(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str]) -> go.Figure:
    """A thin upright line per State, for more States than have room for their names: band of the range, bar of the bounds, dot of the score.

    Parameters
    ----------
    table: in the order drawn, from left to right: label, key (what a click gives back, as customdata), hue, score (0-100, NA where not shown), low, high,
    lower, upper, note. words: score, bounds, range, not_shown, states (below the axis).
    """
    table = table.reset_index(drop=True)
    n, x = len(table), list(range(len(table)))
    chart = figure(title, subtitle, p, height=380)
    colour = p.axis(table["hue"].iloc[0]) if n else p.accent
    wide = max(1.5, min(14.0, 640 / max(n, 1)))
    for ends, width, opacity in ((("low", "high"), wide, 0.28), (("lower", "upper"), max(1.0, wide / 3.5), 0.6)):
        chart.add_scatter(
            x=[place for at in x for place in (at, at, None)],
            y=[end for row in table[list(ends)].itertuples(index=False) for end in (*row, None)],
            mode="lines", line={"color": colour, "width": width}, opacity=opacity, hoverinfo="skip", cliponaxis=False,
        )  # fmt: skip
    dot = {"size": max(3.5, min(10.0, wide)), "color": colour, "line": {"width": 0.5, "color": p.paper}}
    chart.add_scatter(x=x, y=table["score"], mode="markers", marker=dot, hoverinfo="skip", cliponaxis=False)
    middle = table["score"].fillna((table["lower"] + table["upper"]) / 2)
    chart.add_scatter(
        x=x, y=middle, mode="markers", hovertext=[_state(row, words) for row in table.itertuples()], hoverinfo="text", customdata=list(table["key"]),
        marker={"size": 14, "opacity": 0}, selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}}, cliponaxis=False,
    )  # fmt: skip
    below = {
        "title": {"text": words["states"], "font": {"color": p.muted, "size": 12}},
        "showticklabels": False,
        "range": [-1, max(n, 1)],
    }
    chart.update_layout(xaxis=below | {"showgrid": False, "zeroline": False, "fixedrange": True}, yaxis=points_axis(p))
    return chart


def _state(row: object, words: dict[str, str]) -> str:
    lines = [f"<b>{escaped(row.label)}</b>"]
    lines.append(f"{words['score']}: {rounded(row.score)}" if pd.notna(row.score) else words["not_shown"])
    for name, low, high in (("bounds", row.lower, row.upper), ("range", row.low, row.high)):
        if pd.notna(low):
            lines.append(f"{words[name]}: {rounded(low)} - {rounded(high)}")
    return "<br>".join([*lines, escaped(row.note)] if row.note else lines)


def index_bars(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str], width: int = 24
) -> go.Figure:
    """Two bars per assumption: its own share of the result's spread, and its share with all it acts together with.

    Parameters
    ----------
    table: in the order drawn: label, share_alone, share_all (shares of 1), share_alone_half, share_all_half (half widths of their
    intervals). words: share_alone, share_all.
    """
    table = table.reset_index(drop=True)
    chart = figure(title, subtitle, p, height=max(150, 62 + 54 * len(table)), barmode="group", bargap=0.35)
    for name, colour in (("share_alone", p.accent), ("share_all", p.fine)):
        half = table[f"{name}_half"]
        chart.add_bar(
            x=table[name].clip(lower=0), y=list(range(len(table))), orientation="h", marker_color=colour,
            error_x={"type": "data", "array": half, "color": p.muted, "thickness": 1.5, "width": 4}, offsetgroup=name,
            hovertext=[
                f"<b>{escaped(r.label)}</b><br>{words[name]}: {rounded(getattr(r, name), 2)} ± {rounded(getattr(r, name + '_half'), 2)}"
                for r in table.itertuples()
            ],
            hoverinfo="text", cliponaxis=False,
        )  # fmt: skip
    axis = {
        "range": [0, max(1.0, float((table["share_all"] + table["share_all_half"]).max()) + 0.02)], "tickvals": [0, 0.25, 0.5, 0.75, 1],
        "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"], "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "side": "top", "tickangle": 0,
    }  # fmt: skip
    chart.update_layout(xaxis=axis, yaxis=category_axis(p, [noted(label, "", p, width) for label in table["label"]]))
    return chart


def _labels(table: pd.DataFrame, p: Palette, width: int) -> list[str]:
    return [noted(label, note, p, width, width + 8) for label, note in zip(table["label"], table["note"], strict=True)]


def _height(labels: list[str]) -> int:
    tallest = max((label.count("<br>") for label in labels), default=0)
    return max(150, 62 + (ROW + 11 * max(tallest - 1, 0)) * len(labels))


def _signed(value: float) -> str:
    text = rounded(value)
    return f"+{text}" if value > 0 and text != "0.0" else text


def _lines(
    chart: go.Figure, table: pd.DataFrame, y: list[int], colours: list[str], ends: tuple[str, str], *, width: int, opacity: float
) -> None:
    for colour in dict.fromkeys(colours):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for i, row in enumerate(table[list(ends)].itertuples(index=False)):
            if colours[i] == colour and pd.notna(row[0]):
                xs += [float(row[0]), float(row[1]), None]
                ys += [y[i], y[i], None]
        chart.add_scatter(
            x=xs, y=ys, mode="lines", line={"color": colour, "width": width}, opacity=opacity, hoverinfo="skip", cliponaxis=False
        )
