"""Portfolios at world size: 193 States x 46 measures x 30 kinds of package to a gap of 0.01 %, by bundles, by pairs, and the quick choice.

Run: python benchmarks/portfolio.py [--seconds N]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.priorities import gaps, greedy, portfolio
from analysis.priorities.packages import library
from analysis.priorities.question import Floor, Limits, Question, question
from analysis.scores.tree import node_scores
from benchmarks.road import world

STATES, GAP = 193, 1e-4


def asked(budget: float, **limits: object) -> Question:
    """An invented world's gaps to the default targets, every package open to every State."""
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    scores = node_scores(world(instrument, STATES), instrument)
    table = gaps.gaps(scores, range(STATES), gaps.target_points(instrument))
    return question(table, library((), instrument), Limits(budget, **limits))


def told(name: str, q: Question, seconds: float, ways: tuple[str, ...]) -> None:
    """One question by each way, and the quick choice beside them."""
    start = time.perf_counter()
    quick = greedy.greedy(q)
    print(f"{name}: quick choice {(time.perf_counter() - start) * 1000:.0f} ms")
    for way in ways:
        found = portfolio.solve(q, seconds=seconds, gap=GAP, way=way)
        below = (found.value - quick.value) / found.value if found.value else 0.0
        print(f"  {way}: {found.status}, gap {found.gap:.4%}, {found.seconds:.2f} s; the quick choice lies {below:.1%} below")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=60)
    chosen = options.parse_args()
    first = np.arange(STATES) < STATES // 4
    floors = (Floor("quarter", first, 0.4), Floor("other", np.arange(STATES) % 5 == 0, 0.25))
    both = ("bundles", "pairs")
    for budget in (2_000, 10_000, 30_000):
        told(f"budget {budget}, at most 3 a State", asked(budget, each=3), chosen.seconds, both)
    told(
        "with two floors and flagged States",
        asked(10_000, each=3, floors=floors, flagged=np.arange(STATES) % 10 == 0),
        chosen.seconds,
        both,
    )
    told("at most 4 a State", asked(30_000, each=4), chosen.seconds, both)
    told("at most 500 thousand a State", asked(30_000, ceiling=500.0), chosen.seconds, ("pairs",))
    told("no cap", asked(30_000), chosen.seconds, ("pairs",))


if __name__ == "__main__":
    main()
