"""Ranges over reasonable methods and missing answers, in words: never "confidence interval", for nothing was sampled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.reports import labelled
from analysis.reports.sentences import joined
from analysis.scores.pairs import SETTLED
from analysis.scores.tree import Scores
from analysis.scores.uncertainty import SOURCES, UncertaintySettings
from analysis.states import States
from analysis.texts import counted, percent, rounded, text

RANGED = ["label", "score", "low", "median", "high", "lower", "upper", "target", "note", "answered", "applicable", "weakest_name"]
MOVED = ["label", "median", "low", "high", "chance_rise", "rise", "least", "most", "first", "last"]
AGAINST = ["name", "median", "low", "high", "chance", "mark", "least", "most"]
RANKS = ["name", "rank_low", "rank_median", "rank_high", "rank_best", "rank_worst", "mark"]
KEPT = ["name", "other_name", "lead", "kept", "least", "most", "kept_open", "least_open", "most_open"]
AUDIT = ["assumption", "share_alone", "share_alone_half", "share_all", "share_all_half"]


def chart_words(language: str = "en") -> dict[str, str]:
    """The words that the charts of ranges print in their hovers, with those of all charts."""
    keys = ("range", "difference", "rank", "share_alone", "share_all")
    found = {key: text(f"uncertain.chart.{key}", language) for key in keys}
    return labelled.chart_words(language) | found


def names_of(scores: Scores, rows: Iterable[int], states: States, language: str = "en") -> list[str]:
    """The States of some rows by name, told apart."""
    return labelled.state_names(states, scores.panel.index["iso3"].iloc[list(rows)].tolist(), language)


def ranged(table: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    """Rows of `Scores.table` of one node with the range of each: low, median, high; NaN where nothing was drawn."""
    found = ranges.set_index("row")[["low", "median", "high"]].reindex(table["row"])
    return table.assign(**{name: found[name].to_numpy() for name in found})


def ranges_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How wide the ranges of some States are. table: label, low, high, one row per State."""
    known = table.dropna(subset=["low"])
    if known.empty:
        return text("uncertain.ranges.none", language)
    wide = known["high"] - known["low"]
    widest = known.loc[wide.idxmax()]
    facts = {
        "middle": rounded(wide.median()),
        "low": rounded(widest["low"]),
        "high": rounded(widest["high"]),
        "name": widest["label"],
    }
    return counted("uncertain.ranges", len(known), language, of=len(table), **facts)


def against(
    scores: Scores, instrument: Instrument, table: pd.DataFrame, states: States, pivot: str, language: str = "en"
) -> pd.DataFrame:
    """Rows of `pairs.against` in words: label, iso3, mark (above, below, or not separable, seen from the chosen State), note; the largest
    median difference first. pivot: the chosen State's name."""
    names = names_of(scores, table["row"], states, language)
    found = table.assign(name=names, label=names)
    found["iso3"] = scores.panel.index["iso3"].iloc[table["row"].tolist()].tolist()
    found["mark"] = [mark(row, language) for row in table.itertuples()]
    found["note"] = [
        text("uncertain.note" if row.separable else "uncertain.note.not", language, chance=chance_words(row.chance, language))
        for row in found.itertuples()
    ]
    return found.sort_values("median", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def mark(row: object, language: str = "en") -> str:
    """How the chosen one stands to that of a row of `pairs.differences`: above, below, or not separable."""
    if not row.separable:
        return text("uncertain.mark.not", language)
    return text("uncertain.mark.above" if row.chance > 0.5 else "uncertain.mark.below", language)


def chance_words(chance: float, language: str = "en") -> str:
    """A chance as whole per cent, to a tenth where a whole one would not tell on which side of a limit it lies; never 0 or 100 % unless all
    draws say so."""
    if pd.isna(chance):
        return "–"
    if 0 < chance < 0.005 or 0.995 <= chance < 1:
        return text("uncertain.chance.under" if chance < 0.5 else "uncertain.chance.over", language)
    near = min(abs(chance - SETTLED), abs(chance - 1 + SETTLED))
    return percent(chance, 1 if TOLERANCE < near <= 0.005 + TOLERANCE else 0)


def against_sentence(table: pd.DataFrame, pivot: str, language: str = "en") -> str:
    """Above how many the chosen State stands, below how many, and from how many it can't be told apart. table: as `against` gives it."""
    clear = table[table["separable"]]
    above, n = int((clear["chance"] > 0.5).sum()), len(table)
    facts = {"name": pivot, "others": n, "above": above, "below": len(clear) - above, "unclear": n - len(clear)}
    if facts["unclear"] == n:
        return counted("uncertain.against.none", n, language, name=pivot)
    if not facts["unclear"]:
        return text("uncertain.against.all", language, **facts)
    names = table.loc[~table["separable"], "label"].tolist()
    told = joined(names, language) if len(names) < 4 else ""
    sentence = text("uncertain.against.some", language, **facts)
    return f"{sentence} {text('uncertain.against.which', language, names=told)}" if told else sentence


def moved(instrument: Instrument, nodes: Sequence[str], tables: Sequence[pd.DataFrame], language: str = "en") -> pd.DataFrame:
    """Rows of `pairs.against` of one State's newer return against its older one, a table of one row for each node, in words."""
    found = pd.concat([table.assign(node=node) for node, table in zip(nodes, tables, strict=True)], ignore_index=True)
    return moves(instrument, found, language)


def moves(
    instrument: Instrument, table: pd.DataFrame, language: str = "en", ways: tuple[str, str] = ("rose", "fell")
) -> pd.DataFrame:
    """Rows of `pairs.differences`, newer minus older, with their node, in words: label, rise (rose, fell, or not told apart), chance_rise,
    note. ways: what a rise and a fall are called."""
    found = [
        "not" if not separable else ways[0] if chance > 0.5 else ways[1]
        for separable, chance in zip(table["separable"], table["chance"], strict=True)
    ]
    words = [text(f"uncertain.move.{way}", language) for way in found]
    notes = [
        text(f"uncertain.move.note.{ways[0]}", language, chance=chance_words(chance, language)) for chance in table["chance"]
    ]
    notes = [f"{move}, {note}" for move, note in zip(words, notes, strict=True)]
    labels = labelled.node_labels(instrument, table["node"], language)
    return table.rename(columns={"chance": "chance_rise"}).assign(label=labels, rise=words, note=notes)


def move_counts(table: pd.DataFrame) -> dict[str, int]:
    """How many parts rose, fell, and can't be told apart. table: as `moves` gives it."""
    clear = table[table["separable"]]
    rose = int((clear["chance_rise"] > 0.5).sum())
    return {"rose": rose, "fell": len(clear) - rose, "unclear": len(table) - len(clear)}


def moved_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many parts rose, fell, or can't be told apart. table: as `moves` gives it."""
    return counted("uncertain.change.sentence", len(table), language, **move_counts(table))


def moved_title(table: pd.DataFrame, language: str = "en") -> str:
    """How many parts surely moved. table: as `moves` gives it."""
    return counted("uncertain.change.figure", len(table), language, **move_counts(table))


def ranks(
    scores: Scores, table: pd.DataFrame, marks: pd.DataFrame, states: States, pivot: int, language: str = "en"
) -> pd.DataFrame:
    """Rows of `pairs.rank_intervals` with names, and the mark of each against the chosen State; the best median first.

    marks: rows of `pairs.against` of the chosen State. pivot: its row.
    """
    order = table.sort_values(["median", "low", "high"], kind="stable", na_position="last").reset_index(drop=True)
    separable = marks.set_index("row")["separable"]
    pivot_name = names_of(scores, [pivot], states, language)[0]
    found = order.rename(columns={name: f"rank_{name}" for name in ("low", "median", "high", "best", "worst")})
    found["name"] = found["label"] = names_of(scores, order["row"], states, language)
    found["mark"] = [
        text("uncertain.mark.chosen", language)
        if row == pivot
        else ""
        if separable.get(row, True)
        else text("uncertain.mark.not_from", language, name=pivot_name)
        for row in order["row"]
    ]
    return found


def for_ranks(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `ranks` as `charts.ranges.rank_ranges` takes them; from whom a State is not separable is said in the subtitle."""
    chosen, short = text("uncertain.mark.chosen", language), text("uncertain.mark.not", language)
    notes = [short if mark and mark != chosen else mark for mark in table["mark"]]
    return table.rename(columns={f"rank_{name}": name for name in ("low", "high", "best", "worst")}).assign(note=notes)


def ranks_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many States hold one and the same rank in nearly all draws. table: as `ranks` gives it."""
    known = table.dropna(subset=["rank_low"])
    fixed = int((known["rank_low"] == known["rank_high"]).sum())
    widest = int((known["rank_high"] - known["rank_low"]).max()) if len(known) else 0
    if not widest:
        return text("uncertain.ranks.fixed", language)
    if not fixed:
        return text("uncertain.ranks.none", language, states=len(known), widest=widest)
    return counted("uncertain.ranks", fixed, language, states=len(known), widest=widest)


def kept(scores: Scores, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `dominance.orders` with names: name stands above other_name, by `lead` points; kept and kept_open in words."""
    found = table.rename(columns={"difference": "lead"}).assign(
        name=names_of(scores, table["row"], states, language), other_name=names_of(scores, table["other"], states, language)
    )
    for name, known in (("kept", "least"), ("kept_open", "least_open")):
        found[name] = [
            "–" if pd.isna(least) else text("yes" if is_kept else "no", language)
            for is_kept, least in zip(table[name], table[known], strict=True)
        ]
    return found


def kept_sentence(table: pd.DataFrame, width: float, language: str = "en") -> str:
    """How many pairs keep their order whatever the weights, and how many whatever the open answers as well.

    table: as `dominance.orders` gives it; width: how far a weight may be from its own share (0-1).
    """
    known = table[table["least"].notna()]
    facts = {"pairs": len(known), "width": rounded(width * 100, 0), "open": int(table["kept_open"].sum()), "all": len(table)}
    return counted("uncertain.kept", int(known["kept"].sum()), language, **facts)


def audit_table(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `audit` in words, the assumption with the largest total share first: assumption (label for charts), share_alone, share_all, and
    the half widths of their intervals; fitted (whether an estimate was brought to what a share can be).

    Shares lie between 0 and 1, and that of an assumption with all it acts together with is never below that of the assumption alone. Estimates from samples may
    miss that by chance: they are brought to the nearest share that keeps it.
    """
    names = {
        "first": "share_alone",
        "total": "share_all",
        "first_interval": "share_alone_half",
        "total_interval": "share_all_half",
    }
    words = [text(f"uncertain.source.{s}", language) for s in table["factor"]]
    found = table.rename(columns=names).assign(assumption=words, label=words)
    alone = found["share_alone"].clip(0, 1)
    both = found["share_all"].clip(0, 1).where(lambda share: share.isna() | (share >= alone), alone)
    moved = (both - found["share_all"]).abs() > TOLERANCE
    found = found.assign(share_alone=alone, share_all=both, fitted=moved | ((alone - found["share_alone"]).abs() > TOLERANCE))
    return found.sort_values("share_all", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def audit_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Which assumption moves the result most, or that none does. table: as `audit_table` gives it."""
    if table.empty or table["share_all"].isna().all():
        return text("uncertain.audit.none", language)
    top, rest = table.iloc[0], table.iloc[1:]
    share = rounded(top["share_all"] * 100, 0)
    reach = rest["share_all"] + rest["share_all_half"] >= top["share_all"] - top["share_all_half"]
    sentence = text("uncertain.audit.most", language, label=top["label"], share=share)
    if not reach.any():
        return sentence
    return f"{sentence} {text('uncertain.audit.close', language, labels=joined(rest.loc[reach, 'label'].tolist(), language))}"


def audit_note(table: pd.DataFrame, language: str = "en") -> list[str]:
    """What was done to estimates that no share can have; nothing to say where there are none. table: as `audit_table` gives it."""
    fitted = int(table["fitted"].sum())
    return [counted("uncertain.audit.fitted", fitted, language)] if fitted else []


def fixed_sentence(settings: UncertaintySettings, language: str = "en") -> str:
    """What was varied and what was held fixed."""
    varied = [text(f"uncertain.source.{s}", language) for s in SOURCES if s in settings.sources]
    fixed = [text(f"uncertain.source.{s}", language) for s in SOURCES if s not in settings.sources]
    parts = [
        text("uncertain.varied", language, names=joined(varied, language)) if varied else text("uncertain.varied.none", language)
    ]
    parts.append(text("uncertain.fixed", language, names=joined([*fixed, text("uncertain.fixed.rest", language)], language)))
    return " ".join(parts)


def error_sentence(settings: UncertaintySettings, language: str = "en") -> str:
    """What answer error does, where it is switched on; else what its absence means; and that the way of combining stays one where it does."""
    key = "uncertain.error.on" if "error" in settings.sources else "uncertain.error.off"
    facts = {"share": rounded(settings.error * 100, 0), "shift": rounded(settings.shift * 100, 0)}
    said = text(key, language, **facts)
    return said if "aggregation" in settings.sources else f"{said} {text('uncertain.one_way', language)}"


def settings_about(settings: UncertaintySettings) -> dict[str, str]:
    """What stands behind the draws besides what a reader chooses, by code, for exports."""
    facts = {"weights": settings.weights, "spread": settings.spread, "error": settings.error, "shift": settings.shift}
    if "weights" not in settings.sources:
        facts = {k: v for k, v in facts.items() if k not in ("weights", "spread")}
    if "error" not in settings.sources:
        facts = {k: v for k, v in facts.items() if k not in ("error", "shift")}
    facts["sources"] = ",".join(s for s in SOURCES if s in settings.sources)
    return {f"draws.{name}": str(value) for name, value in facts.items()}


def rule_sentence(key: str = "uncertain.rule", language: str = "en") -> str:
    """When two States count as not separable; `uncertain.change.rule`: when a change does."""
    ends = {"low": rounded(SETTLED * 100, 0), "high": rounded((1 - SETTLED) * 100, 0)}
    return text(key, language, **ends)
