"""What a State says of itself beside what a visit or a peer found: two series, compared question by question, never blended.

A pair is one State's self-assessment and one other reading of it, at most 24 months apart. A question is compared where both
readings answered it; a "don't know" or a "withheld" on either side is no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.comparison.agreement import differences, icc, kappa, kappa_interval, shares
from analysis.comparison.rounds import LATEST
from analysis.instrument import Instrument
from analysis.model import NATIONAL, NOT_RETURNED, TOLERANCE, Panel, Status, status_of
from analysis.scores.tree import Scores, node_scores

MONTHS = 24  # between the two, at most
OTHERS = ("visit", "peer")
DOCUMENT = 2  # the evidence grade from which a document is cited

#: What there must be of pairs before a thing is said (scoring.md section 6). Pairs of scores are States; pairs of answers
#: are clustered in States, so the table and kappa need both this many pairs of answers and the States of the first line.
MINIMUM = {"anything": 10, "limits": 30, "table": 50}

PAIR = ["iso3", "own_row", "other_row", "own_round", "other_round", "own_date", "other_date", "months"]


def dates(panel: Panel) -> pd.Series:
    """The day each reading speaks of: when it ended, else when it began, else the first day of its round."""
    index = panel.index
    found = index["date_to"] if "date_to" in index else index["round_date"]
    for name in ("date_from", "round_date"):
        found = found.fillna(index[name]) if name in index else found
    return found.astype("datetime64[us]")


def possible_pairs(panel: Panel, other: str) -> pd.DataFrame:
    """Every national self-assessment with every reading of the other kind of the same State that lies at most 24 months from it.

    Returns
    -------
    `PAIR`, newest other reading first, then the nearest self-assessment. months: whole months between the two.
    """
    index = panel.index.assign(date=dates(panel))[["row", "iso3", "organization", "reading", "round", "round_date", "date"]]
    index = index[(index["organization"] == NATIONAL) & index["date"].notna()]
    sides = {"own": index[index["reading"] == "self"], "other": index[index["reading"] == other]}
    kept = {
        side: rows.drop(columns=["organization", "reading"]).set_index("iso3").add_prefix(f"{side}_")
        for side, rows in sides.items()
    }
    table = kept["other"].join(kept["own"], how="inner").reset_index()
    early, late = table[["own_date", "other_date"]].min(axis=1), table[["own_date", "other_date"]].max(axis=1)
    months = 12 * (late.dt.year - early.dt.year) + late.dt.month - early.dt.month - (late.dt.day < early.dt.day)
    table = table.assign(months=months.astype("int64"), days=(late - early).dt.days)
    table = table[(late <= early + pd.DateOffset(months=MONTHS)).to_numpy()]
    order = ["iso3", "other_round_date", "other_round", "days", "own_date", "own_row"]
    table = table.sort_values(order, ascending=[True, False, False, True, True, True], kind="stable")
    return table[PAIR].reset_index(drop=True)


def pairs(panel: Panel, other: str, round_: str = LATEST) -> pd.DataFrame:
    """One pair a State, as `one_each` chooses it."""
    return one_each(possible_pairs(panel, other), round_)


def one_each(possible: pd.DataFrame, round_: str = LATEST) -> pd.DataFrame:
    """One pair a State: its newest other reading (of a round, or of any) that has a self-assessment near it, and the nearest one.

    Of two self-assessments equally near the earlier counts. One pair a State, so that pairs of scores are States and no State counts
    twice. possible: as `possible_pairs` gives it.
    """
    found = possible if round_ == LATEST else possible[possible["other_round"] == round_]
    return found.drop_duplicates("iso3").reset_index(drop=True)


def backed(codes: np.ndarray, grades: np.ndarray | None, least: int) -> np.ndarray:
    """Codes without the answers whose evidence is below a grade or not stated: these are open, never 0. Statuses stay as they are."""
    if grades is None or least <= 0:
        return codes
    return np.where((codes >= 0) & (grades < least), np.int8(Status.BLANK), codes)


@dataclass(frozen=True)
class Paired:
    """Pairs of readings with everything that both say. table: `PAIR`, a row per pair.

    own, other: scores of either reading (of its backed answers where a grade of evidence is asked for). own_grades, other_grades:
    evidence, pairs x questions. own_matched, other_matched: pairs x nodes, 0-100, over the questions that both answered; NaN where
    these are too few for a score. common: how many they are.
    """

    table: pd.DataFrame
    own: Scores
    other: Scores
    own_grades: np.ndarray
    other_grades: np.ndarray
    own_matched: np.ndarray
    other_matched: np.ndarray
    common: np.ndarray

    @property
    def instrument(self) -> Instrument:
        """What was asked."""
        return self.own.instrument

    @property
    def both(self) -> np.ndarray:
        """Where both readings answered: pairs x questions."""
        return (self.own.panel.codes >= 0) & (self.other.panel.codes >= 0)

    def where(self, kept: np.ndarray) -> Paired:
        """Some of the pairs (positions or a boolean mask). Nothing is computed again."""
        arrays = ("own_grades", "other_grades", "own_matched", "other_matched", "common")
        rows = np.flatnonzero(kept) if np.asarray(kept).dtype == bool else np.asarray(kept, dtype=int)
        parts = {name: getattr(self, name)[rows] for name in arrays}
        table = self.table.iloc[rows].reset_index(drop=True)
        return replace(self, table=table, own=self.own.where(rows), other=self.other.where(rows), **parts)

    def levels(self) -> tuple[np.ndarray, np.ndarray]:
        """Levels of the answers of either reading, pairs x questions; NaN where there is no answer."""
        return tuple(answer_levels(side.panel.codes, self.instrument) for side in (self.own, self.other))


def answer_levels(codes: np.ndarray, instrument: Instrument) -> np.ndarray:
    """The level each answer stands for, returns x questions; NaN for every status."""
    levels = instrument.option_arrays[1]
    return np.where(codes >= 0, levels[np.arange(codes.shape[1]), np.maximum(codes, 0)], np.nan)


def paired(panel: Panel, instrument: Instrument, table: pd.DataFrame, grades: np.ndarray, least: int = 0) -> Paired:
    """The two readings of some pairs, scored.

    Parameters
    ----------
    table: as `pairs` gives it. grades: evidence of all own rows, then of all other rows (2 pairs x questions). least: the grade of
    evidence that an answer must have to count; 0 for every answer.

    Source
    ------
    Scores over the questions answered in both: scoring.md sections 6 and 7, as `rounds.changes` does it for two rounds.
    """
    n = len(table)
    rows = np.concatenate([table["own_row"], table["other_row"]]).astype(int)
    whole = panel.where(rows)
    whole = replace(whole, codes=backed(whole.codes, grades, least))
    scores = node_scores(whole, instrument)
    both = (whole.codes[:n] >= 0) & (whole.codes[n:] >= 0)
    asked_in_both = np.where(np.tile(both, (2, 1)), whole.codes, np.int8(Status.NOT_ASKED))
    matched = node_scores(replace(whole, codes=asked_in_both), instrument)
    common = matched.applicable[:n]
    asked = np.maximum(scores.applicable[:n], scores.applicable[n:])
    apart = matched.score[:n] - matched.score[n:]
    few = common < instrument.gates.pooled * asked - TOLERANCE
    low, high = scores.lower[:n] - scores.upper[n:], scores.upper[:n] - scores.lower[n:]
    outside = (apart < low - 100 * TOLERANCE) | (apart > high + 100 * TOLERANCE)
    hidden = few | outside | np.isnan(apart)
    own, other = np.arange(n), np.arange(n, 2 * n)
    ends = (np.where(hidden, np.nan, matched.score[side]) for side in (own, other))
    return Paired(table, scores.where(own), scores.where(other), grades[:n], grades[n:], *ends, common)


def questions(found: Paired, pair: int = 0) -> pd.DataFrame:
    """One pair, question by question.

    Returns
    -------
    One row per question that at least one of the two was asked and returned, in the instrument's order: question, measure, submodule,
    measure_type, own_code, other_code, own_level, other_level (NA without an answer), level_difference (own - other, in levels; NA unless
    both answered), differs (both answered, and not the same), own_grade, other_grade (NA where none was given).
    """
    own, other = (side.panel.codes[pair] for side in (found.own, found.other))
    levels = [level[pair] for level in found.levels()]
    silent = [Status.NOT_ASKED, NOT_RETURNED]
    kept = ~(np.isin(own, silent) & np.isin(other, silent))
    table = found.instrument.questions[["question", "measure", "submodule", "measure_type"]].reset_index(drop=True)
    table = table.assign(own_code=own, other_code=other, own_level=_whole(levels[0]), other_level=_whole(levels[1]))
    table["level_difference"] = table["own_level"] - table["other_level"]
    table["differs"] = (own >= 0) & (other >= 0) & (own != other)
    for side, grades in (("own", found.own_grades[pair]), ("other", found.other_grades[pair])):
        table[f"{side}_grade"] = _whole(np.where(grades < 0, np.nan, grades))
    return table[kept].reset_index(drop=True)


def counts(table: pd.DataFrame) -> dict[str, int]:
    """How the questions of a pair compare: compared, alike, above (own higher), below, far (two levels or more apart), not_compared."""
    both = (table["own_code"] >= 0) & (table["other_code"] >= 0)
    apart = table.loc[both, "level_difference"]
    found = {"compared": int(both.sum()), "alike": int((both & ~table["differs"]).sum())}
    found |= {"above": int((apart > 0).sum()), "below": int((apart < 0).sum()), "far": int((apart.abs() >= 2).sum())}
    return found | {"not_compared": int((~both).sum())}


def open_by_status(table: pd.DataFrame) -> pd.DataFrame:
    """Why questions of a pair are not compared: own_status, other_status (words of `model.status_of`), n; most first."""
    left = table[(table["own_code"] < 0) | (table["other_code"] < 0)]
    words = left.assign(own_status=left["own_code"].map(status_of), other_status=left["other_code"].map(status_of))
    found = words.groupby(["own_status", "other_status"]).size().rename("n").reset_index()
    return found.sort_values(["n", "own_status", "other_status"], ascending=[False, True, True]).reset_index(drop=True)


def nodes_of_pair(found: Paired, nodes: Sequence[str], pair: int = 0) -> pd.DataFrame:
    """Both scores of some nodes with their bounds, each as its reading gives it, and the difference over what both answered.

    Returns
    -------
    One row per node: node, submodule, measure_type; own, own_lower, own_upper, other, other_lower, other_upper (0-100, NA where not
    shown); difference (own - other over the questions answered in both; NA where these are too few), common, asked.
    """
    at = [found.own.column(node) for node in nodes]
    table = found.instrument.nodes.iloc[at][["node", "kind", "submodule", "measure_type"]].reset_index(drop=True)
    for side, scores in (("own", found.own), ("other", found.other)):
        table[side] = scores.score[pair, at]
        for end in ("lower", "upper"):
            table[f"{side}_{end}"] = getattr(scores, end)[pair, at]
    table["difference"] = (found.own_matched - found.other_matched)[pair, at]
    table["common"] = found.common[pair, at]
    table["asked"] = np.maximum(found.own.applicable, found.other.applicable)[pair, at]
    return table


def node_pairs(found: Paired, node: str) -> pd.DataFrame:
    """Every pair at one node: `PAIR`, own, other, difference, middle (over the questions answered in both; NA where too few), common, asked."""
    at = found.own.column(node)
    own, other = found.own_matched[:, at], found.other_matched[:, at]
    asked = np.maximum(found.own.applicable, found.other.applicable)[:, at]
    table = found.table.assign(own=own, other=other, difference=own - other, middle=(own + other) / 2)
    return table.assign(common=found.common[:, at], asked=asked)


def answer_tables(found: Paired) -> np.ndarray:
    """How often which level of the self-assessment met which of the other reading: pairs x nodes x levels x levels, own down."""
    instrument = found.instrument
    size = len(instrument.levels)
    measures = instrument.measures["node"].tolist()
    place = {measure: i for i, measure in enumerate(measures)}
    of_measure = instrument.questions["measure"].map(place).to_numpy()
    pair, question = np.nonzero(found.both)
    own, other = (np.searchsorted(instrument.levels, level[pair, question]) for level in found.levels())
    cells = ((pair * len(measures) + of_measure[question]) * size + own) * size + other
    n = len(found.table)
    counted = np.bincount(cells, minlength=n * len(measures) * size**2).reshape(n, len(measures), size**2)
    below = _below(instrument, measures)
    return np.einsum("nm,pmc->pnc", below, counted).reshape(n, len(below), size, size)


def _below(instrument: Instrument, measures: Sequence[str]) -> np.ndarray:
    """Which measures hang under which node (itself, for a measure): nodes x measures, 0 or 1."""
    number = instrument.node_number
    found = np.zeros((len(number), len(measures)), dtype=np.int64)
    for i, measure in enumerate(measures):
        found[number[measure], i] = 1
    for row in reversed(list(instrument.nodes.itertuples())):  # children stand after their parents
        if row.parent:
            found[number[row.parent]] += found[number[row.node]]
    return found


def agreements(found: Paired) -> pd.DataFrame:
    """Every node: how far the two readings agree over all pairs, as far as there are pairs enough to say so.

    Returns
    -------
    One row per node: node, kind, submodule, measure_type. Of scores, a pair a State: n, bias (own - other, points), low, high (95 %), sd,
    limit_low, limit_high, slope, slope_low, slope_high, icc (ICC(A,1)). Of answers: answers (pairs of them), states (in which they
    are), exact, within_one (shares), kappa (quadratic weights), kappa_low, kappa_high (95 %, over States). NA where `MINIMUM` is not met.
    """
    table = differences(found.own_matched, found.other_matched)
    both = ~np.isnan(found.own_matched)
    pair = np.stack([found.own_matched, found.other_matched], axis=-1)
    enough = table["n"] >= MINIMUM["anything"]
    table["icc"] = [icc(pair[both[:, i], i])["ICC(A,1)"] if yes else np.nan for i, yes in enumerate(enough)]
    gated = ["bias", "low", "high", "sd", "slope", "slope_low", "slope_high"]
    table[gated] = table[gated].where(enough)
    limits = ["limit_low", "limit_high"]
    table[limits] = table[limits].where(table["n"] >= MINIMUM["limits"])
    tables = answer_tables(found)
    whole = tables.sum(axis=0)
    answers, states = whole.sum(axis=(-2, -1)), (tables.sum(axis=(-2, -1)) > 0).sum(axis=0)
    exact, near = shares(whole)
    low, high = kappa_interval(tables)
    said = pd.DataFrame({"answers": answers, "states": states, "exact": exact, "within_one": near})
    said = said.assign(kappa=kappa(whole), kappa_low=low, kappa_high=high)
    many = said["states"] >= MINIMUM["anything"]
    said[["exact", "within_one"]] = said[["exact", "within_one"]].where(many & (said["answers"] >= MINIMUM["anything"]))
    kappas = ["kappa", "kappa_low", "kappa_high"]
    said[kappas] = said[kappas].where(many & (said["answers"] >= MINIMUM["table"]))
    names = found.instrument.nodes[["node", "kind", "submodule", "measure_type"]].reset_index(drop=True)
    return pd.concat([names, table, said], axis=1)


def coverage(
    panel: Panel, rows: Sequence[int], grades: np.ndarray, least: int = DOCUMENT, asked: np.ndarray | None = None
) -> pd.DataFrame:
    """How much of what applies some returns answered, and how much with evidence of a grade or more.

    Parameters
    ----------
    grades: evidence of these rows, rows x questions. asked: a mask over the questions that are looked at; by default all are.

    Returns
    -------
    One row per return: applicable, answered, backed (numbers of questions), coverage, backed_coverage (shares of what applies; NA
    where nothing does). Evidence changes no score: these stand beside it.
    """
    codes = panel.codes[np.asarray(rows, dtype=int)]
    codes, grades = (codes, grades) if asked is None else (codes[:, asked], grades[:, asked])
    applicable = (~np.isin(codes, [Status.NA_JUSTIFIED, Status.NOT_ASKED, NOT_RETURNED])).sum(axis=1)
    answered, kept = (codes >= 0).sum(axis=1), (backed(codes, grades, least) >= 0).sum(axis=1)
    table = pd.DataFrame({"applicable": applicable, "answered": answered, "backed": kept})
    of = table["applicable"].where(table["applicable"] > 0)
    return table.assign(coverage=table["answered"] / of, backed_coverage=table["backed"] / of)


def _whole(values: np.ndarray) -> pd.arrays.IntegerArray:
    """Numbers (NaN without one) as nullable whole numbers."""
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 0, values).astype(np.int64), missing)
