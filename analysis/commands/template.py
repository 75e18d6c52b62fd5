"""`template`: write the questionnaire."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis import desk
from analysis.commands.shared import OK, CouldNotRun, known_instruments, one_of, states_of
from analysis.workbook.template import template


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The command's options."""
    one = commands.add_parser("template", parents=[common], help="write the questionnaire as a workbook")
    one.add_argument("--instrument", default=None, metavar="ID", help="which questionnaire (default: this program's own)")
    one.add_argument("--submodule", action="append", default=[], metavar="CODE", help="only this sub-module (may be repeated)")
    one.add_argument("--output", default=None, metavar="FILE", help="where to write it (default: <instrument>.xlsx)")
    one.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the questionnaire."""
    known = known_instruments(arguments)
    instrument = one_of(known, arguments.instrument or desk.default_instrument(known))
    unknown = set(arguments.submodule) - set(instrument.submodules)
    if unknown:
        has = ", ".join(instrument.submodules)
        raise CouldNotRun(f"{instrument.id} has no sub-module {', '.join(sorted(unknown))}. It has: {has}")
    content = template(instrument, states_of(arguments), submodules=arguments.submodule or None)
    output = Path(arguments.output or f"{instrument.id}.xlsx")
    output.write_bytes(content)
    print(output)
    return OK
