"""Sentences of the feedback loop and of borders, where something is missing or there is one of it; tables in words."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.balance import flags, loop
from analysis.comparison import borders as on
from analysis.reports import borders, explained, feedback, lenses
from analysis.texts import text
from tests import tiny
from tests.balance import sides

STATES = tiny.states(QMA="Alpha", QMB="Beta", QMC="Gamma")


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (89, "89 days"), (90, "3 months"), (31 * 12, "12 months")])
def test_a_time_is_told_in_days_and_from_three_months_on_in_months(days, words):
    assert feedback.duration(days) == words


def closed(*rows: tuple) -> pd.Series:
    """(status, days to the change) of lessons of 1 January 2025."""
    start = dt.date(2025, 1, 1)
    bodies = [
        {"iso3": "QMA", "date": str(start), "measure": "IED.D2", "status": status}
        | ({"date_made": str(start + dt.timedelta(days))} if days is not None else {})
        for status, days in rows
    ]
    table = loop.lessons([(str(i), body) for i, body in enumerate(bodies)], sides.instrument())
    return loop.closure(table, pd.Series(["all"] * len(table)), dt.date(2026, 1, 1)).iloc[0]


def test_few_lessons_have_numbers_and_no_share_and_no_typical_time():
    whole = closed(("made", 40), ("recorded", None))
    assert feedback.closure_title(whole) == "A change upstream is recorded for 1 of 2 lessons so far"
    assert "%" not in feedback.closure_sentence(whole, 1, 3, 0)
    assert feedback.waiting_sentence(whole).startswith(text("feedback.time.few", n=1))
    assert feedback.waiting_sentence(whole).endswith(text("feedback.time.half.few", n=2, fewest=5))


def test_too_few_lessons_are_never_told_as_fewer_than_half():
    """Of two changes among three lessons a half is not short; what is missing is lessons."""
    for whole in (
        closed(("made", 40), ("made", 50), ("recorded", None)),
        closed(*[("made", 30)] * 4),
        closed(("rejected", None)),
    ):
        assert "fewer than half" not in feedback.waiting_sentence(whole)
        assert int(whole["timed"]) < 5
    # five lessons that count, one of them with a change; two were rejected and one change has no date
    whole = closed(("made", 40), *[("recorded", None)] * 4, *[("rejected", None)] * 2, ("made", None))
    assert feedback.waiting_sentence(whole).endswith(text("feedback.time.never", n=5))


def test_a_side_of_which_nothing_is_known_is_not_told_as_none_of_none():
    counts = pd.DataFrame({"decided": [True, False], "revised": [1, 0], "not_revised": [1, 0], "unknown": [2, 1]})
    assert feedback.reviews_sentence(counts) == " ".join(
        [
            "Of 2 lessons with a review, the level of a measure they bear on rose since in 1. For 3 it is not known.",
            text("feedback.review.meaning"),
        ]
    )


def test_enough_lessons_have_a_share_with_its_range_and_both_times():
    whole = closed(*(("made", 30 + i) for i in range(5)), ("recorded", None))
    # 5 of 6; Wilson by statsmodels: 0.4365 to 0.9699
    assert text("feedback.closure.share", share="83", low="44", high="97") in feedback.closure_sentence(whole, 1, 3, 0)
    told = feedback.waiting_sentence(whole)
    assert text("feedback.time.median", time="32 days", n=5) in told and text("feedback.time.half", time="32 days") in told


def test_the_flags_list_the_certain_ones_first_and_only_what_is_flagged():
    scores = sides.scores(("QMB", (3, 3, 3, 3, sides.OPEN, 3)), ("QMA", (2, 3, 3, 3, 3, 3)), ("QMC", (3,) * 6))
    found = feedback.flags(sides.instrument(), flags.response_heavy(scores, range(3)), flags.loop_open(scores, range(3)), STATES)
    assert found["known_words"].tolist() == sorted(found["known_words"], reverse=True)  # for certain, then depends
    assert set(found.loc[found["kind"] == "certain", "name"]) == {"Alpha"} and "Gamma" not in set(found["name"])
    first = found[found["flag"] == "heavy"].iloc[0]
    assert (first["downstream_level"], first["upstream_level"], first["informs_words"]) == ("3", "2", "")
    one = found[(found["flag"] == "loop") & (found["node"] == "IED.D2")].iloc[0]
    assert one["informs_words"].startswith("IED.U1 ") and "; IED.U7 " in one["informs_words"]


def test_nothing_flagged_is_an_empty_list_and_a_sentence_of_noughts():
    scores = sides.scores(("QMC", (3,) * 6))
    heavy, loop_ = flags.response_heavy(scores, [0]), flags.loop_open(scores, [0])
    assert feedback.flags(sides.instrument(), heavy, loop_, STATES).empty and feedback.flagged(heavy, loop_) == 0
    assert feedback.state_flags_sentence(heavy, loop_) == (
        "For certain, response stands a level above prevention (response-heavy) in 0 of 3 sub-modules, and what is learnt has nowhere to "
        "go (loop open) from 0 of 22 downstream measures. Depending on open questions: 0 more."
    )


def test_a_difference_has_its_sign():
    assert [lenses.signed(v) for v in (4.04, -12.25, 0.0, -0.01)] == ["+4.0", "−12.3", "0.0", "0.0"]


def chain(*rows: tuple) -> on.Chain:
    table = pd.DataFrame(rows, columns=["iso3", "score", "lower", "upper", "weakest"]).assign(why="shown", round="2026")
    point = table["score"].min() if table["score"].notna().all() else np.nan
    return on.Chain(table, point, table["lower"].min(), table["upper"].min(), (("QMA", "QMC"),))


def test_a_chain_says_its_worth_its_weakest_link_and_what_is_no_border():
    one = chain(("QMA", 20.0, 20.0, 20.0, True), ("QMC", 60.0, 50.0, 70.0, False))
    assert borders.chain_sentence(one, STATES) == (
        "The chain is worth 20.0 points, whatever the open questions hold. Its weakest link is Alpha. "
        "Alpha and Gamma share no border in the table, so that step of the chain is none."
    )
    several = chain(("QMA", 40.0, 30.0, 55.0, True), ("QMC", np.nan, 0.0, 90.0, True))
    told = borders.chain_sentence(several, STATES)
    assert "0.0 to 55.0" in told and text("borders.chain.link.other", names="Alpha and Gamma") in told
    assert borders.chain(one, STATES)["note"].tolist() == ["the weakest link", "", ""]
    assert borders.chain(several, STATES)["label"].iloc[-1] == text("borders.chain.whole")


def test_sources_are_named_once_and_many_are_counted():
    pairs = pd.DataFrame({"source": ["x", "y", "x", "z", "v", "w"]})
    assert borders.sources(pairs) == "x, y, z and 2 more" and borders.sources(pairs.head(1)) == "x"


@pytest.mark.parametrize("kind", ["all", "state"])
def test_a_dotted_outline_is_explained_only_where_one_is_drawn(kind):
    outline = text("feedback.links.key.outline")
    drawn, none = (pd.DataFrame({"tone": ["link", "lessons", *more]}) for more in (["beside"], [""]))
    assert outline in feedback.links_key(drawn, kind) and outline not in feedback.links_key(none, kind)
    assert feedback.links_key(none, kind).startswith(text(f"feedback.links.key.{kind}"))


def test_the_conventions_of_the_loop_stand_on_the_method_page_where_there_are_links():
    values = explained.thresholds(sides.instrument()).set_index("convention")["in_force"]
    assert values[text("threshold.loop_open")] == "3 or more; 2 or less"
    assert values[text("threshold.few_lessons")] == "5" and values[text("threshold.heavy")] == "1"


def test_states_with_lessons_and_no_return_are_told_apart_and_never_counted_among_those_with_one():
    whole = closed(("recorded", None))
    told = [feedback.closure_sentence(whole, *given) for given in ((14, 14, 5), (1, 14, 1), (0, 14, 0))]
    head = "Of 14 States that assessed themselves in this questionnaire"
    assert told[0].endswith(
        f"{head} 14 have recorded lessons. 5 States that did not assess themselves in it have recorded lessons as well."
    )
    assert told[1].endswith(
        f"{head} 1 has recorded a lesson. One State that did not assess itself in it has recorded lessons as well."
    )
    assert told[2].endswith(f"{head} none has recorded a lesson.")
