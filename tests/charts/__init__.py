"""Tests of analysis/charts."""
