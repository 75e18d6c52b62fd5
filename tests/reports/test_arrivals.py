"""What lies on the desk in words. The rows are written by hand; the words are those of data/texts/en.csv."""

import pandas as pd

from analysis.reports.arrivals import arrivals, changed_answers
from tests import tiny

TITLES = tiny.titled(A="Arms", B="Border")
INSTRUMENTS = {TITLES.id: TITLES}
STATES = tiny.states(QMA="Quince Republic")
ROW = {
    "file": "a.xlsx", "position": 0, "number": 0, "iso3": "QMA", "organization": "", "round": "2026", "reading": "self",
    "instrument": TITLES.id, "submodules": "", "outcome": "new", "replaces": "", "waits_for": "",
    "answered": 6, "na_justified": 0, "na_unjustified": 0, "dont_know": 2, "withheld": 0, "blank": 1, "invalid": 0,
    "changed": pd.NA, "added": pd.NA, "withdrawn": pd.NA, "problems": 1, "stops": 0, "repairs": 1, "notes": 0,
}  # fmt: skip
PARTS = TITLES.submodules


def row(**changed):
    return arrivals(INSTRUMENTS, pd.DataFrame([ROW | changed]), STATES).iloc[0]


def test_a_return_is_told_by_state_reading_and_how_full_it_is():
    told = row()
    assert (told["name"], told["reading"], told["outcome"]) == ("Quince Republic", "self-assessment", "new")
    assert told["filled"] == "6 of 9 answered, 2 don't know, 1 no answer" and told["changes"] == ""


def test_changes_are_told_with_their_numbers_and_none_is_said_so():
    assert row(changed=12, added=0, withdrawn=3)["changes"] == "12 answers changed and 3 withdrawn"
    assert row(changed=1, added=1, withdrawn=1)["changes"] == "one answer changed, one added and one withdrawn"
    assert row(changed=0, added=0, withdrawn=0)["changes"] == "no answer changes"


def test_parts_are_named_where_only_some_are_replaced():
    both = ", ".join(PARTS)
    assert row(outcome="replaces", submodules=both, replaces=both)["outcome"] == "replaces an earlier one"
    one = row(outcome="replaces", submodules=both, replaces=PARTS[0])["outcome"]
    assert one == f"replaces an earlier one: {TITLES.submodule_name(PARTS[0])}"
    mixed = row(outcome="replaces", submodules=both, replaces=PARTS[0], waits_for=PARTS[1])["outcome"]
    assert mixed.endswith(f"; waits until it is validated: {TITLES.submodule_name(PARTS[1])}")


def test_a_file_without_a_return_has_only_its_problems():
    empty = dict.fromkeys(["iso3", "organization", "round", "reading", "instrument", "submodules"], "")
    told = row(**empty, outcome="cannot", **dict.fromkeys(["number", "answered", "changed"], pd.NA))
    assert (told["name"], told["filled"], told["changes"], told["outcome"]) == ("", "", "", "can't be stored")


def test_changed_answers_are_told_in_words():
    cells = pd.DataFrame(
        [(0, 0, "QMA", TITLES.id, "a1", 3, -4)],
        columns=["position", "number", "iso3", "instrument", "question", "before", "after"],
    )
    told = changed_answers(INSTRUMENTS, cells, STATES).iloc[0]
    assert told[["name", "question", "before", "after"]].tolist() == ["Quince Republic", "a1", "o3", "Withheld"]
