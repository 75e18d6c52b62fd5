"""Figures of portfolios: gaps closed and left by State, parts before and after, what more money would close."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, broken, category_axis, escaped, figure, points_axis, wrapped
from analysis.texts import rounded

ROW = 30


def closed_bars(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str]) -> go.Figure:
    """A bar a State: points closed, then points left open.

    table: in the order drawn: label, iso3, points_closed, points_open (points), packages, cost_words; optional points_closed_low and points_closed_high, a thin line over
    the bar. words: between, closed, left, packages, cost, points.
    """
    labels = [wrapped(label, 26, 2) for label in table["label"]]
    between = "points_closed_low" in table
    y = np.arange(len(table))
    hover = [
        f"<b>{escaped(r.label)}</b><br>{words['points_closed']}: {rounded(r.points_closed)}<br>{words['points_open']}: {rounded(r.points_open)}"
        f"<br>{words['packages']}: {r.packages}<br>{words['cost']}: {escaped(r.cost_words)}"
        + (f"<br>{words['between']}: {rounded(r.points_closed_low)} - {rounded(r.points_closed_high)}" if between else "")
        for r in table.itertuples()
    ]
    traces: list[dict] = [
        {
            "type": "bar", "x": table[name], "y": y, "orientation": "h", "name": words[name], "marker": {"color": colour}, "hovertext": hover,
            "hoverinfo": "text", "customdata": table["iso3"], "width": 0.62, "text": [rounded(v, 0) if v >= 0.5 else "" for v in table[name]],
            "textposition": "inside" if name == "points_closed" else "none", "insidetextanchor": "start", "textangle": 0,
            "textfont": {"size": 11, "color": p.paper},
        }
        for name, colour in (("points_closed", p.accent), ("points_open", p.none))
    ]  # fmt: skip
    if between:
        traces.append({
            "type": "scatter", "x": broken(table["points_closed_low"], table["points_closed_high"]), "y": broken(y, y), "mode": "lines",
            "name": words["between"], "line": {"color": p.text, "width": 1.5}, "hoverinfo": "skip",
        })  # fmt: skip
    chart = figure(
        title, subtitle, p, height=96 + ROW * len(table), barmode="stack", showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        xaxis={"gridcolor": p.grid, "zeroline": False, "separatethousands": True, "fixedrange": True, "title": {"text": words["points"]}, "automargin": True},
        yaxis=category_axis(p, labels), margin={"l": 8, "r": 16, "t": 76, "b": 8},
        uniformtext={"minsize": 8, "mode": "hide"},  # a number that no longer fits its bar on a narrow screen would shrink to a speck
    )  # fmt: skip
    chart.add_traces(traces)  # as plain tables and at once: each is checked once
    return chart


def before_after(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str]) -> go.Figure:
    """A line a part of a State, from its score now (open circle) to the score afterwards (dot).

    table: in the order drawn: label, measure_type, before, after. words: before, after.
    """
    axes = {"xaxis": points_axis(p, side="top"), "yaxis": category_axis(p, [wrapped(x, 30, 2) for x in table["label"]])}
    chart = figure(title, subtitle, p, height=72 + 38 * len(table), **axes)
    colours, y = np.array([p.axis(t) for t in table["measure_type"]]), np.arange(len(table))
    before, after = (table[name].to_numpy(float) for name in ("before", "after"))
    traces: list[dict] = []
    for colour in dict.fromkeys(colours):
        at = colours == colour
        traces.append({
            "type": "scatter", "x": broken(before[at], after[at]), "y": broken(y[at], y[at]), "mode": "lines", "line": {"color": colour, "width": 3},
            "opacity": 0.5, "hoverinfo": "skip",
        })  # fmt: skip
    hover = [
        f"<b>{escaped(label)}</b><br>{words['before']}: {rounded(now)}<br>{words['after']}: {rounded(then)}"
        for label, now, then in zip(table["label"], before, after, strict=True)
    ]
    for x, symbol in ((before, "circle-open"), (after, "circle")):
        traces.append({
            "type": "scatter", "x": x, "y": y, "mode": "markers", "hovertext": hover, "hoverinfo": "text", "cliponaxis": False,
            "marker": {"symbol": symbol, "size": 11, "color": colours.tolist(), "line": {"width": 1.5}},
        })  # fmt: skip
    chart.add_traces(traces)
    return chart


def frontier(table: pd.DataFrame, budget: float, title: str, subtitle: str, p: Palette, *, words: dict[str, str]) -> go.Figure:
    """Points closed at each budget; exact values as dots on a line, the quick choice as a dotted line; the present budget marked.

    table: budget (thousands), value_points, bound (NA for the quick choice). words: budget, points, exact, quick, here.
    """
    chart = figure(title, subtitle, p, height=340)
    known = table.dropna(subset=["value_points"])
    for exact in (False, True):
        part = known[known["bound"].notna() == exact]
        if part.empty:
            continue
        name = words["exact" if exact else "quick"]
        hover = [f"{words['budget']}: {r.budget / 1000:.1f}<br>{name}: {rounded(r.value_points, 0)}" for r in part.itertuples()]
        chart.add_scatter(
            x=part["budget"] / 1000, y=part["value_points"], mode="lines+markers", name=name, hovertext=hover, hoverinfo="text",
            line={"color": p.accent if exact else p.muted, "width": 2.5 if exact else 1.5, "dash": "solid" if exact else "dot"},
            marker={"size": 9 if exact else 6},
        )  # fmt: skip
    top = float(known["value_points"].max()) if len(known) else 1.0
    chart.add_vline(x=budget / 1000, line={"color": p.text, "width": 1, "dash": "dash"})
    chart.add_annotation(
        x=budget / 1000, y=0, yref="paper", text=words["here"], showarrow=False, xanchor="left", yanchor="bottom", xshift=4
    )
    chart.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, margin={"t": 76},
        xaxis={"title": {"text": words["budget"]}, "gridcolor": p.grid, "fixedrange": True, "rangemode": "tozero", "zeroline": False},
        yaxis={"title": {"text": words["points"]}, "gridcolor": p.grid, "fixedrange": True, "range": [0, top * 1.08], "zeroline": False, "separatethousands": True},
    )  # fmt: skip
    return chart
