"""Several processes at one file, and a process that dies in the middle of an import."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

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

@event.listens_for(store._engine, "after_cursor_execute")
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


def test_processes_that_import_at_once_lose_nothing_and_store_nothing_twice(tmp_path, url):
    instrument = coast(tmp_path)
    running = [start(IMPORTER, url, str(instrument.folder), name, "") for name in "ABCD"]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:  # all four open the new store at the same moment
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [word for process in running for word in process.communicate(timeout=120)[0].split()]
    assert [process.returncode for process in running] == [0] * 4
    assert sorted(told) == ["already"] * 36 + ["stored"] * 60
    store = open_store(url)
    assert len(store.returns()) == 60 and len(store.panel(instrument)) == 60
    assert (store.audit()["action"] == "import").sum() == 60 and (store.audit()["action"] == "import-again").sum() == 36
    assert store.version().endswith(".60")
    assert store.rebuild_vectors(instrument) == 0
    store.close()


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
