"""What a person said about a file before it is read: password, mapping, whose it is. Plain values, so that they can travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReadingOptions:
    """How one file is to be read.

    instrument: id of the instrument of a table that does not say so itself. password: opens a protected workbook; it is never
    stored, logged or shown. mapping: a saved mapping (TOML text) for a table that is not on our form, "" for none.
    confirmed: a State's name as it was written -> the code that a person said it means.
    """

    instrument: str = ""
    password: str = field(default="", repr=False)
    mapping: str = ""
    confirmed: Mapping[str, str] = field(default_factory=dict)
