"""A store in a file of its own, and a short way to put returns into it."""

import hashlib

import pytest

from analysis.store import open_store
from tests.store import worlds


@pytest.fixture
def instrument(tmp_path):
    return worlds.coast(tmp_path)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'returns.sqlite'}"


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
