"""What holds for all tests: the values computed outside the engine, and properties without a clock, for a busy machine would fail them by its own
slowness."""

import json
from pathlib import Path

import pytest
from hypothesis import settings

ORACLES = Path(__file__).with_name("oracles") / "oracles.json"

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def oracles() -> dict[str, dict]:
    """Oracle id -> its input, expected values and tolerance; computed outside the engine."""
    return {row["id"]: row for row in json.loads(ORACLES.read_text(encoding="utf-8"))["oracles"]}
