"""The statistics of the questions in words: which deserve a look at the next revision and why, alpha with its note, and what States say."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.comparison.items import FEWEST, FEWEST_FOR_ALPHA, REASONS, THRESHOLDS
from analysis.instrument import Instrument
from analysis.reports.sentences import joined
from analysis.texts import counted, percent, rounded, text, word

STATISTICS = [
    "question",
    "question_text",
    "look",
    "asked",
    "answered",
    "at_floor",
    "at_ceiling",
    "left_open",
    "na_said",
    "mean",
    "answers_sd",
    "item_rest",
    "n_rest",
]
STATISTICS += ["feedback", "measure_name"]
FEEDBACK = [
    "name",
    "question",
    "feedback_kind",
    "comment",
    "proposed_wording",
    "status",
    "date",
    "question_text",
    "saved_by",
    "saved_at",
]
ALPHAS = ["label", "alpha", "items", "items_left", "n_returns", "n_common"]
#: What of a question's answers is drawn, from left to right.
PARTS = ("floor", "between", "ceiling", "missing", "na")
OPEN = ("open", "considered")
#: Names of shares in tables, where they stand beside those of other pages.
NAMES = {"floor": "at_floor", "ceiling": "at_ceiling", "missing": "left_open", "na": "na_said", "sd": "answers_sd"}


def statistics(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """`items.worth_a_look` in words: question_text, measure_name, look (the reasons in sentences); most reasons first, then as asked."""
    found = table.assign(
        question_text=[instrument.question_text(q, language) for q in table["question"]],
        measure_name=[instrument.node_name(m, language) for m in table["measure"]],
        look=[" ".join(_reasons(row, language)) for row in table.to_dict("records")],
    ).rename(columns=NAMES)
    return found.sort_values("reasons", ascending=False, kind="stable").reset_index(drop=True)


def _reasons(row: Mapping[str, object], language: str) -> list[str]:
    told = []
    for name in REASONS:
        if not row[f"look_{name}"]:
            continue
        if name == "feedback":
            told.append(counted("questions.look.feedback", int(row["feedback"]), language))
        elif name == "item_rest":
            told.append(text("questions.look.item_rest", language, r=rounded(row["item_rest"], 2)))
        else:
            told.append(text(f"questions.look.{name}", language, share=percent(row[name])))
    return told


def look_title(table: pd.DataFrame, language: str = "en") -> str:
    """How many questions deserve a look, of how many."""
    return counted("questions.title", int((table["reasons"] > 0).sum()), language, of=len(table))


def look_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many for which reason; a question may have several."""
    counts = {name: int(table[f"look_{name}"].sum()) for name in REASONS}
    if not any(counts.values()):
        few = int((table["answered"] < FEWEST).sum())
        return counted("questions.few", few, language, fewest=FEWEST) if few == len(table) else text("questions.none", language)
    parts = [counted(f"questions.count.{name}", n, language) for name, n in counts.items() if n]
    return text("questions.counts", language, parts="; ".join(parts))


def thresholds_sentence(language: str = "en") -> str:
    """Where a reason begins; conventions of ours."""
    facts = {name: percent(limit) for name, limit in THRESHOLDS.items() if name != "item_rest"}
    return text("questions.thresholds", language, **facts, item_rest=rounded(THRESHOLDS["item_rest"]), fewest=FEWEST)


def answer_parts(table: pd.DataFrame) -> pd.DataFrame:
    """What became of each question of `statistics`, of those who were asked: label, and the shares `PARTS` (0-1, they sum to 1)."""
    given = table["answered"] / table["asked"]
    found = pd.DataFrame({"label": table["question"] + " " + table["question_text"]})
    found["floor"], found["ceiling"] = table["at_floor"].fillna(0) * given, table["at_ceiling"].fillna(0) * given
    found["between"] = (given - found["floor"] - found["ceiling"]).clip(lower=0)
    found["na"] = table["na_said"]
    found["missing"] = (1 - given - found["na"]).clip(lower=0)
    return found[["label", *PARTS]]


def part_words(language: str = "en") -> dict[str, str]:
    """A word for each of `PARTS`."""
    return {name: text(f"questions.part.{name}", language) for name in PARTS}


def alphas(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """`items.block_alphas` with the blocks' names."""
    labels = [instrument.node_name(b, language) for b in table["block"]]
    return table.rename(columns={"questions": "items", "left_out": "items_left", "n": "n_returns", "common": "n_common"}).assign(
        label=labels
    )


def alpha_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Between which values alpha lies, or why there is none; always with the note on formative measures."""
    known = table["alpha"].dropna()
    most = int(table["n"].max()) if len(table) else 0
    if known.empty and most >= FEWEST_FOR_ALPHA:
        said = text("questions.alpha.none", language)
    elif known.empty:
        said = text("questions.alpha.few", language, fewest=FEWEST_FOR_ALPHA, n=most)
    elif len(known) == 1:
        said = text("questions.alpha.one", language, alpha=rounded(known.iloc[0], 2))
    else:
        said = text("questions.alpha.some", language, n=len(known), low=rounded(known.min(), 2), high=rounded(known.max(), 2))
    apart = int(((table["n"] >= FEWEST_FOR_ALPHA) & (table["common"] < FEWEST)).sum())
    if apart:
        said += " " + counted("questions.alpha.apart", apart, language, fewest=FEWEST)
    if (known < 0).any():
        said += " " + text("questions.alpha.negative", language)
    return f"{said} {text('questions.alpha.note', language)}"


def open_feedback(records: pd.DataFrame) -> pd.Series:
    """Question -> comments that nobody has settled yet. records: of the register `feedback`, as the store gives them."""
    asked = [body["question"] for body in records["body"] if body.get("status") in OPEN]
    return pd.Series(asked, dtype="str").value_counts()


def feedback_sentence(records: pd.DataFrame, language: str = "en") -> str:
    """How many comments there are, from how many States, and what they are mostly about."""
    if records.empty:
        return text("questions.feedback.none", language)
    bodies = pd.DataFrame(records["body"].tolist())
    kinds = bodies["feedback_kind"].value_counts()
    top = bodies["question"].value_counts()
    facts = {
        "states": bodies["iso3"].nunique(),
        "questions": bodies["question"].nunique(),
        "open": int(bodies["status"].isin(OPEN).sum()),
    }
    said = counted("questions.feedback.some", len(bodies), language, **facts)
    said += " " + text(
        "questions.feedback.kind", language, kind=word("feedback_kind", kinds.index[0], language), n=int(kinds.iloc[0])
    )
    if top.iloc[0] > 1:
        most = sorted(top.index[top == top.iloc[0]])
        said += " " + text("questions.feedback.most", language, question=joined(most, language), n=int(top.iloc[0]))
    return said


def feedback_by_question(instrument: Instrument, table: pd.DataFrame) -> pd.DataFrame:
    """The register's table (`reports.registers.register_table`) by question in the instrument's order, then by date."""
    place = table["question"].map(instrument.question_number).fillna(len(instrument.questions))
    return (
        table.assign(place=place).sort_values(["place", "date", "name"], kind="stable", na_position="last").reset_index(drop=True)
    )
