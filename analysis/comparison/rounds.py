"""Rounds: which row of a panel speaks for a State, what came before it, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.groups import mean_within
from analysis.comparison.same import on_same_questions, pair_changes
from analysis.model import NATIONAL, TOLERANCE, Panel, Status
from analysis.scores.rollup import REASONS
from analysis.scores.tree import Scores, node_scores
from analysis.scores.uncertainty import region_bounds

LATEST = "latest"


def rounds(panel: Panel) -> list[str]:
    """Round labels in a panel, newest first (by date, never by label)."""
    dated = panel.index[["round", "round_date"]].drop_duplicates().sort_values(["round_date", "round"], ascending=False)
    return dated["round"].tolist()


def current_rows(panel: Panel, round_: str = LATEST, reading: str = "self", organization: str = NATIONAL) -> np.ndarray:
    """Rows that speak for the States: one per State, of one reading, in code order.

    round_: a round's label, or `latest` for the newest round of each State. organization: "" for national returns.
    """
    index = panel.index
    kept = index[(index["reading"] == reading) & (index["organization"] == organization)]
    if round_ != LATEST:
        kept = kept[kept["round"] == round_]
    newest = kept.sort_values(["iso3", "round_date", "round"], na_position="first").groupby("iso3", sort=True).tail(1)
    return newest["row"].to_numpy(dtype=int)


def reporting(panel: Panel, reading: str) -> list[str]:
    """Codes of the States with a national return of a reading."""
    index = panel.index
    return index.loc[(index["reading"] == reading) & (index["organization"] == NATIONAL), "iso3"].unique().tolist()


def of_state(panel: Panel, iso3: str, reading: str = "self") -> dict[str, int]:
    """A State's rounds of one reading, the oldest first: label -> row of its national return."""
    index = panel.index
    mine = index[(index["iso3"] == iso3) & (index["reading"] == reading) & (index["organization"] == NATIONAL)]
    mine = mine.sort_values(["round_date", "round"])
    return dict(zip(mine["round"], map(int, mine["row"]), strict=True))


def previous_row(panel: Panel, row: int) -> int | None:
    """Row of the round before, of the same State, organization and reading; None for a first return."""
    index = panel.index
    here = index.iloc[row]
    same = (index[["iso3", "organization", "reading"]] == here[["iso3", "organization", "reading"]]).all(axis=1)
    before = index[same & (index["round_date"] < here["round_date"])].sort_values(["round_date", "round"])
    return int(before["row"].iloc[-1]) if len(before) else None


def organizations(scores: Scores, row: int, nodes: Sequence[str]) -> pd.DataFrame:
    """Returns of a State's organizations beside the national one, as a spread: never blended into it.

    Returns
    -------
    One row per node: node, national (the row's own score), n (organizations with a score), lowest, median, highest. Empty without any.
    """
    index = scores.panel.index
    here = index.iloc[row]
    same = (index[["iso3", "round", "reading"]] == here[["iso3", "round", "reading"]]).all(axis=1)
    rows = index.loc[same & (index["organization"] != here["organization"]) & (index["organization"] != NATIONAL), "row"]
    at = [scores.column(n) for n in nodes]
    theirs = pd.DataFrame(scores.score[np.ix_(rows.to_numpy(dtype=int), at)], columns=list(nodes))
    if theirs.empty:
        return pd.DataFrame(columns=["node", "national", "n", "lowest", "median", "highest"])
    found = theirs.agg(["count", "min", "median", "max"]).T.rename(columns={"count": "n", "min": "lowest", "max": "highest"})
    found = found.rename_axis("node").reset_index().astype({"n": int})
    found.insert(1, "national", scores.score[row, at])
    return found


def matched(scores: Scores, rows: Sequence[int]) -> Scores:
    """The scores of some rows of a State on the questions answered in all of them, and on no other: nothing is open there."""
    codes = scores.panel.codes[list(rows)]
    codes = np.where((codes >= 0).all(axis=0), codes, Status.NOT_ASKED).astype(np.int8)
    index = scores.panel.index.iloc[list(rows)].reset_index(drop=True).assign(row=np.arange(len(codes)))
    return node_scores(Panel(scores.panel.instrument, codes, index), scores.instrument, scores.options)


def changes(scores: Scores, now: int, before: int, nodes: Sequence[str]) -> pd.DataFrame:
    """What changed between two rows of a State, on the questions answered in both.

    Returns
    -------
    One row per node: node, before, after (0-100, as shown in each round), change (points of 0-100, over the questions answered in
    both rounds only; NA where they are too few for a score, or where it lies outside what all questions allow), common (number of those questions), asked (applicable in either),
    change_low, change_high (what all open questions of both rounds allow: after.lower - before.upper to after.upper -
    before.lower; NA where the part was not returned in one of them, for then nothing was asked), level_before, level_after (NA
    where not one level).

    Source: scoring.md section 7, "matched" by default.
    """
    at = [scores.column(n) for n in nodes]
    level, pair = scores.level, matched(scores, [before, now])
    table = pd.DataFrame({"node": list(nodes), "before": scores.score[before, at], "after": scores.score[now, at]})
    table["change"] = pair.score[1, at] - pair.score[0, at]
    table["common"] = pair.applicable[0, at]
    table["asked"] = np.maximum(scores.applicable[now, at], scores.applicable[before, at])
    few = table["common"] < scores.instrument.gates.pooled * table["asked"] - TOLERANCE
    table["change"] = table["change"].mask(few)
    table["change_low"] = scores.lower[now, at] - scores.upper[before, at]
    table["change_high"] = scores.upper[now, at] - scores.lower[before, at]
    outside = (table["change"] < table["change_low"] - 100 * TOLERANCE) | (
        table["change"] > table["change_high"] + 100 * TOLERANCE
    )
    table["change"] = table["change"].mask(outside)  # as for a score that lies outside its bounds
    missing = REASONS.index("not_returned")
    silent = (scores.why[now, at] == missing) | (scores.why[before, at] == missing)
    table[["change_low", "change_high"]] = table[["change_low", "change_high"]].mask(pd.Series(silent))
    table["level_before"] = pd.array(level[before, at], dtype="Int64")
    table["level_after"] = pd.array(level[now, at], dtype="Int64")
    return table


def answer_changes(scores: Scores, now: int, before: int) -> pd.DataFrame:
    """Questions whose answer moved between two rows: question, measure, code_before, code_after (codes, see model.Status)."""
    codes = scores.panel.codes
    moved = np.flatnonzero(codes[now] != codes[before])
    questions = scores.instrument.questions.iloc[moved]
    return pd.DataFrame(
        {
            "question": questions["question"].to_numpy(),
            "measure": questions["measure"].to_numpy(),
            "code_before": codes[before, moved],
            "code_after": codes[now, moved],
        }
    )


def histories(
    scores: Scores, iso3s: Iterable[str], nodes: Sequence[str], reading: str = "self", labels: Iterable[str] | None = None
) -> pd.DataFrame:
    """Scores of some States over the rounds, as shown in each and on the same questions.

    Parameters
    ----------
    labels: the rounds to hold side by side; all where None.

    Returns
    -------
    One row per (State, round, node): row (of the panel), iso3, round, round_date, node, score (as shown), lower, upper, answered, applicable, level, why; value, common and
    asked as `same.on_same_questions` gives them: the score on the questions answered in every one of these rounds that has a score.
    """
    index = scores.panel.index
    rows = index[index["iso3"].isin(list(iso3s)) & (index["reading"] == reading) & (index["organization"] == NATIONAL)]
    if labels is not None:
        rows = rows[rows["round"].isin(list(labels))]
    rows = rows.sort_values(["iso3", "round_date", "round"])
    at = rows["row"].to_numpy(dtype=int)
    picked = np.ix_(at, np.array([scores.column(n) for n in nodes], dtype=int))
    table = rows[["row", "iso3", "round", "round_date"]].iloc[np.repeat(np.arange(len(rows)), len(nodes))].reset_index(drop=True)
    table["node"] = np.tile(np.array(nodes, dtype=object), len(rows))
    table["node"] = table["node"].astype("str")
    for name in ("score", "lower", "upper", "answered", "applicable"):
        table[name] = getattr(scores, name)[picked].ravel()
    same = on_same_questions(scores, at, pd.factorize(rows["iso3"])[0], nodes)
    table["value"], table["common"], table["asked"] = (found.ravel() for found in same)
    table["level"] = pd.array(scores.level[picked].ravel(), dtype="Int64")
    return table.assign(why=pd.Series(REASONS).array.take(scores.why[picked].ravel()))


def group_history(history: pd.DataFrame, fewest: int = 5, states: int | None = None) -> pd.DataFrame:
    """A group over the rounds: the matched mean (the same States in every round, each on the same questions) with the naive one beside it.

    Parameters
    ----------
    history: as `histories` gives it. fewest: below this number of States no mean is given. states: all States of the group, with or without a return; those of
    `history` where None.

    Returns
    -------
    One row per (node, round): round_date, matched_mean, matched_n (States shown in every round that has `fewest` of them, with enough questions answered in all of
    their rounds), lowest, highest and quartiles (q1, q3) of them on these questions, lower_mean and upper_mean (what the answers to all questions
    allow the mean of these States to be), few_common (States shown in all of these rounds, but with too few questions in common), mean, n (States shown in this
    round, each on all it answered; the mean NA as well where its bounds rule it out), lower_all and upper_all (what the mean of all States of the group to which the node
    applies could be, as `regions.group_spread` gives it: those without a return in this round anywhere from 0 to 100), reported (States with a return in this
    round). Means and what belongs to them are NA below `fewest`.

    Raises
    ------
    ValueError
        If the group has fewer States than returns in a round.

    Source: scoring.md sections 7 and 8.
    """
    found = []
    states = history["iso3"].nunique() if states is None else states
    for node, labels, _, wide, reported in _panels(history):
        found += [(node, *told) for told in _rounds_of_group(wide, labels, reported, fewest, states)]
    columns = [
        "node",
        "round",
        "round_date",
        "matched_mean",
        "matched_n",
        "lowest",
        "highest",
        "q1",
        "q3",
        "lower_mean",
        "upper_mean",
    ]
    columns += ["few_common", "mean", "lower_all", "upper_all", "n", "reported"]
    return pd.DataFrame(found, columns=columns)


def _panels(history: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, pd.Index, dict[str, np.ndarray], np.ndarray]]:
    """Of each node: (node, its rounds by date, the States, score, value, lower and upper as States x rounds, returns of each round)."""
    dated = history.drop_duplicates(["node", "round"]).sort_values(["round_date", "round"], kind="stable")
    labels = dated.drop_duplicates("round")[["round", "round_date"]].reset_index(drop=True)
    code, states = pd.factorize(history["iso3"])
    place = history["round"].map(pd.Series(labels.index, index=labels["round"])).to_numpy(dtype=int)
    for node in history["node"].unique():
        rows = (history["node"] == node).to_numpy()
        wide = {name: np.full((len(states), len(labels)), np.nan) for name in ("score", "value", "lower", "upper")}
        for name, cells in wide.items():
            cells[code[rows], place[rows]] = history[name].to_numpy(dtype=float)[rows]
        yield node, labels, states, wide, np.bincount(place[rows], minlength=len(labels))


def matched_states(score: np.ndarray, value: np.ndarray, fewest: int) -> tuple[np.ndarray, np.ndarray]:
    """Which States are the same from round to round: of the scores as shown and on the same questions, States x rounds.

    Returns
    -------
    (rounds with `fewest` States shown, States with a value in each of them).
    """
    wanted = (~np.isnan(score)).sum(axis=0) >= fewest
    return wanted, ~np.isnan(value[:, wanted]).any(axis=1) if wanted.any() else np.zeros(len(score), dtype=bool)


def matched_ends(panel: Panel, history: pd.DataFrame, reading: str = "self", fewest: int = 5) -> pd.DataFrame:
    """The States whose matched mean `group_history` gives, in the first and the last round that it gives one for.

    Parameters
    ----------
    panel: the rows are its. history: as `histories` gives it, of that reading.

    Returns
    -------
    One row per (node, State): node, iso3, first, last (round labels), before, now (rows of the panel). Nodes without two such rounds or
    with fewer than `fewest` States are left out.
    """
    index, found = panel.index, []
    own = index[(index["reading"] == reading) & (index["organization"] == NATIONAL)]
    row_of = dict(zip(zip(own["iso3"], own["round"], strict=True), own["row"].astype(int), strict=True))
    for node, labels, states, wide, _ in _panels(history):
        wanted, matched = matched_states(wide["score"], wide["value"], fewest)
        if matched.sum() < fewest or wanted.sum() < 2:
            continue
        first, last = labels["round"].to_numpy()[np.flatnonzero(wanted)[[0, -1]]]
        found += [(node, iso3, first, last, row_of[iso3, first], row_of[iso3, last]) for iso3 in states[matched]]
    return pd.DataFrame(found, columns=["node", "iso3", "first", "last", "before", "now"])


def _rounds_of_group(
    wide: dict[str, np.ndarray], labels: pd.DataFrame, reported: np.ndarray, fewest: int, states: int
) -> list[tuple]:
    """The rows of `group_history` of one node. wide: score, value, lower and upper, States x rounds; reported: returns of each round."""
    shown = ~np.isnan(wide["score"])
    wanted, matched = matched_states(wide["score"], wide["value"], fewest)
    enough, found = matched.sum() >= fewest, []
    few = int(shown[:, wanted].all(axis=1).sum() - matched.sum()) if wanted.any() else 0
    for i, label in enumerate(labels.itertuples()):
        if not reported[i]:
            continue
        here = wide["score"][shown[:, i], i]
        lower, upper = (wide[end][:, i][~np.isnan(wide[end][:, i])] for end in ("lower", "upper"))
        ends = region_bounds(lower, upper, states - int(reported[i]) + len(lower)) if len(here) >= fewest else (np.nan, np.nan)
        mean = mean_within(float(here.mean()), *ends) if len(here) >= fewest else np.nan
        spread = [np.nan] * 7
        if enough and wanted[i]:
            values = wide["value"][matched, i]
            quartiles, bounds = np.percentile(values, [25, 75]), [wide[end][matched, i].mean() for end in ("lower", "upper")]
            spread = [values.mean(), values.min(), values.max(), *quartiles, *bounds]
        whole = (few, mean, *ends, len(here), int(reported[i]))
        found.append((label.round, label.round_date, spread[0], int(matched.sum()), *spread[1:], *whole))
    return found


def first_to_last(scores: Scores, history: pd.DataFrame) -> pd.DataFrame:
    """Each State's change from its first to its last round with a shown score, per node, on the questions answered in both; largest rise first.

    Parameters
    ----------
    scores: whose rows `history` tells of, as `histories` gives it.

    Returns
    -------
    One row per (State, node) with two shown scores or more: iso3, node, first, last (round labels), before, after (0-100, as shown in each round), change (points, as `changes`
    gives it; NA where too few questions were answered in both, those last), common, asked (questions), change_low, change_high (what all open questions of both rounds allow).
    """
    shown = history.dropna(subset=["score"]).sort_values(["round_date", "round"])
    ends = shown.groupby(["iso3", "node"], sort=False).agg(
        first=("round", "first"), last=("round", "last"), before=("score", "first"), after=("score", "last"),
        row_before=("row", "first"), row_now=("row", "last"), n=("score", "size"),
    )  # fmt: skip
    ends = ends[ends["n"] >= 2].drop(columns="n").reset_index()
    pairs = ends[["node"]].assign(before=ends["row_before"], now=ends["row_now"])
    ends = ends.drop(columns=["row_before", "row_now"]).join(pair_changes(scores, pairs))
    return ends.sort_values(["change", "iso3", "node"], ascending=[False, True, True], kind="stable").reset_index(drop=True)
