"""Law and practice of the same measure. IED.U4 has legislative and operational questions; an answer a to all of an aspect is level a."""

import pytest

from analysis.balance import aspects
from analysis.scores.options import ScoreOptions
from tests import tiny
from tests.balance import sides
from tests.balance.sides import AWAY, NOT_APPLICABLE, OPEN

FLAT = (3, 3, 3, 3, 3, 3)
MEASURE = "IED.U4"


def by_aspect(law: int, practice: int) -> dict[str, int]:
    questions = sides.instrument().questions
    mine = questions[questions["measure"] == MEASURE]
    given = {"legislative": law, "operational": practice}
    return {q: given[a] for q, a in zip(mine["question"], mine["aspect"], strict=True) if a in given}


def table(*units):
    both = (sides.scores(*units, options=ScoreOptions(lens=lens)) for lens in (aspects.LAW, aspects.PRACTICE))
    return aspects.law_and_practice(*both, range(len(units)))


def one(law: int, practice: int):
    found = table(("QMA", FLAT, by_aspect(law, practice)))
    found = found[found["measure"] == MEASURE]
    return None if found.empty else found.iloc[0]


@pytest.mark.parametrize(
    ("law", "practice", "parts", "kind"),
    [
        (4, 2, "law_ahead", "certain"),
        (1, 3, "practice_ahead", "certain"),
        (3, 2, "together", "none"),
        (3, 3, "together", "none"),
        (5, 0, "law_ahead", "certain"),
    ],
)
def test_two_levels_apart_is_apart(law, practice, parts, kind):
    row = one(law, practice)
    assert (row["parts"], row["kind"], row["apart"]) == (parts, kind, law - practice)
    assert (row["law_low"], row["law_high"], row["practice_low"], row["practice_high"]) == (law, law, practice, practice)


@pytest.mark.parametrize(("law", "practice"), [(3, OPEN), (OPEN, 3), (3, NOT_APPLICABLE), (AWAY, 3)])
def test_without_an_answer_to_both_nothing_is_said(law, practice):
    assert one(law, practice) is None


def test_an_open_question_makes_it_possible_and_not_certain():
    changed = by_aspect(3, 2)
    practice = [q for q in changed if changed[q] == 2]
    assert len(practice) >= 2
    row = table(("QMA", FLAT, changed | {practice[0]: OPEN})).set_index("measure").loc[MEASURE]
    assert row["practice_low"] < 2 and (row["parts"], row["kind"]) == ("law_ahead", "possible")
    assert row["practice_answered"] == row["practice_applicable"] - 1


def test_counts_of_states_by_measure_the_certain_ones_first():
    changed = by_aspect(3, 2)
    open_one = next(q for q in changed if changed[q] == 2)
    units = [
        ("QMA", FLAT, by_aspect(5, 1)),
        ("QMB", FLAT, by_aspect(0, 3)),
        ("QMC", FLAT),
        ("QMD", FLAT, changed | {open_one: OPEN}),
    ]
    found = aspects.parted(table(*units))
    row = found.iloc[0]
    assert row["measure"] == MEASURE
    assert row[["law_ahead", "practice_ahead", "open", "together", "n"]].tolist() == [1, 1, 1, 1, 4]
    assert set(found["n"]) == {4} and set(found["measure"]) == set(aspects.measures(sides.instrument()))


def test_other_lenses_are_refused_and_other_questionnaires_have_no_such_measures():
    with pytest.raises(ValueError, match="lens"):
        aspects.law_and_practice(sides.scores(("QMA", FLAT)), sides.scores(("QMA", FLAT)), [0])
    assert aspects.measures(tiny.instrument()) == []
