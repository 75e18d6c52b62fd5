"""Priorities in words: where targets come from, the ranked list with each factor, joint workshops, and the sentences that read them."""

from __future__ import annotations

import pandas as pd

from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.priorities import gaps, targets
from analysis.reports import labelled
from analysis.reports.sentences import joined, points
from analysis.states import States
from analysis.texts import counted, rounded, text, word

LISTED = [
    "rank_words",
    "name",
    "label",
    "worth",
    "closed",
    "funded_words",
    "requested_words",
    "importance_overall",
    "threat",
    "in_top",
]
LISTED += ["gap_low", "gap_high", "worth_low", "worth_high", "target", "target_words", "level_gap", "known", "threat_source"]
LISTED += ["threat_date", "submodule_name", "type_name", "answers", "round"]
ASKED = [
    "name",
    "label",
    "open",
    "gap_low",
    "gap_high",
    "worth_high",
    "requested_words",
    "answers",
    "submodule_name",
    "type_name",
]
WORKSHOPS = ["label", "where_words", "states", "members_words", "requested_by", "median_gap", "n", "worth"]
WORKSHOPS += ["submodule_name", "type_name"]
FIRM = 0.9  # share of the draws from which a place among the first ten is called firm


def target_note(table: pd.DataFrame, choice: str, language: str = "en") -> str:
    """For how many measures a choice gives a target, and what counts elsewhere; "" where it gives one everywhere.

    table: as `gaps.gaps` gives it, with the columns of targets.
    """
    there = table[~table["kind"].isin(["not_returned", "not_applicable"])]
    if choice not in (targets.NEXT, targets.QUARTILE, targets.PLAN) or there.empty:
        return ""
    given = int((there["target_kind"] == choice).sum())
    facts = {"given": given, "of": len(there), "highest": int((there["target_kind"] == targets.HIGHEST).sum())}
    if choice == targets.NEXT and not facts["highest"]:
        return ""
    return text(f"target.note.{choice}", language, **facts)


def ranked(instrument: Instrument, table: pd.DataFrame, firm: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """The ranked list with names, words and, for the rows that were looked at, the range of ranks.

    table: as `ranking.listed` gives it. firm: as `ranking.stability` gives it for the head of the same table.
    """
    found = labelled.gaps(instrument, table, states, language)
    for name in ("rank", "rank_low", "rank_high"):
        found[name] = pd.Series(firm[name].to_numpy(), dtype="Int64").reindex(range(len(found)))
    found["importance_overall"] = found["importance"]  # another word beside it explains the importance of the page on weights
    found["in_top"] = pd.Series(firm["in_top"].to_numpy(dtype=float)).reindex(range(len(found)))
    found["rank_words"] = [
        "" if pd.isna(rank) else text("priorities.rank", language, rank=rank, low=low, high=high)
        for rank, low, high in zip(found["rank"], found["rank_low"], found["rank_high"], strict=True)
    ]
    return _asked(found, language)


def _asked(found: pd.DataFrame, language: str) -> pd.DataFrame:
    """Whether it is asked for and who pays already, in words."""
    found["requested_words"] = [counted("priorities.requested", n, language) if n else "" for n in found["requested"]]
    found["funded_words"] = found["funded"].map({code: word("funded", code, language) for code in found["funded"].unique()})
    return found


def asked(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """What is only a missing answer, in words. table: as `ranking.only_missing` gives it."""
    return _asked(labelled.gaps(instrument, table, states, language), language)


def ask_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Where open questions decide: how often whether there is a gap at all, how often how large one is. table: as `gaps.ask_first` gives it."""
    size = int(gaps.is_known(table).sum())
    return counted("gaps.ask.count", len(table), language, missing=len(table) - size, size=size)


def top(shown: pd.DataFrame, n: int, language: str = "en") -> pd.DataFrame:
    """The first n of `ranked`, ready for `charts.priorities.top_values`: title (State and measure), note (who pays already, ranks, how firm)."""
    head = shown.head(n).reset_index(drop=True)
    titles = [f"{name}: {label}" for name, label in zip(head["name"], head["label"], strict=True)]
    notes = [
        text("priorities.note", language, low=row.rank_low, high=row.rank_high, share=rounded(100 * row.in_top, 0))
        for row in head.itertuples()
    ]
    notes = ["; ".join(filter(None, (paid, note))) for paid, note in zip(head["funded_words"], notes, strict=True)]
    return head.assign(title=titles, note=notes, key=head["iso3"])


def list_sentence(shown: pd.DataFrame, states: int, language: str = "en") -> str:
    """What stands first, where one gap does alone, and how many of the first ten are firm; or that no gap counts for anything.

    shown: as `ranked` gives it. states: how many are in view.
    """
    if shown.empty:
        return text("priorities.sentence.none", language)
    first, head = shown.iloc[0], shown.head(10)
    facts = {"name": first["name"], "label": first["label"], "value": points(first["worth"]), "states": states}
    if first["worth"] <= 0:  # the largest of all
        return counted("priorities.sentence.worthless", len(shown), language)
    tied = int((shown["worth"] * (1 + TOLERANCE) >= first["worth"]).sum())  # of the whole list; ranks are given for its head only
    if tied > 1:
        parts = [text("priorities.sentence.tied", language, n=len(shown), tied=tied, **facts)]
    else:
        parts = [counted("priorities.sentence", len(shown), language, **facts)]
    if len(shown) > len(head):
        firm = int((head["in_top"] >= FIRM).sum())
        told = {"shown": len(head), "share": rounded(100 * FIRM, 0)}
        none = text("priorities.sentence.not_firm", language, **told)
        parts.append(counted("priorities.sentence.firm", firm, language, **told) if firm else none)
    unfunded = int(((head["requested"] > 0) & (head["funded"] == "")).sum())
    parts.append(counted("priorities.sentence.requested", unfunded, language, shown=len(head)))
    return " ".join(parts)


def top_words(language: str = "en") -> dict[str, str]:
    """The words of the chart's hovers."""
    return {name: text(f"column.{name}", language) for name in ("worth", "closed", "importance", "threat")} | {
        "bounds": text("priorities.value_bounds", language)
    }


def workshops(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `shared.workshops` with names, and the two numbers that a bar is made of: asks, others. note: region and numbers."""
    found = labelled.named(instrument, table, language=language)
    found["where_words"] = [
        text("workshops.around", language, name=states.name(one, language)) if one in states else one for one in found["where"]
    ]
    found["members_words"] = ["; ".join(states.name(c, language) for c in states.by_name(codes)) for codes in table["members"]]
    found["members"] = [" ".join(codes) for codes in table["members"]]
    found["asks"], found["others"] = found["requested_by"], found["states"] - found["requested_by"]
    found["note"] = found["where_words"]
    return found


def workshop_sentence(table: pd.DataFrame, fewest: int, language: str = "en") -> str:
    """How many candidates there are and the largest. table: as `workshops` gives it."""
    if table.empty:
        return text("workshops.none", language, fewest=fewest)
    first = table.iloc[0]
    facts = {"label": first["label"], "where": first["where_words"], "states": int(first["states"])}
    said = [counted("workshops.sentence", len(table), language, **facts)]
    said.append(counted("workshops.asks", int(first["requested_by"]), language))
    return " ".join(said)


def workshop_words(language: str = "en") -> dict[str, str]:
    """The words of the bars."""
    words = {name: text(f"workshops.{name}_word", language) for name in ("asks", "others")}
    return words | {"axis": text("workshops.axis", language)}


def kinds_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many targets are kept, of how many States, by whom. table: as `registers.table` gives it for targets."""
    if table.empty:
        return text("registers.none", language)
    rounds = joined(sorted(table["round"].astype(str).unique()), language)
    return counted("priorities.targets.kept", len(table), language, states=table["iso3"].nunique(), rounds=rounds)
