"""`backup` and `restore`: a store in one file with its checksums, and back; also the way from SQLite to PostgreSQL."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from analysis.commands.shared import OK, CouldNotRun, store_of, store_url, without_password
from analysis.store import StoreUnavailable, WrongSchema, WrongStates
from analysis.store.backup import Manifest, NotEmpty, WrongBackup, backup, restore, verified


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The options of both."""
    one = commands.add_parser("backup", help="write the whole store into one file with its checksum")
    one.add_argument("file", metavar="FILE", help="the backup; it must not be there yet")
    one.add_argument("--verify", action="store_true", help="write nothing: check the backup FILE against its checksums")
    _place(one)
    one.set_defaults(run=back_up)

    one = commands.add_parser("restore", help="bring a backup into a new store")
    one.add_argument("file", metavar="FILE", help="a backup that `backup` wrote")
    _place(one)
    one.set_defaults(run=bring_back)


def _place(one: argparse.ArgumentParser) -> None:
    one.add_argument("--database", metavar="URL", help="the store (default: $RETURNS_DATABASE, else data/var/returns.sqlite)")
    one.add_argument("--demo", action="store_true", help="the demonstration's store")


def back_up(arguments: argparse.Namespace) -> int:
    """Write a backup, or check one."""
    if arguments.verify:
        return _told(arguments.file, "is whole", _tried(lambda: verified(arguments.file)))
    store = store_of(arguments, create=False)
    if store is None:
        raise CouldNotRun("There is no such store yet, so there is nothing to back up. (--database URL names another one.)")
    return _told(arguments.file, "holds", _tried(lambda: backup(store, arguments.file)))


def bring_back(arguments: argparse.Namespace) -> int:
    """Restore a backup."""
    url = store_url(arguments)
    found = _tried(lambda: restore(arguments.file, url, sample=arguments.demo))
    return _told(arguments.file, f"is restored into {without_password(url, url)}:", found)


def _tried(act: Callable[[], Manifest]) -> Manifest:
    try:
        return act()
    except (WrongBackup, WrongSchema, WrongStates, NotEmpty, StoreUnavailable) as error:
        raise CouldNotRun(str(error)) from error


def _told(file: str, what: str, found: Manifest) -> int:
    """Say what a backup holds."""
    rows = found.rows
    counts = f"{rows['returns']} returns in {rows['files']} files with {rows['answers']} answers"
    print(f"{file} {what} {counts}, as of {found.made_at:%Y-%m-%d %H:%M:%S} UTC (layout {found.layout})")
    print(f"SHA-256 {found.sha256}")
    if not found.beside:
        print(f"There is no {file}.sha256; the backup was checked by the checksums inside it only.")
    return OK
