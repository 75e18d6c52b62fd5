"""What words that are not ours may mean, by their likeness. Suggestions only: nothing here is ever applied by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache

from analysis.instrument import Instrument
from analysis.workbook.mapping.evidence import Evidence
from analysis.workbook.mapping.found import Found, option_of
from analysis.workbook.mapping.headings import Found as FoundHeading
from analysis.workbook.mapping.model import TableMapping
from analysis.workbook.suggestions import suggested_answer
from analysis.workbook.values import answer_code, answer_codes, plain

LIKE = 0.6  # how alike a question's words must be to be suggested
MOST = 400  # questions that are compared
_WORD = re.compile(r"\w+")


def suggested_meaning(instrument: Instrument, answer_set: str, written: str) -> str:
    """The option or status that a word may mean; empty for none that comes to mind."""
    word = suggested_answer(written, instrument, answer_set)
    return option_of(instrument, answer_set, answer_code(word, answer_codes(instrument, answer_set))) if word else ""


@lru_cache(maxsize=8)
def _asked(instrument: Instrument) -> list[tuple[str, str, frozenset[str]]]:
    texts = (
        (q, plain(instrument.question_text(q, lang))) for q in instrument.questions["question"] for lang in instrument.languages
    )
    return [(question, text, frozenset(_WORD.findall(text))) for question, text in texts]


def suggested_question(instrument: Instrument, written: str) -> str:
    """The question that a text may be, by the words both have; empty for none that comes close."""
    key = plain(written)[:500]
    words = frozenset(_WORD.findall(key))
    if len(words) < 3:
        return ""
    near = sorted(_asked(instrument), key=lambda row: len(words & row[2]) / len(words | row[2]), reverse=True)[:3]
    scored = [(difflib.SequenceMatcher(None, key, text).ratio(), question) for question, text, _ in near]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= LIKE else ""


def unsure_answers(found: Found, instruments: Mapping[str, Instrument]) -> dict[str, dict[str, str]]:
    """Answer set -> word that is not ours -> what it may mean."""
    unsure: dict[str, dict[str, str]] = {}
    for word in found.words:
        if not word.means:
            suggestion = suggested_meaning(instruments[found.instrument], word.answer_set, word.written)
            unsure.setdefault(word.answer_set, {})[word.written] = suggestion
    return unsure


def unsure_questions(
    mapping: TableMapping, heading: FoundHeading, found: Found, evidence: Evidence, instrument: Instrument | None
) -> dict[str, str]:
    """Names of questions that are not ours -> what they may mean: of rows that hold an answer, or of columns that hold answers."""
    if mapping.layout == "states_down":
        taken = set(mapping.columns.values())
        heads = [h for h in heading.heads if h.parts and heading.column(h.position).mostly == "answer"]
        names = [h.parts[-1][0] for h in heads if h.text not in taken and h.parts[-1][0] not in taken]
        names = [n for n in names if not evidence.questions.within(n) and not evidence.role_of(n)]
    else:
        names = [key.key for key in found.keys if not key.question and key.key]
    names = list(dict.fromkeys(names))[:MOST]
    return {name: suggested_question(instrument, name) if instrument else "" for name in names}
