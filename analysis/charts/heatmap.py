"""Heat maps of scores or levels: the number is printed in every cell, and "not shown" has no colour of the scale."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, escaped, figure, ink, ramp_colour, wrapped
from analysis.texts import rounded

#: Marks for cells without a number: not enough answers, not returned, not applicable.
GAPS = {"not_returned": "", "not_applicable": "n/a"}
FEW = "–"


def score_heatmap(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str], top: int = 5, values: str = "score"
) -> go.Figure:
    """A cell per (line, column), coloured on the scale's ramp.

    Parameters
    ----------
    table: line, column (labels; both in the order drawn), score (0-100, NA where not shown), lower, upper, level (NA where not one), why,
    and key (what a click gives back, as customdata). values: `score` or `level`: the number printed and coloured by.
    top: the highest level. words: score, bounds, level, not_shown, not_returned, not_applicable.
    """
    lines, columns = list(dict.fromkeys(table["line"])), list(dict.fromkeys(table["column"]))
    row_of, column_of = {v: i for i, v in enumerate(lines)}, {v: i for i, v in enumerate(columns)}
    chart = figure(title, subtitle, p, height=112 + 34 * len(lines))  # names of columns stand upright where there is little room
    xs, ys, fills, marks, inks, hovers = [], [], [], [], [], []
    for cell in table.itertuples():
        value = getattr(cell, values)
        shown = pd.notna(value)
        share = (value / 100 if values == "score" else value / top) if shown else 0.0
        colour = ramp_colour(p, share) if shown else p.none
        xs.append(column_of[cell.column])
        ys.append(row_of[cell.line])
        fills.append(colour)
        marks.append(rounded(value, 0) if shown else GAPS.get(cell.why, FEW))
        inks.append(ink(colour) if shown else p.muted)
        hovers.append(_hover(cell, words))
    chart.update_layout(
        shapes=_filled(xs, ys, fills),
        xaxis={
            "tickvals": list(range(len(columns))), "ticktext": [wrapped(c, 20, 2) for c in columns], "side": "top", "showgrid": False,
            "tickfont": {"color": p.text, "size": 11}, "zeroline": False, "fixedrange": True, "range": [-0.5, len(columns) - 0.5], "autotickangles": [0, 90], "automargin": True,
        },
        yaxis={
            "tickvals": list(range(len(lines))), "ticktext": [wrapped(v, 30, 2) for v in lines], "tickfont": {"color": p.text, "size": 12}, "showgrid": False, "zeroline": False,
            "fixedrange": True, "range": [len(lines) - 0.5, -0.5], "automargin": True,
        },
    )  # fmt: skip
    chart.add_traces({
        "type": "scatter", "x": xs, "y": ys, "mode": "markers+text", "text": marks, "textfont": {"color": inks, "size": 13},
        "marker": {"symbol": "square", "size": 26, "opacity": 0}, "hovertext": hovers, "hoverinfo": "text", "customdata": list(table["key"]),
    })  # fmt: skip
    return chart


def _filled(xs: list[int], ys: list[int], fills: list[str]) -> list[dict]:
    """One shape a colour, a square for each of its cells: a world of States is seven shapes, not a thousand."""
    squares: dict[str, list[str]] = {}
    for x, y, fill in zip(xs, ys, fills, strict=True):
        left, right, top, bottom = round(x - 0.48, 2), round(x + 0.48, 2), round(y - 0.46, 2), round(y + 0.46, 2)
        squares.setdefault(fill, []).append(f"M{left},{top}L{right},{top}L{right},{bottom}L{left},{bottom}Z")
    return [
        {"type": "path", "path": "".join(paths), "fillcolor": fill, "line": {"width": 0}, "layer": "below"}
        for fill, paths in squares.items()
    ]


def _hover(cell: tuple, words: dict[str, str]) -> str:
    lines = [f"<b>{escaped(cell.line)}</b>", escaped(cell.column)]
    if pd.notna(cell.score):
        lines.append(f"{words['score']}: {rounded(cell.score)}")
        if pd.notna(cell.level):
            lines.append(f"{words['level']}: {cell.level}")
    else:
        lines.append(words.get(cell.why, words["not_shown"]))
    if pd.notna(cell.lower) and cell.why not in GAPS:
        lines.append(f"{words['bounds']}: {rounded(cell.lower)} - {rounded(cell.upper)}")
    return "<br>".join(lines)
