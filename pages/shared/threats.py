"""The threat in force on a page, and how many entries are for days to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.priorities import threat
from analysis.registers import THREATS
from analysis.texts import counted
from pages.shared import loaders, registers

if TYPE_CHECKING:
    import pandas as pd

    from pages.shared.filters import Selection
    from pages.shared.loaders import Data


def held(data: Data, selection: Selection) -> pd.DataFrame:
    """The threat in force today for the States in view, as `threat.threats` gives it."""
    codes = data.panel.index["iso3"].iloc[selection.rows].tolist()
    bodies = registers.kept(data, THREATS)["body"]
    return threat.threats(bodies, codes, data.instrument, data.states, loaders.now().date())


def ahead(data: Data) -> str:
    """How many entries do not count yet because their date lies ahead; "" for none."""
    bodies = list(registers.kept(data, THREATS)["body"])
    n = len(bodies) - len(threat.in_force(bodies, loaders.now().date()))
    return counted("priorities.threat.ahead", n) if n else ""


def told(data: Data) -> None:
    """The same as a line on the page, where there are any."""
    if line := ahead(data):
        st.caption(line)
