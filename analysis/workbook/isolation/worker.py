"""A reader: a process that reads one file after the other and answers on a pipe. It trusts its desk and no file.

`python -m analysis.workbook.isolation.worker` reads frames from its standard input; `nursery` makes readers out of itself.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import replace
from typing import BinaryIO

from analysis.model import UnreadableReturn
from analysis.workbook.isolation import limits
from analysis.workbook.isolation.results import plain_problems, plain_reads, plain_sheets
from analysis.workbook.isolation.setting import value_of
from analysis.workbook.isolation.wire import WireError, read_frame, write_frame
from analysis.workbook.options import ReadingOptions

#: Exit status of a reader that said what went wrong, and should not read on.
SPENT = 3
#: How much of a workbook a person is shown to say what it means.
HEAD_SHEETS, HEAD_ROWS, HEAD_COLUMNS, HEAD_CELLS = 30, 20_000, 400, 400_000


def preload() -> None:
    """Import what reading needs, so that a reader made from this process begins at once."""
    import openpyxl  # noqa: F401
    import python_calamine  # noqa: F401

    import analysis.workbook.reading  # noqa: F401


Parts = dict[str, object]  # signature -> the instrument or the States


def serve(requests: BinaryIO, answers: BinaryIO, parts: Parts, given: limits.Limits) -> int:
    """Answer requests until the desk goes away; the exit status."""
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # the pipe behind it may be full, and that is no reason to break down
    while (request := read_frame(requests)) is not None:
        header, content = request
        if header["op"] == "part":
            parts[header["signature"]] = value_of(header["kind"], content)
            continue
        limits.confine_work(given.seconds, given.written if header["op"] == "annotated" else 0)
        answer, body = _answer(header, content, parts)
        answer["resident"] = limits.memory("VmRSS")
        try:
            write_frame(answers, answer, body)
        except WireError:
            write_frame(answers, {"failed": "memory"})
            return SPENT
        if "failed" in answer:
            return SPENT
        request = header = content = answer = body = None  # nothing of one file stays while the next is awaited
    return 0


def _answer(header: dict, content: bytes, parts: Parts) -> tuple[dict, bytes]:
    """The answer to one request. Whatever a library raises, a panic of another language included, is an answer too."""
    try:
        return _DONE[header["op"]](header, content, parts)
    except UnreadableReturn as error:
        return {"unreadable": plain_problems(error.problems)}, b""
    except MemoryError:
        return {"failed": "memory"}, b""
    except BaseException as error:
        return {"failed": "crashed", "found": _where(error)}, b""


def _where(error: BaseException) -> str:
    """Kind and place of a fault; its message may hold what stands in the file, and is left out."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f"{os.sep}analysis{os.sep}" in f.filename]
    frames = [f for f in frames if f.filename != __file__]
    last = frames[-1] if frames else None
    return f"{type(error).__name__}, {os.path.basename(last.filename)}:{last.lineno}" if last else type(error).__name__


def _read(header: dict, content: bytes, parts: Parts) -> tuple[dict, bytes]:
    from analysis.workbook.reading import read_file

    instruments = {name: parts[signature] for name, signature in header["parts"].items() if name}
    options = ReadingOptions(**header["options"])
    states = parts[header["parts"][""]]
    return {"reads": plain_reads(read_file(header["name"], content, instruments, states, options))}, b""


def _sheets(header: dict, content: bytes, parts: Parts) -> tuple[dict, bytes]:
    from analysis.workbook.book import open_book

    book = open_book(header["name"], content, header["password"])
    heads, left = [], HEAD_CELLS
    for sheet in book.sheets[:HEAD_SHEETS]:
        width = min(max(map(len, sheet.rows), default=1) or 1, HEAD_COLUMNS)
        rows = [row[:HEAD_COLUMNS] for row in sheet.rows[: min(HEAD_ROWS, left // width)]]
        left -= len(rows) * width
        heads.append(replace(sheet, rows=rows))
    return {"sheets": plain_sheets(heads), "problems": plain_problems(book.problems)}, b""


def _annotated(header: dict, content: bytes, parts: Parts) -> tuple[dict, bytes]:
    from analysis.workbook.annotated import annotated
    from analysis.workbook.isolation.results import problems_of

    made = annotated(header["name"], content, problems_of(header["problems"]), header["language"], header["password"])
    return {"annotated": [made.name, made.kind, list(made.lost)]}, made.content


def _ready(header: dict, content: bytes, parts: Parts) -> tuple[dict, bytes]:
    return {"ready": True}, b""


_DONE = {"ready": _ready, "read": _read, "sheets": _sheets, "annotated": _annotated}


def quiet() -> None:
    """Point the standard streams at nothing, so that a library that prints can't disturb the frames; the desk has seen to the third."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def main() -> int:
    """Serve on what were the standard streams."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    quiet()
    given = limits.Limits(**json.loads(sys.argv[1]))
    preload()
    limits.confine(given)
    return serve(requests, answers, {}, given)


if __name__ == "__main__":
    sys.exit(main())
