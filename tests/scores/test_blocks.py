"""Blocks on several threads give what they give one after another, and a fault is not lost."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.scores import blocks, draws, tree
from analysis.scores.draws import ranges
from analysis.scores.tree import NUMBERS, node_scores
from analysis.scores.uncertainty import UncertaintySettings
from tests.tiny import FULL, instrument, panel

MANY = panel(*((f"Q{n:02d}", f"{n % 6}{n % 4}. 3?3 {n % 3}n3") for n in range(60)), ("ZZ", FULL))


def test_blocks_cover_a_length_once():
    assert blocks.slices(5, 2) == [slice(0, 2), slice(2, 4), slice(4, 5)]
    assert blocks.slices(0, 2) == []


def test_scores_and_draws_are_the_same_bits_on_one_core_and_on_several(monkeypatch):
    monkeypatch.setattr(tree, "BLOCK", 7)
    monkeypatch.setattr(draws, "BLOCK_NUMBERS", 2_000)
    found = {}
    for cores in (1, 4):
        monkeypatch.setattr(blocks, "cores", lambda cores=cores: cores)
        blocks._threads.cache_clear()
        scores = node_scores(MANY, instrument())
        settings = UncertaintySettings(draws=50)
        found[cores] = scores, ranges(scores, range(len(MANY)), ["A", "B"], settings)
    blocks._threads.cache_clear()
    for name in NUMBERS:
        np.testing.assert_array_equal(getattr(found[1][0], name), getattr(found[4][0], name))
    assert found[1][1].equals(found[4][1])


def test_what_one_block_raises_is_raised(monkeypatch):
    monkeypatch.setattr(blocks, "cores", lambda: 2)

    def work(block: slice) -> None:
        if block.start == 2:
            raise ValueError("block 2")

    with pytest.raises(ValueError, match="block 2"):
        blocks.on_all_cores(work, blocks.slices(6, 2))
