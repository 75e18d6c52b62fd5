"""`annotate` on the command line: the copy beside the file, what was lost, and the exit code."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from analysis.__main__ import main

TO_TRY = Path(__file__).parents[1] / "data" / "sample" / "to-try"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for file in TO_TRY.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_a_workbook_with_problems_is_marked_beside_itself_and_is_1(folder, capsys):
    before = (folder / "many-problems.xlsx").read_bytes()
    assert main(["annotate", "many-problems.xlsx", "--demo"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "many-problems-checked.xlsx"
    assert len(said) == 1 + 17
    assert (folder / "many-problems.xlsx").read_bytes() == before
    assert openpyxl.load_workbook(BytesIO((folder / said[0]).read_bytes())).sheetnames[-1] == "Problems"


def test_a_workbook_without_problems_is_0(folder, capsys):
    assert main(["annotate", "new-return.xlsx", "--demo", "--output", "there.xlsx"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "there.xlsx"
    assert (folder / "there.xlsx").exists()


def test_a_table_gets_a_report_and_is_told_why(folder, capsys):
    assert main(["annotate", "two-states.csv", "--demo"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "two-states-problems.xlsx"
    assert said[1].startswith("The file is not an .xlsx or .xlsm workbook")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.xlsx"], "no such file"),
        (["new-return.xlsx", "--output", "new-return.xlsx"], "is the file itself"),
        (["new-return.xlsx", "--language", "xx"], "no texts in xx"),
        (["."], "is not one file"),
    ],
)
def test_what_can_not_be_done_is_2(arguments, told, capsys):
    assert main(["annotate", *arguments, "--demo"]) == 2
    assert told in capsys.readouterr().err
