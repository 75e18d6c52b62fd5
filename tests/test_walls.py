"""The walls of the house (docs: "imports run one way"): who may import whom, read from the source of every file.

Imports inside functions and under TYPE_CHECKING count like any other. The order is transitive: a part may import every part
to its right, however many lie between. The checker itself is tested on small made-up sources below.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Part -> the parts directly to its right ("left may import right"); what those may import follows by itself.
ORDER = {
    "dashboard": {"pages", "pages.shared"},
    "pages": {"pages.shared"},
    "pages.shared": {"reports", "preview", "joins"},
    "joins": {"preview", "store", "workbook", "reports"},  # what may bring both ends together
    "preview": {"desk"},
    "desk": {"store", "workbook", "access", "scores", "comparison", "balance", "priorities", "states", "instrument_check"},
    "reports": {"charts", "scores", "comparison", "balance", "priorities"},
    "balance": {"scores", "registers"},
    "priorities": {"scores", "registers"},
    "comparison": {"scores", "editions"},
    "scores": {"budgets"},
    "access": {"store", "model"},
    "store": {"instrument"},
    "workbook": {"editions", "registers", "budgets"},
    "registers": {"model", "texts"},
    "charts": {"model", "texts"},
    "instrument_check": {"instrument"},
    "editions": {"instrument"},
    "budgets": {"instrument"},
    "instrument": {"model"},
    "states": {"model", "texts"},
    "texts": {"model"},
    "model": set(),
    "inert": set(),
}
#: May be imported by all.
FOR_ALL = {"model", "texts", "states", "inert"}
#: Files that may import both the store and the workbooks.
JOINS = {"analysis/desk.py", "analysis/preview.py", "analysis/commands/", "pages/shared/loaders.py"}
#: Outside package -> the parts that may import it; a package that is not named here is free for all of analysis.
ONLY = {
    "streamlit": {"dashboard", "pages", "pages.shared"},
    "openpyxl": {"workbook"},
    "xlsxwriter": {"workbook", "reports"},
    "python_calamine": {"workbook"},
    "sqlalchemy": {"store"},
    "sqlite3": {"store"},
    "alembic": {"store"},
}
NOT_IN_A_PAGE = {"pandas", "plotly", "openpyxl", "xlsxwriter", "sqlalchemy", "numpy"}
NEVER = {"pickle", "tests"}
BY_NAME = ("import_module", "__import__")


def part_of(file: str) -> str:
    """The part of the house a file (`analysis/scores/tree.py`) or a module (`analysis.scores.tree`) belongs to; "" outside it."""
    names = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".").split(".")
    if names[0] == "dashboard":
        return "dashboard"
    if names[0] == "pages":
        return "pages.shared" if names[1:2] == ["shared"] else "pages"
    if names[0] != "analysis":
        return ""
    return "joins" if names[1:2] in (["__main__"], ["commands"]) else names[1] if len(names) > 1 else "analysis"


def imports_of(file: str, source: str) -> Iterator[tuple[int, str]]:
    """Every module that a source imports, with its line; `from a import b` counts as both `a` and `a.b`."""
    package = file.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in BY_NAME:
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def right_of(part: str) -> set[str]:
    """Every part that a part may import."""
    found, waiting = set(FOR_ALL), [part]
    while waiting:
        for right in ORDER.get(waiting.pop(), set()) - found:
            found.add(right)
            waiting.append(right)
    return found | {part}


def broken_walls(file: str, source: str) -> list[str]:
    """What is wrong with the imports of one file, a sentence each."""
    part, found, joined = part_of(file), [], set()
    joins = file in JOINS or part == "joins"
    for line, module in imports_of(file, source):
        top, other = module.split(".")[0], part_of(module)
        told = f"{file}:{line} imports {module}"
        if top in NEVER:
            found.append(f"{told}: nothing here may")
        if top in ONLY and part not in ONLY[top]:
            found.append(f"{told}: only {', '.join(sorted(ONLY[top]))} may")
        if part == "pages" and top in NOT_IN_A_PAGE:
            found.append(f"{told}: a page holds no logic of its own")
        if part == "pages" and other == "pages" and module != "pages":
            found.append(f"{told}: a page imports no other page")
        if other in ("store", "workbook"):
            joined.add(other)
            if part.startswith("pages") and not joins:
                found.append(f"{told}: only {', '.join(sorted(JOINS))} may")
        in_house = other and other not in ("analysis", "pages" if module == "pages" else "")
        beginning = "joins" if joins else part
        if in_house and other in ORDER and part in ORDER and other not in right_of(beginning) | {part}:
            found.append(f"{told}: {part} stands to the right of {other}")
        if in_house and (other not in ORDER or part not in ORDER) and part != "analysis":
            found.append(f"{told}: {other if other not in ORDER else part} has no place in the order; give it one")
    if joined == {"store", "workbook"} and not joins:
        found.append(f"{file} joins the store and the workbooks: only {', '.join(sorted(JOINS))} may")
    return list(dict.fromkeys(found))


def house() -> list[str]:
    """Every python file of the house, by its path from the root."""
    files = [ROOT / "dashboard.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("analysis/**/*.py")]
    return sorted(str(path.relative_to(ROOT)).replace("\\", "/") for path in files if path.exists())


@pytest.mark.parametrize("file", house())
def test_no_wall_of_the_house_is_broken(file):
    assert broken_walls(file, (ROOT / file).read_text(encoding="utf-8")) == []


def test_every_part_of_the_house_has_a_place_in_the_order():
    assert {part_of(file) for file in house()} - {"analysis"} <= set(ORDER)
    assert {right for rights in ORDER.values() for right in rights} <= set(ORDER)


def test_the_order_has_no_circle():
    for part in ORDER:
        for right in ORDER[part] - FOR_ALL:
            assert part not in right_of(right), f"{part} and {right} may import each other"


BROKEN = [
    ("analysis/scores/tree.py", "import streamlit as st", "only dashboard, pages, pages.shared may"),
    ("analysis/model.py", "def f():\n    from streamlit import cache_data", "only dashboard"),
    ("analysis/charts/gaps.py", "from analysis.scores.tree import Scores", "charts stands to the right of scores"),
    ("analysis/charts/gaps.py", "from analysis import scores", "charts stands to the right of scores"),
    ("analysis/charts/gaps.py", "from ..store import open_store", "charts stands to the right of store"),
    ("analysis/charts/gaps.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import analysis.scores", "right of scores"),
    ("analysis/charts/gaps.py", "import importlib\nimportlib.import_module('analysis.store')", "right of store"),
    ("pages/gaps.py", "import pages.country", "a page imports no other page"),
    ("pages/gaps.py", "from pages import country", "a page imports no other page"),
    ("pages/gaps.py", "import pandas as pd", "a page holds no logic"),
    ("pages/gaps.py", "from plotly import graph_objects", "a page holds no logic"),
    ("pages/gaps.py", "import openpyxl", "a page holds no logic"),
    ("pages/gaps.py", "from sqlalchemy import text", "only store may"),
    ("pages/shared/views.py", "from analysis.store import open_store", "only analysis/commands/"),
    ("pages/returns.py", "from analysis.store import open_store", "only analysis/commands/"),
    ("pages/shared/views.py", "import dashboard", "pages.shared stands to the right of dashboard"),
    ("analysis/reports/brief.py", "from tests.world import panel", "nothing here may"),
    ("analysis/reports/tables.py", "import openpyxl", "only workbook may"),
    ("analysis/scores/tree.py", "import xlsxwriter", "only reports, workbook may"),
    ("analysis/desk.py", "import sqlalchemy", "only store may"),
    ("analysis/workbook/checks.py", "from analysis.scores import tree", "workbook stands to the right of scores"),
    ("analysis/store/returns.py", "import analysis.scores.tree", "store stands to the right of scores"),
    ("analysis/store/returns.py", "from analysis.workbook import layout", "store stands to the right of workbook"),
    ("analysis/workbook/reading.py", "from analysis.store import open_store", "workbook stands to the right of store"),
    ("analysis/instrument/tables.py", "from analysis.instrument_check import instrument_problems", "right of instrument_check"),
    ("analysis/scores/tree.py", "from analysis.comparison import groups", "scores stands to the right of comparison"),
    ("analysis/reports/brief.py", "from analysis.store import open_store", "reports stands to the right of store"),
    ("analysis/novelty/thing.py", "from analysis.scores import tree", "novelty has no place in the order"),
    ("analysis/scores/tree.py", "import analysis.novelty", "novelty has no place in the order"),
]  # fmt: skip
WHOLE = [
    (
        "analysis/charts/gaps.py",
        "import plotly.graph_objects as go\nfrom analysis.model import TOLERANCE\nfrom analysis import texts",
    ),
    ("analysis/reports/tables.py", "import xlsxwriter\nfrom analysis.instrument import Lens\nfrom analysis.model import Panel"),
    ("analysis/desk.py", "from analysis.store import open_store\nfrom analysis.workbook.reading import read_file"),
    (
        "analysis/commands/scores.py",
        "from analysis import desk\nfrom analysis.scores.tree import node_scores\nimport analysis.store",
    ),
    (
        "pages/shared/loaders.py",
        "import streamlit\nimport pandas\nfrom analysis import store, workbook\nfrom pages.shared import frame",
    ),
    (
        "pages/gaps.py",
        "import streamlit as st\nfrom pages.shared import frame\nfrom analysis.priorities.gaps import gaps\nfrom analysis import texts",
    ),
    ("analysis/workbook/template.py", "import openpyxl\nfrom . import layout\nfrom analysis.states import States"),
    ("analysis/store/schema.py", "import sqlalchemy as sa\nfrom analysis.instrument import Instrument"),
    ("dashboard.py", "import streamlit\nfrom pages.shared import frame"),
]


@pytest.mark.parametrize(("file", "source", "said"), BROKEN)
def test_the_checker_tells_of_a_broken_wall(file, source, said):
    assert any(said in sentence for sentence in broken_walls(file, source)), broken_walls(file, source)


@pytest.mark.parametrize(("file", "source"), WHOLE)
def test_the_checker_lets_through_what_is_allowed(file, source):
    assert broken_walls(file, source) == []


def test_a_page_or_a_report_that_joins_store_and_workbook_is_told():
    source = "from analysis.store import open_store\nfrom analysis.workbook import template"
    assert any("joins the store and the workbooks" in told for told in broken_walls("analysis/access.py", source))


def test_a_broken_wall_names_file_and_line():
    told = broken_walls("analysis/model.py", "import re\nimport streamlit")
    assert told == ["analysis/model.py:2 imports streamlit: only dashboard, pages, pages.shared may"]
