"""Editions of a questionnaire: which leads to which, and what became of each question on the way (crosswalk.csv)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from analysis.instrument import Instrument

#: Kinds of a crosswalk row that lead from one question to one.
ONE_TO_ONE = ("same", "reworded")


def sources_of(instrument: Instrument, earlier: Instrument) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Question -> (kind, earlier questions) for every question of an instrument.

    Within one instrument every question is the same. A question that the crosswalk does not name is new.
    """
    questions = instrument.questions["question"].tolist()
    if instrument.id == earlier.id:
        return {question: ("same", (question,)) for question in questions}
    rows = [r for r in instrument.crosswalk.to_dict("records") if r["from_instrument"] in ("", earlier.id)]
    known = set(earlier.questions["question"])
    led: dict[str, list[dict]] = {}
    for row in rows:
        if row["from_question"] in known:
            led.setdefault(row["to_question"], []).append(row)
    found = {}
    for question in questions:
        here = led.get(question, [])
        kind = here[0]["kind"] if here else "new"
        found[question] = ("merged" if len(here) > 1 else kind, tuple(dict.fromkeys(row["from_question"] for row in here)))
    return found


def leads_from(instrument: Instrument, known: Mapping[str, Instrument]) -> list[str]:
    """The editions that an instrument's crosswalk leads from directly, of those that are known, in the order of its rows."""
    named = dict.fromkeys(instrument.crosswalk["from_instrument"])
    return [name for name in named if name in known and name != instrument.id]


def way_back(instrument: Instrument, earlier: str, known: Mapping[str, Instrument]) -> list[str]:
    """The shortest chain of editions from an instrument back to an earlier one, both ends included; empty where none leads there."""
    waiting, seen = [[instrument.id]], {instrument.id}
    while waiting:
        way = waiting.pop(0)
        if way[-1] == earlier:
            return way
        for name in leads_from(known.get(way[-1], instrument), known):
            if name not in seen:
                seen.add(name)
                waiting.append([*way, name])
    return []


def forerunners(instrument: Instrument, earlier: str, known: Mapping[str, Instrument]) -> dict[str, tuple[str, str]]:
    """Question -> (kind, question of an earlier edition), where one question led to one all the way: `same`, or `reworded` on the way.

    Raises
    ------
    KeyError
        If no crosswalk leads from the earlier edition to this one.
    """
    way = way_back(instrument, earlier, known)
    if not way:
        raise KeyError(f"no crosswalk leads from {earlier} to {instrument.id}")
    found = {question: ("same", question) for question in instrument.questions["question"]}
    for later, before in itertools.pairwise(way):
        step = sources_of(known.get(later, instrument), known[before])
        led = {}
        for question, (kind, at) in found.items():
            here, sources = step[at]
            if here in ONE_TO_ONE and len(sources) == 1:
                led[question] = ("same" if kind == here == "same" else "reworded", sources[0])
        found = led
    return found


def linked(known: Mapping[str, Instrument], used: Iterable[str], instrument: str) -> tuple[str, ...]:
    """The editions in use that belong together with an instrument, oldest first; the instrument alone where none does.

    Of editions that lead to several later ones, the line of the one with the longest way back is taken.
    """
    used = [name for name in used if name in known]
    lines = {name: [e for e in used if e != name and way_back(known[name], e, known)] for name in used}
    of_it = [name for name in used if instrument in (name, *lines[name])]
    if not of_it:
        return (instrument,)
    latest = max(of_it, key=lambda name: (len(lines[name]), name))
    return tuple(sorted((*lines[latest], latest), key=lambda name: (-len(way_back(known[latest], name, known)), name)))
