"""One State: its sentence, its tables and every control, over scores worked out by hand (an answer a to a whole part is 20 a)."""

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.states import load_states
from analysis.texts import text
from tests.pages.conftest import PARTS, WORLD, choose, drawn, page, param, said, sound, table

pytestmark = pytest.mark.usefixtures("shared_world")
INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)


def scores(*unit: str) -> list[float]:
    """The scores of a unit's parts in the order they are drawn: 20 times the answer."""
    given = dict(zip(PARTS, WORLD[unit], strict=True))
    return [20.0 * given[part] for part in INSTRUMENT.blocks if (given[part] or 0) >= 0 and given[part] is not None]


def test_a_state_is_shown_with_its_parts_and_the_strongest_and_weakest():
    at = page("country", country="QMA")
    assert at.header[0].value == "Quince Republic"
    assert scores("QMA", "", "2026", "self") in drawn(at)
    assert scores("QMA", "", "2024", "self") in drawn(at)  # the ring of the round before
    strongest, weakest = INSTRUMENT.node_name("SALW.U"), INSTRUMENT.node_name("SALW.D")
    assert any(f"{strongest} (80.0)" in line and f"{weakest} (0.0)" in line for line in said(at))


def test_another_state_round_and_reading_are_each_followed():
    at = choose(page("country"), "country", "QMB")
    assert (param(at, "country"), at.header[0].value) == ("QMB", "Medlar Isles")
    assert scores("QMB", "", "2026", "self") in drawn(at)
    at = choose(page("country", country="QMA"), "round", "2024")
    assert param(at, "round") == "2024" and scores("QMA", "", "2024", "self") in drawn(at)
    at = choose(page("country", country="QMA"), "reading", "visit")
    assert param(at, "reading") == "visit" and scores("QMA", "", "2026", "visit") in drawn(at)


def test_an_organization_is_a_unit_of_its_own_and_its_name_stays_out_of_the_address():
    at = page("country", country="QMB")
    assert table(at, "organizations-QMB")["lowest"].tolist() == [20.0] * len(INSTRUMENT.blocks)
    theirs = next(o for o in at.selectbox(key="w.organization").options if "guard" in o)
    assert theirs == "Coast *guard*"
    at.selectbox(key="w.organization").select_index(1)
    sound(at.run())
    assert scores("QMB", "Coast *guard*", "2026", "self") in drawn(at)
    assert "guard" not in param(at, "organization")


def test_the_part_chosen_says_which_questions_keep_it_from_the_next_level():
    at = page("country", country="QMA")
    assert param(at, "node") is None and at.selectbox(key="w.node").value == "SALW.D"  # the weakest, at 0
    assert choose(at, "country", "QMH").selectbox(key="w.node").value == "IED.U"  # of six at 80 the first
    at = choose(page("country", country="QMA"), "node", "IED.D")
    assert param(at, "node") == "IED.D" and len(table(at, "next-level-QMA-IED.D"))
    at = choose(at, "node", "SALW.D")
    assert param(at, "node") is None
    measure = dict(zip(INSTRUMENT.questions["question"], INSTRUMENT.questions["measure"], strict=True))
    part = dict(zip(INSTRUMENT.measures["node"], INSTRUMENT.measures["parent"], strict=True))
    blocking = table(at, "next-level-QMA-SALW.D")
    assert {part[measure[q]] for q in blocking["question"]} == {"SALW.D"}
    assert set(blocking["now"]) == {"0"} and set(blocking["needs"]) == {1}


def test_a_sub_module_leaves_only_its_measures():
    at = choose(page("country", country="QMA", show="measures"), "submodule", "uas")
    assert param(at, "submodule") == "uas"
    at.session_state["table.measures-QMA"] = True
    sound(at.run())
    names = {INSTRUMENT.node_name(m) for m in INSTRUMENT.measures.loc[INSTRUMENT.measures["submodule"] == "uas", "node"]}
    rows = table(at, "measures-QMA")
    assert {label.split(" ", 1)[1] for label in rows["label"]} == names
    assert sorted(set(rows["score"].round(6))) == [40.0, 60.0]


def test_a_measure_and_a_question_lead_to_the_cell():
    at = choose(page("country", country="QMA", show="cells"), "measure", "SALW.D1")
    assert param(at, "measure") == "SALW.D1"
    questions = INSTRUMENT.children("SALW.D1")
    assert table(at, "answers-SALW.D1")["question"].tolist() == questions
    at = choose(at, "question", questions[1])
    assert param(at, "question") == questions[1]
    number = INSTRUMENT.question_number[questions[1]]
    for line in ("File: QMA_2026_self.xlsx", "Sheet: SALW", f"Cell: G{number + 10}", "Found there: 0"):
        assert line in said(at)


def test_a_what_if_changes_the_scores_and_is_named():
    at = page("country", country="QMG")
    assert [100.0] * 5 in drawn(at)  # IED upstream: nobody knows, so no score is shown
    at = choose(at, "whatif", "strict")
    assert param(at, "whatif") == "strict" and len(at.warning) == 1
    assert [0.0 if part == "IED.U" else 100.0 for part in INSTRUMENT.blocks] in drawn(at)


def test_what_was_not_returned_is_neither_zero_nor_a_gap():
    at = page("country", country="QMC")
    assert scores("QMC", "", "2026", "self") == [100.0, 80.0]
    assert [100.0, 80.0] in drawn(at)
    at = choose(choose(at, "show", "cells"), "measure", "IED.U1")
    assert any("has not been returned" in line for line in said(at))


def test_the_change_since_the_round_before_is_the_difference():
    rows = table(page("country", country="QMA", show="since"), "change-QMA")
    now, before = scores("QMA", "", "2026", "self"), scores("QMA", "", "2024", "self")
    assert rows["change"].round(6).tolist() == [a - b for a, b in zip(now, before, strict=True)]


#: Section -> the heading that only it has.
SECTIONS = {
    "profile": "country.next.title",
    "since": "country.change.title",
    "measures": "country.measures.title",
    "missing": "country.whatif.title",
    "cells": "country.drill.title",
    "asked": "country.asked.title",
    "visits": "follow_up.state.title",
}


def section(at) -> set[str]:
    """The sections in sight, by their headings."""
    heads = [element.value for element in at.subheader]
    return {name for name, key in SECTIONS.items() if text(key) in heads}


def test_each_section_stands_alone_below_the_name_and_the_sentence():
    at = page("country", country="QMA")
    head = said(at)[1]
    for show in ("since", "measures", "missing", "cells", "asked", "visits", "profile"):
        at = choose(at, "show", show)
        assert section(at) == {show} and at.header[0].value == "Quince Republic" and said(at)[1] == head
        assert param(at, "show") == (None if show == "profile" else show)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "profile"),
        ({"node": "SALW.D"}, "profile"),
        ({"doing": "IED.U1.1:4"}, "profile"),
        ({"show": "plane"}, "profile"),  # a section of another page
        ({"measure": "SALW.D1"}, "cells"),
        ({"measure": "SALW.D"}, "cells"),
        ({"question": "IED.U1.1"}, "cells"),
        ({"measure": "SALW.D1", "show": "profile"}, "profile"),
        ({"measure": "SALW.D1", "show": "since"}, "since"),
    ],
)
def test_an_address_opens_the_part_that_it_names(params, expected):
    assert section(page("country", country="QMA", **params)) == {expected}


def again(at) -> set[str]:
    """The sections in sight where somebody else opens the address as it stands."""
    return section(page("country", **{key: param(at, key) for key in at.query_params}))


def test_a_link_reopens_the_section_that_was_seen_whatever_else_was_chosen():
    at = choose(page("country", country="QMA", measure="SALW.D1"), "show", "profile")
    assert section(at) == again(at) == {"profile"}  # the measure still stands in the address
    at = choose(at, "node", "SALW.D")
    assert section(at) == again(at) == {"profile"}
    at = choose(at, "show", "cells")
    assert section(at) == again(at) == {"cells"}
    at = choose(at, "measure", INSTRUMENT.measures["node"].iloc[0])  # the first, which leaves no trace in the address
    assert param(at, "measure") is None
    assert section(at) == again(at) == {"cells"}
    at = choose(at, "measure", "SALW.D1")
    assert section(at) == again(at) == {"cells"}


def test_a_choice_of_the_first_measure_does_not_turn_the_page_away():
    at = choose(page("country", country="QMA", measure="SALW.D1"), "measure", INSTRUMENT.measures["node"].iloc[0])
    assert section(at) == again(at) == {"cells"} and param(at, "show") == "cells"


def test_a_state_without_a_return_has_its_own_page_and_nobody_elses():
    """QMM is a State of the world that returned nothing."""
    at = page("country", country="QMM", show="cells")
    name = load_states(sample=True).name("QMM")
    assert [head.value for head in at.header] == [name] and param(at, "country") == "QMM"
    edition = INSTRUMENT.word("instrument.short")
    assert text("country.elsewhere.none", name=name, edition=edition) in said(at)
    assert text("country.elsewhere.nowhere") in said(at)
    heads = [element.value for element in at.subheader]
    assert heads == [text(f"{key}.title") for key in ("country.asked", "follow_up.state", "country.lessons")]
    assert text("country.lessons.none") in said(at) and text("follow_up.state.none") in said(at)
    assert not at.get("plotly_chart") and not at.warning


def test_from_the_page_of_a_state_without_a_return_another_is_chosen_and_the_first_is_never_put_there():
    at = page("country", country="QMM")
    assert at.selectbox(key="w.country").value == "QMM"
    at = choose(at, "country", "QMA")
    assert at.header[0].value == "Quince Republic" and param(at, "country") == "QMA"
    assert load_states(sample=True).name("QMM") not in at.selectbox(key="w.country").options
