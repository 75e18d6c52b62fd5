"""Evidence grades of the answers that a panel holds, as an array beside its codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from analysis.model import NO_GRADE, Panel
from analysis.store import schema as t
from analysis.store.frames import frame

AT_ONCE = 500  # returns asked for in one query: far below what any database takes as parameters


def grades(connection: Connection, panel: Panel, questions: Sequence[str], rows: Sequence[int]) -> np.ndarray:
    """See `Store.evidence`."""
    found = np.full((len(rows), len(questions)), NO_GRADE, dtype=np.int8)
    if not len(rows) or not len(panel.parts):
        return found
    place = pd.DataFrame({"row": np.asarray(rows, dtype=int), "place": np.arange(len(rows))})
    parts = panel.parts[["row", "submodule", "return_id"]].merge(place, on="row", how="inner")
    wanted = [int(n) for n in sorted(parts["return_id"].unique())]
    names, of = ["return_id", "submodule", "question", "evidence_grade"], t.answers.c
    for first in range(0, len(wanted), AT_ONCE):
        some = of.return_id.in_(wanted[first : first + AT_ONCE])
        query = select(*(of[name] for name in names)).where(some, of.evidence_grade.is_not(None))
        told = frame(connection.execute(query).all(), names).merge(parts, on=["return_id", "submodule"], how="inner")
        column = pd.Index(questions).get_indexer(told["question"])
        known = column >= 0
        found[told["place"].to_numpy()[known], column[known]] = told["evidence_grade"].to_numpy(dtype=np.int8)[known]
    return found
