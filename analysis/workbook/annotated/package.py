"""The package around a workbook: parts, what they are related to, what they are. Parts that nobody writes keep their bytes."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from analysis.workbook.annotated.markup import (
    MAIN,
    RELATIONS,
    STRICT,
    Edits,
    NotEditable,
    checked,
    children,
    prefix_of,
    quoted,
    root_of,
)

CONTENT_TYPES = "[Content_Types].xml"
#: What the main part of a workbook may be: a workbook or a template of one, with macros or without.
WORKBOOKS = re.compile(
    r"application/vnd\.(openxmlformats-officedocument\.spreadsheetml\.(sheet|template)|ms-excel\.(sheet|template)\.macroEnabled)\.main\+xml"
)
#: The date that new parts carry in the archive, so that the same input gives the same bytes.
MADE = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Relation:
    """A line of a part's relations: `target` is the name of the part it leads to, or an address outside."""

    id: str
    type: str
    target: str


class Package:
    """A workbook's parts by name.

    Raises
    ------
    NotEditable
        From every method, where a part is missing or is built in a way that leaves a doubt.
    """

    def __init__(self, content: bytes):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            self._entries = archive.infolist()
            self._parts = {entry.filename: archive.read(entry) for entry in self._entries if not entry.is_dir()}
        names = [name.casefold() for name in self._parts]
        if len(set(names)) < len(names) or any("\\" in name for name in names):
            raise NotEditable()
        if any(name.startswith("_xmlsignatures/") for name in names):
            raise NotEditable("annotated.lost.signed")
        if any(name.startswith("xl/revisions/") for name in names):
            raise NotEditable("annotated.lost.shared")
        self._written: dict[str, bytes] = {}
        mains = [r.target for r in self.relations("") if r.type.endswith("/officeDocument")]
        if len(mains) != 1 or not WORKBOOKS.fullmatch(self.content_type(mains[0])):
            raise NotEditable("annotated.lost.format")
        self.main = mains[0]
        root = root_of(self.text(self.main))
        self.strict = prefix_of(root, STRICT[MAIN]) is not None
        if not self.strict and prefix_of(root, MAIN) is None:
            raise NotEditable()

    def uri(self, namespace: str) -> str:
        """A namespace as this workbook writes it: Strict OOXML has others."""
        return STRICT[namespace] if self.strict else namespace

    def __contains__(self, name: str) -> bool:
        return name in self._parts or name in self._written

    def names(self) -> list[str]:
        """Every part."""
        return list({**self._parts, **self._written})

    def bytes_of(self, name: str) -> bytes:
        """A part as it stands now."""
        if name not in self:
            raise NotEditable()
        return self._written.get(name, self._parts.get(name, b""))

    def text(self, name: str) -> str:
        """A part as text that a parser finds well-formed."""
        return checked(self.bytes_of(name))

    def write(self, name: str, text: str) -> None:
        """Change a part, or add one; what a parser would refuse is not written."""
        data = text.encode("utf-8")
        if not name.endswith(".vml"):
            checked(data)
        if self._parts.get(name) == data:
            self._written.pop(name, None)
        else:
            self._written[name] = data

    def free(self, pattern: str) -> str:
        """A part's name that is not taken: `xl/comments{}.xml` with the first number that is free."""
        taken = {name.casefold() for name in (*self._parts, *self._written)}
        return next(name for n in range(1, 100_000) if (name := pattern.format(n)).casefold() not in taken)

    def relations(self, name: str) -> list[Relation]:
        """What a part is related to; that of the whole package for ""."""
        file = _relations_file(name)
        if file not in self:
            return []
        text = self.text(file)
        found = []
        for element in children(text, root_of(text).inner, root_of(text).stop):
            attributes = element.attributes
            target = attributes.get("Target", "")
            if attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), target)).lstrip("/")
            found.append(Relation(attributes.get("Id", ""), attributes.get("Type", ""), target))
        return found

    def related(self, name: str, kind: str) -> str:
        """The part of a kind (`comments`) that a part is related to; "" where there is none."""
        found = [r.target for r in self.relations(name) if r.type.rpartition("/")[2] == kind]
        if len(found) > 1 or (found and found[0] not in self):
            raise NotEditable()
        return found[0] if found else ""

    def relate(self, name: str, kind: str, target: str) -> str:
        """Relate a part to another one; the id of the relation."""
        file, taken = _relations_file(name), [r.id for r in self.relations(name)]
        new = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        path = posixpath.relpath("/" + target, "/" + posixpath.dirname(name))
        line = f'Id="{new}" Type="{self.uri(RELATIONS)}/{kind}" Target="{quoted(path)}"/>'
        if file not in self:
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            uri = "http://schemas.openxmlformats.org/package/2006/relationships"
            self.write(file, f'{head}<Relationships xmlns="{uri}"><Relationship {line}</Relationships>')
            return new
        edits = Edits(self.text(file))
        root = root_of(edits.text)
        edits.append(root, f"<{root.name.removesuffix(root.local)}Relationship {line}")
        self.write(file, edits.done())
        return new

    def unrelate(self, name: str) -> None:
        """Forget what a part is related to; the parts themselves stay."""
        file = _relations_file(name)
        if file in self:
            edits = Edits(self.text(file))
            root = root_of(edits.text)
            edits.replace(root.inner, root.stop, "")
            self.write(file, edits.done())

    def content_type(self, name: str) -> str:
        """What a part is said to be."""
        text = self.text(CONTENT_TYPES)
        ending = name.rpartition(".")[2].casefold()
        default = ""
        for element in children(text, root_of(text).inner, root_of(text).stop):
            attributes = element.attributes
            if element.local == "Override" and attributes.get("PartName", "").casefold() == f"/{name}".casefold():
                return attributes.get("ContentType", "")
            if element.local == "Default" and attributes.get("Extension", "").casefold() == ending:
                default = attributes.get("ContentType", "")
        return default

    def declare(self, name: str, content_type: str, default: bool = False) -> None:
        """Say what a part is: for itself, or for every part with its ending."""
        if self.content_type(name) == content_type:
            return
        edits = Edits(self.text(CONTENT_TYPES))
        root = root_of(edits.text)
        prefix = root.name.removesuffix(root.local)
        if default and not self.content_type(name):
            # defaults stand first in what Excel writes; their order has no meaning, but some readers are particular
            edits.insert(
                root.inner, f'<{prefix}Default Extension="{quoted(name.rpartition(".")[2])}" ContentType="{content_type}"/>'
            )
        else:
            edits.append(root, f'<{prefix}Override PartName="/{quoted(name)}" ContentType="{content_type}"/>')
        self.write(CONTENT_TYPES, edits.done())

    def content(self) -> bytes:
        """The package: every entry in its place with its date, new ones at the end."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for old in self._entries:
                data = self._written.get(old.filename, self._parts.get(old.filename, b""))
                archive.writestr(_entry(old.filename, old.date_time, old.compress_type), data)
            for name, data in self._written.items():
                if name not in self._parts:
                    archive.writestr(_entry(name, MADE, zipfile.ZIP_DEFLATED), data)
        return out.getvalue()


def _entry(name: str, date: tuple, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, max(date, (1980, 1, 1, 0, 0, 0)))
    entry.compress_type = compression if compression == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _relations_file(name: str) -> str:
    folder, file = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def relation_id(attributes: dict[str, str]) -> str:
    """The `r:id` among the attributes of an element, whatever its prefix."""
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")
