"""Which side of a State stands higher, and how sure that is, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.balance.plane import QUADRANTS
from analysis.comparison.sure import settled
from analysis.reports.balance import PLANE
from analysis.reports.uncertain import chance_words
from analysis.texts import counted, once, text

RANGES = ["sides_median", "sides_low", "sides_high", "sides_least", "sides_most"]
#: The columns of the table below the planes.
SIDES = [*PLANE[:2], "side_words", *PLANE[2:8], *RANGES, *PLANE[8:10], "field_words", *PLANE[10:]]


def with_sides(table: pd.DataFrame, ranges: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.planes` with those of `sides.side_ranges`: side_words, field_words, the range of the difference, separable (False where
    nothing was drawn) and the note of the hover."""
    kept = ranges.rename(columns={name.replace("sides_", ""): name for name in RANGES})
    found = table.merge(
        kept[["row", "submodule", "chance", "separable", *RANGES, *QUADRANTS]],
        on=["row", "submodule"],
        how="left",
        validate="1:1",
    )
    share = np.select([found["quadrant"] == name for name in QUADRANTS], [found[name] for name in QUADRANTS], np.nan)
    found["separable"] = found["separable"].fillna(False).astype(bool)
    found["side_words"] = once(lambda chance, clear: _side(chance, clear, language), found["chance"], found["separable"])
    found["field_settled"] = settled(share) & found["sure"]
    found["field_words"] = once(lambda of, clear: _field(of, clear, language), share.tolist(), found["field_settled"])
    notes = zip(found["note"], found["side_words"], found["quadrant"], found["field_words"], strict=True)
    found["note"] = ["; ".join(filter(None, (note, side, field if quadrant else ""))) for note, side, quadrant, field in notes]
    return found.drop(columns=list(QUADRANTS))


def _side(chance: float, separable: bool, language: str) -> str:
    """Which side is higher, in how many of the trials."""
    if pd.isna(chance):
        return ""
    if not separable:
        return text("balance.side.not", language, chance=chance_words(chance, language))
    key, of = ("balance.side.downstream", chance) if chance > 0.5 else ("balance.side.upstream", 1 - chance)
    return text(key, language, chance=chance_words(of, language))


def _field(share: float, clear: bool, language: str) -> str:
    if pd.isna(share):
        return ""
    return text("balance.field.settled" if clear else "balance.field.open", language, chance=chance_words(share, language))


def sides_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """On how many cases each side surely stands higher, and in how many the field is settled, by score, beside levels that may differ. table: as `with_sides` gives it."""
    known = table.loc[table["chance"].notna(), ["chance", "separable", "quadrant", "field_settled"]]
    if known.empty:
        return text("balance.side.none", language)
    clear, fields = known[known["separable"]], known[known["quadrant"] != ""]
    down = int((clear["chance"] > 0.5).sum())
    facts = {"down": down, "up": len(clear) - down, "unclear": len(known) - len(clear), "n": len(known)}
    said = f"{text('balance.side.sentence', language, **facts)} {text('balance.side.level', language)}"
    if fields.empty:
        return said
    return f"{said} {counted('balance.field.sentence', int(fields['field_settled'].sum()), language, of=len(fields))}"


def state_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Which side is higher in each sub-module of one State. table: rows of `with_sides` of one State, labelled by sub-module."""
    parts = [
        text("balance.side.part", language, part=label, side=side)
        for label, side in zip(table["label"], table["side_words"], strict=True)
        if side
    ]
    return " ".join(parts)
