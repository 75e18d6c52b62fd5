"""What came in since the reader last marked it as seen: in a line for the first page, in full here.

The mark is a record of the store under the reader's name. Only the button writes it, with the step that stood on the page: to look never loses
the news, and what comes in between looking and marking is still new.
"""

from __future__ import annotations

import streamlit as st

from analysis.comparison import news
from analysis.reports import news as worded
from analysis.texts import text
from pages.shared import exports, frame, loaders, views
from pages.shared.loaders import Data


def _user() -> str:
    return exports.user().strip() or "unknown"


def _found(data: Data) -> tuple[news.Mark | None, news.News | None]:
    """The reader's mark, and what is new since; neither where there is no mark yet."""
    mark = news.mark(loaders.records(data, news.KIND), _user())
    return mark, loaders.news(data, mark.step) if mark else None


def _seen(data: Data, step: int) -> None:
    mark = news.Mark(step, loaders.now())
    try:
        data.store.save_records(news.KIND, {_user(): mark.body(data.version)}, _user())
    except loaders.StoreUnavailable as error:  # its message says what to do
        st.session_state["news.said"] = str(error)


def _button(data: Data, mark: news.Mark | None, found: news.News | None) -> None:
    """Mark as seen, where there is something to mark."""
    if "news.said" in st.session_state:
        st.warning(views.plain(st.session_state.pop("news.said")))
    if mark is None or (found is not None and found.newest > mark.step):
        step = found.newest if found else loaders.newest_step(data)
        label = text("over_time.news.seen" if mark else "over_time.news.begin")
        st.button(label, key="news.seen", on_click=_seen, args=(data, step), icon=":material/done_all:")


def line(data: Data, *, fresh: bool) -> None:
    """In one line, for the first page: at its head where something is new (fresh), else at its foot, where it is in nobody's way."""
    if data.scope.role != "analyst" or not len(data.panel):
        return
    mark, found = _found(data)
    if fresh != (found is not None and found.newest > mark.step):
        return
    with st.container(border=True):
        st.text(worded.news_sentence(mark, found))
        with st.container(horizontal=True, vertical_alignment="center"):
            _button(data, mark, found)
            if fresh:
                frame.page_link("over_time", text("over_time.news.more"), icon=":material/arrow_forward:", show="news")


def section(data: Data) -> None:
    """Returns, levels and decisions since the mark, as tables."""
    if data.scope.role != "analyst":
        views.nothing("empty.selection")
    mark, found = _found(data)
    st.subheader(text("over_time.news.title"), anchor=False)
    st.text(worded.news_sentence(mark, found))
    _button(data, mark, found)
    if found is None:
        return
    known = loaders.all_instruments()
    for name, table, columns in (
        ("returns", worded.returns(known, found.returns, data.states), worded.RETURNS),
        ("levels", worded.levels(data.instrument, found.levels, data.states), worded.LEVELS),
        ("steps", worded.steps(known, found.steps, data.states), worded.STEPS),
    ):
        st.markdown(f"**{text(f'over_time.news.{name}')}**")
        if len(table):
            views.rows(table, name=f"news-{name}", columns=columns, height=320, opens="iso3")
        else:
            st.text(text(f"over_time.news.no_{name}"))
    st.caption(text("over_time.news.note"))
