"""Flags on the returns desk and the status board. Every return of the small world gives one answer a part, so much of it is remarkable.

Round 2024: QMA all 1, QMB all 3, QMH all 2. Round 2026: QMH all 4, two levels up; QMG 5 nearly everywhere and no evidence.
"""

from __future__ import annotations

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.store import open_store
from analysis.texts import counted, text
from tests.pages.conftest import PARTS, constant_return, page, said, sound, table

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
EQUAL, TOP = text("plausible.flag.all-answers-equal"), text("plausible.flag.top-answer-without-evidence")


def number_of(folder, iso3: str, round_: str, organization: str = "") -> str:
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}", sample=True)
    found = store.returns()
    store.close()
    mine = found[
        (found["iso3"] == iso3)
        & (found["round"] == round_)
        & (found["organization"] == organization)
        & (found["reading"] == "self")
    ]
    return str(mine["return_id"].iloc[0])


@pytest.mark.parametrize("name", ["returns", "review"])
def test_a_return_lists_its_flags_with_reasons(shared_world, name):
    number = number_of(shared_world, "QMH", "2026")
    at = page(name, **{"return": number})
    n = len(INSTRUMENT.questions)
    assert text("plausible.title") in "".join(m.value for m in at.markdown)
    assert counted("plausible.some", 1, kinds=EQUAL) in said(at)
    rows = table(at, f"flags-{number}")
    assert rows["flag"].tolist() == [EQUAL] and str(n) in rows["flag_reason"].iloc[0]


def test_top_answers_without_evidence_and_text_in_a_cell_are_told_with_their_cells(shared_world):
    number = number_of(shared_world, "QMG", "2026")
    rows = table(page("review", **{"return": number}), f"flags-{number}")
    top = rows[rows["flag"] == TOP]
    measures = dict(zip(INSTRUMENT.measures["node"], INSTRUMENT.measures["parent"], strict=True))
    assert len(top) == (INSTRUMENT.questions["measure"].map(measures) != "IED.U").sum()
    wrong = rows[rows["flag"] == text("plausible.flag.text-in-cell")]
    assert wrong["place_of"].tolist() == ["IED!G14"] and "Mostly" in wrong["flag_reason"].iloc[0]


def test_a_contradiction_is_told_with_the_instruments_own_reason(own_world):
    given = dict(zip(PARTS, (3, 2, 3, 2, 3, 2), strict=True))
    value = constant_return(INSTRUMENT, ("QMF", "", "2026", "self"), given)
    code = {"UAS.U2.4": 5, "UAS.U2.1": 0}
    import dataclasses

    answers = tuple(dataclasses.replace(a, code=code.get(a.question, a.code), evidence="a law") for a in value.answers)
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}", sample=True)
    store.add(
        dataclasses.replace(value, answers=answers), [], file_name="QMF.xlsx", content=b"f", instrument=INSTRUMENT, by="ana"
    )
    store.close()
    number = number_of(own_world, "QMF", "2026")
    at = page("review", **{"return": number})
    rows = table(at, f"flags-{number}")
    assert rows["question"].tolist() == ["UAS.U2.4"] and rows["flag_reason"].iloc[0].startswith(
        INSTRUMENT.word("contradiction.UAS.U2.4.UAS.U2.1")
    )


def test_the_board_says_which_returns_raise_a_flag(shared_world):
    at = page("review", round="2024")
    label = counted("plausible.overview.title", 3)
    assert label in [e.label for e in at.expander]
    at.session_state["board.flags"] = True
    at = sound(at.run())
    assert any(line.startswith(counted("plausible.overview.some", 3, of=3)) for line in said(at))
    rows = table(at, "flagged")
    assert rows["flags"].tolist() == [EQUAL] * 3 and rows["flag_kinds"].tolist() == [1, 1, 1]


def test_a_return_that_nothing_is_wrong_with_says_so(shared_world):
    number = number_of(shared_world, "QMB", "2026")
    at = page("review", **{"return": number})  # 3 nearly everywhere, but 4 in more than a tenth
    assert text("plausible.none") in said(at)
