"""Rows of a query -> tables with types that do not depend on what the rows happen to hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

TEXT, WHOLE, MAYBE_WHOLE, DAY, MOMENT = "str", "int64", "Int64", "datetime64[us]", "datetime64[us, UTC]"

#: Type of a column by its name; every other column is text.
TYPES = {
    **dict.fromkeys(
        ["row", "audit_id", "asked", "applicable", "answered", "code", "position", "problems", "returns", "size"], WHOLE
    ),
    **dict.fromkeys(["evidence_grade", "superseded_by"], MAYBE_WHOLE),
    **dict.fromkeys(["date_from", "date_to", "round_date", "given_on", "expires_on"], DAY),
    **dict.fromkeys(["received_at", "changed_at", "happened_at", "saved_at", "first_saved_at"], MOMENT),
    "return_id": WHOLE,
    "codes": object,
}


def column(name: str, values: Sequence, kind: str | None = None) -> pd.Series:
    """One column with its type; None stays NA."""
    kind = kind or TYPES.get(name, TEXT)
    if kind in (DAY, MOMENT) and len(values):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=kind == MOMENT)).astype(kind)
    return pd.Series(values, dtype=kind)


def frame(rows: Iterable[Sequence], names: Sequence[str], **kinds: str) -> pd.DataFrame:
    """A table of the rows of a query, also of none."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = {n: column(n, list(c), kinds.get(n)).array for n, c in zip(names, columns, strict=True)}
    return pd.DataFrame(arrays, copy=False)  # they are nobody else's
