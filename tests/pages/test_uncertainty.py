"""How sure an order is, what the missing answers could make of a score, and what a download says of itself: an exact value and a
transition for every control."""

import csv
import io

import openpyxl
import pytest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.scores.audit import can_audit
from analysis.texts import text
from pages.shared import exports, overview_ranges
from tests.pages.conftest import choose, page, param, said, sound, table

pytestmark = pytest.mark.usefixtures("shared_world")
INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
#: UAS upstream: Quince and Medlar answered 3 to everything (60), Larch 4 (80).
HERE = {"countries": "QMA,QMB,QMH", "node": "UAS.U"}


def opened(at, name: str):
    """The table below a figure or a line, opened."""
    at.session_state[f"table.{name}"] = True
    return table(sound(at.run()), name)


def against(at, pivot: str = "QMA"):
    return opened(at, f"against-UAS.U-{pivot}").set_index("name")


def test_the_same_answers_are_no_difference_and_more_of_everything_always_stands_above():
    rows = against(page("compare", pivot="QMA", **HERE))
    same = rows.loc["Medlar Isles", ["low", "median", "high", "chance", "least", "most"]]
    assert same.tolist() == [0.0, 0.0, 0.0, 50.0, 0.0, 0.0] and rows.loc["Medlar Isles", "mark"] == "not separable"
    assert rows.loc["Larch", "chance"] == 0.0 and rows.loc["Larch", "mark"] == "stands below"
    assert rows.loc["Larch", ["least", "most"]].round(6).tolist() == [-20.0, -20.0]  # nothing is open: 60 - 80


def test_another_state_is_chosen():
    at = page("compare", **HERE)
    assert param(at, "pivot") is None  # the first by name: Larch
    at = choose(at, "pivot", "QMB")
    assert param(at, "pivot") == "QMB"
    assert against(at, "QMB").loc["Quince Republic", "chance"] == 50.0


def test_what_is_varied_travels_in_the_url():
    at = choose(page("compare", pivot="QMA", **HERE), "sources", ["weights"])
    assert param(at, "sources") == "weights"
    rows = against(at)  # all answers alike: weights alone move nothing
    assert rows.loc["Larch", ["low", "median", "high"]].round(6).tolist() == [-20.0, -20.0, -20.0]
    at = choose(at, "sources", [])
    assert param(at, "sources") == "-" and not at.exception


def test_a_way_of_combining_that_was_chosen_is_not_varied():
    def captions(at) -> str:
        return " ".join(element.value for element in at.caption)

    at = page("compare", pivot="QMA", **HERE)
    assert text("uncertain.one_way") not in captions(at) and text("uncertain.one_way.chosen") not in captions(at)
    at = choose(at, "aggregator", "minimum")
    assert text("uncertain.one_way") in captions(at) and text("uncertain.one_way.chosen") in captions(at)
    assert (
        "aggregation" in at.get_by_key("w.sources").value and param(at, "sources") is None
    )  # what is ticked stays for the usual way
    assert at.session_state["leaving.also"]["draws.sources"] == "weights,values,unknown"


def test_seed_and_draws_travel_in_the_url_and_the_same_seed_gives_the_same_ranges():
    at = page("compare", pivot="QMA", seed="7", draws="200", **HERE)
    assert at.number_input(key="w.seed").value == 7 and at.get_by_key("w.draws").value == 200
    seven = against(at).loc["Larch", "low"]
    at = choose(at, "seed", 2370)
    assert param(at, "seed") is None and table(at, "against-UAS.U-QMA").set_index("name").loc["Larch", "low"] != seven
    at = choose(at, "seed", 7)
    assert param(at, "seed") == "7" and table(at, "against-UAS.U-QMA").set_index("name").loc["Larch", "low"] == seven
    at = choose(at, "draws", 1000)
    assert param(at, "draws") == "1000"


@pytest.mark.parametrize("seed", ["-1", "many"])
def test_a_seed_that_is_none_is_the_usual_one(seed):
    assert page("compare", seed=seed, **HERE).number_input(key="w.seed").value == 2370


def test_ranks_are_off_and_come_as_intervals_with_marks():
    at = page("compare", pivot="QMA", **HERE)
    assert not any("Ranks" in header.value for header in at.subheader)
    at = choose(at, "ranking", "on")
    assert param(at, "ranking") == "on"
    rows = opened(at, "ranks-UAS.U").set_index("name")
    assert rows.loc["Larch", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert rows.loc["Quince Republic", ["rank_low", "rank_high"]].tolist() == [2, 2]  # tied with Medlar in every draw
    assert rows.loc["Medlar Isles", "mark"] == "not separable from Quince Republic"


def test_orders_that_hold_whatever_the_weights():
    at = page("compare", **HERE)
    assert any(line.startswith("2 of 3 pairs with scores keep their order whatever the weights") for line in said(at))
    rows = opened(at, "kept-UAS.U")
    assert dict(zip(rows["other_name"] + " below " + rows["name"], rows["kept"], strict=True)) == {
        "Quince Republic below Larch": "yes", "Medlar Isles below Larch": "yes", "Medlar Isles below Quince Republic": "no",
    }  # fmt: skip
    at = choose(at, "box", 100)
    assert param(at, "box") == "100" and any("within 100 % of its own share" in line for line in said(at))
    at = choose(at, "aggregator", "geometric")
    assert any("for arithmetic means only" in line for line in said(at))


def test_a_part_with_answers_of_one_state_has_no_order():
    at = page("compare", countries="QMA,QMC", node="IED.U")  # QMC returned SALW only
    assert any(line.startswith("Fewer than two of the States have answers here") for line in said(at))


@pytest.mark.skipif(not can_audit(), reason="SALib, an extra, is not there")
def test_an_audit_runs_when_asked_and_is_gone_when_the_question_changes():
    at = page("compare", pivot="QMA", **HERE)
    assert not any("What moves" in header.value for header in at.subheader)
    at = sound(at.button(key="audit.run").click().run())
    rows = opened(at, "audit-UAS.U-QMA").set_index("assumption")
    # all answers are the same and none is open: only what an answer is worth can move the score
    assert rows.loc["value of each answer", "share_all"] == pytest.approx(100, abs=5)
    assert rows.drop("value of each answer")["share_all"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)
    at = choose(at, "against", "QMH")
    assert param(at, "against") == "QMH" and not any("What moves" in header.value for header in at.subheader)


def test_how_sure_a_change_is_stands_where_a_reader_opens_it():
    at = page("country", country="QMA", show="since")
    at.session_state["uncertain.change"] = True
    found = opened(sound(at.run()), "sure-2024-2026").set_index("label")["rise"]
    # answers of 1 became 2, 1, 3, 2, 4, 0 in the six parts: four rose, one stayed, one fell
    assert found.value_counts().to_dict() == {"rose": 4, "fell": 1, "not told apart": 1}
    assert any(
        line.startswith("Of 6 parts returned in two rounds, 4 surely rose, 1 surely fell, and 1 can't") for line in said(at)
    )


def test_a_states_missing_answers_lie_anywhere_among_its_own_or_like_the_rest():
    rows = opened(page("country", country="QMG", show="missing"), "ladder-QMG-2026").set_index("label")
    ied = rows.loc[INSTRUMENT.node_name("IED.U")]
    assert ied["worst"] == "0.0 to 100.0" and ied["like_rest"] != ied["like_rest"]  # nobody knows: no score
    full = rows.loc[INSTRUMENT.node_name("UAS.U"), ["worst", "own", "like_rest"]]
    assert full.tolist() == ["100.0", "100.0", 100.0]


def test_the_questions_behind_a_level_that_moves_are_listed():
    rows = table(page("country", country="QMG", show="missing"), "what-if-questions-QMG")
    below = INSTRUMENT.questions["measure"].str.startswith("IED.U")
    assert rows["question"].tolist() == INSTRUMENT.questions.loc[below, "question"].tolist()
    assert set(rows["what_if"]) == {"Strict"}


def test_the_ranges_of_all_states_in_view_stand_on_the_overview_where_they_are_opened(shared_world, monkeypatch):
    at = page("overview", sources="weights")
    figures = len(at.get("plotly_chart"))
    at.session_state["overview.ranges"] = True
    at = sound(at.run())
    assert len(at.get("plotly_chart")) == figures + 1
    at = choose(at, "node", "UAS.U")
    assert param(at, "node") == "UAS.U"
    rows = opened(at, "ranges-UAS.U").set_index("label")
    assert rows["score"].dropna().tolist() == sorted(rows["score"].dropna(), reverse=True)
    # every answer of a State alike, so weights move nothing; QMC did not return UAS
    assert rows.loc["Quince Republic", ["low", "high"]].tolist() == pytest.approx([60, 60])
    assert any("Of 5 States 4 have a range" in line for line in said(at))
    at = choose(at, "sources", ["values"])
    assert param(at, "sources") == "values"
    rows = opened(at, "ranges-UAS.U").set_index("label")
    assert rows.loc["Quince Republic", "low"] < 60 < rows.loc["Quince Republic", "high"]
    monkeypatch.setattr(overview_ranges, "NAMED", 3)  # more States than have room for their names
    assert rows.equals(opened(sound(at.run()), "ranges-UAS.U").set_index("label"))


def test_states_without_a_score_could_move_the_mean():
    rows = opened(page("overview"), "ladder-states-in-view").set_index("label")
    salw = rows.loc[INSTRUMENT.node_name("SALW.U")]
    # five of 24 States: 80, 60, 100, 100, 80; the other 19 anywhere, or between 60 and 100
    assert salw[["n", "without", "states_all"]].tolist() == [5, 19, 24] and salw["mean_shown"] == pytest.approx(84)
    assert (salw["worst"], salw["observed"]) == ("17.5 to 96.7", "65.0 to 96.7")
    assert rows.loc[INSTRUMENT.node_name("IED.U"), "worst"] == "–"  # three scores: no mean


@pytest.fixture
def built(monkeypatch):
    """What each download would hold: file -> what builds it."""
    found = {}

    def noted(build, file, **more):
        found[file] = build
        return build

    monkeypatch.setattr(exports, "noted", noted)
    return found


def test_a_download_says_by_which_settings_it_was_made(built):
    at = page("compare", pivot="QMA", seed="7", **HERE)
    against(at)
    rows = list(csv.DictReader(io.StringIO(built["against-UAS.U-QMA.csv"]().decode("utf-8-sig"))))
    line = {part.partition("=")[0]: part.partition("=")[2] for part in rows[0]["settings"].split(" | ")}
    assert line["page"] == "compare" and line["instrument"] == INSTRUMENT.id and line["store"] == "demo"
    assert (line["seed"], line["draws"], line["sources"]) == ("7", "500", "weights,aggregation,values,unknown")
    assert (line["countries"], line["node"], line["aggregator"]) == ("QMA,QMB,QMH", "UAS.U", "arithmetic")
    assert line["draws.spread"] == "0.25" and line["data"] and line["taken"].endswith("Z")
    assert {row["settings"] for row in rows} == {rows[0]["settings"]} and "Quince" not in rows[0]["settings"]
    book = openpyxl.load_workbook(io.BytesIO(built["against-UAS.U-QMA.xlsx"]()))
    cells = {row[2]: row[3] for row in book["About"].iter_rows(min_row=2, values_only=True)}
    assert {key: cells[key] for key in line if key != "taken"} == {key: line[key] for key in line if key != "taken"}
    said = {row[2]: row[1] for row in book["About"].iter_rows(min_row=2, values_only=True)}
    assert (said["page"], said["node"], said["countries"].split("; ")[0]) == ("Compare", "UAS: upstream", "Quince Republic")


def test_a_page_without_ranges_says_nothing_of_draws(built):
    page("gaps")
    rows = list(csv.DictReader(io.StringIO(built["gaps.csv"]().decode("utf-8-sig"))))
    assert "page=gaps" in rows[0]["settings"] and "draws" not in rows[0]["settings"] and "seed" not in rows[0]["settings"]
