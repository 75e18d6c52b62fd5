"""The ladder of assumptions about what is missing, and the what-ifs with the questions behind them, in words."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.instrument import Instrument
from analysis.reports import labelled
from analysis.reports.sentences import SAME, points, ruled_out
from analysis.texts import counted, text, word

STATE = ["label", "worst", "own", "like_rest", "answers"]
REGION = ["label", "worst", "observed", "mean_shown", "n", "without", "states_all"]
BEHIND = ["question", "now", "what_if", "moved", "question_text"]


def _span(low: float, high: float, language: str) -> str:
    """`20.0 to 80.0`, one number where both are the same, a dash where there is none."""
    if pd.isna(low):
        return "–"
    return points(low) if high - low <= SAME else text("range", language, low=points(low), high=points(high))


def state_rungs(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `ladder.state_ladder` ready for `charts.dots`, with each assumption: worst and own in words, like_rest; answers counted."""
    found = labelled.named(instrument, table, language=language)
    unasked = found["why"] == "not_returned"
    found = found.assign(
        hue=found["measure_type"], like_rest=found["score"], **{end: found[end].mask(unasked) for end in ("lower", "upper")}
    )
    found["answers"] = [labelled.of(a, n, language) for a, n in zip(found["answered"], found["applicable"], strict=True)]
    found["note"] = [text("ladder.note", language, answers=answers) for answers in found["answers"]]
    for name, ends in (("worst", ("lower", "upper")), ("own", ("low", "high"))):
        found[name] = [_span(low, high, language) for low, high in zip(found[ends[0]], found[ends[1]], strict=True)]
    return found


def region_rungs(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `ladder.region_ladder` ready for `charts.dots`, with each assumption: worst and observed in words, mean_shown."""
    found = labelled.named(instrument, table, language=language)
    found = found.assign(hue=found["measure_type"], mean_shown=found["score"], states_all=found["states"])
    found["note"] = [
        text("ladder.of_states", language, n=n, states=states) for n, states in zip(table["n"], table["states"], strict=True)
    ]
    for name, ends in (("worst", ("lower", "upper")), ("observed", ("low", "high"))):
        found[name] = [_span(low, high, language) for low, high in zip(found[ends[0]], found[ends[1]], strict=True)]
    return found


def state_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """Where the open questions leave most room, under both assumptions. table: as `ladder.state_ladder` gives it."""
    asked = table.dropna(subset=["low"])
    if asked.empty or not asked["open"].sum():
        return text("ladder.state.none", language)
    widest = asked.loc[(asked["upper"] - asked["lower"]).idxmax()]
    facts = {"node": instrument.node_name(widest["node"], language), "worst": points(widest["upper"] - widest["lower"])}
    sentence = counted("ladder.state", int(widest["open"]), language, own=points(widest["high"] - widest["low"]), **facts)
    outside = (asked["score"] < asked["low"] - SAME) | (asked["score"] > asked["high"] + SAME)
    return f"{sentence} {text('ladder.state.outside', language)}" if outside.any() else sentence


def region_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """What the States without a score leave open of a region's mean. table: as `ladder.region_ladder` gives it."""
    known, few = table.dropna(subset=["score"]), int(table["lower"].isna().sum())
    if few == len(table):
        return text("ladder.region.few", language, fewest=FEWEST_FOR_QUANTILES)
    out = table.loc[table["score"].isna() & table["lower"].notna(), "node"]
    without = ruled_out(labelled.node_labels(instrument, out, language), language)
    if known.empty:
        return " ".join(without)
    one = known.loc[(known["upper"] - known["lower"]).idxmax()]
    facts = {
        "node": instrument.node_name(one["node"], language), "mean": points(one["score"]), "n": int(one["n"]), "states": int(one["states"]),
        "worst": _span(one["lower"], one["upper"], language), "observed": _span(one["low"], one["high"], language),
    }  # fmt: skip
    parts = [text("ladder.region" if one["without"] else "ladder.region.all", language, **facts)]
    if few:
        parts.append(counted("ladder.region.hidden", few, language, fewest=FEWEST_FOR_QUANTILES))
    return " ".join([*parts, *without])


def behind(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `profile.what_if_questions` in words: the question, its status, the what-if that counts it, the levels it helps to move."""
    return table.assign(
        question_text=[instrument.question_text(q, language) for q in table["question"]],
        now=[word("status", s, language) for s in table["status"]],
        what_if=[text(f"column.score_{w}", language) for w in table["what_if"]],
        moved=["; ".join(labelled.node_label(instrument, n, language) for n in nodes) for nodes in table["nodes"]],
    )[BEHIND]
