"""What a reader asks of a portfolio: States and gaps in view, money, caps, fairness, musts. The same controls in every section of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from analysis.priorities import gaps, packages, ranking
from analysis.priorities.gaps import NOT_APPLICABLE, NOT_RETURNED
from analysis.priorities.question import Floor, Limits, Question, least_mature, question
from analysis.registers import PACKAGES
from analysis.reports import portfolio as worded
from analysis.texts import text
from pages.shared import aims, controls, filters, priorities_list, registers, threats, views
from pages.shared.filters import Selection
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scores.tree import Scores

BUDGET, MOST_BUDGET, EACH = 5_000, 1_000_000, 3
PAIRS = 1_500  # pairs offered by name, those with most to gain first
WORTH = ("points", "importance")


@dataclass(frozen=True)
class Asked:
    """A question with what it was made of. rows: the row of the panel that speaks for each of its States. names: what a floor is called."""

    question: Question
    table: pd.DataFrame
    selection: Selection
    scores: Scores
    rows: list[int]
    names: dict[str, str]

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most that each gap can be, States x measures; none where nothing was returned."""
        table = self.table[~self.table["kind"].isin([NOT_RETURNED, NOT_APPLICABLE])]
        q = self.question
        low, high = (question(table, q.packages, q.limits, which=which, codes=q.codes).room for which in ("gap_low", "gap_high"))
        return low, high

    @property
    def favours(self) -> bool:
        """Whether anything but the gaps decides who gets what."""
        return bool(self.question.limits.floors) or self.question.limits.flagged is not None


def asked(data: Data) -> Asked:
    """The controls, and the question they make."""
    found = filters.gaps_asked(data, priorities_list.wanted, _worth)
    selection, (wanted, worth) = found.selection, found.more
    scores = data.scores(found.options)
    every = found.only(_valued(data, scores, selection, found.target))
    every = every.assign(importance=every["importance"] / every["importance"].mean())
    table = every if wanted == "all" else priorities_list.narrowed(every, wanted)
    if table.empty:
        views.nothing("empty.selection")
    made = packages.library(registers.kept(data, PACKAGES)["body"], data.instrument)
    if not len(made):
        views.nothing("portfolio.no_packages")
    row_of = dict(zip(every["iso3"], every["row"], strict=True))  # all States in view, also those of whom nothing is on the list
    codes = sorted(row_of)
    eligible = made.eligible(codes, data.states)
    factors = ["threat", *(["importance"] if worth == "importance" else [])]
    st.caption(worded.worth_note(table, worth == "importance"))
    open_ = question(table, made, Limits(0.0), factors=factors, eligible=eligible, codes=codes)
    if left := priorities_list.left_out(every, wanted):
        st.caption(left)
    made_of, names = _limited(data, open_, every)
    return Asked(made_of, table, selection, scores, [int(row_of[code]) for code in codes], names)


def _worth() -> str:
    """What closing a gap counts for: its points, or its points times its importance."""
    return controls.one("worth", WORTH, WORTH[0], lambda w: text(f"portfolio.worth.{w}"), help=text("control.worth.help"))


def _valued(data: Data, scores: Scores, selection: Selection, target: str) -> pd.DataFrame:
    """The gaps in view with their importance and threat, and what is asked and paid for already."""
    table = gaps.gaps(scores, selection.rows, aims.targets(data, scores, selection, target))
    aims.told(table, target)
    held = threats.held(data, selection)
    threats.told(data)
    weights = ranking.importances(data.instrument, dict(scores.options.weights))
    return ranking.valued(table, weights, held, priorities_list.standing(data))


def _limited(data: Data, open_: Question, table: pd.DataFrame) -> tuple[Question, dict[str, str]]:
    """(the question under the limits asked for, names of its floors).

    table: every gap in view, on the list or not: who is least mature does not depend on the list.
    """
    with filters.bar():
        with filters.cell():
            budget = controls.number("budget", BUDGET, 0, MOST_BUDGET, step=250, help=text("control.budget.help"))
        with filters.cell():
            each = controls.number("each", EACH, 0, 30, help=text("control.each.help"), zero=text("portfolio.money.none"))
        with filters.cell():
            ceiling = controls.number(
                "ceiling", 0, 0, MOST_BUDGET, step=250, help=text("control.ceiling.help"), zero=text("portfolio.money.none")
            )
        fair = st.popover(text("portfolio.fairness"), icon=":material/balance:")
        with fair:
            floors, flagged, names = _fairness(data, open_, table)
        with st.popover(text("portfolio.musts"), icon=":material/checklist:"):
            must, barred = _musts(data, open_)
    if idle := worded.idle(open_, must, data.states):
        st.warning(views.plain(idle), icon=":material/checklist:")
    limits = Limits(float(budget), each or None, float(ceiling) or None, floors, flagged)
    made_of = replace(open_, limits=limits, eligible=open_.eligible & ~barred, must=must)
    for line in worded.without_use(made_of, names, data.states):
        fair.text(line)
    return made_of, names


def _fairness(data: Data, open_: Question, table: pd.DataFrame) -> tuple[tuple[Floor, ...], np.ndarray | None, dict[str, str]]:
    """Shares of the budget that are set aside, and States that must get something."""
    st.text(text("portfolio.fairness.text"))
    codes = list(open_.codes)
    groups = data.states.groups[data.states.groups["iso3"].isin(codes)].drop_duplicates(["kind", "group"])
    offered = ["", *(f"{kind}:{name}" for kind, name in zip(groups["kind"], groups["group"], strict=True))]
    favour = controls.one("favour", offered, "", lambda g: g.partition(":")[2] or text("portfolio.nobody"))
    settings = {"step": 0.05, "percent": True}
    favour_share = controls.slider("favour_share", 0.0, 0.0, 1.0, **settings) if favour else 0.0
    least = controls.slider("least_share", 0.0, 0.0, 1.0, help=text("control.least_share.help"), **settings)
    flagged = controls.several("flagged", codes, [], data.states.name)
    floors, names = [], {"favour": favour.partition(":")[2], "least": text("portfolio.least")}
    if favour_share > 0:
        members = data.states.members(favour)
        floors.append(Floor("favour", np.array([code in members for code in codes]), favour_share))
    if least > 0:
        floors.append(Floor("least", least_mature(table, codes), least))
    return tuple(floors), np.isin(codes, flagged) if flagged else None, names


def _musts(data: Data, open_: Question) -> tuple[np.ndarray, np.ndarray]:
    """(pairs that must be in, pairs that must not be), States x packages. Codes: `QMA.law-arms`; `QMA.*` all of a State's; `*.law-arms` everywhere.

    A pair that was chosen stays, also where it would close nothing on the list of the moment or is not among the pairs offered.
    """
    st.text(text("portfolio.musts.text"))
    ids, codes = open_.packages.ids, open_.codes
    pairs, states = offered_pairs(open_), set(codes)

    def known(pair: str) -> bool:
        code, _, name = pair.partition(".")
        return code in states and name in open_.packages.number

    must = controls.several("must", pairs, [], lambda pair: pair_name(data, open_, pair), also=known)
    wholes = [*(f"{code}.*" for code in codes), *(f"*.{name}" for name in ids)]
    never = controls.several("never", [*wholes, *pairs], [], lambda pair: pair_name(data, open_, pair), also=known)
    found = [np.zeros(open_.eligible.shape, dtype=bool) for _ in range(2)]
    for mask, chosen in zip(found, (must, never), strict=True):
        for pair in chosen:
            code, _, name = pair.partition(".")
            rows = slice(None) if code == "*" else codes.index(code)
            columns = slice(None) if name == "*" else open_.packages.number[name]
            mask[rows, columns] = True
    return found[0], found[1]


def offered_pairs(open_: Question) -> list[str]:
    """Pairs that can be named, those with most to gain first where there are too many, then in order of State and package."""
    at = np.argwhere(open_.allowed)
    if len(at) > PAIRS:
        gain = np.minimum(open_.room[at[:, 0]], open_.packages.lift[at[:, 1]]).sum(axis=1)
        at = at[np.sort(np.argsort(-gain, kind="stable")[:PAIRS])]
    return [f"{open_.codes[s]}.{open_.packages.ids[k]}" for s, k in at]


def pair_name(data: Data, open_: Question, pair: str) -> str:
    """A pair in words."""
    code, _, name = pair.partition(".")
    state = text("portfolio.everywhere") if code == "*" else data.states.name(code)
    package = text("portfolio.everything") if name == "*" else open_.packages.names[open_.packages.number[name]]
    return f"{state}: {package}"
