"""Flags on returns in words: what strikes one, where and why, as a question to the State."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from analysis.comparison.plausible import FLAGS
from analysis.instrument import Instrument
from analysis.model import Problem
from analysis.reports.sentences import joined
from analysis.states import States
from analysis.texts import counted, problem_sentence, text, word

RETURN_FLAGS = ["flag", "place_of", "question", "flag_reason"]
OVERVIEW = ["name", "organization", "round", "reading", "flags", "flag_kinds"]


def flag_name(code: str, language: str = "en") -> str:
    """A flag in a few words."""
    return (
        text("plausible.flag.text-in-cell", language)
        if code.startswith("answer-") and code != "answers-contradict"
        else text(f"plausible.flag.{code}", language)
    )


def return_flags(instrument: Instrument, problems: Sequence[Problem], language: str = "en") -> pd.DataFrame:
    """The flags of one return (`preview.return_flags`): flag, place_of (sheet and cell), question, flag_reason (a sentence)."""
    rows = []
    for one in problems:
        reason = problem_sentence(one, language)
        if one.code == "answers-contradict":
            why = instrument.word(f"contradiction.{one.question}.{one.allowed.partition(' = ')[0]}", language)
            reason = f"{why} {reason}" if why else reason
        place = f"{one.sheet}!{one.cell}" if one.sheet and one.cell else one.sheet or one.cell
        rows.append((flag_name(one.code, language), place, one.question, reason))
    return pd.DataFrame(rows, columns=RETURN_FLAGS)


def return_sentence(problems: Sequence[Problem], language: str = "en") -> str:
    """How many flags of which kind, or that there is none."""
    if not problems:
        return text("plausible.none", language)
    kinds = Counter(flag_name(one.code, language) for one in problems)
    told = joined([f"{name} ({n})" if n > 1 else name for name, n in kinds.items()], language)
    return counted("plausible.some", len(problems), language, kinds=told)


def overview(table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """`comparison.plausible.flagged` with names: name, organization, round, reading, flags (kinds in words), flag_kinds (their number)."""
    kinds = [[name for name in FLAGS if row[name]] for row in table.to_dict("records")]
    found = table[["iso3", "organization", "round", "reading"]].copy()
    found.insert(0, "name", [states.name(code, language) for code in table["iso3"]])
    found["reading"] = [word("reading", r, language) for r in table["reading"]]
    found["flags"] = ["; ".join(flag_name(name, language) for name in of) for of in kinds]
    return found.assign(flag_kinds=[len(of) for of in kinds])


def overview_sentence(table: pd.DataFrame, of: int, language: str = "en") -> str:
    """How many returns raise a flag, and which flag is raised most. table: as `overview` takes it."""
    if not of:
        return text("plausible.overview.nobody", language)
    if table.empty:
        return text("plausible.overview.none", language, of=of)
    counts = (table[list(FLAGS)] > 0).sum()
    said = counted("plausible.overview.some", len(table), language, of=of)
    return (
        f"{said} {text('plausible.overview.most', language, flag=flag_name(str(counts.idxmax()), language), n=int(counts.max()))}"
    )
