"""Readers as the desk sees them: started, fed, watched, ended. On Linux copies of one nursery, elsewhere each started by itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from analysis.workbook.isolation.limits import Limits
from analysis.workbook.isolation.setting import Part
from analysis.workbook.isolation.wire import WireError, frame, read_frame, write_frame

ROOT = Path(__file__).resolve().parents[3]
FORKS = sys.platform == "linux"
#: What a reader is told of the desk's environment: no address of a database, no password, no key.
ENVIRONMENT = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
)  # fmt: skip
#: Parts (instruments, lists of States) that the nursery hands down to new readers; they bring any others themselves.
HANDED_DOWN = 16
START_SECONDS = 60.0  # that a process has to begin, and the nursery to answer
SAID = 4_000  # characters of what a library wrote before it broke down


def _environment() -> dict[str, str]:
    found = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**found, **single, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "ARROW_DEFAULT_MEMORY_POOL": "system"}


def _command(module: str, limits: Limits) -> list[str]:
    return [sys.executable, "-m", f"analysis.workbook.isolation.{module}", json.dumps(asdict(limits))]


class Reader:
    """One process that reads. `known`: signatures of the parts it has; `files`: how many it has read."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO, errors: int | None, known: set[str]):
        self.requests, self.answers, self.errors, self.known = requests, answers, errors, known
        self.files, self.resident, self.first_resident, self.killed = 0, 0, 0, False

    def send(self, header: dict, content: bytes = b"") -> None:
        """Write one request."""
        write_frame(self.requests, header, content)

    def receive(self) -> tuple[dict, bytes]:
        """The next answer.

        Raises
        ------
        EOFError, WireError, OSError
            If there is none, or none that is an answer.
        """
        found = read_frame(self.answers)
        if found is None:
            raise EOFError
        return found

    def has_read(self, resident: int) -> None:
        """Count a file, and what the process holds after it."""
        self.files, self.resident = self.files + 1, resident
        self.first_resident = self.first_resident or resident

    def said(self) -> str:
        """What libraries wrote to the standard error stream since the last time; what does not fit into a pipe is lost."""
        return "" if self.errors is None else _said(self.errors)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self.killed = True
        self._kill()

    def end(self) -> int:
        """Let it go, and see to it that it is gone; how it ended, as `waitpid` tells it (a negative number: the signal)."""
        for stream in (self.requests, self.answers):
            with suppress(OSError):
                stream.close()
        try:
            return self._ended()
        finally:
            if self.errors is not None:
                os.close(self.errors)
                self.errors = None

    def _kill(self) -> None:
        raise NotImplementedError

    def _ended(self) -> int:
        raise NotImplementedError


def _killed(process: int) -> None:
    """Kill a process and what it may have begun."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(process, signal.SIGKILL)


def _errors() -> tuple[int, int]:
    """A pipe for what a reader writes before it breaks down; neither end waits for the other, and what does not fit in is lost."""
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    os.set_blocking(theirs, False)
    return ours, theirs


def _said(errors: int) -> str:
    with suppress(OSError):
        return os.read(errors, 65_536).decode("utf-8", "replace")[-SAID:]
    return ""


class StartedReader(Reader):
    """A reader started by itself: a second of imports, on any system."""

    def __init__(self, limits: Limits):
        errors, theirs = _errors() if os.name == "posix" else (None, subprocess.DEVNULL)
        try:
            self.popen = subprocess.Popen(
                _command("worker", limits),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=theirs,
                env=_environment(),
                start_new_session=os.name == "posix",
            )
        finally:
            if errors is not None:
                os.close(theirs)
        super().__init__(self.popen.stdin, self.popen.stdout, errors, set())
        self.process = self.popen.pid

    def _kill(self) -> None:
        if os.name == "posix":
            _killed(self.process)
        else:
            self.popen.kill()

    def _ended(self) -> int:
        try:
            return self.popen.wait(0.5)
        except subprocess.TimeoutExpired:
            self._kill()
            return self.popen.wait()


class BornReader(Reader):
    """A reader made by the nursery."""

    def __init__(self, nursery: Nursery, process: int, pipes: tuple[int, int, int], known: set[str]):
        super().__init__(os.fdopen(pipes[0], "wb"), os.fdopen(pipes[1], "rb"), pipes[2], known)
        self.nursery, self.process = nursery, process

    def _kill(self) -> None:
        _killed(self.process)  # its number is not given away before the nursery has waited for it

    def _ended(self) -> int:
        try:
            return os.waitstatus_to_exitcode(self.nursery.asked({"op": "end", "process": self.process})["status"])
        except (OSError, EOFError, WireError, KeyError):  # the nursery is gone, and its readers with it
            self.kill()
            return -signal.SIGKILL


class Nursery:
    """The process that readers are copies of; started with the first, and again if it was lost."""

    def __init__(self, limits: Limits):
        self.limits, self.lock = limits, Lock()
        self.desk, other = socket.socketpair()
        self.desk.settimeout(START_SECONDS)
        self.errors, theirs = _errors()
        with other, os.fdopen(theirs, "wb"):
            self.popen = subprocess.Popen(
                _command("nursery", limits),
                stdin=other,
                stdout=subprocess.DEVNULL,
                stderr=theirs,
                env=_environment(),
                start_new_session=True,
            )
        self.answers = self.desk.makefile("rb")
        self.known: set[str] = set()

    def asked(self, header: dict, pipes: tuple[int, ...] = ()) -> dict:
        """The answer to a request; `pipes` go with it."""
        with self.lock:
            self._send(header)
            if pipes:
                socket.send_fds(self.desk, [b"p"], list(pipes))
            found = read_frame(self.answers)
        if found is None:
            raise EOFError
        return found[0]

    def _send(self, header: dict, content: bytes = b"") -> None:
        for piece in frame(header, content):
            self.desk.sendall(piece)

    def hand_down(self, parts: dict[str, Part]) -> None:
        """Parts that readers made from now on have from the beginning."""
        with self.lock:
            for part in parts.values():
                if part.signature not in self.known and len(self.known) < HANDED_DOWN:
                    self._send({"op": "part", "kind": part.kind, "signature": part.signature}, part.content)
                    self.known.add(part.signature)

    def reader(self) -> Reader:
        """A new reader.

        Raises
        ------
        OSError, EOFError, WireError
            If there is none to be had.
        """
        pipes = [os.pipe(), os.pipe(), _errors()]
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]  # requests to read, answers and errors to write
        ours = [pipes[0][1], pipes[1][0], pipes[2][0]]
        try:
            known = set(self.known)
            answer = self.asked({"op": "reader"}, tuple(theirs))
            if "process" not in answer:
                raise OSError(answer.get("failed", ""))
            made = BornReader(self, answer["process"], (ours[0], ours[1], ours[2]), known)
            ours = []
            return made
        finally:
            for pipe in (*theirs, *ours):
                os.close(pipe)

    def alive(self) -> bool:
        """Whether it is still there."""
        return self.popen.poll() is None

    def close(self) -> str:
        """Let it go, and all of its readers with it; what it said at last, where something was wrong with it."""
        with suppress(OSError):
            self.desk.shutdown(socket.SHUT_RDWR)
        self.answers.close()
        self.desk.close()
        try:
            self.popen.wait(1)
        except subprocess.TimeoutExpired:
            _killed(self.popen.pid)
            self.popen.wait()
        said = _said(self.errors).strip()
        os.close(self.errors)
        return said
