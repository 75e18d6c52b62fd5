"""A mapping as a small TOML file that people keep beside their data, edit by hand and send around: read with suspicion."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import tomli_w

from analysis import texts
from analysis.workbook.mapping.model import (
    FIXED,
    HEADER_ROWS,
    LAYOUTS,
    ROLES,
    Block,
    MappingProblems,
    TableMapping,
    Words,
)

VERSION = 1
MOST_CHARACTERS = 500_000
MOST_ENTRIES = 20_000  # in one table of words
MOST_TEXT = 4_000  # characters of one text
MOST_ROWS = 1_048_576
MOST_DOTS = 40  # in one line outside quotes: a key of thousands of parts keeps the parser busy for minutes
_SAID = ("fixed", "rounds", "readings", "questions", "answers")
_PLAIN = ("version", "name", "about", "layout", "sheet", "header_row", "header_rows", "first_row", "last_row", "state_codes")
_LISTS = ("skip_words", "skip_rows", "ignored", "fill_down", "only_rounds")
_KEYS = (*_PLAIN, *_LISTS, "columns", *_SAID, "blocks", "unsure")
_BLOCK = ("title", "round", "reading", "read")


def to_toml(mapping: TableMapping) -> str:
    """The mapping as TOML, always in the same order; what is empty is left out.

    `about` stands first: a file of this kind has no comments of its own.
    """
    found: dict[str, object] = {"about": mapping.about or texts.text("mapping.about"), "version": VERSION}
    for name in _PLAIN[1:]:
        if name != "about" and (value := getattr(mapping, name)):
            found[name] = value
    found |= {name: list(value) for name in _LISTS if (value := getattr(mapping, name))}
    found["columns"] = {role: mapping.columns[role] for role in ROLES if mapping.columns.get(role)}
    found |= _words(mapping.words)
    if unsure := _words(mapping.unsure):
        found["unsure"] = unsure
    if mapping.blocks:
        found["blocks"] = [_block(block) for block in mapping.blocks]
    return tomli_w.dumps(found)


def _words(words: Words) -> dict[str, object]:
    found: dict[str, object] = {name: dict(said) for name in _SAID[:-1] if (said := getattr(words, name))}
    answers = {name: dict(said) for name, said in words.answers.items() if said}
    return found | ({"answers": answers} if answers else {})


def _block(block: Block) -> dict[str, object]:
    row: dict[str, object] = {"title": block.title}
    row |= {name: value for name in ("round", "reading") if (value := getattr(block, name))}
    return row if block.read else row | {"read": False}


def from_toml(text: str) -> TableMapping:
    """The mapping a TOML text describes.

    Raises
    ------
    MappingProblems
        If it is no TOML, too large, or holds anything but what `docs/mapping.md` describes; the message names the key.
    """
    if len(text) > MOST_CHARACTERS:
        raise MappingProblems(f"a mapping has at most {MOST_CHARACTERS} characters; found {len(text)}")
    if any(_dots(line) > MOST_DOTS for line in text.splitlines()):
        raise MappingProblems("this is no TOML that we read: a key with too many parts")
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise MappingProblems(f"this is no TOML: {str(error)[:200]}") from error
    _known(found, _KEYS, "")
    if _whole(found, "version", 1, 1, 10_000) != VERSION:
        raise MappingProblems(f"version: found {found['version']}, allowed: {VERSION}")
    first, last = _whole(found, "first_row", 0, 0, MOST_ROWS), _whole(found, "last_row", 0, 0, MOST_ROWS)
    if first and last and first > last:
        raise MappingProblems(f"last_row: found {last}, allowed: {first} and more, as first_row is {first}")
    return TableMapping(
        name=_text(found, "name", 200),
        about=_text(found, "about"),
        layout=_one_of(_text(found, "layout") or LAYOUTS[0], LAYOUTS, "layout"),
        sheet=_text(found, "sheet", 200),
        header_row=_whole(found, "header_row", 1, 1, MOST_ROWS),
        header_rows=_whole(found, "header_rows", 1, 1, HEADER_ROWS),
        first_row=first,
        last_row=last,
        state_codes=_yes(found, "state_codes", False, ""),
        columns=_pairs(found, "columns", "", ROLES),
        ignored=_texts(found, "ignored"),
        fill_down=tuple(_one_of(role, ROLES, "fill_down") for role in _texts(found, "fill_down")),
        skip_words=_texts(found, "skip_words"),
        skip_rows=_rows(found),
        only_rounds=_texts(found, "only_rounds"),
        blocks=_blocks(found),
        words=_said(found, ""),
        unsure=_unsure(found),
    )


def _dots(line: str) -> int:
    """How many dots stand in a line outside double quotes."""
    return sum(piece.count(".") for piece in line.replace("\\\\", "").replace('\\"', "").split('"')[::2])


def _fault(key: str, found: object, allowed: str) -> MappingProblems:
    return MappingProblems(f"{key}: found {str(found)[:80]!r}, allowed: {allowed}")


def _known(found: Mapping, allowed: tuple[str, ...], where: str) -> None:
    for key in found:
        if key not in allowed:
            raise _fault(where or "the top", key[:80], ", ".join(allowed))


def _one_of(value: str, allowed: tuple[str, ...], where: str) -> str:
    if value not in allowed:
        raise _fault(where, value, ", ".join(allowed))
    return value


def _checked_text(value: object, where: str, most: int = MOST_TEXT) -> str:
    if not isinstance(value, str):
        raise _fault(where, value, "a text in quotes")
    if len(value) > most:
        raise _fault(where, f"{len(value)} characters", f"at most {most}")
    return value


def _text(found: Mapping, key: str, most: int = MOST_TEXT) -> str:
    return _checked_text(found.get(key, ""), key, most)


def _whole(found: Mapping, key: str, default: int, least: int, most: int) -> int:
    value = found.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _fault(key, value, f"a whole number from {least} to {most}")
    return value


def _yes(found: Mapping, key: str, default: bool, where: str) -> bool:
    value = found.get(key, default)
    if not isinstance(value, bool):
        raise _fault(f"{where}{key}", value, "true, false")
    return value


def _list(found: Mapping, key: str) -> list:
    value = found.get(key, [])
    if not isinstance(value, list):
        raise _fault(key, value, "a list in square brackets")
    if len(value) > MOST_ENTRIES:
        raise _fault(key, f"{len(value)} entries", f"at most {MOST_ENTRIES}")
    return value


def _texts(found: Mapping, key: str) -> tuple[str, ...]:
    return tuple(_checked_text(value, key) for value in _list(found, key))


def _rows(found: Mapping) -> tuple[int, ...]:
    rows = _list(found, "skip_rows")
    return tuple(_whole({"skip_rows": row}, "skip_rows", 1, 1, MOST_ROWS) for row in rows)


def _table(found: Mapping, key: str, where: str) -> Mapping:
    value = found.get(key, {})
    if not isinstance(value, dict):
        raise _fault(f"{where}{key}", value, f"a table, [{where}{key}]")
    if len(value) > MOST_ENTRIES:
        raise _fault(f"{where}{key}", f"{len(value)} entries", f"at most {MOST_ENTRIES}")
    return value


def _pairs(found: Mapping, key: str, where: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    table = _table(found, key, where)
    if allowed:
        _known(table, allowed, f"{where}{key}")
    return {_checked_text(k, f"{where}{key}"): _checked_text(v, f"{where}{key}.{k[:80]}") for k, v in table.items()}


def _said(found: Mapping, where: str) -> Words:
    answers = {name: _pairs(found["answers"], name, f"{where}answers.") for name in _table(found, "answers", where)}
    return Words(
        fixed=_pairs(found, "fixed", where, FIXED),
        rounds=_pairs(found, "rounds", where),
        readings=_pairs(found, "readings", where),
        questions=_pairs(found, "questions", where),
        answers=answers,
    )


def _unsure(found: Mapping) -> Words:
    table = _table(found, "unsure", "")
    _known(table, _SAID, "unsure")
    return _said(table, "unsure.")


def _blocks(found: Mapping) -> tuple[Block, ...]:
    blocks = []
    for block in _list(found, "blocks"):
        if not isinstance(block, dict):
            raise _fault("blocks", block, "tables, [[blocks]]")
        _known(block, _BLOCK, "blocks")
        title = _checked_text(block.get("title", ""), "blocks.title")
        if not title.strip():
            raise _fault("blocks.title", title, "the text above the block's heading")
        words = {key: _checked_text(block.get(key, ""), f"blocks.{key}") for key in ("round", "reading")}
        blocks.append(Block(title, **words, read=_yes(block, "read", True, "blocks.")))
    return tuple(blocks)
