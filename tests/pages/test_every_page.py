"""What holds on every page: it runs alone, says plainly that there is nothing, refuses strangers, knows other instruments, and never
lets a text from outside into Markdown."""

from __future__ import annotations

import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analysis.texts import text
from tests.pages.conftest import HOSTILE, PAGES, RAW, ROOT, choose, page, param, read_as_markdown, sound

EVERY = ("home", *PAGES)
NONSENSE = {
    "country": "XXX", "round": "zzz", "lens": "foo", "target": "99", "node": "..", "countries": ",,", "show": "<script>", "reading": "",
    "return": "-1", "store": "moon", "rule": "0", "measure": "IED", "question": "%00", "region": "region:", "type": "sideways",
    "submodule": "x", "aggregator": "sum", "whatif": "maybe", "organization": "Ministry", "instrument": "none",
    "budget": "-1", "worth": "gold", "each": "x", "ceiling": "1e99", "favour": "region", "favour_share": "nan", "least_share": "a", "flagged": "XXX",
    "must": "a.b", "never": "*", "saved": "../x", "cheapest": "luck", "doing": "IED.U1:99",
    "weights": "none", "experts": "99",
    "groups": "mine:", "group": "Nowhere",
    "step": "done", "rho": "nan", "gamma": "", "least": "1e999", "eu": "0.1", "ed": "a,b", "lag": "1.5",
    "beside": "1999", "evidence": "4", "differ": "<b>",
    "since": "zzz",
    "reworded": "perhaps",
    "chain": "XXX,,<b>",
    "wanted": "everything", "by": "sea", "fit": "well", "status": "late",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_file_by_itself_shows_the_frame(shared_world, name):
    at = sound(AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=180).run())
    assert at.title[0].value == text(f"page.{name}.title")
    assert at.info[0].value == text("banner.demo")


@pytest.mark.parametrize("name", EVERY)
def test_an_address_full_of_nonsense_falls_back_to_the_defaults(shared_world, name):
    at = page(name, **NONSENSE)
    usual = page(name)
    assert [box.value for box in at.selectbox] == [box.value for box in usual.selectbox]
    assert [line.value for line in at.text] == [line.value for line in usual.text]
    told = [line.value for line in at.warning][-1]
    assert len(at.warning) == len(usual.warning) + 1 and told.startswith(text("address.missed.several", asked="*").split("*")[0])
    assert not [raw for raw in NONSENSE.values() if len(raw) > 2 and raw in told and raw not in ("region", "done", "late")]


@pytest.mark.parametrize("name", EVERY)
def test_an_empty_store_is_said_so_in_plain_words(empty_store, name):
    at = page(name)
    if name == "method":  # it speaks of the questionnaire, which is there
        assert len(at.dataframe) >= 2
        return
    plain = [element.value for kind in (at.info, at.text) for element in kind]
    assert text({"returns": "returns.in.text.own"}.get(name, "empty.store")) in plain


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("address", ["0.0.0.0", "10.0.0.7", "", None])
def test_an_address_that_others_could_reach_is_refused_with_the_reason(shared_world, monkeypatch, name, address):
    monkeypatch.setattr(st, "get_option", lambda key: address)
    at = page(name)
    assert [e.value for e in at.error] == [text("access.not_local", found=address or "0.0.0.0")]
    assert not at.title and not at.dataframe and not at.selectbox and not at.get("plotly_chart")


@pytest.mark.parametrize("name", EVERY)
def test_an_instrument_of_another_shape_needs_no_code(other_shape, name):
    at = page(name)
    figures = {"home": 1, "gaps": 1, "overview": 2, "compare": 3, "over_time": 1}
    assert len(at.get("plotly_chart")) >= figures.get(name, 0)
    for box in at.selectbox:
        if box.key in ("w.node", "w.measure"):
            assert set(box.options) != set()
    if name == "gaps":  # no target above the instrument's own levels
        assert len(at.selectbox(key="w.target").options) == len(other_shape.levels) + 3  # next level, quartile, own plan


@pytest.mark.parametrize("name", ["gaps", "compare", "country", "over_time", "method"])
def test_the_last_option_of_every_control_works_on_another_shape(other_shape, name):
    shape = other_shape
    lens = [f"{le.kind}:{le.value}" for le in shape.lenses]
    ends = {"node": shape.blocks, "measure": shape.measures["node"].tolist(), "lens": lens, "rule": list(shape.rules)}
    ends |= {
        "target": [str(level) for level in shape.levels[1:]],
        "submodule": list(shape.submodules),
        "type": list(shape.measure_types),
    }
    ends |= {
        "whatif": ["strict", "challenged"],
        "aggregator": ["power", "minimum"],
        "round": ["2024", "2026"],
        "country": ["XAA", "XAC"],
    }
    at = page(name, show="browser" if name == "method" else "one")
    there = [key for key in ends if ends[key] and any(box.key == f"w.{key}" for box in at.selectbox)]
    assert there or name == "method"
    for key in there:
        choose(at, key, ends[key][-1])


@pytest.mark.parametrize("name", EVERY)
def test_no_text_from_outside_is_read_as_markdown(hostile_world, name):
    views = [page(name), page(name, country="XAA", countries="XAA", show="one", region=f"region:{HOSTILE}")]
    for at in views:
        live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]  # what no backslash keeps from acting
        assert [words for words in live if any(raw in words for raw in RAW)] == []
        assert not [c for c in at.get("plotly_chart") if "<img" in c.proto.spec or "<a href" in c.proto.spec]
    if name == "country":  # it is shown, as plain text
        assert any(HOSTILE in line.value for line in page(name, show="cells").text)


def test_a_store_that_cannot_be_used_is_one_sentence_and_the_other_store_stays_at_hand(empty_store, monkeypatch, tmp_path):
    (tmp_path / "notes.sqlite").write_bytes(b"these are my notes, not a store" * 100)
    monkeypatch.setenv("RETURNS_DATABASE", f"sqlite:///{tmp_path / 'notes.sqlite'}")
    at = page("overview")
    assert len(at.error) == 1 and "is not a store" in at.error[0].value
    assert at.get_by_key("w.store").value == "own"


@pytest.mark.parametrize("show", ["since", "measures", "missing", "cells", "asked", "visits"])
def test_every_section_on_one_state_knows_other_shapes(other_shape, show):
    at = page("country", show=show)
    assert param(at, "show") == show and at.subheader


@pytest.mark.parametrize("show", ["since", "measures", "missing", "cells", "asked", "visits"])
def test_no_section_on_one_state_reads_text_from_outside_as_markdown(hostile_world, show):
    at = page("country", show=show, country="XAA")
    live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]
    assert param(at, "show") == show and [words for words in live if any(raw in words for raw in RAW)] == []


SECTIONS = ("group", "split", "levels", "one", "change", "trend", "news")


@pytest.mark.parametrize("show", SECTIONS)
def test_every_section_on_time_knows_other_shapes(other_shape, show):
    at = page("over_time", show=show)
    if show in ("split", "levels", "change"):
        assert at.selectbox(key="w.node").value == other_shape.blocks[0]
        choose(at, "node", other_shape.blocks[-1])


@pytest.mark.parametrize("show", SECTIONS)
def test_no_section_on_time_reads_a_text_from_outside_as_markdown(hostile_world, show):
    at = page("over_time", show=show, country="XAA", region=f"region:{HOSTILE}")
    live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]
    assert [words for words in live if any(raw in words for raw in RAW)] == []
    assert not [c for c in at.get("plotly_chart") if "<img" in c.proto.spec or "<a href" in c.proto.spec]


@pytest.mark.usefixtures("shared_world")
@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("portfolio", {"least_share": "0.25", "favour": "Timber Uplands", "favour_share": "0.4"}),
        ("balance", {"show": "need", "rho": "0.5", "eu": "0.2,0.6", "ed": "0.3,0.8"}),
    ],
)
def test_a_share_is_the_same_after_a_look_at_another_page(name, params):
    at = page(name, **params)
    before = {key: param(at, key) for key in params}
    for elsewhere in ("gaps", "needs"):
        sound(at.switch_page(f"pages/{elsewhere}.py").run())
        assert {key: param(at, key) for key in params} == before
    sound(at.switch_page(f"pages/{name}.py").run())
    assert {key: param(at, key) for key in params} == before
