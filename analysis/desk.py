"""The returns desk: where returns live, how files become returns, and how returns get into a store.

The one module in which workbooks and store meet; the command line and the pages do exactly this, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.budgets import Budgets
from analysis.instrument import DEFAULT_INSTRUMENT, Instrument, instruments
from analysis.model import Problem, ReadReturn, UnreadableReturn, round_date
from analysis.registers import REGISTERS, Register
from analysis.scores.weights import effective_weights
from analysis.states import States, load_states
from analysis.store import Store, Stored, open_store
from analysis.texts import problem_sentence, text
from analysis.workbook import mapping as mapping
from analysis.workbook.files import contents, found_files
from analysis.workbook.files import unpacked as unpacked
from analysis.workbook.isolation.pool import Readers
from analysis.workbook.isolation.pool import readers as shared_readers
from analysis.workbook.isolation.setting import Setting
from analysis.workbook.mapping import step as mapping_step  # noqa: F401 the pages come to it through here
from analysis.workbook.options import ReadingOptions
from analysis.workbook.registers import RegisterRead, Row, register_book, register_in, register_rows, row_of
from analysis.workbook.state_names import suggested_states as close_states
from analysis.workbook.weights import WeightsRead, weights_book, weights_read

if TYPE_CHECKING:
    from analysis.workbook.annotated import Annotated
    from analysis.workbook.book import RawSheet

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("RETURNS_VAR") or ROOT / "data" / "var")
SAMPLE = ROOT / "data" / "sample"
AS_IT_IS = ReadingOptions()


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
    """One file as it came, with what was read in it. `reads` is empty where the file can't be read; `problems` say why.

    `options`: what a person said about it. It lives as long as the file lies on the desk, and is not stored.
    """

    name: str
    content: bytes
    reads: tuple[ReadReturn, ...]
    problems: tuple[Problem, ...] = ()
    options: ReadingOptions = AS_IT_IS

    @property
    def sha256(self) -> str:
        """Hash of the bytes as they came; empty where there are none."""
        return hashlib.sha256(self.content).hexdigest() if self.content else ""

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Problems of the file and of every return in it."""
        return self.problems + tuple(p for read in self.reads for p in read.problems)


def read(desk: Desk, name: str, content: bytes, options: ReadingOptions = AS_IT_IS) -> Incoming:
    """Read one file, in a process of its own. Never raises for what a file holds: what can't be read is said in `problems`."""
    return next(read_all(desk, [(name, content, options)]))


def read_all(
    desk: Desk, files: Iterable[tuple[str, bytes, ReadingOptions]], readers: Readers | None = None
) -> Iterator[Incoming]:
    """Read files (name, bytes, what a person said about it), several at once; what was read comes in the order of the files.

    Only a few files are taken ahead of what was given back: memory stays flat however many come. `readers`: those of this process.
    """
    return _read_each(desk, (Incoming(name, content, (), options=options) for name, content, options in files), readers)


def _read_each(desk: Desk, items: Iterable[Incoming], readers: Readers | None = None) -> Iterator[Incoming]:
    """Items with what was read in them; one that has problems already is not read."""
    pool, setting = readers or shared_readers(), Setting(desk.instruments, desk.states)

    def begun() -> Iterator[tuple[Incoming, Future[list[ReadReturn]]]]:
        for item in items:
            if item.problems:
                future = Future()
                future.set_result([])
            else:
                future = pool.read(item.name, item.content, setting, item.options)
            yield item, future

    for item, future in pool.in_order(begun()):
        try:
            yield replace(item, reads=tuple(future.result()))
        except UnreadableReturn as error:
            yield replace(item, problems=error.problems)


def incoming(
    desk: Desk,
    paths: Iterable[str | Path],
    progress: Callable[[int, int, str], None] | None = None,
    options: ReadingOptions = AS_IT_IS,
) -> Iterator[Incoming]:
    """Every file below some paths (files, folders, zips), read several at once and given back in order; `progress` is told before each
    and at the end. options: what a person said about all of them."""
    found = found_files(paths)
    tell = progress or (lambda *_: None)
    items = (Incoming(file.name, content, (), problems, options) for file, content, problems in contents(found))
    reading = _read_each(desk, items)
    for i, file in enumerate(found):
        tell(i, len(found), file.name)
        yield next(reading)
    tell(len(found), len(found), "")


def sheets(desk: Desk, name: str, content: bytes, password: str = "") -> list[RawSheet]:
    """The beginning of every sheet of a file as plain values, for whoever says what they mean.

    Raises
    ------
    UnreadableReturn
        If nobody can open it.
    """
    return shared_readers().sheets(name, content, password).result()[0]


def annotated(desk: Desk, incoming: Incoming, language: str = "en") -> Annotated:
    """A file as it came, with its problems marked in it.

    Raises
    ------
    UnreadableReturn
        If no copy can be made.
    """
    problems, password = incoming.all_problems, incoming.options.password
    return shared_readers().annotated(incoming.name, incoming.content, problems, language, password).result()


def annotated_copies(desk: Desk, items: Iterable[Incoming], language: str = "en") -> bytes:
    """A zip of the annotated copies of every file with problems; one of which no copy can be made is named in a text beside them."""
    out, taken, failed = BytesIO(), set(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in items:
            if not item.all_problems:
                continue
            try:
                copy = annotated(desk, item, language)
            except UnreadableReturn as error:
                failed += [text("annotated.none", language, file=item.name, reason=problem_sentence(error.problems[0], language))]
                continue
            name = copy.name.replace("\\", "/").rsplit("/", 1)[-1].lstrip(".") or "copy.xlsx"
            while name in taken:  # two files of one name, as in folders of a zip
                stem, dot, ending = name.rpartition(".")
                name = f"{stem} (2){dot}{ending}"
            taken.add(name)
            archive.writestr(name, copy.content)
        if failed:
            archive.writestr("no-copy.txt", "\n".join(failed) + "\n")
    return out.getvalue()


def suggested_states(desk: Desk, written: str) -> list[str]:
    """Codes of the States that a name which could not be read for certain may mean, the best first."""
    return close_states(written, desk.states)


def register_form(desk: Desk, register: Register, instrument: str, rows: Iterable[Mapping[str, object]] = ()) -> bytes:
    """A register's workbook, empty or filled in with rows as they are kept."""
    return register_book(register, desk.instruments[instrument], desk.states, rows)


def read_register(
    desk: Desk, register: Register, instrument: str, name: str, content: bytes, password: str = "", today: dt.date | None = None
) -> RegisterRead:
    """The rows of a register in a file of any format, read in a process of its own. Never raises for what a file holds.

    today: the day after which nothing can have happened yet; None: dates that lie ahead are not asked about.
    """
    try:
        found, problems = shared_readers().sheets(name, content, password).result()
    except UnreadableReturn as error:
        return RegisterRead(problems=error.problems)
    told = register_rows(register, name, found, desk.instruments[instrument], desk.states, today=today)
    return replace(told, problems=(*problems, *told.problems))


def register_of(sheets: Iterable[RawSheet]) -> Register | None:
    """The register of the returns desk whose form these sheets are (`sheets` opens a file); None for any other file."""
    return register_in(REGISTERS.values(), sheets)


def register_row(
    desk: Desk, register: Register, instrument: str, values: Mapping[str, object], today: dt.date | None = None
) -> RegisterRead:
    """One row entered by hand, checked like one of a workbook."""
    return row_of(register, values, desk.instruments[instrument], desk.states, today)


def weights_form(desk: Desk, instrument: str, name: str = "", budgets: Budgets | None = None) -> bytes:
    """The workbook of a set of weights, empty or with the points of a set."""
    found = desk.instruments[instrument]
    shares = effective_weights(found)
    return weights_book(found, dict(zip(shares["item"], shares["share"], strict=True)), name, budgets)


def read_weights(desk: Desk, instrument: str, name: str, content: bytes) -> WeightsRead:
    """The points of a set of weights in a file of any format, read in a process of its own. Never raises for what a file holds."""
    try:
        found, problems = shared_readers().sheets(name, content, "").result()
    except UnreadableReturn as error:
        return WeightsRead(problems=error.problems)
    told = weights_read(name, found, desk.instruments[instrument])
    return replace(told, problems=(*problems, *told.problems))


def keep(store: Store, register: Register, rows: Iterable[Row], by: str) -> int:
    """Keep rows of a register that differ from what is kept under their keys; how many did."""
    before = dict(store.records(register.kind)[["key", "body"]].itertuples(index=False))
    changed = {row.key: row.body for row in rows if before.get(row.key) != row.body}
    if changed:
        store.save_records(register.kind, changed, by)
    return len(changed)


#: What can be done with a return that can be stored; the first is done where nobody chose.
CHOICES = ("submitted", "draft", "skip")


def commit(store: Store, desk: Desk, incoming: Incoming, by: str, choices: Sequence[str] | None = None) -> list[Stored]:
    """Store every storable return of a file, each in one transaction. What is already there is said so, not stored twice.

    choices: for each return in the file, storable or not, one of `CHOICES`; by default all are submitted.

    Raises
    ------
    ValueError
        If a return is of a State that this desk does not know: it was read at another desk; or if there is not one choice for each.
    """
    chosen = [CHOICES[0]] * len(incoming.reads) if choices is None else choices
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
            step=choice,
        )
        for item, choice in zip(incoming.reads, chosen, strict=True)
        if item.storable and choice != "skip"
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
        _keep_registers(store, desk)
        _keep_weights(store)
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
    """The demonstration's visits and earlier rounds count as validated; the newest self-assessments stay as submitted."""
    returns = store.returns().sort_values("return_id")
    newest = max(returns["round"], key=round_date)
    for return_id in returns.loc[(returns["reading"] == "visit") | (returns["round"] != newest), "return_id"]:
        store.set_step(int(return_id), "validated", "demonstration", "")


def _keep_registers(store: Store, desk: Desk) -> None:
    """The demonstration's registers: a workbook each, named by its kind. One with a cell to repair is a fault of the sample; a note is
    none, for the amounts of cost bands are an office's own to set.

    Raises
    ------
    ValueError
        With the first of them.
    """
    for kind, register in REGISTERS.items():
        path = SAMPLE / "registers" / f"{kind}.xlsx"
        if not path.exists():
            continue
        found = read_register(desk, register, DEFAULT_INSTRUMENT, path.name, path.read_bytes())
        if wrong := [one for one in found.problems if one.severity != "note"]:
            raise ValueError(f"{wrong[0].place}: {problem_sentence(wrong[0])}")
        keep(store, register, found.rows, "demonstration")


def _keep_weights(store: Store) -> None:
    """The demonstration's sets of weights: the experts in them are invented."""
    path = SAMPLE / "registers" / "weight-set.json"
    if path.exists():
        store.save_records(path.stem, json.loads(path.read_text(encoding="utf-8")), "demonstration")


def _sample_stamp() -> str:
    """Changes when a sample workbook, the sample's States, a shipped instrument, the reader of workbooks or the store's layout does."""
    digest = hashlib.sha256()
    code = [ROOT / "analysis" / part for part in ("store", "workbook")]
    code += [ROOT / "analysis" / "registers"]
    folders = [SAMPLE / "returns", SAMPLE / "registers", ROOT / "data" / "instruments", *code]
    found = [p for folder in folders for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc" and p.name[:1] not in "~."]
    for path in sorted([SAMPLE / "states.csv", ROOT / "data" / "reference" / "status_words.csv", *found]):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def outcomes(item: Incoming, stored: Iterable[Stored]) -> list[str]:
    """What became of each return of a file: as `Stored` says it, or `cannot`."""
    done = iter(stored)
    return [next(done).outcome if one.storable else "cannot" for one in item.reads]
