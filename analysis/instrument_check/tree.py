"""nodes.csv, measures.csv, questions.csv: one tree, from its roots down to questions that can be answered."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.instrument.rows import NO, YES
from analysis.instrument_check.folder import Folder, Line, Table, as_whole, close_to
from analysis.model import Problem

FLAG = "0, 1"


def _tree_rows(folder: Folder) -> Iterator[tuple[Table, Line, str]]:
    """Each row of the tree above the questions: its file, itself, its name."""
    for name, column in (("nodes.csv", "node"), ("measures.csv", "measure")):
        for line in folder[name]:
            yield folder[name], line, line[column]


def parents_exist(folder: Folder) -> Iterator[Problem]:
    """A parent is a node of nodes.csv; a measure holds questions only."""
    for table, line, _name in _tree_rows(folder):
        parent = line["parent"]
        if not parent or parent in folder.nodes:
            continue
        if parent in folder.measures:
            yield table.problem("parent-is-a-measure", line.row, "parent", "stop", found=parent)
        else:
            yield table.problem(
                "parent-unknown", line.row, "parent", "stop", found=parent, allowed=close_to(parent, set(folder.nodes))
            )


def the_tree_has_no_loop(folder: Folder) -> Iterator[Problem]:
    """Going up from a node never leads back to it."""
    for name, line in folder.nodes.items():
        chain = folder.above(name)
        if chain and chain[-1]["parent"] == name:
            path = " > ".join([name, *(above["node"] for above in reversed(chain))])
            yield folder["nodes.csv"].problem("loop", line.row, "parent", "stop", found=path)


def nodes_hold_measures(folder: Folder) -> Iterator[Problem]:
    """Every node has a measure somewhere below it, and no kind that is not its own."""
    table = folder["nodes.csv"]
    held = {above["node"] for measure in folder.measures for above in folder.above(measure)}
    for name, line in folder.nodes.items():
        if folder.measures and name not in held:
            yield table.problem("node-without-measures", line.row, "node", found=name)
        if line["kind"] == "measure":
            yield table.problem("kind-is-measure", line.row, "kind", found=name)


def measures_hold_questions(folder: Folder) -> Iterator[Problem]:
    """Every measure has a question."""
    asked = set(folder["questions.csv"].column("measure"))
    for name, line in folder.measures.items():
        if asked and name not in asked:
            yield folder["measures.csv"].problem("measure-without-questions", line.row, "measure", found=name)


def measures_belong_to_a_submodule(folder: Folder) -> Iterator[Problem]:
    """A return is given sub-module by sub-module: a node at or above every measure names one."""
    for name, line in folder.measures.items():
        whole_way = line["parent"] in folder.nodes and not folder.above(name)[-1]["parent"]
        if whole_way and not folder.inherited(name, "submodule"):
            allowed = ", ".join(sorted(folder.submodules))
            yield folder["measures.csv"].problem(
                "measure-without-submodule", line.row, "parent", "stop", found=name, allowed=allowed
            )


def parts_agree_with_what_they_are_part_of(folder: Folder) -> Iterator[Problem]:
    """A node does not name another sub-module or measure type than the node it hangs under."""
    for name, line in folder.nodes.items():
        for column in ("submodule", "measure_type"):
            above = folder.inherited(line["parent"], column)
            if line[column] and above and line[column] != above:
                yield folder["nodes.csv"].problem(
                    "part-differs", line.row, column, found=line[column], allowed=above, question=name
                )


def questions_belong_to_measures(folder: Folder) -> Iterator[Problem]:
    """The measure and the answer set of a question exist."""
    table = folder["questions.csv"]
    for line in table:
        said = {"measure": set(folder.measures), "answer_set": set(folder.answer_sets)}
        for column, known in said.items():
            found = line[column]
            if found and known and found not in known:
                code = "measure-unknown" if column == "measure" else "answer-set-unknown"
                near = close_to(found, known)
                yield table.problem(code, line.row, column, "stop", found=found, allowed=near, question=line["question"])


def flags_are_0_or_1(folder: Folder) -> Iterator[Problem]:
    """`critical` and `needs_all` say yes or no."""
    for name, column, id_column in (("questions.csv", "critical", "question"), ("nodes.csv", "needs_all", "node")):
        for line in folder[name]:
            if line[column].casefold() not in (*YES, *NO):
                said = {"found": line[column], "allowed": FLAG, "question": line[id_column]}
                yield folder[name].problem("flag", line.row, column, **said)


def a_question_has_one_aspect_and_function(folder: Folder) -> Iterator[Problem]:
    """Only tags and references may be several."""
    table = folder["questions.csv"]
    for line in table:
        for column in ("aspect", "function"):
            if ";" in line[column]:
                said = {"found": line[column], "allowed": line[column].split(";")[0].strip(), "question": line["question"]}
                yield table.problem("one-value", line.row, column, **said)


def target_levels_exist(folder: Folder) -> Iterator[Problem]:
    """The target of a measure is one of the levels."""
    table = folder["measures.csv"]
    levels = ", ".join(map(str, sorted(folder.levels)))
    for line in table:
        if line["target_level"] and folder.levels and as_whole(line["target_level"]) not in folder.levels:
            severity = "stop" if as_whole(line["target_level"]) is None else "repair"
            yield table.problem("target-unknown", line.row, "target_level", severity, found=line["target_level"], allowed=levels)


CHECKS = (
    parents_exist,
    the_tree_has_no_loop,
    nodes_hold_measures,
    measures_hold_questions,
    measures_belong_to_a_submodule,
    parts_agree_with_what_they_are_part_of,
    questions_belong_to_measures,
    flags_are_0_or_1,
    a_question_has_one_aspect_and_function,
    target_levels_exist,
)
