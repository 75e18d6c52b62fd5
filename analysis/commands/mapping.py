"""`mapping propose`: how a table that is not on our form may be read, as a file to be corrected by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis import desk
from analysis.commands.shared import (
    OK,
    PROBLEMS,
    CouldNotRun,
    existing,
    known_instruments,
    print_problems,
    say,
    states_of,
    write_bytes,
)
from analysis.model import UnreadableReturn
from analysis.texts import text
from analysis.workbook.mapping import Doubt, MappingProblems, from_toml, proposal, to_toml

MOST_BYTES = 2_000_000


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The command and its options."""
    one = commands.add_parser("mapping", help="how a table that is not on our form is read")
    what = one.add_subparsers(dest="what", required=True, metavar="WHAT")
    made = what.add_parser("propose", parents=[common], help="look at a file and write the mapping that seems to fit it")
    made.add_argument("path", metavar="FILE", help="a workbook or table")
    made.add_argument("--output", metavar="FILE", help="write the mapping there (default: to standard output)")
    made.set_defaults(run=propose)


def propose(arguments: argparse.Namespace) -> int:
    """Write the mapping that seems to fit a file, and say what is doubtful in it. Nothing is read or stored."""
    (path,) = existing([arguments.path])
    place = desk.Desk(known_instruments(arguments), states_of(arguments))
    try:
        sheets = desk.sheets(place, path.name, path.read_bytes())
    except UnreadableReturn as error:
        print_problems(error.problems)
        return PROBLEMS
    found = proposal(sheets, place.instruments, place.states)
    toml = to_toml(found.mapping).encode("utf-8")
    if arguments.output:
        Path(arguments.output).write_bytes(toml)
        say(arguments.output)
        for doubt in found.doubts:
            say(f"  {told(doubt)}")
    else:
        write_bytes(toml)
    return OK


def told(doubt: Doubt) -> str:
    """A doubt in words."""
    by_role = ("no-column", "not-said", "from-title", "filled-down")
    role = text(f"mapping.holds.{doubt.part}") if doubt.code in by_role else ""
    return text(f"mapping.doubt.{doubt.code}", found=doubt.found, role=role)


def mapping_text(path: str | None) -> str:
    """The text of a mapping's file; empty where none is named.

    Raises
    ------
    CouldNotRun
        If there is no such file, or it is no mapping.
    """
    if not path:
        return ""
    (file,) = existing([path])
    if not file.is_file() or file.stat().st_size > MOST_BYTES:
        raise CouldNotRun(f"--mapping {path}: a mapping is a small file; python -m analysis mapping propose writes one")
    try:
        toml = file.read_bytes().decode("utf-8-sig")
        from_toml(toml)
    except (UnicodeDecodeError, MappingProblems) as error:
        raise CouldNotRun(f"--mapping {path}: {error}") from error
    return toml
