"""A scenario is the State's return with other answers, scored by the same engine. A step is worth 20 points."""

from __future__ import annotations

import pytest

from analysis.priorities import scenario
from analysis.scores.levels import blockers
from analysis.scores.options import ScoreOptions
from tests import tiny


def test_the_return_as_it_is_stands_beside_the_changed_one():
    scores = tiny.scores(("QMA", "555 555 555"), ("QMB", "111 333 222"))
    pair = scenario.changed(scores, 1, {"a1": 4, "c2": 5})
    table = scenario.before_after(pair, ["A", "M1", "M3"]).set_index("node")
    assert table["before"].tolist() == pytest.approx([40, 20, 40])
    assert table["after"].tolist() == pytest.approx([50, 40, 60])
    assert table.at["M1", "change"] == pytest.approx(20)
    assert scores.panel.codes[1].tolist() == [1, 1, 1, 3, 3, 3, 2, 2, 2]  # nothing of the panel itself has changed


def test_the_level_afterwards_and_what_blocks_the_next():
    scores = tiny.scores(("QMA", "111 333 333"))
    pair = scenario.changed(scores, 0, {"a1": 2, "a2": 2})
    row = scenario.before_after(pair, ["M1"]).iloc[0]
    assert (row["level_before_low"], row["level_after_low"]) == (1, 2)
    assert set(blockers(pair, scenario.AFTER, "M1")["question"]) == {"a1", "a2", "a3"}


def test_a_measure_is_raised_without_lowering_anything():
    scores = tiny.scores(("QMA", "14. n33 ___"))
    assert scenario.raised(scores, 0, {"M1": 3}) == {"a1": 3, "a3": 3}
    assert scenario.raised(scores, 0, {"M2": 5}) == {"b2": 5, "b3": 5}  # what is not applicable stays so
    assert scenario.raised(scores, 0, {"M3": 3}) == {}  # a part that was not returned
    assert scenario.raised(scores, 0, {"M1": 2, "a3": 5}) == {"a1": 2, "a3": 5}


def test_the_options_of_the_page_are_kept():
    scores = tiny.scores(("QMA", "111 333 222"), options=ScoreOptions(aggregator="minimum"))
    assert scenario.before_after(scenario.changed(scores, 0, {"a1": 4}), ["A"])["after"].tolist() == pytest.approx([40])


def test_an_answer_that_is_none_is_refused():
    scores = tiny.scores(("QMA", "111 333 222"))
    with pytest.raises(KeyError):
        scenario.changed(scores, 0, {"a1": 99})
    with pytest.raises(KeyError):
        scenario.changed(scores, 0, {"zz": 1})
