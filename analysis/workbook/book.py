"""Any spreadsheet file as plain sheets of values: what every reader of ours begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RawSheet:
    """One sheet as plain values. `rows` from the first row on, as tuples of str, float, int, bool, date or None.

    formulas: cell (`D14`) -> the formula as text, where it is known; errors: cell -> `#REF!` and its like (the value in `rows` is None).
    """

    title: str
    rows: list[tuple]
    formulas: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
