"""Every problem code a reader of files can give, with its severity; the words are `problem.<code>` in `data/texts`."""

from __future__ import annotations

from analysis import texts
from analysis.model import Problem

#: Code -> severity. `docs/problems.md` is generated from this table.
CODES = {
    # the file as a whole
    "empty-file": "stop",
    "lock-file": "stop",
    "too-large": "stop",
    "password-needed": "stop",
    "password-wrong": "stop",
    "protection-unknown": "stop",
    "was-protected": "note",
    "other-format": "stop",
    "damaged-workbook": "stop",
    "not-a-return": "stop",
    "report-sent-back": "stop",
    "not-text": "stop",
    "damaged-table": "stop",
    "encoding-guessed": "note",
    "rows-not-read": "note",
    "far-cells-not-read": "note",
    "one-reader-only": "note",
    "readers-disagree": "repair",
    "file-not-opened": "stop",
    "damaged-zip": "stop",
    "zip-too-large": "stop",
    "zip-in-zip": "stop",
    "zip-with-password": "stop",
    "zip-without-returns": "stop",
    "reader-too-slow": "stop",
    "reader-too-large": "stop",
    "reader-crashed": "stop",
    # whose return, of when
    "cover-missing": "stop",
    "several-instruments": "stop",
    "several-covers": "stop",
    "unknown-instrument": "stop",
    "instrument-ambiguous": "stop",
    "other-layout": "note",
    "state-missing": "stop",
    "unknown-state": "stop",
    "state-to-confirm": "stop",
    "historical-state": "stop",
    "state-name-read": "note",
    "state-confirmed": "note",
    "round-missing": "stop",
    "round-not-allowed": "stop",
    "reading-missing": "stop",
    "reading-not-allowed": "stop",
    "column-missing": "stop",
    "organization-too-long": "stop",
    "nothing-filled": "stop",
    "date-not-allowed": "repair",
    "dates-reversed": "repair",
    "dates-differ": "repair",
    "consent-not-allowed": "repair",
    # a table read with a mapping
    "mapping-not-allowed": "stop",
    "mapping-does-not-fit": "stop",
    "read-with-mapping": "note",
    "rows-skipped": "note",
    "columns-not-used": "note",
    "other-rounds": "note",
    # a row or an answer
    "answer-not-allowed": "repair",
    "answer-is-a-date": "repair",
    "answer-is-an-error": "repair",
    "answer-is-a-formula": "repair",
    "answer-by-formula": "note",
    "duplicate-answer": "repair",
    "duplicate-row": "note",
    "unknown-question": "repair",
    "question-missing": "repair",
    "rows-missing": "note",
    "na-without-reason": "note",
    "evidence-grade-not-allowed": "repair",
    "formula-in-text": "note",
    "error-in-text": "note",
    "merged-answers": "repair",
    "character-replaced": "note",
    "carried-over-unconfirmed": "note",
    # a register's workbook: lessons, needs, offers, recommendations, targets
    "register-not-this": "stop",
    "register-no-rows": "stop",
    "register-cell-needed": "repair",
    "register-cell-not-allowed": "repair",
    "register-number-unclear": "repair",
    "register-cell-error": "repair",
    "register-state-unknown": "repair",
    "register-list-separator": "repair",
    "register-row-twice": "repair",
    "register-reference-twice": "repair",
    "register-row-differs": "repair",
    "register-reason-missing": "repair",
    "register-date-ahead": "note",
    "register-dates-reversed": "note",
    "register-status-needs": "note",
    "register-status-differs": "note",
    "register-window-over": "note",
    "register-amount-changed": "note",
    # a set of weights
    "weights-not-this": "stop",
    "weights-other-instrument": "stop",
    "weights-no-points": "stop",
    "weights-name-too-long": "note",
    "weights-expert-not-allowed": "repair",
    "weights-code-unknown": "repair",
    "weights-row-twice": "repair",
    "weights-points-not-allowed": "repair",
    "weights-cell-error": "repair",
    "weights-points-missing": "repair",
    "weights-sum": "repair",
    "weights-nobody": "repair",
    # plausible? (scoring.md section 11: flag and ask, never delete)
    "all-answers-equal": "note",
    "one-answer-dominates": "note",
    "top-answer-without-evidence": "note",
    "much-not-applicable": "note",
    "answers-contradict": "note",
    "same-as-last-round": "note",
    "large-jump": "note",
    "same-as-another-state": "note",
    "consent-incomplete": "note",
    "consent-expired": "note",
    "dates-outside-round": "note",
}


def problem(
    code: str, file: str, sheet: str = "", cell: str = "", *, found="", allowed="", question="", suggestion=""
) -> Problem:
    """A Problem with the severity its code has.

    Raises
    ------
    KeyError
        If the code is not in the table.
    """
    return Problem(file, sheet, cell, code, shortened(str(found)), str(allowed), question, CODES[code], suggestion)


def shortened(text: str, most: int = 200) -> str:
    """What was found, cut where nobody would read on."""
    return text if len(text) <= most else text[: most - 1] + "…"


def problems_page() -> str:
    """The text of `docs/problems.md`."""
    lines = [
        "# What can be wrong with a file",
        "",
        "Generated by `python -m analysis.workbook.problems > docs/problems.md`; a test holds it to the code.",
        "`stop`: this return can't be stored. `repair`: one thing could not be read, the rest can be stored.",
        "`note`: worth knowing, nothing is lost. Each is shown with its file, sheet and cell in front.",
        "",
        "| code | severity | what the reader is told |",
        "|---|---|---|",
    ]
    lines += [f"| `{c}` | {s} | {texts.text(f'problem.{c}').replace('|', '/')} |" for c, s in CODES.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(problems_page(), end="")
