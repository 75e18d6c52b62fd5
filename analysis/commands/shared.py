"""What every command shares: where it works, how it speaks, and how it fails."""

from __future__ import annotations

import argparse
import getpass
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from analysis import desk, texts
from analysis.instrument import Instrument, instrument_folders, instruments
from analysis.model import Problem
from analysis.states import States, load_states
from analysis.store import StoreUnavailable, WrongSchema, open_store

OK, PROBLEMS, COULD_NOT_RUN = 0, 1, 2
WIDTH = 70  # of the line of progress


class CouldNotRun(Exception):
    """Something outside the files keeps a command from running; the message says what and what to do."""


def progress(done: int, of: int, name: str) -> None:
    """One line that rewrites itself on a terminal, and is gone at the end; silent in a pipe."""
    if sys.stderr.isatty():
        line = "" if done == of else f"{done + 1}/{of} {name}"
        print(f"\r{line[:WIDTH]:<{WIDTH}}\r{line[:WIDTH]}", end="", file=sys.stderr, flush=True)


def say(line: str) -> None:
    """A line of the result; on a terminal it takes the place of the line of progress."""
    progress(0, 0, "")
    print(line)


def write_bytes(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def write_json(value: object) -> None:
    progress(0, 0, "")
    write_bytes(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8") + b"\n")


def known_instruments(arguments: argparse.Namespace) -> dict[str, Instrument]:
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


def one_of(known: Mapping[str, Instrument], name: str) -> Instrument:
    if name not in known:
        raise CouldNotRun(f"There is no instrument {name}. Known: {', '.join(known)}")
    return known[name]


def states_of(arguments: argparse.Namespace) -> States:
    if arguments.demo and arguments.states:
        raise CouldNotRun("--states and --demo can't be combined: the demonstration has its own fictional States.")
    try:
        return load_states(arguments.demo, extra=arguments.states)
    except ValueError as error:
        raise CouldNotRun(str(error)) from error


def store_url(arguments: argparse.Namespace) -> str:
    """Where the store is that a command works on."""
    if arguments.database:
        return arguments.database
    return desk.demonstration(progress).url if arguments.demo else desk.source("own").url


def store_of(arguments: argparse.Namespace, *, create: bool) -> desk.Store | None:
    """The store a command works on; None where it does not exist and is not to be made."""
    url = store_url(arguments)
    file = url.removeprefix("sqlite:///").partition("?")[0] if url.startswith("sqlite:///") else ""
    if file and not file.startswith("file:") and not create and not Path(file).exists():
        return None
    try:
        return open_store(url, sample=arguments.demo)
    except (StoreUnavailable, WrongSchema) as error:
        raise CouldNotRun(str(error)) from error
    except Exception as error:  # any driver has errors of its own; none of them may end in a traceback
        told = without_password(f"The store {url} can't be opened: {reason(error)}", url)
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


def reason(error: BaseException) -> str:
    """What an error says in one line, without the statement and the values a database puts below it."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def existing(paths: Iterable[str]) -> list[Path]:
    found = [Path(p) for p in paths]
    missing = [str(p) for p in found if not p.exists()]
    if missing:
        raise CouldNotRun(f"There is no such file or folder: {', '.join(missing)}")
    return found


def problem_row(problem: Problem) -> dict[str, str]:
    return {**asdict(problem), "message": texts.problem_message(problem)}


def print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        say(f"  {problem.severity:6} {texts.problem_message(problem)}")


def note_export(store: desk.Store, file: str, **chosen: object) -> None:
    """Tell the store's trail what was taken out of it, by codes. Where it can't be told (a store to be read only), say so."""
    told = [file, *(f"{key}={value}" for key, value in chosen.items() if value)]
    try:
        store.note("export", "; ".join(told), user())
    except Exception as error:  # any driver has errors of its own; what was asked for is done already
        print(f"Not in the store's trail: {reason(error)}", file=sys.stderr)


def user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name in this system's list of users, as in some containers
        return "unknown"
