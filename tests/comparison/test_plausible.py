"""The flags over a whole panel, held to the checks of single returns (`workbook.checks`), which know nothing of arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison.plausible import FLAGS, flag_counts, flagged, previous_rows
from analysis.instrument import load_instrument
from analysis.model import NOT_RETURNED, Answer, Panel, ReadReturn, Return, round_date
from analysis.preview import Before
from analysis.workbook.checks import Context, check_problems
from tests.scores.worlds import FIXED

FOLDERS = Path(__file__).parents[1] / "instruments"
LIBRARY = load_instrument(FOLDERS / "plain-yes-no")  # three sub-modules, two scales, a contradiction
YARD = replace(
    load_instrument(FOLDERS / "yard-0-3"),
    contradictions=pd.DataFrame({"question": ["DRILL.1"], "at_least": [2], "other": ["DRILL.2"], "at_most": [1]}),
)  # fmt: skip
UNITS = [(i, o, r, "self") for i in ("XAA", "XAB") for o in ("", "Office") for r in ("2022", "2024", "2026", "2026-H1")]


def panel_of(instrument, codes: np.ndarray, units) -> Panel:
    index = pd.DataFrame(units, columns=["iso3", "organization", "round", "reading"])
    index["round_date"] = pd.to_datetime([round_date(r) for r in index["round"]])
    index.insert(0, "row", range(len(index)))
    return Panel(
        instrument.id,
        codes.astype(np.int8),
        index.assign(received_at="", returns=1),
        pd.DataFrame({"row": [], "submodule": [], "step": []}),
    )


def by_hand(instrument, panel: Panel) -> list[dict[str, int]]:
    """The checks of each row as a return, as they are made when a file comes in."""
    before, found = Before(None, {instrument.id: instrument}, lambda _: panel), []
    for row, unit in enumerate(panel.index[["iso3", "organization", "round", "reading"]].itertuples(index=False, name=None)):
        asked = [
            (q, s, int(c))
            for q, s, c in zip(instrument.questions["question"], instrument.questions["submodule"], panel.codes[row], strict=True)
        ]
        there = tuple(s for s in instrument.submodules if any(c != NOT_RETURNED for _, of, c in asked if of == s))
        answers = tuple(Answer(q, c, str(c), "S", "A1", 2, "a paper") for q, s, c in asked if s in there)
        value = Return(instrument.id, *unit, there, answers)
        noted = (
            [*check_problems(value, Context(instrument)), *before.noted_return(ReadReturn("", value)).problems] if there else []
        )
        found.append({name: Counter(p.code for p in noted)[name] for name in FLAGS})
    return found


@st.composite
def panels(draw):
    """Rows that are often alike, to each other and within."""
    instrument = draw(st.sampled_from([LIBRARY, YARD]))
    part = instrument.questions["submodule"].to_numpy()
    longest = np.isfinite(instrument.option_arrays[0]).sum(axis=1)
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    units = [UNITS[i] for i in sorted(rng.choice(len(UNITS), draw(st.integers(1, 12)), replace=False))]
    base = rng.integers(-5, longest, (2, len(longest)))
    rows = []
    for _ in units:
        kind = rng.integers(4)
        row = (
            base[rng.integers(2)].copy()
            if kind < 2
            else np.minimum(rng.integers(longest.max()), longest - 1)
            if kind == 2
            else rng.integers(-5, longest)
        )
        row = np.array(row)
        if rng.random() < 0.4:
            at = rng.integers(len(row))
            row[at] = rng.integers(longest[at])
        for name in instrument.submodules:
            if rng.random() < 0.15:
                row[part == name] = NOT_RETURNED
        rows.append(row)
    return instrument, panel_of(instrument, np.array(rows), units)


@settings(FIXED, max_examples=150)
@given(panels())
def test_the_flags_of_a_panel_are_those_of_its_returns_one_by_one(world):
    instrument, panel = world
    found = flag_counts(panel, instrument)
    assert found[list(FLAGS)].to_dict("records") == by_hand(instrument, panel)


def test_each_flag_once_by_hand():
    n = len(YARD.questions)  # 15; options 0, 0.5, ... 3 with levels 0, 0, 1, 1, 2, 2, 3
    varied = np.arange(n) % 3 + 1
    jumped = varied.copy()
    jumped[3] = 6
    rows = {
        ("XAA", "", "2022", "self"): varied, ("XAA", "", "2024", "self"): varied, ("XAB", "", "2022", "self"): np.full(n, 2),
        ("XAB", "", "2024", "self"): np.r_[np.full(n - 1, 2), 3], ("XAC", "", "2022", "self"): np.r_[[-1, -1], varied[2:]],
        ("XAD", "", "2022", "self"): varied,
    }  # fmt: skip
    table = flag_counts(panel_of(YARD, np.array(list(rows.values())), list(rows)), YARD)
    told = [{name for name in FLAGS if row[name]} for row in table.to_dict("records")]
    assert told[0] == {"same-as-another-state"} == told[5]
    assert told[1] == {"same-as-last-round"} and told[2] == {"all-answers-equal"} and told[3] == {"one-answer-dominates"}
    assert told[4] == {"much-not-applicable"}
    listed = flagged(table, rows=[0, 1, 4])
    assert listed["iso3"].tolist() == ["XAA", "XAA", "XAC"] and (listed["kinds"] == 1).all()
    pair = {("XAA", "", "2022", "self"): varied, ("XAA", "", "2024", "self"): jumped}
    jump = flag_counts(panel_of(YARD, np.array(list(pair.values())), list(pair)), YARD)["large-jump"].tolist()
    assert jump == [0, 1]  # from option 0.5, level 0, to option 3, level 3


def test_rounds_that_begin_on_one_day_have_the_same_round_before():
    units = [("XAA", "", r, "self") for r in ("2026", "2024", "2026-H1", "2027")]
    panel = panel_of(YARD, np.zeros((4, len(YARD.questions))), units)
    assert previous_rows(panel).tolist() == [1, -1, 1, 2]  # 2026 and 2026-H1 both begin on 1 January
    assert len(flag_counts(panel.where(np.array([], dtype=int)), YARD)) == 0
