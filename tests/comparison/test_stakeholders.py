"""Who answered which part, on returns whose contributors can be counted by eye."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import stakeholders as who
from analysis.model import SECTORS, Panel
from tests import tiny

INSTRUMENT = tiny.instrument()
A, B = INSTRUMENT.submodules


@pytest.fixture
def panel() -> Panel:
    """QMA: A from return 1, B from return 2. QMB: A only, return 3. QMC: both, return 4, and nobody says who answered."""
    found = tiny.panel(("QMA", tiny.FULL), ("QMB", "333 333 ___"), ("QMC", tiny.FULL))
    parts = pd.DataFrame([(0, A, 1), (0, B, 2), (1, A, 3), (2, A, 4), (2, B, 4)], columns=["row", "submodule", "return_id"])
    return Panel(found.instrument, found.codes, found.index, parts)


CONTRIBUTORS = pd.DataFrame(
    [
        (1, "police", ""),
        (1, "justice", A),
        (1, "defence", B),  # of the return that counts for A only: what it says of B does not count
        (2, "police", B),
        (2, "police", ""),
        (3, "**board**", "Chapter 7"),  # neither a sector nor a part of ours: it answered all that its return holds
        (9, "academia", ""),  # another unit's return
    ],
    columns=["return_id", "sector", "part"],
)


def table(panel):
    return who.answered(CONTRIBUTORS, panel, INSTRUMENT, [0, 1, 2])


def test_each_sector_counts_once_for_each_part_it_answered(panel):
    found = table(panel)[["iso3", "submodule", "sector"]].to_numpy().tolist()
    assert found == [["QMA", A, "justice"], ["QMA", A, "police"], ["QMA", B, "police"], ["QMB", A, "unlisted"]]


def test_the_matrix_counts_states_out_of_those_that_returned_the_part(panel):
    found = who.matrix(table(panel), panel, INSTRUMENT, [0, 1, 2]).set_index(["sector", "submodule"])
    assert found.loc[("police", A), ["n", "of"]].tolist() == [1, 3] and found.loc[("police", A), "share"] == 1 / 3
    assert found.loc[("police", B), ["n", "of"]].tolist() == [1, 2]
    assert found.loc[("defence", B), "n"] == 0 and found.loc[("unlisted", A), "n"] == 1
    assert len(found) == (len(SECTORS) + 1) * 2


def test_what_nobody_returned_has_no_share(panel):
    found = who.matrix(table(panel).head(0), panel, INSTRUMENT, [1]).set_index(["sector", "submodule"])
    assert np.isnan(found.loc[("police", B), "share"]) and found.loc[("police", A), "share"] == 0
    assert "unlisted" not in found.index.get_level_values("sector")


def test_a_state_has_its_sectors_what_is_missing_and_who_answered_alone(panel):
    found = who.by_state(table(panel), panel, INSTRUMENT, [0, 1, 2]).set_index("iso3")
    assert found.index.tolist() == ["QMC", "QMB", "QMA"]  # the fewest sectors first
    assert found.loc["QMA", "sectors"] == ("police", "justice") and found.loc["QMA", "alone"] == (B,)
    assert set(found.loc["QMA", "missing"]) == set(who.EXPECTED) - {"police", "justice"}
    assert found.loc["QMB", "sectors"] == ("unlisted",) and found.loc["QMB", "alone"] == (A,)
    assert found.loc["QMC", "unnamed"] == (A, B) and found.loc["QMC", "n_sectors"] == 0
    assert "other" not in found.loc["QMC", "missing"]
