"""Every writing of a State's name that we hold, and which of them come close to a text. Closeness only ever suggests."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from analysis.states import DATA, States
from analysis.workbook.values import number_text, plain

MOST = 200  # a longer text is no name
SHORTEST, SHORTEST_WIDE = 4, 3  # letters below which one more or less proves nothing
_WIDE = re.compile(r"[\u3040-\u9fff]")
_BETWEEN = dict.fromkeys(map(ord, " -'\""))
_WORD = re.compile(r"[^\W_]+")

#: Words that a name may lack or have without meaning another State, as `plain` writes them.
_ARTICLES = frozenset(
    {
        "the",
        "of",
        "and",
        "a",
        "an",
        "la",
        "le",
        "les",
        "l",
        "d",
        "de",
        "du",
        "des",
        "et",
        "el",
        "los",
        "las",
        "del",
        "y",
        "e",
        "o",
    }
    | {"os", "da", "do", "das", "dos", "der", "die", "und"}
)
_COMMON = (
    _ARTICLES
    | {"republic", "republique", "republica", "republik", "democratic", "democratique", "democratica", "people", "peoples", "s"}
    | {"populaire", "popular", "former", "formerly", "ex", "ancienne", "республика", "демократическая", "народная", "бывшая"}
    | {"جمهورية", "الجمهورية"}
)


def bare(text: str) -> str:
    """The letters and digits of a text, without accents, case, spaces, dashes and apostrophes."""
    return "".join(c for c in plain(text) if c.isalnum())


def close(text: str) -> str:
    """A text without accents, case, spaces, dashes and apostrophes: what alone may differ where a name is taken at once."""
    return plain(text).translate(_BETWEEN)


def words(text: str) -> frozenset[str]:
    """The words of a text as they are compared, articles aside."""
    return frozenset(_WORD.findall(plain(text))) - _ARTICLES


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a file of reference data."""
    with (DATA / "reference" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Ended:
    """A State that ended without a single successor under its name."""

    code: str
    name: str
    ended: str
    successors: tuple[str, ...]


@lru_cache(maxsize=1)
def ended_states() -> tuple[Mapping[str, Ended], Mapping[str, tuple[str, ...]]]:
    """(code -> State that ended, writing as `close` makes it -> codes) of `historical_states.csv`."""
    found: dict[str, Ended] = {}
    writings: dict[str, dict[str, None]] = {}
    for row in rows_of("historical_states.csv"):
        one = Ended(row["code"], row["name"], row["ended"], tuple(row["successors"].split(";")))
        kept = found.setdefault(one.code, one)
        for writing in (row["name"], kept.code):
            writings.setdefault(close(writing), {})[kept.code] = None
    return found, {key: tuple(codes) for key, codes in writings.items()}


@dataclass(frozen=True, eq=False)
class Index:
    """Writings of the names of some States. What only suggestions need is made when the first of them is asked for.

    names: (iso3, name) in our own languages. codes, m49, iso2: code as it is compared -> iso3. official: those names by `close`;
    held: codes, names and labels exactly as we write them, but for case and spaces.
    """

    names: tuple[tuple[str, str], ...]
    codes: Mapping[str, str]
    m49: Mapping[str, str]
    iso2: Mapping[str, str]
    official: Mapping[str, tuple[str, ...]]
    held: frozenset[str]
    unclear: Mapping[str, tuple[str, ...]]

    @cached_property
    def all_names(self) -> tuple[tuple[str, str], ...]:
        """Those names, spellings, former and usual names."""
        known = set(self.codes.values())
        further = [(r["iso3"], r["name"]) for r in rows_of("further_state_names.csv") if r["kind"] != "ambiguous"]
        aliases = [(r["iso3"], r["alias"]) for r in rows_of("state_name_aliases.csv")]
        return (*self.names, *((iso3, name) for iso3, name in aliases + further if iso3 in known))

    @cached_property
    def others(self) -> Mapping[str, tuple[str, ...]]:
        """All names by `bare` -> States."""
        return _gathered((bare(name), iso3) for iso3, name in self.all_names)

    @cached_property
    def by_words(self) -> Mapping[frozenset[str], tuple[str, ...]]:
        """The words of a name, common ones aside -> what it means: a State, or (`*CSK`) one that ended."""
        return _gathered((words(name) - _COMMON, code) for code, name in (*self.all_names, *_ended_names()))

    @cached_property
    def near(self) -> Mapping[str, tuple[str, ...]]:
        """What a misspelling is compared with: names as they stand and with their words in order of the alphabet."""
        pairs = (*self.all_names, *_ended_names())
        keys = [(bare(name), code) for code, name in pairs] + [("".join(sorted(words(name))), code) for code, name in pairs]
        return {key: codes for key, codes in _gathered(keys).items() if len(key) >= _shortest(key)}

    @cached_property
    def lengths(self) -> Mapping[int, list[tuple[str, Counter]]]:
        """The same by their length, with their letters counted."""
        found: dict[int, list] = {}
        for key in self.near:
            found.setdefault(len(key), []).append((key, Counter(key)))
        return found

    def known(self, part: str) -> set[str]:
        """What a part of a text can mean: a code or any name."""
        key, code = bare(part), self.codes.get(plain(part))
        return {code} if code else {*self.others.get(key, ()), *self.unclear.get(key, ())}


def spaced(text: str) -> str:
    """A text with single spaces and in one case, otherwise as it is."""
    return " ".join(text.split()).casefold()


def _gathered(pairs: Iterable[tuple[Hashable, str]]) -> dict:
    """Key -> values, in the order in which they come, each once."""
    found: dict = {}
    for key, value in pairs:
        if key:
            found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}


@lru_cache(maxsize=8)
def index_of(states: States) -> Index:
    """The index of some States, made once."""
    table = states.table.to_dict("records")
    columns = [c for c in states.table.columns if c == "name" or c.startswith("name_")]
    names = dict.fromkeys((row["iso3"], row[c]) for row in table for c in columns if isinstance(row[c], str) and row[c])
    ambiguous = [r for r in rows_of("further_state_names.csv") if r["kind"] == "ambiguous" and r["iso3"] in states]
    unclear = _gathered((bare(row["name"]), row["iso3"]) for row in ambiguous)
    m49 = {row["m49"].zfill(3): row["iso3"] for row in table if row.get("m49")}
    return Index(
        tuple(names),
        {plain(code): code for code in states.names},
        m49,
        {plain(row["iso2"]): row["iso3"] for row in table if row.get("iso2")},
        _gathered((close(name), iso3) for iso3, name in names),
        frozenset({spaced(w) for iso3, name in names for w in (iso3, name, f"{name} ({iso3})")} | set(m49)),
        {key: codes for key, codes in unclear.items() if len(codes) > 1},
    )


@lru_cache(maxsize=1)
def _ended_names() -> tuple[tuple[str, str], ...]:
    """(`*CSK`, name) of every State that ended."""
    return tuple((f"*{row['code']}", row["name"]) for row in rows_of("historical_states.csv") if len(row["name"]) > 3)


def _shortest(key: str) -> int:
    return SHORTEST_WIDE if _WIDE.search(key) else SHORTEST


def number_key(text: str) -> str:
    """A whole number of up to three digits as M49 writes it: `004` for `4`; "" for anything else."""
    found = number_text(unicodedata.normalize("NFKC", text).strip())
    return found.zfill(3) if re.fullmatch(r"\d{1,3}", found) else ""


@lru_cache(maxsize=4096)
def ranked(text: str, states: States) -> tuple[tuple[float, str], ...]:
    """(closeness, meaning) of what a text may mean, the closest first: a State's code, or `*` and the code of one that ended.

    1: a name that we hold, or the same words in another order. Below it words in common and misspellings, by the share of letters.
    """
    index = index_of(states)
    if not text or len(text) > MOST:
        return ()
    sure = _named(text, index)
    if sure:
        return tuple((1.0, code) for code in sure)
    found: dict[str, float] = {}
    for score, code in [*_sharing_words(text, index), *_misspelt(text, index), *_inside(text, index)]:
        found[code] = max(score, found.get(code, 0.0))
    return tuple(sorted(((score, code) for code, score in found.items()), key=lambda pair: (-pair[0], pair[1])))


def _named(text: str, index: Index) -> tuple[str, ...]:
    """What a text names if word order, articles and words like `republic` do not matter, or in one of its two parts."""
    key = bare(text)
    if key in index.unclear:
        return index.unclear[key]
    whole = [*sorted(index.known(text)), *([index.iso2[plain(text)]] if plain(text) in index.iso2 else [])]
    if whole:
        return tuple(dict.fromkeys(whole))
    own = words(text) - _COMMON
    if own in index.by_words and own:
        return index.by_words[own]
    first, second = (index.known(part) for part in halves(text) or ("", ""))
    both = first & second
    return (*sorted(both), *sorted(first - both), *sorted(second - both))


def halves(text: str) -> tuple[str, str] | None:
    """The parts of `Name (CODE)`, `CODE - Name`; None for a text that has no two."""
    one = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", text.strip()) or re.fullmatch(
        r"([^-]+?)\s*-\s*(.+)", re.sub("[\u2010-\u2015\u2212]", "-", text.strip())
    )
    return (one[1], one[2]) if one else None


def _letters(some: Iterable[str]) -> int:
    return sum(map(len, some))


def _sharing_words(text: str, index: Index) -> Iterable[tuple[float, str]]:
    """States whose name holds all words of a text, or the other way round; none by words that many names share."""
    own = words(text) - _COMMON
    for name, codes in index.by_words.items() if own else ():
        if name < own or own < name:
            fewer, more = sorted((name, own), key=_letters)
            if _letters(fewer) >= SHORTEST:
                score = 0.6 + 0.35 * _letters(fewer) / _letters(more)
                yield from ((score, code) for code in codes if code[0] != "*")


def _inside(text: str, index: Index) -> Iterable[tuple[float, str]]:
    """States whose name stands within a text that has no spaces between its words."""
    key = bare(text)
    if _WIDE.search(key) and len(key) >= 2:
        for name, codes in index.near.items():
            if len(name) >= 2 and _WIDE.search(name) and (name in key or key in name):
                score = 0.6 + 0.35 * min(len(name), len(key)) / max(len(name), len(key))
                yield from ((score, code) for code in codes if code[0] != "*")


def _misspelt(text: str, index: Index) -> Iterable[tuple[float, str]]:
    """Names that a text differs from by a letter in four at most."""
    for key in {bare(text), "".join(sorted(words(text)))}:
        if len(key) < _shortest(key):
            continue
        most, letters = max(1, len(key) // 4), Counter(key)
        for length in range(len(key) - most, len(key) + most + 1):
            for name, others in index.lengths.get(length, ()):
                if (letters - others).total() <= most and (others - letters).total() <= most:
                    apart = distance(key, name)
                    if apart <= most:
                        yield from ((1 - apart / max(len(key), length), code) for code in index.near[name])


def distance(one: str, other: str) -> int:
    """Letters put in, left out, changed, or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
    return row[-1]
