"""What is missing, where, by how much; and what to ask before anything is funded."""

import streamlit as st

from analysis.charts import base
from analysis.charts import gaps as charts
from analysis.priorities import gaps
from analysis.reports import labelled, sentences
from analysis.reports import priorities as worded
from analysis.texts import counted, text
from pages.shared import aims, filters, frame, views

SHARED = 12

data = frame.open_page("gaps")
instrument = data.instrument
asked = filters.gaps_asked(data, by_lens=True)
selection, target = asked.selection, asked.target
scores = data.scores(asked.options)
table = asked.only(gaps.gaps(scores, selection.rows, aims.targets(data, scores, selection, target)))
if table.empty:
    views.nothing("empty.selection")
known, ask, shared = gaps.known_gaps(table), gaps.ask_first(table), gaps.shared_gaps(table)
st.markdown(f"**{views.plain(sentences.gaps_sentence(instrument, table, known, ask))}**")
aims.told(table, target)

named = labelled.named(instrument, shared)
chart = charts.shared_gap_bars(
    named.head(SHARED),
    text("gaps.shared.title"),
    text("gaps.shared.subtitle", selection=selection.words, target=filters.target_name(data, target)),
    base.palette(views.dark()),
    words=labelled.gap_words(),
)
views.figure(chart, named, sentences.shared_gap_sentence(instrument, shared), name="shared-gaps", columns=labelled.SHARED_GAPS)

st.subheader(text("gaps.list.title"), anchor=False)
st.text(counted("gaps.list.count", len(known)) + " " + text("view.opens_state"))
views.rows(
    labelled.gaps(instrument, known, data.states), name="gaps", columns=labelled.GAPS, height=460, opens="iso3", bars={"gap": 100.0},
)  # fmt: skip

st.subheader(text("gaps.ask.title"), anchor=False)
st.text(worded.ask_sentence(ask) + " " + text("gaps.ask.why"))
views.rows(labelled.gaps(instrument, ask, data.states), name="ask-first", columns=labelled.ASK_FIRST, height=340, opens="iso3")
frame.onward("priorities", "needs", "portfolio")
