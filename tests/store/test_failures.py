"""A full disk, a read-only place, a locked file, a server that is away: one clear sentence, and nothing half done."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from analysis.__main__ import main
from analysis.store import StoreUnavailable, open_store
from analysis.store.failures import POSTGRESQL, SQLITE, told
from tests.store.test_many_at_once import start
from tests.store.worlds import coast_return

IED = "iso3,round,reading,question,answer,instrument\n"
IED += "".join(f"{{0}},2026,self,IED.U1.{i},3,2370-2026.1\n" for i in (1, 2, 3, 4))
STATES = "iso3,name_en,region\nQMA,Quince Republic,Orchard Coast\nQMB,Medlar Islands,Orchard Coast\n"


@pytest.fixture
def office(tmp_path) -> list[str]:
    """What an import of two tables needs: paths and options, without the store."""
    (tmp_path / "states.csv").write_text(STATES)
    for iso3 in ("QMA", "QMB"):
        (tmp_path / f"{iso3}.csv").write_text(IED.format(iso3))
    return [str(tmp_path / "QMA.csv"), str(tmp_path / "QMB.csv"), "--states", str(tmp_path / "states.csv")]


def whole(url: str, instrument) -> int:
    """Number of returns of a store in which nothing is half done."""
    store = open_store(url)
    with store._engine.begin() as connection:
        n = {
            table: connection.exec_driver_sql(f"SELECT count(DISTINCT return_id) FROM {table}").scalar()
            for table in ("returns", "answers", "parts", "vectors", "steps")
        }
        imports = connection.exec_driver_sql("SELECT count(*) FROM audit WHERE action = 'import'").scalar()
        files = connection.exec_driver_sql("SELECT count(*) FROM files").scalar()
        assert files == connection.exec_driver_sql("SELECT count(DISTINCT sha256) FROM returns").scalar()
        if url.startswith("sqlite"):
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert set(n.values()) == {imports} and store.rebuild_vectors(instrument) == 0
    store.close()
    return imports


def add(store, instrument, content=b"a", iso3="QMA"):
    value = coast_return({"sea": (3, 3), "land": (1, 1, 1)}, iso3=iso3)
    return store.add(value, [], file_name="a", content=content, instrument=instrument, by="ana")


def test_a_store_that_is_full_says_so_and_goes_on_when_there_is_room(sqlite, instrument):
    store = open_store(sqlite)
    add(store, instrument, iso3="QMB")
    pages = []

    @sa.event.listens_for(store._writer, "begin")
    def limit(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0] if pages else 1_000_000}")

    for room in range(40):  # full at every page of what is stored
        with store._engine.begin() as connection:
            pages[:] = [connection.exec_driver_sql("PRAGMA page_count").scalar() + room]
        try:
            add(store, instrument, bytes(100_000))
            break
        except StoreUnavailable as error:
            assert str(error).startswith(f"The store {sqlite.removeprefix('sqlite:///')} is full: its disk has no room left.")
            assert store.returns()["iso3"].tolist() == ["QMB"] and len(store.audit()) == 1
    assert room > 20 and len(store.returns()) == 2
    store.close()
    assert whole(sqlite, instrument) == 2


@contextmanager
def small_disk(place: Path, size: str):
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


ROOTS = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs the rights of root")


@ROOTS
def test_a_disk_that_fills_up_during_imports_leaves_whole_returns(tmp_path, instrument):
    with small_disk(tmp_path / "small", "2m") as disk:
        url, done = f"sqlite:///{disk / 'r.sqlite'}", 0
        store = open_store(url)
        with pytest.raises(StoreUnavailable, match=r"small/r\.sqlite is full"):
            for i in range(200):
                add(store, instrument, os.urandom(60_000), iso3=f"Q{chr(65 + i // 26)}{chr(65 + i % 26)}")
                done += 1
        assert len(store.returns()) == done > 3, "what was stored can still be read"
        store.close()
        shutil.copytree(disk, tmp_path / "large")
    assert whole(f"sqlite:///{tmp_path / 'large' / 'r.sqlite'}", instrument) == done


@ROOTS
def test_no_room_for_a_new_store_is_one_sentence(tmp_path, office, capsys):
    with small_disk(tmp_path / "small", "20k") as disk:
        assert main(["import", *office, "--database", f"sqlite:///{disk / 'r.sqlite'}"]) == 2
        told = capsys.readouterr().err.strip()
    assert "small/r.sqlite is full: its disk has no room left." in told and told.count("\n") == 0


WITHOUT_RIGHTS = """
import os, sys
from analysis.store import StoreUnavailable, open_store
from analysis.instrument import load_instrument
from tests.store.worlds import coast_return
instrument = load_instrument(sys.argv[2])
if os.geteuid() == 0:  # root may write anywhere
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
try:
    store = open_store(sys.argv[1])
    value = coast_return({"sea": (0, 0)}, iso3="QMZ")
    print(store.add(value, [], file_name="a", content=b"z", instrument=instrument, by="ana").outcome)
except StoreUnavailable as error:
    print(error)
"""


@pytest.fixture
def shown(tmp_path):
    """A place that a user without rights can look into."""
    for folder in [tmp_path, *tmp_path.parents]:
        if os.geteuid() == 0 and folder != Path(folder.anchor):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs rights of files as on Unix")
@pytest.mark.parametrize("what", ["file", "folder", "both", "missing folder", "missing file"])
def test_a_place_that_may_not_be_written_to_is_one_sentence(shown, instrument, what):
    place = shown / "shelf" / "r.sqlite"
    store = open_store(f"sqlite:///{place}")
    add(store, instrument)
    store.close()
    before = place.read_bytes()
    if what == "missing folder":
        url = f"sqlite:///{place.parent / 'deeper' / 'r.sqlite'}"
    else:
        url = f"sqlite:///{place if what != 'missing file' else place.parent / 'other.sqlite'}"
    place.chmod(0o444 if what != "folder" else 0o666)
    place.parent.chmod(0o555 if what != "file" else 0o777)
    try:
        process = start(WITHOUT_RIGHTS, url, str(instrument.folder))
        told = process.communicate(timeout=60)[0].strip()
    finally:
        place.parent.chmod(0o755), place.chmod(0o644)
    assert process.returncode == 0
    assert told.startswith("The store ") and told.count("\n") == 0
    assert any(words in told for words in ("can't be written to", "can't be opened", "can't be made")), told
    assert place.read_bytes() == before and {p.name for p in place.parent.iterdir()} <= {
        "r.sqlite",
        "r.sqlite-wal",
        "r.sqlite-shm",
    }
    assert whole(f"sqlite:///{place}", instrument) == 1


def test_a_file_that_another_program_holds_locked_is_one_sentence(sqlite, instrument, office, capsys):
    store = open_store(f"{sqlite}?timeout=0.2")
    add(store, instrument)
    with closing(sqlite3.connect(sqlite.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match=r"is in use: another program has kept it locked for 0\.2 seconds"):
            add(store, instrument, b"b")
        assert len(store.returns()) == 1, "reading goes on"
        assert main(["import", *office, "--database", f"{sqlite}?timeout=0.2"]) == 2
        told = capsys.readouterr().err.strip()
        assert told.startswith("Could not run: The store ") and "is in use" in told and told.count("\n") == 0
        other.execute("ROLLBACK")
    assert add(store, instrument, b"b").outcome == "stored"
    store.close()
    assert main(["import", *office, "--database", f"{sqlite}?timeout=0.2"]) == 0


def test_a_server_on_which_another_process_stores_too_long_is_one_sentence(postgresql, instrument):
    store = open_store(postgresql + "&timeout=0.3")
    with psycopg.connect(postgresql) as other:
        other.execute("SELECT value FROM meta WHERE name = 'version' FOR UPDATE")
        with pytest.raises(StoreUnavailable, match=r"is in use: another process has been storing for 0\.3 seconds"):
            add(store, instrument)
        assert len(store.returns()) == 0
    assert add(store, instrument).outcome == "stored"
    store.close()


def test_a_server_that_is_away_a_wrong_name_and_a_missing_database_are_one_sentence(postgresql, tmp_path, office, capsys):
    nowhere = f"postgresql://ana:s3cret-word@/returns?host={tmp_path}"
    missing = postgresql.replace("/returns_", "/nothing_")
    stranger = postgresql.replace("postgres:@", "stranger:s3cret-word@")
    for url, words in (
        (nowhere, "can't be reached"),
        (missing, "does not exist"),
        (stranger, '"stranger" does not exist'),
    ):
        assert main(["import", *office, "--database", url]) == 2
        said = capsys.readouterr().err.strip()
        assert said.startswith("Could not run: The store postgresql+psycopg://") and said.count("\n") == 0
        assert words in said and "s3cret-word" not in said


def test_an_open_store_finds_its_server_again(postgresql, server, instrument):
    store = open_store(postgresql)
    add(store, instrument)
    with psycopg.connect(server, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'returns_%%'")
    assert len(store.returns()) == 1 and add(store, instrument, b"b").outcome == "stored"
    store.close()


def test_a_file_that_is_no_store_and_a_damaged_one_are_one_sentence(tmp_path, instrument):
    (tmp_path / "no.sqlite").write_bytes(b"certainly no database of any kind" * 200)
    with pytest.raises(StoreUnavailable, match=r"no\.sqlite is not a store: the file holds something else"):
        open_store(f"sqlite:///{tmp_path / 'no.sqlite'}")
    place = tmp_path / "r.sqlite"
    store = open_store(f"sqlite:///{place}")
    for i in range(20):
        add(store, instrument, os.urandom(9_000), iso3=f"QA{chr(65 + i)}")
    store.close()
    content = place.read_bytes()
    place.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    with pytest.raises(StoreUnavailable, match=r"is damaged\. Keep the file, and restore the newest backup"):
        open_store(f"sqlite:///{place}").returns()


def test_every_sentence_names_the_store_and_is_one(tmp_path):
    for said in {**SQLITE, **POSTGRESQL}.values():
        assert said.format(patience=60).endswith((".", "?", ")")) and "\n" not in said
    assert told(ValueError("ours"), "x", 1) is None and told(None, "x", 1) is None


def test_a_process_that_holds_a_store_open_does_not_keep_others_out(url, instrument):
    """What one process stores, every other one sees at its next look: nothing is kept in a process."""
    mine = open_store(url)
    version = mine.version()
    assert len(mine.panel(instrument)) == 0
    program = (
        "import sys\nfrom analysis.store import open_store\nfrom analysis.instrument import load_instrument\n"
        "from tests.store.test_failures import add\nstore = open_store(sys.argv[1])\n"
        "add(store, load_instrument(sys.argv[2]))\nstore.set_step(1, 'validated', 'ben')\nprint(store.version(), flush=True)\n"
        "sys.stdin.readline()\nprint(len(store.returns()), store.version())"
    )
    other = start(program, url, str(instrument.folder))
    theirs = other.stdout.readline().strip()
    assert theirs == mine.version() != version
    assert mine.panel(instrument).codes.tolist() == [[3, 3, 1, 1, 1]] and mine.returns()["step"].tolist() == ["validated"]
    add(mine, instrument, b"b", iso3="QMB")
    assert other.communicate("go\n", timeout=60)[0].split() == ["2", mine.version()]
    mine.close()
