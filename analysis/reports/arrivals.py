"""What lies on the returns desk, in words: one row a return, with what it holds, what it would change and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.instrument import Instrument
from analysis.reports.labelled import answer_words, part_names
from analysis.reports.sentences import joined
from analysis.states import States
from analysis.texts import counted, text, word

#: Columns in the order in which an import officer asks: whose, of when, what it does, how full, what is wrong, in which file.
ARRIVALS = ["name", "round", "reading", "outcome", "changes", "filled", "repairs", "notes", "file", "organization", "parts"]
REFUSED = ["file", "name", "round", "reading", "stops", "problems"]
CHANGES = ["name", "question", "question_text", "before", "after"]
STATUSES = ("dont_know", "withheld", "na_justified", "na_unjustified", "blank", "invalid")


def arrivals(instruments: Mapping[str, Instrument], table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `preview.preview` in words.

    Returns
    -------
    `table` with name (of the State), outcome and reading in words, changes ("12 answers changed, 3 withdrawn"; "" where nothing of
    it was returned before), filled ("172 of 184 answered, 4 don't know"), parts (sub-modules in words).
    """
    found = table.copy()
    found["name"] = [states.name(code, language) if code else "" for code in table["iso3"]]
    found["reading"] = [word("reading", r, language) for r in table["reading"]]
    found["outcome"] = [_outcome(instruments.get(row.instrument), row, language) for row in table.itertuples()]
    found["changes"] = [_changes(row, language) for row in table.itertuples()]
    found["filled"] = [_filled(row, language) for row in table.itertuples()]
    found["parts"] = [part_names(instruments.get(row.instrument), row.submodules, language) for row in table.itertuples()]
    return found


def arrival_columns(table: pd.DataFrame) -> list[str]:
    """`ARRIVALS` without those in which nothing stands."""
    return [c for c in ARRIVALS if c not in ("organization", "changes") or (table[c] != "").any()]


def _outcome(instrument: Instrument | None, row: object, language: str) -> str:
    """`replaces UAS; waits for validation: IED`, naming the parts only where they are not all of them."""
    said = text(f"outcome.{row.outcome}", language)
    whole = row.submodules
    if row.outcome in ("replaces", "waits"):
        parts = row.replaces or row.waits_for
        said = said if parts == whole else f"{said}: {part_names(instrument, parts, language)}"
    if row.outcome == "replaces" and row.waits_for:
        said += f"; {text('outcome.waits', language)}: {part_names(instrument, row.waits_for, language)}"
    return said


def _changes(row: object, language: str) -> str:
    if pd.isna(row.changed):
        return ""
    told = [
        counted(f"arrivals.{name}", n, language) for name in ("changed", "added", "withdrawn") if (n := int(getattr(row, name)))
    ]
    return joined(told, language) if told else text("arrivals.same", language)


def _filled(row: object, language: str) -> str:
    if pd.isna(row.answered):
        return ""
    asked = int(row.answered) + sum(int(getattr(row, s)) for s in STATUSES)
    said = [text("arrivals.answered", language, n=int(row.answered), of=asked)]
    said += [f"{n} {word('status', s, language).lower()}" for s in STATUSES if (n := int(getattr(row, s)))]
    return ", ".join(said)


def changed_answers(
    instruments: Mapping[str, Instrument], table: pd.DataFrame, states: States, language: str = "en"
) -> pd.DataFrame:
    """Rows of `Preview.changes` in words: name (of the State), question, question_text, before, after."""
    found = table.assign(name=[states.name(code, language) for code in table["iso3"]])
    each = list(zip(table["instrument"], table["question"], strict=True))
    found["question_text"] = [instruments[i].question_text(q, language) for i, q in each]
    for column in ("before", "after"):
        found[column] = [answer_words(instruments[i], q, c, language) for (i, q), c in zip(each, table[column], strict=True)]
    return found
