"""Every address opens its page whole on a server that nobody has visited: frame, banner, content, nothing from outside."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from analysis.texts import text
from tests.browser.looking import PATHS, go, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("name", PATHS)
def test_a_deep_link_on_a_fresh_server_shows_the_whole_page(page, fresh_server, name):
    go(page, fresh_server.url + PATHS[name], name)
    expect(page.get_by_role("heading", level=1)).to_have_text(text(f"page.{name}.title"))
    expect(page.get_by_text(text("banner.demo"))).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_test_id("stPageLink")).to_have_count(len(PATHS))
    assert page.title() == f"{text(f'page.{name}.title')} - {text('app.name')}"


def test_the_first_page_shows_scores(page, server):
    go(page, server.url)
    values = page.evaluate("document.querySelector('.js-plotly-plot')._fullData.flatMap(t => Array.from(t.x || []))")
    known = [v for v in values if isinstance(v, (int, float))]
    assert len(known) > 50 and all(0 <= v <= 100 for v in known)
    expect(page.get_by_text("The typical State stands highest in", exact=False)).to_be_visible()
    settled(page)
