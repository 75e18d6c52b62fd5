"""Which State a text names: taken at once where it is certain, else a question to a person. Never a silent guess.

Certain: a code, or an official name in any of our languages that differs in case, accents, spaces, dashes and apostrophes only.
Everything else that comes close (usual and former names, other word order, a misspelling) is only suggested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from analysis import texts
from analysis.states import States
from analysis.workbook.state_index import MOST, Ended, bare, close, ended_states, halves, index_of, number_key, ranked, spaced
from analysis.workbook.values import cell_text, plain

SUGGESTED = 3  # States that are suggested at most
CLOSE = 0.7  # how close a text must be to the name of a State that ended to be taken for it
NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True)
class StateReading:
    """What a text was read as. iso3: empty where a person has to say; problem: the code of what is to be noted, empty for nothing."""

    iso3: str = ""
    problem: str = ""
    allowed: str = ""
    suggestion: str = ""


def state_label(iso3: str, states: States, language: str = "en") -> str:
    """How a State is offered and suggested: `Name (QMA)`."""
    return f"{states.name(iso3, language)} ({iso3})"


def state_reading(
    value: object, states: States, *, confirmed: Mapping[str, str] = NOBODY, code_column: bool = False
) -> StateReading:
    """What State a cell names, and what has to be said of it.

    Parameters
    ----------
    confirmed : names as they were written -> code, as a person said.
    code_column : whether the cell stands in a column of codes, where two letters are a code as well: `NA` is Namibia.

    Returns
    -------
    With iso3: no problem; `state-name-read` where the writing is not quite ours; `state-confirmed` where a person said so.
    Without: `state-to-confirm` with the States it may mean, the best first; `historical-state` for one that ended;
    `unknown-state`.
    """
    text = cell_text(value)
    if len(text) > MOST:
        return StateReading("", "unknown-state")
    code = _certain(text, states, code_column)
    if code:
        ours = spaced(text) in index_of(states).held or (code_column and plain(text) in index_of(states).iso2)
        return StateReading(code) if ours else StateReading(code, "state-name-read", state_label(code, states))
    old = _ended(text, states)
    if old and close(text) in ended_states()[1]:
        return StateReading("", "historical-state", _told(old, states))
    said = {plain(written): meant for written, meant in confirmed.items()}.get(plain(text)) if confirmed else None
    if said in states:
        return StateReading(said, "state-confirmed", state_label(said, states))
    if old:
        return StateReading("", "historical-state", _told(old, states))
    labels = [state_label(code, states) for code in suggested_states(text, states)]
    if labels:
        return StateReading("", "state-to-confirm", "; ".join(labels), labels[0])
    return StateReading("", "unknown-state")


def state_code(value: object, states: States, *, confirmed: Mapping[str, str] = NOBODY, code_column: bool = False) -> str | None:
    """The one State a cell certainly names, or a person confirmed; else None."""
    return state_reading(value, states, confirmed=confirmed, code_column=code_column).iso3 or None


def certain_state(text: str, states: States, *, code_column: bool = False) -> str:
    """The State that a text names beyond doubt, empty for none. Nothing is compared: fast enough for every cell of a sheet."""
    return _certain(text, states, code_column) if len(text) <= MOST else ""


def suggested_states(text: str, states: States) -> list[str]:
    """Codes of up to three States that a text may mean, the best first; none for a State that ended."""
    found = ranked(cell_text(text), states)
    best = [code for score, code in found if score == 1.0 and code[0] != "*"]
    if best:  # a name that several States go by is told whole
        return best[: max(SUGGESTED, len(best))]
    return [code for _, code in found if code[0] != "*"][:SUGGESTED]


@lru_cache(maxsize=4096)
def _certain(text: str, states: States, code_column: bool) -> str:
    """The State that a text names beyond doubt; empty for none."""
    index = index_of(states)
    number = number_key(text)
    code = index.codes.get(plain(text)) or index.m49.get(number) or (index.iso2.get(plain(text)) if code_column else None)
    if code:
        return code
    official = index.official.get(close(text), ())
    if len(official) == 1 and bare(text) not in index.unclear:
        return official[0]
    parts = halves(text)
    if parts and any(plain(part) in index.codes for part in parts):  # `Name (CODE)`: taken where both say the same
        both = index.known(parts[0]) & index.known(parts[1])
        return both.pop() if len(both) == 1 else ""
    return ""


def _ended(text: str, states: States) -> tuple[Ended, ...]:
    """The States that a text names which exist no longer: by name or code, or where nothing else is closer in spelling."""
    found, writings = ended_states()
    exact = writings.get(close(text)) or (writings.get(number_key(text)) if number_key(text) else None)
    if exact:
        return tuple(found[code] for code in exact)
    near = ranked(text, states)
    if near and near[0][0] >= CLOSE and near[0][1][0] == "*":
        return (found[near[0][1][1:]],)
    return ()


def _told(old: tuple[Ended, ...], states: States) -> str:
    """What became of States that ended, in words: `Czechoslovakia ended in 1992; today: Czechia (CZE), Slovakia (SVK)`."""
    told = []
    for one in old:
        successors = ", ".join(state_label(code, states) for code in one.successors if code in states)
        key = "state.ended_today" if successors else "state.ended"
        told.append(texts.text(key, name=one.name, year=one.ended, states=successors))
    return "; ".join(told)
