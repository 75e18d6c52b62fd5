"""Two sides of one thing on a line: a lens beside everything else, the two States of a border."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, escaped, figure, points_axis, wrapped
from analysis.texts import rounded

ROW, APART = 42, 0.14


def two_sides(
    table: pd.DataFrame,
    title: str,
    subtitle: str,
    p: Palette,
    *,
    words: dict[str, str],
    width: int = 26,
    target: float | None = None,
) -> go.Figure:
    """A line per row with two dots, a filled and b hollow, each over a bar of what its open questions allow.

    Parameters
    ----------
    table: in the order drawn: label, note, and for x in a, b `x_name` (what the side is called), `x_score` (0-100, NA where not shown), `x_lower`,
    `x_upper`, `x_why`; optional `x_low`, `x_high` (another range, a pale band behind the bounds). words: score, bounds, not_shown, not_returned,
    not_applicable, and range with x_low and x_high. target: points, as a dashed line.
    """
    table = table.reset_index(drop=True)
    labels = [_label(label, note, p, width) for label, note in zip(table["label"], table["note"], strict=True)]
    tallest = max((label.count("<br>") for label in labels), default=0)
    chart = figure(title, subtitle, p, height=max(150, 62 + (ROW + 12 * max(0, tallest - 1)) * len(table)))
    if target is not None:
        line = {"color": p.muted, "width": 1.2, "dash": "dash"}
        chart.add_shape(type="line", x0=target, x1=target, y0=-0.5, y1=len(table) - 0.5, layer="below", line=line)
    for side, colour, offset in (("b", p.muted, APART), ("a", p.accent, -APART)):
        y = [i + offset for i in range(len(table))]
        bars = {("lower", "upper"): (5, 0.35)}
        if f"{side}_low" in table:
            bars = {("low", "high"): (11, 0.2)} | bars
        ys = [v for place in y for v in (place, place, None)]
        for (first, last), (wide, opacity) in bars.items():
            ends = zip(table[f"{side}_{first}"], table[f"{side}_{last}"], strict=True)
            chart.add_scatter(
                x=[x for low, high in ends for x in (low, high, None)], y=ys, mode="lines", line={"color": colour, "width": wide},
                opacity=opacity, hoverinfo="skip", cliponaxis=False,
            )  # fmt: skip
        hollow = side == "b"
        chart.add_scatter(
            x=table[f"{side}_score"], y=y, mode="markers", hoverinfo="skip", cliponaxis=False,
            marker={"size": 10, "color": p.paper if hollow else colour, "line": {"width": 2, "color": colour}},
        )  # fmt: skip
        middle = table[f"{side}_score"].fillna((table[f"{side}_lower"] + table[f"{side}_upper"]) / 2).fillna(0)
        chart.add_scatter(
            x=middle, y=y, mode="markers", marker={"size": 18, "opacity": 0}, hoverinfo="text", cliponaxis=False,
            hovertext=[_hover(row, side, words) for row in table.to_dict("records")],
        )  # fmt: skip
    chart.update_layout(xaxis=points_axis(p, side="top"), yaxis=category_axis(p, labels))
    return chart


def _label(label: str, note: str, p: Palette, width: int) -> str:
    """A label with a quieter note below it, both in short lines."""
    quiet = f'<span style="color:{p.muted};font-size:11px">{wrapped(note, width + 2, 2)}</span>'
    return wrapped(label, width, 2) + (f"<br>{quiet}" if note else "")


def _hover(row: dict, side: str, words: dict[str, str]) -> str:
    score, low, high = (row[f"{side}_{end}"] for end in ("score", "lower", "upper"))
    reason = words.get(row[f"{side}_why"], words["not_shown"])
    lines = [f"<b>{escaped(row['label'])}</b>", escaped(row[f"{side}_name"])]
    lines.append(f"{words['score']}: {rounded(score)}" if pd.notna(score) else reason)
    if pd.notna(low):
        lines.append(f"{words['bounds']}: {rounded(low)} - {rounded(high)}")
    ends = [row.get(f"{side}_{end}") for end in ("low", "high")]
    if pd.notna(ends[0]):
        lines.append(f"{words['range']}: {rounded(ends[0])} - {rounded(ends[1])}")
    return "<br>".join(lines)
