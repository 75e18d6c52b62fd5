"""What leaves the app goes into the trail: who took what, how many rows, by which choices. It never slows or breaks a download."""

from __future__ import annotations

import datetime as dt
import getpass
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from analysis.reports.about import about as settings_behind
from analysis.texts import known, text
from pages.shared import controls

if TYPE_CHECKING:
    import pandas as pd

    from pages.shared.loaders import Data

#: A store may be busy with somebody's import; the reader's file does not wait for that. What waits is written before the program ends.
_later = ThreadPoolExecutor(max_workers=1, thread_name_prefix="trail")


@dataclass(frozen=True)
class _Place:
    """Where something leaves from."""

    data: Data
    page: str
    by: str


def user() -> str:
    """Who sits at this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name in this system's list of users, as in some containers
        return "unknown"


def open_page(data: Data, page: str) -> None:
    """From now on, what leaves does so from this page."""
    st.session_state["leaving"] = _Place(data, page, user())
    st.session_state["leaving.also"] = {}


def also(settings: Mapping[str, str]) -> None:
    """Further settings in force on the page, by code, that no control of it says. Never text of a State."""
    st.session_state["leaving.also"] = st.session_state.get("leaving.also", {}) | dict(settings)


def about(table: str) -> Callable[[], pd.DataFrame | None]:
    """What gives the settings behind a table when its file is built: page, questionnaire, version of the data, choices, date."""
    place = st.session_state.get("leaving")
    if place is None:
        return lambda: None
    data = place.data
    facts = {
        "page": place.page,
        "table": table,
        "store": data.source.name,
        "data": data.version,
        "instrument": data.instrument.id,
    }
    chosen = {key: value for key, value in controls.chosen().items() if key not in facts}
    also = st.session_state.get("leaving.also", {})
    told = {key: both for key, both in controls.chosen_words().items() if key in chosen and key not in also}

    def behind() -> pd.DataFrame:
        words = {key: say() for key, (_, say) in told.items()} | _facts_in_words(place)
        labels = {key: label for key, (label, _) in told.items()}
        return settings_behind(facts, chosen | also, dt.datetime.now(dt.UTC), words=words, labels=labels)

    return behind


def _facts_in_words(place: _Place) -> dict[str, str]:
    """The page, the store and the questionnaire as the menu names them."""
    data = place.data
    found = {"page": f"page.{place.page}.menu", "store": f"store.{data.source.name}"}
    words = {key: text(name) for key, name in found.items() if known(name)}
    return words | {"instrument": f"{data.instrument.title} ({data.instrument.id})"}


def noted(
    build: Callable[[], bytes], file: str, *, rows: int | None = None, action: str = "export", return_id: int | None = None
) -> Callable[[], bytes]:
    """What a download button calls: it builds the file, and the trail tells of it. Only codes go there, no text of a State.

    file: the name of the file. action: `export`, or `original` for a State's own file. A failure to note is logged, no more.
    """
    place = st.session_state.get("leaving")
    if place is None:
        return build
    told = [file, *([f"rows={rows}"] if rows is not None else []), f"page={place.page}"]
    detail = "; ".join([*told, *(f"{key}={value}" for key, value in controls.chosen().items())])

    def taken() -> bytes:
        content = build()
        _later.submit(place.data.store.note, action, detail, place.by, return_id).add_done_callback(_tell)
        return content

    return taken


def _tell(done: Future) -> None:
    if done.exception() is not None:
        logging.getLogger(__name__).warning("not in the trail: %s", done.exception())
