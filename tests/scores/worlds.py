"""Small instruments written as folders, random ones among them, and panels over them. Codes of States are user-assigned."""

from __future__ import annotations

import csv
import functools
import itertools
import random
import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from analysis.instrument import Gates, Instrument, Lens, load_instrument
from analysis.model import Panel
from analysis.scores.options import NA_CHALLENGED, STRICT, ScoreOptions
from analysis.scores.tree import Scores, node_scores
from tests.scores import reference
from tests.scores.reference import Wishes

#: No chance: every run sees the same examples.
FIXED = settings(derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
STATUSES = tuple(range(-1, -9, -1))
ASPECTS, FUNCTIONS, TAGS = ("rules", "plans", "practice"), ("prevent", "detect"), ("border", "rights")


def question(name, options, *, weight=1, critical=False, lenses=()):
    """A question of the reference; options: (value, level) pairs."""
    options = [(Fraction(value), level) for value, level in options]
    return {"name": name, "weight": Fraction(weight), "critical": critical, "options": options, "lenses": set(lenses)}


def measure(name, questions, *, weight=1):
    """A measure of the reference."""
    return {"name": name, "weight": Fraction(weight), "questions": list(questions)}


def node(name, children, *, weight=1, needs_all=False):
    """A node above measures."""
    return {"name": name, "weight": Fraction(weight), "needs_all": needs_all, "children": list(children)}


def scale(top=5, first=0):
    """Options first..top of equal steps: (value 0-1, level)."""
    return [(Fraction(n - first, top - first), n) for n in range(first, top + 1)]


def walk(roots, parent=""):
    """(parent, node) of every node and measure, parents first."""
    for one in roots:
        yield parent, one
        yield from walk(one.get("children", ()), one["name"])


def _write(path: Path, rows: list[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def instrument_of(roots, wishes: Wishes | None = None) -> Instrument:
    """The same tree as the engine reads it: written as a folder, loaded through the front door."""
    wishes = wishes or Wishes()
    nodes, measures, questions, answers, weights = [], [], [], [], []
    sets: dict[tuple, str] = {}
    for parent, one in walk(roots):
        weights.append({"item": one["name"], "weight": one["weight"]})
        if "questions" not in one:
            row = {"node": one["name"], "parent": parent, "submodule": "" if parent else f"part-{one['name']}"}
            nodes.append(row | {"needs_all": int(one["needs_all"])})
            continue
        measures.append({"measure": one["name"], "parent": parent})
        for q in one["questions"]:
            options = tuple(q["options"])
            answer_set = sets.setdefault(options, f"set{len(sets)}")
            of_kind = {kind: [v for k, v in sorted(q["lenses"]) if k == kind] for kind in ("aspect", "function", "tag")}
            weights.append({"item": q["name"], "weight": q["weight"]})
            row = {"question": q["name"], "measure": one["name"], "answer_set": answer_set, "critical": int(q["critical"])}
            row |= {"aspect": "".join(of_kind["aspect"]), "function": "".join(of_kind["function"])}
            questions.append(row | {"tags": ";".join(of_kind["tag"])})
    for options, name in sets.items():
        answers += [{"answer_set": name, "option": f"o{i}", "value": v, "level": n} for i, (v, n) in enumerate(options)]
    gates = "\n".join(
        f'{n} = "{v}"' for n, v in (("step", wishes.step_gate), ("pooled", wishes.pooled_gate), ("thin", wishes.thin))
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "instrument.toml").write_text(f"[gates]\n{gates}\n", encoding="utf-8")
        _write(place / "levels.csv", [{"level": n} for n in wishes.levels])
        tables = {"nodes": nodes, "measures": measures, "questions": questions, "answers": answers, "weights": weights}
        for name, rows in tables.items():
            _write(place / f"{name}.csv", rows)
        return load_instrument(place)


def panel_of(instrument: Instrument, rows) -> Panel:
    """A panel of {question: code} rows: fictional States QMA, QMB, ... in one round."""
    codes = np.array([[row[q] for q in instrument.questions["question"]] for row in rows], dtype=np.int8)
    index = pd.DataFrame({"row": range(len(rows)), "iso3": [f"Q{chr(77 + i // 26)}{chr(65 + i % 26)}" for i in range(len(rows))]})
    return Panel(instrument.id, codes.reshape(len(rows), -1), index.assign(organization="", round="2026", reading="self"))


def options_of(wishes: Wishes) -> ScoreOptions:
    """The engine's options for the reference's wishes."""
    zero = (STRICT if wishes.strict else frozenset()) | (NA_CHALLENGED if wishes.challenged else frozenset())
    lens = Lens(*wishes.lens) if wishes.lens else None
    return ScoreOptions(aggregator=wishes.aggregator, rule=wishes.preset, lens=lens, zero_statuses=zero)


def random_options(levels, rng: random.Random):
    """An answer set on a scale of levels: whole, half, WHO's, yes / partly / planned / no, or one that stops below the top."""
    first, top = levels[0], levels[-1]
    kind = rng.choice(["whole", "whole", "half", "who", "plain", "short"])
    if kind == "half":
        return [(Fraction(n, 2 * (top - first)), first + n // 2) for n in range(2 * (top - first) + 1)]
    if kind == "who":
        return [(Fraction(n, top), n) for n in levels]
    if kind == "plain":
        return [(Fraction(1), top), (Fraction(1, 2), (first + top) // 2), (Fraction(0), first), (Fraction(0), first)]
    if kind == "short":
        return [(Fraction(n - first, 2 * (top - first)), n) for n in levels[:-1]]
    return scale(top, first)


def random_tree(rng: random.Random, levels, *, most=4, critical=0.2) -> list[dict]:
    """One or two roots of uneven depth, at most four nodes deep, over measures of random questions."""
    names = itertools.count(1)

    def one_question():
        lenses = {("aspect", rng.choice(ASPECTS)), ("function", rng.choice(FUNCTIONS))}
        lenses |= {("tag", t) for t in TAGS if rng.random() < 0.4}
        weight = rng.choice(["1", "1", "2", "3", "1/2", "1/3"])
        is_critical = rng.random() < critical
        return question(f"Q{next(names)}", random_options(levels, rng), weight=weight, critical=is_critical, lenses=lenses)

    def grown(depth: int, leaf: float) -> dict:
        weight = rng.choice(["1", "1", "2", "1/3"])
        if depth == 0 or rng.random() < leaf:
            return measure(f"M{next(names)}", [one_question() for _ in range(rng.randint(1, most))], weight=weight)
        children = [grown(depth - 1, 0.4) for _ in range(rng.randint(1, most))]
        return node(f"N{next(names)}", children, weight=weight, needs_all=rng.random() < 0.2)

    return [grown(rng.choice([1, 2, 3]), 0.0) for _ in range(rng.randint(1, 2))]


@functools.cache
def random_world(seed: int, **shape) -> tuple[list[dict], tuple[int, ...], Instrument]:
    """(roots, levels, the instrument) of one seed; written and loaded once, gates are exchanged in memory."""
    rng = random.Random(seed)
    levels = rng.choice([(0, 1, 2, 3, 4, 5), (0, 1, 2, 3), (1, 2, 3, 4, 5), (0, 1, 2, 3, 4)])
    roots = random_tree(rng, levels, **shape)
    return roots, levels, instrument_of(roots, Wishes(levels=levels))


def random_wishes(rng: random.Random, levels) -> Wishes:
    """What a reader might switch, the house's own rule most often."""
    kind, values = rng.choice([("aspect", ASPECTS), ("function", FUNCTIONS), ("tag", TAGS)])
    gates = [Fraction(2, 3), Fraction(2, 3), Fraction(1, 2), Fraction(0), Fraction(1)]
    return Wishes(
        aggregator=rng.choice(["arithmetic", "arithmetic", "power", "geometric", "harmonic", "minimum"]),
        preset=rng.choice(list(reference.PRESETS)),
        strict=rng.random() < 0.2,
        challenged=rng.random() < 0.2,
        lens=(kind, rng.choice(values)) if rng.random() < 0.4 else None,
        step_gate=rng.choice(gates),
        pooled_gate=rng.choice(gates),
        levels=levels,
    )


def all_questions(roots) -> list[dict]:
    """Every question of a forest."""
    return [q for root in roots for q in reference.questions_of(root)]


def random_codes(roots, rng: random.Random, *, open_share=0.25, statuses=STATUSES) -> dict[str, int]:
    """A questionnaire with some questions left in one of the eight ways (or not returned)."""
    codes = {}
    for q in all_questions(roots):
        codes[q["name"]] = rng.choice(statuses) if rng.random() < open_share else rng.randrange(len(q["options"]))
    return codes


def few_open(roots, rng: random.Random, most: int) -> dict[str, int]:
    """A questionnaire in which at most so many questions are open; some are not applicable, the rest is answered."""
    codes = random_codes(roots, rng, open_share=0.1, statuses=(reference.NA_JUSTIFIED, reference.NOT_ASKED))
    for q in rng.sample(list(codes), min(most, len(codes))):
        codes[q] = rng.choice(STATUSES)
    return codes


@dataclass(frozen=True, repr=False)
class World:
    """One example: the tree for the reference, the instrument and options for the engine, and what was answered."""

    roots: list[dict]
    wishes: Wishes
    instrument: Instrument
    rows: list[dict[str, int]]

    def __repr__(self) -> str:
        return f"{[r['name'] for r in self.roots]} {len(all_questions(self.roots))} questions, {self.wishes}"

    def scores(self, rows=None, **changes) -> Scores:
        """The engine's numbers for these rows, the world's own by default."""
        wishes = replace(self.wishes, **changes)
        return node_scores(panel_of(self.instrument, self.rows if rows is None else rows), self.instrument, options_of(wishes))


@st.composite
def worlds(draw, rows=4, seeds=60, statuses=STATUSES, **shape):
    """A random instrument, random wishes and returns of different completeness."""
    roots, levels, instrument = random_world(draw(st.integers(0, seeds - 1)), **shape)
    rng = random.Random(draw(st.integers(0, 2**32 - 1)))
    wishes = random_wishes(rng, levels)
    instrument = replace(instrument, gates=Gates(float(wishes.step_gate), float(wishes.pooled_gate), float(wishes.thin)))
    shares = [0.0, 0.1, 0.25, 0.5, 1.0]
    answers = [random_codes(roots, rng, open_share=rng.choice(shares), statuses=statuses) for _ in range(rows)]
    return World(roots, wishes, instrument, answers)
