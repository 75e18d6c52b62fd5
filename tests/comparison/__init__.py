"""Tests of analysis/comparison."""
