"""crosswalk.csv: what became of each question of an earlier edition, whole on both sides, in rows that fit their kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analysis.instrument import instrument_folders
from analysis.instrument_check.folder import Folder, Line, Table, close_to, read_table
from analysis.model import Problem

#: Kind of a crosswalk row -> whether it names a question of the old edition, and one of this one.
CROSSWALK_KINDS = {
    "same": (True, True),
    "reworded": (True, True),
    "split": (True, True),
    "merged": (True, True),
    "new": (False, True),
    "dropped": (True, False),
}
NAME = "crosswalk.csv"


def crosswalk_rows_are_whole(folder: Folder) -> Iterator[Problem]:
    """A row says one of the six kinds, names what its kind needs, and leads to a question of this instrument."""
    table = folder[NAME]
    for line in table:
        kind, target = line["kind"], line["to_question"]
        if kind and kind not in CROSSWALK_KINDS:
            yield table.problem("crosswalk-kind", line.row, "kind", found=kind, allowed=", ".join(CROSSWALK_KINDS))
        if target and folder.questions and target not in folder.questions:
            near = close_to(target, set(folder.questions))
            yield table.problem("crosswalk-unknown-question", line.row, "to_question", found=target, allowed=near)
        for column, needed in zip(("from_question", "to_question"), CROSSWALK_KINDS.get(kind, ()), strict=False):
            if bool(line[column]) != needed:
                code = "crosswalk-needs" if needed else "crosswalk-forbids"
                yield table.problem(code, line.row, column, found=line[column], allowed=kind)


def crosswalk_kinds_fit_their_rows(folder: Folder) -> Iterator[Problem]:
    """A split question leads to several, a merged one comes of several, and every other stands in one row only."""
    table = folder[NAME]
    for lines in _by_edition(folder).values():
        sources = Counter(line["from_question"] for line in lines)
        targets = Counter(line["to_question"] for line in lines)
        for line in lines:
            kind, n_from, n_to = line["kind"], sources[line["from_question"]], targets[line["to_question"]]
            alone = (not line["from_question"] or n_from == 1) and (not line["to_question"] or n_to == 1)
            fits = {"split": n_from > 1 and n_to == 1, "merged": n_to > 1 and n_from == 1}.get(kind, alone)
            if kind in CROSSWALK_KINDS and not fits:
                at = "from_question" if n_from > 1 or kind == "split" else "to_question"
                yield table.problem("crosswalk-count", line.row, at, found=line[at], allowed=kind)


def crosswalk_names_every_question(folder: Folder) -> Iterator[Problem]:
    """Each question of this edition stands in it: one that is not named counts as new without anybody having said so."""
    for edition, lines in _by_edition(folder).items():
        named = {line["to_question"] for line in lines}
        for question, line in folder.questions.items():
            if question not in named:
                yield folder["questions.csv"].problem(
                    "crosswalk-says-nothing", line.row, "question", found=question, allowed=edition or NAME
                )


def crosswalk_fits_the_earlier_edition(folder: Folder) -> Iterator[Problem]:
    """Each question of the earlier edition stands in it, and what is called the same has the same options. Where that edition is found."""
    table = folder[NAME]
    for edition, lines in _by_edition(folder).items():
        earlier = _earlier(folder, edition, "questions.csv").by("question")
        if not earlier:
            continue
        named = {line["from_question"] for line in lines}
        for question in earlier:
            if question not in named:
                yield table.problem("crosswalk-leaves-out", 0, "from_question", found=question, allowed=edition)
        here, there = _options(folder["answers.csv"]), _options(_earlier(folder, edition, "answers.csv"))
        for line in lines:
            before, after = earlier.get(line["from_question"]), folder.questions.get(line["to_question"])
            if line["from_question"] and before is None:
                near = close_to(line["from_question"], set(earlier))
                yield table.problem(
                    "crosswalk-unknown-earlier", line.row, "from_question", found=line["from_question"], allowed=near
                )
            elif line["kind"] == "same" and before and after and there.get(before["answer_set"]) != here.get(after["answer_set"]):
                yield table.problem("crosswalk-options-differ", line.row, "kind", found=after["answer_set"], allowed="reworded")


def _by_edition(folder: Folder) -> dict[str, list[Line]]:
    """Earlier edition -> the rows that lead from it."""
    found: dict[str, list[Line]] = {}
    for line in folder[NAME]:
        found.setdefault(line["from_instrument"], []).append(line)
    return found


def _earlier(folder: Folder, edition: str, name: str) -> Table:
    """A table of an earlier edition: of the folder beside this one, else wherever instruments are found; empty without either."""
    place = folder.path.parent / edition
    if not edition or not (place / name).is_file():
        place = instrument_folders().get(edition, place)
    return read_table(place / name, f"{edition}/{name}") if edition else Table(name)


def _options(table: Table) -> dict[str, list[tuple[str, str, str]]]:
    """Answer set -> its options with what they are worth."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for line in table:
        found.setdefault(line["answer_set"], []).append((line["option"], line["value"], line["level"]))
    return found


CHECKS = (
    crosswalk_rows_are_whole,
    crosswalk_kinds_fit_their_rows,
    crosswalk_names_every_question,
    crosswalk_fits_the_earlier_edition,
)
