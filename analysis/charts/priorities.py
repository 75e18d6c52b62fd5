"""Priorities drawn: what closing the first gaps is worth, joint workshops, needs beside offers, and what became of recommendations."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, noted
from analysis.texts import rounded

ROW = 46


def top_values(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str], width: int = 44
) -> go.Figure:
    """A dot per gap at its value, with what the open questions allow behind it.

    table: in the order drawn: title, note, measure_type, worth, worth_low, worth_high, closed, importance, threat, key. words: worth,
    bounds, closed, importance, threat.
    """
    y = list(range(len(table)))
    colours = [p.axis(kind) for kind in table["measure_type"]]
    labels = [noted(label, note, p, width) for label, note in zip(table["title"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=_height(labels))
    for place, row in zip(y, table.itertuples(), strict=True):
        chart.add_scatter(
            x=[row.worth_low, row.worth_high], y=[place, place], mode="lines", line={"color": colours[place], "width": 5}, opacity=0.35,
            hoverinfo="skip", cliponaxis=False,
        )  # fmt: skip
    hovers = [
        f"<b>{escaped(r.title)}</b><br>{words['worth']}: {rounded(r.worth)}<br>{words['bounds']}: {rounded(r.worth_low)} - "
        f"{rounded(r.worth_high)}<br>{words['closed']}: {rounded(r.closed)}<br>{words['importance']}: {rounded(100 * r.importance)} %<br>"
        f"{words['threat']}: {r.threat:g}<br>{escaped(r.note)}"
        for r in table.itertuples()
    ]
    chart.add_scatter(
        x=table["worth"], y=y, mode="markers", marker={"size": 12, "color": colours}, hovertext=hovers, hoverinfo="text", cliponaxis=False,
        customdata=list(table["key"]),
    )  # fmt: skip
    most = max(float(table["worth_high"].max()), float(table["worth"].max())) if len(table) else 1.0
    axis = {
        "range": [-0.02 * most, most * 1.06 or 1.0], "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "side": "top", "nticks": 6,
        "tickangle": 0,
    }  # fmt: skip
    chart.update_layout(xaxis=axis, yaxis=category_axis(p, labels))
    return chart


def stacked_counts(
    table: pd.DataFrame, parts: dict[str, str], title: str, subtitle: str, p: Palette, *, words: dict[str, str], width: int = 40
) -> go.Figure:
    """A bar per line, made of counts that add up.

    table: in the order drawn: label, note, a column per part. parts: column -> colour, from the left. words: a word per part, and `axis`.
    """
    y = list(range(len(table)))
    labels = [noted(label, note, p, width) for label, note in zip(table["label"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=_height(labels) + 40, barmode="stack", bargap=0.4, showlegend=True)
    for name, colour in parts.items():
        counts = table[name]
        chart.add_bar(
            x=counts, y=y, orientation="h", marker={"color": colour}, name=words[name], text=[str(n) if n else "" for n in counts],
            textposition="inside", insidetextanchor="middle", textangle=0, hoverinfo="text",
            hovertext=[f"<b>{escaped(one)}</b><br>{words[name]}: {n}" for one, n in zip(table["label"], counts, strict=True)],
        )  # fmt: skip
    whole = table[list(parts)].sum(axis=1).max() if len(table) else 1
    chart.update_layout(xaxis=_counts(p, whole, words["axis"]), yaxis=category_axis(p, labels), legend=_legend())
    return chart


def needs_beside_offers(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str], width: int = 40
) -> go.Figure:
    """Two dots per line, joined: how many needs and how many offers name a measure.

    table: in the order drawn: label, note, needs, offers. words: needs, offers, axis.
    """
    y = list(range(len(table)))
    labels = [noted(label, note, p, width) for label, note in zip(table["label"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=_height(labels) + 40, showlegend=True)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for place, row in zip(y, table.itertuples(), strict=True):
        xs += [row.needs, row.offers, None]
        ys += [place, place, None]
    chart.add_scatter(
        x=xs, y=ys, mode="lines", line={"color": p.muted, "width": 2}, opacity=0.5, hoverinfo="skip", showlegend=False
    )
    looks = {
        "offers": {"color": p.paper, "line": {"color": p.accent, "width": 2}, "size": 15},
        "needs": {"color": p.certain, "size": 9},
    }
    for name, look in looks.items():
        hovers = [
            f"<b>{escaped(r.label)}</b><br>{words['needs']}: {r.needs}<br>{words['offers']}: {r.offers}"
            for r in table.itertuples()
        ]
        chart.add_scatter(
            x=table[name],
            y=y,
            mode="markers",
            marker=look,
            name=words[name],
            hovertext=hovers,
            hoverinfo="text",
            cliponaxis=False,
        )
    most = table[["needs", "offers"]].to_numpy().max() if len(table) else 1
    chart.update_layout(xaxis=_counts(p, most, words["axis"]), yaxis=category_axis(p, labels), legend=_legend())
    return chart


def _height(labels: list[str]) -> int:
    tallest = max((label.count("<br>") for label in labels), default=0)
    return max(150, 70 + (ROW + 8 * (tallest > 1)) * len(labels))


def _counts(p: Palette, most: float, title: str) -> dict:
    """An axis of whole numbers from 0."""
    return {
        "range": [-0.02 * most, max(1, most) * 1.04], "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "side": "top",
        "tickformat": ",d", "dtick": 1 if most < 12 else None, "title": {"text": title}, "automargin": True, "tickangle": 0,
    }  # fmt: skip


def _legend() -> dict:
    return {"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "traceorder": "normal"}
