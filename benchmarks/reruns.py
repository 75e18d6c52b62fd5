"""Every page at world size: what a change of each of its controls costs the server. 193 invented States x 10 rounds x 184 questions.

Run: python benchmarks/reruns.py [--page NAME] [--rounds N] [--store FOLDER]

The pages run in this process as the server runs them, on a store of their own; a run's time is from the change to the last element of the
page, its tables and figures made ready to send. States have user-assigned codes, answers are drawn by a seeded generator.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import logging
import os
import statistics
import string
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from streamlit.testing.v1 import AppTest

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, Instrument, load_instrument
from analysis.model import Answer, Return
from analysis.store import open_store
from benchmarks.road import world
from pages.shared import controls

ROOT = Path(__file__).resolve().parents[1]
STATES, LIMIT = 193, 0.3
GROUPS = ("North", "South", "East", "West", "Centre")
CODES = ["Q" + a + b for a, b in itertools.product("MNOPQRSTUVWXYZ", string.ascii_uppercase)][:STATES]
SKIPPED = {"w.store", "w.instrument", "w.show"}  # another store is another world; sections are walked one by one


def states_file(folder: Path) -> Path:
    """The invented States, five regions of them."""
    path = folder / "states.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["iso3", "name_en", "m49_region", "m49_subregion", "un_regional_group"])
        for n, code in enumerate(CODES):
            region = GROUPS[n % len(GROUPS)]
            writer.writerow([code, f"Invented State {code}", region, f"{region} {n % 4 + 1}", f"Group {n % 6 + 1}"])
    return path


def fill(url: str, instrument: Instrument, rounds: int) -> None:
    """A return of every State in every round, and a visit of every fourth in the last."""
    store, panel = open_store(url), world(instrument, STATES * (rounds + 1))
    for row, (round_, (n, code)) in enumerate(itertools.product(range(rounds + 1), enumerate(CODES))):
        visit = round_ == rounds
        if visit and n % 4:
            continue
        pairs = zip(instrument.questions["question"], panel.codes[row], strict=True)
        answers = tuple(Answer(q, int(c), str(c)) for q, c in pairs)
        label, reading = str(2026 - rounds + min(round_ + 1, rounds)), "visit" if visit else "self"
        value = Return(instrument.id, code, "", label, reading, instrument.submodules, answers)
        store.add(value, (), file_name="invented.xlsx", content=f"{row}".encode(), instrument=instrument, by="benchmark")
    store.close()


def run(at: AppTest) -> float:
    """Seconds of one run of a page; nothing on it may fail."""
    start = time.perf_counter()
    at.run()
    took = time.perf_counter() - start
    if at.exception:
        raise RuntimeError(f"a page failed: {at.exception[0].value}")
    return took


def recorded(options: dict[str, list]) -> None:
    """Let every drop-down tell its options by code, which the page's elements hold in words only."""
    for name in ("one", "several"):
        kept = getattr(controls, name)

        def telling(key: str, codes: Sequence, *rest: object, kept: Callable = kept, **more: object) -> object:
            options[key] = list(codes)
            return kept(key, codes, *rest, **more)

        setattr(controls, name, telling)


def sections(at: AppTest, options: Mapping[str, list]) -> list[tuple[str, float]]:
    """What is changed -> seconds of the run that follows, in every section of a page: first the way there, then all that it holds."""
    if not [w for w in at.radio if w.key == "w.show"]:
        return changes(at, options)
    found = []
    for code in list(options["show"])[::-1]:  # the usual one last
        at.radio(key="w.show").set_value(code)
        found.append((f"show={code}", run(at)))
        found += [(f"{code}:{name}", took) for name, took in changes(at, options)]
    return found


def changes(at: AppTest, options: Mapping[str, list]) -> list[tuple[str, float]]:
    """Every control -> seconds of the run that follows a change of it, to two other values and back; every drawer -> of its opening."""
    found = []
    for kind in ("selectbox", "radio", "multiselect", "slider", "number_input"):
        for key in [w.key for w in at.get(kind) if (w.key or "").startswith("w.") and w.key not in SKIPPED]:
            usual = getattr(at, kind)(key=key).value
            for step in (1, 2, None):
                widgets = {w.key: w for w in at.get(kind)}
                if key in widgets:  # what was changed before may have taken it away
                    value = usual if step is None else another(widgets[key], kind, step, options.get(key[2:], []))
                    widgets[key].set_value(value)
                    found.append((key[2:], run(at)))
    for key in [box.key for box in at.expander if box.key]:
        for state in (True, False):
            at.session_state[key] = state
            found.append((f"open {key}", run(at)))
    return found


def another(widget: object, kind: str, step: int, codes: Sequence) -> object:
    """Another value of a control than the usual one."""
    if kind in ("selectbox", "radio"):
        return codes[min(step, len(codes) - 1)]
    if kind == "multiselect":
        return list(codes)[step : step + 6]
    low, high = widget.min, widget.max
    if isinstance(widget.value, (tuple, list)):
        return (low, high) if step == 1 else (low, low)
    return high if step == 1 else low


def main() -> None:
    """Measure and print: per page the first run, a run of the usual view without a change, the median and the slowest change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", help="only this page")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--store", type=Path, help="keep the store in this folder, and use the one that is there")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)  # Streamlit warns at every run that no browser is there
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.store or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        url, ready = f"sqlite:///{folder / 'pages.sqlite'}", (folder / "pages.sqlite").exists()
        os.environ |= {"RETURNS_STATES": str(states_file(folder)), "RETURNS_DATABASE": url, "RETURNS_STORE": "own"}
        if not ready:
            fill(url, load_instrument(SHIPPED / DEFAULT_INSTRUMENT), chosen.rounds)
        names = [chosen.page] if chosen.page else ["home", *sorted(path.stem for path in (ROOT / "pages").glob("*.py"))]
        print(f"{'page':<12} {'opens':>8} {'usual':>8} {'median':>8} {'slowest':>8}  the slowest changes (ms)")
        over, options = [], {}
        recorded(options)
        for name in names:
            at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
            if name != "home":
                at.switch_page(f"pages/{name}.py")
            first = run(at)
            usual = min(run(at) for _ in range(5))
            found = sections(at, options)
            worst: dict[str, float] = {}
            for key, took in found:
                worst[key] = max(took, worst.get(key, 0))
            times = [took for _, took in found] or [run(at)]
            told = sorted(worst.items(), key=lambda item: -item[1])[:4]
            over += [f"{name}.{key}" for key, took in worst.items() if took > LIMIT]
            words = ", ".join(f"{key} {took * 1000:.0f}" for key, took in told)
            print(
                f"{name:<12} {first * 1000:8.0f} {usual * 1000:8.0f} {statistics.median(times) * 1000:8.0f} {max(times) * 1000:8.0f}  {words}",
                flush=True,
            )
        print(f"over {LIMIT * 1000:.0f} ms: {', '.join(over) or 'none'}")


if __name__ == "__main__":
    main()
