"""The two flags by level intervals: certain whatever the open questions hold, possible if some hold it. An answer a is level a."""

import pytest

from analysis.balance import flags
from tests import tiny
from tests.balance import sides
from tests.balance.sides import AWAY, NOT_APPLICABLE, OPEN

FLAT = (3, 3, 3, 3, 3, 3)


def heavy(*answers, changed=None) -> str:
    found = flags.response_heavy(sides.scores(("QMA", answers, changed or {})), [0])
    return found.set_index("submodule")["kind"]["ied"]


@pytest.mark.parametrize(
    ("upstream", "downstream", "kind"),
    [(2, 3, "certain"), (3, 3, "none"), (4, 3, "none"), (OPEN, 3, "possible"), (OPEN, OPEN, "possible"), (5, OPEN, "none"), (AWAY, AWAY, "")],
)  # fmt: skip
def test_downstream_a_level_above_upstream_is_response_heavy(upstream, downstream, kind):
    assert heavy(upstream, downstream, 1, 1, 1, 1) == kind


def test_response_heavy_names_both_level_intervals():
    row = flags.response_heavy(sides.scores(("QMA", (2, 3, 1, 1, 1, 1))), [0]).iloc[0]
    assert (row["upstream"], row["upstream_low"], row["upstream_high"]) == ("IED.U", 2, 2)
    assert (row["downstream"], row["downstream_low"], row["downstream_high"]) == ("IED.D", 3, 3)


def loop(changed: dict, answers=FLAT):
    found = flags.loop_open(sides.scores(("QMA", answers, changed)), [0])
    return found.set_index("measure").loc["IED.D2"]  # informs IED.U1 and IED.U7


@pytest.mark.parametrize(
    ("downstream", "first", "second", "kind"),
    [
        (3, 2, 2, "certain"),
        (5, 0, 2, "certain"),
        (2, 0, 0, "none"),
        (3, 2, 3, "none"),
        (OPEN, 2, 2, "possible"),
        (3, OPEN, 2, "possible"),
        (3, OPEN, 3, "none"),
        (3, NOT_APPLICABLE, 2, "certain"),
        (3, AWAY, 2, "possible"),
        (3, NOT_APPLICABLE, NOT_APPLICABLE, ""),
        (NOT_APPLICABLE, 2, 2, ""),
        (AWAY, 2, 2, ""),
    ],
)
def test_the_loop_is_open_where_nothing_that_is_informed_is_in_place(downstream, first, second, kind):
    assert loop({"IED.D2": downstream, "IED.U1": first, "IED.U7": second})["kind"] == kind


def test_the_loop_names_what_is_informed_and_the_highest_of_it():
    row = loop({"IED.U1": 1, "IED.U7": 2})
    assert row["informs"] == ("IED.U1", "IED.U7") and (row["upstream_low"], row["upstream_high"]) == (2, 2)
    assert loop({"IED.U1": NOT_APPLICABLE, "IED.U7": 2})["informs"] == ("IED.U7",)


def test_every_downstream_measure_with_links_is_asked_once_a_state():
    units = [("QMA", FLAT), ("QMB", FLAT)]
    found = flags.loop_open(sides.scores(*units), [0, 1])
    assert len(found) == 2 * sides.instrument().feedback_links["downstream"].nunique()
    assert set(found["kind"]) == {"none"}


def test_a_questionnaire_without_links_or_axes_has_no_flags():
    scores = tiny.scores(("QMA", tiny.FULL))
    assert flags.response_heavy(scores, [0]).empty and flags.loop_open(scores, [0]).empty
