"""Words of borders: both sides, a chain of States, and what is wrong with the table of borders."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.borders import Chain
from analysis.model import TOLERANCE
from analysis.reports.labelled import state_names
from analysis.reports.sentences import joined, points
from analysis.states import States
from analysis.texts import counted, text

SIDES = ["border", "a_score", "a_at_least", "a_at_most", "b_score", "b_at_least", "b_at_most", "difference_border", "order_words"]
CHAIN = ["label", "score", "lower", "upper", "weakest_words", "round"]
PROBLEMS = ["line_number", "reason"]


def sides(table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.borders.sides` ready for `charts.two_sides`: side a is the label, side b the note below it; border names both."""
    names = [state_names(states, table[side].tolist(), language) for side in ("a", "b")]
    found = table.assign(a_name=names[0], b_name=names[1], iso3=table["a"], key=table["a"], difference_border=table["difference"])
    found["border"] = [text("borders.pair", language, a=a, b=b) for a, b in zip(*names, strict=True)]
    found = found.assign(label=names[0], note=[text("borders.beside", language, b=b) for b in names[1]])
    found = found.assign(
        **{f"{s}_{new}": table[f"{s}_{end}"] for s in "ab" for new, end in (("at_least", "lower"), ("at_most", "upper"))}
    )
    found["order_words"] = [text(f"borders.order.{order}", language) for order in table["order"]]
    return found


def sides_title(table: pd.DataFrame, level: float, language: str = "en") -> str:
    """At how many borders the two sides are a level or more apart. level: points that one level counts for."""
    both = table.dropna(subset=["difference"])
    if both.empty:
        return text("borders.sides.none", language)
    apart = int((both["difference"].abs() >= level - 100 * TOLERANCE).sum())
    return counted("borders.sides.title", apart, language, of=len(both))


def sides_sentence(table: pd.DataFrame, all_borders: int, source: str, language: str = "en") -> str:
    """How many borders can be shown, and where the table of borders comes from."""
    shown, certain = int(table["difference"].notna().sum()), int((table["order"] == "certain").sum())
    facts = {"shown": shown, "certain": certain, "of": all_borders, "source": source}
    return counted("borders.sides.sentence", len(table), language, **facts)


def sources(pairs: pd.DataFrame, language: str = "en", most: int = 3) -> str:
    """The sources that a table of borders names, each once."""
    names = list(dict.fromkeys(pairs["source"]))
    more = [text("borders.more", language, n=len(names) - most)] if len(names) > most else []
    return joined([*names[:most], *more], language)


def chain(found: Chain, states: States, language: str = "en") -> pd.DataFrame:
    """The States of a chain in their order, and last the chain itself, ready for `charts.bounded_dots`."""
    table = found.table
    lines = table.assign(label=state_names(states, table["iso3"].tolist(), language), hue="")
    may_be = "weakest" if int(table["weakest"].sum()) > 1 else "is_weakest"
    kinds = [
        may_be if may else "none" if why == "not_applicable" else ""
        for may, why in zip(table["weakest"], table["why"], strict=True)
    ]
    lines["weakest_words"] = [text(f"borders.chain.{kind}", language) if kind else "" for kind in kinds]
    lines["note"] = lines["weakest_words"]
    whole = {"iso3": "", "label": text("borders.chain.whole", language), "hue": "", "note": "", "weakest_words": "", "round": ""}
    whole |= {"score": found.score, "lower": found.lower, "upper": found.upper, "why": "few_answers"}
    return pd.concat([lines, pd.DataFrame([whole])], ignore_index=True)


def chain_sentence(found: Chain, states: States, language: str = "en") -> str:
    """What the chain is worth, who may be its weakest link, and which of its steps are no borders."""
    table = found.table
    if not pd.notna(found.upper):
        return text("borders.chain.empty", language)
    names = state_names(states, table.loc[table["weakest"], "iso3"].tolist(), language)
    ends = {"low": points(found.lower), "high": points(found.upper)}
    if pd.isna(found.score):
        parts = [text("borders.chain.open", language, **ends)]
    elif ends["low"] == ends["high"]:
        parts = [text("borders.chain.sure", language, score=points(found.score))]
    else:
        parts = [text("borders.chain.score", language, score=points(found.score), **ends)]
    parts.append(counted("borders.chain.link", len(names), language, names=joined(names, language)))
    for a, b in found.gaps:
        pair = dict(zip("ab", state_names(states, [a, b], language), strict=True))
        parts.append(text("borders.chain.gap", language, **pair))
    return " ".join(parts)


def problems(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `Borders.problems` in words: line_number, reason."""
    said = [text(f"borders.problem.{row.code}", language, found=row.found) for row in table.itertuples()]
    return pd.DataFrame({"line_number": table["line"], "reason": said})
