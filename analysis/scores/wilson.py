"""A share with its interval: the Wilson score interval, which stays within 0-1 and is honest at few cases."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

Counts = int | np.ndarray


def wilson(count: Counts, n: Counts, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the Wilson interval of count / n (0-1); NaN where n is 0.

    Source: Wilson (1927), without correction for continuity; tested against `statsmodels.stats.proportion.proportion_confint`.
    """
    count, n = np.asarray(count, dtype=float), np.asarray(n, dtype=float)
    z = norm.ppf(0.5 + level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / n
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.where(n > 0, np.maximum(middle - half, 0), np.nan), np.where(n > 0, np.minimum(middle + half, 1), np.nan)
