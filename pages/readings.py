"""What States say of themselves beside what visits and peers found: one State question by question, many States, organizations of one State."""

from analysis.texts import text
from pages.shared import controls, frame, readings_many, readings_offices, readings_one, views

SECTIONS = {"one": readings_one.section, "many": readings_many.section, "offices": readings_offices.section}

data = frame.open_page("readings")
if not len(data.panel):
    views.nothing("empty.store")
show = controls.one("show", list(SECTIONS), "one", lambda s: text(f"readings.show.{s}"), kind="buttons")
SECTIONS[show](data)
