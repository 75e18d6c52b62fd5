"""Sentences of the balance page: what is counted is what is said, and a title claims no more than its figure shows."""

import re

import pandas as pd
import pytest

from analysis.balance.need import Relaxation
from analysis.balance.risk import Sweep
from analysis.reports import balance
from analysis.texts import counted, text
from tests import tiny

FORBIDDEN = ("because of", "driven by", "leads to", "results in", "effect of", "caused by", "due to")


def associated(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["submodule", "kind", "n", "r", "low", "high"])


@pytest.mark.parametrize(
    ("low", "key"), [(0.1, "balance.association.title"), (-0.1, "balance.association.title.open"), (None, "balance.association.title.open")]
)  # fmt: skip
def test_the_title_says_together_only_where_every_interval_lies_above_zero(low, key):
    table = associated(("ied", "plain", 20, 0.6, 0.2, 0.8), ("uas", "plain", 20, 0.4, low, 0.7))
    if low is None:
        table = table.assign(r=float("nan"), low=float("nan"))
    assert balance.association_title(table) == text(key)


def test_a_range_that_is_printed_alike_is_one_number():
    table = associated(("ied", "plain", 20, 0.604, 0.2, 0.8), ("uas", "plain", 20, 0.596, 0.2, 0.8))
    assert "of 0.60 in every sub-module" in balance.association_sentence(None, table)
    table = associated(
        ("ied", "plain", 20, 0.61, 0.2, 0.8), ("uas", "plain", 20, -0.2, -0.5, 0.3), ("ied", "partial", 18, 0.5, 0.1, 0.7)
    )
    said = balance.association_sentence(None, table)
    assert "of -0.20 to 0.61 by sub-module" in said and "leaves out zero in 1 of 1" in said


def test_below_ten_states_the_sentence_says_so():
    assert balance.association_sentence(None, associated(("ied", "plain", 9, None, None, None))) == text(
        "balance.association.few"
    )


def test_the_assumption_in_force_is_printed_with_its_numbers():
    said = balance.need_assumption(Relaxation(60, 20, 0.5, 2))
    assert all(part in said for part in ("60 points", "as little as 40 ", "50 %", "how late upstream counts 2)"))
    assert balance.need_assumption(Relaxation(60, 20)).startswith("Assumption in force: none.")
    assert "upstream from 10 to 90 %, downstream from 20 to 80 %" in balance.risk_assumption(Sweep((0.1, 0.9), (0.2, 0.8)))


def test_a_placebo_outside_of_the_shuffles_is_counted_beside():
    rows = [("after", -0.6, -0.3, 0.3), ("after", 0.1, -0.3, 0.3), ("before", 0.5, -0.3, 0.3)]
    table = pd.DataFrame(rows, columns=["side", "r", "shuffled_low", "shuffled_high"])
    assert balance.lagged_sentence(table).startswith("Outside of what shuffling gives lie 1 of 2")
    assert "1 of 1 with the outcome before" in balance.lagged_sentence(table)
    assert balance.lagged_sentence(table.assign(r=float("nan"))) == text("balance.outcome.few")


def test_no_text_of_the_page_says_that_one_thing_brings_about_another():
    from analysis.texts import words

    mine = {
        key: said for key, said in words("en").items() if key.startswith(("balance.", "page.balance", "control.rho", "control.e"))
    }
    assert len(mine) > 80
    assert [key for key, said in mine.items() if any(word in said.lower() for word in FORBIDDEN)] == []


def test_symbols_stand_in_the_help_only():
    from analysis.texts import words

    said = {
        key: words_
        for key, words_ in words("en").items()
        if key.startswith(("balance.", "control.")) and not key.endswith(".help")
    }
    assert [key for key, one in said.items() if re.search(r"\b(rho|gamma|eU|eD|T_min|U\^)", re.sub(r"\{.*?\}", "", one))] == []


def test_how_long_the_list_stays_is_said_with_its_ends():
    steps = pd.DataFrame({"rho": [0.0, 0.4, 1.0], "n": [5, 3, 2]})
    start = counted("balance.remaining.sentence", 5, last=2)
    assert balance.remaining_sentence(steps, 0.0) == f"{start}."
    assert balance.remaining_sentence(steps, 0.5) == f"{start}{text('balance.remaining.here', rho='50 %', n=3)}."
    assert balance.remaining_sentence(steps.assign(n=5), 0.5) == counted("balance.remaining.all", 5)
    assert balance.remaining_sentence(steps.assign(n=0), 0.5) == text("balance.remaining.none")


def test_the_title_of_the_residual_risk_says_what_the_range_in_view_says():
    def title(*first):
        return balance.risk_title(pd.DataFrame({"first": first}))

    assert title("upstream", "upstream") == "Over the range in view upstream comes first in all 2 cases"
    assert title("upstream", "depends") == text("balance.risk.title.depends")
    assert title("upstream", "downstream") == text("balance.risk.title.differs")


def test_levels_are_named_beside_their_points_in_short_across_and_in_full_up():
    """The small questionnaire has the levels 0 to 5."""
    found = balance.plane_levels(tiny.instrument())
    assert found["upstream"] == ["level 0", "1", "2", "3", "4", "5"]
    assert found["downstream"] == ["level 0", "level 1", "level 2", "level 3", "level 4", "level 5"]
