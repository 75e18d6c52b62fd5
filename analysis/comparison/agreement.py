"""How far two readings of the same thing agree: bias and its limits, agreement of answers, kappa, ICC. Plain statistics on arrays.

Nothing here decides whether there is enough to say anything: see `readings.MINIMUM`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

WIDE = 1.96  # standard deviations on either side of the bias (Bland and Altman)
WEIGHTS = ("none", "linear", "quadratic")


def differences(own: np.ndarray, other: np.ndarray) -> pd.DataFrame:
    """Bias, limits of agreement and slope of paired readings, column by column.

    Parameters
    ----------
    own, other: pairs x columns, NaN where a reading is missing; a pair without both is left out.

    Returns
    -------
    One row per column: n, bias (mean of own - other), sd (n - 1), low, high (95 % interval of the bias, Student's t), limit_low,
    limit_high (bias -+ 1.96 sd), slope (least squares, of the difference on the mean of both), slope_low, slope_high (95 %). NaN where
    too few pairs, or pairs that do not vary, leave one undefined.

    Raises
    ------
    ValueError
        If the two are not of one shape.

    Source
    ------
    Bland and Altman, Lancet 327 (1986) (oracle `bland_altman_5`).
    """
    own, other = np.asarray(own, dtype=float), np.asarray(other, dtype=float)
    if own.shape != other.shape or own.ndim != 2:
        raise ValueError("two readings are arrays of pairs x columns of one shape")
    apart, middle = own - other, (own + other) / 2
    there = ~np.isnan(apart)
    n = there.sum(axis=0)
    bias = _divided(np.where(there, apart, 0).sum(axis=0), n)
    y, x = np.where(there, apart - bias, 0), np.where(there, middle, 0)
    x = np.where(there, x - _divided(x.sum(axis=0), n), 0)
    syy, sxx, sxy = (y**2).sum(axis=0), (x**2).sum(axis=0), (x * y).sum(axis=0)
    sd = np.sqrt(_divided(syy, n - 1))
    half = _quantile(n - 1) * sd / np.sqrt(np.maximum(n, 1))
    slope = _divided(sxy, np.where(sxx > 1e-9, sxx, 0))
    left = np.clip(syy - np.nan_to_num(slope) * sxy, 0, None)
    error = _quantile(n - 2) * np.sqrt(_divided(_divided(left, n - 2), sxx))
    found = {"n": n, "bias": bias, "sd": sd, "low": bias - half, "high": bias + half}
    found |= {"limit_low": bias - WIDE * sd, "limit_high": bias + WIDE * sd}
    return pd.DataFrame(found | {"slope": slope, "slope_low": slope - error, "slope_high": slope + error})


def icc(ratings: np.ndarray) -> dict[str, float]:
    """Intraclass correlations of complete ratings (subjects x raters), single and average, in McGraw and Wong's names.

    Returns
    -------
    ICC(1,1) (raters drawn anew for each subject), ICC(A,1) (agreement), ICC(C,1) (consistency: a rater's constant lead does not count),
    and the same of the raters' mean: ICC(1,k), ICC(A,k), ICC(C,k). NaN below two subjects or raters, and where nothing varies.

    Source
    ------
    Shrout and Fleiss, Psychological Bulletin 86 (1979) (oracle `icc_shrout_fleiss`).
    """
    ratings = np.asarray(ratings, dtype=float)
    n, k = ratings.shape
    names = ("ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)")
    if n < 2 or k < 2 or np.ptp(ratings) == 0:
        return dict.fromkeys(names, np.nan)
    subject, rater, mean = ratings.mean(axis=1), ratings.mean(axis=0), ratings.mean()
    between = k * ((subject - mean) ** 2).sum()
    raters = n * ((rater - mean) ** 2).sum()
    total = ((ratings - mean) ** 2).sum()
    bms, wms = between / (n - 1), (total - between) / (n * (k - 1))
    jms, ems = raters / (k - 1), (total - between - raters) / ((n - 1) * (k - 1))
    over = [
        (bms - wms, bms + (k - 1) * wms),
        (bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        (bms - ems, bms + (k - 1) * ems),
        (bms - wms, bms),
        (bms - ems, bms + (jms - ems) / n),
        (bms - ems, bms),
    ]
    return {name: float(a / b) if abs(b) > 1e-12 else np.nan for name, (a, b) in zip(names, over, strict=True)}


def kappa(tables: np.ndarray, weights: str = "quadratic") -> np.ndarray:
    """Cohen's kappa of tables of counts (... x levels x levels, own reading down); NaN where chance leaves nothing to disagree about.

    Raises
    ------
    ValueError
        If the weights are none of `WEIGHTS`.

    Source
    ------
    Cohen, Psychological Bulletin 70 (1968): 1 - observed / expected weighted disagreement (oracle `kappa_5x5`).
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights are one of {', '.join(WEIGHTS)}; found {weights!r}")
    tables = np.asarray(tables, dtype=float)
    levels = np.arange(tables.shape[-1])
    apart = np.abs(levels[:, None] - levels[None, :]).astype(float)
    cost = {"none": (apart > 0).astype(float), "linear": apart, "quadratic": apart**2}[weights]
    n = tables.sum(axis=(-2, -1))
    down, across = tables.sum(axis=-1), tables.sum(axis=-2)
    expected = _divided(np.einsum("...i,ij,...j->...", down, cost, across), n)
    observed = (tables * cost).sum(axis=(-2, -1))
    return 1 - _divided(observed, np.where(expected > 1e-12, expected, 0))


def kappa_interval(tables: np.ndarray, weights: str = "quadratic") -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of kappa over groups of pairs: the jackknife, one whole group left out at a time, with Student's t.

    Answers of one State resemble each other; an interval that took each as a draw of its own would be too short.

    Parameters
    ----------
    tables: groups x ... x levels x levels, the counts of each group. A group without a pair is none.

    Returns
    -------
    (low, high), each of the shape between groups and levels; NaN below two groups.

    Source
    ------
    Efron and Stein, Annals of Statistics 9 (1981); delete-one-group jackknife.
    """
    tables = np.asarray(tables, dtype=float)
    there = tables.sum(axis=(-2, -1)) > 0
    groups = there.sum(axis=0)
    whole = tables.sum(axis=0)
    left_out = np.where(there, kappa(whole - tables, weights), np.nan)
    defined = np.isnan(left_out).sum(axis=0) == len(tables) - groups
    centre = _divided(np.nansum(left_out, axis=0), groups)
    spread = np.nansum((left_out - centre) ** 2, axis=0)
    error = np.sqrt(_divided(spread * (groups - 1), groups))
    half = np.where(defined & (groups > 1), _quantile(groups - 1) * error, np.nan)
    found = kappa(whole, weights)
    return found - half, found + half


def shares(tables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(exact, within one level) shares of agreement of tables of counts (... x levels x levels); NaN without a pair."""
    tables = np.asarray(tables, dtype=float)
    levels = np.arange(tables.shape[-1])
    apart = np.abs(levels[:, None] - levels[None, :])
    n = tables.sum(axis=(-2, -1))
    return tuple(_divided((tables * (apart <= most)).sum(axis=(-2, -1)), n) for most in (0, 1))


def _quantile(free: np.ndarray) -> np.ndarray:
    """Student's t at 97.5 %; NaN without a degree of freedom."""
    return np.where(np.asarray(free) > 0, stats.t.ppf(0.975, np.maximum(free, 1)), np.nan)


def _divided(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotients, NaN where the divisor is not above 0."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=float), np.asarray(below, dtype=float))
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
