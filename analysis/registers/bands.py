"""Cost bands: what the letter that a State chooses stands for."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "data" / "packages" / "cost_bands.csv"


@cache
def cost_bands() -> Mapping[str, float]:
    """Cost band -> amount in thousands of US dollars. Invented, like the costs that follow from them."""
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        return {row["band"]: float(row["amount"]) for row in csv.DictReader(file)}
