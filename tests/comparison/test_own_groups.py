"""Groups that users put together: what may be saved, how it is kept, and how the States know of it."""

import pandas as pd
import pytest

from analysis.comparison import own_groups
from analysis.states import MINE
from tests import tiny

STATES = tiny.states(QMA="Quince Republic", QMB="Medlar Isles", QMC="Persimmon Federation")
KNOWN = STATES.with_own({"k1": ("Small islands", ["QMB", "QMZ"]), "k2": ("Orchards", ["QMA", "QMC"])})


def test_own_groups_are_groups_like_any_other_and_go_by_their_key():
    assert KNOWN.members("mine:k1") == {"QMB"}  # QMZ is no State here
    assert KNOWN.members("mine:k2") == {"QMA", "QMC"} and KNOWN.members("mine:Orchards") == set()
    assert KNOWN.group_name("mine:k1") == "Small islands" and KNOWN.group_name("region:Africa") == "Africa"
    assert KNOWN.group_name("mine:gone") == "gone"
    assert set(KNOWN.groups["kind"]) == {MINE} and STATES.groups.empty


@pytest.mark.parametrize(
    ("name", "codes", "key", "said"),
    [
        ("Neighbours", ["QMA"], "", ""),
        ("  \n ", ["QMA"], "", "name-missing"),
        ("x" * 81, ["QMA"], "", "name-long"),
        ("small ISLANDS ", ["QMA"], "", "name-taken"),
        ("Small islands", ["QMA"], "k1", ""),  # its own name
        ("Orchards", ["QMA"], "k1", "name-taken"),
        ("Neighbours", [], "", "members-missing"),
        ("Neighbours", ["QMZ"], "", "members-missing"),
    ],
)
def test_what_keeps_a_group_from_being_saved(name, codes, key, said):
    assert own_groups.wrong(name, codes, KNOWN, key) == said


def test_a_group_is_kept_tidy():
    assert own_groups.body(" Two\n\x00 lines ", ["QMC", "QMA", "QMZ", "QMA"], STATES) == {
        "name": "Two lines",
        "members": ["QMA", "QMC"],
    }


def test_what_is_kept_is_read_by_name_and_what_is_no_group_is_passed_over():
    bodies = {
        "b": {"name": "beta", "members": ["QMA"]},
        "a": {"name": "Gamma", "members": ["QMB", 7]},
        "c": {"name": "alpha", "members": []},
        "d": {"name": "", "members": ["QMA"]},
        "e": {"members": ["QMA"]},
        "f": {"name": "x", "members": "QMA"},
        "g:h": {"name": "y", "members": ["QMA"]},
    }
    records = pd.DataFrame({"key": list(bodies), "body": list(bodies.values())})
    assert dict(own_groups.kept(records)) == {"c": ("alpha", ()), "b": ("beta", ("QMA",)), "a": ("Gamma", ("QMB",))}
    assert list(own_groups.kept(records)) == ["c", "b", "a"]
