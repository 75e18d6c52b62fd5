"""Drawn methods: weights, aggregation and values with the moments they should have, and the settings that ask for them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.scores.plan import stages
from analysis.scores.uncertainty import (
    AGGREGATION,
    UncertaintySettings,
    drawn_values,
    drawn_weights,
    kappa,
    methods,
    region_bounds,
)
from tests.scores.worlds import FIXED, random_world


def test_kappa_for_cv25(oracles):
    oracle = oracles["kappa_for_cv25"]
    found = [kappa(m, oracle["input"]["cv"]) for m in oracle["input"]["m"]]
    assert found == pytest.approx(oracle["expected"]["kappa"], abs=oracle["tolerance"])


def test_dirichlet_moments(oracles):
    """kappa 30 for three children is a coefficient of variation of sqrt(2 / 31); 400,000 draws are as many as the oracle names."""
    oracle = oracles["dirichlet_moments"]
    settings = UncertaintySettings(spread=float(np.sqrt(2 / (oracle["input"]["kappa"] + 1))))
    assert kappa(3, settings.spread) == pytest.approx(oracle["input"]["kappa"])
    weights = drawn_weights(np.array(oracle["input"]["w"]), 400_000, settings, settings.generator("weights"))
    drawn = np.array(oracle["input"]["x"]) @ weights
    assert drawn.mean() == pytest.approx(oracle["expected"]["mean"], abs=0.03)  # 5 standard errors
    assert drawn.std() == pytest.approx(oracle["expected"]["sd"], abs=0.03)


def test_drawn_weights_have_the_coefficient_of_variation_asked_for():
    settings = UncertaintySettings(spread=0.25)
    weights = drawn_weights(np.ones(5), 200_000, settings, settings.generator("weights"))
    assert weights.sum(axis=0) == pytest.approx(1) and weights.mean(axis=1) == pytest.approx(0.2, abs=0.001)
    assert weights.std(axis=1) / weights.mean(axis=1) == pytest.approx(0.25, abs=0.003)


def test_an_only_child_weighs_one_in_every_draw():
    settings = UncertaintySettings()
    assert (drawn_weights(np.array([3.0]), 10, settings, settings.generator("weights")) == 1).all()


def test_box_weights_lie_in_their_box_before_they_are_scaled():
    settings = UncertaintySettings(weights="box", spread=0.5)
    weights = drawn_weights(np.array([1.0, 3.0]), 1000, settings, settings.generator("weights"))
    ratio = weights[1] / weights[0]
    assert 1 <= ratio.min() < 1.2 and 8 < ratio.max() <= 9  # 3 x 0.5 / 1.5 to 3 x 1.5 / 0.5


@FIXED
@given(st.lists(st.sampled_from([0, 0.1, 0.25, 0.5, 0.9, 1]), min_size=1, max_size=7), st.integers(0, 1000))
def test_drawn_values_keep_order_ends_and_equals(values, seed):
    values = np.array(values, dtype=float)
    drawn = drawn_values(values, 20, np.random.default_rng(seed))
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            assert (drawn[i] == drawn[j]).all() if a == b else (drawn[i] <= drawn[j]).all() == (a < b)
    assert drawn[values.argmin()] == pytest.approx(values.min()) and drawn[values.argmax()] == pytest.approx(values.max())


def test_drawn_values_have_the_scale_as_their_mean():
    values = np.array([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert drawn_values(values, 100_000, np.random.default_rng(1)).mean(axis=1) == pytest.approx(values, abs=0.005)


def test_a_source_that_is_off_stands_still_and_the_others_do_not_notice():
    _, _, instrument = random_world(3)
    plan = tuple(stages(instrument, {}))
    everything = methods(instrument, plan, "harmonic", UncertaintySettings(draws=50))
    without = methods(instrument, plan, "harmonic", UncertaintySettings(draws=50, sources=frozenset({"values"})))
    assert set(everything.aggregator) == set(AGGREGATION) and set(without.aggregator) == {"harmonic"}
    for name, values in without.values.items():
        np.testing.assert_array_equal(values, everything.values[name])
    assert all(np.ptp(weights, axis=1).max() == 0 for weights in without.weights)


def test_half_of_the_draws_are_arithmetic():
    _, _, instrument = random_world(3)
    ways = methods(instrument, tuple(stages(instrument, {})), "arithmetic", UncertaintySettings(draws=10_000)).aggregator
    shares = {name: (ways == name).mean() for name in AGGREGATION}
    assert shares == pytest.approx(AGGREGATION, abs=0.025)


@pytest.mark.parametrize(
    "wrong",
    [
        {"draws": 0},
        {"draws": 10_001},
        {"seed": -1},
        {"sources": frozenset({"mood"})},
        {"weights": "flat"},
        {"spread": 0.0},
        {"error": 1.5},
        {"confusion": ((0.5, 0.4), (0.0, 1.0))},
    ],
)
def test_settings_refuse_what_is_not_offered(wrong):
    with pytest.raises(ValueError):
        UncertaintySettings(**wrong)


def test_settings_are_a_cache_key():
    assert hash(UncertaintySettings(confusion=((1.0,),))) == hash(UncertaintySettings(confusion=((1.0,),)))


def test_manski_region(oracles):
    oracle = oracles["manski_region"]
    reported = [oracle["input"]["mean_reported"]] * oracle["input"]["reported"]
    assert region_bounds(reported, reported, oracle["input"]["N"]) == pytest.approx(tuple(oracle["expected"]["bounds"]))
    with pytest.raises(ValueError, match="can't hold"):
        region_bounds(reported, reported, 6)
