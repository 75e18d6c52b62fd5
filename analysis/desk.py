"""The returns desk: where returns live, how files become returns, and how returns get into a store.

The one module in which workbooks and store meet; the command line and the pages do exactly this, and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.instrument import DEFAULT_INSTRUMENT, Instrument, instruments
from analysis.model import Problem, ReadReturn, UnreadableReturn, status_of
from analysis.states import States, load_states
from analysis.store import Store, Stored, open_store
from analysis.workbook.files import contents, found_files
from analysis.workbook.reading import read_file

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("RETURNS_VAR") or ROOT / "data" / "var")
SAMPLE = ROOT / "data" / "sample"


@dataclass(frozen=True)
class Source:
    """One store: the demonstration's (fictional States only) or the office's own (real and local States only)."""

    name: str
    url: str
    sample: bool


SOURCES = ("demo", "own")


def source(name: str) -> Source:
    """The source of that name. The office's own store is `$RETURNS_DATABASE`, else an embedded file.

    The demonstration's file may not be there yet: `demonstration` makes it.
    """
    if name == "demo":
        return Source("demo", f"sqlite:///{_demo_file()}", True)
    if name == "own":
        return Source("own", os.environ.get("RETURNS_DATABASE") or f"sqlite:///{VAR / 'returns.sqlite'}", False)
    raise KeyError(name)


def default_source() -> str:
    """`$RETURNS_STORE` where it names a source, else the demonstration."""
    name = os.environ.get("RETURNS_STORE", "demo")
    return name if name in SOURCES else "demo"


def default_instrument(known: Mapping[str, Instrument]) -> str:
    """The instrument to begin with where nothing has been returned yet."""
    return DEFAULT_INSTRUMENT if DEFAULT_INSTRUMENT in known else next(iter(known))


@dataclass(frozen=True)
class Desk:
    """What reading needs to know: the instruments and the States that may return."""

    instruments: Mapping[str, Instrument]
    states: States


def open_desk(sample: bool = False, extra_instruments: str | None = None) -> Desk:
    """A desk for the demonstration or for real returns."""
    return Desk(instruments(extra_instruments), load_states(sample))


@dataclass(frozen=True)
class Incoming:
    """One file as it came, with what was read in it. `reads` is empty where the file can't be read; `problems` say why."""

    name: str
    content: bytes
    reads: tuple[ReadReturn, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of the bytes as they came; empty where there are none."""
        return hashlib.sha256(self.content).hexdigest() if self.content else ""

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Problems of the file and of every return in it."""
        return self.problems + tuple(p for read in self.reads for p in read.problems)


def read(desk: Desk, name: str, content: bytes) -> Incoming:
    """Read one file. Never raises for what a file holds: what can't be read is said in `problems`."""
    try:
        return Incoming(name, content, tuple(read_file(name, content, desk.instruments, desk.states)))
    except UnreadableReturn as error:
        return Incoming(name, content, (), error.problems)


def incoming(
    desk: Desk, paths: Iterable[str | Path], progress: Callable[[int, int, str], None] | None = None
) -> Iterator[Incoming]:
    """Every file below some paths (files, folders, zips), read one after the other; `progress` is told before each and at the end."""
    found = found_files(paths)
    for i, (file, content, problems) in enumerate(contents(found)):
        if progress:
            progress(i, len(found), file.name)
        yield Incoming(file.name, content, (), problems) if problems else read(desk, file.name, content)
    if progress:
        progress(len(found), len(found), "")


def commit(store: Store, desk: Desk, incoming: Incoming, by: str) -> list[Stored]:
    """Store every storable return of a file, each in one transaction. What is already there is said so, not stored twice."""
    return [
        store.add(
            item.value,
            item.problems,
            file_name=incoming.name,
            content=incoming.content,
            instrument=desk.instruments[item.value.instrument],
            by=by,
        )
        for item in incoming.reads
        if item.storable
    ]


def demonstration(progress: Callable[[int, int, str], None] | None = None) -> Source:
    """The demonstration's source; its store is built from the sample workbooks where it is missing or out of date.

    The file's name tells what it was built from, so that a changed workbook has another store and an open one is never
    changed under its readers. It is built beside, and appears under its name when whole: a killed build leaves nothing, and of
    two builders at once the first one counts.
    """
    place, target = source("demo"), _demo_file()
    if not target.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        building = VAR / f"{uuid.uuid4().hex}.building"
        try:
            _build_demonstration(building, progress)
            _appear(building, target)
        finally:
            _remove([building, *VAR.glob(f"{building.name}-*")])
        old = [p for p in VAR.glob("demo*") if not p.name.startswith(target.name)]
        _remove(old + [p for p in VAR.glob("*.building*") if p.stat().st_mtime < time.time() - 3600])
    return place


def _demo_file() -> Path:
    return VAR / f"demo-{_sample_stamp()[:16]}.sqlite"


def _build_demonstration(building: Path, progress: Callable[[int, int, str], None] | None) -> None:
    store = open_store(f"sqlite:///{building}")
    try:
        desk = open_desk(sample=True)
        for item in incoming(desk, [SAMPLE / "returns"], progress):
            commit(store, desk, item, by="demonstration")
        _accept(store)
    finally:
        store.close()  # the last to close folds the write-ahead log into the file


def _appear(building: Path, target: Path) -> None:
    """Give a whole file its name, in one step and only if nobody else was first."""
    try:
        os.link(building, target)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        os.replace(building, target)


def _remove(paths: Iterable[Path]) -> None:
    """Delete what can be deleted; a file that another process holds open on Windows waits for the next time."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _accept(store: Store) -> None:
    """The demonstration's visits count as validated; self-assessments stay as submitted."""
    returns = store.returns()
    for return_id in returns.loc[returns["reading"] == "visit", "return_id"]:
        store.set_step(int(return_id), "validated", "demonstration", "")


def _sample_stamp() -> str:
    """Changes when a sample workbook, the sample's States, the instrument or the store's layout does."""
    digest = hashlib.sha256()
    folders = [SAMPLE / "returns", ROOT / "data" / "instruments" / DEFAULT_INSTRUMENT, ROOT / "analysis" / "store"]
    found = [p for folder in folders for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    for path in sorted([SAMPLE / "states.csv", *found]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


PREVIEW_COLUMNS = ["file", "iso3", "organization", "round", "reading", "instrument", "submodules", "outcome", "replaces"]
COUNTED = ("answered", "na_justified", "na_unjustified", "dont_know", "withheld", "blank", "invalid")


def preview(store: Store, found: Iterable[Incoming]) -> pd.DataFrame:
    """What would happen if these files were stored: a row per return, and one for each file in which there is none.

    Returns
    -------
    file, iso3, organization, round, reading, instrument, submodules (codes, joined by ", "), outcome (`new`, `replaces`,
    `already`: these very bytes are stored, `cannot`), replaces (sub-modules that an earlier return of the same unit holds), a number per
    status of a cell (`COUNTED`), problems (all), stops (those that keep it from being stored).
    """
    held = store.returns()
    rows = []
    for item in found:
        for one in item.reads:
            rows.append(_preview_row(item, one, held))
        if not item.reads:
            stops = sum(p.severity == "stop" for p in item.problems)
            rows.append({"file": item.name, "outcome": "cannot", "problems": len(item.problems), "stops": stops})
    table = pd.DataFrame(rows, columns=[*PREVIEW_COLUMNS, *COUNTED, "problems", "stops"])
    texts = {c: table[c].fillna("") for c in PREVIEW_COLUMNS}
    return table.assign(**texts, **{c: table[c].astype("Int64") for c in (*COUNTED, "problems", "stops")})


def _preview_row(item: Incoming, one: ReadReturn, held: pd.DataFrame) -> dict:
    row = {"file": item.name, "problems": len(one.problems), "stops": sum(p.severity == "stop" for p in one.problems)}
    if one.value is None:
        return {**row, "outcome": "cannot"}
    value = one.value
    statuses = [status_of(a.code) for a in value.answers]
    unit = {"instrument": value.instrument, "iso3": value.iso3, "organization": value.organization}
    unit |= {"round": value.round, "reading": value.reading}
    earlier = held
    for key, wanted in unit.items():
        earlier = earlier[earlier[key] == wanted]
    before = {s for parts in earlier["submodules"] for s in parts.split(", ")}
    replaced = [s for s in value.submodules if s in before]
    if not one.storable:
        outcome = "cannot"
    elif (earlier["sha256"] == item.sha256).any():
        outcome = "already"
    else:
        outcome = "replaces" if replaced else "new"
    counts = {status: statuses.count(status) for status in COUNTED}
    return {
        **row,
        **unit,
        **counts,
        "submodules": ", ".join(value.submodules),
        "outcome": outcome,
        "replaces": ", ".join(replaced),
    }
