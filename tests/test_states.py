"""States and their groups: 193 real ones, an office's own, or fictional ones; never mixed."""

import pytest

from analysis.states import load_states


def written(folder, **files: str):
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".csv").write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path):
    """Two States of a reference, an office's own third, and one of a sample."""
    return written(
        tmp_path,
        reference__states="iso3,name_en,name_fr,m49_region,m49_subregion,un_regional_group\nQMA,Quince,Coing,East,Far East,One\n"
        "QMB,Apple,,West,,One\n",
        local__states="iso3,name,region\nQMC,Medlar,East\n",
        reference__organizations="organization,iso3\nOrchard,QMA\nOrchard,QMZ\n",
        local__groups="organization,iso3\nOrchard,QMA\nOrchard,QMC\n",
        sample__states="iso3,name_en,region\nQMX,Sloe,Isles\n",
    )


def test_the_reference_holds_193_states_and_no_fictional_one():
    table = load_states().table
    real = table[~table["iso3"].str.startswith(("QM", "X"))]
    assert len(real) == real["iso3"].nunique() == 193
    assert not table["fictional"].any()


def test_the_sample_holds_fictional_states_only_with_user_assigned_codes():
    table = load_states(sample=True).table
    assert len(table) == 24
    assert table["fictional"].all()
    assert table["iso3"].between("QMA", "QZZ").all()


def test_an_office_adds_states_of_its_own(data):
    states = load_states(data=data)
    assert states.table["iso3"].tolist() == ["QMB", "QMC", "QMA"]  # by name: Apple, Medlar, Quince
    assert "QMC" in states and "QMX" not in states
    assert states.name("QMC") == "Medlar"


def test_an_offices_row_replaces_the_references(data):
    written(data, local__states="iso3,name_en,region\nQMA,Quince Islands,South\n")
    states = load_states(data=data)
    assert states.name("QMA") == "Quince Islands"
    assert states.members("region:South") == {"QMA"}


def test_a_name_stands_in_english_where_a_language_lacks_it_and_an_unknown_code_for_itself(data):
    states = load_states(data=data)
    assert [states.name(c, "fr") for c in ("QMA", "QMB", "QMC", "QMQ")] == ["Coing", "Apple", "Medlar", "QMQ"]
    assert states.name("QMA", "es") == "Quince"


def test_groups_hold_known_states_each_once(data):
    states = load_states(data=data)
    assert states.members("region:East") == {"QMA", "QMC"}
    assert states.members("subregion:Far East") == {"QMA"}
    assert states.members("regional_group:One") == {"QMA", "QMB"}
    assert states.members("organization:Orchard") == {"QMA", "QMC"}
    assert (states.groups.value_counts() == 1).all()
    assert states.members("region:Nowhere") == states.members("Nowhere") == set()
    assert states.members("") == {"QMA", "QMB", "QMC"}


def test_the_sample_takes_nothing_from_the_office(data):
    states = load_states(sample=True, data=data)
    assert states.table["iso3"].tolist() == ["QMX"]
    assert set(states.groups["kind"]) == {"region"}


def test_without_any_file_there_are_no_states(tmp_path):
    states = load_states(data=tmp_path)
    assert len(states.table) == len(states.groups) == 0
    assert "QMA" not in states and states.members("") == set()
