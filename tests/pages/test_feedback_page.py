"""The feedback loop over the small world of the pages, with a register of lessons whose every number can be counted."""

from __future__ import annotations

import json

import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.registers import LESSONS
from analysis.reports.feedback import LESSONS as REGISTER_COLUMNS
from analysis.store import open_store
from analysis.texts import counted, text
from tests.pages.conftest import choose, drawn, page, param, said, sound, table


def lesson(iso3: str, measure: str, status: str = "recorded", date: str = "2025-01-01", **more) -> dict:
    return {"iso3": iso3, "date": date, "measure": measure, "source": "exercise", "learnt": "*x*", "status": status} | more


#: QMA: five lessons on IED.D2 (informs IED.U1 and IED.U7), three changes; QMM (another region): two on SALW.D7 (informs SALW.U1), none.
ROWS = {
    **{f"a{i}": lesson("QMA", "IED.D2", "made", date_made=f"2025-0{i}-01") for i in (2, 3, 4)},
    "a5": lesson("QMA", "IED.D2", "proposed"),
    "a6": lesson("QMA", "IED.D2", date="2023-01-01"),
    "m1": lesson("QMM", "SALW.D7", "rejected"),
    "m2": lesson("QMM", "SALW.D7"),
}


@pytest.fixture
def with_lessons(own_world):
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.save_records(LESSONS.kind, ROWS, "ana")
    store.close()
    return own_world


def heads(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def test_without_lessons_the_page_says_so_and_where_they_come_in(shared_world):
    at = page("feedback")
    assert text("feedback.none") in said(at) and not at.get("plotly_chart")


def test_the_title_counts_changes_and_the_sentence_what_waits(with_lessons):
    at = page("feedback")
    assert heads(at)[0] == counted("feedback.closure.title", 7, made=3)
    assert any(text("feedback.closure.rest", waiting=3, rejected=1) in line for line in said(at))
    # five States of the world have a national self-assessment; QMM records lessons and has none
    assert any(
        counted("feedback.closure.states", 1, of=5) + " " + counted("feedback.closure.others", 1) in line for line in said(at)
    )


def test_a_share_is_drawn_from_five_lessons_on(with_lessons):
    points = drawn(page("feedback"), 0)[-2]  # the dots; behind them their bars, after them the marks of the hover
    assert [round(x, 1) for x in points] == [42.9, 60.0]  # 3 of 7, 3 of 5; two lessons are no share


def test_a_region_and_a_submodule_narrow_the_lessons_and_stand_in_the_address(with_lessons):
    at = choose(page("feedback"), "region", "region:Slate Basin")
    assert heads(at)[0] == counted("feedback.closure.title", 2, made=0) and param(at, "region") == "region:Slate Basin"
    at = choose(page("feedback"), "submodule", "ied")
    assert heads(at)[0] == counted("feedback.closure.title", 5, made=3) and param(at, "submodule") == "ied"


def test_without_a_share_there_is_a_table_and_no_empty_figure(with_lessons):
    at = page("feedback", region="region:Slate Basin")  # two lessons
    assert not at.get("plotly_chart") and table(at, "loop-closure")["recorded"].tolist() == [2]
    assert heads(at)[0] == counted("feedback.closure.title", 2, made=0)
    assert any(line.endswith(text("feedback.time.half.few", n=1, fewest=5)) for line in said(at))  # one was rejected


def test_reviews_stand_beside_revisions(with_lessons):
    rows = table(page("feedback"), "loop-reviews").set_index("review_words")
    done, only = (rows.loc[text(f"feedback.review.{kind}")] for kind in ("done", "none"))
    # three changes made, and a5: IED.U1 and IED.U7 rose from level 1 in 2024 to level 2 in 2026; QMM has no return
    assert done.tolist() == [4, 0, 1]
    assert only.tolist() == [0, 0, 2]  # a6 lies before the first return


def test_the_matrix_shows_how_many_lessons_went_each_way(with_lessons):
    at = page("feedback", show="links")
    marks = json.loads(at.get("plotly_chart")[0].proto.spec)["data"][0]["text"]
    links = load_instrument(SHIPPED / DEFAULT_INSTRUMENT).feedback_links
    assert len(marks) == links["downstream"].str.startswith("IED.").sum()
    assert sorted(marks) == ["0"] * (len(marks) - 2) + ["5", "5"]
    (key,) = (one.value for one in at.caption if one.value.startswith(text("feedback.links.key.all")))
    assert text("feedback.links.key.outline") not in key  # every lesson went along a link, so no outline is drawn


def test_for_one_state_the_matrix_shows_both_levels_and_where_they_part(shared_world):
    at = choose(page("feedback", show="links", submodule="uas"), "country", "QMA")
    assert param(at, "country") == "QMA"
    marks = json.loads(at.get("plotly_chart")[0].proto.spec)["data"][0]["text"]
    assert set(marks) == {
        text("feedback.links.mark", downstream=2, upstream=3),
        text("feedback.links.mark", downstream=2, upstream=2),
    }


def test_the_flags_of_the_states_in_view_are_one_list(shared_world):
    at = page("feedback", show="flags")
    found = table(at, "feedback-flags")
    # certain: QMB SALW 4 over 3 (response-heavy); possible: QMG, whose IED upstream is open, with 5 downstream
    certain = found[found["known_words"] == text("feedback.known.certain")]
    assert certain["name"].tolist() == ["Medlar Isles"] and certain["flag_words"].tolist() == [text("feedback.flag.heavy")]
    possible = found[found["known_words"] == text("feedback.known.possible")]
    assert set(possible["name"]) == {"Hornbeam Republic"}
    at = choose(at, "round", "2024")
    assert text("feedback.flags.sentence", heavy_states=0, heavy_n=0, loop_states=0, loop_n=0, possible=0, of=3) in said(at)


def test_the_flags_of_a_state_stand_on_its_own_page(shared_world):
    at = page("country", country="QMB")
    told = [
        line
        for line in said(at)
        if line.startswith("For certain, response stands a level above prevention (response-heavy) in 1 of ")
    ]
    assert len(told) == 1 and "(loop open) from 0 of " in told[0] and told[0].endswith("Depending on open questions: 0 more.")


def test_the_register_lists_what_is_kept_as_plain_values(with_lessons):
    at = page("feedback", show="register")
    found = table(at, "lessons")
    assert (
        len(found) == 7 and set(found["learnt"]) == {"*x*"} and list(found.columns) == [c for c in REGISTER_COLUMNS if c in found]
    )
    assert heads(at)[0] == counted("feedback.register.title", 7)


def test_every_section_can_be_chosen(shared_world):
    at = page("feedback")
    for show in ("links", "flags", "register", "closure"):
        choose(at, "show", show)
        assert param(at, "show") == (None if show == "closure" else show)
        sound(at)


def test_the_list_of_a_states_flags_opens_on_its_page(shared_world):
    at = page("country", country="QMB")
    at.session_state["flags.QMB"] = True
    rows = table(sound(at.run()), "flags-QMB")
    assert rows["flag_words"].tolist() == [text("feedback.flag.heavy")]
    assert rows[["downstream_level", "upstream_level"]].to_numpy().tolist() == [["4", "3"]]
