"""What people keep beside the returns as tables: lessons, needs, offers, recommendations, targets, threats. Each is a register.

A register says which columns a row has and what may stand in them. From that follow its workbook (`workbook.register`), the check of
every cell, the form on a page and its table; nothing of it is written twice. A row is kept as a record of the store (`store.records`).
"""

from analysis.registers.bands import cost_bands
from analysis.registers.kinds import (
    FEEDBACK,
    LESSONS,
    NEEDS,
    OFFERS,
    OUTCOMES,
    PACKAGES,
    RECOMMENDATIONS,
    REGISTERS,
    TARGETS,
    THREATS,
)
from analysis.registers.spec import Column, Register, choice_words, heading, key_from, new_key

__all__ = [
    "FEEDBACK",
    "LESSONS",
    "NEEDS",
    "OFFERS",
    "OUTCOMES",
    "PACKAGES",
    "RECOMMENDATIONS",
    "REGISTERS",
    "TARGETS",
    "THREATS",
    "Column",
    "Register",
    "choice_words",
    "cost_bands",
    "heading",
    "key_from",
    "new_key",
]
