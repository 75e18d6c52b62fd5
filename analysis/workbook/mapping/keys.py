"""From what a table writes to what we call it: questions by id, by a mapping's word for them, or by their own words; answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from analysis.instrument import Instrument
from analysis.workbook.mapping.heads import JOINED
from analysis.workbook.mapping.model import TableMapping
from analysis.workbook.values import STATUS_CODES, plain, status_word

_NUMBERED = re.compile(r"[(\[]?(?:[a-z]{1,4}\W?)?\d[\d.\-]*[a-z]?[.):\]]*\s+", re.IGNORECASE)
_FIRST_WORD = re.compile(r"\s|:|(?:[.)]\s)|$")
MOST_TEXT = 2_000  # a longer text is no question
ALIKE = 0.6  # how close the words behind an id must be to the question's own


@lru_cache(maxsize=16)
def question_writings(instrument: Instrument) -> Mapping[str, str]:
    """Every certain writing of a question, as it is compared -> its id: the id, and its words in any language where only it has them."""
    found: dict[str, str | None] = {}
    for question in instrument.questions["question"]:
        for language in instrument.languages:
            key = plain(instrument.question_text(question, language))
            found[key] = question if found.get(key, question) == question else None
    found |= {plain(question): question for question in instrument.questions["question"]}
    return {key: question for key, question in found.items() if question and key}


@dataclass(frozen=True)
class Questions:
    """The questions of some instruments under every name a table may give them."""

    instruments: Mapping[str, Instrument]
    mapping: TableMapping

    def meant(self, instrument: str, key: str, submodule: str = "") -> str:
        """The id of the question that a key means in one instrument; empty for none.

        The mapping's own word counts first, with the sub-module in front (`IED / 1`) or alone; then our ids and words.
        """
        mark = (instrument, key, submodule)
        if mark not in self._meanings:
            self._meanings[mark] = self._meaning(instrument, key, submodule)
        return self._meanings[mark]

    @cached_property
    def _meanings(self) -> dict[tuple[str, str, str], str]:
        return {}

    def _meaning(self, instrument: str, key: str, submodule: str) -> str:
        if not key or len(key) > MOST_TEXT or instrument not in self.instruments:
            return ""
        known = question_writings(self.instruments[instrument])
        for written in (f"{submodule}{JOINED}{key}", key) if submodule else (key,):
            said = self.mapping.questions.get(plain(written))
            if said is not None:
                return known.get(plain(said), "")
        first = _FIRST_WORD.split(key, maxsplit=1)[0]
        tries = [key, _NUMBERED.sub("", key, count=1)]
        if submodule:
            tries += [f"{submodule}{sign}{key}" for sign in (".", " ", "-", "")]
        found = next((known[plain(text)] for text in tries if plain(text) in known), "")
        return found or self._with_id_in_front(instrument, known.get(plain(first), ""), key[len(first) :])

    def _with_id_in_front(self, instrument: str, question: str, rest: str) -> str:
        """A question's id with about its own words behind it: `LEND.STOCK.1 Is there a list?`."""
        if not question:
            return ""
        one, said = self.instruments[instrument], plain(rest.strip(" .:)-"))
        asked = (plain(one.question_text(question, language)) for language in one.languages)
        return question if any(SequenceMatcher(None, said, text).ratio() >= ALIKE for text in asked) else ""

    @cached_property
    def _kept(self) -> dict[tuple[str, str], frozenset[str]]:
        return {}

    def within(self, key: str, submodule: str = "") -> frozenset[str]:
        """The instruments that know a key."""
        if (key, submodule) not in self._kept:
            self._kept[key, submodule] = frozenset(name for name in self.instruments if self.meant(name, key, submodule))
        return self._kept[key, submodule]

    def instrument_of(self, keys: Iterable[tuple[str, str]]) -> str | None:
        """The only instrument that knows all (key, sub-module), else the only one that knows any; None where that is not one."""
        asked = [self.within(*pair) for pair in set(keys)]
        known = [names for names in asked if names]
        for fits in (set.intersection(*map(set, asked)) if asked else set(), set().union(*known)):
            if len(fits) == 1:
                return next(iter(fits))
            if fits:
                return None
        return None


def written_answer(meant: str) -> str:
    """How a form would write what a mapping says an answer means: an option's id, or the word of a status."""
    return status_word(meant) if meant in STATUS_CODES else meant
