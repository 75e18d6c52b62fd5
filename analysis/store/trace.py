"""From a code of a panel back to the cell of the workbook it came from."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import Connection, select

from analysis.model import Panel
from analysis.store import schema as t
from analysis.store.frames import frame

RETURN = ["return_id", "file", "sha256", "imported_by", "received_at"]
ANSWER = [
    "question",
    "submodule",
    "sheet",
    "cell",
    "found",
    "code",
    "option",
    "evidence_grade",
    "evidence",
    "comment",
    "na_reason",
]
CELLS = [*RETURN, *ANSWER]


def cell_rows(connection: Connection, panel: Panel, row: int, questions: Iterable[str]) -> list[dict]:
    """The cells that a row of a panel has its answers to some questions from, in the instrument's order; one query.

    A sub-module's answers come from the return that counts for it in this panel. A part that was not returned has no cells.
    """
    parts = panel.parts[panel.parts["row"] == row]
    counts = set(zip(parts["submodule"], parts["return_id"], strict=True))
    wanted = {return_id for _, return_id in counts}
    query = (
        select(*(t.returns.c[name] for name in RETURN), *(t.answers.c[name] for name in ANSWER))
        .join(t.returns, t.returns.c.return_id == t.answers.c.return_id)
        .where(t.answers.c.return_id.in_([int(n) for n in sorted(wanted)]), t.answers.c.question.in_(list(questions)))
        .order_by(t.answers.c.position)
    )
    found = connection.execute(query).mappings()
    return [dict(one) for one in found if (one["submodule"], one["return_id"]) in counts]


def cells(connection: Connection, panel: Panel, row: int, questions: Iterable[str]) -> pd.DataFrame:
    """See `Store.cells`."""
    rows = cell_rows(connection, panel, row, questions)
    return frame([tuple(one[name] for name in CELLS) for one in rows], CELLS)
