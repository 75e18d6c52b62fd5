"""Values that somebody outside the engine computed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def oracles() -> dict[str, dict]:
    """Oracle id -> its input, expected values and tolerance."""
    path = Path(__file__).resolve().parents[1] / "oracles" / "oracles.json"
    return {row["id"]: row for row in json.loads(path.read_text(encoding="utf-8"))["oracles"]}
