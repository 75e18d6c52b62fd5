"""Lenses: the same answers through one selection of questions at a time, across States, across rounds, and beside everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.comparison.rounds import histories
from analysis.instrument import Instrument, Lens
from analysis.model import NATIONAL, TOLERANCE, Panel, Status
from analysis.scores.draws import drawable, draws, quantiles
from analysis.scores.options import ScoreOptions
from analysis.scores.pairs import differences
from analysis.scores.tree import Scores, node_scores
from analysis.scores.uncertainty import UncertaintySettings

#: Lenses that a strong technical score can't make up for (scoring.md section 3); the page begins with the first that an instrument has.
RIGHTS = (Lens("tag", "human_rights_rule_of_law"), Lens("tag", "gender_age"))
#: Nothing to score: the lens has no applicable question there, or the part was not returned.
SILENT = ("not_applicable", "not_returned")
ENDS = ("score", "lower", "upper", "answered", "applicable", "why")


def first_lens(instrument: Instrument) -> Lens | None:
    """The lens a page begins with; None for an instrument without any."""
    return next((lens for lens in RIGHTS if lens in instrument.lenses), instrument.lenses[0] if instrument.lenses else None)


def nodes(instrument: Instrument) -> list[str]:
    """What a lens is scored on: the roots and the blocks, in the order of the tree."""
    wanted = {*instrument.roots, *instrument.blocks}
    return [node for node in instrument.nodes["node"] if node in wanted]


def through(
    panel: Panel, instrument: Instrument, rows: Sequence[int], masks: np.ndarray, options: ScoreOptions | None = None
) -> Scores:
    """Scores of some returns through several selections of questions, all in one pass.

    Parameters
    ----------
    masks: selections x questions, True for what is kept; a question outside is as good as not asked.

    Returns
    -------
    Scores with a row per (selection, return): selection by selection, the returns in the order of `rows`.
    """
    rows, masks = np.asarray(rows, dtype=int), np.asarray(masks, dtype=bool)
    codes = np.where(masks[:, None, :], panel.codes[rows][None], np.int8(Status.NOT_ASKED)).reshape(-1, panel.codes.shape[1])
    index = panel.index.iloc[np.tile(rows, len(masks))].reset_index(drop=True)
    index = index.assign(row=np.arange(len(index)))
    return node_scores(Panel(panel.instrument, codes.astype(np.int8), index), instrument, options)


def profiles(
    panel: Panel,
    instrument: Instrument,
    rows: Sequence[int],
    lenses: Sequence[Lens],
    names: Sequence[str],
    options: ScoreOptions | None = None,
) -> pd.DataFrame:
    """Every lens of some returns, for some nodes.

    Returns
    -------
    One row per (lens, return, node): lens_kind, lens and the columns of `Scores.table`, `row` being that of the panel.
    """
    rows = np.asarray(rows, dtype=int)
    masks = np.array([instrument.lens_mask(lens) for lens in lenses], dtype=bool).reshape(len(lenses), -1)
    scores = through(panel, instrument, rows, masks, options)
    at = np.array([scores.column(n) for n in names], dtype=int)
    table = scores.part(np.arange(len(scores.score)), at)
    place = table["row"].to_numpy()
    lens_at = place // max(1, len(rows))
    table.insert(0, "lens_kind", [lenses[i].kind for i in lens_at])
    table.insert(1, "lens", [lenses[i].value for i in lens_at])
    return table.assign(row=rows[place % max(1, len(rows))] if len(rows) else place)


def beside_rest(
    panel: Panel,
    instrument: Instrument,
    rows: Sequence[int],
    lens: Lens,
    node: str,
    target: float,
    options: ScoreOptions | None = None,
) -> pd.DataFrame:
    """A lens beside everything else that was asked: what is strong elsewhere does not make up for what is weak here.

    Parameters
    ----------
    rows: rows of the panel, one a State. node: any node. target: points of 0-100. options: a lens among them is passed over.

    Returns
    -------
    One row per return with an applicable question of the lens at the node, those furthest below their own rest first (without both scores last):
    row, iso3, round, `lens_<x>` and `rest_<x>` for x in score, lower, upper, answered, applicable, why; difference (lens minus rest, points; NA unless
    both are shown), below (the lens stands below the target and the rest at it or above, by the scores shown), sure (whatever the open
    questions hold).
    """
    rows, mask = np.asarray(rows, dtype=int), instrument.lens_mask(lens)
    scores = through(panel, instrument, rows, np.array([mask, ~mask]), replace(options or ScoreOptions(), lens=None))
    at, n = scores.column(node), len(rows)
    table = panel.index.iloc[rows][["row", "iso3", "round"]].reset_index(drop=True)
    for i, name in enumerate(("lens", "rest")):
        part = scores.part(np.arange(i * n, (i + 1) * n), [at])
        silent = part["why"].isin(SILENT)
        for end in ENDS:
            values = part[end].mask(silent) if end in ("lower", "upper") else part[end]
            table[f"{name}_{end}"] = values.to_numpy()
    table = table[~table["lens_why"].isin(SILENT)]
    table["difference"] = table["lens_score"] - table["rest_score"]
    below = [table["lens_score"] < target - 100 * TOLERANCE, table["rest_score"] >= target - 100 * TOLERANCE]
    sure = [table["lens_upper"] < target - 100 * TOLERANCE, table["rest_lower"] >= target - 100 * TOLERANCE]
    table["below"] = below[0] & below[1]
    table["sure"] = table["below"] & sure[0] & sure[1]
    return table.sort_values(["difference", "lens_upper", "iso3"], na_position="last", kind="stable").reset_index(drop=True)


def beside_ranges(
    panel: Panel,
    instrument: Instrument,
    rows: Sequence[int],
    lens: Lens,
    node: str,
    settings: UncertaintySettings,
    options: ScoreOptions | None = None,
) -> pd.DataFrame:
    """How sure it is that a lens stands lower or higher than everything else that was asked, in the same draws of methods.

    The missing answers of the two are facts of their own, so each has its own random numbers; those of the lens are those of
    `ScoreOptions.lens`. A common shift of all of a State's answers is one for both.

    Returns
    -------
    One row per return, as `rows` stand: row, lens_low, lens_median, lens_high, rest_low, rest_median, rest_high (5, 50, 95 % of the draws), and the columns of
    `pairs.differences` (lens minus rest). NaN where a side can't be drawn.
    """
    rows, mask = np.asarray(rows, dtype=int), instrument.lens_mask(lens)
    scores = through(panel, instrument, rows, np.array([mask, ~mask]), replace(options or ScoreOptions(), lens=None))
    at, n = scores.column(node), len(rows)
    parts = [np.arange(n), np.arange(n, 2 * n)]
    drawn = [draws(scores, part, [node], settings, stream).of(node) for stream, part in enumerate(parts)]
    there = [drawable(scores, part, node, settings) for part in parts]
    drawn = [np.where(known[:, None], values, np.nan) for known, values in zip(there, drawn, strict=True)]
    table = pd.DataFrame({"row": rows})
    for name, values in zip(("lens", "rest"), drawn, strict=True):
        ends = np.where(np.isnan(values).any(axis=1), np.nan, quantiles(values))
        table = table.assign(**{f"{name}_{end}": found for end, found in zip(("low", "median", "high"), ends, strict=True)})
    lower, upper = scores.lower[:, at], scores.upper[:, at]
    found = differences(drawn[0] - drawn[1], lower[:n] - upper[n:], upper[:n] - lower[n:])
    found[["least", "most"]] = found[["least", "most"]].where(found["chance"].notna())
    return pd.concat([table, found], axis=1)


def history(
    panel: Panel,
    instrument: Instrument,
    iso3: str,
    lens: Lens,
    names: Sequence[str],
    reading: str = "self",
    options: ScoreOptions | None = None,
) -> pd.DataFrame:
    """One State's national returns of a reading through a lens, round by round: the columns of `rounds.histories`. Empty without any."""
    index = panel.index
    own = index["row"][(index["iso3"] == iso3) & (index["reading"] == reading) & (index["organization"] == NATIONAL)]
    scores = through(panel, instrument, own, instrument.lens_mask(lens)[None], replace(options or ScoreOptions(), lens=None))
    return histories(scores, [iso3], names, reading)
