"""The sentence that reads a figure: from the same table the figure is drawn from, in words a minister knows."""

from __future__ import annotations

import pandas as pd

from analysis.instrument import Instrument
from analysis.texts import counted, text


def level_words(instrument: Instrument, row: object, language: str = "en") -> str:
    """A node's level in words: `level 2, Partial`; `level 1 to 3` while open questions decide; why not, where no score is shown.

    row: anything with level_low, level_high, why (a row of `Scores.table`).
    """
    if row.why == "not_applicable":
        return text("level.not_applicable", language)
    if row.why == "not_returned":
        return text("level.not_returned", language)
    if row.why != "shown":
        return text(f"why.{row.why}", language)
    low, high = int(row.level_low), int(row.level_high)
    if low != high:
        return text("level.between", language, low=low, high=high)
    return text("level.one", language, level=low, name=instrument.level_name(low, language))


def points(value: float) -> str:
    """Points of 0-100 for display: one decimal, rounded half up; a dash for NA."""
    if pd.isna(value):
        return "–"
    return f"{int(abs(value) * 10 + 0.5 + 1e-9) / 10 * (1 if value >= 0 else -1):.1f}"


def joined(parts: list[str], language: str = "en") -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {text('and', language)} {parts[-1]}"


def profile_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """Where a State is strongest and weakest among its blocks, and how many of them can't be judged yet.

    table: rows of `Scores.table`, one per block.
    """
    shown = table.dropna(subset=["score"])
    if shown.empty:
        return text("sentence.profile.none", language)
    best, worst = shown.loc[shown["score"].idxmax()], shown.loc[shown["score"].idxmin()]
    parts = []
    if len(shown) > 1:
        parts.append(
            text(
                "sentence.profile.range", language, best=instrument.node_name(best["node"], language), high=points(best["score"]),
                worst=instrument.node_name(worst["node"], language), low=points(worst["score"]),
            )
        )  # fmt: skip
    else:
        name = instrument.node_name(best["node"], language)
        parts.append(text("sentence.profile.one", language, best=name, high=points(best["score"])))
    open_levels = int((shown["level_low"] != shown["level_high"]).sum())
    if open_levels:
        parts.append(counted("sentence.profile.open_levels", open_levels, language))
    hidden = len(table) - len(shown)
    if hidden:
        parts.append(counted("sentence.profile.hidden", hidden, language))
    return " ".join(parts)


def change_sentence(table: pd.DataFrame, before: str, language: str = "en") -> str:
    """How many nodes rose, fell and stayed since a round. table: as `comparison.rounds.changes` gives it."""
    known = table["change"].dropna()
    if known.empty:
        return text("sentence.change.none", language, before=before)
    rose, fell = int((known > 1e-9).sum()), int((known < -1e-9).sum())
    return text(
        "sentence.change.some", language, before=before, rose=rose, fell=fell, same=len(known) - rose - fell, n=len(table)
    )


def spread_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """Which node's median is highest and lowest over a group of States, or why no median can be given.

    table: as `comparison.groups.spread` gives it.
    """
    known = table.dropna(subset=["median"])
    if len(known) < 2:
        return text("sentence.spread.few", language)
    best, worst = known.loc[known["median"].idxmax()], known.loc[known["median"].idxmin()]
    return text(
        "sentence.spread.some", language, best=instrument.node_name(best["node"], language), high=points(best["median"]),
        worst=instrument.node_name(worst["node"], language), low=points(worst["median"]), shown=int(worst["n"]), states=int(worst["states"]),
    )  # fmt: skip


def gaps_sentence(
    instrument: Instrument, table: pd.DataFrame, known: pd.DataFrame, ask: pd.DataFrame, language: str = "en"
) -> str:
    """How many gaps there are among how many States, and how many are only missing answers.

    table, known, ask: as `priorities.gaps` gives them.
    """
    states = table.loc[table["kind"] != "not_returned", "iso3"].nunique()
    certain = int((table["kind"] == "certain").sum())
    undecided = int((ask["kind"] == "possible").sum())
    return text(
        "sentence.gaps",
        language,
        certain=certain,
        known=len(known),
        states=states,
        measures=table["measure"].nunique(),
        undecided=undecided,
    )


def shared_gap_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """The gap most States share. table: as `priorities.gaps.shared_gaps` gives it."""
    top = table.iloc[0]
    if not top["certain"]:
        return text("sentence.shared.none", language)
    states = int(top["certain"] + top["possible"] + top["none"])
    name = instrument.node_name(top["measure"], language)
    return text("sentence.shared.some", language, name=name, certain=int(top["certain"]), states=states)


def completeness_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How complete the returns are. table: as `comparison.returned.status` gives it."""
    thin = int((table["completeness"] < 2 / 3 - 1e-9).sum())
    return text("sentence.completeness", language, n=len(table), thin=thin)


def order_title(instrument: Instrument, node: str, language: str = "en") -> str:
    """The title of one node's comparison."""
    return text("compare.dots.title", language, node=instrument.node_name(node, language))


def order_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """What the order of some States is worth: those whose bounds overlap can't be told apart.

    table: label, score, lower, upper, one row per State.
    """
    shown = table.dropna(subset=["score"])
    if len(shown) < 2:
        return text("sentence.order.few", language)
    best = shown.loc[shown["score"].idxmax()]
    rest = shown.drop(best.name)
    overlap = int((rest["upper"] >= best["lower"]).sum())
    key = "sentence.order.clear" if not overlap else "sentence.order.overlap"
    return text(key, language, name=best["label"], score=points(best["score"]), n=overlap, others=len(rest))


def widest_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """The measure in which some States are furthest apart. table: rows of `Scores.table`."""
    ranges = table.groupby("node")["score"].agg(["min", "max", "count"])
    ranges = ranges[ranges["count"] >= 2]
    if ranges.empty:
        return text("sentence.order.few", language)
    node = (ranges["max"] - ranges["min"]).idxmax()
    return text(
        "sentence.widest", language, name=instrument.node_name(node, language), low=points(ranges.loc[node, "min"]),
        high=points(ranges.loc[node, "max"]),
    )  # fmt: skip


def history_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How one State or group moved from its first to its last round with a score, part by part.

    table: node, round, round_date, value.
    """
    first, last, rose, fell, n = None, None, 0, 0, 0
    for _, rows in table.dropna(subset=["value"]).sort_values("round_date").groupby("node", sort=False):
        if len(rows) < 2:
            continue
        change = rows["value"].iloc[-1] - rows["value"].iloc[0]
        n, rose, fell = n + 1, rose + (change > 1e-9), fell + (change < -1e-9)
        first, last = rows["round"].iloc[0], rows["round"].iloc[-1]
    if not n:
        return text("sentence.history.none", language)
    return text("sentence.history.some", language, first=first, last=last, rose=rose, fell=fell, n=n)


def matched_subtitle(means: pd.DataFrame, language: str = "en") -> str:
    """How many States stand behind a group's line. means: as `comparison.rounds.group_history` gives it."""
    low, high = int(means["matched_n"].min()), int(means["matched_n"].max())
    states = str(low) if low == high else text("range", language, low=low, high=high)
    return text("over_time.group.subtitle", language, states=states)
