"""The tables of an instrument's folder, each read whole or refused with the first fault: levels, weights, tree, questions, answers."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from analysis.instrument.problems import InstrumentProblems
from analysis.instrument.rows import COLUMNS, MAY_BE_EMPTY, OPTIONAL_FILES, YES, number, rows_of, several, whole

MAX_LEVEL = 100
MAX_OPTIONS = 128  # a code is an int8


def table_of(folder: Path, name: str) -> pd.DataFrame:
    """A file of the folder with its columns, required and optional, as trimmed text; no rows where an optional file is not there."""
    required, optional = COLUMNS[name]
    path = folder / name
    if not path.exists() and name not in OPTIONAL_FILES:
        raise InstrumentProblems(f"{folder.name}: the file {name} is missing")
    rows = rows_of(path) if path.exists() else []
    if not rows:
        if name in OPTIONAL_FILES:
            return pd.DataFrame(columns=[*required, *optional], dtype="str")
        raise InstrumentProblems(f"{folder.name}/{name}: no rows")
    table = pd.DataFrame(rows, dtype="str")
    missing = [c for c in required if c not in table.columns]
    if missing:
        raise InstrumentProblems(f"{folder.name}/{name}: no column {', '.join(missing)}")
    for column in required:
        if (name, column) not in MAY_BE_EMPTY and (table[column].fillna("") == "").any():
            raise InstrumentProblems(f"{folder.name}/{name}: an empty cell in the column {column}")
    return table.reindex(columns=[*required, *optional], fill_value="").fillna("")


def _once(names: pd.Series, where: str) -> None:
    """Refuse a name that stands twice; a return is read without regard to case."""
    twice = names[names.str.casefold().duplicated()]
    if len(twice):
        raise InstrumentProblems(f"{where}: {twice.iloc[0]} stands twice")


def levels(folder: Path) -> tuple[int, ...]:
    """The levels of the scale in order."""
    found = tuple(sorted(whole(x) for x in table_of(folder, "levels.csv")["level"]))
    if found[0] not in (0, 1) or found != tuple(range(found[0], found[0] + len(found))) or found[-1] > MAX_LEVEL:
        raise InstrumentProblems(f"{folder.name}/levels.csv: levels are whole numbers from 0 or 1 up without a hole")
    return found


def weights_of(folder: Path) -> dict[str, float]:
    """Item -> its weight, of those that have one."""
    weights = {r.item: number(r.weight) for r in table_of(folder, "weights.csv").itertuples()}
    for item, weight in weights.items():
        if not weight > 0:
            raise InstrumentProblems(f"{folder.name}/weights.csv: the weight of {item} must be above 0")
    return weights


def _top_down(rows: dict[str, dict], where: str) -> list[dict]:
    """The rows of a tree, parents before children in the order of the files; a loop and a lost parent are refused."""
    below: dict[str, list[str]] = {}
    for node, row in rows.items():
        if row["parent"] and row["parent"] not in rows:
            raise InstrumentProblems(f"{where}: the parent {row['parent']} of {node} is not a node")
        if row["parent"] and rows[row["parent"]]["kind"] == "measure":
            raise InstrumentProblems(f"{where}: {node} hangs under the measure {row['parent']}; a measure holds questions only")
        below.setdefault(row["parent"], []).append(node)
    ordered: list[dict] = []
    waiting = below.get("", [])[::-1]
    while waiting:
        row = rows[waiting.pop()]
        above = rows.get(row["parent"], {})
        for column in ("submodule", "measure_type"):
            row[column] = row[column] or above.get(column, "")
        ordered.append(row)
        waiting += below.get(row["node"], [])[::-1]
    if len(ordered) != len(rows):
        raise InstrumentProblems(f"{where}: the tree has a loop")
    return ordered


def tree(folder: Path, weights: dict[str, float], target: int) -> pd.DataFrame:
    """Inner nodes and measures as one table, parents first; sub-module and measure type come down from above."""
    inner = table_of(folder, "nodes.csv")
    inner["kind"] = inner["kind"].where(~inner["kind"].isin(["", "measure"]), "node")
    measures = table_of(folder, "measures.csv").rename(columns={"measure": "node"}).assign(kind="measure")
    table = pd.concat([inner, measures], ignore_index=True).fillna("")
    _once(table["node"], folder.name)
    found = pd.DataFrame(_top_down({row["node"]: row for row in table.to_dict("records")}, folder.name))
    alone = found[(found["kind"] == "measure") & (found["submodule"] == "")]
    if len(alone):
        raise InstrumentProblems(f"{folder.name}: the measure {alone['node'].iloc[0]} belongs to no sub-module")
    found["needs_all"] = found["needs_all"].str.lower().isin(YES)
    found["weight"] = found["node"].map(weights).fillna(1.0)
    found["target_level"] = [whole(t) if t else target for t in found["target_level"]]
    for column in ("aspects", "functions", "tags", "references"):
        found[column] = found[column].map(several)
    columns = ["node", "parent", "kind", "submodule", "measure_type", "needs_all", "weight", "target_level"]
    return found[[*columns, "aspects", "functions", "tags", "references"]].reset_index(drop=True)


def questions(folder: Path, nodes: pd.DataFrame, answer_sets: set[str], weights: dict[str, float]) -> pd.DataFrame:
    """Questions sorted by measure in the order of the tree."""
    table = table_of(folder, "questions.csv")
    measures = set(nodes.loc[nodes["kind"] == "measure", "node"])
    _once(pd.concat([nodes["node"], table["question"]]), folder.name)
    for row in table.itertuples():
        if row.measure not in measures:
            raise InstrumentProblems(f"{folder.name}/questions.csv: {row.measure} is not a measure")
        if row.answer_set not in answer_sets:
            raise InstrumentProblems(f"{folder.name}/questions.csv: no answer set {row.answer_set} in answers.csv")
    order = {node: i for i, node in enumerate(nodes["node"])}
    table = table.sort_values("measure", key=lambda s: s.map(order), kind="stable").reset_index(drop=True)
    of_measure = nodes.set_index("node")
    for column in ("submodule", "measure_type"):
        table[column] = table["measure"].map(of_measure[column])
    table["tags"] = table["tags"].map(several)
    table["references"] = table["references"].map(several)
    table["critical"] = table["critical"].str.lower().isin(YES)
    table["weight"] = table["question"].map(weights).fillna(1.0)
    table["number"] = range(len(table))
    columns = ["question", "measure", "submodule", "measure_type", "answer_set", "aspect", "function", "tags"]
    return table[[*columns, "critical", "references", "weight", "number"]]


def answers(folder: Path, levels: tuple[int, ...]) -> pd.DataFrame:
    """The options of every answer set with value, level and the number that is stored."""
    table = table_of(folder, "answers.csv")
    where = f"{folder.name}/answers.csv"
    _once(table["answer_set"] + " " + table["option"], where)
    table["value"] = table["value"].map(number)
    if not table["value"].between(0, 1).all():
        raise InstrumentProblems(f"{where}: a value lies outside 0-1")
    table["level"] = table["level"].map(lambda t: math.floor(number(t)))  # half levels: the level below
    if not table["level"].isin(levels).all():
        raise InstrumentProblems(f"{where}: a level is not in levels.csv")
    table["aliases"] = table["aliases"].map(several)
    table["number"] = table.groupby("answer_set", sort=False).cumcount()
    if table["number"].max() >= MAX_OPTIONS:
        raise InstrumentProblems(f"{where}: an answer set has more than {MAX_OPTIONS} options")
    return table


def contradictions(folder: Path) -> pd.DataFrame:
    """Answers that hardly go together: one question at a level or above while another is at a level or below."""
    table = table_of(folder, "contradictions.csv")
    for column in ("at_least", "at_most"):
        table[column] = table[column].map(whole).astype("int64")
    return table
