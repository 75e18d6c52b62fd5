"""Panels over the shipped questionnaire, one answer for every question of a part: an answer a is a score of 20 a and level a.

Parts in the order IED.U, IED.D, UAS.U, UAS.D, SALW.U, SALW.D. Codes of States are user-assigned.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, Instrument, load_instrument
from analysis.model import NATIONAL, NOT_RETURNED, Panel, Status, round_date
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import Scores, node_scores

PARTS = ("IED.U", "IED.D", "UAS.U", "UAS.D", "SALW.U", "SALW.D")
OPEN, AWAY, NOT_APPLICABLE = int(Status.DONT_KNOW), NOT_RETURNED, int(Status.NA_JUSTIFIED)


@functools.cache
def instrument() -> Instrument:
    """The shipped questionnaire."""
    return load_instrument(SHIPPED / DEFAULT_INSTRUMENT)


def panel(*units: tuple) -> Panel:
    """A panel of (iso3, six answers[, {question, measure: answer}[, round[, reading[, organization]]]])."""
    questions, rows, codes = instrument().questions, [], []
    parent = dict(zip(instrument().measures["node"], instrument().measures["parent"], strict=True))
    for i, (iso3, answers, *rest) in enumerate(units):
        changed: Mapping[str, int] = rest[0] if rest else {}
        label, reading, organization = [*rest[1:], *("2026", "self", NATIONAL)[len(rest[1:]) :]]
        of_part = dict(zip(PARTS, answers, strict=True))
        line = [
            changed.get(q, changed.get(m, of_part[parent[m]]))
            for q, m in zip(questions["question"], questions["measure"], strict=True)
        ]
        codes.append(line)
        rows.append((i, iso3, organization, label, reading, pd.Timestamp(round_date(label)), pd.Timestamp("2026-03-01"), 1))
    columns = ["row", "iso3", "organization", "round", "reading", "round_date", "received_at", "returns"]
    return Panel(instrument().id, np.array(codes, dtype=np.int8), pd.DataFrame(rows, columns=columns))


def scores(*units: tuple, options: ScoreOptions | None = None) -> Scores:
    """The scores of such a panel."""
    return node_scores(panel(*units), instrument(), options)
