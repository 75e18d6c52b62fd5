"""The status board in a browser: a row is selected, a return is decided on, what leaves is noted, a number leads to its cells."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from analysis import desk
from analysis.store import open_store
from analysis.texts import text
from tests.browser.looking import box, cells, eventually, go, keyed, params, settled
from tests.browser.test_downloads import arrived

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def store(fresh_server, monkeypatch):
    monkeypatch.setattr(desk, "VAR", fresh_server.folder)
    opened = open_store(desk.source("demo").url)
    yield opened
    opened.close()


def select(page, table, row: int) -> list[str]:
    """Tick a row of a table; gives its cells."""
    table.scroll_into_view_if_needed()
    eventually(lambda: len(cells(table)) > 3, True)
    found = table.locator("canvas tbody [role=row]").nth(row).locator("[role=gridcell]").all_text_contents()
    canvas = table.get_by_test_id("data-grid-canvas").bounding_box()
    page.mouse.click(canvas["x"] + 18, canvas["y"] + 35 * (row + 1) + 17)
    return [cell for cell in found if cell.strip()]


def test_a_row_is_selected_and_its_return_validated_and_the_next_one_can_still_be_chosen(page, fresh_server, store):
    go(page, f"{fresh_server.url}/review", "review")
    name = select(page, keyed(page, "sheet.board"), 2)[0]
    eventually(lambda: "return" in params(page), True)
    chosen = int(params(page)["return"])
    settled(page)
    assert name in box(page, "Return").input_value() and f"(no. {chosen})" in box(page, "Return").input_value()
    page.get_by_role("button", name=text("review.to.validated"), exact=True).click()
    expect(page.get_by_text("is validated.", exact=False).first).to_be_visible()
    settled(page)
    assert store.steps(chosen)["step"].tolist() == ["submitted", "validated"]
    assert params(page)["return"] == str(chosen), "the reader still looks at the same return"
    expect(page.get_by_text(text("review.locked"))).to_be_visible()


def test_a_return_is_sent_back_with_its_reason(page, fresh_server, store):
    go(page, f"{fresh_server.url}/review?return=5", "review")
    page.get_by_role("button", name=text("review.to.sent_back")).first.click()
    form = page.get_by_test_id("stForm")
    form.get_by_label(text("review.reason")).fill("The UAS sheet holds answers of 2024")
    form.get_by_role("button", name=text("review.to.sent_back")).click()
    expect(page.get_by_text("is sent back.", exact=False).first).to_be_visible()
    settled(page)
    assert store.steps(5)["reason"].tolist() == ["", "The UAS sheet holds answers of 2024"]


def test_what_leaves_is_noted_with_the_choices_it_was_made_by(page, fresh_server, store):
    go(page, f"{fresh_server.url}/review?round=2024", "review")
    assert arrived(page, "download.board.csv")[0] == "board.csv"
    eventually(lambda: len(store.audit().query("action == 'export'")), 1)
    detail = store.audit().query("action == 'export'")["detail"].iloc[0]
    assert detail.startswith("board.csv; rows=") and "; page=review" in detail and "; round=2024" in detail


def test_a_return_leads_to_its_numbers_and_a_number_to_its_cells(page, fresh_server):
    go(page, f"{fresh_server.url}/review?round=2026&return=6", "review")
    page.get_by_text(text("feeds.title"), exact=True).click()
    select(page, keyed(page, "sheet.feeds-6"), 3)
    eventually(lambda: "measure" in params(page), True)
    settled(page)
    measure = params(page)["measure"]
    eventually(
        lambda: params(page), {"country": "QMA", "round": "2026", "measure": measure}
    )  # the rest is as the page has it anyway
    table = keyed(page, f"sheet.answers-{measure}")
    table.scroll_into_view_if_needed()
    eventually(lambda: any(cell.startswith(f"{measure}.") for cell in cells(table)), True)
