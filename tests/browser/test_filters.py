"""Choices live in the address: they survive a change of page, a reload and the way back, and only codes stand there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from analysis.states import load_states
from analysis.texts import text
from tests.browser.looking import box, cells, choose, eventually, go, keyed, menu, params, settled, whole

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def heading(page, name: str, section: str = "") -> None:
    """Wait until a page of that name stands there; a section of it is whole without the figure of the first one."""
    expect(page.get_by_role("heading", level=1, name=text(f"page.{name}.title"), exact=True)).to_be_visible()
    whole(page, section or name)


def test_filters_survive_a_change_of_page_and_stand_in_the_address(page, server):
    go(page, f"{server.url}/gaps", "gaps")
    choose(page, "Round", "2024")
    choose(page, "Sub-module", "UAS")
    eventually(lambda: params(page), {"round": "2024", "submodule": "uas"})
    menu(page, "Overview")
    heading(page, "overview")
    expect(box(page, "Round")).to_have_value("2024")
    menu(page, "Gaps")
    heading(page, "gaps")
    expect(box(page, "Round")).to_have_value("2024")
    expect(box(page, "Sub-module")).to_have_value("UAS")
    eventually(lambda: params(page), {"round": "2024", "submodule": "uas"})


def test_a_reload_keeps_the_view(page, server):
    go(page, f"{server.url}/gaps", "gaps")
    choose(page, "Round", "2022")
    eventually(lambda: params(page), {"round": "2022"})
    page.reload()
    whole(page, "gaps")
    expect(box(page, "Round")).to_have_value("2022")
    eventually(lambda: params(page), {"round": "2022"})


def test_the_way_back_restores_the_view_before(page, server):
    go(page, f"{server.url}/gaps", "gaps")
    choose(page, "Round", "2024")
    choose(page, "Round", "2022")
    menu(page, "Overview")
    heading(page, "overview")
    page.go_back()
    heading(page, "gaps")
    expect(box(page, "Round")).to_have_value("2022")
    eventually(lambda: params(page), {"round": "2022"})
    page.go_forward()
    heading(page, "overview")
    expect(box(page, "Round")).to_have_value("2022")


def test_two_choices_in_quick_succession_both_hold(page, server):
    go(page, f"{server.url}/gaps", "gaps")
    for label, option in (("Round", "2024"), ("Sub-module", "UAS"), ("Measures", "Downstream")):
        box(page, label).click()
        page.get_by_role("option", name=option, exact=True).click()
        expect(box(page, label)).to_have_value(option)  # the browser's own; the server may still be at the first choice
    settled(page)
    eventually(lambda: params(page), {"round": "2024", "submodule": "uas", "type": "downstream"})
    for label, option in (("Round", "2024"), ("Sub-module", "UAS"), ("Measures", "Downstream")):
        expect(box(page, label)).to_have_value(option)


def test_the_default_leaves_no_trace_in_the_address(page, server):
    go(page, f"{server.url}/gaps?round=2024", "gaps")
    choose(page, "Round", text("filter.latest"))
    eventually(lambda: params(page), {})


def test_only_codes_stand_in_the_address(page, server):
    states = load_states(sample=True)
    go(page, f"{server.url}/country", "country")
    choose(page, "State", states.name("QMD"))
    eventually(lambda: params(page), {"country": "QMD"})
    menu(page, "Over time")
    heading(page, "over_time")
    eventually(lambda: params(page), {"country": "QMD"})
    page.get_by_test_id("stRadio").get_by_text(text("over_time.one"), exact=True).click()
    expect(box(page, "State")).to_have_value(states.name("QMD"))
    eventually(lambda: params(page), {"country": "QMD", "show": "one"})


def test_a_selected_row_of_the_gap_list_opens_its_state_at_its_measure(page, server):
    go(page, f"{server.url}/gaps?round=2024", "gaps")
    table = keyed(page, "sheet.gaps")
    table.scroll_into_view_if_needed()
    eventually(lambda: len(cells(table)) > 3, True)
    row = table.locator("canvas tbody [role=row]").nth(1).locator("[role=gridcell]").all_text_contents()
    name, measure = [cell for cell in row if cell.strip()][:2]
    canvas = table.get_by_test_id("data-grid-canvas").bounding_box()
    page.mouse.click(canvas["x"] + 18, canvas["y"] + 35 * 2 + 17)  # the head, the first row, the middle of the second
    heading(page, "country", "cells")
    code = next(c for c, n in load_states(sample=True).names.items() if n == name)
    eventually(lambda: params(page), {"round": "2024", "country": code, "measure": measure.split()[0]})
    expect(box(page, "State")).to_have_value(name)
    page.go_back()
    heading(page, "gaps")
    expect(box(page, "Round")).to_have_value("2024")


def test_a_selected_row_of_a_register_opens_the_page_of_its_own_state_also_without_a_return(page, server):
    """Four States of the demonstration have recommendations and no return in the second edition."""
    names = load_states(sample=True).names
    without = {names[code]: code for code in ("QMP", "QMU", "QMV", "QMW")}
    go(page, f"{server.url}/follow_up?instrument=2370-2026.2", "follow_up")
    table = keyed(page, "sheet.recommendations")
    table.scroll_into_view_if_needed()
    eventually(lambda: len(cells(table)) > 3, True)
    rows = table.locator("canvas tbody [role=row]")
    said = [rows.nth(i).locator("[role=gridcell]").all_text_contents() for i in range(8)]
    at, name = next((i, cell) for i, row in enumerate(said) for cell in row if cell in without)
    canvas = table.get_by_test_id("data-grid-canvas").bounding_box()
    page.mouse.click(canvas["x"] + 18, canvas["y"] + 35 * (at + 1) + 17)
    expect(page.get_by_role("heading", level=2, name=name, exact=True)).to_be_visible()
    expect(box(page, "State")).to_have_value(name)
    eventually(lambda: params(page).get("country"), without[name])
    told = text("country.elsewhere.none", name=name, edition="*").split("*")[0]
    expect(page.get_by_text(told)).to_be_visible()


@pytest.mark.parametrize("name", ["gaps", "country", "compare", "over_time", "method", "returns", "review"])
def test_an_address_full_of_nonsense_falls_back_to_the_defaults(page, server, name):
    nonsense = (
        "country=XXX&round=zzz&lens=foo&target=99&node=..&countries=,,&show=%3Cscript%3E&reading=&return=-1&store=moon&rule=0"
    )
    go(page, f"{server.url}/{name}?{nonsense}", name)
    expect(page.get_by_text(text("banner.demo"))).to_be_visible()
    expect(page.get_by_text(text("address.missed.several", asked="*").split("*")[0])).to_have_count(1)
