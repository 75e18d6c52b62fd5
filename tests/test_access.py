"""Who may see what: this machine only until sign-in exists, and nothing for a role nobody knows."""

import pytest

from analysis.access import AccessRefused, Scope, local_scope, visible
from tests import tiny


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_this_machine_is_the_analysts(address):
    assert local_scope(address) == Scope("analyst")


@pytest.mark.parametrize(
    "address", [None, "", "0.0.0.0", "::", "[::]", "192.168.1.4", "127.0.0.1.example.org", "localhost.example.org"]
)
def test_any_other_address_is_refused_with_the_reason(address):
    with pytest.raises(AccessRefused) as refused:
        local_scope(address)
    assert refused.value.reason == "access.not_local"
    assert refused.value.found == (address or "0.0.0.0")


def test_the_analyst_sees_the_whole_store():
    panel = tiny.panel(("QMA", tiny.FULL), ("QMB", tiny.FULL))
    assert visible(panel, Scope("analyst")) is panel


@pytest.mark.parametrize("role", ["", "donor", "Analyst", "admin"])
def test_an_unknown_role_sees_nothing(role):
    found = visible(tiny.panel(("QMA", tiny.FULL), ("QMB", tiny.FULL)), Scope(role, "donors"))
    assert len(found) == 0
    assert found.codes.shape == (0, 9)


def test_scopes_are_keys_of_a_cache():
    assert len({Scope("analyst"), Scope("analyst"), Scope("donor"), Scope("donor", "donors")}) == 3
