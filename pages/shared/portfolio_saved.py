"""Choices kept by name: the form that keeps one, and several side by side. Only their ids stand in an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.priorities import packages, targets
from analysis.registers import PACKAGES
from analysis.reports import portfolio as worded
from analysis.reports import saved
from analysis.texts import counted, text, word
from pages.shared import controls, exports, filters, loaders, registers, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.priorities.portfolio import Portfolio
    from pages.shared.loaders import Data
    from pages.shared.portfolio_asked import Asked

MOST, USUAL = 6, 3
VOCABULARIES = {"reading": "reading", "aggregator": "aggregator", "rule": "preset", "whatif": "whatif"}
EVERYTHING = {("round", "latest"): "filter.latest", ("weights", filters.OWN): "filter.own_weights"}
EVERYTHING |= {("submodule", filters.ALL): "filter.all_submodules", ("type", filters.ALL): "filter.all_types"}


def keeping(data: Data, question: Asked, found: Portfolio) -> None:
    """The form that keeps the choice on the page under a name."""
    box = st.expander(text("portfolio.keep"), key="portfolio.keep", on_change="rerun")
    if not box.open:
        return
    with box, st.form("portfolio.keep.form", border=False, clear_on_submit=True):
        name = st.text_input(text("portfolio.keep.name"), max_chars=saved.LONGEST, help=text("portfolio.keep.help"))
        done = st.form_submit_button(text("portfolio.keep.button"))
    if done and name.strip():
        settings = {
            key: value
            for key, value in controls.chosen().items()
            if key not in ("store", "instrument", "show", "country", "saved")
        }
        facts = {"instrument": data.instrument.id, "data": data.version}
        body = saved.body(name, question.question, found, settings, facts)
        data.store.save_records(saved.KIND, {saved.new_key(): body}, exports.user())
        controls.forget("saved")  # what has just been kept is among the newest, which the section opens on
        st.success(text("portfolio.kept"))


def section(data: Data) -> None:
    """What is kept, side by side."""
    records = loaders.records(data, saved.KIND)
    records = records[[body.get("instrument") == data.instrument.id for body in records["body"]]]
    if records.empty:
        st.info(text("portfolio.saved.none"), icon=":material/info:")
        return
    newest = records.sort_values("saved_at", ascending=False, kind="stable")
    names = {key: body["name"] for key, body in newest[["key", "body"]].itertuples(index=False)}
    chosen = controls.several("saved", list(names), list(names)[:USUAL], names.get, most=MOST, written=True)
    if not chosen:
        return
    st.text(counted("portfolio.saved.count", len(names), shown=len(chosen)))
    st.caption(text("portfolio.caveat"))
    exports.also(worded.assumed())
    if differ := saved.differing_sentence(records, chosen):
        st.warning(differ, icon=":material/difference:")
    views.rows(saved.summary(records, chosen, _told(data)), name="scenarios", columns=saved.SUMMARY, bars={"closed_share": 1})
    old = sum(records.loc[records["key"].isin(chosen), "body"].map(lambda body: body["data"] != data.version))
    if old:
        st.text(counted("portfolio.saved.old", old))
    _ways_back(data, records, chosen)
    st.subheader(text("portfolio.saved.pairs"), anchor=False)
    views.rows(saved.pairs(records, chosen, data.states), name="scenario-packages", columns=saved.PAIRS, opens="iso3")


def _told(data: Data) -> Callable[[str, str], str]:
    """(setting, code) -> the code in words; a code that stands for nothing (any more) as it is."""
    bodies = packages.bodies(registers.kept(data, PACKAGES)["body"])
    names = {str(body["id"]): str(body["package"]) for body in bodies}

    def pair(code: str) -> str:
        iso3, _, package = code.partition(".")
        where = text("portfolio.everywhere") if iso3 == "*" else data.states.name(iso3)
        return f"{where}: {text('portfolio.everything') if package == '*' else names.get(package, package)}"

    def told(key: str, code: str) -> str:
        if key == "target":
            return filters.target_name(data, code) if code in targets.choices(data.instrument) else code
        if key in ("wanted", "worth"):
            return saved.chosen_word(key, code)
        if key in ("favour_share", "least_share"):
            return saved.share_words(code)
        if key in ("region", "favour"):
            return filters.group_words(data.states, code)
        if key in VOCABULARIES:
            return word(VOCABULARIES[key], code)
        if (key, code) in EVERYTHING:
            return text(EVERYTHING[key, code])
        if key in ("must", "never"):
            return ", ".join(map(pair, code.split(",")))
        return ", ".join(map(data.states.name, code.split(","))) if key == "flagged" else code

    return told


def _ways_back(data: Data, records, chosen: list[str]) -> None:
    """Open one with its settings, or take it back."""
    bodies = dict(records[["key", "body"]].itertuples(index=False))
    with st.container(horizontal=True):
        for key, letter in saved.letters(chosen).items():
            settings = {name: value for name, value in bodies[key]["settings"].items() if name in controls.KEYS}
            if st.button(text("portfolio.saved.open", letter=letter), key=f"portfolio.open.{key}"):
                cleared = dict.fromkeys(name for name in controls.KEYS if name not in ("store", "instrument"))
                st.switch_page("pages/portfolio.py", query_params=controls.link(**(cleared | settings | {"show": "choice"})))
            if st.button(text("portfolio.saved.take_back", letter=letter), key=f"portfolio.take_back.{key}", type="tertiary"):
                data.store.save_records(saved.KIND, {key: None}, exports.user())
                st.rerun()
