"""Two readings of the same thing: side by side, apart from each other over many States, and answer by answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, ink, noted, points_axis, tinted, wrapped
from analysis.texts import rounded

PAIR, ROW = 0.16, 46
SIDES = ("own", "other")
SYMBOLS = {"own": "circle", "other": "diamond-open"}


def two_readings(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]) -> go.Figure:
    """A line per part with both readings, each over what its open questions allow.

    table: label, note (below the label), own, other (0-100, NA where not shown), `<side>_lower`, `<side>_upper`. words: own, other (names of the
    readings), bounds, not_shown.
    """
    labels = [noted(label, note, p, 30) for label, note in zip(table["label"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=130 + ROW * len(table), showlegend=True)
    places = np.arange(len(table))
    for side, shift, colour in (("own", -PAIR, p.accent), ("other", PAIR, p.text)):
        y = (places + shift).tolist()
        low, high = table[f"{side}_lower"], table[f"{side}_upper"]
        chart.add_scatter(
            x=_broken(low, high), y=_broken(y, y), mode="lines", line={"color": colour, "width": 5}, opacity=0.25, hoverinfo="skip",
            showlegend=False, cliponaxis=False,
        )  # fmt: skip
        hovers = [
            f"<b>{escaped(label)}</b><br>{words[side]}: {rounded(score) if pd.notna(score) else words['not_shown']}"
            + (f"<br>{words['bounds']}: {rounded(a)} - {rounded(b)}" if pd.notna(a) else "")
            for label, score, a, b in zip(table["label"], table[side], low, high, strict=True)
        ]
        chart.add_scatter(
            x=table[side], y=y, mode="markers", name=words[side], hovertext=hovers, hoverinfo="text", cliponaxis=False,
            marker={"size": 11, "color": colour, "symbol": SYMBOLS[side], "line": {"width": 2, "color": colour}},
        )  # fmt: skip
    chart.update_layout(xaxis=points_axis(p, side="top"), yaxis=category_axis(p, labels), legend=_legend(), margin_b=44)
    return chart


def bland_altman(
    table: pd.DataFrame, over: Mapping[str, float], title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]
) -> go.Figure:
    """A dot per State: both readings' mean across, their difference up; the bias with its interval, and the limits where there are any.

    Parameters
    ----------
    table: label, key (what a click gives back, as customdata), middle, difference, own, other (points). over: bias, low, high, limit_low,
    limit_high (NaN where not shown). words: middle, difference, bias, limits, own, other.
    """
    chart = figure(title, subtitle, p, height=430, margin={"l": 8, "r": 86, "t": 48, "b": 8})
    reach = max(20.0, float(table["difference"].abs().max()), *(abs(v) for v in over.values() if pd.notna(v))) * 1.12
    _levels_of_difference(chart, over, p, words)
    hovers = [
        f"<b>{escaped(row.label)}</b><br>{words['own']}: {rounded(row.own)}<br>{words['other']}: {rounded(row.other)}<br>{words['difference']}: {rounded(row.difference)}"
        for row in table.itertuples()
    ]
    chart.add_scatter(
        x=table["middle"], y=table["difference"], mode="markers", customdata=table["key"].tolist(), hovertext=hovers, hoverinfo="text",
        marker={"size": 10, "color": p.accent, "opacity": 0.8, "line": {"color": p.paper, "width": 0.8}}, cliponaxis=False,
    )  # fmt: skip
    chart.update_layout(
        xaxis=points_axis(p, title={"text": words["middle"]}),
        yaxis={
            "range": [-reach, reach], "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "automargin": True,
            "title": {"text": words["difference"]},
        },
    )  # fmt: skip
    return chart


def _levels_of_difference(chart: go.Figure, over: Mapping[str, float], p: Palette, words: Mapping[str, str]) -> None:
    """No difference, the bias on its interval, and the limits, each with its number at the side."""
    across = {"x0": -3, "x1": 103, "layer": "below"}
    chart.add_shape(type="rect", y0=over["low"], y1=over["high"], line_width=0, fillcolor=tinted(p.accent, 0.13), **across)
    lines = {"bias": "solid", "limit_low": "dash", "limit_high": "dash"}
    drawn = [(0, p.muted, "solid"), *((over[name], p.accent, dash) for name, dash in lines.items() if pd.notna(over[name]))]
    for height, colour, dash in drawn:
        chart.add_shape(type="line", y0=height, y1=height, line={"color": colour, "width": 1.3, "dash": dash}, **across)
    for name in lines:
        if pd.notna(over[name]):
            said = words["bias" if name == "bias" else "limits"]
            chart.add_annotation(
                xref="paper", x=1.01, y=over[name], xanchor="left", showarrow=False, align="left", font={"size": 11, "color": p.accent},
                text=f"{wrapped(said, 14, 2)}<br>{rounded(over[name])}",
            )  # fmt: skip


def biases(table: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: Mapping[str, str]) -> go.Figure:
    """A dot per part: how far one reading stands above the other on average, with its interval and, behind, its limits.

    table: label, note, hue, bias, low, high, limit_low, limit_high (points, NA where there are too few States). words: bias, interval,
    limits, difference (the axis).
    """
    labels = [noted(label, note, p, 34) for label, note in zip(table["label"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=110 + ROW * len(table))
    y = list(range(len(table)))
    ends = table[["bias", "low", "high", "limit_low", "limit_high"]].abs().max().max()
    reach = max(20.0, float(ends) if pd.notna(ends) else 0.0) * 1.08
    chart.add_shape(type="line", x0=0, x1=0, y0=-0.5, y1=len(table) - 0.5, layer="below", line={"color": p.muted, "width": 1.2})
    colours = [p.axis(hue) for hue in table["hue"]]
    for names, width, opacity in ((("limit_low", "limit_high"), 2, 0.5), (("low", "high"), 6, 0.35)):
        for colour in dict.fromkeys(colours):
            mine = [c == colour for c in colours]
            at = [i for i, yes in zip(y, mine, strict=True) if yes]
            chart.add_scatter(
                x=_broken(table.loc[mine, names[0]], table.loc[mine, names[1]]), y=_broken(at, at), mode="lines",
                line={"color": colour, "width": width}, opacity=opacity, hoverinfo="skip", cliponaxis=False,
            )  # fmt: skip
    hovers = [_bias_hover(row, words) for row in table.itertuples()]
    chart.add_scatter(
        x=table["bias"],
        y=y,
        mode="markers",
        marker={"size": 11, "color": colours},
        hovertext=hovers,
        hoverinfo="text",
        cliponaxis=False,
    )
    chart.update_layout(
        xaxis={
            "range": [-reach, reach], "gridcolor": p.grid, "zeroline": False, "fixedrange": True, "side": "top", "automargin": True,
            "title": {"text": wrapped(words["difference"], 30), "font": {"size": 12, "color": p.muted}},
        },
        yaxis=category_axis(p, labels),
    )  # fmt: skip
    return chart


def _bias_hover(row: tuple, words: Mapping[str, str]) -> str:
    lines = [f"<b>{escaped(row.label)}</b>", f"{words['bias']}: {rounded(row.bias)}"]
    lines.append(f"{words['interval']}: {rounded(row.low)} - {rounded(row.high)}")
    if pd.notna(row.limit_low):
        lines.append(f"{words['limits']}: {rounded(row.limit_low)} - {rounded(row.limit_high)}")
    return "<br>".join([*lines, escaped(row.note)])


def answer_table(
    counts: np.ndarray,
    levels: Sequence[str],
    short: Sequence[str],
    title: str,
    subtitle: str,
    p: Palette,
    *,
    words: Mapping[str, str],
) -> go.Figure:
    """How often which level of the self-assessment (down) met which of the other reading (across), the number printed in each cell.

    counts: levels x levels. levels: their names, lowest first; short: the same for the narrow axis. words: own, other, pairs.
    """
    most, n = max(1, int(counts.max())), len(levels)
    chart = figure(title, subtitle, p, height=120 + 52 * n, margin={"l": 8, "r": 16, "t": 60, "b": 8})
    steps = [p.none, *p.ramp]
    shade = np.where(counts > 0, 1 + np.rint(counts / most * (len(p.ramp) - 1)).astype(int), 0)
    scale = [[i / (len(steps) - 1), colour] for i, colour in enumerate(steps)]
    hovers = [
        [
            f"{words['own']}: {escaped(a)}<br>{words['other']}: {escaped(b)}<br>{words['pairs']}: {counts[i, j]}"
            for j, b in enumerate(levels)
        ]
        for i, a in enumerate(levels)
    ]
    chart.add_heatmap(
        z=shade.tolist(), x=list(range(n)), y=list(range(n)), colorscale=scale, zmin=0, zmax=len(steps) - 1, showscale=False, xgap=2, ygap=2,
        hovertext=hovers, hoverinfo="text",
    )  # fmt: skip
    across, down = (places.ravel().tolist() for places in np.meshgrid(range(n), range(n)))
    chart.add_scatter(
        x=across, y=down, mode="text", text=[str(v) for v in counts.ravel()], hoverinfo="skip",
        textfont={"size": 13, "color": [ink(steps[v]) for v in shade.ravel()]},
    )  # fmt: skip
    ends = [(i - 0.5, i + 0.5) for i in range(n)]
    frame = {"type": "rect", "line": {"color": p.text, "width": 1.4}}
    chart.update_layout(shapes=[frame | {"x0": a, "x1": b, "y0": a, "y1": b} for a, b in ends])
    axis = {"tickvals": list(range(n)), "showgrid": False, "zeroline": False, "fixedrange": True, "ticks": "", "automargin": True}
    chart.update_layout(
        xaxis=axis
        | {
            "ticktext": list(map(escaped, short)),
            "range": [-0.5, n - 0.5],
            "side": "top",
            "title": {"text": words["other"]},
            "tickangle": 0,
        },
        yaxis=axis
        | {"ticktext": [wrapped(name, 16, 2) for name in levels], "range": [n - 0.5, -0.5], "title": {"text": words["own"]}},
    )
    return chart


def spreads(
    table: pd.DataFrame,
    answers: pd.DataFrame,
    levels: Sequence[int],
    title: str,
    subtitle: str,
    p: Palette,
    *,
    words: Mapping[str, str],
) -> go.Figure:
    """A line per question from the lowest to the highest answer of a State's organizations, each a dot; the national answer as a tick.

    table: question, label, note, lowest, highest, national (levels, NA without one). answers: question, organization, level. words: national, level.
    """
    table = table.reset_index(drop=True)
    labels = [noted(label, note, p, 40) for label, note in zip(table["label"], table["note"], strict=True)]
    chart = figure(title, subtitle, p, height=120 + 54 * len(table), showlegend=True)
    y = list(range(len(table)))
    chart.add_scatter(
        x=_broken(table["lowest"], table["highest"]), y=_broken(y, y), mode="lines", line={"color": p.accent, "width": 5}, opacity=0.25,
        hoverinfo="skip", showlegend=False, cliponaxis=False,
    )  # fmt: skip
    chart.add_scatter(
        x=_floats(table["national"]), y=y, mode="markers", name=words["national"], hoverinfo="skip", cliponaxis=False,
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": p.text}},
    )  # fmt: skip
    place = {question: i for i, question in enumerate(table["question"])}
    shown = answers[answers["question"].isin(place)].dropna(subset=["level"])
    for i, (name, rows) in enumerate(shown.groupby("organization", sort=True)):
        symbol = ("circle", "diamond-open", "square-open", "triangle-up", "x")[i % 5]
        hovers = [f"<b>{escaped(name)}</b><br>{words['level']}: {level}" for level in rows["level"]]
        chart.add_scatter(
            x=_floats(rows["level"]), y=rows["question"].map(place).tolist(), mode="markers", name=wrapped(name, 40, 1), hovertext=hovers,
            hoverinfo="text", cliponaxis=False, marker={"size": 11, "symbol": symbol, "color": p.accent, "line": {"width": 2, "color": p.accent}},
        )  # fmt: skip
    ends = [levels[0] - 0.2, levels[-1] + 0.2]
    chart.update_layout(
        xaxis=points_axis(p, side="top", range=ends, tickvals=list(levels), title={"text": words["level"]}), yaxis=category_axis(p, labels),
        legend=_legend(), margin_b=44,
    )  # fmt: skip
    return chart


def _legend() -> dict:
    return {"orientation": "h", "y": -0.01, "yanchor": "top", "x": 0, "traceorder": "normal"}


def _floats(values: Sequence) -> list[float | None]:
    return [None if pd.isna(v) else float(v) for v in values]


def _broken(first: Sequence, last: Sequence) -> list[float | None]:
    """Ends of lines as one trace, with a break after each."""
    return [v for a, b in zip(_floats(first), _floats(last), strict=True) for v in (a, b, None)]
