"""The balance page in a browser: a dot is a way to its State, and a slider writes the address."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from analysis.states import load_states
from analysis.texts import text
from tests.browser.looking import click_dot, eventually, go, params, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_click_on_a_dot_opens_its_state(page, server):
    page.set_viewport_size({"width": 1440, "height": 1600})
    go(page, f"{server.url}/balance?round=2026", "balance")
    page.wait_for_timeout(800)  # the columns settle their widths
    click_dot(page, "QMC")
    eventually(lambda: params(page).get("country"), "QMC")
    expect(page.get_by_role("heading", level=1, name=text("page.country.title"), exact=True)).to_be_visible()
    expect(page.get_by_role("heading", level=2, name=load_states(True).name("QMC"))).to_be_visible()


def test_a_slider_is_moved_by_the_keyboard_and_stands_in_the_address(page, server):
    go(page, f"{server.url}/balance?show=need&rho=0.5", "balance")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: params(page), {"show": "need", "rho": "0.55"})
    page.reload()
    settled(page)
    eventually(lambda: params(page), {"show": "need", "rho": "0.55"})
    expect(page.get_by_text("relaxed by 55 %")).to_be_visible()
