"""The workbook's own part: its sheets in order, the sheet of ours among them, and the names that belong to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.texts import text as words
from analysis.workbook.annotated.grid import Grid, Place, place_of, plain_text
from analysis.workbook.annotated.listing import MARK, Listing, sheet_reference
from analysis.workbook.annotated.markup import (
    MAIN,
    RELATIONS,
    Edits,
    Element,
    NotEditable,
    children,
    escaped,
    quoted,
    root_of,
    unescaped,
    with_attribute,
)
from analysis.workbook.annotated.package import Package, relation_id
from analysis.workbook.annotated.styles import safe_fill

WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
#: The hidden name that leads to the sheet of ours, also when a State has renamed or moved it.
NAME = "_maturity_problems"
#: What may stand before the names in a workbook's part (CT_Workbook).
BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
_SELECTED = re.compile(r"\s+tabSelected\s*=\s*(?:\"(?:1|true)\"|'(?:1|true)')")


@dataclass(frozen=True)
class Sheet:
    """A sheet's name, its part, and whether it is one of cells."""

    name: str
    part: str
    cells: bool


class Book:
    """The sheets of a workbook; `own`: that of an earlier annotated copy, None where there is none."""

    def __init__(self, package: Package):
        self.package = package
        self._text = package.text(package.main)
        self._root = root_of(self._text)
        self._prefix = self._root.name.removesuffix(self._root.local)
        inside = children(self._text, self._root.inner, self._root.stop)
        self._parts = {e.local: e for e in inside if e.name == self._prefix + e.local}
        relations = {r.id: r for r in package.relations(package.main)}
        self.sheets: list[Sheet] = []
        for element in self._elements("sheets"):
            relation = relations.get(relation_id(element.attributes))
            if relation is None or relation.target not in package:
                raise NotEditable()
            self.sheets.append(Sheet(element.attributes.get("name", ""), relation.target, relation.type.endswith("/worksheet")))
        if not self.sheets:
            raise NotEditable()
        self.own = self._own()

    def _elements(self, name: str) -> list[Element]:
        if name not in self._parts:
            return []
        return list(children(self._text, self._parts[name].inner, self._parts[name].stop))

    def _own(self) -> Sheet | None:
        """Found by the name that leads to it, else (a program dropped the name) by its hidden first cell."""
        if not any(f"{MARK};".encode() in self.package.bytes_of(name) for name in self.package.names() if name.endswith(".xml")):
            return None
        named = {self._named(e) for e in self._elements("definedNames") if e.attributes.get("name") == NAME}
        for sheet in sorted(self.sheets, key=lambda sheet: sheet.name not in named):
            if sheet.cells and self._texts(sheet, 1).get(1, {}).get(1, "").startswith(f"{MARK};"):
                return sheet
        return None

    def _named(self, element: Element) -> str:
        """The sheet that a defined name leads to."""
        title = unescaped(self._text[element.inner : element.stop]).rpartition("!")[0]
        return title[1:-1].replace("''", "'") if title.startswith("'") else title

    def _texts(self, sheet: Sheet, most: int = 20_000) -> dict[int, dict[int, str]]:
        """Row -> column -> text of a sheet's first rows."""
        grid = Grid(self.package.text(sheet.part), self.package.uri(MAIN))
        part = self.package.related(self.package.main, "sharedStrings")
        shared = self.package.text(part) if part else "<sst/>"
        root = root_of(shared)
        items = list(children(shared, root.inner, root.stop))

        def string(number: int) -> str:
            return plain_text(shared, items[number]) if 0 <= number < len(items) else ""

        return {number: found for number, found in grid.texts(string) if number <= most}

    def marks(self) -> Mapping[str, dict[Place, str]]:
        """Sheet -> cell -> the ground it had before an earlier copy marked it."""
        found: dict[str, dict[Place, str]] = {}
        for row in self._texts(self.own).values() if self.own else ():
            ground, sheet, place = row.get(1, ""), row.get(3, ""), place_of(row.get(4, ""))
            if place and safe_fill(ground):
                found.setdefault(sheet, {}).setdefault(place, ground)
        return found

    def put(self, made: Listing, language: str) -> None:
        """Make the list of problems the sheet that the workbook opens with: in the place of an earlier one, else the last.

        It is last, not first, because names, print areas and views refer to sheets by their position.
        """
        package = self.package
        edits = Edits(self._text)
        if self.own:
            at, name, part = self.sheets.index(self.own), self.own.name, self.own.part
            package.unrelate(part)
            element = self._elements("sheets")[at]
            if "state" in element.attributes:
                edits.replace(element.start, element.inner, with_attribute(self._text, element, "state", "visible"))
        else:
            at, name, part = len(self.sheets), self._free_name(language), package.free("xl/worksheets/sheet{}.xml")
            package.write(part, made.xml)
            package.declare(part, WORKSHEET)
            relation = package.relate(package.main, "worksheet", part)
            used = [int(e.attributes.get("sheetId") or 0) for e in self._elements("sheets")]
            new = f'name="{quoted(name)}" sheetId="{max(used) + 1}" xmlns:r="{package.uri(RELATIONS)}" r:id="{relation}"'
            edits.append(self._parts["sheets"], f"<{self._prefix}sheet {new}/>")
        package.write(part, made.xml)
        self._open_with(edits, at)
        self._name(edits, name, at, made.head_row)
        package.write(package.main, edits.done())

    def _free_name(self, language: str) -> str:
        plain = re.sub(r"[\[\]:*?/\\']", " ", words("annotated.sheet", language)).strip()[:26] or "Problems"
        taken = {sheet.name.casefold() for sheet in self.sheets}
        names = [plain, *(f"{plain} {n}" for n in range(2, len(taken) + 3))]
        return next(name for name in names if name.casefold() not in taken)

    def _open_with(self, edits: Edits, at: int) -> None:
        views = self._elements("bookViews")
        if views:
            edits.replace(views[0].start, views[0].inner, with_attribute(self._text, views[0], "activeTab", at))
        elif "bookViews" not in self._parts:
            view = f'<{self._prefix}bookViews><{self._prefix}workbookView activeTab="{at}"/></{self._prefix}bookViews>'
            edits.insert(self._parts["sheets"].start, view)

    def _name(self, edits: Edits, sheet: str, at: int, head_row: int) -> None:
        """Our hidden name, and the row that is repeated on every printed page."""
        titles, of = "_xlnm.Print_Titles", escaped(sheet_reference(sheet))
        lines = (
            f'<{self._prefix}definedName name="{NAME}" hidden="1">{of}!$A$1</{self._prefix}definedName>'
            f'<{self._prefix}definedName name="{titles}" localSheetId="{at}">{of}!${head_row}:${head_row}</{self._prefix}definedName>'
        )
        for element in self._elements("definedNames"):
            name, local = element.attributes.get("name"), element.attributes.get("localSheetId")
            if name == NAME or (self.own and name == titles and local == str(at)):
                edits.replace(element.start, element.end, "")
        if "definedNames" in self._parts:
            edits.append(self._parts["definedNames"], lines)
            return
        end = max(self._parts[name].end for name in BEFORE_NAMES if name in self._parts)
        edits.insert(end, f"<{self._prefix}definedNames>{lines}</{self._prefix}definedNames>")


def without_selection(text: str) -> str:
    """A sheet's text that is not the selected one: two selected sheets are a group, and typing in one changes both."""
    head, opened, tail = text.partition("<sheetData")
    return _SELECTED.sub("", head) + opened + tail if _SELECTED.search(head) else text
