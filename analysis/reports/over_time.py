"""The words of the page on time: tables of codes -> tables a person reads, and the sentences that read them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts.over_time import signed
from analysis.comparison.decomposition import JOINED, LEFT, NEITHER
from analysis.comparison.transitions import FEWEST as FEWEST_IN_ROW
from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.reports.labelled import answer_words, named, node_label
from analysis.reports.sentences import SAME, joined, points, ruled_out
from analysis.states import States
from analysis.texts import counted, percent, rounded, text, trimmed, word

SPLIT = [
    "label",
    "before",
    "n_before",
    "after",
    "n_after",
    "change_mean",
    "within_change",
    "stayed",
    "exit",
    "left",
    "entry",
    "joined",
]
SPLIT += ["lower_before", "upper_before", "lower_after", "upper_after"]
SPLIT += ["lowest_before", "highest_before", "lowest_after", "highest_after"]
CAME_AND_WENT = ["name", "became", "n_parts", "in_parts", "no_score"]
BROUGHT_IN = ["label", "contribution", "before", "after", "part_share"]
BROUGHT_IN_BY_BOTH = [
    "label",
    "contribution",
    "score_effect",
    "weight_effect",
    "before",
    "after",
    "weight_before",
    "weight_after",
]
QUESTION_MOVES = ["question", "answer_before", "answer_after", "in_measure", "question_text", "measure_name"]
SIGNS = ["label", "common", "up", "down", "unchanged", "mean_change", "by_chance"]
TRANSITIONS = ["level_from", "level_to", "n_moves", "of_row", "share_row", "low_share", "high_share"]
GROUP_TRENDS = [
    "label",
    "states_all",
    "n_rounds",
    "first",
    "last",
    "change_mean",
    "change_low",
    "change_high",
    "slope",
    "slope_low",
    "slope_high",
    "target",
    "direction",
]
TRENDS = [
    "label",
    "n_rounds",
    "first",
    "last",
    "change",
    "change_low",
    "change_high",
    "slope",
    "slope_low",
    "slope_high",
    "target",
    "common",
    "asked",
    "direction",
]


# Within, exit, entry


def split(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `decomposition` in words."""
    return named(instrument, table, language=language).rename(columns={"change": "change_mean", "within": "within_change"})


def split_steps(row: pd.Series, first: str, last: str, language: str = "en") -> pd.DataFrame:
    """One node's decomposition as the steps of a waterfall."""
    n = {name: int(row[name]) for name in ("n_before", "n_after", "stayed", "left", "joined")}
    steps = [
        (text("over_time.split.mean", language, round=first), _states(n["n_before"], language), "value", row["before"]),
        (text("over_time.split.within", language), _states(n["stayed"], language), "step", row["within"]),
        (text("over_time.split.exit", language), _states(n["left"], language), "step", row["exit"]),
        (text("over_time.split.entry", language), _states(n["joined"], language), "step", row["entry"]),
        (text("over_time.split.mean", language, round=last), _states(n["n_after"], language), "value", row["after"]),
    ]
    return pd.DataFrame(steps, columns=["label", "note", "kind", "value"])


def _states(n: int, language: str) -> str:
    return counted("over_time.states", n, language)


def split_sentence(instrument: Instrument, row: pd.Series, table: pd.DataFrame, language: str = "en") -> str:
    """Of which parts one node's change is made, and in how many nodes mean and same States point apart. table: every node's row."""
    name = instrument.node_name(row["node"], language)
    if pd.isna(row["change"]) and pd.notna(row["within"]):
        facts = {"name": name, "stayed": _states(int(row["stayed"]), language), "within": signed(row["within"])}
        return " ".join([text("over_time.split.same_only", language, **facts), *_could_be(row, language)])
    if pd.isna(row["change"]):
        facts = {"name": name, "stayed": int(row["stayed"]), "before": int(row["n_before"]), "after": int(row["n_after"])}
        return text("over_time.split.few", language, **facts)
    facts = {key: signed(row[key]) for key in ("change", "within", "exit", "entry")}
    facts |= {"name": name} | {key: _states(int(row[key]), language) for key in ("stayed", "left", "joined")}
    told = [text("over_time.split.sentence", language, **facts), *_could_be(row, language)]
    known = table.dropna(subset=["change"])
    apart = int(
        (((known["change"] > SAME) & (known["within"] < -SAME)) | ((known["change"] < -SAME) & (known["within"] > SAME))).sum()
    )
    if apart:
        told.append(counted("over_time.split.apart", apart, language, of=len(known)))
    return " ".join(told)


def _could_be(row: pd.Series, language: str) -> list[str]:
    """What the means of all States of the group could be in the two rounds; nothing to say where no answer is missing."""
    ends = ("lower_before", "upper_before", "lower_after", "upper_after")
    if row["upper_before"] - row["lower_before"] <= SAME and row["upper_after"] - row["lower_after"] <= SAME:
        return []
    return [text("over_time.split.could_be", language, **{end: points(row[end]) for end in ends})]


def split_ruled_out(instrument: Instrument, table: pd.DataFrame, first: str, last: str, language: str = "en") -> list[str]:
    """Which means are not shown, part and round, and why. table: as `decomposition` gives it."""
    names = [
        text("over_time.mean_of", language, name=instrument.node_name(row["node"], language), round=label)
        for row in table.to_dict("records")
        for side, label in (("before", first), ("after", last))
        if pd.isna(row[side]) and pd.notna(row[f"lower_{side}"])
    ]
    return ruled_out(names, language)


def who_sentence(table: pd.DataFrame, node: str, states: States, language: str = "en") -> str:
    """Who left and who joined in one node, by name. table: as `standings` gives it; "" where nobody did."""
    here, told = table[table["node"] == node], []
    for kind in (LEFT, JOINED):
        names = [states.name(code, language) for code in here.loc[here["became"] == kind, "iso3"]]
        if names:
            told.append(text(f"over_time.split.who.{kind}", language, names=joined(names, language)))
    return " ".join(told)


def came_and_went(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `standings` of those who are not in both rounds: a line per State and what became of it, with the parts and why."""
    kept = table[table["became"].isin([LEFT, JOINED, NEITHER])]
    found = []
    for (became, iso3), rows in kept.groupby(["became", "iso3"], sort=True):
        why = rows["why_before"] if became == JOINED else rows["why_after"]
        reasons = [word("why", w, language) for w in dict.fromkeys(why) if w != "shown"]
        parts = [instrument.node_name(n, language) for n in rows["node"]]
        found.append(
            (
                states.name(iso3, language),
                iso3,
                text(f"over_time.became.{became}", language),
                len(parts),
                joined(parts, language),
                joined(reasons, language),
            )
        )
    return pd.DataFrame(found, columns=["name", "iso3", "became", "n_parts", "in_parts", "no_score"])


# One State's change


def brought_in(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `contributions`, the largest effect first, with names."""
    order = table["contribution"].abs().sort_values(ascending=False, kind="stable").index
    found = table.loc[order].reset_index(drop=True)
    asked = set(instrument.question_number)
    labels = [instrument.question_text(i, language) if i in asked else node_label(instrument, i, language) for i in found["item"]]
    return found.assign(label=labels, part_share=found["weight_after"])


def change_steps(table: pd.DataFrame, before: float, after: float, first: str, last: str, language: str = "en") -> pd.DataFrame:
    """`brought_in` as the steps of a waterfall: rises first; what brought nothing in is one line less; other weights are the last step.
    before, after: matched scores."""
    moved = table[table["score_effect"].abs() > SAME].sort_values("score_effect", ascending=False, kind="stable")
    notes = [
        text("over_time.change.from_to", language, before=points(r.before), after=points(r.after)) for r in moved.itertuples()
    ]
    steps = pd.DataFrame({"label": moved["label"], "note": notes, "kind": "step", "value": moved["score_effect"]})
    by_weights = table["weight_effect"].sum()
    if abs(by_weights) > SAME:
        steps.loc[len(table)] = [text("over_time.change.by_weights", language), "", "step", by_weights]
    ends = [(text("over_time.change.score", language, round=r), "", "value", v) for r, v in ((first, before), (last, after))]
    first_row, last_row = (pd.DataFrame([end], columns=steps.columns) for end in ends)
    return pd.concat([first_row, steps, last_row], ignore_index=True)


def change_title(instrument: Instrument, name: str, node: str, change: float, language: str = "en") -> str:
    """Who moved where by how much."""
    facts = {"name": name, "node": instrument.node_name(node, language)}
    if pd.isna(change) or abs(change) <= SAME:
        return text("over_time.change.title.none", language, **facts)
    return text(
        "over_time.change.title.rose" if change > 0 else "over_time.change.title.fell",
        language,
        **facts,
        points=points(abs(change)),
    )


def change_sentence(table: pd.DataFrame, row: pd.Series, language: str = "en") -> str:
    """What brought most in and what took most away, of how many parts on how many questions. table: `brought_in`; row: of `rounds.changes`."""
    common, asked = int(row["common"]), int(row["asked"])
    if table.empty:
        return text("over_time.change.refused", language, common=common, asked=asked)
    told = [text("over_time.change.on", language, common=common, asked=asked)]
    up, down = table[table["score_effect"] > SAME], table[table["score_effect"] < -SAME]
    for kind, rows in (("up", up), ("down", down)):
        if len(rows):
            top = rows.loc[rows["score_effect"].abs().idxmax()]
            facts = {"name": top["label"], "points": signed(top["score_effect"]), "of": len(table)}
            told.append(counted(f"over_time.change.{kind}", len(rows), language, **facts))
    still = len(table) - len(up) - len(down)
    if still:
        told.append(counted("over_time.change.still", still, language))
    by_weights = table["weight_effect"].sum()
    if abs(by_weights) > SAME:
        told.append(text("over_time.change.weights_effect", language, points=signed(by_weights)))
    return " ".join(told)


def level_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """Which parts a change of level is due to. table: as `level_contributions` gives it; "" for an empty one."""
    if not table.attrs:
        return ""
    before, after = table.attrs["level_before"], table.attrs["level_after"]
    if before == after:
        return text("over_time.level.same", language, level=before)
    moved = table[table["contribution"].abs() > 1e-9]
    moved = moved.loc[moved["contribution"].abs().sort_values(ascending=False, kind="stable").index]
    asked = set(instrument.question_number)
    shares = [
        f"{i if i in asked else instrument.node_name(i, language)} ({signed(v, 2)})"
        for i, v in zip(moved["item"], moved["contribution"], strict=True)
    ]
    return text("over_time.level.moved", language, before=before, after=after, parts=joined(shares, language))


def question_moves(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `contributions.question_moves` in words."""
    sides = {
        f"answer_{side}": [answer_words(instrument, q, int(c), language) for q, c in zip(table["question"], table[f"code_{side}"], strict=True)]
        for side in ("before", "after")
    }  # fmt: skip
    return table.assign(
        question_text=[instrument.question_text(q, language) for q in table["question"]],
        measure_name=[instrument.node_name(m, language) for m in table["measure"]],
        in_measure=table["contribution"],
        **sides,
    )


def signs(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `signs.signs` in words."""
    said = ["" if pd.isna(p) else percent(p) if p >= 0.01 else text("over_time.signs.under", language) for p in table["p"]]
    return named(instrument, table, language=language).rename(columns={"same": "unchanged"}).assign(by_chance=said)


def sign_sentence(row: pd.Series, language: str = "en") -> str:
    """What the sign test says of one node, in words. row: of `signs.signs`."""
    facts = {name: int(row[name]) for name in ("common", "up", "down", "same")}
    if pd.isna(row["p"]):
        return text("over_time.signs.none", language, common=facts["common"])
    cases = 100 * row["p"]
    said = text("over_time.signs.cases", language, cases=rounded(cases, 0))
    if cases < 1 or cases > 99:
        said = text("over_time.signs.rarely" if cases < 1 else "over_time.signs.always", language)
    verdict = "clear" if row["p"] <= 0.05 else "unclear"
    return text("over_time.signs.sentence", language, **facts, said=said) + " " + text(f"over_time.signs.{verdict}", language)


# Levels


def level_label(kind: str, instrument: Instrument, language: str = "en") -> str:
    """A level with its name, or the word for one that is open or not shown."""
    if kind in ("open", "not_shown"):
        return text(f"over_time.level.{kind}", language)
    name = instrument.level_name(int(kind), language)
    return kind if name in ("", kind) else f"{kind} {name}"


def transitions(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `transitions` in words, without levels that nobody is at: level_from, level_to, n_moves, of_row, share_row, low_share, high_share."""
    there = table.groupby("before")["n"].sum() + table.groupby("after")["n"].sum()
    kept = table[table["before"].map(there).gt(0) & table["after"].map(there).gt(0)].reset_index(drop=True)
    labels = {kind: level_label(kind, instrument, language) for kind in table["before"].unique()}
    columns = {
        "before": "level_from",
        "after": "level_to",
        "n": "n_moves",
        "of": "of_row",
        "share": "share_row",
        "low": "low_share",
        "high": "high_share",
    }
    return kept.assign(before=kept["before"].map(labels), after=kept["after"].map(labels)).rename(columns=columns)


def level_hovers(table: pd.DataFrame, language: str = "en") -> list[str]:
    """What each cell of the matrix says. table: as `transitions` above gives it."""
    told = []
    for row in table.itertuples():
        line = text("over_time.levels.cell", language, n=row.n_moves, of=row.of_row, before=row.level_from, after=row.level_to)
        if pd.notna(row.share_row):
            ends = {"share": percent(row.share_row), "low": percent(row.low_share), "high": percent(row.high_share)}
            line += "\n" + text("over_time.levels.share", language, **ends)
        told.append(line)
    return told


def levels_title(instrument: Instrument, node: str, moves: Mapping[str, int], language: str = "en") -> str:
    """The finding: how many rose and fell."""
    known = moves["rose"] + moves["fell"] + moves["same"]
    facts = {"node": instrument.node_name(node, language), "known": known}
    return text("over_time.levels.title" if known else "over_time.levels.title.none", language, **facts, **moves)


def levels_sentence(moves: Mapping[str, int], either: int, table: pd.DataFrame, language: str = "en") -> str:
    """Whom the counts are about, who is kept apart, and which rows are large enough for shares. table: as `transitions` gives it."""
    told = [text("over_time.levels.both", language, n=moves["n"], of=either)]
    for kind in ("open", "not_shown"):
        if moves[kind]:
            told.append(counted(f"over_time.levels.{kind}", moves[kind], language))
    if not table["share"].notna().any():
        told.append(text("over_time.levels.counts_only", language, fewest=FEWEST_IN_ROW))
    return " ".join(told)


# Trend


def trends(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `trend.trends` with names and what can be said of each."""
    found = named(instrument, table, language=language).rename(
        columns={"low": "slope_low", "high": "slope_high", "n": "n_rounds"}
    )
    found = found.rename(columns={"change": "change_mean", "states": "states_all"}) if "states" in table else found
    return found.assign(direction=[trend_sentence(row, language) for row in table.to_dict("records")])


def trend_sentence(row: Mapping, language: str = "en") -> str:
    """What can be said of one node's direction, in one or two plain sentences. row: of `trend.trends`."""
    verdict, n = row["verdict"], int(row["n"])
    facts = {
        "n": n,
        "first": row["first"],
        "last": row["last"],
        "change": signed(row["change"]),
        "target": trimmed(row["target"]),
    }
    if "states" in row and verdict == "none":
        return text("over_time.trend.none.group", language)
    facts |= {name: int(row[name]) for name in ("common", "asked") if name in row}
    if verdict in ("none", "one", "few_common", "change", "line"):
        told = [text(f"over_time.trend.{verdict}", language, **facts)]
        if pd.notna(row["change"]) and row["change_high"] - row["change_low"] > SAME:
            ends = {name: signed(row[f"change_{name}"]) for name in ("low", "high")}
            told.append(text("over_time.trend.open", language, **ends))
        return " ".join(told)
    facts |= {name: _off_zero(row[name]) for name in ("slope", "low", "high")} | {"after": points(row["after"])}
    told = [text("over_time.trend.slope", language, **facts)]
    span = {"limit": rounded(2 * row["span"], 0)}
    if verdict == "within":
        facts |= {name: _years(row[name], language) for name in ("years", "soonest")}
        latest = (
            _years(row["latest"], language) if pd.notna(row["latest"]) else text("over_time.trend.not_within", language, **span)
        )
        told.append(text("over_time.trend.within", language, **facts, latest=latest))
    elif verdict == "reached" and row["lowest"] < row["target"] - SAME:
        told.append(text("over_time.trend.reached_open", language, **facts, lowest=points(row["lowest"])))
    else:
        told.append(text(f"over_time.trend.{verdict}", language, **facts, **span))
    return " ".join(told)


def _off_zero(value: float) -> str:
    """A pace with its sign, to a further decimal where it would round to 0 and is not 0: a range that leaves out 0 is to look it."""
    places = next((n for n in (1, 2, 3) if abs(value) + TOLERANCE >= 0.5 * 0.1**n), 1)
    return signed(value, places)


def _years(years: float, language: str) -> str:
    """Years in words: whole from one on, before that with a decimal."""
    whole = int(years + 0.5 + 1e-9)
    return counted("over_time.years", whole, language) if whole else text("over_time.years.part", language, n=rounded(years))


def trend_summary(table: pd.DataFrame, language: str = "en") -> str:
    """How many parts have a trend, and how many a time to the target. table: as `trend.trends` gives it."""
    verdicts = table["verdict"].value_counts()
    many = int((table["n"] >= 4).sum())
    if not many:
        return text("over_time.trend.summary.none", language)
    told = [text("over_time.trend.summary", language, n=len(table), many=many)]
    told.append(counted("over_time.trend.summary.within", int(verdicts.get("within", 0)), language))
    if unclear := int(verdicts.get("no_direction", 0)):
        told.append(counted("over_time.trend.summary.unclear", unclear, language))
    return " ".join(told)
