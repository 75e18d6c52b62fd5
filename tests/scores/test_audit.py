"""Sobol audit: SALib against worked indices, and our pick of draws."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.scores.audit import audit, can_audit, picked_scores, sobol_indices
from analysis.scores.draws import draws
from analysis.scores.rollup import climb
from analysis.scores.uncertainty import SOURCES, UncertaintySettings, methods
from tests.scores.reference import BLANK
from tests.scores.test_draws import block

needs_salib = pytest.mark.skipif(not can_audit(), reason="SALib, an extra, is not there")


@needs_salib
def test_sobol_ishigami(oracles):
    oracle = oracles["sobol_ishigami"]
    a, b = oracle["input"]["a"], oracle["input"]["b"]
    told = []
    table = sobol_indices(
        lambda x: np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0]),
        ["x1", "x2", "x3"],
        4096,
        bounds=(-np.pi, np.pi),
        progress=told.append,
    )
    assert table["first"].tolist() == pytest.approx(oracle["expected"]["S1"], abs=oracle["tolerance"])
    assert table["total"].tolist() == pytest.approx(oracle["expected"]["ST"], abs=oracle["tolerance"])
    assert told == sorted(told) and told[-1] == 1.0


@needs_salib
def test_sobol_additive(oracles):
    oracle = oracles["sobol_additive"]
    table = sobol_indices(lambda x: x[:, 0] + 10 * x[:, 1], ["x1", "x2"], 1024)
    assert table["first"].tolist() == pytest.approx(oracle["expected"]["S1"], abs=oracle["tolerance"])
    assert table["total"].tolist() == pytest.approx(oracle["expected"]["ST"], abs=oracle["tolerance"])


@needs_salib
def test_the_audit_names_the_only_source_that_plays_a_part():
    """All measures alike and complete: weights and aggregation can't move the score, the value map does."""
    table = audit(block([3, 3, 3, 3]), "R", 0, UncertaintySettings(draws=512), n=512).set_index("factor")
    assert table.loc["values", "first"] == pytest.approx(1, abs=0.1) and table.loc["weights", "total"] == pytest.approx(
        0, abs=1e-6
    )
    alike = audit(block([3, 3, 3, 3], [3, 3, 3, 3]), "R", 0, UncertaintySettings(draws=64), other=1, n=64)
    assert alike["first"].isna().all()


@pytest.mark.parametrize("sources", [frozenset(SOURCES[:4]), frozenset(SOURCES)])
def test_picking_the_same_draw_of_every_source_gives_the_draw_itself(sources):
    chosen = UncertaintySettings(draws=40, sources=sources)
    scores = block([5, 3, 1, BLANK], [0, 2, BLANK, 4])
    pool = methods(scores.instrument, climb(scores.instrument, scores.options).plan, "arithmetic", chosen)
    order = np.random.default_rng(1).permutation(40)
    picks = dict.fromkeys(sources, (order + 0.5) / 40)
    found = picked_scores(scores, np.array([0, 1]), "R", chosen, pool, picks)
    np.testing.assert_allclose(found, draws(scores, [0, 1], ["R"], chosen).of("R")[:, order], atol=1e-9)
