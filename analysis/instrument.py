"""A folder of data becomes an Instrument: tree, questions, scales, levels, award rule, weights, links, words.

The folder's name is the instrument's id; `docs/instrument-format.md` describes the files. Nothing about a
particular questionnaire is written in code: another tree or another scale is another folder.
"""

from __future__ import annotations

import csv
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.instrument_rows import COLUMNS, MAY_BE_EMPTY, OPTIONAL_FILES, YES, number, rows_of, several, text_files, whole

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "data" / "instruments"
LOCAL = ROOT / "data" / "local" / "instruments"
DEFAULT_INSTRUMENT = "2370-2026.1"

LENSES = ("aspect", "function", "tag")
RULE_KINDS = ("share", "mean_floor")
COMPARES = (">", ">=")
MAX_LEVEL = 100
MAX_OPTIONS = 128  # a code is an int8

#: What an instrument without `[award.presets]` of its own offers (scoring.md section 4), in the form of instrument.toml.
STANDARD_PRESETS: Mapping[str, Mapping] = {
    "graded": {"at": 0.5, "below": 0.85, "compares": ">", "gap_floor": 2, "critical": True},
    "strict": {"at": 1, "below": 1, "compares": ">="},
    "share_and_critical": {"at": 0.75, "below": 0.75, "compares": ">=", "critical": True},
    "mean_floor": {"kind": "mean_floor"},
}


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
    contradictions: question, at_least, other, at_most: levels of two answers that hardly go together.
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
    contradictions: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

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

    @cached_property
    def answer_set_of(self) -> dict[str, str]:
        """Question -> its answer set."""
        return dict(zip(self.questions["question"], self.questions["answer_set"], strict=True))

    @cached_property
    def option_names(self) -> dict[str, list[str]]:
        """Answer set -> its options by code."""
        return {name: rows["option"].tolist() for name, rows in self.options.items()}

    def children(self, node: str) -> list[str]:
        """Nodes below a node, or the questions of a measure."""
        if node not in self.node_number:
            raise KeyError(node)
        below = self.nodes.loc[self.nodes["parent"] == node, "node"].tolist()
        return below or self.questions.loc[self.questions["measure"] == node, "question"].tolist()

    def questions_below(self, node: str) -> np.ndarray:
        """Boolean mask over the questions that hang under a node; not to be written to."""
        return self._below[node] if node in self._below else np.zeros(len(self.questions), dtype=bool)

    @cached_property
    def _below(self) -> Mapping[str, np.ndarray]:
        """Node -> the questions under it: its own where it is a measure, and those of all that hang below."""
        own = self.questions["measure"].to_numpy()
        masks = {node: own == node for node in self.nodes["node"]}
        for row in self.nodes.iloc[::-1].itertuples():  # parents stand before their children
            if row.parent in masks:
                masks[row.parent] = masks[row.parent] | masks[row.node]
        for mask in masks.values():
            mask.flags.writeable = False
        return masks

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

    def submodule_name(self, submodule: str, language: str = "en") -> str:
        """A sub-module's short name, else its title, else its code."""
        return (
            self.word(f"submodule.{submodule}.short", language)
            or self.word(f"submodule.{submodule}.title", language)
            or submodule
        )

    def type_name(self, measure_type: str, language: str = "en") -> str:
        """A measure type's name, its code where it has none."""
        return self.word(f"measure_type.{measure_type}.title", language) or measure_type

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


def _table(folder: Path, name: str) -> pd.DataFrame:
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


def _levels(folder: Path) -> tuple[int, ...]:
    levels = tuple(sorted(whole(x) for x in _table(folder, "levels.csv")["level"]))
    if levels[0] not in (0, 1) or levels != tuple(range(levels[0], levels[0] + len(levels))) or levels[-1] > MAX_LEVEL:
        raise InstrumentProblems(f"{folder.name}/levels.csv: levels are whole numbers from 0 or 1 up without a hole")
    return levels


def _weights(folder: Path) -> dict[str, float]:
    weights = {r.item: number(r.weight) for r in _table(folder, "weights.csv").itertuples()}
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


def _nodes(folder: Path, weights: dict[str, float], target: int) -> pd.DataFrame:
    """Inner nodes and measures as one table, parents first; sub-module and measure type come down from above."""
    inner = _table(folder, "nodes.csv")
    inner["kind"] = inner["kind"].where(~inner["kind"].isin(["", "measure"]), "node")
    measures = _table(folder, "measures.csv").rename(columns={"measure": "node"}).assign(kind="measure")
    table = pd.concat([inner, measures], ignore_index=True).fillna("")
    _once(table["node"], folder.name)
    tree = pd.DataFrame(_top_down({row["node"]: row for row in table.to_dict("records")}, folder.name))
    alone = tree[(tree["kind"] == "measure") & (tree["submodule"] == "")]
    if len(alone):
        raise InstrumentProblems(f"{folder.name}: the measure {alone['node'].iloc[0]} belongs to no sub-module")
    tree["needs_all"] = tree["needs_all"].str.lower().isin(YES)
    tree["weight"] = tree["node"].map(weights).fillna(1.0)
    tree["target_level"] = [whole(t) if t else target for t in tree["target_level"]]
    for column in ("aspects", "functions", "tags", "references"):
        tree[column] = tree[column].map(several)
    columns = ["node", "parent", "kind", "submodule", "measure_type", "needs_all", "weight", "target_level"]
    return tree[[*columns, "aspects", "functions", "tags", "references"]].reset_index(drop=True)


def _questions(folder: Path, nodes: pd.DataFrame, answer_sets: set[str], weights: dict[str, float]) -> pd.DataFrame:
    """Questions sorted by measure in the order of the tree."""
    table = _table(folder, "questions.csv")
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


def _answers(folder: Path, levels: tuple[int, ...]) -> pd.DataFrame:
    table = _table(folder, "answers.csv")
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


def _contradictions(folder: Path) -> pd.DataFrame:
    """Answers that hardly go together: one question at a level or above while another is at a level or below."""
    table = _table(folder, "contradictions.csv")
    for column in ("at_least", "at_most"):
        table[column] = table[column].map(whole).astype("int64")
    return table


def award_rule(name: str, row: Mapping) -> AwardRule:
    """One `[award.presets.<name>]` of instrument.toml as a rule.

    Raises
    ------
    ValueError
        If a setting is unknown or is not what it should be.
    """
    unknown = set(row) - {"kind", "at", "below", "compares", "gap_floor", "critical"}
    if unknown:
        raise ValueError(f"the award preset {name} has no setting {sorted(unknown)[0]}")
    rule = AwardRule(
        name,
        kind=row.get("kind", "share"),
        at=share(row.get("at", 0.5)),
        below=share(row.get("below", 0.85)),
        compares=row.get("compares", ">"),
        gap_floor=None if row.get("gap_floor") is None else whole(str(row["gap_floor"])),
        critical=row.get("critical", False),
    )
    floor = rule.gap_floor
    if rule.kind not in RULE_KINDS or rule.compares not in COMPARES or not isinstance(rule.critical, bool) or (floor or 0) < 0:
        raise ValueError(f"the award preset {name} is not well formed")
    return rule


def share(value: object) -> float:
    """A setting that is a share: 0-1, as a number or a fraction in quotes (`"2/3"`).

    Raises
    ------
    ValueError
        If it is anything else.
    """
    found = number(str(value).strip())
    if not 0 <= found <= 1:
        raise ValueError(f"{value} lies outside 0-1")
    return found


def _rules(settings: dict) -> tuple[dict[str, AwardRule], str]:
    award = settings.get("award", {})
    rules = {name: award_rule(name, row) for name, row in award.get("presets", STANDARD_PRESETS).items()}
    if not rules:
        raise InstrumentProblems("instrument.toml: [award.presets] is empty")
    default = award.get("preset", next(iter(rules)))
    if default not in rules:
        raise InstrumentProblems(f"instrument.toml: the award preset {default} is not among {', '.join(rules)}")
    return rules, default


def load_instrument(folder: str | Path) -> Instrument:
    """Read a folder into an Instrument.

    Raises
    ------
    InstrumentProblems
        If a file or column is missing, a number is none or the tree does not hold together; the message names the first
        fault. `analysis.instrument_check.instrument_problems` lists all of them.
    """
    folder = Path(os.path.abspath(folder))  # the name it is called by, also through a link
    if not (folder / "instrument.toml").exists():
        raise InstrumentProblems(f"{folder.name}: there is no instrument.toml in this folder")
    try:
        return _loaded(folder)
    except InstrumentProblems:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, OSError, csv.Error) as error:
        raise InstrumentProblems(f"{folder.name}: {error}") from error


def _loaded(folder: Path) -> Instrument:
    settings = tomllib.loads((folder / "instrument.toml").read_text(encoding="utf-8-sig"))
    levels = _levels(folder)
    target = whole(str(settings.get("target_level", levels[len(levels) // 2])))
    weights = _weights(folder)
    nodes = _nodes(folder, weights, target)
    answers = _answers(folder, levels)
    rules, default = _rules(settings)
    words = {path.stem: {row["key"]: row["text"] for row in rows_of(path) if row["text"]} for path in text_files(folder)}
    return Instrument(
        id=folder.name,
        folder=folder,
        nodes=nodes,
        questions=_questions(folder, nodes, set(answers["answer_set"]), weights),
        answers=answers,
        levels=levels,
        rules=rules,
        default_rule=default,
        gates=Gates(**{name: share(value) for name, value in settings.get("gates", {}).items()}),
        target_level=target,
        feedback_links=_table(folder, "feedback_links.csv"),
        contradictions=_contradictions(folder),
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
