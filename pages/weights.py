"""Weights: what experts would give, what that changes and what it does not, and what each weight really moves."""

from analysis.budgets import children_of
from analysis.texts import text
from pages.shared import controls, frame, views, weights_editor, weights_importance, weights_whatif

SECTIONS = {"editor": weights_editor.section, "whatif": weights_whatif.section, "importance": weights_importance.section}

data = frame.open_page("weights")
if not children_of(data.instrument):
    views.nothing("weights.no_nodes")
show = controls.one("show", list(SECTIONS), "editor", lambda s: text(f"weights.show.{s}"), kind="buttons")
SECTIONS[show](data)
