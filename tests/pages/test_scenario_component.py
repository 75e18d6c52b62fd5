"""Scenarios on the State's page. QMA answered 2 throughout IED upstream (score 40) and 1 throughout IED downstream; QMH 4 everywhere."""

import pytest

from tests.pages.conftest import choose, measures_of, page, param, said, sound, table

pytestmark = pytest.mark.usefixtures("shared_world")
N = measures_of()


def opened(**params):
    at = page("country", country="QMA", node="IED.U", **params)
    at.session_state["scenario.open"] = True
    return sound(at.run())


def answers(at) -> list[tuple[str, str, str]]:
    rows = table(at, "scenario-answers-QMA")
    return list(zip(rows["question"], rows["answer_now"], rows["answer_then"], strict=True))


def test_it_is_closed_until_somebody_opens_it():
    at = page("country", country="QMA", node="IED.U")
    assert not [line for line in said(at) if line.startswith("A scenario changes answers")]


def test_a_measure_lifted_to_a_level_moves_its_part_by_its_share():
    at = choose(opened(), "doing", ["IED.U1:3"])
    assert {row[0].rsplit(".", 1)[0] for row in answers(at)} == {"IED.U1"}
    assert {row[1][0] + row[2][0] for row in answers(at)} == {"23"}
    score = f"Its score goes from 40.0 to {40 + 20 / N['IED.U']:.1f}."
    assert any(line.endswith(score) for line in said(at))
    assert param(at, "doing") == "IED.U1:3"


def test_a_link_opens_the_scenario_it_names():
    at = page("country", country="QMA", node="IED.U", doing="IED.U1.1:4")
    assert answers(at)[0][0] == "IED.U1.1" and len(answers(at)) == 1


def test_the_cheapest_way_reaches_the_level_it_names():
    at = opened()
    line = next(line for line in said(at) if "are enough to bring" in line)
    assert "to level 3" in line and line.split()[0] == str(len(answers(at)))
    assert any("would stand at level 3; now it stands at level 2." in other for other in said(at))


def test_the_way_by_the_smallest_steps_stands_in_the_address():
    at = choose(opened(), "cheapest", "steps")
    assert param(at, "cheapest") == "steps"
    assert any("would stand at level 3" in other for other in said(at))


def test_what_is_reached_already_changes_nothing():
    at = choose(opened(), "doing", ["IED.U1:1"])
    assert any(line.startswith("Nothing changes") for line in said(at))
