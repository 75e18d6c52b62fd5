"""Shares of a whole as dots: several kinds of one share on a line, such as a weight beside what it does."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, wrapped
from analysis.texts import percent

ROW = 40


def share_dots(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str], main: str, quiet: str = ""
) -> go.Figure:
    """A line per label with a dot per share.

    Parameters
    ----------
    table: label, series, value (a share, usually 0-1; NA is not drawn). words: the name of each series, for the legend and the hover. main: the
    series drawn full; quiet: the one drawn small and pale; every other one is an open circle.
    """
    labels = list(dict.fromkeys(table["label"]))
    chart = figure(title, subtitle, p, height=110 + ROW * len(labels), showlegend=True)
    place = {label: i for i, label in enumerate(labels)}
    known = table.dropna(subset=["value"])
    order = [s for s in dict.fromkeys(table["series"]) if s not in (main, quiet)]
    for series in [quiet, *order, main]:
        rows = known[known["series"] == series]
        if rows.empty:
            continue
        marker = {"size": 13, "color": p.accent}
        if series == quiet:
            marker = {"size": 9, "color": p.muted, "opacity": 0.55}
        elif series != main:
            marker = {"size": 13, "color": p.text, "symbol": "circle-open", "line": {"width": 1.5}}
        name = words[series]
        hover = [
            f"<b>{escaped(label)}</b><br>{escaped(name)}: {percent(v)}"
            for label, v in zip(rows["label"], rows["value"], strict=True)
        ]
        chart.add_scatter(
            x=rows["value"] * 100, y=[place[label] for label in rows["label"]], mode="markers", marker=marker, name=name, hovertext=hover,
            hoverinfo="text", cliponaxis=False,
        )  # fmt: skip
    least, most = min(0.0, float(known["value"].min()) * 100), max(10.0, float(known["value"].max()) * 100)
    axis = {
        "range": [least - 3, most * 1.05],
        "ticksuffix": " %",
        "gridcolor": p.grid,
        "zeroline": least < 0,
        "zerolinecolor": p.muted,
    }
    axis |= {"side": "top", "tickangle": 0, "nticks": 6, "fixedrange": True, "ticks": "", "automargin": True}
    legend = {
        "orientation": "h",
        "y": -0.02,
        "yanchor": "top",
        "x": 0,
        "xanchor": "left",
        "itemclick": False,
        "itemdoubleclick": False,
    }
    chart.update_layout(xaxis=axis, yaxis=category_axis(p, [wrapped(label, 30, 2) for label in labels]), legend=legend)
    return chart
