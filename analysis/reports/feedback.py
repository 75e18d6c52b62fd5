"""Words of the feedback loop: closure by region and State, reviews beside revisions, the matrix of links, the flags."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.balance.flags import CERTAIN, LEARNS_BELOW, POSSIBLE, RESPONDS_AT
from analysis.balance.loop import FEWEST, NOT_REVISED, REVISED, UNKNOWN
from analysis.instrument import Instrument
from analysis.reports.labelled import named, node_label, state_names
from analysis.states import States
from analysis.texts import counted, rounded, text

MONTH = 365.25 / 12  # days
LONG = 90  # days from which months are said

CLOSURES = [
    "whose",
    "lessons_states",
    "recorded",
    "changes_made",
    "waiting",
    "rejected",
    "closure",
    "closure_low",
    "closure_high",
]
CLOSURES += ["dated", "median_days", "half_days"]
REVIEWS = ["review_words", "measures_revised", "measures_not_revised", "measures_unknown"]
LINKS = ["downstream_name", "upstream_name", "linked_words", "lessons_taken", "changes_made"]
LINKS_OF_STATE = [*LINKS[:3], "downstream_level", "upstream_level", *LINKS[3:]]
LESSONS = [
    "name",
    "date",
    "status",
    "learnt",
    "measure_name",
    "source",
    "upstream",
    "proposed",
    "made",
    "date_made",
    "owner",
    "reason",
]
FLAGS = [
    "name",
    "flag_words",
    "known_words",
    "label",
    "downstream_level",
    "upstream_level",
    "informs_words",
    "submodule_name",
    "round",
]


def closures(table: pd.DataFrame, states: States | None = None, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.loop.closure` ready for `charts.bounded_dots`: shares as 0-100. states: where the groups are States."""
    names = table["group"].tolist() if states is None else state_names(states, table["group"].tolist(), language)
    names = [name or text("feedback.no_region", language) for name in names]
    notes = [
        counted("feedback.of_lessons", n, language, made=made) for n, made in zip(table["recorded"], table["made"], strict=True)
    ]
    shares = {"score": table["closure"] * 100, "lower": table["closure_low"] * 100, "upper": table["closure_high"] * 100}
    found = table.assign(label=names, whose=names, note=notes, hue="", **shares)
    found = found.assign(lessons_states=table["states"], changes_made=table["made"])
    return found if states is None else found.assign(iso3=table["group"])


def closure_words(language: str = "en") -> dict[str, str]:
    """The words of the hover."""
    return {name: text(f"feedback.closure.{name}", language) for name in ("score", "bounds", "not_shown")}


def closure_title(whole: pd.Series, language: str = "en") -> str:
    """For how many lessons a change is recorded so far. whole: the one row of `balance.loop.closure` over all."""
    return counted("feedback.closure.title", int(whole["recorded"]), language, made=int(whole["made"]))


def closure_sentence(whole: pd.Series, among: int, returned: int, others: int, language: str = "en") -> str:
    """What became of the lessons, with the range of the share, and from how many States they come.

    among, others: as `loop.recorders` gives them. returned: how many States reported.
    """
    parts = []
    if pd.notna(whole["closure"]):
        share, low, high = (rounded(100 * whole[name], 0) for name in ("closure", "closure_low", "closure_high"))
        parts.append(text("feedback.closure.share", language, share=share, low=low, high=high))
    counts = {name: int(whole[name]) for name in ("waiting", "rejected")}
    parts.append(text("feedback.closure.rest", language, **counts))
    parts.append(counted("feedback.closure.states", among, language, of=returned))
    if others:
        parts.append(counted("feedback.closure.others", others, language))
    return " ".join(parts)


def duration(days: float, language: str = "en") -> str:
    """`45 days`, `11 months`."""
    if days < LONG:
        return counted("feedback.days", int(days + 0.5), language)
    return counted("feedback.months", int(days / MONTH + 0.5), language)


def waiting_sentence(whole: pd.Series, language: str = "en") -> str:
    """How long it took from lesson to change, and how many are still waiting."""
    parts = []
    if pd.notna(whole["median_days"]):
        parts.append(text("feedback.time.median", language, time=duration(whole["median_days"], language), n=int(whole["dated"])))
    else:
        parts.append(text("feedback.time.few", language, n=int(whole["dated"])))
    if pd.notna(whole["half_days"]):
        parts.append(text("feedback.time.half", language, time=duration(whole["half_days"], language)))
    elif whole["timed"] < FEWEST:
        parts.append(text("feedback.time.half.few", language, n=int(whole["timed"]), fewest=FEWEST))
    else:
        parts.append(text("feedback.time.never", language, n=int(whole["timed"])))
    return " ".join(parts)


def reviews(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.loop.reviews` in words."""
    words = [text(f"feedback.review.{'done' if done else 'none'}", language) for done in table["decided"]]
    return table.assign(
        review_words=words,
        measures_revised=table[REVISED],
        measures_not_revised=table[NOT_REVISED],
        measures_unknown=table[UNKNOWN],
    )


def reviews_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How often a measure was revised with and without a review, of those of which it is known."""
    parts = []
    for row in table.itertuples():
        known = getattr(row, REVISED) + getattr(row, NOT_REVISED)
        key = "feedback.review.with" if row.decided else "feedback.review.without"
        if known:
            parts.append(counted(key, known, language, revised=getattr(row, REVISED)))
    unknown = int(table[UNKNOWN].sum())
    if unknown:
        parts.append(counted("feedback.review.unknown", unknown, language))
    return " ".join([*parts, text("feedback.review.meaning", language)])


def _level(pair: tuple[int, int] | None, language: str) -> str:
    """`3`, `1 to 3`, a dash where nothing was returned."""
    if pair is None:
        return "–"
    return str(pair[0]) if pair[0] == pair[1] else text("range", language, low=pair[0], high=pair[1])


def cells(
    instrument: Instrument, table: pd.DataFrame, levels: Mapping[str, tuple[int, int] | None] | None = None, language: str = "en"
) -> pd.DataFrame:
    """Rows of `balance.loop.matrix` ready for `charts.link_matrix`: line, column, mark, tone, note, and the names and levels in words.

    levels: of one State, as `balance.loop.levels` gives them; the cells then show its two levels, else the number of lessons.
    tone: "" (no link, no lesson), `link`, `lessons` (on a link), `beside` (lessons without a link), `open` (downstream at 3 or more, upstream at 2 or
    less, whatever the open questions hold).
    """
    names = {n: node_label(instrument, n, language) for n in {*table["downstream"], *table["upstream"]}}
    found = table.assign(line=table["downstream"].map(names), column=table["upstream"].map(names))
    marks, tones, notes = [], [], []
    for row in table.itertuples():
        down, up = (None, None) if levels is None else (levels[row.downstream], levels[row.upstream])
        open_ = bool(levels and row.linked and down and up and down[0] >= RESPONDS_AT and up[1] <= LEARNS_BELOW)
        tones.append(
            "open" if open_ else ("lessons" if row.lessons else "link") if row.linked else "beside" if row.lessons else ""
        )
        told = [counted("feedback.links.lessons", row.lessons, language, made=row.made)] if row.linked or row.lessons else []
        mark = str(row.lessons) if row.lessons or row.linked else ""
        if levels is not None and row.linked:
            down_words, up_words = _level(down, language), _level(up, language)
            mark = text("feedback.links.mark", language, downstream=down_words, upstream=up_words)
            told.insert(0, text("feedback.links.levels", language, downstream=down_words, upstream=up_words))
        marks.append(mark)
        notes.append(told)
    found = found.assign(mark=marks, tone=tones, notes=notes, downstream_name=found["line"], upstream_name=found["column"])
    found["linked_words"] = [text("yes" if linked else "feedback.links.beside", language) for linked in table["linked"]]
    found = found.assign(lessons_taken=table["lessons"], changes_made=table["made"])
    if levels is not None:
        for axis in ("downstream", "upstream"):
            found[f"{axis}_level"] = [_level(levels[node], language) for node in table[axis]]
    return found


def links_key(table: pd.DataFrame, kind: str, language: str = "en") -> str:
    """What the looks of the cells mean, of those that are drawn. table: as `cells` gives it. kind: `all`, or `state` for one State's levels."""
    parts = [text(f"feedback.links.key.{kind}", language)]
    if (table["tone"] == "beside").any():
        parts.append(text("feedback.links.key.outline", language))
    return " ".join([*parts, text("feedback.links.key.rule", language)])


def links_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many links there are, and how many of them a lesson has taken. table: as `cells` gives it."""
    linked = table[table["linked"]]
    taken, beside = int((linked["lessons"] > 0).sum()), int(table.loc[~table["linked"], "lessons"].sum())
    parts = [counted("feedback.links.sentence", len(linked), language, taken=taken)]
    if beside:
        parts.append(counted("feedback.links.besides", beside, language))
    return " ".join(parts)


def state_links_sentence(table: pd.DataFrame, loop: pd.DataFrame, name: str, language: str = "en") -> str:
    """How many links of one State meet a wall, and how many downstream measures inform nothing that is in place.

    table: as `cells` gives it. loop: rows of `balance.flags.loop_open` of this State and sub-module.
    """
    met = int((table["tone"] == "open").sum())
    parts = [counted("feedback.links.state", met, language, of=int(table["linked"].sum()), name=name)]
    certain, possible = (int((loop["kind"] == kind).sum()) for kind in (CERTAIN, POSSIBLE))
    return " ".join([*parts, counted("feedback.links.open", certain, language, possible=possible)])


def flags(instrument: Instrument, heavy: pd.DataFrame, loop: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.flags` that are certain or possible, in one list: the certain ones first, then by State."""
    kinds = (CERTAIN, POSSIBLE)
    heavy = heavy[heavy["kind"].isin(kinds)]
    loop = loop[loop["kind"].isin(kinds)].rename(columns={"level_low": "downstream_low", "level_high": "downstream_high"})
    parts = [heavy.assign(flag="heavy", node=heavy["downstream"], informs=[()] * len(heavy))]
    parts += [loop.assign(flag="loop", node=loop["measure"])]
    columns = ["iso3", "round", "submodule", "node", "flag", "kind", "informs"]
    columns += ["downstream_low", "downstream_high", "upstream_low", "upstream_high"]
    table = pd.concat([part[columns] for part in parts], ignore_index=True)
    found = named(instrument, table, states, language)
    found["flag_words"] = [text(f"feedback.flag.{flag}", language) for flag in table["flag"]]
    found["known_words"] = [text(f"feedback.known.{kind}", language) for kind in table["kind"]]
    for axis in ("downstream", "upstream"):
        pairs = zip(table[f"{axis}_low"], table[f"{axis}_high"], strict=True)
        found[f"{axis}_level"] = [_level((int(a), int(b)), language) for a, b in pairs]
    labels = {n: node_label(instrument, n, language) for n in {m for some in table["informs"] for m in some}}
    found["informs_words"] = ["; ".join(labels[m] for m in some) for some in table["informs"]]
    order = found.assign(first=table["kind"] != CERTAIN, at=[node_at(instrument, n) for n in table["node"]])
    return order.sort_values(["first", "name", "flag", "at"], kind="stable").drop(columns=["first", "at"]).reset_index(drop=True)


def node_at(instrument: Instrument, node: str) -> int:
    """The place of a node in the tree."""
    return instrument.node_number[node]


def flags_sentence(table: pd.DataFrame, returned: int, language: str = "en") -> str:
    """In how many States something is flagged for certain, by flag. table: as `flags` gives it."""
    facts: dict[str, int] = {"of": returned}
    for flag in ("heavy", "loop"):
        certain = table[(table["flag"] == flag) & (table["kind"] == CERTAIN)]
        facts |= {f"{flag}_states": certain["iso3"].nunique(), f"{flag}_n": len(certain)}
    facts["possible"] = int((table["kind"] == POSSIBLE).sum())
    return text("feedback.flags.sentence", language, **facts)


def state_flags_sentence(heavy: pd.DataFrame, loop: pd.DataFrame, language: str = "en") -> str:
    """How much is flagged in one State. heavy, loop: as `balance.flags` gives them."""
    n = {name: int((table["kind"] == CERTAIN).sum()) for name, table in (("heavy", heavy), ("loop", loop))}
    of = {"heavy_of": len(heavy), "loop_of": len(loop)}
    return text("feedback.flags.state", language, possible=flagged(heavy, loop) - n["heavy"] - n["loop"], **n, **of)


def flagged(heavy: pd.DataFrame, loop: pd.DataFrame) -> int:
    """How many flags there are, certain or possible."""
    return sum(int(table["kind"].isin((CERTAIN, POSSIBLE)).sum()) for table in (heavy, loop))
