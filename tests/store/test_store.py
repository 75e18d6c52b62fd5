"""What goes in comes out: bytes, answers with their cells, problems, people, consent, trail."""

import datetime as dt
import hashlib

import pandas as pd
import pytest
import sqlalchemy as sa

from analysis.model import Answer, Consent, Contributor, Problem, Return, Status
from analysis.store import Stored, WrongSchema, WrongStates, open_store
from analysis.store.schema import APPEND_ONLY, metadata
from tests.store.worlds import coast_return

MANY = dict.fromkeys(("by", "file_name"), "x")


def test_a_return_gives_back_its_bytes_answers_problems_people_and_consent(store, instrument):
    answers = (
        Answer("SEA.A.2", Status.DONT_KNOW, "?", "Sea", "D9", comment="ask the harbour"),
        Answer("SEA.A.1", 2, "most", "Sea", "D8", 3, "Act 7", "since May", ""),
    )
    value = Return(
        "coast", "QMA", "", "2026-H2", "visit", ("sea",), answers, dt.date(2026, 7, 1), dt.date(2026, 7, 9), "fr",
        (Contributor("Harbour office", "customs_border", "SEA.A"), Contributor("Coast guard")),
        (Consent("donors", "scores", "Minister", dt.date(2026, 8, 1), None),),
    )  # fmt: skip
    problem = Problem("qma.xlsx", "Sea", "D9", "answer-not-allowed", "?", "0-3", "SEA.A.2", "repair")
    stored = store.add(value, [problem], file_name="qma.xlsx", content=b"bytes\x00\xff", instrument=instrument, by="ana")
    assert stored == Stored(1, "stored")
    assert store.original(1) == ("qma.xlsx", b"bytes\x00\xff")
    rows = store.answers(1)
    assert rows[["question", "submodule", "code", "option", "found", "sheet", "cell"]].to_numpy().tolist() == [
        ["SEA.A.1", "sea", 2, "most", "most", "Sea", "D8"],
        ["SEA.A.2", "sea", -3, "", "?", "Sea", "D9"],
    ]
    assert rows["evidence_grade"].tolist() == [3, pd.NA]
    assert rows["evidence"].tolist() == ["Act 7", ""] and rows["comment"].tolist() == ["since May", "ask the harbour"]
    assert store.problems(1).to_dict("records") == [
        {
            "file": "qma.xlsx", "sheet": "Sea", "cell": "D9", "code": "answer-not-allowed", "found": "?", "allowed": "0-3",
            "question": "SEA.A.2", "severity": "repair",
        }
    ]  # fmt: skip
    assert store.contributors(1).to_numpy().tolist() == [["Harbour office", "customs_border", "SEA.A"], ["Coast guard", "", ""]]
    consent = store.consents(1).iloc[0]
    assert consent[["audience", "tier", "given_by"]].tolist() == ["donors", "scores", "Minister"]
    assert consent["given_on"] == pd.Timestamp("2026-08-01") and consent["expires_on"] is pd.NaT


def test_the_history_says_what_each_return_holds(store, put):
    before = pd.Timestamp.now("UTC").floor("s")
    put({"sea": (3, Status.NA_JUSTIFIED), "land": (0, Status.BLANK, Status.NOT_ASKED)}, content=b"one", organization="Navy")
    put({"land": (1, 1, 1)}, reading="visit", round_="2024")
    table = store.returns()
    assert table["return_id"].tolist() == [2, 1]
    first = table.iloc[1]
    assert first[["file", "instrument", "iso3", "organization", "round", "reading", "step", "imported_by"]].tolist() == [
        "QMA.xlsx", "coast", "QMA", "Navy", "2026", "self", "submitted", "ana",
    ]  # fmt: skip
    assert first["sha256"] == hashlib.sha256(b"one").hexdigest()
    assert first[["submodules", "counts", "standing", "superseded_by"]].tolist() == ["sea, land", "sea, land", "counts", ""]
    assert first[["asked", "applicable", "answered", "problems"]].tolist() == [4, 3, 2, 0]
    assert before <= first["received_at"] <= pd.Timestamp.now("UTC")


def test_the_types_of_a_table_do_not_depend_on_what_it_holds(store, put):
    empty = store.returns(), store.parts(), store.audit(), store.existing("no such hash")
    put({"sea": (3, 3)})
    full = store.returns(), store.parts(), store.audit(), store.existing(store.returns()["sha256"].iloc[0])
    for before, after in zip(empty, full, strict=True):
        assert len(before) == 0 and len(after) == 1
        assert before.dtypes.to_dict() == after.dtypes.to_dict()
    assert str(full[0]["received_at"].dtype) == "datetime64[us, UTC]" and str(full[1]["superseded_by"].dtype) == "Int64"
    for table in (store.problems(1), store.contributors(1)):
        assert len(table) == 0 and {str(t) for t in table.dtypes} == {"str"}
    assert store.consents(1)["given_on"].dtype == "datetime64[us]"


def test_the_same_bytes_are_one_return_and_said_so(store, instrument):
    value = coast_return({"sea": (3, 3)})
    how = {"content": b"same", "instrument": instrument, "by": "ana"}
    assert store.add(value, [], file_name="a.xlsx", **how) == Stored(1, "stored")
    version = store.version()
    assert store.add(value, [], file_name="copy of a.xlsx", **how) == Stored(1, "already")
    assert store.version() == version, "nothing a reader sees has changed"
    assert store.returns()["file"].tolist() == ["a.xlsx"]
    assert store.audit()["action"].tolist() == ["import", "import-again"]
    assert store.existing(hashlib.sha256(b"same").hexdigest())[["return_id", "file"]].to_numpy().tolist() == [[1, "a.xlsx"]]


def test_one_file_may_bring_many_returns_and_is_kept_once(store, instrument, put):
    put({"sea": (3, 3)}, content=b"flat table", iso3="QMA")
    put({"sea": (2, 2)}, content=b"flat table", iso3="QMB")
    put({"sea": (2, 2)}, content=b"flat table", iso3="QMB", reading="peer")
    assert store.existing(hashlib.sha256(b"flat table").hexdigest())["return_id"].tolist() == [1, 2, 3]
    with store._engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*), sum(size) FROM files").one() == (1, 10)


def test_steps_and_imports_leave_a_trail(store, put):
    put({"sea": (3, 3)})
    store.set_step(1, "sent_back", "ben", "two cells are unreadable")
    assert store.steps(1)[["step", "changed_by", "reason"]].to_numpy().tolist() == [
        ["submitted", "ana", ""],
        ["sent_back", "ben", "two cells are unreadable"],
    ]
    assert store.audit()[["audit_id", "actor", "action", "return_id", "detail"]].to_numpy().tolist() == [
        [1, "ana", "import", 1, "QMA.xlsx"],
        [2, "ben", "step:sent_back", 1, "two cells are unreadable"],
    ]
    assert store.returns()["step"].tolist() == ["sent_back"]


def test_the_version_changes_with_an_import_and_with_a_step_and_with_nothing_else(store, put, tmp_path, instrument):
    seen = [store.version()]
    put({"sea": (3, 3)})
    seen.append(store.version())
    store.set_step(1, "validated", "ben")
    seen.append(store.version())
    store.returns(), store.panel(instrument), store.rebuild_vectors(instrument)
    assert len(set(seen)) == 3 and store.version() == seen[-1]
    other = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert other.version() != seen[0], "two empty stores are not the same store"
    other.close()


def test_instruments_come_with_the_newest_return_first(store, put, instrument):
    assert store.instruments() == []
    put({"sea": (3, 3)})
    assert store.instruments() == ["coast"]


@pytest.mark.parametrize("table", [t.name for t in APPEND_ONLY])
def test_rows_can_be_neither_changed_nor_taken_away(store, instrument, table):
    value = coast_return({"sea": (3, 3)}, contributors=(Contributor("x"),), consents=(Consent("donors", "scores"),))
    store.add(value, [Problem("a", "b", "c", "d", severity="note")], file_name="a", content=b"a", instrument=instrument, by="ana")
    column = metadata.tables[table].columns.keys()[0]
    with store._writer.begin() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() >= 1
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="appended, never changed"), store._writer.begin() as connection:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("value", "problems", "told"),
    [
        (Return("other", "QMA", "", "2026", "self", ("sea",), ()), [], "a return of other"),
        (coast_return({"sea": (3, 3)}, round_="first"), [], "not a State, round and reading"),
        (coast_return({"sea": (3, 3)}, reading="guess"), [], "not a State, round and reading"),
        (coast_return({}), [], "sub-modules of coast"),
        (Return("coast", "QMA", "", "2026", "self", ("air",), ()), [], "sub-modules of coast"),
        (Return("coast", "QMA", "", "2026", "self", ("sea",), (Answer("SEA.A.1", 1),)), [], "not one answer for each"),
        (Return("coast", "QMA", "", "2026", "self", ("sea",), (Answer("SEA.A.1", 1),) * 2), [], "not one answer for each"),
        (coast_return({"sea": (3, 4)}), [], "SEA.A.2: 4 is neither an option nor a status"),
        (coast_return({"sea": (3, -8)}), [], "-8 is neither"),
        (coast_return({"sea": (3, 3)}), [Problem("a", "", "", "b", severity="stop")], "a problem stops this return"),
    ],
)
def test_what_is_not_whole_is_refused_and_leaves_nothing_behind(store, instrument, value, problems, told):
    with pytest.raises(ValueError, match=told):
        store.add(value, problems, file_name="a", content=b"a", instrument=instrument, by="ana")
    assert len(store.returns()) == 0 and len(store.audit()) == 0


def test_a_step_that_does_not_exist_and_a_return_that_does_not_exist_are_refused(store, put, instrument):
    put({"sea": (3, 3)})
    with pytest.raises(ValueError, match="a step is one of draft, submitted, validated, sent_back; found 'done'"):
        store.set_step(1, "done", "ana")
    with pytest.raises(ValueError, match="found 'done'"):
        put({"sea": (3, 3)}, step="done")
    for unknown in (lambda: store.set_step(2, "validated", "ana"), lambda: store.answers(2), lambda: store.original(2)):
        with pytest.raises(KeyError, match="no return 2"):
            unknown()
    assert store.steps(1)["step"].tolist() == ["submitted"]


def test_a_store_of_another_layout_is_not_opened(store, url):
    with store._writer.begin() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '99' WHERE name = 'schema'")
    with pytest.raises(WrongSchema, match="the store has layout 99, this version of the software knows layout 1"):
        open_store(url)


def test_a_new_store_makes_its_folder_and_closing_leaves_one_file(tmp_path, instrument):
    place = tmp_path / "deep" / "down" / "r.sqlite"
    store = open_store(f"sqlite:///{place}")
    store.add(coast_return({"sea": (3, 3)}), [], file_name="a", content=b"a", instrument=instrument, by="ana")
    store.close()
    assert [p.name for p in place.parent.iterdir()] == ["r.sqlite"]
    again = open_store(f"sqlite:///{place}")
    assert len(again.returns()) == 1
    again.close()


def test_the_tables_can_be_made_in_postgresql():
    from sqlalchemy.dialects import postgresql

    made = [str(sa.schema.CreateTable(table).compile(dialect=postgresql.dialect())) for table in metadata.sorted_tables]
    assert len(made) == 11
    whole = "\n".join(made)
    assert "TIMESTAMP WITH TIME ZONE" in whole and "BYTEA" in whole and "SERIAL" in whole
    assert "ROWID" not in whole and "AUTOINCREMENT" not in whole


def test_a_store_of_fictional_states_never_opens_for_real_ones_nor_the_reverse(tmp_path):
    for first in (True, False):
        url = f"sqlite:///{tmp_path / f'{first}.sqlite'}"
        open_store(url).close()  # unmarked: whoever names its States first marks it
        open_store(url, sample=first).close()
        with pytest.raises(WrongStates):
            open_store(url, sample=not first)
        open_store(url, sample=first).close()
