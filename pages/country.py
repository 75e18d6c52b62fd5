"""One State: its profile, what blocks the next level, its lenses and measures, and the way down to the cell of the workbook."""

import streamlit as st

from analysis.charts import base, dots
from analysis.comparison import returned, rounds
from analysis.reports import labelled, sentences
from analysis.scores import levels, profile
from analysis.texts import counted, text, word
from pages.shared import answers, change, controls, feedback_flags, filters, follow_up_country, frame, ladder, scenario, views

WEAKEST = 15

data = frame.open_page("country")
instrument = data.instrument
colours = base.palette(views.dark())

codes = data.states.by_name(data.panel.index["iso3"].unique())
if not codes:
    views.nothing("empty.store")
with filters.bar():
    with filters.cell(260):
        iso3 = filters.country(data, codes)
    row, reading = filters.unit(data, iso3)
    options = filters.rules(data)
filters.name_rules(data, options)
scores = data.scores(options)
here = data.panel.index.iloc[row]
name = data.states.name(iso3)
blocks = profile.profile(scores, row, instrument.blocks)
before = rounds.previous_row(data.panel, row)

st.header(views.plain(name), anchor=False)
held = returned.status(scores, [row]).iloc[0]
st.text(sentences.status_sentence(here, held) + " " + sentences.profile_sentence(instrument, blocks))
change.later_round(data, here)


def profile_figure() -> None:
    """Blocks with bounds, target and the round before."""
    table = labelled.bounded(instrument, blocks, target="default").assign(
        na_challenged=profile.challenged(scores, row, instrument.blocks)
    )
    subtitle = text("country.profile.subtitle", reading=word("reading", reading), round=here["round"]) + labelled.hue_words(
        instrument
    )
    if before is not None:
        table["before"] = profile.profile(scores, before, instrument.blocks)["score"]
        subtitle += " " + text("country.profile.before", round=data.panel.index["round"].iloc[before])
    chart = dots.bounded_dots(table, sentences.profile_title(table), subtitle, colours, words=labelled.chart_words(), width=24)
    reading_text = text("country.profile.reading")
    views.figure(chart, table, reading_text, name=f"profile-{iso3}-{here['round']}", columns=labelled.BOUNDED)


def next_level(node: str) -> None:
    """The questions that keep a block from its next level."""
    now = blocks[blocks["node"] == node].iloc[0]
    st.text(text("country.next.now", node=instrument.node_name(node), level=sentences.level_words(instrument, now)))
    if now["why"] != "shown":
        st.text(text("country.next.not_shown"))
        return
    table = levels.blockers(scores, row, node)
    if table.empty:
        st.text(text("country.next.top"))
        return
    st.text(counted("country.next.count", len(table), level=int(table["level"].iloc[0])))
    views.rows(labelled.blockers(instrument, table), name=f"next-level-{iso3}-{node}", height=330)


def lens_figure() -> None:
    """The same answers, lens by lens."""
    if not instrument.lenses:
        return
    nodes = instrument.roots if part == filters.ALL else [b for b in instrument.blocks if submodule_of[b] == part]
    table = labelled.lenses(instrument, profile.lens_profile(data.panel, instrument, row, instrument.lenses, nodes, options))
    chart = dots.bounded_dots(
        table,
        text("country.lens.title"),
        text("country.lens.subtitle") + labelled.hue_words(instrument),
        colours,
        words=labelled.chart_words(),
        width=30,
    )
    views.figure(chart, table, text("country.lens.reading"), name=f"lenses-{iso3}", columns=labelled.BOUNDED)


def measures_figure() -> None:
    """Measures, weakest first, of one sub-module or all."""
    found = profile.measures(scores, row)
    if part != filters.ALL:
        found = found[found["submodule"] == part].reset_index(drop=True)
    table = labelled.bounded(instrument, found, target="default").assign(
        na_challenged=profile.challenged(scores, row, found["node"])
    )
    weakest = table if part != filters.ALL else table.head(WEAKEST)
    subtitle = text("country.measures.subtitle") if part != filters.ALL else text("country.measures.weakest", n=len(weakest))
    subtitle += labelled.hue_words(instrument)
    chart = dots.bounded_dots(weakest, text("country.measures.title"), subtitle, colours, words=labelled.chart_words(), width=38)
    views.figure(
        chart, table, labelled.strongest_and_weakest(instrument, found), name=f"measures-{iso3}", columns=labelled.BOUNDED
    )


def organizations_table() -> None:
    """Returns of the State's organizations beside the national one; nothing where there are none."""
    table = rounds.organizations(scores, row, instrument.blocks)
    if table.empty or here["organization"]:
        return
    st.subheader(text("country.organizations.title"), anchor=False)
    st.text(text("country.organizations.text"))
    views.rows(labelled.named(instrument, table), name=f"organizations-{iso3}", columns=labelled.ORGANIZATIONS)


profile_figure()
organizations_table()
st.divider()
st.subheader(text("country.next.title"), anchor=False)
with filters.cell(360):
    node = controls.one("node", list(instrument.blocks), instrument.blocks[0], instrument.node_name)
next_level(node)
scenario.section(data, scores, row, node)
st.divider()
st.subheader(text("country.change.title"), anchor=False)
change.section(data, scores, row, options)
st.divider()
with filters.cell(360):
    part = filters.submodule(data)
submodule_of = instrument.nodes.set_index("node")["submodule"]
lens_figure()
st.divider()
measures_figure()
st.divider()
feedback_flags.state(data, scores, row)
st.divider()
ladder.state(data, scores, row)
st.subheader(text("country.whatif.title"), anchor=False)
ladder.what_ifs(data, scores, row)
st.divider()
st.subheader(text("country.drill.title"), anchor=False)
answers.drill_down(data, row, options)
follow_up_country.section(data, scores, iso3, reading)
frame.onward("compare", "over_time", "gaps")
