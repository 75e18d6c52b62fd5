"""What moved since a State's round before: on all questions within one edition, on the common core across two, and never silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.comparison import core, rounds
from analysis.reports import editions, labelled, sentences
from analysis.texts import counted, text
from pages.shared import loaders, uncertain, views

if TYPE_CHECKING:
    import pandas as pd

    from analysis.instrument import Instrument
    from analysis.scores.options import ScoreOptions
    from analysis.scores.tree import Scores
    from pages.shared.loaders import Data


def later_round(data: Data, unit: pd.Series) -> None:
    """Say that a newer round was answered in another edition, where one was: the page shows the edition in view."""
    panels = {name: panel for name, panel in loaders.used_panels(data).items() if name != data.instrument.id}
    newer = core.newest_round(panels, unit) if panels else None
    if newer is not None:
        name, row = newer
        facts = {"round": panels[name].index["round"].iloc[row], "edition": _name(name)}
        st.text(text("country.later", **facts))


def section(data: Data, scores: Scores, row: int, options: ScoreOptions) -> None:
    """The parts and answers that changed since the round before."""
    panels, unit = loaders.used_panels(data), data.panel.index.iloc[row]
    before = core.round_before(panels, unit)
    if before is None:
        st.text(text("country.change.first"))
        return
    edition, at = before
    label = panels[edition].index["round"].iloc[at]
    if edition == data.instrument.id:
        _parts(data.instrument, rounds.changes(scores, row, at, data.instrument.blocks), label, unit["iso3"], labelled.CHANGES)
        uncertain.change(data, scores, [at, row], data.instrument.blocks, on=text("uncertain.change.all"))
        _answers(data.instrument, rounds.answer_changes(scores, row, at), unit["iso3"])
        return
    found = loaders.editions(data, options)
    if found is None or edition not in found.own:
        st.text(text("country.change.unlinked", before=label, edition=_name(edition)))
        return
    st.text(text("country.change.edition", before=label, edition=_name(edition)) + " " + editions.core_sentence(found.core))
    now, then = (core.unit_row(found.scores.panel, u) for u in (unit, panels[edition].index.iloc[at]))
    latest = found.core.instrument
    table = editions.changes(core.core_changes(found.core, found.scores, now, then, latest.blocks))
    _parts(latest, table, label, unit["iso3"], editions.CHANGES)
    through = core.spanned(found.core.shares, latest.blocks)
    nodes = [node for node in latest.blocks if through[node]]
    draw = uncertain.core_drawer(data, found)
    uncertain.change(data, found.scores, [then, now], nodes, drawn=draw, on=text("uncertain.change.core"))
    _answers(latest, rounds.answer_changes(found.scores, now, then), unit["iso3"])
    apart = editions.apart_sentence(found.core, latest.blocks)
    if apart:
        st.text(apart)


def _parts(instrument: Instrument, table: pd.DataFrame, before: str, iso3: str, columns: list[str]) -> None:
    st.text(sentences.change_sentence(table, before))
    views.rows(labelled.named(instrument, table), name=f"change-{iso3}", columns=columns)


def _answers(instrument: Instrument, moved: pd.DataFrame, iso3: str) -> None:
    st.text(counted("country.change.answers", len(moved)))
    if len(moved):
        views.rows(labelled.answer_changes(instrument, moved), name=f"answer-changes-{iso3}", height=260)


def _name(instrument_id: str) -> str:
    return editions.edition_name(loaders.all_instruments()[instrument_id])
