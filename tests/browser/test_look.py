"""How every page looks: on a wide and a narrow screen, light and dark, for everybody. The pictures are kept to be looked at."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import watched
from tests.browser.looking import PATHS, go

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Faults of the platform that no page can mend (an uploader's and a grid's own inner marks).
OF_THE_PLATFORM = {"presentation-role-conflict", "empty-table-header"}
SERIOUS = ("serious", "critical")
#: The platform's sidebar scrolls where the menu is longer than the screen; it can't take the focus itself, its links can.
SIDEBAR = ("scrollable-region-focusable", 'data-testid="stSidebarContent"')


@pytest.fixture(scope="module", params=["light", "dark"])
def theme(request) -> str:
    return request.param


def whole_height(page) -> int:
    """The height of all that a page holds; it scrolls inside its main part."""
    return int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))


@pytest.mark.parametrize("name", PATHS)
def test_a_page_fits_its_screen_and_can_be_read_by_all(browser, server, screenshots, theme, name):
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=theme)
    with watched(context.new_page()) as page:
        go(page, server.url + PATHS[name], name)
        found = Axe().run(page).response["violations"]
        serious = {v["id"]: [n["html"][:160] for n in v["nodes"]][:4] for v in found if v["impact"] in SERIOUS}
        serious = {id: nodes for id, nodes in serious.items() if id != SIDEBAR[0] or any(SIDEBAR[1] not in n for n in nodes)}
        for width in (1440, 400):
            page.set_viewport_size({"width": width, "height": 1000})
            page.wait_for_timeout(200)
            page.set_viewport_size({"width": width, "height": min(9000, max(1000, whole_height(page)))})
            page.wait_for_timeout(400)
            page.screenshot(path=screenshots / f"{name}-{width}-{theme}.png")
            over = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
            assert over <= 0, width
            main = "document.querySelector('[data-testid=stMain]')"
            assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0, width
    context.close()
    assert {k: v for k, v in serious.items() if k not in OF_THE_PLATFORM} == {}
