"""The nouns of a questionnaire: an instrument with its tree, questions, scales and words; a lens on its questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.instrument.award import AwardRule

LENSES = ("aspect", "function", "tag")


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
