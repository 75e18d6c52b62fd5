"""Organizations of one State on the same question: who answered what, and how far apart they are."""

import pandas as pd

from analysis.comparison import organizations
from tests import tiny


def panel():
    return tiny.panel(
        ("QMA", "555 555 555", "2026"), ("QMA", "14? nn. ___", "2026", "self", "Police"), ("QMA", "42w 2n. ___", "2026", "self", "Customs"),
        ("QMA", "3n5 n4. ___", "2026", "self", "Navy"), ("QMA", "000 000 000", "2024", "self", "Customs"),
        ("QMA", "000 000 000", "2026", "visit", "Customs"), ("QMB", "000 000 000", "2026", "self", "Customs"),
    )  # fmt: skip


def answers():
    return organizations.organization_answers(panel(), tiny.instrument(), "QMA", "2026")


def test_each_question_lists_its_organizations_by_name_with_their_answers():
    table = answers()
    a1 = table[table["question"] == "a1"]
    assert a1["organization"].tolist() == ["Customs", "Navy", "Police"]
    assert a1["level"].tolist() == [4, 3, 1] and a1["points"].tolist() == [80, 60, 20]
    assert set(table["question"]) == {"a1", "a2", "a3", "b1", "b2", "b3"}  # nobody returned the c's
    assert len(table) == 18


def test_spread_is_of_those_that_answered_and_the_national_return_is_none_of_them():
    table = organizations.spreads(answers()).set_index("question")
    assert table.loc["a1", ["n", "lowest", "highest", "spread", "national"]].tolist() == [3, 1, 4, 3, 5]
    assert table.loc["a2", ["n", "lowest", "highest", "spread"]].tolist() == [2, 2, 4, 2]
    assert table.index[:2].tolist() == ["a1", "a2"]  # widest first


def test_a_single_answer_has_no_spread_and_a_dont_know_is_no_answer():
    table = organizations.spreads(answers()).set_index("question")
    assert table.loc["a3", ["n", "lowest", "highest"]].tolist() == [1, 5, 5] and pd.isna(table.loc["a3", "spread"])
    assert table.loc["b3", "n"] == 0 and table.loc["b3", ["lowest", "highest", "spread"]].isna().all()
    dont_know = answers().set_index(["question", "organization"]).loc[("a3", "Police")]
    assert pd.isna(dont_know["level"]) and pd.isna(dont_know["points"]) and dont_know["code"] == -3


def test_a_state_without_organizations_has_no_rows_and_one_without_a_national_return_no_national_level():
    assert organizations.organization_answers(panel(), tiny.instrument(), "QMC", "2026").empty
    found = organizations.organization_answers(panel(), tiny.instrument(), "QMB", "2026")
    assert len(found) == 9 and found["national"].isna().all() and found["spread"].isna().all()
    assert organizations.organization_rows(panel(), "QMA", "2026", "visit")["organization"].tolist() == ["Customs"]
