"""From a number to the cells it came from, and from a return to every number that it feeds."""

from __future__ import annotations

import streamlit as st

from analysis.comparison import board
from analysis.reports import board as words
from analysis.reports import sentences
from analysis.scores import profile
from analysis.scores.options import ScoreOptions
from analysis.texts import counted, text
from pages.shared import filters, loaders, views
from pages.shared.loaders import Data


def number(data: Data, row: int, node: str, options: ScoreOptions | None = None) -> None:
    """Where a node's number of one return comes from: its questions with answer, weight and cell, and the files these stand in."""
    instrument, scores = data.instrument, data.scores(options)
    answers = profile.answers_below(data.panel, instrument, row, node)
    cells = data.store.cells(data.panel, row, answers["question"])
    here = profile.profile(scores, row, [node]).iloc[0]
    level = sentences.level_words(instrument, here)
    facts = {"node": instrument.node_name(node), "score": sentences.points(here["score"]), "level": level}
    st.text(text("trace.number", **facts, answered=int(here["answered"]), applicable=int(here["applicable"])))
    if cells.empty:
        st.text(text("country.drill.not_returned"))
        return
    views.rows(words.number(instrument, answers, cells), name=f"answers-{node}", columns=words.NUMBER, height=420)
    files = words.files(cells)
    st.text(counted("trace.files", len(files)))
    views.rows(files, name=f"files-{node}", height=180)


def feeds(data: Data, return_id: int) -> None:
    """What each sub-module of a return is worth now, and every number that it feeds; each leads to the State's page."""
    parts = loaders.parts(data)
    parts = parts[parts["return_id"] == return_id]
    if parts.empty:
        return
    head = parts.iloc[0]
    instrument = loaders.all_instruments().get(head["instrument"])
    st.text(words.standing_sentence(instrument, parts))
    if instrument is None:
        return
    table = board.feeds(loaders.scores_of(data, instrument.id), return_id)
    if table.empty:
        st.text(text("feeds.none"))
        return
    st.text(counted("feeds.count", len(table)) + " " + text("view.opens_number"))
    leads = {"round": head["round"], "reading": head["reading"]}
    if head["organization"]:
        leads["organization"] = filters.organization_code(head["organization"])
    if instrument.id != data.instrument.id:
        leads["instrument"] = instrument.id
    named = words.feeds(instrument, table)
    views.rows(named, name=f"feeds-{return_id}", columns=words.FEEDS, height=330, opens="iso3", leads=leads)
