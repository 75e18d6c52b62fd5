"""Residual risk under assumptions about how much upstream and downstream measures do. The assumptions are swept, never estimated.

R = h (1 - eU U)(1 - eD D). One more point upstream lowers R by more than one more point downstream where eU - eD > eU eD (D - U), that is
where D - U < 1/eD - 1/eU: on the plane a line along the diagonal, on the square of the assumptions a curve through its corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.balance.need import weights
from analysis.model import TOLERANCE

Numbers = float | np.ndarray | pd.Series
#: What a range of assumptions says about a State: upstream first in all of it, downstream first in all of it, or it depends.
UPSTREAM, DOWNSTREAM, DEPENDS = "upstream", "downstream", "depends"


@dataclass(frozen=True)
class Sweep:
    """The range over which the assumptions go: (lowest, highest) of eU and of eD, the share (0-1) of the risk that fully mature measures
    take away.

    Raises
    ------
    ValueError
        If a range does not lie in order between 0 (left out) and 1.
    """

    upstream: tuple[float, float] = (0.2, 0.8)
    downstream: tuple[float, float] = (0.2, 0.8)

    def __post_init__(self) -> None:
        for low, high in (self.upstream, self.downstream):
            if not 0 < low <= high <= 1:
                raise ValueError(f"an assumption goes from above 0 to 1 at most; found {low} to {high}")


def residual_risk(upstream: Numbers, downstream: Numbers, eu: Numbers, ed: Numbers, threat: Numbers = 1.0) -> np.ndarray:
    """h (1 - eU U)(1 - eD D), all shares of 0-1. Source: scoring.md section 10 c (oracle `bowtie`)."""
    return np.asarray(threat * (1 - np.multiply(eu, upstream)) * (1 - np.multiply(ed, downstream)))


def marginal_values(
    upstream: Numbers, downstream: Numbers, eu: Numbers, ed: Numbers, threat: Numbers = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """How much R falls per unit of U and of D: (h eU (1 - eD D), h eD (1 - eU U)). Source: scoring.md section 10 c."""
    up = threat * np.multiply(eu, 1 - np.multiply(ed, downstream))
    down = threat * np.multiply(ed, 1 - np.multiply(eu, upstream))
    return np.asarray(up), np.asarray(down)


def even_line(eu: Numbers, difference: float) -> np.ndarray:
    """The eD at which both are worth the same, for each eU and a difference D - U (0-1): eU / (1 + (D - U) eU). Below it: upstream first. Infinite where
    upstream comes first at any eD."""
    eu = np.asarray(eu, dtype=float)
    divisor = 1 + difference * eu
    return np.divide(eu, divisor, out=np.full(divisor.shape, np.inf), where=divisor > TOLERANCE)


def first(difference: Numbers, sweep: Sweep) -> np.ndarray:
    """Which comes first over a whole sweep for differences D - U (0-1): `upstream`, `downstream`, `depends`; "" where it is not known.

    eU - eD - eU eD (D - U) rises with eU and falls with eD, so its ends lie at the corners of the sweep.
    """
    d = np.asarray(difference, dtype=float)
    low, high = sweep.upstream[0], sweep.upstream[1]
    least = low - sweep.downstream[1] - low * sweep.downstream[1] * d
    most = high - sweep.downstream[0] - high * sweep.downstream[0] * d
    found = np.select([least > TOLERANCE, most < -TOLERANCE], [UPSTREAM, DOWNSTREAM], DEPENDS)
    return np.where(np.isnan(d), "", found)


def risks(table: pd.DataFrame, sweep: Sweep, threat: pd.DataFrame | None = None) -> pd.DataFrame:
    """Residual risk of each State and sub-module over a sweep.

    Parameters
    ----------
    table: as `plane.planes` gives it. threat: as in `need.needs`; every risk is multiplied with it, and which side comes first is not moved by it.

    Returns
    -------
    One row per State and sub-module with both scores shown, in the table's order: row, iso3, round, submodule, upstream, downstream
    (0-100), difference (downstream minus upstream, points), threat (0-1), risk_low, risk_high (points of 0-100: the range over the sweep, at the scores),
    risk_least, risk_most (the open questions as well), first (see `first`), even (`upstream`, `downstream` or `depends` if both did as much
    as each other: the lower axis is worth less there, for the two multiply).

    Source: scoring.md section 10 c.
    """
    kept = table.dropna(subset=["upstream", "downstream"]).reset_index(drop=True)
    share = {name: kept[name] / 100 for name in ("upstream", "downstream")}
    share |= {f"{a}{end}": kept[f"{a}{end}"] / 100 for a in ("upstream", "downstream") for end in ("_lower", "_upper")}
    low, high = (sweep.upstream[0], sweep.downstream[0]), (sweep.upstream[1], sweep.downstream[1])
    h = weights(kept, threat)
    found = kept[["row", "iso3", "round", "submodule", "upstream", "downstream"]].copy()
    found["difference"], found["threat"] = kept["downstream"] - kept["upstream"], h
    found["risk_low"] = 100 * residual_risk(share["upstream"], share["downstream"], *high, h)
    found["risk_high"] = 100 * residual_risk(share["upstream"], share["downstream"], *low, h)
    found["risk_least"] = 100 * residual_risk(share["upstream_upper"], share["downstream_upper"], *high, h)
    found["risk_most"] = 100 * residual_risk(share["upstream_lower"], share["downstream_lower"], *low, h)
    found["first"] = first(found["difference"] / 100, sweep)
    side = found["difference"]
    found["even"] = np.select([side < -100 * TOLERANCE, side > 100 * TOLERANCE], [UPSTREAM, DOWNSTREAM], DEPENDS)
    return found


def regions(table: pd.DataFrame, row: int | None = None, steps: int = 60) -> dict[str, list[float]]:
    """The square of the assumptions as lines: `upstream` (eU, 0-1, rising), and the eD (0-1) up to which upstream comes first for `all` States
    and sub-modules of a table, for `some` (at least one), and for `one` (the first of that row of the panel, where it is there).

    table: as `risks` gives it, with one row at least.
    """
    eu = np.linspace(0, 1, steps + 1)
    differences = table["difference"] / 100
    lines = {"all": differences.max(), "some": differences.min()}
    mine = differences[table["row"] == row]
    if len(mine):
        lines["one"] = mine.iloc[0]
    return {"upstream": eu.tolist()} | {name: even_line(eu, d).clip(0, 1).tolist() for name, d in lines.items()}
