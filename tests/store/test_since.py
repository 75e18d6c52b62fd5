"""The store as it was at a step, and what came after it."""

import numpy as np


def test_the_panel_of_a_step_is_what_counted_then(store, instrument, put):
    assert store.newest_step() == 0 and store.steps_since(0).empty
    put({"sea": (1, 1)})
    first = store.newest_step()
    store.set_step(1, "validated", "ben")
    validated = store.newest_step()
    put({"sea": (2, 2), "land": (3, 3, 3)})
    put({"sea": (0, 0)}, iso3="QMB")
    now = store.newest_step()
    assert first < validated < now
    for step, parts in ((first, ["submitted"]), (validated, ["validated"])):
        panel = store.panel(instrument, until=step)
        assert panel.codes[:, :2].tolist() == [[1, 1]] and panel.parts["step"].tolist() == parts
    assert np.array_equal(store.panel(instrument, until=now).codes, store.panel(instrument).codes)
    store.set_step(3, "sent_back", "ben", "wrong year")
    assert store.panel(instrument).index["iso3"].tolist() == ["QMA"]
    assert store.panel(instrument, until=now).index["iso3"].tolist() == ["QMA", "QMB"]  # it was not sent back yet
    assert len(store.panel(instrument, until=0)) == 0


def test_steps_since_a_number_tell_what_came_in_and_what_was_decided(store, put):
    put({"sea": (1, 1)})
    mark = store.newest_step()
    put({"sea": (2, 2)}, iso3="QMB")
    store.set_step(1, "validated", "ben")
    found = store.steps_since(mark)
    assert found[["return_id", "iso3", "step", "changed_by", "first"]].to_numpy().tolist() == [
        [2, "QMB", "submitted", "ana", True],
        [1, "QMA", "validated", "ben", False],
    ]
    assert found["step_id"].is_monotonic_increasing and store.steps_since(store.newest_step()).empty
    store.save_records("visit", {"ana": {"step": mark}}, "ana")
    assert store.newest_step() == found["step_id"].max()  # a mark is no step
