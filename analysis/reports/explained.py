"""The method in tables and words: what was asked, the rules with their thresholds and reasons, weights, terms, references."""

from __future__ import annotations

import pandas as pd

from analysis.balance import flags, loop
from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.comparison.readings import MINIMUM, MONTHS
from analysis.instrument import ROOT, Instrument
from analysis.instrument.rows import rows_of
from analysis.scores.tree import Scores
from analysis.scores.weights import effective_weights, importance
from analysis.texts import known, percent, text, word

TERMS = (
    "instrument", "return", "round", "reading", "submodule", "upstream", "downstream", "measure", "question", "score", "coverage",
    "bounds", "range", "not_separable", "level", "thin", "gap", "ask_first", "not_shown", "withheld", "lens", "critical",
    "pair", "limits", "kappa", "evidence",
    "loop", "heavy", "loop_open", "weakest_link",
)  # fmt: skip


def measure(instrument: Instrument, code: str, language: str = "en") -> dict:
    """One measure: scope, ladder [(level, name, words)], questions [{question, text, details [(label, words)]}], and lessons
    [(measure, title, what is learnt)]: the measures it informs, or that inform it."""
    ladder = [
        (n, instrument.level_name(n, language), instrument.word(f"measure.{code}.level.{n}", language)) for n in instrument.levels
    ]
    asked = []
    for row in instrument.questions[instrument.questions["measure"] == code].itertuples():
        details = []
        for key in ("evidence", *(f"level.{n}" for n in instrument.levels)):
            words = instrument.word(f"question.{row.question}.{key}", language)
            if words:
                label = (
                    text("question.evidence.label", language)
                    if key == "evidence"
                    else text("question.level.label", language, level=key[6:])
                )
                details.append((label, words))
        facts = [
            word("aspect", row.aspect, language),
            word("function", row.function, language),
            *(word("tag", t, language) for t in row.tags),
        ]
        details.append((text("question.lenses.label", language), ", ".join(f for f in facts if f)))
        if row.critical:
            details.append((text("question.critical.label", language), text("question.critical.words", language)))
        asked.append({"question": row.question, "text": instrument.question_text(row.question, language), "details": details})
    links = instrument.feedback_links
    lessons = [
        (other, instrument.node_name(other, language), instrument.word(f"feedback.{down}.{up}", language))
        for down, up in zip(links["downstream"], links["upstream"], strict=True)
        for other in ([up] if down == code else [down] if up == code else [])
    ]
    return {
        "lessons": lessons,
        "scope": instrument.word(f"measure.{code}.scope", language),
        "ladder": [e for e in ladder if e[2]],
        "questions": asked,
    }


def questions(instrument: Instrument, language: str = "en") -> pd.DataFrame:
    """Every question in one searchable table."""
    table = instrument.questions
    return pd.DataFrame(
        {
            "question": table["question"],
            "question_text": [instrument.question_text(q, language) for q in table["question"]],
            "measure_name": [instrument.node_name(m, language) for m in table["measure"]],
            "aspect": [word("aspect", a, language) for a in table["aspect"]],
            "function": [word("function", f, language) for f in table["function"]],
            "tags": ["; ".join(word("tag", t, language) for t in tags) for tags in table["tags"]],
            "critical": table["critical"],
            "weight": table["weight"],
            "references": ["; ".join(refs) for refs in table["references"]],
        }
    )


def rules(instrument: Instrument, language: str = "en") -> list[tuple[str, str]]:
    """(title, words) of how a score and a level come about, with this instrument's own thresholds."""
    gates = {name: percent(getattr(instrument.gates, name)) for name in ("step", "pooled", "thin")}
    told = [
        (text(f"method.{k}.title", language), text(f"method.{k}.text", language, **gates))
        for k in ("score", "bounds", "na", "whose")
    ]
    told.insert(2, (text("method.level.title", language), level_rule(instrument, language)))
    return told


def level_rule(instrument: Instrument, language: str = "en") -> str:
    """The award rule in force, in words."""
    rule = instrument.rules[instrument.default_rule]
    if rule.kind == "mean_floor":
        return text("method.level.mean_floor", language) + " " + text("method.level.open", language)
    strict = "more" if rule.compares == ">" else "least"
    parts = [text(f"method.level.share.{strict}", language, at=percent(rule.at), below=percent(rule.below))]
    fewest = int(instrument.questions.groupby("measure").size().max())
    if (fewest - 1) / fewest <= rule.below:
        parts.append(text("method.level.all", language, most=fewest))
    if rule.critical:
        parts.append(text("method.level.critical", language))
    if rule.gap_floor is not None:
        parts.append(text("method.level.floor", language, floor=rule.gap_floor))
    return " ".join([*parts, text("method.level.open", language)])


def thresholds(instrument: Instrument, language: str = "en") -> pd.DataFrame:
    """Every convention of ours with its value and its reason: convention, value, reason."""
    gates = instrument.gates
    values = {
        "step": percent(gates.step), "pooled": percent(gates.pooled), "thin": percent(gates.thin), "target": str(instrument.target_level),
        "few_states": str(FEWEST_FOR_QUANTILES),
    }  # fmt: skip
    of_pairs = {"few_pairs": "anything", "few_limits": "limits", "few_answers": "table"}
    values |= {"months_apart": str(MONTHS)} | {name: str(MINIMUM[key]) for name, key in of_pairs.items()}
    if len(instrument.feedback_links):
        loop_open = text("threshold.loop_open.value", language, downstream=flags.RESPONDS_AT, upstream=flags.LEARNS_BELOW)
        values |= {"heavy": str(flags.HEAVY), "loop_open": loop_open, "few_lessons": str(loop.FEWEST)}
    return pd.DataFrame(
        [(text(f"threshold.{k}", language), v, text(f"threshold.{k}.reason", language)) for k, v in values.items()],
        columns=["convention", "in_force", "reason"],
    )


def presets(instrument: Instrument, language: str = "en") -> pd.DataFrame:
    """The award presets: preset, in force or not, at, below, compares, gap floor, critical, what it is like."""
    rows = []
    for rule in instrument.rules.values():
        share = rule.kind == "share"
        rows.append(
            {
                "preset": word("preset", rule.name, language),
                "default": rule.name == instrument.default_rule,
                "at": rule.at if share else None,
                "below": rule.below if share else None,
                "compares": text("preset.compares.more" if rule.compares == ">" else "preset.compares.least", language)
                if share
                else "",
                "gap_floor": rule.gap_floor,
                "critical": rule.critical,
                "like": text(f"preset.{rule.name}.like", language) if known(f"preset.{rule.name}.like", language) else "",
            }
        )
    return pd.DataFrame(rows).astype({"gap_floor": "Int64"})


def weights(instrument: Instrument, scores: Scores, language: str = "en") -> pd.DataFrame:
    """Weight, share among siblings, effective weight and, for nodes above questions, importance across the returns in view."""
    table = effective_weights(instrument, dict(scores.options.weights))
    above = instrument.nodes.loc[instrument.nodes["kind"] != "measure", "node"]
    moved = pd.concat([importance(scores, n) for n in above], ignore_index=True) if len(above) else pd.DataFrame()
    found = table.merge(moved[["item", "importance"]], on="item", how="left", validate="1:1") if len(moved) else table
    names = [
        instrument.question_text(i, language) if i in instrument.question_number else instrument.node_name(i, language)
        for i in found["item"]
    ]
    found.insert(1, "label", names)
    return found


def glossary(language: str = "en") -> list[tuple[str, str]]:
    """(term, meaning) of the words we use."""
    return [(text(f"term.{t}", language), text(f"term.{t}.meaning", language)) for t in TERMS]


def references(instrument: Instrument) -> pd.DataFrame:
    """The instruments that measures and questions cite: key, title, year, nature."""
    cited = {key for refs in [*instrument.nodes["references"], *instrument.questions["references"]] for key in refs}
    path = ROOT / "data" / "reference" / "references.csv"
    table = pd.DataFrame(rows_of(path) if path.exists() else [], columns=["key", "title", "year", "nature"])
    return table[table["key"].isin(cited)].reset_index(drop=True)
