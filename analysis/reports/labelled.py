"""Tables of codes -> tables a person reads: names beside codes, levels in words. Charts and downloads are made from these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields

import pandas as pd

from analysis.instrument import Instrument
from analysis.model import Problem, status_of
from analysis.priorities.gaps import target_points
from analysis.priorities.targets import PLAN
from analysis.reports.sentences import SAME, joined, level_words, points
from analysis.states import States
from analysis.texts import once, percent, problem_sentence, text, word

#: Columns of a table of scores with bounds, as shown beside its figure.
BOUNDED = [
    "label",
    "score",
    "lower",
    "upper",
    "target",
    "before",
    "note",
    "na_challenged",
    "answered",
    "applicable",
    "weakest_name",
]
BOUNDED += ["spread"]
CHANGES = ["label", "before", "after", "change", "common", "asked", "change_low", "change_high", "level_before", "level_after"]
BLOCKERS = ["question", "question_text", "now", "needs", "condition", "measure_name"]
SPREAD = ["label", "states", "n", "median", "q1", "q3", "lowest", "highest"]
ANSWERS = ["question", "question_text", "answer", "aspect", "function", "critical"]


def chart_words(language: str = "en") -> dict[str, str]:
    """The words that charts print in their hovers."""
    keys = ("score", "bounds", "target", "before", "level", "not_shown", "not_returned", "not_applicable", "median", "shown")
    return {key: text(f"chart.{key}", language) for key in keys}


def bounded(
    instrument: Instrument, table: pd.DataFrame, *, target: int | str | None = None, language: str = "en"
) -> pd.DataFrame:
    """Rows of `Scores.table` ready for `charts.dots`: label, hue, note (the level in words) and the name of the weakest child.

    target: a level for all nodes; "default": each measure's own, elsewhere the instrument's; None: no target is drawn.
    """
    levels = table[["level_low", "level_high", "why", "thin"]].itertuples(index=False)
    thin = f", {text('level.thin', language)}"
    found = {
        "label": node_labels(instrument, table["node"], language),
        "hue": table["measure_type"],
        "note": [level_words(instrument, row, language) + (thin if row.thin else "") for row in levels],
        **_unasked_blank(table),
        "weakest_name": [
            instrument.question_text(w, language) if kind == "measure" else instrument.node_name(w, language) if w else ""
            for w, kind in zip(table["weakest"], table["kind"], strict=True)
        ],
    }
    if target is not None:
        own = target_points(instrument)
        default = 100 * (instrument.target_level if target == "default" else int(target)) / instrument.max_level
        found["target"] = [own.get(n, default) if target == "default" else default for n in table["node"]]
    return table.assign(**found)


def _unasked_blank(table: pd.DataFrame) -> dict[str, pd.Series]:
    """No bounds where a part was not returned: nothing was asked, so there is nothing that open questions could allow."""
    silent = table["why"] == "not_returned"
    return {end: table[end].mask(silent) for end in ("lower", "upper")}


def hue_words(instrument: Instrument, language: str = "en") -> str:
    """Which colour is which measure type, where the instrument has the two that have colours of their own."""
    if not {"upstream", "downstream"} <= set(instrument.measure_types):
        return ""
    names = {f"{t}": instrument.type_name(t, language).lower() for t in ("upstream", "downstream")}
    return " " + text("chart.hues", language, **names)


def told_apart(codes: Iterable[str], labels: Iterable[str]) -> list[str]:
    """Labels, with the code in front where two codes share one: two States or parts of the same name never become one line."""
    pairs = list(zip(codes, labels, strict=True))
    owners: dict[str, set[str]] = {}
    for code, label in pairs:
        owners.setdefault(label, set()).add(code)
    return [f"{code} {label}" if len(owners[label]) > 1 else label for code, label in pairs]


def state_names(states: States, codes: Sequence[str], language: str = "en") -> list[str]:
    """The States' names, told apart."""
    return told_apart(codes, once(lambda code: states.name(code, language), codes))


def node_label(instrument: Instrument, node: str, language: str = "en") -> str:
    """A node's name; a measure's with its code in front."""
    name = instrument.node_name(node, language)
    is_measure = instrument.nodes["kind"].iloc[instrument.node_number[node]] == "measure"
    return f"{node} {name}" if is_measure and name != node else name


def node_labels(instrument: Instrument, nodes: Iterable[str], language: str = "en") -> list[str]:
    """The nodes' labels, told apart; each is looked up once however often it stands in a table."""
    codes = list(nodes)
    label = {node: node_label(instrument, node, language) for node in dict.fromkeys(codes)}
    return told_apart(codes, [label[node] for node in codes])


def lenses(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `profile.lens_profile` ready for `charts.dots`: label names the lens, hue the measure type."""
    found = bounded(instrument, table, language=language)
    pairs = list(zip(table["lens_kind"], table["lens"], strict=True))
    kinds = [text(f"lens.{kind}", language) for kind, _ in pairs]
    found["label"] = told_apart(kinds, [word(kind, lens, language) for kind, lens in pairs])
    found["note"] = [
        text("chart.of_questions", language, answered=row.answered, applicable=row.applicable) for row in table.itertuples()
    ]
    return found[table["applicable"] > 0].reset_index(drop=True)


def named(instrument: Instrument, table: pd.DataFrame, states: States | None = None, language: str = "en") -> pd.DataFrame:
    """A table with names beside its codes: label (of `node` or `measure`), name (of `iso3`), submodule_name, type_name."""
    found = table.copy()
    for column in ("node", "measure"):
        if column in found and "label" not in found:
            names = {n: node_label(instrument, n, language) for n in found[column].unique()}
            found["label"] = found[column].map(names)
    if states is not None and "iso3" in found:
        found.insert(0, "name", once(lambda code: states.name(code, language), found["iso3"]))
    if "submodule" in found:
        found["submodule_name"] = once(lambda code: instrument.submodule_name(code, language), found["submodule"])
    if "measure_type" in found:
        found["type_name"] = once(lambda code: instrument.type_name(code, language), found["measure_type"])
    return found


def answer_words(instrument: Instrument, question: str, code: int, language: str = "en") -> str:
    """A stored code in words: `3, In place`, or its status."""
    if code < 0:
        return word("status", status_of(code), language)
    answer_set = instrument.answer_set_of[question]
    option = instrument.option_names[answer_set][code]
    label = instrument.option_label(answer_set, option, language)
    return option if label == option else f"{option}, {label}"


def blockers(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `levels.blockers` with the question's words, what it is now, what it needs and why."""
    measure = instrument.questions.set_index("question")["measure"]
    return table.assign(
        question_text=[instrument.question_text(q, language) for q in table["question"]],
        now=[word("status", row.status, language) if row.open else str(row.level_now) for row in table.itertuples()],
        condition=[text(f"blocker.{c}", language) for c in table["condition"]],
        measure_name=[instrument.node_name(measure[q], language) for q in table["question"]],
    )[BLOCKERS]


def answer_changes(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `rounds.answer_changes` in words: question, question_text, answer_before, answer_after."""
    pairs = {side: zip(table["question"], table[f"code_{side}"], strict=True) for side in ("before", "after")}
    words = {f"answer_{side}": [answer_words(instrument, q, int(c), language) for q, c in rows] for side, rows in pairs.items()}
    texts = [instrument.question_text(q, language) for q in table["question"]]
    return table[["question"]].assign(question_text=texts, **words).reset_index(drop=True)


def answers(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `profile.answers` in words."""
    spoken = []
    for row in table.itertuples():
        label = instrument.option_label(row.answer_set, row.option, language) if row.option else ""
        spoken.append(
            f"{row.option}, {label}" if label and label != row.option else row.option or word("status", row.status, language)
        )
    return table.assign(
        question_text=[instrument.question_text(q, language) for q in table["question"]],
        answer=spoken,
        aspect=[word("aspect", a, language) for a in table["aspect"]],
        function=[word("function", f, language) for f in table["function"]],
    )[ANSWERS]


def strongest_and_weakest(instrument: Instrument, table: pd.DataFrame, most: int = 3, language: str = "en") -> str:
    """A sentence naming the strongest and the weakest measures. table: rows of `profile.measures`, weakest first."""
    shown = table.dropna(subset=["score"])
    if len(shown) < 2:
        return text("sentence.measures.few", language)
    values, most = shown["score"].tolist(), min(most, len(shown) // 2)
    if values[-1] - values[0] <= SAME:
        return text("sentence.measures.same", language, n=len(shown), score=points(values[0]))
    while values[-most] - values[most - 1] <= SAME:  # the same score is not called strong and weak
        most -= 1
    weak = [f"{instrument.node_name(r.node, language)} ({points(r.score)})" for r in shown.head(most).itertuples()]
    strong = [f"{instrument.node_name(r.node, language)} ({points(r.score)})" for r in shown.tail(most).iloc[::-1].itertuples()]
    return text("sentence.measures.ends", language, strong=joined(strong, language), weak=joined(weak, language))


GAPS = [
    "name",
    "label",
    "gap",
    "known",
    "score",
    "target",
    "gap_low",
    "gap_high",
    "level_gap",
    "target_words",
    "answers",
    "submodule_name",
    "type_name",
    "round",
]
ASK_FIRST = ["name", "label", "known", "open", "gap_low", "gap_high", "answers", "submodule_name", "type_name", "round"]
SHARED_GAPS = ["label", "certain", "possible", "none", "not_returned", "median_gap", "n", "submodule_name", "type_name"]
CELLS = ["line", "column", "score", "lower", "upper", "level", "answers"]


def gap_words(language: str = "en") -> dict[str, str]:
    """The words of the shared-gap bars."""
    return {kind: text(f"gap.{kind}", language) for kind in ("certain", "possible", "none", "not_returned", "states")}


def of(part: int, whole: int, language: str = "en") -> str:
    """`5 of 8`."""
    return text("of", language, part=part, whole=whole)


def gaps(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `priorities.gaps` with names, what is known of each gap, and the answers counted."""
    found = named(instrument, table, states, language)
    found["known"] = once(lambda kind: text(f"gap.known.{kind}", language), found["kind"])
    if "target_kind" in found:
        found["level_gap"] = once(lambda *ends: _levels(*ends, language), found["level_gap_low"], found["level_gap_high"])
        found["target_words"] = once(
            lambda *origin: target_origin(*origin, language), found["target_kind"], found["target_round"], found["set_by"]
        )
    counts = once(lambda part, whole: of(int(part), int(whole), language), found["answered"], found["applicable"])
    return found.assign(answers=counts)


def _levels(low: float, high: float, language: str) -> str:
    """Levels between the target and the level interval: `1`, `0 to 2`, a dash where the target is no level."""
    if pd.isna(low) or pd.isna(high):
        return "–"
    return str(int(low)) if low == high else text("range", language, low=int(low), high=int(high))


def target_origin(kind: str, round: str, set_by: str, language: str = "en") -> str:
    """Where a target comes from, with the round and who set it where it is a State's own: `own plan, 2028, National commission`."""
    if kind == PLAN and not set_by:
        set_by = text("target.set_by.not_said", language)
    return ", ".join(part for part in (word("target_kind", kind, language), round, set_by) if part)


def cells(
    instrument: Instrument, table: pd.DataFrame, states: States, *, lines: str = "states", language: str = "en"
) -> pd.DataFrame:
    """Rows of `Scores.table` as cells of a heat map: line, column (labels), key (the State's code).

    lines: `states` (a line per State by name, a column per node) or `nodes` (a line per node in the tree's order).
    """
    order = {node: i for i, node in enumerate(instrument.nodes["node"])}
    found = table.assign(
        **_unasked_blank(table),
        state=state_names(states, table["iso3"], language),
        part=node_labels(instrument, table["node"], language),
        place=table["node"].map(order),
        key=table["iso3"],
        answers=[of(a, n, language) for a, n in zip(table["answered"], table["applicable"], strict=True)],
    )
    if lines == "states":
        return found.rename(columns={"state": "line", "part": "column"}).sort_values(["line", "place"], kind="stable")
    return found.rename(columns={"part": "line", "state": "column"}).sort_values(["place", "column"], kind="stable")


def states_bounded(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `Scores.table`, one per State, ready for `charts.dots`: the State is the label."""
    found = bounded(instrument, table, target="default", language=language)
    return found.assign(label=state_names(states, table["iso3"], language))


def status(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.returned.status` with names and words."""
    short = {s: instrument.submodule_name(s, language) for s in instrument.submodules}
    found = named(instrument, table, states, language)
    found["submodules"] = [", ".join(short[s] for s in codes.split(", ") if s) for codes in table["submodules"]]
    found["reading"] = [word("reading", r, language) for r in table["reading"]]
    found["received_at"] = [f"{t:%Y-%m-%d}" if pd.notna(t) else "" for t in table["received_at"]]
    found["parts"] = [of(n, m, language) for n, m in zip(table["returned"], table["submodules_asked"], strict=True)]
    columns = [
        "name",
        "iso3",
        "round",
        "reading",
        "submodules",
        "parts",
        "completeness",
        "answered",
        "applicable",
        "dont_know",
        "withheld",
    ]
    return found[[*columns, "not_applicable", "unreadable", "received_at"]]


def missing(states: States, region: str, returned: Iterable[str]) -> pd.DataFrame:
    """States of a group without a return: name, iso3, region."""
    wanted = states.members(region) - set(returned)
    table = states.table[states.table["iso3"].isin(wanted)]
    return table[["name", "iso3", "region"]].reset_index(drop=True)


def headline(facts: dict, language: str = "en") -> dict[str, str]:
    """The figures of `comparison.returned.headline` as printed."""
    words = {name: of(*facts[name], language) for name in ("returned", "complete", "shown")}
    words["answered"] = percent(facts["answered"])
    return {name: words[name] for name in ("returned", "complete", "answered", "shown")}


HISTORY = ["label", "round", "score", "lower", "upper", "level", "answered", "applicable"]
GROUP_HISTORY = ["label", "round", "matched_mean", "matched_n", "lowest", "highest", "q1", "q3", "lower_mean", "upper_mean"]
GROUP_HISTORY += ["mean", "lower_all", "upper_all", "n", "reported", "few_common"]
SAME_HISTORY = ["label", "round", "same_score", "score", "lower", "upper", "level", "common", "answered", "applicable"]
#: Columns of a table of scores, for people.
SCORES = [
    "name",
    "organization",
    "round",
    "reading_words",
    "label",
    "submodule_name",
    "type_name",
    "score",
    "lower",
    "upper",
    "note",
]
SCORES += ["answered", "applicable", "weakest_name", "spread"]


def scores(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `Scores.table` for people: with the columns of `SCORES` beside their codes."""
    found = named(instrument, bounded(instrument, table, language=language), states, language)
    return found.assign(reading_words=once(lambda code: text(f"reading.{code}", language), table["reading"]))


MOVES = ["name", "label", "first", "last", "change", "change_low", "change_high", "before", "after", "common", "asked"]


def history(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `rounds.histories` ready for `charts.history`: label, hue, name, note."""
    hue = dict(zip(instrument.nodes["node"], instrument.nodes["measure_type"], strict=True))
    return table.assign(
        **_unasked_blank(table),
        label=[instrument.node_name(n, language) for n in table["node"]],
        hue=[hue[n] for n in table["node"]],
        name=state_names(states, table["iso3"], language),
        same_score=table["value"],
        note=[of(a, n, language) for a, n in zip(table["answered"], table["applicable"], strict=True)],
    )


def one_line(lines: pd.DataFrame) -> pd.DataFrame:
    """Rows of `history` of one State ready to be drawn: its score on the same questions as a line; where too few are the same, the scores
    as shown in each round as dots that nothing joins."""
    apart = lines["value"].isna() & lines["score"].notna()
    drawn = lines.drop(columns=["lower", "upper"])  # the bounds are of all questions: they stand in the table
    return drawn.assign(score=lines["value"].where(~apart, lines["score"]), piece=lines["round"].where(apart, ""))


def moves(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `rounds.first_to_last` with names."""
    return named(instrument, table, states, language)


def group_history(
    instrument: Instrument, table: pd.DataFrame, means: pd.DataFrame, states: States, language: str = "en"
) -> pd.DataFrame:
    """States drawn thin and the matched mean drawn thick, ready for `charts.history`; without States (an empty `table`), their spread as a band."""
    quiet = history(instrument, table, states, language).assign(quiet=True, score=table["value"]).drop(columns=["lower", "upper"])
    hue = dict(zip(instrument.nodes["node"], instrument.nodes["measure_type"], strict=True))
    loud = means.assign(
        label=[instrument.node_name(n, language) for n in means["node"]],
        hue=[hue[n] for n in means["node"]],
        name=text("over_time.matched", language),
        score=means["matched_mean"],
        note=[text("over_time.matched_n", language, n=n) for n in means["matched_n"]],
        quiet=False,
    )
    columns = ["node", "label", "hue", "name", "round", "round_date", "score", "note", "quiet"]
    if table.empty:
        return loud[[*columns, "lowest", "highest", "q1", "q3"]]
    return pd.concat([quiet[columns], loud[columns]], ignore_index=True)


PROBLEMS = ["severity", "file", "sheet", "cell", "question", "message", "found", "allowed"]
#: The same of one file without questions: what to do stands near the front, where a telephone shows it.
PROBLEMS_OF_ONE = ["severity", "sheet", "cell", "message", "found", "allowed", "file"]
HISTORY_OF_RETURNS = ["name", "organization", "round", "reading", "step", "problems", "answered", "asked", "counts"]
HISTORY_OF_RETURNS += ["received_at", "imported_by", "file"]


def problems(found: Iterable[Problem], language: str = "en") -> pd.DataFrame:
    """Problems as a table, those that stop a return first."""
    rows = [{**asdict(p), "message": problem_sentence(p, language)} for p in found]
    table = pd.DataFrame(rows, columns=[*PROBLEMS, "code"])
    rank = {"stop": 0, "repair": 1, "note": 2}
    table = table.sort_values(
        ["severity", "file", "sheet"], key=lambda s: s.map(rank) if s.name == "severity" else s, kind="stable"
    )
    return table.assign(severity=[word("severity", s, language) for s in table["severity"]]).reset_index(drop=True)


def part_names(instrument: Instrument | None, codes: str, language: str = "en") -> str:
    """Sub-modules (codes, joined by ", ") by their names."""
    if instrument is None:
        return codes
    return ", ".join(instrument.submodule_name(s, language) for s in codes.split(", ") if s)


def stored_returns(
    instrument_of: dict[str, Instrument], table: pd.DataFrame, states: States, language: str = "en"
) -> pd.DataFrame:
    """Rows of `Store.returns` in words."""
    found = named(next(iter(instrument_of.values())), table, states, language)
    found["reading"] = [word("reading", r, language) for r in table["reading"]]
    found["step"] = [word("step", s, language) for s in table["step"]]
    found["received_at"] = [f"{t:%Y-%m-%d %H:%M}" for t in table["received_at"]]
    for column in ("submodules", "counts"):
        found[column] = [
            part_names(instrument_of.get(i), codes, language) for i, codes in zip(table["instrument"], table[column], strict=True)
        ]
    found["counts"] = [c or text("history.superseded", language) for c in found["counts"]]
    return found


def stored_problems(table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `Store.problems` in words."""
    names = [f.name for f in fields(Problem)]
    return problems((Problem(**row) for row in table[names].to_dict("records")), language)


WHAT_IFS = ["label", "score", "score_strict", "score_challenged", "level_default", "level_strict", "level_challenged"]
ORGANIZATIONS = ["label", "national", "n", "lowest", "median", "highest"]


def what_ifs(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `profile.what_ifs` in words: each level as a number or a range."""
    found = named(instrument, table, language=language)
    for name, ending in (("level_default", ""), ("level_strict", "_strict"), ("level_challenged", "_challenged")):
        found[name] = [
            level_range(low, high, score, language)
            for low, high, score in zip(
                table["level_low" + ending], table["level_high" + ending], table["score" + ending], strict=True
            )
        ]
    return found


def level_range(low: float, high: float, score: float, language: str = "en") -> str:
    """`3`, `1 to 3`, or a dash where no score is shown."""
    if pd.isna(score) or pd.isna(low):
        return "–"
    return str(int(low)) if low == high else text("range", language, low=int(low), high=int(high))
