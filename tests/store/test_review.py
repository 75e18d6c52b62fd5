"""Steps: which may follow which, who wins when two decide at once, what the trail tells of it, and the board."""

import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.model import MOVES, STEPS, Problem, Status, StepRefused
from analysis.store import Stored, open_store
from analysis.store.standing import counting, winners
from tests.store.worlds import coast_return

ROOT = Path(__file__).resolve().parents[2]

#: From, to: written out from the order of the desk, not from the table in the code.
ALLOWED = {
    ("draft", "submitted"), ("draft", "withdrawn"), ("submitted", "validated"), ("submitted", "sent_back"),
    ("submitted", "withdrawn"), ("sent_back", "submitted"), ("sent_back", "withdrawn"), ("validated", "withdrawn"),
}  # fmt: skip
WAY = {"draft": [], "submitted": [], "validated": ["validated"], "sent_back": ["sent_back"], "withdrawn": ["withdrawn"]}


def trail(store, after: int = 0) -> list[list]:
    """What the trail says behind a row."""
    rows = store.audit().query("audit_id > @after")
    return rows[["actor", "action", "return_id", "detail"]].to_numpy().tolist()


@pytest.mark.parametrize("found", STEPS)
@pytest.mark.parametrize("wanted", STEPS)
def test_a_step_follows_another_only_where_the_table_says_so(store, put, found, wanted):
    put({"sea": (3, 3)}, step="draft" if found == "draft" else "submitted")
    for step in WAY[found]:
        store.set_step(1, step, "ben", "so it is")
    if (found, wanted) in ALLOWED:
        store.set_step(1, wanted, "ben", "so it is")
        assert store.steps(1)["step"].iloc[-1] == wanted
        return
    version = store.version()
    with pytest.raises(StepRefused) as refused:
        store.set_step(1, wanted, "ben", "so it is")
    assert (refused.value.found, refused.value.wanted, refused.value.why) == (found, wanted, "not_allowed")
    assert set(refused.value.allowed) == {to for at, to in ALLOWED if at == found}
    assert f"from {found} to {wanted}" in str(refused.value)
    assert store.steps(1)["step"].iloc[-1] == found and store.version() == version


@pytest.mark.parametrize(
    ("found", "wanted"),
    [("submitted", "sent_back"), ("submitted", "withdrawn"), ("validated", "withdrawn"), ("sent_back", "submitted")],
)
@pytest.mark.parametrize("reason", ["", " \n "])
def test_sending_back_taking_back_and_undoing_need_a_reason(store, put, found, wanted, reason):
    put({"sea": (3, 3)})
    for step in WAY[found]:
        store.set_step(1, step, "ben", "so it is")
    with pytest.raises(StepRefused, match="a reason must be given"):
        store.set_step(1, wanted, "ben", reason)
    assert store.steps(1)["step"].iloc[-1] == found


def test_the_answers_of_a_validated_return_change_only_by_superseding(store, instrument, put):
    put({"sea": (1, 1)})
    store.set_step(1, "validated", "ben")
    assert set(MOVES["validated"]) == {"withdrawn"}
    put({"sea": (2, 2)})
    assert store.panel(instrument).codes[0, :2].tolist() == [1, 1] and store.answers(1)["code"].tolist() == [1, 1]
    store.set_step(2, "validated", "ben")
    assert store.panel(instrument).codes[0, :2].tolist() == [2, 2] and store.answers(1)["code"].tolist() == [1, 1]


def test_a_withdrawn_return_counts_no_more_and_the_one_before_does_again(store, instrument, put):
    put({"sea": (1, 1)})
    put({"sea": (2, 2)})
    store.set_step(2, "withdrawn", "ben", "asked for by letter")
    assert store.panel(instrument).codes[0, :2].tolist() == [1, 1]
    assert store.returns().set_index("return_id").loc[2, ["step", "standing", "counts"]].tolist() == [
        "withdrawn",
        "withdrawn",
        "",
    ]
    assert store.newest_return("coast", "QMA").answers[0].code == 1
    store.set_step(1, "withdrawn", "ben", "all of it")
    assert len(store.panel(instrument)) == 0 and len(store.returns()) == 2


def test_who_saw_an_earlier_step_is_refused(store, put):
    put({"sea": (3, 3)})
    store.set_step(1, "validated", "ben", expected="submitted")
    with pytest.raises(StepRefused, match="it is validated by now: somebody else was first"):
        store.set_step(1, "sent_back", "ana", "two cells", expected="submitted")
    assert store.steps(1)["step"].tolist() == ["submitted", "validated"]


def test_of_many_who_decide_at_once_exactly_one_wins(store, url, put):
    put({"sea": (3, 3)})
    told, start = [], threading.Barrier(6)

    def decide(number: int) -> None:
        own = open_store(url)
        start.wait()
        try:
            own.set_step(1, "validated" if number % 2 else "sent_back", f"r{number}", "why", expected="submitted")
            told.append("won")
        except StepRefused as refused:
            told.append(refused.why)
        own.close()

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["moved"] * 5 + ["won"]
    assert len(store.steps(1)) == 2 and len(trail(store)) in (2, 3)


DECIDING = """
import sys
from analysis.model import StepRefused
from analysis.store import open_store
url, step = sys.argv[1:3]
store = open_store(url)
print("ready", flush=True)
sys.stdin.readline()
won = 0
for return_id in range(1, 13):
    try:
        store.set_step(return_id, step, step, "why", expected="submitted")
        won += 1
    except StepRefused as refused:
        assert refused.why == "moved", refused
print(won)
store.close()
"""


def test_two_reviewers_in_two_processes_decide_each_return_once(store, url, put):
    for n in range(12):
        put({"sea": (3, 3)}, iso3=f"QM{chr(65 + n)}")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", DECIDING, url, step], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for step in ("validated", "sent_back")
    ]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    won = [int(process.communicate(timeout=60)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum(won) == 12
    assert store.returns()["step"].value_counts().to_dict() == {
        step: n for step, n in zip(("validated", "sent_back"), won, strict=True) if n
    }
    assert all(len(store.steps(i)) == 2 for i in range(1, 13))


def again(store, instrument, value, step="submitted") -> Stored:
    return store.add(value, [], file_name="b.xlsx", content=b"same", instrument=instrument, by="ben", step=step)


def test_a_draft_whose_bytes_come_as_submitted_is_submitted(store, instrument):
    value = coast_return({"sea": (3, 3)})
    assert again(store, instrument, value, "draft") == Stored(1, "stored")
    version = store.version()
    assert again(store, instrument, value, "draft") == Stored(1, "already")
    assert store.version() == version and len(store.panel(instrument)) == 0
    assert again(store, instrument, value) == Stored(1, "submitted")
    assert store.version() != version and len(store.panel(instrument)) == 1
    assert store.steps(1)["step"].tolist() == ["draft", "submitted"]
    assert again(store, instrument, value) == Stored(1, "already")
    assert [row[1] for row in trail(store)] == [
        "import", "import-again", "import-again", "step:submitted", "counts", "import-again",
    ]  # fmt: skip


def test_the_same_bytes_stay_what_they_were_made_and_it_is_said(store, instrument):
    value = coast_return({"sea": (3, 3)})
    again(store, instrument, value)
    store.set_step(1, "sent_back", "ben", "wrong year")
    assert again(store, instrument, value) == Stored(1, "sent_back")
    store.set_step(1, "submitted", "ben", "a mistake of mine")
    store.set_step(1, "validated", "ben")
    assert again(store, instrument, value, "draft") == Stored(1, "already")
    store.set_step(1, "withdrawn", "ben", "by letter")
    assert again(store, instrument, value) == Stored(1, "withdrawn")
    assert store.steps(1)["step"].tolist()[-1] == "withdrawn" and len(store.returns()) == 1


def test_a_return_begins_as_draft_or_submitted(store, put):
    for step in ("validated", "sent_back", "withdrawn"):
        with pytest.raises(ValueError, match=f"a return begins as draft or submitted; found '{step}'"):
            put({"sea": (3, 3)}, step=step)


def test_the_trail_tells_what_supersedes_what_part_by_part(store, put):
    put({"sea": (1, 1), "land": (1, 1, 1)})
    put({"sea": (2, 2)})
    assert trail(store) == [
        ["ana", "import", 1, "QMA.xlsx"],
        ["ana", "import", 2, "QMA.xlsx"],
        ["ana", "supersede", 1, "sea: 2"],
    ]
    store.set_step(1, "validated", "ben")  # its sea counts again, for a validated part goes before a submitted one
    assert trail(store, 3) == [
        ["ben", "step:validated", 1, ""],
        ["ben", "counts", 1, "sea"],
        ["ben", "supersede", 2, "sea: 1"],
    ]
    put({"sea": (3, 3), "land": (3, 3, 3)})
    assert trail(store, 6) == [["ana", "import", 3, "QMA.xlsx"], ["ana", "waits", 3, "sea, land: 1"]]
    store.set_step(1, "withdrawn", "ben", "by letter")
    assert trail(store, 8) == [
        ["ben", "step:withdrawn", 1, "by letter"],
        ["ben", "counts-no-more", 1, "sea, land"],
        ["ben", "counts-again", 3, "sea, land"],
    ]
    store.set_step(3, "validated", "ben")
    assert trail(store, 11) == [["ben", "step:validated", 3, ""]], "it counted before"


def test_a_draft_supersedes_nothing_and_waits_for_nothing(store, put):
    put({"sea": (1, 1)})
    put({"sea": (2, 2)}, step="draft")
    assert [row[1] for row in trail(store)] == ["import", "import"]
    store.set_step(2, "submitted", "ben")
    assert trail(store, 2) == [
        ["ben", "step:submitted", 2, ""],
        ["ben", "counts", 2, "sea"],
        ["ben", "supersede", 1, "sea: 2"],
    ]


def test_what_others_do_can_be_noted(store, put):
    put({"sea": (1, 1)})
    version = store.version()
    store.note("backup", "returns.backup", "ana")
    store.note("original", "QMA.xlsx", "ben", 1)
    assert trail(store, 1) == [["ana", "backup", pd.NA, "returns.backup"], ["ben", "original", 1, "QMA.xlsx"]]
    assert store.version() == version, "nothing a reader sees has changed"
    for action in ("", "x" * 201):
        with pytest.raises(ValueError, match="an action has a name"):
            store.note(action, "", "ana")
    with pytest.raises(KeyError, match="no return 7"):
        store.note("original", "", "ana", 7)


def test_the_board_tells_the_newest_step_and_the_answers_to_repair_that_are_still_open(store, instrument):
    def add(codes, content, *problems):
        told = [Problem("a", "S", "D4", "answer-not-allowed", question=q, severity=s) for q, s in problems]
        value = coast_return(codes)
        store.add(value, told, file_name="a", content=content, instrument=instrument, by="ana")

    add({"sea": (Status.INVALID, 1), "land": (1, 1, Status.INVALID)}, b"1", ("SEA.A.1", "repair"), ("LAND.A.3", "repair"))
    add({"sea": (1, 1)}, b"2", ("SEA.A.1", "note"), ("", "repair"))
    store.set_step(1, "sent_back", "ben", "unreadable")
    store.set_step(1, "submitted", "eva", "read now")
    board = store.board().set_index("return_id")
    assert board["repairs"].to_dict() == {2: 1, 1: 1}, "the sea of the first is superseded"
    assert board.loc[1, ["step", "changed_by", "reason"]].tolist() == ["submitted", "eva", "read now"]
    assert board.loc[2, ["step", "changed_by", "reason"]].tolist() == ["submitted", "ana", ""]
    assert str(board["changed_at"].dtype) == "datetime64[us, UTC]"


def test_the_board_of_an_empty_store_has_the_same_types(store, put):
    empty = store.board()
    put({"sea": (1, 1)})
    assert len(empty) == 0 and empty.dtypes.to_dict() == store.board().dtypes.to_dict()


rows = st.lists(st.tuples(st.sampled_from(STEPS), st.sets(st.sampled_from(["sea", "land", "air"]), min_size=1)), max_size=8)


@given(rows)
def test_the_rule_for_one_unit_is_the_rule_for_all(returns):
    parts = [(i, step, s) for i, (step, submodules) in enumerate(returns, start=1) for s in sorted(submodules)]
    table = pd.DataFrame(parts, columns=["return_id", "step", "submodule"]).assign(unit=0)
    expected = counting(table)
    assert winners(parts) == dict(zip(expected["submodule"], expected["return_id"], strict=True))
