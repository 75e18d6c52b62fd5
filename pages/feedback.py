"""The feedback loop: do lessons from response lead to changes in prevention? Closure, links, flags, and the register of lessons itself."""

from analysis.texts import text
from pages.shared import controls, feedback_closure, feedback_flags, feedback_links, feedback_register, frame, views

SECTIONS = {"closure": feedback_closure.section, "links": feedback_links.section, "flags": feedback_flags.section}
SECTIONS |= {"register": feedback_register.section}

data = frame.open_page("feedback")
if data.instrument.feedback_links.empty:
    views.nothing("feedback.no_links")
show = controls.one("show", list(SECTIONS), "closure", lambda s: text(f"feedback.show.{s}"), kind="buttons")
if not len(data.panel) and show != "register":
    views.nothing("empty.store")
SECTIONS[show](data)
