"""Registers in words: the table of what is kept, and what bringing rows in would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analysis import texts
from analysis.instrument import Instrument
from analysis.registers import Column, Register
from analysis.states import States


def register_table(
    register: Register, records: pd.DataFrame, instrument: Instrument, states: States, language: str = "en"
) -> pd.DataFrame:
    """What is kept of a register, a row each, the newest first.

    Parameters
    ----------
    records: as `Store.records` gives them.

    Returns
    -------
    key, name (of the State, where the register has one), the register's columns in words (lists joined by "; "; `iso3`, `measure`, `question` and
    `level` stay codes), measure_name where it has a measure, question_text where it has a question, saved_by, saved_at. A row kept without a text
    that is needed says so: it was not always needed.
    """
    unsaid = {c.name: texts.text("registers.not_said", language) for c in register.columns if c.needed and c.type == "text"}
    rows = [
        {
            "key": key,
            **unsaid,
            **described(register, body, instrument, states, language),
            "saved_by": by,
            "saved_at": f"{at:%Y-%m-%d %H:%M}",
        }
        for key, body, by, at in records[["key", "body", "saved_by", "saved_at"]].itertuples(index=False)
    ]
    table = pd.DataFrame(rows, columns=["key", *columns(register), "saved_by", "saved_at"])
    return table.sort_values(["saved_at", "key"], ascending=[False, True], kind="stable").reset_index(drop=True)


def columns(register: Register) -> list[str]:
    """The columns a register's table shows, names in front."""
    names = [column.name for column in register.columns if column.name != "id"]
    if "iso3" in names:
        names.insert(0, "name")
    if "measure" in names:
        names.insert(names.index("measure") + 1, "measure_name")
    if "question" in names:
        names.insert(names.index("question") + 1, "question_text")
    return names


def described(
    register: Register, body: Mapping[str, object], instrument: Instrument, states: States, language: str = "en"
) -> dict[str, object]:
    """One row in words."""
    found = {c.name: words(c, body[c.name], instrument, states, language) for c in register.columns if c.name in body}
    if "iso3" in body:
        found["name"] = states.name(str(body["iso3"]), language)
    if "measure" in body:
        found["measure_name"] = node_name(instrument, str(body["measure"]), language)
    if "question" in body:
        found["question_text"] = instrument.question_text(str(body["question"]), language)
    return found


def words(column: Column, value: object, instrument: Instrument, states: States, language: str = "en") -> object:
    """A value in words."""
    if column.type in ("choice", "choices"):
        values = value if column.type == "choices" else [value]
        return "; ".join(texts.word(column.vocabulary, one, language) for one in values)
    if column.type == "places":
        return "; ".join(one.partition(":")[2] or states.name(one, language) for one in value)
    if column.type == "submodules":
        return "; ".join(instrument.submodule_name(one, language) for one in value)
    if column.type == "measures":
        return "; ".join(f"{one} {node_name(instrument, one, language)}" for one in value)
    return value


def node_name(instrument: Instrument, node: str, language: str = "en") -> str:
    """A measure's name; its id where this instrument does not have it."""
    return instrument.node_name(node, language) if node in instrument.node_number else node


def coming(register: Register, rows: Iterable, kept: pd.DataFrame) -> pd.Series:
    """For each row that was read: `new`, `alike`, `changed` or `same` against what is kept (`Store.records`).

    `alike`: it would be a further row, and one that is kept under another reference says the same in every column that is needed, but for
    the status. Whether it is that row or another one is for people to say.
    """
    before = dict(kept[["key", "body"]].itertuples(index=False))
    about = [column.name for column in register.columns if column.needed and column.name != "status"]
    said = {_about(about, body) for body in before.values()}
    found = []
    for row in rows:
        if row.key in before:
            found.append("same" if before[row.key] == row.body else "changed")
        else:
            found.append("alike" if _about(about, row.body) in said else "new")
    return pd.Series(found, dtype="str")


def _about(names: Iterable[str], body: Mapping[str, object]) -> tuple:
    values = (body.get(name) for name in names)
    return tuple(tuple(sorted(value)) if isinstance(value, list) else value for value in values)


def coming_sentence(outcome: pd.Series, language: str = "en") -> str:
    """How many rows can be kept, what that would change, and how many would be kept beside one like them. outcome: as `coming` gives it."""
    counts = {name: int((outcome == name).sum()) for name in ("new", "alike", "changed", "same")}
    counts["new"] += counts["alike"]
    told = texts.counted("registers.read", len(outcome), language, **{k: n for k, n in counts.items() if k != "alike"})
    return told if not counts["alike"] else f"{told} {texts.counted('registers.alike', counts['alike'], language)}"


def rows_table(
    register: Register, rows: Iterable, outcome: pd.Series, instrument: Instrument, states: States, language: str = "en"
) -> pd.DataFrame:
    """Rows that were read, in words, with what keeping each would come to (`coming`) and where it stands in its file."""
    told = [described(register, row.body, instrument, states, language) for row in rows]
    found = pd.DataFrame(told, columns=columns(register))
    said = [texts.text(f"registers.outcome.{one}", language) for one in outcome]
    return found.assign(registers_outcome=said, registers_place=[row.place for row in rows])
