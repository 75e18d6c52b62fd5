"""Scenarios in words: the cheapest set of answers, what was chosen, and the State before and after."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.instrument import Instrument
from analysis.priorities.cheapest import Cheapest
from analysis.reports.labelled import answer_words, node_label
from analysis.reports.sentences import points
from analysis.texts import counted, text

ANSWERS = ["question", "question_text", "answer_now", "answer_then", "measure_name"]
NODES = ["label", "score_now", "score_then", "gained", "level_shown", "level_then"]


def cheapest_sentence(instrument: Instrument, found: Cheapest, node: str, language: str = "en") -> str:
    """How few answers bring a node to the level, or why none do."""
    facts = {"node": instrument.node_name(node, language), "level": found.level}
    if found.status in ("impossible", "reached"):
        return text(f"scenario.cheapest.{found.status}", language, **facts)
    if found.answers.empty:
        return text("scenario.cheapest.unfinished", language, **facts)
    steps = counted("scenario.steps", int(found.answers["steps"].sum()), language)
    said = counted("scenario.cheapest", len(found.answers), language, steps=steps, **facts)
    open_ = int(found.answers["open"].sum())
    told = [counted("scenario.cheapest.open", open_, language)] if open_ else []
    if found.status == "unfinished":
        told.append(text("scenario.cheapest.perhaps", language))
    return " ".join([said, *told])


def answers(instrument: Instrument, now: Mapping[str, int], then: Mapping[str, int], language: str = "en") -> pd.DataFrame:
    """Answers as they are and as they would be, in words. now, then: question -> stored code."""
    measure = dict(zip(instrument.questions["question"], instrument.questions["measure"], strict=True))
    rows = [
        (
            q,
            instrument.question_text(q, language),
            answer_words(instrument, q, int(now[q]), language),
            answer_words(instrument, q, int(code), language),
            node_label(instrument, measure[q], language),
        )
        for q, code in then.items()
    ]
    return pd.DataFrame(rows, columns=ANSWERS)


def aim_name(instrument: Instrument, aim: str, language: str = "en") -> str:
    """`IED.U1:3` in words: a measure or a question, and the level it is lifted to."""
    name, _, level = aim.rpartition(":")
    if name in instrument.node_number:
        return text("scenario.aim.measure", language, name=node_label(instrument, name, language), level=level)
    return text("scenario.aim.question", language, name=name, question=instrument.question_text(name, language), level=level)


def before_after(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `scenario.before_after` with names, and levels as they are printed."""
    found = table.assign(label=[node_label(instrument, n, language) for n in table["node"]])
    for name, level in (("before", "level_shown"), ("after", "level_then")):
        ends = zip(table[f"level_{name}_low"], table[f"level_{name}_high"], strict=True)
        found[level] = [_level(low, high, language) for low, high in ends]
    return found.assign(score_now=found["before"], score_then=found["after"], gained=found["change"])


def _level(low: object, high: object, language: str) -> str:
    if pd.isna(low):
        return "–"
    return str(low) if low == high else text("scenario.level.between", language, low=low, high=high)


def effect_sentence(instrument: Instrument, table: pd.DataFrame, node: str, changed: int, language: str = "en") -> str:
    """What the changed answers do to a node. table: as `before_after` here gives it."""
    row = table[table["node"] == node].iloc[0]
    facts = {"node": instrument.node_name(node, language), "level_before": row["level_shown"], "level_after": row["level_then"]}
    said = counted("scenario.effect", changed, language, **facts)
    if pd.isna(row["before"]) or pd.isna(row["after"]):
        return f"{said} {text('scenario.effect.not_shown', language)}"
    score = text("scenario.effect.score", language, before=points(row["before"]), after=points(row["after"]))
    lower = [text("scenario.effect.lower", language)] if row["after"] < row["before"] else []
    return " ".join([said, score, *lower])
