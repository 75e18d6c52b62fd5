"""A questionnaire small enough to work out by hand, and panels written as strings. Codes of States are user-assigned.

Two sub-modules: A with the measures M1 (a1 a2 a3) and M2 (b1 b2 b3), B with M3 (c1 c2 c3). Every question is answered 0-5, so a step
is worth 20 points; every measure has three questions, so two answers are just enough for a score (two thirds) and one is not.
a1 b1 c1 belong to the theme `border`, the others to `rights`.
"""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import NATIONAL, NOT_RETURNED, Panel, Status, round_date
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import Scores, node_scores
from analysis.states import States
from tests.scores.worlds import instrument_of, measure, node, question, scale

MARKS = {
    "n": Status.NA_JUSTIFIED, "u": Status.NA_UNJUSTIFIED, "?": Status.DONT_KNOW, "w": Status.WITHHELD, ".": Status.BLANK,
    "-": Status.NOT_ASKED, "x": Status.INVALID, "_": NOT_RETURNED,
}  # fmt: skip
FULL = "333 333 333"


def _measure(name: str, letter: str) -> dict:
    themes = {1: ("tag", "border"), 2: ("tag", "rights"), 3: ("tag", "rights")}
    return measure(name, [question(f"{letter}{i}", scale(5), lenses={themes[i]}) for i in (1, 2, 3)])


@functools.cache
def instrument() -> Instrument:
    """The tiny questionnaire, without any words of its own: names are codes. Its default target is level 3, 60 points."""
    return instrument_of([node("A", [_measure("M1", "a"), _measure("M2", "b")]), node("B", [_measure("M3", "c")])])


def titled(**titles: str) -> Instrument:
    """The same with titles of nodes: `titled(A="Arms")`."""
    return replace(instrument(), words={"en": {f"node.{name}.title": title for name, title in titles.items()}})


def panel(*units: tuple) -> Panel:
    """A panel of (iso3, answers[, round[, reading[, organization]]]); answers: a mark per question, `333 33. ___`."""
    rows, codes = [], []
    for i, (iso3, answers, *rest) in enumerate(units):
        label, reading, organization = [*rest, *("2026", "self", NATIONAL)[len(rest) :]]
        rows.append((i, iso3, organization, label, reading, pd.Timestamp(round_date(label)), pd.Timestamp("2026-03-01"), 1))
        codes.append([int(MARKS.get(c, c)) for c in answers.replace(" ", "")])
    columns = ["row", "iso3", "organization", "round", "reading", "round_date", "received_at", "returns"]
    return Panel(instrument().id, np.array(codes, dtype=np.int8).reshape(len(rows), 9), pd.DataFrame(rows, columns=columns))


def scores(*units: tuple, options: ScoreOptions | None = None) -> Scores:
    """The scores of such a panel."""
    return node_scores(panel(*units), instrument(), options)


def states(**names: str) -> States:
    """Fictional States: `states(QMA="Quince Republic")`."""
    table = pd.DataFrame([{"iso3": code, "name": name} for code, name in names.items()], columns=["iso3", "name"])
    return States(table, pd.DataFrame(columns=["kind", "group", "iso3"]))
