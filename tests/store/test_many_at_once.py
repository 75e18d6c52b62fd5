"""Several processes at one file, and a process that dies in the middle of an import."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis.instrument import instruments
from analysis.store import open_store
from tests.store.worlds import coast

ROOT = Path(__file__).resolve().parents[2]

IMPORTER = """
import sys
from pathlib import Path
from analysis.store import open_store
from tests.store.worlds import coast_return
from analysis.instrument import load_instrument
url, folder, name, shared = sys.argv[1:5]
instrument = load_instrument(folder)
print("ready", flush=True)
sys.stdin.readline()
store = open_store(url)
for i in range(12):
    value = coast_return({"sea": (i % 4, 3), "land": (1, 2, 3)}, iso3=f"Q{name}{chr(65 + i)}")
    print(store.add(value, [], file_name="own", content=f"{name}{i}".encode(), instrument=instrument, by=name).outcome)
    value = coast_return({"sea": (i % 4, 0)}, iso3=f"X{chr(65 + i)}A")
    print(store.add(value, [], file_name="shared", content=f"shared {i}".encode(), instrument=instrument, by=name).outcome)
store.close()
"""

DYING = """
import sys, time
from sqlalchemy import event
from analysis.store import open_store
from tests.store.worlds import coast_return
from analysis.instrument import load_instrument
url, folder, table = sys.argv[1:4]
instrument = load_instrument(folder)
store = open_store(url)
value = coast_return({"sea": (1, 1), "land": (1, 2, 3)})
store.add(value, [], file_name="whole", content=b"whole", instrument=instrument, by="ana")

@event.listens_for(store._writer, "after_cursor_execute")
def pause(connection, cursor, statement, *rest):
    if statement.startswith(f"INSERT INTO {table} "):
        print("in the middle", flush=True)
        time.sleep(60)

value = coast_return({"sea": (3, 3), "land": (3, 3, 3)})
store.add(value, [], file_name="half", content=b"half", instrument=instrument, by="ana")
"""


def start(program: str, *arguments: str) -> subprocess.Popen:
    """A process of its own that runs a program of this file."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip


@pytest.mark.slow
def test_ten_processes_that_store_at_once_lose_nothing_and_store_nothing_twice(tmp_path, url):
    instrument = coast(tmp_path)
    running = [start(IMPORTER, url, str(instrument.folder), name, "") for name in "ABCDEFGHIJ"]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:  # all ten open the new store at the same moment
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [word for process in running for word in process.communicate(timeout=240)[0].split()]
    assert [process.returncode for process in running] == [0] * 10
    assert sorted(told) == ["already"] * 108 + ["stored"] * 132
    store = open_store(url)
    assert len(store.returns()) == 132 and len(store.panel(instrument)) == 132
    assert (store.audit()["action"] == "import").sum() == 132 and (store.audit()["action"] == "import-again").sum() == 108
    assert store.version().endswith(".132")
    assert store.rebuild_vectors(instrument) == 0
    store.close()


def tables(folder: Path, number: int) -> list[str]:
    """Small flat tables, one State each; the arguments of an import of them, without the store."""
    codes = [f"Q{a}{b}" for a in "MNOPQRST" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"][:number]
    (folder / "states.csv").write_text("iso3,name_en,region\n" + "".join(f"{code},Land {code},North\n" for code in codes))
    (folder / "in").mkdir()
    for i, code in enumerate(codes):
        rows = "".join(f"{code},2026,self,IED.U1.{k},{(i + k) % 5},2370-2026.1\n" for k in (1, 2, 3, 4))
        (folder / "in" / f"{i:03}.csv").write_text("iso3,round,reading,question,answer,instrument\n" + rows)
    return [str(folder / "in"), "--states", str(folder / "states.csv")]


def importing(url: str, arguments: list[str]) -> subprocess.Popen:
    """The real command, in a process group of its own."""
    command = [sys.executable, "-u", "-m", "analysis", "import", *arguments, "--database", url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def assert_whole(url: str) -> int:
    """Every return has its answers, parts, vector, step, file and place in the trail; gives their number."""
    store = open_store(url)
    with store._engine.begin() as connection:

        def count(what: str) -> int:
            return connection.exec_driver_sql(f"SELECT count(*) FROM {what}").scalar()

        n = count("returns")
        assert [count(t) for t in ("files", "vectors", "steps", "audit WHERE action = 'import'", "parts")] == [n] * 5
        assert count("answers") == n * 64 and count("(SELECT DISTINCT return_id FROM answers) AS a") == n
        if url.startswith("sqlite"):
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert store.version().endswith(f".{n}")
    assert sum(store.rebuild_vectors(one) for one in instruments().values()) == 0
    store.close()
    return n


@pytest.mark.slow
def test_an_import_of_200_files_may_be_killed_at_any_moment_and_the_next_one_finishes_it(tmp_path, url):
    arguments, chance, stored = tables(tmp_path, 200), random.Random(200), 0
    for _ in range(5):
        process, seen, wanted = importing(url, arguments), 0, chance.randint(1, 30)
        for line in process.stdout:
            seen += line.rstrip().endswith("-> stored")
            if seen == wanted:
                break
        time.sleep(chance.uniform(0, 0.08))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        process.stdout.close(), process.stderr.close()
        now = assert_whole(url)
        assert stored + wanted <= now < 200, "what was told to be stored is stored"
        stored = now
    told, _ = importing(url, arguments).communicate(timeout=300)
    assert told.count("-> stored\n") == 200 - stored and told.count("-> already\n") == stored
    assert assert_whole(url) == 200


@pytest.mark.slow
def test_ten_commands_that_import_the_same_files_at_once_store_each_once(tmp_path, url):
    arguments = tables(tmp_path, 8)
    running = [importing(url, arguments) for _ in range(10)]
    told = [process.communicate(timeout=300) for process in running]
    assert [process.returncode for process in running] == [0] * 10, told
    lines = "".join(out for out, _ in told)
    assert lines.count("-> stored\n") == 8 and lines.count("-> already\n") == 72
    assert assert_whole(url) == 8


@pytest.mark.parametrize("table", ["files", "answers", "vectors", "audit"])
def test_a_process_killed_in_the_middle_of_an_import_leaves_whole_returns_only(tmp_path, url, table):
    instrument = coast(tmp_path)
    process = start(DYING, url, str(instrument.folder), table)
    assert process.stdout.readline() == "in the middle\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    process.stdin.close(), process.stdout.close()
    store = open_store(url)
    assert store.returns()[["file", "answered"]].to_numpy().tolist() == [["whole", 5]]
    assert store.panel(instrument).codes.tolist() == [[1, 1, 1, 2, 3]]
    with store._engine.begin() as connection:
        counts = {
            t: connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar()
            for t in ("files", "answers", "vectors", "steps", "audit")
        }
    assert counts == {"files": 1, "answers": 5, "vectors": 1, "steps": 1, "audit": 1}
    store.close()
