"""Threat: a weight of 0-1 on the gaps of a sub-module and a State, entered by whoever stands for it, with source and date. 1 where nobody has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.states import States

FULL = 1.0
EVERYONE, GROUP, STATE = 0, 1, 2  # how specific a row's place is


def in_force(bodies: Iterable[Mapping[str, object]], today: dt.date | None = None) -> list[Mapping[str, object]]:
    """The rows whose date has come: a threat holds from its date on. today: the present day (UTC) where it is not given."""
    last = (today or dt.datetime.now(dt.UTC).date()).isoformat()
    return [body for body in bodies if str(body.get("date", "")) <= last]


def threats(
    bodies: Iterable[Mapping[str, object]],
    iso3: Sequence[str],
    instrument: Instrument,
    states: States,
    today: dt.date | None = None,
) -> pd.DataFrame:
    """The threat in force for every State and sub-module on a day.

    Of the rows whose date has come (`in_force`) the most specific applies, and of equally specific ones the newest: a row that names the State before one that names a group of
    States before one for all; then a row that names the sub-module before one for all of them; then the later date. Of two rows of the same
    date the one that stands later in `bodies` counts.

    Parameters
    ----------
    bodies: records of the register of threat (submodules, places, threat, source, date). iso3: the States asked for. today: the present
    day where it is not given.

    Returns
    -------
    One row per (State, sub-module): iso3, submodule, threat (0-1; 1 where no row applies), threat_source, threat_date ("" there).

    Source: scoring.md section 9; the order of precedence is a convention of this project.
    """
    codes, submodules = list(dict.fromkeys(iso3)), list(instrument.submodules)
    shape = (len(codes), len(submodules))
    value, by = np.full(shape, FULL), np.full(shape, -1)
    rows = sorted(in_force(bodies, today), key=lambda body: str(body.get("date", "")))  # stable: equal dates keep their order
    for place in (EVERYONE, GROUP, STATE):
        for named in (False, True):
            for number, body in enumerate(rows):
                if bool(body.get("submodules")) != named:
                    continue
                whom = _whom(body, place, states)
                here = np.array([code in whom for code in codes], dtype=bool)
                parts = np.array([not named or s in body["submodules"] for s in submodules], dtype=bool)
                cells = np.ix_(here, parts)
                value[cells], by[cells] = float(body["threat"]), number
    table = pd.DataFrame({"iso3": np.repeat(codes, len(submodules)), "submodule": np.tile(submodules, len(codes))})
    said = [rows[i] if i >= 0 else {} for i in by.ravel()]
    return table.assign(
        threat=value.ravel(),
        threat_source=[str(body.get("source", "")) for body in said],
        threat_date=[str(body.get("date", "")) for body in said],
    )


def _whom(body: Mapping[str, object], place: int, states: States) -> set[str]:
    """The States a row names in one way: each by its code, by a group, or all by naming none."""
    places = [str(one) for one in body.get("places") or []]
    if place == EVERYONE:
        return set() if places else states.members("")
    if place == STATE:
        return {one for one in places if ":" not in one}
    return {code for one in places if ":" in one for code in states.members(one)}
