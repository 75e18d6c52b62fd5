"""The frame of every page: settings, access check, menu, banner, heading. A page's first statement opens it.

On a fresh server a deep link runs a page alone, without dashboard.py; so nothing may depend on the front door.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from analysis import desk
from analysis.access import AccessRefused, Scope, local_scope
from analysis.reports.sentences import joined
from analysis.texts import counted, text
from pages.shared import address, controls, exports, loaders, views

ICON = Path(__file__).with_name("icon.png")
#: The menu: pages by what brings a reader here.
MENU = {
    "standing": [
        "overview",
        "country",
        "compare",
        "regions",
        "over_time",
        "balance",
        "readings",
        "feedback",
        "lenses",
    ],
    "doing": [
        "gaps",
        "priorities",
        "needs",
        "follow_up",
        "portfolio",
    ],
    "desk": [
        "returns",
        "review",
    ],
    "method": [
        "weights",
        "questions",
        "method",
    ],
}
#: Pages whose numbers are those of the edition in view, and that do not say themselves what stands in another one.
OF_ONE_EDITION = {
    "home", "overview", "compare", "regions", "balance", "feedback", "lenses", "gaps", "priorities", "needs", "portfolio",
}  # fmt: skip
PAGES = tuple(page for pages in MENU.values() for page in pages)


def open_page(name: str) -> loaders.Data:
    """Set the page up and give it its data. Stops the page, with the reason, where the reader may not be here."""
    st.set_page_config(
        page_title=f"{text(f'page.{name}.title')} - {text('app.name')}",
        page_icon=str(ICON),  # a file: a symbol by name would be fetched from outside
        layout="wide",
        initial_sidebar_state="auto",
    )
    scope = _guard()
    controls.settle(name)
    with st.sidebar:
        st.markdown(f"**{text('app.name')}**")
        menu = st.container(gap="xxsmall")  # twenty pages fit a screen without scrolling
        source = _source()
    with menu:
        _menu(name)
    try:
        with st.sidebar:
            instrument_id = _instrument(source, name)
        data = loaders.data(scope, source, instrument_id)
    except loaders.UNUSABLE as error:  # one sentence that says what to do; the choice of another store stays at hand
        st.title(text(f"page.{name}.title"), anchor=False)
        st.error(views.plain(str(error)), icon=":material/database_off:")
        st.stop()
    if source.sample:
        st.info(text("banner.demo"), icon=":material/science:")
    st.title(text(f"page.{name}.title"), anchor=False)
    st.text(text(f"page.{name}.lead"))
    notice = st.empty()
    address.told_by(lambda sentence: notice.warning(views.plain(sentence), icon=":material/link_off:"))
    exports.open_page(data, name)
    if name in OF_ONE_EDITION:
        _later(data)
    return data


def _later(data: loaders.Data) -> None:
    """Say which States have answered a later round in another edition, whose answers are not in the page's numbers."""
    n, states, rounds = loaders.answered_later(data)
    if n:
        st.caption(counted("edition.later", n, of=states, rounds=views.plain(joined(rounds))))


def _guard() -> Scope:
    """The reader's scope; an app that others could reach is refused with the reason."""
    try:
        return local_scope(st.get_option("server.address"))
    except AccessRefused as refused:
        st.error(text(refused.reason, found=refused.found), icon=":material/lock:")
        st.stop()


def _menu(here: str) -> None:
    """The ways to all pages. The sections of a page are its own: another one opens on its usual one."""
    page_link("home", show=None)
    for group, pages in MENU.items():
        st.caption(text(f"menu.{group}"))
        for name in pages:
            page_link(name, **({} if name == here else {"show": None}))


def page_link(name: str, label: str | None = None, icon: str | None = None, **changes: object) -> None:
    """A way to a page that keeps the present view's choices, but for those that change."""
    path = "dashboard.py" if name == "home" else f"pages/{name}.py"
    label = label or text(f"page.{name}.menu")
    try:
        st.page_link(path, label=label, icon=icon, query_params=controls.link(**changes))
    except StreamlitPageNotFoundError:  # a page started by itself, without the front door beside it
        st.text(label)


def onward(*names: str) -> None:
    """Ways from the foot of a page to those that carry its question further; another page's sections are chosen there."""
    st.divider()
    for name in names:
        page_link(name, text(f"home.door.{name}"), icon=":material/arrow_forward:", show=None)


def _source() -> desk.Source:
    """The demonstration or the office's own returns; they never mix."""
    names = list(desk.SOURCES)
    chosen = controls.one("store", names, desk.default_source(), lambda s: text(f"store.{s}"))
    if chosen == "demo":
        with st.spinner(text("demo.building")):
            return loaders.demonstration()
    return desk.source(chosen)


def _instrument(source: desk.Source, page: str) -> str:
    """The instrument in view: one with returns; any that can be found where the questionnaire itself is the subject."""
    known = loaders.all_instruments()
    used = [i for i in loaders.store(source).instruments() if i in known]
    default = used[0] if used else desk.default_instrument(known)
    offered = list(known) if page in ("returns", "method") else used

    def title(code: str) -> str:
        return known[code].word("instrument.short") or known[code].title

    def named(code: str) -> str:
        return title(code) if code in known else ""

    if len(offered) < 2:
        return controls.only("instrument", default, title(default), known=named)
    return controls.one("instrument", offered, default, title, known=named)
