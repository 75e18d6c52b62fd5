"""What is said before anything is stored. The tables are written by hand here; every count can be made on the fingers."""

from pathlib import Path

import pandas as pd
import pytest

from analysis import desk
from analysis.instrument import load_instrument
from analysis.preview import FLAGS, Before, preview, return_flags
from analysis.states import COLUMNS, States
from analysis.store import open_store

ROOT = Path(__file__).parents[1]
HEADER = "iso3,organization,round,reading,question,answer,comment,na_reason\n"


@pytest.fixture(scope="module")
def place():
    """A desk for the library instrument (three sub-modules) and three fictional States."""
    rows = [dict.fromkeys(COLUMNS, "") | {"iso3": c, "name": f"Land {c}"} for c in ("QMA", "QMB", "XAB")]
    library = load_instrument(ROOT / "tests" / "instruments" / "plain-yes-no")
    return desk.Desk({library.id: library}, States(pd.DataFrame(rows), pd.DataFrame(columns=["kind", "group", "iso3"])))


@pytest.fixture(scope="module")
def library(place):
    return next(iter(place.instruments.values()))


@pytest.fixture
def store(tmp_path):
    found = open_store(f"sqlite:///{tmp_path / 'returns.sqlite'}")
    yield found
    found.close()


def of_part(library, submodule):
    table = library.questions
    return table.loc[table["submodule"] == submodule, ["question", "answer_set"]].values.tolist()


def first_options(library):
    return {name: rows["option"].iloc[0] for name, rows in library.answers.groupby("answer_set")}


def brought(place, library, name, *submodules, code="QMA", round_="2026", reading="self", other=None):
    """A flat table that answers sub-modules whole with each scale's first option; `other`: question -> what stands there instead."""
    first = first_options(library)
    rows = [(q, (other or {}).get(q, first[scale])) for s in submodules for q, scale in of_part(library, s)]
    content = (HEADER + "".join(f"{code},,{round_},{reading},{q},{a},,\n" for q, a in rows)).encode()
    return desk.read(place, name, content)


def outcomes(before, *items):
    return preview(before, items).table["outcome"].tolist()


def before(store, place):
    return Before(store, place.instruments)


def test_a_preview_tells_new_replaces_already_and_cannot(place, library, store):
    one, two, three = library.submodules
    question = of_part(library, two)[0][0]
    first = brought(place, library, "first.csv", one, two)
    again = brought(place, library, "again.csv", two, three, other={question: "N/A"})
    nowhere = brought(place, library, "nowhere.csv", one, code="ZZZ")
    lock = desk.read(place, "~$first.xlsx", b"x")
    assert preview(before(store, place), [first]).table[["outcome", "replaces"]].values.tolist() == [["new", ""]]
    assert [s.outcome for s in desk.commit(store, place, first, "me")] == ["stored"]
    told = preview(before(store, place), [first, again, nowhere, lock]).table
    assert told[["file", "outcome", "replaces", "iso3"]].values.tolist() == [
        ["first.csv", "already", "", "QMA"],
        ["again.csv", "replaces", two, "QMA"],
        ["nowhere.csv", "cannot", "", ""],
        ["~$first.xlsx", "cannot", "", ""],
    ]
    n = len(of_part(library, two)) + len(of_part(library, three))
    row = told.iloc[1]
    assert (row["answered"], row["na_unjustified"], row["na_justified"], row["stops"]) == (n - 1, 1, 0, 0)
    assert told["stops"].tolist() == [0, 0, 1, 1] and pd.isna(told["answered"].iloc[3])
    assert told["problems"].iloc[0] == len(first.all_problems)


def test_changes_are_counted_against_what_counts_now(place, library, store):
    one, two, _ = library.submodules
    (a, scale), (b, _), (c, _) = of_part(library, one)[:3]
    other = library.options[scale]["option"].iloc[1]
    desk.commit(store, place, brought(place, library, "old.csv", one, other={c: "Don't know"}), "me")
    item = brought(place, library, "new.csv", one, two, other={a: other, b: "Withheld"})
    told = preview(before(store, place), [item])
    row = told.table.iloc[0]
    assert row[["outcome", "replaces", "changed", "added", "withdrawn"]].tolist() == ["replaces", one, 1, 1, 1]
    assert told.changes[["question", "before", "after"]].values.tolist() == [[a, 0, 1], [b, 0, -4], [c, -3, 0]]


def test_a_unit_that_returned_nothing_before_has_no_changes(place, library, store):
    one, two, _ = library.submodules
    desk.commit(store, place, brought(place, library, "one.csv", one), "me")
    item = brought(place, library, "two.csv", two)
    told = preview(before(store, place), [item])
    row = told.table.iloc[0]
    assert told.changes.empty and row["outcome"] == "new" and row[["changed", "added", "withdrawn"]].isna().all()


def test_a_validated_part_counts_until_the_new_one_is_validated(place, library, store):
    one, two, _ = library.submodules
    (stored,) = desk.commit(store, place, brought(place, library, "one.csv", one), "me")
    store.set_step(stored.return_id, "validated", "me", "")
    question = of_part(library, one)[0][0]
    item = brought(place, library, "later.csv", one, two, other={question: "Withheld"})
    row = preview(before(store, place), [item]).table.iloc[0]
    assert row[["outcome", "replaces", "waits_for", "withdrawn"]].tolist() == ["waits", "", one, 1]


def test_files_of_one_batch_are_previewed_in_their_order(place, library, store):
    part = library.submodules[0]
    question = of_part(library, part)[0][0]
    first = brought(place, library, "first.csv", part)
    later = brought(place, library, "later.csv", part, other={question: "Withheld"})
    batch = [first, later, first]
    told = preview(before(None, place), batch).table
    assert told["outcome"].tolist() == ["new", "replaces", "already"] and told["replaces"].tolist() == ["", part, ""]
    assert told["withdrawn"].iloc[1] == 1 and len(store.returns()) == 0
    done = [desk.outcomes(item, desk.commit(store, place, item, "me")) for item in batch]
    assert done == [["stored"], ["stored"], ["already"]]


def test_a_preview_of_nothing_is_an_empty_table(place, store):
    assert preview(before(store, place), []).table.empty


def test_the_same_unit_in_another_round_or_of_another_state_is_new(place, library, store):
    parts = library.submodules
    desk.commit(store, place, brought(place, library, "a.csv", *parts), "me")
    others = [brought(place, library, "b.csv", *parts, round_="2025"), brought(place, library, "c.csv", *parts, code="XAB")]
    assert outcomes(before(store, place), *others) == ["new", "new"]


def test_what_is_chosen_is_what_is_stored(place, library, store):
    one = library.submodules[0]
    a, b, c = (brought(place, library, f"{code}.csv", one, code=code) for code in ("QMA", "QMB", "XAB"))
    for item, choice in ((a, "draft"), (b, "skip"), (c, "submitted")):
        desk.commit(store, place, item, "me", [choice])
    assert store.returns().sort_values("iso3")[["iso3", "step"]].values.tolist() == [["QMA", "draft"], ["XAB", "submitted"]]
    with pytest.raises(ValueError, match="shorter"):
        desk.commit(store, place, a, "me", [])


def test_the_same_bytes_are_told_by_what_became_of_them(place, library, store):
    one = library.submodules[0]
    item = brought(place, library, "a.csv", one)
    (stored,) = desk.commit(store, place, item, "me", ["draft"])
    assert outcomes(before(store, place), item) == ["submits"]
    assert [s.outcome for s in desk.commit(store, place, item, "me")] == ["submitted"]
    assert outcomes(before(store, place), item) == ["already"]
    store.set_step(stored.return_id, "sent_back", "me", "Page 3 is missing")
    assert outcomes(before(store, place), item) == ["sent_back"]
    store.set_step(stored.return_id, "withdrawn", "me", "The State asked for it")
    assert outcomes(before(store, place), item) == ["withdrawn"]


def history(store, place, item):
    return [p.code for p in before(store, place).noted(item).reads[0].problems if p.code in NOTED]


NOTED = {"same-as-last-round", "large-jump", "same-as-another-state"}


def test_a_return_like_the_one_of_the_round_before_is_noted(place, library, store):
    parts = library.submodules
    desk.commit(store, place, brought(place, library, "2024.csv", *parts, round_="2024"), "me")
    assert history(store, place, brought(place, library, "2026.csv", *parts, round_="2026")) == ["same-as-last-round"]
    assert history(store, place, brought(place, library, "2022.csv", *parts, round_="2022")) == []  # no round before this one
    assert history(store, place, brought(place, library, "visit.csv", *parts, reading="visit")) == []  # another series


def test_two_states_with_the_same_answers_are_noted(place, library, store):
    parts = library.submodules
    desk.commit(store, place, brought(place, library, "a.csv", *parts), "me")
    twin = before(store, place).noted(brought(place, library, "b.csv", *parts, code="QMB"))
    (noted,) = [p for p in twin.reads[0].problems if p.code in NOTED]
    assert (noted.code, noted.allowed, noted.severity) == ("same-as-another-state", "QMA", "note")
    question = of_part(library, parts[0])[0][0]
    other = brought(place, library, "c.csv", *parts, code="XAB", other={question: "Withheld"})
    assert history(store, place, other) == []


def test_files_of_one_batch_are_held_against_each_other(place, library, store):
    parts = library.submodules
    held = before(store, place)
    first, second = brought(place, library, "a.csv", *parts), brought(place, library, "b.csv", *parts, code="QMB")
    assert [p.code for p in held.noted(first).reads[0].problems if p.code in NOTED] == []
    preview(held, [first])
    assert [p.code for p in held.noted(second).reads[0].problems if p.code in NOTED] == ["same-as-another-state"]


def test_the_flags_of_a_stored_return_know_what_came_after_it(place, library, store):
    part = library.submodules[0]
    (question, _), *_ = of_part(library, part)
    codes = [library.submodules[0], library.submodules[1], library.submodules[2]]
    item = brought(place, library, "a.csv", *codes, other={question: "nonsense"})
    (stored,) = desk.commit(store, place, item, "me")

    def flags():
        return [(p.code, p.question) for p in return_flags(store, library, store.panel(library), stored.return_id)]

    alone = flags()
    assert ("answer-not-allowed", question) in alone and "same-as-another-state" not in [code for code, _ in alone]
    assert [FLAGS.index(code) for code, _ in alone] == sorted(FLAGS.index(code) for code, _ in alone)
    desk.commit(store, place, brought(place, library, "b.csv", *codes, code="QMB", other={question: "nonsense"}), "me")
    assert {code for code, _ in flags()} - {code for code, _ in alone} == {"same-as-another-state"}
    with pytest.raises(KeyError):
        return_flags(store, library, store.panel(library), 999)
