"""Editions and what became of their questions. The chain of three editions is worked out by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.editions import forerunners, leads_from, linked, sources_of, way_back
from analysis.instrument import SHIPPED, load_instrument
from tests import tiny


def edition(name, *rows):
    """The tiny questionnaire under a name, with a crosswalk of (from_instrument, from_question, to_question, kind)."""
    columns = ["from_instrument", "from_question", "to_question", "kind"]
    return replace(tiny.instrument(), id=name, crosswalk=pd.DataFrame(rows, columns=columns, dtype="str").assign(note=""))


FIRST = edition("2026.1")
SECOND = edition(
    "2026.2",
    *[("2026.1", q, q, "same") for q in ("a1", "a2", "b1")], ("2026.1", "a3", "a3", "reworded"), ("2026.1", "b2", "b2", "split"),
    ("2026.1", "b2", "b3", "split"), ("2026.1", "c1", "c1", "merged"), ("2026.1", "c2", "c1", "merged"), ("2026.1", "", "c2", "new"),
    ("2026.1", "c3", "", "dropped"),
)  # fmt: skip
THIRD = edition(
    "2026.3", *[("2026.2", q, q, "same") for q in ("a1", "a3", "b2", "c2")], ("2026.2", "a2", "a2", "reworded"),
    ("2026.2", "b1", "", "dropped"),
)  # fmt: skip
OTHER = edition("harbour")
KNOWN = {one.id: one for one in (FIRST, SECOND, THIRD, OTHER)}


def test_the_sources_of_a_question_are_those_its_rows_name():
    found = sources_of(SECOND, FIRST)
    assert found["a1"] == ("same", ("a1",))
    assert (found["b2"], found["b3"]) == (("split", ("b2",)), ("split", ("b2",)))
    assert found["c1"] == ("merged", ("c1", "c2"))
    assert (found["c2"], found["c3"]) == (("new", ()), ("new", ()))


def test_one_question_leads_to_one_through_every_edition_on_the_way():
    assert forerunners(SECOND, "2026.1", KNOWN) == {
        "a1": ("same", "a1"), "a2": ("same", "a2"), "a3": ("reworded", "a3"), "b1": ("same", "b1"),
    }  # fmt: skip
    assert forerunners(THIRD, "2026.1", KNOWN) == {"a1": ("same", "a1"), "a2": ("reworded", "a2"), "a3": ("reworded", "a3")}
    assert forerunners(FIRST, "2026.1", KNOWN)["c3"] == ("same", "c3")
    with pytest.raises(KeyError, match="harbour"):
        forerunners(THIRD, "harbour", KNOWN)


def test_the_way_back_goes_through_the_editions_between():
    assert leads_from(THIRD, KNOWN) == ["2026.2"]
    assert way_back(THIRD, "2026.1", KNOWN) == ["2026.3", "2026.2", "2026.1"]
    assert way_back(FIRST, "2026.3", KNOWN) == []
    assert way_back(THIRD, "2026.1", {"2026.1": FIRST, "2026.3": THIRD}) == []  # the edition between is gone


def test_editions_in_use_that_belong_together_stand_oldest_first():
    assert linked(KNOWN, ["2026.3", "harbour", "2026.1"], "2026.1") == ("2026.1", "2026.3")
    assert linked(KNOWN, ["2026.3", "2026.1", "2026.2"], "2026.2") == ("2026.1", "2026.2", "2026.3")
    assert linked(KNOWN, ["2026.1", "harbour"], "harbour") == ("harbour",)
    assert linked(KNOWN, ["2026.1", "gone"], "2026.3") == ("2026.3",)  # nothing was returned to it


def test_the_shipped_revision_has_157_of_184_questions_in_common_and_12_reworded():
    """Counted by hand in the plan of the revision: 184 = 157 + 12 reworded + 4 split + 6 merged + 5 dropped; 188 = 157 + 12 + 8 + 3 + 8 new."""
    known = {name: load_instrument(SHIPPED / name) for name in ("2370-2026.1", "2370-2026.2")}
    old, new = known.values()
    kinds = pd.Series([kind for kind, _ in forerunners(new, old.id, known).values()]).value_counts().to_dict()
    assert kinds == {"same": 157, "reworded": 12}
    rows = new.crosswalk.groupby("kind").size().to_dict()
    assert rows == {"same": 157, "reworded": 12, "split": 8, "merged": 6, "new": 8, "dropped": 5}
    assert (len(old.questions), len(new.questions)) == (184, 188)
    assert old.nodes["node"].tolist() == new.nodes["node"].tolist()
    changed = {q for q in new.question_number if q in old.question_number and old.question_text(q) != new.question_text(q)}
    assert changed == set(new.crosswalk.loc[new.crosswalk["kind"] == "reworded", "to_question"])
