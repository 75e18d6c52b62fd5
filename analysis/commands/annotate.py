"""`annotate`: the annotated copy of a file, with its problems marked, commented and listed."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from analysis import desk
from analysis.commands.shared import OK, PROBLEMS, CouldNotRun, existing, known_instruments, print_problems, say, states_of
from analysis.model import UnreadableReturn
from analysis.texts import languages, problem_message, text
from analysis.workbook.files import contents, found_files
from analysis.workbook.options import ReadingOptions


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """Its options."""
    one = commands.add_parser(
        "annotate", parents=[common], help="write a file's annotated copy: its problems marked, commented, listed"
    )
    one.add_argument("file", metavar="FILE", help="a workbook or a table")
    one.add_argument("--output", metavar="FILE", help="write there (default: FILE-checked.xlsx or FILE-problems.xlsx beside it)")
    one.add_argument("--language", metavar="CODE", default="", help="of notes and list (default: that of the form)")
    one.add_argument("--password", action="store_true", help="ask for the file's password")
    one.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the copy, say what was lost, and list the problems."""
    if arguments.language and arguments.language not in languages():
        raise CouldNotRun(f"There are no texts in {arguments.language}. Known: {', '.join(languages())}")
    (path,) = existing([arguments.file])
    found = found_files([path])
    if path.is_dir() or len(found) != 1 or found[0].member:
        raise CouldNotRun(f"{path} is not one file. Unpack it, and annotate its files one by one.")
    ((file, content, problems),) = contents(found)
    if problems:
        raise CouldNotRun(problem_message(problems[0]))
    options = ReadingOptions(password=_password(file.name) if arguments.password else "")
    place = desk.Desk(known_instruments(arguments), states_of(arguments))
    item = desk.read(place, file.name, content, options)
    try:
        copy = desk.annotated(place, item, arguments.language)
    except UnreadableReturn as error:
        raise CouldNotRun(problem_message(error.problems[0])) from error
    target = Path(arguments.output) if arguments.output else path.with_name(copy.name)
    if target.exists() and target.samefile(path):
        raise CouldNotRun(f"{target} is the file itself. Name another with --output.")
    target.write_bytes(copy.content)
    say(str(target))
    for key in copy.lost:
        say(text(key))
    print_problems(item.all_problems)
    return PROBLEMS if any(p.severity != "note" for p in item.all_problems) else OK


def _password(name: str) -> str:
    """Asked for, never an argument: those are seen by every user of the computer. From a pipe it is the first line."""
    if sys.stdin.isatty():
        return getpass.getpass(f"Password of {name}: ")
    return sys.stdin.readline().rstrip("\r\n")
