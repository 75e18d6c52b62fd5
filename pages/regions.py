"""Groups of States: every State a dot in its group, levels counted, whether States draw together, peers of a State, and groups of one's own."""

from analysis.texts import text
from pages.shared import controls, frame, regions_convergence, regions_group, regions_own, regions_peers, regions_spread, views

SECTIONS = {"spread": regions_spread.section, "group": regions_group.section, "convergence": regions_convergence.section}
SECTIONS |= {"peers": regions_peers.section, "own": regions_own.section}

data = frame.open_page("regions")
if not len(data.panel):
    views.nothing("empty.store")
show = controls.one("show", list(SECTIONS), "spread", lambda s: text(f"regions.show.{s}"), kind="buttons")
SECTIONS[show](data)
