"""What reading needs to know, on its way to a reader: instruments and States as plain JSON, each part sent once.

An instrument travels with all of its tables, not as the name of a folder: what a reader works with is what the desk holds, also where
the folder has changed since, or where there is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

import pandas as pd

from analysis.instrument import AwardRule, Gates, Instrument
from analysis.states import States


@dataclass(frozen=True)
class Part:
    """An instrument or a list of States, encoded. `signature` tells parts apart."""

    kind: str
    signature: str
    content: bytes


@dataclass(frozen=True)
class Setting:
    """The instruments and the States that files are read with."""

    instruments: Mapping[str, Instrument]
    states: States

    def parts(self) -> dict[str, Part]:
        """Instrument id, or "" for the States -> its part."""
        return {**{name: _part(one) for name, one in self.instruments.items()}, "": _part(self.states)}


_parts: WeakKeyDictionary[object, Part] = WeakKeyDictionary()
_lock = Lock()


def _part(value: Instrument | States) -> Part:
    """The part of a value; encoded once, as tables are never changed in place."""
    with _lock:
        if value not in _parts:
            kind = "instrument" if isinstance(value, Instrument) else "states"
            content = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
            _parts[value] = Part(kind, hashlib.sha256(kind.encode() + content).hexdigest(), content)
        return _parts[value]


def _plain(value: Instrument | States) -> dict:
    return {field.name: _plain_field(getattr(value, field.name)) for field in fields(value)}


def _plain_field(value: object) -> object:
    if isinstance(value, pd.DataFrame):
        columns = [[str(name), str(column.dtype), column.tolist()] for name, column in value.items()]
        return {"table": columns, "rows": len(value)}
    if isinstance(value, Gates):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {k: asdict(v) if isinstance(v, AwardRule) else v for k, v in value.items()}
    return value


def value_of(kind: str, content: bytes) -> Instrument | States:
    """The instrument or the States of a part."""
    found = {name: _table(v) if isinstance(v, dict) and "table" in v else v for name, v in json.loads(content).items()}
    if kind == "states":
        return States(**found)
    found["folder"] = Path(found["folder"])
    found["rules"] = {name: AwardRule(**rule) for name, rule in found["rules"].items()}
    found["gates"] = Gates(**found["gates"])
    found["levels"], found["languages"] = tuple(found["levels"]), tuple(found["languages"])
    return Instrument(**found)


def _table(plain: dict) -> pd.DataFrame:
    columns = {name: pd.Series(_cells(values), dtype=dtype) for name, dtype, values in plain["table"]}
    return pd.DataFrame(columns, index=pd.RangeIndex(plain["rows"]))


def _cells(values: list) -> list:
    return [tuple(v) if isinstance(v, list) else v for v in values]
