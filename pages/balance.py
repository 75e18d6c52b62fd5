"""Upstream against downstream: where States stand on both, what is still needed, what the returns can say about the premise, law beside practice."""

from analysis.balance.axes import axes
from analysis.texts import text
from pages.shared import balance_law, balance_need, balance_plane, balance_premise, controls, frame, views

SECTIONS = {"plane": balance_plane.section, "need": balance_need.section, "premise": balance_premise.section}
SECTIONS |= {"law": balance_law.section}

data = frame.open_page("balance")
if not len(data.panel):
    views.nothing("empty.store")
if axes(data.instrument).empty:
    views.nothing("balance.no_axes")
show = controls.one("show", list(SECTIONS), "plane", lambda s: text(f"balance.show.{s}"), kind="buttons")
SECTIONS[show](data)
