"""The questions page. In round 2026 four national returns answered IED, five SALW: too few to judge a question (ten), so the statistics are told and nothing
is called worth a look until somebody comments or more answer."""

from __future__ import annotations

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.registers import FEEDBACK
from analysis.store import open_store
from analysis.texts import counted, text, word
from pages.shared import views
from tests.pages.conftest import choose, constant_return, page, param, said, sound, table

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
HOSTILE = "![x](http://out.example/p.png) **b**"


def comment(key: str, iso3: str, question: str, status: str = "open", kind: str = "unclear", said: str = "Two at once.") -> dict:
    return {key: {"id": key, "iso3": iso3, "question": question, "feedback_kind": kind, "comment": said, "status": status}}


def keep(folder, *comments) -> None:
    store = open_store(f"sqlite:///{folder / 'demo.sqlite'}", sample=True)
    for one in comments:
        store.save_records(FEEDBACK.kind, one, "ana")
    store.close()


@pytest.fixture
def with_comments(own_world):
    keep(
        own_world,
        comment("c1", "QMA", "IED.U1.1"), comment("c2", "QMB", "IED.U1.1", said=HOSTILE), comment("c3", "QMB", "SALW.D1.1", status="declined"),
    )  # fmt: skip
    return own_world


def test_the_statistics_of_every_question_are_told(shared_world):
    at = page("questions", round="2026")
    rows = table(at, "questions").set_index("question")
    assert len(rows) == len(INSTRUMENT.questions)
    # IED upstream: QMA 2, QMB 3, QMH 4, QMG don't know; QMC did not return it
    one = rows.loc["IED.U1.1"]
    assert (one["asked"], one["answered"], one["at_floor"], one["at_ceiling"], one["left_open"], one["na_said"]) == (
        4,
        3,
        0,
        0,
        25,
        0,
    )
    assert one["mean"] == pytest.approx(60) and one["answers_sd"] == pytest.approx(20)
    # SALW downstream: 0, 4, 4, 5, 4
    one = rows.loc["SALW.D1.1"]
    assert (one["asked"], one["answered"], one["at_floor"], one["at_ceiling"]) == (5, 5, 20, 20)
    assert one["item_rest"] == pytest.approx(1)  # every State gives one answer throughout a part
    assert at.subheader[0].value == counted("questions.title", 0, of=len(INSTRUMENT.questions))
    assert text("questions.alpha.few", fewest=30, n=5) + " " + text("questions.alpha.note") in said(at)


def test_a_sub_module_narrows_the_questions_and_the_address(shared_world):
    at = choose(page("questions", round="2026"), "submodule", "salw")
    assert table(at, "questions")["question"].str.startswith("SALW").all() and param(at, "submodule") == "salw"


def test_open_comments_make_a_question_worth_a_look(with_comments):
    at = page("questions", round="2026")
    assert at.subheader[0].value == counted("questions.title", 1, of=len(INSTRUMENT.questions))
    assert text("questions.counts", parts=counted("questions.count.feedback", 1)) in said(at)
    at.session_state["table.questions"] = True
    first = table(sound(at.run()), "questions").iloc[0]
    assert first["question"] == "IED.U1.1" and first["look"] == counted("questions.look.feedback", 2) and first["feedback"] == 2


def test_comments_are_listed_by_question(with_comments):
    at = page("questions", show="feedback")
    lines = [line for line in said(at) if line.startswith("3 comments")]
    assert lines and text("questions.feedback.most", question="IED.U1.1", n=2) in lines[0]
    rows = table(at, "feedback")
    assert rows["question"].tolist() == ["IED.U1.1", "IED.U1.1", "SALW.D1.1"] and rows["status"].tolist() == [
        "open",
        "open",
        word("feedback_step", "declined"),
    ]
    at = choose(at, "question", "SALW.D1.1")
    assert len(table(at, "feedback")) == 1 and param(at, "question") == "SALW.D1.1"
    shown = [x.value for kind in (at.markdown, at.caption, at.info) for x in kind]
    assert not any("![x]" in s for s in shown)


def test_a_comment_is_entered_by_hand(own_world):
    at = page("questions", show="feedback")
    assert text("questions.feedback.none") in said(at)
    at.session_state["questions.enter"] = True
    at = sound(at.run())
    at.selectbox(key="registers.feedback..iso3.0").set_value("QMA")
    at.selectbox(key="registers.feedback..question.0").set_value("UAS.U1.1")
    at.selectbox(key="registers.feedback..feedback_kind.0").set_value("missing_option")
    at.text_area(key="registers.feedback..comment.0").set_value("A draft law has no level.")
    at = sound(next(b for b in at.button if b.label == text("registers.save")).click().run())
    assert counted("registers.kept", 1) in [s.value for s in at.success]
    assert table(at, "feedback")[["question", "comment", "status"]].to_numpy().tolist() == [
        ["UAS.U1.1", "A draft law has no level.", "open"]
    ]


def test_with_many_returns_the_reasons_and_alpha_are_told(own_world):
    """A round of 24 visits: everybody answers IED upstream with 0 and says N/A to UAS downstream."""
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}", sample=True)
    for i in range(30):
        parts = ("IED.U", "IED.D", "UAS.U", "UAS.D", "SALW.U", "SALW.D")
        given = dict(zip(parts, (0, i % 6, i % 6, -1, i % 5, 3), strict=True))
        value = constant_return(INSTRUMENT, (f"QM{chr(65 + i % 24)}", "", f"20{30 + i // 24}", "visit"), given)
        store.add(value, [], file_name=f"{i}.xlsx", content=f"more {i}".encode(), instrument=INSTRUMENT, by="ana")
    store.close()
    at = page("questions", round="2030", reading="visit")
    at.session_state["table.questions"] = True
    rows = table(sound(at.run()), "questions").set_index("question")
    assert rows.loc["IED.U1.1", "look"] == text("questions.look.floor", share="100 %")
    assert rows.loc["UAS.D1.1", "look"] == text("questions.look.na", share="100 %") and rows.loc["UAS.U1.1", "look"] in ("", None)
    assert (
        views.plain(counted("questions.title", (INSTRUMENT.questions["question"].str.match(r"IED\.U|UAS\.D")).sum(), of=184))
        == at.subheader[0].value
    )
