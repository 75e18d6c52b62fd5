"""Needs and offers: which offer could meet which need, with the reasons for and against; what is under way; overlaps and orphans.

A match is a proposal for people to look at. What an offer demands of its applicants is shown as it was written and never interpreted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis.states import States

OFFERED = "offered"  # an offer is committed that names the measure and the State
NOW = ("under_way", "funded")  # a need's status where somebody pays for it at present
#: What is paid for already, in the order it is told of a measure of which several are true.
FUNDED = (*NOW, OFFERED, "done")
REQUESTED = "requested"
#: Reasons, in the order they are told. Each may speak for a match, against it, or not be known.
REASONS = ("measures", "type", "place", "window", "places_left", "ceiling", "not_funded")
#: Reasons without which a pair is no match at all; what else speaks against it is told beside.
DECISIVE = ("measures", "type", "place")
FOR, AGAINST, UNKNOWN = 1, -1, 0
DAYS_A_MONTH = 30.4375
#: Seconds for the needs met at the same time, while a page waits; a bound that is never exceeded is given where they do not suffice.
SECONDS = 0.15

NEED_COLUMNS = ["id", "iso3", "date", "need", "need_type", "measures", "priority", "cost_band", "months", "status", "provider"]
OFFER_COLUMNS = ["id", "provider", "offer", "measures", "need_types", "places", "date_from", "date_to", "ceiling", "places_most"]
OFFER_COLUMNS += ["eligibility", "status"]


STANDING = {"iso3": "str", "measure": "str", "requested": "int64", "funded": "str"}


def needs_table(bodies: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Records of the register of needs as a table (`NEED_COLUMNS`); lists stay lists, what is empty is "" or NA."""
    return _table(bodies, NEED_COLUMNS, lists=("measures",), numbers=("months",))


def offers_table(bodies: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Records of the register of offers as a table (`OFFER_COLUMNS`)."""
    return _table(bodies, OFFER_COLUMNS, lists=("measures", "need_types", "places"), numbers=("ceiling", "places_most"))


def _table(bodies: Iterable[Mapping], columns: list[str], lists: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    bodies = list(bodies)
    table: dict[str, object] = {}
    for name in columns:
        values = [body.get(name) for body in bodies]
        if name in numbers:
            table[name] = np.array([np.nan if v is None else v for v in values], dtype=float)
        elif name in lists:
            table[name] = pd.Series([v or [] for v in values], dtype=object)
        else:
            table[name] = pd.array(["" if v is None or v != v else str(v) for v in values], dtype="str")
    return pd.DataFrame(table)


def by_measure(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """A row for each measure that a row names: some columns, and measure."""
    each = np.repeat(np.arange(len(table)), [len(measures) for measures in table["measures"]])
    named = pd.Series([m for measures in table["measures"] for m in measures], dtype="str")
    return table[list(columns)].iloc[each].reset_index(drop=True).assign(measure=named)


def standing(needs: pd.DataFrame, offers: pd.DataFrame, states: States) -> pd.DataFrame:
    """What is asked and what is paid for already, State by State and measure by measure.

    A committed offer counts for the measures and places it names; one that names no measure or no place counts for none, since nobody
    can tell for which.

    Returns
    -------
    One row per (State, measure) that a need or a committed offer names: iso3, measure, requested (open needs), funded (the first of
    `FUNDED` that is true; "" where none is).
    """
    if needs.empty and offers.empty:
        return pd.DataFrame({name: pd.array([], dtype=kind) for name, kind in STANDING.items()})
    asked = by_measure(needs, ["iso3", "status"])
    promised = committed(offers, states)[["iso3", "measure"]].assign(status=OFFERED)
    rows = pd.concat([asked, promised], ignore_index=True)
    order = list(FUNDED)
    rows["requested"] = (rows["status"] == REQUESTED).astype(int)
    rows["step"] = rows["status"].map({name: i for i, name in enumerate(order)}).fillna(len(order))
    found = rows.groupby(["iso3", "measure"], as_index=False).agg(requested=("requested", "sum"), step=("step", "min"))
    found["funded"] = pd.Series([[*order, ""][int(step)] for step in found["step"]], index=found.index, dtype="str")
    return found.drop(columns="step")


def carried(needs: pd.DataFrame) -> pd.Series:
    """How many needs of each State somebody pays for or carries out now, by iso3; a State without any is left out."""
    return needs.loc[needs["status"].isin(NOW), "iso3"].value_counts().sort_index()


def committed(offers: pd.DataFrame, states: States) -> pd.DataFrame:
    """What committed offers name, a row for each State and measure: iso3, measure, provider."""
    promised = offers[offers["status"] == "committed"]
    whom = [sorted(served(places, states)) if places else [] for places in promised["places"]]
    each = promised.iloc[np.repeat(np.arange(len(promised)), [len(codes) for codes in whom])]
    each = each.assign(iso3=[code for codes in whom for code in codes])
    return by_measure(each, ["iso3", "provider"])[["iso3", "measure", "provider"]]


def served(places: Sequence[str], states: States) -> set[str]:
    """The States that a list of places (codes and `kind:group`) stands for; all of them for an empty list."""
    if not places:
        return states.members("")
    return {code for one in places for code in (states.members(one) if ":" in one else [one])}


def matches(
    needs: pd.DataFrame, offers: pd.DataFrame, states: States, today: dt.date, bands: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Every pair of an open need and an offer that still stands in which nothing decisive speaks against it.

    Reasons: `measures` (one of the need's is among the offer's, or the offer names none), `type`, `place` (the same; these three decide),
    `window` (the offer is open today or later, and long enough for the need's months), `places_left` (see the function of that name),
    `ceiling` (the amount that the need's cost band stands for lies within it), `not_funded` (no need of the State for one of these measures
    is funded or under way, and no committed offer names both). `window`, `places_left` and `ceiling` are not known where nothing is written.

    Parameters
    ----------
    needs, offers: all there are, of every State: what is taken and what is paid for is counted over them.
    bands: cost band -> the amount it stands for, in the unit of the ceilings (thousands of US dollars); None: not known.

    Returns
    -------
    One row per pair, fewest reasons against first: need, offer (ids), iso3, provider, common (measures of both, a list; the need's where the
    offer names none), a column per reason (1 for, -1 against, 0 not known), against (how many), fits (none against), places_free
    (`places_left`).
    """
    open_needs = needs[needs["status"] == REQUESTED].reset_index(drop=True)
    standing_offers = offers[offers["status"] == "open"].reset_index(drop=True)
    columns = ["need", "offer", "iso3", "provider", "common", *REASONS, "against", "fits", "places_free"]
    if open_needs.empty or standing_offers.empty:
        return pd.DataFrame(columns=columns)
    decided = _decisive(open_needs, standing_offers, states)
    n, o = np.nonzero(np.logical_and.reduce([decided[name] for name in DECISIVE]))
    left, right = open_needs.iloc[n].reset_index(drop=True), standing_offers.iloc[o].reset_index(drop=True)
    found = pd.DataFrame({"need": left["id"], "offer": right["id"], "iso3": left["iso3"], "provider": right["provider"]})
    found["common"] = [_common(a, b) for a, b in zip(left["measures"], right["measures"], strict=True)]
    for name in DECISIVE:
        found[name] = FOR
    found["window"] = _window(left, right, today)
    promised = committed(offers, states)
    found["places_free"] = places_left(needs, standing_offers, promised).to_numpy().take(o)
    found["places_left"] = _there(found["places_free"].to_numpy())
    cost = left["cost_band"].map(dict(bands or {})).astype(float)
    known = cost.notna() & right["ceiling"].notna()
    found["ceiling"] = np.where(~known, UNKNOWN, np.where(cost <= right["ceiling"], FOR, AGAINST))
    paid = _paid(needs, promised)
    found["not_funded"] = [
        AGAINST if any((iso3, m) in paid for m in common) else FOR
        for iso3, common in zip(found["iso3"], found["common"], strict=True)
    ]
    found["against"] = (found[list(REASONS)] == AGAINST).sum(axis=1)
    found["fits"] = found["against"] == 0
    known = (found[list(REASONS)] == FOR).sum(axis=1)
    order = found.assign(known=known).sort_values(["against", "known", "need", "offer"], ascending=[True, False, True, True])
    return order[columns].reset_index(drop=True)


def together(pairs: pd.DataFrame) -> int:
    """How many open needs can be met at the same time, each by one offer that fits it: the most there is.

    An offer serves no more States than it has places left; several needs of one State take one of its places, as `places_left` counts them.
    Where no number of places is written, there is no limit. Ceilings and time bear on each pair by itself and are part of its fitting.

    Parameters
    ----------
    pairs: as `matches` gives them. Those that do not fit are left aside.

    Source: a maximum assignment, by scipy.optimize.milp (HiGHS). Should its time run out, the number is one that is never exceeded.
    """
    fitting = pairs[pairs["fits"].astype(bool)]
    free = set(fitting.loc[fitting["places_free"].isna(), "need"])
    rest = fitting[~fitting["need"].isin(free)].reset_index(drop=True)
    return len(free) + (_assigned(rest) if len(rest) else 0)


def _assigned(pairs: pd.DataFrame) -> int:
    """The same for offers that all have a number of places. Variables: a yes or no for each pair, then one for each place taken (offer and State)."""
    need, offer = pd.factorize(pairs["need"])[0], pd.factorize(pairs["offer"])[0]
    place, places = pd.factorize(pd.MultiIndex.from_arrays([offer, pairs["iso3"]]))
    n, m = len(pairs), len(places)
    at, ones = np.arange(n), np.ones(n)
    once = csr_array((ones, (need, at)), shape=(need.max() + 1, n + m))
    taken = csr_array((np.concatenate([ones, -ones]), (np.tile(at, 2), np.concatenate([at, n + place]))), shape=(n, n + m))
    offers = np.array([number for number, _ in places])
    within = csr_array((np.ones(m), (offers, n + np.arange(m))), shape=(offer.max() + 1, n + m))
    left = pairs["places_free"].astype(float).groupby(offer).first().to_numpy()
    limits = [LinearConstraint(once, ub=1), LinearConstraint(taken, ub=0), LinearConstraint(within, ub=left)]
    objective = np.concatenate([-ones, np.zeros(m)])
    found = milp(objective, integrality=np.ones(n + m), bounds=Bounds(0, 1), constraints=limits, options={"time_limit": SECONDS})
    bound = -float(need.max() + 1) if found.mip_dual_bound is None else max(found.mip_dual_bound, -float(need.max() + 1))
    return int(np.floor(-bound + 1e-6))


def _decisive(needs: pd.DataFrame, offers: pd.DataFrame, states: States) -> dict[str, np.ndarray]:
    """Needs x offers: whether each decisive reason speaks for the pair."""
    names = sorted({m for measures in [*needs["measures"], *offers["measures"]] for m in measures})
    wanted = np.array([[m in measures for m in names] for measures in needs["measures"]], dtype=int)
    given = np.array([[not measures or m in measures for m in names] for measures in offers["measures"]], dtype=int)
    kinds = [[not types or kind in types for types in offers["need_types"]] for kind in needs["need_type"]]
    members = {tuple(places): served(places, states) for places in offers["places"]}
    open_to = [members[tuple(places)] for places in offers["places"]]
    places = [[iso3 in codes for codes in open_to] for iso3 in needs["iso3"]]
    return {"measures": wanted @ given.T > 0, "type": np.array(kinds), "place": np.array(places)}


def _common(wanted: Sequence[str], given: Sequence[str]) -> list[str]:
    return [m for m in wanted if not given or m in given]


def _window(needs: pd.DataFrame, offers: pd.DataFrame, today: dt.date) -> np.ndarray:
    """Whether what is left of the offer's time is long enough."""
    end = pd.to_datetime(offers["date_to"].where(offers["date_to"] != ""))
    begin = pd.to_datetime(offers["date_from"].where(offers["date_from"] != "")).fillna(pd.Timestamp(today))
    days = (end - begin.clip(lower=pd.Timestamp(today))).dt.days
    short = (days < 0) | (days < needs["months"].fillna(0).to_numpy() * DAYS_A_MONTH)
    return np.where(end.isna(), UNKNOWN, np.where(short, AGAINST, FOR))


def _paid(needs: pd.DataFrame, promised: pd.DataFrame) -> set[tuple[str, str]]:
    """(State, measure) that somebody funds or carries out now, or is committed to. promised: as `committed` gives it."""
    rows = pd.concat([by_measure(needs[needs["status"].isin(NOW)], ["iso3"]), promised[["iso3", "measure"]]])
    return set(rows.itertuples(index=False, name=None))


def places_left(needs: pd.DataFrame, offers: pd.DataFrame, promised: pd.DataFrame) -> pd.Series:
    """How many more States each offer can serve: `places_most` less the States that its provider serves already for one of its measures.

    A State is served where a funded need of its names the provider (several in a cell are divided by semicolons), and where a committed
    offer of the provider's names it.

    Parameters
    ----------
    needs: all there are, of every State. promised: as `committed` gives it, of all offers.

    Returns
    -------
    A number beside each offer, never below 0; NA where the offer names no number.
    """
    paid = by_measure(needs[needs["status"].isin(FUNDED)], ["iso3", "provider"])
    serving: dict[str, list[tuple[str, str]]] = {}
    for iso3, providers, measure in pd.concat([paid, promised])[["iso3", "provider", "measure"]].itertuples(
        index=False, name=None
    ):
        for provider in providers.split(";"):
            serving.setdefault(_folded(provider), []).append((iso3, measure))
    left = []
    for provider, measures, most in zip(offers["provider"], offers["measures"], offers["places_most"], strict=True):
        mine = {iso3 for iso3, measure in serving.get(_folded(provider), []) if not measures or measure in measures}
        left.append(max(0.0, most - len(mine)))
    return pd.Series(left, index=offers.index, dtype=float).where(offers["places_most"].notna())


def _there(left: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(left), UNKNOWN, np.where(left > 0, FOR, AGAINST))


def _folded(provider: str) -> str:
    """A provider's name but for case and spaces: two who are written alike are one."""
    return " ".join(provider.split()).casefold()
