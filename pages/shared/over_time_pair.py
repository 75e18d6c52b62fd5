"""Two rounds to hold side by side, and the part of the questionnaire that is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.comparison import rounds
from analysis.model import NATIONAL
from analysis.texts import text
from pages.shared import controls, filters, views
from pages.shared.loaders import Data


def two_rounds(labels: Sequence[str]) -> tuple[str, str]:
    """(the earlier round, the later one), of some labels, the newest first. The page ends here where there are not two."""
    if len(labels) < 2:
        views.nothing("over_time.one_round")
    early, late = filters.cell(), filters.cell()
    with late:
        last = controls.one("round", labels[:-1], labels[0], label=text("over_time.last"))
    earlier = list(labels[labels.index(last) + 1 :])
    with early:
        first = controls.one("since", earlier, earlier[0])
    return first, last


def group_rounds(data: Data) -> tuple[str, str, str, str, set[str]]:
    """Controls of a group between two rounds: (first, last, reading, region, codes of the States)."""
    with filters.cell():
        reading = filters.reading(data)
    with filters.cell(220):
        region = filters.region(data)
    index = data.panel.index
    members = set(data.states.members(region))
    kept = (index["reading"] == reading) & (index["organization"] == NATIONAL) & index["iso3"].isin(members)
    if not kept.any():
        views.nothing("empty.selection")
    here = set(index.loc[kept, "round"])
    first, last = two_rounds([label for label in rounds.rounds(data.panel) if label in here])
    return first, last, reading, region, members


def node(data: Data) -> str:
    """A part of the questionnaire that holds other parts or measures; the first block where nobody has chosen."""
    blocks = list(data.instrument.blocks)
    parts = [*blocks, *(root for root in data.instrument.roots if root not in blocks)]
    return controls.one("node", parts, parts[0], data.instrument.node_name)
