"""How a State or a group moved from round to round: the same States, the same questions; what a change is made of, and where it leads."""

from analysis.texts import text
from pages.shared import (
    controls,
    frame,
    over_time_change,
    over_time_editions,
    over_time_levels,
    over_time_lines,
    over_time_news,
    over_time_split,
    over_time_trend,
    views,
)

SECTIONS = {
    "group": over_time_lines.group,
    "split": over_time_split.section,
    "levels": over_time_levels.section,
    "one": over_time_lines.one,
    "change": over_time_change.section,
    "trend": over_time_trend.section,
    "news": over_time_news.section,
    "editions": over_time_editions.section,
}

data = frame.open_page("over_time")
if not len(data.panel):
    views.nothing("empty.store")
show = controls.one("show", list(SECTIONS), "group", lambda s: text(f"over_time.{s}"), kind="buttons")
if show not in ("editions", "news"):
    over_time_editions.notice(data)
SECTIONS[show](data)
