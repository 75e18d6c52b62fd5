"""Gaps drawn: how many States share one, and how large the largest are."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, wrapped


def shared_gap_bars(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str]) -> go.Figure:
    """A bar per measure: States with a certain gap, with a possible one, at the target, and without a return.

    table: label, certain, possible, none, not_returned (numbers of States). words: a word for each of the four.
    """
    labels = table["label"].tolist()
    chart = figure(title, subtitle, p, height=110 + 40 * len(labels), barmode="stack", bargap=0.32, showlegend=True)
    colours = {"certain": p.certain, "possible": p.possible, "none": p.fine, "not_returned": p.none}
    for kind, colour in colours.items():
        counts = table[kind]
        chart.add_bar(
            x=counts, y=list(range(len(labels))), orientation="h", marker={"color": colour}, name=words[kind],
            text=[str(n) if n and kind == "certain" else "" for n in counts], textposition="inside", insidetextanchor="start",
            hovertext=[f"<b>{escaped(label)}</b><br>{words[kind]}: {n}" for label, n in zip(labels, counts, strict=True)], hoverinfo="text",
        )  # fmt: skip
    chart.update_layout(
        xaxis={
            "gridcolor": p.grid,
            "zeroline": False,
            "fixedrange": True,
            "side": "top",
            "tickformat": ",d",
            "dtick": 1 if table[list(colours)].sum(axis=1).max() < 12 else None,
            "title": {"text": words["states"]},
            "automargin": True,
        },
        yaxis=category_axis(p, [wrapped(label, 36, 2) for label in labels]),
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "traceorder": "normal"},
    )
    return chart
