"""The settings behind a table that leaves the house: which questionnaire, which data, every choice, when. No text of a State."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from analysis.texts import known, text

COLUMNS = ["setting", "value", "key", "code"]


def about(
    facts: Mapping[str, str], chosen: Mapping[str, str], when: dt.datetime, language: str = "en", *, words: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """What a table was made of and how, a setting a row.

    Parameters
    ----------
    facts: page, table, store, data (the version of the store's contents), instrument. chosen: key of a control -> code, as it would stand in
    the URL, and further settings in force. when: the moment the file is built, in UTC. words: key -> what was chosen in the words of the
    page; the code where there is none. labels: key -> what the page calls the setting, where that is not what it is called everywhere.

    Returns
    -------
    setting, value (both in words), key and code (as in the URL of the page, so that the view can be opened again).
    """
    words, labels = words or {}, labels or {}
    told = {**facts, "taken": f"{when:%Y-%m-%dT%H:%MZ}", **chosen}
    rows = [(labels.get(key) or _name(key, language), str(words.get(key, value)), key, str(value)) for key, value in told.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def heads(language: str = "en") -> dict[str, str]:
    """What the columns are called on a sheet that people read."""
    return {name: text(f"about.column.{name}", language) for name in COLUMNS}


def _name(key: str, language: str) -> str:
    if known(f"about.{key}", language):
        return text(f"about.{key}", language)
    return text(f"control.{key}", language) if known(f"control.{key}", language) else key


def about_line(table: pd.DataFrame) -> str:
    """The same in one line: `page=gaps | round=2026`. No semicolon, tab or line break: some programs split a .csv there."""
    parts = (f"{key}={value}" for key, value in zip(table["key"], table["code"], strict=True))
    return " | ".join(" ".join(part.replace(";", ",").split()) for part in parts)
