"""Weights, questions and flags in words: exact sentences from small tables."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.comparison.items import REASONS
from analysis.comparison.plausible import FLAGS
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.model import Problem
from analysis.reports import plausible, questions, weights
from analysis.scores.weight_sets import WeightSet
from analysis.states import load_states
from analysis.texts import counted, text

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
STATES = load_states(True)
CHILDREN = ["IED.U", "UAS.U", "SALW.U"]
GIVEN = {"1": {"IED.U": 50.0, "UAS.U": 20.0, "SALW.U": 30.0}, "2": {"IED.U": 70.0, "UAS.U": 0.0, "SALW.U": 30.0}}


def test_a_budget_table_gives_back_what_was_filled_in():
    table = weights.budget_table(INSTRUMENT, CHILDREN, GIVEN, 3)
    assert table.columns.tolist() == ["label", "share", "1", "2", "3"] and table["share"].tolist() == pytest.approx([1 / 3] * 3)
    assert weights.budget_of(table, CHILDREN) == {**GIVEN, "3": dict.fromkeys(CHILDREN)}
    odd = table.assign(**{"1": [101, -1, "many"], "2": [100, float("nan"), 0]})
    assert weights.budget_of(odd, CHILDREN)["1"] == dict.fromkeys(CHILDREN)
    assert weights.budget_of(odd, CHILDREN)["2"] == {"IED.U": 100.0, "UAS.U": None, "SALW.U": 0.0}


def test_what_experts_agreed_on_is_read_from_its_table():
    table = weights.agreed(INSTRUMENT, CHILDREN, GIVEN)
    assert table["agreed"].tolist() == pytest.approx([0.6, 0.1, 0.3]) and table["item"].tolist() == CHILDREN
    facts = {"item": INSTRUMENT.node_name("IED.U"), "agreed": "60 %", "own": "33 %"}
    both = f"{INSTRUMENT.node_name('IED.U')} and {INSTRUMENT.node_name('UAS.U')}"
    apart = text("weights.agreed.apart", item=both, sd="14 %")  # of .5 and .7, as of 0 and .2
    assert weights.agreed_sentence(table) == f"{counted('weights.agreed.most', 2, **facts)} {apart}"
    dots = weights.agreed_dots(table, GIVEN)
    assert dots["series"].value_counts().to_dict() == {"expert": 6, "own": 3, "agreed": 3}


def test_experts_of_one_mind_with_the_questionnaire_are_said_to_be_so():
    even = dict.fromkeys(CHILDREN, 100 / 3)
    table = weights.agreed(INSTRUMENT, CHILDREN, {"1": even, "2": even})
    assert weights.agreed_sentence(table) == f"{text('weights.agreed.same')} {text('weights.agreed.one_mind')}"


def test_a_whole_set_has_every_experts_points():
    one = WeightSet("abc", "Two", INSTRUMENT.id, {"ALL.U": GIVEN, "ALL.D": {"1": {"IED.D": 40.0, "UAS.D": 20.0, "SALW.D": 40.0}}})
    table = weights.set_table(INSTRUMENT, one)
    assert table["points_1"].tolist() == [50, 20, 30, 40, 20, 40] and table["points_2"].tolist()[:3] == [70, 0, 30]
    assert table["points_2"].isna().tolist() == [False] * 3 + [True] * 3  # who was not asked gave no 0
    assert weights.in_force((("A", 1 / 3), ("B", 2 / 3))) == "A=0.333333, B=0.666667"


def effect(**more) -> dict:
    names = [
        "level_changed",
        "level_perhaps",
        "level_same",
        "level_one_only",
        "order_swapped",
        "order_perhaps",
        "order_tied",
        "order_kept",
        "order_open",
    ]
    return {**dict.fromkeys(names, 0), "shown": 5, "pairs": 10, **more}


def test_the_finding_names_what_changes_and_what_does_not():
    row = effect(level_changed=1, level_same=3, level_perhaps=1, order_swapped=2, order_kept=7, order_perhaps=1)
    assert weights.whatif_title(row) == counted("weights.whatif.title", 1, shown=5)
    told = weights.whatif_sentence(row)
    assert told.startswith(text("weights.whatif.levels", same=3, shown=5))
    assert counted("weights.whatif.level_perhaps", 1) in told and counted("weights.whatif.orders", 2, pairs=10, kept=7) in told
    assert counted("weights.whatif.order_tied", 1) not in told
    assert weights.whatif_sentence(effect(level_same=5, pairs=0)) == text("weights.whatif.levels", same=5, shown=5)


def importance(values) -> pd.DataFrame:
    return pd.DataFrame({"label": ["A", "B"], "share": [0.5, 0.5], "importance": values, "n": [9, 9]})


def test_importance_says_who_makes_the_difference_and_what_a_negative_share_is():
    some = counted("weights.importance.some", 9, item="B", share="50 %", importance="120 %")
    assert weights.importance_sentence(importance([-0.2, 1.2])) == f"{some} {text('weights.importance.negative')}"
    assert weights.importance_sentence(importance([float("nan")] * 2)) == text("weights.importance.none")


def statistics(**looks) -> pd.DataFrame:
    row = {
        "question": "IED.U1.1",
        "measure": "IED.U1",
        "asked": 20,
        "answered": 15,
        "floor": 0.8,
        "ceiling": 0.0,
        "missing": 0.25,
        "na": 0.0,
    }
    row |= {
        "mean": 10.0,
        "sd": 5.0,
        "item_rest": -0.24,
        "n_rest": 15,
        "feedback": 2,
        **{f"look_{name}": name in looks for name in REASONS},
    }
    return pd.DataFrame([row | {"reasons": len(looks)}])


def test_a_question_says_why_it_deserves_a_look():
    table = questions.statistics(INSTRUMENT, statistics(floor=1, item_rest=1, feedback=1))
    expected = [
        text("questions.look.floor", share="80 %"),
        text("questions.look.item_rest", r="-0.24"),
        counted("questions.look.feedback", 2),
    ]
    assert table["look"].tolist() == [" ".join(expected)] and questions.look_title(table) == counted("questions.title", 1, of=1)
    parts = questions.answer_parts(table).iloc[0]
    assert parts[["floor", "between", "ceiling", "missing", "na"]].tolist() == pytest.approx([0.6, 0.15, 0, 0.25, 0])
    assert questions.look_sentence(questions.statistics(INSTRUMENT, statistics())) == text("questions.none")


def test_alpha_is_told_with_its_note_and_its_sign():
    table = pd.DataFrame({"block": ["IED.U", "IED.D"], "questions": 3, "n": [40, 31], "common": [40, 10], "alpha": [0.84, -0.31]})
    told = questions.alpha_sentence(table)
    assert told.startswith(text("questions.alpha.some", n=2, low="-0.31", high="0.84"))
    assert text("questions.alpha.negative") in told and told.endswith(text("questions.alpha.note"))
    few = questions.alpha_sentence(table.assign(alpha=float("nan"), n=[12, 9]))
    assert few.startswith(text("questions.alpha.few", fewest=30, n=12)) and "together by fewer" not in few
    apart = questions.alpha_sentence(table.assign(alpha=[0.84, float("nan")], common=[40, 9]))
    assert apart == " ".join(
        [text("questions.alpha.one", alpha="0.84"), text("questions.alpha.apart.one", fewest=10), text("questions.alpha.note")]
    )
    none = questions.alpha_sentence(table.assign(alpha=float("nan"), common=[9, 8]))
    assert none.startswith(text("questions.alpha.none") + " " + text("questions.alpha.apart.other", n=2, fewest=10))


def test_only_comments_that_nobody_settled_count():
    bodies = [
        {"question": "A", "status": "open"},
        {"question": "A", "status": "considered"},
        {"question": "B", "status": "taken_up"},
    ]
    assert questions.open_feedback(pd.DataFrame({"body": bodies})).to_dict() == {"A": 2}


def test_flags_are_told_by_name_place_and_reason():
    contradiction = Problem("", "UAS", "G9", "answers-contradict", "5", "UAS.U2.1 = 0", "UAS.U2.4", "note")
    wrong = Problem("x.xlsx", "IED", "G14", "answer-not-allowed", "Mostly", "0-5", "IED.U1.1")
    table = plausible.return_flags(INSTRUMENT, [contradiction, wrong])
    assert table["place_of"].tolist() == ["UAS!G9", "IED!G14"]
    assert table["flag"].tolist() == [text("plausible.flag.answers-contradict"), text("plausible.flag.text-in-cell")]
    assert table["flag_reason"].iloc[0].startswith(INSTRUMENT.word("contradiction.UAS.U2.4.UAS.U2.1"))
    kinds = f"{text('plausible.flag.text-in-cell')} (2)"
    assert plausible.return_sentence([wrong, wrong]) == counted("plausible.some", 2, kinds=kinds)
    assert plausible.return_sentence([]) == text("plausible.none")


def test_the_overview_names_the_flag_raised_most():
    rows = [dict.fromkeys(FLAGS, 0) | {"iso3": i, "organization": "", "round": "2026", "reading": "self"} for i in ("QMA", "QMB")]
    rows[0] |= {"large-jump": 4, "all-answers-equal": 1}
    rows[1] |= {"large-jump": 1}
    table = pd.DataFrame(rows)
    most = text("plausible.overview.most", flag=text("plausible.flag.large-jump"), n=2)
    assert plausible.overview_sentence(table, 7) == f"{counted('plausible.overview.some', 2, of=7)} {most}"
    assert plausible.overview(table, STATES)["flag_kinds"].tolist() == [2, 1]
    assert plausible.overview_sentence(table.head(0), 7) == text("plausible.overview.none", of=7)
    assert plausible.overview_sentence(table.head(0), 0) == text("plausible.overview.nobody")
