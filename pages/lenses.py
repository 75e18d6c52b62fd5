"""Lenses: the same answers through one theme at a time, across States, over two rounds, at borders, and who answered."""

from analysis.texts import text
from pages.shared import controls, frame, lenses_borders, lenses_grid, lenses_stakeholders, lenses_state, lenses_states, views

SECTIONS = {"states": lenses_states.section, "state": lenses_state.section, "grid": lenses_grid.section}
SECTIONS |= {"borders": lenses_borders.section, "who": lenses_stakeholders.section}

data = frame.open_page("lenses")
if not len(data.panel):
    views.nothing("empty.store")
if not data.instrument.lenses:
    views.nothing("lenses.none")
show = controls.one("show", list(SECTIONS), "states", lambda s: text(f"lenses.show.{s}"), kind="buttons")
SECTIONS[show](data)
