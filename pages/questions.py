"""What the returns and the States say about the questions themselves, for the questionnaire's next revision."""

from analysis.texts import text
from pages.shared import controls, frame, questions_feedback, questions_statistics, views

SECTIONS = {"statistics": questions_statistics.section, "feedback": questions_feedback.section}

data = frame.open_page("questions")
if not len(data.panel):
    views.nothing("empty.store")
show = controls.one("show", list(SECTIONS), "statistics", lambda s: text(f"questions.show.{s}"), kind="buttons")
SECTIONS[show](data)
