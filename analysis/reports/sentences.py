"""The sentence that reads a figure: from the same table the figure is drawn from, in words a minister knows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.texts import counted, percent, rounded, text, word

SAME = 100 * TOLERANCE  # points


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
    return rounded(value)


def ruled_out(names: Sequence[str], language: str = "en", *, what: str = "mean") -> list[str]:
    """Why some means (what: `mean`) or medians (`median`) are not shown: the answers of the States without a score leave none as high, or as low.
    names: of what."""
    return [text(f"regions.ruled_out.{what}", language, names=joined(list(names), language))] if len(names) else []


def joined(parts: list[str], language: str = "en") -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {text('and', language)} {parts[-1]}"


def _ends(instrument: Instrument, table: pd.DataFrame, column: str, language: str) -> tuple[str, str]:
    """Names of the nodes with the highest and with the lowest value; all of them where several share it."""
    values = table[column]
    ends = []
    for end in (values.max(), values.min()):
        nodes = table.loc[(values - end).abs() <= SAME, "node"]
        ends.append(joined([instrument.node_name(n, language) for n in nodes], language))
    return ends[0], ends[1]


def profile_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """Where a State is strongest and weakest among its blocks, and how many of them have no score, and why.

    table: rows of `Scores.table`, one per block.
    """
    shown = table.dropna(subset=["score"])
    best, worst = _ends(instrument, shown, "score", language)
    high, low = points(shown["score"].max()), points(shown["score"].min())
    if shown.empty:
        parts = [text("sentence.profile.none", language)]
    elif len(shown) == 1:
        parts = [text("sentence.profile.one", language, best=best, high=high)]
    elif shown["score"].max() - shown["score"].min() <= SAME:
        parts = [text("sentence.profile.same", language, n=len(shown), high=high)]
    else:
        parts = [text("sentence.profile.range", language, best=best, high=high, worst=worst, low=low)]
    why = table.loc[table["score"].isna(), "why"]
    counts = {
        "open_levels": (shown["level_low"] != shown["level_high"]).sum(),
        "not_returned": (why == "not_returned").sum(),
        "hidden": (~why.isin(["not_returned", "not_applicable"])).sum(),
    }
    return " ".join(parts + [counted(f"sentence.profile.{k}", int(n), language) for k, n in counts.items() if n])


def profile_title(table: pd.DataFrame, language: str = "en") -> str:
    """How many parts of those with a score stand below their target. table: score and target, one row per part."""
    shown = table.dropna(subset=["score", "target"])
    if shown.empty:
        return text("country.profile.title", language)
    below = int((shown["score"] < shown["target"] - SAME).sum())
    return counted("sentence.profile.below", below, language, of=len(shown))


def change_sentence(table: pd.DataFrame, before: str, language: str = "en") -> str:
    """How many nodes rose, fell and stayed since a round; how many can't be compared, and for how many open questions decide.

    table: as `comparison.rounds.changes` gives it.
    """
    known = table.dropna(subset=["change"])
    if known.empty:
        return text("sentence.change.none", language, before=before)
    up, down = known["change"] > SAME, known["change"] < -SAME
    rose, fell, n = int(up.sum()), int(down.sum()), len(known)
    whole = {"rose": rose, "fell": fell, "same": n - rose - fell}
    alike = next((name for name, number in whole.items() if number == n > 1), None)
    if alike:
        parts = [text(f"sentence.change.all_{alike}", language, before=before, n=n)]
    else:
        parts = [text("sentence.change.some", language, before=before, n=n, **whole)]
    parts += undecided(known, language)
    if len(table) > n:
        parts.append(counted("sentence.change.hidden", len(table) - n, language))
    return " ".join(parts)


def undecided(table: pd.DataFrame, language: str = "en") -> list[str]:
    """For how many rises and falls the open questions of both rounds allow none. table: change, change_low, change_high."""
    up, down = table["change"] > SAME, table["change"] < -SAME
    open_ = int(((up & (table["change_low"] <= SAME)) | (down & (table["change_high"] >= -SAME))).sum())
    return [counted("sentence.change.undecided", open_, language)] if open_ else []


def spread_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """Which node's median is highest and lowest over a group of States, or why no median can be given.

    table: as `comparison.groups.spread` gives it.
    """
    known = table.dropna(subset=["median"])
    out = table.loc[table["median"].isna() & (table["n"] >= FEWEST_FOR_QUANTILES), "node"]
    without = ruled_out([instrument.node_name(node, language) for node in out], language, what="median")
    if known.empty:
        return " ".join(without or [text("sentence.spread.few", language)])
    best, worst = _ends(instrument, known, "median", language)
    most, least = known.loc[known["median"].idxmax()], known.loc[known["median"].idxmin()]
    if most["median"] - least["median"] <= SAME:
        fewest = known.loc[known["n"].idxmin()]
        where = joined([instrument.node_name(n, language) for n in known["node"]], language)
        facts = {"where": where, "high": points(most["median"]), "shown": int(fewest["n"]), "states": int(fewest["states"])}
        parts = [text("sentence.spread.one" if len(known) == 1 else "sentence.spread.same", language, **facts)]
    else:
        facts = {"best": best, "high": points(most["median"]), "worst": worst, "low": points(least["median"])}
        facts |= {"shown_best": int(most["n"]), "states_best": int(most["states"])}
        facts |= {"shown": int(least["n"]), "states": int(least["states"])}
        parts = [text("sentence.spread.some", language, **facts)]
    if few := len(table) - len(known) - len(out):
        parts.append(counted("sentence.spread.hidden", few, language))
    return " ".join(parts + without)


def gaps_sentence(
    instrument: Instrument, table: pd.DataFrame, known: pd.DataFrame, ask: pd.DataFrame, language: str = "en"
) -> str:
    """How many gaps there are among how many States, and how many are only missing answers.

    table, known, ask: as `priorities.gaps` gives them.
    """
    asked = table[~table["kind"].isin(["not_returned", "not_applicable"])]
    certain = int((known["kind"] == "certain").sum())
    undecided = int((ask["kind"] == "possible").sum() - (known["kind"] == "possible").sum())
    among = {"states": asked["iso3"].nunique(), "measures": asked["measure"].nunique(), "certain": certain}
    parts = [counted("sentence.gaps", len(known), language, **among)]
    if undecided:
        parts.append(counted("sentence.gaps.undecided", undecided, language))
    return " ".join(parts)


def shared_gap_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """The gap most States share, and how many others are as widely shared. table: as `priorities.gaps.shared_gaps` gives it."""
    if table.empty or not table["certain"].max():
        return text("sentence.shared.none", language)
    top = table.loc[table["certain"].idxmax()]
    states = int(top["certain"] + top["possible"] + top["none"])
    name = instrument.node_name(top["measure"], language)
    parts = [text("sentence.shared.some", language, name=name, certain=int(top["certain"]), states=states)]
    others = int((table["certain"] == top["certain"]).sum()) - 1
    if others:
        parts.append(counted("sentence.shared.tied", others, language))
    return " ".join(parts)


def map_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many cells of a map hold a score, and which part lacks most. table: as `labelled.cells` gives it, a line per State."""
    asked = table[table["why"] != "not_applicable"]
    missing = asked["score"].isna().groupby(asked["column"], sort=False).sum()
    if not missing.sum():
        return text("sentence.map.all", language)
    said = text("sentence.map.some", language, n=int(asked["score"].notna().sum()), of=len(asked))
    most = missing[missing == missing.max()].index.tolist()
    if len(most) == len(missing):
        return said
    return f"{said} {counted('sentence.map.lacks', int(missing.max()), language, part=joined(most, language))}"


def completeness_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """How many returns lie below the gate of answers. table: as `comparison.returned.status` gives it."""
    thin = int((table["completeness"] < instrument.gates.pooled - TOLERANCE).sum())
    return counted("sentence.completeness", thin, language, total=len(table), share=percent(instrument.gates.pooled))


def order_title(instrument: Instrument, node: str, language: str = "en") -> str:
    """The title of one node's comparison."""
    return text("compare.dots.title", language, node=instrument.node_name(node, language))


def order_sentence(table: pd.DataFrame, alike: int = 0, language: str = "en") -> str:
    """Which State leads, and what that is worth: any other whose upper bound reaches the leader's lower bound could stand first.

    table: label, score, lower, upper, one row per State. A State whose score is not shown counts by its bounds; one without
    bounds did not return the part, or it does not apply there, and is said apart. alike: States that can't be told apart from the leader over
    reasonable methods.
    """
    table = table.reset_index(drop=True)
    shown = table.dropna(subset=["score"])
    if len(shown) < 2:
        return text("sentence.order.few", language)
    leads = (table["score"] - table["score"].max()).abs() <= SAME
    best, rest = table[leads], table[~leads].dropna(subset=["upper"])
    rivals = int((rest["upper"] >= best["lower"].min() - SAME).sum())
    score = points(best["score"].iloc[0])
    if len(best) > 1:
        parts = [text("sentence.order.tied", language, names=joined(list(best["label"]), language), score=score)]
        if rivals or ((best["upper"] - best["lower"]) > SAME).any():
            parts.append(text("sentence.order.tied.open", language))
    else:
        parts = [text("sentence.order.leads", language, name=best["label"].iloc[0], score=score)]
        if rivals and len(rest) == 1:
            parts.append(text("sentence.order.rival", language))
        elif rivals:
            parts.append(counted("sentence.order.overlap", rivals, language, others=len(rest)))
        elif len(rest):
            if not alike:
                parts.append(text("sentence.order.clear", language))
            elif len(rest) == 1:
                parts.append(text("sentence.order.either", language))
            else:
                parts.append(counted("sentence.order.methods", alike, language, others=len(rest)))
    missing = int((~leads & table["upper"].isna()).sum())
    if missing:
        parts.append(counted("sentence.order.missing", missing, language))
    return " ".join(parts)


def widest_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """The measure in which some States are furthest apart. table: rows of `Scores.table`."""
    ranges = table.groupby("node")["score"].agg(["min", "max", "count"])
    ranges = ranges[ranges["count"] >= 2]
    if ranges.empty:
        return text("sentence.order.few", language)
    width = ranges["max"] - ranges["min"]
    if width.max() <= SAME:
        return text("sentence.widest.same", language)
    node = width.idxmax()
    return text(
        "sentence.widest", language, name=instrument.node_name(node, language), low=points(ranges.loc[node, "min"]),
        high=points(ranges.loc[node, "max"]),
    )  # fmt: skip


def history_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How one State or group moved from its first to its last round with a score, part by part.

    table: node, round, round_date, value.
    """
    spans, moves = set(), []
    for _, rows in table.dropna(subset=["value"]).sort_values(["round_date", "round"]).groupby("node", sort=False):
        if len(rows) > 1:
            spans.add((rows["round"].iloc[0], rows["round"].iloc[-1]))
            moves.append(rows["value"].iloc[-1] - rows["value"].iloc[0])
    if not moves:
        return text("sentence.history.none", language)
    facts = {"rose": sum(m > SAME for m in moves), "fell": sum(m < -SAME for m in moves), "n": len(moves)}
    if len(spans) > 1:  # parts were first or last shown in different rounds
        parts = [text("sentence.history.mixed", language, **facts)]
    else:
        first, last = spans.pop()
        parts = [text("sentence.history.some", language, first=first, last=last, **facts)]
    hidden = table["node"].nunique() - len(moves)
    if hidden:
        parts.append(counted("sentence.history.hidden", hidden, language))
    return " ".join(parts)


def matched_subtitle(means: pd.DataFrame, language: str = "en", *, many: bool = False) -> str:
    """How many States stand behind a group's line. means: as `comparison.rounds.group_history` gives it. many: their spread is drawn, not each of them."""
    low, high = (int(means["matched_n"].min()), int(means["matched_n"].max())) if len(means) else (0, 0)
    states = str(low) if low == high else text("range", language, low=low, high=high)
    return text("over_time.group.subtitle.many" if many else "over_time.group.subtitle", language, states=states)


def group_sentence(means: pd.DataFrame, moves: pd.DataFrame, language: str = "en") -> str:
    """How a group moved: its mean where one can be drawn, else why not; and how many of its States' parts rose and fell.

    means: as `comparison.rounds.group_history` gives it; moves: as `first_to_last` does.
    """
    told = []
    if means["matched_mean"].notna().any():
        told.append(history_sentence(means.rename(columns={"matched_mean": "value"}), language))
    else:
        most = int(means["matched_n"].max()) if len(means) else 0
        told.append(counted("sentence.group.few", most, language))
    if len(moves):
        rose, fell = int((moves["change"] > SAME).sum()), int((moves["change"] < -SAME).sum())
        known = int(moves["change"].notna().sum())
        told.append(text("sentence.group.moves", language, n=known, rose=rose, fell=fell))
        told += undecided(moves, language)
        if known < len(moves):
            told.append(counted("sentence.group.few_common", len(moves) - known, language))
    return " ".join(told)


def means_ruled_out(instrument: Instrument, means: pd.DataFrame, language: str = "en") -> list[str]:
    """Which means of whoever reported are not shown, part and round, and why. means: as `comparison.rounds.group_history` gives it."""
    gone = means[means["mean"].isna() & means["lower_all"].notna()]
    names = [instrument.node_name(node, language) for node in gone["node"]]
    told = [text("over_time.mean_of", language, name=name, round=label) for name, label in zip(names, gone["round"], strict=True)]
    return ruled_out(told, language)


def status_sentence(unit: pd.Series, held: pd.Series, language: str = "en") -> str:
    """Whose answers these are and how many there are. unit: a row of a panel's index; held: a row of `returned.status`."""
    reading = word("reading", unit["reading"], language)
    facts = {"reading": reading[:1].upper() + reading[1:], "round": unit["round"]}
    facts |= {"answered": int(held["answered"]), "applicable": int(held["applicable"])}
    parts = [text("country.status", language, **facts)]
    if held["returned"] < held["submodules_asked"]:
        parts.append(text("country.status.parts", language, n=int(held["returned"]), of=int(held["submodules_asked"])))
    if unit["organization"]:
        parts.insert(0, text("country.status.organization", language, organization=unit["organization"]))
    return " ".join(parts)


def problems_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many problems of each weight. table: as `labelled.problems` gives it."""
    found = {s: int((table["severity"] == word("severity", s, language)).sum()) for s in ("stop", "repair", "note")}
    told = [counted(f"sentence.problems.{s}", n, language) for s, n in found.items() if n]
    return joined(told, language) + "."
