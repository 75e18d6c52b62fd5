"""The editor of weights in a browser: points typed into the table are weighed at once, kept, and chosen on another page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from analysis.texts import text
from tests.browser.looking import cells, eventually, go, keyed, params, settled, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_points_that_are_typed_become_a_set_that_other_pages_use(page, fresh_server):
    page.set_viewport_size({"width": 1440, "height": 1400})
    go(page, f"{fresh_server.url}/weights?weights=own", "weights")
    grid = page.get_by_test_id("stDataFrame").first
    for row, points in enumerate(("50", "20", "30")):  # down the first expert's column; the page follows after each
        write(page, grid, row, 1, points)
        settled(page)
    expect(page.get_by_text("instead of 33 %")).to_be_visible()
    assert [c for c in cells(grid) if c in ("50", "20", "30")] == ["50", "20", "30"]
    page.get_by_label(text("weights.name"), exact=True).fill("Typed")
    page.get_by_role("button", name=text("weights.save_new"), exact=True).click()
    expect(page.get_by_text("Kept: Typed")).to_be_visible()
    eventually(lambda: len(params(page).get("weights", "")), 8)
    code = params(page)["weights"]
    go(page, f"{fresh_server.url}/overview?weights={code}", "overview")
    expect(page.get_by_text(text("filter.rules.weights", name="Typed"))).to_be_visible()
    assert keyed(page, "w.weights").count() == 0  # it lies in the box of rules, which is closed
