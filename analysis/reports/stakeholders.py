"""Words of who answered: sectors by sub-module, and what each State's return has of them."""

from __future__ import annotations

import pandas as pd

from analysis.instrument import Instrument
from analysis.reports.labelled import of, state_names
from analysis.reports.sentences import joined
from analysis.states import States
from analysis.texts import counted, text, word

LEAST = 3  # sectors that are named as the least often named

MATRIX = ["line", "column", "sector_states", "share"]
BY_STATE = ["name", "n_sectors", "sectors_words", "missing_words", "alone_words", "unnamed_words", "round"]


def matrix(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.stakeholders.matrix` as cells of a heat map in per cent: line is the sector, column the sub-module."""
    found = table.assign(
        line=[sector_word(s, language) for s in table["sector"]],
        column=[
            counted("stakeholders.column", n, language, name=instrument.submodule_name(s, language))
            for s, n in zip(table["submodule"], table["of"], strict=True)
        ],
        score=table["share"] * 100,
        lower=float("nan"),
        upper=float("nan"),
        level=pd.NA,
        why="shown",
        key="",
    )
    return found.assign(sector_states=[of(n, m, language) for n, m in zip(table["n"], table["of"], strict=True)])


def sector_word(sector: str, language: str = "en") -> str:
    """A sector in words."""
    return text("stakeholders.unlisted", language) if sector == "unlisted" else word("sector", sector, language)


def words(language: str = "en") -> dict[str, str]:
    """The words of the heat map's hover."""
    return {
        name: text(f"stakeholders.{'score' if name == 'score' else 'none'}", language)
        for name in ("score", "bounds", "level", "not_shown")
    }


def sentence(table: pd.DataFrame, matrix: pd.DataFrame, language: str = "en") -> str:
    """How many States had one sector alone for a sub-module, and which sectors answered least. table: of `by_state`; matrix: of `matrix`."""
    alone = int((table["alone"].map(len) > 0).sum())
    listed = matrix[~matrix["sector"].isin(["unlisted", "other"])]
    counts = listed.groupby("sector", sort=False)[["n", "of"]].sum()
    parts = [counted("stakeholders.alone", alone, language, of=len(table))]
    nowhere = [sector_word(s, language) for s in counts.index[counts["n"] == 0]]
    if nowhere:
        parts.append(text("stakeholders.nowhere", language, sectors=joined(nowhere, language)))
    else:
        least = counts.sort_values("n", kind="stable").head(LEAST)
        named = [
            text("stakeholders.times", language, sector=sector_word(r.Index, language), n=r.n, of=r.of)
            for r in least.itertuples()
        ]
        parts.append(text("stakeholders.least", language, sectors=joined(named, language)))
    unnamed = int((table["unnamed"].map(len) > 0).sum())
    if unnamed:
        parts.append(counted("stakeholders.unnamed", unnamed, language))
    return " ".join(parts)


def by_state(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.stakeholders.by_state` in words."""
    found = table.assign(name=state_names(states, table["iso3"].tolist(), language))
    for column in ("sectors", "missing"):
        found[f"{column}_words"] = [", ".join(sector_word(s, language) for s in some) for some in table[column]]
    for column in ("alone", "unnamed"):
        found[f"{column}_words"] = [", ".join(instrument.submodule_name(s, language) for s in some) for some in table[column]]
    return found.drop(columns=["sectors", "missing", "alone", "unnamed"])
