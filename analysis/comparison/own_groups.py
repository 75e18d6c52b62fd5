"""Groups of States that users put together and save by name: how one is kept, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.states import States

#: The kind of record they are kept as.
KIND = "group"
LONGEST = 80  # characters of a name


def tidy(name: str) -> str:
    """A name in one line, without spaces around it."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def wrong(name: str, codes: Iterable[str], states: States, key: str = "") -> str:
    """What keeps a group from being saved: `name-missing`, `name-long`, `name-taken`, `members-missing`; "" for nothing.

    states: with the groups that there are. key: of the group that is changed, "" for a new one.
    """
    name = tidy(name)
    if not name:
        return "name-missing"
    if len(name) > LONGEST:
        return "name-long"
    if name.casefold() in {other.casefold() for one, other in states.own_names.items() if one != key}:
        return "name-taken"
    return "" if any(code in states for code in codes) else "members-missing"


def body(name: str, codes: Iterable[str], states: States) -> dict[str, object]:
    """A group as it is kept: name, and members in the order of their codes."""
    return {"name": tidy(name), "members": sorted({code for code in codes if code in states})}


def kept(records: pd.DataFrame) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Key -> (name, codes), by name. records: as `Store.records` gives them; a body that is none of a group is passed over."""
    found = {}
    for key, value in zip(records["key"], records["body"], strict=True):
        name, members = value.get("name"), value.get("members")
        if isinstance(name, str) and tidy(name) and isinstance(members, list) and ":" not in key:
            found[key] = (tidy(name), tuple(code for code in members if isinstance(code, str)))
    return dict(sorted(found.items(), key=lambda item: (item[1][0].casefold(), item[0])))
