"""Tests of analysis/scores. The expected numbers come from `tests/oracles/oracles.json` or from `reference.py`."""
