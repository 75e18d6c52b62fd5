"""Which return counts: sub-module by sub-module the newest validated, else the newest submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, PANEL_KEYS, Panel, round_date

#: Steps that count, the strongest first. A draft counts only when asked for, a return sent back never.
_STRENGTH = {"validated": 2, "submitted": 1, "draft": 0}
PART_COLUMNS = ["row", "submodule", "return_id", "step", "received_at"]


def winners(entries: Iterable[tuple[tuple, str, int, str]], drafts: bool = False) -> dict[tuple[tuple, str], int]:
    """(unit, sub-module) -> the return that counts.

    entries: (unit, sub-module, return_id, step). Newer returns have higher ids. A validated part counts until its
    replacement is validated.
    """
    best: dict[tuple[tuple, str], tuple[int, int]] = {}
    for unit, submodule, return_id, step in entries:
        if step not in _STRENGTH or (step == "draft" and not drafts):
            continue
        rank = (_STRENGTH[step], return_id)
        if rank > best.get((unit, submodule), (-1, -1)):
            best[unit, submodule] = rank
    return {key: rank[1] for key, rank in best.items()}


def counting_parts(returns: pd.DataFrame, held: pd.DataFrame) -> dict[int, list[str]]:
    """Return -> the sub-modules for which it counts now. returns: with step and the unit's keys; held: return_id, submodule."""
    units = {r.return_id: (r.instrument, r.iso3, r.organization, r.round, r.reading) for r in returns.itertuples()}
    step = dict(zip(returns["return_id"], returns["step"], strict=True))
    entries = [
        (units[r.return_id], r.submodule, r.return_id, step[r.return_id]) for r in held.itertuples() if r.return_id in units
    ]
    found: dict[int, list[str]] = defaultdict(list)
    for (_, submodule), return_id in winners(entries).items():
        found[int(return_id)].append(submodule)
    return found


def panel_of(
    instrument: Instrument,
    rows: Sequence,
    held: Sequence[tuple[int, str]],
    vectors: Mapping[int, np.ndarray],
    step_of: Mapping[int, str],
    drafts: bool,
) -> Panel:
    """Put the parts that count together, one row per unit, sorted by State, organization, round and reading.

    rows: headers of returns (return_id, the unit's keys, received_at, date_from, date_to). held: (return_id, submodule).
    """
    header = {r.return_id: r for r in rows}
    unit_of = {i: tuple(getattr(r, key) for key in PANEL_KEYS) for i, r in header.items()}
    chosen = winners(((unit_of[i], s, i, step_of[i]) for i, s in held), drafts)
    dates = {label: round_date(label) for label in {u[2] for u, _ in chosen}}
    units = sorted({unit for unit, _ in chosen}, key=lambda u: (u[0], u[1], str(dates[u[2]] or u[2]), u[3]))
    place = {unit: i for i, unit in enumerate(units)}
    columns = {s: np.flatnonzero((instrument.questions["submodule"] == s).to_numpy()) for s in instrument.submodules}
    codes = np.full((len(units), len(instrument.questions)), NOT_RETURNED, dtype=np.int8)
    parts = []
    for (unit, submodule), return_id in sorted(chosen.items(), key=lambda item: (place[item[0][0]], item[0][1])):
        if submodule not in columns:
            continue
        at = columns[submodule]
        codes[place[unit], at] = vectors[return_id][at]
        parts.append((place[unit], submodule, return_id, step_of[return_id], header[return_id].received_at))
    table = pd.DataFrame(parts, columns=PART_COLUMNS)
    index = pd.DataFrame(units, columns=PANEL_KEYS, dtype="str")
    index.insert(0, "row", np.arange(len(units)))
    index["round_date"] = pd.to_datetime([dates[u[2]] for u in units])
    newest = table.sort_values("return_id").groupby("row")["return_id"]
    index["received_at"] = pd.to_datetime(
        pd.Series([header[i].received_at for i in newest.last().reindex(index["row"])], dtype="object"), utc=True
    )
    index["returns"] = newest.nunique().reindex(index["row"]).to_numpy() if len(index) else []
    for name in ("date_from", "date_to"):
        index[name] = pd.to_datetime([getattr(header[i], name) for i in newest.last().reindex(index["row"])])
    return Panel(instrument.id, codes, index, table)
