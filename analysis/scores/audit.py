"""Which assumption moves a result: Sobol indices, behind a button. The only place that needs SALib, an extra that is imported when asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis.scores.draws import drawn_blocks
from analysis.scores.rollup import climb
from analysis.scores.tree import Scores
from analysis.scores.uncertainty import SOURCES, Methods, UncertaintySettings, methods

#: Evaluations between two moves of a progress bar.
STEP = 512


def can_audit() -> bool:
    """Whether SALib is there."""
    try:
        import SALib  # noqa: F401
    except ImportError:
        return False
    return True


def sobol_indices(
    model: Callable[[np.ndarray], np.ndarray],
    factors: Sequence[str],
    n: int,
    *,
    seed: int = 2370,
    bounds: tuple[float, float] = (0.0, 1.0),
    progress: Callable[[float], object] | None = None,
) -> pd.DataFrame:
    """First-order and total indices of a model of independent, uniform factors.

    Parameters
    ----------
    model: samples x factors -> one number each. n: base samples, a power of 2; the model is evaluated n (factors + 2) times. progress:
    told the share done.

    Returns
    -------
    One row per factor: factor, first, first_interval, total, total_interval (half widths of SALib's 95 % bootstrap intervals, which are about
    the number of samples). NaN where the result does not vary.

    Source: Saltelli et al. (2010), as in SALib.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = {"num_vars": len(factors), "names": list(factors), "bounds": [list(bounds)] * len(factors)}
    samples = sampling.sample(problem, n, calc_second_order=False, seed=seed)
    results = np.empty(len(samples))
    for start in range(0, len(samples), STEP):
        part = slice(start, start + STEP)
        results[part] = model(samples[part])
        if progress:
            progress(min(start + STEP, len(samples)) / len(samples))
    columns = {"first": "S1", "first_interval": "S1_conf", "total": "ST", "total_interval": "ST_conf"}
    if np.ptp(results) < 1e-9:
        return pd.DataFrame({"factor": list(factors)} | dict.fromkeys(columns, np.nan))
    found = analysis.analyze(problem, results, calc_second_order=False, seed=seed)
    return pd.DataFrame({"factor": list(factors)} | {name: found[key] for name, key in columns.items()})


def audit(
    scores: Scores,
    node: str,
    row: int,
    settings: UncertaintySettings,
    *,
    other: int | None = None,
    n: int = 256,
    progress: Callable[[float], object] | None = None,
) -> pd.DataFrame:
    """Sobol indices of a return's score at a node, or of its difference to another return, by source of uncertainty.

    Each source that is on is one factor: its number picks one of the settings' draws of that source.

    Returns
    -------
    As `sobol_indices`, with the sources as factors.
    """
    factors = [source for source in SOURCES if source in settings.sources]
    rows = np.array([row] if other is None else [row, other])
    pool = methods(scores.instrument, climb(scores.instrument, scores.options).plan, scores.options.aggregator, settings)

    def result(samples: np.ndarray) -> np.ndarray:
        found = picked_scores(scores, rows, node, settings, pool, dict(zip(factors, samples.T, strict=True)))
        return found[0] if other is None else found[0] - found[1]

    return sobol_indices(result, factors, n, seed=settings.seed, progress=progress)


def picked_scores(
    scores: Scores, rows: np.ndarray, node: str, settings: UncertaintySettings, pool: Methods, picks: dict[str, np.ndarray]
) -> np.ndarray:
    """Scores (returns x samples) when each source's number of 0-1 (one per sample) picks one of its draws on its own."""
    samples = len(next(iter(picks.values())))
    at = {source: np.zeros(samples, dtype=int) for source in SOURCES}
    at |= {source: np.minimum((numbers * len(pool)).astype(int), len(pool) - 1) for source, numbers in picks.items()}
    order = np.argsort(at["aggregation"], kind="stable")  # aggregators have to stand in runs
    at = {source: places[order] for source, places in at.items()}
    mixed = Methods(
        tuple(weights[:, at["weights"]] for weights in pool.weights),
        pool.aggregator[at["aggregation"]],
        {name: values[:, at["values"]] for name, values in pool.values.items()},
        at["unknown"],
        at["error"],
    )
    found = np.empty((len(rows), samples))
    for part, block in drawn_blocks(scores, rows, [node], settings, mixed):
        found[part, order] = block[0]
    return found
