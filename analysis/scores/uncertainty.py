"""What could reasonably have been decided otherwise: settings, and the draws of weights, aggregation and value maps that all States share.

"Range over reasonable methods and missing answers", never "confidence interval": nothing was sampled. Answer error, where it is switched on,
usually moves a score more than any choice of weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.scores.plan import Stage

SOURCES = ("weights", "aggregation", "values", "unknown", "error")
#: What is drawn unless a reader decides otherwise; answer error has to be asked for.
DEFAULT_SOURCES = frozenset(SOURCES[:4])
WEIGHT_DRAWS = ("dirichlet", "box")
#: Ways to combine measures and their shares of the draws.
AGGREGATION = {"arithmetic": 0.5, "power": 0.25, "geometric": 0.25}
MOST_DRAWS = 10_000


@dataclass(frozen=True)
class UncertaintySettings:
    """What is varied, how often, from which seed. Hashable, so that it can be a cache key.

    weights: `dirichlet` (spread: coefficient of variation at the mean weight 1/k) or `box` (spread: each weight within that share of
    itself, then scaled to sum to 1). error: share of answers that are one step off, each on its own. shift: probability that all of a
    State's answers are one step off, the same way. confusion: instead of `error`, rows of P(true step | reported step), for answer sets
    with as many steps.
    """

    draws: int = 1000
    seed: int = 2370
    sources: frozenset[str] = DEFAULT_SOURCES
    weights: str = "dirichlet"
    spread: float = 0.25
    error: float = 0.2
    shift: float = 0.2
    confusion: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= MOST_DRAWS:
            raise ValueError(f"draws are 1 to {MOST_DRAWS}; found {self.draws}")
        if self.seed < 0:
            raise ValueError("a seed is not negative")
        if unknown := set(self.sources) - set(SOURCES):
            raise ValueError(f"a source is one of {', '.join(SOURCES)}; found {', '.join(sorted(unknown))}")
        if self.weights not in WEIGHT_DRAWS:
            raise ValueError(f"weights are drawn by {' or '.join(WEIGHT_DRAWS)}; found {self.weights!r}")
        if not 0 < self.spread < 1 or not 0 <= self.error <= 1 or not 0 <= self.shift <= 1:
            raise ValueError("spread lies between 0 and 1, error and shift are shares")
        rows = np.array(self.confusion, dtype=float)
        if self.confusion and (
            rows.ndim != 2 or rows.shape[0] != rows.shape[1] or (rows < 0).any() or abs(rows.sum(axis=1) - 1).max() > 1e-6
        ):
            raise ValueError("a confusion matrix is square and each row sums to 1")

    def generator(self, source: str, *more: int) -> np.random.Generator:
        """The random numbers of one source: switching another source on or off does not change them."""
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence([self.seed, SOURCES.index(source), *more])))


def kappa(children: int, spread: float) -> float:
    """Concentration of Dirichlet weights whose coefficient of variation is `spread` at the mean weight 1/children.

    Var(w) = m (1 - m) / (kappa + 1) at m = 1/k, so kappa = (k - 1) / cv^2 - 1.
    """
    return max((children - 1) / spread**2 - 1, 1e-3)


def drawn_weights(weights: np.ndarray, draws: int, settings: UncertaintySettings, random: np.random.Generator) -> np.ndarray:
    """Weights of one set of siblings (k,), drawn: k x draws, each draw sums to 1 and its mean is the weights' own share."""
    share = weights / weights.sum()
    if len(share) == 1:
        return np.ones((1, draws))
    if settings.weights == "box":
        found = share[:, None] * random.uniform(1 - settings.spread, 1 + settings.spread, (len(share), draws))
    else:
        found = random.standard_gamma(np.broadcast_to(kappa(len(share), settings.spread) * share[:, None], (len(share), draws)))
        found = np.maximum(found, np.finfo(float).tiny)
    return found / found.sum(axis=0)


def drawn_values(values: np.ndarray, draws: int, random: np.random.Generator) -> np.ndarray:
    """An answer set's values (options,) by random monotone spacing: options x draws.

    The order of the options, equal values, the lowest and the highest value stay; the steps between are a Dirichlet draw with their
    own sizes as its mean, flat where all are equal.
    """
    known, place = np.unique(values, return_inverse=True)
    steps = np.diff(known)
    if len(steps) < 2:
        return np.repeat(values[:, None], draws, axis=1)
    shares = random.dirichlet(len(steps) * steps / steps.sum(), draws).T
    above = np.vstack([np.zeros((1, draws)), np.cumsum(shares, axis=0)])
    above[-1] = 1.0
    return (known[0] + (known[-1] - known[0]) * above)[place]


@dataclass(frozen=True, eq=False)
class Methods:
    """One method per draw, the same for every State and year.

    weights: per stage, items x draws, sums to 1 over each node's items. aggregator: name per draw, in runs. values: answer set ->
    options x draws, 0-100. unknown, error: which of each return's own draws goes with it, in order unless said otherwise.
    """

    weights: tuple[np.ndarray, ...]
    aggregator: np.ndarray
    values: dict[str, np.ndarray]
    unknown: np.ndarray | None = None
    error: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.aggregator)


def methods(instrument: Instrument, plan: tuple[Stage, ...], aggregator: str, settings: UncertaintySettings) -> Methods:
    """The drawn methods; a source that is off stands at what the scores were made with."""
    draws = settings.draws
    random = settings.generator("weights")
    weights = []
    for stage in plan:
        found = np.empty((len(stage.items), draws))
        for start, size in zip(stage.starts, stage.sizes, strict=True):
            own = stage.weights[start : start + size]
            if "weights" in settings.sources:
                found[start : start + size] = drawn_weights(own, draws, settings, random)
            else:
                found[start : start + size] = (own / own.sum())[:, None]
        weights.append(found)
    ways = np.full(draws, aggregator, dtype=object)
    if "aggregation" in settings.sources:
        ways = settings.generator("aggregation").choice(list(AGGREGATION), draws, p=list(AGGREGATION.values())).astype(object)
        ways.sort()  # draws are exchangeable; in runs they are worked on together
    random = settings.generator("values")
    values = {}
    for name, rows in instrument.options.items():
        own = rows["value"].to_numpy(dtype=float)
        varied = drawn_values(own, draws, random) if "values" in settings.sources else np.repeat(own[:, None], draws, axis=1)
        values[name] = 100 * varied
    return Methods(tuple(weights), ways, values)


def region_bounds(lower: pd.Series | np.ndarray, upper: pd.Series | np.ndarray, states: int) -> tuple[float, float]:
    """Bounds of a region's mean: reporting States at their own bounds, the other States anywhere from 0 to 100.

    lower, upper: of the States with a return, 0-100 (the score twice where nothing is open). states: all States of the region.

    Source: Manski (1989), worst-case bounds.
    """
    lower, upper = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    if states < len(lower) or states < 1:
        raise ValueError(f"a region of {states} States can't hold {len(lower)} returns")
    return float(lower.sum() / states), float((upper.sum() + 100 * (states - len(upper))) / states)
