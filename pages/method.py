"""What was asked, how a score and a level come about, and which conventions are ours."""

import streamlit as st

from analysis.comparison.rounds import current_rows
from analysis.reports import explained
from analysis.texts import text
from pages.shared import controls, frame, views

data = frame.open_page("method")
instrument = data.instrument


def browser() -> None:
    """Every measure with its ladder and its questions."""
    st.text(text("method.browser.text", measures=len(instrument.measures), questions=len(instrument.questions)))
    names = instrument.measures["node"].tolist()
    measure = controls.one("measure", names, names[0], lambda m: f"{m}  {instrument.node_name(m)}")
    about = explained.measure(instrument, measure)
    if about["scope"]:
        st.text(about["scope"])
    for level, name, words in about["ladder"]:
        st.markdown(f"**{level} {views.plain(name)}** {views.plain(words)}")
    for question in about["questions"]:
        with st.container(border=True):
            st.markdown(f"**{views.plain(question['question'])}** {views.plain(question['text'])}")
            for label, words in question["details"]:
                st.caption(f"{views.plain(label)}: {views.plain(words)}")
    if about["lessons"]:
        st.markdown(f"**{text('method.browser.lessons')}**")
    for other, name, learnt in about["lessons"]:
        st.text(f"{other} {name}: {learnt}")
    st.text(text("method.browser.all"))
    views.rows(explained.questions(instrument), name="questions", height=320)


def rules() -> None:
    """How a score and a level come about, with every threshold and its reason."""
    for title, words in explained.rules(instrument):
        st.markdown(f"**{views.plain(title)}**")
        st.text(words)
    st.markdown(f"**{text('method.thresholds')}**")
    views.rows(explained.thresholds(instrument), name="thresholds")
    st.markdown(f"**{text('method.presets')}**")
    st.text(text("method.presets.text"))
    views.rows(explained.presets(instrument), name="presets")


def weights() -> None:
    """The effective weight of every item."""
    st.text(text("method.weights.text"))
    views.rows(explained.weights(instrument, data.scores().where(current_rows(data.panel))), name="weights", height=420)


def glossary() -> None:
    """One word, one meaning; and the instruments that are cited."""
    for term, meaning in explained.glossary():
        st.markdown(f"**{views.plain(term)}** {views.plain(meaning)}")
    st.markdown(f"**{text('method.references')}**")
    views.rows(explained.references(instrument), name="references", height=320)


st.info(instrument.word("instrument.notice"), icon=":material/info:")
sections = {"rules": rules, "browser": browser, "weights": weights, "glossary": glossary}
chosen = controls.one("show", list(sections), "rules", lambda s: text(f"method.{s}"), kind="buttons")
sections[chosen]()
