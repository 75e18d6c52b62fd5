"""Evidence grades beside the codes of a panel: each from the return that its answer comes from."""

from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa

from analysis.model import NO_GRADE
from analysis.store import evidence
from tests.store import worlds


@pytest.fixture
def graded(store, instrument):
    """Store a return whose answers have these grades (None: none given), in the order of its codes; gives its number."""

    def graded(codes, grades, **unit):
        value = worlds.coast_return(codes, **unit)
        answers = tuple(replace(a, evidence_grade=g) for a, g in zip(value.answers, grades, strict=True))
        value = replace(value, answers=answers)
        content = repr((value.key, codes, grades)).encode()
        return store.add(value, [], file_name="a.xlsx", content=content, instrument=instrument, by="ana").return_id

    return graded


def test_grades_stand_where_their_answers_do_and_none_given_is_not_grade_0(store, instrument, graded):
    graded({"sea": (0, 1), "land": (1, 2, 3)}, (0, None, 1, 2, 4))
    graded({"sea": (0, 1)}, (3, None), iso3="QMB")
    panel = store.panel(instrument)
    found = store.evidence(panel, instrument, [1, 0])
    assert found.dtype == np.int8 and NO_GRADE == -1
    order = instrument.questions["question"].tolist()
    of_b, of_a = (dict(zip(order, line, strict=True)) for line in found.tolist())
    assert of_a == dict(zip((*worlds.SEA, *worlds.LAND), (0, -1, 1, 2, 4), strict=True))
    assert of_b == dict.fromkeys(worlds.LAND, -1) | dict(zip(worlds.SEA, (3, -1), strict=True))


def test_each_part_has_the_grades_of_the_return_that_counts_for_it(store, instrument, graded):
    graded({"sea": (0, 1), "land": (1, 2, 3)}, (1, 1, 1, 1, 1))
    graded({"sea": (2, 2)}, (4, None))
    found = store.evidence(store.panel(instrument), instrument, [0])[0]
    told = dict(zip(instrument.questions["question"], found.tolist(), strict=True))
    assert [told[q] for q in worlds.SEA] == [4, -1] and [told[q] for q in worlds.LAND] == [1, 1, 1]


def test_many_returns_are_asked_for_some_at_a_time(store, instrument, graded, monkeypatch):
    for i in range(5):
        graded({"sea": (0, 1)}, (i, None), iso3=f"QM{'ABCDE'[i]}")
    panel, seen = store.panel(instrument), []
    monkeypatch.setattr(evidence, "AT_ONCE", 2)
    sa.event.listen(store._engine, "before_cursor_execute", lambda c, cursor, statement, *rest: seen.append(statement))
    found = store.evidence(panel, instrument, range(5))
    assert found.max(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert len([s for s in seen if "evidence_grade" in s]) == 3


def test_no_rows_and_no_returns_have_no_grades(store, instrument):
    assert store.evidence(store.panel(instrument), instrument, []).shape == (0, 5)
