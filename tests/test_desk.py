"""The returns desk: what becomes of files, what is said before anything is stored, and the demonstration's store."""

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from analysis import desk
from analysis.instrument import load_instrument
from analysis.model import Problem
from analysis.states import COLUMNS, States
from analysis.store import open_store
from analysis.workbook import files
from analysis.workbook.files import contents, found_files, shown

ROOT = Path(__file__).parents[1]
HEADER = "iso3,organization,round,reading,question,answer,comment,na_reason\n"


@pytest.fixture(scope="module")
def place():
    """A desk for the library instrument (three sub-modules) and two fictional States."""
    table = pd.DataFrame([dict.fromkeys(COLUMNS, "") | {"iso3": c, "name": f"Land {c}"} for c in ("QMA", "XAB")])
    library = load_instrument(ROOT / "tests" / "instruments" / "plain-yes-no")
    return desk.Desk({library.id: library}, States(table, pd.DataFrame(columns=["kind", "group", "iso3"])))


@pytest.fixture
def store(tmp_path):
    found = open_store(f"sqlite:///{tmp_path / 'store' / 'returns.sqlite'}")
    yield found
    found.close()


def of_part(place, submodule):
    questions = next(iter(place.instruments.values())).questions
    return questions.loc[questions["submodule"] == submodule, ["question", "answer_set"]].values.tolist()


def table(place, *submodules, code="QMA", round_="2026", odd=""):
    """A flat table that answers some sub-modules whole with each scale's first option; `odd` stands in its first answer instead."""
    first = {name: rows["option"].iloc[0] for name, rows in next(iter(place.instruments.values())).answers.groupby("answer_set")}
    rows = [[q, first[scale]] for s in submodules for q, scale in of_part(place, s)]
    rows[0][1] = odd or rows[0][1]
    return (HEADER + "".join(f"{code},,{round_},self,{q},{a},,\n" for q, a in rows)).encode()


@pytest.fixture(scope="module")
def parts(place):
    return next(iter(place.instruments.values())).submodules


# Files, folders and zips


def codes(path):
    return [(file.name, content, [p.code for p in problems]) for file, content, problems in contents(found_files([path]))]


def zip_of(path, entries, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_two_entries_of_one_name_are_two_files(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        zip_of(tmp_path / "a.zip", [("x.csv", "first"), ("x.csv", "second")])
    assert codes(tmp_path / "a.zip") == [("a.zip/x.csv", b"first", []), ("a.zip/x.csv", b"second", [])]


def test_names_within_a_zip_are_only_names(tmp_path):
    names = ["/etc/x.csv", "..\\..\\y.csv", "C:/z.csv", "\x1b[2Jw.csv"]
    (tmp_path / "in").mkdir()
    found = {name for name, _, _ in codes(zip_of(tmp_path / "in" / "a.zip", [(n, "x") for n in names]))}
    assert found == {"a.zip//etc/x.csv", "a.zip/../../y.csv", "a.zip/C:/z.csv", "a.zip/\ufffd[2Jw.csv"}
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.zip"]


def test_a_name_is_shown_without_what_steers_a_terminal_or_is_no_character():
    assert shown("a\nb\x1b\udcff\u202ec/é 1.xlsx") == "a\ufffdb\ufffd\ufffd\ufffdc/é 1.xlsx"


def test_a_damaged_entry_does_not_keep_the_others_out(tmp_path):
    zip_of(tmp_path / "a.zip", [("x.csv", "A" * 500), ("y.csv", "B" * 500)])
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(raw.replace(b"A" * 500, b"A" * 499 + b"C"))
    assert codes(tmp_path / "a.zip") == [("a.zip/x.csv", b"", ["damaged-zip"]), ("a.zip/y.csv", b"B" * 500, [])]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + b"\xff" * 18])
def test_a_broken_zip_is_one_problem(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    [(name, found, told)] = codes(tmp_path / "a.zip")
    assert (name, found, told) == ("a.zip", b"", ["damaged-zip"])


def test_an_entry_that_unpacks_to_more_than_it_says_is_damaged_and_not_unpacked(tmp_path):
    zip_of(tmp_path / "a.zip", [("x.csv", b"\0" * 5_000_000)], zipfile.ZIP_DEFLATED)
    size = (5_000_000).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes().replace(size, (1000).to_bytes(4, "little")))
    assert codes(tmp_path / "a.zip") == [("a.zip/x.csv", b"", ["damaged-zip"])]


def test_bounds_of_a_zip_hold_for_entries_and_for_all_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    zip_of(tmp_path / "a.zip", [("x.csv", "x" * 101), ("y.csv", "y" * 100)])
    assert codes(tmp_path / "a.zip") == [("a.zip/x.csv", b"", ["too-large"]), ("a.zip/y.csv", b"y" * 100, [])]
    monkeypatch.setattr(files, "MAX_ZIP_UNPACKED", 200)
    assert codes(tmp_path / "a.zip") == [("a.zip", b"", ["zip-too-large"])]
    monkeypatch.setattr(files, "MAX_ZIP_UNPACKED", 1000)
    monkeypatch.setattr(files, "MAX_MEMBERS", 1)
    [(_, _, told)] = codes(tmp_path / "a.zip")
    assert told == ["zip-too-large"]


def test_an_entry_with_a_password_and_a_zip_within_a_zip_are_problems(tmp_path):
    zip_of(tmp_path / "a.zip", [("inner.zip", "PK"), ("x.csv", "x")])
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    at = raw.rindex(b"PK\x01\x02")  # the entry of x.csv in the directory: its flags follow 8 bytes later
    raw[at + 8] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(raw))
    told = [(name, problems) for name, _, problems in codes(tmp_path / "a.zip")]
    assert told == [("a.zip/inner.zip", ["zip-in-zip"]), ("a.zip/x.csv", ["zip-with-password"])]


def test_a_file_that_may_not_be_read_is_a_problem_of_that_file(tmp_path, monkeypatch, place, parts):
    (tmp_path / "a.csv").write_bytes(table(place, *parts))
    (tmp_path / "b.csv").write_bytes(table(place, *parts))
    real = Path.read_bytes

    def read_bytes(path):
        if path.name == "a.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    first, second = desk.incoming(place, [tmp_path])
    assert first.problems == (Problem("a.csv", "", "", "file-not-opened", "Permission denied", severity="stop"),)
    assert (first.reads, first.sha256, first.content) == ((), "", b"") and second.reads[0].storable


def test_a_folder_that_may_not_be_listed_is_a_problem(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes(b"x")

    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(tmp_path / "closed")))
        return iter([(str(tmp_path), ["closed"], ["a.csv"])])

    monkeypatch.setattr(files.os, "walk", walk)
    told = [(name.rsplit("/", 1)[-1], problems) for name, _, problems in codes(tmp_path)]
    assert told == [("a.csv", []), ("closed", ["file-not-opened"])]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_what_is_no_regular_file_is_a_problem_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    assert codes(tmp_path / "a.csv") == [("a.csv", b"", ["file-not-opened"])]


def test_a_file_that_is_gone_before_it_is_read_is_a_problem(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x")
    found = found_files([tmp_path])
    (tmp_path / "a.csv").unlink()
    assert [[p.code for p in problems] for _, _, problems in contents(found)] == [["file-not-opened"]]


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    (tmp_path / "a.csv").write_bytes(b"x" * 11)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read"))
    assert codes(tmp_path) == [("a.csv", b"", ["too-large"])]


# The demonstration


@pytest.fixture
def sample(tmp_path, monkeypatch):
    """A sample of two workbooks, and a folder for its store."""
    source = ROOT / "data" / "sample"
    folder = tmp_path / "sample"
    (folder / "returns").mkdir(parents=True)
    (folder / "states.csv").write_bytes((source / "states.csv").read_bytes())
    for name in ("QMA_2024_self.xlsx", "QMA_2024_visit.xlsx"):
        (folder / "returns" / name).write_bytes((source / "returns" / name).read_bytes())
    monkeypatch.setattr(desk, "SAMPLE", folder)
    monkeypatch.setattr(desk, "VAR", tmp_path / "var")
    return folder


def steps(url):
    store = open_store(url)
    try:
        return sorted(store.returns()[["reading", "step"]].values.tolist())
    finally:
        store.close()


def test_the_demonstration_is_built_once_and_again_when_a_workbook_changes(sample, monkeypatch, tmp_path):
    seen = []
    first = desk.demonstration(lambda done, of, name: seen.append((done, of, name)))
    assert steps(first.url) == [["self", "submitted"], ["visit", "validated"]] and first.sample
    assert seen == [(0, 2, "QMA_2024_self.xlsx"), (1, 2, "QMA_2024_visit.xlsx"), (2, 2, "")]
    with monkeypatch.context() as patch:
        patch.setattr(desk, "open_store", lambda _: pytest.fail("built again"))
        assert desk.demonstration() == first == desk.source("demo")
    (sample / "returns" / "QMA_2024_visit.xlsx").unlink()
    second = desk.demonstration()
    assert second.url != first.url and steps(second.url) == [["self", "submitted"]]
    assert steps(first.url) == [["self", "submitted"], ["visit", "validated"]]  # a server that runs still has its own
    text = (sample / "states.csv").read_text(encoding="utf-8")
    (sample / "states.csv").write_text(text.replace("Quince Republic", "Quince Kingdom"), encoding="utf-8")
    assert desk.source("demo") != second


def test_old_demonstrations_and_killed_builds_go_after_a_week(sample, tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    for name in (
        "demo-0123.sqlite",
        "demo-0123.sqlite-wal",
        "ab.building",
        "ab.building-wal",
        "demo.sqlite",
        "returns.sqlite",
        "new.building",
    ):
        (var / name).write_bytes(b"x")
        if name != "new.building":
            os.utime(var / name, (time.time() - 8 * 86_400,) * 2)
    desk.demonstration()
    assert sorted(p.name for p in var.iterdir()) == [Path(desk.source("demo").url).name, "new.building", "returns.sqlite"]


def test_a_build_that_fails_leaves_nothing(sample, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(desk, "_accept", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.demonstration()
    assert list((tmp_path / "var").iterdir()) == []
    assert len(steps(desk.demonstration().url)) == 2


def test_where_files_can_not_be_linked_the_store_is_moved(sample, monkeypatch, tmp_path):
    def refuses(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(desk.os, "link", refuses)
    assert len(steps(desk.demonstration().url)) == 2
    assert not list((tmp_path / "var").glob("*.building*"))


BUILD = """
import sys, time
from pathlib import Path
from analysis import desk
desk.SAMPLE, desk.VAR = map(Path, sys.argv[1:3])
def told(done, of, name):
    print(done, flush=True)
    if sys.argv[3] == "wait" and done:
        time.sleep(60)
print(desk.demonstration(told).url, flush=True)
"""


def builder(sample, tmp_path, mode="go"):
    arguments = [sys.executable, "-c", BUILD, str(sample), str(tmp_path / "var"), mode]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_a_build_killed_in_the_middle_leaves_no_store_and_two_at_once_make_one(sample, tmp_path):
    killed = builder(sample, tmp_path, "wait")
    assert [killed.stdout.readline() for _ in range(2)] == ["0\n", "1\n"]  # one workbook is stored, the second is not
    killed.kill()
    killed.communicate()
    target = Path(desk.source("demo").url.removeprefix("sqlite:///"))
    assert not target.exists() and list((tmp_path / "var").glob("*.building"))
    both = [builder(sample, tmp_path) for _ in range(2)]
    ends = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], ends
    assert {out.split()[-1] for out, _ in ends} == {f"sqlite:///{target}"} and [err for _, err in ends] == ["", ""]
    assert len(steps(f"sqlite:///{target}")) == 2
    assert [p.name for p in (tmp_path / "var").glob("demo-*.sqlite")] == [target.name]


def test_a_source_is_one_of_two(monkeypatch):
    monkeypatch.setenv("RETURNS_DATABASE", "sqlite:///x.sqlite")
    assert desk.source("own") == desk.Source("own", "sqlite:///x.sqlite", False)
    with pytest.raises(KeyError):
        desk.source("theirs")
    monkeypatch.setenv("RETURNS_STORE", "theirs")
    assert desk.default_source() == "demo"


def test_a_return_read_for_other_states_is_not_stored(place, parts, store):
    """A file read at the demonstration's desk can't be stored at the office's, even if the reader changes the store in between."""
    incoming = desk.read(place, "all.csv", table(place, parts[0]))
    elsewhere = desk.Desk(
        place.instruments, States(pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=["kind", "group", "iso3"]))
    )
    with pytest.raises(ValueError, match="QMA"):
        desk.commit(store, elsewhere, incoming, by="test")
    assert store.returns().empty
