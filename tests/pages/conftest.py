"""Pages run one by one over a small world whose every score can be worked out by hand."""

from __future__ import annotations

import base64
import csv
import dataclasses
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from analysis import desk
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.model import Answer, Contributor, Problem, Return, Status
from analysis.states import load_states
from analysis.store import open_store
from pages.shared import loaders

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(path.stem for path in ROOT.glob("pages/*.py")))
PARTS = ("IED.U", "IED.D", "UAS.U", "UAS.D", "SALW.U", "SALW.D")
UNKNOWN = int(Status.DONT_KNOW)
SHAPES = ("plain-yes-no", "yard-0-3")

#: The world: the one answer a State gave to every question of each part (in the order of PARTS); None: the sub-module was not returned.
#: On the scale 0-5 an answer a to all questions of a part is a score of 20 a for the part and each of its measures.
WORLD: Mapping[tuple[str, str, str, str], tuple[int | None, ...]] = {
    ("QMA", "", "2024", "self"): (1, 1, 1, 1, 1, 1),
    ("QMA", "", "2026", "self"): (2, 1, 3, 2, 4, 0),
    ("QMA", "", "2026", "visit"): (2, 2, 2, 2, 2, 2),
    ("QMB", "", "2024", "self"): (3, 3, 3, 3, 3, 3),
    ("QMB", "", "2026", "self"): (3, 3, 3, 3, 3, 4),
    ("QMB", "Coast *guard*", "2026", "self"): (1, 1, 1, 1, 1, 1),
    ("QMC", "", "2026", "self"): (None, None, None, None, 5, 4),
    ("QMG", "", "2026", "self"): (UNKNOWN, 5, 5, 5, 5, 5),
    ("QMH", "", "2024", "self"): (2, 2, 2, 2, 2, 2),
    ("QMH", "", "2026", "self"): (4, 4, 4, 4, 4, 4),
}

#: A text that tries to act, and what of it must never stand alive on a page.
HOSTILE = '![x](http://out.example/p.png) <img src="http://out.example/q.png"> [a](http://out.example) **b** :red[c] $x^2$'
RAW = ("](http", "<img", ":red[", "**b**")


def measures_of() -> Counter:
    """How many measures each part has, counted in the instrument's file."""
    with (SHIPPED / DEFAULT_INSTRUMENT / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
        return Counter(row["parent"] for row in csv.DictReader(file))


def constant_return(instrument, unit: tuple[str, str, str, str], given: Mapping[str, int | None], **more) -> Return:
    """A return in which every question of a part has the same code; parts with None are not returned."""
    part_of = dict(zip(instrument.measures["node"], instrument.measures["parent"], strict=True))
    answers, submodules = [], []
    for i, row in enumerate(instrument.questions.itertuples()):
        code = given[part_of[row.measure]]
        if code is None:
            continue
        found = str(code) if code >= 0 else "Don't know"
        answers.append(Answer(row.question, code, found=found, sheet=row.submodule.upper(), cell=f"G{i + 10}"))
        submodules.append(row.submodule)
    return Return(instrument.id, *unit, tuple(dict.fromkeys(submodules)), tuple(answers), **more)


def fill(url: str) -> None:
    """Put the world into a store; every file has bytes of its own, and one problem where the State is QMG."""
    instrument, store = load_instrument(SHIPPED / DEFAULT_INSTRUMENT), open_store(url)
    for unit, codes in WORLD.items():
        offices = (Contributor("Office of *records*", "police", "ied"),) if unit[0] == "QMA" else ()
        value = constant_return(instrument, unit, dict(zip(PARTS, codes, strict=True)), contributors=offices)
        name = "_".join(filter(None, (unit[0], unit[2], unit[3], "org" if unit[1] else ""))) + ".xlsx"
        problem = Problem(name, "IED", "G14", "answer-not-allowed", "Mostly", "0-5", "IED.U1.1")
        content = f"bytes of {name}".encode()
        problems = [problem] if unit[0] == "QMG" else []
        store.add(value, problems, file_name=name, content=content, instrument=instrument, by="ana")
    store.close()


@pytest.fixture(scope="session", autouse=True)
def errors_in_full():
    """A reader never sees a traceback; a test does."""
    before = config.get_option("client.showErrorDetails")
    config.set_option("client.showErrorDetails", "full")
    yield
    config.set_option("client.showErrorDetails", before)


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """A folder with the world as the demonstration's store (its States are the fictional ones)."""
    folder = tmp_path_factory.mktemp("world")
    fill(f"sqlite:///{folder / 'demo.sqlite'}")
    return folder


def place(monkeypatch, folder: Path) -> None:
    """Let the pages look into a folder, with empty caches."""
    st.cache_resource.clear()
    monkeypatch.setattr(desk, "VAR", folder)
    monkeypatch.setattr(desk, "_demo_file", lambda: folder / "demo.sqlite")  # not to be built from the sample workbooks
    for name in ("RETURNS_STORE", "RETURNS_DATABASE", "INSTRUMENTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def shared_world(filled):
    """The world for a module's tests that only read; the caches stay warm between them."""
    with pytest.MonkeyPatch.context() as patch:
        place(patch, filled)
        yield filled
    st.cache_resource.clear()


@pytest.fixture
def own_world(filled, tmp_path, monkeypatch):
    """A copy of the world that a test may change."""
    shutil.copytree(filled, tmp_path / "var")
    place(monkeypatch, tmp_path / "var")
    yield tmp_path / "var"
    st.cache_resource.clear()


@pytest.fixture
def empty_store(tmp_path, monkeypatch):
    """The office's own store with nothing in it; gives its URL."""
    place(monkeypatch, tmp_path)
    url = f"sqlite:///{tmp_path / 'returns.sqlite'}"
    monkeypatch.setenv("RETURNS_STORE", "own")
    monkeypatch.setenv("RETURNS_DATABASE", url)
    yield url
    st.cache_resource.clear()


def kept(folder, register, *bodies) -> None:
    """Put rows into a register of the world."""
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}")
    place = desk.open_desk(sample=True)
    rows = [row for body in bodies for row in desk.register_row(place, register, "2370-2026.1", body).rows]
    assert len(rows) == len(bodies)
    desk.keep(store, register, rows, "ana")
    store.close()


def page(name: str, **params: str) -> AppTest:
    """A page as a deep link opens it: alone, with what stands in the address."""
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=180)
    if name != "home":
        at.switch_page(f"pages/{name}.py")
    for key, value in params.items():
        at.query_params[key] = value
    return sound(at.run())


def sound(at: AppTest) -> AppTest:
    """The page, after making sure that it ran to its end."""
    failed = [f"{e.message}\n" + "\n".join(e.stack_trace) for e in at.exception]
    assert not failed, failed[0]
    return at


def choose(at: AppTest, key: str, value: object) -> AppTest:
    """Choose in the widget of a key, and run."""
    at.get_by_key(f"w.{key}").set_value(value)
    return sound(at.run())


def table(at: AppTest, name: str):
    """The table of a name, as a pandas DataFrame."""
    return at.container(key=f"sheet.{name}").dataframe[0].value


def drawn(at: AppTest, number: int = 0) -> list[list[float]]:
    """The rounded x values of every trace of a figure, without its holes."""
    spec = json.loads(at.get("plotly_chart")[number].proto.spec)
    return [[round(x, 6) for x in _numbers(trace.get("x", []))] for trace in spec["data"]]


def _numbers(values: list | dict) -> list[float]:
    """Numbers as plotly packs them: a list, or bytes with their type."""
    if isinstance(values, dict):
        values = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).tolist()
    return [x for x in values if isinstance(x, (int, float)) and x == x]


def said(at: AppTest) -> list[str]:
    """Every plain text of a page, in order."""
    return [element.value for element in at.text]


def param(at: AppTest, key: str) -> str | None:
    """What stands in the address for a key, None for nothing."""
    return at.query_params.get(key)


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
