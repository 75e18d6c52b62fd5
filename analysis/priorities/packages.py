"""The library of assistance packages: what each would lift, what it costs, how long it takes, and where it can be had.

The shipped kinds stand in `data/packages`; their costs and lifts are invented. What an office keeps of its own (records of the kind
`package`) stands beside them, and in place of a shipped one of the same id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from analysis.instrument import ROOT, Instrument
from analysis.instrument.rows import rows_of
from analysis.registers import PACKAGES, cost_bands
from analysis.states import States

FOLDER = ROOT / "data" / "packages"
OFFERED = "offered"
#: Whose a package's assumptions are: what is shipped, an office's own, or its own but for the shipped lift, cost, or both of them.
IS_SHIPPED, OWN, OWN_LIFT, OWN_COST, OWN_BOTH = "shipped", "own", "own_lift", "own_cost", "own_both"
#: Why a package of the library can't be chosen.
UNKNOWN_PREREQUISITE, LOOP, NO_MEASURE = "unknown_prerequisite", "loop", "no_measure"


@dataclass(frozen=True, eq=False)
class Packages:
    """Kinds of package that can be chosen, made ready for arithmetic.

    ids, names: one a package. measures: the instrument's, in its order. lift: points of 0-100, packages x measures. cost: thousands
    (packages,). months: duration, 0 where it is not said. needs: packages x packages, True where the row's package needs the column's
    first, all the way down. places: codes of States and groups it is restricted to; empty: everywhere. own: kept by the office, and
    not what is shipped.
    left: id -> why it can't be chosen.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    measures: tuple[str, ...]
    lift: np.ndarray
    cost: np.ndarray
    months: np.ndarray
    needs: np.ndarray
    places: tuple[tuple[str, ...], ...]
    own: np.ndarray
    left: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def number(self) -> dict[str, int]:
        """Id -> place."""
        return {name: i for i, name in enumerate(self.ids)}

    def eligible(self, codes: Sequence[str], states: States) -> np.ndarray:
        """Where each package may be given: States x packages."""
        found = np.ones((len(codes), len(self)), dtype=bool)
        for k, places in enumerate(self.places):
            if places:
                members = set().union(*({p} if p in states else states.members(p) for p in places))
                found[:, k] = [code in members for code in codes]
        return found


@cache
def shipped() -> tuple[Mapping[str, object], ...]:
    """The shipped packages, each in the form a register keeps (a column without a value is left out)."""
    found = []
    for row in rows_of(FOLDER / "packages.csv"):
        body: dict[str, object] = {}
        for column in PACKAGES.columns:
            value = row[column.name]
            if value:
                listed = [part.strip() for part in value.split(";")]
                number = (int(value) if column.whole else float(value)) if column.type == "number" else value
                body[column.name] = listed if column.several else number
        found.append(body)
    return tuple(found)


def bodies(kept: Iterable[Mapping[str, object]] = ()) -> list[Mapping[str, object]]:
    """The whole library as a register's rows: the shipped packages, an office's own in place of those of the same id or after them."""
    found = {str(body["id"]): body for body in shipped()}
    found |= {str(body["id"]): body for body in kept}
    return list(found.values())


def origin(body: Mapping[str, object]) -> str:
    """Whose a package's assumptions are: one of `IS_SHIPPED`, `OWN`, `OWN_LIFT`, `OWN_COST`, `OWN_BOTH`.

    A package that says what the shipped one of its id says is the shipped one, whoever keeps it. Of a changed one the lift counts as the
    shipped (invented) one while either of its two numbers is, the cost while the office has given neither a cost nor another band.
    """
    before = next((one for one in shipped() if one["id"] == body["id"]), None)
    if before is None:
        return OWN
    if dict(body) == dict(before):
        return IS_SHIPPED
    lift = any(name in body and body[name] == before.get(name) for name in ("lift", "lift_also"))
    cost = all(body.get(name) == before.get(name) for name in ("cost_band", "cost"))
    return {(True, True): OWN_BOTH, (True, False): OWN_LIFT, (False, True): OWN_COST}.get((lift, cost), OWN)


def library(kept: Iterable[Mapping[str, object]], instrument: Instrument, bands: Mapping[str, float] | None = None) -> Packages:
    """The packages that can be chosen for an instrument.

    Parameters
    ----------
    kept: bodies of the records of kind `package`. bands: cost band -> amount, by default the shipped ones; a package's own cost
    counts before its band.

    Withdrawn packages are left out, and so is one that lifts no measure of this instrument, whose prerequisite is not to be had, or
    whose prerequisites run in a circle: `left` says why.
    """
    kept = list(kept)
    own = {str(body["id"]) for body in kept if origin(body) != IS_SHIPPED}
    bands = cost_bands() if bands is None else bands
    measures = tuple(instrument.measures["node"])
    column = {measure: i for i, measure in enumerate(measures)}
    offered = {str(body["id"]): body for body in bodies(kept) if body.get("status", OFFERED) == OFFERED}
    lifts = {name: _lift(body, column) for name, body in offered.items()}
    direct = {name: prerequisites(body) for name, body in offered.items()}
    left = _left(direct, {name for name, lift in lifts.items() if lift.any()})
    ids = [name for name in offered if name not in left]
    place = {name: i for i, name in enumerate(ids)}
    needs = np.zeros((len(ids), len(ids)), dtype=bool)
    for name in ids:
        needs[place[name], [place[other] for other in _all_needed(name, direct)]] = True
    chosen = [offered[name] for name in ids]
    return Packages(
        ids=tuple(ids),
        names=tuple(str(body["package"]) for body in chosen),
        measures=measures,
        lift=np.array([lifts[name] for name in ids]).reshape(len(ids), len(measures)),
        cost=np.array([float(body.get("cost", bands.get(str(body["cost_band"]), 0.0))) for body in chosen], dtype=float),
        months=np.array([int(body.get("months", 0)) for body in chosen], dtype=int),
        needs=needs,
        places=tuple(tuple(body.get("places", ())) for body in chosen),
        own=np.array([name in own for name in ids], dtype=bool),
        left=left,
    )


def prerequisites(body: Mapping[str, object]) -> list[str]:
    """The ids that a package names as its prerequisites."""
    return [part.strip() for part in str(body.get("prerequisites", "")).split(";") if part.strip()]


def _lift(body: Mapping[str, object], column: Mapping[str, int]) -> np.ndarray:
    """Points by measure; a measure that stands in both lists gets the larger lift."""
    found = np.zeros(len(column))
    for names, points in (("measures", "lift"), ("also", "lift_also")):
        for measure in body.get(names, ()):
            if measure in column:
                found[column[measure]] = max(found[column[measure]], float(body.get(points, 0.0)))
    return found


def _all_needed(name: str, direct: Mapping[str, list[str]]) -> set[str]:
    """Every package that has to come before one, itself left out unless they run in a circle."""
    found, waiting = set(), list(direct[name])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += direct.get(other, [])
    return found


def _left(direct: Mapping[str, list[str]], lifting: set[str]) -> dict[str, str]:
    """Why a package can't be chosen, by id."""
    left = {name: NO_MEASURE for name in direct if name not in lifting}
    for name in direct.keys() - left.keys():
        needed = _all_needed(name, direct)
        if name in needed:
            left[name] = LOOP
        elif any(left.get(other) == NO_MEASURE or other not in direct for other in needed):
            left[name] = UNKNOWN_PREREQUISITE
    for name in direct.keys() - left.keys():  # what needs a package that can't be chosen can't be either
        if any(other in left for other in _all_needed(name, direct)):
            left[name] = UNKNOWN_PREREQUISITE
    return {name: left[name] for name in direct if name in left}
