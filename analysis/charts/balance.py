"""Upstream against downstream: the plane with its boxes, how far two things go together, and where law and practice part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, broken, category_axis, coded, escaped, figure, noted, points_axis, tinted, wrapped
from analysis.texts import rounded

SIDE = 390  # pixels of a plane's height
AXES = ("upstream", "downstream")
_NUMBERS = [f"{axis}{end}" for axis in AXES for end in ("", "_lower", "_upper", "_before")]
FAR = (60, 9)  # points across and up within which two names would lie over each other


def plane(
    table: pd.DataFrame,
    title: str,
    subtitle: str,
    p: Palette,
    *,
    words: Mapping[str, str],
    target: float,
    steps: Sequence[float],
    levels: Mapping[str, Sequence[str]],
) -> go.Figure:
    """A dot per line of the table, upstream across, downstream up, over a box of what its open questions allow.

    Parameters
    ----------
    table: label, key (what a click gives back, as customdata), upstream, downstream (0-100, NA where not shown), `<axis>_lower`, `<axis>_upper`,
    `<axis>_before` (an arrow leads from there), heavy (`certain`: drawn in downstream's hue, `possible`: ringed in it), named (its label is
    printed), strong (drawn larger, in the text's colour), note (hover); optional separable (hollow where the sides are not). target: points, the line of both axes. steps: points that each level
    of the scale counts for; the fields between them are the bands of the grid. levels: by axis, what names the level of each step below its points. words: upstream, downstream, bounds, target, before, not_shown,
    and the four quadrants both, prevents, responds, neither.
    """
    at = {name: table[name].to_numpy(dtype=float, na_value=np.nan) for name in _NUMBERS}
    shown = ~np.isnan(at["upstream"] + at["downstream"])
    named = _labels(table, at, shown & (table["named"] | table["strong"]).to_numpy(bool), p)
    axis = {"tickvals": list(steps), "showgrid": False, "ticks": ""}
    axis |= {"zeroline": False, "fixedrange": True, "automargin": True, "tickangle": 0}
    titles = {
        side: {"text": words[side], "font": {"color": p.axis(side), "size": 13}, "standoff": off}
        for side, off in zip(AXES, (6, 10), strict=True)
    }
    chart = figure(  # all at once: each addition would have everything before it checked again
        title, subtitle, p, height=SIDE, shapes=_ground(p, target, steps), annotations=[*_corners(p, words), *named],
        xaxis=axis | {"range": [-4, 104], "title": titles["upstream"], "ticktext": _ticks(steps, levels["upstream"], p)},
        yaxis=axis | {"range": [-16, 116], "title": titles["downstream"], "ticktext": _ticks(steps, levels["downstream"], p)},
    )  # fmt: skip
    traces = [_boxes(at, p), _arrows(at, p), *_dots(table, at, shown, p, words)]
    chart.add_traces(traces)  # as plain tables: each is checked once, not twice
    return chart


def _ticks(steps: Sequence[float], levels: Sequence[str], p: Palette) -> list[str]:
    """The points of each level with the level in quiet type below them."""
    return [noted(rounded(points, 0), level, p) for points, level in zip(steps, levels, strict=True)]


def _ground(p: Palette, target: float, steps: Sequence[float]) -> list[dict]:
    """Bands of the levels, the line of equal scores, and the target on both axes."""
    levels = [*(f"M{s:g},0V100" for s in steps), *(f"M0,{s:g}H100" for s in steps)]
    drawn = [(levels, p.grid, 1, "solid"), (["M0,0L100,100"], p.grid, 1, "dot")]
    drawn += [([f"M{target:g},0V100", f"M0,{target:g}H100"], p.muted, 1.2, "dash")]
    return [  # a path for all lines of a kind: plotly looks at every shape
        {"type": "path", "layer": "below", "path": "".join(path), "line": {"color": colour, "width": width, "dash": dash}}
        for path, colour, width, dash in drawn
    ]


def _corners(p: Palette, words: Mapping[str, str]) -> list[dict]:
    """The quadrants' names in quiet type."""
    corners = {"both": (104, 115, "right", "top"), "prevents": (104, -15, "right", "bottom")}
    corners |= {"responds": (-4, 115, "left", "top"), "neither": (-4, -15, "left", "bottom")}
    return [
        {
            "x": x, "y": y, "xanchor": across, "yanchor": up, "align": across, "showarrow": False, "text": wrapped(words[name], 18, 2),
            "font": {"size": 11, "color": p.muted},
        }
        for name, (x, y, across, up) in corners.items()
    ]  # fmt: skip


def _boxes(at: Mapping[str, np.ndarray], p: Palette) -> dict:
    """What the open questions allow, all boxes as one faint trace; a box without room is no box."""
    left, right, low, high = (at[f"{axis}{end}"] for axis in AXES for end in ("_lower", "_upper"))
    room = (right > left) & (high >= low) | (right >= left) & (high > low)  # never where an end is missing
    left, right, low, high = left[room], right[room], low[room], high[room]
    x, y = broken(left, right, right, left, left), broken(low, low, high, high, low)
    return _quiet(x, y, "lines") | {
        "fill": "toself", "fillcolor": tinted(p.accent, 0.06), "line": {"color": tinted(p.accent, 0.24), "width": 0.8},
    }  # fmt: skip


def _quiet(x: object, y: object, mode: str) -> dict:
    """A trace without hover, not cut at the edge."""
    return {"type": "scatter", "x": x, "y": y, "mode": mode, "hoverinfo": "skip", "cliponaxis": False}


def _arrows(at: Mapping[str, np.ndarray], p: Palette) -> dict:
    """From the round before to now, as thin arrows that end at the dot."""
    left, low, right, high = (at[f"{axis}{end}"] for end in ("_before", "") for axis in AXES)
    moved = ~np.isnan(left + low + right + high) & ((left != right) | (low != high))
    x, y = broken(left[moved], right[moved]), broken(low[moved], high[moved])
    return _quiet(x, y, "lines+markers") | {
        "line": {"color": p.muted, "width": 1}, "opacity": 0.65,
        "marker": {"symbol": "arrow", "angleref": "previous", "size": np.tile([0, 7, 0], len(x) // 3), "color": p.muted, "standoff": 4},
    }  # fmt: skip


def _dots(
    table: pd.DataFrame, at: Mapping[str, np.ndarray], shown: np.ndarray, p: Palette, words: Mapping[str, str]
) -> list[dict]:
    """The dots with their hovers, and at the end the trace that takes the clicks: a box without a dot as well."""
    strong, heavy = table["strong"].to_numpy(bool), table["heavy"].to_numpy(object)
    fills = np.where(strong, p.text, np.where(heavy == "certain", p.downstream, p.accent))[shown]
    ringed = shown & ((heavy == "certain") | (heavy == "possible"))
    ring = {"symbol": "circle-open", "size": 14, "color": tinted(p.downstream, 0.6), "line": {"width": 1.2}}
    dot = {"size": np.where(strong[shown], 10, 8), **coded(fills.tolist()), "line": {"color": p.paper, "width": 0.8}}
    hollow = shown & ~table["separable"].to_numpy(bool) if "separable" in table else np.zeros_like(shown)
    x, y = (np.where(np.isnan(at[a]), (at[f"{a}_lower"] + at[f"{a}_upper"]) / 2, at[a]) for a in AXES)
    there = ~np.isnan(x + y)
    clicks = {
        "hovertext": _hovers(table, at, there, words), "hoverinfo": "text", "customdata": table["key"].to_numpy(object)[there].tolist(),
        "marker": {"size": 18, "opacity": 0}, "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip
    return [
        _quiet(x[ringed], y[ringed], "markers") | {"marker": ring},
        _quiet(x[shown], y[shown], "markers") | {"marker": dot},
        _quiet(x[hollow], y[hollow], "markers") | {"marker": {"size": 4.5, "color": p.paper}},
        _quiet(x[there], y[there], "markers") | clicks,
    ]


def _labels(table: pd.DataFrame, at: Mapping[str, np.ndarray], named: np.ndarray, p: Palette) -> list[dict]:
    """Names beside their dots, towards the middle; one that would lie over another is left to the hover. The chosen State comes first."""
    taken: list[tuple[float, float]] = []
    labels = []
    rows = table.loc[named, ["label", "strong"]].assign(**{axis: at[axis][named] for axis in AXES})
    for row in rows.sort_values("strong", ascending=False, kind="stable").itertuples():
        if any(abs(row.upstream - x) < FAR[0] and abs(row.downstream - y) < FAR[1] for x, y in taken):
            continue
        taken.append((row.upstream, row.downstream))
        left = row.upstream > 55
        words = wrapped(row.label, 20, 2)
        labels.append({
            "x": row.upstream, "y": row.downstream, "text": f"<b>{words}</b>" if row.strong else words, "showarrow": False,
            "bgcolor": tinted(p.paper, 0.72), "xanchor": "right" if left else "left", "xshift": -9 if left else 9, "yshift": 9,
            "font": {"size": 11, "color": p.text}, "align": "right" if left else "left", "borderpad": 0,
        })  # fmt: skip
    return labels


def _hovers(table: pd.DataFrame, at: Mapping[str, np.ndarray], there: np.ndarray, words: Mapping[str, str]) -> list[str]:
    said = {name: [rounded(number) for number in at[name][there].tolist()] for name in _NUMBERS}
    missing = rounded(None)
    found = []
    for n, (label, note) in enumerate(
        zip(table["label"].to_numpy(object)[there], table["note"].to_numpy(object)[there], strict=True)
    ):
        lines = [f"<b>{escaped(label)}</b>"]
        for axis in AXES:
            value, low, high, _ = (said[f"{axis}{end}"][n] for end in ("", "_lower", "_upper", "_before"))
            value = words["not_shown"] if value == missing else value
            lines.append(f"{words[axis]}: {value} ({words['bounds']}: {low} - {high})")
        before = [said[f"{axis}_before"][n] for axis in AXES]
        if missing not in before:
            lines.append(f"{words['before']}: {', '.join(before)}")
        found.append("<br>".join(lines + ([escaped(note)] if note else [])))
    return found


def associations(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]) -> go.Figure:
    """A dot per line between -1 and 1 with its interval, and zero as a line.

    table: label, note (printed below it), r (NA where not given), low, high, and quiet (drawn grey: what it is to be read beside).
    words: opposite, unrelated, together: what -1, 0 and 1 mean.
    """
    table = table.reset_index(drop=True)
    labels = [noted(label, note, p, 28) for label, note in zip(table["label"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=90 + 46 * len(table))
    chart.add_shape(type="line", x0=0, x1=0, y0=-0.5, y1=len(table) - 0.5, layer="below", line={"color": p.muted, "width": 1.2})
    colours = [p.muted if quiet else p.accent for quiet in table["quiet"]]
    for y, (row, colour) in enumerate(zip(table.itertuples(), colours, strict=True)):
        if pd.notna(row.low):
            chart.add_scatter(
                x=[row.low, row.high], y=[y, y], mode="lines", line={"color": colour, "width": 5}, opacity=0.35, hoverinfo="skip", cliponaxis=False,
            )  # fmt: skip
    hovers = [
        f"<b>{escaped(row.label)}</b><br>{rounded(row.r, 2)}" + (f" ({rounded(row.low, 2)} - {rounded(row.high, 2)})" if pd.notna(row.low) else "")
        for row in table.itertuples()
    ]  # fmt: skip
    chart.add_scatter(
        x=table["r"], y=list(range(len(table))), mode="markers", marker={"size": 11, "color": colours}, hovertext=hovers, hoverinfo="text",
        cliponaxis=False,
    )  # fmt: skip
    ends = [words["opposite"], words["unrelated"], words["together"]]
    chart.update_layout(
        xaxis=points_axis(p, side="top", range=[-1.06, 1.06], tickvals=[-1, 0, 1], ticktext=[wrapped(e, 9, 2) for e in ends]),
        yaxis=category_axis(p, labels),
    )
    return chart


def parted_bars(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]) -> go.Figure:
    """A bar per measure: States whose law is ahead, whose practice is ahead, where open questions decide, and that stay together.

    table: label, law_ahead, practice_ahead, open, together (numbers of States). words: a word for each of the four, and states.
    """
    labels = table["label"].tolist()
    chart = figure(title, subtitle, p, height=110 + 38 * len(labels), barmode="stack", bargap=0.34, showlegend=True)
    colours = {"law_ahead": p.accent, "practice_ahead": p.certain, "open": p.possible, "together": p.none}
    for kind, colour in colours.items():
        chart.add_bar(
            x=table[kind], y=list(range(len(labels))), orientation="h", marker={"color": colour}, name=words[kind],
            hovertext=[f"<b>{escaped(label)}</b><br>{words[kind]}: {n}" for label, n in zip(labels, table[kind], strict=True)], hoverinfo="text",
        )  # fmt: skip
    most = int(table[list(colours)].sum(axis=1).max()) if len(table) else 0
    chart.update_layout(
        xaxis={
            "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "side": "top", "tickformat": ",d", "dtick": 1 if most < 12 else None,
            "title": {"text": words["states"]}, "automargin": True,
        },
        yaxis=category_axis(p, [wrapped(label, 36, 2) for label in labels]),
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    return chart
