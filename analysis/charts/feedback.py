"""The links from downstream to upstream as a matrix."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, escaped, figure, ink, wrapped

WIDE, TALL = 0.47, 0.45
#: Names across the top stand upright in one line each, since on a telephone a column is no wider; pixels to a letter.
HEAD, LETTER = 70, 5.0


def link_matrix(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, axes: tuple[str, str]) -> go.Figure:
    """A cell for each link, downstream measures down the side, upstream measures across the top.

    Parameters
    ----------
    table: line, column (labels, both in the order drawn), tone ("" for no cell, `link`, `lessons`, `beside`, `open`), mark (printed in the cell),
    notes (list of lines of the hover). axes: the words for downstream and upstream.
    """
    lines, columns = list(dict.fromkeys(table["line"])), list(dict.fromkeys(table["column"]))
    row_of, column_of = {v: i for i, v in enumerate(lines)}, {v: i for i, v in enumerate(columns)}
    heads = [wrapped(c, HEAD, 1) for c in columns]
    chart = figure(title, subtitle, p, height=int(60 + LETTER * max(map(len, heads), default=0) + 40 * len(lines)))
    fills = {"link": p.fine, "lessons": p.accent, "open": p.certain, "beside": None}
    cells = table[table["tone"] != ""]
    xs, ys = [column_of[c] for c in cells["column"]], [row_of[v] for v in cells["line"]]
    shapes, inks = [], []
    for x, y, tone in zip(xs, ys, cells["tone"], strict=True):
        fill = fills[tone]
        box = {"type": "rect", "x0": x - WIDE, "x1": x + WIDE, "y0": y - TALL, "y1": y + TALL, "layer": "below"}
        look = {"fillcolor": fill, "line": {"width": 0}} if fill else {"line": {"width": 1.2, "color": p.muted, "dash": "dot"}}
        shapes.append(box | look)
        inks.append(ink(fill) if fill else p.text)
    hovers = [
        "<br>".join(
            [f"{axes[0]}: <b>{escaped(row.line)}</b>", f"{axes[1]}: <b>{escaped(row.column)}</b>", *map(escaped, row.notes)]
        )
        for row in cells[["line", "column", "notes"]].itertuples(index=False)
    ]
    chart.add_scatter(
        x=xs, y=ys, mode="markers+text", text=list(cells["mark"]), textfont={"color": inks, "size": 13}, hovertext=hovers, hoverinfo="text",
        marker={"symbol": "square", "size": 28, "opacity": 0},
    )  # fmt: skip
    grid = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True, "ticks": ""}
    chart.update_layout(
        shapes=shapes,
        xaxis=grid
        | {
            "tickvals": list(range(len(columns))), "ticktext": heads, "side": "top",
            "tickfont": {"color": p.upstream, "size": 11}, "range": [-0.5, len(columns) - 0.5], "tickangle": 90,
        },
        yaxis=grid
        | {
            "tickvals": list(range(len(lines))), "ticktext": [wrapped(v, 28, 2) for v in lines], "tickfont": {"color": p.downstream, "size": 11},
            "range": [len(lines) - 0.5, -0.5],
        },
    )  # fmt: skip
    return chart
