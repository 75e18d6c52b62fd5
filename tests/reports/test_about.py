"""Every table that leaves says how it was made: in a sheet of an .xlsx, in the last column of a .csv, as inert as the rest."""

import csv
import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from analysis.inert import live
from analysis.reports.about import about, about_line
from analysis.reports.tables import ABOUT, SETTINGS, csv_bytes, xlsx_bytes

WHEN = dt.datetime(2026, 11, 27, 10, 5, tzinfo=dt.UTC)
FACTS = {"page": "compare", "table": "gaps", "instrument": "2370-2026.1"}
TABLE = pd.DataFrame({"name": ["Quince", "Medlar"], "score": [60.0, 80.0]})


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_settings_are_named_by_word_value_and_key():
    table = about(FACTS, {"seed": "7", "draws.spread": "0.25", "unheard": "x"}, WHEN)
    assert table["key"].tolist() == ["page", "table", "instrument", "taken", "seed", "draws.spread", "unheard"]
    assert table["value"].tolist() == ["compare", "gaps", "2370-2026.1", "2026-11-27T10:05Z", "7", "0.25", "x"]
    assert table["setting"].tolist()[-3:] == ["Seed", "Spread of the weights", "unheard"]


def test_choices_are_in_the_words_of_the_page_and_codes_stand_beside_them():
    words, labels = {"wanted": "Not paid for yet", "ceiling": "no limit"}, {"ceiling": "At most"}
    table = about(FACTS, {"wanted": "open", "ceiling": "0", "seed": "7"}, WHEN, words=words, labels=labels)
    assert table.tail(3).to_numpy().tolist() == [
        ["List", "Not paid for yet", "wanted", "open"],
        ["At most", "no limit", "ceiling", "0"],
        ["Seed", "7", "seed", "7"],
    ]
    assert about_line(table).endswith("wanted=open | ceiling=0 | seed=7")  # a .csv holds codes


def test_a_csv_says_it_in_one_last_column_of_every_row():
    found = rows_of(csv_bytes(TABLE, about(FACTS, {"sources": "weights,unknown"}, WHEN)))
    line = "page=compare | table=gaps | instrument=2370-2026.1 | taken=2026-11-27T10:05Z | sources=weights,unknown"
    assert found == [["name", "score", SETTINGS], ["Quince", "60.0", line], ["Medlar", "80.0", line]]
    assert list(TABLE.columns) == ["name", "score"]  # the table itself is left as it is


def test_a_column_of_that_name_is_not_lost():
    found = rows_of(csv_bytes(TABLE.rename(columns={"name": SETTINGS}), about(FACTS, {}, WHEN)))
    assert found[0] == [SETTINGS, "score", f"{SETTINGS}_in_force"] and found[1][0] == "Quince"


def test_a_workbook_says_it_on_a_sheet_of_its_own_after_the_table():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(TABLE, about(FACTS, {"seed": "7"}, WHEN))))
    assert book.sheetnames == ["Table", ABOUT] and book.active.title == "Table"
    assert [c.value for c in book[ABOUT][6]] == ["Seed", "7", "seed", "7"]
    assert [c.value for c in book[ABOUT][1]] == ["Setting", "Value", "Name in the address and in the .csv", "Code there"]


@pytest.mark.parametrize("value", ["=1+1", "x;=1+1", "x\n=1+1", "-"])
def test_no_setting_is_live_in_any_file(value):
    table = about(FACTS, {"round": value}, WHEN)
    assert ";" not in about_line(table) and "\n" not in about_line(table) and not live(about_line(table))
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(xlsx_bytes(TABLE, table)))[ABOUT].iter_rows() for c in row]
    assert {c.data_type for c in cells} == {"s"}
