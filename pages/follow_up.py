"""What visits recommended, what became of it, and what the scores did since, side by side."""

import streamlit as st

from analysis.charts import base
from analysis.charts import priorities as charts
from analysis.priorities import followup
from analysis.registers import RECOMMENDATIONS
from analysis.reports import followup as worded
from analysis.texts import counted, text
from pages.shared import controls, filters, frame, loaders, registers, views

LARGEST = 15

data = frame.open_page("follow_up")
if not len(data.panel):
    views.nothing("empty.store")
with filters.bar():
    with filters.cell():
        region = filters.region(data)
    with filters.cell():
        status = controls.one("status", followup.VIEWS, followup.VIEWS[0], lambda s: text(f"follow_up.status.{s}"))
    with filters.cell():
        reading = filters.reading(data)


def standing(table) -> None:
    """The sentence, a bar per State, the list, and the follow-up rates."""
    whole = followup.rates(table).iloc[0]
    lines = worded.by_state(followup.rates(table, ["iso3"]), data.states)
    colours, head = base.palette(views.dark()), lines.head(LARGEST)
    hues = {"done": colours.accent, "under_way": colours.fine, "not_started": colours.possible, "rejected": colours.none}
    subtitle = text("follow_up.subtitle", n=len(head), of=len(lines))
    chart = charts.stacked_counts(head, hues, text("follow_up.title"), subtitle, colours, words=worded.bar_words())
    views.figure(chart, lines, worded.sentence(whole, len(lines)), name="follow-up", columns=worded.STATES, opens="iso3")
    st.divider()
    st.subheader(text("follow_up.list.title"), anchor=False)
    kept = followup.viewed(table, status)
    st.text(counted("follow_up.list.count", len(kept)) + " " + text("view.opens_state"))
    if len(kept):
        shown = worded.listed(data.instrument, followup.with_changes(kept, data.scores(), reading), data.states)
        views.rows(shown, name="recommendations", columns=worded.LISTED, opens="iso3")
    st.caption(text("follow_up.no_cause"))
    st.subheader(text("follow_up.priority.title"), anchor=False)
    rates = worded.by_priority(followup.rates(table, ["priority"]))
    views.rows(rates, name="follow-up-priorities", columns=worded.PRIORITIES)


found = followup.recommendations(registers.kept(data, RECOMMENDATIONS)["body"], loaders.now().date())
found = found[found["iso3"].isin(data.states.members(region))].reset_index(drop=True)
if found.empty:
    st.text(text("follow_up.none"))
else:
    standing(found)
st.divider()
box = st.expander(text("follow_up.enter"), key="follow_up.enter", on_change="rerun")
if box.open:
    with box:
        registers.section(data, RECOMMENDATIONS)
