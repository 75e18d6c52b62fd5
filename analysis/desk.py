"""The returns desk: where returns live, how files become returns, and how returns get into a store.

The one module in which workbooks and store meet; the command line and the pages do exactly this, and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.instrument import DEFAULT_INSTRUMENT, Instrument, instruments
from analysis.model import PANEL_KEYS, Problem, ReadReturn, UnreadableReturn, status_of
from analysis.states import States, load_states
from analysis.store import Store, Stored, open_store
from analysis.workbook.files import contents, found_files
from analysis.workbook.options import ReadingOptions
from analysis.workbook.reading import AS_IT_IS, read_file

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
KEPT_SECONDS = 7 * 86_400  # how long an earlier demonstration's store is kept


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


def read(desk: Desk, name: str, content: bytes, options: ReadingOptions = AS_IT_IS) -> Incoming:
    """Read one file. Never raises for what a file holds: what can't be read is said in `problems`."""
    try:
        return Incoming(name, content, tuple(read_file(name, content, desk.instruments, desk.states, options)))
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
    """Store every storable return of a file, each in one transaction. What is already there is said so, not stored twice.

    Raises
    ------
    ValueError
        If a return is of a State that this desk does not know: it was read at another desk.
    """
    strange = [item.value.iso3 for item in incoming.reads if item.storable and item.value.iso3 not in desk.states]
    if strange:
        raise ValueError(f"{incoming.name} was read for other States: {', '.join(strange)}")
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
        _remove(p for p in _of_others(target) if _age(p) > KEPT_SECONDS)
    return place


def _of_others(target: Path) -> list[Path]:
    """Stores of earlier demonstrations, and what killed builds left. A server may still read them: they go when they are old."""
    found = [*VAR.glob("demo-*.sqlite*"), *VAR.glob("*.building*"), *VAR.glob("demo.sqlite*"), *VAR.glob("demo.stamp")]
    return [path for path in found if not path.name.startswith(target.name)]


def _age(path: Path) -> float:
    """Seconds since a file was last written; 0 for one that is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _demo_file() -> Path:
    return VAR / f"demo-{_sample_stamp()[:16]}.sqlite"


def _build_demonstration(building: Path, progress: Callable[[int, int, str], None] | None) -> None:
    store = open_store(f"sqlite:///{building}", sample=True)
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
    """Changes when a sample workbook, the sample's States, the instrument, the reader of workbooks or the store's layout does."""
    digest = hashlib.sha256()
    code = [ROOT / "analysis" / part for part in ("store", "workbook")]
    folders = [SAMPLE / "returns", ROOT / "data" / "instruments" / DEFAULT_INSTRUMENT, *code]
    found = [p for folder in folders for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc" and p.name[:1] not in "~."]
    for path in sorted([SAMPLE / "states.csv", ROOT / "data" / "reference" / "status_words.csv", *found]):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


PREVIEW_COLUMNS = ["file", "iso3", "organization", "round", "reading", "instrument", "submodules", "outcome", "replaces"]
COUNTED = ("answered", "na_justified", "na_unjustified", "dont_know", "withheld", "blank", "invalid")


def preview(store: Store | None, found: Iterable[Incoming]) -> pd.DataFrame:
    """What would happen if these files were stored in this order: a row per return, and one for each file in which there is none.

    Parameters
    ----------
    store: None for a store that does not exist yet.

    Returns
    -------
    file, iso3, organization, round, reading, instrument, submodules (codes, joined by ", "), outcome (`new`, `replaces`,
    `already`: these very bytes brought this return before, `cannot`), replaces (sub-modules that an earlier return of the same unit
    holds), a number per status of a cell (`COUNTED`), problems (all), stops (those that keep it from being stored).
    """
    before, rows = held(store), []
    for item in found:
        sha256 = item.sha256
        for one in item.reads:
            rows.append(_preview_row(item.name, sha256, one, before))
        if not item.reads:
            stops = sum(p.severity == "stop" for p in item.problems)
            rows.append({"file": item.name, "outcome": "cannot", "problems": len(item.problems), "stops": stops})
    table = pd.DataFrame(rows, columns=[*PREVIEW_COLUMNS, *COUNTED, "problems", "stops"])
    texts = {c: table[c].astype(object).where(table[c].notna(), "").astype("str") for c in PREVIEW_COLUMNS}
    return table.assign(**texts, **{c: table[c].astype("Int64") for c in (*COUNTED, "problems", "stops")})


def expected(item: Incoming, before: dict[tuple, Held]) -> list[str]:
    """What storing a file would come to, a word for each of its returns; `before` then holds it as well."""
    sha256 = item.sha256
    return [_preview_row(item.name, sha256, one, before)["outcome"] for one in item.reads]


def outcomes(item: Incoming, stored: Iterable[Stored]) -> list[str]:
    """What became of each return of a file: `stored`, `already` or `cannot`."""
    done = iter(stored)
    return [next(done).outcome if one.storable else "cannot" for one in item.reads]


@dataclass
class Held:
    """What a store holds of one unit: hashes of the files and sub-modules."""

    files: set[str] = field(default_factory=set)
    submodules: set[str] = field(default_factory=set)

    def add(self, sha256: str, submodules: Iterable[str]) -> None:
        self.files.add(sha256)
        self.submodules.update(submodules)


def held(store: Store | None) -> dict[tuple, Held]:
    """What a store holds, by (instrument, *key of the return)."""
    found: dict[tuple, Held] = {}
    for row in store.returns().itertuples() if store else ():
        key = (row.instrument, row.iso3, row.organization, row.round, row.reading)
        found.setdefault(key, Held()).add(row.sha256, row.submodules.split(", "))
    return found


def _preview_row(file: str, sha256: str, one: ReadReturn, holds: dict[tuple, Held]) -> dict:
    row = {"file": file, "problems": len(one.problems), "stops": sum(p.severity == "stop" for p in one.problems)}
    value = one.value
    if value is None:
        return {**row, "outcome": "cannot"}
    statuses = Counter(status_of(a.code) for a in value.answers)
    before = holds.setdefault((value.instrument, *value.key), Held())
    replaced = [s for s in value.submodules if s in before.submodules]
    outcome = "cannot" if not one.storable else "already" if sha256 in before.files else "replaces" if replaced else "new"
    row |= {
        "outcome": outcome,
        "replaces": ", ".join(replaced) if outcome == "replaces" else "",
        "submodules": ", ".join(value.submodules),
    }
    if outcome in ("new", "replaces"):
        before.add(sha256, value.submodules)
    unit = dict(zip(["instrument", *PANEL_KEYS], (value.instrument, *value.key), strict=True))
    return row | unit | {status: statuses[status] for status in COUNTED}
