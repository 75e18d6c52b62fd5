"""How the columns of tables are shown, by their name: a line each, in order. Words for them stand in the texts, as `column.<name>`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.reports.tables import Spelled
from analysis.texts import known, text

if TYPE_CHECKING:
    import pandas as pd

#: Points of 0-100: one decimal.
POINTS = frozenset(
    [
        "a_at_least",
        "a_at_most",
        "a_score",
        "after",
        "score_effect",
        "weight_effect",
        "apart",
        "change_mean",
        "contribution",
        "entry",
        "exit",
        "highest_after",
        "highest_before",
        "in_measure",
        "lowest_after",
        "lowest_before",
        "mean_change",
        "slope",
        "slope_high",
        "slope_low",
        "within_change",
        "b_at_least",
        "b_at_most",
        "b_score",
        "balanced",
        "bound",
        "brings",
        "before",
        "bias",
        "bias_high",
        "bias_low",
        "change",
        "change_high",
        "change_low",
        "points_closed",
        "points_closed_low",
        "points_closed_high",
        "difference",
        "difference_border",
        "difference_rest",
        "difference_sides",
        "downstream_at_least",
        "downstream_at_most",
        "downstream_score",
        "gained",
        "fact_high",
        "fact_low",
        "fact_value",
        "gap",
        "gap_before",
        "gap_unweighted",
        "closed_unweighted",
        "gap_high",
        "gap_low",
        "group_mean",
        "high",
        "highest",
        "lead",
        "least",
        "least_open",
        "lens_at_least",
        "lens_at_most",
        "lens_score",
        "points_open",
        "like_rest",
        "limit_high",
        "limit_low",
        "low",
        "lower",
        "loss",
        "lower_after",
        "lower_all",
        "lower_before",
        "lower_mean",
        "lowest",
        "matched_mean",
        "mean",
        "mean_first",
        "mean_last",
        "mean_shown",
        "median",
        "median_gap",
        "most",
        "most_open",
        "moved_high",
        "moved_low",
        "moved_since",
        "na_challenged",
        "national",
        "need_high",
        "need_low",
        "need_points",
        "need_weighted",
        "per_cost",
        "other_at_least",
        "other_at_most",
        "other_points",
        "points",
        "points_apart",
        "q1",
        "q3",
        "quality_gap",
        "relaxed",
        "rest_at_least",
        "rest_at_most",
        "rest_score",
        "risk_high",
        "risk_least",
        "risk_low",
        "risk_most",
        "score",
        "score_now",
        "score_then",
        "score_challenged",
        "score_strict",
        "sd_apart",
        "self_at_least",
        "self_at_most",
        "self_points",
        "answers_sd",
        "sd_change",
        "sd_change_high",
        "sd_change_low",
        "sd_first",
        "sd_last",
        "slope_10",
        "slope_10_high",
        "slope_10_low",
        "spread",
        "start_apart",
        "target",
        "upper",
        "upper_after",
        "upper_all",
        "upper_before",
        "upper_mean",
        "upstream_at_least",
        "upstream_at_most",
        "upstream_score",
        "value",
        "same_score",
        "closed",
        "worth",
        "worth_low",
        "worth_high",
        "score_before",
        "score_own_weights",
        "score_set_weights",
        "score_after",
        "score_change",
        "score_change_low",
        "score_change_high",
        "value_points",
        "difference_after",
        "difference_before",
        "largest",
        "sd",
        "score_after",
        "score_before",
        "weights_change",
        "mean_low",
        "mean_high",
        "median_least",
        "median_most",
        "median_low",
        "median_high",
        "sides_median",
        "sides_low",
        "sides_high",
        "sides_least",
        "sides_most",
        "lens_low",
        "lens_high",
        "rest_low",
        "rest_high",
        "apart_median",
        "apart_low",
        "apart_high",
        "apart_least",
        "apart_most",
    ]
)

#: Measures of agreement and of association, which run from -1 to 1: two decimals, so that -0.04 is not shown as -0.0.
COEFFICIENTS = frozenset(
    [
        "alpha",
        "icc",
        "item_rest",
        "kappa",
        "kappa_high",
        "kappa_low",
        "r",
        "r_high",
        "r_low",
        "shuffled_high",
        "shuffled_low",
    ]
)

#: Shares of 0-1: whole per cent.
SHARES = frozenset(
    [
        "as_large",
        "high_share",
        "low_share",
        "share_high",
        "share_row",
        "part_share",
        "weight_before",
        "weight_after",
        "chance",
        "chance_apart",
        "closed_share",
        "chance_rise",
        "closure",
        "closure_high",
        "closure_low",
        "completeness",
        "core_index",
        "core_weight",
        "coverage",
        "effective",
        "exact",
        "importance",
        "importance_overall",
        "loss_share",
        "other_backed",
        "other_coverage",
        "rho",
        "self_backed",
        "self_coverage",
        "share",
        "switch",
        "share_all",
        "share_all_half",
        "share_alone",
        "share_alone_half",
        "share_between",
        "share_chance",
        "share_states",
        "share_within",
        "within",
        "in_top",
        "rate",
        "rate_low",
        "rate_high",
        "agreed",
        "agreed_sd",
        "at_ceiling",
        "at_floor",
        "left_open",
        "na_said",
        "within_one",
    ]
)

#: Shares that are often below one per cent, or that a reader multiplies with: one decimal.
SMALL_SHARES = frozenset(["importance_overall", "loss_share"])

#: Thousands of US dollars: as sentences print them, without decimals.
MONEY = frozenset(["budget", "cost", "spent"])

#: Points and money that stand in other units than the rest of their kind, and columns of other kinds that have a unit.
UNITS = dict.fromkeys(
    ["fact_high", "fact_low", "fact_value", "quality_gap", "slope_10", "slope_10_high", "slope_10_low", "value"], ""
)
UNITS |= dict.fromkeys(["risk_high", "risk_least", "risk_low", "risk_most"], "")
UNITS |= dict.fromkeys(["slope_high", "slope_low"], "points_a_year")
UNITS |= {"ceiling_amount": "money", "lift": "points", "lift_also": "points"}

#: Whole numbers that name something and count nothing.
NAMES = frozenset(["return_id", "year"])

#: Columns of long text: width in pixels.
WIDTHS = {
    "comment": 420,
    "because": 440,
    "detail": 420,
    "fact_meaning": 560,
    "in_parts": 300,
    "informs_words": 420,
    "learnt": 420,
    "label": 360,
    "like": 520,
    "look": 420,
    "flag_reason": 560,
    "flags": 420,
    "proposed_wording": 260,
    "members_names": 520,
    "message": 560,
    "missing_words": 420,
    "moved": 360,
    "name": 170,
    "other_answer": 118,
    "other_evidence": 138,
    "question_text": 520,
    "question_words": 260,
    "reason": 560,
    "against_words": 260,
    "asked_words": 220,
    "for_words": 330,
    "members_words": 420,
    "need": 260,
    "offer": 220,
    "recommendation": 420,
    "said": 420,
    "self_answer": 118,
    "severity": 104,
    "self_evidence": 138,
    "direction": 620,
}


NUMBERS = POINTS | COEFFICIENTS | SHARES


def decimals(name: str) -> int:
    """How many decimals are shown of a column of points (one), coefficients (two) or shares in per cent (none; one where they are small)."""
    return 2 if name in COEFFICIENTS else int(name not in SHARES or name in SMALL_SHARES)


def heading(name: str) -> str:
    """What a column is called on the page; its code where it has no words."""
    return text(f"column.{name}") if known(f"column.{name}") else name


def meaning(name: str) -> str | None:
    """What the page says about a column where a reader points at its heading."""
    return text(f"column.{name}.help") if known(f"column.{name}.help") else None


def unit(name: str) -> str:
    """The unit of a column's numbers in words; "" where there is none, or where the format says it (a share)."""
    code = UNITS.get(name, "points" if name in POINTS else "money" if name in MONEY else "")
    return text(f"unit.{code}") if code else ""


def number_format(name: str, whole: bool) -> str:
    """A spreadsheet's format that shows as many decimals as the page; "" for none. whole: whether the column holds whole numbers."""
    if name in SHARES:
        return "0.0 %" if decimals(name) else "0 %"
    if name in COEFFICIENTS:
        return "0.00"
    if name in POINTS:
        return "#,##0.0"
    return "#,##0" if name in MONEY or (whole and name not in NAMES) else ""


def whole(values: pd.Series) -> bool:
    """Whether a column holds whole numbers."""
    return getattr(values.dtype, "kind", "") in ("i", "u")


def spelled_one(name: str, whole: bool) -> Spelled:
    """How a column is shown in a workbook: the page's heading with the unit, decimals as on the page. whole: as for `number_format`."""
    head, of = heading(name), unit(name)
    if of and "point" not in head.casefold():
        head = text("unit.heading", heading=head, unit=of)
    return Spelled(head, number_format(name, whole), meaning(name) or "")


def spelled(table: pd.DataFrame, columns: Sequence[str]) -> dict[str, Spelled]:
    """How a table's columns are shown in a workbook: those of the page, in its order, the State's name first, no heading twice."""
    first = ["name"] if {"name", "iso3"} <= set(table.columns) else []
    found: dict[str, Spelled] = {}
    for column in dict.fromkeys([*first, *columns]):
        if column in table.columns:
            one = spelled_one(column, whole(table[column]))
            twice = any(one.heading == other.heading for other in found.values())
            found[column] = replace(one, heading=f"{one.heading} [{column}]") if twice else one
    return found
