"""`demo`: the demonstration's store."""

from __future__ import annotations

import argparse

from analysis import desk
from analysis.commands.shared import OK, progress


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The command has no options."""
    commands.add_parser("demo", help="build the demonstration's store from its workbooks").set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the demonstration's store where it is missing or out of date."""
    print(desk.demonstration(progress).url)
    return OK
