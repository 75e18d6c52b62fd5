"""The main road, measured in one run: scoring against the plain pandas way, growth with size, panel load, one workbook.

Run: python benchmarks/road.py [--large]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, Instrument, load_instrument
from analysis.model import Answer, Panel, Return, Status
from analysis.scores.tree import node_scores
from analysis.states import load_states
from analysis.store import open_store
from analysis.workbook.reading import read_file
from analysis.workbook.template import template

OPEN = [int(s) for s in (Status.BLANK, Status.DONT_KNOW, Status.NA_JUSTIFIED)]


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def world(instrument: Instrument, returns: int) -> Panel:
    """Invented answers of user-assigned States."""
    rng = np.random.default_rng(7)
    codes = rng.integers(0, 6, (returns, len(instrument.questions)), dtype=np.int8)
    holes = rng.random(codes.shape) < 0.12
    codes[holes] = rng.choice(OPEN, holes.sum())
    index = pd.DataFrame({"row": np.arange(returns), "iso3": [f"Q{i % 193}" for i in range(returns)], "organization": ""})
    return Panel(instrument.id, codes, index.assign(round="2026", reading="self"))


def plain_scores(panel: Panel, instrument: Instrument) -> pd.DataFrame:
    """The plain way: a table with a row per answer, grouped step by step. Score and both gates only; no bounds, no levels."""
    rows, questions = panel.codes.shape
    long = pd.DataFrame(
        {
            "row": np.repeat(np.arange(rows), questions),
            "measure": np.tile(instrument.questions["measure"].to_numpy(), rows),
            "weight": np.tile(instrument.questions["weight"].to_numpy(), rows),
            "code": panel.codes.ravel(),
        }
    )
    long = long[long["code"] != int(Status.NA_JUSTIFIED)]
    long["answered"] = long["code"] >= 0
    long["weighted"] = long["weight"] * long["code"].where(long["answered"], 0) * 20
    long["given"] = long["weight"] * long["answered"]
    found = long.groupby(["row", "measure"], sort=False).agg(
        weighted=("weighted", "sum"),
        given=("given", "sum"),
        whole=("weight", "sum"),
        answered=("answered", "sum"),
        asked=("code", "size"),
    )
    found["score"] = (found["weighted"] / found["given"]).where(found["given"] / found["whole"] >= 2 / 3 - 1e-9)
    parent = instrument.nodes.set_index("node")["parent"]
    table = found.reset_index().rename(columns={"measure": "node"})
    results = [table]
    while True:
        table = table.assign(node=table["node"].map(parent))
        table = table[table["node"].notna() & (table["node"] != "")]
        if table.empty:
            return pd.concat(results)
        table = table.groupby(["row", "node"], sort=False).agg(
            score=("score", "mean"), answered=("answered", "sum"), asked=("asked", "sum")
        )
        table["score"] = table["score"].where(table["answered"] / table["asked"] >= 2 / 3 - 1e-9)
        table = table.reset_index()
        results.append(table)


def stored(instrument: Instrument, folder: Path, returns: int) -> str:
    """A store with some returns; gives its URL."""
    url = f"sqlite:///{folder / 'benchmark.sqlite'}"
    store, panel = open_store(url), world(instrument, returns)
    for row in range(returns):
        answers = tuple(
            Answer(q, int(c), str(c)) for q, c in zip(instrument.questions["question"], panel.codes[row], strict=True)
        )
        value = Return(instrument.id, f"Q{row % 193}", "", str(2000 + row // 193), "self", instrument.submodules, answers)
        store.add(value, (), file_name="invented.xlsx", content=f"{row}".encode(), instrument=instrument, by="benchmark")
    store.close()
    return url


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--large", action="store_true", help="also 100 times the world: 193,000 returns")
    large = options.parse_args().large
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    small, whole = world(instrument, 193), world(instrument, 1930)
    ours, plain = best(lambda: node_scores(whole, instrument)), best(lambda: plain_scores(whole, instrument))
    print(
        f"scores, coverage, bounds, levels of 193 x 10 returns: {ours * 1000:.0f} ms; scores alone, plain pandas: {plain * 1000:.0f} ms"
    )
    print(f"  plain / ours: {plain / ours:.1f}, though ours does bounds and levels too")
    one = best(lambda: node_scores(small, instrument))
    print(f"growth: 10 times the returns take {ours / one:.1f} times as long")
    if large:
        huge = world(instrument, 193_000)
        print(f"growth: 1,000 times 193 returns take {best(lambda: node_scores(huge, instrument), 1) / one:.0f} times as long")
    empty = template(instrument, load_states())
    reading = best(lambda: read_file("empty.xlsx", empty, {instrument.id: instrument}, load_states()))
    writing = best(lambda: template(instrument, load_states()))
    print(f"one workbook: written in {writing * 1000:.0f} ms, read in {reading * 1000:.0f} ms")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        url = stored(instrument, Path(folder), 193)
        print(f"one return stored: {(time.perf_counter() - start) / 193 * 1000:.1f} ms")
        store = open_store(url)
        print(
            f"panel of 193 returns loaded: {best(lambda: store.panel(instrument)) * 1000:.1f} ms; version: {best(store.version) * 1000:.2f} ms"
        )
        store.close()


if __name__ == "__main__":
    main()
