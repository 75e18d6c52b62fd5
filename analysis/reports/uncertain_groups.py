"""How sure comparisons of groups, of their changes and of two sides are, in words: the same words and the same rule as between States."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.comparison.sure import settled
from analysis.instrument import Instrument
from analysis.reports.sentences import joined
from analysis.reports.uncertain import chance_words, mark, moves
from analysis.texts import counted, text

AGAINST = ["group_name", "median", "low", "high", "chance", "mark", "least", "most", "n_states", "n_shared"]
MOVED = ["label", "median", "low", "high", "chance_rise", "rise", "least", "most", "n_matched"]


def with_ranges(table: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table of groups with the ranges of `sure.group_ranges`: mean_low, mean_high, median_low, median_high, n_drawn."""
    kept = ranges.rename(columns={"drawn": "n_drawn"})[["group", "n_drawn", "mean_low", "mean_high", "median_low", "median_high"]]
    return table.merge(kept, on="group", how="left", validate="one_to_one")


def against(table: pd.DataFrame, names: Mapping[str, str], language: str = "en") -> pd.DataFrame:
    """Rows of `sure.against_group` ready for `charts.ranges.differences`: label, note, mark; the largest median difference first.

    names: group -> its name.
    """
    labels = [names[group] for group in table["group"]]
    found = table.assign(label=labels, group_name=labels, n_states=table["n"], n_shared=table["common"])
    found["mark"] = [mark(row, language) for row in table.itertuples()]
    found["note"] = [
        text("uncertain.note" if row.separable else "uncertain.note.not", language, chance=chance_words(row.chance, language))
        for row in table.itertuples()
    ]
    return found.sort_values("median", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def against_sentence(table: pd.DataFrame, chosen: str, language: str = "en") -> str:
    """Above how many groups the mean of the chosen one stands, below how many, and what leaves the rest open. table: as `against` gives it."""
    if table.empty:
        return text("uncertain.groups.few", language, fewest=FEWEST_FOR_QUANTILES)
    clear = table[table["separable"]]
    above, n = int((clear["chance"] > 0.5).sum()), len(table)
    facts = {"name": chosen, "others": n, "above": above, "below": len(clear) - above, "unclear": n - len(clear)}
    if not len(clear):
        parts = [counted("uncertain.groups.none", n, language, name=chosen)]
    else:
        parts = [text("uncertain.groups.some" if facts["unclear"] else "uncertain.groups.all", language, **facts)]
    one_way = table[~table["separable"] & (settled(table["chance"]) | settled(1 - table["chance"]))]
    if len(one_way):
        told = [
            text("uncertain.groups.above", language, name=row.label, chance=chance_words(row.chance, language))
            for row in one_way.itertuples()
        ]
        names = joined(told, language)
        parts.append(text("uncertain.groups.one_way", language, names=names))
    return " ".join(parts)


def moved(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `sure.mean_changes` in words, as `uncertain.moved`: label, rise, chance_rise, note; n_matched (States)."""
    return moves(instrument, table.assign(n_matched=table["n"]), language)


def moved_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """In how many parts the mean of the same States rose, fell, or can't be told apart. table: as `moved` gives it."""
    clear = table[table["separable"]]
    rose = int((clear["chance_rise"] > 0.5).sum())
    facts = {"n": len(table), "rose": rose, "fell": len(clear) - rose, "unclear": len(table) - len(clear)}
    return text("uncertain.group_change.sentence", language, **facts)
