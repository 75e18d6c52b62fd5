"""Dots with bounds: one value per line, what the open questions allow behind it, target and earlier value beside it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, noted, points_axis
from analysis.texts import rounded

ROW, PAIR = 44, 0.17
_HOVERED = ["label", "why", "score", "lower", "upper", "low", "high", "target", "before", "note"]


def bounded_dots(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str], width: int = 30
) -> go.Figure:
    """A dot per line with its bounds; rows with the same label share a line, a little apart.

    Parameters
    ----------
    table: in the order drawn: label, hue (a measure type, or ""), score (0-100, NA where not shown), lower, upper, note (printed
    below the label of a line of its own, for instance "level 2"); optional low and high (another range, a pale band behind the
    bounds), target and before (points), and why (the reason a score is not shown). words: score, bounds, target, before, not_shown,
    not_returned, not_applicable, and range with low and high: the words of the hover.
    """
    table = table.reset_index(drop=True)
    lines = list(dict.fromkeys(table["label"]))
    paired = len(lines) < len(table)
    notes = [""] * len(lines) if paired else table["note"].tolist()
    labels = [noted(label, note, p, width) for label, note in zip(lines, notes, strict=True)]
    tallest = max((label.count("<br>") for label in labels), default=0)
    axes = {"xaxis": points_axis(p, side="top"), "yaxis": category_axis(p, labels)}
    chart = figure(title, subtitle, p, height=max(150, 62 + (ROW + 8 * (tallest > 1)) * len(lines)), **axes)
    place = table["label"].map({label: i for i, label in enumerate(lines)})
    among = table.groupby("label")["label"].transform("size")
    y = (place + (table.groupby("label").cumcount() - (among - 1) / 2) * 2 * PAIR).tolist()
    colours = [p.axis(h) for h in table["hue"]]
    traces = []
    if "low" in table:
        traces += _bars(table, y, colours, ("low", "high"), width=16, opacity=0.22)
    traces += _bars(table, y, colours, ("lower", "upper"), width=5, opacity=0.6 if "low" in table else 0.35)
    if "target" in table:
        tick = {"symbol": "line-ns", "size": 17, "line": {"width": 2, "color": p.text}}
        traces.append(_marks(table["target"], y) | {"hoverinfo": "skip", "marker": tick})
    if "before" in table:
        ring = {"symbol": "circle-open", "size": 11, "color": colours, "line": {"width": 1.5}}
        traces.append(_marks(table["before"], y) | {"hoverinfo": "skip", "marker": ring})
    traces.append(_marks(table["score"], y) | {"hoverinfo": "skip", "marker": {"size": 9 if paired else 12, "color": colours}})
    chart.add_traces([*traces, _hover(table, y, words)])  # as plain tables: each is checked once, not twice
    return chart


def _marks(x: pd.Series, y: list[float]) -> dict:
    return {"type": "scatter", "x": x, "y": y, "mode": "markers", "cliponaxis": False}


def _bars(
    table: pd.DataFrame, y: list[float], colours: list[str], ends: tuple[str, str], *, width: int, opacity: float
) -> list[dict]:
    """Lines from one end to the other, such as the bounds, one trace a hue."""
    low, high = table[ends[0]].tolist(), table[ends[1]].tolist()
    found = []
    for colour in dict.fromkeys(colours):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for i, c in enumerate(colours):
            if c == colour:
                xs += [low[i], high[i], None]
                ys += [y[i], y[i], None]
        line = {"line": {"color": colour, "width": width}, "opacity": opacity, "hoverinfo": "skip"}
        found.append(_marks(xs, ys) | {"mode": "lines"} | line)
    return found


def _hover(table: pd.DataFrame, y: list[float], words: dict[str, str]) -> dict:
    """An invisible mark per line that says what its table says."""
    texts = []
    for row in table[[name for name in _HOVERED if name in table]].itertuples(index=False):
        reason = words.get(getattr(row, "why", ""), words["not_shown"])
        score = f"{words['score']}: {rounded(row.score)}" if pd.notna(row.score) else reason
        lines = [f"<b>{escaped(row.label)}</b>", score]
        if pd.notna(row.lower):
            lines.append(f"{words['bounds']}: {rounded(row.lower)} - {rounded(row.upper)}")
        if pd.notna(getattr(row, "low", float("nan"))):
            lines.append(f"{words['range']}: {rounded(row.low)} - {rounded(row.high)}")
        for name in ("target", "before"):
            if pd.notna(getattr(row, name, float("nan"))):
                lines.append(f"{words[name]}: {rounded(getattr(row, name))}")
        if row.note:
            lines.append(escaped(row.note))
        texts.append("<br>".join(lines))
    x = table["score"].fillna((table["lower"] + table["upper"]) / 2).fillna(0)
    return _marks(x, y) | {"marker": {"size": 22, "opacity": 0}, "hovertext": texts, "hoverinfo": "text"}
