"""What falls between needs and offers: two for the same thing, and nobody for a thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.priorities.matching import NOW, REQUESTED, by_measure, committed
from analysis.states import States

TWO_NEEDS, TWO_PROVIDERS = "needs", "providers"


def overlaps(needs: pd.DataFrame, offers: pd.DataFrame, states: States, codes: Collection[str] | None = None) -> pd.DataFrame:
    """Where two may do the same: a State with two needs for one measure, and a measure of a State with two providers.

    Needs that are done or withdrawn do not count. Providers are those of needs that are funded or under way (several in a cell are divided
    by semicolons) and of committed offers that name the measure and the State.

    codes: the States looked at; all where None.

    Returns
    -------
    One row per overlap: kind (`needs`, `providers`), iso3, measure, n, who (what is asked, or the providers, a list).
    """
    columns = ["kind", "iso3", "measure", "n", "who"]
    live = needs[needs["status"].isin((REQUESTED, *NOW))]
    asked = by_measure(live, ["iso3", "need"]).rename(columns={"need": "who"}).assign(kind=TWO_NEEDS)
    paid = by_measure(live[live["status"].isin(NOW)], ["iso3", "provider"])
    both = pd.concat([paid, committed(offers, states)], ignore_index=True)
    both = both.assign(provider=both["provider"].str.split(";")).explode("provider", ignore_index=True)
    both["who"] = both["provider"].fillna("").str.split().str.join(" ")
    both = both[both["who"] != ""].assign(kind=TWO_PROVIDERS, folded=lambda t: t["who"].str.casefold())
    both = both.drop_duplicates(["iso3", "measure", "folded"])
    rows = pd.concat([asked, both], ignore_index=True)
    found = rows.groupby(["kind", "iso3", "measure"], as_index=False).agg(n=("who", "size"), who=("who", list))
    found = found[(found["n"] > 1) & (True if codes is None else found["iso3"].isin(set(codes)))].sort_values(
        ["kind", "n", "iso3", "measure"], ascending=[False, False, True, True]
    )
    return found[columns].reset_index(drop=True)


def needs_without_offer(needs: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Open needs without any offer that fits; `near`: offers that would fit but for something beside. pairs: of `matching.matches`."""
    waiting = needs[needs["status"] == REQUESTED]
    fitting = set(pairs.loc[pairs["fits"].astype(bool), "need"])
    near = pairs["need"].value_counts()
    found = waiting[~waiting["id"].isin(fitting)]
    return found.assign(near=found["id"].map(near).fillna(0).astype(int)).reset_index(drop=True)


def offers_nobody_needs(offers: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Offers that stand and that no open need could use in the State, kind and measures it is about. pairs: of all States' needs."""
    return offers[(offers["status"] == "open") & ~offers["id"].isin(set(pairs["offer"]))].reset_index(drop=True)


def gaps_nobody_asked_for(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Known gaps of at least one level (100 / n points) that no need names and nobody pays for. table: as `ranking.listed` gives it."""
    large = table["closed"] >= 100 / instrument.max_level - 100 * TOLERANCE
    return table[large & (table["requested"] == 0) & (table["funded"] == "")].reset_index(drop=True)


def supply(needs: pd.DataFrame, offers: pd.DataFrame, instrument: Instrument, codes: Sequence[str] | None = None) -> pd.DataFrame:
    """Open needs and standing offers, counted measure by measure.

    codes: the States whose needs count; all where None.

    Returns
    -------
    One row per measure, in the instrument's order: measure, submodule, measure_type, needs (open ones that name it), offers (standing ones
    that name it; those that name no measure are open to any and counted in none).
    """
    asked = needs[needs["status"] == REQUESTED]
    asked = asked if codes is None else asked[asked["iso3"].isin(set(codes))]
    found = instrument.measures[["node", "submodule", "measure_type"]].rename(columns={"node": "measure"})
    for name, table in (("needs", asked), ("offers", offers[offers["status"] == "open"])):
        found[name] = found["measure"].map(by_measure(table, [])["measure"].value_counts()).fillna(0).astype(int)
    return found.reset_index(drop=True)
