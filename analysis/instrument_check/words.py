"""texts/<lang>.csv: everything that a reader must understand has words, and no words hang in the air."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.instrument_check.folder import Folder, Table, as_whole, close_to
from analysis.model import Problem

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
INSTRUMENT = ("title", "short", "notice", "intro")
KINDS = ("instrument", "submodule", "node", "measure", "question", "level", "answer", "feedback", "contradiction", "measure_type")


def languages_have_codes(folder: Folder) -> Iterator[Problem]:
    """A file of words is called by a language code: en.csv, fr.csv, pt-BR.csv."""
    for language, table in folder.texts.items():
        if not LANGUAGE.fullmatch(language):
            yield table.problem("language", severity="note", found=language, allowed="ar, en, es, fr, ru, zh")


def text_keys(folder: Folder) -> set[str]:
    """Every key that names something in this folder."""
    keys = {f"instrument.{part}" for part in INSTRUMENT}
    keys |= {f"submodule.{name}.{part}" for name in folder.submodules for part in ("title", "short")}
    keys |= {f"node.{name}.title" for name in folder.nodes}
    levels = [f"level.{level}" for level in folder.levels]
    keys |= {f"measure.{name}.{part}" for name in folder.measures for part in ("title", "scope", *levels)}
    keys |= {f"question.{name}.{part}" for name in folder.questions for part in ("text", "evidence", *levels)}
    keys |= {f"{level}.{part}" for level in levels for part in ("name", "meaning")}
    keys |= {f"answer.{name}.{line['option']}" for name, options in folder.answer_sets.items() for line in options}
    keys |= {f"feedback.{line['downstream']}.{line['upstream']}" for line in folder["feedback_links.csv"]}
    keys |= {f"contradiction.{line['question']}.{line['other']}" for line in folder["contradictions.csv"]}
    keys |= {
        f"measure_type.{name}.{part}" for name in folder["nodes.csv"].column("measure_type") for part in ("title", "meaning")
    }
    return keys


def keys_stand_once(folder: Folder) -> Iterator[Problem]:
    """Within a language a key has one text."""
    for table in folder.texts.values():
        seen: dict[str, int] = {}
        for line in table:
            if line["key"] in seen:
                yield table.problem("text-twice", line.row, "key", found=line["key"], allowed=f"row {seen[line['key']]}")
            seen.setdefault(line["key"], line.row)


def keys_name_something(folder: Folder) -> Iterator[Problem]:
    """A key that names nothing is a misspelt one, or left over from a question that is gone."""
    known = text_keys(folder)

    @cache
    def beginning_with(word: str) -> tuple[str, ...]:
        return tuple(key for key in known if key.startswith(word))

    for table in folder.texts.values():
        for line in table:
            key = line["key"]
            if not key:
                yield table.problem("cell-empty", line.row, "key")
            elif key not in known:
                near = close_to(key, beginning_with(key.split(".")[0] + ".") or tuple(f"{k}." for k in KINDS))
                yield table.problem("text-of-nothing", line.row, "key", found=key, allowed=near)


def _worded(table: Table) -> set[str]:
    return {line["key"] for line in table if line["text"]}


def what_is_shown_has_words(folder: Folder) -> Iterator[Problem]:
    """Every question is put in words in one language at least; titles and names are noted where they are missing."""
    worded = set().union(*map(_worded, folder.texts.values()))
    for name, line in folder.questions.items():
        if f"question.{name}.text" not in worded:
            wanted = f"question.{name}.text"
            yield folder["questions.csv"].problem("question-without-words", line.row, "question", found=name, allowed=wanted)
    titles = [("nodes.csv", "node", f"node.{name}.title", line.row) for name, line in folder.nodes.items()]
    titles += [("measures.csv", "measure", f"measure.{name}.title", line.row) for name, line in folder.measures.items()]
    titles += [
        ("nodes.csv", "submodule", f"submodule.{name}.title", _first_row(folder, name)) for name in sorted(folder.submodules)
    ]
    named = [(line, as_whole(line["level"])) for line in folder["levels.csv"]]
    titles += [("levels.csv", "level", f"level.{n}.name", line.row) for line, n in named if n is not None]
    for file, column, key, row in titles:
        if key not in worded:
            yield folder[file].problem(
                "title-missing", row, column, "note", found=key.split(".", 1)[1].rsplit(".", 1)[0], allowed=key
            )
    if "instrument.title" not in worded and folder.texts:
        yield folder.about("texts").problem("title-missing", severity="note", found=folder.id, allowed="instrument.title")


def _first_row(folder: Folder, submodule: str) -> int:
    return next(line.row for line in folder["nodes.csv"] if line["submodule"] == submodule)


def translations_are_whole(folder: Folder) -> Iterator[Problem]:
    """What has words in one language and not in another is noted, once a language."""
    known = text_keys(folder)
    everywhere = set().union(*map(_worded, folder.texts.values())) & known
    for table in folder.texts.values():
        missing = sorted(everywhere - _worded(table))
        if missing:
            few = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
            yield table.problem("translation-missing", severity="note", found=f"{len(missing)} / {len(everywhere)}", allowed=few)


CHECKS = (
    languages_have_codes,
    keys_stand_once,
    keys_name_something,
    what_is_shown_has_words,
    translations_are_whole,
)
