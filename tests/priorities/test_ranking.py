"""The value of a gap, its order, and how firm the order is. In the tiny questionnaire A holds M1 and M2, B holds M3; a step is 20 points."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.priorities import gaps, ranking, targets
from analysis.scores.tree import node_scores
from analysis.scores.uncertainty import UncertaintySettings, kappa
from tests import tiny
from tests.scores.worlds import FIXED

OURS = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
WEIGHTS = {"M1": 0.5, "M2": 0.5, "M3": 1.0}


def table_of(*answers: str, threat=None, standing=None) -> pd.DataFrame:
    scores = tiny.scores(*((f"QM{chr(65 + i)}", a) for i, a in enumerate(answers)))
    rows = range(len(answers))
    table = gaps.gaps(scores, rows, targets.targets(scores, rows, "default"))
    return ranking.valued(table, WEIGHTS, threat, standing)


def test_importance_is_the_effective_weight_under_its_root():
    assert ranking.importances(tiny.instrument()) == pytest.approx(WEIGHTS)
    found = ranking.importances(OURS)
    assert found["IED.U1"] == pytest.approx(1 / 3 / 8) and found["UAS.D1"] == pytest.approx(1 / 3 / 7)
    for kind in ("upstream", "downstream"):
        of_kind = OURS.measures.loc[OURS.measures["measure_type"] == kind, "node"]
        assert sum(found[m] for m in of_kind) == pytest.approx(1)


def test_closing_a_gap_raises_the_overall_score_by_its_value():
    """The words on the page say so; checked by scoring the State again with the gap closed."""
    scores = tiny.scores(("QMA", "111 222 333"), ("QMA", "333 222 333"))
    root = tiny.instrument().roots[0]
    rise = np.diff(scores.score[:, scores.column(root)])[0]
    listed = ranking.listed(table_of("111 222 333"))
    assert listed.loc[listed["measure"] == "M1", "worth"].item() == pytest.approx(rise) == pytest.approx(20)


def test_a_value_is_gap_times_importance_times_threat_with_what_open_questions_allow():
    """M1: 1 2 and one open: gap 30, between 60 - 160/3 and 40; importance .5; threat .8."""
    threat = pd.DataFrame(
        {"iso3": ["QMA"], "submodule": ["part-A"], "threat": [0.8], "threat_source": ["s"], "threat_date": ["d"]}
    )
    one = table_of("12. 333 333", threat=threat).query("measure == 'M1'").iloc[0]
    assert one[["worth", "worth_low", "worth_high"]].tolist() == pytest.approx([30 * 0.4, (60 - 160 / 3) * 0.4, 40 * 0.4])
    assert (one["threat_source"], one["importance"]) == ("s", 0.5)


def test_the_list_goes_by_value_and_holds_no_gap_that_is_only_a_missing_answer():
    """QMA: M1 40 x .5 = 20, M3 40 x 1 = 40. QMB: M2 is one answer of three: 3, so it may reach its target: asked, not listed."""
    table = table_of("111 333 111", "333 3.. 333")
    listed, asked = ranking.listed(table), ranking.only_missing(table)
    assert list(zip(listed["iso3"], listed["measure"], listed["worth"], strict=True)) == [("QMA", "M3", 40), ("QMA", "M1", 20)]
    assert list(zip(asked["iso3"], asked["measure"], asked["worth_high"], strict=True)) == [("QMB", "M2", 20)]


def test_a_gap_without_a_shown_score_that_is_certain_counts_at_its_least():
    """M1: 0 and two open: at most 200/3 by 5 and 5; not shown, target 60, so possible: asked. With target 100 it is certain: 33.3."""
    scores = tiny.scores(("QMA", "0.. 555 555"))
    table = ranking.valued(gaps.gaps(scores, [0], targets.targets(scores, [0], "5")), WEIGHTS)
    one = ranking.listed(table).iloc[0]
    assert (one["measure"], one["closed"], one["worth"]) == (
        "M1",
        pytest.approx(100 - 200 / 3),
        pytest.approx((100 - 200 / 3) / 2),
    )


def test_what_is_asked_and_paid_stands_beside_and_can_be_chosen():
    standing = pd.DataFrame({"iso3": ["QMA", "QMA"], "measure": ["M1", "M3"], "requested": [2, 1], "funded": ["", "under_way"]})
    listed = ranking.listed(table_of("111 111 111", standing=standing))
    assert dict(zip(listed["measure"], listed["requested"], strict=True)) == {"M3": 1, "M1": 2, "M2": 0}
    chosen = {
        (asked, free): set(ranking.wanted(listed, requested=asked, unfunded=free)["measure"])
        for asked in (False, True)
        for free in (False, True)
    }
    assert chosen == {
        (False, False): {"M1", "M2", "M3"}, (True, False): {"M1", "M3"}, (False, True): {"M1", "M2"}, (True, True): {"M1"},
    }  # fmt: skip


# --- stability


def test_drawn_importances_have_the_weights_as_their_mean_and_sum_to_one():
    drawn = ranking.drawn_importances(OURS)
    assert drawn.shape == (46, ranking.SETTINGS.draws)
    up = (OURS.measures["measure_type"] == "upstream").to_numpy()
    assert drawn[up].sum(axis=0) == pytest.approx(1) and drawn[~up].sum(axis=0) == pytest.approx(1)
    assert drawn.mean(axis=1) == pytest.approx(list(ranking.importances(OURS).values()), abs=0.002)


def test_drawn_importances_are_dirichlet_shares_among_siblings():
    """M1 and M2 share A: Dirichlet(kappa/2, kappa/2), so each a beta with mean 1/2 and variance 1/4 / (kappa + 1). B holds M3 alone."""
    drawn = ranking.drawn_importances(
        tiny.instrument(), settings=UncertaintySettings(draws=10_000, sources=frozenset({"weights"}))
    )
    assert drawn[2].tolist() == [1] * 10_000
    assert (drawn[0] + drawn[1]).tolist() == pytest.approx([1] * 10_000)
    assert np.var(drawn[0]) == pytest.approx(0.25 / (kappa(2, 0.25) + 1), rel=0.05)


def brute(worth: np.ndarray, measure: np.ndarray, drawn: np.ndarray, top: int) -> list[tuple]:
    """Ranks counted one by one, a draw at a time."""
    found = []
    for i in range(len(worth)):
        ranks = []
        for d in range(drawn.shape[1]):
            mine = worth[i] * drawn[measure[i], d]
            ranks.append(1 + sum(worth[j] * drawn[measure[j], d] > mine * (1 + 1e-9) for j in range(len(worth))))
        ordered = sorted(ranks)
        low = ordered[int(np.floor(0.05 * (len(ranks) - 1)))]
        high = ordered[int(np.ceil(0.95 * (len(ranks) - 1)))]
        found.append((low, high, sum(r <= top for r in ranks) / len(ranks)))
    return found


@settings(FIXED, max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from([0.0, 20.0, 40.0, 60.0]), st.integers(0, 2)), min_size=1, max_size=8), st.integers(0, 99)
)
def test_ranks_and_shares_are_those_counted_one_by_one(rows, seed):
    drawn = np.random.default_rng(seed).dirichlet([2, 2, 2], 21).T
    worth, measure = np.array([w for w, _ in rows]), np.array([m for _, m in rows])
    table = pd.DataFrame({
        "row": range(len(rows)), "iso3": "QMA", "measure": [("M1", "M2", "M3")[m] for m in measure], "closed": worth, "threat": 1.0,
        "worth": worth / 3,
    })  # fmt: skip
    found = ranking.stability(table, tiny.instrument(), drawn, top=2)
    assert list(zip(found["rank_low"], found["rank_high"], found["in_top"], strict=True)) == brute(worth, measure, drawn, 2)
    assert found["rank"].tolist() == [1 + int((worth > w).sum()) for w in worth]


def test_only_the_head_is_looked_at_but_all_are_rivals():
    table = ranking.listed(table_of("000 000 000", "111 111 111"))
    drawn = np.tile(np.array([[0.5], [0.5], [1.0]]), (1, 10))
    found = ranking.stability(table, tiny.instrument(), drawn, shown=2, top=3)
    assert found["rank"].tolist() == [1, 2] == found["rank_low"].tolist() == found["rank_high"].tolist()
    assert found["in_top"].tolist() == [1, 1]
    assert ranking.stability(table.head(0), tiny.instrument(), drawn).empty


def test_equal_values_share_the_better_rank_whatever_the_weights():
    table = ranking.listed(table_of("000 333 333", "000 333 333"))
    found = ranking.stability(table, tiny.instrument(), ranking.drawn_importances(tiny.instrument()))
    assert found[["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1, 1]] * 2


def test_the_draws_follow_the_weights_in_force():
    scores = node_scores(tiny.panel(("QMA", tiny.FULL)), tiny.instrument())
    assert np.array_equal(
        ranking.drawn_importances(tiny.instrument(), scores.options), ranking.drawn_importances(tiny.instrument())
    )
