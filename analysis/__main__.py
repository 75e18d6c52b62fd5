"""The command line: template, check, import, scores, instrument, demo. The same functions as the pages.

Exit code 0: well; 1: problems were found; 2: it could not run. Progress is shown on a terminal and never in a pipe.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from analysis import desk, texts
from analysis.comparison.rounds import LATEST, current_rows
from analysis.instrument import LENSES, InstrumentProblems, Lens, instruments, load_instrument
from analysis.instrument_check import instrument_problems
from analysis.model import READINGS, Problem, Status
from analysis.reports.tables import csv_bytes, json_text, xlsx_bytes
from analysis.scores.options import AGGREGATORS, NA_CHALLENGED, STRICT, ScoreOptions
from analysis.scores.tree import node_scores
from analysis.states import load_states
from analysis.store import open_store
from analysis.workbook.template import template

OK, PROBLEMS, COULD_NOT_RUN = 0, 1, 2


class CouldNotRun(Exception):
    """Something outside the files keeps a command from running; the message says what and what to do."""


def parser() -> argparse.ArgumentParser:
    """All commands and their options; `--help` on each tells the same as the README."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--database", metavar="URL", help="store to use (default: $RETURNS_DATABASE, else data/var/returns.sqlite)"
    )
    common.add_argument("--instruments", metavar="DIR", help="folder with further instruments (default: $INSTRUMENTS)")
    common.add_argument("--demo", action="store_true", help="work on the demonstration's fictional States and store")
    top = argparse.ArgumentParser(prog="python -m analysis", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = commands.add_parser("template", parents=[common], help="write the questionnaire as a workbook")
    one.add_argument("--instrument", default=None, metavar="ID")
    one.add_argument("--submodule", action="append", default=[], metavar="CODE", help="only this sub-module (may be repeated)")
    one.add_argument("--output", default=None, metavar="FILE", help="where to write it (default: <instrument>.xlsx)")

    one = commands.add_parser("check", parents=[common], help="read files and list every problem; nothing is stored")
    one.add_argument("files", nargs="+", metavar="FILE")
    one.add_argument("--json", action="store_true")

    one = commands.add_parser("import", parents=[common], help="read files, folders and zips and store what can be stored")
    one.add_argument("paths", nargs="+", metavar="PATH")
    one.add_argument("--dry-run", action="store_true", help="say what would be stored; store nothing")
    one.add_argument("--json", action="store_true")
    one.add_argument("--by", default=None, metavar="NAME", help="who imports (default: the user of this computer)")

    one = commands.add_parser("scores", parents=[common], help="scores, bounds, coverage and levels, unrounded")
    one.add_argument("--instrument", default=None, metavar="ID")
    one.add_argument(
        "--round", default=None, metavar="LABEL", help=f"a round, or `{LATEST}` for the newest of each State (default: all)"
    )
    one.add_argument("--reading", default=None, choices=READINGS)
    one.add_argument("--country", action="append", default=[], metavar="CODE")
    one.add_argument("--node", action="append", default=[], metavar="CODE")
    one.add_argument("--lens", default=None, metavar="KIND:VALUE", help=f"KIND is one of {', '.join(LENSES)}")
    one.add_argument("--aggregator", default="arithmetic", choices=AGGREGATORS)
    one.add_argument("--rule", default=None, metavar="PRESET", help="award preset of the instrument")
    one.add_argument("--what-if", default=None, choices=["strict", "na-challenged"])
    one.add_argument("--format", default="csv", choices=["csv", "json", "xlsx"])
    one.add_argument("--output", default=None, metavar="FILE", help="where to write (default: standard output)")

    one = commands.add_parser("instrument", parents=[common], help="list instruments, or check a folder row by row")
    steps = one.add_subparsers(dest="step", required=True, metavar="STEP")
    check = steps.add_parser("check", help="what is wrong in a folder")
    check.add_argument("folder", metavar="FOLDER")
    check.add_argument("--json", action="store_true")
    steps.add_parser("list", help="instruments that can be found")

    commands.add_parser("demo", parents=[common], help="build the demonstration's store from its workbooks")
    return top


def progress(done: int, of: int, name: str) -> None:
    """One line that rewrites itself on a terminal; silent in a pipe."""
    if sys.stderr.isatty():
        print(f"\r{done}/{of} {name[-50:]:<50}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _url(arguments: argparse.Namespace) -> str:
    if arguments.database:
        return arguments.database
    return desk.source("demo" if arguments.demo else "own").url


def _store(arguments: argparse.Namespace) -> desk.Store:
    url = _url(arguments)
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).absolute().parent.mkdir(parents=True, exist_ok=True)
    try:
        return open_store(url)
    except Exception as error:  # any driver has errors of its own; none of them may end in a traceback
        raise CouldNotRun(f"The store {_without_password(url)} can't be opened: {error}") from error


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.rsplit(':', 1)[0]}:***@{tail}" if at and head.count(":") > 1 else url


def _existing(paths: Iterable[str]) -> list[Path]:
    found = [Path(p) for p in paths]
    missing = [str(p) for p in found if not p.exists()]
    if missing:
        raise CouldNotRun(f"There is no such file or folder: {', '.join(missing)}")
    return found


def _incoming(place: desk.Desk, paths: Sequence[Path]) -> Iterator[desk.Incoming]:
    found = list(desk.files(paths))
    if not found:
        raise CouldNotRun(
            f"No file that could hold a return ({', '.join(sorted(desk.SUFFIXES))}) in {', '.join(map(str, paths))}"
        )
    for i, (name, where) in enumerate(found):
        progress(i, len(found), name)
        yield desk.read(place, name, desk.content_of(where))
    progress(len(found), len(found), "")


def _problem(problem: Problem) -> dict[str, str]:
    return {**asdict(problem), "message": texts.problem_message(problem)}


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        print(f"  {problem.severity:6} {texts.problem_message(problem)}")


def command_template(arguments: argparse.Namespace) -> int:
    """Write the questionnaire."""
    known = instruments(arguments.instruments)
    name = arguments.instrument or desk.default_instrument(known)
    if name not in known:
        raise CouldNotRun(f"There is no instrument {name}. Known: {', '.join(known)}")
    unknown = set(arguments.submodule) - set(known[name].submodules)
    if unknown:
        raise CouldNotRun(f"{name} has no sub-module {', '.join(sorted(unknown))}. It has: {', '.join(known[name].submodules)}")
    content = template(known[name], load_states(arguments.demo), submodules=arguments.submodule or None)
    output = Path(arguments.output or f"{name}.xlsx")
    output.write_bytes(content)
    print(output)
    return OK


def command_check(arguments: argparse.Namespace) -> int:
    """List every problem of some files."""
    place = desk.open_desk(arguments.demo, arguments.instruments)
    found = list(_incoming(place, _existing(arguments.files)))
    if arguments.json:
        print(json.dumps([_summary(item, []) for item in found], ensure_ascii=False, indent=1))
    else:
        for item in found:
            print(_line(item))
            _print_problems(item.all_problems)
    return PROBLEMS if any(_wrong(item) for item in found) else OK


def command_import(arguments: argparse.Namespace) -> int:
    """Store every storable return of some files, folders and zips."""
    place = desk.open_desk(arguments.demo, arguments.instruments)
    paths = _existing(arguments.paths)
    store = None if arguments.dry_run else _store(arguments)
    by = arguments.by or getpass.getuser()
    wrong, summaries = False, []
    for item in _incoming(place, paths):
        stored = [] if store is None else desk.commit(store, place, item, by)
        wrong |= _wrong(item)
        if arguments.json:
            summaries.append(_summary(item, stored))
        else:
            outcome = {s.outcome for s in stored}
            print(_line(item) + (f" -> {', '.join(sorted(outcome))}" if outcome else " -> not stored"))
            _print_problems(item.all_problems)
    if arguments.json:
        print(json.dumps(summaries, ensure_ascii=False, indent=1))
    return PROBLEMS if wrong else OK


def _wrong(item: desk.Incoming) -> bool:
    return any(p.severity != "note" for p in item.all_problems)


def _line(item: desk.Incoming) -> str:
    keys = [r.value for r in item.reads if r.value is not None]
    if len(keys) == 1:
        one = keys[0]
        whose = " ".join(x for x in (one.iso3, one.organization, one.round, one.reading) if x)
        return f"{item.name}: {whose}, {', '.join(one.submodules)}, {len(item.all_problems)} problems"
    return f"{item.name}: {len(keys)} returns, {len(item.all_problems)} problems"


def _summary(item: desk.Incoming, stored: Sequence[desk.Stored]) -> dict:
    returns = [
        {
            "instrument": r.value.instrument, "iso3": r.value.iso3, "organization": r.value.organization, "round": r.value.round,
            "reading": r.value.reading, "submodules": list(r.value.submodules), "storable": r.storable,
            "answered": sum(a.code >= 0 for a in r.value.answers), "questions": len(r.value.answers),
        }
        for r in item.reads
        if r.value is not None
    ]  # fmt: skip
    return {
        "file": item.name,
        "sha256": item.sha256,
        "returns": returns,
        "problems": [_problem(p) for p in item.all_problems],
        "stored": [asdict(s) for s in stored],
    }


def command_scores(arguments: argparse.Namespace) -> int:
    """Scores of a store as a table."""
    known = instruments(arguments.instruments)
    store = _store(arguments)
    used = [i for i in store.instruments() if i in known]
    name = arguments.instrument or (used[0] if used else desk.default_instrument(known))
    if name not in known:
        raise CouldNotRun(f"There is no instrument {name}. Known: {', '.join(known)}")
    instrument = known[name]
    zero = {None: frozenset[Status](), "strict": STRICT, "na-challenged": NA_CHALLENGED}[arguments.what_if]
    try:
        lens = Lens(*arguments.lens.split(":", 1)) if arguments.lens else None
        options = ScoreOptions(arguments.aggregator, arguments.rule, lens, zero)
        scores = node_scores(store.panel(instrument), instrument, options)
    except (KeyError, TypeError, ValueError) as error:
        raise CouldNotRun(
            f"{error}. Rules: {', '.join(instrument.rules)}. Lenses: KIND:VALUE with {', '.join(LENSES)}"
        ) from error
    if arguments.round == LATEST:
        readings = [arguments.reading] if arguments.reading else list(READINGS)
        scores = scores.where(sorted(r for who in readings for r in current_rows(scores.panel, LATEST, who)))
    table = scores.table.drop(columns="row")
    if arguments.round not in (None, LATEST):
        table = table[table["round"] == arguments.round]
    if arguments.reading:
        table = table[table["reading"] == arguments.reading]
    for column, wanted in (("iso3", arguments.country), ("node", arguments.node)):
        unknown = set(wanted) - set(table[column]) if column == "iso3" else set(wanted) - set(instrument.node_number)
        if unknown:
            raise CouldNotRun(f"Not found: {', '.join(sorted(unknown))}")
        if wanted:
            table = table[table[column].isin(wanted)]
    return _write(table, arguments.format, arguments.output)


def _write(table, kind: str, output: str | None) -> int:
    content = {"csv": csv_bytes, "xlsx": xlsx_bytes, "json": lambda t: json_text(t).encode("utf-8")}[kind](table)
    if output:
        Path(output).write_bytes(content)
        print(output)
    elif kind == "xlsx" and sys.stdout.isatty():
        raise CouldNotRun("A workbook can't be shown on a terminal; name a file with --output")
    else:
        sys.stdout.buffer.write(content)
    return OK


def command_instrument(arguments: argparse.Namespace) -> int:
    """List instruments, or check a folder."""
    if arguments.step == "list":
        for name, instrument in instruments(arguments.instruments).items():
            print(f"{name}: {instrument.title} ({len(instrument.questions)} questions)")
        return OK
    folder = _existing([arguments.folder])[0]
    problems = instrument_problems(folder)
    wrong = any(p.severity != "note" for p in problems)
    if arguments.json:
        print(json.dumps([_problem(p) for p in problems], ensure_ascii=False, indent=1))
        return PROBLEMS if wrong else OK
    _print_problems(problems)
    if not wrong:
        found = load_instrument(folder)
        counts = f"{len(found.submodules)} sub-modules, {len(found.measures)} measures, {len(found.questions)} questions"
        print(f"{found.id}: {counts}. {len(problems)} notes; the instrument can be used.")
    return PROBLEMS if wrong else OK


def command_demo(arguments: argparse.Namespace) -> int:
    """Build the demonstration's store where it is missing or out of date."""
    print(desk.demonstration(progress).url)
    return OK


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = parser().parse_args(arguments)
    commands = {
        "template": command_template, "check": command_check, "import": command_import, "scores": command_scores,
        "instrument": command_instrument, "demo": command_demo,
    }  # fmt: skip
    try:
        return commands[given.command](given)
    except (CouldNotRun, InstrumentProblems, OSError) as error:
        print(f"Could not run: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        print("Stopped. Every return that was stored is whole.", file=sys.stderr)
        return COULD_NOT_RUN


if __name__ == "__main__":
    code = main()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
