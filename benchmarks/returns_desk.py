"""200 completed workbooks through the whole path (look, read, check, store, score) against reading them the plain way.

Run: python benchmarks/returns_desk.py [--files 200] [--plain 20]. The plain way is pandas.read_excel with openpyxl, one file after the
other, reading only; as it takes most of the time it is measured on some of the files and said per file. All numbers come from one run;
read the ratios, not the milliseconds. The States are the demonstration's fictional ones, the answers invented.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis import desk
from analysis.instrument import DEFAULT_INSTRUMENT, Instrument
from analysis.model import Answer, Return
from analysis.scores.tree import node_scores
from analysis.store import open_store
from analysis.workbook.isolation.pool import Readers
from analysis.workbook.options import ReadingOptions
from analysis.workbook.reading import read_file
from analysis.workbook.template import template


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes, once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def completed(place: desk.Desk, instrument: Instrument, files: int) -> list[tuple[str, bytes]]:
    """Completed forms of fictional States: one is written, the others are it with other answers, another State or another round."""
    codes = sorted(place.states.names)
    answers = tuple(Answer(q, i % 6, evidence="Invented for a benchmark") for i, q in enumerate(instrument.questions["question"]))
    value = Return(instrument.id, codes[0], "", "2026", "self", instrument.submodules, answers)
    pattern = template(instrument, place.states, answers=value)
    with zipfile.ZipFile(BytesIO(pattern)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    own, label = place.states.name(codes[0]), rb">(\d - [^<]+)<"
    options = sorted({o for content in entries.values() for o in re.findall(label, content)})
    rng, found = random.Random(2370), []
    for number in range(files):
        code, round_ = codes[number % len(codes)], str(2000 + number // len(codes))
        mixed = dict(zip(options, rng.sample(options, len(options)), strict=True))
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                if name.endswith(".xml") and name != "xl/workbook.xml" and b">Lists<" not in content[:400]:
                    content = re.sub(label, lambda m, mixed=mixed: b">" + mixed[m[1]] + b"<", content)
                    content = content.replace(
                        f">{own} ({codes[0]})<".encode(), f">{place.states.name(code)} ({code})<".encode(), 1
                    )
                    content = content.replace(b">2026<", f">{round_}<".encode())
                archive.writestr(name, content)
        found.append((f"{code}_{round_}.xlsx", out.getvalue()))
    return found


def plainly(found: list[tuple[str, bytes]]) -> None:
    """The plain way: every sheet into a DataFrame, nothing checked, nothing kept."""
    for _, content in found:
        pd.read_excel(BytesIO(content), sheet_name=None, header=None, engine="openpyxl")


def whole_path(
    place: desk.Desk, instrument: Instrument, found: list[tuple[str, bytes]], readers: Readers, folder: str
) -> dict[str, float]:
    """Read, check, store and score everything; seconds of each part."""
    spent, store = {"store": 0.0}, open_store(f"sqlite:///{folder}/returns.sqlite")
    start = time.perf_counter()
    for item in desk.read_all(place, ((name, content, ReadingOptions()) for name, content in found), readers=readers):
        assert [one.storable for one in item.reads] == [True], item.all_problems
        spent["store"] += seconds(lambda item=item: desk.commit(store, place, item, "benchmark"))
    before_scores = time.perf_counter()
    scores = node_scores(store.panel(instrument), instrument)
    assert len(scores.table["row"].unique()) == len(found)
    spent["score"] = time.perf_counter() - before_scores
    spent["whole"] = time.perf_counter() - start
    store.close()
    return spent


def children_peak() -> float:
    """MB of the largest child that has ended so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def own_peak() -> float:
    """MB that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def stages(place: desk.Desk, content: bytes) -> Iterator[str]:
    """Where the time of one file goes, measured in this process."""
    runs = [seconds(lambda: read_file("one.xlsx", content, place.instruments, place.states)) for _ in range(5)]
    yield f"one file read and checked in this process: {min(runs) * 1000:.0f} ms"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=int, default=200)
    options.add_argument("--plain", type=int, default=20, help="on how many of them the plain way is measured")
    given = options.parse_args()
    place = desk.open_desk(sample=True)
    instrument = place.instruments[DEFAULT_INSTRUMENT]
    found = completed(place, instrument, given.files)
    size = sum(len(content) for _, content in found) / len(found) / 1000
    print(f"{len(found)} workbooks of {size:.0f} KB, {len(instrument.questions)} questions each, on {os.cpu_count()} cores")
    some = found[: given.plain]
    plain = seconds(lambda: plainly(some)) / len(some)
    print(f"plain way, reading only: {plain * 1000:.0f} ms a file")
    for line in stages(place, found[0][1]):
        print(line)
    for workers in (2, 1):
        start = time.perf_counter()
        readers = Readers(workers)
        readers.warm(place.instruments, place.states)
        warm = time.perf_counter() - start
        with tempfile.TemporaryDirectory() as folder:
            spent = whole_path(place, instrument, found, readers, folder)
        readers.close()
        each = spent["whole"] / len(found)
        print(
            f"{workers} workers: {each * 1000:.1f} ms a file with everything ({spent['store'] / len(found) * 1000:.1f} of them storing); "
            f"{plain / each:.1f} times as fast as the plain way; with the start of the workers ({warm:.1f} s) "
            f"{plain * len(found) / (spent['whole'] + warm):.1f} times"
        )
    with tempfile.TemporaryDirectory() as folder:
        readers, before = Readers(2), own_peak()
        for part in (found[:20], found):
            whole_path(place, instrument, part, readers, tempfile.mkdtemp(dir=folder))
            print(f"memory after {len(part)} files: this process {own_peak():.0f} MB (before {before:.0f})")
        readers.close()
    print(f"largest worker: {children_peak():.0f} MB")


if __name__ == "__main__":
    main()
