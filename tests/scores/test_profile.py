"""One return laid open: nodes in order, measures from the weakest, lenses, answers."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.instrument import Lens
from analysis.scores import profile
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import node_scores
from tests import tiny
from tests.scores.worlds import FIXED, options_of, panel_of, worlds

NAN = float("nan")


def test_a_profile_is_the_table_of_the_scores_in_the_order_asked_for():
    scores = tiny.scores(("QMA", tiny.FULL), ("QMB", "111 222 555"))
    found = profile.profile(scores, 1, ["B", "M1", "A"])
    assert found["node"].tolist() == ["B", "M1", "A"]
    assert found["score"].tolist() == pytest.approx([100, 20, 30])
    assert set(found["iso3"]) == {"QMB"}


def test_measures_go_from_the_weakest_and_those_without_a_score_come_last():
    found = profile.measures(tiny.scores(("QMA", "3.. 444 222")), 0)
    assert found["node"].tolist() == ["M3", "M2", "M1"]
    assert found["score"].isna().tolist() == [False, False, True]


def test_a_lens_scores_its_own_questions_only():
    """border: a1 b1 c1 = 5 5 5; rights: the six others, all 1."""
    found = profile.lens_profile(
        tiny.panel(("QMA", "511 511 511")), tiny.instrument(), 0, [Lens("tag", "rights"), Lens("tag", "border")], ["A"]
    )
    assert found[["lens_kind", "lens", "node"]].to_numpy().tolist() == [["tag", "rights", "A"], ["tag", "border", "A"]]
    assert found["score"].tolist() == pytest.approx([20, 100])
    assert found["applicable"].tolist() == [4, 2]


def test_no_lens_is_an_empty_table():
    assert profile.lens_profile(tiny.panel(("QMA", tiny.FULL)), tiny.instrument(), 0, [], ["A"]).empty


@settings(FIXED, max_examples=10)
@given(worlds(rows=3), st.integers(0, 2))
def test_every_lens_gives_what_scoring_through_that_lens_gives(world, row):
    panel, instrument = panel_of(world.instrument, world.rows), world.instrument
    nodes = instrument.nodes["node"].tolist()
    options = options_of(world.wishes)
    options = ScoreOptions(options.aggregator, options.rule, None, options.zero_statuses)
    found = profile.lens_profile(panel, instrument, row, instrument.lenses, nodes, options)
    for lens in instrument.lenses:
        through = ScoreOptions(options.aggregator, options.rule, lens, options.zero_statuses)
        expected = profile.profile(node_scores(panel, instrument, through), row, nodes).drop(columns="row")
        here = found[(found["lens_kind"] == lens.kind) & (found["lens"] == lens.value)].reset_index(drop=True)
        pd.testing.assert_frame_equal(here[expected.columns.tolist()], expected, check_exact=True)


def test_answers_are_given_by_question_with_option_level_and_status():
    found = profile.answers(tiny.panel(("QMA", "35? nw. 0x_")), tiny.instrument(), 0)
    assert found["question"].tolist() == ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"]
    assert found["status"].tolist() == [
        "answered", "answered", "dont_know", "na_justified", "withheld", "blank", "answered", "invalid", "not_returned",
    ]  # fmt: skip
    assert found["option"].tolist() == ["o3", "o5", "", "", "", "", "o0", "", ""]
    assert found["level"].fillna(-1).tolist() == [3, 5, -1, -1, -1, -1, 0, -1, -1]


def test_answers_of_one_measure():
    found = profile.answers(tiny.panel(("QMA", "111 234 555")), tiny.instrument(), 0, "M2")
    assert found["level"].tolist() == [2, 3, 4]


def test_the_questions_behind_a_moved_level_are_those_that_count_as_nothing_below_it():
    scores = tiny.scores(("QMA", "333 33? 33n"))
    table = profile.what_ifs(scores, 0, ["A", "M1", "M2", "B", "M3"])
    found = profile.what_if_questions(scores, 0, table)
    moved = {w: set(table.loc[table[f"moved_{w}"], "node"]) for w in ("strict", "challenged")}
    assert found[["what_if", "question", "measure"]].values.tolist() == [["strict", "b3", "M2"], ["challenged", "c3", "M3"]]
    assert found["status"].tolist() == ["dont_know", "na_justified"]
    assert [set(nodes) for nodes in found["nodes"]] == [moved["strict"] & {"A", "M2"}, moved["challenged"] & {"B", "M3"}]
    assert "M2" in found["nodes"].iloc[0] and "M3" in found["nodes"].iloc[1]


def test_where_no_level_moves_no_question_is_named():
    scores = tiny.scores(("QMA", "333 333 333"))
    table = profile.what_ifs(scores, 0, ["A", "M1"])
    assert profile.what_if_questions(scores, 0, table).empty


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([50, 20, 80], "b"), ([50, 20, 20], "b"), ([NAN, NAN, 10], "c"), ([NAN, NAN, NAN], "a"), ([0, NAN, 0], "a")],
)
def test_the_weakest_part_is_the_first_with_the_lowest_score_shown(scores, expected):
    assert profile.weakest(pd.DataFrame({"node": ["a", "b", "c"], "score": scores})) == expected
