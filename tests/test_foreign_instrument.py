"""An instrument of another house, by the documents and the command line alone: shaped like the WHO's SPAR, scored by its convention.

15 capacities with 35 indicators, a scale 1-5 worth a/5, one root, one sub-module, no measure types. Every expected number is
computed here, with exact fractions, from the rows of the table; nothing of the engine takes part in it.
"""

import csv
import io
import random
from fractions import Fraction
from math import floor

import openpyxl
import pandas as pd
import pytest

from analysis.__main__ import main

COUNTS = [2, 3, 2, 3, 2, 3, 2, 3, 3, 2, 1, 3, 2, 2, 2]
INDICATORS = {f"C{i}": [f"C{i}.{j}" for j in range(1, n + 1)] for i, n in enumerate(COUNTS, 1)}
QUESTIONS = [q for of in INDICATORS.values() for q in of]
HEADER = ["iso3", "organization", "round", "reading", "question", "answer", "comment"]
CODES = ["AAB", "AAQ", "AAZ", "QMC", "QQQ", "QZZ", "XAA", "XKX", "XZZ", "ZZA", "ZZM", "ZZZ"]  # left to users by ISO 3166
OPEN = object()
NOT_APPLICABLE = object()


def write_csv(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def write_instrument(folder):
    """The instrument as docs/instrument-format.md tells to write one."""
    folder.mkdir(parents=True)
    (folder / "instrument.toml").write_text("target_level = 3\n", encoding="utf-8")
    write_csv(folder / "levels.csv", [["level"], *[[n] for n in range(1, 6)]])
    options = [["spar", n, f"{n}/5", n] for n in range(1, 6)]
    write_csv(folder / "answers.csv", [["answer_set", "option", "value", "level"], *options])
    write_csv(folder / "nodes.csv", [["node", "parent", "kind", "submodule"], ["overall", "", "overall", "ihr"]])
    write_csv(folder / "measures.csv", [["measure", "parent"], *[[c, "overall"] for c in INDICATORS]])
    rows = [[q, c, "spar"] for c, of in INDICATORS.items() for q in of]
    write_csv(folder / "questions.csv", [["question", "measure", "answer_set"], *rows])
    words = [[f"question.{q}.text", f"How far is {q} in place?"] for q in QUESTIONS]
    words += [[f"measure.{c}.title", f"Capacity {c}"] for c in INDICATORS]
    words += [[f"level.{n}.name", f"Level {n}"] for n in range(1, 6)]
    words += [
        ["instrument.title", "Fifteen capacities"],
        ["node.overall.title", "All capacities"],
        ["submodule.ihr.title", "Capacities"],
    ]
    write_csv(folder / "texts" / "en.csv", [["key", "text"], *words])


def table_rows(codes, rounds, seed=2370):
    """Rows of a flat table, as offices write them."""
    draw, rows = random.Random(seed), []
    odd = ["", " ", "no data", "2.5", "3-4", "6", "0", "N/A", "n/a", "N/A", "Don't know", "Withheld"]
    for code in codes:
        base = draw.randint(1, 4)
        for label in rounds:
            holes = draw.choice([0, 0.05, 0.15, 0.35, 0.6])
            for question in QUESTIONS:
                level = min(5, max(1, base + draw.choice([-1, 0, 0, 1, 1])))
                answer = draw.choice([str(level), str(level), f" {level}", f"\u00a0{level} ", f"{level}.0"])
                comment = ""
                if draw.random() < holes:
                    answer = draw.choice(odd)
                    comment = draw.choice(["", "No port of entry"]) if answer.lower() == "n/a" else ""
                if draw.random() > 0.01:  # a row is missing now and then
                    rows.append([code, "", label, "self", question, answer, comment])
    return rows


def meant(answer, comment):
    """An answer as a level, OPEN or NOT_APPLICABLE, by docs/flat-table.md."""
    text = str(answer).replace("\u00a0", " ").strip()
    if text.lower() == "n/a":
        return NOT_APPLICABLE if comment else OPEN
    try:
        level = Fraction(text)
    except ValueError:
        return OPEN
    return int(level) if level.denominator == 1 and 1 <= level <= 5 else OPEN


def awarded(levels):
    """`graded`: more than half of the items at the level, more than 85 % at every level below, none more than two below it."""

    def passes(n):
        reached = [Fraction(sum(level >= k for level in levels), len(levels)) for k in range(1, n + 1)]
        return reached[-1] > Fraction(1, 2) and all(r > Fraction(85, 100) for r in reached[:-1]) and min(levels) >= n - 2

    return max(n for n in range(1, 6) if passes(n))


def mean(values):
    return sum(values, Fraction(0)) / len(values)


def measure_of(answers):
    """Score, bounds, counts and levels of one capacity."""
    asked = [a for a in answers if a is not NOT_APPLICABLE]
    given = [a for a in asked if a is not OPEN]
    if not asked:
        return {"score": None, "lower": None, "upper": None, "answered": 0, "applicable": 0, "levels": (None, None)}
    low, high = ([end if a is OPEN else a for a in asked] for end in (1, 5))
    shown = Fraction(len(given), len(asked)) >= Fraction(2, 3)
    return {
        "score": mean([Fraction(100 * a, 5) for a in given]) if shown else None,
        "lower": mean([Fraction(100 * a, 5) for a in low]),
        "upper": mean([Fraction(100 * a, 5) for a in high]),
        "answered": len(given),
        "applicable": len(asked),
        "coverage": Fraction(len(given), len(asked)),
        "levels": (awarded(low), awarded(high)),
    }


def overall_of(measures):
    """The root: the mean of the capacities that have a score, behind both gates and within its bounds."""
    asked = [m for m in measures if m["applicable"]]
    scored = [m["score"] for m in asked if m["score"] is not None]
    answered, applicable = (sum(m[name] for m in asked) for name in ("answered", "applicable"))
    lower, upper = (mean([m[name] for m in asked]) for name in ("lower", "upper"))
    enough = min(Fraction(len(scored), len(asked)), Fraction(answered, applicable)) >= Fraction(2, 3)
    score = mean(scored) if enough and lower <= mean(scored) <= upper else None
    levels = tuple(awarded([m["levels"][end] for m in asked]) for end in (0, 1))
    coverage = Fraction(len(scored), len(asked))
    found = {"score": score, "lower": lower, "upper": upper, "answered": answered, "applicable": applicable}
    return {**found, "coverage": coverage, "levels": levels}


def expected(rows):
    """(code, round, node) -> what the table's rows come to."""
    given = {(r[0], r[2], r[4]): meant(r[5], r[6]) for r in rows}
    found = {}
    for code, label in dict.fromkeys((r[0], r[2]) for r in rows):
        of = {c: measure_of([given.get((code, label, q), OPEN) for q in qs]) for c, qs in INDICATORS.items()}
        found |= {(code, label, node): m for node, m in [*of.items(), ("overall", overall_of(list(of.values())))]}
    return found


def differences(scores, rows):
    """Every number of a table of scores that is not the expected one."""
    wanted, wrong = expected(rows), []
    assert len(scores) == len(wanted)
    for row in scores.to_dict("records"):
        key = (row["iso3"], str(row["round"]), row["node"])
        want = wanted[key]
        low, high = want["levels"]
        level = low if low == high and want["score"] is not None else None
        pairs = {"score": want["score"], "lower": want["lower"], "upper": want["upper"], "step_coverage": want.get("coverage")}
        pairs |= {"answered": want["answered"], "applicable": want["applicable"]}
        pairs |= {"level": level, "level_low": low, "level_high": high}
        for name, value in pairs.items():
            same = pd.isna(row[name]) if value is None else not pd.isna(row[name]) and abs(row[name] - float(value)) < 1e-9
            if not same:
                wrong.append((*key, name, row[name], value))
    return wrong


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A folder of an office: instrument, States, table; and what every command needs to know."""
    folder = tmp_path_factory.mktemp("office")
    write_instrument(folder / "instruments" / "fifteen-2024")
    write_csv(folder / "states.csv", [["iso3", "name_en", "region"], *[[c, f"Land {c}", "North"] for c in CODES]])
    rows = table_rows(CODES, ["2023", "2024"])
    write_csv(folder / "answers.csv", [HEADER, *rows])
    where = ["--instruments", str(folder / "instruments"), "--states", str(folder / "states.csv")]
    return folder, rows, where


def scores_of(where, url, capsysbinary, *more):
    capsysbinary.readouterr()
    assert main(["scores", *where, "--database", url, *more]) == 0
    return pd.read_csv(io.BytesIO(capsysbinary.readouterr().out), keep_default_na=False, na_values=[""], dtype={"round": str})


def test_the_instrument_written_from_the_documents_has_no_fault(office, capsys):
    folder, _, _ = office
    assert main(["instrument", "check", str(folder / "instruments" / "fifteen-2024")]) == 0
    assert capsys.readouterr().out == (
        "fifteen-2024: 1 sub-modules, 15 measures, 35 questions. 0 notes; the instrument can be used.\n"
    )


def test_every_score_bound_coverage_and_level_is_the_independent_one(office, capsysbinary, tmp_path):
    folder, rows, where = office
    url = f"sqlite:///{tmp_path / 'office.sqlite'}"
    assert main(["import", str(folder / "answers.csv"), *where, "--database", url]) == 1  # half levels and "no data" are problems
    assert b"answers.csv: 24 returns, " in capsysbinary.readouterr().out
    scores = scores_of(where, url, capsysbinary)
    assert len(scores) == 12 * 2 * 16
    assert differences(scores, rows) == []
    assert scores["score"].isna().any() and scores["level"].isna().any()  # the trial meets closed gates and intervals
    assert (scores["applicable"] == 0).any() or (scores["thin"]).any()
    latest = scores_of(where, url, capsysbinary, "--round", "latest")
    assert latest["round"].unique().tolist() == ["2024"]
    assert differences(latest, [r for r in rows if r[2] == "2024"]) == []


def test_each_answer_off_the_scale_is_a_problem_with_its_cell(office, capsys):
    folder, rows, where = office
    assert main(["check", str(folder / "answers.csv"), *where]) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if "is not an answer" in line]
    off = [i for i, r in enumerate(rows, start=2) if str(r[5]).strip() in ("no data", "2.5", "3-4", "6", "0")]
    assert sorted(int(line.split(", F")[1].split(":")[0]) for line in told) == off
    half = next(i for i in off if rows[i - 2][5] == "2.5")
    assert (
        f"  repair answers.csv, F{half}: “2.5” is not an answer. Allowed: 1-5, N/A, Don't know, Withheld. Perhaps meant: 2."
        in told
    )


def test_the_same_table_as_a_workbook_with_its_heads_further_down_gives_the_same_scores(office, capsysbinary, tmp_path):
    _, rows, where = office
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Ministry of Health, returns of both years"])
    sheet.append([])
    sheet.append(["", "Comment", "Answer", "Question", "ISO3", "Round", "Reading", "Remarks of the office"])
    for code, _, label, reading, question, answer, comment in rows:
        number = float(answer) if answer.strip().isdigit() else answer  # numbers as numbers
        sheet.append([None, comment, number, question, f" {code.lower()}\u00a0", int(label), reading, "x"])
    book.save(tmp_path / "answers.xlsx")
    url = f"sqlite:///{tmp_path / 'office.sqlite'}"
    assert main(["import", str(tmp_path / "answers.xlsx"), *where, "--database", url]) == 1
    assert differences(scores_of(where, url, capsysbinary), rows) == []


def test_a_workbook_of_the_foreign_questionnaire_can_be_made(office, tmp_path, capsys):
    _, _, where = office
    out = tmp_path / "form.xlsx"
    assert main(["template", *where, "--instrument", "fifteen-2024", "--output", str(out)]) == 0
    assert len(openpyxl.load_workbook(out).sheetnames) >= 2 and floor(out.stat().st_size / 1000) > 5


def test_states_that_nobody_named_can_not_return(office, capsys):
    folder, _, where = office
    assert main(["check", str(folder / "answers.csv"), *where[:2]]) == 1
    assert "“AAB” is not a State known here" in capsys.readouterr().out
