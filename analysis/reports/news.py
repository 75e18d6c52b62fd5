"""The words of what is new: one sentence, and three tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.comparison.news import Mark, News
from analysis.instrument import Instrument
from analysis.reports.labelled import named
from analysis.reports.sentences import joined
from analysis.states import States
from analysis.texts import counted, text, word

RETURNS = ["name", "organization", "round", "reading", "questionnaire", "step", "changed_at", "changed_by"]
LEVELS = ["name", "label", "move", "level_before", "level_after", "round_before", "round_after", "reading"]
STEPS = ["name", "organization", "round", "reading", "questionnaire", "step", "changed_at", "changed_by"]


def news_sentence(mark: Mark | None, found: News | None, language: str = "en") -> str:
    """`Since 3 March 2026: 3 new returns, 2 levels moved, 1 State validated.`"""
    if mark is None or found is None:
        return text("over_time.news.never", language)
    day = f"{mark.seen_at:%Y-%m-%d %H:%M}"
    told = [counted(f"over_time.news.count.{kind}", n, language) for kind, n in found.counts.items() if n]
    if not told:
        return text("over_time.news.none" if found.newest <= mark.step else "over_time.news.little", language, date=day)
    names = list(dict.fromkeys(found.returns["iso3"]))
    return text("over_time.news.since", language, date=day, told=joined(told, language), n=len(names))


def returns(known: Mapping[str, Instrument], table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `News.returns` or `News.steps` in words, newest first."""
    found = table.iloc[::-1].reset_index(drop=True)
    titles = {
        i: known[i].word("instrument.short", language) or known[i].title if i in known else i
        for i in found["instrument"].unique()
    }
    return found.assign(
        name=[states.name(code, language) for code in found["iso3"]],
        questionnaire=[titles[i] for i in found["instrument"]],
        reading=[word("reading", r, language) for r in found["reading"]],
        step=[word("step", s, language) for s in found["step"]],
        changed_at=[f"{moment:%Y-%m-%d %H:%M}" for moment in found["changed_at"]],
    ).drop(columns=["first", "step_id", "return_id", "instrument"])


steps = returns


def levels(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `News.levels` in words: what moved first, then what is known for the first time or no longer."""
    order = table["move"].map({"up": 0, "down": 0, "no_longer_known": 1, "now_known": 2}).sort_values(kind="stable").index
    found = named(instrument, table.loc[order].reset_index(drop=True), states, language)
    return found.rename(columns={"before": "level_before", "after": "level_after"}).assign(
        move=[text(f"over_time.news.move.{m}", language) for m in found["move"]],
        reading=[word("reading", r, language) for r in found["reading"]],
    )
