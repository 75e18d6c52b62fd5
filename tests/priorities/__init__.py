"""Tests of analysis/priorities."""
