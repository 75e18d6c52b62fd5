"""Zips that arrive as bytes are taken apart by what they are, within bounds; on a disk the same rules hold."""

from __future__ import annotations

import zipfile
from io import BytesIO
from random import Random

import pytest

from analysis.workbook import files
from analysis.workbook.files import contents, found_files, unpacked
from tests.hostile.zips import Entry, entry, repeated, zipped


def zip_of(*entries: tuple[str, bytes], way=zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def told(name: str, content: bytes) -> list[tuple[str, bytes, list[str]]]:
    return [(inside, found, [p.code for p in problems]) for inside, found, problems in unpacked(name, content)]


def codes(name: str, content: bytes) -> list[str]:
    """The one problem of each thing found; "" for none."""
    return [",".join(found) for _, _, found in told(name, content)]


WORKBOOK = zip_of(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), ("embedded.csv", b"x"))
ODS = zip_of(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<a/>"))


@pytest.mark.parametrize("content", [WORKBOOK, ODS])
@pytest.mark.parametrize("name", ["QMA.xlsx", "QMA.zip", "QMA"])
def test_a_workbook_is_a_file_whatever_its_name(name, content):
    assert told(name, content) == [(name, content, [])]


@pytest.mark.parametrize("name", ["all.zip", "all.xlsx", "all"])
def test_a_zip_of_files_is_taken_apart_whatever_its_name(name):
    content = zip_of(
        ("b/QMB.CSV", b"b"), ("QMA.xlsx", b"a"), ("~$QMA.xlsx", b"lock"), ("notes.txt", b"n"), ("__MACOSX/._QMA.xlsx", b"m")
    )
    assert told(name, content) == [(f"{name}/QMA.xlsx", b"a", []), (f"{name}/b/QMB.CSV", b"b", [])]


@pytest.mark.parametrize("ending", files.SUFFIXES)
def test_every_ending_that_may_hold_a_return_is_taken(ending):
    assert told("a.zip", zip_of((f"x{ending}", b"x"))) == [(f"a.zip/x{ending}", b"x", [])]


def test_a_zip_without_anything_that_could_be_a_return_says_so(tmp_path):
    content = zip_of(("notes.txt", b"n"), ("picture.png", b"p"))
    [(name, inside, [problem])] = unpacked("a.zip", content)
    assert (name, inside, problem.code, problem.found) == ("a.zip", b"", "zip-without-returns", "2 files")
    assert codes("a.zip", zip_of()) == ["zip-without-returns"]
    (tmp_path / "a.zip").write_bytes(content)
    [(_, _, [problem])] = contents(found_files([tmp_path]))
    assert problem.code == "zip-without-returns"


def test_what_is_no_zip_is_a_file_unless_it_says_it_is_one():
    assert told("QMA.csv", b"iso3,round") == [("QMA.csv", b"iso3,round", [])]
    assert told("QMA.xlsx", b"PK\x03\x04 and no more") == [("QMA.xlsx", b"PK\x03\x04 and no more", [])]
    assert told("QMA.zip", b"no zip") == [("QMA.zip", b"", ["damaged-zip"])]


def test_names_are_only_names():
    names = ["/etc/x.csv", "..\\..\\y.csv", "C:/z.csv", "\x1b[2Jw.csv", "<b>v.csv"]
    found = {name for name, _, _ in told("../a.zip", zip_of(*((n, b"x") for n in names)))}
    assert found == {
        "../a.zip//etc/x.csv", "../a.zip/../../y.csv", "../a.zip/C:/z.csv", "../a.zip/\ufffd[2Jw.csv", "../a.zip/<b>v.csv"
    }  # fmt: skip


def test_two_entries_of_one_name_are_two_files():
    content = zipped([entry("x.csv", b"first"), entry("x.csv", b"second")])
    assert told("a.zip", content) == [("a.zip/x.csv", b"first", []), ("a.zip/x.csv", b"second", [])]


def test_zips_within_and_passwords_are_told():
    locked = entry("x.csv", b"x")
    locked.flags |= 1
    content = zipped([entry("inner.zip", zip_of(("x.csv", b"x"))), locked, entry("y.csv", b"y")])
    assert [(n, c) for n, _, c in told("a.zip", content)] == [
        ("a.zip/inner.zip", ["zip-in-zip"]), ("a.zip/x.csv", ["zip-with-password"]), ("a.zip/y.csv", [])
    ]  # fmt: skip


def test_an_entry_packed_in_a_rare_way_is_not_unpacked():
    content = zip_of(("x.csv", b"x" * 100), way=zipfile.ZIP_LZMA)
    assert codes("a.zip", content) == ["damaged-zip"]


def test_ten_gigabytes_declared_are_not_unpacked():
    assert codes("a.zip", zipped([Entry("x.csv", b"\x03\x00", 10_000_000_000, 0)])) == ["zip-too-large"]


def test_a_bomb_is_too_large_and_one_that_lies_is_damaged():
    bomb = repeated("x.csv", b"", b" " * 1_000_000, 30, b"")
    assert codes("a.zip", zipped([bomb, entry("y.csv", b"y")])) == ["too-large", ""]
    bomb.size = 1_000
    assert codes("a.zip", zipped([bomb, entry("y.csv", b"y")])) == ["damaged-zip", ""]


def test_many_entries_that_share_their_bytes_are_too_large():
    one = repeated("x.csv", b"", b" " * 1_000_000, 20, b"")
    many = [Entry(f"{i}.csv", one.packed, one.size, one.crc) for i in range(20)]
    assert codes("a.zip", zipped(many, shared=True)) == ["zip-too-large"]


def test_a_directory_of_a_million_entries_is_not_opened(monkeypatch):
    content = zipped([Entry("x.csv", b"", 0, 0, 0)] * 1_000_000, shared=True)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("opened"))
    assert codes("a.zip", content) == ["zip-too-large"]
    assert told("a.xlsx", content) == [("a.xlsx", content, [])]  # the reader's own bounds are for what is named like a workbook


def test_more_files_than_are_taken_are_told(monkeypatch):
    monkeypatch.setattr(files, "MAX_MEMBERS", 3)
    assert codes("a.zip", zip_of(*((f"{i}.csv", b"x") for i in range(3)))) == ["", "", ""]
    assert codes("a.zip", zip_of(*((f"{i}.csv", b"x") for i in range(4)))) == ["zip-too-large"]


def test_a_workbook_named_like_a_zip_is_a_file_on_a_disk_too(tmp_path):
    (tmp_path / "QMA.zip").write_bytes(WORKBOOK)
    assert [(f.name, c, p) for f, c, p in contents(found_files([tmp_path]))] == [("QMA.zip", WORKBOOK, ())]


def test_a_zip_with_faults_at_random_is_told_and_raises_nothing():
    random = Random(7)
    whole = zip_of(("QMA.csv", b"iso3,round\n" * 50), ("b/QMB.xlsx", random.randbytes(300)))
    seen = set()
    for _ in range(3_000):
        content = bytearray(whole)
        for _ in range(random.choice((1, 2, 8))):
            content[random.randrange(len(content))] = random.randrange(256)
        if random.random() < 0.2:
            content = content[: random.randrange(len(content))]
        found = codes("a.zip", bytes(content))
        assert found
        seen.update(found)
    assert seen == {"", "damaged-zip", "zip-with-password", "zip-without-returns", "too-large", "zip-too-large"}
