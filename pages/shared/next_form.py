"""The next round's form, filled in from a State's last return: whose, for which round, what is carried over, and the file."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analysis.model import NATIONAL, READINGS, round_date
from analysis.texts import text, word
from pages.shared import controls, exports, filters, loaders
from pages.shared.loaders import Data


def download(data: Data) -> None:
    """Choose a State that has returned, and take its next form."""
    st.text(text("next.text"))
    table = loaders.history(data)
    if table.empty:
        st.text(text("next.none"))
        return
    with filters.bar():
        with filters.cell(300):
            iso3 = _country(data, table["iso3"].unique().tolist())
        of = table[table["iso3"] == iso3]
        reading = _one_of("reading", [r for r in READINGS if r in set(of["reading"])], lambda r: word("reading", r))
        of = of[of["reading"] == reading]
        offices = {filters.organization_code(o): o for o in sorted(of["organization"].unique())}
        organization = offices[_one_of("organization", list(offices), lambda code: _organization_words(offices[code]))]
        with filters.cell():
            written = st.text_input(text("next.round"), key="next.round", placeholder="2028", help=text("form.round.hint"))
    _button(data, iso3, organization, reading, "".join(written.split()).upper())


def _button(data: Data, iso3: str, organization: str, reading: str, label: str) -> None:
    """What is carried over, in a sentence, and the form; or why there is none."""
    earlier = loaders.earlier_return(data, iso3, organization, reading)
    if earlier is None:
        st.text(text("next.no_return", instrument=data.instrument.title))
        return
    st.text(loaders.carried(data, earlier))
    if label and round_date(label) is None:
        st.warning(text("next.round_wrong"), icon=":material/edit_calendar:")
        return
    name = "-".join(x for x in (iso3, label or "next", data.instrument.id) if x) + ".xlsx"
    st.download_button(
        text("next.button"),
        data=exports.noted(lambda: loaders.next_form(data, earlier, label), name),
        file_name=name,
        key="download.next_form",
        on_click="ignore",
        icon=":material/download:",
    )


def _country(data: Data, codes: list[str]) -> str:
    options = data.states.by_name(codes)
    return filters.country(data, options)


def _organization_words(organization: str) -> str:
    return text("filter.national") if organization == NATIONAL else organization


def _one_of(key: str, options: list[str], words: Callable[[str], str]) -> str:
    """A choice where there is one."""
    if len(options) < 2:
        return controls.only(key, options[0], words(options[0]))
    with filters.cell(240):
        return controls.one(key, options, options[0], words)
