"""One State's measures, weakest first, and the same answers theme by theme; of one sub-module or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import base, dots
from analysis.reports import labelled
from analysis.scores import profile
from analysis.texts import text
from pages.shared import filters, views
from pages.shared.filters import ALL

if TYPE_CHECKING:
    from analysis.scores.options import ScoreOptions
    from analysis.scores.tree import Scores
    from pages.shared.loaders import Data

WEAKEST = 15


def section(data: Data, scores: Scores, row: int, options: ScoreOptions) -> None:
    """The measures, then the lenses."""
    with filters.cell(360):
        part = filters.submodule(data)
    _measures(data, scores, row, part)
    if data.instrument.lenses:
        st.divider()
        _lenses(data, row, part, options)


def _measures(data: Data, scores: Scores, row: int, part: str) -> None:
    instrument, iso3 = data.instrument, data.panel.index["iso3"].iloc[row]
    found = profile.measures(scores, row)
    if part != ALL:
        found = found[found["submodule"] == part].reset_index(drop=True)
    table = labelled.bounded(instrument, found, target="default").assign(
        na_challenged=profile.challenged(scores, row, found["node"])
    )
    weakest = table if part != ALL else table.head(WEAKEST)
    subtitle = text("country.measures.subtitle") if part != ALL else text("country.measures.weakest", n=len(weakest))
    subtitle += labelled.hue_words(instrument)
    title, colours = text("country.measures.title"), base.palette(views.dark())
    chart = dots.bounded_dots(weakest, title, subtitle, colours, words=labelled.chart_words(), width=38)
    sentence = labelled.strongest_and_weakest(instrument, found)
    views.figure(chart, table, sentence, name=f"measures-{iso3}", columns=labelled.BOUNDED)


def _lenses(data: Data, row: int, part: str, options: ScoreOptions) -> None:
    """The same answers, lens by lens."""
    instrument, iso3 = data.instrument, data.panel.index["iso3"].iloc[row]
    submodule_of = instrument.nodes.set_index("node")["submodule"]
    nodes = instrument.roots if part == ALL else [b for b in instrument.blocks if submodule_of[b] == part]
    table = labelled.lenses(instrument, profile.lens_profile(data.panel, instrument, row, instrument.lenses, nodes, options))
    subtitle, colours = text("country.lens.subtitle") + labelled.hue_words(instrument), base.palette(views.dark())
    chart = dots.bounded_dots(table, text("country.lens.title"), subtitle, colours, words=labelled.chart_words(), width=30)
    views.figure(chart, table, text("country.lens.reading"), name=f"lenses-{iso3}", columns=labelled.BOUNDED)
