"""Values that somebody outside the engine computed (`tests/oracles/oracles.json`), run through the whole engine."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from analysis.instrument import STANDARD_PRESETS, award_rule
from analysis.scores.options import STRICT, ScoreOptions
from analysis.scores.tree import REASONS, Scores, node_scores
from tests.scores.reference import BLANK, DONT_KNOW, NA_JUSTIFIED
from tests.scores.worlds import instrument_of, measure, node, panel_of, question, scale

CODES = {"NA": NA_JUSTIFIED, "MISSING": BLANK, "DK": DONT_KNOW, None: BLANK}


def world_of(measures: dict[str, list]):
    """A block BLOCK of measures with answers on 0-5, as (instrument, panel of one return)."""
    names = {(m, i): f"{m}.{i}" for m, answers in measures.items() for i in range(len(answers))}
    tree = [measure(m, [question(names[m, i], scale()) for i in range(len(answers))]) for m, answers in measures.items()]
    instrument = instrument_of([node("BLOCK", tree)])
    codes = {names[m, i]: CODES.get(a, a) for m, answers in measures.items() for i, a in enumerate(answers)}
    return instrument, panel_of(instrument, [codes])


def block_of(values: list[float], weights: list[float] | None = None, **options) -> float:
    """Score of a block whose measures stand at these points of 0-100."""
    options_of_value = {v: [(0, 0), (Fraction(v) / 100, 1), (1, 5)] for v in values}
    weights = weights or [1] * len(values)
    tree = [
        measure(f"M{i}", [question(f"M{i}.1", options_of_value[v])], weight=w)
        for i, (v, w) in enumerate(zip(values, weights, strict=True))
    ]
    instrument = instrument_of([node("BLOCK", tree)])
    panel = panel_of(instrument, [{f"M{i}.1": 1 for i in range(len(values))}])
    return at(node_scores(panel, instrument, ScoreOptions(**options)), "score", "BLOCK")


def at(scores: Scores, number: str, name: str) -> float:
    """One number of the first return."""
    return getattr(scores, number)[0, scores.column(name)]


def interval(scores: Scores, name: str) -> list[float]:
    """Level interval of the first return."""
    return [at(scores, "level_low", name), at(scores, "level_high", name)]


@pytest.fixture(scope="module")
def mini(oracles):
    oracle = oracles["mini_up"]
    return world_of(oracle["input"]["measures"]), oracle["expected"], oracle["tolerance"]


def test_mini_up_scores_coverage_and_bounds_of_the_measures(mini):
    (instrument, panel), expected, tolerance = mini
    scores = node_scores(panel, instrument)
    for name in ("U1", "U2", "U3"):
        assert at(scores, "answered", name) / at(scores, "applicable", name) == pytest.approx(
            float(Fraction(expected["coverage"][name])), abs=tolerance
        )
        point = expected["score"][name]
        assert at(scores, "score", name) == pytest.approx(np.nan if point is None else point, abs=tolerance, nan_ok=True)
        assert [at(scores, "lower", name), at(scores, "upper", name)] == pytest.approx(expected["bounds"][name], abs=tolerance)


def test_mini_up_block_is_shown_by_the_step_rule_only_and_not_by_both(mini):
    (instrument, panel), expected, tolerance = mini
    both = node_scores(panel, instrument)
    assert expected["block_score_default_double_rule"] is None and np.isnan(at(both, "score", "BLOCK"))
    assert REASONS[at(both, "why", "BLOCK")] == "few_answers"
    assert at(both, "answered", "BLOCK") / at(both, "applicable", "BLOCK") == expected["pooled_coverage"]
    step_only = node_scores(panel, replace(instrument, gates=replace(instrument.gates, pooled=0.0)))
    # With a pooled gate of 0 U2 is still held back: its step coverage is 1/3.
    assert at(step_only, "score", "BLOCK") == pytest.approx(expected["block_score_step_rule_only"], abs=tolerance)


@pytest.mark.parametrize(
    ("aggregator", "key"),
    [("arithmetic", "block_bounds_arithmetic"), ("geometric", "block_bounds_geometric_floor1"), ("minimum", "block_bounds_min")],
)
def test_mini_up_bounds_of_the_block(mini, aggregator, key):
    (instrument, panel), expected, tolerance = mini
    scores = node_scores(panel, instrument, ScoreOptions(aggregator=aggregator))
    assert [at(scores, "lower", "BLOCK"), at(scores, "upper", "BLOCK")] == pytest.approx(expected[key], abs=tolerance)


def test_mini_up_mean_floor_hands_the_unfloored_mean_up(mini):
    (instrument, panel), expected, _ = mini
    assert (
        interval(node_scores(panel, instrument, ScoreOptions(rule="mean_floor")), "BLOCK")
        == expected["block_level_floor_interval"]
    )


def test_mini_up_dont_know_as_zero(mini, oracles):
    """The oracle counts "don't know" as 0 and leaves the missing answer of U1 open."""
    (instrument, panel), expected, tolerance = mini
    only = node_scores(panel, instrument, ScoreOptions(zero_statuses=frozenset({DONT_KNOW})))
    assert at(only, "score", "BLOCK") == pytest.approx(expected["DK_as_zero_block"], abs=tolerance)
    strict = node_scores(panel, instrument, ScoreOptions(zero_statuses=STRICT))
    assert at(strict, "score", "BLOCK") == pytest.approx(40.0)  # (140/3 + 100/3 + 40) / 3, by hand


#: The oracle's names for presets; `iso` is graded without gap floor and critical questions.
ISO = {"at": 0.5, "below": 0.85, "compares": ">"}
RULES = {
    "iso": ISO,
    "iso_with_gap_floor_2": ISO | {"gap_floor": 2},
    "strict_min": STANDARD_PRESETS["strict"],
    "mean_floor": STANDARD_PRESETS["mean_floor"],
}


@pytest.mark.parametrize("rule", list(RULES))
def test_gap_tagged_levels_iso(oracles, rule):
    oracle = oracles["gap_tagged_levels_iso"]
    found = []
    for case in oracle["input"]["cases"]:
        instrument, panel = world_of({"M": case})
        instrument = replace(instrument, rules={rule: award_rule(rule, RULES[rule])}, default_rule=rule)
        low, high = interval(node_scores(panel, instrument), "M")
        assert low == high
        found.append(low)
    assert found == oracle["expected"][rule]


@pytest.mark.parametrize(("rule", "key"), [("iso", "iso_interval"), ("strict_min", "strict_interval")])
def test_level_interval_one_blank(oracles, rule, key):
    oracle = oracles["level_interval_one_blank"]
    instrument, panel = world_of({"M": oracle["input"]["answers"]})
    instrument = replace(instrument, rules={rule: award_rule(rule, RULES[rule])}, default_rule=rule)
    scores = node_scores(panel, instrument)
    assert interval(scores, "M") == oracle["expected"][key]
    assert np.isnan(at(scores, "level", "M"))
    bounds = [at(scores, "lower", "M") / 20, at(scores, "upper", "M") / 20]  # points of 0-100 as levels of 0-5
    assert bounds == pytest.approx(oracle["expected"]["mean_interval"], abs=oracle["tolerance"])


@pytest.mark.parametrize(
    ("aggregator", "key"), [("arithmetic", "arith"), ("geometric", "geo"), ("harmonic", "harm"), ("power", "power_0.5"), ("minimum", "min")]
)  # fmt: skip
def test_aggregators_70_40(oracles, aggregator, key):
    oracle = oracles["aggregators_70_40"]
    assert block_of(oracle["input"]["x"], aggregator=aggregator) == pytest.approx(
        oracle["expected"][key], abs=oracle["tolerance"]
    )


@pytest.mark.parametrize(("aggregator", "key"), [("geometric", "gmean"), ("harmonic", "hmean"), ("power", "genmean_p0.5")])
def test_coinr_means_20_40_80(oracles, aggregator, key):
    oracle = oracles["coinr_means_20_40_80"]
    found = block_of(oracle["input"]["x"], oracle["input"]["w"], aggregator=aggregator)
    assert found == pytest.approx(oracle["expected"][key], abs=oracle["tolerance"])


def test_geo_zero_stands_on_the_floor_of_one_point(oracles):
    oracle = oracles["geo_zero"]
    found = block_of(oracle["input"]["x"], aggregator="geometric")
    assert found == pytest.approx(oracle["expected"]["floor1"], abs=oracle["tolerance"])
    assert block_of(oracle["input"]["x"], aggregator="harmonic") == 0.0


def test_spar_1_5_by_both_conventions(oracles):
    oracle = oracles["spar_1_5"]
    conventions = {
        "a/5": [(Fraction(a, 5), a) for a in range(1, 6)],
        "(a-1)/4": [(Fraction(a - 1, 4), a - 1) for a in range(1, 6)],
    }
    for name, options in conventions.items():
        instrument = instrument_of([node("BLOCK", [measure("M", [question("M.1", options)])])])
        scores = node_scores(panel_of(instrument, [{"M.1": oracle["input"]["level"] - 1}]), instrument)
        assert at(scores, "score", "M") == pytest.approx(oracle["expected"][name], abs=oracle["tolerance"])


def test_point_outside_bounds_is_not_shown(oracles):
    """One child at 100, one open in [0, 50]: two halves of the weight, so the gates are opened to let the bounds decide."""
    oracle = oracles["point_outside_bounds"]
    half = [(0, 0), (Fraction(1, 2), 2)]
    instrument = instrument_of([node("BLOCK", [measure("A", [question("A.1", scale())]), measure("B", [question("B.1", half)])])])
    panel = panel_of(instrument, [{"A.1": 5, "B.1": BLANK}])
    scores = node_scores(panel, replace(instrument, gates=replace(instrument.gates, step=0.5, pooled=0.5)))
    assert [at(scores, "lower", "B"), at(scores, "upper", "B")] == oracle["input"]["children"][1]["bounds"]
    assert [at(scores, "lower", "BLOCK"), at(scores, "upper", "BLOCK")] == oracle["expected"]["bounds"]
    assert oracle["expected"]["expected"] == "point withheld"
    assert np.isnan(at(scores, "score", "BLOCK")) and REASONS[at(scores, "why", "BLOCK")] == "outside_bounds"


def test_point_outside_bounds_with_the_default_gates_by_hand():
    """scoring.md section 3: children 100, 100 and an open [0, 50]; both gates pass with 2/3, the bounds are [66.7, 83.3]."""
    half = [(0, 0), (Fraction(1, 2), 2)]
    measures = [
        measure("A", [question("A.1", scale())]),
        measure("B", [question("B.1", scale())]),
        measure("C", [question("C.1", half)]),
    ]
    instrument = instrument_of([node("BLOCK", measures)])
    scores = node_scores(panel_of(instrument, [{"A.1": 5, "B.1": 5, "C.1": BLANK}]), instrument)
    assert [at(scores, "lower", "BLOCK"), at(scores, "upper", "BLOCK")] == pytest.approx([200 / 3, 250 / 3])
    assert np.isnan(at(scores, "score", "BLOCK")) and REASONS[at(scores, "why", "BLOCK")] == "outside_bounds"


def test_mpi_not_monotone_gives_the_power_means(oracles):
    oracle = oracles["mpi_not_monotone"]
    for values, expected in zip(oracle["input"]["x"], oracle["expected"]["power_0.5"], strict=True):
        if expected is not None:
            assert block_of(values, aggregator="power") == pytest.approx(expected, abs=oracle["tolerance"])
    assert block_of([70, 0], aggregator="power") == pytest.approx(
        oracle["expected"]["power_0.5_of_70_0"], abs=oracle["tolerance"]
    )
    assert block_of([70, 40], aggregator="harmonic") == pytest.approx(
        oracle["expected"]["harmonic_70_40"], abs=oracle["tolerance"]
    )
