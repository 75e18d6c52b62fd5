"""The readers of this process: how many, who gets the next file, and what is said of a file that broke one.

Each reader has a thread here that feeds it and watches the clock. Whoever brings files has only a few of them waiting at a time, so that
several sessions take turns, and memory does not grow with the number of files.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from threading import Barrier, BrokenBarrierError, Condition, Thread, Timer, current_thread
from typing import TYPE_CHECKING, TypeVar

from analysis.instrument import Instrument
from analysis.model import Problem, ReadReturn, UnreadableReturn
from analysis.states import States
from analysis.workbook.isolation import processes
from analysis.workbook.isolation.limits import MEGABYTE, Limits
from analysis.workbook.isolation.results import plain_problems, problems_of, reads_of, sheets_of
from analysis.workbook.isolation.setting import Part, Setting
from analysis.workbook.isolation.wire import WireError
from analysis.workbook.options import ReadingOptions
from analysis.workbook.problems import problem

if TYPE_CHECKING:
    from analysis.workbook.annotated import Annotated
    from analysis.workbook.book import RawSheet

log = logging.getLogger(__name__)
K, T = TypeVar("K"), TypeVar("T")
MOST = 4  # readers, on however many cores
KEPT = 32  # parts (instruments, lists of States) that one reader holds; then another takes its place
#: What a library that has no memory left says before it gives up.
_NO_MEMORY = ("memory allocation of", "out of memory", "bad_alloc", "capacity overflow", "Cannot allocate memory", "MemoryError")
_LOST = (EOFError, OSError, WireError)


@dataclass
class _Work:
    """One thing to be done by a reader. `made` turns the answer into what was asked for."""

    name: str
    header: dict = field(repr=False)  # a password may be in it
    content: bytes = field(repr=False)
    made: Callable[[dict, bytes], object]
    setting: Setting | None = None
    future: Future = field(default_factory=Future)


class Readers:
    """Processes that read files. They start when there is work, and end when there is none for a while.

    Parameters
    ----------
    processes: how many; by default as many as there are cores, 2 to 4.
    limits: what one file may cost.
    forks: whether readers are copies of one nursery; by default where the system allows it.
    """

    def __init__(self, count: int | None = None, limits: Limits | None = None, forks: bool | None = None):
        self.count = count or min(max(os.cpu_count() or 2, 2), MOST)
        self.limits = limits or Limits()
        self.forks = processes.FORKS if forks is None else forks
        self._changed = Condition()
        self._waiting: deque[_Work] = deque()
        self._threads: set[Thread] = set()
        self._idle = 0
        self._readers: set[processes.Reader] = set()
        self._nursery: processes.Nursery | None = None
        self._closed = False

    # What can be asked

    def read(self, name: str, content: bytes, setting: Setting, options: ReadingOptions) -> Future[list[ReadReturn]]:
        """Every return in a file; the future raises UnreadableReturn where nobody can read it, and nothing else."""
        parts = {key: part.signature for key, part in setting.parts().items()}
        header = {
            "op": "read",
            "name": name,
            "options": {**asdict(options), "confirmed": dict(options.confirmed)},
            "parts": parts,
        }
        return self._submit(_Work(name, header, content, lambda found, _: reads_of(found["reads"], setting), setting))

    def sheets(self, name: str, content: bytes, password: str = "") -> Future[tuple[list[RawSheet], tuple[Problem, ...]]]:
        """The sheets of a file as plain values, and what is wrong with it; raises like `read`."""
        header = {"op": "sheets", "name": name, "password": password}

        def made(found: dict, _: bytes) -> tuple[list[RawSheet], tuple[Problem, ...]]:
            return sheets_of(found["sheets"]), problems_of(found["problems"])

        return self._submit(_Work(name, header, content, made))

    def annotated(
        self, name: str, content: bytes, problems: Iterable[Problem], language: str, password: str
    ) -> Future[Annotated]:
        """A file with its problems marked in it; raises like `read`."""
        header = {
            "op": "annotated",
            "name": name,
            "problems": plain_problems(problems),
            "language": language,
            "password": password,
        }
        return self._submit(_Work(name, header, content, _annotated))

    def in_order(self, begun: Iterable[tuple[K, Future[T]]]) -> Iterator[tuple[K, Future[T]]]:
        """What `begun` begins as it is gone through, each when it is done and in its order; only some are begun ahead.

        Whoever stops listening takes back what no reader has begun yet.
        """
        ahead: deque[tuple[K, Future[T]]] = deque()
        try:
            for one in begun:
                ahead.append(one)
                if len(ahead) > 2 * self.count:
                    yield _done(*ahead.popleft())
            while ahead:
                yield _done(*ahead.popleft())
        finally:
            for _, future in ahead:
                future.cancel()

    def warm(self, instruments: Mapping[str, Instrument] | None = None, states: States | None = None) -> None:
        """Start every reader, and wait until they are ready; those that are handed instruments and States know them."""
        setting = Setting(instruments, states) if instruments and states else None
        together = Barrier(self.count)

        def made(*_: object) -> None:
            with suppress(BrokenBarrierError):  # each waits for the others, so that no reader answers for two
                together.wait(30)

        for future in [self._submit(_Work("", {"op": "ready"}, b"", made, setting)) for _ in range(self.count)]:
            future.result()

    def close(self) -> None:
        """End every reader now; what still waits is cancelled."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, deque()
            readers, nursery, self._nursery = list(self._readers), self._nursery, None
            self._changed.notify_all()
        for work in waiting:
            work.future.cancel()
        for reader in readers:
            reader.kill()
        for thread in list(self._threads):
            thread.join(2)
        if nursery:
            nursery.close()

    # The threads that feed the readers

    def _submit(self, work: _Work) -> Future:
        with self._changed:
            if self._closed:
                raise RuntimeError("these readers are closed")
            self._waiting.append(work)
            if len(self._waiting) > self._idle and len(self._threads) < self.count:
                thread = Thread(target=self._feed, name=f"reader-{len(self._threads) + 1}", daemon=True)
                self._threads.add(thread)
                thread.start()
            self._changed.notify()
        return work.future

    def _next(self) -> _Work | None:
        """The next work; None when there was none for long, and the thread is to end."""
        with self._changed:
            self._idle += 1
            try:
                self._changed.wait_for(lambda: self._waiting or self._closed, self.limits.idle)
            finally:
                self._idle -= 1
            if self._waiting and not self._closed:
                return self._waiting.popleft()
            self._threads.discard(current_thread())
            return None

    def _feed(self) -> None:
        reader: processes.Reader | None = None
        while work := self._next():
            if work.future.set_running_or_notify_cancel():
                reader = self._done(work, reader)
            del work  # a waiting thread holds no file
        if reader:
            self._end(reader)
        with self._changed:
            nursery = None if self._threads else self._nursery
            self._nursery = None if nursery else self._nursery
        if nursery:
            nursery.close()

    def _done(self, work: _Work, reader: processes.Reader | None) -> processes.Reader | None:
        """Have some work done; the reader that can go on, or None."""
        parts = work.setting.parts() if work.setting else {}
        try:
            reader = self._fit(reader, parts)
        except _LOST as error:
            log.warning("no reader can be started: %s", type(error).__name__)
            work.future.set_exception(_stopped("reader-crashed", work, found="no reader could be started"))
            return None
        timer = Timer(self.limits.by_clock, reader.kill)
        timer.daemon = True
        timer.start()
        try:
            for part in parts.values():
                if part.signature not in reader.known:
                    reader.send({"op": "part", "kind": part.kind, "signature": part.signature}, part.content)
                    reader.known.add(part.signature)
            reader.send(work.header, work.content)
            header, body = reader.receive()
            timer.cancel()
            reader.has_read(int(header.get("resident", 0)))
            result, going_on = self._result(work, header, body)
        except (*_LOST, TypeError, ValueError, KeyError, OverflowError) as error:
            timer.cancel()
            result, going_on = self._broken(work, reader, error), False
            reader = None
        _settle(work.future, result)
        if reader and not going_on:
            self._end(reader)
        return reader if going_on else None

    def _result(self, work: _Work, header: dict, body: bytes) -> tuple[object, bool]:
        """What an answer says, and whether its reader may go on."""
        if "failed" in header:
            if header["failed"] == "memory":
                return _stopped("reader-too-large", work, allowed=_megabytes(self.limits)), False
            found = str(header.get("found", ""))
            log.warning("a reader broke down: %s", found)
            return _stopped("reader-crashed", work, found=found), False
        if "unreadable" in header:
            return UnreadableReturn(problems_of(header["unreadable"])), True
        return work.made(header, body), True

    def _broken(self, work: _Work, reader: processes.Reader, error: Exception) -> UnreadableReturn:
        """What is said of a file whose reader gave no answer, or none that can be true."""
        slow = reader.killed
        if not isinstance(error, EOFError):
            reader.kill()
        said = reader.said()
        status = self._end(reader)
        if self._closed:
            return _stopped("reader-crashed", work, found="closed")
        if slow or status == -getattr(signal, "SIGXCPU", 0):
            return _stopped("reader-too-slow", work, allowed=f"{self.limits.by_clock if slow else self.limits.seconds:g} s")
        if any(word in said for word in _NO_MEMORY) or (status == -getattr(signal, "SIGKILL", 9) and not reader.killed):
            return _stopped("reader-too-large", work, allowed=_megabytes(self.limits))
        found = str(error) if isinstance(error, WireError) else _name_of(status)
        log.warning("a reader was lost: %s", found)
        return _stopped("reader-crashed", work, found=found)

    # Readers come and go

    def _fit(self, reader: processes.Reader | None, parts: Mapping[str, Part]) -> processes.Reader:
        """A reader that may read one more file: this one, or another in its place."""
        wanted = {part.signature for part in parts.values()}
        if reader:
            worn = reader.files >= self.limits.files or reader.resident > reader.first_resident + self.limits.growth
            full = len(reader.known | wanted) > max(KEPT, len(wanted))
            if not (worn or full or reader.killed):
                reader.said()  # what was said before is not about this file
                return reader
            self._end(reader)
        made = self._born(parts) if self.forks else self._started()
        with self._changed:
            if not self._closed:
                self._readers.add(made)
                return made
        made.kill()
        self._end(made)
        raise EOFError

    def _started(self) -> processes.Reader:
        made = processes.StartedReader(self.limits)
        with self._changed:
            self._readers.add(made)  # so that who closes finds it while it begins
        timer = Timer(processes.START_SECONDS, made.kill)
        timer.daemon = True
        timer.start()
        try:
            made.send({"op": "ready"})
            made.receive()
        except _LOST:
            made.kill()
            self._end(made)
            raise
        finally:
            timer.cancel()
        return made

    def _born(self, parts: Mapping[str, Part]) -> processes.Reader:
        for attempt in (1, 2):
            with self._changed:
                if self._closed:
                    raise EOFError
                if self._nursery and not self._nursery.alive():
                    self._nursery.close()
                    self._nursery = None
                nursery = self._nursery = self._nursery or processes.Nursery(self.limits)
            try:
                nursery.hand_down(dict(parts))
                return nursery.reader()
            except _LOST:
                with self._changed:
                    lost = self._nursery is nursery
                    self._nursery = None if lost else self._nursery
                if lost:
                    log.warning("the nursery was lost: %s", nursery.close().splitlines()[-1:])
                if attempt == 2:
                    raise
        raise EOFError

    def _end(self, reader: processes.Reader) -> int:
        with self._changed:
            self._readers.discard(reader)
        return reader.end()


def _settle(future: Future, result: object) -> None:
    with suppress(CancelledError):
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)


def _done(key: K, future: Future[T]) -> tuple[K, Future[T]]:
    """The same, when it is done, however it ended."""
    wait([future])
    return key, future


def _annotated(header: dict, body: bytes) -> Annotated:
    from analysis.workbook.annotated import Annotated  # it brings a library that the desk can do without

    name, kind, lost = header["annotated"]
    if not all(isinstance(text, str) for text in (name, kind, *lost)) or kind not in ("annotated", "report"):
        raise WireError("no annotated copy")
    return Annotated(body, name, kind, tuple(lost))


def _stopped(code: str, work: _Work, **words: str) -> UnreadableReturn:
    return UnreadableReturn((problem(code, work.name, **words),))


def _megabytes(limits: Limits) -> str:
    return f"{limits.memory / MEGABYTE:,.0f} MB"


def _name_of(status: int) -> str:
    """`SIGSEGV` for a process that a signal ended, else its exit status."""
    if status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit {status}"


@cache
def _readers_of(process: int) -> Readers:
    found = Readers(int(os.environ.get("RETURNS_READERS") or 0) or None)
    atexit.register(found.close)
    return found


def readers() -> Readers:
    """The readers that all of this process shares."""
    return _readers_of(os.getpid())  # a copy of this process gets its own
