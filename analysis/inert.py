"""Text that a spreadsheet could run as a formula, and how it stays text wherever it leaves the house.

Source: OWASP, "CSV Injection": a cell that begins with = + - @, a tab or a line break, or with the full-width forms of the signs.
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
#: What a program may skip before it looks at the first character: blanks, controls, marks without width, quotation marks.
_SKIPPED = '\\s"\x00-\x1f\x7f-\xa0\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff'
_LIVE = re.compile(rf"[{_SKIPPED}]*[{_SIGNS}]|[\x00\t\r\n]")
_CELLS = re.compile(rf"(?:(?<=[;\t\n\v\f\x85\u2028\u2029])|(?<=\r)(?!\n)|\A)(?=[{_SKIPPED}]*[{_SIGNS}])|\A(?=[\x00\t\r\n])")


def live(text: str) -> bool:
    """Whether a spreadsheet could take a cell with this text for a formula when it is typed, pasted or opened."""
    return _LIVE.match(text) is not None


def inert_in_csv(text: str) -> str:
    """The text with an apostrophe before whatever could become a formula; any other text as it is.

    Not only at its start: where the computer's language separates lists by semicolons, Excel splits a .csv at semicolons and line
    breaks and does not mind that they stand between quotation marks. The price is an apostrophe before a dash that begins a line.
    """
    return _CELLS.sub("'", text)
