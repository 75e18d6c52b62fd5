"""`instrument`: list instruments, or check a folder row by row."""

from __future__ import annotations

import argparse

from analysis.commands.shared import OK, PROBLEMS, existing, known_instruments, print_problems, problem_row, write_json
from analysis.instrument import load_instrument
from analysis.instrument_check import instrument_problems


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The command's options."""
    one = commands.add_parser("instrument", help="list instruments, or check a folder row by row")
    steps = one.add_subparsers(dest="step", required=True, metavar="STEP")
    check = steps.add_parser("check", help="what is wrong in a folder")
    check.add_argument("folder", metavar="FOLDER", help="the instrument's folder")
    check.add_argument("--json", action="store_true", help="the same as JSON")
    steps.add_parser("list", parents=[places], help="instruments that can be found")
    one.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List instruments, or check a folder."""
    if arguments.step == "list":
        for name, instrument in known_instruments(arguments).items():
            print(f"{name}: {instrument.title} ({len(instrument.questions)} questions)")
        return OK
    folder = existing([arguments.folder])[0]
    problems = instrument_problems(folder)
    wrong = any(p.severity != "note" for p in problems)
    if arguments.json:
        write_json([problem_row(p) for p in problems])
        return PROBLEMS if wrong else OK
    print_problems(problems)
    if not wrong:
        found = load_instrument(folder)
        counts = f"{len(found.submodules)} sub-modules, {len(found.measures)} measures, {len(found.questions)} questions"
        print(f"{found.id}: {counts}. {len(problems)} notes; the instrument can be used.")
    return PROBLEMS if wrong else OK
