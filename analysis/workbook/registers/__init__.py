"""Registers as workbooks: the form out, filled in with what is kept; rows in, every wrong cell a problem with its place."""

from analysis.workbook.registers.reading import RegisterRead, Row, register_in, register_rows, row_of
from analysis.workbook.registers.sheet import register_book

__all__ = ["RegisterRead", "Row", "register_book", "register_in", "register_rows", "row_of"]
