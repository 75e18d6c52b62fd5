"""The front door: where things stand in one sentence and one figure, and a way to each question a user may bring."""

import streamlit as st

from analysis.charts import base, spread
from analysis.comparison import groups
from analysis.reports import labelled, sentences
from analysis.texts import text
from pages.shared import filters, frame, over_time_news, views

data = frame.open_page("home")
over_time_news.line(data, fresh=True)
with filters.bar():
    selection = filters.states_in_view(data)
instrument, scores = data.instrument, data.scores()

dots = groups.dots(scores, selection.rows, instrument.blocks)
summary = groups.spread(dots)
named = labelled.named(instrument, dots, data.states).assign(hue=dots["measure_type"], key=dots["iso3"])
chart = spread.state_dots(
    named, summary, text("home.figure.title"), text("home.figure.subtitle", selection=selection.words),
    base.palette(views.dark()), words=labelled.chart_words(),
)  # fmt: skip
views.figure(
    chart, labelled.named(instrument, summary), sentences.spread_sentence(instrument, summary), name="where-things-stand",
    columns=labelled.SPREAD,
)  # fmt: skip

st.subheader(text("home.doors"), anchor=False)
left, right = st.columns(2)
for group, names in frame.MENU.items():
    with left if group == "standing" else right:
        st.caption(text(f"menu.{group}"))
        for name in names:
            frame.page_link(name, text(f"home.door.{name}"), icon=":material/arrow_forward:")
over_time_news.line(data, fresh=False)
st.caption(views.plain(instrument.word("instrument.notice")))
