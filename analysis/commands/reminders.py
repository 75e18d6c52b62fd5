"""`reminders`: whom to remind of what, of a round."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from analysis.commands.shared import OK, CouldNotRun, known_instruments, note_export, states_of, store_of, write_bytes
from analysis.comparison import board
from analysis.reports import board as words
from analysis.reports.tables import csv_bytes


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The command's options."""
    one = commands.add_parser("reminders", parents=[common], help="whom to remind of what, as .csv")
    one.add_argument("--round", default=None, metavar="LABEL", help="which round (default: the newest in the store)")
    one.add_argument("--output", default=None, metavar="FILE", help="where to write (default: standard output)")
    one.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the reminders of a round, as the status board has them."""
    known, states, store = known_instruments(arguments), states_of(arguments), store_of(arguments, create=False)
    returns = store.board() if store else None
    if store is None or returns.empty:
        raise CouldNotRun("Nothing has been returned to this store yet. (--database URL names another one.)")
    rounds = board.rounds(returns)
    label = arguments.round or rounds[0]
    if label not in rounds:
        raise CouldNotRun(f"Nothing was returned for {label}. There is: {', '.join(rounds)}")
    instrument = returns.loc[returns["round"] == label, "instrument"].iloc[0]
    members = states.members("") | set(returns["iso3"])
    now = dt.datetime.now(dt.UTC)
    table = board.status_board(returns, round_=label, members=members, instrument=instrument, today=now)
    found = board.reminders(table, store.parts(), {name: one.submodules for name, one in known.items()})
    content = csv_bytes(words.reminders(known, found, states))
    if arguments.output:
        Path(arguments.output).write_bytes(content)
        print(arguments.output)
    else:
        write_bytes(content)
    note_export(store, "reminders.csv", rows=len(found), round=label)
    return OK
