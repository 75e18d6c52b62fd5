"""The command line; `analysis/commands/` holds a module for each command. The same functions as the pages.

Exit code 0: well; 1: problems were found (notes are none); 2: it could not run. Progress is shown on a terminal and never in a
pipe. `docs/command-line.md` describes every command and option.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from analysis.commands import annotate, backup, demo, instrument, mapping, reminders, returns, scores, template
from analysis.commands.shared import COULD_NOT_RUN, CouldNotRun, progress, reason, without_password
from analysis.instrument import InstrumentProblems
from analysis.store import StoreUnavailable

#: In the order in which `--help` lists them.
COMMANDS = (template, returns, mapping, annotate, scores, reminders, instrument, backup, demo)


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
    for command in COMMANDS:
        command.add(commands, common, places)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a pipe may not know every script
    try:
        code = given.run(given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        said = "Stopped. Every return that was stored is whole."
    except (CouldNotRun, InstrumentProblems, StoreUnavailable) as error:
        said = f"Could not run: {error}"
    except OSError as error:
        said = f"Could not run: {error.strerror or error}" + (f": {error.filename}" if error.filename else "")
    except Exception as error:  # a fault of ours or of the database: one line, and the whole story only where it is asked for
        if os.environ.get("ANALYSIS_TRACEBACK"):
            raise
        said = f"Could not run: {reason(error)} ({type(error).__name__}; ANALYSIS_TRACEBACK=1 shows where)"
    progress(0, 0, "")
    url = getattr(given, "database", None) or os.environ.get("RETURNS_DATABASE") or ""
    print(without_password(said, url), file=sys.stderr)
    return COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main())
