"""Fixtures of the score tests: values that somebody outside the engine computed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ORACLES = Path(__file__).resolve().parents[1] / "oracles" / "oracles.json"


@pytest.fixture(scope="session")
def oracles() -> dict[str, dict]:
    """Oracle id -> its input, expected values and tolerance; computed outside the engine."""
    return {row["id"]: row for row in json.loads(ORACLES.read_text(encoding="utf-8"))["oracles"]}
