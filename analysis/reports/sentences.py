"""The sentence that reads a figure: from the same table the figure is drawn from, in words a minister knows."""

from __future__ import annotations

import pandas as pd

from analysis.instrument import Instrument
from analysis.texts import counted, text


def level_words(instrument: Instrument, row: object, language: str = "en") -> str:
    """A node's level in words: `level 2, Partial`; `level 1 to 3` while open questions decide; why not, where no score is shown.

    row: anything with level_low, level_high, why (a row of `Scores.table`).
    """
    if row.why == "not_applicable":
        return text("level.not_applicable", language)
    if row.why == "not_returned":
        return text("level.not_returned", language)
    if row.why != "shown":
        return text(f"why.{row.why}", language)
    low, high = int(row.level_low), int(row.level_high)
    if low != high:
        return text("level.between", language, low=low, high=high)
    return text("level.one", language, level=low, name=instrument.level_name(low, language))


def points(value: float) -> str:
    """Points of 0-100 for display: one decimal, rounded half up; a dash for NA."""
    if pd.isna(value):
        return "–"
    return f"{int(abs(value) * 10 + 0.5 + 1e-9) / 10 * (1 if value >= 0 else -1):.1f}"


def joined(parts: list[str], language: str = "en") -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {text('and', language)} {parts[-1]}"


def profile_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """Where a State is strongest and weakest among its blocks, and how many of them can't be judged yet.

    table: rows of `Scores.table`, one per block.
    """
    shown = table.dropna(subset=["score"])
    if shown.empty:
        return text("sentence.profile.none", language)
    best, worst = shown.loc[shown["score"].idxmax()], shown.loc[shown["score"].idxmin()]
    parts = []
    if len(shown) > 1:
        parts.append(
            text(
                "sentence.profile.range", language, best=instrument.node_name(best["node"], language), high=points(best["score"]),
                worst=instrument.node_name(worst["node"], language), low=points(worst["score"]),
            )
        )  # fmt: skip
    else:
        name = instrument.node_name(best["node"], language)
        parts.append(text("sentence.profile.one", language, best=name, high=points(best["score"])))
    open_levels = int((shown["level_low"] != shown["level_high"]).sum())
    if open_levels:
        parts.append(counted("sentence.profile.open_levels", open_levels, language))
    hidden = len(table) - len(shown)
    if hidden:
        parts.append(counted("sentence.profile.hidden", hidden, language))
    return " ".join(parts)


def change_sentence(table: pd.DataFrame, before: str, language: str = "en") -> str:
    """How many nodes rose, fell and stayed since a round. table: as `comparison.rounds.changes` gives it."""
    known = table["change"].dropna()
    if known.empty:
        return text("sentence.change.none", language, before=before)
    rose, fell = int((known > 1e-9).sum()), int((known < -1e-9).sum())
    return text(
        "sentence.change.some", language, before=before, rose=rose, fell=fell, same=len(known) - rose - fell, n=len(table)
    )
