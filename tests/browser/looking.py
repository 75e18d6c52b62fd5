"""How a test reads a page in the browser: waiting until it is whole, and finding things as a reader would."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

#: Page -> its path; the first has none.
PATHS = {
    "home": "/",
    "gaps": "/gaps",
    "overview": "/overview",
    "country": "/country",
    "compare": "/compare",
    "over_time": "/over_time",
    "returns": "/returns",
    "method": "/method",
}
#: Pages with a figure in the first view.
WITH_FIGURE = ("home", "gaps", "overview", "country", "compare", "over_time")


def settled(page: Page) -> None:
    """Wait until the script has run to its end and nothing is stale."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")


def whole(page: Page, name: str) -> None:
    """Wait until a page shows its frame and its content, without an error."""
    expect(page.get_by_test_id("stSidebar")).to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if name in WITH_FIGURE:
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_attached()
    settled(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def go(page: Page, url: str, name: str = "home") -> None:
    """Open a page by its address."""
    page.goto(url)
    whole(page, name)


def params(page: Page) -> dict[str, str]:
    """What stands in the address behind the question mark."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query, keep_blank_values=True).items()}


def box(page: Page, label: str) -> Locator:
    """The drop-down of that label."""
    return page.get_by_test_id("stSelectbox").filter(has=page.get_by_text(label, exact=True))


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a drop-down by its words."""
    box(page, label).get_by_role("combobox").click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def chosen(page: Page, label: str) -> str:
    """What a drop-down shows."""
    return box(page, label).get_by_role("combobox").input_value()


def menu(page: Page, label: str) -> None:
    """Go to a page by the menu at the side."""
    page.get_by_test_id("stSidebar").get_by_test_id("stPageLink").get_by_text(label, exact=True).click()
