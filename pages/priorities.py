"""What to do first: gaps ranked by what closing them is worth, candidates for joint workshops, and the targets and threat they rest on."""

from analysis.texts import text
from pages.shared import controls, frame, priorities_entries, priorities_list, priorities_shared, views

SECTIONS = {"list": priorities_list.section, "shared": priorities_shared.section}
SECTIONS |= {"targets": priorities_entries.targets, "threat": priorities_entries.threat}
WITHOUT_RETURNS = ("targets", "threat")

data = frame.open_page("priorities")
show = controls.one("show", list(SECTIONS), "list", lambda s: text(f"priorities.show.{s}"), kind="buttons")
if not len(data.panel) and show not in WITHOUT_RETURNS:
    views.nothing("empty.store")
SECTIONS[show](data)
frame.onward("needs", "portfolio")
