"""What a reader takes away: tables as .csv and .xlsx, and the questionnaire, with the content that the page shows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.texts import text
from tests.browser.looking import cells, choose, eventually, go, keyed, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def arrived(page, key: str) -> tuple[str, bytes]:
    """Press a download button; the file's name and bytes."""
    with page.expect_download() as event:
        keyed(page, key).get_by_role("button").click()
    return event.value.suggested_filename, Path(event.value.path()).read_bytes()


def test_the_gap_list_arrives_as_csv_and_xlsx_with_the_rows_of_the_page(page, server):
    go(page, f"{server.url}/gaps", "gaps")
    name, content = arrived(page, "download.gaps.csv")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    assert name == "gaps.csv" and len(rows) > 100
    eventually(lambda: [c for c in cells(keyed(page, "sheet.gaps")) if c][:1], [rows[0]["name"]])
    sizes = [float(row["gap"] or row["gap_low"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] > 0 and sizes[0] <= 100

    name, content = arrived(page, "download.gaps.xlsx")
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Table", "Columns", "Codes", "About"] and book["Table"]["A1"].value == "State"
    sheet = book["Codes"]
    assert name == "gaps.xlsx" and book["Table"].max_row == sheet.max_row == len(rows) + 1
    head = [cell.value for cell in sheet[1]]
    assert [*head, "settings"] == list(rows[0])  # how it was made: a column there, a sheet here
    assert [sheet.cell(2, head.index(c) + 1).value for c in ("name", "measure")] == [rows[0]["name"], rows[0]["measure"]]


def test_the_questionnaire_arrives_whole_or_one_sub_module_of_it(page, server):
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    go(page, f"{server.url}/returns", "returns")
    page.get_by_role("tab", name=text("returns.out.title")).click()
    settled(page)
    name, content = arrived(page, "download.template")
    assert name == f"{instrument.id}.xlsx"
    assert {"IED", "UAS", "SALW"} <= set(load_workbook(io.BytesIO(content)).sheetnames)
    choose(page, "Sub-module", "UAS")
    name, content = arrived(page, "download.template")
    assert name == f"{instrument.id}-uas.xlsx"
    sheets = set(load_workbook(io.BytesIO(content)).sheetnames)
    assert "UAS" in sheets and not {"IED", "SALW"} & sheets
