"""Portfolios and scenarios in words; the numbers are those of questions counted on the fingers."""

import numpy as np
import pandas as pd
import pytest

from analysis.priorities import afterwards, frontier, greedy, portfolio, robust, scenario
from analysis.priorities.cheapest import cheapest
from analysis.priorities.question import Floor
from analysis.reports import portfolio as worded
from analysis.reports import saved
from analysis.reports import scenario as told
from analysis.texts import counted, text
from tests import tiny
from tests.priorities.small import packages, question

STATES = tiny.states(S0="Quince", S1="Birch")


@pytest.mark.parametrize(
    ("thousands", "words"),
    [
        (50, "50 thousand US dollars"),
        (999, "999 thousand US dollars"),
        (999.6, "1 million US dollars"),
        (1_250, "1.25 million US dollars"),
        (12_345, "12.35 million US dollars"),
        (100_000, "100 million US dollars"),
    ],
)
def test_money_is_printed_by_its_size(thousands, words):
    assert worded.money(thousands) == words


@pytest.mark.parametrize(
    ("asked", "requests", "words"),
    [
        ([[]], (0, 0, 0, 0), "No State has an open request for a gap on this list."),
        (
            [["M0"], [], ["M0", "M1"]],
            (9, 2, 1, 6),
            "2 of 3 packages meet a request of their State. Of 9 requested gaps on this list 2 would be closed and 1 closed in part; "
            "6 stay open as they are.",
        ),
        (
            [[], []],
            (1, 0, 0, 1),
            "None of 2 packages meets a request of its State. One gap on this list is requested: 0 closed, 0 closed in part, 1 left open as it is.",
        ),
    ],
)
def test_what_the_states_asked_for_is_said_beside_the_packages(asked, requests, words):
    assert worded.asked_sentence(asked, afterwards.Requests(*requests)) == words


def knapsack():
    """The oracle `knapsack`: quick choice 13, best 16 of 29."""
    return question([[11, 8, 8, 2]], packages(np.diag([11, 8, 8, 2]), [6, 5, 5, 2]), 10)


def test_the_finding_and_what_the_solver_says():
    q = knapsack()
    best, quick = portfolio.solve(q), greedy.greedy(q)
    assert worded.finding(q, best) == (
        "2 packages for 1 State would close 16 of 29 points of gap (55 %) for 10 thousand US dollars, the whole budget."
    )
    roomy = q.with_limits(budget=12)  # 6 + 5 for 19, 6 + 5 + 2 would be 13
    assert worded.finding(roomy, portfolio.solve(roomy)).endswith("(66 %) with 11 thousand US dollars of 12 thousand US dollars.")
    rich = question([[11]], packages([[11]], [2970]), 3000)
    assert worded.finding(rich, portfolio.solve(rich)).endswith("with 2.97 million US dollars of 3 million US dollars.")
    rich = question([[11]], packages([[11]], [2996]), 3000)
    assert worded.finding(rich, portfolio.solve(rich)).endswith("for 3 million US dollars, nearly the whole budget.")
    said = worded.solved(best, quick)
    assert said.startswith("The best choice, proven;") and said.endswith("The quick choice closes 3.0 points less (18.8 %).")
    assert worded.solved(best, best).endswith("The quick choice closes as much.")
    poor = q.with_limits(budget=1)
    assert worded.finding(poor, portfolio.solve(poor)) == (
        "With 1 thousand US dollars no package can be chosen: the cheapest that would close a gap costs 2 thousand US dollars."
    )


def test_where_nothing_can_be_closed_the_reason_is_said():
    made = packages([[10, 0], [0, 10]], [6, 5], needs=[(1, 0)])  # P1 with what it needs costs 11

    def told(q):
        quick = greedy.greedy(q)
        assert worded.quick_told(q, quick) == "" and not worded.solvable(q, quick)
        return worded.finding(q, quick)

    assert told(question([[0, 0]], made, 20)).startswith("There is no gap of known size on this list")
    assert told(question([[9, 9]], made, 20, worth=[[0, 0]])).startswith("No gap on this list counts for anything: the threat")
    assert told(question([[9, 9]], made, 20, eligible=[[False, True]])).startswith("No package that is open to a State in view")
    assert "the cheapest that would close a gap costs 11 thousand" in told(question([[0, 9]], made, 10))
    assert told(question([[0, 9]], made, 0)).startswith("With 0 thousand US dollars no package can be chosen: the cheapest")
    insisted = question([[9, 9]], made, 20, worth=[[0, 0]], must=[(0, 0)])
    assert worded.finding(insisted, greedy.greedy(insisted)).endswith(
        "In all the same, because somebody insists on it: 1 package for 1 State, at 6 thousand US dollars."
    )
    capped = question([[9, 9]], made, 20, ceiling=5.0)
    assert worded.finding(capped, greedy.greedy(capped)) == "Under these limits no package can be chosen."


def test_the_best_may_close_more_only_where_something_stays_open():
    q = question([[9, 9]], packages([[9, 0], [0, 9]], [6, 5]), 11)
    assert worded.quick_told(q, greedy.greedy(q)) == "This is the quick choice, and no other closes more: it closes all there is."
    less = q.with_limits(budget=10)
    assert worded.quick_told(less, greedy.greedy(less)).endswith("The best one may close more: the button finds it.")
    row = [5.5, 11.0, 22.0]
    assert worded.frontier_sentence(frontier.quick_frontier(q, row), None, 11, q.whole) == (
        "By the quick choice 18 points are closed with 11 thousand US dollars, and 18 with 22 thousand US dollars."
    )


def test_a_step_says_what_runs_and_how_long_it_may_take():
    assert worded.solving("free", 2, 2, 3.4, 56.6) == (
        "Step 2 of 2: the best choice without fair shares, to name their price. 3 seconds so far, at most about 57 more for this step."
    )


def test_a_time_that_ran_out_is_not_called_the_best():
    best = portfolio.solve(knapsack())
    near = portfolio.Portfolio(best.chosen, 16, 10, 16.016, "optimal", 1.0, "pairs")
    assert worded.solved(near, best).startswith("The best choice, to within 0.100 %;")
    late = portfolio.Portfolio(best.chosen, 16, 10, 20, "unfinished", 60.0, "pairs")
    assert worded.solved(late, best).startswith("The best choice found in 60.0 seconds; another may close up to 25.000 % more.")
    none = portfolio.Portfolio(best.chosen & False, 0, 0, np.inf, "nothing", 60.0, "pairs")
    assert "does not mean that there is none" in worded.solved(none, best)


def test_what_more_money_would_close_says_by_which_choice():
    q = knapsack()  # 10 thousand: 13 by the quick choice, 16 by the best; 18 thousand buy everything: 29
    row = [5.0, 10.0, 18.0]
    quick, best, solved = frontier.quick_frontier(q, row), portfolio.solve(q), frontier.exact_frontier(q, row)
    few = worded.exact_points(None, q, None)
    assert few is None and worded.frontier_sentence(quick, few, 10, q.whole) == (
        "By the quick choice 13 points are closed with 10 thousand US dollars, and 29 with 18 thousand US dollars. The best choice may close more."
    )
    one = worded.exact_points(None, q, best)
    assert one[["budget", "value_points", "spent", "packages"]].to_numpy().tolist() == [[10, 16, 10, 2]]
    assert worded.frontier_sentence(quick, one, 10, q.whole) == (
        "With 10 thousand US dollars the best choice closes 16 points and the quick choice 13. With 18 thousand US dollars the quick choice "
        "closes 29; the best one may close more."
    )
    all_ = worded.exact_points(solved, q, best)
    assert all_["budget"].tolist() == row and all_["value_points"].tolist() == [8, 16, 29]
    assert worded.frontier_sentence(quick, all_, 10, q.whole).startswith(
        "By the best choice 16 points are closed with 10 thousand US dollars, and 29"
    )
    near = portfolio.Portfolio(best.chosen, 15.999, 10, 16, "optimal", 1.0, "pairs")
    assert worded.exact_points(solved, q, near)["value_points"].tolist() == [8, 15.999, 29]  # the number that the choice says


def test_the_price_of_equity_is_the_difference():
    forced = question([[11, 8, 8, 2]], packages(np.diag([11, 8, 8, 2]), [6, 5, 5, 2]), 10, must=[(0, 0)])
    said = worded.equity(portfolio.solve(forced), portfolio.solve(knapsack()))
    assert said == "Fair shares have a price: 13 points are closed with them and 16 without, 3.0 points less (18.8 %)."


def test_fair_shares_that_cost_nothing_are_said_so():
    best = portfolio.solve(knapsack())
    assert worded.equity(best, best) == "Fair shares cost nothing here: 16 points are closed with them and without."


def test_what_the_open_questions_allow_is_said_only_where_they_matter():
    assert (
        worded.between(10.2, 29.6)
        == "Depending on what the open questions hold, the same packages would close between 10 and 30 points."
    )
    assert worded.between(10.2, 10.4) == ""


def test_why_there_is_no_choice():
    q = knapsack().with_limits(each=1, ceiling=4.0)
    said = worded.conflict(["each", "ceiling", "floor:favour"], q, {"favour": "North"})
    assert (
        "the limit of packages for one State (1), at most 4 thousand US dollars for a State and the share set aside for North"
        in said
    )
    assert worded.conflict([], q, {}) == worded.text("portfolio.conflict.several")
    assert worded.conflict(["must"], q, {}) == worded.text("portfolio.conflict.must")


def test_a_share_larger_than_all_that_is_of_use_is_said_so():
    # S0 can use P0 and P1 for 2 and 3, S1 nothing; half of 12 is 6
    q = question([[5, 5], [0, 0]], packages([[5, 0], [0, 5]], [2, 3]), 12)
    both, second = np.array([True, False]), np.array([False, True])
    little = q.with_limits(floors=(Floor("favour", both, 0.5), Floor("least", second, 0.1)), flagged=second)
    assert worded.without_use(little, {"favour": "North", "least": "the rest"}, STATES) == [
        "Birch: no package that is open to it would close a gap on this list, and a package that closes nothing is not given.",
        "North: all packages that would close a gap on this list there cost 5 thousand US dollars together, "
        "less than the 6 thousand US dollars set aside.",
        "the rest: no package that is open to one of its States would close a gap on this list, "
        "and a package that closes nothing is not given.",
    ]
    assert worded.without_use(q.with_limits(budget=10, floors=(Floor("favour", both, 0.5),)), {}, STATES) == []


def test_the_load_names_states_and_numbers():
    q = question([[40, 5], [9, 9]], packages([[5, 0]] * 4, [1] * 4), 9)
    table = afterwards.by_state(q, np.array([[True] * 4, [False] * 4]))
    what = "to carry at a time, new packages and needs already paid for or under way:"
    assert worded.workload(table, STATES).startswith(f"1 State would have more than 3 {what} Quince (4 new). Ask")
    assert worded.workload(table.tail(1), STATES) == ""
    carried = afterwards.by_state(q, np.array([[True, True, True, False], [True] + [False] * 3]), carried={"S0": 1, "S1": 3})
    names = "Quince (3 new beside 1 already under way) and Birch (1 new beside 3 already under way)"
    told = f"2 States would have more than 3 {what} {names}. Ask first what their offices can carry."
    assert worded.workload(carried, STATES) == told


def test_tables_carry_names_and_words():
    q = question([[20, 20]], packages([[20, 0], [0, 19.9]], [2, 2]), 2)
    table = worded.near(robust.near_ties(q, portfolio.solve(q)), q.packages, STATES)
    assert table[["name", "package_name", "near_words", "instead"]].to_numpy().tolist() == [["Quince", "P0", "yes", "Quince: P1"]]
    core = worded.core(q, np.array([[0.75, 0.25]]), np.array([[True, False]]), STATES)
    assert core[["core_index", "chosen_words"]].to_numpy().tolist() == [[0.75, "yes"], [0.25, "no"]]
    told = "In 4 trials 0 packages are chosen nearly always (95 % and more); 2 depend on the weights and gaps."
    assert worded.core_sentence(core, 4, 4) == told
    assert worded.core_sentence(core, 4, 1).startswith(f"{told} In 3 of the 4 trials not all best choices could be counted")


def records(*bodies) -> pd.DataFrame:
    rows = [(f"k{i}", body, "ana", pd.Timestamp("2026-11-27 10:00")) for i, body in enumerate(bodies)]
    return pd.DataFrame(rows, columns=["key", "body", "saved_by", "saved_at"])


def test_kept_choices_stand_side_by_side():
    q, facts = knapsack(), {"instrument": "tiny", "data": "1"}
    best, quick = portfolio.solve(q), greedy.greedy(q)
    kept = records(saved.body(" Best ", q, best, {"each": "3"}, facts), saved.body("Quick", q, quick, {}, facts))
    table = saved.summary(kept, ["k0", "k1"], lambda key, code: code)
    assert saved.differing_sentence(kept, ["k0", "k1"]) == ""  # a cap is no other measure
    assert table[["letter", "scenario", "points_closed", "packages", "how"]].to_numpy().tolist() == [
        ["A", "Best", 16, 2, "best choice"],
        ["B", "Quick", 13, 2, "quick choice"],
    ]
    assert table["quality_gap"].tolist()[0] == 0 and pd.isna(table["quality_gap"].iloc[1])
    pairs = saved.pairs(kept, ["k0", "k1"], STATES)
    assert dict(zip(pairs["package"], pairs["in_scenarios"], strict=True)) == {"P0": "B", "P1": "A", "P2": "A", "P3": "B"}
    assert len(saved.new_key()) == 10 and saved.new_key() != saved.new_key()


def test_kept_choices_tell_what_each_was_asked_for_and_whether_they_can_be_compared():
    # best of `knapsack` 16 of 29; points that count a half: 8 of 14.5, and 16 where each counts one
    q, facts = knapsack(), {"instrument": "tiny", "data": "1"}
    half = question([[11, 8, 8, 2]], q.packages, 10, worth=[[0.5] * 4])
    plain = {"target": "default", "wanted": "open", "worth": "points", "round": "latest", "each": "3", "ceiling": "0"}
    other = plain | {"worth": "importance", "target": "5", "least_share": "0.3", "favour": "", "favour_share": "0.0", "must": "-"}
    bodies = saved.body("A", q, portfolio.solve(q), plain, facts), saved.body("B", half, portfolio.solve(half), other, facts)
    kept = records(*bodies)
    table = saved.summary(kept, ["k0", "k1"], lambda key, code: saved.share_words(code) if "share" in key else f"<{code}>")
    assert table[["points_closed", "closed_unweighted", "point_words"]].to_numpy().tolist() == [
        [16, 16, "points of gap"],
        [8, 16, "weighted points of gap"],
    ]
    assert table["closed_share"].tolist() == pytest.approx([16 / 29, 8 / 14.5])
    assert table[list(saved.ASKED)].to_numpy().tolist() == [
        ["<default>", "<open>", "<points>", "Packages per State at most: <3>", "", "", "Round: <latest>"],
        [
            "<5>",
            "<open>",
            "<importance>",
            "Packages per State at most: <3>",
            "Share for the least mature quarter: 30 %",
            "",
            "Round: <latest>",
        ],
    ]
    assert saved.differing(kept, ["k0", "k1"]) == ["target", "worth"] and saved.differing(kept, ["k0"]) == []
    said = saved.differing_sentence(kept, ["k0", "k1"])
    assert said.startswith("These choices were not held against the same gaps: Target and A point counts differ.")


def test_only_what_the_list_leaves_out_for_being_paid_for_is_said_so():
    every = pd.DataFrame({"funded": ["funded", "done", "", "offered"], "closed": [10.0, 0.0, 5.0, 3.0]})
    said = worded.paid_note(every, every[every["funded"] == ""])
    assert said.startswith("2 gaps are left out")  # one of the three that are paid for is no gap
    assert worded.paid_note(every, every) == "" and worded.paid_note(every.iloc[[2]], every.iloc[[2]]) == ""
    assert worded.paid_sentence([["M0"], [], ["M0", "M1"]]).startswith("2 of 3 packages lift a measure that is paid for")
    assert worded.paid_sentence([[], []]) == ""


def test_a_scenario_says_how_few_answers_do_and_what_they_change():
    scores = tiny.scores(("QMA", "111 333 333"))
    found = cheapest(scores, 0, "M1")
    assert told.cheapest_sentence(tiny.instrument(), found, "M1").startswith(
        "2 answers are enough to bring M1 to level 2: 2 steps"
    )
    table = told.before_after(tiny.instrument(), scenario.before_after(scenario.changed(scores, 0, found.codes), ["M1"]))
    said = told.effect_sentence(tiny.instrument(), table, "M1", 2)
    assert said == "With 2 answers changed M1 would stand at level 2; now it stands at level 1. Its score goes from 20.0 to 33.3."
    words = told.answers(tiny.instrument(), {"a1": 1, "a2": -3}, {"a1": 2, "a2": 2})
    assert words["answer_now"].tolist() == ["o1", "Don't know"] and words["answer_then"].tolist() == ["o2", "o2"]


def test_a_score_that_falls_in_a_scenario_is_explained():
    scores = tiny.scores(("QMA", "33. 333 333"))
    pair = scenario.changed(scores, 0, {"a3": 1})
    table = told.before_after(tiny.instrument(), scenario.before_after(pair, ["M1"]))
    said = told.effect_sentence(tiny.instrument(), table, "M1", 1)
    assert "would stand at level 2; now it stands at level 1 to 3." in said and "The score falls because open questions" in said


def test_open_questions_and_dead_ends_are_said_so():
    open_ = cheapest(tiny.scores(("QMA", "33. 333 333")), 0, "M1", 2)
    assert "1 of them is not answered now" in told.cheapest_sentence(tiny.instrument(), open_, "M1")
    top = cheapest(tiny.scores(("QMA", "555 333 333")), 0, "M1")
    assert "No higher level" in told.cheapest_sentence(tiny.instrument(), top, "M1")
    assert told.aim_name(tiny.instrument(), "M1:3") == "M1: to level 3" and told.aim_name(tiny.instrument(), "a1:3").startswith(
        "a1"
    )


def test_who_would_gain_most_and_how_many_nothing_is_said():
    table = pd.DataFrame({"name": ["Ash", "Birch", "Cedar"], "points_closed": [40.0, 10.0, 0.0], "gap_before": [100.0, 10.0, 5.0], "packages": [2, 1, 0]})  # fmt: skip
    nothing = counted("portfolio.states.nothing", 1, of=3)
    unit = text("portfolio.unit.points")
    assert worded.states_sentence(table, unit) == f"Ash would gain most: 40 of its 100 points of gap. {nothing}"
    tied = table.assign(points_closed=[10.0, 10.0, 0.0])
    assert worded.states_sentence(tied, unit) == f"Ash and Birch would gain most: 10 points of gap each. {nothing}"


def test_the_part_that_would_rise_most_is_named():
    table = pd.DataFrame({"label": ["IED", "UAS"], "score_now": [40.0, 20.0], "score_then": [50.0, 60.0], "gained": [10.0, 40.0]})
    assert worded.after_sentence(table) == text("portfolio.after.most", part="UAS", before="20.0", after="60.0")
    assert worded.after_sentence(table.assign(gained=0.0)) == text("portfolio.after.nothing")
    assert worded.after_sentence(table.assign(gained=float("nan"))) == text("portfolio.after.nothing")
