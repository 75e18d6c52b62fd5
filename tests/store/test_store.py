"""What goes in comes out: bytes, answers with their cells, problems, people, consent, trail."""

import datetime as dt
import hashlib
import re
from dataclasses import replace

import pandas as pd
import pytest
import sqlalchemy as sa

from analysis.model import Answer, Consent, Contributor, Problem, Return, Status
from analysis.store import Stored, WrongSchema, WrongStates, open_store
from analysis.store.schema import APPEND_ONLY, metadata
from tests.store.worlds import coast_return

MANY = dict.fromkeys(("by", "file_name"), "x")


def test_a_return_gives_back_its_bytes_answers_problems_people_and_consent(store, instrument):
    answers = (
        Answer("SEA.A.2", Status.DONT_KNOW, "?", "Sea", "D9", comment="ask the harbour"),
        Answer("SEA.A.1", 2, "most", "Sea", "D8", 3, "Act 7", "since May", ""),
    )
    value = Return(
        "coast", "QMA", "", "2026-H2", "visit", ("sea",), answers, dt.date(2026, 7, 1), dt.date(2026, 7, 9), "fr",
        (Contributor("Harbour office", "customs_border", "SEA.A"), Contributor("Coast guard")),
        (Consent("donors", "scores", "Minister", dt.date(2026, 8, 1), None),),
    )  # fmt: skip
    problem = Problem("qma.xlsx", "Sea", "D9", "answer-not-allowed", "?", "0-3", "SEA.A.2", "repair", "Don't know")
    stored = store.add(value, [problem], file_name="qma.xlsx", content=b"bytes\x00\xff", instrument=instrument, by="ana")
    assert stored == Stored(1, "stored")
    assert store.original(1) == ("qma.xlsx", b"bytes\x00\xff")
    rows = store.answers(1)
    assert rows[["question", "submodule", "code", "option", "found", "sheet", "cell"]].to_numpy().tolist() == [
        ["SEA.A.1", "sea", 2, "most", "most", "Sea", "D8"],
        ["SEA.A.2", "sea", -3, "", "?", "Sea", "D9"],
    ]
    assert rows["evidence_grade"].tolist() == [3, pd.NA]
    assert rows["evidence"].tolist() == ["Act 7", ""] and rows["comment"].tolist() == ["since May", "ask the harbour"]
    assert store.problems(1).to_dict("records") == [
        {
            "file": "qma.xlsx", "sheet": "Sea", "cell": "D9", "code": "answer-not-allowed", "found": "?", "allowed": "0-3",
            "question": "SEA.A.2", "severity": "repair", "suggestion": "Don't know",
        }
    ]  # fmt: skip
    assert store.contributors(1).to_numpy().tolist() == [["Harbour office", "customs_border", "SEA.A"], ["Coast guard", "", ""]]
    consent = store.consents(1).iloc[0]
    assert consent[["audience", "tier", "given_by"]].tolist() == ["donors", "scores", "Minister"]
    assert consent["given_on"] == pd.Timestamp("2026-08-01") and consent["expires_on"] is pd.NaT


def test_the_history_says_what_each_return_holds(store, put):
    before = pd.Timestamp.now("UTC").floor("s")
    put({"sea": (3, Status.NA_JUSTIFIED), "land": (0, Status.BLANK, Status.NOT_ASKED)}, content=b"one", organization="Navy")
    put({"land": (1, 1, 1)}, reading="visit", round_="2024")
    table = store.returns()
    assert table["return_id"].tolist() == [2, 1]
    first = table.iloc[1]
    assert first[["file", "instrument", "iso3", "organization", "round", "reading", "step", "imported_by"]].tolist() == [
        "QMA.xlsx", "coast", "QMA", "Navy", "2026", "self", "submitted", "ana",
    ]  # fmt: skip
    assert first["sha256"] == hashlib.sha256(b"one").hexdigest()
    assert first[["submodules", "counts", "standing", "superseded_by"]].tolist() == ["sea, land", "sea, land", "counts", ""]
    assert first[["asked", "applicable", "answered", "problems"]].tolist() == [4, 3, 2, 0]
    assert before <= first["received_at"] <= pd.Timestamp.now("UTC")


def test_the_types_of_a_table_do_not_depend_on_what_it_holds(store, put):
    empty = store.returns(), store.parts(), store.audit(), store.existing("no such hash")
    put({"sea": (3, 3)})
    full = store.returns(), store.parts(), store.audit(), store.existing(store.returns()["sha256"].iloc[0])
    for before, after in zip(empty, full, strict=True):
        assert len(before) == 0 and len(after) == 1
        assert before.dtypes.to_dict() == after.dtypes.to_dict()
    assert str(full[0]["received_at"].dtype) == "datetime64[us, UTC]" and str(full[1]["superseded_by"].dtype) == "Int64"
    for table in (store.problems(1), store.contributors(1)):
        assert len(table) == 0 and {str(t) for t in table.dtypes} == {"str"}
    assert store.consents(1)["given_on"].dtype == "datetime64[us]"


def test_the_same_bytes_are_one_return_and_said_so(store, instrument):
    value = coast_return({"sea": (3, 3)})
    how = {"content": b"same", "instrument": instrument, "by": "ana"}
    assert store.add(value, [], file_name="a.xlsx", **how) == Stored(1, "stored")
    version = store.version()
    assert store.add(value, [], file_name="copy of a.xlsx", **how) == Stored(1, "already")
    assert store.version() == version, "nothing a reader sees has changed"
    assert store.returns()["file"].tolist() == ["a.xlsx"]
    assert store.audit()["action"].tolist() == ["import", "import-again"]
    assert store.existing(hashlib.sha256(b"same").hexdigest())[["return_id", "file"]].to_numpy().tolist() == [[1, "a.xlsx"]]


def test_one_file_may_bring_many_returns_and_is_kept_once(store, instrument, put):
    put({"sea": (3, 3)}, content=b"flat table", iso3="QMA")
    put({"sea": (2, 2)}, content=b"flat table", iso3="QMB")
    put({"sea": (2, 2)}, content=b"flat table", iso3="QMB", reading="peer")
    assert store.existing(hashlib.sha256(b"flat table").hexdigest())["return_id"].tolist() == [1, 2, 3]
    with store._engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*), sum(size) FROM files").one() == (1, 10)


def test_steps_and_imports_leave_a_trail(store, put):
    put({"sea": (3, 3)})
    store.set_step(1, "sent_back", "ben", "two cells are unreadable")
    assert store.steps(1)[["step", "changed_by", "reason"]].to_numpy().tolist() == [
        ["submitted", "ana", ""],
        ["sent_back", "ben", "two cells are unreadable"],
    ]
    assert store.audit()[["audit_id", "actor", "action", "return_id", "detail"]].to_numpy().tolist() == [
        [1, "ana", "import", 1, "QMA.xlsx"],
        [2, "ben", "step:sent_back", 1, "two cells are unreadable"],
        [3, "ben", "counts-no-more", 1, "sea"],
    ]
    assert store.returns()["step"].tolist() == ["sent_back"]


def test_the_version_changes_with_an_import_and_with_a_step_and_with_nothing_else(store, put, tmp_path, instrument):
    seen = [store.version()]
    put({"sea": (3, 3)})
    seen.append(store.version())
    store.set_step(1, "validated", "ben")
    seen.append(store.version())
    store.returns(), store.panel(instrument), store.rebuild_vectors(instrument)
    assert len(set(seen)) == 3 and store.version() == seen[-1]
    other = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert other.version() != seen[0], "two empty stores are not the same store"
    other.close()


def test_the_newest_mapping_of_each_name_is_offered_and_none_is_lost(store):
    assert store.mappings().empty and store.mappings().columns.tolist() == ["name", "toml", "saved_by", "saved_at"]
    store.save_mapping("wide table", "head = 1", "ana")
    store.save_mapping(" coast list ", "head = 4", "ana")
    store.save_mapping("wide table", "head = 2", "ben")
    assert store.mappings()[["name", "toml", "saved_by"]].to_numpy().tolist() == [
        ["coast list", "head = 4", "ana"],
        ["wide table", "head = 2", "ben"],
    ]
    assert str(store.mappings()["saved_at"].dtype) == "datetime64[us, UTC]"
    with store._engine.begin() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(metadata.tables["mappings"])) == 3
    assert store.audit()[["actor", "action", "detail"]].to_numpy().tolist()[-1] == ["ben", "save-mapping", "wide table"]
    for name in ("", "  ", "x" * 201):
        with pytest.raises(ValueError, match="a name of 1 to 200 characters"):
            store.save_mapping(name, "", "ana")


def test_instruments_come_with_most_returns_first_and_of_as_many_the_newest(store, put, instrument):
    later = replace(instrument, id="coast-2027")

    def put_later(iso3):
        value = replace(coast_return({"sea": (3, 3)}, iso3=iso3), instrument=later.id)
        store.add(value, [], file_name="later.xlsx", content=iso3.encode(), instrument=later, by="ana")

    assert store.instruments() == []
    put({"sea": (3, 3)})
    assert store.instruments() == ["coast"]
    put({"sea": (3, 3)}, iso3="QMB")
    put_later("QMA")
    assert store.instruments() == ["coast", "coast-2027"]  # the first return to a new edition turns no page
    put_later("QMB")
    assert store.instruments() == ["coast-2027", "coast"]


@pytest.mark.parametrize("table", [t.name for t in APPEND_ONLY])
def test_rows_can_be_neither_changed_nor_taken_away(store, url, instrument, table):
    value = coast_return({"sea": (3, 3)}, contributors=(Contributor("x"),), consents=(Consent("donors", "scores"),))
    store.add(value, [Problem("a", "b", "c", "d", severity="note")], file_name="a", content=b"a", instrument=instrument, by="ana")
    store.save_mapping("wide table", "head = 1", "ana")
    store.save_records("lesson", {"L1": {"text": "x"}}, "ana")
    column, key = metadata.tables[table].columns.keys()[0], ", ".join(metadata.tables[table].primary_key.columns.keys())
    with store._writer.begin() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() >= 1
    statements = [
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if url.startswith("sqlite") else f"TRUNCATE {table} CASCADE",
    ]
    for statement in statements:
        with pytest.raises(sa.exc.DBAPIError, match="appended, never changed"), store._writer.begin() as connection:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("value", "problems", "told"),
    [
        (Return("other", "QMA", "", "2026", "self", ("sea",), ()), [], "a return of other"),
        (coast_return({"sea": (3, 3)}, round_="first"), [], "not a State, round and reading"),
        (coast_return({"sea": (3, 3)}, reading="guess"), [], "not a State, round and reading"),
        (coast_return({}), [], "sub-modules of coast"),
        (Return("coast", "QMA", "", "2026", "self", ("air",), ()), [], "sub-modules of coast"),
        (Return("coast", "QMA", "", "2026", "self", ("sea",), (Answer("SEA.A.1", 1),)), [], "not one answer for each"),
        (Return("coast", "QMA", "", "2026", "self", ("sea",), (Answer("SEA.A.1", 1),) * 2), [], "not one answer for each"),
        (coast_return({"sea": (3, 4)}), [], "SEA.A.2: 4 is neither an option nor a status"),
        (coast_return({"sea": (3, -8)}), [], "-8 is neither"),
        (coast_return({"sea": (3, 3)}), [Problem("a", "", "", "b", severity="stop")], "a problem stops this return"),
    ],
)
def test_what_is_not_whole_is_refused_and_leaves_nothing_behind(store, instrument, value, problems, told):
    with pytest.raises(ValueError, match=told):
        store.add(value, problems, file_name="a", content=b"a", instrument=instrument, by="ana")
    assert len(store.returns()) == 0 and len(store.audit()) == 0


def test_a_step_that_does_not_exist_and_a_return_that_does_not_exist_are_refused(store, put, instrument):
    put({"sea": (3, 3)})
    with pytest.raises(ValueError, match="a step is one of draft, submitted, validated, sent_back, withdrawn; found 'done'"):
        store.set_step(1, "done", "ana")
    with pytest.raises(ValueError, match="found 'done'"):
        put({"sea": (3, 3)}, step="done")
    for unknown in (lambda: store.set_step(2, "validated", "ana"), lambda: store.answers(2), lambda: store.original(2)):
        with pytest.raises(KeyError, match="no return 2"):
            unknown()
    assert store.steps(1)["step"].tolist() == ["submitted"]


def test_a_store_of_another_layout_is_not_opened(store, url):
    with store._writer.begin() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '99' WHERE name = 'schema'")
    with pytest.raises(WrongSchema, match="layout 99, made by a newer version of the software; this one knows layout 3"):
        open_store(url)


def test_a_database_of_something_else_is_not_touched(url):
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE meta (id INTEGER, value TEXT)")
    with pytest.raises(WrongSchema, match="a table `meta` that is not a store's"):
        open_store(url)
    assert sa.inspect(engine).get_table_names() == ["meta"]
    engine.dispose()


def test_a_new_store_makes_its_folder_and_closing_leaves_one_file(tmp_path, instrument):
    place = tmp_path / "deep" / "down" / "r.sqlite"
    store = open_store(f"sqlite:///{place}")
    store.add(coast_return({"sea": (3, 3)}), [], file_name="a", content=b"a", instrument=instrument, by="ana")
    store.close()
    assert [p.name for p in place.parent.iterdir()] == ["r.sqlite"]
    again = open_store(f"sqlite:///{place}")
    assert len(again.returns()) == 1
    again.close()


def test_no_order_of_rows_depends_on_the_language_of_the_database(store, put, instrument):
    seen = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda c, cursor, statement, *rest: seen.append(statement))
    put({"sea": (3, 3)})
    store.save_mapping("wide table", "head = 1", "ana")
    store.save_records("lesson", {"L1": {"text": "x"}}, "ana")
    store.records("lesson"), store.record_history("lesson", "L1")
    panel = store.panel(instrument)
    store.returns(), store.parts(), store.audit(), store.mappings(), store.instruments(), store.trace(panel, 0, "SEA.A.1")
    store.answers(1), store.problems(1), store.contributors(1), store.consents(1), store.steps(1), store.existing("x")
    kinds = {column.name: column.type.python_type for table in metadata.sorted_tables for column in table.columns}
    ordered = [by for text in seen for by in re.findall(r"ORDER BY ([^()]+?)(?:\n| LIMIT|$)", text)]
    assert len(ordered) >= 9
    assert {kinds[name] for by in ordered for name in re.findall(r"\w+\.(\w+)", by)} == {int}, "numbers only, never words"


def test_text_that_no_database_can_keep_is_marked_and_the_file_stays_as_it_was(store, instrument):
    answers = (Answer("SEA.A.1", 2, "most\0", "Sea", "D8", comment="é \ud800"), Answer("SEA.A.2", 1, "some", "Sea", "D9"))
    value = Return("coast", "QMA", "N\0vy", "2026", "self", ("sea",), answers, contributors=(Contributor("Office\0"),))
    how = {"file_name": "q\udcff.xlsx", "content": b"m\0st", "instrument": instrument, "by": "ana\0"}
    assert store.add(value, [], **how).outcome == "stored" and store.add(value, [], **how).outcome == "already"
    assert store.original(1) == ("q\ufffd.xlsx", b"m\0st")
    assert store.answers(1)[["found", "comment"]].to_numpy().tolist() == [["most\ufffd", "é \ufffd"], ["some", ""]]
    assert store.contributors(1)["organization"].tolist() == ["Office\ufffd"]
    assert store.returns()[["organization", "imported_by"]].to_numpy().tolist() == [["N\ufffdvy", "ana\ufffd"]]
    told = store.problems(1)[["sheet", "cell", "code", "found", "question", "severity"]].to_numpy().tolist()
    assert told == [["Sea", "D8", "character-replaced", "most\ufffd", "SEA.A.1", "note"]]
    assert store.trace(store.panel(instrument), 0, "SEA.A.1")["found"] == "most\ufffd"


def test_every_character_that_a_cell_can_hold_comes_back(store, instrument):
    text = (
        "'\"%s %(x)s :x ?;--\\n\t\n{}[],\u202e\u0000".replace("\0", "") + "".join(map(chr, range(0x20, 0x3000, 7))) + "\U0001f600"
    )
    value = Return("coast", "QMA", text[:190], "2026", "self", ("sea",), (
        Answer("SEA.A.1", 2, text, text, "D8", 3, text, text, text), Answer("SEA.A.2", -1)
    ))  # fmt: skip
    store.add(value, [], file_name=text, content=b"a", instrument=instrument, by=text)
    assert store.answers(1).iloc[0][["found", "sheet", "evidence", "comment", "na_reason"]].tolist() == [text] * 5
    assert store.returns().iloc[0][["file", "organization", "imported_by"]].tolist() == [text, text[:190], text]


def test_a_name_too_long_for_one_database_is_refused_by_both(store, instrument):
    how = {"file_name": "a", "content": b"a", "instrument": instrument, "by": "ana"}
    store.add(coast_return({"sea": (3, 3)}, organization="é" * 200), [], **how)
    with pytest.raises(ValueError, match="too long for a store"):
        store.add(coast_return({"sea": (3, 3)}, organization="é" * 201), [], **how)


def test_a_large_file_comes_back_byte_for_byte(store, instrument):
    content = bytes(range(256)) * 80_000  # 20 MB
    store.add(coast_return({"sea": (3, 3)}), [], file_name="a", content=content, instrument=instrument, by="ana")
    assert store.original(1)[1] == content


def test_an_address_of_postgresql_may_be_written_in_each_of_its_ways(postgresql):
    for start in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        store = open_store(postgresql.replace("postgresql://", start))
        assert store._engine.url.drivername == "postgresql+psycopg"
        store.close()
    with pytest.raises(ValueError, match=r"a file of SQLite .* or a database of PostgreSQL, not mysql"):
        open_store("mysql://localhost/returns")


def test_a_store_of_fictional_states_never_opens_for_real_ones_nor_the_reverse(tmp_path):
    for first in (True, False):
        url = f"sqlite:///{tmp_path / f'{first}.sqlite'}"
        open_store(url).close()  # unmarked: whoever names its States first marks it
        open_store(url, sample=first).close()
        with pytest.raises(WrongStates):
            open_store(url, sample=not first)
        open_store(url, sample=first).close()
