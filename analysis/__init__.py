"""Maturity of measures against terrorists acquiring weapons: from a workbook to a score.

Usable from a notebook and from the command line; nothing in here imports Streamlit.
"""
