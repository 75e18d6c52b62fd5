"""The styles of a workbook with a few more of ours: a marked cell keeps its letters, borders and number format."""

from __future__ import annotations

import re

from analysis.workbook.annotated.markup import Edits, Element, NotEditable, children, root_of, tag_of, with_attribute
from analysis.workbook.annotated.package import Package

#: Grounds of marked cells: what stops or is to be repaired, and notes. Nothing else of ours has these colours.
TO_CORRECT, TO_NOTE = "FFF7C6B7", "FFFBE3A6"
#: More formats than any program allows (Excel: 65,490).
MAX_FORMATS = 60_000

_CONTAINERS = ("fonts", "fills", "borders", "cellXfs")
_COLOR = {"rgb": "[0-9A-Fa-f]{6,8}", "theme": "[0-9]{1,3}", "indexed": "[0-9]{1,3}", "tint": r"-?[0-9.]{1,20}(?:[eE]-?\d{1,3})?"}


class Styles:
    """`xl/styles.xml`: what is in it stays where it is, new fonts, grounds, borders and formats follow."""

    def __init__(self, package: Package):
        self._package, self._part = package, package.related(package.main, "styles")
        if not self._part:
            raise NotEditable()
        self._text = package.text(self._part)
        root = root_of(self._text)
        self._prefix = root.name.removesuffix(root.local)
        self._containers: dict[str, Element] = {}
        self._items: dict[str, list[str]] = {}
        for element in children(self._text, root.inner, root.stop):
            if element.local in _CONTAINERS and element.name == self._prefix + element.local:
                self._containers[element.local] = element
                inside = children(self._text, element.inner, element.stop)
                self._items[element.local] = [self._text[e.start : e.end] for e in inside]
        if set(self._containers) != set(_CONTAINERS) or len(self._items["cellXfs"]) > MAX_FORMATS:
            raise NotEditable()
        self._before = {name: len(items) for name, items in self._items.items()}
        self._place = {name: {item: i for i, item in reversed(list(enumerate(items)))} for name, items in self._items.items()}

    def _index(self, container: str, item: str) -> int:
        """Where an item stands; it is added where it does not."""
        places, items = self._place[container], self._items[container]
        if item not in places:
            places[item] = len(items)
            items.append(item)
        return places[item]

    def _named(self, xml: str) -> str:
        return re.sub(r"<(/?)(?=[A-Za-z])", rf"<\1{self._prefix}", xml)

    def cell(self, font: str, ground: str = "", border: str = "", alignment: str = "") -> int:
        """A format of ours: pieces of XML as Excel writes them, without prefixes; `ground` is a colour."""
        places = {
            "fontId": self._index("fonts", self._named(f"<font>{font}</font>")),
            "fillId": self.fill(f"solid|rgb={ground}|indexed=64") if ground else 0,
            "borderId": self._index("borders", self._named(f"<border>{border}</border>")) if border else 0,
        }
        attributes = "".join(f' {name}="{value}"' for name, value in places.items())
        applied = ' applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
        inside = f"<alignment{alignment}/>"
        return self._index("cellXfs", self._named(f'<xf numFmtId="49"{attributes} xfId="0"{applied}>{inside}</xf>'))

    def _format(self, style: int) -> str:
        formats = self._items["cellXfs"]
        if not 0 <= style < len(formats):
            raise NotEditable()
        return formats[style]

    def fill(self, described: str) -> int:
        """The ground that `described` told of."""
        pattern, first, second = [*described.split("|"), "", ""][:3]
        colors = [
            (name, of.replace("=", '="').replace(" ", '" ')) for name, of in (("fgColor", first), ("bgColor", second)) if of
        ]
        inside = "".join(f'<{name} {attributes}"/>' for name, attributes in colors)
        tag = f'<patternFill patternType="{pattern}"'
        return self._index(
            "fills", self._named(f"<fill>{tag}>{inside}</patternFill></fill>" if inside else f"<fill>{tag}/></fill>")
        )

    def described(self, style: int) -> str:
        """The ground of a format in a few safe words (`solid|rgb=FFFFF9E8|indexed=64`); "" for one that they can't tell."""
        item = self._format(style)
        fill = int(tag_of(item).attributes.get("fillId") or 0)
        fills = self._items["fills"]
        text = fills[fill].replace(f"<{self._prefix}", "<") if fill < len(fills) else ""
        pattern = re.search(r"<patternFill\b(?:[^>]*?patternType=\"([A-Za-z0-9]{1,20})\")?", text)
        if not pattern:
            return ""
        colors = []
        for name in ("fgColor", "bgColor"):
            found = re.search(rf"<{name}\b([^>]*)>", text)
            pairs = re.findall(r'(\w+)="([^"]*)"', found[1]) if found else []
            colors.append(" ".join(f"{k}={v}" for k, v in pairs if k in _COLOR and re.fullmatch(_COLOR[k], v)))
        return "|".join([pattern[1] or "none", *colors])

    def marked(self, style: int) -> bool:
        """Whether a format has one of our grounds for marked cells."""
        return any(f"rgb={color}" in self.described(style).split("|")[1:2] for color in (TO_CORRECT, TO_NOTE))

    def with_fill(self, style: int, described: str) -> int:
        """The same format on another ground."""
        item = self._format(style)
        for name, value in (("fillId", self.fill(described)), ("applyFill", 1)):
            start = tag_of(item)
            item = with_attribute(item, start, name, value) + item[start.inner :]
        return self._index("cellXfs", item)

    def write(self) -> None:
        """Put what is new into the workbook."""
        edits = Edits(self._text)
        for name, element in self._containers.items():
            new = self._items[name][self._before[name] :]
            if new:
                edits.append(element, "".join(new), count=len(self._items[name]))
        self._package.write(self._part, edits.done())


def safe_fill(described: str) -> bool:
    """Whether a description of a ground is one that this module wrote: it comes back through a file of the State's."""
    color = "|".join(f"(?:{name}={pattern})" for name, pattern in _COLOR.items())
    return re.fullmatch(rf"[A-Za-z0-9]{{1,20}}(?:\|(?:(?:{color})(?: (?:{color}))*)?){{2}}", described) is not None
