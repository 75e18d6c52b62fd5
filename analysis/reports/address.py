"""What the address of a page asks for and the page does not have, in one sentence. Nothing of the address itself is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.reports.sentences import joined
from analysis.texts import text


@dataclass(frozen=True)
class Missed:
    """A choice that the address asks for in vain. label: what the control is called. name: what the known one of its codes means ("" for codes
    that stand for nothing here). shown: what the control says now, "" where there is none in sight. some: whether the rest of a choice of
    several is kept."""

    label: str
    name: str
    shown: str
    some: bool = False


def missed_sentence(missed: Sequence[Missed], language: str = "en") -> str:
    """All that is asked for in vain, in one sentence; "" for nothing."""
    if not missed:
        return ""
    asked = joined([_asked(one, language) for one in missed], language)
    if len(missed) > 1:
        return text("address.missed.several", language, asked=asked)
    one = missed[0]
    kind = "some" if one.some else "instead" if one.shown else "left_out"
    return text(f"address.missed.{kind}", language, asked=asked, shown=one.shown)


def _asked(one: Missed, language: str) -> str:
    """The control by its name, and what was asked for where that is known."""
    if one.name:
        return text("address.asked.known", language, label=one.label, name=one.name)
    return text("address.asked", language, label=one.label)
