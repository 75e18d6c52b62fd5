"""Heat maps of scores or levels: the number is printed in every cell, and "not shown" has no colour of the scale."""

from __future__ import annotations

import numpy as np
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
    xs, ys = [column_of[c] for c in table["column"]], [row_of[v] for v in table["line"]]
    value, why = _numbers(table[values]), table["why"].tolist()
    fills = [ramp_colour(p, v / (100 if values == "score" else top)) if v == v else p.none for v in value]
    inks = {colour: ink(colour) for colour in dict.fromkeys(fills)}
    cells = {
        "type": "scatter", "x": np.array(xs), "y": np.array(ys), "mode": "markers", "hovertext": _hovers(table, why, words), "hoverinfo": "text",
        "marker": {"symbol": "square", "size": 26, "opacity": 0}, "customdata": list(table["key"]),
    }  # fmt: skip
    marks = [rounded(v, 0) if v == v else GAPS.get(reason, FEW) for v, reason in zip(value, why, strict=True)]
    inked = [inks[fill] if v == v else p.muted for v, fill in zip(value, fills, strict=True)]
    chart = figure(  # names of columns stand upright where there is little room
        title, subtitle, p, height=112 + 34 * len(lines),
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
    chart.add_traces([*_printed(xs, ys, marks, inked), cells])
    return chart


def _printed(xs: list[int], ys: list[int], marks: list[str], inked: list[str]) -> list[dict]:
    """What is printed in the cells, a trace for each of the few inks: plotly looks at each colour of a list."""
    found = []
    for colour in dict.fromkeys(inked):
        at = [i for i, c in enumerate(inked) if c == colour and marks[i]]
        found.append({
            "type": "scatter", "x": np.array(xs)[at], "y": np.array(ys)[at], "mode": "text", "text": [marks[i] for i in at],
            "textfont": {"color": colour, "size": 13}, "hoverinfo": "skip",
        })  # fmt: skip
    return found


def _numbers(column: pd.Series) -> list[float]:
    """A column as plain numbers, NaN for NA."""
    return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan).tolist()


def _filled(xs: list[int], ys: list[int], fills: list[str]) -> list[dict]:
    """One shape a colour, a square for each of its cells: a world of States is seven shapes, not a thousand."""
    across = {x: (round(x - 0.48, 2), round(x + 0.48, 2)) for x in dict.fromkeys(xs)}
    up = {y: (round(y - 0.46, 2), round(y + 0.46, 2)) for y in dict.fromkeys(ys)}
    squares: dict[str, list[str]] = {}
    for x, y, fill in zip(xs, ys, fills, strict=True):
        (left, right), (top, bottom) = across[x], up[y]
        squares.setdefault(fill, []).append(f"M{left},{top}L{right},{top}L{right},{bottom}L{left},{bottom}Z")
    return [
        {"type": "path", "path": "".join(paths), "fillcolor": fill, "line": {"width": 0}, "layer": "below"}
        for fill, paths in squares.items()
    ]


def _hovers(table: pd.DataFrame, why: list[str], words: dict[str, str]) -> list[str]:
    """What the table says of each cell."""
    names = {label: escaped(label) for column in ("line", "column") for label in dict.fromkeys(table[column])}
    numbers = zip(*(_numbers(table[name]) for name in ("score", "level", "lower", "upper")), strict=True)
    found = []
    for line, column, reason, (score, level, low, high) in zip(table["line"], table["column"], why, numbers, strict=True):
        said = f"<b>{names[line]}</b><br>{names[column]}<br>"
        if score == score:
            said += f"{words['score']}: {rounded(score)}" + (f"<br>{words['level']}: {level:.0f}" if level == level else "")
        else:
            said += words.get(reason, words["not_shown"])
        if low == low and reason not in GAPS:
            said += f"<br>{words['bounds']}: {rounded(low)} - {rounded(high)}"
        found.append(said)
    return found
