"""What a database says when it can't go on -> one sentence that names the store and says what to do."""

from __future__ import annotations

import sqlite3

from sqlalchemy import URL, Engine, event

NOTHING_HALF = "What was being stored is not stored, and nothing is half done."

#: By the beginning of SQLite's own name of the error (www.sqlite.org/rescode.html).
SQLITE = {
    "SQLITE_FULL": f"is full: its disk has no room left. {NOTHING_HALF} Make room and do it again.",
    "SQLITE_READONLY": f"can't be written to: the file or its folder is read-only for this user. {NOTHING_HALF} "
    "Give the user the right to write to both.",
    "SQLITE_BUSY": "is in use: another program has kept it locked for {patience:g} seconds. "
    f"{NOTHING_HALF} Wait until that program is done or close it, and do it again.",
    "SQLITE_LOCKED": "is in use by another program. " + NOTHING_HALF + " Do it again.",
    "SQLITE_CANTOPEN": "can't be opened: there is no such file or folder, or this user may not read and write there. "
    "(The folder must be writable too: SQLite keeps its log beside the file.)",
    "SQLITE_PERM": "can't be opened: this user has no right to it.",
    "SQLITE_IOERR_SHMSIZE": f"is full: its disk has no room left. {NOTHING_HALF} Make room and do it again.",
    "SQLITE_IOERR": f"can't be read or written: the disk reports an error. {NOTHING_HALF} Look after the disk first.",
    "SQLITE_CORRUPT": "is damaged. Keep the file, and restore the newest backup into a new one: python -m analysis restore.",
    "SQLITE_NOTADB": "is not a store: the file holds something else. Name another file, or restore a backup.",
}

#: By the beginning of PostgreSQL's code (Appendix A of its manual).
POSTGRESQL = {
    "53100": SQLITE["SQLITE_FULL"],
    "533": "can't be reached: the server has no free connection. Try again, or allow more of them.",
    "55P03": "is in use: another process has been storing for {patience:g} seconds. " + NOTHING_HALF + " Do it again.",
    "25006": f"can't be written to: the server is read-only (a standby?). {NOTHING_HALF}",
    "42501": "can't be used: this user of the database may not do that. Grant the rights (docs/store.md).",
    "28": "can't be opened: the server refuses this user or password.",
    "3D000": "can't be opened: the server has no such database. Create it first (docs/store.md).",
    "XX001": "is damaged, the server says. Restore the newest backup into a new database: python -m analysis restore.",
    "08": f"can't be reached: the connection to the server is gone. {NOTHING_HALF} Do it again.",
    "57P": f"can't be reached: the server is stopping or starting. {NOTHING_HALF} Do it again.",
}
AWAY = "can't be reached ({said}). {nothing} Is the server running, is there such a database, are name and password right?"


class StoreUnavailable(RuntimeError):
    """The store can't be used now: disk full, read-only, locked, damaged, server away. The message says what to do."""


def name_of(place: URL) -> str:
    """A store's name in a message: its file, or its URL without password and options."""
    if place.get_backend_name() == "sqlite":
        return (place.database or ":memory:").removeprefix("file:")
    return place.set(query={}).render_as_string().replace(":***", "")


def told(error: BaseException | None, what: str, patience: float) -> StoreUnavailable | None:
    """The sentence for a driver's error, with `what` (`The store x`) in front; None where the fault is not the store's."""
    said = _sqlite(error) if isinstance(error, sqlite3.Error) else _postgresql(error)
    return StoreUnavailable(f"{what} {said.format(patience=patience)}") if said else None


def tell(engine: Engine, what: str, patience: float) -> None:
    """Let an engine raise `StoreUnavailable` for what `told` knows, wherever it happens: connect, begin, execute, commit."""

    @event.listens_for(engine, "handle_error")
    def translate(context) -> StoreUnavailable | None:
        if context.is_pre_ping:  # a connection of yesterday is gone: another one is made
            return None
        return told(context.original_exception, what, patience)  # what is returned is raised instead


def _sqlite(error: sqlite3.Error) -> str | None:
    name = getattr(error, "sqlite_errorname", "") or ""
    return next((said for start, said in SQLITE.items() if name.startswith(start)), None)


def _postgresql(error: BaseException | None) -> str | None:
    code = getattr(error, "sqlstate", None)
    if code:
        return next((said for start, said in POSTGRESQL.items() if code.startswith(start)), None)
    of_driver = type(error).__module__.partition(".")[0] == "psycopg"
    if not of_driver or type(error).__name__ not in ("OperationalError", "ConnectionTimeout"):
        return None
    said = (str(error).strip().splitlines() or ["no answer"])[0]  # of a connection that was refused there is no code, only words
    return AWAY.format(said=said.replace("{", "{{").replace("}", "}}"), nothing=NOTHING_HALF)
