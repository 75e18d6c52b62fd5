"""The status board: who is at which step, every move with its reason, what is said afterwards, the trail, and the way to a number."""

from __future__ import annotations

import csv
import io
import time

import pandas as pd
import pytest
import streamlit as st

from analysis.store import open_store
from analysis.texts import text
from pages.shared import exports, views
from tests.pages.conftest import ROOT, choose, page, param, said, sound, table

MEDLAR = 5  # QMB, 2026, self: the fifth return of the world


@pytest.fixture
def store(own_world):
    opened = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    yield opened
    opened.close()


def move(at, return_id: int, step: str, wanted: str, reason: str | None = None, *, sure: bool = False):
    """Press the button of a step, with its reason where one is written."""
    key = f"{wanted}.{return_id}.{step}"
    if reason is None:
        at.button(key=f"to.{key}").click()
        return sound(at.run())
    at.text_area(key=f"reason.{key}").set_value(reason)
    if sure:
        at.checkbox(key=f"sure.{key}").check()
    form = next(b for b in at.button if b.proto.form_id == f"why.{key}")
    form.click()
    return sound(at.run())


def told(at) -> list[str]:
    """What came of a decision, as it is read: without the backslashes that keep it plain."""
    return [element.value.replace("\\", "") for kind in (at.success, at.warning) for element in kind]


def test_the_first_screen_says_what_waits_and_who_has_not_returned(shared_world):
    at = page("review")
    states = (ROOT / "data" / "sample" / "states.csv").read_text(encoding="utf-8").strip().count("\n")
    assert said(at)[1] == f"7 returns wait for validation, since today. {states - 5} States have not returned."
    board = table(at, "board")
    assert (board["step"] == "submitted").sum() == 7, "five national ones, one of an organization, one visit"
    assert board.loc[board["name"] == "Quince Republic", "completeness"].tolist() == [100.0, 100.0]


def test_round_states_and_step_are_each_followed(shared_world):
    at = choose(page("review"), "round", "2024")
    assert param(at, "round") == "2024" and (table(at, "board")["step"] == "submitted").sum() == 3
    at = choose(page("review"), "step", "not_returned")
    assert param(at, "step") == "not_returned" and set(table(at, "board")["step"]) == {"not returned"}
    assert "w.return" not in [box.key for box in at.selectbox], "there is none to look at"
    at = choose(page("review"), "step", "draft")
    assert text("review.nobody") in said(at)


def test_a_return_is_validated_and_the_page_says_so(store):
    at = move(page("review", **{"return": str(MEDLAR)}), MEDLAR, "submitted", "validated")
    assert told(at) == ["Medlar Isles, round 2026, self-assessment (no. 5) is validated."]
    assert store.steps(MEDLAR)["step"].tolist() == ["submitted", "validated"]
    assert any(line.startswith("Now: validated, since today, by") for line in said(at))
    assert text("review.locked") in [c.value for c in at.caption]
    assert told(sound(at.run())) == [], "said once"


def test_sending_back_needs_a_reason_which_then_stands_in_the_history(store):
    at = page("review", **{"return": str(MEDLAR)})
    at = move(at, MEDLAR, "submitted", "sent_back", "  ")
    assert told(at) == [text("review.refused.reason")] and len(store.steps(MEDLAR)) == 1
    at = move(at, MEDLAR, "submitted", "sent_back", "The **UAS** sheet is of 2024")
    assert store.steps(MEDLAR)["reason"].tolist() == ["", "The **UAS** sheet is of 2024"]
    assert table(at, f"steps-{MEDLAR}")["reason"].tolist() == ["The **UAS** sheet is of 2024", ""]
    assert any("was sent back and is not answered, since today." in line for line in said(at))


def test_withdrawing_needs_a_reason_and_a_tick_and_is_the_end(store):
    at = page("review", **{"return": str(MEDLAR)})
    at = move(at, MEDLAR, "submitted", "withdrawn", "by letter")
    assert told(at) == [text("review.not_sure")] and len(store.steps(MEDLAR)) == 1
    at = move(at, MEDLAR, "submitted", "withdrawn", "by letter", sure=True)
    assert store.steps(MEDLAR)["step"].tolist() == ["submitted", "withdrawn"]
    assert text("review.end") in said(at) and not [b for b in at.button if b.key and b.key.startswith("to.")]


def test_who_comes_second_is_told_what_the_first_has_done(store):
    at = page("review", **{"return": str(MEDLAR)})
    store.set_step(MEDLAR, "sent_back", "eva", "two cells")
    at = move(at, MEDLAR, "submitted", "validated")
    assert told(at) == [
        "Nothing was done: somebody was quicker. Medlar Isles, round 2026, self-assessment (no. 5) is sent back by now."
    ]
    assert store.steps(MEDLAR)["step"].tolist() == ["submitted", "sent_back"]


def test_the_reminders_can_be_opened_and_taken_along(shared_world):
    at = page("review")
    at.session_state["board.reminders"] = True
    sound(at.run())
    found = table(at, "reminders")
    assert {"State", "this office"} == set(found["whom"])
    assert "Not returned yet: IED components, UAS" in set(found["what"]), "QMC returned one sub-module"


def test_the_trail_can_be_opened_and_tells_of_a_step(store):
    store.set_step(MEDLAR, "sent_back", "eva", "two cells")
    at = page("review")
    at.session_state["board.trail"] = True
    sound(at.run())
    newest = table(at, "trail").iloc[1]
    assert newest[["actor", "action", "name", "detail"]].tolist() == ["eva", "made: sent back", "Medlar Isles", "two cells"]


def test_a_return_leads_to_every_number_that_it_feeds(shared_world):
    at = page("review", **{"return": "8"})  # QMG, which knows nothing of IED upstream
    at.session_state["board.feeds"] = True
    sound(at.run())
    found = table(at, "feeds-8").set_index("label")
    assert found.loc["UAS: upstream", "score"] == pytest.approx(100) and set(found["feeds"]) == {"all of it"}


def caught(monkeypatch) -> dict:
    """What the download buttons of the next page will call, by their keys."""
    found = {}

    def button(label, data, **more) -> bool:
        found[more["key"]] = data
        return False

    monkeypatch.setattr(st, "download_button", button)
    return found


def eventually(store, action: str, seconds: float = 20):
    """The rows of an action, as soon as there are some."""
    until = time.monotonic() + seconds
    while (rows := store.audit().query("action == @action")).empty and time.monotonic() < until:
        time.sleep(0.05)
    return rows


def test_what_is_downloaded_stands_in_the_trail_by_codes(store, monkeypatch):
    monkeypatch.setattr(exports, "user", lambda: "eva")
    buttons = caught(monkeypatch)
    page("gaps", round="2026", country="<b>", region="![x](y)")
    assert len(store.audit().query("action == 'export'")) == 0, "nothing has left yet"
    rows = list(csv.reader(io.StringIO(buttons["download.gaps.csv"]().decode("utf-8-sig"))))
    trail = eventually(store, "export")
    assert trail["actor"].tolist() == ["eva"] and trail["return_id"].isna().all()
    detail = trail["detail"].iloc[0].split("; ")
    assert detail[:3] == ["gaps.csv", f"rows={len(rows) - 1}", "page=gaps"]
    assert {"round=2026", "store=demo", "target=default", "region="} <= set(detail)
    assert "<b>" not in trail["detail"].iloc[0] and "![x]" not in trail["detail"].iloc[0]


def test_a_download_is_there_also_when_the_trail_can_not_be_written(store, monkeypatch):
    buttons = caught(monkeypatch)
    page("gaps")

    def refuse(*_) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(type(store), "note", refuse)
    assert buttons["download.gaps.csv"]().startswith(b"\xef\xbb\xbf")


def test_a_row_of_a_table_opens_the_number_it_shows():
    frame = pd.DataFrame({"iso3": ["QMA"], "node": ["IED.U1"], "kind": ["measure"], "round": ["2024"]})
    row = frame.iloc[0]
    assert views._leads(row, "iso3", {}) == {"country": "QMA", "organization": None, "question": None, "measure": "IED.U1"}
    assert views._leads(row, "iso3", {"round": None, "reading": "visit"})["round"] == "2024"
    part = row.replace({"measure": "node", "IED.U1": "IED.U"})
    found = views._leads(part, "iso3", {"organization": "abc"})
    assert (found["measure"], found["node"], found["organization"]) == ("IED.U", "IED.U", "abc")
    gap = pd.Series({"iso3": "QMB", "measure": "UAS.D1"})
    assert views._leads(gap, "iso3", {})["measure"] == "UAS.D1" and "node" not in views._leads(gap, "iso3", {})
    assert views._leads(pd.Series({"iso3": "QMB"}), "iso3", {}) == {"country": "QMB", "organization": None, "question": None}


def test_the_cells_of_a_part_stand_on_the_page_of_its_state(shared_world):
    at = page("country", country="QMA", measure="SALW.U")
    cells = table(at, "answers-SALW.U")
    assert set(cells["points"]) == {80.0} and cells["within"].sum() == pytest.approx(100)
    assert set(cells["file"]) == {"QMA_2026_self.xlsx"} and set(cells["sheet"]) == {"SALW"}
    assert table(at, "files-SALW.U")["answers"].tolist() == [len(cells)]
    assert any("score 80.0" in line and f"{len(cells)} of {len(cells)} questions" in line for line in said(at))


def test_a_number_without_a_return_has_no_cells(shared_world):
    assert text("country.drill.not_returned") in said(page("country", country="QMC", measure="IED.U"))


def test_a_row_of_a_state_that_has_not_returned_chooses_nothing():
    numbers = pd.array([7, None], dtype="Int64")
    assert [views._number(n) for n in numbers] == [7, None]
