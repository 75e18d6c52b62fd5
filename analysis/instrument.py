"""A folder of data becomes an Instrument: tree, questions, scales, levels, award rule, weights, links, words.

The folder's name is the instrument's id; `docs/instrument-format.md` describes the files. Nothing about a
particular questionnaire is written in code: another tree or another scale is another folder.
"""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "data" / "instruments"
LOCAL = ROOT / "data" / "local" / "instruments"
DEFAULT_INSTRUMENT = "2370-2026.1"

#: File -> its columns (required first, optional after the bar). The check and the documentation use this table.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "levels.csv": (("level",), ()),
    "answers.csv": (("answer_set", "option", "value", "level"), ("aliases",)),
    "nodes.csv": (("node", "parent"), ("kind", "submodule", "measure_type", "needs_all")),
    "measures.csv": (("measure", "parent"), ("aspects", "functions", "tags", "references", "target_level")),
    "questions.csv": (("question", "measure", "answer_set"), ("aspect", "function", "tags", "critical", "references")),
    "weights.csv": (("item", "weight"), ()),
    "feedback_links.csv": (("downstream", "upstream"), ()),
    "crosswalk.csv": (("from_question", "to_question", "kind"), ("from_instrument",)),
}
OPTIONAL_FILES = {"weights.csv", "feedback_links.csv", "crosswalk.csv"}
LENSES = ("aspect", "function", "tag")


class InstrumentProblems(ValueError):
    """A folder that is not a whole instrument. `python -m analysis instrument check FOLDER` lists it row by row."""


@dataclass(frozen=True)
class AwardRule:
    """One preset of the level award (scoring.md section 4). `compares` is ">" or ">="; kind "share" or "mean_floor"."""

    name: str
    kind: str = "share"
    at: float = 0.5
    below: float = 0.85
    compares: str = ">"
    gap_floor: int | None = None
    critical: bool = False


@dataclass(frozen=True)
class Gates:
    """Shares of weight and of questions that must be answered for a score to be shown; share that makes a measure thin."""

    step: float = 2 / 3
    pooled: float = 2 / 3
    thin: float = 1 / 3


@dataclass(frozen=True)
class Lens:
    """A selection of questions by one property: `Lens("tag", "border")`. The whole questionnaire is `None`."""

    kind: str
    value: str

    def __post_init__(self) -> None:
        if self.kind not in LENSES:
            raise ValueError(f"a lens is one of {', '.join(LENSES)}; found {self.kind!r}")


@dataclass(frozen=True, eq=False)
class Instrument:
    """One version of the questionnaire with its scales, rule and weights. Tables are read-only by convention.

    nodes: a row per node of the tree above the questions, measures included, parents before children:
    node, parent ("" at a root), kind, submodule, measure_type ("" where it spans several), needs_all, weight,
    target_level. questions: a row per question sorted by measure: question, measure, submodule, measure_type,
    answer_set, aspect, function, tags (tuple), critical, references (tuple), weight, number.
    answers: answer_set, option, value (0-1), level, aliases (tuple), number (the code that is stored).
    """

    id: str
    folder: Path
    nodes: pd.DataFrame
    questions: pd.DataFrame
    answers: pd.DataFrame
    levels: tuple[int, ...]
    rules: Mapping[str, AwardRule]
    default_rule: str
    gates: Gates
    target_level: int
    feedback_links: pd.DataFrame
    crosswalk: pd.DataFrame
    languages: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]] = field(repr=False)

    @property
    def max_level(self) -> int:
        """The highest level of the scale."""
        return self.levels[-1]

    @cached_property
    def submodules(self) -> tuple[str, ...]:
        """Parts that can be returned on their own, one sheet each, in the order of the tree."""
        return tuple(dict.fromkeys(s for s in self.questions["submodule"]))

    @cached_property
    def measure_types(self) -> tuple[str, ...]:
        """Axes of the tree that are never blended (upstream, downstream); empty where the tree has none."""
        return tuple(dict.fromkeys(t for t in self.nodes["measure_type"] if t))

    @cached_property
    def measures(self) -> pd.DataFrame:
        """The nodes that hold questions."""
        return self.nodes[self.nodes["kind"] == "measure"].reset_index(drop=True)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """Nodes that hold measures directly: in ours a sub-module's upstream or downstream part."""
        return tuple(dict.fromkeys(self.measures["parent"]))

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Nodes without a parent."""
        return tuple(self.nodes.loc[self.nodes["parent"] == "", "node"])

    @cached_property
    def node_number(self) -> dict[str, int]:
        """Node -> its column in score arrays."""
        return {node: i for i, node in enumerate(self.nodes["node"])}

    @cached_property
    def question_number(self) -> dict[str, int]:
        """Question -> its column in a panel."""
        return {question: i for i, question in enumerate(self.questions["question"])}

    @cached_property
    def options(self) -> dict[str, pd.DataFrame]:
        """Answer set -> its options, best last or first as the data says; `number` is the stored code."""
        return {name: rows.reset_index(drop=True) for name, rows in self.answers.groupby("answer_set", sort=False)}

    @cached_property
    def option_arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """(values 0-1, levels) of every option of every question: questions x longest answer set, NaN beyond its end."""
        longest = max(len(rows) for rows in self.options.values())
        values = np.full((len(self.questions), longest), np.nan)
        levels = np.full((len(self.questions), longest), np.nan)
        for i, name in enumerate(self.questions["answer_set"]):
            rows = self.options[name]
            values[i, : len(rows)] = rows["value"]
            levels[i, : len(rows)] = rows["level"]
        return values, levels

    def children(self, node: str) -> list[str]:
        """Nodes below a node, or the questions of a measure."""
        if node not in self.node_number:
            raise KeyError(node)
        below = self.nodes.loc[self.nodes["parent"] == node, "node"].tolist()
        return below or self.questions.loc[self.questions["measure"] == node, "question"].tolist()

    def questions_below(self, node: str) -> np.ndarray:
        """Boolean mask over the questions that hang under a node."""
        below = {node}
        for row in self.nodes.itertuples():
            if row.parent in below:
                below.add(row.node)
        return self.questions["measure"].isin(below).to_numpy()

    def lens_mask(self, lens: Lens | None) -> np.ndarray:
        """Boolean mask over the questions that a lens keeps."""
        if lens is None:
            return np.ones(len(self.questions), dtype=bool)
        if lens.kind == "tag":
            return np.array([lens.value in tags for tags in self.questions["tags"]])
        return (self.questions[lens.kind] == lens.value).to_numpy()

    @cached_property
    def lenses(self) -> tuple[Lens, ...]:
        """Every lens that keeps at least one question, in the order of aspects, functions, tags."""
        found = [Lens("aspect", v) for v in dict.fromkeys(self.questions["aspect"]) if v]
        found += [Lens("function", v) for v in dict.fromkeys(self.questions["function"]) if v]
        found += [Lens("tag", v) for v in sorted({t for tags in self.questions["tags"] for t in tags})]
        return tuple(found)

    def word(self, key: str, language: str = "en") -> str:
        """The instrument's own word for a key (`measure.IED.U1.title`), English or the first language where it lacks one."""
        for name in (language, "en", *self.languages):
            if key in self.words.get(name, {}):
                return self.words[name][key]
        return ""

    def node_name(self, node: str, language: str = "en") -> str:
        """A node's title, its code where it has none."""
        return self.word(f"node.{node}.title", language) or self.word(f"measure.{node}.title", language) or node

    def question_text(self, question: str, language: str = "en") -> str:
        """A question as it is put, its id where it has no words."""
        return self.word(f"question.{question}.text", language) or question

    def option_label(self, answer_set: str, option: str, language: str = "en") -> str:
        """An option's words, the option itself where it has none."""
        return self.word(f"answer.{answer_set}.{option}", language) or option

    def level_name(self, level: int, language: str = "en") -> str:
        """A level's name, its number where it has none."""
        return self.word(f"level.{level}.name", language) or str(level)

    @cached_property
    def title(self) -> str:
        """The instrument's title in English or its first language."""
        return self.word("instrument.title") or self.id


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file as rows of trimmed text; absent optional files give no rows. Nothing is ever read as missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{(k or "").strip(): (v or "").strip() for k, v in row.items() if k is not None} for row in csv.DictReader(file)]


def number(text: str) -> float:
    """A number written as a decimal or a fraction (`2/3`)."""
    return float(Fraction(text))


def several(text: str) -> tuple[str, ...]:
    """Values separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _table(folder: Path, name: str) -> pd.DataFrame:
    required, optional = COLUMNS[name]
    path = folder / name
    if not path.exists():
        if name in OPTIONAL_FILES:
            return pd.DataFrame(columns=[*required, *optional], dtype="str")
        raise InstrumentProblems(f"{folder.name}: the file {name} is missing")
    table = pd.DataFrame(rows_of(path), dtype="str")
    missing = [c for c in required if c not in table.columns]
    if missing or table.empty:
        raise InstrumentProblems(f"{folder.name}/{name}: {'no rows' if table.empty else 'no column ' + ', '.join(missing)}")
    for column in optional:
        if column not in table.columns:
            table[column] = ""
    return table


def _nodes(folder: Path, weights: dict[str, float], target: int) -> pd.DataFrame:
    """Inner nodes and measures as one table, parents first; sub-module and measure type come down from above."""
    inner = _table(folder, "nodes.csv")
    measures = _table(folder, "measures.csv").rename(columns={"measure": "node"}).assign(kind="measure")
    table = pd.concat([inner, measures], ignore_index=True).fillna("")
    if table["node"].duplicated().any():
        raise InstrumentProblems(f"{folder.name}: the node {table.loc[table['node'].duplicated(), 'node'].iloc[0]} stands twice")
    rows = {row["node"]: row for row in table.to_dict("records")}
    ordered: list[dict] = []

    def visit(node: str) -> None:
        row = rows[node]
        above = rows.get(row["parent"], {})
        for column in ("submodule", "measure_type"):
            row[column] = row[column] or above.get(column, "")
        ordered.append(row)
        for child in (r["node"] for r in table.to_dict("records") if r["parent"] == node):
            visit(child)

    for row in table.to_dict("records"):
        if row["parent"] and row["parent"] not in rows:
            raise InstrumentProblems(f"{folder.name}: the parent {row['parent']} of {row['node']} is not a node")
        if not row["parent"]:
            visit(row["node"])
    if len(ordered) != len(table):
        raise InstrumentProblems(f"{folder.name}: the tree has a loop")
    tree = pd.DataFrame(ordered)
    tree["kind"] = tree["kind"].where(tree["kind"] != "", "node")
    tree["needs_all"] = tree["needs_all"].str.lower().isin(["1", "true", "yes"])
    tree["weight"] = tree["node"].map(weights).fillna(1.0)
    tree["target_level"] = [int(t) if t else target for t in tree["target_level"]]
    for column in ("aspects", "functions", "tags", "references"):
        tree[column] = tree[column].map(several)
    columns = ["node", "parent", "kind", "submodule", "measure_type", "needs_all", "weight", "target_level"]
    return tree[[*columns, "aspects", "functions", "tags", "references"]].reset_index(drop=True)


def _questions(folder: Path, nodes: pd.DataFrame, weights: dict[str, float]) -> pd.DataFrame:
    """Questions sorted by measure in the order of the tree."""
    table = _table(folder, "questions.csv")
    order = {node: i for i, node in enumerate(nodes["node"])}
    unknown = [m for m in table["measure"] if m not in order]
    if unknown:
        raise InstrumentProblems(f"{folder.name}/questions.csv: {unknown[0]} is not a measure")
    table = table.sort_values("measure", key=lambda s: s.map(order), kind="stable").reset_index(drop=True)
    of_measure = nodes.set_index("node")
    for column in ("submodule", "measure_type"):
        table[column] = table["measure"].map(of_measure[column])
    table["tags"] = table["tags"].map(several)
    table["references"] = table["references"].map(several)
    table["critical"] = table["critical"].str.lower().isin(["1", "true", "yes"])
    table["weight"] = table["question"].map(weights).fillna(1.0)
    table["number"] = range(len(table))
    columns = ["question", "measure", "submodule", "measure_type", "answer_set", "aspect", "function", "tags"]
    return table[[*columns, "critical", "references", "weight", "number"]]


def _answers(folder: Path) -> pd.DataFrame:
    table = _table(folder, "answers.csv")
    table["value"] = table["value"].map(number)
    table["level"] = table["level"].map(lambda t: int(number(t)))
    table["aliases"] = table["aliases"].map(several)
    table["number"] = table.groupby("answer_set", sort=False).cumcount()
    return table


def _rules(settings: dict) -> tuple[dict[str, AwardRule], str]:
    award = settings.get("award", {})
    rules = {}
    for name, row in award.get("presets", {}).items():
        rules[name] = AwardRule(
            name,
            kind=row.get("kind", "share"),
            at=number(str(row.get("at", "0.5"))),
            below=number(str(row.get("below", "0.85"))),
            compares=row.get("compares", ">"),
            gap_floor=row.get("gap_floor"),
            critical=bool(row.get("critical", False)),
        )
    rules = rules or {"graded": AwardRule("graded", gap_floor=2, critical=True)}
    default = award.get("preset", next(iter(rules)))
    if default not in rules:
        raise InstrumentProblems(f"instrument.toml: the award preset {default} is not among {', '.join(rules)}")
    return rules, default


def load_instrument(folder: str | Path) -> Instrument:
    """Read a folder into an Instrument.

    Raises
    ------
    InstrumentProblems
        If a file or column is missing or the tree does not hold together; the message names the first fault.
        `analysis.instrument_check.instrument_problems` lists all of them.
    """
    folder = Path(folder)
    if not (folder / "instrument.toml").exists():
        raise InstrumentProblems(f"{folder.name}: there is no instrument.toml in this folder")
    try:
        settings = tomllib.loads((folder / "instrument.toml").read_text(encoding="utf-8"))
        gates = {k: number(str(v)) for k, v in settings.get("gates", {}).items()}
        levels = tuple(sorted(int(x) for x in _table(folder, "levels.csv")["level"]))
        target = int(settings.get("target_level", levels[len(levels) // 2]))
        weights = {r.item: number(r.weight) for r in _table(folder, "weights.csv").itertuples()}
        nodes = _nodes(folder, weights, target)
        answers = _answers(folder)
        questions = _questions(folder, nodes, weights)
    except (ValueError, tomllib.TOMLDecodeError) as error:
        if isinstance(error, InstrumentProblems):
            raise
        raise InstrumentProblems(f"{folder.name}: {error}") from error
    unknown = set(questions["answer_set"]) - set(answers["answer_set"])
    if unknown:
        raise InstrumentProblems(f"{folder.name}/questions.csv: no answer set {sorted(unknown)[0]} in answers.csv")
    rules, default = _rules(settings)
    words = {path.stem: {row["key"]: row["text"] for row in rows_of(path)} for path in sorted((folder / "texts").glob("*.csv"))}
    return Instrument(
        id=folder.name,
        folder=folder,
        nodes=nodes,
        questions=questions,
        answers=answers,
        levels=levels,
        rules=rules,
        default_rule=default,
        gates=Gates(**gates),
        target_level=target,
        feedback_links=_table(folder, "feedback_links.csv"),
        crosswalk=_table(folder, "crosswalk.csv"),
        languages=tuple(words),
        words=words,
    )


def instrument_folders(extra: str | Path | None = None) -> dict[str, Path]:
    """Instrument id -> folder: shipped ones, an office's own, and those below `extra` (or $INSTRUMENTS)."""
    places = [SHIPPED, LOCAL]
    extra = extra or os.environ.get("INSTRUMENTS")
    if extra:
        places.append(Path(extra))
    found: dict[str, Path] = {}
    for place in places:
        if (place / "instrument.toml").exists():
            found[place.resolve().name] = place
        for path in sorted(place.glob("*/instrument.toml")):
            found[path.parent.name] = path.parent
    return found


def instruments(extra: str | Path | None = None) -> dict[str, Instrument]:
    """Every instrument that can be found, by id; a broken folder is left out (the check tells why)."""
    loaded = {}
    for name, folder in instrument_folders(extra).items():
        try:
            loaded[name] = load_instrument(folder)
        except InstrumentProblems:
            continue
    return loaded
