"""The desk reads through its readers: in order, from folders and zips, with what a person said; sheets and annotated copies too."""

from __future__ import annotations

import tracemalloc
from io import BytesIO

import openpyxl
import pytest

from analysis import desk
from analysis.model import UnreadableReturn
from analysis.workbook.isolation.worker import HEAD_CELLS, HEAD_COLUMNS
from tests.hostile.files import ANSWERS, FILES, LIBRARY, STATES, filled, good, table
from tests.hostile.zips import entry, zipped

PLACE = desk.Desk({LIBRARY.id: LIBRARY}, STATES)
FIRST = next(iter(ANSWERS))
PLAIN = desk.ReadingOptions()


def test_one_file_is_read():
    item = desk.read(PLACE, "QMA.xlsx", good())
    [one] = item.reads
    assert (item.name, item.content, item.problems) == ("QMA.xlsx", good(), ())
    assert one.storable and one.value.key == ("QMA", "", "2026", "self")
    assert {a.question: a.code for a in one.value.answers} == dict.fromkeys(ANSWERS, 0)


def test_files_come_in_their_order_with_the_unreadable_among_them():
    files = [
        ("a.xlsx", good()),
        ("b.xlsx", b""),
        ("c.csv", table()),
        ("d.xlsx", FILES["billion_laughs"].made()),
        ("e.csv", table()),
    ]
    found = list(desk.read_all(PLACE, ((name, content, PLAIN) for name, content in files)))
    assert [(i.name, len(i.reads), [p.code for p in i.problems]) for i in found] == [
        ("a.xlsx", 1, []), ("b.xlsx", 0, ["empty-file"]), ("c.csv", 1, []), ("d.xlsx", 0, ["damaged-workbook"]), ("e.csv", 1, [])
    ]  # fmt: skip


def test_folders_and_zips_are_read_in_order_and_progress_is_told_before_each(tmp_path):
    (tmp_path / "b.csv").write_bytes(table())
    locked = entry("y.csv", b"y")
    locked.flags |= 1
    (tmp_path / "a.zip").write_bytes(zipped([entry("x.csv", table()), locked, entry("z.csv", b"z")]))
    told, found = [], []
    for item in desk.incoming(PLACE, [tmp_path], lambda *step: told.append(step)):
        found.append((item.name, len(item.reads), [p.code for p in item.problems]))
        assert len(told) == len(found)
    assert found == [
        ("a.zip/x.csv", 1, []),
        ("a.zip/y.csv", 0, ["zip-with-password"]),
        ("a.zip/z.csv", 0, ["not-a-return"]),
        ("b.csv", 1, []),
    ]
    assert told == [(0, 4, "a.zip/x.csv"), (1, 4, "a.zip/y.csv"), (2, 4, "a.zip/z.csv"), (3, 4, "b.csv"), (4, 4, "")]


def test_what_a_person_said_reaches_the_reader_and_a_password_is_not_shown():
    content = FILES["a_workbook_with_a_password"].made()
    assert [p.code for p in desk.read(PLACE, "QMA.xlsx", content).problems] == ["password-needed"]
    item = desk.read(PLACE, "QMA.xlsx", content, desk.ReadingOptions(password="a password"))
    assert [one.storable for one in item.reads] == [True]
    assert "a password" not in repr(item)


def test_the_beginning_of_every_sheet_is_shown():
    most = HEAD_CELLS // HEAD_COLUMNS
    rows = ("\t".join([f"text {row}", *["x"] * HEAD_COLUMNS]) for row in range(most + 50))
    [sheet] = desk.sheets(PLACE, "list.tsv", "\n".join(rows).encode())
    assert (len(sheet.rows), {len(row) for row in sheet.rows}) == (most, {HEAD_COLUMNS})
    assert sheet.rows[3][:2] == ("text 3", "x")
    with pytest.raises(UnreadableReturn) as raised:
        desk.sheets(PLACE, "list.xlsx", b"PK\x03\x04")
    assert [p.code for p in raised.value.problems] == ["damaged-workbook"]


def test_the_annotated_copy_is_a_workbook_with_the_answers_and_the_problems():
    item = desk.read(PLACE, "QMA.xlsx", filled({FIRST: "Mostly"}))
    made = desk.annotated(PLACE, item)
    assert made.kind == "annotated" and made.name.endswith(".xlsx")
    cells = [c.value for sheet in openpyxl.load_workbook(BytesIO(made.content)) for row in sheet.iter_rows() for c in row]
    assert "Mostly" in cells and any("Mostly" in str(c) and c != "Mostly" for c in cells)


def test_memory_does_not_grow_with_the_number_of_files():
    size = 1_000_000
    content = table() + b"\n" * size

    def peak(count: int) -> int:
        tracemalloc.start()
        for item in desk.read_all(PLACE, ((f"{i}.csv", content + str(i).encode(), PLAIN) for i in range(count))):
            del item
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(3)
    assert peak(60) < peak(12) + 3 * size
