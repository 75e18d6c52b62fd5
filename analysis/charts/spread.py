"""Spread: every State a dot, with median and quartiles where there are enough of them."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.base import Palette, category_axis, coded, escaped, figure, noted, points_axis
from analysis.texts import rounded

FEWEST_FOR_BOX = 10  # shown scores; below this no middle half is drawn (scoring.md section 8)


def state_dots(
    dots: pd.DataFrame, spread: pd.DataFrame, title: str, subtitle: str, p: Palette, *, words: dict[str, str]
) -> go.Figure:
    """A line per node, a dot per State, the median as a tick and, from ten shown scores on, the middle half as a band.

    Parameters
    ----------
    dots: node, label, hue, name (of the State), score (NA where not shown), key (customdata). spread: node, median, q1, q3 (NA where
    too few), n, states. words: score, median, shown (with {n} and {states}).
    """
    nodes = list(dict.fromkeys(dots["node"]))
    labels = dots.drop_duplicates("node").set_index("node")["label"]
    hues = dots.drop_duplicates("node").set_index("node")["hue"]
    place = {n: i for i, n in enumerate(nodes)}
    of_node = spread.set_index("node")
    shapes = []
    for node in nodes:
        here, colour, y = of_node.loc[node], p.axis(hues[node]), place[node]
        if pd.notna(here["median"]) and here["n"] >= FEWEST_FOR_BOX:
            middle = {"x0": here["q1"], "x1": here["q3"], "y0": y - 0.3, "y1": y + 0.3}
            shapes.append({"type": "rect", "fillcolor": colour, "opacity": 0.16, "line": {"width": 0}, "layer": "below"} | middle)
        if pd.notna(here["median"]):
            tick = {"x0": here["median"], "x1": here["median"], "y0": y - 0.36, "y1": y + 0.36}
            shapes.append({"type": "line", "line": {"color": p.text, "width": 2}} | tick)
    shown = dots.dropna(subset=["score"])
    steps = offsets(shown)
    counts = {r.node: words["shown"].format(n=r.n, states=r.states) for r in spread.itertuples()}
    axes = {"xaxis": points_axis(p, side="top"), "yaxis": category_axis(p, [noted(labels[n], counts[n], p, 24) for n in nodes])}
    chart = figure(title, subtitle, p, height=70 + 46 * len(nodes), shapes=shapes, **axes)
    chart.add_traces({
        "type": "scatter", "x": shown["score"], "y": shown["node"].map(place).to_numpy(float) + steps, "mode": "markers", "cliponaxis": False,
        "marker": {"size": 9, **coded([p.axis(h) for h in shown["hue"]]), "opacity": 0.8, "line": {"width": 0.5, "color": p.paper}},
        "hovertext": _hovers(shown, words), "hoverinfo": "text", "customdata": list(shown["key"]),
    })  # fmt: skip
    return chart


def _hovers(shown: pd.DataFrame, words: dict[str, str]) -> list[str]:
    names, labels = ({value: escaped(value) for value in shown[column].unique()} for column in ("name", "label"))
    rows = zip(shown["name"], shown["label"], shown["score"].tolist(), strict=True)
    return [f"<b>{names[name]}</b><br>{labels[label]}<br>{words['score']}: {rounded(score)}" for name, label, score in rows]


def offsets(shown: pd.DataFrame) -> list[float]:
    """Small steps up and down so that States with the same score do not hide each other; the same every time."""
    place = shown.groupby([shown["node"], (shown["score"] / 2.5).round()]).cumcount()
    steps = [0.0, 0.13, -0.13, 0.26, -0.26]
    return [steps[i % len(steps)] for i in place]
