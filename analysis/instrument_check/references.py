"""weights.csv, feedback_links.csv, contradictions.csv and sources: what they name exists."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.instrument.rows import several
from analysis.instrument_check.folder import Folder, as_number, as_whole, close_to
from analysis.model import Problem


def weights_are_above_0(folder: Folder) -> Iterator[Problem]:
    """A weight is a number or fraction above 0; what should not count has no place in the tree."""
    table = folder["weights.csv"]
    for line in table:
        weight = as_number(line["weight"])
        if line["weight"] and weight is None:
            yield table.problem("weight-not-a-number", line.row, "weight", "stop", found=line["weight"], allowed="1, 0.5, 2/3")
        elif weight is not None and weight <= 0:
            yield table.problem("weight-not-above-0", line.row, "weight", "stop", found=line["weight"], allowed="> 0")


def weights_are_of_something(folder: Folder) -> Iterator[Problem]:
    """An item is a node, a measure or a question."""
    table = folder["weights.csv"]
    items = {*folder.nodes, *folder.measures, *folder.questions}
    for line in table:
        if line["item"] and line["item"] not in items:
            yield table.problem("weight-of-unknown", line.row, "item", found=line["item"], allowed=close_to(line["item"], items))


def feedback_links_join_measures(folder: Folder) -> Iterator[Problem]:
    """Both ends of a link are measures, and not the same one."""
    table = folder["feedback_links.csv"]
    for line in table:
        for column in ("downstream", "upstream"):
            found = line[column]
            if found and found not in folder.measures:
                allowed = close_to(found, set(folder.measures))
                yield table.problem("link-unknown-measure", line.row, column, found=found, allowed=allowed)
        if line["downstream"] and line["downstream"] == line["upstream"]:
            yield table.problem("link-to-itself", line.row, "upstream", found=line["upstream"])


def contradictions_join_questions(folder: Folder) -> Iterator[Problem]:
    """Both ends are questions, and not the same one; the two levels are levels of this instrument."""
    table = folder["contradictions.csv"]
    for line in table:
        for column in ("question", "other"):
            found = line[column]
            if found and folder.questions and found not in folder.questions:
                allowed = close_to(found, set(folder.questions))
                yield table.problem("contradiction-unknown-question", line.row, column, found=found, allowed=allowed)
        if line["question"] and line["question"] == line["other"]:
            yield table.problem("contradiction-with-itself", line.row, "other", found=line["other"])
        for column in ("at_least", "at_most"):
            level = as_whole(line[column])
            if line[column] and level is None:
                yield table.problem("contradiction-level", line.row, column, "stop", found=line[column], allowed=_levels(folder))
            elif level is not None and folder.levels and level not in folder.levels:
                yield table.problem("contradiction-level", line.row, column, found=line[column], allowed=_levels(folder))


def _levels(folder: Folder) -> str:
    return ", ".join(map(str, sorted(folder.levels)))


def sources_are_known(folder: Folder) -> Iterator[Problem]:
    """A reference is a key of data/reference/references.csv."""
    for name in ("measures.csv", "questions.csv"):
        for line in folder[name]:
            for key in several(line["references"]):
                if folder.references and key not in folder.references:
                    near = close_to(key, folder.references)
                    yield folder[name].problem("reference-unknown", line.row, "references", "note", found=key, allowed=near)


CHECKS = (
    weights_are_above_0,
    weights_are_of_something,
    feedback_links_join_measures,
    contradictions_join_questions,
    sources_are_known,
)
