"""What the form and its reader agree on: hidden ids that no language, row or column can change.

Every sheet of ours carries a *marker* in one hidden cell. Its column holds the ids of the rows, its row the ids of
the columns; rows with the id `fields` name the columns anew for the table below them. Nothing else is relied on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.instrument import Instrument

LAYOUT = "1"
MARKER = "maturity-return"
REPORT = "report"  # the kind of a list in a workbook of ours that shows what is wrong with a file and is no return
LIST_MARKER = "maturity-problems"  # begins the list of problems in an annotated copy, which is no part of a return
COVER, LISTS, QUESTIONS = "cover", "lists", "questions"
FIELDS = "fields"

#: Kinds of row ids: `question:IED.U1.2`, `field:round`, `contributor:3`, `consent:donors`.
QUESTION, FIELD, CONTRIBUTOR, CONSENT = "question", "field", "contributor", "consent"
VALUE = "value"
COVER_FIELDS = ("state", "organization", "round", "reading", "date_from", "date_to")
ANSWER_FIELDS = ("answer", "evidence_grade", "evidence", "comment", "na_reason")
#: Only in a form that was filled in from an earlier return: whether its answer was confirmed, and what there is to say of it.
CARRIED, EARLIER = "carried", "earlier"
CONTRIBUTOR_FIELDS = ("office", "sector", "part")
CONSENT_FIELDS = ("tier", "given_by", "given_on", "expires_on")
CONTRIBUTOR_ROWS = 10

#: Bounds of what is read from one sheet.
MAX_ROWS, MAX_COLUMNS, MARKER_ROWS = 5_000, 200, 60

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def marker(instrument: str, part: str, submodule: str = "", language: str = "en") -> str:
    """The text of a sheet's marker cell; `part` is cover, lists or questions."""
    return f"{MARKER};layout={LAYOUT};instrument={instrument};part={part};submodule={submodule};language={language}"


def read_marker(value: object) -> Mapping[str, str] | None:
    """The properties a marker cell names, None for any other cell."""
    if not isinstance(value, str) or not value.strip().startswith(f"{MARKER};"):
        return None
    pairs = (part.partition("=") for part in value.strip().split(";")[1:])
    return {key.strip(): found.strip() for key, _, found in pairs}


def row_id(kind: str, name: str | int) -> str:
    """`question:IED.U1.2`."""
    return f"{kind}:{name}"


def read_row_id(value: object) -> tuple[str, str]:
    """(kind, name) of a row; ("", "") where the hidden cell holds no id."""
    kind, colon, name = value.strip().partition(":") if isinstance(value, str) else ("", "", "")
    return (kind.strip().lower(), name.strip()) if colon else (value.strip().lower() if isinstance(value, str) else "", "")


def submodule_title(instrument: Instrument, submodule: str, language: str = "en") -> str:
    """A sub-module's title, its code where it has none."""
    return instrument.word(f"submodule.{submodule}.title", language) or submodule.replace("_", " ").upper()


def sheet_names(instrument: Instrument, language: str, without_submodule: str) -> dict[str, str]:
    """Sub-module -> name of its sheet: a short code as it is (`IED`), else its title; unique and allowed in Excel."""
    names: dict[str, str] = {}
    for submodule in instrument.submodules:
        short = submodule.upper() if 0 < len(submodule) <= 5 else submodule_title(instrument, submodule, language)
        name = re.sub(r"[\[\]:*?/\\']", " ", short or without_submodule).strip()[:31] or submodule
        taken = {n.casefold() for n in names.values()}
        names[submodule] = name if name.casefold() not in taken else f"{name[:26]} {len(names) + 1}"
    return names


def without_control(text: str) -> str:
    """Text without the characters that no workbook can hold."""
    return _ILLEGAL.sub("", text)


def writable(text: str) -> str:
    """Text as a cell can hold it: characters that XML forbids are left out, `_x0041_` stays what it was."""
    return _ESCAPE.sub("_x005F_", without_control(text.replace("\r\n", "\n").replace("\r", "\n")))


def unescaped(text: str) -> str:
    """Text as it was written: `_x000D_` and its like become the characters they stand for."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def option_text(instrument: Instrument, answer_set: str, option: str, language: str = "en") -> str:
    """How an option is offered: `3 - In place`, or its label alone where its id is no number."""
    label = instrument.option_label(answer_set, option, language)
    numbered = re.fullmatch(r"\d+(\.\d+)?", option) and not label.startswith(option)
    return f"{option} - {label}" if numbered else label
