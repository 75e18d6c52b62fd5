"""Groups of States drawn: every State a dot, levels counted, the share of the variance between groups, and the spread over the rounds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analysis.charts.base import Palette, category_axis, escaped, figure, ink, noted, points_axis, ramp_colour, wrapped
from analysis.charts.spread import offsets
from analysis.texts import rounded

LINE = 64  # pixels of a group's line
UP, DOWN = 0.12, 0.36  # where the dots and the mean stand on it
#: Stripes: of the higher level on the lower one between two, sparse ones where nothing was returned or asked.
STRIPES = {
    "between": {"shape": "/", "solidity": 0.22},
    "not_returned": {"shape": "/", "solidity": 0.1},
    "not_applicable": {"shape": "x", "solidity": 0.1},
}


def group_dots(
    dots: pd.DataFrame, spread: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]
) -> go.Figure:
    """A line per group: a dot per State, the median as a tick, the middle half as a box, and below them the mean with its bounds.

    Parameters
    ----------
    dots: group, name (of the State), score (NA where not shown), lower, upper, level_words, key (customdata). spread: group, group_name,
    note (printed below the name), hue, n, median, q1, q3, box (whether the middle half is drawn), mean, lower, upper (NA where too
    few); optional mean_low and mean_high (another range of the mean, a pale band behind the bounds). words: score, bounds, median,
    quartiles, mean, could_be, range.
    """
    spread = spread.reset_index(drop=True)
    chart = figure(title, subtitle, p, height=76 + LINE * len(spread))
    colour = p.axis(spread["hue"].iloc[0]) if len(spread) else p.accent
    shapes: list[dict] = []
    for y, row in enumerate(spread.itertuples()):
        ends = {"y0": y - UP - 0.32, "y1": y - UP + 0.32}
        if pd.notna(row.median) and row.box:
            look = {"type": "rect", "fillcolor": colour, "opacity": 0.16, "line": {"width": 0}, "layer": "below"}
            shapes.append({"x0": row.q1, "x1": row.q3, **ends, **look})
        if pd.notna(row.median):
            shapes.append({"type": "line", "x0": row.median, "x1": row.median, **ends, "line": {"color": p.text, "width": 2}})
    _means(chart, spread, p, words)
    shown = dots.dropna(subset=["score"])
    place = {group: y for y, group in enumerate(spread["group"])}
    steps = offsets(shown.assign(node=shown["group"]))
    hover = [
        _state(row, words)
        for row in shown[["name", "score", "lower", "upper", "level_words"]].itertuples(index=False, name="Dot")
    ]
    chart.add_scatter(
        x=shown["score"], y=[place[g] - UP + o for g, o in zip(shown["group"], steps, strict=True)], mode="markers", cliponaxis=False,
        marker={"size": 9, "color": colour, "opacity": 0.8, "line": {"width": 0.5, "color": p.paper}}, hovertext=hover, hoverinfo="text",
        customdata=list(shown["key"]), unselected={"marker": {"opacity": 0.8}},
    )  # fmt: skip
    labels = [noted(name, note, p, 24) for name, note in zip(spread["group_name"], spread["note"], strict=True)]
    chart.update_layout(shapes=shapes, xaxis=points_axis(p, side="top"), yaxis=category_axis(p, labels))
    return chart


def _means(chart: go.Figure, spread: pd.DataFrame, p: Palette, words: Mapping[str, str]) -> None:
    """Means as diamonds on what they could be, with a hover that says the numbers of the line; a mean that can't be is not drawn."""
    known = spread.dropna(subset=["lower"])
    bars = {("lower", "upper"): (4, 0.45)}
    if "mean_low" in spread:
        bars = {("mean_low", "mean_high"): (15, 0.25)} | bars
    for (low, high), (width, opacity) in bars.items():
        x = [end for row in known[[low, high]].itertuples(index=False) for end in (*row, None)]
        y = [place for at in known.index for place in (at + DOWN, at + DOWN, None)]
        chart.add_scatter(
            x=x, y=y, mode="lines", line={"color": p.muted, "width": width}, opacity=opacity, hoverinfo="skip", cliponaxis=False
        )
    hover, known = [], known.dropna(subset=["mean"])
    for row in known.itertuples():
        lines = [f"<b>{escaped(row.group_name)}</b>", f"{words['mean']}: {rounded(row.mean)}"]
        if "mean_low" in spread and pd.notna(row.mean_low):
            lines.append(f"{words['range']}: {rounded(row.mean_low)} - {rounded(row.mean_high)}")
        lines.append(f"{words['could_be']}: {rounded(row.lower)} - {rounded(row.upper)}")
        lines += [f"{words['median']}: {rounded(row.median)}", f"{words['quartiles']}: {rounded(row.q1)} - {rounded(row.q3)}"]
        hover.append("<br>".join([*lines, escaped(row.note)]))
    chart.add_scatter(
        x=known["mean"], y=known.index + DOWN, mode="markers", marker={"symbol": "diamond", "size": 9, "color": p.text}, cliponaxis=False,
        hovertext=hover, hoverinfo="text",
    )  # fmt: skip


def _state(row: tuple, words: Mapping[str, str]) -> str:
    lines = [f"<b>{escaped(row.name)}</b>", f"{words['score']}: {rounded(row.score)}"]
    if pd.notna(row.lower):
        lines.append(f"{words['bounds']}: {rounded(row.lower)} - {rounded(row.upper)}")
    return "<br>".join([*lines, escaped(row.level_words)])


def level_bars(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str], top: int) -> go.Figure:
    """A bar per node: how many States stand at each level, the lowest at the left; striped between two levels, grey where nothing is shown.

    Parameters
    ----------
    table: node, label, kind (level, between, not_shown, not_applicable, not_returned), low, high (levels), standing (in words), short
    (the same of a level, for the legend), n, states; of a node from low to high. top: the highest level. words: between, not_shown, not_applicable, not_returned, states.
    """
    nodes = list(dict.fromkeys(table["node"]))
    labels = table.drop_duplicates("node").set_index("node")["label"]
    place = {node: y for y, node in enumerate(nodes)}
    table = table.assign(start=table.groupby("node")["n"].cumsum() - table["n"], line=table["node"].map(place))
    traces: list[dict] = []
    legend = list(zip(*_legend(table, words), strict=True))
    lines = list(table[["kind", "low", "high", "label", "standing", "n", "states", "line", "start"]].itertuples(index=False))
    for entry in sorted(set(legend)):
        rows = [line for line, own in zip(lines, legend, strict=True) if own == entry]
        fills, stripes = zip(*(_colours(row, top, p) for row in rows), strict=True)
        x, y, base = (np.array([getattr(row, name) for row in rows]) for name in ("n", "line", "start"))
        bars = {"type": "bar", "x": x, "y": y, "base": base, "width": 0.7, "orientation": "h"}
        pattern = STRIPES.get(rows[0].kind)
        if pattern:  # a ground of its own: plotly draws none below stripes of several colours
            traces.append(bars | {"marker": {"color": fills}, "hoverinfo": "skip", "showlegend": False})
        look = {
            "fillmode": "replace",
            "fgcolor": stripes,
            "fgopacity": 1,
            "bgcolor": "rgba(0,0,0,0)",
            "size": 10,
            **(pattern or {}),
        }
        traces.append(bars | {
            "name": entry[1], "showlegend": True, "text": x.astype(str), "textposition": "inside", "insidetextanchor": "middle", "textangle": 0,
            "marker": {"color": stripes if pattern else fills, "line": {"color": p.paper, "width": 1}, "pattern": look if pattern else None},
            "textfont": {"color": [ink(fill) for fill in fills], "size": 13, "weight": 600}, "hoverinfo": "text",
            "hovertext": [f"<b>{escaped(row.label)}</b><br>{escaped(row.standing)}: {row.n} / {row.states}" for row in rows],
        })  # fmt: skip
    most = int(table["states"].max()) if len(table) else 0
    chart = figure(
        title, subtitle, p, height=190 + 40 * len(nodes), barmode="overlay", showlegend=True,
        xaxis={
            "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "side": "top", "tickformat": ",d", "dtick": 1 if most < 12 else None,
            "title": {"text": words["states"]}, "automargin": True, "range": [0, most],
        },
        yaxis=category_axis(p, [wrapped(labels[n], 24, 2) for n in nodes]),
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "traceorder": "normal", "font": {"size": 11}},
    )  # fmt: skip
    chart.add_traces(traces)  # as plain tables and at once: each is checked once
    return chart


def _legend(table: pd.DataFrame, words: Mapping[str, str]) -> tuple[list[float], list[str]]:
    """Each row's place in the legend and its name there: every level, then what is between two, then what is missing."""
    kinds = {"between": 100, "not_shown": 101, "not_applicable": 102, "not_returned": 103}
    at_level = table["kind"] == "level"
    place = table["kind"].map(kinds).astype("Float64").where(~at_level, table["low"].astype("Float64"))
    name = table["kind"].map(dict(words)).where(~at_level, table["short"])
    return place.tolist(), name.tolist()


def _colours(row: object, top: int, p: Palette) -> tuple[str, str]:
    """The colour of a standing and of the stripes on it."""
    if row.kind in ("level", "between"):
        return ramp_colour(p, int(row.low) / top), ramp_colour(p, int(row.high) / top)
    return p.none, p.muted


def share_bars(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]) -> go.Figure:
    """A bar per line from 0 to 100 %: the share of the variance between groups, the rest within them, and what chance gives as a tick.

    table: label, note (printed below it), hue, share_between, share_within, share_chance (0-1, NA where not given). words: between,
    within, chance.
    """
    table = table.reset_index(drop=True)
    lines = list(range(len(table)))
    chart = figure(title, subtitle, p, height=110 + 44 * len(table), barmode="stack", bargap=0.42, showlegend=True)
    colours = {"between": p.accent, "within": p.none}
    for name, colour in colours.items():
        values = 100 * table[f"share_{name}"]
        texts = [f"{rounded(v, 0)} %" if pd.notna(v) and v >= 4 else "" for v in values]
        hover = [
            f"<b>{escaped(row.label)}</b><br>{words[name]}: {rounded(v, 0)} %<br>{words['chance']}: {rounded(100 * row.share_chance, 0)} %"
            for row, v in zip(table.itertuples(), values, strict=True)
        ]
        chart.add_bar(
            x=values, y=lines, orientation="h", marker={"color": colour}, name=words[name], text=texts, textposition="inside", textangle=0,
            insidetextanchor="start" if name == "between" else "end", textfont={"color": ink(colour)}, hovertext=hover, hoverinfo="text",
        )  # fmt: skip
    chart.add_scatter(
        x=100 * table["share_chance"], y=lines, mode="markers", name=words["chance"], hoverinfo="skip", cliponaxis=False,
        marker={"symbol": "line-ns", "size": 24, "line": {"width": 2, "color": p.text}},
    )  # fmt: skip
    labels = [noted(label, note, p, 28) for label, note in zip(table["label"], table["note"], strict=True)]
    chart.update_layout(
        xaxis=points_axis(p, side="top", ticktext=[f"{n} %" for n in (0, 25, 50, 75, 100)], range=[0, 100.5]), yaxis=category_axis(p, labels),
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    return chart


def spread_lines(
    table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str], columns: int = 3
) -> go.Figure:
    """A small panel per node: the standard deviation of the same States over the rounds, its first and last value printed.

    table: node, label, hue, round, round_date, sd (points, NA breaks the line), n (States). words: sd, states.
    """
    table = table.assign(round=table["round"].map(escaped))
    nodes = list(dict.fromkeys(table["node"]))
    columns = min(columns, len(nodes)) or 1
    lines = -(-len(nodes) // columns)
    labels = table.drop_duplicates("node").set_index("node")["label"]
    grid = make_subplots(
        rows=lines, cols=columns, shared_yaxes=True, horizontal_spacing=0.04, vertical_spacing=0.32 / max(lines, 1),
        subplot_titles=[wrapped(labels[n], 20, 2) for n in nodes],
    )  # fmt: skip
    chart = figure(title, subtitle, p, height=100 + 220 * lines, margin={"l": 8, "r": 16, "t": 108, "b": 8})
    look = chart.layout.to_plotly_json()
    look.pop("template")  # the grid has it; to merge it a second time takes ten times as long as all the rest
    grid.update_layout(look)
    order = table[["round", "round_date"]].drop_duplicates().sort_values(["round_date", "round"])["round"].tolist()
    for i, node in enumerate(nodes):
        here = table[table["node"] == node].set_index("round").reindex(order)
        known = here["sd"].dropna().index
        ends = {known[0], known[-1]} if len(known) else set()
        hover = [
            f"<b>{r}</b><br>{words['sd']}: {rounded(v)}<br>{words['states']}: {n}"
            for r, v, n in zip(order, here["sd"], here["n"], strict=True)
        ]
        grid.add_scatter(
            x=order, y=here["sd"], mode="lines+markers+text", line={"color": p.axis(here["hue"].dropna().iloc[0]), "width": 2.5},
            marker={"size": 8}, text=[rounded(v) if r in ends else "" for r, v in zip(order, here["sd"], strict=True)], textposition="top center",
            textfont={"color": p.text, "size": 12}, hovertext=hover, hoverinfo="text", cliponaxis=False, connectgaps=False,
            row=i // columns + 1, col=i % columns + 1,
        )  # fmt: skip
    most = table["sd"].max() if table["sd"].notna().any() else 1
    grid.update_xaxes(
        categoryorder="array", categoryarray=order, type="category", showgrid=False, fixedrange=True, tickangle=0, tickfont={"size": 10},
        range=[-0.5, max(len(order), 1) - 0.5],
    )  # fmt: skip
    grid.update_yaxes(range=[0, 1.25 * most], gridcolor=p.grid, zeroline=False, fixedrange=True)
    grid.update_annotations(font={"size": 13, "color": p.text})
    return grid
