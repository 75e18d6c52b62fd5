"""Which packages for which States under a budget: the choice, how sure it is, the library of packages, and choices kept by name."""

from analysis.texts import text
from pages.shared import controls, frame, portfolio_choice, portfolio_library, portfolio_saved, portfolio_sure, views

SECTIONS = {"choice": portfolio_choice.section, "sure": portfolio_sure.section}
SECTIONS |= {"packages": portfolio_library.section, "saved": portfolio_saved.section}
WITHOUT_RETURNS = ("packages", "saved")

data = frame.open_page("portfolio")
show = controls.one("show", list(SECTIONS), "choice", lambda s: text(f"portfolio.show.{s}"), kind="buttons")
if not len(data.panel) and show not in WITHOUT_RETURNS:
    views.nothing("empty.store")
SECTIONS[show](data)
frame.onward("needs", "weights")
