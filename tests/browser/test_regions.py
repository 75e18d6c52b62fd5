"""The regions page in a browser: a dot is a way to its State, and the peers of a State open in the comparison."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from analysis.states import load_states
from analysis.texts import text
from tests.browser.looking import click_dot, eventually, go, keyed, params, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_click_on_a_dot_opens_its_state(page, server):
    page.set_viewport_size({"width": 1440, "height": 1600})
    go(page, f"{server.url}/regions?round=2026&node=SALW.U", "regions")
    page.wait_for_timeout(800)  # the columns settle their widths
    click_dot(page, "QMC")
    eventually(lambda: params(page).get("country"), "QMC")
    expect(page.get_by_role("heading", level=1, name=text("page.country.title"), exact=True)).to_be_visible()
    expect(page.get_by_role("heading", level=2, name=load_states(True).name("QMC"))).to_be_visible()


def test_the_peers_of_a_state_open_in_the_comparison(page, server):
    go(page, f"{server.url}/regions?show=peers&country=QMA&round=2026", "regions")
    page.get_by_test_id("stMain").get_by_test_id("stPageLink").first.click()
    expect(page.get_by_role("heading", level=1, name=text("page.compare.title"), exact=True)).to_be_visible()
    settled(page)
    chosen = params(page)["countries"].split(",")
    assert chosen[0] == "QMA" and len(chosen) == 7 and params(page)["round"] == "2026"
    expect(keyed(page, "w.countries").get_by_text(load_states(True).name("QMA"))).to_be_visible()
