"""The common core of several editions of a questionnaire: their rounds scored on the questions that are the same in all of them.

There is one engine: answers of an earlier edition are laid under the latest one, everything else counts as not asked, and
the panel is scored as any other. So a core is scored as a lens is, "as if the other questions had not been asked".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.comparison import rounds
from analysis.editions import forerunners
from analysis.instrument import Instrument
from analysis.model import NATIONAL, NOT_RETURNED, PANEL_KEYS, TOLERANCE, Panel, Status
from analysis.scores.options import ScoreOptions
from analysis.scores.tree import Scores, node_scores
from analysis.scores.weights import effective_weights

#: Least share of a node's weight, in every edition, for a line between editions (scoring.md section 7).
LEAST = 0.6
WHOLE = ""  # in the table of shares: the whole questionnaire


@dataclass(frozen=True, eq=False)
class Core:
    """What several editions have in common. editions: oldest first; the last is the one by whose tree all are scored.

    columns: edition -> the column there of each question of the latest edition, -1 outside the core. reworded: number of questions in
    it whose words changed on the way (0 where they are left out).
    """

    editions: tuple[Instrument, ...]
    columns: Mapping[str, np.ndarray]
    reworded: int

    @property
    def instrument(self) -> Instrument:
        """The latest edition."""
        return self.editions[-1]

    @cached_property
    def mask(self) -> np.ndarray:
        """Questions of the latest edition that belong to the core."""
        return np.all([at >= 0 for at in self.columns.values()], axis=0)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """How much of each edition it is, as `core_shares` tells."""
        return core_shares(self)


def common_core(editions: Sequence[Instrument], known: Mapping[str, Instrument] | None = None, reworded: bool = False) -> Core:
    """The questions that are the same in several editions.

    Parameters
    ----------
    editions: oldest first. known: further editions that crosswalks may lead through. reworded: take in questions whose words changed.
    A question whose options or their worth changed is never in the core, whatever the crosswalk says.

    Raises
    ------
    KeyError
        If no crosswalk leads from one of them to the last.
    """
    latest = editions[-1]
    known = {**(known or {}), **{e.id: e for e in editions}}
    questions = latest.questions["question"].tolist()
    led = {e.id: forerunners(latest, e.id, known) for e in editions}
    kinds = ("same", "reworded") if reworded else ("same",)
    columns, changed, here = {}, np.zeros(len(questions), dtype=bool), _worths(latest)
    for edition in editions:
        there = _worths(edition)
        at = np.full(len(questions), -1)
        for i, question in enumerate(questions):
            kind, source = led[edition.id].get(question, ("new", ""))
            if kind in kinds and there[source] == here[question]:
                at[i] = edition.question_number[source]
                changed[i] |= kind == "reworded"
        columns[edition.id] = at
    everywhere = np.all([at >= 0 for at in columns.values()], axis=0)
    return Core(
        tuple(editions), {e: np.where(everywhere, at, -1) for e, at in columns.items()}, int((changed & everywhere).sum())
    )


def _worths(instrument: Instrument) -> dict[str, frozenset[tuple[str, float, int]]]:
    """Question -> its options with what each is worth."""
    sets = {n: frozenset(zip(t["option"], t["value"], t["level"], strict=True)) for n, t in instrument.options.items()}
    return {q: sets[n] for q, n in zip(instrument.questions["question"], instrument.questions["answer_set"], strict=True)}


def core_panel(core: Core, panels: Mapping[str, Panel]) -> Panel:
    """The rounds of all editions as returns to the latest one, of which only the core was asked.

    Parameters
    ----------
    panels: edition -> its panel. Of a unit that answered two editions in one round the later edition speaks.

    Returns
    -------
    A panel of the latest edition; its index has a column `edition`. It leads back to no workbook (`parts` is empty).
    """
    codes = [_laid_under(core, edition, panels[edition.id].codes) for edition in core.editions]
    index = pd.concat(
        [panels[edition.id].index.assign(edition=edition.id, order=i) for i, edition in enumerate(core.editions)],
        ignore_index=True,
    )
    index["at"] = np.arange(len(index))
    index = index.sort_values(["iso3", "organization", "round_date", "round", "reading", "order"], kind="stable")
    index = index[~index.duplicated(PANEL_KEYS, keep="last")]
    stacked = np.concatenate(codes)[index["at"].to_numpy(dtype=int)]
    index = index.drop(columns=["order", "at"]).reset_index(drop=True)
    return Panel(core.instrument.id, stacked, index.assign(row=np.arange(len(index))))


def _laid_under(core: Core, edition: Instrument, codes: np.ndarray) -> np.ndarray:
    """Codes of one edition (returns x its questions) as codes of the latest; NOT_ASKED outside the core."""
    latest, columns = core.instrument, core.columns[edition.id]
    found = np.full((len(codes), len(columns)), Status.NOT_ASKED, dtype=np.int8)
    into = np.flatnonzero(core.mask)
    sets = latest.questions["answer_set"].to_numpy()[into]
    theirs = edition.questions["answer_set"].to_numpy()[columns[into]]
    for here, there in sorted(set(zip(sets, theirs, strict=True))):
        some = into[(sets == here) & (theirs == there)]
        offered = latest.options[here]["option"].tolist()
        numbers = [offered.index(option) for option in edition.options[there]["option"]]
        table = np.array([*range(NOT_RETURNED, 0), *numbers], dtype=np.int8)  # a status is a status in every edition
        found[:, some] = table[codes[:, columns[some]].astype(np.intp) - NOT_RETURNED]
    return found


def core_scores(core: Core, panels: Mapping[str, Panel], options: ScoreOptions | None = None) -> Scores:
    """The scores of all rounds on the core, by the tree, weights, gates and rule of the latest edition. See `core_panel`."""
    options = options or ScoreOptions()
    rule = options.rule if options.rule in core.instrument.rules else None
    return node_scores(core_panel(core, panels), core.instrument, replace(options, rule=rule))


def core_shares(core: Core) -> pd.DataFrame:
    """How much of each edition the core is, for the whole questionnaire and each node of the latest edition.

    Returns
    -------
    One row per (node, edition), editions oldest first: node (`WHOLE` first), edition, core (questions of it below the node), questions (all of that
    edition's below it), share (0-1, by number), weight (0-1, by effective weight; a node that an edition lacks has 0 of everything).
    """
    latest, found = core.instrument, []
    for edition in core.editions:
        weight = effective_weights(edition).set_index("item")["effective"].reindex(edition.questions["question"]).to_numpy()
        kept = np.zeros(len(weight), dtype=bool)
        kept[core.columns[edition.id][core.mask]] = True
        for node in [WHOLE, *latest.nodes["node"]]:
            below = np.ones(len(weight), dtype=bool)
            if node:
                below = edition.questions_below(node) if node in edition.node_number else ~below
            n, here = int(below.sum()), below & kept
            of = weight[here].sum() / weight[below].sum() if n else 0.0
            found.append((node, edition.id, int(here.sum()), n, here.sum() / n if n else 0.0, of))
    table = pd.DataFrame(found, columns=["node", "edition", "core", "questions", "share", "weight"])
    order = {node: i for i, node in enumerate([WHOLE, *latest.nodes["node"]])}
    return table.sort_values("node", key=lambda s: s.map(order), kind="stable").reset_index(drop=True)


def spanned(shares: pd.DataFrame, nodes: Iterable[str]) -> dict[str, bool]:
    """Node -> whether its core carries enough weight in every edition to be compared across them. shares: as `core_shares` gives it."""
    least = shares.groupby("node")["weight"].min()
    return {node: bool(least[node] >= LEAST - TOLERANCE) for node in nodes}


def histories(
    core: Core, scores: Scores, own: Mapping[str, Scores], iso3s: Iterable[str], nodes: Sequence[str], reading: str = "self"
) -> pd.DataFrame:
    """`rounds.histories` across the editions: on the core where it spans them, else each edition by all of its own questions.

    Parameters
    ----------
    scores: as `core_scores` gives them. own: edition -> its scores.

    Returns
    -------
    As `rounds.histories`, with edition (whose questions were answered) and piece ("" where one line goes through, else the edition: pieces
    are never joined).
    """
    through = spanned(core.shares, nodes)
    iso3s, found = list(iso3s), []
    joined = [node for node in nodes if through[node]]
    if joined:
        found.append(_of_editions(rounds.histories(scores, iso3s, joined, reading), scores.panel.index, reading).assign(piece=""))
    for edition in core.editions:
        apart = [node for node in nodes if not through[node] and node in edition.node_number]
        if apart:
            table = rounds.histories(own[edition.id], iso3s, apart, reading)
            found.append(table.assign(edition=edition.id, piece=edition.id))
    table = pd.concat(found, ignore_index=True)
    order = {node: i for i, node in enumerate(nodes)}
    return table.sort_values("node", key=lambda s: s.map(order), kind="stable").reset_index(drop=True)


def _of_editions(table: pd.DataFrame, index: pd.DataFrame, reading: str) -> pd.DataFrame:
    units = index.loc[(index["reading"] == reading) & (index["organization"] == NATIONAL), ["iso3", "round", "edition"]]
    return table.merge(units, on=["iso3", "round"], how="left", validate="many_to_one")


def group_means(history: pd.DataFrame, fewest: int = 5, states: int | None = None) -> pd.DataFrame:
    """`rounds.group_history` of each piece by itself, with the column piece: the same States within it, none across it."""
    states = history["iso3"].nunique() if states is None else states
    pieces = [
        rounds.group_history(rows, fewest, states).assign(piece=piece) for piece, rows in history.groupby("piece", sort=False)
    ]
    return pd.concat(pieces, ignore_index=True)


def breaks(core: Core, panel: Panel) -> list[tuple[str, str, str]]:
    """Where a new edition begins: (last round before it, its first round, edition), by date. panel: as `core_panel` gives it."""
    index = panel.index.sort_values(["round_date", "round"])
    order = index["round"].drop_duplicates().tolist()
    found = []
    for edition in core.editions[1:]:
        first = index.loc[index["edition"] == edition.id, "round"]
        if len(first) and order.index(first.iloc[0]) > 0:
            found.append((order[order.index(first.iloc[0]) - 1], first.iloc[0], edition.id))
    return found


def rounds_elsewhere(panel: Panel, here: Panel) -> list[str]:
    """Rounds of all editions (`core_panel`) that nobody answered in the edition of `here`, newest first."""
    return [label for label in rounds.rounds(panel) if label not in set(here.index["round"])]


def answered_later(here: Panel, others: Iterable[Panel]) -> tuple[int, int, list[str]]:
    """States whose newest national self-assessment stands in a panel of another edition: how many, of how many in all the panels, and in
    which rounds, newest first. A State that answered another edition only counts as well."""
    mine, elsewhere = _answered(here), [_answered(panel) for panel in others]
    newest = mine.groupby("iso3")["round_date"].max()
    later = [own[~(own["round_date"] <= own["iso3"].map(newest))] for own in elsewhere]
    found = pd.concat([mine.head(0), *later])
    rounds_ = found.groupby("round")["round_date"].max().sort_values(ascending=False, kind="stable").index.tolist()
    return found["iso3"].nunique(), pd.concat([mine, *elsewhere])["iso3"].nunique(), rounds_


def _answered(panel: Panel) -> pd.DataFrame:
    """The national self-assessments."""
    return panel.index[(panel.index["organization"] == NATIONAL) & (panel.index["reading"] == "self")]


def unit_row(panel: Panel, unit: pd.Series) -> int | None:
    """Row of a unit (by its keys) in another panel; None where it is not there."""
    index = panel.index
    same = (index["iso3"] == unit["iso3"]) & (index["round"] == unit["round"])
    same &= (index["organization"] == unit["organization"]) & (index["reading"] == unit["reading"])
    rows = index.loc[same, "row"]
    return int(rows.iloc[0]) if len(rows) else None


def round_before(panels: Mapping[str, Panel], unit: pd.Series) -> tuple[str, int] | None:
    """(instrument, row) of the round before a unit's own, in whichever questionnaire it was answered; None for a first return.

    Of two of one date and label the one to the instrument that `panels` names first.
    """
    rounds_ = _of_unit(panels, unit)
    return _last(rounds_[rounds_["round_date"] < unit["round_date"]])


def newest_round(panels: Mapping[str, Panel], unit: pd.Series) -> tuple[str, int] | None:
    """(instrument, row) of the newest round of a unit's State, organization and reading after its own; None where its own is the newest."""
    rounds_ = _of_unit(panels, unit)
    return _last(rounds_[rounds_["round_date"] > unit["round_date"]])


def _of_unit(panels: Mapping[str, Panel], unit: pd.Series) -> pd.DataFrame:
    """Every round of a unit's State, organization and reading: instrument, row, round, round_date."""
    found = []
    for place, (name, panel) in enumerate(panels.items()):
        index = panel.index
        same = (index["iso3"] == unit["iso3"]) & (index["organization"] == unit["organization"])
        same &= index["reading"] == unit["reading"]
        found.append(index.loc[same, ["row", "round", "round_date"]].assign(instrument=name, place=-place))
    return pd.concat(found, ignore_index=True).sort_values(["round_date", "round", "place"], kind="stable")


def _last(rounds_: pd.DataFrame) -> tuple[str, int] | None:
    return (rounds_["instrument"].iloc[-1], int(rounds_["row"].iloc[-1])) if len(rounds_) else None


def core_changes(core: Core, scores: Scores, now: int, before: int, nodes: Sequence[str]) -> pd.DataFrame:
    """`rounds.changes` between two rows of the core, without a change where the core carries too little of a node's weight.

    Returns
    -------
    As `rounds.changes`, with core (questions of it) and weight (0-1, the least share of the node's weight in any edition).
    """
    table = rounds.changes(scores, now, before, nodes)
    through = spanned(core.shares, nodes)
    apart = ~table["node"].map(through).astype(bool)
    table[["change", "change_low", "change_high"]] = table[["change", "change_low", "change_high"]].mask(apart)
    of_node = core.shares.groupby("node")
    table["core"] = table["node"].map(of_node["core"].min())
    return table.assign(weight=table["node"].map(of_node["weight"].min()))
