"""How questions were answered, drawn: what part of those asked stands at either end, between, open or not applicable."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, wrapped
from analysis.texts import rounded


def answer_bars(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]) -> go.Figure:
    """A bar per question, 100 % of those who were asked.

    table: label, then a column per key of `words` (shares 0-1) from left to right: floor, between, ceiling, missing, na. words: a word for each.
    """
    labels = table["label"].tolist()
    chart = figure(title, subtitle, p, height=120 + 44 * len(labels), barmode="stack", bargap=0.34, showlegend=True)
    colours = {"floor": p.ramp[0], "between": p.ramp[2], "ceiling": p.ramp[4], "missing": p.possible, "na": p.none}
    for name in words:
        shares = table[name] * 100
        chart.add_bar(
            x=shares, y=list(range(len(labels))), orientation="h", name=words[name],
            marker={"color": colours[name], "line": {"color": p.grid, "width": 1}, "pattern": {"shape": "/" if name == "na" else "", "fgcolor": p.muted, "size": 5}},
            hovertext=[f"<b>{escaped(label)}</b><br>{escaped(words[name])}: {rounded(v, 0)} %" for label, v in zip(labels, shares, strict=True)],
            hoverinfo="text",
        )  # fmt: skip
    chart.update_layout(
        xaxis={"range": [0, 100], "tickvals": [0, 50, 100], "ticktext": ["0 %", "50 %", "100 %"], "tickangle": 0, "side": "top", "gridcolor": p.grid, "zeroline": False, "fixedrange": True},
        yaxis=category_axis(p, [wrapped(label, 32, 2) for label in labels]),
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "xanchor": "left", "traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
    )  # fmt: skip
    return chart
