"""How sure comparisons of groups, of their changes and of two sides are, in words: the same words and the same rule as between States."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.comparison.sure import settled
from analysis.instrument import Instrument
from analysis.reports import labelled
from analysis.reports.sentences import joined, ruled_out
from analysis.reports.uncertain import chance_words, mark, move_counts, moves
from analysis.texts import counted, rounded, text

AGAINST = ["group_name", "median", "low", "high", "chance", "mark", "least", "most", "n_states", "n_shared"]
PARTS = [
    "label",
    "group_mean",
    "mean_low",
    "mean_high",
    "lower_mean",
    "upper_mean",
    "median",
    "median_low",
    "median_high",
    "returned_of",
    "n_drawn",
]
MOVED = ["label", "median", "low", "high", "chance_rise", "rise", "least", "most", "n_matched"]
PARTED = ["label", "median", "low", "high", "chance_apart", "spread_words", "least", "most", "n_matched"]


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


def parts(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `sure.part_ranges` ready for `charts.bounded_dots`: label, hue, score (the mean), low, high, lower, upper, note; those without a mean have
    no dot and no lines."""
    found = table.assign(
        label=labelled.node_labels(instrument, table["node"], language), score=table["mean"], group_mean=table["mean"]
    )
    hue = dict(zip(instrument.nodes["node"], instrument.nodes["measure_type"], strict=True))
    found = found.assign(hue=table["node"].map(hue), low=table["mean_low"], high=table["mean_high"], n_drawn=table["drawn"])
    found["note"] = [labelled.of(n, m, language) for n, m in zip(table["n"], table["counted"], strict=True)]
    return found.assign(lower_mean=table["lower"], upper_mean=table["upper"], returned_of=found["note"])


def parts_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Which part's mean has the widest range, and how many parts have no mean. table: as `parts` gives it."""
    known, hidden = table.dropna(subset=["mean"]), int(table["lower"].isna().sum())
    said = []
    if len(known):
        widest = known.loc[(known["high"] - known["low"]).idxmax()]
        facts = {"low": rounded(widest["low"]), "high": rounded(widest["high"]), "label": widest["label"]}
        said.append(text("uncertain.parts.sentence", language, **facts))
    if hidden:
        said.append(counted("uncertain.parts.hidden", hidden, language, fewest=FEWEST_FOR_QUANTILES))
    return " ".join(said + ruled_out(table.loc[table["mean"].isna() & table["lower"].notna(), "label"].tolist(), language))


def moved(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `sure.mean_changes` in words, as `uncertain.moved`: label, rise, chance_rise, note; n_matched (States)."""
    return moves(instrument, table.assign(n_matched=table["n"]), language)


def parted(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `sure.spread_changes` in words: as `moved`, with spread_words (further apart, closer together, or not told apart) and
    chance_apart as well."""
    found = moves(instrument, table.assign(n_matched=table["n"]), language, ("apart", "closer"))
    return found.assign(spread_words=found["rise"], chance_apart=found["chance_rise"])


def moved_title(table: pd.DataFrame, of: str, language: str = "en") -> str:
    """In how many parts a group surely moved. table: as `moved` or `parted` gives it. of: `change` (of the mean) or `spread`."""
    return counted(f"uncertain.group_{of}.figure", len(table), language, **move_counts(table))


def moved_sentence(table: pd.DataFrame, of: str, language: str = "en") -> str:
    """In how many parts a group moved one way, the other, or can't be told to have moved. table, of: as in `moved_title`."""
    return counted(f"uncertain.group_{of}.sentence", len(table), language, **move_counts(table))
