"""Which answers count: superseding sub-module by sub-module, steps, the panel, and the way back to a cell."""

import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model import FIRST_STEPS, MOVES, NOT_RETURNED, PANEL_KEYS, STEPS, Status
from analysis.store import open_store
from tests.store.worlds import LAND, OF, SEA, coast, coast_return

N = NOT_RETURNED


def standing(store) -> dict[tuple[int, str], str]:
    """(return, sub-module) -> what it is worth now."""
    rows = store.parts()
    return {(i, s): w for i, s, w in rows[["return_id", "submodule", "standing"]].itertuples(index=False)}


def test_an_empty_store_gives_an_empty_panel_of_the_right_shape(store, instrument, put):
    empty = store.panel(instrument)
    assert empty.codes.shape == (0, 5) and empty.codes.dtype == np.int8
    put({"sea": (3, 3)})
    full = store.panel(instrument)
    assert empty.index.dtypes.to_dict() == full.index.dtypes.to_dict()
    assert empty.parts.dtypes.to_dict() == full.parts.dtypes.to_dict()


def test_a_part_that_was_not_returned_is_not_blank(store, instrument, put):
    put({"land": (3, Status.BLANK, Status.WITHHELD)})
    assert store.panel(instrument).codes.tolist() == [[N, N, 3, -5, -4]]


def test_a_resubmission_supersedes_sub_module_by_sub_module_and_the_earlier_stays_readable(store, instrument, put):
    put({"sea": (0, 0), "land": (1, 1, 1)})
    put({"sea": (3, 2)})
    panel = store.panel(instrument)
    assert panel.codes.tolist() == [[3, 2, 1, 1, 1]]
    assert panel.index["returns"].tolist() == [2]
    assert panel.parts[["row", "submodule", "return_id", "step"]].to_numpy().tolist() == [
        [0, "sea", 2, "submitted"],
        [0, "land", 1, "submitted"],
    ]
    assert store.answers(1)["code"].tolist() == [0, 0, 1, 1, 1]
    history = store.returns().set_index("return_id")
    assert history.loc[1, ["counts", "standing", "superseded_by"]].tolist() == ["land", "counts_in_part", "2"]
    assert history.loc[2, ["counts", "standing", "superseded_by"]].tolist() == ["sea", "counts", ""]
    assert store.parts()["superseded_by"].tolist() == [2, pd.NA, pd.NA]


def test_a_validated_part_counts_until_its_replacement_is_validated(store, instrument, put):
    put({"sea": (1, 1)})
    store.set_step(1, "validated", "ben")
    put({"sea": (2, 2)})
    assert store.panel(instrument).codes[0, :2].tolist() == [1, 1]
    assert standing(store) == {(1, "sea"): "counts", (2, "sea"): "waiting"}
    assert store.returns().set_index("return_id")["standing"].to_dict() == {2: "waiting", 1: "counts"}
    store.set_step(2, "validated", "ben")
    assert store.panel(instrument).codes[0, :2].tolist() == [2, 2]
    assert standing(store) == {(1, "sea"): "superseded", (2, "sea"): "counts"}


def test_a_return_that_was_sent_back_does_not_count_and_the_one_before_does_again(store, instrument, put):
    put({"sea": (1, 1)})
    put({"sea": (2, 2)})
    store.set_step(2, "sent_back", "ben", "wrong year")
    assert store.panel(instrument).codes[0, :2].tolist() == [1, 1]
    assert standing(store) == {(1, "sea"): "counts", (2, "sea"): "sent_back"}
    store.set_step(2, "submitted", "ana", "the year was right")
    assert store.panel(instrument).codes[0, :2].tolist() == [2, 2]


def test_a_draft_counts_only_when_asked_for_and_only_where_there_is_nothing_better(store, instrument, put):
    put({"sea": (0, 0), "land": (0, 0, 0)}, step="draft")
    assert len(store.panel(instrument)) == 0
    assert store.panel(instrument, drafts=True).codes.tolist() == [[0] * 5]
    put({"sea": (1, 1)})
    put({"sea": (2, 2)}, step="draft")
    assert store.panel(instrument).codes.tolist() == [[1, 1, N, N, N]]
    assert store.panel(instrument, drafts=True).codes.tolist() == [[1, 1, 0, 0, 0]]
    assert standing(store) == {(1, "sea"): "draft", (1, "land"): "draft", (2, "sea"): "counts", (3, "sea"): "draft"}


def test_organizations_readings_and_rounds_are_units_of_their_own_sorted_by_date(store, instrument, put):
    put({"sea": (0, 0)}, iso3="QMB", round_="2026")
    put({"sea": (1, 1)}, iso3="QMA", round_="2026-H2")
    put({"sea": (2, 2)}, iso3="QMA", round_="2026-05", reading="visit")
    put({"sea": (3, 3)}, iso3="QMA", organization="Navy")
    put({"sea": (1, 0)}, iso3="QMA", round_="2026-05")
    panel = store.panel(instrument)
    assert panel.index[PANEL_KEYS].to_numpy().tolist() == [
        ["QMA", "", "2026-05", "self"],
        ["QMA", "", "2026-05", "visit"],
        ["QMA", "", "2026-H2", "self"],
        ["QMA", "Navy", "2026", "self"],
        ["QMB", "", "2026", "self"],
    ]
    assert panel.codes[:, :2].tolist() == [[1, 0], [2, 2], [1, 1], [3, 3], [0, 0]]
    assert panel.index["row"].tolist() == [0, 1, 2, 3, 4] == panel.parts["row"].tolist()
    assert panel.parts["return_id"].tolist() == [5, 3, 2, 4, 1]
    assert [f"{d:%Y-%m-%d}" for d in panel.index["round_date"]] == ["2026-05-01"] * 2 + ["2026-07-01"] + ["2026-01-01"] * 2


def test_the_dates_of_a_unit_span_the_returns_that_feed_it(store, instrument, put):
    put({"sea": (0, 0)}, date_from=dt.date(2026, 3, 1), date_to=dt.date(2026, 3, 9))
    put({"land": (0, 0, 0)}, date_from=dt.date(2026, 5, 1))
    put({"land": (0, 0, 0)}, iso3="QMB")
    index = store.panel(instrument).index
    assert index["date_from"].tolist() == [pd.Timestamp("2026-03-01"), pd.NaT]
    assert index["date_to"].tolist() == [pd.Timestamp("2026-03-09"), pd.NaT]


def test_the_panel_of_one_instrument_holds_nothing_of_another(store, instrument, put, tmp_path):
    put({"sea": (0, 0)})
    other = coast(tmp_path / "elsewhere")
    object.__setattr__(other, "id", "coast-2")
    assert len(store.panel(other)) == 0 and len(store.panel(instrument)) == 1


def test_the_codes_of_a_panel_are_read_only(store, instrument, put):
    put({"sea": (0, 0)})
    with pytest.raises(ValueError, match="read-only"):
        store.panel(instrument).codes[0, 0] = 3


def test_every_code_leads_back_to_the_cell_it_came_from(store, instrument, put):
    put({"sea": (0, 0), "land": (1, 2, 3)}, content=b"first")
    put({"sea": (3, Status.DONT_KNOW)}, content=b"second", round_="2026")
    put({"sea": (2, 2)}, iso3="QMB")
    panel = store.panel(instrument)
    found = store.trace(panel, 0, SEA[1])
    sha256 = store.returns().set_index("return_id").loc[2, "sha256"]
    assert {k: found[k] for k in ("return_id", "file", "sha256", "sheet", "cell", "found", "code", "imported_by")} == {
        "return_id": 2, "file": "QMA.xlsx", "sha256": sha256, "sheet": "SEA", "cell": "D5", "found": "-3", "code": -3,
        "imported_by": "ana",
    }  # fmt: skip
    assert found["received_at"].tzinfo is dt.UTC
    assert store.trace(panel, 0, LAND[2])["return_id"] == 1 and store.trace(panel, 0, LAND[2])["code"] == 3
    assert store.trace(panel, 1, LAND[0]) == {}, "that sub-module was not returned"
    alone = panel.where([1])
    assert store.trace(alone, 0, SEA[0])["return_id"] == 3, "also in a part of the panel"


REORDERED = "question,measure,answer_set\nLAND.A.3,LAND.A,four\nLAND.A.1,LAND.A,four\nSEA.A.2,SEA.A,four\nSEA.A.1,SEA.A,four\n"


def test_a_changed_order_of_questions_and_options_never_moves_an_answer(store, instrument, put, tmp_path):
    put({"sea": (0, 1), "land": (3, Status.BLANK, 2)})
    turned = "answer_set,option,value,level\nfour,all,1,3\nfour,most,2/3,2\nfour,some,1/3,1\nfour,none,0,0\n"
    questions = REORDERED + "LAND.A.2,LAND.A,four\nSEA.A.9,SEA.A,four\n"
    changed = coast(tmp_path / "later", questions=questions, answers=turned)
    assert changed.questions["question"].tolist() == ["SEA.A.2", "SEA.A.1", "SEA.A.9", "LAND.A.3", "LAND.A.1", "LAND.A.2"]
    expected = [[2, 3, Status.NOT_ASKED, 1, 0, Status.BLANK]]
    assert store.panel(changed).codes.tolist() == expected, "made from the rows at once"
    version = store.version()
    assert store.rebuild_vectors(changed) == 1 and store.rebuild_vectors(changed) == 0
    assert store.version() != version and store.panel(changed).codes.tolist() == expected
    assert store.panel(instrument).codes.tolist() == [[0, 1, 3, -5, 2]], "and back"


def test_an_answer_to_a_question_that_is_no_more_is_not_dropped_in_silence(store, instrument, put, tmp_path):
    put({"land": (3, 3, 3)})
    with pytest.raises(KeyError, match=r"coast no longer has the question LAND\.A\.2 with the answer all"):
        store.panel(coast(tmp_path / "later", questions=REORDERED))


def naive_panel(done: list, drafts: bool) -> dict[tuple, list[int]]:
    """The rule of scoring.md read aloud: every unit and sub-module on its own, from the oldest return to the newest."""
    panel = {}
    for unit in {value.key for value, _ in done}:
        row = []
        for submodule, questions in OF.items():
            counts = None
            for wanted in ("draft", "submitted", "validated"):
                for value, step in done:
                    fits = value.key == unit and submodule in value.submodules and step == wanted
                    if fits and (wanted != "draft" or drafts):
                        counts = value
            codes = {a.question: int(a.code) for a in counts.answers} if counts else {}
            row += [codes.get(question, N) for question in questions]
        if set(row) != {N}:
            panel[unit] = row
    return panel


code = st.integers(-7, 3)
parts_of_a_return = st.fixed_dictionaries(
    {}, optional={"sea": st.tuples(code, code), "land": st.tuples(code, code, code)}
).filter(bool)  # fmt: skip
event = st.one_of(
    st.tuples(st.just("add"), parts_of_a_return, st.sampled_from(["QMA", "QMB"]), st.sampled_from(["2024", "2026"]), st.sampled_from(FIRST_STEPS)),
    st.tuples(st.just("step"), st.integers(0, 20), st.sampled_from(STEPS)),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(event, max_size=12), st.booleans())
def test_the_panel_is_what_the_rule_says_and_what_the_rows_say(events, drafts):
    with tempfile.TemporaryDirectory() as folder:
        instrument = coast(Path(folder))
        store = open_store(f"sqlite:///{folder}/returns.sqlite")
        done = []
        for i, (kind, *what) in enumerate(events):
            if kind == "add":
                codes, iso3, round_, step = what
                value = coast_return(codes, iso3=iso3, round_=round_)
                store.add(value, [], file_name="a", content=bytes([i]), instrument=instrument, by="ana", step=step)
                done.append([value, step])
            elif done:
                place = what[0] % len(done)
                if what[1] in MOVES[done[place][1]]:
                    store.set_step(place + 1, what[1], "ben", "because")
                    done[place][1] = what[1]
        panel = store.panel(instrument, drafts=drafts)
        keys = [tuple(key) for key in panel.index[PANEL_KEYS].itertuples(index=False)]
        assert dict(zip(keys, panel.codes.tolist(), strict=True)) == naive_panel(done, drafts)
        assert keys == sorted(keys)
        counting = store.parts().query("standing == 'counts'")[["return_id", "submodule"]].to_numpy().tolist()
        assert sorted(counting) == sorted(store.panel(instrument).parts[["return_id", "submodule"]].to_numpy().tolist())
        assert store.rebuild_vectors(instrument) == 0, "every vector equals its rows"
        store.close()
