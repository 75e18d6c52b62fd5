"""Who answered, in a sentence: who answered alone, which sectors are named nowhere or least often."""

import pandas as pd

from analysis.reports import stakeholders
from analysis.texts import counted, text


def states(*alone: int) -> pd.DataFrame:
    return pd.DataFrame({"alone": [("A",) * n for n in alone], "unnamed": [()] * len(alone)})


def matrix(**counts: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame([(sector, part, n, 4) for sector, both in counts.items() for part, n in zip("AB", both, strict=True)],
                        columns=["sector", "submodule", "n", "of"])  # fmt: skip


def test_sectors_that_nobody_named_are_all_told():
    told = stakeholders.sentence(states(1, 0, 2), matrix(police=(4, 1), justice=(0, 0), academia=(0, 0), other=(0, 0)))
    assert told == counted("stakeholders.alone", 2, of=3) + " " + text("stakeholders.nowhere", sectors="justice and academia")


def test_where_each_is_named_the_three_least_named_are_told_with_their_numbers():
    told = stakeholders.sentence(states(0), matrix(police=(4, 4), justice=(1, 0), academia=(2, 0), defence=(0, 3)))
    assert "justice (1 of 8 sub-modules returned), academia (2 of 8" in told and "police" not in told


def test_parts_that_nobody_signs_are_counted():
    table = states(0, 0).assign(unnamed=[("A",), ()])
    assert stakeholders.sentence(table, matrix(police=(1, 1))).endswith(counted("stakeholders.unnamed", 1))
