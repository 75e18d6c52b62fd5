"""A store of an older layout is upgraded when it is opened: nothing is lost, whole or not at all, by one of many processes."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from analysis.model import NOT_RETURNED
from analysis.store import StoreUnavailable, WrongSchema, WrongStates, open_store
from analysis.store.engine import engine_of, writer
from analysis.store.opening import migrate
from analysis.store.schema import APPEND_ONLY, SCHEMA, metadata
from tests.store.test_many_at_once import ROOT, start
from tests.store.worlds import coast_return

N = NOT_RETURNED
OLD = (Path(__file__).parent / "layout_1.sql").read_text(encoding="utf-8")
PANEL = [[N, N, 3, 3, 3], [3, -1, 0, -5, -6], [1, 1, N, N, N]]


@pytest.fixture
def old(tmp_path) -> Path:
    """The file of a store that the first release made."""
    place = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(place)) as connection:
        connection.executescript(OLD)
    return place


def rows(place: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(place)) as connection:
        return connection.execute(query).fetchall()


def test_a_store_of_the_first_release_opens_with_everything_in_it(old, instrument):
    before = {
        table: rows(old, f"SELECT * FROM {table}")
        for (table,) in rows(old, "SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    store = open_store(f"sqlite:///{old}", sample=False)
    assert store.version() == "0123456789abcdef0123456789abcdef.6"
    assert store.panel(instrument, drafts=True).codes.tolist() == PANEL
    assert store.returns()[["return_id", "iso3", "step", "standing", "answered", "problems"]].to_numpy().tolist() == [
        [4, "QMA", "draft", "draft", 3, 0],
        [3, "QMB", "sent_back", "sent_back", 2, 0],
        [2, "QMB", "validated", "counts", 2, 0],
        [1, "QMA", "submitted", "counts", 2, 2],
    ]
    assert store.answers(1)[["question", "code", "option", "sheet", "cell"]].to_numpy().tolist() == [
        ["SEA.A.1", 3, "all", "SEA", "D4"],
        ["SEA.A.2", -1, "", "SEA", "D5"],
        ["LAND.A.1", 0, "none", "LAND", "D4"],
        ["LAND.A.2", -5, "", "LAND", "D5"],
        ["LAND.A.3", -6, "", "LAND", "D6"],
    ]
    assert store.problems(1)[["found", "suggestion"]].to_numpy().tolist() == [["n/a", ""], ["perhaps; 'yes'", ""]]
    assert store.original(2) == ("Été.xlsx", b"\x00two\xff")
    assert store.returns()["received_at"].iloc[-1] == pd.Timestamp("2026-11-01 08:01", tz="UTC")
    assert store.audit()["action"].tolist()[-2:] == ["step:sent_back", "upgrade"]
    assert store.mappings().empty and store.rebuild_vectors(instrument) == 0
    store.close()
    for table in set(before) - {"meta", "audit", "problems", "sqlite_sequence"}:
        assert rows(old, f"SELECT * FROM {table}") == before[table], table
    assert rows(old, "SELECT * FROM audit WHERE audit_id < 8") == before["audit"]


def test_an_upgraded_store_goes_on_like_any_other(old, instrument):
    store = open_store(f"sqlite:///{old}")
    value = coast_return({"sea": (2, 2)}, iso3="QMC")
    stored = store.add(value, [], file_name="a", content=b"new", instrument=instrument, by="ana")
    assert stored.return_id == 5, "numbers go on"
    store.save_mapping("wide table", "head = 1", "ana")
    store.save_records("lesson", {"L1": {}}, "ana")
    for table in APPEND_ONLY:
        with pytest.raises(sa.exc.DBAPIError, match="appended, never changed"), store._writer.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table.name}")
    store.close()
    assert rows(old, "PRAGMA integrity_check") == [("ok",)] and rows(old, "PRAGMA foreign_key_check") == []


def test_a_copy_of_the_older_file_is_kept_and_none_is_overwritten(old, tmp_path):
    (tmp_path / "old.sqlite.before-1").write_text("of another day")
    open_store(f"sqlite:///{old}").close()
    open_store(f"sqlite:///{old}").close()
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
        "old.sqlite",
        "old.sqlite.before-1",
        "old.sqlite.before-1.2",
    ]
    copy = tmp_path / "old.sqlite.before-1.2"
    assert rows(copy, "SELECT value FROM meta WHERE name = 'schema'") == [("1",)]
    with closing(sqlite3.connect(":memory:")) as fresh, closing(sqlite3.connect(copy)) as kept:
        fresh.executescript(OLD)
        assert list(kept.iterdump()) == list(fresh.iterdump())


def test_an_older_store_of_other_states_is_upgraded_and_still_refused(old):
    with pytest.raises(WrongStates):
        open_store(f"sqlite:///{old}", sample=True)


def tables(engine: sa.Engine) -> dict:
    """What the database itself says of its tables: columns, keys, indexes, triggers."""
    look, found = sa.inspect(engine), {}
    for name in look.get_table_names():
        columns = [
            (c["name"], str(c["type"]), c["nullable"], re.sub(r"::\w+", "", c["default"] or "")) for c in look.get_columns(name)
        ]
        keys = [sorted(map(str, look.get_unique_constraints(name))), sorted(map(str, look.get_foreign_keys(name)))]
        found[name] = [columns, look.get_pk_constraint(name), *keys, sorted(map(str, look.get_indexes(name)))]
    queries = ["SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"]
    queries += ["SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' ORDER BY name"]
    queries += ["SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table' ORDER BY name"]
    if engine.dialect.name == "postgresql":
        queries = ["SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"]
        queries += ["SELECT prosrc FROM pg_proc WHERE proname = 'refuse_change'"]
        queries += ["SELECT relname FROM pg_class WHERE relkind = 'S' ORDER BY relname"]
    with engine.begin() as connection:
        found["more"] = [
            [
                tuple(row)
                for row in connection.exec_driver_sql(query.replace("%", "%%") if engine.dialect.name != "sqlite" else query)
            ]
            for query in queries
        ]
    return found


def test_migrations_from_nothing_make_the_same_tables_as_a_new_store_gets(url, request, tmp_path):
    made = tables(open_store(url)._writer)
    engine = engine_of(url)
    with writer(engine).begin() as connection:
        metadata.drop_all(connection)
    with writer(engine).begin() as connection:
        migrate(connection, str(SCHEMA))
    assert tables(engine) == made
    assert len(made) == len(metadata.tables) + 1 and len(made["more"][0]) == len(APPEND_ONLY) * (2 if "sqlite" in url else 1)
    engine.dispose()


def test_the_upgrade_of_a_shared_database_keeps_its_rows(postgresql, instrument):
    engine = engine_of(postgresql)
    with writer(engine).begin() as connection:
        migrate(connection, "1")
        connection.exec_driver_sql("DROP TABLE alembic_version")
        for statement in re.findall(r'INSERT INTO "(?!sqlite|vectors)[^;]*?\);\n', OLD.replace("; ''yes''", "")):
            by_table = statement.replace("X'", "'\\x")
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {by_table}")
        for table, key in (("returns", "return_id"), ("steps", "step_id"), ("audit", "audit_id")):
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), 9)")
    engine.dispose()
    store = open_store(postgresql)
    assert store.returns()["return_id"].tolist() == [4, 3, 2, 1] and store.original(2)[1] == b"\x00two\xff"
    assert store.problems(1)["suggestion"].tolist() == ["", ""] and store.audit()["action"].iloc[-1] == "upgrade"
    assert store.returns()["received_at"].iloc[-1] == pd.Timestamp("2026-11-01 08:01", tz="Asia/Kathmandu")
    store.close()


PAUSING = """
import os, sys, time
from sqlalchemy import Engine, event
from analysis.store import open_store
url, moment = sys.argv[1:3]

def pause(*_):
    print("in the middle", flush=True)
    time.sleep(60)

@event.listens_for(Engine, "after_cursor_execute")
def after(connection, cursor, statement, *rest):
    if moment in statement:
        pause()

if moment == "copy":
    os.replace = pause
open_store(url)
"""


@pytest.mark.parametrize(
    "moment", ["copy", "ALTER TABLE problems", "CREATE TABLE mappings", "CREATE TRIGGER mappings", "UPDATE meta"]
)
def test_an_upgrade_that_is_killed_leaves_the_older_store_whole_and_the_next_one_finishes_it(old, instrument, moment):
    process = start(PAUSING, f"sqlite:///{old}", moment)
    assert process.stdout.readline() == "in the middle\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    process.stdin.close(), process.stdout.close()
    assert rows(old, "SELECT value FROM meta WHERE name = 'schema'") == [("1",)]
    assert "suggestion" not in rows(old, "SELECT sql FROM sqlite_master WHERE name = 'problems'")[0][0]
    assert rows(old, "SELECT name FROM sqlite_master WHERE name IN ('mappings', 'alembic_version')") == []
    assert rows(old, "PRAGMA integrity_check") == [("ok",)]
    store = open_store(f"sqlite:///{old}")
    assert store.panel(instrument, drafts=True).codes.tolist() == PANEL and store.rebuild_vectors(instrument) == 0
    assert store.audit()["action"].tolist().count("upgrade") == 1
    store.close()
    assert not list(old.parent.glob("*.building*"))


OPENER = """
import sys
from analysis.store import open_store
print("ready", flush=True)
sys.stdin.readline()
print(open_store(sys.argv[1]).version(), flush=True)
"""


@pytest.mark.parametrize("age", ["new", "older"])
def test_of_many_processes_that_open_a_store_at_once_one_prepares_it(url, old, age):
    if age == "older":
        if url.startswith("sqlite"):
            url = f"sqlite:///{old}"
        else:
            engine = engine_of(url)
            with writer(engine).begin() as connection:
                migrate(connection, "1")
                connection.exec_driver_sql("INSERT INTO meta VALUES ('schema', '1'), ('identity', 'x'), ('version', '6')")
            engine.dispose()
    running = [start(OPENER, url) for _ in range(5)]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = {process.communicate(timeout=120)[0] for process in running}
    assert [process.returncode for process in running] == [0] * 5
    assert len(told) == 1, "one identity, drawn once"
    store = open_store(url)
    assert store.audit()["action"].tolist().count("upgrade") == (age == "older")
    store.close()
    assert len(list(old.parent.glob("*.before-*"))) == (age == "older" and url.startswith("sqlite"))


def test_a_newer_store_is_left_alone(url):
    open_store(url).close()
    engine = engine_of(url)
    with writer(engine).begin() as connection:
        connection.exec_driver_sql(f"UPDATE meta SET value = '{SCHEMA + 1}' WHERE name = 'schema'")
    before = tables(engine)
    with pytest.raises(
        WrongSchema, match=f"layout {SCHEMA + 1}, made by a newer version of the software; this one knows layout {SCHEMA}"
    ):
        open_store(url)
    assert tables(engine) == before
    engine.dispose()


def test_no_room_for_the_copy_leaves_the_older_store_as_it_is(old, monkeypatch):
    class Full(sqlite3.OperationalError):
        sqlite_errorname = "SQLITE_FULL"

    def connect(place):
        raise Full("database or disk is full")

    monkeypatch.setattr("analysis.store.opening.sqlite3.connect", connect)
    with pytest.raises(StoreUnavailable, match=r"old\.sqlite\.before-1 is full: its disk has no room left"):
        open_store(f"sqlite:///{old}")
    monkeypatch.undo()
    assert rows(old, "SELECT value FROM meta WHERE name = 'schema'") == [("1",)]


def test_opening_does_not_load_alembic_where_there_is_nothing_to_upgrade(url):
    program = "import sys; from analysis.store import open_store; open_store(sys.argv[1]); print('alembic' in sys.modules)"
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", program, url], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout == "False\n"
