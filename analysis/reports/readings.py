"""Words of the readings page: both answers in words, the sentences that read its figures, and why a figure is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.comparison.readings import MINIMUM
from analysis.instrument import Instrument
from analysis.reports.labelled import answer_words, named, node_label, state_names, told_apart
from analysis.reports.sentences import joined, points
from analysis.states import States
from analysis.texts import counted, percent, rounded, text, word

QUESTIONS = [
    "question",
    "question_words",
    "self_answer",
    "other_answer",
    "levels_apart",
    "self_evidence",
    "other_evidence",
    "label",
]
NODES = [
    "label",
    "self_points",
    "self_at_least",
    "self_at_most",
    "other_points",
    "other_at_least",
    "other_at_most",
    "points_apart",
    "same_questions",
]
PAIRS = [
    "name",
    "self_points",
    "other_points",
    "points_apart",
    "same_questions",
    "self_coverage",
    "self_backed",
    "other_coverage",
]
PAIRS += ["other_backed", "self_round", "other_round", "months_apart"]
AGREEMENTS = [
    "label",
    "n_states",
    "bias",
    "bias_low",
    "bias_high",
    "limit_low",
    "limit_high",
    "sd_apart",
    "slope_10",
    "slope_10_low",
    "slope_10_high",
]
AGREEMENTS += ["icc", "answer_pairs", "exact", "within_one", "kappa", "kappa_low", "kappa_high"]
FACTS = ["fact", "fact_value", "fact_low", "fact_high", "fact_meaning"]
OFFICES = [
    "question",
    "question_words",
    "n_offices",
    "said",
    "lowest_level",
    "highest_level",
    "levels_between",
    "national_level",
    "label",
]
UNANSWERED = ["self_status", "other_status", "n_questions"]


def chart_words(other: str, language: str = "en") -> dict[str, str]:
    """The words that the charts print. other: the other reading, `visit` or `peer`."""
    found = {"own": word("reading", "self", language), "other": word("reading", other, language)}
    found |= {name: text(f"chart.{name}", language) for name in ("bounds", "not_shown", "level")}
    names = ("middle", "difference", "bias", "interval", "limits", "pairs", "national")
    return found | {name: text(f"readings.word.{name}", language, other=found["other"]) for name in names}


def grade(value: object, language: str = "en") -> str:
    """An evidence grade in words; that none was stated is not grade 0."""
    return text("readings.no_grade", language) if pd.isna(value) else word("evidence_grade", str(int(value)), language)


def questions(instrument: Instrument, table: pd.DataFrame, iso3: str, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.readings.questions` in words. levels_apart: own minus other, blank where one of them did not answer."""
    names = {m: node_label(instrument, m, language) for m in table["measure"].unique()}
    spoken = {
        f"{to}_answer": [
            answer_words(instrument, q, int(c), language) for q, c in table[["question", f"{side}_code"]].itertuples(index=False)
        ]
        for side, to in (("own", "self"), ("other", "other"))
    }
    evidence = {
        f"{to}_evidence": [
            grade(g, language) if c >= 0 else "" for g, c in table[[f"{side}_grade", f"{side}_code"]].itertuples(index=False)
        ]
        for side, to in (("own", "self"), ("other", "other"))
    }
    texts = [instrument.question_text(q, language) for q in table["question"]]
    return table.assign(
        iso3=iso3,
        question_words=texts,
        levels_apart=table["level_difference"],
        label=table["measure"].map(names),
        **spoken,
        **evidence,
    )


def unanswered(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.readings.open_by_status` in words."""
    sides = {
        f"{to}_status": [word("status", s, language) for s in table[f"{side}_status"]]
        for side, to in (("own", "self"), ("other", "other"))
    }
    return pd.DataFrame(sides).assign(n_questions=table["n"].to_numpy())


def nodes(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.readings.nodes_of_pair` ready for `charts.two_readings`: label, note."""
    labels = told_apart(table["node"], [node_label(instrument, n, language) for n in table["node"]])
    notes = [
        text("readings.same_questions", language, n=r.common, of=r.asked)
        if pd.isna(r.difference)
        else text("readings.points_apart", language, points=signed(r.difference), n=r.common, of=r.asked)
        for r in table.itertuples()
    ]
    found = table.assign(
        label=labels, note=notes, self_points=table["own"], other_points=table["other"], points_apart=table["difference"]
    )
    ends = {
        f"{to}_at_{end}": table[f"{side}_{bound}"]
        for side, to in (("own", "self"), ("other", "other"))
        for end, bound in (("least", "lower"), ("most", "upper"))
    }
    return found.assign(same_questions=_of(table, language), **ends)


def _of(table: pd.DataFrame, language: str) -> list[str]:
    return [text("of", language, part=a, whole=b) for a, b in zip(table["common"], table["asked"], strict=True)]


def signed(value: float, places: int = 1) -> str:
    """A difference with its sign; a dash for NA."""
    found = rounded(value, places)
    return f"+{found}" if pd.notna(value) and float(found if found != "–" else 0) > 0 else found


def pair_title(counts: Mapping[str, int], other: str, language: str = "en") -> str:
    """How many questions both answered, and on how many they part. counts: as `comparison.readings.counts`."""
    if not counts["compared"]:
        return text("readings.one.title.none", language)
    return text(
        "readings.one.title",
        language,
        differ=counts["compared"] - counts["alike"],
        other=word("reading", other, language),
        **counts,
    )


def pair_sentence(pair: pd.Series, counts: Mapping[str, int], other: str, *, backed: bool = False, language: str = "en") -> str:
    """Which way they part, how far, and what is not compared. pair: a row of `comparison.readings.pairs`. backed: whether only answers with
    evidence are compared."""
    months = int(pair["months"])
    apart = counted("readings.months", months, language) if months else text("readings.months.none", language)
    kind = word("reading", other, language)
    when = text("readings.one.when", language, own=pair["own_round"], other_round=pair["other_round"], other=kind, months=apart)
    left = text("readings.one.left.backed" if backed else "readings.one.left", language, n=counts["not_compared"])
    return " ".join([when, text("readings.one.sentence", language, **counts), left])


def coverage_sentence(own: Mapping[str, int], other_: Mapping[str, int], other: str, language: str = "en") -> str:
    """Of both readings, the share of what applies that was answered, and answered with a document cited or better.

    own, other_: applicable, answered, backed (sums of `comparison.readings.coverage`).
    """
    parts = [
        text(
            "readings.coverage",
            language,
            reading=word("reading", kind, language),
            usual=_share(c["answered"], c["applicable"]),
            backed=_share(c["backed"], c["applicable"]),
            n=int(c["applicable"]),
        )
        for kind, c in (("self", own), (other, other_))
    ]
    return f"{' '.join(parts)} {text('readings.coverage.badge', language)}"


def _share(part: float, whole: float) -> str:
    return percent(part / whole if whole else None)


def agreements(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.readings.agreements` with names, ready for `charts.biases`. Slopes are of 10 points."""
    found = named(instrument, table, None, language)
    found["label"] = told_apart(table["node"], found["label"])
    slopes = {f"{name.replace('slope', 'slope_10')}": 10 * table[name] for name in ("slope", "slope_low", "slope_high")}
    notes = [counted("readings.states", int(n), language) for n in table["n"]]
    more = {
        "n_states": table["n"],
        "bias_low": table["low"],
        "bias_high": table["high"],
        "sd_apart": table["sd"],
        "answer_pairs": table["answers"],
    }
    return found.assign(hue=table["measure_type"], note=notes, **more, **slopes)


def pairs(table: pd.DataFrame, own: pd.DataFrame, other: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.readings.node_pairs`, largest difference first: names, label, key, and coverage with and without evidence.

    own, other: `comparison.readings.coverage` of either side, in the same order.
    """
    found = table.assign(
        name=[states.name(code, language) for code in table["iso3"]], label=state_names(states, table["iso3"], language), key=table["iso3"],
        self_points=table["own"], other_points=table["other"], points_apart=table["difference"], same_questions=_of(table, language),
        self_round=table["own_round"], months_apart=table["months"],
    )  # fmt: skip
    for side, covered in (("self", own), ("other", other)):
        names = {
            "coverage": "coverage",
            "backed": "backed_coverage",
            "applicable": "applicable",
            "answered": "answered",
            "with": "backed",
        }
        found = found.assign(**{f"{side}_{name}": covered[column].to_numpy() for name, column in names.items()})
    order = found["difference"].abs().sort_values(ascending=False, na_position="last", kind="stable").index
    return found.loc[order].reset_index(drop=True)


def many_title(instrument: Instrument, row: pd.Series, other: str, language: str = "en") -> str:
    """The bias in words, or that there is only a list. row: of `comparison.readings.agreements`."""
    node, kind = instrument.node_name(row["node"], language), word("reading", other, language)
    if pd.isna(row["bias"]):
        return text("readings.many.title.list", language, node=node, other=kind)
    if row["low"] <= 0 <= row["high"]:
        return text("readings.many.title.open", language, node=node, other=kind)
    way = "above" if row["bias"] > 0 else "below"
    return text(f"readings.many.title.{way}", language, node=node, other=kind, points=points(abs(row["bias"])))


def many_sentence(row: pd.Series, other: str, language: str = "en") -> str:
    """The bias with its interval, what it means for one State, and whether it changes with the score."""
    if pd.isna(row["bias"]):
        return refusal("anything", int(row["n"]), language)
    kind = word("reading", other, language)
    parts = [
        text(
            "readings.many.bias",
            language,
            other=kind,
            bias=signed(row["bias"]),
            low=signed(row["low"]),
            high=signed(row["high"]),
            n=int(row["n"]),
        )
    ]
    if pd.notna(row["limit_low"]):
        parts.append(text("readings.many.limits", language, low=signed(row["limit_low"]), high=signed(row["limit_high"])))
    else:
        parts.append(refusal("limits", int(row["n"]), language))
    return " ".join(parts)


def siblings_title(table: pd.DataFrame, language: str = "en") -> str:
    """In how many parts the interval of the bias leaves out 0. table: rows of `agreements` with a bias."""
    if table.empty:
        return text("readings.siblings.none", language)
    sure = {"above": int((table["low"] > 0).sum()), "below": int((table["high"] < 0).sum())}
    return text("readings.siblings.title", language, n=len(table), **sure)


def refusal(what: str, n: int, language: str = "en") -> str:
    """Why something is not shown: how many there are, how many it takes, and what would be wrong with fewer. what: a key of `MINIMUM`."""
    return text(f"readings.refused.{what}", language, n=n, least=MINIMUM[what])


def table_refusal(row: pd.Series, language: str = "en") -> str:
    """Why there is no table of answers and no kappa at a node; "" where there is one. row: of `comparison.readings.agreements`."""
    if row["states"] < MINIMUM["anything"]:
        return text(
            "readings.refused.table.states",
            language,
            n=int(row["states"]),
            answers=int(row["answers"]),
            least=MINIMUM["anything"],
        )
    return refusal("table", int(row["answers"]), language) if row["answers"] < MINIMUM["table"] else ""


def table_title(row: pd.Series, other: str, language: str = "en") -> str:
    """How often the two give the same level, and how often within one."""
    shares = {"exact": _share(row["exact"], 1), "near": _share(row["within_one"], 1)}
    return text("readings.table.title", language, other=word("reading", other, language), **shares)


def table_sentence(row: pd.Series, language: str = "en") -> str:
    """Kappa with its interval, and what is counted."""
    if pd.isna(row["kappa"]):
        return text("readings.kappa.none", language)
    numbers = {
        name: rounded(row[column], 2) for name, column in (("kappa", "kappa"), ("low", "kappa_low"), ("high", "kappa_high"))
    }
    return text("readings.kappa", language, n=int(row["answers"]), states=int(row["states"]), **numbers)


def level_table(counts: Sequence[Sequence[int]], instrument: Instrument, language: str = "en") -> pd.DataFrame:
    """The table of answers for reading and download: a row per level of the self-assessment, a column per level of the other reading."""
    names = level_names(instrument, language)
    return pd.DataFrame(counts, columns=names).set_axis(names, axis=0).rename_axis("self_level").reset_index()


def level_names(instrument: Instrument, language: str = "en") -> list[str]:
    """The levels with their names, lowest first: `3, In place`."""
    names = [(str(level), instrument.level_name(level, language)) for level in instrument.levels]
    return [level if level == name else f"{level}, {name}" for level, name in names]


def facts(row: pd.Series, language: str = "en") -> pd.DataFrame:
    """What is said of a node over all States, a line each with its interval and its meaning; nothing that was refused."""
    lines = [("bias", "bias", "low", "high", 1), ("sd", "sd", "", "", 1), ("limits", "", "limit_low", "limit_high", 1)]
    lines += [("slope", "slope", "slope_low", "slope_high", 10)]
    found = []
    for name, value, low, high, times in lines:
        numbers = [row[c] * times if c else float("nan") for c in (value, low, high)]
        if any(pd.notna(v) for v in numbers):
            found.append((text(f"readings.fact.{name}", language), *numbers, text(f"readings.fact.{name}.meaning", language)))
    return pd.DataFrame(found, columns=FACTS)


def icc_sentence(row: pd.Series, language: str = "en") -> str:
    """The agreement of scores, which is no number of points; "" where it was refused."""
    return "" if pd.isna(row["icc"]) else text("readings.icc", language, icc=rounded(row["icc"], 2))


def offices(instrument: Instrument, table: pd.DataFrame, answers: pd.DataFrame, iso3: str, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.organizations.spreads` in words, with who said what. answers: as `organization_answers` gives it."""
    spoken = [
        (row.question, f"{row.organization}: {answer_words(instrument, row.question, int(row.code), language)}")
        for row in answers.itertuples()
    ]
    said = pd.DataFrame(spoken, columns=["question", "said"]).groupby("question", sort=False)["said"].agg("; ".join)
    names = {m: node_label(instrument, m, language) for m in table["measure"].unique()}
    texts = [instrument.question_text(q, language) for q in table["question"]]
    return table.assign(
        iso3=iso3, question_words=texts, label=table["measure"].map(names), said=table["question"].map(said), n_offices=table["n"],
        lowest_level=table["lowest"], highest_level=table["highest"], levels_between=table["spread"], national_level=table["national"],
    )  # fmt: skip


def office_lines(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of `offices` ready for `charts.spreads`: the question is the label, its measure the note."""
    return table.assign(label=[f"{q} {t}" for q, t in zip(table["question"], table["question_words"], strict=True)], note="")


def offices_title(table: pd.DataFrame, language: str = "en") -> str:
    """On how many of the questions that several organizations answered they part. table: as `comparison.organizations.spreads`."""
    shared = table.dropna(subset=["spread"])
    if shared.empty:
        return text("readings.offices.title.none", language)
    return text("readings.offices.title", language, part=int((shared["spread"] > 0).sum()), n=len(shared))


def offices_sentence(table: pd.DataFrame, names: list[str], language: str = "en") -> str:
    """Which organizations answered, how many questions, and how far apart they are at most."""
    shared = table.dropna(subset=["spread"])
    answered = int((table["n"] > 0).sum())
    found = text("readings.offices.sentence", language, names=joined(names, language), answered=answered, shared=len(shared))
    if len(shared):
        found += " " + text(
            "readings.offices.far", language, far=int((shared["spread"] >= 2).sum()), widest=int(shared["spread"].max())
        )
    return found
