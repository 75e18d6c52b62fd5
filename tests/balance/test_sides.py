"""Two sides of one State: every number by brute force from the draws of each side."""

import numpy as np
import pandas as pd
import pytest

from analysis.balance.sides import side_ranges
from analysis.scores.draws import draws
from analysis.scores.uncertainty import UncertaintySettings
from tests.balance.sides import AWAY, NOT_APPLICABLE, OPEN, PARTS, instrument, scores

SETTINGS = UncertaintySettings(draws=40)
OPENED = {q: OPEN for q in instrument().questions["question"] if q.endswith(".1")}
#: Upstream and downstream of IED: 40 20; 60 60 with open questions; open and 100; 0 to 100 downstream; not returned; nothing upstream applies.
SCORES = scores(
    ("QMA", (2, 1, 3, 2, 4, 0)), ("QMB", (3, 3, 3, 3, 3, 4), OPENED), ("QMG", (OPEN, 5, 5, 5, 5, 5)), ("QMH", (2, 3, 4, 4, 4, 4), OPENED),
    ("QMC", (AWAY, AWAY, AWAY, AWAY, 5, 4)), ("QMD", (NOT_APPLICABLE, 3, 3, 3, 3, 3)),
)  # fmt: skip
DRAWN = draws(SCORES, range(6), PARTS, SETTINGS)


def of(submodule: str, target: float = 60) -> pd.DataFrame:
    found = side_ranges(DRAWN, target)
    return found[found["submodule"] == submodule].set_index("row")


def test_downstream_is_held_beside_upstream_draw_by_draw():
    found = of("ied")
    for row in range(4):
        up, down = (DRAWN.of(node)[row] for node in ("IED.U", "IED.D"))
        apart = [float(d - u) for u, d in zip(up, down, strict=True)]
        line = found.loc[row]
        assert line[["low", "median", "high"]].tolist() == pytest.approx(np.percentile(apart, [5, 50, 95]).tolist())
        assert line["chance"] == pytest.approx(np.mean([1 if a > 1e-7 else 0.5 if abs(a) <= 1e-7 else 0 for a in apart]))
        ends = [[getattr(SCORES, end)[row, SCORES.column(node)] for end in ("lower", "upper")] for node in ("IED.U", "IED.D")]
        assert line[["least", "most"]].tolist() == pytest.approx([ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]])
        settled = line["chance"] <= 0.05 or line["chance"] >= 0.95
        assert line["separable"] == (settled and not line["least"] <= 0 <= line["most"])


def test_a_side_is_settled_only_where_draws_and_bounds_agree():
    # 20 below 40 with nothing open; 100 over open questions that could all be 100; equal answers; 3 over 2 with open questions
    assert of("ied")["separable"].tolist() == [True, False, False, False, False, False]
    assert of("ied")["chance"].tolist()[0] == 0 and of("salw").loc[0, "chance"] == 0
    assert of("ied").loc[2, "most"] == pytest.approx(100) and of("ied").loc[2, "least"] == pytest.approx(0)


def test_what_was_not_returned_or_does_not_apply_is_not_drawn():
    found = of("ied").loc[[4, 5]]
    assert found[["chance", "low", "high", "least", "most", "both", "neither"]].isna().all(axis=None)
    assert of("salw").loc[4, "chance"] == 0 and of("uas").loc[5, "chance"] == 0.5


@pytest.mark.parametrize("target", [0, 40, 60, 100])
def test_the_fields_of_the_draws_sum_to_one(target):
    found = of("ied", target).loc[:3]
    assert found[["both", "prevents", "responds", "neither"]].sum(axis=1).tolist() == pytest.approx([1.0] * 4)
    for row in range(4):
        up, down = (DRAWN.of(node)[row] for node in ("IED.U", "IED.D"))
        assert found.loc[row, "responds"] == pytest.approx(
            np.mean([u < target - 1e-7 and d >= target - 1e-7 for u, d in zip(up, down, strict=True)])
        )


def test_an_instrument_without_two_sides_has_nothing_to_hold_side_by_side():
    from tests import tiny

    assert side_ranges(draws(tiny.scores(("QMA", tiny.FULL)), [0], ["A"], SETTINGS), 60).empty
