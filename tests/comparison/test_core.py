"""The common core of editions. A step of an answer is worth 20 points; expected values are worked out beside them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison import core, rounds
from analysis.model import NOT_RETURNED, Panel, Status, round_date
from analysis.scores.draws import draws
from analysis.scores.pairs import against
from analysis.scores.tree import node_scores
from analysis.scores.uncertainty import UncertaintySettings
from tests import tiny
from tests.scores.worlds import FIXED, instrument_of, measure, node, question, scale


def _old():
    """The earlier edition: M1 has one question more, M2 is as it was, c3 was asked on a scale 0-3."""
    m1 = measure("M1", [question(f"x{i}", scale(5)) for i in (1, 2, 3, 4)])
    m2 = measure("M2", [question(f"b{i}", scale(5)) for i in (1, 2, 3)])
    m3 = measure("M3", [question("c1", scale(5)), question("c2", scale(5)), question("c3", scale(3))])
    return replace(instrument_of([node("A", [m1, m2]), node("B", [m3])]), id="old")


def _new():
    rows = [("old", f"x{i}", f"a{i}", kind) for i, kind in ((1, "same"), (2, "same"), (3, "reworded"))]
    rows += [
        ("old", "x4", "", "dropped"),
        ("old", "b1", "b1", "same"),
        ("old", "b2", "b2", "split"),
        ("old", "b2", "b3", "split"),
    ]
    rows += [("old", "b3", "", "dropped"), *[("old", c, c, "same") for c in ("c1", "c2", "c3")]]
    table = pd.DataFrame(rows, columns=["from_instrument", "from_question", "to_question", "kind"], dtype="str")
    return replace(tiny.instrument(), id="new", crosswalk=table)


OLD, NEW = _old(), _new()
CORE = core.common_core([OLD, NEW])


def panel(instrument, *units):
    """A panel of (iso3, answers, round[, reading]) to either edition."""
    rows, codes = [], []
    for i, (iso3, answers, label, *rest) in enumerate(units):
        rows.append((i, iso3, "", label, (rest or ["self"])[0], pd.Timestamp(round_date(label))))
        codes.append([int(tiny.MARKS.get(c, c)) for c in answers.replace(" ", "")])
    index = pd.DataFrame(rows, columns=["row", "iso3", "organization", "round", "reading", "round_date"])
    shape = (len(rows), len(instrument.questions))
    return Panel(instrument.id, np.array(codes, dtype=np.int8).reshape(shape), index)


def both(old, new):
    return {"old": panel(OLD, *old), "new": panel(NEW, *new)}


def test_the_core_is_what_is_the_same_and_worth_the_same():
    """c3 is called the same, but was asked on another scale: it is not in the core."""
    questions = NEW.questions["question"].to_numpy()
    assert questions[CORE.mask].tolist() == ["a1", "a2", "b1", "c1", "c2"]
    assert CORE.reworded == 0
    wider = core.common_core([OLD, NEW], reworded=True)
    assert questions[wider.mask].tolist() == ["a1", "a2", "a3", "b1", "c1", "c2"]
    assert wider.reworded == 1


def test_editions_that_no_crosswalk_joins_have_no_core():
    with pytest.raises(KeyError, match="old"):
        core.common_core([OLD, tiny.instrument()])


def test_the_share_of_the_core_is_told_by_number_and_by_weight():
    """By number: 5 of 10 and 5 of 9. Each of A and B is a root; in A, M1 and M2 weigh 1/2 each.
    Old A: M1 2/4, M2 1/3, so 1/4 + 1/6 = 5/12; new A: M1 2/3, M2 1/3, so 1/2. B: 2/3 in both. Whole: the mean of the two roots."""
    shares = core.core_shares(CORE).set_index(["node", "edition"])
    assert shares.loc[("", "old"), ["core", "questions", "share"]].tolist() == [5, 10, 0.5]
    assert shares.loc[("", "new"), ["core", "questions", "share"]].tolist() == [5, 9, pytest.approx(5 / 9)]
    found = {key: shares.loc[key, "weight"] for key in (("A", "old"), ("A", "new"), ("B", "old"), ("M1", "old"), ("M2", "new"))}
    assert found == pytest.approx({
        ("A", "old"): 5 / 12, ("A", "new"): 1 / 2, ("B", "old"): 2 / 3, ("M1", "old"): 1 / 2, ("M2", "new"): 1 / 3,
    })  # fmt: skip
    assert shares.loc[("", "old"), "weight"] == pytest.approx((5 / 12 + 2 / 3) / 2)


def test_a_line_needs_three_fifths_of_the_weight_in_every_edition():
    assert core.spanned(CORE.shares, ["A", "B", "M1"]) == {"A": False, "B": True, "M1": False}
    edge = pd.DataFrame({"node": ["N", "N"], "weight": [1.0, 3 * 0.2]})  # 0.6000000000000001
    below = edge.assign(weight=[1.0, 0.599])
    assert core.spanned(edge, ["N"]) == {"N": True}
    assert core.spanned(edge.assign(weight=[0.6, 0.6 - 1e-12]), ["N"]) == {"N": True}
    assert core.spanned(below, ["N"]) == {"N": False}


def test_both_rounds_are_scored_on_the_core_only():
    """Old M1: x1 x2 of the core = 1 3, so (20 + 60) / 2 = 40, whatever x3 and x4 say; new: 2 4 = 60. M2: b1 alone, 100 then 0."""
    scores = core.core_scores(CORE, both([("QMA", "1355 511 550", "2024")], [("QMA", "240 055 005", "2026")]))
    at = [scores.column(n) for n in ("M1", "M2", "M3", "A")]
    assert scores.score[:, at] == pytest.approx(np.array([[40, 100, 100, 70], [60, 0, 0, 30]]))
    assert scores.panel.index["edition"].tolist() == ["old", "new"]
    assert (scores.applicable[:, scores.column("A")] == 3).all()


def test_an_earlier_edition_keeps_its_statuses_and_what_was_not_returned():
    found = core.core_panel(CORE, both([("QMA", "?w5. n.. ___", "2024")], []))
    skipped = int(Status.NOT_ASKED)
    assert found.codes.tolist() == [
        [int(Status.DONT_KNOW), int(Status.WITHHELD), skipped, int(Status.NA_JUSTIFIED), skipped, skipped, NOT_RETURNED, NOT_RETURNED, skipped]
    ]  # fmt: skip
    scores = core.core_scores(CORE, both([("QMA", "3333 333 ___", "2024")], []))
    table = scores.table.set_index("node")
    assert table.loc["B", "why"] == "not_returned"


def test_the_gates_are_those_of_the_latest_edition():
    """M3 has two questions in the core; one answer of two is half, below two thirds."""
    scores = core.core_scores(CORE, both([("QMA", "3333 333 3.3", "2024")], []))
    assert np.isnan(scores.score[0, scores.column("M3")])
    assert (scores.lower[0, scores.column("M3")], scores.upper[0, scores.column("M3")]) == (30, 80)


def test_of_two_editions_in_one_round_the_later_speaks():
    found = core.core_panel(
        CORE, both([("QMA", "1111 111 111", "2026"), ("QMB", "1111 111 111", "2026")], [("QMA", tiny.FULL, "2026")])
    )
    assert found.index[["row", "iso3", "edition"]].to_numpy().tolist() == [[0, "QMA", "new"], [1, "QMB", "old"]]
    assert found.codes[0, 0] == 3


@FIXED
@given(
    st.lists(st.sampled_from("012345?.nwu"), min_size=9, max_size=9),
    st.sets(st.sampled_from(["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"]), min_size=1),
)
def test_the_core_is_scored_as_if_nothing_else_had_been_asked(marks, kept):
    """Against a questionnaire that never had the other questions."""
    rows = [("old", q, q, "same") if q in kept else ("old", q, "", "dropped") for q in tiny.instrument().question_number]
    walk = pd.DataFrame(rows, columns=["from_instrument", "from_question", "to_question", "kind"], dtype="str")
    old, new = replace(tiny.instrument(), id="old"), replace(tiny.instrument(), id="new", crosswalk=walk)
    unit = ("QMA", "".join(marks), "2024")
    scores = core.core_scores(core.common_core([old, new]), {"old": panel(old, unit), "new": panel(new)})
    of = {"M1": "a", "M2": "b", "M3": "c"}
    parts = {m: [question(q, scale(5)) for q in sorted(kept) if q[0] == letter] for m, letter in of.items()}
    trees = {"A": ["M1", "M2"], "B": ["M3"]}
    roots = [node(n, [measure(m, parts[m]) for m in ms if parts[m]]) for n, ms in trees.items() if any(parts[m] for m in ms)]
    less = instrument_of(roots)
    answers = dict(zip(tiny.instrument().question_number, marks, strict=True))
    codes = [[int(tiny.MARKS.get(c, c)) for c in (answers[q] for q in less.question_number)]]
    expected = node_scores(replace(panel(new, unit), codes=np.array(codes, dtype=np.int8)), less)
    for name in less.node_number:
        for number in ("score", "lower", "upper", "level_low", "level_high", "answered", "applicable"):
            here, there = getattr(scores, number)[0, scores.column(name)], getattr(expected, number)[0, expected.column(name)]
            assert here == pytest.approx(there, nan_ok=True), (name, number)


def test_a_history_goes_through_where_the_core_carries_it_and_is_in_pieces_where_not():
    """M3 by c1 c2: 40 then 60, one line. M1 by all its questions in each edition: 1 3 5 5 = 70, then 2 4 0 = 40, two pieces."""
    panels = both([("QMA", "1355 333 220", "2024")], [("QMA", "240 333 335", "2026")])
    own = {"old": node_scores(panels["old"], OLD), "new": node_scores(panels["new"], NEW)}
    table = core.histories(CORE, core.core_scores(CORE, panels), own, ["QMA"], ["M1", "M3"])
    found = table[["node", "round", "edition", "piece", "score"]].to_numpy().tolist()
    assert found == [
        ["M1", "2024", "old", "old", pytest.approx(70)], ["M1", "2026", "new", "new", pytest.approx(40)],
        ["M3", "2024", "old", "", pytest.approx(40)], ["M3", "2026", "new", "", pytest.approx(60)],
    ]  # fmt: skip


def test_a_group_has_a_mean_in_each_piece_by_itself():
    """M1 is in pieces: 2 States in 2024 at 20, one of them in 2026 at 60. M3 is one: only QMA is in both rounds."""
    panels = both([("QMA", "1111 111 110", "2024"), ("QMB", "1111 111 110", "2024")], [("QMA", tiny.FULL, "2026")])
    own = {"old": node_scores(panels["old"], OLD), "new": node_scores(panels["new"], NEW)}
    table = core.histories(CORE, core.core_scores(CORE, panels), own, ["QMA", "QMB"], ["M1", "M3"])
    means = core.group_means(table, fewest=1).sort_values(["node", "round"])
    assert means[["node", "round", "piece", "matched_mean", "matched_n"]].to_numpy().tolist() == [
        ["M1", "2024", "old", pytest.approx(20), 2], ["M1", "2026", "new", pytest.approx(60), 1],
        ["M3", "2024", "", pytest.approx(20), 1], ["M3", "2026", "", pytest.approx(60), 1],
    ]  # fmt: skip


def test_the_break_lies_before_the_first_round_of_an_edition():
    panels = both(
        [("QMA", "1111 111 111", "2022"), ("QMB", "1111 111 111", "2024")],
        [("QMA", tiny.FULL, "2026"), ("QMB", tiny.FULL, "2028")],
    )
    assert core.breaks(CORE, core.core_panel(CORE, panels)) == [("2024", "2026", "new")]
    assert core.breaks(CORE, core.core_panel(CORE, both([], [("QMA", tiny.FULL, "2026")]))) == []


def test_rounds_that_only_another_edition_has_are_named_newest_first():
    panels = both([("QMA", "1111 111 111", "2022")], [("QMA", tiny.FULL, "2026"), ("QMA", tiny.FULL, "2028")])
    whole = core.core_panel(CORE, panels)
    assert core.rounds_elsewhere(whole, panels["old"]) == ["2028", "2026"]
    assert core.rounds_elsewhere(whole, panels["new"]) == ["2022"]


def test_states_that_answered_later_in_another_edition_are_counted_once():
    panels = both(
        [("QMA", "1111 111 111", "2024"), ("QMB", "1111 111 111", "2026"), ("QMD", "1111 111 111", "2028")],
        [
            ("QMA", tiny.FULL, "2026"),
            ("QMA", tiny.FULL, "2028"),
            ("QMB", tiny.FULL, "2026"),
            ("QMC", tiny.FULL, "2026"),
            ("QMB", tiny.FULL, "2028", "visit"),
        ],
    )
    # of QMA to QMD: QMA twice later; QMB in the same round, with a later visit; QMC only there; QMD only here
    assert core.answered_later(panels["old"], [panels["new"]]) == (2, 4, ["2028", "2026"])
    assert core.answered_later(panels["new"], [panels["old"]]) == (1, 4, ["2028"])
    assert core.answered_later(panels["old"], []) == (0, 3, [])


def test_the_round_before_is_found_in_whichever_edition_it_was_answered():
    panels = both(
        [("QMA", "1111 111 111", "2022"), ("QMA", "1111 111 111", "2024"), ("QMA", "1111 111 111", "2025", "visit")],
        [("QMA", tiny.FULL, "2026"), ("QMA", tiny.FULL, "2028"), ("QMB", tiny.FULL, "2026")],
    )
    units = panels["new"].index
    assert core.round_before(panels, units.iloc[0]) == ("old", 1)
    assert core.round_before(panels, units.iloc[1]) == ("new", 0)
    assert core.round_before(panels, units.iloc[2]) is None
    assert core.newest_round(panels, panels["old"].index.iloc[0]) == ("new", 1)
    assert core.newest_round(panels, units.iloc[1]) is None
    found = core.core_panel(CORE, panels)
    assert found.index["round"].iloc[core.unit_row(found, units.iloc[1])] == "2028"
    assert core.unit_row(panels["old"], units.iloc[2]) is None


def test_a_change_across_editions_is_on_the_core_and_none_where_it_is_too_small():
    """M3: c1 c2 from 2 2 to 3 3 is +20. M1 has half its weight in the core: no change."""
    panels = both([("QMA", "1355 333 220", "2024")], [("QMA", "240 333 335", "2026")])
    scores = core.core_scores(CORE, panels)
    table = core.core_changes(CORE, scores, 1, 0, ["M1", "M3"]).set_index("node")
    assert table.loc["M3", ["before", "after", "change", "common", "core"]].tolist() == pytest.approx([40, 60, 20, 2, 2])
    assert table.loc["M3", "weight"] == pytest.approx(2 / 3)
    assert table.loc["M1", ["change", "change_low", "change_high"]].isna().all()
    assert table.loc["M1", "weight"] == pytest.approx(1 / 2)
    plain = rounds.changes(scores, 1, 0, ["M3"])["change"].iloc[0]
    assert plain == table.loc["M3", "change"]


def test_both_sides_of_a_change_across_editions_are_drawn_by_the_same_methods():
    """The same answers to the core in both editions, and others elsewhere: no draw of weights, values or aggregation tells them apart."""
    panels = both(
        [("QMA", "1355 333 220", "2024"), ("QMB", "1355 333 ?20", "2024")],
        [("QMA", "130 300 225", "2026"), ("QMB", "130 300 525", "2026")],
    )
    scores, methods = core.core_scores(CORE, panels), frozenset({"weights", "aggregation", "values"})
    drawn = draws(scores, range(4), ["A", "B"], UncertaintySettings(draws=50, sources=methods))
    units = scores.panel.index.set_index(["iso3", "round"])["row"]
    for part in ("A", "B"):
        then, now = (drawn.of(part)[units["QMA", label]] for label in ("2024", "2026"))
        assert now == pytest.approx(then) and len(np.unique(then.round(6))) > 1
    # an open question of the core may be anything in the earlier round, and is 100 in the later one
    drawn = draws(scores, range(4), ["B"], UncertaintySettings(draws=200))
    then, now = units["QMB", "2024"], units["QMB", "2026"]
    found = against(drawn, "B", now).set_index("row").loc[then]
    assert found[["least", "most"]].tolist() == pytest.approx([0, 50]) and 0.8 < found["chance"] < 1 and not found["separable"]
