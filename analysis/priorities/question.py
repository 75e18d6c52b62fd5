"""What a portfolio is asked for: the gaps that can be closed, what closing them is worth, the packages, and the limits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.priorities.packages import Packages

#: Which gap counts: as the score says, or the least and the most that the open questions allow.
GAPS = ("gap", "gap_low", "gap_high")


@dataclass(frozen=True, eq=False)
class Floor:
    """A share (0-1) of the budget that has to go to some States (a truth value each). code: what it is called."""

    code: str
    members: np.ndarray
    share: float


@dataclass(frozen=True, eq=False)
class Limits:
    """What bounds a choice. Amounts are those of `Packages.cost`.

    each: packages that one State may get at most; ceiling: money that may go to one State; None: no such cap. flagged: States that must
    get at least one package (a truth value each).
    """

    budget: float
    each: int | None = None
    ceiling: float | None = None
    floors: tuple[Floor, ...] = ()
    flagged: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """A choice of (State, package) pairs to be made.

    room: points that can be closed, States x measures (0 where no gap is known). worth: what a point closed is worth, the same shape.
    eligible, must: States x packages; a package that must be in brings its prerequisites.
    """

    codes: tuple[str, ...]
    packages: Packages
    room: np.ndarray
    worth: np.ndarray
    eligible: np.ndarray
    must: np.ndarray
    limits: Limits = field(default_factory=lambda: Limits(0.0))

    @cached_property
    def open(self) -> np.ndarray:
        """Pairs that are eligible with all they need."""
        return self.eligible & ~((~self.eligible) @ self.packages.needs.T)

    @cached_property
    def useful(self) -> np.ndarray:
        """Pairs that are open and would close some of a gap that counts."""
        return self.open & ((self.room * self.worth > 0) @ (self.packages.lift > 0).T)

    @cached_property
    def allowed(self) -> np.ndarray:
        """Pairs worth choosing among: open, and of some use, or needed by one that is, or asked for."""
        useful = self.useful | self.open & self.must
        return self.open & (useful | useful @ self.packages.needs)

    @cached_property
    def wanted(self) -> np.ndarray:
        """Pairs that must be in, with what they need."""
        return self.must | self.must @ self.packages.needs

    @cached_property
    def mark(self) -> str:
        """Changes when anything about the question does."""
        digest, limits = hashlib.sha256(), self.limits
        arrays = [self.room, self.worth, self.eligible, self.must, self.packages.lift, self.packages.cost, self.packages.needs]
        arrays += [] if limits.flagged is None else [limits.flagged]
        for array in arrays:
            digest.update(repr(array.shape).encode() + array.tobytes())
        told = (self.codes, self.packages.ids, limits.budget, limits.each, limits.ceiling)
        told += tuple((floor.code, floor.share, floor.members.tobytes()) for floor in limits.floors)
        digest.update(repr(told).encode())
        return digest.hexdigest()[:16]

    @cached_property
    def whole(self) -> float:
        """What all gaps are worth: points, each by its worth, in the unit of `value`."""
        return float((self.room * self.worth).sum())

    @cached_property
    def weighted(self) -> bool:
        """Whether any point of gap counts for more or less than one."""
        return bool((self.worth[self.room > 0] != 1).any())

    def value(self, chosen: np.ndarray) -> float:
        """What a choice (States x packages) closes: points, each by its worth."""
        return float((self.worth * self.closed(chosen)).sum())

    def closed(self, chosen: np.ndarray) -> np.ndarray:
        """Points closed by a choice: States x measures. More lift than there is gap closes no more than the gap."""
        return np.minimum(self.room, chosen.astype(float) @ self.packages.lift)

    def cost(self, chosen: np.ndarray) -> float:
        """Money that a choice takes."""
        return float((chosen @ self.packages.cost).sum())

    def with_limits(self, **changes: object) -> Question:
        """The same question under other limits."""
        return replace(self, limits=replace(self.limits, **changes))


def question(
    table: pd.DataFrame,
    packages: Packages,
    limits: Limits,
    *,
    which: str = "gap",
    importance: Mapping[str, float] | None = None,
    threat: Mapping[tuple[str, str], float] | pd.Series | None = None,
    factors: Sequence[str] = (),
    eligible: np.ndarray | None = None,
    must: np.ndarray | None = None,
    codes: Sequence[str] | None = None,
) -> Question:
    """A question from a table of gaps.

    Parameters
    ----------
    table: as `gaps.gaps` gives it (iso3, measure, gap, gap_low, gap_high); one row per State and measure. which: one of `GAPS`.
    Where the score is not shown, `gap` is the least that is certain (`gap_low`), as in `gaps.known_gaps`; what only open questions may
    hold is none to be closed: they are asked first. importance: measure -> weight, default 1. threat:
    (iso3, measure) -> 0-1, default 1. factors: columns of the table that a point's worth is multiplied with, such as `threat` of a table of
    valued gaps. codes: the States in the order of the arrays, by default those of the table.

    Raises
    ------
    ValueError
        If a State has a measure twice, or a weight is negative.

    Source: scoring.md section 9.
    """
    if which not in GAPS:
        raise ValueError(f"a gap is one of {', '.join(GAPS)}; found {which!r}")
    if table.duplicated(["iso3", "measure"]).any():
        raise ValueError("the table of gaps has a State and measure twice")
    codes = tuple(sorted(table["iso3"].unique()) if codes is None else codes)
    row, column = {code: i for i, code in enumerate(codes)}, {m: j for j, m in enumerate(packages.measures)}
    at = table["iso3"].map(row).to_numpy(), table["measure"].map(column).to_numpy()
    room, worth = np.zeros((len(codes), len(column))), np.ones((len(codes), len(column)))
    size = table["gap"].fillna(table["gap_low"]) if which == "gap" else table[which]
    room[at] = size.fillna(0.0).to_numpy(dtype=float)
    worth *= np.array([float((importance or {}).get(m, 1.0)) for m in packages.measures])
    for (iso3, measure), value in dict(threat if threat is not None else {}).items():
        if iso3 in row and measure in column:
            worth[row[iso3], column[measure]] *= float(value)
    for factor in factors:
        worth[at] *= table[factor].to_numpy(dtype=float)
    if not (worth >= 0).all():
        raise ValueError("importance, threat and other factors are numbers that are not negative")
    every = np.ones((len(codes), len(packages)), dtype=bool)
    eligible, must = every if eligible is None else eligible, ~every if must is None else must
    return Question(codes, packages, room, worth, eligible, must, limits)


def least_mature(table: pd.DataFrame, codes: Sequence[str], share: float = 0.25) -> np.ndarray:
    """Which States belong to the least mature share: a truth value each, by the mean score of the measures in the table.

    At least one State, ties at the end included; a State without a score shown is not among them.
    """
    means = table.groupby("iso3")["score"].mean().reindex(codes)
    known = means.dropna().sort_values()
    if known.empty:
        return np.zeros(len(codes), dtype=bool)
    last = known.iloc[max(1, int(len(known) * share)) - 1]
    return (means <= last + 1e-9).fillna(False).to_numpy(dtype=bool)
