"""What one file may cost, and how a reader is held to it. Linux holds all limits; elsewhere the time limit alone is sure."""

from __future__ import annotations

import math
import sys
from contextlib import suppress
from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows
    resource = None

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """seconds: of processor time for one file, so that a busy machine refuses no good file. patience: seconds by the clock, after which
    it is stopped in any case. memory: bytes that a reader may come to hold beyond what it begins with. files: read by one process before
    another takes its place, as it does when it keeps more than `growth` bytes. idle: seconds after which a reader without work ends.
    written: bytes of a temporary file, for the annotated copy alone; all other work writes nothing."""

    seconds: float = 8.0
    patience: float = 60.0
    memory: int = 1_200 * MEGABYTE
    files: int = 100
    growth: int = 250 * MEGABYTE
    idle: float = 240.0
    written: int = 300 * MEGABYTE

    @property
    def by_clock(self) -> float:
        """Seconds after which the desk stops a reader: where the system counts no processor time, those that a file may take."""
        return self.patience if resource else self.seconds


def confine(limits: Limits) -> None:
    """Hold this process to its limits for good: memory, open files, sizes of files, no core dumps."""
    if resource is None:
        return
    for name, most in (("RLIMIT_CORE", 0), ("RLIMIT_NOFILE", 64), ("RLIMIT_FSIZE", limits.written)):
        with suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))
    if sys.platform == "linux":  # elsewhere the limit is not heeded, or counts what is only reserved
        most = memory("VmSize") + limits.memory
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (most, most))


def confine_work(seconds: float, written: int) -> None:
    """Hold the next piece of work to its limits: processor time, in whole seconds, and size of files."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds)
    for limit, soft in ((resource.RLIMIT_CPU, most), (resource.RLIMIT_FSIZE, written)):
        hard = resource.getrlimit(limit)[1]
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def memory(name: str, process: int | str = "self") -> int:
    """Bytes of one line of /proc/<process>/status (`VmSize`, `VmRSS`, `VmHWM`); 0 where there is no such thing."""
    try:
        with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith(f"{name}:")), 0)
    except OSError:
        return 0
