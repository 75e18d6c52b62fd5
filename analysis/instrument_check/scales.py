"""levels.csv and answers.csv: every option has a value from 0 to 1 and one of the levels, and no word means two options."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from analysis.instrument import MAX_LEVEL, MAX_OPTIONS
from analysis.instrument.rows import several
from analysis.instrument_check.folder import Folder, Line, Table, as_number, as_whole
from analysis.model import Problem

VALUE = "0, 1, 0.25, 2/3"


def levels_are_whole_numbers(folder: Folder) -> Iterator[Problem]:
    """Levels count up from 0 (or from 1) without a hole: the award climbs them one by one."""
    table = folder["levels.csv"]
    seen: list[int] = []
    for line in table:
        level = as_whole(line["level"])
        if line["level"] and (level is None or not 0 <= level <= MAX_LEVEL):
            allowed = f"0, 1, 2, ... {MAX_LEVEL}"
            yield table.problem("level-not-whole", line.row, "level", "stop", found=line["level"], allowed=allowed)
        elif level is not None:
            if level in seen and line["level"] != str(level):
                yield table.problem("row-twice", line.row, "level", "stop", found=line["level"], allowed=str(level))
            seen.append(level)
    if seen:
        first = 0 if min(seen) == 0 else 1
        for level in sorted(set(range(first, max(seen) + 1)) - set(seen)):
            allowed = f"{first}-{max(seen)}"
            yield table.problem("level-hole", column="level", severity="stop", found=str(level), allowed=allowed)


def values_lie_between_0_and_1(folder: Folder) -> Iterator[Problem]:
    """The value of an option is a decimal or a fraction from 0 to 1."""
    table = folder["answers.csv"]
    for line in table:
        value = as_number(line["value"])
        if line["value"] and value is None:
            yield table.problem("value-not-a-number", line.row, "value", "stop", found=line["value"], allowed=VALUE)
        elif value is not None and not 0 <= value <= 1:
            yield table.problem("value-out-of-range", line.row, "value", "stop", found=line["value"], allowed="0-1")


def levels_of_options_exist(folder: Folder) -> Iterator[Problem]:
    """The level of an option is in levels.csv; a half level counts as the level below, which is noted."""
    table = folder["answers.csv"]
    levels = ", ".join(map(str, sorted(folder.levels)))
    for line in table:
        level = as_number(line["level"])
        if not line["level"] or not folder.levels:
            continue
        if level is None or math.floor(level) not in folder.levels:
            yield table.problem("level-unknown", line.row, "level", "stop", found=line["level"], allowed=levels)
        elif level % 1:
            below = str(math.floor(level))
            yield table.problem("level-half", line.row, "level", "note", found=line["level"], allowed=below)


def better_values_have_no_lower_level(folder: Folder) -> Iterator[Problem]:
    """Within an answer set the score and the level agree about which option is better."""
    for options in folder.answer_sets.values():
        known = [(as_number(line["value"]), as_number(line["level"]), line) for line in options]
        known = [entry for entry in known if entry[0] is not None and entry[1] is not None]
        for value, level, line in known:
            better = next((other["option"] for v, n, other in known if v > value and n < level), None)
            if better is not None:
                yield folder["answers.csv"].problem("order", line.row, "level", "note", found=line["option"], allowed=better)


def answer_sets_have_a_choice(folder: Folder) -> Iterator[Problem]:
    """Two options at least, no more than can be stored, and the top level within reach."""
    table = folder["answers.csv"]
    used = set(folder["questions.csv"].column("answer_set"))
    for name, options in folder.answer_sets.items():
        row = options[0].row
        if len(options) < 2:
            yield table.problem("set-too-short", row, "option", "note", found=name)
        if len(options) > MAX_OPTIONS:
            yield table.problem("set-too-long", row, "option", "stop", found=str(len(options)), allowed=str(MAX_OPTIONS))
        if used and name not in used:
            yield table.problem("set-unused", row, "answer_set", "note", found=name)
        reached = [level for level in (as_number(line["level"]) for line in options) if level is not None]
        if reached and folder.levels and math.floor(max(reached)) < max(folder.levels):
            top = str(max(folder.levels))
            yield table.problem("level-out-of-reach", row, "level", "note", found=name, allowed=top)


def folded(word: str) -> str:
    """A word as a reader of returns compares it: without case, without extra spaces, `3.0` as `3`."""
    word = re.sub(r"\s+", " ", word).strip().casefold()
    return re.sub(r"^(\d+)\.0+$", r"\1", word)


def _said(folder: Folder, answer_set: str, options: list[Line]) -> Iterator[tuple[str, str, Table, int, str]]:
    """Every word of a set: word, option it stands for, and where it stands (file, row, column)."""
    table = folder["answers.csv"]
    for line in options:
        yield line["option"], line["option"], table, line.row, "option"
    for line in options:
        for alias in several(line["aliases"]):
            yield alias, line["option"], table, line.row, "aliases"
    keys = {f"answer.{answer_set}.{line['option']}": line["option"] for line in options}
    for texts in folder.texts.values():
        for line in texts:
            if line["key"] in keys and line["text"]:
                yield line["text"], keys[line["key"]], texts, line.row, "text"


def words_mean_one_option(folder: Folder) -> Iterator[Problem]:
    """Within an answer set no option, alias or label stands for two options, and none is a word for a status."""
    statuses = {folded(word): word for word in folder.status_words}
    for answer_set, options in folder.answer_sets.items():
        meaning: dict[str, str] = {}
        for word, option, table, row, column in _said(folder, answer_set, options):
            other = meaning.setdefault(folded(word), option)
            if other != option:
                yield table.problem("alias-collides", row, column, found=word, allowed=other)
            if folded(word) in statuses:
                yield table.problem("alias-is-status", row, column, found=word, allowed=statuses[folded(word)])


CHECKS = (
    levels_are_whole_numbers,
    values_lie_between_0_and_1,
    levels_of_options_exist,
    better_values_have_no_lower_level,
    answer_sets_have_a_choice,
    words_mean_one_option,
)
