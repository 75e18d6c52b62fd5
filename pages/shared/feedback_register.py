"""The register of lessons: out and in as a workbook, by hand, and the list of what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.balance import loop
from analysis.registers import LESSONS
from analysis.reports import feedback as worded
from analysis.texts import counted, text
from pages.shared import registers, views
from pages.shared.filters import ALL
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd


def lessons(data: Data, region: str = "", submodule: str = ALL) -> pd.DataFrame:
    """The lessons of a region and a sub-module as a table (`loop.lessons`)."""
    kept = registers.kept(data, LESSONS)
    table = loop.lessons(kept[["key", "body"]].itertuples(index=False), data.instrument)
    if region:
        table = table[table["iso3"].isin(data.states.members(region))]
    if submodule != ALL:
        table = table[table["submodule"] == submodule]
    return table.reset_index(drop=True)


def section(data: Data) -> None:
    """What is kept, then the ways to add to it."""
    table = registers.table(data, LESSONS)
    st.subheader(counted("feedback.register.title", len(table)), anchor=False)
    st.text(text("feedback.register.text"))
    if len(table):
        views.rows(table, name="lessons", columns=worded.LESSONS, height=420, opens="iso3")
    registers.section(data, LESSONS)
