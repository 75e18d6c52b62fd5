"""The main road in a real browser: a completed workbook in, its problems seen, stored, and its score on the State's page."""

from __future__ import annotations

import sqlite3
import zipfile
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.model import Answer, Return
from analysis.states import load_states
from analysis.store import open_store
from analysis.texts import counted, text
from analysis.workbook.template import template
from tests.browser.looking import cells, dots, eventually, go, keyed, menu, settled
from tests.workbook.forms import Form

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATE, NAME = "QMH", "Larch"
#: The option chosen for every question of a part. A constant answer a on the scale 0-5 is a score of 20 a.
GIVEN = {"IED.U": 2, "IED.D": 2, "UAS.U": 3, "UAS.D": 3, "SALW.U": 4, "SALW.D": 1}


@pytest.fixture(scope="module")
def instrument():
    return load_instrument(SHIPPED / DEFAULT_INSTRUMENT)


@pytest.fixture(scope="module")
def workbook(instrument) -> tuple[bytes, list[str]]:
    """A completed workbook and the cells in which something is wrong.

    In the first measure of SALW downstream every answer is a 3 but the first, which says "Mostly": nobody can read it.
    In the first measure of UAS upstream the first answer is N/A, and the cell for the reason is empty.
    """
    part_of = dict(zip(instrument.measures["node"], instrument.measures["parent"], strict=True))
    odd = instrument.children("SALW.D")[0]
    answers = [
        Answer(question, 3 if measure == odd else GIVEN[part_of[measure]])
        for question, measure in zip(instrument.questions["question"], instrument.questions["measure"], strict=True)
    ]
    value = Return(instrument.id, STATE, "", "2026", "self", instrument.submodules, tuple(answers))
    form = Form(template(instrument, load_states(sample=True), answers=value))
    unreadable, unexplained = instrument.children(odd)[0], instrument.children(instrument.children("UAS.U")[0])[0]
    form.fill({unreadable: "Mostly", unexplained: "N/A"})
    wrong = [(f"question:{unreadable}", "answer"), (f"question:{unexplained}", "na_reason")]
    return form.content, sorted("{}!{}".format(*form.cells[where]) for where in wrong)


def expected_scores(instrument) -> dict[str, float]:
    """The mean of the measures of each part, by hand: the odd measure has a 3 wherever it has an answer, so 60."""
    measures = len(instrument.children("SALW.D"))
    return {part: 20.0 * answer for part, answer in GIVEN.items()} | {"SALW.D": (60 + 20 * (measures - 1)) / measures}


def upload(page, name: str, content: bytes) -> None:
    """Lay a workbook on the desk and wait for what was read in it."""
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": mime, "buffer": content})
    expect(page.get_by_test_id("stMain").locator(".st-key-sheet-arrivals, .st-key-sheet-refused").first).to_be_visible()
    settled(page)


def section(page, name: str) -> None:
    """Open another section of the desk."""
    page.get_by_role("tab", name=text(f"returns.{name}.title")).click()
    settled(page)


def problem_places(page) -> list[str]:
    """`SALW!G120` of every problem in the table."""
    rows = keyed(page, "sheet.problems").locator("canvas tbody [role=row]")
    inside = [rows.nth(i).locator("[role=gridcell]").all_text_contents() for i in range(rows.count())]
    return [f"{row[2].strip()}!{row[3].strip()}" for row in inside if len(row) > 3]


def test_a_completed_workbook_is_checked_stored_and_scored(page, fresh_server, instrument, workbook):
    content, places = workbook
    go(page, f"{fresh_server.url}/returns", "returns")
    section(page, "history")
    count = page.get_by_text("returns, newest first")
    expect(count).to_be_visible()
    before = int(count.inner_text().split()[0])

    section(page, "in")
    upload(page, "larch.xlsx", content)
    asked = len(instrument.questions)
    shown = {
        NAME,
        "2026",
        "self-assessment",
        "new",
        f"{asked - 2} of {asked} answered, 1 not applicable, no reason given, 1 could not be read",
    }
    eventually(lambda: shown - set(cells(keyed(page, "sheet.arrivals"))), set())
    eventually(lambda: set(places) - set(problem_places(page)), set())  # beside them, large steps since the round before
    section(page, "history")
    expect(page.get_by_text(f"{before} returns, newest first, each kept as it came.")).to_be_visible()  # nothing is stored yet

    section(page, "in")
    eventually(lambda: NAME in cells(keyed(page, "sheet.arrivals")), True)  # it still lies on the desk
    with page.expect_download() as copies:
        page.get_by_role("button", name=counted("returns.copies", 1)).click()
    with zipfile.ZipFile(copies.value.path()) as archive:
        (name,) = archive.namelist()
        marked = load_workbook(BytesIO(archive.read(name)))
    for place in places:
        sheet, cell = place.split("!")
        assert marked[sheet][cell].comment is not None, place

    page.get_by_role("button", name="Store one return").click()
    expect(page.get_by_text("One return was stored.")).to_be_visible()

    upload(page, "larch-again.xlsx", content)
    expect(keyed(page, "sheet.refused").locator("canvas [role=gridcell]").filter(has_text="already stored")).to_have_count(1)
    expect(page.get_by_role("button", name="Nothing to store")).to_be_disabled()

    section(page, "history")
    expect(page.get_by_text(f"{before + 1} returns, newest first, each kept as it came.")).to_be_visible()
    eventually(lambda: cells(keyed(page, "sheet.returns"))[:4], [NAME, "", "2026", "self-assessment"])
    with page.expect_download() as arrived:
        page.get_by_role("button", name="Download the file as it came").click()
    assert arrived.value.suggested_filename == "larch.xlsx"
    assert arrived.value.path().read_bytes() == content

    go(page, f"{fresh_server.url}/country?country={STATE}", "country")
    scores = expected_scores(instrument)
    low = f"{int(scores['SALW.D'] * 10 + 0.5) / 10:.1f}"
    expect(page.get_by_text(f"Strongest in {instrument.node_name('SALW.U')} (80.0), weakest in", exact=False)).to_contain_text(
        f"weakest in {instrument.node_name('SALW.D')} ({low})."
    )
    drawn = [[round(x, 9) for x in trace if x is not None] for trace in dots(page)]
    assert [round(scores[b], 9) for b in instrument.blocks] in drawn


def test_a_file_nobody_can_read_is_said_so_and_cannot_be_stored(page, server):
    go(page, f"{server.url}/returns", "returns")
    upload(page, "notes.xlsx", b"these are my notes")
    eventually(lambda: {"notes.xlsx", "can't be stored"} - set(cells(keyed(page, "sheet.refused"))), set())
    expect(page.get_by_role("button", name="Nothing to store")).to_be_disabled()


def test_leaving_the_desk_forgets_what_lay_on_it(page, server, workbook):
    go(page, f"{server.url}/returns", "returns")
    upload(page, "larch.xlsx", workbook[0])
    menu(page, "Gaps")
    expect(page.get_by_role("heading", level=1, name="What is missing")).to_be_visible()
    menu(page, "Returns desk")
    expect(page.get_by_role("tab", name=text("returns.in.title"))).to_be_visible()
    settled(page)
    expect(keyed(page, "sheet.arrivals")).to_have_count(0)


def test_forty_files_are_read_and_a_stop_leaves_every_return_whole(page, fresh_server, instrument, workbook):
    content, _ = workbook
    form = Form(content)
    codes = load_states(sample=True).table["iso3"].tolist()
    many = [(f"{code}-{round_}.xlsx", form.header(code, round_).content) for round_ in ("2010", "2012") for code in codes[:20]]
    go(page, f"{fresh_server.url}/returns", "returns")
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files([{"name": n, "mimeType": mime, "buffer": b} for n, b in many])
    expect(page.get_by_role("button", name=counted("returns.commit", 40))).to_be_visible(timeout=60_000)
    file = next(fresh_server.folder.glob("demo-*.sqlite"))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # somebody else is writing: the first return waits
    try:
        page.get_by_role("button", name=counted("returns.commit", 40)).click()
        page.get_by_test_id("stMain").get_by_role("button", name=text("returns.stop")).click()
        page.wait_for_timeout(1000)
    finally:
        other.execute("ROLLBACK")
        other.close()
    expect(page.get_by_text(counted("returns.stopped.storing", 1))).to_be_visible(timeout=30_000)
    page.get_by_role("button", name=counted("returns.commit", 39)).click()
    expect(page.get_by_text(counted("returns.done", 39))).to_be_visible(timeout=60_000)
    opened = open_store(f"sqlite:///{file}")
    try:
        whole = opened.parts().query("round in ('2010', '2012')")
        assert len(whole) == 3 * 40 and opened.rebuild_vectors(instrument) == 0
    finally:
        opened.close()
