"""Groups of States in words: spread and coverage, levels counted, what lies between groups, whether States draw together, and peers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.charts.spread import FEWEST_FOR_BOX
from analysis.comparison.groups import FEWEST_FOR_QUANTILES
from analysis.instrument import Instrument
from analysis.reports import labelled
from analysis.reports.sentences import SAME, joined, points, ruled_out
from analysis.states import States
from analysis.texts import counted, rounded, text

SPREAD = [
    "group_name",
    "returned_of",
    "n",
    "median",
    "q1",
    "q3",
    "median_least",
    "median_most",
    "group_mean",
    "mean_low",
    "mean_high",
    "lower_mean",
    "upper_mean",
]
SPREAD += ["median_low", "median_high", "lowest", "highest", "n_drawn"]
DOTS = ["group_name", "name", "score", "lower", "upper", "level_words", "round"]
LEVELS = ["label", "standing", "n_states", "states_all", "share_states"]
VARIANCE = ["label", "n", "groups", "left_out", "sd", "share_between", "share_chance", "share_high", "share_within"]
SIGMA = ["label", "round", "sd", "n_matched", "reported", "group_mean", "lower_mean", "upper_mean", "lowest", "highest"]
ENDS = ["label", "first", "last", "n_matched", "sd_first", "sd_last", "sd_change", "sd_change_low", "sd_change_high"]
ENDS += ["firm_words", "mean_first", "mean_last"]
PEERS = ["name", "because", "apart", "start_apart", "moved_since", "moved_low", "moved_high"]
OWN = ["group_name", "n_members", "members_names", "saved_by", "saved_at"]


def spread(
    instrument: Instrument, table: pd.DataFrame, states: States, kind: str, node: str, language: str = "en"
) -> pd.DataFrame:
    """Rows of `regions.group_spread` ready for `charts.regions.group_dots`: label, note (who returned), box (whether one is drawn)."""
    names = labelled.told_apart(table["group"], [states.group_name(f"{kind}:{g}") for g in table["group"]])
    found = table.assign(group_name=names, group_mean=table["mean"], lower_mean=table["lower"], upper_mean=table["upper"])
    found["returned_of"] = [labelled.of(n, m, language) for n, m in zip(table["returned"], table["members"], strict=True)]
    found["note"] = [
        text("regions.note", language, returned=row.returned, members=row.members, n=row.n) for row in table.itertuples()
    ]
    hue = instrument.nodes["measure_type"].iloc[instrument.node_number[node]]
    return found.assign(box=(table["n"] >= FEWEST_FOR_BOX) & table["q1"].notna() & table["q3"].notna(), hue=hue)


def dots(instrument: Instrument, table: pd.DataFrame, named: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `regions.group_dots` with names, in the order of the groups of `named` (as `spread` gives it)."""
    place = {group: i for i, group in enumerate(named["group"])}
    names = dict(zip(named["group"], named["group_name"], strict=True))
    ordered = table.assign(place=table["group"].map(place)).sort_values(["place", "score", "iso3"], na_position="last")
    found = labelled.states_bounded(instrument, ordered, states, language)
    found = found.assign(name=found["label"], group_name=found["group"].map(names), key=found["iso3"], level_words=found["note"])
    return found.reset_index(drop=True)


def spread_words(language: str = "en") -> dict[str, str]:
    """The words of the dots by group."""
    own = {name: text(f"regions.word.{name}", language) for name in ("mean", "could_be", "quartiles")}
    own |= {"range": text("uncertain.chart.range", language)}
    return labelled.chart_words(language) | own


def spread_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Which group's median is highest and lowest, and whether the returns that are missing leave that open. table: as `spread` gives it."""
    known, silent = table.dropna(subset=["median"]), int((table["returned"] == 0).sum())
    few = int((table["n"] < FEWEST_FOR_QUANTILES).sum()) - silent
    hidden = [counted("regions.spread.few", few, language, fewest=FEWEST_FOR_QUANTILES)] if few and len(known) else []
    hidden += [counted("regions.spread.silent", silent, language)] if silent else []
    enough = table[table["n"] >= FEWEST_FOR_QUANTILES]
    hidden += ruled_out(enough.loc[enough["median"].isna(), "group_name"].tolist(), language, what="median")
    hidden += ruled_out(enough.loc[enough["mean"].isna(), "group_name"].tolist(), language)
    if known.empty:
        return " ".join([*([] if len(enough) else [text("regions.spread.none", language, fewest=FEWEST_FOR_QUANTILES)]), *hidden])
    ends = {}
    for name, end in (("best", known["median"].max()), ("worst", known["median"].min())):
        ends[name] = known[(known["median"] - end).abs() <= SAME]
    facts = {name: joined(rows["group_name"].tolist(), language) for name, rows in ends.items()}
    facts |= {f"{name}_shown": int(rows["n"].sum()) for name, rows in ends.items()}
    facts |= {f"{name}_of": int(rows["members"].sum()) for name, rows in ends.items()}
    facts |= {"high": points(known["median"].max()), "low": points(known["median"].min()), "n": len(known)}
    if len(known) == len(ends["best"]):
        return " ".join([text("regions.spread.one" if len(known) == 1 else "regions.spread.same", language, **facts), *hidden])
    parts = [text("regions.spread.some", language, **facts)]
    if len(ends["best"]) == len(ends["worst"]) == 1:
        parts += _missing(ends["best"].iloc[0], ends["worst"].iloc[0], language)
    return " ".join([*parts, *hidden])


def _missing(best: pd.Series, worst: pd.Series, language: str) -> list[str]:
    """What the missing returns and answers leave of the order of two groups' medians, and where their means stand the other way round."""
    kind = "apart" if best["median_least"] > worst["median_most"] + SAME else "overlap"
    found = [_order(kind, best, worst, ("median_least", "median_most"), language)]
    if best["upper"] < worst["lower"] - SAME:
        found.append(_order("turned", best, worst, ("lower", "upper"), language))
    return found


def _order(kind: str, best: pd.Series, worst: pd.Series, sides: tuple[str, str], language: str) -> str:
    rows = (("best", best), ("worst", worst))
    ends = {f"{name}_{end}": points(row[side]) for name, row in rows for end, side in zip(("low", "high"), sides, strict=True)}
    return text(f"regions.spread.{kind}", language, best=best["group_name"], worst=worst["group_name"], **ends)


def standing(instrument: Instrument, row: object, language: str = "en") -> str:
    """A row of `regions.level_counts` in words: `level 2, Partial`, `between 1 and 3`, `not returned`."""
    if row.kind == "level":
        return text("level.one", language, level=int(row.low), name=instrument.level_name(int(row.low), language))
    if row.kind == "between":
        return text("regions.level.between", language, low=int(row.low), high=int(row.high))
    return text(f"regions.level.{row.kind}", language)


def levels(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `regions.level_counts` ready for `charts.regions.level_bars`: label, standing, and the counts under their columns' names."""
    found = labelled.named(instrument, table, language=language)
    found["standing"] = [standing(instrument, row, language) for row in table.itertuples()]
    found["short"] = [
        "" if row.kind != "level" else f"{row.low} {instrument.level_name(int(row.low), language)}" for row in table.itertuples()
    ]
    return found.assign(n_states=table["n"], states_all=table["states"], share_states=table["share"])


def level_words(language: str = "en") -> dict[str, str]:
    """The words of the bars of levels."""
    words = {kind: text(f"regions.level.{kind}", language) for kind in ("not_shown", "not_applicable", "not_returned")}
    return words | {"between": text("regions.level.legend", language), "states": text("gap.states", language)}


def level_sentence(instrument: Instrument, table: pd.DataFrame, node: str, language: str = "en") -> str:
    """How many States have one level at a node, and which most. table: as `regions.level_counts` gives it."""
    rows = table[table["node"] == node]
    states = int(rows["states"].iloc[0])
    n = {
        kind: int(rows.loc[rows["kind"] == kind, "n"].sum())
        for kind in ("level", "between", "not_shown", "not_applicable", "not_returned")
    }
    at = rows[rows["kind"] == "level"]
    parts = [counted("regions.level.sentence", n["level"], language, node=instrument.node_name(node, language), states=states)]
    if len(at):
        top = at[at["n"] == at["n"].max()]
        named = joined([standing(instrument, row, language) for row in top.itertuples()], language)
        parts.append(counted("regions.level.most", int(top["n"].iloc[0]), language, levels=named))
    parts += [
        counted(f"regions.level.sentence.{kind}", count, language) for kind, count in n.items() if kind != "level" and count
    ]
    return " ".join(parts)


def variance(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `regions.variance_shares` with labels and hues, ready for `charts.regions.share_bars`."""
    found = labelled.named(instrument, table, language=language)
    hue = dict(zip(instrument.nodes["node"], instrument.nodes["measure_type"], strict=True))
    note = [
        text("regions.variance.note", language, n=row.n, groups=row.groups) if row.groups > 1 else ""
        for row in table.itertuples()
    ]
    return found.assign(hue=found["node"].map(hue), note=note)


def variance_words(language: str = "en") -> dict[str, str]:
    """The words of the bars of shares."""
    return {name: text(f"regions.variance.{name}", language) for name in ("between", "within", "chance")}


def variance_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How large the share between groups is, part by part, beside what chance alone gives. table: as `regions.variance_shares` gives it."""
    known = table.dropna(subset=["share_between"])
    if known.empty:
        return text("regions.variance.none", language, fewest=FEWEST_FOR_QUANTILES)
    shares, chance = (_range(100 * known[name], language) for name in ("share_between", "share_chance"))
    above = int((known["share_between"] > known["share_high"]).sum())
    parts = [text("regions.variance.sentence", language, shares=shares, chance=chance)]
    parts.append(counted("regions.variance.above", above, language, of=len(known)))
    if known["left_out"].max():
        parts.append(counted("regions.variance.left_out", int(known["left_out"].max()), language, fewest=FEWEST_FOR_QUANTILES))
    return " ".join(parts)


def _range(values: pd.Series, language: str) -> str:
    """`10 to 25`, or one number where both ends are printed alike."""
    low, high = rounded(values.min(), 0), rounded(values.max(), 0)
    return low if low == high else text("range", language, low=low, high=high)


def sigma(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `convergence.matched_spread` ready for `charts.regions.spread_lines`."""
    hue = dict(zip(instrument.nodes["node"], instrument.nodes["measure_type"], strict=True))
    found = labelled.named(instrument, table, language=language)
    return found.assign(hue=found["node"].map(hue), n_matched=table["n"], group_mean=table["mean"])


def ends(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `convergence.first_to_last` in words: firm_words says whether the change hangs on a single State."""
    firm = ["" if pd.isna(mark) else text("no" if mark else "yes", language) for mark in table["firm"]]
    return labelled.named(instrument, table, language=language).assign(n_matched=table["n"], firm_words=firm)


def convergence_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """In how many parts the same States drew together. table: as `convergence.first_to_last` gives it."""
    known = table.dropna(subset=["sd_change"])
    if known.empty:
        return text("regions.sigma.none", language, fewest=FEWEST_FOR_QUANTILES)
    fell, rose = (known["sd_change"] < -SAME), (known["sd_change"] > SAME)
    low, high = int(known["n"].min()), int(known["n"].max())
    states = str(low) if low == high else text("range", language, low=low, high=high)
    spans = set(zip(known["first"], known["last"], strict=True))
    facts = {"fell": int(fell.sum()), "rose": int(rose.sum()), "of": len(known), "states": states}
    if len(spans) == 1:
        first, last = spans.pop()
        parts = [text("regions.sigma.sentence", language, first=first, last=last, **facts)]
    else:
        parts = [text("regions.sigma.mixed", language, **facts)]
    firm = int(known.loc[fell | rose, "firm"].sum())
    if facts["fell"] + facts["rose"]:
        moved = facts["fell"] + facts["rose"]
        parts.append(text("regions.sigma.firm", language, firm=firm, of=moved))
        sure = (fell & (known["sd_change_high"] < -SAME)) | (rose & (known["sd_change_low"] > SAME))
        parts.append(counted("regions.sigma.sure", int(sure.sum()), language, of=moved))
    if len(known) < len(table):
        parts.append(counted("regions.sigma.hidden", len(table) - len(known), language, fewest=FEWEST_FOR_QUANTILES))
    return " ".join(parts)


def peers(table: pd.DataFrame, states: States, parts: int, language: str = "en") -> pd.DataFrame:
    """Rows of `peers.peers` with the State's name and its reasons in words. parts: how many parts a profile has."""
    because = ["; ".join(_reason(row, why, states, parts, language) for why in row.reasons) for row in table.itertuples()]
    because = [said[:1].upper() + said[1:] for said in because]
    found = table.drop(columns=["groups", "reasons"])
    return found.assign(name=labelled.state_names(states, table["iso3"], language), because=because)


def _reason(row: object, why: str, states: States, parts: int, language: str) -> str:
    if why == "region":
        named = [f"{states.group_name(f'{kind}:{group}')}" for kind, group in row.groups]
        return text("regions.peers.region", language, groups=joined(named, language))
    if why == "profile":
        return text("regions.peers.profile", language, common=row.common, parts=parts)
    return text("regions.peers.start", language, common=row.start_common, parts=parts, round=row.start_round)


def peer_cells(
    instrument: Instrument, table: pd.DataFrame, codes: Sequence[str], states: States, language: str = "en"
) -> pd.DataFrame:
    """Rows of `Scores.table` as cells of a heat map, a line per State in the order of `codes`."""
    place = {code: i for i, code in enumerate(codes)}
    grid = labelled.cells(instrument, table, states, language=language)
    return grid.sort_values("key", key=lambda keys: keys.map(place), kind="stable").reset_index(drop=True)


def peers_sentence(table: pd.DataFrame, name: str, language: str = "en") -> str:
    """How many peers are proposed, by reason. table: as `peers.peers` gives it."""
    if table.empty:
        return text("regions.peers.none", language, name=name)
    n = {why: int(sum(why in reasons for reasons in table["reasons"])) for why in ("region", "profile", "start")}
    parts = [counted("regions.peers.sentence", len(table), language, name=name)]
    parts += [counted(f"regions.peers.by.{why}", count, language) for why, count in n.items() if count]
    return " ".join(parts if n["start"] else [*parts, text("regions.peers.no_start", language)])


def own_groups(table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Records of groups (as `Store.records` gives them) with the members' names."""
    codes = [states.by_name(states.members(f"mine:{key}")) for key in table["key"]]
    found = table[["key"]].assign(
        group_name=[states.group_name(f"mine:{key}") for key in table["key"]],
        n_members=[len(own) for own in codes],
        members_names=[", ".join(states.name(code, language) for code in own) for own in codes],
        saved_by=table["saved_by"],
        saved_at=[f"{moment:%Y-%m-%d %H:%M}" for moment in table["saved_at"]],
    )
    return found.sort_values("group_name", key=lambda names: names.str.casefold(), kind="stable").reset_index(drop=True)


def kind_name(kind: str, language: str = "en") -> str:
    """A kind of groups, in the plural."""
    return text(f"groups.{kind}", language)


def sigma_words(language: str = "en") -> dict[str, str]:
    """The words of the lines of spread."""
    return {name: text(f"regions.sigma.word.{name}", language) for name in ("sd", "states")}
