"""The values computed outside the engine, by id."""

import json
from pathlib import Path

import pytest

ORACLES = Path(__file__).resolve().parents[1] / "oracles" / "oracles.json"


@pytest.fixture(scope="session")
def oracles() -> dict[str, dict]:
    """Oracle id -> its input, expected values and tolerance."""
    return {oracle["id"]: oracle for oracle in json.loads(ORACLES.read_text(encoding="utf-8"))["oracles"]}
