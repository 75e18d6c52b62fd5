"""Packages under a budget: the choice, every control, kept choices, over returns whose gaps are counted by hand.

Target by default: level 3, so 60 points. Only QMA has gaps: 20 in each IED upstream and UAS downstream measure, 40 in each IED downstream,
60 in each SALW downstream one: 8 x 20 + 8 x 40 + 7 x 20 + 7 x 60 = 1040 points. Of the shipped packages `lessons` closes most: 25 each of
IED.D8 and SALW.D7, 20 of UAS.D7 (no more is open) and 5 of IED.U1 = 75. `prosecution` closes 3 x 20 = 60 and so does `networks` (IED.D4,
UAS.D5, SALW.D5); `forensics` closes 25 + 25 + 10 and shares UAS.D5 with `networks`. Three packages a State: 75 + 60 + 60 = 195, for 420.
"""

import re

import pytest

from analysis.priorities import greedy, portfolio
from analysis.store import open_store
from analysis.texts import counted, text
from pages.shared import exports, portfolio_asked, portfolio_choice
from tests.pages.conftest import HOSTILE, RAW, choose, drawn, measures_of, page, param, read_as_markdown, said, sound, table

N = measures_of()
WHOLE = 20 * N["IED.U"] + 40 * N["IED.D"] + 20 * N["UAS.D"] + 60 * N["SALW.D"]


def press(at, key):
    at.button(key=key).click()
    return sound(at.run())


def best(at):
    return press(at, "portfolio.solve")


def headline(at) -> str:
    """The sentence with the finding, its numbers without separators."""
    told = next(m.value.replace("\\", "") for m in at.markdown if "points of gap" in m.value or "no package" in m.value)
    return re.sub(r"(?<=\d),(?=\d)", "", told)


def plain(words: str) -> str:
    """A message as it is read."""
    return words.replace("\\", "")


def packages(at) -> set[str]:
    return set(table(at, "portfolio")["package_name"])


def closes(at, points: int, money: str) -> bool:
    spent = (f"with {money} of", f"for {money}, the whole budget")
    return f"close {points} of {WHOLE} points of gap" in headline(at) and any(way in headline(at) for way in spent)


def test_the_gaps_of_the_world_are_those_counted_by_hand():
    assert WHOLE == 1040


def test_the_best_choice_closes_what_was_worked_out(shared_world):
    at = best(page("portfolio"))
    assert closes(at, 195, "420 thousand US dollars"), headline(at)
    assert table(at, "portfolio")["brings"].tolist() == [75, 60, 60]
    assert any("The best choice, proven" in line for line in said(at))
    assert drawn(at)[0] == [195] and drawn(at)[1] == [WHOLE - 195]


def test_the_best_choice_stays_until_the_question_changes(shared_world):
    at = best(page("portfolio"))
    assert not [b for b in at.button if b.key == "portfolio.solve"]
    at = choose(at, "each", 2)
    assert [b for b in at.button if b.key == "portfolio.solve"]
    assert closes(best(at), 135, "170 thousand US dollars")


@pytest.mark.parametrize(
    ("key", "value", "points", "money"),
    [
        ("each", 1, 75, "50 thousand US dollars"),
        ("budget", 100, 110, "100 thousand US dollars"),  # lessons, then plan-explosives: 15 + 15 + 5 more
        ("ceiling", 50, 75, "50 thousand US dollars"),
        ("never", ["*.lessons"], 175, "490 thousand US dollars"),  # networks, prosecution, and 55 of victims or tracing for 120
        ("must", ["QMA.forensics"], 195, "670 thousand US dollars"),
    ],
)
def test_each_limit_changes_the_best_choice_and_the_address(shared_world, key, value, points, money):
    at = choose(page("portfolio"), key, value)
    assert param(at, key) == (",".join(value) if isinstance(value, list) else str(value))
    assert closes(best(at), points, money), headline(at)


@pytest.mark.parametrize(
    ("key", "value", "whole"), [("submodule", "salw", 60 * N["SALW.D"]), ("type", "upstream", 20 * N["IED.U"])]
)
def test_the_measures_in_view_are_those_that_count(shared_world, key, value, whole):
    at = choose(page("portfolio"), key, value)
    assert f"of {whole:,} points of gap" in headline(at)


def test_a_point_may_count_by_the_importance_of_its_measure(shared_world):
    at = choose(page("portfolio"), "worth", "importance")
    assert param(at, "worth") == "importance"
    # of 46 measures each of a part's N weighs 1/3 x 1/N on its axis, 2/46 on average: a part's points count 46/(6 N) each
    whole = sum(points * 46 / 6 for points in (20, 40, 20, 60))
    assert sum(N.values()) == 46 and f"of {round(whole)} weighted points" in headline(at)
    assert any(line.value.startswith("A point of gap counts by the weight of its measure") for line in at.caption)


def test_only_what_is_asked_for_or_not_paid_for_yet(own_world):
    need = {"id": "n1", "iso3": "QMA", "need": "x", "need_type": "law", "measures": ["IED.D8", "SALW.D7"], "priority": "high"}
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.save_records("need", {"n1": need | {"status": "requested"}}, "ana")
    at = choose(page("portfolio"), "wanted", "requested")
    assert param(at, "wanted") == "requested" and "of 100 points" in headline(at)  # 40 of IED.D8 and 60 of SALW.D7
    store.save_records("need", {"n1": need | {"status": "funded"}}, "ana")
    store.close()
    at = page("portfolio")
    assert f"of {WHOLE - 100} points" in headline(at)  # what is paid for is not bought again unless somebody asks for it
    assert any(line.value.startswith("2 gaps are left out because they are paid for already") for line in at.caption)
    at = best(choose(at, "wanted", "all"))
    assert param(at, "wanted") == "all" and f"of {WHOLE} points" in headline(at)
    assert any("1 of 3 packages lifts a measure that is paid for already" in w.value for w in at.warning)  # lessons
    paid = table(at, "portfolio")["paid_words"].tolist()
    assert len(paid[0].split("; ")) == 2 and paid[1:] == ["", ""]  # IED.D8 and SALW.D7
    assert all(not line.value.startswith("2 gaps are left out") for line in at.caption)


def test_who_is_least_mature_does_not_depend_on_the_list(own_world):
    # means over all measures, 2026: QMA 40 20 60 40 80 0, all others 60 and more. Only QMB asks for anything; QMA stays the least mature.
    need = {"id": "n1", "iso3": "QMB", "need": "x", "need_type": "law", "measures": ["IED.D8"], "priority": "high"}
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.save_records("need", {"n1": need | {"status": "requested"}}, "ana")
    store.close()
    at = best(page("portfolio", wanted="requested", target="5", least_share="0.5", budget="100"))
    assert len(at.error) == 1 and "the share set aside for the least mature quarter" in at.error[0].value.replace("\\", "")


def test_the_threat_entered_under_priorities_is_a_factor(own_world):
    body = {"id": "t1", "submodules": ["salw"], "places": ["QMA"], "threat": 0.5, "source": "x", "date": "2026-01-01"}
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.save_records("threat", {"t1": body}, "ana")
    store.close()
    at = page("portfolio")
    whole = WHOLE - 30 * N["SALW.D"]  # 60 a measure, times a half
    at = best(at)
    # lessons: 25 of IED.D8, 20 of UAS.D7, 5 of IED.U1 and half of 25 of SALW.D7; prosecution and networks: 20 + 20 + half of 20 each
    assert f"close 163 of {whole} weighted points of gap" in headline(at)
    assert [drawn(at)[i][0] for i in (0, 1)] == [62.5 + 50 + 50, whole - 162.5]  # the figure shows what the sentence says
    assert any("which is below 1 for" in line.value for line in at.caption)


def test_where_every_threat_is_zero_it_is_not_the_money_that_lacks(own_world):
    body = {"id": "t1", "places": ["QMA"], "threat": 0.0, "source": "x", "date": "2026-01-01"}
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.save_records("threat", {"t1": body}, "ana")
    store.close()
    at = page("portfolio")
    assert headline(at).replace("**", "").startswith("No gap on this list counts for anything")
    assert not [line for line in said(at) if "may close more" in line] and not [
        b for b in at.button if b.key == "portfolio.solve"
    ]
    at = page("portfolio", show="sure")
    assert any(line.startswith("No gap on this list counts for anything") for line in said(at)) and not at.get("plotly_chart")
    told = next(line.value for line in [*at.text, *page("priorities").text] if "are listed, and none counts" in line.value)
    assert told.startswith(f"{sum(N[part] for part in ('IED.U', 'IED.D', 'UAS.D', 'SALW.D'))} gaps are listed, and none counts")


def test_without_money_the_page_says_what_the_cheapest_package_costs(shared_world):
    told = (
        "With 0 thousand US dollars no package can be chosen: the cheapest that would close a gap costs 50 thousand US dollars."
    )
    assert headline(page("portfolio", budget="0")).replace("**", "") == told
    at = page("portfolio", show="sure", budget="0")
    assert told in said(at) and not at.get("plotly_chart")


def test_another_target_another_round_and_a_region_change_the_gaps(shared_world):
    everything = sum(N.values())
    assert f"of {(40 + 20) * everything} points" in headline(choose(page("portfolio"), "round", "2024"))
    assert "no package" in headline(choose(page("portfolio"), "region", "region:Timber Uplands"))
    at = choose(page("portfolio"), "target", "1")
    assert f"of {20 * N['SALW.D']} points" in headline(at)


def test_nothing_for_a_state_that_is_kept_out(shared_world):
    assert "no package" in headline(choose(page("portfolio"), "never", ["QMA.*"]))


def test_a_fair_share_has_its_price_named(shared_world):
    at = page("portfolio", budget="500", least_share="0.9")  # QMA, the least mature, must get 450 of 500: 490 without lessons
    at = best(at)
    assert any(
        line.startswith("Fair shares have a price: 175 points are closed with them and 195 without, 20 points less (10.3 %)")
        for line in said(at)
    )
    assert table(at, "portfolio")["cost"].sum() >= 450


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"flagged": "QMB"}, "at least one package for each State that was named"),
        ({"favour": "region:Timber Uplands", "favour_share": "0.1"}, "the share set aside for Timber Uplands"),
        ({"must": "QMA.forensics", "budget": "100"}, "the packages that must be in and the budget of 100 thousand US dollars"),
        ({"must": "QMA.forensics", "never": "QMA.forensics"}, "also among those that must not be in"),
    ],
)
def test_limits_that_conflict_are_named(shared_world, params, told):
    at = best(page("portfolio", **params))
    assert len(at.error) == 1 and told in at.error[0].value.replace("\\", "")


def test_a_package_that_must_be_in_stays_where_it_closes_nothing_and_the_page_says_so(shared_world):
    told = "1 package that must be in would close no gap on this list: Medlar Isles: One national body for all three fields."
    at = page("portfolio", must="QMB.coordination")  # QMB has no gap; its cost band B stands for 120 thousand
    assert param(at, "must") == "QMB.coordination"
    assert [plain(w.value) for w in at.warning] == [f"{told} It stays in, at its cost of 120 thousand US dollars."]
    assert closes(at, 195, "540 thousand US dollars")  # 420 for QMA's three and 120 for it
    at = choose(at, "submodule", "uas")
    assert param(at, "must") == "QMB.coordination" and at.get_by_key("w.must").value == ["QMB.coordination"]
    # at level 1 QMA has gaps in SALW.D only
    assert param(page("portfolio", must="QMA.coordination", target="1", submodule="ied"), "must") == "QMA.coordination"
    assert not page("portfolio", must="QMA.coordination").warning
    at = choose(at, "must", [])
    assert param(at, "must") is None and not at.warning


def test_a_package_that_must_not_be_in_stays_too_and_what_is_none_goes(shared_world):
    at = page("portfolio", never="QMB.coordination,QMA.lessons,QMZ.lessons,QMA.nothing", must="QMZ.lessons")
    assert param(at, "never") == "QMB.coordination,QMA.lessons" and param(at, "must") is None


def test_a_chosen_pair_stays_outside_the_pairs_offered(shared_world, monkeypatch):
    monkeypatch.setattr(portfolio_asked, "PAIRS", 1)  # lessons
    at = page("portfolio", must="QMA.forensics")
    assert param(at, "must") == "QMA.forensics" and len(at.get_by_key("w.must").options) == 2
    assert closes(best(at), 195, "670 thousand US dollars")


def test_a_named_state_for_which_no_package_is_of_use_is_told_so(shared_world):
    told = "Medlar Isles: no package that is open to it would close a gap on this list, and a package that closes nothing is not given."
    at = page("portfolio", flagged="QMB,QMA")
    assert told in plain(at.info[-1].value) and told in said(at)  # said stands in the popover, beside the control
    at = best(at)
    assert plain(at.error[0].value).endswith(told) and "at least one package for each State" in plain(at.error[0].value)
    assert told not in said(page("portfolio", flagged="QMA"))
    assert told not in said(page("portfolio", flagged="QMB", must="QMB.coordination"))  # somebody insists on one


def test_a_share_for_those_for_whom_nothing_is_of_use_is_told_so(shared_world):
    at = page("portfolio", favour="region:Timber Uplands", favour_share="0.1")
    assert any(line.startswith("Timber Uplands: no package that is open to one of its States") for line in said(at))


def test_a_bar_says_step_by_step_what_is_worked_out(shared_world, monkeypatch):
    shown, words = [], portfolio_choice.worded.solving
    monkeypatch.setattr(portfolio_choice.worded, "solving", lambda *a: shown.append(a[:3]) or words(*a))
    best(page("portfolio"))
    assert set(shown) == {("best", 1, 1)}
    shown.clear()
    best(page("portfolio", budget="500", least_share="0.9"))
    assert list(dict.fromkeys(shown)) == [("best", 1, 2), ("free", 2, 2)]
    shown.clear()
    best(page("portfolio", flagged="QMB"))
    assert list(dict.fromkeys(shown)) == [("best", 1, 2), ("why", 2, 2)]


def test_the_parts_of_a_state_afterwards(shared_world):
    at = page("portfolio", each="1")  # lessons: IED.U1 +5, IED.D8 +25, UAS.D7 +20, SALW.D7 +25
    before, after = drawn(at, 1)[-2:]
    assert before == [40, 60, 80, 20, 40, 0]
    expected = [40 + 5 / N["IED.U"], 60, 80, 20 + 25 / N["IED.D"], 40 + 20 / N["UAS.D"], 25 / N["SALW.D"]]
    assert after == pytest.approx(expected)


def test_a_heavy_load_is_said_so(shared_world):
    at = choose(page("portfolio"), "each", 4)
    assert any("Quince Republic (4 new)" in plain(w.value) for w in at.warning)
    assert not page("portfolio").warning


def test_what_a_state_carries_already_is_counted_with_what_is_new(own_world):
    need = {"iso3": "QMA", "need": "x", "need_type": "law", "measures": ["IED.U2"], "priority": "high", "provider": "y"}
    steps = ("under_way", "funded", "requested", "done", "withdrawn")
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.save_records("need", {step: need | {"id": step, "status": step} for step in steps}, "ana")
    store.close()
    at = page("portfolio")
    told = "Quince Republic (3 new beside 2 already under way)"
    assert [told in plain(w.value) for w in at.warning] == [True]
    at.session_state["table.portfolio-states"] = True
    lines = table(sound(at.run()), "portfolio-states")
    assert lines["in_hand"].tolist()[0] == 2 and lines["load"].tolist()[0] == "heavy"
    assert not page("portfolio", each="1").warning  # 1 and 2 are three


def test_how_sure_it_is(shared_world):
    at = page("portfolio", show="sure", budget="100")
    assert drawn(at)[0] == pytest.approx([i / 40 for i in range(1, 9)])
    at = press(at, "portfolio.frontier.solve")
    at.session_state["table.portfolio-frontier"] = True
    lines = table(sound(at.run()), "portfolio-frontier")
    exact = lines[lines["bound"].notna()]
    assert exact["value_points"].tolist() == [0, 75, 75, 110, 110, 135, 135, 135]
    at = press(at, "portfolio.near.solve")
    assert len(table(at, "portfolio-near")) == 2
    # of 110: without lessons plan-explosives 50 and industry 25 are left, without plan-explosives lessons 75 and industry 30
    assert table(at, "portfolio-near")["loss"].round(6).tolist() == [5, 35]
    at = press(at, "portfolio.core.solve")
    core = table(at, "portfolio-core")
    assert core["core_index"].iloc[0] == 100 and core["package_name"].iloc[0].startswith("Reviews after incidents")


def test_the_same_budget_has_one_answer_in_every_section(shared_world):
    at = page("portfolio", show="sure", budget="100")
    assert any(line.startswith("By the quick choice 110 points are closed with 100 thousand") for line in said(at))
    at = choose(best(choose(at, "show", "choice")), "show", "sure")  # what was found for these settings stands beside it
    assert any(line.startswith("With 100 thousand US dollars the best choice closes 110 points") for line in said(at))
    assert [0.1] in drawn(at)  # a dot on the figure


def test_packages_say_which_of_them_their_state_asked_for(own_world):
    need = {
        "id": "n1",
        "iso3": "QMA",
        "need": "x",
        "need_type": "law",
        "measures": ["IED.D8", "SALW.D7", "IED.D1"],
        "priority": "high",
    }
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    store.save_records("need", {"n1": need | {"status": "requested"}}, "ana")
    store.close()
    at = best(page("portfolio", each="1"))  # lessons: 25 of 40 of IED.D8 and 25 of 60 of SALW.D7; IED.D1 stays
    rows = table(at, "portfolio")
    assert [len(words.split("; ")) for words in rows["asked_words"]] == [2]
    told = "1 of 1 packages meets a request of its State. Of 3 requested gaps on this list 0 would be closed and 2 closed in part; 1 stay open as they are."
    assert told in said(at)


def test_what_only_the_best_choice_satisfies_is_no_dead_end(shared_world, monkeypatch):
    refused = lambda q, rows=None: portfolio._without(q, portfolio.INFEASIBLE, 0.0, "greedy")  # noqa: E731
    monkeypatch.setattr(greedy, "greedy", refused)
    at = page("portfolio", show="sure", budget="100")
    assert [b.key for b in at.button if b.key.startswith("portfolio.")] == ["portfolio.solve"]
    at = best(at)
    assert {"portfolio.frontier.solve", "portfolio.near.solve", "portfolio.core.solve"} <= {b.key for b in at.button}
    at = best(page("portfolio", show="sure", flagged="QMB"))
    assert "at least one package for each State that was named" in at.error[0].value.replace("\\", "")


def exported(at, name: str) -> dict[str, str]:
    """The settings that leave with a table of the page in view, as its download would write them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports.st, "session_state", at.session_state)
        told = exports.about(name)()
    return dict(zip(told["key"], told["value"], strict=True))


def test_what_leaves_says_the_choices_in_the_words_of_the_page(shared_world):
    told = exported(page("portfolio", budget="1250", never="*.lessons"), "portfolio")
    assert (told["page"], told["wanted"], told["round"]) == ("Packages and budget", "Not paid for yet", "Newest of each State")
    assert (told["ceiling"], told["each"], told["budget"], told["least_share"]) == ("no limit", "3", "1,250", "0 %")
    assert (told["must"], told["favour"]) == ("none", "nobody") and told["never"].startswith(
        "everywhere: Reviews after incidents"
    )


def test_what_leaves_says_that_it_rests_on_assumptions_and_how_it_was_chosen(shared_world):
    at = page("portfolio")
    told = exported(at, "portfolio")
    assert told["assumptions"].startswith("Lifts and costs of packages are assumptions")
    assert (told["choice"], told["choice_gap"]) == ("quick choice, not known to be the best", "not known")
    told = exported(best(at), "portfolio")
    # 195 of the three best is proven
    assert (told["choice"], told["choice_status"], told["choice_gap"]) == ("best choice", "optimal", "0.000 %")
    assert told["points"] == "points of gap"
    at = press(page("portfolio", show="sure", budget="100"), "portfolio.core.solve")
    told = exported(at, "portfolio-core")
    assert (told["choice"], told["draws"], told["seed"]) == ("best choice", "30", "1")
    assert "choice" not in exported(page("portfolio", show="packages"), "packages")


def test_the_library_lists_what_is_shipped_and_one_can_be_taken_over(own_world):
    at = page("portfolio", show="packages")
    rows = table(at, "packages")
    assert len(rows) == 30 and set(rows["origin"]) == {"shipped, invented"}
    at.selectbox(key="portfolio.take").set_value("lessons")
    at = press(sound(at.run()), "portfolio.take.button")
    rows = table(at, "packages").set_index("id")
    assert rows.at["lessons", "origin"] == "shipped, invented" and len(rows) == 30  # a copy invents no less
    assert any(counted("portfolio.library.copies", 1) in line for line in said(at))


def test_the_library_is_open_before_anything_was_returned(empty_store):
    assert len(table(page("portfolio", show="packages"), "packages")) == 30
    at = choose(page("portfolio", show="saved"), "show", "choice")
    assert [line.value for line in at.info] == [text("empty.store")] and not at.get("plotly_chart")


def test_a_withdrawn_package_is_not_chosen(own_world):
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    from analysis.priorities.packages import shipped

    body = next(dict(b) for b in shipped() if b["id"] == "lessons") | {"status": "withdrawn"}
    store.save_records("package", {"lessons": body}, "ana")
    store.close()
    assert closes(best(page("portfolio")), 175, "490 thousand US dollars")


def test_a_choice_is_kept_by_name_compared_opened_and_taken_back(own_world):
    at = page("portfolio", each="1")
    at.session_state["portfolio.keep"] = True
    at = sound(at.run())
    at.text_input[0].set_value("One *each*")
    at = press_form(at)
    assert at.success
    at = choose(best(choose(at, "each", 3)), "budget", 5000)
    at.text_input[0].set_value("Three each")
    at = press_form(at)
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    kept = store.records("scenario")
    store.close()
    assert sorted(body["name"] for body in kept["body"]) == ["One *each*", "Three each"]
    assert all(len(key) == 10 for key in kept["key"])
    at = choose(at, "show", "saved")
    rows = table(at, "scenarios").set_index("scenario")
    assert rows.at["One *each*", "points_closed"] == 75 and rows.at["Three each", "points_closed"] == 195
    assert rows.at["One *each*", "how"] == "quick choice" and rows.at["Three each", "how"] == "best choice"
    both = table(at, "scenario-packages")
    assert both["number"].tolist() == [2, 1, 1] and both["in_scenarios"].iloc[0] == "A, B"
    one = kept.loc[[body["name"] == "One *each*" for body in kept["body"]], "key"].iloc[0]
    at = choose(at, "saved", [one])
    assert param(at, "saved") == one
    at = press(at, f"portfolio.open.{one}")
    assert param(at, "each") == "1" and at.get_by_key("w.show").value == "choice"
    at = press(choose(at, "show", "saved"), f"portfolio.take_back.{one}")
    assert list(table(at, "scenarios")["scenario"]) == ["Three each"] and not at.warning


def test_a_link_to_a_comparison_holds_it_whatever_is_kept_later(own_world):
    result = {"budget": 1.0, "value": 1.0, "whole": 2.0, "spent": 1.0, "way": "greedy", "status": "unfinished", "gap": None}
    body = {"settings": {"each": "3"}, "instrument": "2370-2026.1", "data": "0", "result": result, "pairs": []}

    def keep(*names):
        store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
        for name in names:
            store.save_records("scenario", {name: body | {"name": name}}, "ana")
        store.close()

    keep("k1", "k2", "k3")
    at = page("portfolio", show="saved")
    link = param(at, "saved")
    assert sorted(link.split(",")) == ["k1", "k2", "k3"]
    assert param(sound(at.run()), "saved") == link  # the next run leaves it there
    keep("k4", "k5")
    at = page("portfolio", show="saved", saved=link)
    assert sorted(table(at, "scenarios")["scenario"]) == ["k1", "k2", "k3"] and not at.warning
    assert len(page("portfolio", show="saved").get_by_key("w.saved").value) == 3
    at = page("portfolio", show="saved", saved="k1,k9")
    assert table(at, "scenarios")["scenario"].tolist() == ["k1"]
    assert "does not offer, at least in part; what is shown" in at.warning[0].value
    assert param(choose(at, "saved", []), "saved") == "-"


def test_what_is_kept_is_among_those_shown_next(own_world):
    at = page("portfolio", each="1")
    at.session_state["portfolio.keep"] = True
    at = sound(at.run())
    at.text_input[0].set_value("First")
    at = choose(press_form(at), "show", "saved")
    first = param(at, "saved")
    at = choose(at, "show", "choice")
    at.session_state["portfolio.keep"] = True
    at = sound(at.run())
    at.text_input[0].set_value("Second")
    at = choose(press_form(at), "show", "saved")
    assert set(table(at, "scenarios")["scenario"]) == {"Second", "First"} and first in param(at, "saved").split(",")


def press_form(at):
    next(b for b in at.button if b.label == "Keep").click()
    return sound(at.run())


def test_names_from_outside_are_never_read_as_markdown(own_world):
    store = open_store(f"sqlite:///{own_world / 'demo.sqlite'}")
    body = {"id": "own", "package": HOSTILE, "measures": ["IED.D1"], "lift": 40.0, "cost_band": "A", "status": "offered"}
    store.save_records("package", {"own": body}, "ana")
    result = {"budget": 1.0, "value": 1.0, "whole": 2.0, "spent": 1.0, "way": "greedy", "status": "unfinished", "gap": None}
    kept = {"name": HOSTILE, "settings": {"each": HOSTILE}, "instrument": "2370-2026.1", "data": "0", "result": result}
    store.save_records("scenario", {"abc": kept | {"pairs": [["QMA", "own", HOSTILE, 1.0]]}}, "ana")
    store.close()
    views = [page("portfolio", must="QMA.own"), page("portfolio", show="packages"), page("portfolio", show="saved")]
    for at in [
        *views,
        best(page("portfolio", must="QMA.own", never="QMA.own")),
        press(page("portfolio", show="sure"), "portfolio.near.solve"),
    ]:
        live = [re.sub(r"\\.", "", words) for words in read_as_markdown(at)]
        assert [words for words in live if any(raw in words for raw in RAW)] == []
    assert HOSTILE in set(table(views[0], "portfolio")["package_name"]) and table(views[2], "scenarios")["scenario"].tolist() == [
        HOSTILE
    ]
