"""The page of a State without a return in the questionnaire in view: that it has none, what else it has returned, what the registers hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.comparison import returned
from analysis.registers import LESSONS
from analysis.reports import feedback
from analysis.texts import counted, text, word
from pages.shared import country_asked, filters, follow_up_country, frame, loaders, registers, views

if TYPE_CHECKING:
    from pages.shared.loaders import Data


def section(data: Data, iso3: str) -> None:
    """Everything that needs no return of this questionnaire: another State never stands in for this one."""
    st.header(views.plain(data.states.name(iso3)), anchor=False)
    st.text(text("country.elsewhere.none", name=data.states.name(iso3), edition=_title(data.instrument.id)))
    _returned(data, iso3)
    st.divider()
    country_asked.section(data, iso3)
    st.divider()
    follow_up_country.section(data, data.scores(), iso3, "self")
    st.divider()
    _lessons(data, iso3)


def _returned(data: Data, iso3: str) -> None:
    """What the State has returned in other questionnaires, with the way to each."""
    table = returned.units(loaders.used_panels(data), iso3)
    if table.empty:
        st.text(text("country.elsewhere.nowhere"))
        return
    for edition, rows in table.groupby("instrument", sort=False):
        st.text(counted("country.elsewhere.returned", len(rows), edition=_title(edition)))
        for row in rows.itertuples():
            office = filters.organization_code(row.organization) if row.organization else None
            link = {"instrument": edition, "round": row.round, "reading": row.reading, "organization": office}
            label = views.plain(text("country.elsewhere.link", round=row.round, reading=word("reading", row.reading)))
            frame.page_link("country", label, ":material/arrow_forward:", country=iso3, show=None, **link)


def _title(instrument_id: str) -> str:
    instrument = loaders.all_instruments()[instrument_id]
    return instrument.word("instrument.short") or instrument.title


def _lessons(data: Data, iso3: str) -> None:
    """The lessons from response that the State has recorded."""
    table = registers.table(data, LESSONS)
    table = table[table["iso3"] == iso3].reset_index(drop=True) if len(table) else table
    st.subheader(text("country.lessons.title"), anchor=False)
    if table.empty:
        st.text(text("country.lessons.none"))
        return
    st.text(counted("country.lessons.count", len(table)))
    views.rows(table, name=f"lessons-{iso3}", columns=feedback.LESSONS, height=300)
    frame.page_link("feedback", text("home.door.feedback"), icon=":material/arrow_forward:", show=None)
