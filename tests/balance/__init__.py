"""Tests of analysis/balance. Expected numbers come from `tests/oracles/oracles.json`, from scipy, statsmodels and pingouin, or from hand."""
