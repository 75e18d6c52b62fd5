"""Who may see what: one function decides. For now the local mode: one analyst on this machine, nobody else.

Roles and sign-in come later; every loader already takes the scope, so that what one reader may not see is never
served to another.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.model import Panel

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Scope:
    """What a reader may see. Hashable: part of every cache key. role: `analyst` sees the office's whole store."""

    role: str
    audience: str = ""


class AccessRefused(Exception):
    """The app would be open to others than the one it is meant for. `reason` is a key of data/texts."""

    def __init__(self, reason: str, found: str):
        super().__init__(reason)
        self.reason, self.found = reason, found


def local_scope(address: str | None) -> Scope:
    """The scope of the local mode: whoever sits at this machine.

    Raises
    ------
    AccessRefused
        If the server listens on anything but loopback: without sign-in every visitor would see every return.
    """
    if (address or "").strip("[]") not in LOOPBACK:
        raise AccessRefused("access.not_local", address or "0.0.0.0")
    return Scope("analyst")


def may_review(scope: Scope) -> bool:
    """Whether a reader may see where returns stand and what was done with them, and decide on them. Fails closed."""
    return scope.role == "analyst"


def visible(panel: Panel, scope: Scope) -> Panel:
    """The part of a panel that a reader may see. Fails closed: an unknown role sees nothing."""
    if scope.role == "analyst":
        return panel
    return panel.where([])
