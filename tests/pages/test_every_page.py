"""What holds on every page: it runs alone, says plainly that there is nothing, refuses strangers, knows other instruments, and never
lets a text from outside into Markdown."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analysis.instrument import load_instrument
from analysis.model import Answer, Contributor, Problem, Return, Status
from analysis.states import load_states
from analysis.store import open_store
from analysis.texts import text
from pages.shared import loaders
from tests.pages.conftest import PAGES, ROOT, choose, page, sound

EVERY = ("home", *PAGES)
SHAPES = ("plain-yes-no", "yard-0-3")
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
    at = sound(AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=30).run())
    assert at.title[0].value == text(f"page.{name}.title")
    assert at.info[0].value == text("banner.demo")


@pytest.mark.parametrize("name", EVERY)
def test_an_address_full_of_nonsense_falls_back_to_the_defaults(shared_world, name):
    at = page(name, **NONSENSE)
    usual = page(name)
    assert [box.value for box in at.selectbox] == [box.value for box in usual.selectbox]
    assert [line.value for line in at.text] == [line.value for line in usual.text]


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


def half(instrument, iso3: str, round_: str, shift: int, submodules: tuple[str, ...]) -> Return:
    """A return that goes through the options of each question in turn, with an unknown here and there."""
    answers = []
    asked = instrument.questions[instrument.questions["submodule"].isin(submodules)]
    for i, row in enumerate(asked.itertuples()):
        code = (i + shift) % len(instrument.options[row.answer_set]) if i % 7 else int(Status.DONT_KNOW)
        answers.append(Answer(row.question, code, found=str(code), sheet="S", cell=f"D{i + 4}"))
    return Return(instrument.id, iso3, "", round_, "self", submodules, tuple(answers))


@pytest.fixture(params=SHAPES)
def other_shape(request, empty_store, monkeypatch):
    """A store with returns to an instrument of another shape: three States, two rounds, one of them partial."""
    monkeypatch.setenv("INSTRUMENTS", str(ROOT / "tests" / "instruments"))
    instrument, store = load_instrument(ROOT / "tests" / "instruments" / request.param), open_store(empty_store)
    for n, (iso3, round_) in enumerate((i, r) for i in ("XAA", "XAB", "XAC") for r in ("2024", "2026")):
        parts = instrument.submodules[:1] if iso3 == "XAC" else instrument.submodules
        value = half(instrument, iso3, round_, n, parts)
        store.add(value, [], file_name=f"{iso3}.xlsx", content=f"{iso3}{round_}".encode(), instrument=instrument, by="ana")
    store.close()
    known = load_states(False)
    rows = pd.DataFrame({"iso3": ["XAA", "XAB", "XAC"], "name": ["Xaa", "Xab", "Xac"], "region": "R", "fictional": True})
    table = pd.concat([known.table, rows]).fillna("").reset_index(drop=True)
    monkeypatch.setattr(loaders, "load_states", lambda sample: dataclasses.replace(known, table=table))
    return instrument


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


HOSTILE = '![x](http://out.example/p.png) <img src="http://out.example/q.png"> [a](http://out.example) **b** :red[c] $x^2$'
RAW = ("](http", "<img", ":red[", "**b**")


@pytest.fixture
def hostile_world(empty_store, monkeypatch):
    """A return in which every text that a State can supply is an attempt, and a State whose name is one."""
    from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED

    instrument, store = load_instrument(SHIPPED / DEFAULT_INSTRUMENT), open_store(empty_store)
    known = load_states(False)
    row = pd.DataFrame({"iso3": ["XAA"], "name": [HOSTILE], "region": [HOSTILE], "fictional": [False]})
    group = pd.DataFrame({"kind": ["region"], "group": [HOSTILE], "iso3": ["XAA"]})
    table = pd.concat([known.table, row]).fillna("").reset_index(drop=True)
    groups = pd.concat([known.groups, group], ignore_index=True)
    monkeypatch.setattr(loaders, "load_states", lambda sample: dataclasses.replace(known, table=table, groups=groups))
    answers = tuple(
        Answer(q, 3, found=HOSTILE, sheet=HOSTILE, cell="D4", evidence=HOSTILE, comment=HOSTILE, na_reason=HOSTILE)
        for q in instrument.questions["question"]
    )
    offices = (Contributor(HOSTILE, HOSTILE, HOSTILE),)
    for organization, round_ in (("", "2024"), ("", "2026"), (HOSTILE, "2026")):
        value = Return(instrument.id, "XAA", organization, round_, "self", instrument.submodules, answers, contributors=offices)
        problem = Problem(HOSTILE, HOSTILE, "D4", "answer-not-allowed", HOSTILE, HOSTILE, "IED.U1.1")
        content = f"{organization}{round_}".encode()
        store.add(value, [problem], file_name=HOSTILE, content=content, instrument=instrument, by=HOSTILE)
    store.close()


def read_as_markdown(at: AppTest) -> list[str]:
    """Every string of a page that the browser would read as Markdown."""
    kinds = (at.markdown, at.caption, at.title, at.header, at.subheader, at.info, at.warning, at.error, at.success)
    found = [element.value for kind in kinds for element in kind]
    labelled = [*at.selectbox, *at.multiselect, *at.button, *at.expander, *at.metric, *at.radio, *at.get("popover")]
    found += [str(getattr(element, "label", "")) for element in labelled]
    return found + [m.value for m in at.metric] + [str(getattr(e, "help", "")) for e in labelled]


@pytest.mark.parametrize("name", EVERY)
def test_no_text_from_outside_is_read_as_markdown(hostile_world, name):
    views = [page(name), page(name, country="XAA", countries="XAA", show="one", region=f"region:{HOSTILE}")]
    for at in views:
        live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]  # what no backslash keeps from acting
        assert [words for words in live if any(raw in words for raw in RAW)] == []
        assert not [c for c in at.get("plotly_chart") if "<img" in c.proto.spec or "<a href" in c.proto.spec]
    if name == "country":  # it is shown, as plain text
        assert any(HOSTILE in line.value for line in views[0].text)


def test_a_store_that_cannot_be_used_is_one_sentence_and_the_other_store_stays_at_hand(empty_store, monkeypatch, tmp_path):
    (tmp_path / "notes.sqlite").write_bytes(b"these are my notes, not a store" * 100)
    monkeypatch.setenv("RETURNS_DATABASE", f"sqlite:///{tmp_path / 'notes.sqlite'}")
    at = page("overview")
    assert len(at.error) == 1 and "is not a store" in at.error[0].value
    assert at.get_by_key("w.store").value == "own"


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
