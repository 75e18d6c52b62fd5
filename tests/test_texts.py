"""The interface's words: every key that the code names has a text, every text can be filled in, and none is left over.

Read from the source of `analysis/`, `pages/` and `dashboard.py` as far as it is there. A key put together while the program runs
(an f-string) must begin with a constant, and at least one key must begin so.
"""

import ast
import csv
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from analysis import texts

ROOT = Path(__file__).parents[1]
FUNCTIONS = ("text", "counted", "word", "known")

#: Keys that are only ever put together while the program runs: `problem.<code>`, the words of the form and of the vocabularies.
DYNAMIC = (
    "form.", "aspect.", "function.", "tag.", "sector.", "status.", "reading.", "step.", "severity.",
    "consent_tier.", "audience.", "evidence_grade.", "measure_type.", "rule.",
    "lesson_source.", "lesson_step.", "need_type.", "need_step.", "offer_step.", "recommendation_step.", "priority.", "cost_band.",
    "gender_marker.", "package_step.", "feedback_kind.", "feedback_step.",
)  # fmt: skip


def sources() -> list[Path]:
    """Every python file that may show a word."""
    files = [*ROOT.glob("analysis/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "dashboard.py"]
    return sorted(path for path in files if path.exists())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


KEYS = {row["key"]: row["text"] for row in rows(texts.FOLDER / "en.csv")}


@dataclass(frozen=True)
class Use:
    """One call: its function, the key it names (or begins with), the values it fills in (None: cannot be told)."""

    line: int
    function: str
    key: str
    whole: bool
    values: frozenset[str] | None = frozenset()

    def missing(self, keys: dict[str, str]) -> bool:
        """Whether no text answers to this call."""
        if self.function == "word":
            return not any(key.startswith(f"{self.key}.") for key in keys)
        if not self.whole:
            return not self.key or not any(key.startswith(self.key) for key in keys)
        wanted = [f"{self.key}.one", f"{self.key}.other"] if self.function == "counted" else [self.key]
        return self.function != "known" and not all(key in keys for key in wanted)


def _spelled(node: ast.expr) -> list[tuple[str, bool]]:
    """What can be read of a key: (text, whether it is all of it). Both branches of an `if`; nothing for a bare name."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [(node.value, True)]
    if isinstance(node, ast.IfExp):
        return _spelled(node.body) + _spelled(node.orelse)
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        return [(first.value if isinstance(first, ast.Constant) else "", False)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [(key, False) for key, _ in _spelled(node.left)]
    return []


def uses(source: str) -> Iterator[Use]:
    """Calls of `texts.text(...)` and its sisters, under whatever name a file imports them."""
    tree = ast.parse(source)
    modules, names = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "analysis":
            modules |= {alias.asname or alias.name for alias in node.names if alias.name == "texts"}
        elif isinstance(node, ast.ImportFrom) and node.module == "analysis.texts":
            names |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in FUNCTIONS}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = names.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id in modules:
            called = node.func.attr if node.func.attr in FUNCTIONS else None
        if called is None:
            continue
        named = [keyword.arg for keyword in node.keywords]
        values = None if None in named else frozenset(n for n in named if n and n != "language")
        values = values | {"n"} if values is not None and called == "counted" else values
        for key, whole in _spelled(node.args[0]):
            yield Use(node.lineno, called, key, whole, values)


def placeholders(text: str) -> set[str]:
    """The names in braces.

    Raises
    ------
    ValueError
        If a brace is not closed, or a placeholder has no name.
    """
    found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if any(not name.isidentifier() for name in found):
        raise ValueError(f"a placeholder without a name in {text!r}")
    return found


@cache
def used() -> dict[str, list[Use]]:
    """File -> its calls."""
    return {str(path.relative_to(ROOT)): list(uses(path.read_text(encoding="utf-8"))) for path in sources()}


@cache
def constants() -> frozenset[str]:
    """Every text that stands in the code: a key may reach `text` through a name or a table."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources()]
    return frozenset(
        n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )


@pytest.mark.parametrize("file", [str(path.relative_to(ROOT)) for path in sources()])
def test_every_key_that_the_code_names_has_a_text(file):
    assert [f"{file}:{use.line} {use.key}" for use in used()[file] if use.missing(KEYS)] == []


@pytest.mark.parametrize("file", [str(path.relative_to(ROOT)) for path in sources()])
def test_every_call_fills_in_what_its_text_asks_for(file):
    wrong = []
    for use in used()[file]:
        if not use.whole or use.values is None or use.function not in ("text", "counted"):
            continue
        for key in [f"{use.key}.{form}" for form in ("one", "other", "zero")] if use.function == "counted" else [use.key]:
            lacking = placeholders(KEYS.get(key, "")) - use.values
            wrong += [f"{file}:{use.line} {key} needs {', '.join(sorted(lacking))}"] if lacking else []
    assert wrong == []


@pytest.mark.parametrize("path", sorted(texts.FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_no_key_stands_twice_and_none_is_empty(path):
    keys = [row["key"] for row in rows(path)]
    assert [key for key, n in Counter(keys).items() if n > 1] == []
    assert [key for key in keys if not key or key != key.strip()] == []
    assert [row["key"] for row in rows(path) if not row["text"].strip() or None in row] == []


@pytest.mark.parametrize("path", sorted(texts.FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_placeholders_balance_and_are_the_same_in_every_language(path):
    for row in rows(path):
        assert placeholders(row["text"]) == placeholders(KEYS.get(row["key"], row["text"])), row["key"]


def test_a_language_translates_no_key_that_english_lacks():
    for path in texts.FOLDER.glob("*.csv"):
        assert [row["key"] for row in rows(path) if row["key"] not in KEYS] == [], path.name


def test_problems_ask_only_for_what_a_problem_knows():
    wrong = {
        key for key, text in KEYS.items() if key.startswith("problem.") and placeholders(text) - {"found", "allowed", "question"}
    }
    assert wrong == set()


def test_no_text_is_left_over():
    beginnings = {use.key for calls in used().values() for use in calls if not use.whole and use.key}
    kinds = {f"{use.key}." for calls in used().values() for use in calls if use.function == "word" and use.whole}
    begin = tuple(beginnings | kinds | set(DYNAMIC))
    said = constants()
    left = []
    for key in KEYS:
        stem = key.removesuffix(".one").removesuffix(".other").removesuffix(".zero")
        code = key.removeprefix("problem.")
        if key.startswith("problem."):
            if not {code, code.removeprefix("instrument-")} & said:
                left.append(key)
        elif not key.startswith(begin) and not {key, stem} & said:
            left.append(key)
    assert left == []


# --- the reader of the sources, on small made-up ones


def test_calls_are_found_under_every_name_they_are_imported_by():
    source = (
        "from analysis import texts\nfrom analysis.texts import text as say, counted, word\n"
        "texts.text('a.b', lang, x=1)\nsay('c.d')\ncounted('e.f', n, total=2)\nword('tag', t)\nother.text('no.key')\n"
    )
    assert [(use.function, use.key, use.whole, use.values) for use in uses(source)] == [
        ("text", "a.b", True, {"x"}),
        ("text", "c.d", True, set()),
        ("counted", "e.f", True, {"n", "total"}),
        ("word", "tag", True, set()),
    ]


def test_keys_put_together_are_known_by_their_beginning():
    source = "from analysis.texts import text\ntext(f'page.{name}.title')\ntext('a' if x else 'b')\ntext('p.' + q)\ntext(f'{x}.y', **z)\n"
    assert [(use.key, use.whole) for use in uses(source)] == [
        ("page.", False),
        ("a", True),
        ("b", True),
        ("p.", False),
        ("", False),
    ]


@pytest.mark.parametrize(
    ("use", "missing"),
    [
        (Use(1, "text", "page.gaps", True), False),
        (Use(1, "text", "page.gap", True), True),
        (Use(1, "text", "page.", False), False),
        (Use(1, "text", "pages.", False), True),
        (Use(1, "text", "", False), True),
        (Use(1, "counted", "n.states", True), False),
        (Use(1, "counted", "page.gaps", True), True),
        (Use(1, "word", "page", True), False),
        (Use(1, "word", "pag", True), True),
        (Use(1, "known", "nothing", True), False),
    ],
)
def test_a_call_without_a_text_is_told(use, missing):
    assert use.missing({"page.gaps": "Gaps", "n.states.one": "{n} State", "n.states.other": "{n} States"}) is missing


def test_braces_must_balance_and_have_names():
    assert placeholders("{n} of {total:.1f} {{kept}}") == {"n", "total"}
    for text in ("{n", "n}", "{}", "{0}"):
        with pytest.raises(ValueError):
            placeholders(text)


# --- numbers and counts in sentences


@pytest.mark.parametrize(
    ("value", "places", "told"),
    [(1234.56, 1, "1,234.6"), (999.96, 1, "1,000.0"), (-1234.5, 0, "-1,235"), (999, 0, "999"), (-0.04, 1, "0.0"), (None, 1, "–")],
)
def test_numbers_are_printed_in_one_way(value, places, told):
    assert texts.rounded(value, places) == told


@pytest.mark.parametrize(
    ("share", "places", "told"),
    [(1 / 3, 0, "33 %"), (0.125, 0, "13 %"), (0.0123, 1, "1.2 %"), (float("nan"), 0, "–"), (None, 0, "–")],
)
def test_shares_are_printed_in_one_way(share, places, told):
    assert texts.percent(share, places) == told


def test_whole_numbers_in_a_sentence_have_separators_and_texts_stay():
    assert texts.text("of", part=1930, whole=12345) == "1,930 of 12,345"
    assert texts.text("of", part="2026", whole=True) == "2026 of True"


def test_none_of_many_is_said_in_words_where_there_are_any():
    assert texts.counted("balance.plane.title", 0, of=5) == "Upstream stands above downstream in none of 5 cases"
    assert texts.counted("balance.plane.title", 1, of=5) == "Upstream stands above downstream in one of 5 cases"
    assert texts.counted("registers.kept", 0) == texts.text("registers.kept.other", n=0)
