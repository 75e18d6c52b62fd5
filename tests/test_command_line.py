"""The command line as its callers meet it: exit codes, streams, formats. Most in process; what belongs to a process as one."""

import argparse
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis import desk
from analysis.__main__ import main, parser
from analysis.commands import scores as command
from analysis.commands import shared
from analysis.scores.rollup import REASONS
from tests import tiny

ROOT = Path(__file__).parents[1]
DOC = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
YARD = ROOT / "tests" / "instruments" / "yard-0-3"
HEADER = "iso3,organization,round,reading,question,answer,comment\n"


def yard_questions():
    return pd.read_csv(YARD / "questions.csv", keep_default_na=False)["question"].tolist()


def table(code="QMA", round_="2026", answers=None, organization=""):
    """A flat table that answers every question of the yard with 3, but for those given."""
    given = dict.fromkeys(yard_questions(), "3") | (answers or {})
    return "".join(f"{code},{organization},{round_},self,{q},{a},\n" for q, a in given.items())


@pytest.fixture(autouse=True)
def office(tmp_path, monkeypatch):
    """A folder with two further States, one table, and nothing of this computer's own."""
    for name in ("RETURNS_DATABASE", "RETURNS_STATES", "INSTRUMENTS", "ANALYSIS_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(desk, "VAR", tmp_path / "var")
    (tmp_path / "states.csv").write_text("iso3,name_en\nQMA,Quince Republic\nXAB,Medlar Isles\n", encoding="utf-8")
    (tmp_path / "good.csv").write_text(HEADER + table(), encoding="utf-8")
    return tmp_path


HERE = ["--states", "states.csv", "--instruments", str(YARD)]
STORE = ["--database", "sqlite:///office.sqlite"]


def bring(*paths, more=()):
    return main(["import", *paths, *HERE, *STORE, *more])


def scores(capsysbinary, *more):
    capsysbinary.readouterr()
    assert main(["scores", *HERE[2:], *STORE, *more]) == 0
    text = capsysbinary.readouterr().out
    return pd.read_csv(io.BytesIO(text), keep_default_na=False, na_values=[""], dtype={"round": str}, encoding="utf-8-sig")


def process(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "analysis", *arguments], capture_output=True, timeout=60, **options)


@pytest.fixture
def environment(office):
    return {**os.environ, "PYTHONPATH": str(ROOT), "RETURNS_VAR": str(office / "var")}


# Exit codes and streams


def test_a_file_without_problems_is_0_and_one_with_problems_is_1(office, capsys):
    assert main(["check", "good.csv", *HERE]) == 0
    (office / "bad.csv").write_text(HEADER + table(answers={yard_questions()[0]: "often"}), encoding="utf-8")
    assert main(["check", "bad.csv", *HERE]) == 1
    assert "repair bad.csv, F2: “often” is not an answer" in capsys.readouterr().out
    assert not (office / "office.sqlite").exists() and not (office / "var").exists()


@pytest.mark.parametrize("command", ["check", "import"])
def test_a_missing_file_is_2_and_nothing_is_read(command, capsys):
    assert main([command, "nowhere.xlsx", "good.csv", *HERE]) == 2
    assert capsys.readouterr() == ("", "Could not run: There is no such file or folder: nowhere.xlsx\n")


def test_an_empty_folder_is_2(office, capsys):
    (office / "empty").mkdir()
    assert main(["check", "empty", *HERE]) == 2
    assert "No file that could hold a return" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["scors"], ["scores", "--reading", "mine"], ["import"], ["scores", "--what-if", "x"]])
def test_a_wrong_call_is_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2 and "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "name,code\nx,y\n", "iso3,name_en\nA B,Two words\n"])
def test_a_file_of_states_that_is_none_is_2(office, capsys, text):
    (office / "states.csv").write_text(text, encoding="utf-8")
    assert main(["check", "good.csv", *HERE]) == 2
    told = capsys.readouterr().err
    assert told.startswith("Could not run: ") and "states.csv" in told and told.count("\n") == 1


def test_the_office_s_states_never_enter_the_demonstration(capsys):
    assert main(["check", "good.csv", "--demo", "--states", "states.csv"]) == 2


def test_a_broken_instrument_that_was_named_is_2_and_says_how_to_look(office, capsys):
    (office / "broken").mkdir()
    assert main(["check", "good.csv", "--instruments", "broken"]) == 2
    assert "There is no instrument in broken" in capsys.readouterr().err
    (office / "broken" / "instrument.toml").write_text("", encoding="utf-8")
    assert main(["check", "good.csv", "--instruments", "broken"]) == 2
    assert "instrument check broken" in capsys.readouterr().err
    assert main(["instrument", "check", "broken"]) == 1
    assert main(["instrument", "check", "broken", "--json"]) == 1


def test_a_pipe_gets_results_only_and_no_progress(office, environment):
    done = process("import", "good.csv", *HERE, *STORE, env=environment, cwd=office)
    line = f"good.csv: QMA 2026 self, {', '.join(submodules())}, "
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout.decode().startswith(line)
    done = process("scores", *HERE[2:], *STORE, env=environment, cwd=office)
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout.startswith("\ufeffiso3,organization,".encode())


def submodules():
    nodes = pd.read_csv(YARD / "nodes.csv", keep_default_na=False)
    return list(dict.fromkeys(s for s in nodes["submodule"] if s))


def test_a_terminal_sees_progress_that_is_gone_at_the_end(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(["check", "good.csv", *HERE]) == 0
    told = capsys.readouterr().err
    assert "\r1/1 good.csv" in told and told.split("\r")[-1] == "" and "\n" not in told


def test_an_unexpected_fault_is_one_line_and_2(monkeypatch, capsys):
    def fails(*_):
        raise ZeroDivisionError("by nothing\nand more")

    monkeypatch.setattr(desk, "found_files", fails)
    assert main(["check", "good.csv", *HERE]) == 2
    assert capsys.readouterr().err == "Could not run: by nothing (ZeroDivisionError; ANALYSIS_TRACEBACK=1 shows where)\n"


def test_a_file_that_can_not_be_written_is_2(office, capsys):
    bring("good.csv")
    assert main(["scores", *HERE[2:], *STORE, "--output", "no/such/folder.csv"]) == 2
    assert "No such file or directory: no/such/folder.csv" in capsys.readouterr().err


def test_a_reader_that_goes_away_gets_no_traceback(office, environment):
    bring("good.csv")
    arguments = [sys.executable, "-m", "analysis", "scores", *HERE[2:], *STORE]
    running = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=office)
    running.stdout.close()
    assert running.stderr.read() == b"" and running.wait(60) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="a signal of its own kind")
def test_stopping_an_import_leaves_whole_returns_and_no_traceback(office, environment):
    codes = [f"X{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDE"]
    (office / "many.csv").write_text("iso3,name_en\n" + "".join(f"{c},Land {c}\n" for c in codes), encoding="utf-8")
    tables = "".join(table(c, str(y)) for c in codes for y in range(2007, 2027))
    (office / "much.csv").write_text(HEADER + tables, encoding="utf-8")
    arguments = ["import", "much.csv", "--states", "many.csv", *HERE[2:], *STORE]
    running = subprocess.Popen(
        [sys.executable, "-m", "analysis", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=office,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background command ignores it
    )
    limit = time.monotonic() + 40
    while time.monotonic() < limit and stored(office) < 3:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (2, b"Stopped. Every return that was stored is whole.\n")
    assert 3 <= stored(office) < 1000
    store = desk.open_store(f"sqlite:///{office / 'office.sqlite'}")
    assert (store.returns()["asked"] == len(yard_questions())).all()
    store.close()


def stored(office):
    if not (office / "office.sqlite").exists():
        return 0
    try:
        store = desk.open_store(f"sqlite:///{office / 'office.sqlite'}")
    except Exception:
        return 0  # it is being made
    try:
        return len(store.returns())
    finally:
        store.close()


# The store's URL


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+nothing://ann:s3cr3t-pass@localhost/x",
        "postgresql://ann:s3cr3t-pass@127.0.0.1:1/x",
        "mysql://ann:s3cr3t-pass@localhost/x?password=s3cr3t-pass",
        "no url at all",
        "sqlite:///.",
        "ann:s3cr3t-pass@localhost",
    ],
)
@pytest.mark.parametrize("command", [["import", "good.csv", "--states", "states.csv"], ["scores"]])
def test_a_store_that_can_not_be_opened_is_2_without_its_password(url, command, capsys):
    assert main([*command, "--instruments", str(YARD), "--database", url]) == 2
    out, told = capsys.readouterr()
    assert out == "" and told.startswith("Could not run: The store ") and told.count("\n") == 1
    assert "s3cr3t-pass" not in told and "Traceback" not in told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("pg://ann:p:w@rd@host/x", "pg://ann:***@host/x"),
        ("pg://ann:p%40ss@host/x", "pg://ann:***@host/x"),
        ("pg://ann:x@host/x", "pg://ann:***@host/x"),
        ("ann:secret@host", "ann:***@host"),
        ("pg://host/x?user=ann&password=longer", "pg://host/x?user=ann&password=***"),
        ("sqlite:///a.sqlite", "sqlite:///a.sqlite"),
    ],
)
def test_a_password_is_not_told_in_any_writing(url, told):
    assert shared.without_password(url, url) == told


def test_a_file_that_is_no_store_is_2(office, capsys):
    (office / "office.sqlite").write_bytes(b"not a database, but long enough to look at" * 100)
    assert bring("good.csv") == 2
    assert "office.sqlite is not a store: the file holds something else" in capsys.readouterr().err


def test_scores_of_a_store_that_is_not_there_are_2_and_make_none(office, capsys):
    assert main(["scores", *STORE]) == 2
    assert not (office / "office.sqlite").exists() and "There is no such store yet" in capsys.readouterr().err


def test_the_environment_names_the_store_and_the_states(office, monkeypatch, capsys):
    monkeypatch.setenv("RETURNS_DATABASE", "sqlite:///elsewhere.sqlite")
    monkeypatch.setenv("RETURNS_STATES", "states.csv")
    monkeypatch.setenv("INSTRUMENTS", str(YARD))
    assert main(["import", "good.csv"]) == 0
    assert (office / "elsewhere.sqlite").exists()


# Import


def outcomes(capsys, *paths, more=()):
    capsys.readouterr()
    code = bring(*paths, more=[*more, "--json"])
    return code, [[r["outcome"] for r in file["returns"]] for file in json.loads(capsys.readouterr().out)]


def test_the_same_file_twice_is_said_so(capsys):
    assert outcomes(capsys, "good.csv") == (0, [["stored"]])
    assert outcomes(capsys, "good.csv") == (0, [["already"]])
    assert outcomes(capsys, "good.csv", "good.csv", more=["--dry-run"]) == (0, [["already"], ["already"]])


def test_a_dry_run_stores_nothing_and_says_what_would_become(office, capsys):
    assert outcomes(capsys, "good.csv", "good.csv", more=["--dry-run"]) == (0, [["new"], ["already"]])
    assert not (office / "office.sqlite").exists()
    bring("good.csv")
    (office / "later.csv").write_text(HEADER + table(answers={yard_questions()[0]: "0"}), encoding="utf-8")
    assert outcomes(capsys, "later.csv", more=["--dry-run"]) == (0, [["replaces"]])
    assert stored(office) == 1
    assert bring("later.csv", more=["--dry-run"]) == 0
    assert "-> dry run: replaces" in capsys.readouterr().out


def test_one_faulty_return_does_not_keep_the_others_of_its_file_out(office, capsys):
    (office / "both.csv").write_text(HEADER + table("QMA") + table("NOWHERE") + table("XAB"), encoding="utf-8")
    assert outcomes(capsys, "both.csv") == (1, [["stored", "cannot", "stored"]])
    assert bring("both.csv") == 1
    assert "both.csv: 2 returns, " in capsys.readouterr().out


def test_json_tells_returns_and_problems(office, capsys):
    question = yard_questions()[0]
    (office / "bad.csv").write_text(HEADER + table(answers={question: "often"}), encoding="utf-8")
    assert main(["check", "bad.csv", *HERE, "--json"]) == 1
    [file] = json.loads(capsys.readouterr().out)
    n = len(yard_questions())
    [one] = file["returns"]
    keys = ("iso3", "organization", "round", "reading", "instrument", "answered", "questions", "storable")
    assert [one[k] for k in keys] == ["QMA", "", "2026", "self", "yard-0-3", n - 1, n, True]
    assert "outcome" not in one and len(file["sha256"]) == 64
    [problem] = [p for p in file["problems"] if p["severity"] == "repair"]
    assert (problem["code"], problem["cell"], problem["found"], problem["question"]) == (
        "answer-not-allowed",
        "F2",
        "often",
        question,
    )


@pytest.fixture
def mixed(office):
    """A folder with returns at two depths, a zip with a nested folder, and everything that is none."""
    folder = office / "inbox"
    (folder / "south").mkdir(parents=True)
    (folder / "south" / "a.csv").write_text(HEADER + table("QMA", "2024"), encoding="utf-8")
    (folder / "b.csv").write_text(HEADER + table("QMA", "2025"), encoding="utf-8")
    (folder / "~$b.xlsx").write_bytes(b"\x05user" * 30)
    (folder / ".hidden.csv").write_text("x", encoding="utf-8")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.writestr("deep/er/c.csv", HEADER + table("XAB", "2024"))
        archive.writestr("../../d.csv", HEADER + table("XAB", "2025"))
        archive.writestr("__MACOSX/._c.csv", "junk")
        archive.writestr("~$c.xlsx", "junk")
        archive.writestr("readme.pdf", "junk")
        archive.writestr("inner.zip", "junk")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    (folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    return folder


def test_folders_and_zips_are_read_to_their_depth_and_junk_is_passed_over(office, mixed, capsys):
    assert bring("inbox", more=["--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    told = {f["file"]: [r["outcome"] for r in f["returns"]] or [p["code"] for p in f["problems"]] for f in found}
    assert told == {
        "b.csv": ["stored"],
        "broken.zip": ["damaged-zip"],
        "c.zip/../../d.csv": ["stored"],
        "c.zip/deep/er/c.csv": ["stored"],
        "c.zip/inner.zip": ["zip-in-zip"],
        "old.xls": ["damaged-workbook"],
        "south/a.csv": ["stored"],
    }
    assert not (office.parent / "d.csv").exists() and not (office / "d.csv").exists()


def test_two_files_at_once_and_who_imported(office, mixed, capsys):
    assert bring("inbox/b.csv", "good.csv", more=["--by", "the registry"]) == 0
    store = desk.open_store("sqlite:///office.sqlite")
    assert store.returns()["imported_by"].unique().tolist() == ["the registry"]
    assert sorted(store.returns()["file"]) == ["b.csv", "good.csv"]
    store.close()


# Scores


@pytest.fixture
def filled(office):
    """Three returns: two rounds of one State and one of its organizations; thirds, so that rounding would show."""
    first, second, *_ = yard_questions()
    (office / "x.csv").write_text(HEADER + table("QMA", "2024", {first: "1", second: "2"}), encoding="utf-8")
    (office / "y.csv").write_text(HEADER + table("XAB", "2024", {first: ""}), encoding="utf-8")
    (office / "z.csv").write_text(HEADER + table("QMA", "2026", {first: "1"}, "Ministry"), encoding="utf-8")
    assert bring("x.csv", "y.csv", "z.csv", "good.csv") == 0
    return office


def exact(filled):
    """The engine's own numbers: what every format must carry to the last digit."""
    from analysis.instrument import load_instrument
    from analysis.scores.tree import node_scores

    store = desk.open_store("sqlite:///office.sqlite")
    instrument = load_instrument(YARD)
    found = node_scores(store.panel(instrument), instrument).table.drop(columns="row")
    store.close()
    return found


def test_csv_json_and_xlsx_carry_the_same_unrounded_numbers(filled, capsysbinary):
    wanted = exact(filled)
    assert any(len(repr(v)) > 12 for v in wanted["score"].dropna())  # something a rounding would change
    csv = scores(capsysbinary)
    assert main(["scores", *HERE[2:], *STORE, "--format", "json"]) == 0
    rows = json.loads(capsysbinary.readouterr().out)
    assert main(["scores", *HERE[2:], *STORE, "--format", "xlsx", "--output", "s.xlsx"]) == 0
    assert capsysbinary.readouterr().out == b"s.xlsx\n"
    book = openpyxl.load_workbook("s.xlsx")
    told = {key: value for _, value, key, _ in book["About"].iter_rows(min_row=2, values_only=True)}
    assert (told["table"], told["instrument"], told["aggregator"]) == ("scores", "yard-0-3", "arithmetic") and "rule" not in told
    head, *lines = book["Codes"].iter_rows(values_only=True)
    assert list(head) == list(csv.columns) == list(rows[0]) == list(wanted.columns)
    for name in ("score", "lower", "upper", "step_coverage", "spread", "na_share", "level_low", "level"):
        exactly = [None if pd.isna(v) else v for v in wanted[name]]
        assert [row[name] for row in rows] == exactly
        assert [None if pd.isna(v) else v for v in csv[name]] == exactly
        at = head.index(name)
        pairs = zip([line[at] for line in lines], exactly, strict=True)  # a workbook keeps 16 digits
        assert all(a == b if b is None else abs(a - b) <= 1e-14 * abs(b) for a, b in pairs)


def test_the_workbook_of_scores_begins_with_words(filled):
    assert main(["scores", *HERE[2:], *STORE, "--country", "XAB", "--format", "xlsx", "--output", "s.xlsx"]) == 0
    book = openpyxl.load_workbook("s.xlsx")
    assert book.sheetnames == ["Table", "Columns", "Codes", "About"]
    head, *lines = book["Table"].iter_rows(values_only=True)
    assert head[:3] == ("State", "Organization", "Round") and "Score (points)" in head
    codes, *by_code = book["Codes"].iter_rows(values_only=True)
    assert [line[head.index("Score (points)")] for line in lines] == [line[codes.index("score")] for line in by_code]
    assert {line[head.index("Assessed by")] for line in lines} == {"self-assessment"}


def test_latest_is_the_newest_of_each_state_organization_and_reading(filled, capsysbinary):
    found = scores(capsysbinary, "--round", "latest").fillna({"organization": ""})
    units = found[["iso3", "organization", "round"]].drop_duplicates().values.tolist()
    assert units == [["QMA", "", "2026"], ["QMA", "Ministry", "2026"], ["XAB", "", "2024"]]


def test_a_round_a_state_and_a_node_narrow_the_table(filled, capsysbinary):
    root = pd.read_csv(YARD / "nodes.csv", keep_default_na=False).query("parent == ''")["node"].iloc[0]
    assert set(scores(capsysbinary, "--round", "2024")["iso3"]) == {"QMA", "XAB"}
    one = scores(capsysbinary, "--country", "xab", "--node", root, "--reading", "self")
    assert one[["iso3", "node"]].values.tolist() == [["XAB", root]]
    every = exact(filled)
    wanted = every[(every["iso3"] == "XAB") & (every["node"] == root)]
    assert one["lower"].tolist() == wanted["lower"].tolist() != []


@pytest.mark.parametrize(
    ("option", "value", "has"),
    [
        ("--country", "XZZ", "There is: QMA, XAB"),
        ("--round", "1999", "There is: 2024, 2026"),
        ("--reading", "visit", "There is: self"),
        ("--node", "NOPE", "yard-0-3 has no node or measure NOPE"),
        ("--rule", "kind", "yard-0-3 has: "),
        ("--lens", "tag", "yard-0-3 has: "),
        ("--lens", "tag:nope", "yard-0-3 has: "),
        ("--instrument", "nope", "Known: "),
    ],
)
def test_what_is_not_there_is_2_and_the_choice_is_told(filled, capsys, option, value, has):
    capsys.readouterr()
    assert main(["scores", *HERE[2:], *STORE, option, value]) == 2
    out, told = capsys.readouterr()
    assert out == "" and has in told and value in told


def test_rule_lens_aggregator_and_what_if_are_those_of_the_engine(filled, capsysbinary):
    from analysis.instrument import load_instrument
    from analysis.scores.options import STRICT, ScoreOptions
    from analysis.scores.tree import node_scores

    instrument = load_instrument(YARD)
    store = desk.open_store("sqlite:///office.sqlite")
    rule, lens = list(instrument.rules)[-1], instrument.lenses[0]
    cases = {
        ("--rule", rule): ScoreOptions(rule=rule),
        ("--lens", f"{lens.kind}:{lens.value}"): ScoreOptions(lens=lens),
        ("--aggregator", "minimum"): ScoreOptions("minimum"),
        ("--what-if", "strict"): ScoreOptions(zero_statuses=STRICT),
    }
    plain = scores(capsysbinary)
    for arguments, options in cases.items():
        wanted = node_scores(store.panel(instrument), instrument, options).table
        found = scores(capsysbinary, *arguments)
        for name in ("score", "lower", "level_low"):
            assert [None if pd.isna(v) else v for v in found[name]] == [None if pd.isna(v) else v for v in wanted[name]]
        assert arguments[0] == "--rule" or not found["score"].equals(plain["score"])
    store.close()


def test_a_workbook_is_not_poured_on_a_terminal(filled, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["scores", *HERE[2:], *STORE, "--format", "xlsx"]) == 2
    assert "name a file with --output" in capsys.readouterr().err


# Template, instruments, the documentation


def test_the_template_names_an_unknown_part_or_questionnaire(capsys):
    assert main(["template", *HERE, "--instrument", "yard-0-3", "--submodule", "roof"]) == 2
    assert f"It has: {', '.join(submodules())}" in capsys.readouterr().err
    assert main(["template", *HERE, "--instrument", "nope"]) == 2
    assert main(["template", *HERE, "--instrument", "yard-0-3"]) == 0
    assert openpyxl.load_workbook("yard-0-3.xlsx").sheetnames


def test_instruments_are_listed(capsys):
    assert main(["instrument", "list", "--instruments", str(YARD)]) == 0
    assert f"({len(yard_questions())} questions)" in capsys.readouterr().out.split("yard-0-3: ")[1].splitlines()[0]


def every_option():
    """(command, option) of the parser, however deep."""
    waiting = [("", parser())]
    while waiting:
        name, one = waiting.pop()
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                waiting += [(f"{name} {child}".strip(), sub) for child, sub in action.choices.items()]
            else:
                yield name, action


@pytest.mark.parametrize("name", sorted({name for name, _ in every_option() if name}))
def test_every_command_is_documented(name):
    assert re.search(rf"^## .*`{name}\b", DOC, re.MULTILINE) or name == "instrument"


def test_every_option_is_documented_and_every_documented_one_is_there():
    known = {option for _, action in every_option() for option in action.option_strings if option.startswith("--")}
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", DOC))
    assert told == known
    assert all(action.help for _, action in every_option())


def test_every_choice_and_reason_is_documented():
    choices = {c for _, action in every_option() for c in action.choices or () if action.option_strings}
    assert [c for c in sorted(choices | set(REASONS)) if f"`{c}`" not in DOC] == []


def test_every_column_of_the_scores_is_documented(filled, capsysbinary):
    section = DOC[DOC.index("| column | holds |") :]
    assert [c for c in scores(capsysbinary).columns if f"`{c}`" not in section] == []


def test_the_documented_example_does_what_it_says(office, capsys):
    for name, text in re.findall(r"^`([\w.]+)`\n\n```csv\n(.*?)```", DOC, re.DOTALL | re.MULTILINE):
        (office / name).write_text(text, encoding="utf-8")
    lines = re.search(r"<!-- example: begin -->\n```sh\n(.*?)```", DOC, re.DOTALL).group(1).splitlines()
    assert len(lines) == 8
    for line in lines:
        command, _, said = line.partition("# ")
        arguments = shlex.split(command)[3:]
        capsys.readouterr()
        assert main(arguments) == int(said[0]), line
        out = capsys.readouterr().out
        if "a score of 60" in said:
            [row] = json.loads(out)
            assert (row["node"], row["score"], row["answered"], row["applicable"]) == ("IED.U1", pytest.approx(60), 3, 3)
        elif ":" in said:
            assert out.splitlines()[0].endswith(said.split(": ")[1].removeprefix("1 ")), line


def test_help_is_0(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["scores", "--help"])
    assert stopped.value.code == 0 and "--what-if" in capsys.readouterr().out


def test_the_module_has_the_documented_exit_codes():
    assert (shared.OK, shared.PROBLEMS, shared.COULD_NOT_RUN) == (0, 1, 2)


# The next form, and which State is meant


def test_the_form_is_filled_in_from_the_last_return(office, capsys):
    assert bring("good.csv") == 0
    capsys.readouterr()
    assert main(["template", *HERE, *STORE, "--instrument", "yard-0-3", "--country", "qma", "--round", "2027"]) == 0
    asked = len(yard_questions())
    assert capsys.readouterr().out == f"QMA-yard-0-3.xlsx\n{asked} answers carried over from 2026.\n"
    assert main(["check", "QMA-yard-0-3.xlsx", *HERE]) == 0
    said = capsys.readouterr().out
    assert said.startswith("QMA-yard-0-3.xlsx: QMA 2027 self, ")
    assert "that were carried over from the earlier return and are not yet confirmed" in said


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["--country", "XAB"], "holds no return of XAB self to yard-0-3"),
        (["--country", "QMA", "--reading", "visit"], "holds no return of QMA visit"),
        (["--country", "QMA", "--round", "spring"], "names no period"),
        (["--country", "ZZZ"], "not a State known here"),
        (["--country", "QMA", "--submodule", "yard"], "can't be combined"),
        (["--round", "2027"], "go with --country"),
    ],
)
def test_a_form_that_cannot_be_filled_in_says_why(office, capsys, more, reason):
    assert bring("good.csv") == 0
    assert main(["template", *HERE, *STORE, "--instrument", "yard-0-3", *more]) == 2
    assert reason in capsys.readouterr().err


def test_a_state_is_confirmed_on_the_command_line(office, capsys):
    (office / "asked.csv").write_text(HEADER + table("Quince"), encoding="utf-8")
    assert bring("asked.csv") == 1
    assert "“Quince” may mean Quince Republic (QMA)" in capsys.readouterr().out
    assert bring("asked.csv", more=["--confirm-state", "quince=qma"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("asked.csv: QMA 2026 self, ") and "-> stored" in said
    assert "“Quince” was read as Quince Republic (QMA), as was confirmed at the import." in said


@pytest.mark.parametrize("wrong", ["Quince", "=QMA", "Quince=ZZZ"])
def test_a_confirmation_of_no_state_is_refused(office, capsys, wrong):
    assert main(["check", "good.csv", *HERE, "--confirm-state", wrong]) == 2
    assert wrong in capsys.readouterr().err


def test_what_is_taken_out_of_a_store_stands_in_its_trail(filled, capsysbinary):
    assert main(["scores", *STORE, *HERE, "--round", "latest", "--country", "QMA", "--country", "XAB", "--output", "s.csv"]) == 0
    assert main(["reminders", *STORE, *HERE, "--output", "r.csv"]) == 0
    assert capsysbinary.readouterr().err == b""
    store = desk.open_store("sqlite:///office.sqlite")
    trail = store.audit().query("action == 'export'")
    store.close()
    rows = (filled / "s.csv").read_text(encoding="utf-8-sig").count("\n") - 1
    first, second = trail["detail"]
    assert first.startswith(f"scores.csv; rows={rows}; instrument=")
    assert first.endswith("; round=latest; aggregator=arithmetic; country=QMA,XAB")
    assert second.startswith("reminders.csv; rows=") and second.endswith("; round=2026")


def test_the_reminders_name_the_states_that_have_not_returned_and_what_waits_here(filled):
    assert main(["reminders", *STORE, *HERE, "--round", "2024", "--output", "r.csv"]) == 0
    rows = pd.read_csv(filled / "r.csv", encoding="utf-8-sig", keep_default_na=False, dtype="str").to_dict("records")
    assert len(rows) > 190 and {"State", "this office"} == {row["whom"] for row in rows}
    open_ = [row["what"] for row in rows if row["iso3"] == "XAB" and row["whom"] == "State"]
    assert any(what.startswith("One question is open in ") for what in open_)
    afghanistan = [row for row in rows if row["iso3"] == "AFG"]
    assert [(row["what"], row["days"]) for row in afghanistan] == [("No return has come in", "")]


def test_reminders_of_a_store_or_a_round_that_is_not_there_are_2(filled, capsys):
    assert main(["reminders", *STORE, *HERE, "--round", "1999"]) == 2
    assert "Nothing was returned for 1999. There is: 2026, 2024" in capsys.readouterr().err
    assert main(["reminders", "--database", "sqlite:///none.sqlite"]) == 2
    assert "Nothing has been returned to this store yet" in capsys.readouterr().err


def test_an_export_is_done_also_where_the_trail_can_not_be_written(filled, capsys, monkeypatch):
    def refuse(*_) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(desk.Store, "note", refuse)
    assert main(["scores", *STORE, *HERE, "--output", "s.csv"]) == 0
    assert capsys.readouterr().err == "Not in the store's trail: read-only\n" and (filled / "s.csv").exists()


def test_a_round_that_another_questionnaire_has_is_told_with_its_option():
    here, there = (tiny.scores(("QMA", tiny.FULL, label)).panel for label in ("2026", "2027"))
    asked = argparse.Namespace(country=[], reading=None, round="2027")
    with pytest.raises(
        shared.CouldNotRun,
        match=r"^Nothing was returned for 2027\. There is: 2026\. Returned in another questionnaire: --instrument new$",
    ):
        command._narrowed(here, asked, lambda: {"new": there.index})
    asked.round = "2028"
    with pytest.raises(shared.CouldNotRun, match=r"^Nothing was returned for 2028\. There is: 2026$"):
        command._narrowed(here, asked, lambda: {"new": there.index})
