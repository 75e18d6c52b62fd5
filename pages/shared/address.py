"""What the address asks for and the page does not have: told in one notice at the head of the page, never answered with something else
in silence. The notice stays until the reader chooses in that control or goes elsewhere; nothing unknown of the address is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analysis.reports.address import Missed, missed_sentence


@dataclass
class _Asked:
    """What a control was asked for in vain: the text of the address, and what the control fell back on."""

    raw: str
    value: object = None


def arrive(*, anew: bool) -> None:
    """A run of a page begins. anew: whether the reader comes from another page, or from outside."""
    st.session_state["address.told"], st.session_state["address.say"] = {}, None
    if anew:
        st.session_state["address.asked"] = {}


def told_by(say: Callable[[str], object]) -> None:
    """From now on the notice stands where `say` puts it; each call of it takes the place of the one before."""
    st.session_state["address.say"] = say
    _say()


def asked(key: str, raw: str | None, *, missed: bool) -> None:
    """A control has looked at the address. missed: whether something that this asks for is not among its choices."""
    _kept("asked").pop(key, None)
    if missed and raw is not None:
        _kept("asked")[key] = _Asked(raw)


def shown(
    key: str, label: str, value: object, words: Callable[[], str], name: Callable[[str], str] | None, *, some: bool = False
) -> None:
    """What a control says now; where the address asked it for something else in vain, that is told.

    words: the value in words. name: what a code of the address means that is known and no choice here, "" for any other.
    """
    found = _kept("asked").get(key)
    if found is None:
        return
    if found.value is None:
        found.value = value
    if found.value != value:  # the reader has chosen since
        del _kept("asked")[key]
    else:
        _kept("told")[key] = Missed(label, name(found.raw) if name else "", words(), some)
    _say()


def _kept(name: str) -> dict:
    return st.session_state.setdefault(f"address.{name}", {})


def _say() -> None:
    """The notice anew, of what this run of the page has told and nobody has chosen anew since."""
    say, asked = st.session_state.get("address.say"), _kept("asked")
    told = [one for key, one in _kept("told").items() if key in asked]
    if say is not None and told:
        say(missed_sentence(told))
