"""Who is at which step, what waits for whom and since when; and the way of each return through its steps."""

import streamlit as st

from analysis.reports import board
from pages.shared import controls, frame, plausible, review

data = frame.open_page("review")
review.said()
everything, table = review.standing(data)
st.text(board.board_sentence(everything))
review.counts(everything)
review.rows(data, table)
review.reminders(data, everything)
plausible.overview(data, everything, controls.chosen()["round"])
review.one(data, table)
st.divider()
review.trail(data)
