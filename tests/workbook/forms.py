"""Forms filled in by the ids in their hidden cells, wherever those stand."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from analysis.workbook import layout


class Form:
    """A form opened for filling in by the ids in its hidden cells."""

    def __init__(self, content: bytes):
        self.book = load_workbook(BytesIO(content))
        self.cells: dict[tuple[str, str], tuple[str, str]] = {}
        for sheet in self.book:
            fields: dict[str, int] = {}
            for row in sheet.iter_rows(max_row=400):
                name = str(row[0].value or "")
                if row[0].row == 1 or name == layout.FIELDS:
                    fields = {cell.value: cell.column for cell in row[1:] if isinstance(cell.value, str)}
                elif ":" in name:
                    for field, column in fields.items():
                        self.cells.setdefault((name, field), (sheet.title, sheet.cell(row[0].row, column).coordinate))

    def cell(self, row: str, field: str = layout.VALUE):
        """The cell of a field of a row."""
        sheet, place = self.cells[row, field]
        return self.book[sheet][place]

    def fill(self, values: dict[tuple[str, str] | str, object]) -> Form:
        """Write values: {question or (row id, field): value}."""
        for key, value in values.items():
            row, field = key if isinstance(key, tuple) else (f"question:{key}", "answer")
            cell = self.cell(row, field)
            cell.value = value
        return self

    def header(self, state="QMA", round_="2026", reading="Self-assessment") -> Form:
        """State, round and reading."""
        return self.fill({("field:state", "value"): state, ("field:round", "value"): round_, ("field:reading", "value"): reading})

    @property
    def content(self) -> bytes:
        """The bytes of the saved workbook."""
        out = BytesIO()
        self.book.save(out)
        return out.getvalue()


def codes(problems) -> list[str]:
    """Codes of problems, in order."""
    return [p.code for p in problems]
