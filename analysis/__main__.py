"""The command line: template, check, import, scores, instrument, demo. The same functions as the pages.

Exit code 0: well; 1: problems were found (notes are none); 2: it could not run. Progress is shown on a terminal and never in a
pipe. `docs/command-line.md` describes every command and option.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, unquote

import pandas as pd

from analysis import desk, texts
from analysis.comparison.rounds import LATEST
from analysis.instrument import LENSES, Instrument, InstrumentProblems, Lens, instrument_folders, instruments, load_instrument
from analysis.instrument_check import instrument_problems
from analysis.model import PANEL_KEYS, READINGS, Panel, Problem
from analysis.reports.tables import csv_bytes, json_text, xlsx_bytes
from analysis.scores.options import AGGREGATORS, NA_CHALLENGED, STRICT, ScoreOptions
from analysis.scores.tree import node_scores
from analysis.states import States, load_states
from analysis.store import open_store
from analysis.workbook.files import SUFFIXES
from analysis.workbook.template import template

OK, PROBLEMS, COULD_NOT_RUN = 0, 1, 2
WHAT_IF = {"strict": STRICT, "na-challenged": NA_CHALLENGED}
WIDTH = 70  # of the line of progress

#: What is done with each file that was read: a word for each of its returns.
Act = Callable[[desk.Desk, desk.Incoming], list[str]]


class CouldNotRun(Exception):
    """Something outside the files keeps a command from running; the message says what and what to do."""


def parser() -> argparse.ArgumentParser:
    """All commands and their options; `--help` on each and `docs/command-line.md` tell the same."""
    places = argparse.ArgumentParser(add_help=False)
    places.add_argument("--instruments", metavar="DIR", help="folder with further instruments (default: $INSTRUMENTS)")
    common = argparse.ArgumentParser(add_help=False, parents=[places])
    common.add_argument(
        "--database", metavar="URL", help="store to use (default: $RETURNS_DATABASE, else data/var/returns.sqlite)"
    )
    common.add_argument(
        "--states",
        metavar="FILE",
        help="further States or territories, a .csv like data/local/states.csv (default: $RETURNS_STATES)",
    )
    common.add_argument("--demo", action="store_true", help="work on the demonstration's fictional States and store")
    top = argparse.ArgumentParser(prog="python -m analysis", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = commands.add_parser("template", parents=[common], help="write the questionnaire as a workbook")
    one.add_argument("--instrument", default=None, metavar="ID", help="which questionnaire (default: this program's own)")
    one.add_argument("--submodule", action="append", default=[], metavar="CODE", help="only this sub-module (may be repeated)")
    one.add_argument("--output", default=None, metavar="FILE", help="where to write it (default: <instrument>.xlsx)")

    one = commands.add_parser("check", parents=[common], help="read files and list every problem; nothing is stored")
    one.add_argument("paths", nargs="+", metavar="PATH", help="files, folders and zips")
    one.add_argument("--json", action="store_true", help="the same as JSON")

    one = commands.add_parser("import", parents=[common], help="read files, folders and zips and store what can be stored")
    one.add_argument("paths", nargs="+", metavar="PATH", help="files, folders and zips")
    one.add_argument("--dry-run", action="store_true", help="say what would be stored; store nothing")
    one.add_argument("--json", action="store_true", help="the same as JSON")
    one.add_argument("--by", default=None, metavar="NAME", help="who imports (default: the user of this computer)")

    one = commands.add_parser("scores", parents=[common], help="scores, bounds, coverage and levels, unrounded")
    one.add_argument("--instrument", default=None, metavar="ID", help="which questionnaire (default: that of the newest return)")
    one.add_argument(
        "--round", default=None, metavar="LABEL", help=f"a round, or `{LATEST}` for the newest of each State (default: all)"
    )
    one.add_argument("--reading", default=None, choices=READINGS, help="who assessed (default: all)")
    one.add_argument("--country", action="append", default=[], metavar="CODE", help="only this State (may be repeated)")
    one.add_argument("--node", action="append", default=[], metavar="CODE", help="only this node or measure (may be repeated)")
    one.add_argument(
        "--lens", default=None, metavar="KIND:VALUE", help=f"only questions that carry it; KIND: {', '.join(LENSES)}"
    )
    one.add_argument("--aggregator", default="arithmetic", choices=AGGREGATORS, help="how measures and all above are combined")
    one.add_argument("--rule", default=None, metavar="PRESET", help="award preset of the instrument (default: its own)")
    one.add_argument("--what-if", default=None, choices=list(WHAT_IF), help="count unknown answers, or N/A, as nothing in place")
    one.add_argument("--format", default="csv", choices=["csv", "json", "xlsx"], help="(default: csv)")
    one.add_argument("--output", default=None, metavar="FILE", help="where to write (default: standard output)")

    one = commands.add_parser("instrument", help="list instruments, or check a folder row by row")
    steps = one.add_subparsers(dest="step", required=True, metavar="STEP")
    check = steps.add_parser("check", help="what is wrong in a folder")
    check.add_argument("folder", metavar="FOLDER", help="the instrument's folder")
    check.add_argument("--json", action="store_true", help="the same as JSON")
    steps.add_parser("list", parents=[places], help="instruments that can be found")

    commands.add_parser("demo", help="build the demonstration's store from its workbooks")
    return top


def progress(done: int, of: int, name: str) -> None:
    """One line that rewrites itself on a terminal, and is gone at the end; silent in a pipe."""
    if sys.stderr.isatty():
        line = "" if done == of else f"{done + 1}/{of} {name}"
        print(f"\r{line[:WIDTH]:<{WIDTH}}\r{line[:WIDTH]}", end="", file=sys.stderr, flush=True)


def _say(line: str) -> None:
    """A line of the result; on a terminal it takes the place of the line of progress."""
    progress(0, 0, "")
    print(line)


def _write_bytes(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _write_json(value: object) -> None:
    progress(0, 0, "")
    _write_bytes(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8") + b"\n")


def _known(arguments: argparse.Namespace) -> dict[str, Instrument]:
    """Every instrument; a folder that the caller named must hold usable ones."""
    known = instruments(arguments.instruments)
    if arguments.instruments:
        named = Path(arguments.instruments)
        below = {name: at for name, at in instrument_folders(named).items() if at == named or at.parent == named}
        if not below:
            raise CouldNotRun(f"There is no instrument in {named}: no instrument.toml in it or in a folder of it.")
        for name, folder in below.items():
            if name not in known:
                raise CouldNotRun(f"{name} can't be used. What is wrong: python -m analysis instrument check {folder}")
    return known


def _one_of(known: Mapping[str, Instrument], name: str) -> Instrument:
    if name not in known:
        raise CouldNotRun(f"There is no instrument {name}. Known: {', '.join(known)}")
    return known[name]


def _states(arguments: argparse.Namespace) -> States:
    if arguments.demo and arguments.states:
        raise CouldNotRun("--states and --demo can't be combined: the demonstration has its own fictional States.")
    try:
        return load_states(arguments.demo, extra=arguments.states)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def _store(arguments: argparse.Namespace, *, create: bool) -> desk.Store | None:
    """The store a command works on; None where it does not exist and is not to be made."""
    url = arguments.database
    if not url:
        url = desk.demonstration(progress).url if arguments.demo else desk.source("own").url
    file = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else ""
    if file and not create and not Path(file).exists():
        return None
    try:
        return open_store(url, sample=arguments.demo)
    except Exception as error:  # any driver has errors of its own; none of them may end in a traceback
        told = without_password(f"The store {url} can't be opened: {_reason(error)}", url)
        raise CouldNotRun(told) from error


def without_password(text: str, url: str) -> str:
    """A text in which the password of a store's URL is not to be read."""
    found = re.match(r"(?:[^:/]+://)?[^:/@]*:(.*)@", url)
    secrets = [found[1]] if found else []
    secrets += [value for name, value in parse_qsl(url.partition("?")[2]) if "pass" in name.lower()]
    forms = {form for s in secrets if s for form in (s, unquote(s), quote(s, safe=""), quote_plus(s))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***") if len(form) > 3 else re.sub(rf"(?<=[:=]){re.escape(form)}\b", "***", text)
    return text


def _reason(error: BaseException) -> str:
    """What an error says in one line, without the statement and the values a database puts below it."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _existing(paths: Iterable[str]) -> list[Path]:
    found = [Path(p) for p in paths]
    missing = [str(p) for p in found if not p.exists()]
    if missing:
        raise CouldNotRun(f"There is no such file or folder: {', '.join(missing)}")
    return found


def _problem(problem: Problem) -> dict[str, str]:
    return {**asdict(problem), "message": texts.problem_message(problem)}


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        _say(f"  {problem.severity:6} {texts.problem_message(problem)}")


def command_template(arguments: argparse.Namespace) -> int:
    """Write the questionnaire."""
    known = _known(arguments)
    instrument = _one_of(known, arguments.instrument or desk.default_instrument(known))
    unknown = set(arguments.submodule) - set(instrument.submodules)
    if unknown:
        has = ", ".join(instrument.submodules)
        raise CouldNotRun(f"{instrument.id} has no sub-module {', '.join(sorted(unknown))}. It has: {has}")
    content = template(instrument, _states(arguments), submodules=arguments.submodule or None)
    output = Path(arguments.output or f"{instrument.id}.xlsx")
    output.write_bytes(content)
    print(output)
    return OK


def command_check(arguments: argparse.Namespace) -> int:
    """List every problem of some files."""
    return _each(arguments, _existing(arguments.paths), None)


def command_import(arguments: argparse.Namespace) -> int:
    """Store every storable return of some files, folders and zips; with --dry-run say what would become of each."""
    paths = _existing(arguments.paths)
    place = desk.Desk(_known(arguments), _states(arguments))
    store = _store(arguments, create=not arguments.dry_run)
    if arguments.dry_run:
        held = desk.held(store)
        return _each(arguments, paths, lambda place, item: desk.expected(item, held), place)
    by = arguments.by or _user()
    return _each(arguments, paths, lambda place, item: desk.outcomes(item, desk.commit(store, place, item, by)), place)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name in this system's list of users, as in some containers
        return "unknown"


def _each(arguments: argparse.Namespace, paths: Sequence[Path], act: Act | None, place: desk.Desk | None = None) -> int:
    """Read file after file, do something with each and tell what was found."""
    place = place or desk.Desk(_known(arguments), _states(arguments))
    files, wrong, summaries = 0, False, []
    told = "dry run: " if getattr(arguments, "dry_run", False) else ""
    for item in desk.incoming(place, paths, progress):
        files += 1
        outcomes = act(place, item) if act else None
        wrong |= _wrong(item)
        if arguments.json:
            summaries.append(_summary(item, outcomes))
        else:
            counts = Counter(outcomes or ())
            said = ", ".join(f"{n} {word}" if len(outcomes or ()) > 1 else word for word, n in counts.items())
            _say(_line(item) + (f" -> {told + said if said else 'nothing to store'}" if act else ""))
            _print_problems(item.all_problems)
    if not files:
        raise CouldNotRun(f"No file that could hold a return ({', '.join(SUFFIXES)}) in {', '.join(map(str, paths))}")
    if arguments.json:
        _write_json(summaries)
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
    problems = [_problem(p) for p in item.all_problems]
    return {"file": item.name, "sha256": item.sha256, "returns": returns, "problems": problems}


def command_scores(arguments: argparse.Namespace) -> int:
    """Scores of a store as a table."""
    known, store = _known(arguments), _store(arguments, create=False)
    if store is None:
        raise CouldNotRun("There is no such store yet; `import` makes it. (--database URL names another one.)")
    used = [i for i in store.instruments() if i in known]
    instrument = _one_of(known, arguments.instrument or (used[0] if used else desk.default_instrument(known)))
    unknown = set(arguments.node) - set(instrument.node_number)
    if unknown:
        raise CouldNotRun(f"{instrument.id} has no node or measure {', '.join(sorted(unknown))}")
    panel = _narrowed(store.panel(instrument), arguments)
    table = node_scores(panel, instrument, _options(arguments, instrument)).table.drop(columns="row")
    if arguments.node:
        table = table[table["node"].isin(arguments.node)]
    return _write(table, arguments.format, arguments.output)


def _options(arguments: argparse.Namespace, instrument: Instrument) -> ScoreOptions:
    if arguments.rule and arguments.rule not in instrument.rules:
        raise CouldNotRun(f"There is no rule {arguments.rule}. {instrument.id} has: {', '.join(instrument.rules)}")
    lenses = {f"{lens.kind}:{lens.value}": lens for lens in instrument.lenses}
    if arguments.lens and arguments.lens not in lenses:
        raise CouldNotRun(f"There is no lens {arguments.lens}. {instrument.id} has: {', '.join(lenses) or 'none'}")
    lens: Lens | None = lenses.get(arguments.lens)
    return ScoreOptions(arguments.aggregator, arguments.rule, lens, WHAT_IF.get(arguments.what_if, frozenset()))


def _narrowed(panel: Panel, arguments: argparse.Namespace) -> Panel:
    """The rows of a panel that were asked for. `latest`: of each State, organization and reading the newest."""
    rows = panel.index
    wanted = [("iso3", arguments.country), ("reading", arguments.reading), ("round", arguments.round)]
    for column, values in wanted:
        values = [values] if isinstance(values, str) else values
        if not values or (column == "round" and values == [LATEST]):
            continue
        has = {code.casefold(): code for code in rows[column]}
        unknown = [code for code in values if code.casefold() not in has]
        if unknown:
            there = ", ".join(sorted(has.values())) or "nothing"
            raise CouldNotRun(f"Nothing was returned for {', '.join(unknown)}. There is: {there}")
        rows = rows[rows[column].isin([has[code.casefold()] for code in values])]
    if arguments.round == LATEST:
        rows = rows.sort_values("round_date", kind="stable").groupby(["iso3", "organization", "reading"]).tail(1)
    return panel.where(sorted(rows["row"]))


def _write(table: pd.DataFrame, kind: str, output: str | None) -> int:
    if kind == "xlsx" and not output and sys.stdout.isatty():
        raise CouldNotRun("A workbook can't be shown on a terminal; name a file with --output")
    content = {"csv": csv_bytes, "xlsx": xlsx_bytes, "json": lambda t: json_text(t).encode("utf-8")}[kind](table)
    if output:
        Path(output).write_bytes(content)
        print(output)
    else:
        _write_bytes(content)
    return OK


def command_instrument(arguments: argparse.Namespace) -> int:
    """List instruments, or check a folder."""
    if arguments.step == "list":
        for name, instrument in _known(arguments).items():
            print(f"{name}: {instrument.title} ({len(instrument.questions)} questions)")
        return OK
    folder = _existing([arguments.folder])[0]
    problems = instrument_problems(folder)
    wrong = any(p.severity != "note" for p in problems)
    if arguments.json:
        _write_json([_problem(p) for p in problems])
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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a pipe may not know every script
    try:
        code = commands[given.command](given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        said = "Stopped. Every return that was stored is whole."
    except (CouldNotRun, InstrumentProblems) as error:
        said = f"Could not run: {error}"
    except OSError as error:
        said = f"Could not run: {error.strerror or error}" + (f": {error.filename}" if error.filename else "")
    except Exception as error:  # a fault of ours or of the database: one line, and the whole story only where it is asked for
        if os.environ.get("ANALYSIS_TRACEBACK"):
            raise
        said = f"Could not run: {_reason(error)} ({type(error).__name__}; ANALYSIS_TRACEBACK=1 shows where)"
    progress(0, 0, "")
    url = getattr(given, "database", None) or os.environ.get("RETURNS_DATABASE") or ""
    print(without_password(said, url), file=sys.stderr)
    return COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main())
