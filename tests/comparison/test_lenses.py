"""Lenses on the tiny questionnaire: a1 b1 c1 are `border`, all other questions `rights`; an answer a is 20 a points."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison import lenses
from analysis.instrument import Lens
from analysis.scores import profile
from analysis.scores.draws import draws
from analysis.scores.options import STRICT, ScoreOptions
from analysis.scores.tree import node_scores
from analysis.scores.uncertainty import UncertaintySettings
from tests import tiny
from tests.balance import sides

BORDER, RIGHTS = Lens("tag", "border"), Lens("tag", "rights")
TINY = tiny.instrument()


def test_the_page_begins_with_human_rights_where_an_instrument_asks_about_them():
    assert lenses.first_lens(sides.instrument()) == Lens("tag", "human_rights_rule_of_law")
    assert lenses.first_lens(TINY) == TINY.lenses[0]


def test_a_lens_is_scored_on_roots_and_blocks_in_the_order_of_the_tree():
    found = lenses.nodes(sides.instrument())
    assert found == ["ALL.U", "IED.U", "UAS.U", "SALW.U", "ALL.D", "IED.D", "UAS.D", "SALW.D"]
    assert lenses.nodes(TINY) == ["A", "B"]


def test_every_lens_of_several_returns_in_one_pass_is_what_each_gives_alone():
    panel = tiny.panel(("QMA", "133 4.. 5uu"), ("QMB", "?12 345 ___"), ("QMC", tiny.FULL))
    found = lenses.profiles(panel, TINY, [2, 0], [BORDER, RIGHTS], ["A", "B"])
    assert found[["lens", "row", "node"]].to_records(index=False).tolist()[:3] == [
        ("border", 2, "A"),
        ("border", 2, "B"),
        ("border", 0, "A"),
    ]
    for row in (0, 2):
        alone = profile.lens_profile(panel, TINY, row, [BORDER, RIGHTS], ["A", "B"])
        here = found[found["row"] == row].reset_index(drop=True)
        pd.testing.assert_frame_equal(here.drop(columns="row"), alone.drop(columns="row"))


def test_no_return_gives_no_rows():
    assert lenses.profiles(tiny.panel(("QMA", tiny.FULL)), TINY, [], [BORDER], ["A"]).empty


def beside(*units, target=60.0, lens=BORDER, node="A"):
    found = lenses.beside_rest(tiny.panel(*units), TINY, range(len(units)), lens, node, target)
    return found.set_index("iso3")


def test_the_rest_is_everything_that_the_lens_leaves_out():
    row = beside(("QMA", "144 244 333")).loc["QMA"]
    assert (row["lens_score"], row["rest_score"], row["difference"]) == (30, 80, -50)  # (20 + 40) / 2 beside 4, 4, 4, 4
    assert (row["lens_applicable"], row["rest_applicable"]) == (2, 4)


@pytest.mark.parametrize(
    ("answers", "below", "sure"),
    [
        ("144 244 333", True, True),  # 30 beside 80, nothing open
        ("344 344 333", False, False),  # 60 is at the target
        ("111 111 333", False, False),  # both below it
        ("144 24? 333", False, False),  # one of two is too few for a score of the rest
    ],
)
def test_what_is_strong_elsewhere_is_told_beside_what_is_weak_here(answers, below, sure):
    row = beside(("QMA", answers)).loc["QMA"]
    assert (bool(row["below"]), bool(row["sure"])) == (below, sure)


def test_what_an_open_question_could_turn_is_not_sure():
    lens, questions = Lens("tag", "human_rights_rule_of_law"), sides.instrument().questions
    rights = questions["question"][sides.instrument().lens_mask(lens)]
    elsewhere = questions["question"][(questions["measure"] == "IED.U3") & ~questions["question"].isin(rights)].iloc[0]
    low = dict.fromkeys(rights, 2)
    panel = sides.panel(("QMA", (4,) * 6, low), ("QMB", (4,) * 6, low | {elsewhere: sides.OPEN}))
    found = lenses.beside_rest(panel, sides.instrument(), [0, 1], lens, "IED.U", 80).set_index("iso3")
    assert found["lens_score"].tolist() == [40, 40] and found["rest_score"].tolist() == [80, 80]
    assert found["below"].all() and found["sure"].to_dict() == {"QMA": True, "QMB": False}


def test_those_furthest_below_their_own_rest_come_first_and_those_without_both_scores_last():
    found = beside(
        ("QMA", "344 344 333"), ("QMB", "?44 ?44 333"), ("QMC", "144 144 333"), ("QMD", "___ ___ 333"), ("QME", "n44 n44 333")
    )
    assert found.index.tolist() == ["QMC", "QMA", "QMB"]  # QMD returned nothing of it, to QME it does not apply
    assert (
        np.isnan(found.loc["QMB", "difference"]) and found.loc["QMB", "lens_lower"] == 0 and found.loc["QMB", "lens_upper"] == 100
    )


def test_the_lens_is_what_scoring_through_it_gives_under_any_rule():
    units = ("QMA", "1n4 2?4 3u3"), ("QMB", "?44 344 ___")
    for more in ({}, {"aggregator": "minimum"}, {"zero_statuses": STRICT}):
        expected = tiny.scores(*units, options=ScoreOptions(lens=RIGHTS, **more))
        found = lenses.beside_rest(tiny.panel(*units), TINY, [0, 1], RIGHTS, "A", 60, ScoreOptions(lens=RIGHTS, **more))
        for name in ("score", "lower", "upper", "answered", "applicable"):
            by_row = found.sort_values("row")[f"lens_{name}"].to_numpy(dtype=float)
            assert by_row == pytest.approx(getattr(expected, name)[:, 0].astype(float), nan_ok=True)


def test_one_state_through_a_lens_round_by_round():
    panel = tiny.panel(
        ("QMA", "133 233 ___", "2022"), ("QMA", "444 ?44 333", "2024"), ("QMB", tiny.FULL, "2024"),
        ("QMA", "555 555 555", "2024", "visit"), ("QMA", "555 555 555", "2024", "self", "Customs"),
    )  # fmt: skip
    found = lenses.history(panel, TINY, "QMA", BORDER, ["A", "B"])
    assert found[["round", "node"]].to_numpy().tolist() == [["2022", "A"], ["2022", "B"], ["2024", "A"], ["2024", "B"]]
    assert found["score"].tolist() == pytest.approx([30, np.nan, np.nan, 60], nan_ok=True)
    assert found["why"].tolist()[1] == "not_returned" and found["upper"].iloc[2] == 90  # 80 and up to 100
    assert lenses.history(panel, TINY, "QMC", BORDER, ["A"]).empty


SETTINGS = UncertaintySettings(draws=200)
OPENED = (("QMA", "1?4 2?4 333"), ("QMB", "?44 ?55 333"), ("QMC", tiny.FULL), ("QMD", "nnn nnn 333"), ("QMG", "___ ___ 333"))


def test_the_lens_is_drawn_as_it_is_through_the_lens_and_the_rest_as_if_nothing_else_had_been_asked():
    panel = tiny.panel(*OPENED)
    found = lenses.beside_ranges(panel, TINY, range(5), BORDER, "A", SETTINGS).set_index("row")
    # RIGHTS is all that BORDER leaves out; its own draws have the same methods and other missing answers
    for lens, name, stream in ((BORDER, "lens", 0), (RIGHTS, "rest", 1)):
        alone = draws(node_scores(panel, TINY, ScoreOptions(lens=lens)), range(3), ["A"], SETTINGS, stream).of("A")
        ends = found.loc[:2, [f"{name}_low", f"{name}_median", f"{name}_high"]].to_numpy()
        np.testing.assert_allclose(ends, np.percentile(alone, [5, 50, 95], axis=1).T, atol=1e-9)
    assert found.loc[[3, 4]].drop(columns="separable").select_dtypes("number").isna().all(axis=None)  # nothing to draw


def test_the_difference_of_the_two_is_that_of_their_draws_and_lies_within_the_bounds():
    panel = tiny.panel(*OPENED)
    found = lenses.beside_ranges(panel, TINY, range(3), BORDER, "A", SETTINGS)
    of = [
        draws(node_scores(panel, TINY, ScoreOptions(lens=lens)), range(3), ["A"], SETTINGS, stream).of("A")
        for stream, lens in enumerate((BORDER, RIGHTS))
    ]
    np.testing.assert_allclose(found[["low", "median", "high"]], np.percentile(of[0] - of[1], [5, 50, 95], axis=1).T, atol=1e-9)
    assert found["chance"].tolist() == pytest.approx(
        ((of[0] - of[1] > 1e-7) + 0.5 * (abs(of[0] - of[1]) <= 1e-7)).mean(axis=1).tolist()
    )
    # QMA: 20 and 40 are 30; the rest is open and 80 in both measures: 40 to 90
    assert found.loc[0, ["least", "most"]].tolist() == pytest.approx([30 - 90, 30 - 40])
    assert found.loc[2, ["chance", "low", "high"]].tolist() == pytest.approx([0.5, 0, 0]) and not found.loc[2, "separable"]
    assert found.loc[0, "separable"] == (found.loc[0, "chance"] <= 0.05)


def test_missing_answers_of_lens_and_rest_are_facts_of_their_own():
    only = UncertaintySettings(draws=4000, sources=frozenset({"unknown"}))
    # one open question of the lens, one of the rest in each measure that is alike: equal in one of six draws, not in all
    found = lenses.beside_ranges(tiny.panel(("QMA", "??n ??n 333")), TINY, [0], BORDER, "A", only).iloc[0]
    assert found["low"] < -30 and found["high"] > 30 and 0.45 < found["chance"] < 0.55
