"""Scores and uncertainty at world size, as ratios in one run: 193 States x 10 rounds x 300 questions against the plain pandas way, and growth.

Run: python benchmarks/scores.py [--large] [--questions N] [--draws N]
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, Instrument, load_instrument
from analysis.model import Panel
from analysis.scores.draws import draws, ranges
from analysis.scores.pairs import chances_above
from analysis.scores.tree import node_scores
from analysis.scores.uncertainty import UncertaintySettings
from benchmarks.plain import long_table, plain_draw, plain_pairs, plain_scores
from benchmarks.road import world

ROUNDS, STATES = 10, 193


def widened(instrument: Instrument, questions: int) -> Instrument:
    """The same tree with so many questions: those of each measure again, under new names, all of weight 1."""
    table = instrument.questions.assign(weight=1.0)
    copies = [table]
    while sum(map(len, copies)) < questions:
        missing = questions - sum(map(len, copies))
        again = table.groupby("measure", sort=False).head(1 + missing // len(instrument.measures)).head(missing)
        copies.append(again.assign(question=again["question"] + f"+{len(copies)}", critical=False))
    order = {node: i for i, node in enumerate(instrument.nodes["node"])}
    wide = pd.concat(copies).sort_values("measure", key=lambda s: s.map(order), kind="stable").reset_index(drop=True)
    return replace(instrument, questions=wide.assign(number=range(len(wide))))


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs, what other programs do to the machine counts least there. Either way may use all cores."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def peak() -> float:
    """Most memory this process has held so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def settled(panel: Panel, instrument: Instrument) -> None:
    """Both ways give the same numbers, or the comparison is worth nothing."""
    scores, table = node_scores(panel, instrument), plain_scores(panel, instrument)
    column = table["node"].astype(str).map(instrument.node_number)
    names = {"score": "score", "lower": "lower", "upper": "upper", "step_coverage": "step_coverage"}
    for theirs, ours in (names | {"low": "level_low", "high": "level_high"}).items():
        found = np.full(scores.score.shape, np.nan)
        found[table["row"], column] = table[theirs]
        np.testing.assert_allclose(found, getattr(scores, ours), atol=1e-9)


def scoring(panel: Panel, instrument: Instrument) -> None:
    """All scores, levels and bounds."""
    settled(panel.where(np.arange(50)), instrument)
    ours = best(lambda: node_scores(panel, instrument), 15)
    print(
        f"scores, coverage, bounds, levels of {len(panel)} returns x {len(instrument.questions)} questions: {ours * 1000:.1f} ms"
    )
    for name, tuned in (("text keys", False), ("tuned: categories", True)):
        plain = best(lambda tuned=tuned: plain_scores(panel, instrument, tuned=tuned), 2)
        print(f"  plain pandas, {name}: {plain * 1000:.0f} ms; plain / ours: {plain / ours:.0f}")


def drawing(panel: Panel, instrument: Instrument, number: int) -> None:
    """Draws of weights, aggregation, values and unknown answers: ranges of every block and overall score."""
    scores, settings = node_scores(panel, instrument), UncertaintySettings(draws=number)
    nodes = instrument.nodes.loc[instrument.nodes["kind"] != "measure", "node"].tolist()
    rows = np.arange(len(panel))
    ours = best(lambda: ranges(scores, rows, nodes, settings), 2)
    print(f"{number} draws of all sources, ranges of {len(nodes)} nodes: {ours:.2f} s")
    some = 3
    for name, tuned in (("text keys", False), ("tuned: categories", True)):
        long = long_table(panel, instrument, tuned=tuned)
        plain = best(lambda long=long: [plain_draw(long, instrument, seed) for seed in range(some)], 1) / some * number
        print(f"  plain pandas, {name} ({some} draws, times {number}): {plain:.0f} s; plain / ours: {plain / ours:.0f}")
    errors = replace(settings, sources=settings.sources | {"error"})
    part = rows[:STATES]
    print(f"  with answer error, {STATES} returns: {best(lambda: ranges(scores, part, nodes, errors), 1):.2f} s")
    kept = draws(scores, part, nodes[:1], settings).of(nodes[0])
    ours = best(lambda: chances_above(kept))
    few = 8
    plain = best(lambda: plain_pairs(kept[:few]), 1) * (STATES * (STATES - 1)) / (few * (few - 1))
    print(
        f"P(i > j) of {STATES} States: {ours * 1000:.0f} ms; plain pandas, from {few} States: {plain:.0f} s, ratio {plain / ours:.0f}"
    )


def invented(instrument: Instrument, times: int) -> Panel:
    """The world many times over, made piece by piece: the making must not be what needs most memory."""
    one = world(instrument, STATES * ROUNDS)
    codes = np.tile(one.codes, (times, 1))
    index = one.index.iloc[np.tile(np.arange(len(one)), times)].reset_index(drop=True)
    return Panel(instrument.id, codes, index.assign(row=np.arange(len(index))))


def grown(questions: int, times: int) -> None:
    """One size of the growth, in a process of its own: the first run, whose results are written where nothing has been, then the best of
    three, and the most memory that was needed. Prints: seconds of the first, of the best, MB."""
    instrument = widened(load_instrument(SHIPPED / DEFAULT_INSTRUMENT), questions)
    panel = invented(instrument, times)
    node_scores(
        panel.where(np.arange(10)), instrument
    )  # the tables of the questionnaire are made before, as in a running dashboard
    gc.collect()
    print(best(lambda: node_scores(panel, instrument), 1), best(lambda: node_scores(panel, instrument), 3), peak())


def growth(questions: int, large: bool) -> None:
    """Time and memory as the world grows, each size measured the same way."""
    base = None
    for times in (1, 10, 100) if large else (1, 10):
        order = [sys.executable, __file__, "--questions", str(questions), "--size", str(times)]
        found = subprocess.run(order, capture_output=True, text=True, check=True).stdout.split()
        fresh, again, memory = map(float, found)
        base = base or (fresh, again)
        print(
            f"growth: {times} times the returns take {again / base[1]:.0f} times as long ({fresh / base[0]:.0f} times in memory never used "
            f"before); peak memory of the process {memory:.0f} MB"
        )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--large", action="store_true", help="growth to 100 times the world: 193,000 returns")
    options.add_argument("--questions", type=int, default=300)
    options.add_argument("--draws", type=int, default=1000)
    options.add_argument("--size", type=int, help="only the growth at so many times the world, for the growth itself")
    chosen = options.parse_args()
    if chosen.size:
        grown(chosen.questions, chosen.size)
        return
    instrument = widened(load_instrument(SHIPPED / DEFAULT_INSTRUMENT), chosen.questions)
    growth(chosen.questions, chosen.large)
    panel = world(instrument, STATES * ROUNDS)
    scoring(panel, instrument)
    drawing(panel, instrument, chosen.draws)


if __name__ == "__main__":
    main()
