"""The targets in force on a page: what each measure of the States in view is held against, and what stands in where a choice gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.comparison.rounds import current_rows
from analysis.priorities import targets as aims
from analysis.registers import TARGETS
from analysis.reports import priorities as worded
from pages.shared import registers
from pages.shared.filters import Selection
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scores.tree import Scores


def targets(data: Data, scores: Scores, selection: Selection, choice: str) -> aims.Targets:
    """The targets of the rows in view; a region's quartile is taken over all States of the round and reading, in view or not."""
    peers = current_rows(data.panel, selection.round, selection.reading) if choice == aims.QUARTILE else ()
    plan = aims.planned(registers.kept(data, TARGETS)["body"]) if choice == aims.PLAN else None
    return aims.targets(scores, selection.rows, choice, peers=peers, states=data.states, plan=plan)


def told(table: pd.DataFrame, choice: str) -> None:
    """Say for how many measures the choice gives a target, and what counts elsewhere. table: as `gaps.gaps` gives it."""
    note = worded.target_note(table, choice)
    if note:
        st.caption(note)
