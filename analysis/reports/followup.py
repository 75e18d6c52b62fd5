"""Recommendations in words: what became of them, the follow-up rate with its interval, and what the scores did since, side by side."""

from __future__ import annotations

import pandas as pd

from analysis.instrument import Instrument
from analysis.priorities.followup import FEWEST_FOR_RATE
from analysis.reports import labelled
from analysis.reports.registers import node_name
from analysis.states import States
from analysis.texts import counted, rounded, text, word

LISTED = [
    "name",
    "status",
    "due",
    "overdue_words",
    "priority",
    "recommendation",
    "observations",
    "score_change",
    "measure_name",
    "reason",
]
LISTED += ["score_change_low", "score_change_high", "score_before", "score_after", "rounds_words", "round", "id"]
OF_STATE = [name for name in LISTED if name != "name"]
STATES = ["name", "total", "not_started", "under_way", "done", "rejected", "overdue", "rate", "rate_low", "rate_high", "counted"]
PRIORITIES = ["priority", *STATES[1:]]
PARTS = ("done", "under_way", "not_started", "rejected")


def listed(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `followup.with_changes` in words; iso3 and measure stay for links."""
    spans = zip(table["round_before"], table["round_after"], strict=True)
    return table.assign(
        name=[states.name(code, language) for code in table["iso3"]],
        measure_name=[f"{m} {node_name(instrument, m, language)}" for m in table["measure"]],
        status=[word("recommendation_step", one, language) for one in table["status"]],
        priority=[word("priority", one, language) for one in table["priority"]],
        overdue_words=["" if pd.isna(n) else counted("follow_up.days_over", int(n), language) for n in table["days_over"]],
        rounds_words=[text("follow_up.rounds", language, before=a, after=b) if a and b else "" for a, b in spans],
    )


def by_state(table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `followup.rates` by State ready for `charts.priorities.stacked_counts`, most open ones first: label, note."""
    found = table.assign(
        name=labelled.state_names(states, table["iso3"], language), open=table["not_started"] + table["under_way"]
    )
    found["label"] = found["name"]
    found["note"] = [counted("follow_up.overdue", int(n), language) if n else "" for n in found["overdue"]]
    return found.sort_values(["overdue", "open", "name"], ascending=[False, False, True], kind="stable").reset_index(drop=True)


def by_priority(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `followup.rates` by priority, the most urgent first."""
    order = {name: i for i, name in enumerate(("high", "medium", "low"))}
    found = table.sort_values("priority", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)
    return found.assign(priority=[word("priority", one, language) for one in found["priority"]])


def sentence(whole: pd.Series, states: int, language: str = "en") -> str:
    """How many are done of how many, with the interval where there are enough, and how many are overdue.

    whole: the one row of `followup.rates` of all. states: how many States they are of.
    """
    facts = {"done": int(whole["done"]), "counted": int(whole["counted"]), "states": states, "rejected": int(whole["rejected"])}
    parts = [counted("follow_up.sentence", int(whole["total"]), language, **facts)]
    if pd.notna(whole["rate"]):
        ends = {name: rounded(100 * whole[name], 0) for name in ("rate", "rate_low", "rate_high")}
        parts.append(text("follow_up.sentence.rate", language, **ends, counted=facts["counted"]))
    else:
        parts.append(text("follow_up.sentence.few", language, fewest=FEWEST_FOR_RATE))
    parts.append(counted("follow_up.sentence.overdue", int(whole["overdue"]), language))
    return " ".join(parts)


def state_sentence(whole: pd.Series, language: str = "en") -> str:
    """One State's recommendations in a sentence. whole: the one row of `followup.rates`."""
    facts = {name: int(whole[name]) for name in (*PARTS, "overdue")}
    return counted("follow_up.state", int(whole["total"]), language, **facts)


def bar_words(language: str = "en") -> dict[str, str]:
    """The words of the bars."""
    return {name: word("recommendation_step", name, language) for name in PARTS} | {"axis": text("follow_up.axis", language)}
