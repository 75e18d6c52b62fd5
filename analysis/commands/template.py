"""`template`: write the questionnaire, empty or filled in from a State's last return."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis import desk
from analysis.commands.shared import OK, CouldNotRun, known_instruments, note_export, one_of, states_of, store_of
from analysis.instrument import Instrument
from analysis.model import READINGS, round_date
from analysis.workbook.carried import carried_sentence
from analysis.workbook.next_form import next_form
from analysis.workbook.state_names import state_code
from analysis.workbook.template import template


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The command's options."""
    one = commands.add_parser("template", parents=[common], help="write the questionnaire as a workbook")
    one.add_argument("--instrument", default=None, metavar="ID", help="which questionnaire (default: this program's own)")
    one.add_argument("--submodule", action="append", default=[], metavar="CODE", help="only this sub-module (may be repeated)")
    one.add_argument("--country", default=None, metavar="CODE", help="fill it in from this State's last return in the store")
    one.add_argument("--organization", default="", metavar="NAME", help="whose last return (default: the national one)")
    one.add_argument("--reading", default="self", choices=READINGS, help="which last return (default: self)")
    one.add_argument("--round", default="", metavar="LABEL", help="the round to write on a form that is filled in")
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
    if arguments.country:
        return _filled(arguments, instrument, known)
    if arguments.round or arguments.organization or arguments.reading != "self":
        raise CouldNotRun("--round, --organization and --reading go with --country: an empty form leaves them to the State.")
    content = template(instrument, states_of(arguments), submodules=arguments.submodule or None)
    output = Path(arguments.output or f"{instrument.id}.xlsx")
    output.write_bytes(content)
    print(output)
    return OK


def _filled(arguments: argparse.Namespace, instrument: Instrument, known: dict[str, Instrument]) -> int:
    """Write the form filled in from a State's last return, and say what was carried over."""
    if arguments.submodule:
        raise CouldNotRun("--submodule and --country can't be combined: a form that is filled in holds every sub-module.")
    if arguments.round and round_date(arguments.round) is None:
        raise CouldNotRun(f"--round {arguments.round} names no period. Write 2026, 2026-H2, 2026-Q3 or 2026-05.")
    states = states_of(arguments)
    code = state_code(arguments.country, states, code_column=True)
    if code is None:
        raise CouldNotRun(f"--country {arguments.country} is not a State known here.")
    store = store_of(arguments, create=False)
    earlier = store.earlier_return(instrument, known, code, arguments.organization, arguments.reading) if store else None
    if earlier is None:
        whose = " ".join(x for x in (code, arguments.organization, arguments.reading) if x)
        raise CouldNotRun(f"The store holds no return of {whose} to {instrument.id} or an edition that its crosswalk leads from.")
    made = next_form(instrument, states, earlier, known[earlier.instrument], round=arguments.round)
    output = Path(arguments.output or f"{code}-{instrument.id}.xlsx")
    output.write_bytes(made.content)
    print(output)
    print(carried_sentence(made.carried))
    told = {"instrument": instrument.id, "country": code, "round": arguments.round, "reading": arguments.reading}
    note_export(store, "template.xlsx", **told, carried_from=earlier.round)
    return OK
