"""How a test reads a page in the browser: waiting until it is whole, and finding things as a reader would."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, TimeoutError, expect

#: Page -> its path; the first has none.
PATHS = {
    "home": "/",
    "gaps": "/gaps",
    "overview": "/overview",
    "country": "/country",
    "compare": "/compare",
    "regions": "/regions",
    "over_time": "/over_time",
    "balance": "/balance",
    "portfolio": "/portfolio",
    "readings": "/readings",
    "feedback": "/feedback",
    "lenses": "/lenses",
    "priorities": "/priorities",
    "needs": "/needs",
    "follow_up": "/follow_up",
    "returns": "/returns",
    "review": "/review",
    "weights": "/weights",
    "questions": "/questions",
    "method": "/method",
}
#: Pages with a figure in the first view: all but these.
WITH_FIGURE = tuple(name for name in PATHS if name not in ("returns", "review", "weights", "method"))

#: Where the trace that takes the clicks has the dot of a State, in pixels of the page.
_PLACE = """code => {
  const plot = document.querySelectorAll('.js-plotly-plot')[0], trace = plot._fullData[plot._fullData.length - 1];
  const at = trace.customdata.indexOf(code), field = plot.querySelector('.nsewdrag').getBoundingClientRect(), {xaxis, yaxis} = plot._fullLayout;
  return [field.left + xaxis.l2p(trace.x[at]), field.top + yaxis.l2p(trace.y[at])];
}"""


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
    """Open a page by its address; as a reader would, once more where its figure's program never came (seen once in thousands of visits)."""
    page.goto(url)
    if name in WITH_FIGURE and not arrived(page):
        page.reload()
    whole(page, name)


def arrived(page: Page) -> bool:
    """Whether a figure stands on the page within the time that a busy machine may take."""
    try:
        page.locator(".js-plotly-plot .main-svg").first.wait_for(state="attached")
    except TimeoutError:
        return False
    return True


def params(page: Page) -> dict[str, str]:
    """What stands in the address behind the question mark."""
    address = page.evaluate("location.href")  # page.url only moves when playwright has something else to do
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


def keyed(page: Page, key: str) -> Locator:
    """The element of a widget key (`rows.gaps`)."""
    return page.locator(".st-key-" + "".join(c if c.isalnum() or c in "_-" else "-" for c in key))


def box(page: Page, label: str) -> Locator:
    """The drop-down of that label."""
    return page.get_by_test_id("stMain").get_by_role("combobox", name=label, exact=True)


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a drop-down by its words, and wait until the page has followed."""
    box(page, label).click()
    page.get_by_role("option", name=option, exact=True).click()
    expect(box(page, label)).to_have_value(option)
    page.wait_for_timeout(300)  # the list shows the choice at once; the page follows a moment later
    settled(page)


def menu(page: Page, label: str) -> None:
    """Go to a page by the menu at the side."""
    page.get_by_test_id("stSidebar").get_by_test_id("stPageLink").get_by_text(label, exact=True).click()


def cells(table: Locator) -> list[str]:
    """What a table in view says, cell by cell: the grid is a canvas that keeps its visible cells for screen readers."""
    return [cell.strip() for cell in table.locator("canvas [role=gridcell]").all_text_contents()]


def write(page: Page, table: Locator, row: int, column: int, words: str) -> None:
    """Write into a cell of a table that can be filled in, as a person does who looks: nothing is typed before the cell is chosen.

    A slow page still moves its columns under a click: the click goes to the first column, the arrows lead from there. Columns count from
    nought, with those that stand fast.
    """
    cell = table.locator(f"#glide-cell-{column}-{row}")
    for _ in range(10):
        field = table.bounding_box()
        page.mouse.click(field["x"] + 100, field["y"] + 52 + 35 * row)
        for _ in range(column):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        if cell.get_attribute("aria-selected") == "true":
            break
    assert cell.get_attribute("aria-selected") == "true", f"cell {column} of row {row} could not be chosen"
    page.keyboard.press("Enter")  # opens the cell; keys typed at once are lost while it opens, which is the grid's own way
    field = page.locator("#portal input")
    field.fill(words)
    field.press("Enter")
    eventually(lambda: cell.text_content().strip(), words)


def dots(page: Page, number: int = 0) -> list[list[float | None]]:
    """The x values of every trace of a figure."""
    script = "n => document.querySelectorAll('.js-plotly-plot')[n]._fullData.map(t => Array.from(t.x || []))"
    return page.evaluate(script, number)


def click_dot(page: Page, code: str) -> None:
    """Click on the dot of a State in the first figure, in the trace that takes the clicks."""
    page.mouse.click(*page.evaluate(_PLACE, code))


def eventually(look: Callable[[], object], wanted: object, seconds: float = 60) -> None:
    """Look until it is as wanted: a grid tells its cells a moment after it is drawn."""
    until = time.monotonic() + seconds
    while (found := look()) != wanted and time.monotonic() < until:
        time.sleep(0.1)
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"
