"""Readers that break down on command: the content of a file says how. Run like `worker` and `nursery`, with their name in front."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import sys
import time

from analysis.model import ReadReturn
from analysis.workbook.isolation import worker

hoard = []


def _read(header, content, parts):
    word, _, rest = content.partition(b" ")
    match word:
        case b"wait":
            time.sleep(float(rest))
        case b"meet":
            count, place = rest.decode().split(" ", 1)
            open(os.path.join(place, str(os.getpid())), "wb").close()
            while len(os.listdir(place)) < int(count):
                time.sleep(0.01)
        case b"spin":
            while True:
                pass
        case b"abort":
            os.write(2, b"thread panicked\n")
            os.abort()
        case b"no-memory":
            os.write(2, b"memory allocation of 549755813888 bytes failed\n")
            os.abort()
        case b"segfault":
            ctypes.string_at(0)
        case b"outside-kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"exit":
            os._exit(7)
        case b"grow":
            held = []
            while True:
                held.append(bytearray(10_000_000))
        case b"grow-for-good":
            hoard.append(b"x" * int(rest))
        case b"raise":
            raise KeyError("what stands in a cell of the file")
        case b"panic":
            raise KeyboardInterrupt
        case b"deep":
            _read(header, content, parts)
        case b"print":
            print("chatter")
            os.write(1, b"more chatter")
        case b"files":
            files = [open(os.devnull) for _ in range(1000)]  # noqa: SIM115
            return {"reads": [], "open": len(files)}, b""
        case b"write":
            with open(rest.decode(), "wb") as file:
                file.write(b"x" * 10)
        case b"answer":
            worker_answers(rest)
        case b"say":
            return eval(rest), b""
    return {"reads": worker.plain_reads([ReadReturn(f"{header['name']} by {os.getpid()}", None)])}, b""


def worker_answers(raw: bytes) -> None:
    """Write bytes of one's own where the answer goes, whatever its number."""
    for number in range(3, 12):
        try:
            if os.readlink(f"/proc/self/fd/{number}").startswith("pipe:"):
                os.write(number, raw)
        except OSError:
            continue
    os._exit(0)


worker._DONE["read"] = _read
worker.preload = lambda: None

if __name__ == "__main__":
    name = sys.argv.pop(1)
    sys.exit(importlib.import_module(f"analysis.workbook.isolation.{name}").main())
