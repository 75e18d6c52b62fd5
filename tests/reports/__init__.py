"""Tests of analysis/reports."""
