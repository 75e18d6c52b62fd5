"""The settings behind a table that leaves the house: which questionnaire, which data, every choice, when. Codes only, no text of a State."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from analysis.texts import known, text

COLUMNS = ["setting", "value", "key"]


def about(facts: Mapping[str, str], chosen: Mapping[str, str], when: dt.datetime, language: str = "en") -> pd.DataFrame:
    """What a table was made of and how, a setting a row.

    Parameters
    ----------
    facts: page, table, store, data (the version of the store's contents), instrument. chosen: key of a control -> code, as it would stand in
    the URL, and further settings in force. when: the moment the file is built, in UTC.

    Returns
    -------
    setting (in words), value (a code), key (as in the URL of the page, so that the view can be opened again).
    """
    rows = [(_name(key, language), str(value), key) for key, value in facts.items()]
    rows.append((_name("taken", language), f"{when:%Y-%m-%dT%H:%MZ}", "taken"))
    rows += [(_name(key, language), str(value), key) for key, value in chosen.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def _name(key: str, language: str) -> str:
    if known(f"about.{key}", language):
        return text(f"about.{key}", language)
    return text(f"control.{key}", language) if known(f"control.{key}", language) else key


def about_line(table: pd.DataFrame) -> str:
    """The same in one line: `page=gaps | round=2026`. No semicolon, tab or line break: some programs split a .csv there."""
    parts = (f"{key}={value}" for key, value in zip(table["key"], table["value"], strict=True))
    return " | ".join(" ".join(part.replace(";", ",").split()) for part in parts)
