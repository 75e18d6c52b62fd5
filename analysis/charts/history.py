"""Scores over the rounds: a small panel per node, a line per State or group, broken where nothing is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analysis.charts.base import Palette, escaped, figure, tinted, wrapped
from analysis.texts import rounded

#: More States than this are no longer told apart by eye: their spread is drawn instead of a line each.
MOST_LINES = 30


def round_lines(
    table: pd.DataFrame,
    title: str,
    subtitle: str,
    p: Palette,
    *,
    words: dict[str, str],
    columns: int = 3,
    breaks: Mapping[str, str] | None = None,
) -> go.Figure:
    """A panel per node, a line per name over the rounds.

    Parameters
    ----------
    table: node, label, hue, name, round, round_date, score (NA breaks the line), and optional lower, upper (a band behind it), note
    (hover), quiet (drawn thin and grey, for the others of a group), piece (two pieces of one name are never joined), and lowest, highest, q1, q3 (areas
    behind the line: the spread of those it is the mean of). words: score, bounds. breaks: first round after a break -> what is said of it, at a dashed
    line before that round.
    """
    table = table.assign(round=table["round"].map(escaped))
    nodes = list(dict.fromkeys(table["node"]))
    columns = min(columns, len(nodes)) or 1
    rows = -(-len(nodes) // columns)
    labels = table.drop_duplicates("node").set_index("node")["label"]
    long = table["round"].str.len().max() > 4  # `2026-H2` is slanted where there is little room
    grid = make_subplots(
        rows=rows, cols=columns, shared_yaxes=True, horizontal_spacing=0.04, vertical_spacing=(0.44 if long else 0.32) / max(rows, 1),
        subplot_titles=[wrapped(labels[n], 20, 2) for n in nodes],
    )  # fmt: skip
    order = table[["round", "round_date"]].drop_duplicates().sort_values(["round_date", "round"])["round"].tolist()
    layout, traces = _panels(grid, order, p), []
    for i, node in enumerate(nodes):
        number = str(i + 1) if i else ""
        here = table[table["node"] == node]
        quiet = here[here["quiet"]] if "quiet" in here else here.head(0)
        found = [_quiet_lines(quiet, order, p, words)] if len(quiet) else []
        for name, line in _pieces(here.drop(quiet.index)):
            found += _line(line, name, order, p, words)
        traces += [trace | {"xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in found]
        for first, said in (breaks or {}).items():
            _break(layout, order, escaped(first), said, number, p)
    margin = {"l": 8, "r": 16, "t": 108, "b": 8}
    chart = figure(
        title, subtitle, p, height=100 + 240 * rows, margin=margin, **layout
    )  # each change of a figure costs as much as the whole
    chart.add_traces(traces)
    return chart


def _panels(grid: go.Figure, order: list[str], p: Palette) -> dict:
    """The axes and names of all panels, and room for shapes."""
    across = {"categoryorder": "array", "categoryarray": order, "type": "category", "showgrid": False, "fixedrange": True}
    up = {"range": [-3, 103], "tickvals": [0, 20, 40, 60, 80, 100], "gridcolor": p.grid, "zeroline": False, "fixedrange": True}
    looks = {"x": across | {"autotickangles": [0, 45]}, "y": up}
    made = grid.layout.to_plotly_json()
    names = [note | {"font": {"size": 13, "color": p.text}} for note in made.get("annotations", ())]
    axes = {name: axis | looks[name[0]] for name, axis in made.items() if name.startswith(("xaxis", "yaxis"))}
    return axes | {"annotations": names, "shapes": []}


def _pieces(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each name with one piece of its line."""
    keys = ["name", "piece"] if "piece" in table else ["name"]
    for (name, *_), line in table.groupby(keys, sort=False):
        yield name, line


def _break(layout: dict, order: list[str], first: str, said: str, number: str, p: Palette) -> None:
    """A dashed line half way before a round of a panel, named at its top, on the side where there is room; added to a layout."""
    if first not in order or not order.index(first):
        return
    place, panel = order.index(first) - 0.5, {"xref": f"x{number}", "yref": f"y{number}"}
    ends = {"x0": place, "x1": place, "y0": 0, "y1": 100}
    layout["shapes"].append({"type": "line", **ends, "line": {"color": p.muted, "width": 1.5, "dash": "dash"}, **panel})
    side = "right" if place > (len(order) - 1) / 2 else "left"
    layout["annotations"].append({
        "x": place, "y": 1, "text": escaped(said), "showarrow": False, "xanchor": side, "yanchor": "bottom", "name": "break",
        "font": {"size": 11, "color": p.muted}, "xshift": -4 if side == "right" else 4, **panel,
    })  # fmt: skip


def _points(line: pd.DataFrame, name: str, order: list[str], words: dict[str, str]) -> tuple[list[float | None], list[str]]:
    """Scores and hovers of a line, round by round; None where a round is missing, so that the line breaks there."""
    wanted = [name for name in ("round", "score", "lower", "upper", "note") if name in line]
    entries = {entry.round: entry for entry in line[wanted].itertuples(index=False)}
    scores = [entries[r].score if r in entries else None for r in order]
    return scores, [_hover(name, entries[r], words) if r in entries else "" for r in order]


def _quiet_lines(lines: pd.DataFrame, order: list[str], p: Palette, words: dict[str, str]) -> dict:
    """All thin lines of a panel as one trace, with a break between two names."""
    x, y, hover = [], [], []
    for name, line in _pieces(lines):
        scores, texts = _points(line, name, order, words)
        x += [*order, None]
        y += [*scores, None]
        hover += [*texts, ""]
    return {
        "type": "scatter", "x": x, "y": y, "mode": "lines+markers", "connectgaps": False, "hovertext": hover, "hoverinfo": "text", "opacity": 0.4,
        "line": {"color": p.muted, "width": 1}, "marker": {"size": 4},
    }  # fmt: skip


def _line(line: pd.DataFrame, name: str, order: list[str], p: Palette, words: dict[str, str]) -> list[dict]:
    """A line with what stands behind it."""
    colour, found = p.axis(line["hue"].iloc[0]), []
    for low, high, opacity in (("lowest", "highest", 0.1), ("q1", "q3", 0.22)):
        spread = line.dropna(subset=[low, high]).sort_values(["round_date", "round"]) if low in line else line.head(0)
        if len(spread):
            found.append({
                "type": "scatter", "x": [*spread["round"], *spread["round"][::-1]], "y": [*spread[low], *spread[high][::-1]], "fill": "toself",
                "fillcolor": tinted(colour, opacity), "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip",
            })  # fmt: skip
    known = line.dropna(subset=["lower"]) if "lower" in line else line.head(0)
    if len(known):
        gaps = [None] * len(known)
        x = [v for group in zip(known["round"], known["round"], gaps, strict=True) for v in group]
        y = [v for group in zip(known["lower"], known["upper"], gaps, strict=True) for v in group]
        bounds = {"line": {"color": colour, "width": 5}, "opacity": 0.3, "hoverinfo": "skip"}
        found.append({"type": "scatter", "x": x, "y": y, "mode": "lines", **bounds})
    scores, hover = _points(line, name, order, words)
    return [*found, {
        "type": "scatter", "x": order, "y": scores, "mode": "lines+markers", "connectgaps": False, "hovertext": hover, "hoverinfo": "text",
        "line": {"color": colour, "width": 2.5}, "marker": {"size": 8},
    }]  # fmt: skip


def _hover(name: str, entry: tuple, words: dict[str, str]) -> str:
    lines = [
        f"<b>{escaped(name)}</b>",
        f"{entry.round}: {words['score']} {rounded(entry.score)}" if pd.notna(entry.score) else entry.round,
    ]
    if pd.notna(getattr(entry, "lower", float("nan"))):
        lines.append(f"{words['bounds']}: {rounded(entry.lower)} - {rounded(entry.upper)}")
    if getattr(entry, "note", ""):
        lines.append(escaped(entry.note))
    return "<br>".join(lines)
