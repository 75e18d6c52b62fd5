"""A process that has everything loaded and makes readers out of itself: milliseconds for a new one, where a fresh start takes a second.

Linux only. It reads no file and holds no secret; it has one thread, so that it can be copied safely. Requests come on the socket that is
its standard input: `reader` (the ends of three pipes come with it) makes one, `part` is handed down to those made later, `end` waits
for one that was told to go, and tells how it ended.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import time
from typing import BinaryIO, NoReturn

from analysis.workbook.isolation import limits, worker
from analysis.workbook.isolation.setting import value_of
from analysis.workbook.isolation.wire import read_frame, write_frame

#: Seconds that a reader has to end by itself once it is told to.
GRACE = 0.5


class Whole:
    """A socket to read from, never beyond what is asked for: the pipes of a new reader come right behind its request."""

    def __init__(self, desk: socket.socket):
        self.desk = desk

    def read(self, size: int) -> bytes:
        """So many bytes; fewer where the other side has gone."""
        found = bytearray()
        while len(found) < size and (piece := self.desk.recv(size - len(found))):
            found += piece
        return bytes(found)


def main() -> int:
    """Make readers until the desk goes away; then none of them stays."""
    desk = socket.socket(fileno=os.dup(0))
    worker.quiet()
    given = limits.Limits(**json.loads(sys.argv[1]))
    worker.preload()
    gc.collect()
    gc.freeze()  # pages that the readers share with this process stay shared
    parts, readers = {}, set()
    requests, answers = Whole(desk), desk.makefile("wb")
    try:
        while (request := read_frame(requests)) is not None:
            header, content = request
            if header["op"] == "part":
                parts[header["signature"]] = value_of(header["kind"], content)
            elif header["op"] == "reader":
                write_frame(answers, _made(desk, answers, parts, given, readers))
            else:
                write_frame(answers, {"status": _ended(header["process"], readers)})
    finally:
        for process in readers:
            os.kill(process, signal.SIGKILL)
    return 0


def _made(desk: socket.socket, answers: BinaryIO, parts: worker.Parts, given: limits.Limits, readers: set[int]) -> dict:
    """A copy of this process that reads; its process number."""
    _, pipes, _, _ = socket.recv_fds(desk, 1, 3)
    try:
        process = os.fork()
    except OSError as error:
        return {"failed": error.strerror}
    if process == 0:
        _reader(desk, answers, pipes, parts, given)
    for pipe in pipes:
        os.close(pipe)
    readers.add(process)
    return {"process": process}


def _reader(desk: socket.socket, answers: BinaryIO, pipes: list[int], parts: worker.Parts, given: limits.Limits) -> NoReturn:
    """What a copy does, in a session of its own: nothing but read, on pipes of its own."""
    status = worker.SPENT
    try:
        answers.close()
        desk.close()
        os.setsid()
        os.dup2(pipes[2], 2)
        os.close(pipes[2])
        limits.confine(given)
        status = worker.serve(os.fdopen(pipes[0], "rb"), os.fdopen(pipes[1], "wb"), parts, given)
    finally:
        os._exit(status)


def _ended(process: int, readers: set[int]) -> int:
    """How a reader ended, as `waitpid` tells it; one that does not end is killed."""
    if process not in readers:
        return 0
    until = time.monotonic() + GRACE
    while (found := os.waitpid(process, os.WNOHANG))[0] == 0:
        if time.monotonic() > until:
            os.kill(process, signal.SIGKILL)
            found = os.waitpid(process, 0)
            break
        time.sleep(0.002)
    readers.discard(process)
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
