"""Which State a text names: certain, a question, or refused; never a silent guess. Names from outside: Unicode's CLDR, through Babel."""

from __future__ import annotations

import csv
import random
import unicodedata

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.states import DATA, load_states
from analysis.texts import problem_sentence
from analysis.workbook import state_index
from analysis.workbook.options import ReadingOptions
from analysis.workbook.problems import problem
from analysis.workbook.reading import read_file
from analysis.workbook.state_index import distance, ranked
from analysis.workbook.state_names import state_code, state_label, state_reading, suggested_states
from tests.workbook.forms import codes

LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")
MEMBERS = load_states()
ROWS = MEMBERS.table.to_dict("records")
OFFICIAL = sorted({(row[f"name_{language}"], row["iso3"]) for row in ROWS for language in LANGUAGES})


@pytest.mark.parametrize(
    ("written", "iso3"),
    [("NAM", "NAM"), (" nam ", "NAM"), ("516", "NAM"), (516, "NAM"), (516.0, "NAM"), ("004", "AFG"), ("Namibia", "NAM"), ("Намибия", "NAM"),
     ("纳米比亚", "NAM"), ("ناميبيا", "NAM"), ("Namibia\u00a0", "NAM"), ("NAMIBIA", "NAM"), ("Sierra \u00a0 Leone", "SLE"),
     ("Côte d’Ivoire", "CIV"), ("Congo (COG)", "COG"), ("Iran (Islamic Republic of) (IRN)", "IRN")],
)  # fmt: skip
def test_a_code_or_an_official_name_is_taken_at_once_without_a_word(written, iso3):
    read = state_reading(written, MEMBERS)
    assert (read.iso3, read.problem) == (iso3, "")


@pytest.mark.parametrize(
    ("written", "label"),
    [("cote divoire", "Côte d'Ivoire (CIV)"), ("COTE D`IVOIRE", "Côte d'Ivoire (CIV)"), ("Guinea Bissau", "Guinea-Bissau (GNB)"),
     ("Guinea – Bissau", "Guinea-Bissau (GNB)"), ("Turkiye", "Türkiye (TUR)"), ("Vietnam", "Viet Nam (VNM)"), (4, "Afghanistan (AFG)"),
     ("4.0", "Afghanistan (AFG)"), ("KEN - Kenya", "Kenya (KEN)"), ("Burma (MMR)", "Myanmar (MMR)"),
     ("Congo (COD)", "Democratic Republic of the Congo (COD)")],
)  # fmt: skip
def test_another_writing_of_the_same_is_taken_and_said_so(written, label):
    read = state_reading(written, MEMBERS)
    assert (read.problem, read.allowed, state_label(read.iso3, MEMBERS)) == ("state-name-read", label, label)


@pytest.mark.parametrize(
    ("written", "suggested"),
    [("Burma", ["MMR"]), ("Zaire", ["COD"]), ("Swaziland", ["SWZ"]), ("Czech Republic", ["CZE"]), ("Turkey", ["TUR"]), ("FYROM", ["MKD"]),
     ("Former Yugoslav Republic of Macedonia", ["MKD"]), ("Korea, Republic of", ["KOR"]), ("Korea (Republic of)", ["KOR"]),
     ("Iran", ["IRN"]), ("Iran, Islamic Republic of", ["IRN"]), ("The Gambia", ["GMB"]), ("Kingdom of Norway", ["NOR"]), ("Laos", ["LAO"]),
     ("UK", ["GBR"]), ("UAE", ["ARE"]), ("Россия", ["RUS"]), ("美国", ["USA"]), ("柬埔寨王国", ["KHM"]), ("Kenya (Police)", ["KEN"]),
     ("Ministry of the Interior, Kenya", ["KEN"]), ("Kneya", ["KEN"]), ("Germny", ["DEU"]), ("Guinea Bisau", ["GNB"]), ("NA", ["NAM"]),
     ("no", ["NOR"]), ("Congo", ["COG", "COD"]), ("Конго", ["COG", "COD"]), ("Korea", ["KOR", "PRK"]), ("Corée", ["KOR", "PRK"]),
     ("Guinea", ["GIN", "GNQ", "GNB"]), ("Democratic Congo", ["COG", "COD"]), ("Kenya (UGA)", ["KEN", "UGA"]), ("=Kenya", ["KEN"])],
)  # fmt: skip
def test_what_comes_close_is_only_suggested_the_best_first(written, suggested):
    read = state_reading(written, MEMBERS)
    labels = [state_label(code, MEMBERS) for code in suggested]
    assert (read.iso3, read.problem) == ("", "state-to-confirm")
    assert suggested_states(written, MEMBERS) == suggested
    assert (read.allowed, read.suggestion) == ("; ".join(labels), labels[0])


@pytest.mark.parametrize(
    "written", ["QMZ", "no data", "total", "zzzz", "Republic", "The", "Atlantis", "x" * 40_000, "13", "999", "?"]
)
def test_what_is_close_to_nothing_is_unknown(written):
    read = state_reading(written, MEMBERS)
    assert (read.iso3, read.problem, read.allowed) == ("", "unknown-state", "")


@pytest.mark.parametrize(
    ("written", "told"),
    [("Czechoslovakia", "Czechoslovakia ended in 1992; today: Czechia (CZE), Slovakia (SVK)"),
     ("CSK", "Czechoslovakia ended in 1992; today: Czechia (CZE), Slovakia (SVK)"),
     ("200", "Czechoslovakia ended in 1992; today: Czechia (CZE), Slovakia (SVK)"),
     ("Чехословакия", "Czechoslovakia ended in 1992; today: Czechia (CZE), Slovakia (SVK)"),
     ("Chechoslovakia", "Czechoslovakia ended in 1992; today: Czechia (CZE), Slovakia (SVK)"),
     ("DDR", "German Democratic Republic ended in 1990; today: Germany (DEU)"),
     ("Allemagne de l’Est", "German Democratic Republic ended in 1990; today: Germany (DEU)"),
     ("Democratic Yemen", "Democratic Yemen ended in 1990; today: Yemen (YEM)"),
     ("SERBIA & MONTENEGRO", "Serbia and Montenegro ended in 2006; today: Montenegro (MNE), Serbia (SRB)"),
     ("صربيا والجبل الأسود", "Serbia and Montenegro ended in 2006; today: Montenegro (MNE), Serbia (SRB)")],
)  # fmt: skip
def test_a_state_that_ended_is_refused_by_name(written, told):
    read = state_reading(written, MEMBERS)
    assert (read.iso3, read.problem, read.allowed) == ("", "historical-state", told)
    sentence = problem_sentence(problem("historical-state", "x.xlsx", found=written, allowed=read.allowed))
    assert sentence == f"“{written}” names a State that exists no longer: {told}. Name the State that returns now."


@pytest.mark.parametrize("written", ["USSR", "СССР", "Unión Soviética", "苏联", "SUN", "ex-Yugoslavia", "Yougoslavie", "YMD"])
def test_a_state_that_ended_is_refused_among_fictional_states_too(written):
    assert state_reading(written, load_states(sample=True)).problem == "historical-state"


def test_every_successor_in_the_list_of_ended_states_is_a_member_and_none_of_its_codes_is():
    with (DATA / "reference" / "historical_states.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {code for row in rows for code in row["successors"].split(";")} <= set(MEMBERS.names)
    assert {row["code"] for row in rows} & set(MEMBERS.names) == set()
    assert {row["language"] for row in rows} >= set(LANGUAGES)
    for row in rows:  # no name of ours is refused
        assert state_reading(row["name"], MEMBERS).problem == "historical-state", row


def test_two_letters_are_a_code_only_in_a_column_of_codes():
    assert state_reading("NA", MEMBERS, code_column=True) == state_reading("NAM", MEMBERS)
    assert state_code("na", MEMBERS) is None
    assert [state_code(row["iso2"], MEMBERS, code_column=True) for row in ROWS] == [row["iso3"] for row in ROWS]


def test_every_code_and_number_of_a_member_names_it():
    for row in ROWS:
        assert [state_code(x, MEMBERS) for x in (row["iso3"], row["m49"], int(row["m49"]), float(row["m49"]))] == [
            row["iso3"]
        ] * 4


def test_every_official_name_in_six_languages_names_its_state_or_asks_among_those_of_that_name():
    asked = {name for name, iso3 in OFFICIAL if state_code(name, MEMBERS) is None}
    assert {code for name in asked for code in suggested_states(name, MEMBERS)[:1]} == {"COG", "GIN"}
    for name, iso3 in OFFICIAL:
        assert state_code(name, MEMBERS) == iso3 or suggested_states(name, MEMBERS)[0] == iso3, name
        assert state_code(f"{name} ({iso3})", MEMBERS) == iso3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_of_unicode_are_taken_or_suggested_first_and_never_another_state(language):
    names = Locale(language).territories
    for row in ROWS:
        name = names[row["iso2"]]
        read = state_reading(name, MEMBERS)
        assert read.iso3 in ("", row["iso3"]), name
        assert read.iso3 or suggested_states(name, MEMBERS)[0] == row["iso3"], name


def test_a_person_may_say_what_is_meant_and_it_is_noted():
    said = {" congo ": "COD", "Mars": "XXX", "Kenya": "UGA", "Czechoslovakia": "CZE", "Elbonia": "ALB"}
    read = {
        x: state_reading(x, MEMBERS, confirmed=said) for x in ("Congo", "CONGO", "Mars", "Kenya", "Czechoslovakia", "Elbonia")
    }
    assert [(one.iso3, one.problem) for one in read.values()] == [
        ("COD", "state-confirmed"),
        ("COD", "state-confirmed"),
        ("", "unknown-state"),  # no State of ours
        ("KEN", ""),  # what is certain needs nobody
        ("", "historical-state"),  # the workbook has to say who returns now
        ("ALB", "state-confirmed"),
    ]
    assert read["Congo"].allowed == "Democratic Republic of the Congo (COD)"


@pytest.mark.parametrize("written", ["QMB", "qmb ", "Bélandor", "BÉLANDOR\u00a0", "Bélandor (QMB)"])
def test_a_fictional_state_is_found_by_code_or_name(states, written):
    assert state_reading(written, states).problem == ""
    assert state_code(written, states) == "QMB"


@pytest.mark.parametrize("written", ["belandor", "QMB - Bélandor", "QMB – belandor", "Bélandor - QMB"])
def test_a_fictional_state_written_freely_is_noted(states, written):
    assert (state_code(written, states), state_reading(written, states).problem) == ("QMB", "state-name-read")


@pytest.mark.parametrize("written", ["Belandr", "QMZ", "QMA - Bélandor", "Maravel (QMB)", "", "QMA or QMB", "NA", "Kenya"])
def test_a_fictional_state_is_never_guessed(states, written):
    assert state_code(written, states) is None


CHANGES = (
    str.upper,
    str.lower,
    str.title,
    lambda name: name.replace(" ", ""),
    lambda name: name.replace(" ", "\u00a0 "),
    lambda name: name.replace("-", " ").replace("’", "'"),
    lambda name: "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)),
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(OFFICIAL), st.lists(st.sampled_from(CHANGES), max_size=4))
def test_no_change_of_case_spaces_and_accents_makes_a_name_another_state(one, changes):
    name, iso3 = one
    for change in changes:
        name = change(name)
    assert state_code(name, MEMBERS) in (iso3, None)
    assert state_code(name, MEMBERS) or suggested_states(name, MEMBERS)[0] == iso3


EXACT = {name.casefold() for name, _ in OFFICIAL} | {row["iso3"].casefold() for row in ROWS}


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, derandomize=True)
@given(st.sampled_from(OFFICIAL), st.randoms(use_true_random=False))
def test_a_typing_error_never_makes_a_name_another_state_in_silence(one, chance):
    """But where the error is, letter for letter, another State's own name (Irlande, Islande), which nobody can tell."""
    name, iso3 = one
    typed = mistyped(name, chance)
    found = state_code(typed, MEMBERS)
    assert found in (iso3, None) or typed.casefold() in EXACT


def mistyped(name: str, chance: random.Random) -> str:
    """A name with one letter left out, doubled, changed, or swapped with the next."""
    at = chance.randrange(len(name))
    other = chance.choice("abcdefghijklmnopqrstuvwxyzабвгдежзиклмнопрст" + name)
    kinds = [name[:at] + name[at + 1 :], name[:at] + other + name[at:], name[:at] + other + name[at + 1 :]]
    return chance.choice([*kinds, name[:at] + name[at : at + 2][::-1] + name[at + 2 :]])


def test_most_typing_errors_are_suggested_back():
    chance = random.Random(7)
    long = [(name, iso3) for name, iso3 in OFFICIAL if len(name) >= 6]
    asked = [(mistyped(name, chance), iso3) for name, iso3 in chance.sample(long, 300)]
    back = sum(state_code(typed, MEMBERS) == iso3 or suggested_states(typed, MEMBERS)[:1] == [iso3] for typed, iso3 in asked)
    assert back >= 297


@pytest.mark.parametrize(
    ("one", "other", "apart"), [("kenya", "kneya", 1), ("", "abc", 3), ("iran", "iraq", 1), ("ca", "abc", 3), ("mali", "mali", 0)]
)
def test_the_distance_of_two_words_counts_a_swap_once(one, other, apart):
    assert distance(one, other) == distance(other, one) == apart


def test_few_names_are_compared_letter_by_letter(monkeypatch):
    """Work grows by pairs of letters: with each of the 2,200 names we hold it would be 340,000 pairs for a name of a dozen letters."""
    pairs = []

    def counted(one: str, other: str) -> int:
        pairs.append(len(one) * len(other))
        return distance(one, other)

    monkeypatch.setattr(state_index, "distance", counted)
    chance = random.Random(3)
    hostile = ["a " * 100, "republic of " * 16, "(" * 200, "- " * 100, "z" * 200, "guinea " * 28]
    work = []
    for name in [mistyped(mistyped(name, chance), chance) for name, _ in chance.sample(OFFICIAL, 194)] + hostile:
        ranked.cache_clear()
        pairs.clear()
        state_reading(name, MEMBERS)
        work.append(sum(pairs))
    assert sorted(work)[len(work) // 2] < 1_000 and max(work) < 100_000


def test_a_form_asks_which_state_is_meant_and_takes_the_answer(form, known, states):
    form.header("Belandr").fill({"LEND.STOCK.1": "Yes"})
    (asked,) = read_file("x.xlsx", form.content, known, states)
    assert [(p.code, p.found, p.allowed, p.suggestion, p.severity) for p in asked.problems if "state" in p.code] == [
        ("state-to-confirm", "Belandr", "Bélandor (QMB)", "Bélandor (QMB)", "stop")
    ]
    (told,) = read_file("x.xlsx", form.content, known, states, ReadingOptions(confirmed={"belandr": "QMB"}))
    assert (told.value.iso3, told.storable) == ("QMB", True)
    assert [(p.code, p.cell) for p in told.problems if "state" in p.code] == [
        ("state-confirmed", form.cell("field:state").coordinate)
    ]


def table(header: str, *rows: str) -> bytes:
    return "\n".join([f"{header},round,reading,question,answer", *(f"{row},2026,self,LEND.STOCK.1,yes" for row in rows)]).encode()


def test_na_is_namibia_in_a_column_of_codes_and_a_question_in_a_column_of_names(known):
    (read,) = read_file("x.csv", table("iso3", "NA"), known, MEMBERS)
    assert (read.value.iso3, [p.code for p in read.problems if "state" in p.code]) == ("NAM", [])
    (asked,) = read_file("x.csv", table("country", "NA"), known, MEMBERS)
    assert [(p.code, p.suggestion) for p in asked.problems if p.severity == "stop"] == [("state-to-confirm", "Namibia (NAM)")]


def test_rows_of_a_confirmed_name_and_of_its_code_are_one_return(known, states):
    content = table("state", "Belandr", "QMB")
    assert len(read_file("x.csv", content, known, states)) == 2
    (read,) = read_file("x.csv", content, known, states, ReadingOptions(confirmed={"Belandr": "QMB"}))
    assert (read.value.iso3, codes(p for p in read.problems if "state" in p.code)) == ("QMB", ["state-confirmed"])
