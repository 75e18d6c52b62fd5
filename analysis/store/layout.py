"""An instrument's questions in order: what a vector of codes refers to, and the vector itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np

from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, Status


class Layout:
    """The questions of an instrument with their sub-modules and options, as plain lists: quick to look up."""

    def __init__(self, instrument: Instrument):
        options = {name: rows["option"].tolist() for name, rows in instrument.options.items()}
        self.instrument = instrument.id
        self.questions: list[str] = instrument.questions["question"].tolist()
        self.submodules: list[str] = instrument.questions["submodule"].tolist()
        self.options = dict(zip(self.questions, (options[name] for name in instrument.questions["answer_set"]), strict=True))
        self.number = {question: i for i, question in enumerate(self.questions)}

    @cached_property
    def parts(self) -> dict[str, np.ndarray]:
        """Sub-module -> the columns of its questions, in the instrument's order."""
        names = np.array(self.submodules)
        return {name: np.flatnonzero(names == name) for name in dict.fromkeys(self.submodules)}

    @cached_property
    def hash(self) -> str:
        """Changes when a question moves, comes or goes, changes its sub-module, or its options are listed otherwise."""
        told = list(zip(self.options.items(), self.submodules, strict=True))
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def option(self, question: str, code: int) -> str:
        """The option a code of 0 or above stands for, "" for a status.

        Raises
        ------
        ValueError
            If the code is neither an option of the question nor a status.
        """
        if not Status.INVALID <= code < len(self.options[question]):
            raise ValueError(f"{question}: {code} is neither an option nor a status")
        return self.options[question][code] if code >= 0 else ""

    def code(self, question: str, option: str, code: int) -> int:
        """The code that a stored answer has in this layout: that of its option, or the status itself.

        Raises
        ------
        KeyError
            If there is no such question or option any more: the instrument was changed under the returns it had brought.
        """
        if question not in self.number or (code >= 0 and option not in self.options[question]):
            raise KeyError(f"{self.instrument} no longer has the question {question} with the answer {option or code}")
        return self.options[question].index(option) if code >= 0 else code

    def vector(self, submodules: Iterable[str], codes: Mapping[str, int]) -> np.ndarray:
        """int8 codes of the whole questionnaire; NOT_RETURNED outside `submodules`.

        A question of a returned sub-module without a code came into the instrument later: NOT_ASKED.
        """
        returned = set(submodules)
        untold = [int(Status.NOT_ASKED) if name in returned else NOT_RETURNED for name in self.submodules]
        return np.array([codes.get(q, u) for q, u in zip(self.questions, untold, strict=True)], dtype=np.int8)
