"""The annotated copy: a State's own workbook back, with the cells to correct marked, commented and listed."""

from analysis.workbook.annotated.copy import Annotated, annotated

__all__ = ["Annotated", "annotated"]
