"""A store of its own for each test, in each of the two databases, and a short way to put returns into it."""

import hashlib
import os

import pytest

from analysis.store import open_store
from tests.store import servers, worlds


@pytest.fixture
def instrument(tmp_path):
    return worlds.coast(tmp_path)


@pytest.fixture(scope="session")
def server():
    """URL of a PostgreSQL server."""
    if os.environ.get(servers.SKIP):
        pytest.skip(f"{servers.SKIP} is set")
    with servers.running() as url:
        yield url


@pytest.fixture
def postgresql(server):
    """URL of a new database of PostgreSQL."""
    with servers.database(server) as url:
        yield url


@pytest.fixture
def sqlite(tmp_path):
    """URL of a new file of SQLite."""
    return f"sqlite:///{tmp_path / 'returns.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """URL of a new store: what uses it is tested on both databases."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def put(store, instrument):
    """Store a return with bytes of its own; gives its number."""

    def put(codes, content=None, step="submitted", **unit) -> int:
        value = worlds.coast_return(codes, **unit)
        content = content or hashlib.sha256(f"{value}{len(store.audit())}".encode()).digest()
        stored = store.add(value, [], file_name=f"{value.iso3}.xlsx", content=content, instrument=instrument, by="ana", step=step)
        return stored.return_id

    return put
