"""The library of packages: what is on offer, out as a workbook and back, a shipped one taken over and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis import desk
from analysis.priorities import packages
from analysis.registers import PACKAGES
from analysis.reports import portfolio as worded
from analysis.texts import counted, text
from pages.shared import exports, loaders, registers, views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pages.shared.loaders import Data


def section(data: Data) -> None:
    """The table, then the ways to change it."""
    kept = list(registers.kept(data, PACKAGES)["body"])
    rows, copies = packages.bodies(kept), sum(packages.origin(body) == packages.IS_SHIPPED for body in kept)
    made, bands = packages.library(kept, data.instrument), packages.cost_bands()
    said = text("portfolio.library.text", n=len(made), own=int(made.own.sum()))
    st.text(f"{said} {counted('portfolio.library.copies', copies)}" if copies else said)
    st.caption(text("portfolio.library.invented", bands=", ".join(f"{b}: {worded.money(a)}" for b, a in bands.items())))
    lines = worded.library(rows, made, data.instrument, data.states, bands)
    exports.also(worded.assumed())
    views.rows(lines, name="packages", columns=worded.LIBRARY, height=480)
    st.subheader(text("portfolio.library.change"), anchor=False)
    _whole(data, rows)
    _take_over(data, rows, {str(body["id"]) for body in kept})
    registers.section(data, PACKAGES)


def _whole(data: Data, rows: list[Mapping[str, object]]) -> None:
    """Every package as a form that can be changed and brought back."""
    place, known = loaders.returns_desk(data.source), set(data.instrument.measures["node"])
    fitting = [body for body in rows if set(body["measures"]) <= known]
    st.download_button(
        text("portfolio.library.all"),
        data=exports.noted(
            lambda: desk.register_form(place, PACKAGES, data.instrument.id, fitting), "packages.xlsx", rows=len(fitting)
        ),
        file_name="packages.xlsx",
        key="download.packages.all",
        on_click="ignore",
        icon=":material/download:",
    )


def _take_over(data: Data, rows: list[Mapping[str, object]], kept: set[str]) -> None:
    """Copy a shipped package among the office's own, where it can be changed by hand."""
    offered = {str(body["id"]): str(body["package"]) for body in rows if str(body["id"]) not in kept}
    if not offered:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            text("portfolio.library.take"), list(offered), format_func=offered.get, key="portfolio.take", width=420
        )
        if st.button(text("portfolio.library.take.button"), key="portfolio.take.button"):
            body = next(body for body in rows if body["id"] == chosen)
            data.store.save_records(PACKAGES.kind, {chosen: body}, exports.user())
            st.rerun()
