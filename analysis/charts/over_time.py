"""What a change is made of, from which level to which, and where a line leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analysis.charts.base import Palette, category_axis, escaped, figure, ink, look_of, noted, ramp_colour, tinted, wrapped
from analysis.texts import rounded

ROW = 40


def signed(value: float, places: int = 1) -> str:
    """A number with its sign, also where it is a rise."""
    told = rounded(value, places)
    return f"+{told}" if value > 0 and not told.startswith("-") and float(told) else told


def waterfall(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, unit: str = "") -> go.Figure:
    """From one value to another step by step: dots for the two, a floating bar for each step between them.

    Parameters
    ----------
    table: in the order drawn: label, note (a quieter line below it), kind (`value`: a dot; `step`: a bar from where the one before ended), value (a dot's
    place, a step's length). unit: of the axis. The axis begins near the lowest value, which bars from it could not.
    """
    labels = [noted(row.label, row.note, p, 34) for row in table.itertuples()]
    tallest = sum(12 for label in labels if label.count("<br>") > 1)
    chart = figure(title, subtitle, p, height=70 + ROW * len(table) + tallest)
    reach, ends = None, []
    for y, row in enumerate(table.itertuples()):
        if row.kind == "value":
            ends.append((row.value, row.value, y))
        else:
            ends.append((reach, reach + row.value, y))
        reach = ends[-1][1]
    _links(chart, ends, p)
    _steps(chart, table, ends, p)
    low, high = min(min(a, b) for a, b, _ in ends), max(max(a, b) for a, b, _ in ends)
    room = max(0.22 * (high - low), 0.05 * max(abs(high), 1))
    axis = {
        "range": [low - room, high + room],
        "side": "top",
        "gridcolor": p.grid,
        "zeroline": False,
        "fixedrange": True,
        "nticks": 6,
    }
    chart.update_layout(xaxis=axis | {"title": {"text": unit}, "automargin": True}, yaxis=category_axis(p, labels))
    return chart


def _links(chart: go.Figure, ends: list[tuple[float, float, int]], p: Palette) -> None:
    """Thin lines from where one step ends to where the next begins."""
    xs = [x for _, reach, _ in ends[:-1] for x in (reach, reach, None)]
    ys = [y for _, _, at in ends[:-1] for y in (at, at + 1, None)]
    chart.add_scatter(
        x=xs, y=ys, mode="lines", line={"color": p.muted, "width": 1, "dash": "dot"}, hoverinfo="skip", cliponaxis=False
    )


def _steps(chart: go.Figure, table: pd.DataFrame, ends: list[tuple[float, float, int]], p: Palette) -> None:
    for row, (start, end, y) in zip(table.itertuples(), ends, strict=True):
        told = rounded(row.value) if row.kind == "value" else signed(row.value)
        hover = f"<b>{escaped(row.label)}</b><br>{told}" + (f"<br>{escaped(row.note)}" if row.note else "")
        colour = p.text if row.kind == "value" else (p.accent if row.value > 0 else p.certain)
        if row.kind == "step":
            chart.add_scatter(
                x=[start, end], y=[y, y], mode="lines", line={"color": colour, "width": 14}, hovertext=[hover] * 2, hoverinfo="text", cliponaxis=False
            )  # fmt: skip
        right = row.kind == "value" or row.value >= 0
        chart.add_scatter(
            x=[end], y=[y], mode="markers+text", marker={"size": 12 if row.kind == "value" else 1, "color": colour}, text=[f" {told} "],
            textposition="middle right" if right else "middle left", textfont={"color": p.text, "size": 13}, hovertext=[hover], hoverinfo="text", cliponaxis=False,
        )  # fmt: skip


def level_moves(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, hovers: Sequence[str], words: Mapping[str, str]
) -> go.Figure:
    """A matrix of moves: a line per level before, a column per level after, the number of States in each cell; those who stayed are framed.

    table: level_from, level_to (labels, in order), n_moves. hovers: what each of its cells says. words: before, after (names of the axes).
    """
    lines, columns = list(dict.fromkeys(table["level_from"])), list(dict.fromkeys(table["level_to"]))
    place = {label: i for i, label in enumerate(lines)}, {label: i for i, label in enumerate(columns)}
    most = max(int(table["n_moves"].max()), 1) if len(table) else 1
    chart = figure(title, subtitle, p, height=110 + 42 * len(lines))
    xs, ys = [place[1][label] for label in table["level_to"]], [place[0][label] for label in table["level_from"]]
    fills = [ramp_colour(p, 0.15 + 0.85 * n / most) if n else p.none for n in table["n_moves"]]
    shapes = [
        {
            "type": "rect", "x0": x - 0.47, "x1": x + 0.47, "y0": y - 0.45, "y1": y + 0.45, "fillcolor": fill, "layer": "below",
            "line": {"width": 2 if before == after else 0, "color": p.text},
        }
        for x, y, fill, before, after in zip(xs, ys, fills, table["level_from"], table["level_to"], strict=True)
    ]  # fmt: skip
    chart.add_scatter(
        x=xs, y=ys, mode="markers+text", text=[str(n) if n else "" for n in table["n_moves"]], hovertext=[escaped(h).replace("\n", "<br>") for h in hovers],
        textfont={"size": 14, "color": [ink(f) if n else p.muted for f, n in zip(fills, table["n_moves"], strict=True)]},
        marker={"symbol": "square", "size": 26, "opacity": 0}, hoverinfo="text",
    )  # fmt: skip
    across = {
        "tickvals": list(range(len(columns))),
        "ticktext": [wrapped(c, 7, 3) for c in columns],
        "side": "top",
        "showgrid": False,
        "zeroline": False,
    }
    across |= {
        "fixedrange": True,
        "tickangle": 0,
        "title": {"text": words["after"]},
        "range": [-0.5, len(columns) - 0.5],
        "automargin": True,
    }
    down = category_axis(p, [wrapped(label, 16, 2) for label in lines], title={"text": words["before"]})
    chart.update_layout(shapes=shapes, xaxis=across, yaxis=down)
    return chart


def trend_lines(
    points: pd.DataFrame,
    lines: pd.DataFrame,
    title: str,
    subtitle: str,
    p: Palette,
    *,
    words: Mapping[str, str],
    columns: int = 3,
) -> go.Figure:
    """A panel per part: a dot per round, the trend where there is one, the target as a thin line.

    Parameters
    ----------
    points: node, round, year, value (0-100, NA is left out), hue. lines: node, label, target, slope (points a year, NA: no line is drawn).
    words: score, target.
    """
    nodes = lines["node"].tolist()
    columns = max(1, min(columns, len(nodes)))
    rows = max(1, -(-len(nodes) // columns))
    grid = make_subplots(
        rows=rows, cols=columns, shared_yaxes=True, horizontal_spacing=0.04, vertical_spacing=0.32 / rows, subplot_titles=[wrapped(label, 20, 2) for label in lines["label"]],
    )  # fmt: skip
    grid.update_layout(look_of(figure(title, subtitle, p, height=100 + 240 * rows, margin={"l": 8, "r": 16, "t": 108, "b": 8})))
    years = points["year"] if len(points) else pd.Series([0.0])
    ends = [years.min() - 0.5, years.max() + 0.5]
    marks = points.drop_duplicates("year").sort_values("year")
    marks = marks if len(marks) <= 4 else marks.iloc[[0, len(marks) // 2, -1]]  # more do not fit side by side on a telephone
    for i, line in enumerate(lines.itertuples()):
        at = {"row": i // columns + 1, "col": i % columns + 1}
        here = points[(points["node"] == line.node) & points["value"].notna()]
        grid.add_scatter(
            x=ends, y=[line.target] * 2, mode="lines", line={"color": p.muted, "width": 1, "dash": "dash"}, hoverinfo="skip", **at
        )
        colour = p.axis(here["hue"].iloc[0]) if len(here) else p.muted
        if pd.notna(line.slope) and len(here):
            middle = (here["value"] - line.slope * here["year"]).median()  # Theil-Sen's line through the medians
            span = [here["year"].min(), here["year"].max()]
            grid.add_scatter(
                x=span,
                y=[middle + line.slope * x for x in span],
                mode="lines",
                line={"color": tinted(colour, 0.55), "width": 4},
                hoverinfo="skip",
                **at,
            )
        hovers = [
            f"<b>{escaped(line.label)}</b><br>{escaped(r.round)}: {words['score']} {rounded(r.value)}" for r in here.itertuples()
        ]
        grid.add_scatter(
            x=here["year"],
            y=here["value"],
            mode="lines+markers",
            line={"color": colour, "width": 1},
            marker={"size": 9, "color": colour},
            hovertext=hovers,
            hoverinfo="text",
            **at,
        )
    grid.update_xaxes(
        range=ends,
        tickvals=marks["year"].tolist(),
        ticktext=[escaped(r) for r in marks["round"]],
        tickfont={"size": 10},
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        tickangle=0,
    )
    grid.update_yaxes(range=[-3, 103], tickvals=[0, 20, 40, 60, 80, 100], gridcolor=p.grid, zeroline=False, fixedrange=True)
    grid.update_annotations(font={"size": 13, "color": p.text})
    return grid
