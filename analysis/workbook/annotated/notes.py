"""Notes on cells: those of the State stay, ours are added, and ours of an earlier copy go.

A note is a line in a sheet's comments and a box in a drawing of an old kind (VML), which programs need to show it. Ours begin with
a line that names the desk, by which they are known again (the author is lost when LibreOffice saves the file). Where a State has a
note of its own on a cell, ours follows below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.texts import languages
from analysis.texts import text as words
from analysis.workbook import appearance as look
from analysis.workbook.annotated.boxes import SIZE, write_boxes, write_drawing
from analysis.workbook.annotated.grid import Grid, Place, place_of, plain_text, reference_of
from analysis.workbook.annotated.markup import (
    MAIN,
    Edits,
    Element,
    NotEditable,
    children,
    escaped,
    root_of,
)
from analysis.workbook.annotated.package import Package, relation_id

AUTHOR = "Returns desk"
COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"


@dataclass(frozen=True)
class Note:
    """What is to be said at a cell: a line that names the desk, then sentences."""

    head: str
    sentences: tuple[str, ...]


def head_line(language: str) -> str:
    """The line that our notes begin with."""
    return f"— {words('annotated.desk', language)} —"


def _head_in(said: str) -> str:
    """The line of ours, in whatever language, that a note holds; "" where it holds none."""
    return next((head for head in map(head_line, languages()) if head in said), "")


def has_ours(package: Package, part: str) -> bool:
    """Whether a sheet may hold notes of ours."""
    comments = package.related(part, "comments")
    return bool(comments) and bool(_head_in(package.bytes_of(comments).decode("utf-8", "replace")))


def discussed(package: Package, part: str) -> set[Place]:
    """Cells of a sheet with a discussion (a threaded comment): a note can't stand beside one."""
    found: set[Place] = set()
    for relation in package.relations(part):
        if relation.type.endswith("/threadedComment") and relation.target in package:
            text = package.text(relation.target)
            root = root_of(text)
            found |= {p for e in children(text, root.inner, root.stop) if (p := place_of(e.attributes.get("ref", "")))}
    return found


def write_notes(package: Package, part: str, grid: Grid, notes: Mapping[Place, Note]) -> bool:
    """Put notes on a sheet's cells, and take away ours of an earlier copy; whether the sheet now needs a reference to a drawing.

    `grid` is the sheet as it was read; its text is not changed here.
    """
    comments = package.related(part, "comments")
    if not notes and not has_ours(package, part):
        return False
    gone, new = _write_comments(package, part, comments, notes)
    drawing = _drawing_of(package, part, grid)
    if drawing:
        write_boxes(package, drawing, gone, {place: notes[place].sentences for place in new}, grid)
        return False
    if not new:
        return False
    drawing = package.free("xl/drawings/vmlDrawing{}.vml")
    write_drawing(package, drawing)
    write_boxes(package, drawing, set(), {place: notes[place].sentences for place in new}, grid)
    package.relate(part, "vmlDrawing", drawing)
    return True


def drawing_relation(package: Package, part: str) -> str:
    """The id of a sheet's relation to the drawing of its notes; the newest where a header's pictures have one too."""
    return [r.id for r in package.relations(part) if r.type.endswith("/vmlDrawing")][-1]


def _drawing_of(package: Package, part: str, grid: Grid) -> str:
    element = grid.parts.get("legacyDrawing")
    if element is None:
        return ""
    wanted = relation_id(element.attributes)
    found = [r.target for r in package.relations(part) if r.id == wanted]
    if len(found) != 1 or found[0] not in package:
        raise NotEditable()
    return found[0]


# --- the comments


def _write_comments(package: Package, part: str, comments: str, notes: Mapping[Place, Note]) -> tuple[set[Place], list[Place]]:
    """(cells whose note of ours is gone, cells that have a new note of their own)."""
    if not comments:
        comments = package.free("xl/comments{}.xml")
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        package.write(comments, f'{head}<comments xmlns="{package.uri(MAIN)}"><authors/><commentList/></comments>')
        package.declare(comments, COMMENTS)
        package.relate(part, "comments", comments)
    edits = Edits(package.text(comments))
    text, root = edits.text, root_of(edits.text)
    prefix = root.name.removesuffix(root.local)
    parts = {e.local: e for e in children(text, root.inner, root.stop)}
    if "authors" not in parts or "commentList" not in parts:
        raise NotEditable()
    authors = [text[e.inner : e.stop] for e in children(text, parts["authors"].inner, parts["authors"].stop)]
    ours = authors.index(AUTHOR) if AUTHOR in authors else len(authors)
    if ours == len(authors):
        edits.append(parts["authors"], f"<{prefix}author>{AUTHOR}</{prefix}author>")
    gone: set[Place] = set()
    theirs: set[Place] = set()
    for comment in children(text, parts["commentList"].inner, parts["commentList"].stop):
        place = place_of(comment.attributes.get("ref", ""))
        if place is None:
            continue
        element = next((e for e in children(text, comment.inner, comment.stop) if e.local == "text"), None)
        said = plain_text(text, element).strip() if element else ""
        head = _head_in(said)
        if head and said.startswith(head):
            gone.add(place)
            edits.replace(comment.start, comment.end, "")
        elif element:
            theirs.add(place)
            _extend(edits, element, prefix, head, notes.get(place))
    new = [place for place in sorted(notes) if place not in theirs]
    lines = "".join(
        f'<{prefix}comment ref="{reference_of(place)}" authorId="{ours}"><{prefix}text>'
        f"{_runs(notes[place], prefix)}</{prefix}text></{prefix}comment>"
        for place in new
    )
    if lines:
        edits.append(parts["commentList"], lines)
    package.write(comments, edits.done())
    return gone, new


def _runs(note: Note, prefix: str, before: str = "") -> str:
    """A note's rich text: bold head, plain sentences."""
    p = prefix
    letters = f'<{p}sz val="{SIZE}"/><{p}color indexed="81"/><{p}rFont val="{look.FONT}"/><{p}family val="2"/>'
    head = f'<{p}t xml:space="preserve">{before}{escaped(note.head)}\n</{p}t>'
    body = f'<{p}t xml:space="preserve">{escaped(chr(10).join(note.sentences))}</{p}t>'
    return f"<{p}r><{p}rPr><{p}b/>{letters}</{p}rPr>{head}</{p}r><{p}r><{p}rPr>{letters}</{p}rPr>{body}</{p}r>"


def _extend(edits: Edits, element: Element, prefix: str, head: str, note: Note | None) -> None:
    """Append ours to a note of the State's, in the place of what an earlier copy appended below `head`."""
    said = edits.text[element.inner : element.stop]
    theirs = _without_ours(edits.text, element, escaped(head)) if head else said
    if note is None and theirs == said:
        return
    if note is not None:
        runs = list(children(theirs))
        if runs and runs[0].local == "t":  # a text without runs can't be followed by one
            theirs = f"<{prefix}r>{theirs}</{prefix}r>"
        theirs += _runs(note, prefix, "\n")
    edits.replace(element.start, element.end, f"<{prefix}text>{theirs}</{prefix}text>")


def _without_ours(text: str, element: Element, head: str) -> str:
    """What stands in a note before our line, as it is written there."""
    kept = ""
    for run in children(text, element.inner, element.stop):
        inside = run if run.local == "t" else next((e for e in children(text, run.inner, run.stop) if e.local == "t"), None)
        said = text[inside.inner : inside.stop] if inside else ""
        if inside is None or head not in said:
            kept += text[run.start : run.end]
            continue
        before = re.sub(r"(?:\n|&#10;|&#x[aA];)$", "", said.partition(head)[0])
        return kept + (text[run.start : inside.inner] + before + text[inside.stop : run.end] if before else "")
    return kept
