"""Whatever leaves as .xlsx or .csv is inert: every way out is walked with a State whose every text looks like a formula."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import re
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.inert import live
from analysis.instrument import load_instrument
from analysis.model import Answer, Contributor, Return, Status
from analysis.registers.kinds import NEEDS
from analysis.reports.about import about
from analysis.reports.tables import Spelled, csv_bytes, xlsx_bytes
from analysis.scores.weights import effective_weights
from analysis.states import COLUMNS, States
from analysis.workbook.annotated import annotated
from analysis.workbook.next_form import next_form
from analysis.workbook.problems import problem
from analysis.workbook.registers.sheet import register_book
from analysis.workbook.template import template
from analysis.workbook.weights import weights_book

ROOT = Path(__file__).parents[1]
YARD = ROOT / "tests" / "instruments" / "yard-0-3"
LIVE = '=HYPERLINK("http://x","y")'
HOSTILE = [LIVE, "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "\uff1d1", "none;=1+1"]

#: The modules that write tables for spreadsheet programs. One more is welcome here together with a walk through it below.
WAYS_OUT = {
    "analysis/reports/tables.py": {"to_csv", "Workbook"},
    "analysis/workbook/template.py": {"Workbook"},
    "analysis/workbook/annotated/report.py": {"Workbook"},
    "analysis/workbook/registers/sheet.py": {"Workbook"},
    "analysis/workbook/weights/sheet.py": {"Workbook"},
}
WRITERS = {"to_csv", "to_excel", "to_clipboard", "ExcelWriter", "Workbook", "csv.DictWriter", "csv.writer"}


def calls(path: Path) -> set[str]:
    """Names of the writers of tables that a source calls."""
    found = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    }
    return {name for called in found for name in (called, called.rpartition(".")[2])} & WRITERS


def test_no_other_module_writes_tables():
    sources = [*ROOT.glob("analysis/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "dashboard.py"]
    assert {str(p.relative_to(ROOT)).replace("\\", "/"): calls(p) for p in sources if calls(p)} == WAYS_OUT


def formulas(content: bytes) -> list[str]:
    """Cells of a workbook that a program would calculate, other than the form's own counts of answers."""
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]
    own = re.compile(r'="[^"]*"&COUNTA\([^"]*\)&"[^"]*"')
    links = [c for c in cells if c.hyperlink and not (c.hyperlink.location or c.hyperlink.target.startswith("#"))]
    return [f"{c.parent.title}!{c.coordinate}" for c in cells if c.data_type == "f" and not own.fullmatch(str(c.value))] + links


def shares_of(instrument) -> dict[str, float]:
    table = effective_weights(instrument)
    return dict(zip(table["item"], table["share"], strict=True))


def unsafe(content: bytes) -> list[str]:
    """Fields of a .csv that are neither numbers nor inert, split as any computer's language would split them."""
    text = content.decode("utf-8-sig")
    fields = [f for row in csv.reader(StringIO(text, newline="")) for f in row]
    fields += [f for line in re.split("[\r\n]", text) for f in re.split("[;\t]", line)]
    return [f for f in fields if live(f) and not re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", f)]


@pytest.fixture(scope="module")
def yard():
    return load_instrument(YARD)


@pytest.fixture(scope="module")
def states():
    rows = [
        dict.fromkeys(COLUMNS, "") | {"iso3": f"QM{chr(65 + i)}", "name": name, "fictional": True}
        for i, name in enumerate(HOSTILE)
    ]
    return States(pd.DataFrame(rows), pd.DataFrame(columns=["kind", "group", "iso3"]))


@pytest.fixture(scope="module")
def returned(yard):
    """A return whose every text looks like a formula."""
    texts = dict.fromkeys(("evidence", "comment", "na_reason"), LIVE)
    answers = tuple(Answer(q, int(Status.INVALID), found=LIVE, **texts) for q in yard.questions["question"])
    return Return(
        yard.id, "QMA", LIVE, "2026", "self", tuple(yard.submodules), answers, contributors=(Contributor(LIVE, LIVE, LIVE),)
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_tables(hostile):
    table = pd.DataFrame({"name": [hostile], hostile: [-1.5], "several": [(hostile, "b")], "number": [-3]})
    assert unsafe(csv_bytes(table)) == []
    assert formulas(xlsx_bytes({"t": table})) == []
    assert formulas(xlsx_bytes(table, spelled={c: Spelled(c, "0.0", c) for c in table.columns})) == []
    values = next(openpyxl.load_workbook(BytesIO(xlsx_bytes(table))).active.iter_rows(min_row=2, values_only=True))
    assert values[1::2] == (-1.5, -3)


def test_the_form_empty_and_filled_in(yard, states, returned):
    assert formulas(template(yard, states)) == []
    content = template(yard, states, answers=returned)
    assert formulas(content) == []
    cells = [c for sheet in openpyxl.load_workbook(BytesIO(content)) for row in sheet.iter_rows() for c in row if c.value == LIVE]
    assert len(cells) >= 4 * len(returned.answers)
    assert {(c.data_type, c.quotePrefix) for c in cells} == {("s", True)}


def test_the_next_form(yard, states, returned):
    assert formulas(next_form(yard, states, returned, yard, round="2028").content) == []


def test_a_register_filled_in_and_a_table_with_its_settings(yard, states):
    need = {"id": "1", "iso3": "QMA", "need": LIVE, "beneficiary": LIVE, "plan_link": LIVE, "provider": LIVE}
    content = register_book(NEEDS, yard, states, [need])
    assert formulas(content) == []
    assert LIVE in [c.value for sheet in openpyxl.load_workbook(BytesIO(content)) for row in sheet.iter_rows() for c in row]
    content = weights_book(yard, shares_of(yard), LIVE)
    assert formulas(content) == [] and openpyxl.load_workbook(BytesIO(content)).active["B3"].value == LIVE
    settings = about({"page": LIVE}, dict(enumerate(HOSTILE)), dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    table = pd.DataFrame({"score": [1.5]})
    assert unsafe(csv_bytes(table, settings)) == [] and formulas(xlsx_bytes(table, settings)) == []


def test_the_annotated_copy_and_the_report(yard, states, returned):
    content = template(yard, states, answers=returned)
    cells = [
        (s.title, c.coordinate)
        for s in openpyxl.load_workbook(BytesIO(content))
        for r in s.iter_rows()
        for c in r
        if c.value == LIVE
    ]
    problems = [
        problem("answer-not-allowed", LIVE, sheet, cell, found=hostile, allowed=hostile, question=hostile, suggestion=hostile)
        for (sheet, cell), hostile in zip(cells, HOSTILE, strict=False)
    ]
    copy = annotated("QMA.xlsx", content, problems)
    assert copy.kind == "annotated"
    assert formulas(copy.content) == []
    table = "\n".join(["question,answer", *(f'Q{i},"{h.replace(chr(34), chr(34) * 2)}"' for i, h in enumerate(HOSTILE))])
    problems = [problem("answer-not-allowed", "t.csv", "", f"B{i}", found=h) for i, h in enumerate(HOSTILE, start=2)]
    report = annotated("t.csv", table.encode(), problems)
    assert report.kind == "report"
    assert formulas(report.content) == []
    assert LIVE in [c.value for row in openpyxl.load_workbook(BytesIO(report.content)).worksheets[0].iter_rows() for c in row]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_command_line(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "states.csv").write_text("iso3,name_en\nQMA,Quince\n", encoding="utf-8")
    questions = pd.read_csv(YARD / "questions.csv", keep_default_na=False)["question"]
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["iso3", "organization", "round", "reading", "question", "answer", "comment"])
        write.writerows(["QMA", h, "2026", "self", q, "2", h] for h in HOSTILE[:4] for q in questions)
    here = ["--states", "states.csv", "--instruments", str(YARD), "--database", "sqlite:///office.sqlite"]
    main(["import", "a.csv", *here])
    assert main(["scores", *here, "--format", kind, "--output", f"out.{kind}"]) == 0
    content = (tmp_path / f"out.{kind}").read_bytes()
    assert (unsafe if kind == "csv" else formulas)(content) == []
    said = content.decode("utf-8-sig") if kind == "csv" else str(list(openpyxl.load_workbook(BytesIO(content)).active.values))
    assert "HYPERLINK" in said
