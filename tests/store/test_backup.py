"""A store -> one file -> a store: by really doing it, in both databases and from one to the other."""

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from analysis.__main__ import main
from analysis.model import Consent, Contributor, Problem, Status
from analysis.store import WrongSchema, WrongStates, open_store
from analysis.store.backup import NotEmpty, WrongBackup, backup, restore, verified
from analysis.store.engine import engine_of
from analysis.store.rows import counted, kept_tables
from analysis.store.schema import SCHEMA, metadata
from tests.store.test_many_at_once import IMPORTER, ROOT, start
from tests.store.worlds import coast_return

OLD = (Path(__file__).parent / "layout_1.sql").read_text(encoding="utf-8")


@pytest.fixture
def filled(store, instrument):
    """A store with something in every table."""
    people = {"contributors": (Contributor("Harbour office", "customs_border"),), "consents": (Consent("donors", "scores", "M"),)}
    how = {"instrument": instrument, "by": "ana"}
    problems = [Problem("a", "Sea", "D5", "answer-not-allowed", "ja 'ou' 50%", "0-3", "SEA.A.2", "repair", "yes")]
    store.add(
        coast_return({"sea": (3, -1), "land": (1, 2, 3)}, **people), problems, file_name="Été.xlsx", content=b"\0one\xff", **how
    )
    for i in range(30):
        value = coast_return({"sea": (i % 4, Status.BLANK)}, iso3=f"XA{chr(65 + i % 26)}", organization=f"ö{i // 26}\t\u202e😀")
        store.add(value, [], file_name="table.csv", content=b"table" * 900, **how)
    store.set_step(1, "validated", "ben", "checked")
    store.save_mapping("wide table", "head = 1\n", "ana")
    store.save_records("lesson", {"L1": {"text": "ö"}, "L2": {"date": "2026-11-01"}}, "ana")
    store.save_records("lesson", {"L2": None}, "ben")
    return store


def everything(store, instrument) -> dict:
    """All that a reader can see."""
    panel = store.panel(instrument, drafts=True)
    found = {name: getattr(store, name)() for name in ("returns", "parts", "audit", "mappings")}
    for number in (1, 2, 31):
        for name in ("answers", "problems", "contributors", "consents", "steps"):
            found[name, number] = getattr(store, name)(number)
        found["original", number] = pd.DataFrame([store.original(number)])
    found["records"], found["of a record"] = store.records("lesson"), store.record_history("lesson", "L2")
    found["index"], found["parts of panel"], found["codes"] = panel.index, panel.parts, pd.DataFrame(panel.codes)
    return found


def assert_same(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], obj=str(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request, tmp_path):
    """URL of another new store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite'}"
    else:
        from tests.store import servers

        with servers.database(request.getfixturevalue("server")) as url:
            yield url


def test_a_restored_store_holds_everything_and_goes_on(filled, instrument, target, tmp_path):
    before = everything(filled, instrument)
    made = backup(filled, tmp_path / "b")
    assert made.rows["returns"] == 31 and made.rows["files"] == 2 and made.layout == SCHEMA
    assert restore(tmp_path / "b", target) == made == verified(tmp_path / "b")
    store = open_store(target, sample=False)
    assert_same(everything(store, instrument), before)
    assert store.rebuild_vectors(instrument) == 0
    identity, _, version = store.version().partition(".")
    assert identity != made.identity and version == filled.version().partition(".")[2], "nobody takes it for the one it was"
    added = store.add(coast_return({"sea": (1, 1)}), [], file_name="n", content=b"n", instrument=instrument, by="ana")
    assert added.return_id == 32, "numbers go on"
    store.save_mapping("wide table", "head = 2\n", "ana")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), store._writer.begin() as connection:
        connection.exec_driver_sql("DELETE FROM answers")
    store.close()


def test_from_one_database_to_the_other_and_back_no_row_is_changed(filled, target, tmp_path):
    if filled._engine.dialect.name == engine_of(target).dialect.name:
        pytest.skip("the same database twice")
    backup(filled, tmp_path / "there")
    restore(tmp_path / "there", target)
    moved = open_store(target)
    backup(moved, tmp_path / "back")
    moved.close()
    restore(tmp_path / "back", f"sqlite:///{tmp_path / 'again.sqlite'}")
    again = open_store(f"sqlite:///{tmp_path / 'again.sqlite'}")
    for table in kept_tables(metadata, sa.MetaData()):
        with filled._engine.begin() as one, again._engine.begin() as other:
            assert counted(one, table) == counted(other, table) or table.name == "meta", table.name
    again.close()


def test_the_file_is_one_file_and_its_checksum_is_the_one_everybody_computes(filled, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    made = backup(filled, folder / "b 1.backup")
    assert sorted(p.name for p in folder.iterdir()) == ["b 1.backup", "b 1.backup.sha256"]
    said = subprocess.run(["sha256sum", "b 1.backup"], cwd=folder, capture_output=True, text=True, check=True).stdout
    assert said == (folder / "b 1.backup.sha256").read_text() == f"{made.sha256}  b 1.backup\n"


def test_a_backup_is_never_written_over(filled, tmp_path):
    (tmp_path / "b").write_text("mine")
    with pytest.raises(FileExistsError, match="never written over"):
        backup(filled, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "mine"


def test_one_changed_byte_is_found_and_nothing_is_restored(filled, tmp_path):
    backup(filled, tmp_path / "b")
    whole, random_places = (tmp_path / "b").read_bytes(), random.Random(3)
    for place in [0, 17, 100, *random_places.sample(range(len(whole)), 30)]:
        (tmp_path / "b").write_bytes(whole[:place] + bytes([whole[place] ^ 1 << random_places.randrange(8)]) + whole[place + 1 :])
        with pytest.raises(WrongBackup, match=r"its SHA-256 is not the one in b\.sha256"):
            restore(tmp_path / "b", f"sqlite:///{tmp_path / 'restored.sqlite'}")
    assert not (tmp_path / "restored.sqlite").exists()


def test_without_the_file_beside_it_the_checksums_inside_find_every_changed_row(filled, tmp_path):
    backup(filled, tmp_path / "b")
    (tmp_path / "b.sha256").unlink()
    whole, chance = (tmp_path / "b").read_bytes(), random.Random(4)
    for words in (b"tabletable", b"Harbour office", b"XAB", b"submitted", b"step:validated", b"head = 1", b"LAND.A.3", b"real"):
        for match in list(re.finditer(words, whole))[:4]:
            place = match.start() + chance.randrange(len(words))
            (tmp_path / "b").write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(7)]) + whole[place + 1 :])
            with pytest.raises((WrongBackup, WrongSchema)):
                verified(tmp_path / "b")


def test_a_changed_byte_that_is_part_of_no_row_does_no_harm(filled, tmp_path):
    made, chance = backup(filled, tmp_path / "b"), random.Random(5)
    whole = (tmp_path / "b").read_bytes()
    (tmp_path / "b.sha256").unlink()
    for _ in range(40):
        place = chance.randrange(len(whole))
        (tmp_path / "b").write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        with suppress(WrongBackup, WrongSchema):
            assert verified(tmp_path / "b").rows == made.rows


def test_a_cut_off_backup_and_what_is_none_are_refused(filled, tmp_path):
    backup(filled, tmp_path / "b")
    (tmp_path / "b.sha256").unlink()
    whole = (tmp_path / "b").read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"no database at all", whole[:4096]):
        (tmp_path / "b").write_bytes(content)
        with pytest.raises(WrongBackup, match=r"not a backup|damaged"):
            verified(tmp_path / "b")
    with pytest.raises(FileNotFoundError, match="no such backup"):
        verified(tmp_path / "nowhere")


def test_a_store_that_holds_anything_is_not_restored_into(filled, instrument, target, tmp_path):
    backup(filled, tmp_path / "b")
    other = open_store(target)
    other.save_mapping("mine", "head = 1", "ben")
    with pytest.raises(NotEmpty, match="into a new store only"):
        restore(tmp_path / "b", target)
    assert other.mappings()["name"].tolist() == ["mine"] and other.returns().empty
    other.close()


def test_an_empty_store_that_others_have_open_may_be_restored_into(filled, instrument, target, tmp_path):
    backup(filled, tmp_path / "b")
    other = open_store(target)
    before = other.version()
    assert len(other.panel(instrument)) == 0
    restore(tmp_path / "b", target)
    assert other.version() != before and len(other.panel(instrument)) == 31, "without being opened again"
    other.close()


def test_fictional_and_real_states_stay_apart(put, store, url, tmp_path):
    put({"sea": (3, 3)})
    open_store(url, sample=True).close()
    assert backup(store, tmp_path / "b").states == "fictional"
    with pytest.raises(WrongStates, match="holds returns of fictional States; this store is for real ones"):
        restore(tmp_path / "b", f"sqlite:///{tmp_path / 'r.sqlite'}")
    restore(tmp_path / "b", f"sqlite:///{tmp_path / 'r.sqlite'}", sample=True)
    with pytest.raises(WrongStates):
        open_store(f"sqlite:///{tmp_path / 'r.sqlite'}", sample=False)


def test_a_backup_of_an_older_layout_is_upgraded_on_the_way(target, instrument, tmp_path):
    with closing(sqlite3.connect(tmp_path / "b")) as connection:
        connection.executescript(OLD)
    engine = engine_of(f"sqlite:///{tmp_path / 'b'}")
    from analysis.store.rows import reflected

    with engine.begin() as connection:
        told = [(table.name, *counted(connection, table)) for table in kept_tables(reflected(connection), sa.MetaData())]
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "b")) as connection:
        connection.execute('CREATE TABLE manifest ("table" TEXT PRIMARY KEY, rows INTEGER, sha256 TEXT)')
        connection.executemany("INSERT INTO manifest VALUES (?, ?, ?)", told)
        connection.execute("CREATE TABLE backup (name TEXT PRIMARY KEY, value TEXT)")
        facts = {"format": "1", "schema": "1", "identity": "x", "states": "real", "made_at": "2026-11-01T12:00:00+00:00"}
        connection.executemany("INSERT INTO backup VALUES (?, ?)", facts.items())
        connection.commit()
        connection.execute("PRAGMA journal_mode=DELETE")
    assert restore(tmp_path / "b", target).layout == 1
    store = open_store(target, sample=False)
    assert store.panel(instrument, drafts=True).codes.tolist()[1] == [3, -1, 0, -5, -6] and store.rebuild_vectors(instrument) == 0
    assert store.problems(1)["suggestion"].tolist() == ["", ""] and store.audit()["action"].iloc[-1] == "upgrade"
    assert (
        store.add(coast_return({"sea": (1, 1)}), [], file_name="n", content=b"n", instrument=instrument, by="ana").return_id == 5
    )
    store.close()


def test_a_damaged_returned_file_is_told_of(filled, tmp_path):
    with filled._writer.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER files_no_update")
        else:
            connection.exec_driver_sql("DROP TRIGGER files_no_change ON files")
        connection.execute(metadata.tables["files"].update().values(content=b"else").where(metadata.tables["files"].c.size == 5))
    with pytest.raises(WrongBackup, match=r"b is damaged: a returned file is not as it came: SHA-256 [0-9a-f]{64}"):
        backup(filled, tmp_path / "b")
    assert not list(tmp_path.glob("b*")) and not list(tmp_path.glob(".b*"))


@pytest.mark.slow
def test_backups_while_others_store_are_each_of_one_moment(url, instrument, tmp_path):
    store = open_store(url)
    running = [start(IMPORTER, url, str(instrument.folder), name, "") for name in "AB"]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    made = []
    while any(process.poll() is None for process in running) or len(made) < 2:
        made.append(tmp_path / f"b{len(made)}")
        backup(store, made[-1])
    assert [process.communicate()[0].count("stored") for process in running] != [0, 0]
    for i, file in enumerate(made[:4] + made[-1:]):
        restore(file, f"sqlite:///{tmp_path / f'r{i}.sqlite'}")
        copy = open_store(f"sqlite:///{tmp_path / f'r{i}.sqlite'}")
        imports = (copy.audit()["action"] == "import").sum()
        assert len(copy.returns()) == imports == int(copy.version().split(".")[1]) == len(copy.panel(instrument))
        assert copy.rebuild_vectors(instrument) == 0
        copy.close()
    store.close()
    assert imports == 36


KILLED = """
import sys, time
from sqlalchemy import Engine, event
from analysis.store import open_store
from analysis.store.backup import backup, restore

@event.listens_for(Engine, "after_cursor_execute")
def after(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO steps"):
        print("in the middle", flush=True)
        time.sleep(60)

what, file, url = sys.argv[1:4]
restore(file, url) if what == "restore" else backup(open_store(url), file)
"""


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_killed_backup_or_restore_leaves_nothing_and_can_be_done_again(filled, url, target, instrument, tmp_path, what):
    file = tmp_path / "b"
    if what == "restore":
        backup(filled, file)
    process = start(KILLED, what, str(file), target if what == "restore" else url)
    assert process.stdout.readline() == "in the middle\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    process.stdin.close(), process.stdout.close()
    if what == "backup":
        assert not file.exists()
        backup(filled, file)
    restore(file, target)
    store = open_store(target)
    assert_same(everything(store, instrument), everything(filled, instrument))
    store.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_leaves_no_backup_and_says_so(filled, tmp_path, capsys, url):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        assert main(["backup", str(small / "b"), "--database", url]) == 2
        told = capsys.readouterr().err
        assert f"The backup {small / 'b'} is full: its disk has no room left" in told
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_both_are_one_command_each(filled, url, target, instrument, tmp_path, capsys):
    file = str(tmp_path / "office.backup")
    assert main(["backup", file, "--database", url]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"{file} holds 31 returns in 2 files with 65 answers, as of 20")
    assert told[1] == "SHA-256 " + Path(f"{file}.sha256").read_text().split()[0] and len(told) == 2
    assert main(["backup", file, "--verify"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith(f"{file} is whole 31 returns")
    assert main(["backup", file, "--database", url]) == 2
    assert "never written over" in capsys.readouterr().err
    assert main(["restore", file, "--database", target]) == 0
    assert "31 returns in 2 files with 65 answers" in capsys.readouterr().out
    assert main(["restore", file, "--database", target]) == 2
    assert capsys.readouterr().err.strip().endswith("already holds something. Name another one.")
    assert main(["backup", str(tmp_path / "none"), "--database", f"sqlite:///{tmp_path / 'nowhere.sqlite'}"]) == 2
    assert "nothing to back up" in capsys.readouterr().err
    shutil.copy(file, tmp_path / "alone")
    assert main(["backup", str(tmp_path / "alone"), "--verify"]) == 0
    assert "checked by the checksums inside it only" in capsys.readouterr().out


def test_memory_stays_flat_while_a_large_store_is_backed_up(sqlite, instrument, tmp_path):
    store = open_store(sqlite)
    for i in range(40):
        value = coast_return({"sea": (3, 3)}, organization=str(i))
        store.add(value, [], file_name="a", content=os.urandom(2_000_000), instrument=instrument, by="ana")
    store.close()
    program = (
        "import resource, sys\nfrom analysis.store import open_store\nfrom analysis.store.backup import backup\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "store = open_store(sys.argv[1])\nstore.returns()\nbefore = peak()\nbackup(store, sys.argv[2])\nprint(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, sqlite, str(tmp_path / "b")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 60_000, "kilobytes, of 80 MB of files"
