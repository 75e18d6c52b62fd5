"""What is still needed downstream, how that list shrinks as its target gives way, and under which assumptions upstream comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, noted, points_axis, tinted
from analysis.texts import percent, rounded

ROW = 42

QUARTERS = [0, 0.25, 0.5, 0.75, 1]


def need_lines(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]) -> go.Figure:
    """A line per State and sub-module: downstream's dot over its bounds, the target as it stands, and what is missing up to the relaxed one.

    table: label, note (printed below), downstream (0-100), downstream_lower, downstream_upper, target, relaxed, missing (points).
    words: downstream, bounds, target, relaxed, need.
    """
    table = table.reset_index(drop=True)
    labels = [noted(label, note, p, 30) for label, note in zip(table["label"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=max(160, 66 + ROW * len(labels)))
    y = list(range(len(table)))
    for wide, ends, width, opacity in (
        (table, ("downstream_lower", "downstream_upper"), 5, 0.35),
        (table[table["missing"] > 0], ("downstream", "relaxed"), 1.6, 1.0),
    ):
        xs = [v for a, b in zip(wide[ends[0]], wide[ends[1]], strict=True) for v in (a, b, None)]
        ys = [v for i in wide.index for v in (i, i, None)]
        colour = p.downstream if width > 2 else p.muted
        chart.add_scatter(
            x=xs, y=ys, mode="lines", line={"color": colour, "width": width}, opacity=opacity, hoverinfo="skip", cliponaxis=False
        )
    for column, colour, width in (("target", p.muted, 1.2), ("relaxed", p.text, 2.4)):
        chart.add_scatter(
            x=table[column], y=y, mode="markers", hoverinfo="skip", cliponaxis=False,
            marker={"symbol": "line-ns", "size": 17, "line": {"width": width, "color": colour}},
        )  # fmt: skip
    hovers = [
        f"<b>{escaped(row.label)}</b><br>{words['downstream']}: {rounded(row.downstream)} ({words['bounds']}: {rounded(row.downstream_lower)} - "
        f"{rounded(row.downstream_upper)})<br>{words['target']}: {rounded(row.target)}<br>{words['relaxed']}: {rounded(row.relaxed)}<br>"
        f"{words['need']}: {rounded(row.missing)}"
        for row in table.itertuples()
    ]
    chart.add_scatter(
        x=table["downstream"], y=y, mode="markers", marker={"size": 11, "color": p.downstream}, hovertext=hovers, hoverinfo="text",
        cliponaxis=False,
    )  # fmt: skip
    chart.update_layout(xaxis=points_axis(p, side="top"), yaxis=category_axis(p, labels))
    return chart


def remaining_steps(
    table: pd.DataFrame, rho: float, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]
) -> go.Figure:
    """How many needs stay on the list as rho goes from 0 to 1, as a staircase, with the chosen rho marked.

    table: rho (0-1, sorted), n. words: rho (the axis), n (`{n} on the list`).
    """
    chart = figure(title, subtitle, p, height=260)
    chart.add_scatter(
        x=table["rho"], y=table["n"], mode="lines", line={"shape": "hv", "color": p.downstream, "width": 2.2}, cliponaxis=False,
        hovertext=[f"{percent(r)}: {words['n'].format(n=n)}" for r, n in zip(table["rho"], table["n"], strict=True)], hoverinfo="text",
    )  # fmt: skip
    now = table[table["rho"] <= rho + 1e-9]
    n = int(now["n"].iloc[-1]) if len(now) else 0
    right = rho > 0.6
    chart.add_scatter(
        x=[rho], y=[n], mode="markers", marker={"size": 11, "color": p.text}, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    chart.add_annotation(
        x=rho, y=n, text=words["n"].format(n=n), showarrow=False, xanchor="right" if right else "left", xshift=-8 if right else 8, yshift=14,
        font={"color": p.text, "size": 12},
    )  # fmt: skip
    most = max(1, int(table["n"].max())) if len(table) else 1
    chart.update_layout(
        xaxis={
            "range": [-0.02, 1.02], "tickvals": QUARTERS, "ticktext": [percent(q) for q in QUARTERS], "showgrid": False, "zeroline": False, "fixedrange": True,
            "title": {"text": words["rho"], "standoff": 6}, "automargin": True,
        },
        yaxis={"range": [0, most * 1.18], "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "tickformat": ",d", "automargin": True, "nticks": 5},
    )  # fmt: skip
    return chart


def first_square(
    lines: Mapping[str, Sequence[float]], sweep: tuple[tuple[float, float], tuple[float, float]], title: str, subtitle: str, p: Palette,
    *, words: Mapping[str, str],
) -> go.Figure:  # fmt: skip
    """The square of the assumptions: where a further point upstream is worth more, where downstream, and where it depends on the State.

    Parameters
    ----------
    lines: `upstream` (the eU of the points, 0-1, rising), and the eD up to which upstream comes first: `all` (for every State), `some` (for at
    least one), and optionally `one` (a State, drawn as a line). sweep: the ranges of eU and of eD in view. words: upstream, downstream (axes),
    first_upstream, first_depends, first_downstream, sweep, one.
    """
    chart = figure(title, subtitle, p, height=430)
    x, every, some = list(lines["upstream"]), list(lines["all"]), list(lines["some"])
    look = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    chart.add_scatter(x=x, y=every, fill="tozeroy", fillcolor=tinted(p.upstream, 0.26), **look)
    chart.add_scatter(x=[*x, *x[::-1]], y=[*some, *every[::-1]], fill="toself", fillcolor=tinted(p.muted, 0.2), **look)
    chart.add_scatter(x=[*x, x[-1], x[0]], y=[*some, 1, 1], fill="toself", fillcolor=tinted(p.downstream, 0.24), **look)
    if "one" in lines:
        chart.add_scatter(
            x=x, y=list(lines["one"]), mode="lines", line={"color": p.text, "width": 2}, hovertext=words["one"], hoverinfo="text"
        )
    (left, right), (low, high) = sweep
    chart.add_shape(type="rect", x0=left, x1=right, y0=low, y1=high, line={"color": p.text, "width": 1.2, "dash": "dash"})
    chart.add_annotation(
        x=right, y=low, text=words["sweep"], showarrow=False, xanchor="right", yanchor="top", font={"size": 11, "color": p.text},
    )  # fmt: skip
    for place, name in (((0.97, 0.04, "right", "bottom"), "first_upstream"), ((0.03, 0.96, "left", "top"), "first_downstream")):
        chart.add_annotation(
            x=place[0], y=place[1], xanchor=place[2], yanchor=place[3], text=words[name], showarrow=False, font={"size": 13, "color": p.text},
        )  # fmt: skip
    middle = next((i for i, v in enumerate(x) if v >= 0.8), 0)
    if some[middle] - every[middle] > 0.09:
        chart.add_annotation(
            x=x[middle], y=(some[middle] + every[middle]) / 2, text=words["first_depends"], showarrow=False, font={"size": 12, "color": p.text},
            bgcolor=tinted(p.paper, 0.8),
        )  # fmt: skip
    axis = {
        "range": [0, 1],
        "tickvals": QUARTERS,
        "ticktext": [percent(q) for q in QUARTERS],
        "showgrid": False,
        "zeroline": False,
    }
    axis |= {"fixedrange": True, "automargin": True}
    chart.update_layout(
        xaxis=axis | {"title": {"text": words["upstream"], "font": {"color": p.upstream}, "standoff": 8}},
        yaxis=axis | {"title": {"text": words["downstream"], "font": {"color": p.downstream}, "standoff": 6}},
    )
    return chart
