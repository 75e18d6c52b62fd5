"""Peers of a State: who is near and why, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import peers
from tests import tiny

NODES = ["M1", "M2", "M3"]
GROUPS = pd.DataFrame(
    [("region", "East", code) for code in ("QMA", "QMB")] + [("region", "West", code) for code in ("QMC", "QMD")],
    columns=["kind", "group", "iso3"],
)


def near(scores, rows, code="QMA", **more):
    index = scores.panel.index
    row = next(r for r in rows if index["iso3"].iloc[r] == code)
    return peers.peers(scores, rows, row, GROUPS, NODES, **more).set_index("iso3")


def test_a_distance_is_the_mean_over_the_parts_shown_in_both():
    scores = tiny.scores(("QMA", "222 333 444"), ("QMB", "333 333 222"), ("QMC", "222 333 ..."), ("QMD", "222 ... ..."))
    at = [scores.column(n) for n in NODES]
    distance, common = peers.apart(scores.score[:, at], 0)
    # QMB: (20 + 0 + 40) / 3; QMC: nothing on two parts; QMD: one part of three is too few
    assert distance[:3] == pytest.approx([0, 20, 0]) and np.isnan(distance[3])
    assert common.tolist() == [3, 3, 2, 1]


def test_each_peer_comes_with_its_reasons_and_the_state_itself_never():
    units = [("QMA", "1" * 9, "2024"), ("QMB", "5" * 9, "2024"), ("QMC", "2" * 9, "2024"), ("QMD", "0" * 9, "2024")]
    units += [("QMA", "3" * 9), ("QMB", "0" * 9), ("QMC", "3" * 9), ("QMD", "5" * 9)]
    scores = tiny.scores(*units)
    found = near(scores, [4, 5, 6, 7], most=1)
    # now: QMA 60, QMB 0, QMC 60, QMD 100; in 2024: 20, 100, 40, 0, so QMC and QMD began equally near and the code decides
    assert found["reasons"].to_dict() == {"QMC": ("profile", "start"), "QMB": ("region",)}
    assert found.loc["QMC", ["apart", "start_apart", "moved_since"]].tolist() == pytest.approx([0, 20, 20])
    assert found.loc["QMC", "start_round"] == "2024"
    assert found.loc["QMB", "groups"] == (("region", "East"),) and found.loc["QMB", "apart"] == pytest.approx(60)


def test_how_far_a_peer_moved_stands_with_what_its_open_questions_allow():
    # QMB: 20 on every part in 2024; now 60 on M2 and M3, on M1 60 of two answers of three, which allows 40 to 73.3
    scores = tiny.scores(("QMA", "3" * 9), ("QMB", "1" * 9, "2024"), ("QMB", "33. 333 333"))
    found = near(scores, [0, 2]).loc["QMB"]
    assert found[["moved_since", "moved_low", "moved_high"]].tolist() == pytest.approx(
        [40, (20 + 40 + 40) / 3, (160 / 3 + 80) / 3]
    )
    alone = near(tiny.scores(("QMA", "3" * 9), ("QMB", "3" * 9)), [0, 1]).loc["QMB"]
    assert alone[["moved_since", "moved_low", "moved_high"]].isna().all()  # one round


def test_more_peers_are_ordered_by_reasons_then_by_the_nearest_profile():
    scores = tiny.scores(("QMA", "3" * 9), ("QMB", "5" * 9), ("QMC", "4" * 9), ("QMD", "3" * 9))
    found = near(scores, range(4))
    assert found.index.tolist() == ["QMB", "QMD", "QMC"]  # region and profile; then 0 and 20 points away
    assert found["reasons"].tolist() == [("region", "profile"), ("profile",), ("profile",)]


def test_a_state_with_one_round_has_no_starting_point_of_its_own():
    scores = tiny.scores(("QMA", "3" * 9), ("QMC", "3" * 9, "2024"), ("QMC", "4" * 9))
    found = near(scores, [0, 2])
    assert found.loc["QMC", "reasons"] == ("profile",) and np.isnan(found.loc["QMC", "start_apart"])


def test_nobody_is_near_where_too_little_is_shown():
    scores = tiny.scores(("QMA", "... ... 333"), ("QMC", "333 333 333"))
    assert near(scores, [0, 1]).empty
    assert near(scores, [0, 1], "QMC").empty


def test_a_state_of_the_region_is_named_though_its_profile_is_not_known():
    scores = tiny.scores(("QMA", "333 333 333"), ("QMB", "... ... 333"))
    found = near(scores, [0, 1])
    assert found.loc["QMB", "reasons"] == ("region",) and np.isnan(found.loc["QMB", "apart"])


def test_alone_there_is_no_peer():
    assert near(tiny.scores(("QMA", tiny.FULL)), [0]).empty
