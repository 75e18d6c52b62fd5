"""A second, slow scorer, written from the scoring contract alone: one dictionary per node, exact fractions, recursion.

It shares no line with `analysis.scores` and is only used to disagree with it. A tree is
`{"name", "weight", "needs_all", "children": [...]}`; a measure has `"questions"` instead of children:
`{"name", "weight", "critical", "options": [(value, level), ...], "lenses": {("tag", "border"), ...}}`.
Weights and values are Fractions. A completed questionnaire is `{question name: code}`.

Where the contract leaves a choice, the house decided: within a measure always arithmetic, the chosen aggregator above;
an open question stands at the lowest and the highest level of its own scale; a critical question anywhere below a node
counts; "mean floor" hands the unfloored mean up; a node with needs_all needs a score of each applicable child; a part
that is not returned is applicable, unanswered and unknown; what strict or N/A challenged turns into 0 is value 0 and
the lowest level of the instrument (0 on a scale from 0) and counts as answered; N/A that is challenged takes no weight out.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

NA_JUSTIFIED, NA_UNJUSTIFIED, DONT_KNOW, WITHHELD, BLANK, NOT_ASKED, INVALID, NOT_RETURNED = range(-1, -9, -1)
NOT_APPLICABLE = {NA_JUSTIFIED, NOT_ASKED}
STRICT_ZERO = {DONT_KNOW, BLANK, INVALID}
CHALLENGED_ZERO = {NA_JUSTIFIED, NA_UNJUSTIFIED}
CLOSE = Fraction(1, 10**9)

PRESETS = {
    "graded": {"at": Fraction(1, 2), "below": Fraction(85, 100), "strictly": True, "floor": 2, "critical": True},
    "strict": {"at": Fraction(1), "below": Fraction(1), "strictly": False, "floor": None, "critical": False},
    "share_and_critical": {"at": Fraction(3, 4), "below": Fraction(3, 4), "strictly": False, "floor": None, "critical": True},
    "mean_floor": None,
}


@dataclass(frozen=True)
class Wishes:
    """What a reader may switch."""

    aggregator: str = "arithmetic"
    preset: str = "graded"
    strict: bool = False
    challenged: bool = False
    lens: tuple[str, str] | None = None
    step_gate: Fraction = Fraction(2, 3)
    pooled_gate: Fraction = Fraction(2, 3)
    thin: Fraction = Fraction(1, 3)
    levels: tuple[int, ...] = (0, 1, 2, 3, 4, 5)


def cell(question, code, wishes):
    """None when not applicable, else (known, lowest value, highest value, lowest level, highest level)."""
    if code >= 0:
        value, level = question["options"][code]
        return True, value, value, level, level
    if (wishes.strict and code in STRICT_ZERO) or (wishes.challenged and code in CHALLENGED_ZERO):
        return True, Fraction(0), Fraction(0), wishes.levels[0], wishes.levels[0]
    if code in NOT_APPLICABLE:
        return None
    values = [value for value, _ in question["options"]]
    levels = [level for _, level in question["options"]]
    return False, min(values), max(values), min(levels), max(levels)


def mean_of(pairs, aggregator):
    """Weighted mean of (weight, number of 0-100) pairs."""
    total = sum(w for w, _ in pairs)
    if aggregator == "arithmetic":
        return sum(w * x for w, x in pairs) / total
    if aggregator == "minimum":
        return min(x for _, x in pairs)
    if aggregator == "power":
        return float(sum(w / total * math.sqrt(x) for w, x in pairs)) ** 2
    if aggregator == "geometric":
        return math.exp(sum(w / total * math.log(max(x, 1)) for w, x in pairs))
    if aggregator == "harmonic":
        return 0 if any(x == 0 for _, x in pairs) else 1 / sum(w / total / x for w, x in pairs)
    raise ValueError(aggregator)


def award(items, critical_levels, wishes):
    """Level of (weight, level) items; mean floor gives the mean, floored by whoever shows it."""
    total = sum(w for w, _ in items)
    rule = PRESETS[wishes.preset]
    if rule is None:
        return sum(w * level for w, level in items) / total
    passes = (lambda a, t: a > t + CLOSE) if rule["strictly"] else (lambda a, t: a >= t - CLOSE)

    def reaching(n):
        return sum(w for w, level in items if level >= n) / total

    reached = wishes.levels[0]
    for n in wishes.levels[1:]:
        if (
            passes(reaching(n), rule["at"])
            and all(passes(reaching(k), rule["below"]) for k in wishes.levels[1:] if k < n)
            and not (rule["critical"] and any(level < n for level in critical_levels))
            and not (rule["floor"] is not None and any(level < n - rule["floor"] for _, level in items))
        ):
            reached = n
    return reached


def shown_level(level, wishes):
    """The whole level on the scale that a mean (or a level) stands for."""
    return min(max(math.floor(level + CLOSE), wishes.levels[0]), wishes.levels[-1])


def measure_row(node, codes, wishes):
    """One measure: every number of the contract, None where there is none."""
    kept = [q for q in node["questions"] if wishes.lens is None or wishes.lens in q["lenses"]]
    cells = [(q, cell(q, codes[q["name"]], wishes)) for q in kept]
    applicable = [(q, c) for q, c in cells if c is not None]
    answered = [(q, c) for q, c in applicable if c[0]]
    children = [
        {
            "name": q["name"],
            "weight": q["weight"],
            "score": 100 * c[1] if c[0] else None,
            "lower": 100 * c[1],
            "upper": 100 * c[2],
        }
        for q, c in applicable
    ]
    row = rolled_up(node, children, len(answered), len(applicable), "arithmetic", wishes)
    for side, place in (("low", 3), ("high", 4)):
        row["critical_" + side] = [c[place] for q, c in applicable if q["critical"]]
        row["raw_level_" + side] = (
            award([(q["weight"], c[place]) for q, c in applicable], row["critical_" + side], wishes) if applicable else None
        )
    asked = sum(q["weight"] for q in kept if codes[q["name"]] != NOT_ASKED)
    taken = sum(q["weight"] for q, c in cells if c is None and codes[q["name"]] == NA_JUSTIFIED)
    row["thin"] = bool(asked) and taken / asked > wishes.thin + CLOSE
    return row


def rolled_up(node, children, answered, asked, aggregator, wishes):
    """Score with both gates and bounds of a node from the rows of its applicable children."""
    row = {"name": node["name"], "weight": node["weight"], "answered": answered, "applicable": asked}
    row["children"] = {c["name"]: c["score"] for c in children if c["score"] is not None}
    if not children:
        return row | {"score": None, "lower": None, "upper": None, "step": None}
    scored = [c for c in children if c["score"] is not None]
    row["step"] = Fraction(sum(c["weight"] for c in scored)) / sum(c["weight"] for c in children)
    row["lower"] = mean_of([(c["weight"], c["lower"]) for c in children], aggregator)
    row["upper"] = mean_of([(c["weight"], c["upper"]) for c in children], aggregator)
    row["score"] = None
    gates = row["step"] >= wishes.step_gate - CLOSE and Fraction(answered, asked) >= wishes.pooled_gate - CLOSE
    if scored:
        point = mean_of([(c["weight"], c["score"]) for c in scored], aggregator)
        whole = not node.get("needs_all") or len(scored) == len(children)
        if gates and whole and row["lower"] - CLOSE <= point <= row["upper"] + CLOSE:
            row["score"] = point
    return row


def node_rows(node, codes, wishes):
    """Name -> row for a node and everything below it."""
    if "questions" in node:
        row = measure_row(node, codes, wishes)
        return {node["name"]: finished(row, wishes)}
    rows = {}
    for child in node["children"]:
        rows |= node_rows(child, codes, wishes)
    children = [rows[c["name"]] for c in node["children"] if rows[c["name"]]["applicable"]]
    row = rolled_up(
        node, children, sum(c["answered"] for c in children), sum(c["applicable"] for c in children), wishes.aggregator, wishes
    )
    for side in ("low", "high"):
        row["critical_" + side] = [level for c in children for level in c["critical_" + side]]
        items = [(c["weight"], c["raw_level_" + side]) for c in children]
        row["raw_level_" + side] = award(items, row["critical_" + side], wishes) if items else None
    row["thin"] = False
    rows[node["name"]] = finished(row, wishes)
    return rows


def finished(row, wishes):
    """The row with its level interval, and the single level where it may be shown."""
    for side in ("low", "high"):
        raw = row["raw_level_" + side]
        row["level_" + side] = None if raw is None else shown_level(raw, wishes)
    same = row["level_low"] == row["level_high"] and row["score"] is not None
    row["level"] = row["level_low"] if same else None
    return row


def forest_rows(roots, codes, wishes):
    """Name -> row over all roots."""
    rows = {}
    for root in roots:
        rows |= node_rows(root, codes, wishes)
    return rows


def questions_of(node):
    """Questions below a node, in order."""
    if "questions" in node:
        return list(node["questions"])
    return [q for child in node["children"] for q in questions_of(child)]


def completions(roots, codes, wishes):
    """Every questionnaire that the open questions allow."""
    questions = [q for root in roots for q in questions_of(root)]
    open_ones = [q for q in questions if (c := cell(q, codes[q["name"]], wishes)) is not None and not c[0]]
    for choice in itertools.product(*(range(len(q["options"])) for q in open_ones)):
        yield codes | {q["name"]: code for q, code in zip(open_ones, choice, strict=True)}


def effective_weights(node, share=Fraction(1)):
    """Question name -> its share of the node: the product of sibling shares down the tree."""
    below = node.get("questions") or node["children"]
    total = sum(c["weight"] for c in below)
    found = {}
    for child in below:
        part = share * child["weight"] / total
        found |= effective_weights(child, part) if "questions" in child or "children" in child else {child["name"]: part}
    return found


def importances(weights, columns):
    """w cov(s_c, S) / var(S) of each child over the returns, S = sum w s: exact, population moments."""
    total = sum(weights)
    shares = [w / total for w in weights]
    n = len(columns[0])
    whole = [sum(s * c[i] for s, c in zip(shares, columns, strict=True)) for i in range(n)]

    def covariance(a, b):
        return sum(x * y for x, y in zip(a, b, strict=True)) / n - sum(a) / n * (sum(b) / n)

    return [s * covariance(c, whole) / covariance(whole, whole) for s, c in zip(shares, columns, strict=True)]
