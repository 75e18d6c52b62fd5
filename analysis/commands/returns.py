"""`check` and `import`: files, folders and zips are read; with `import` what can be stored is stored."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis import desk
from analysis.commands.mapping import mapping_text
from analysis.commands.shared import (
    OK,
    PROBLEMS,
    CouldNotRun,
    existing,
    known_instruments,
    print_problems,
    problem_row,
    progress,
    say,
    states_of,
    store_of,
    user,
    write_json,
)
from analysis.model import PANEL_KEYS
from analysis.preview import Before
from analysis.states import States
from analysis.workbook.files import SUFFIXES
from analysis.workbook.options import ReadingOptions

#: What is done with each file that was read: the file with what more is noted, and a word for each of its returns.
Act = Callable[[desk.Desk, desk.Incoming], tuple[desk.Incoming, list[str]]]


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The options of both."""
    one = commands.add_parser("check", parents=[common], help="read files and list every problem; nothing is stored")
    one.add_argument("paths", nargs="+", metavar="PATH", help="files, folders and zips")
    one.add_argument("--json", action="store_true", help="the same as JSON")
    _said(one)
    one.set_defaults(run=check)

    one = commands.add_parser("import", parents=[common], help="read files, folders and zips and store what can be stored")
    one.add_argument("paths", nargs="+", metavar="PATH", help="files, folders and zips")
    one.add_argument("--dry-run", action="store_true", help="say what would be stored; store nothing")
    one.add_argument("--json", action="store_true", help="the same as JSON")
    one.add_argument("--by", default=None, metavar="NAME", help="who imports (default: the user of this computer)")
    _said(one)
    one.set_defaults(run=import_)


def _said(one: argparse.ArgumentParser) -> None:
    """What a person says about the files."""
    one.add_argument(
        "--confirm-state", action="append", default=[], metavar="WRITTEN=CODE", help="a State's name as written, and its code"
    )
    one.add_argument(
        "--mapping", metavar="FILE", help="how tables that are not on our form are read (mapping propose writes one)"
    )


def _options(arguments: argparse.Namespace, states: States) -> ReadingOptions:
    """What was said about the files on the command line."""
    confirmed, codes = {}, {code.casefold(): code for code in states.names}
    for said in arguments.confirm_state:
        written, _, code = said.rpartition("=")
        if not written.strip() or code.strip().casefold() not in codes:
            raise CouldNotRun(f"--confirm-state {said}: write the name as it stands in the file, =, and the code of a State here")
        confirmed[written.strip()] = codes[code.strip().casefold()]
    return ReadingOptions(mapping=mapping_text(arguments.mapping), confirmed=confirmed)


def check(arguments: argparse.Namespace) -> int:
    """List every problem of some files."""
    return _each(arguments, existing(arguments.paths), None)


def import_(arguments: argparse.Namespace) -> int:
    """Store every storable return of some files, folders and zips; with --dry-run say what would become of each."""
    paths = existing(arguments.paths)
    place = desk.Desk(known_instruments(arguments), states_of(arguments))
    store = store_of(arguments, create=not arguments.dry_run)
    before, by = Before(store, place.instruments), arguments.by or user()

    def act(place: desk.Desk, item: desk.Incoming) -> tuple[desk.Incoming, list[str]]:
        item = before.noted(item)
        told = [before.expected(item.sha256, one).outcome for one in item.reads]
        return item, told if arguments.dry_run else desk.outcomes(item, desk.commit(store, place, item, by))

    return _each(arguments, paths, act, place)


def _each(arguments: argparse.Namespace, paths: Sequence[Path], act: Act | None, place: desk.Desk | None = None) -> int:
    """Read file after file, do something with each and tell what was found."""
    place = place or desk.Desk(known_instruments(arguments), states_of(arguments))
    files, wrong, summaries = 0, False, []
    told = "dry run: " if getattr(arguments, "dry_run", False) else ""
    for item in desk.incoming(place, paths, progress, _options(arguments, place.states)):
        files += 1
        item, outcomes = act(place, item) if act else (item, None)
        wrong |= _wrong(item)
        if arguments.json:
            summaries.append(_summary(item, outcomes))
        else:
            counts = Counter(outcomes or ())
            said = ", ".join(f"{n} {word}" if len(outcomes or ()) > 1 else word for word, n in counts.items())
            say(_line(item) + (f" -> {told + said if said else 'nothing to store'}" if act else ""))
            print_problems(item.all_problems)
    if not files:
        raise CouldNotRun(f"No file that could hold a return ({', '.join(SUFFIXES)}) in {', '.join(map(str, paths))}")
    if arguments.json:
        write_json(summaries)
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


def _summary(item: desk.Incoming, outcomes: Sequence[str] | None) -> dict:
    """One file as JSON: its returns with what became of each, and its problems."""
    returns = []
    for i, one in enumerate(item.reads):
        row: dict = dict.fromkeys(["instrument", *PANEL_KEYS, "submodules", "answered", "questions"])
        if one.value is not None:
            row |= {name: getattr(one.value, name) for name in ("instrument", *PANEL_KEYS)}
            row |= {"submodules": list(one.value.submodules), "answered": sum(a.code >= 0 for a in one.value.answers)}
            row |= {"questions": len(one.value.answers)}
        row |= {"storable": one.storable, "problems": len(one.problems)}
        returns.append(row | ({"outcome": outcomes[i]} if outcomes is not None else {}))
    problems = [problem_row(p) for p in item.all_problems]
    return {"file": item.name, "sha256": item.sha256, "returns": returns, "problems": problems}
