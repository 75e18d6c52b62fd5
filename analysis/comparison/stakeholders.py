"""Who answered which part, by sector, and which sectors are missing. Sectors are what a return names; nobody's name is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import SECTORS, Panel

UNLISTED = "unlisted"  # a sector in other words than those of the list
#: Sectors of the list that can be missing; `other` is whoever else there is.
EXPECTED = tuple(sector for sector in SECTORS if sector != "other")


def answered(contributors: pd.DataFrame, panel: Panel, instrument: Instrument, rows: Sequence[int]) -> pd.DataFrame:
    """Which sector answered which sub-module of which return.

    Parameters
    ----------
    contributors: return_id, sector, part, of any returns. rows: rows of the panel.

    Returns
    -------
    One row per (row, submodule, sector), each once, sorted: row, iso3, submodule, sector (of `SECTORS`, or `unlisted`). Who names no sub-module answered all that its
    return holds.
    """
    parts = panel.parts[panel.parts["row"].isin(np.asarray(rows, dtype=int))][["row", "submodule", "return_id"]]
    named = contributors["part"].where(contributors["part"].isin(instrument.submodules), "")
    sector = contributors["sector"].where(contributors["sector"].isin(SECTORS), UNLISTED)
    table = parts.merge(contributors[["return_id"]].assign(named=named, sector=sector), on="return_id", validate="m:m")
    table = table[(table["named"] == "") | (table["named"] == table["submodule"])]
    table = table[["row", "submodule", "sector"]].drop_duplicates()
    table.insert(1, "iso3", panel.index["iso3"].to_numpy()[table["row"]])
    return table.sort_values(["row", "submodule", "sector"], kind="stable").reset_index(drop=True)


def matrix(table: pd.DataFrame, panel: Panel, instrument: Instrument, rows: Sequence[int]) -> pd.DataFrame:
    """In how many States each sector answered each sub-module.

    Parameters
    ----------
    table: as `answered` gives it, one row of the panel a State.

    Returns
    -------
    One row per (sector, sub-module), sectors in the order of the list: sector, submodule, n (States in which it answered), of (States that returned
    the sub-module), share (0-1, NA where nobody returned it).
    """
    parts = panel.parts[panel.parts["row"].isin(np.asarray(rows, dtype=int))]
    returned = parts.drop_duplicates(["row", "submodule"])["submodule"].value_counts()
    sectors = [*SECTORS, *([UNLISTED] if (table["sector"] == UNLISTED).any() else [])]
    found = pd.MultiIndex.from_product([sectors, instrument.submodules], names=["sector", "submodule"]).to_frame(index=False)
    counts = table.groupby(["sector", "submodule"]).size().rename("n")
    found = found.join(counts, on=["sector", "submodule"]).fillna({"n": 0}).astype({"n": int})
    found["of"] = found["submodule"].map(returned).fillna(0).astype(int)
    return found.assign(share=np.where(found["of"] > 0, found["n"] / found["of"].where(found["of"] > 0, 1), np.nan))


def by_state(table: pd.DataFrame, panel: Panel, instrument: Instrument, rows: Sequence[int]) -> pd.DataFrame:
    """What each State's return has of the sectors, the fewest first.

    Returns
    -------
    One row per return: row, iso3, round, sectors (tuple, in the order of the list), n_sectors, missing (tuple of `EXPECTED` that answered
    nothing), alone (sub-modules that a single sector answered), unnamed (sub-modules returned of which nobody says who answered).
    """
    rows = [int(row) for row in rows]
    found = panel.index.iloc[rows][["row", "iso3", "round"]].reset_index(drop=True)
    order = {sector: i for i, sector in enumerate((*SECTORS, UNLISTED))}
    of_row = table.groupby("row")["sector"].agg(set)
    sets = [of_row.get(row, set()) for row in rows]
    counts = table.groupby(["row", "submodule"]).size()
    parts = panel.parts[panel.parts["row"].isin(rows)].drop_duplicates(["row", "submodule"])
    number = counts.reindex(pd.MultiIndex.from_frame(parts[["row", "submodule"]])).fillna(0).to_numpy()
    told = {name: parts.loc[number == n].groupby("row")["submodule"].agg(tuple) for name, n in (("alone", 1), ("unnamed", 0))}
    found["sectors"] = [tuple(sorted(some, key=order.get)) for some in sets]
    found["n_sectors"] = [len(some) for some in sets]
    found["missing"] = [tuple(s for s in EXPECTED if s not in some) for some in sets]
    for name, some in told.items():
        found[name] = [some.get(row, ()) for row in rows]
    return found.sort_values(["n_sectors", "iso3"], kind="stable").reset_index(drop=True)
