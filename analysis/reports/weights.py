"""Weights in words: budgets of experts, what they come to, what they change beside the questionnaire's own, importance beside weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.budgets import Budgets, budget_faults
from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.reports.labelled import node_label, state_names
from analysis.reports.sentences import joined
from analysis.scores.tree import Scores
from analysis.scores.weight_sets import WeightSet, budget_rows
from analysis.scores.weights import allocated_weights, effective_weights, importance
from analysis.states import States
from analysis.texts import counted, percent, text, trimmed

AGREED = ["item", "label", "share", "agreed", "agreed_sd", "experts"]
LEVELS = [
    "name",
    "round",
    "level_before",
    "level_after",
    "level_verdict",
    "score_own_weights",
    "score_set_weights",
    "weights_change",
]
SWAPS = ["name", "other_country", "order_verdict", "difference_before", "difference_after"]
EFFECT = ["label", "shown", "returns", "level_changed", "level_perhaps", "pairs", "order_swapped", "order_perhaps", "largest"]
IMPORTANCE = ["item", "label", "weight", "share", "effective", "importance", "n"]
SETS = ["set_name", "set_nodes", "experts", "saved_by", "saved_at", "set_id"]


def item_label(instrument: Instrument, item: str, language: str = "en") -> str:
    """A node's name, or a question as it is put, with its code in front."""
    if item in instrument.question_number:
        return f"{item} {instrument.question_text(item, language)}"
    return node_label(instrument, item, language)


def expert_name(expert: str, language: str = "en") -> str:
    """`Expert 1`."""
    return text("weights.expert", language, n=expert)


def own_shares(instrument: Instrument, children: Sequence[str]) -> list[float]:
    """Share of each child among its siblings by the instrument's own weights."""
    table = effective_weights(instrument).set_index("item")
    return table.loc[list(children), "share"].tolist()


def budget_table(
    instrument: Instrument,
    children: Sequence[str],
    budgets: Mapping[str, Mapping[str, float | None]],
    experts: int,
    language: str = "en",
) -> pd.DataFrame:
    """What experts fill in: a row per child with label, share (own, 0-1) and a column `1`, `2`, ... per expert (points, NA while open)."""
    table = pd.DataFrame(
        {"label": [item_label(instrument, c, language) for c in children], "share": own_shares(instrument, children)}
    )
    for n in range(1, experts + 1):
        given = budgets.get(str(n), {})
        table[str(n)] = pd.array([given.get(c) for c in children], dtype="Float64")
    return table


def budget_of(table: pd.DataFrame, children: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """A filled-in budget table as budgets; what is no number of 0-100 is open."""
    found: dict[str, dict[str, float | None]] = {}
    for name in table.columns[2:]:
        given = pd.to_numeric(table[name], errors="coerce").astype("Float64")
        given = given.where(given.between(0, 100))
        found[name] = {c: None if pd.isna(v) else float(v) for c, v in zip(children, given, strict=True)}
    return found


def sum_lines(budgets: Mapping[str, Mapping[str, float | None]], children: Sequence[str], language: str = "en") -> list[str]:
    """What is still to do, an expert a line; empty where nothing is."""
    told = []
    for fault, who, number in budget_faults(budgets, children):
        facts = {"n": int(number)} if fault == "open" else {"total": trimmed(number)} if fault == "sum" else {}
        name = who if fault == "nobody" else expert_name(who, language)
        told.append(text(f"weights.fault.{fault}", language, who=name, **facts))
    return told


def agreed(
    instrument: Instrument, children: Sequence[str], budgets: Mapping[str, Mapping[str, float]], language: str = "en"
) -> pd.DataFrame:
    """What the experts' budgets come to: item, label, share (the instrument's own), agreed (mean share), agreed_sd, experts (n)."""
    table = allocated_weights(budget_rows(budgets)).set_index("item").loc[list(children)].reset_index()
    labels = [item_label(instrument, c, language) for c in children]
    table = table.rename(columns={"weight": "agreed", "sd": "agreed_sd", "n": "experts"})
    return table.assign(label=labels, share=own_shares(instrument, children))[AGREED]


def agreed_dots(table: pd.DataFrame, budgets: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """`agreed` as dots: label, series (`expert`, `own`, `agreed`), value (0-1)."""
    labels = dict(zip(table["item"], table["label"], strict=True))
    rows = [(labels[c], "expert", p / sum(of.values())) for of in budgets.values() for c, p in of.items()]
    rows += [(row.label, "own", row.share) for row in table.itertuples()]
    rows += [(row.label, "agreed", row.agreed) for row in table.itertuples()]
    return pd.DataFrame(rows, columns=["label", "series", "value"])


def agreed_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Where the experts differ most from the questionnaire, and among themselves."""
    moved, n = (table["agreed"] - table["share"]).abs(), int(table["experts"].iloc[0])
    if moved.max() <= TOLERANCE:
        parts = [text("weights.agreed.same", language)]
    else:
        most = table.loc[moved.idxmax()]
        facts = {"item": most["label"], "agreed": percent(most["agreed"]), "own": percent(most["share"])}
        parts = [counted("weights.agreed.most", n, language, **facts)]
    if n > 1:
        widest = table["agreed_sd"].max()
        apart = table.loc[table["agreed_sd"] >= widest - TOLERANCE, "label"].tolist()
        facts = {"item": joined(apart, language), "sd": percent(widest)}
        one_mind = text("weights.agreed.one_mind", language)
        parts.append(one_mind if widest <= TOLERANCE else text("weights.agreed.apart", language, **facts))
    return " ".join(parts)


def sets_table(instrument: Instrument, sets: Iterable[WeightSet], records: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """The sets that are kept, by name: set_name, set_nodes, experts (of the node with the most), saved_by, saved_at, set_id."""
    saved = records.set_index("key")
    rows = [
        {
            "set_name": one.name,
            "set_nodes": joined([instrument.node_name(n, language) for n in one.budgets], language),
            "experts": max(len(of) for of in one.budgets.values()),
            "saved_by": saved.loc[one.id, "saved_by"],
            "saved_at": f"{saved.loc[one.id, 'saved_at']:%Y-%m-%d %H:%M}",
            "set_id": one.id,
        }
        for one in sets
    ]
    return pd.DataFrame(rows, columns=SETS)


def set_table(instrument: Instrument, one: WeightSet, language: str = "en") -> pd.DataFrame:
    """A whole set to take along: part, item, label, agreed, agreed_sd, experts and each expert's points (`points_1`, ...)."""
    table = one.agreed.rename(columns={"weight": "agreed", "sd": "agreed_sd", "n": "experts"})
    table.insert(1, "part", [instrument.node_name(n, language) for n in table["node"]])
    table.insert(3, "label", [item_label(instrument, i, language) for i in table["item"]])
    experts = sorted({e for of in one.budgets.values() for e in of}, key=lambda e: (len(e), e))
    for expert in experts:
        table[f"points_{expert}"] = [
            one.budgets[n].get(expert, {}).get(i, pd.NA) for n, i in zip(table["node"], table["item"], strict=True)
        ]
    return table


def file_lines(instrument: Instrument, read: Budgets, now: Budgets, language: str = "en") -> list[str]:
    """What a file holds beside what stands in the editor: the parts it weighs, those that would change, and those it says nothing about."""
    experts = max(len(of) for of in read.values())
    names = {node: node_label(instrument, node, language) for node in [*read, *now]}
    found = [counted("weights.file.read", len(read), language, experts=experts)]
    changed = [names[node] for node, of in read.items() if now.get(node) and now[node] != of]
    if changed:
        found.append(text("weights.file.replaces", language, parts=joined(changed, language)))
    elif all(now.get(node) == of for node, of in read.items()):
        found.append(text("weights.file.same", language))
    stays = [names[node] for node in now if node not in read]
    if stays:
        found.append(text("weights.file.stays", language, parts=joined(stays, language)))
    return found


def in_force(weights: Sequence[tuple[str, float]]) -> str:
    """Weights as they are told in an export: `ALL.U.IED=0.5, ...`, as exact as needed to make them again."""
    return ", ".join(f"{item}={weight:.6g}" for item, weight in weights)


def whatif_levels(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """`comparison.reweighted.levels_beside` in words, the changed levels first, then the largest movement; ready for `charts.dots` too."""
    rank = {"changed": 0, "perhaps": 1, "one_only": 2, "same": 3, "neither": 4}
    found = table.assign(rank=table["verdict"].map(rank), size=table["change"].abs())
    found = found.sort_values(["rank", "size"], ascending=[True, False], na_position="last", kind="stable").reset_index(drop=True)
    names = state_names(states, found["iso3"].tolist(), language)
    before = [_level(r.score_own, r.level_low_own, r.level_high_own, language) for r in found.itertuples()]
    after = [_level(r.score, r.level_low, r.level_high, language) for r in found.itertuples()]
    notes = [text("weights.level.note", language, before=b, after=a) if b != a else a for b, a in zip(before, after, strict=True)]
    found = found.rename(columns={"change": "weights_change"})
    words = {v: text(f"weights.level.{v}", language) for v in rank}
    return found.assign(
        name=names, label=names, level_before=before, level_after=after, note=notes, hue="", before=found["score_own"],
        score_own_weights=found["score_own"], score_set_weights=found["score"], level_verdict=found["verdict"].map(words),
    ).drop(columns=["rank", "size"])  # fmt: skip


def _level(score: float, low: object, high: object, language: str) -> str:
    if pd.isna(score) or pd.isna(low):
        return text("weights.level.none", language)
    return (
        text("weights.level.single", language, level=low) if low == high else text("level.between", language, low=low, high=high)
    )


def whatif_swaps(scores: Scores, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """`comparison.reweighted.swaps` in words: name (first with the questionnaire's weights), other_country, and both differences in points."""
    index = scores.panel.index
    codes = index["iso3"].to_numpy()
    found = table.assign(
        iso3=codes[table["row"]] if len(table) else "", other_iso3=codes[table["other_row"]] if len(table) else ""
    )
    words = {v: text(f"weights.order.{v}", language) for v in ("swapped", "perhaps")}
    return found.assign(
        name=[states.name(c, language) for c in found["iso3"]], other_country=[states.name(c, language) for c in found["other_iso3"]],
        order_verdict=found["verdict"].map(words), difference_before=found["difference_own"], difference_after=found["difference"],
    )[["iso3", *SWAPS]]  # fmt: skip


def whatif_effect(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """`comparison.reweighted.effect` with the names of its nodes."""
    return table.assign(label=[node_label(instrument, n, language) for n in table["node"]])


def whatif_title(row: Mapping[str, object], language: str = "en") -> str:
    """The finding: how many levels really change, of how many."""
    return counted("weights.whatif.title", int(row["level_changed"]), language, shown=int(row["shown"]))


def whatif_sentence(row: Mapping[str, object], language: str = "en") -> str:
    """What changes at a node and what does not, with counts. row: of `comparison.reweighted.effect`."""
    parts = [text("weights.whatif.levels", language, same=int(row["level_same"]), shown=int(row["shown"]))]
    for name in ("level_perhaps", "level_one_only"):
        if row[name]:
            parts.append(counted(f"weights.whatif.{name}", int(row[name]), language))
    if row["pairs"]:
        facts = {"pairs": int(row["pairs"]), "kept": int(row["order_kept"])}
        parts.append(counted("weights.whatif.orders", int(row["order_swapped"]), language, **facts))
        if row["order_perhaps"]:
            parts.append(counted("weights.whatif.order_perhaps", int(row["order_perhaps"]), language))
        if row["order_open"]:
            parts.append(counted("weights.whatif.order_open", int(row["order_open"]), language))
        if row["order_tied"]:
            parts.append(counted("weights.whatif.order_tied", int(row["order_tied"]), language))
    return " ".join(parts)


def importances(instrument: Instrument, scores: Scores, node: str, children: Sequence[str], language: str = "en") -> pd.DataFrame:
    """Weight, share, effective weight and importance of a node's children; importance is NA for questions and where it means nothing."""
    table = effective_weights(instrument, dict(scores.options.weights)).set_index("item").loc[list(children)].reset_index()
    if children[0] in instrument.node_number:
        moved = importance(scores, node)[["item", "importance", "n"]]
        table = table.merge(moved, on="item", how="left", validate="one_to_one")
    else:
        table = table.assign(importance=float("nan"), n=pd.array([pd.NA] * len(table), dtype="Int64"))
    return table.assign(label=[item_label(instrument, i, language) for i in table["item"]])[IMPORTANCE]


def importance_dots(table: pd.DataFrame) -> pd.DataFrame:
    """`importances` as dots: label, series (`share`, `importance`), value (0-1)."""
    parts = [table[["label"]].assign(series=name, value=table[name]) for name in ("share", "importance")]
    return pd.concat(parts, ignore_index=True)


def importance_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """The child that moves the score most beside what it weighs; why there is none, where there is none."""
    known = table.dropna(subset=["importance"])
    if known.empty:
        return text("weights.importance.none", language)
    top = known.loc[known["importance"].idxmax()]
    facts = {"item": top["label"], "share": percent(top["share"]), "importance": percent(top["importance"])}
    said = counted("weights.importance.some", int(top["n"]), language, **facts)
    if (known["importance"] < 0).any():
        said += " " + text("weights.importance.negative", language)
    return said
