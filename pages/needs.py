"""Needs and offers: what States ask for, who could meet it, what is paid for already, and what falls between."""

import streamlit as st

from analysis.registers import NEEDS, OFFERS, Register
from analysis.texts import text
from pages.shared import controls, frame, needs_match, needs_orphans, registers, views


def entries(register: Register) -> None:
    """A register: form out, rows in, rows by hand, and what is kept."""
    registers.section(data, register)
    table = registers.table(data, register)
    if table.empty:
        st.text(text("registers.none"))
    else:
        views.rows(table.drop(columns="key"), name=f"register-{register.kind}")


SECTIONS = {"match": needs_match.section, "orphans": needs_orphans.section}
SECTIONS |= {"need": lambda _: entries(NEEDS), "offer": lambda _: entries(OFFERS)}

data = frame.open_page("needs")
if not len(data.panel):
    views.nothing("empty.store")
show = controls.one("show", list(SECTIONS), "match", lambda s: text(f"needs.show.{s}"), kind="buttons")
SECTIONS[show](data)
frame.onward("portfolio", "follow_up")
