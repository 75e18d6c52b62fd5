"""What every chart shares: colours for both themes, wrapped labels, a calm layout."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. upstream and downstream keep their hue on every page; levels run from low to high."""

    text: str
    muted: str
    grid: str
    paper: str
    accent: str
    upstream: str
    downstream: str
    none: str
    ramp: tuple[str, ...]
    certain: str
    possible: str
    fine: str

    def axis(self, measure_type: str) -> str:
        """The hue of a measure type; the accent for an instrument without the two."""
        return {"upstream": self.upstream, "downstream": self.downstream}.get(measure_type, self.accent)


LIGHT = Palette(
    text="#1b2429", muted="#5d6b74", grid="#e3e8eb", paper="#ffffff", accent="#1d5f8a", upstream="#20639b",
    downstream="#b3541e", none="#e9ecee", ramp=("#f7f1dc", "#d5e3c5", "#9fcdbd", "#5fa9b5", "#2f7a9f", "#1c4a7d"),
    certain="#b3541e", possible="#e8bf9d", fine="#b9cfdd",
)  # fmt: skip
DARK = Palette(
    text="#e6ebee", muted="#9dabb4", grid="#303a41", paper="#14191d", accent="#6fb3dc", upstream="#6fb3e6",
    downstream="#eb9a62", none="#262e34", ramp=("#3a3528", "#3f4f3c", "#35685f", "#33909a", "#52aecb", "#a5d8ee"),
    certain="#eb9a62", possible="#7a5238", fine="#31516a",
)  # fmt: skip


def palette(dark: bool) -> Palette:
    """The palette of the reader's theme."""
    return DARK if dark else LIGHT


def ramp_colour(p: Palette, share: float) -> str:
    """The ramp's colour for a share of the scale, 0-1."""
    return p.ramp[min(len(p.ramp) - 1, max(0, int(share * (len(p.ramp) - 1) + 0.5)))]


def ink(colour: str) -> str:
    """Black or white, whichever can be read on a colour (WCAG relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#11171b" if luminance > 0.18 else "#ffffff"


def tinted(colour: str, opacity: float) -> str:
    """A colour (#rrggbb) with an opacity of its own, so that a fill may be fainter than its line."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def escaped(label: object) -> str:
    """A label from outside, inert for plotly, which reads a little HTML."""
    return str(label).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wrapped(label: object, width: int = 30, lines: int = 3) -> str:
    """A label broken into short lines, so that it is never clipped on a narrow screen."""
    found = textwrap.wrap(str(label), width) or [""]
    if len(found) > lines:
        found = [*found[: lines - 1], found[lines - 1] + " ..."]
    return "<br>".join(map(escaped, found))


def noted(label: object, note: object, p: Palette, width: int = 30, note_width: int = 1000) -> str:
    """A wrapped label with a quieter note below it."""
    quiet = f'<span style="color:{p.muted};font-size:11px">{wrapped(note, note_width)}</span>'
    return wrapped(label, width, 2) + (f"<br>{quiet}" if note else "")


def figure(title: str, subtitle: str, p: Palette, *, height: int, **layout: object) -> go.Figure:
    """An empty figure in the look of the house."""
    look = {
        "title": {"text": title, "subtitle": {"text": subtitle}},
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": p.text, "size": 13},
        "margin": {"l": 8, "r": 16, "t": 48, "b": 8},
        "hoverlabel": {"bgcolor": p.paper, "font": {"color": p.text}, "bordercolor": p.muted, "align": "left"},
        "showlegend": False,
        "dragmode": False,
    }
    return go.Figure(layout=look | layout)


def coded(colours: Sequence[str]) -> dict:
    """The colours of many marks as plotly takes them quickest: a number each, and what it stands for; plotly looks at each colour of a list."""
    place = {colour: i for i, colour in enumerate(dict.fromkeys(colours))}
    last = max(len(place) - 1, 1)
    scale = [[i / last, colour] for colour, i in place.items()] or [[0, "#000000"]]
    scale = scale if len(scale) > 1 else [[0, scale[0][1]], [1, scale[0][1]]]
    return {
        "color": np.array([place[c] for c in colours], dtype=np.uint8),
        "colorscale": scale,
        "cmin": 0,
        "cmax": last,
        "showscale": False,
    }


def broken(*points: np.ndarray) -> np.ndarray:
    """The first points, the second ones and so on of many lines as one trace: line after line with a break (NaN) behind each.

    As an array: plotly looks at each number of a list, and writes it out in full.
    """
    return np.column_stack([*points, np.full(len(points[0]), np.nan)]).astype(float).ravel()


def look_of(chart: go.Figure) -> dict:
    """The look of a figure to give to another one, without plotly's own template, which that one has and which takes a second to copy."""
    return {name: value for name, value in chart.layout.to_plotly_json().items() if name != "template"}


def points_axis(p: Palette, **settings: object) -> dict:
    """A 0-100 axis."""
    return {
        "range": [-3, 103], "tickvals": [0, 25, 50, 75, 100], "tickangle": 0, "gridcolor": p.grid, "zeroline": False, "fixedrange": True,
        "ticks": "", "automargin": True, **settings,
    }  # fmt: skip


def category_axis(p: Palette, labels: list[str], **settings: object) -> dict:
    """A vertical axis of labels at 0, 1, 2, ... from the top."""
    return {
        "tickvals": list(range(len(labels))), "ticktext": labels, "tickfont": {"color": p.text, "size": 12}, "range": [len(labels) - 0.5, -0.5], "showgrid": False,
        "zeroline": False, "fixedrange": True, "ticks": "", "automargin": True, **settings,
    }  # fmt: skip
