"""XML edited as text: what is not touched keeps every byte, whatever prefixes and extensions it uses.

A parser that writes a document anew renames prefixes and drops what it does not know, and Excel then finds the workbook damaged.
So a part is checked by a parser (well-formed, no DOCTYPE, UTF-8), and only the few places that change are cut out and replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from analysis.workbook import layout

#: Bytes of one part that is edited; larger ones go the way of the report.
MAX_PART = 24_000_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    RELATIONS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}

_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"|<(/?)([^\s<>/!?\"'=]+)((?:\s+[^\s<>/\"'=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\s([^\s<>/\"'=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class NotEditable(Exception):
    """A workbook that can't be edited without a doubt; `reason` is the key of the text that says why."""

    def __init__(self, reason: str = "annotated.lost.unusual"):
        super().__init__(reason)
        self.reason = reason


class Element(NamedTuple):
    """Where an element stands in a text: `start:end` is all of it, `inner:stop` what it holds."""

    name: str
    start: int
    inner: int
    stop: int
    end: int
    attributes: dict[str, str]

    @property
    def local(self) -> str:
        """Its name without a prefix."""
        return self.name.rpartition(":")[2]

    @property
    def closed(self) -> bool:
        """Whether it is written as `<name/>`."""
        return self.inner == self.end


def checked(data: bytes) -> str:
    """The text of a part, byte-order mark and all, that a parser finds well-formed.

    Raises
    ------
    NotEditable
        If it is too large, not UTF-8, has a DOCTYPE, or is not well-formed.
    """
    if len(data) > MAX_PART:
        raise NotEditable("annotated.lost.large")
    try:
        text = data.decode("utf-8")
        if "<!DOCTYPE" in text:
            raise NotEditable()
        parser = ParserCreate()
        parser.Parse(data, True)
    except (UnicodeDecodeError, ExpatError, ValueError) as error:
        raise NotEditable() from error
    if re.match(r"\ufeff?<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8|us-ascii)", text, re.I):
        raise NotEditable()
    return text


def children(text: str, at: int = 0, end: int | None = None) -> Iterator[Element]:
    """The elements right below, between two places of a well-formed text."""
    end = len(text) if end is None else end
    sure = text.find("<!", at, end) < 0 and text.find("<?", at, end) < 0  # else a closing tag may stand in a comment
    while tag := _TAG.search(text, at, end):
        closing, name, attributes, closed = tag.groups()
        at = tag.end()
        if closing:
            return
        if name is None:
            continue
        if closed:
            yield Element(name, tag.start(), at, at, at, attributes_of(attributes))
            continue
        stop, at = _closing(text, name, at, end, sure)
        yield Element(name, tag.start(), tag.end(), stop, at, attributes_of(attributes))


def _closing(text: str, name: str, at: int, end: int, sure: bool) -> tuple[int, int]:
    """Where the closing tag of an element stands: found at once where nothing of the same name is in it, else by counting."""
    if sure:
        close = _named(text, f"</{name}", at, end)
        if close >= 0 and _named(text, f"<{name}", at, close) < 0:
            return close, text.index(">", close) + 1
    depth = 1
    for tag in _TAG.finditer(text, at, end):
        if tag[2] == name and not tag[4]:
            depth += -1 if tag[1] else 1
            if depth == 0:
                return tag.span()
    raise NotEditable()


def _named(text: str, start: str, at: int, end: int) -> int:
    """Where a tag that begins so stands, -1 where none does; `<row` is not the beginning of `<rowBreaks>`."""
    found = text.find(start, at, end)
    while found >= 0 and text[found + len(start)] not in " \t\r\n/>":
        found = text.find(start, found + 1, end)
    return found


def root_of(text: str) -> Element:
    """The one element that holds all others."""
    tag = next((m for m in _TAG.finditer(text) if m[2] is not None), None)
    if tag is None or tag[1]:
        raise NotEditable()
    attributes = attributes_of(tag[3])
    if tag[4]:
        return Element(tag[2], tag.start(), tag.end(), tag.end(), tag.end(), attributes)
    stop = text.rfind(f"</{tag[2]}")
    end = text.find(">", stop) + 1
    if stop < 0 or text[end:].strip():
        raise NotEditable()
    return Element(tag[2], tag.start(), tag.end(), stop, end, attributes)


def attributes_of(text: str) -> dict[str, str]:
    """Attribute -> its value, entities resolved."""
    return {m[1]: unescaped(m[2] if m[2] is not None else m[3]) for m in _ATTRIBUTE.finditer(text)} if text else {}


def prefix_of(root: Element, uri: str) -> str | None:
    """The prefix, with its colon, that a root binds to a namespace; "" where it is the default one, None where none is."""
    for name, value in root.attributes.items():
        if value == uri and name == "xmlns":
            return ""
    for name, value in root.attributes.items():
        if value == uri and name.startswith("xmlns:"):
            return name[6:] + ":"
    return None


def with_attribute(text: str, element: Element, name: str, value: str | int) -> str:
    """The start tag of an element with an attribute set."""
    tag = text[element.start : element.inner]
    written = f' {name}="{quoted(str(value))}"'
    found = next((m for m in _ATTRIBUTE.finditer(tag) if m[1] == name), None)
    if found:
        return tag[: found.start()] + written + tag[found.end() :]
    at = len(tag) - (2 if tag.endswith("/>") else 1)
    return tag[:at].rstrip() + written + tag[at:]


def escaped(text: str) -> str:
    """Text as it stands between tags; what a cell can't hold is left out."""
    return layout.writable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Text as it stands in an attribute; what XML can't hold is left out."""
    plain = _ILLEGAL.sub("", text)
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "&#10;"), ("\t", "&#9;")):
        plain = plain.replace(char, entity)
    return plain


def unescaped(text: str) -> str:
    """Entities as the characters they stand for."""
    if "&" not in text:
        return text

    def character(match: re.Match) -> str:
        if match[3]:
            return _NAMED[match[3]]
        code = int(match[1]) if match[1] else int(match[2], 16)
        return chr(code) if 0 < code < 0x110000 else "\ufffd"

    return _ENTITY.sub(character, text)


def tag_of(text: str) -> Element:
    """The first start tag of a text as an element that holds nothing; for pieces that are not well-formed by themselves."""
    found = next((m for m in _TAG.finditer(text) if m[2] and not m[1]), None)
    if found is None:
        raise NotEditable()
    return Element(found[2], found.start(), found.end(), found.end(), found.end(), attributes_of(found[3]))


class Edits:
    """Cuts and insertions in one text; those at the same place stand in the order in which they came."""

    def __init__(self, text: str):
        self.text = text
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, new: str) -> None:
        """Put a text in the place of another."""
        self._edits.append((start, end, new))

    def insert(self, at: int, new: str) -> None:
        """Put a text between two others."""
        self.replace(at, at, new)

    def append(self, element: Element, new: str, **attributes: str | int) -> None:
        """Put a text at the end of what an element holds, also where it holds nothing yet, and set attributes that it has."""
        start = self.text[element.start : element.inner]
        for name, value in attributes.items():
            if name in element.attributes:
                start = with_attribute(start, tag_of(start), name, value)
        if element.closed:
            self.replace(element.start, element.end, f"{start[:-2].rstrip()}>{new}</{element.name}>")
            return
        if attributes:
            self.replace(element.start, element.inner, start)
        self.insert(element.stop, new)

    def done(self) -> str:
        """The text with all of it."""
        parts, at = [], 0
        for start, end, new in sorted(self._edits, key=lambda edit: (edit[0], edit[1])):
            if start < at:
                raise NotEditable()
            parts += [self.text[at:start], new]
            at = end
        return "".join([*parts, self.text[at:]])
