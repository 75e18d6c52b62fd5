"""What people write down beside the returns: the newest of a key counts, nothing is lost, all of it or none."""

import pytest
import sqlalchemy as sa

from analysis.store.schema import metadata


def test_the_newest_record_of_each_key_counts_and_none_is_lost(store):
    assert store.records("weights").empty
    assert store.records("weights").columns.tolist() == ["key", "body", "saved_by", "saved_at", "first_saved_at"]
    store.save_records("weights", {"equal": {"IED.U": 1}, "threat": {"IED.U": 2.5}}, "ana")
    store.save_records("weights", {"threat": {"IED.U": 3, "note": "été"}}, "ben")
    store.save_records("lesson", {"equal": {}}, "ben")
    assert store.records("weights")[["key", "body", "saved_by"]].to_numpy().tolist() == [
        ["equal", {"IED.U": 1}, "ana"],
        ["threat", {"IED.U": 3, "note": "été"}, "ben"],
    ]
    assert store.records("lesson")["body"].tolist() == [{}]
    assert [b["IED.U"] for b in store.record_history("weights", "threat")["body"]] == [2.5, 3]
    assert str(store.records("weights")["saved_at"].dtype) == "datetime64[us, UTC]"


def test_a_record_taken_back_is_no_longer_offered_and_still_told(store):
    store.save_records("group", {"mine": {"states": ["QMA", "QMB"]}}, "ana")
    store.save_records("group", {"mine": None}, "ben")
    assert store.records("group").empty
    assert store.record_history("group", "mine")[["body", "saved_by"]].to_numpy().tolist() == [
        [{"states": ["QMA", "QMB"]}, "ana"],
        [None, "ben"],
    ]
    store.save_records("group", {"mine": {"states": ["QMC"]}}, "ana")
    assert store.records("group")["body"].tolist() == [{"states": ["QMC"]}]


def test_records_are_told_in_the_trail_and_leave_the_version_alone(store):
    before = store.version()
    store.save_records("weights", {"a": {}, "b": {}}, "ana")
    assert store.audit()[["actor", "action", "detail"]].to_numpy().tolist() == [["ana", "save-weights", "a, b"]]
    assert store.version() == before, "no answer has changed"
    store.save_records("weights", {}, "ana")
    assert len(store.audit()) == 1


@pytest.mark.parametrize(
    "kind, bodies, told",
    [
        ("", {"a": {}}, "1 to 40"),
        ("k" * 41, {"a": {}}, "1 to 40"),
        ("k", {"good": {}, "": {}}, "1 to 200"),
        ("k", {"good": {}, " a": {}}, "without spaces"),
        ("k", {"good": {}, "x" * 201: {}}, "1 to 200"),
        ("k", {"good": {}, "a": [1]}, "no table of names and values"),
        ("k", {"good": {}, "a": {"x": {1, 2}}}, "can't be kept"),
        ("k", {"good": {}, "a": {"x": float("nan")}}, "JSON"),
    ],
)
def test_what_is_no_record_is_refused_and_nothing_of_it_is_kept(store, kind, bodies, told):
    with pytest.raises(ValueError, match=told):
        store.save_records(kind, bodies, "ana")
    with store._engine.begin() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(metadata.tables["records"])) == 0
