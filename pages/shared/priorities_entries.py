"""What people enter for the ranking: the States' own targets, by round with who set them, and the weights of the threat."""

from __future__ import annotations

import streamlit as st

from analysis.registers import TARGETS, THREATS, Register
from analysis.reports import priorities as worded
from analysis.texts import counted, text
from pages.shared import registers, threats, views
from pages.shared.loaders import Data


def targets(data: Data) -> None:
    """The States' own targets."""
    _kept(data, TARGETS, worded.kinds_sentence(registers.table(data, TARGETS)))


def threat(data: Data) -> None:
    """The weights of the threat, and how many of them do not count yet."""
    n = len(registers.kept(data, THREATS))
    said = [counted("priorities.threat.kept", n) if n else text("priorities.threat.none"), threats.ahead(data)]
    _kept(data, THREATS, " ".join(filter(None, said)))


def _kept(data: Data, register: Register, sentence: str) -> None:
    st.text(sentence + " " + text(f"priorities.{register.kind}.rule"))
    table = registers.table(data, register)
    if len(table):
        views.rows(table.drop(columns="key"), name=f"priorities-{register.kind}", height=380)
    st.divider()
    registers.section(data, register)
