"""Lenses over the small world: every question of a part has the same answer, so every lens of a part scores like the part itself.

Round 2026, upstream then downstream of IED, UAS, SALW: QMA 40 20, 60 40, 80 0; QMB 60 60, 60 60, 60 80; QMC only SALW 100 80; QMG IED open
and 100, else 100; QMH 80 throughout. Round 2024: QMA 20, QMB 60, QMH 40.
"""

from __future__ import annotations

import json

import pytest

from analysis.instrument import Lens
from analysis.reports.lenses import lens_word
from analysis.texts import counted, text
from pages.shared import loaders
from tests.pages.conftest import choose, drawn, page, param, said, sound, table

RIGHTS = lens_word(Lens("tag", "human_rights_rule_of_law"))


def heads(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def marks(at, number: int = 0) -> list[str]:
    traces = json.loads(at.get("plotly_chart")[number].proto.spec)["data"]
    return [words for trace in traces for words in trace.get("text", [])]


def opened(at, name: str):
    at.session_state[f"table.{name}"] = True
    return table(sound(at.run()), name)


def test_the_page_begins_with_human_rights_beside_everything_else(shared_world):
    at = page("lenses")
    # all of upstream is shown where all three sub-modules are: QMA, QMB, QMH; the lens is like the rest everywhere
    assert heads(at)[0] == counted("lenses.beside.title", 0, lens=RIGHTS, of=3)
    assert any(
        line.startswith(counted("lenses.beside.sentence", 0, sure=0, target="60", far=0, both=3, of=5)) for line in said(at)
    )
    rows = opened(at, "lens-human_rights_rule_of_law-ALL.U").set_index("name")
    assert rows.loc["Quince Republic", ["lens_score", "rest_score", "difference_rest"]].tolist() == pytest.approx([60, 60, 0])


def test_another_part_and_another_lens_stand_in_the_address(shared_world):
    at = choose(page("lenses"), "node", "IED.D")
    assert heads(at)[0] == counted("lenses.beside.title", 0, lens=RIGHTS, of=4) and param(at, "node") == "IED.D"
    at = choose(at, "lens", "tag:border")
    assert heads(at)[0].startswith(lens_word(Lens("tag", "border"))) and param(at, "lens") == "tag:border"
    rows = opened(at, "lens-border-IED.D").set_index("name")
    assert rows.loc["Quince Republic", "lens_score"] == 20 and rows.loc["Quince Republic", "lens_of"] == "2 of 2"


def test_the_ranges_of_lens_and_rest_stand_in_the_figure_and_the_table(shared_world):
    at = page("lenses", node="IED.D", sources="weights")
    rows = opened(at, "lens-human_rights_rule_of_law-IED.D").set_index("name")
    # all answers of the part alike: weights move neither side, and as often one is higher as the other
    assert rows.loc["Quince Republic", ["lens_low", "lens_high", "rest_low", "rest_high"]].tolist() == pytest.approx([20] * 4)
    assert rows.loc["Quince Republic", "apart_words"] == text("lenses.apart.not", chance="50 %")
    assert rows.loc["Quince Republic", ["apart_low", "apart_high"]].tolist() == pytest.approx([0, 0])
    assert any(
        "lower than the rest for 0 of 4 States and higher for 0; for 4 the two can't be told apart" in line for line in said(at)
    )
    at = choose(at, "sources", ["values"])
    assert param(at, "sources") == "values"
    rows = opened(at, "lens-human_rights_rule_of_law-IED.D").set_index("name")
    assert rows.loc["Quince Republic", "lens_low"] < 20 < rows.loc["Quince Republic", "lens_high"]


def test_the_order_of_some_states_through_the_lens_is_worked_out_where_it_is_opened(shared_world):
    at = page("lenses", node="UAS.U", pivot="QMA")
    assert text("uncertain.title") not in heads(at)
    at.session_state["lenses.order"] = True
    at = sound(at.run())
    assert text("uncertain.title") in heads(at)
    rows = opened(at, "against-UAS.U-QMA").set_index("name")
    assert rows.loc["Larch", "mark"] == text("uncertain.mark.below") and len(rows) == 3  # QMC did not return UAS
    at = choose(at, "countries", ["QMA", "QMH"])
    assert param(at, "countries") == "QMA,QMH" and len(opened(at, "against-UAS.U-QMA")) == 1


def test_a_round_narrows_the_states(shared_world):
    at = choose(page("lenses"), "round", "2024")
    assert any(
        line.startswith(counted("lenses.beside.sentence", 0, sure=0, target="60", far=0, both=3, of=3)) for line in said(at)
    )


def test_one_state_through_every_lens_now_and_in_the_round_before(shared_world):
    at = page("lenses", show="state", country="QMA", submodule="ied")
    assert len(at.get("plotly_chart")) == 3  # themes, functions, aspects
    values = [x for trace in drawn(at) for x in trace]
    assert {20.0, 40.0} <= set(values) <= {20.0, 40.0}  # IED.U 40, IED.D 20, both 20 before
    line = text("lenses.rights.line", lens=RIGHTS, node="IED components: upstream", score="40.0", rest="40.0")
    assert any(line in words for words in said(at))
    at = choose(at, "round", "2024")
    assert param(at, "round") == "2024"
    assert {x for trace in drawn(at) for x in trace} == {20.0}


def test_a_few_states_by_all_lenses(shared_world):
    at = page("lenses", show="grid", node="IED.U", countries="QMA,QMH")
    assert set(marks(at)) - {"n/a"} == {"40", "80"}
    at = choose(at, "countries", ["QMH"])
    assert param(at, "countries") == "QMH" and set(marks(at)) - {"n/a"} == {"80"}
    at = choose(at, "countries", [])
    assert text("lenses.grid.choose") in [i.value for i in at.info]


def test_both_sides_of_each_border(shared_world):
    at = page("lenses", show="borders", node="SALW.U")
    # of the five States with a return QMA-QMC, QMC-QMG and QMG-QMH are neighbours: 80 100, 100 100, 100 80; a level is 20 points
    assert heads(at)[0] == counted("borders.sides.title", 2, of=3)
    facts = {"shown": 3, "certain": 2, "of": 26, "source": "invented, with the States"}
    assert counted("borders.sides.sentence", 3, **facts) in said(at)
    rows = opened(at, "borders-SALW.U")
    assert rows[["a_score", "b_score"]].to_numpy().tolist() == [[80, 100], [80, 100], [100, 100]]
    at = choose(at, "country", "QMC")
    assert param(at, "country") == "QMC" and heads(at)[0] == counted("borders.sides.title", 1, of=2)


def test_the_weakest_link_of_a_chain_and_steps_that_are_no_borders(shared_world):
    at = page("lenses", show="borders", node="SALW.U")
    assert at.get_by_key("w.chain").value == ["QMA", "QMC", "QMG", "QMH"]
    assert any(text("borders.chain.sure", score="80.0") in line for line in said(at))
    at = choose(at, "chain", ["QMG", "QMC"])
    assert param(at, "chain") == "QMG,QMC"
    assert any(text("borders.chain.sure", score="100.0") in line for line in said(at))
    at = choose(at, "chain", ["QMA", "QMH"])
    assert any(text("borders.chain.gap", a="Quince Republic", b="Larch") in line for line in said(at))
    at = choose(at, "chain", ["QMA"])
    assert text("borders.chain.two") in said(at)


def test_a_state_without_a_return_leaves_the_chain_open(shared_world):
    at = page("lenses", show="borders", node="SALW.U", chain="QMA,QMD")
    assert any(text("borders.chain.open", low="0.0", high="80.0") in line for line in said(at))


def test_without_a_table_of_borders_the_page_says_whose_it_is_to_bring(own_world, monkeypatch, tmp_path):
    monkeypatch.setattr(loaders, "border_table", lambda sample: tmp_path / "adjacency.csv")
    at = page("lenses", show="borders")
    assert text("borders.absent") in [i.value for i in at.info] and not at.get("plotly_chart")


def test_rows_of_the_table_of_borders_that_cannot_be_used_are_told_and_the_others_used(own_world, monkeypatch, tmp_path):
    path = tmp_path / "adjacency.csv"
    path.write_text("iso3_a,iso3_b,source\nQMA,QMC,atlas\nQMA,**XXX**,atlas\nQMC,QMG,\n", encoding="utf-8")
    monkeypatch.setattr(loaders, "border_table", lambda sample: path)
    at = page("lenses", show="borders", node="SALW.U")
    told = table(at, "border-problems")
    assert told["line_number"].tolist() == [3, 4]
    assert told["reason"].tolist() == [
        text("borders.problem.unknown_state", found="**XXX**"),
        text("borders.problem.no_source", found="QMC, QMG"),
    ]
    assert heads(at)[0] == counted("borders.sides.title", 1, of=1)


def test_sectors_that_answered_over_states_and_in_each(shared_world):
    at = page("lenses", show="who")
    # only QMA names an office: police, for IED; four States returned IED
    police = [m for m in marks(at) if m != "0"]
    assert police == ["25"]
    rows = table(at, "sectors-by-state").set_index("name")
    assert rows.loc["Quince Republic", "sectors_words"] == "police"
    assert rows.loc["Quince Republic", "n_sectors"] == 1 and rows.loc["Larch", "n_sectors"] == 0
    assert "police" not in rows.loc["Quince Republic", "missing_words"].split(", ")


def test_every_section_can_be_chosen(shared_world):
    at = page("lenses")
    for show in ("state", "grid", "borders", "who", "states"):
        choose(at, "show", show)
        assert param(at, "show") == (None if show == "states" else show)


def test_one_lens_over_the_rounds_opens_on_demand(shared_world):
    at = page("lenses", show="state", country="QMA", submodule="ied")
    assert not any(w.key == "w.lens" for w in at.selectbox)
    at.session_state["lenses.rounds"] = True
    at = choose(sound(at.run()), "lens", "tag:border")
    assert param(at, "lens") == "tag:border"
    name = lens_word(Lens("tag", "border"))
    assert text("lenses.rounds.heading", name="Quince Republic", lens=name) in heads(at)
    rows = opened(at, "lens-border-QMA")
    assert rows[["round", "score"]].to_numpy().tolist() == [["2024", 20], ["2024", 20], ["2026", 40], ["2026", 20]]
