"""Stored vectors -> the panel that scoring works on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, func, select

from analysis.model import NOT_RETURNED, PANEL_KEYS, Panel, round_date
from analysis.store import schema as t
from analysis.store.frames import column, frame
from analysis.store.layout import Layout
from analysis.store.standing import counting, unit_numbers

HEADER = ["return_id", "instrument", *PANEL_KEYS, "received_at", "date_from", "date_to"]


def newest_steps(until: int | None = None) -> Select:
    """return_id and step of the newest step of every return; of those taken up to a step's number where one is given."""
    newest = select(func.max(t.steps.c.step_id).label("step_id")).group_by(t.steps.c.return_id)
    newest = (newest if until is None else newest.where(t.steps.c.step_id <= until)).subquery()
    return select(t.steps.c.return_id, t.steps.c.step).join(newest, newest.c.step_id == t.steps.c.step_id)


def load_panel(connection: Connection, layout: Layout, *, drafts: bool = False, until: int | None = None) -> Panel:
    """The panel of an instrument; see `Store.panel`."""
    returns, codes = _returns(connection, layout, until)
    units, returns["unit"] = _units(returns)
    parts = counting(_parts(returns, codes, layout), drafts=drafts)
    present = np.unique(parts["unit"])
    parts["row"] = np.searchsorted(present, parts["unit"])
    parts = parts.sort_values(["row", "position"], kind="stable").reset_index(drop=True)
    index = _index(units.iloc[present], returns.iloc[parts["place"]].reset_index(drop=True), parts)
    kept = parts[["row", "submodule", "return_id", "step"]].assign(received_at=returns["received_at"].array[parts["place"]])
    return Panel(layout.instrument, _assembled(layout, codes, parts, len(index)), index, kept)


def _returns(connection: Connection, layout: Layout, until: int | None) -> tuple[pd.DataFrame, np.ndarray]:
    """Every return to an instrument with its newest step, and the codes of each, in one query: one moment of the store."""
    steps = newest_steps(until).subquery()
    query = (
        select(*(t.returns.c[n] for n in HEADER), steps.c.step, t.vectors.c.layout, t.vectors.c.codes)
        .join(steps, steps.c.return_id == t.returns.c.return_id)
        .join(t.vectors, t.vectors.c.return_id == t.returns.c.return_id)
        .where(t.returns.c.instrument == layout.instrument)
        .order_by(t.returns.c.return_id)
    )
    table = frame(connection.execute(query).all(), [*HEADER, "step", "layout", "codes"])
    stored = table.pop("codes").tolist()
    foreign = np.flatnonzero(table.pop("layout") != layout.hash)
    made = vectors_from_rows(connection, layout, table["return_id"].iloc[foreign])
    for place, one in zip(foreign, made, strict=True):  # of another layout: made again, never taken as it is
        stored[place] = one.tobytes()
    return table, np.frombuffer(b"".join(stored), dtype=np.int8).reshape(len(stored), len(layout.questions))


def vectors_from_rows(connection: Connection, layout: Layout, return_ids: Sequence[int]) -> list[np.ndarray]:
    """The vectors of some returns, from the rows alone."""
    made, row = [], t.answers.c
    for return_id in map(int, return_ids):
        submodules = connection.scalars(select(t.parts.c.submodule).where(t.parts.c.return_id == return_id)).all()
        found = connection.execute(select(row.question, row.option, row.code).where(row.return_id == return_id))
        made.append(layout.vector(submodules, {q: layout.code(q, option, code) for q, option, code in found}))
    return made


def _units(returns: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Every unit with its round's date, in the order of a panel; and the place of each return's unit there."""
    number = unit_numbers(returns).to_numpy()
    units = returns.loc[~pd.Series(number).duplicated().to_numpy(), PANEL_KEYS].reset_index(drop=True)
    dates = {label: round_date(label) for label in units["round"].unique()}
    units["round_date"] = column("round_date", [dates[label] for label in units["round"]])
    units = units.sort_values(["iso3", "organization", "round_date", "round", "reading"], kind="stable")
    place = np.empty(len(units), dtype="int64")
    place[units.index] = np.arange(len(units))
    return units.reset_index(drop=True), place[number]


def _parts(returns: pd.DataFrame, codes: np.ndarray, layout: Layout) -> pd.DataFrame:
    """A row per return and sub-module that it holds: unit, submodule, position of the sub-module, place and number of the return, step."""
    held = []
    for position, (submodule, columns) in enumerate(layout.parts.items()):
        place = np.flatnonzero((codes[:, columns] != NOT_RETURNED).any(axis=1))
        held.append(
            returns[["unit", "return_id", "step"]].iloc[place].assign(submodule=submodule, position=position, place=place)
        )
    return pd.concat(held, ignore_index=True)


def _index(units: pd.DataFrame, of_part: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """The index of a panel. of_part: the return that each of the parts comes from."""
    feeding = of_part.groupby(parts["row"].to_numpy())
    index = units.reset_index(drop=True)
    index.insert(0, "row", np.arange(len(units), dtype="int64"))
    index["received_at"] = feeding["received_at"].max().array
    index["returns"] = feeding["return_id"].nunique().to_numpy(dtype="int64")
    index["date_from"], index["date_to"] = feeding["date_from"].min().array, feeding["date_to"].max().array
    return index


def _assembled(layout: Layout, codes: np.ndarray, parts: pd.DataFrame, rows: int) -> np.ndarray:
    """Each unit's codes, put together from the parts that count; read-only, for it is shared."""
    panel = np.full((rows, len(layout.questions)), NOT_RETURNED, dtype=np.int8)
    for submodule, some in parts.groupby("submodule", sort=False):
        columns = layout.parts[submodule]
        panel[np.ix_(some["row"], columns)] = codes[np.ix_(some["place"], columns)]
    panel.flags.writeable = False
    return panel
