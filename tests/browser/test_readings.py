"""The readings page in a browser: a question leads to its cell, a dot to its State."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from analysis.texts import text
from tests.browser.looking import click_dot, eventually, go, keyed, params

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_selected_question_opens_the_states_page_at_it(page, server):
    page.set_viewport_size({"width": 1440, "height": 2400})
    go(page, f"{server.url}/readings?country=QMS", "readings")
    table = keyed(page, "sheet.readings-questions-QMS")
    table.scroll_into_view_if_needed()
    canvas = table.locator("canvas").first.bounding_box()
    page.mouse.click(canvas["x"] + 18, canvas["y"] + 35 * 2 + 17)  # the head, the first row, the middle of the second
    wanted = {"question": "IED.U1.2", "country": "QMS", "measure": "IED.U1", "round": "2026"}
    eventually(lambda: {key: params(page).get(key) for key in wanted}, wanted)
    expect(page.get_by_role("heading", level=1, name=text("page.country.title"), exact=True)).to_be_visible()


def test_a_dot_of_the_many_opens_its_state(page, server):
    page.set_viewport_size({"width": 1440, "height": 1600})
    go(page, f"{server.url}/readings?show=many&node=SALW.U", "")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_attached(timeout=60_000)  # three figures on a busy machine
    page.wait_for_timeout(800)  # the columns settle their widths
    click_dot(page, "QMS")
    eventually(lambda: params(page).get("country"), "QMS")
    expect(page.get_by_role("heading", level=1, name=text("page.country.title"), exact=True)).to_be_visible()
