"""Codes, severities, words and documentation of problems can't drift apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis import texts
from analysis.workbook.problems import CODES, problem, problems_page

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "analysis" / "workbook").rglob("*.py")), ROOT / "analysis" / "store" / "writing.py"]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_words_that_fill_in(code):
    said = texts.problem_message(problem(code, "QMA.xlsx", "IED", "D14", found="x", allowed="y", question="z"))
    assert said.startswith("QMA.xlsx, IED!D14: ") and said.endswith((".", "?"))


def test_every_code_is_used_and_every_used_code_is_known():
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if path.name != "problems.py")
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) & set(CODES)
    built = {f"{column}-{end}" for column in ("round", "reading") for end in ("missing", "not-allowed")}
    assert used | built == set(CODES)
    called = re.findall(r'(?:problem|note|_unreadable|\.at)\(\s*"([a-z-]+)"', source)
    assert set(called) <= set(CODES)


def test_every_text_the_form_uses_is_there():
    keys = re.findall(r'text\(\s*"(form\.[a-z_.0-9]+)"', "\n".join(p.read_text(encoding="utf-8") for p in SOURCES))
    keys += [
        f"form.{key}" for key in re.findall(r'cover\.text\("([a-z_.]+)"', (SOURCES[0].parent / "cover_sheet.py").read_text())
    ]
    assert keys and [key for key in keys if not texts.known(key)] == []


def test_the_page_of_problems_is_the_generated_one():
    assert (ROOT / "docs" / "problems.md").read_text(encoding="utf-8") == problems_page()
