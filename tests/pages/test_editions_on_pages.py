"""Two editions in one store: lines on the common core, and no State compared across a question that changed.

QMA answers the second edition in 2026-H2: 3 (60 points) to every question that is the same, 0 to every other. On the core it stands at 60 in every
part, by the whole questionnaire below that. The number of questions in each part's core was counted in crosswalk.csv.
"""

import csv
import shutil

import pytest
import streamlit as st

from analysis import desk
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.model import Answer, Return
from analysis.registers import LESSONS, RECOMMENDATIONS
from analysis.store import open_store
from analysis.texts import counted, text
from tests.pages.conftest import PARTS, ROOT, WORLD, choose, page, param, place, said, table

LATER = "2370-2026.2"
FIRST, SECOND = (load_instrument(SHIPPED / name) for name in (DEFAULT_INSTRUMENT, LATER))
SAME = {
    row["to_question"]
    for row in csv.DictReader((SHIPPED / LATER / "crosswalk.csv").open(encoding="utf-8"))
    if row["kind"] == "same"
}
CORE = {"IED.U": 26, "IED.D": 28, "UAS.U": 25, "UAS.D": 26, "SALW.U": 28, "SALW.D": 24}
QMA = dict(zip(PARTS, WORLD["QMA", "", "2026", "self"], strict=True))


def add(url: str, value: Return, instrument) -> None:
    store = open_store(url)
    store.add(
        value, [], file_name=f"{value.iso3}.xlsx", content=f"{value.iso3}{value.round}".encode(), instrument=instrument, by="ana"
    )
    store.close()


@pytest.fixture(scope="module")
def two_editions(filled, tmp_path_factory):
    """The world, with QMA's round 2026-H2 in the second edition."""
    folder = tmp_path_factory.mktemp("editions") / "var"
    shutil.copytree(filled, folder)
    answers = tuple(Answer(q, 3 if q in SAME else 0) for q in SECOND.questions["question"])
    value = Return(LATER, "QMA", "", "2026-H2", "self", SECOND.submodules, answers)
    add(f"sqlite:///{folder / 'demo.sqlite'}", value, SECOND)
    with pytest.MonkeyPatch.context() as patch:
        place(patch, folder)
        yield folder
    st.cache_resource.clear()


def opened(at, name):
    at.session_state[f"table.{name}"] = True
    return table(at.run(), name)


def captions(at):
    return " ".join(c.value for c in at.caption).replace("\\", "")


def test_the_page_opens_on_the_edition_with_most_returns(two_editions):
    at = page("country", country="QMA", show="since")
    assert at.selectbox(key="w.instrument").value == DEFAULT_INSTRUMENT
    assert text("country.later", round="2026-H2", edition=SECOND.word("instrument.short")) in said(at)
    rows = table(at, "change-QMA").set_index(
        "label"
    )  # within the first edition, on all its questions, as before: from 1 everywhere
    assert rows["change"].round(6).to_dict() == {FIRST.node_name(b): 20.0 * (a - 1) for b, a in QMA.items()}
    assert "core" not in rows


def test_a_change_across_editions_is_on_the_core_and_says_its_share(two_editions):
    at = page("country", country="QMA", instrument=LATER, show="since")
    rows = table(at, "change-QMA").set_index("label")
    parts = {SECOND.node_name(b): b for b in PARTS}
    assert rows["before"].round(6).to_dict() == {name: 20.0 * QMA[b] for name, b in parts.items()}
    assert rows["after"].round(6).to_dict() == dict.fromkeys(parts, 60.0)
    assert rows["change"].round(6).to_dict() == {name: 60.0 - 20 * QMA[b] for name, b in parts.items()}
    assert rows["core"].to_dict() == {name: CORE[b] for name, b in parts.items()}
    told = next(line for line in said(at) if "The round before, 2026," in line)
    assert "85 % of the 184 questions" in told and "84 % of the 188 questions" in told
    assert not [line for line in said(at) if line.startswith(text("country.later", round="2026-H2", edition="")[:20])]


def test_a_round_of_an_unrelated_questionnaire_is_named_and_not_compared(own_world, monkeypatch):
    monkeypatch.setenv("INSTRUMENTS", str(ROOT / "tests" / "instruments"))
    st.cache_resource.clear()
    other = load_instrument(ROOT / "tests" / "instruments" / "plain-yes-no")
    answers = tuple(Answer(q, 0) for q in other.questions["question"])
    value = Return(other.id, "QMC", "", "2024", "self", other.submodules, answers)
    add(desk.source("demo").url, value, other)
    at = page("country", country="QMC", show="since")
    assert text("country.change.unlinked", before="2024", edition=other.title) in said(at)
    assert text("country.change.first") not in said(at)


def test_lines_go_through_the_break_on_the_core(two_editions):
    at = page("over_time", show="editions", country="QMA")
    rows = opened(at, "over-time-editions-QMA")
    first = rows[rows["label"] == SECOND.node_name("IED.U")]
    assert first[["round", "edition"]].to_numpy().tolist() == [
        ["2024", DEFAULT_INSTRUMENT], ["2026", DEFAULT_INSTRUMENT], ["2026-H2", LATER],
    ]  # fmt: skip
    assert first["score"].round(6).tolist() == [20.0, 40.0, 60.0]
    assert "157 questions" in captions(at) and "85 % of the 184 questions" in captions(at)
    spec = at.get("plotly_chart")[0].proto.spec
    assert spec.count(text("editions.break")) == len(PARTS)


def test_how_sure_a_change_across_editions_is(two_editions):
    """From 20 points in 2024 to 60 in 2026-H2 on the core of every part, all answers of a round alike: weights move neither."""
    at = page("over_time", show="editions", country="QMA", sources="weights")
    at.session_state["uncertain.change"] = True
    rows = opened(at, "sure-2024-2026-H2").set_index("label")
    assert rows.index.tolist() == [SECOND.node_name(b) for b in SECOND.blocks] and set(rows["rise"]) == {"rose"}
    ends = rows.loc[SECOND.node_name("IED.U"), ["low", "median", "high", "least", "most"]]
    assert ends.tolist() == pytest.approx([40] * 5)
    assert text("uncertain.change.core") in captions(at)
    at = page("over_time", show="editions")
    at.session_state["uncertain.group_change"] = True
    assert any(line.startswith("No part has 5 States") for line in said(at.run()))


def test_on_the_page_of_a_state_as_well(two_editions):
    at = page("country", country="QMA", instrument=LATER, sources="weights", show="since")
    at.session_state["uncertain.change"] = True
    rows = opened(at, "sure-2026-2026-H2").set_index("label")
    parts = {SECOND.node_name(b): 60.0 - 20 * QMA[b] for b in PARTS}
    assert rows["median"].round(6).to_dict() == parts  # the answers of 2026 are one more or less than 3 in each part
    assert rows["rise"].to_dict() == {
        name: {1: "rose", 0: "not told apart", -1: "fell"}[(m > 0) - (m < 0)] for name, m in parts.items()
    }


def test_the_share_of_every_part_stands_in_a_table_and_says_where_no_line_goes(two_editions):
    rows = table(page("over_time", show="editions"), "core-shares")
    whole = rows[rows["label"] == text("filter.whole")]
    assert whole[["core", "questions"]].to_numpy().tolist() == [[157, 184], [157, 188]]
    apart = set(rows.loc[rows["through"] == text("editions.through.no"), "label"].str.split().str[0])
    # UAS.U6 and SALW.D2 keep 2 of 4, UAS.U7 2 of 4 (of the first edition); IED.U4 keeps weights 2 1 1 of 2 1 1 1 1 1
    assert apart == {"IED.U4", "UAS.U6", "UAS.U7", "SALW.D2"}
    kinds = table(page("over_time", show="editions"), "editions-kinds").set_index("fate")[["before_count", "after_count"]]
    assert kinds.to_numpy().tolist() == [[157, 157], [12, 12], [4, 8], [6, 3], [0, 8], [5, 0]]


def test_reworded_questions_are_taken_in_by_choice(two_editions):
    at = page("over_time", show="editions", country="QMA")
    assert "157 questions that are the same" in captions(at)
    at = choose(at, "reworded", "yes")
    assert param(at, "reworded") == "yes"
    assert "169 questions, 157 of them the same in every edition and 12 reworded" in captions(at)
    rows = opened(at, "over-time-editions-QMA").set_index(["label", "round"])
    assert rows.loc[(SECOND.node_name("IED.U"), "2026-H2"), "score"] < 60  # QMA answered the reworded ones with 0


def test_rounds_of_the_other_edition_are_named_where_they_are_not_drawn(two_editions):
    told = text("editions.elsewhere", rounds="2026-H2", choice=text("over_time.editions"))
    assert told in said(page("over_time")) and told in said(page("over_time", show="one", country="QMA"))
    assert told not in said(page("over_time", show="editions"))


def test_each_filter_of_the_editions_leaves_what_it_says(two_editions):
    at = choose(page("over_time", show="editions", country="QMA"), "submodule", "uas")
    assert param(at, "submodule") == "uas"
    assert set(opened(at, "over-time-editions-QMA")["label"]) == {SECOND.node_name("UAS.U"), SECOND.node_name("UAS.D")}
    at = choose(page("over_time", show="editions", country="QMA"), "reading", "visit")
    assert opened(at, "over-time-editions-QMA")["round"].unique().tolist() == ["2026"]
    at = choose(page("over_time", show="editions"), "region", "region:Orchard Coast")
    rows = opened(at, "over-time-editions-group")
    assert rows.loc[rows["round"] == "2026", "reported"].unique().tolist() == [3]  # QMA, QMB, QMC
    at = choose(at, "country", "QMA")
    assert param(at, "country") == "QMA" and not [box for box in at.selectbox if box.key == "w.region"]


def test_one_edition_alone_says_that_there_is_nothing_to_join(own_world):
    at = page("over_time", show="editions")
    assert text("editions.only_one") in said(at) and not at.get("plotly_chart")


def test_a_return_to_another_edition_is_looked_through_by_its_own_questions(two_editions):
    at = page("review", round="2026-H2")  # the edition in view is the first, the return answers the second
    assert at.selectbox(key="w.instrument").value == DEFAULT_INSTRUMENT
    assert text("plausible.title") in " ".join(line.value for line in at.markdown)
    at.session_state["board.flags"] = True
    lines = said(at.run())
    assert not at.exception and any("of 1 returns that count" in line for line in lines)


def test_a_return_after_one_in_another_edition_says_that_it_is_not_held_against_it(two_editions):
    store = open_store(f"sqlite:///{two_editions / 'demo.sqlite'}")
    table_ = store.returns()
    store.close()
    mine = table_[(table_["iso3"] == "QMA") & (table_["organization"] == "") & (table_["reading"] == "self")].set_index("round")
    told = text("plausible.other_edition", edition=FIRST.title)
    assert [told in captions(page("returns", **{"return": str(mine.loc[r, "return_id"])})) for r in ("2026-H2", "2026")] == [
        True,
        False,
    ]


def test_a_state_that_returned_only_the_other_edition_has_its_page_with_the_ways_to_it(two_editions):
    """QMB answered the first edition in 2024 and 2026 and an organization of it in 2026; QMA has a return in the second."""
    at = page("country", country="QMB", instrument=LATER)
    assert at.header[0].value == "Medlar Isles" and not at.warning
    assert text("country.elsewhere.none", name="Medlar Isles", edition=SECOND.word("instrument.short")) in said(at)
    assert counted("country.elsewhere.returned", 2, edition=FIRST.word("instrument.short")) in said(at)
    links = {link.proto.label.replace("\\", ""): link.proto.query_string for link in at.get("page_link")}
    told = [label for label, query in links.items() if "round=" in query]
    assert told == [text("country.elsewhere.link", round=r, reading="self-assessment") for r in ("2026", "2024")]
    assert {f"instrument={DEFAULT_INSTRUMENT}", "round=2026", "reading=self", "country=QMB"} == set(links[told[0]].split("&"))
    at = page("country", country="QMB", instrument=DEFAULT_INSTRUMENT, round="2024", reading="self")
    assert at.header[0].value == "Medlar Isles" and not at.warning and at.get("plotly_chart")


def test_what_the_registers_hold_of_a_state_without_a_return_stands_on_its_page(two_editions):
    learnt = {
        "iso3": "QMB",
        "date": "2025-01-01",
        "measure": "IED.D2",
        "source": "exercise",
        "learnt": "*x*",
        "status": "recorded",
    }
    advice = {
        "iso3": "QMB",
        "round": "2024",
        "recommendation": "do *it*",
        "measure": "UAS.U1",
        "priority": "high",
        "status": "done",
    }
    store = open_store(f"sqlite:///{two_editions / 'demo.sqlite'}")
    store.save_records(LESSONS.kind, {"a1": learnt}, "ana")
    store.save_records(RECOMMENDATIONS.kind, {"r1": advice | {"id": "R1"}}, "ana")
    store.close()
    at = page("country", country="QMB", instrument=LATER)
    assert counted("country.lessons.count", 1) in said(at) and len(table(at, "lessons-QMB")) == 1
    shown = table(at, "recommendations-QMB")
    assert len(shown) == 1 and shown["score_change"].isna().all()
