"""`mapping propose`, and `--mapping` of `check`: from a ministry's table to returns on the command line."""

from __future__ import annotations

import json

import pytest
from openpyxl import Workbook

from analysis.__main__ import main


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A folder with a ministry's table and two States of the office's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "states.csv").write_text("iso3,name_en\nQMA,Quince Republic\nQMB,Berry Isles\n", encoding="utf-8")
    book = Workbook()
    for row in (["Indicator", "QMA", "QMB"], ["IED.U1.1", 3, "4"], ["IED.U1.2", "some day", 5], ["Average", 2, 3]):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    return tmp_path


HERE = ["--states", "states.csv"]


def test_a_mapping_is_proposed_corrected_by_hand_and_used(office, capsys):
    assert main(["check", "table.xlsx", *HERE]) == 1
    assert main(["mapping", "propose", "table.xlsx", *HERE, "--output", "m.toml"]) == 0
    said = capsys.readouterr().out
    assert "The table does not say this: round." in said
    assert "2370-2026.1, 2370-2026.2" in said  # both editions have these questions; a person says which is meant
    toml = (office / "m.toml").read_text(encoding="utf-8")
    assert '"some day" = ""' in toml
    toml = toml.replace("[unsure.answers.maturity]", "[answers.any]").replace('"some day" = ""', '"some day" = "0"')
    (office / "m.toml").write_text(
        toml + '\n[fixed]\nround = "2026"\nreading = "self"\ninstrument = "2370-2026.1"\n', encoding="utf-8"
    )
    assert main(["check", "table.xlsx", *HERE, "--mapping", "m.toml", "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)
    assert [(r["iso3"], r["round"], r["answered"]) for r in file["returns"]] == [("QMA", "2026", 2), ("QMB", "2026", 2)]
    assert [p["found"] for p in file["problems"] if p["code"] == "rows-skipped"] == ["1 (4)"]


def test_a_mapping_that_is_none_keeps_the_command_from_running(office, capsys):
    (office / "m.toml").write_text("layout = 3", encoding="utf-8")
    assert main(["check", "table.xlsx", *HERE, "--mapping", "m.toml"]) == 2
    assert "--mapping m.toml: layout: found '3', allowed: a text in quotes" in capsys.readouterr().err


def test_without_a_file_to_write_to_the_mapping_is_the_output(office, capsysbinary):
    assert main(["mapping", "propose", "table.xlsx", *HERE]) == 0
    assert b'layout = "questions_down"' in capsysbinary.readouterr().out


def test_a_file_that_nobody_can_open_is_told_as_a_problem(office, capsys):
    (office / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert main(["mapping", "propose", "broken.xlsx", *HERE]) == 1
    assert "broken.xlsx" in capsys.readouterr().out
