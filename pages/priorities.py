"""What to do first: gaps ranked by what closing them is worth, candidates for joint workshops, and the targets and threat they rest on."""

from analysis.texts import text
from pages.shared import controls, frame, priorities_entries, priorities_list, priorities_shared, views

SECTIONS = {"list": priorities_list.section, "shared": priorities_shared.section}
SECTIONS |= {"targets": priorities_entries.targets, "threat": priorities_entries.threat}

data = frame.open_page("priorities")
if not len(data.panel):
    views.nothing("empty.store")
show = controls.one("show", list(SECTIONS), "list", lambda s: text(f"priorities.show.{s}"), kind="buttons")
SECTIONS[show](data)
frame.onward("needs", "portfolio")
