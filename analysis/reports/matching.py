"""Needs and offers in words: what matches with the reasons for and against, what is paid for already, overlaps and orphans."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.instrument import Instrument
from analysis.priorities import matching
from analysis.priorities.orphans import TWO_NEEDS
from analysis.registers.kinds import PRIORITIES
from analysis.reports import labelled
from analysis.reports.registers import node_name
from analysis.states import States
from analysis.texts import counted, text, word

MATCHES = [
    "name",
    "provider",
    "places_left_n",
    "against_words",
    "for_words",
    "unknown_words",
    "need",
    "offer",
    "common_words",
    "eligibility",
    "priority",
]
MATCHES += ["cost_band", "ceiling_amount", "months", "date_from", "date_to", "need_type", "need_id", "offer_id"]
#: The same on the page of one State, whose name need not stand in each row.
OF_STATE = ["provider", "offer", "need", *(name for name in MATCHES if name not in ("name", "provider", "offer", "need"))]
NEEDED = ["need", "measures_words", "priority", "cost_band", "status", "provider", "need_type", "months", "date", "id"]
PAID = ["name", "measures_words", "aid", "provider", "status"]
OVERLAPS = ["kind_words", "name", "measure_name", "times", "who_words"]
WITHOUT = ["name", "need", "need_type", "measures_words", "priority", "cost_band", "near", "date", "id"]
UNUSED = ["provider", "offer", "measures_words", "types_words", "places_words", "date_to", "eligibility", "id"]
UNASKED = ["name", "label", "worth", "closed", "target", "target_words", "known", "submodule_name", "type_name", "round"]


def supply(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `orphans.supply` that anything is asked or offered for, most needs first: label, note, needs, offers."""
    found = labelled.named(instrument, table[(table["needs"] > 0) | (table["offers"] > 0)], language=language)
    found["note"] = [
        "" if row.needs and row.offers else text("needs.no_offer" if row.needs else "needs.no_need", language)
        for row in found.itertuples()
    ]
    return found.sort_values(["needs", "offers", "measure"], ascending=[False, True, True], kind="stable").reset_index(drop=True)


def supply_title(table: pd.DataFrame, language: str = "en") -> str:
    """How many measures are asked for, and for how many of them nobody offers anything. table: as `supply` gives it."""
    asked = table["needs"] > 0
    if not asked.any():
        return text("needs.supply.title.unasked", language)
    without = counted("needs.supply.title.without", int((asked & (table["offers"] == 0)).sum()), language)
    return f"{counted('needs.supply.title', int(asked.sum()), language)}; {without}"


def supply_words(language: str = "en") -> dict[str, str]:
    """The words of the dots."""
    return {name: text(f"needs.word.{name}", language) for name in ("needs", "offers", "axis")}


def sentence(needs: pd.DataFrame, offers: pd.DataFrame, pairs: pd.DataFrame, language: str = "en") -> str:
    """How many needs are open, how many of them have an offer that fits, how many of these can be met at the same time, and how many are paid for already."""
    waiting = needs.loc[needs["status"] == matching.REQUESTED, "id"]
    fitting = waiting.isin(set(pairs.loc[pairs["fits"].astype(bool), "need"])).sum()
    parts = [
        counted("needs.sentence.open", len(waiting), language, states=needs["iso3"].nunique(), offers=int((offers["status"] == "open").sum())),
        counted("needs.sentence.fits", int(fitting), language),
    ]  # fmt: skip
    if fitting > 1:
        at_once = matching.together(pairs)
        parts.append(
            text("needs.sentence.together.all", language)
            if at_once == fitting
            else counted("needs.sentence.together", at_once, language)
        )
    paid = int(matching.carried(needs).sum())
    parts.append(counted("needs.sentence.paid", paid, language))
    return " ".join(parts)


def state_sentence(needs: pd.DataFrame, offers: pd.DataFrame, pairs: pd.DataFrame, language: str = "en") -> str:
    """How many needs of one State are open, how many of them have an offer that fits, and how many are paid for; how many offers it could use.

    needs, offers, pairs: what concerns that State, as `book.in_view` gives it.
    """
    waiting = needs.loc[needs["status"] == matching.REQUESTED, "id"]
    fitting = int(waiting.isin(set(pairs.loc[pairs["fits"].astype(bool), "need"])).sum())
    paid = int(matching.carried(needs).sum())
    parts = [counted("needs.state.open", len(waiting), language)]
    if len(waiting):
        parts.append(counted("needs.state.fits", fitting, language))
    if paid:
        parts.append(counted("needs.state.paid", paid, language))
    if needs.empty:
        parts = [text("needs.state.none", language)]
    return " ".join([*parts, counted("needs.state.offers", int((offers["status"] == "open").sum()), language)])


def needs(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Needs in words (`matching.needs_table`): open ones first, then those under way and paid for; the most urgent first."""
    steps = [matching.REQUESTED, *matching.FUNDED]
    order = table.assign(
        step=[steps.index(one) if one in steps else len(steps) for one in table["status"]],
        urgent=[PRIORITIES.index(one) if one in PRIORITIES else len(PRIORITIES) for one in table["priority"]],
    )
    found = order.sort_values(["step", "urgent", "id"], kind="stable").drop(columns=["step", "urgent"]).reset_index(drop=True)
    return found.assign(
        measures_words=_measures(instrument, found["measures"], language),
        priority=[word("priority", one, language) for one in found["priority"]],
        need_type=[word("need_type", one, language) for one in found["need_type"]],
        status=[word("need_step", one, language) for one in found["status"]],
    )


def matches(
    instrument: Instrument, pairs: pd.DataFrame, needs: pd.DataFrame, offers: pd.DataFrame, states: States, language: str = "en"
) -> pd.DataFrame:
    """Rows of `matching.matches` with what both sides say and the reasons in words."""
    mine = needs.drop(columns=["measures", "status", "iso3", "provider"]).rename(columns={"id": "need_id"})
    theirs = offers.drop(columns=["measures", "status", "provider", "need_types", "places"])
    theirs = theirs.rename(columns={"id": "offer_id", "ceiling": "ceiling_amount"})
    found = pairs.rename(columns={"need": "need_id", "offer": "offer_id"})
    found = found.merge(mine.drop(columns="date"), on="need_id", how="left").merge(theirs, on="offer_id", how="left")
    names = {code: states.name(code, language) for code in found["iso3"].unique()}
    reasons = {name: text(f"match.{name}", language) for name in matching.REASONS}
    against = {name: text(f"match.{name}.against", language) for name in matching.REASONS}
    unknown = {name: text(f"match.{name}.unknown", language) for name in ("window", "places_left", "ceiling")}
    return found.assign(
        name=found["iso3"].map(names),
        places_left_n=found["places_free"].astype("Float64").astype("Int64"),
        common_words=_measures(instrument, found["common"], language),
        for_words=_told(found, reasons, matching.FOR),
        against_words=_told(found, against, matching.AGAINST),
        unknown_words=_told(found, unknown, matching.UNKNOWN),
        priority=[word("priority", one, language) for one in found["priority"]],
        need_type=[word("need_type", one, language) for one in found["need_type"]],
    )


def _told(table: pd.DataFrame, words: dict[str, str], mark: int) -> list[str]:
    """The words of the reasons that stand at a mark, row by row."""
    marked = [(table[name] == mark).to_numpy() for name in words]
    said = list(words.values())
    return ["; ".join(said[i] for i, there in enumerate(row) if there) for row in zip(*marked, strict=True)]


def _measures(instrument: Instrument, lists: Sequence[Sequence[str]], language: str) -> list[str]:
    """Lists of measures, each by code and name."""
    return ["; ".join(dict.fromkeys(f"{m} {node_name(instrument, m, language)}" for m in measures)) for measures in lists]


def paid(instrument: Instrument, needs: pd.DataFrame, offers: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """What is under way, funded, promised or done: needs by their status, and committed offers by the places they name."""
    mine = needs[needs["status"].isin(matching.FUNDED)]
    theirs = offers[offers["status"] == "committed"]
    rows = pd.DataFrame(
        {
            "name": [states.name(code, language) for code in mine["iso3"]] + _places(theirs["places"], states, language),
            "measures_words": _measures(instrument, [*mine["measures"], *theirs["measures"]], language),
            "aid": [*mine["need"], *theirs["offer"]],
            "provider": [*mine["provider"], *theirs["provider"]],
            "status": [word("need_step", one, language) for one in mine["status"]] + [word("offer_step", "committed", language)] * len(theirs),
        }
    )  # fmt: skip
    return rows.sort_values(["name", "status"], kind="stable").reset_index(drop=True)


def _places(lists: Sequence[Sequence[str]], states: States, language: str) -> list[str]:
    every = text("filter.all_states", language)
    return [
        "; ".join(one.partition(":")[2] or states.name(one, language) for one in places) if places else every for places in lists
    ]


def overlaps(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `orphans.overlaps` in words."""
    return table.rename(columns={"n": "times"}).assign(
        kind_words=[text("needs.two_needs" if kind == TWO_NEEDS else "needs.two_providers", language) for kind in table["kind"]],
        name=[states.name(code, language) for code in table["iso3"]],
        measure_name=[f"{m} {node_name(instrument, m, language)}" for m in table["measure"]],
        who_words=["; ".join(who) for who in table["who"]],
    )


def without_offer(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `orphans.needs_without_offer` in words."""
    return table.assign(
        name=[states.name(code, language) for code in table["iso3"]],
        measures_words=_measures(instrument, table["measures"], language),
        need_type=[word("need_type", one, language) for one in table["need_type"]],
        priority=[word("priority", one, language) for one in table["priority"]],
    )


def unused(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `orphans.offers_nobody_needs` in words."""
    every = text("needs.any", language)
    return table.assign(
        measures_words=[one or every for one in _measures(instrument, table["measures"], language)],
        types_words=["; ".join(word("need_type", one, language) for one in types) or every for types in table["need_types"]],
        places_words=_places(table["places"], states, language),
    )
