"""Everything that is wrong in an instrument's folder, row by row, all at once. `docs/instrument-format.md` says what is right.

A check is a function named as a sentence, from the folder to the problems it finds; `CHECKS` is their order. `stop`: the
folder can't be loaded until this is put right. `repair`: it loads, but not as its author meant. `note`: worth knowing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from analysis.instrument import ROOT, InstrumentProblems, load_instrument
from analysis.instrument.rows import COLUMNS, OPTIONAL_FILES
from analysis.instrument_check import crosswalk, files, references, scales, settings, tree, words
from analysis.instrument_check.folder import Folder, read_folder
from analysis.model import Problem

REFERENCE = ROOT / "data" / "reference"

CHECKS: tuple[Callable[[Folder], Iterable[Problem]], ...] = (
    *files.CHECKS,
    *settings.CHECKS,
    *scales.CHECKS,
    *tree.CHECKS,
    *references.CHECKS,
    *crosswalk.CHECKS,
    *words.CHECKS,
)


def instrument_problems(folder: str | Path, reference: Path = REFERENCE) -> list[Problem]:
    """Everything that is wrong in an instrument's folder; an empty list for a whole one.

    Parameters
    ----------
    folder: the instrument's folder. reference: where `status_words.csv` and `references.csv` lie.

    Returns
    -------
    One `Problem` per fault, file by file in the order of `CHECKS`: file `<folder>/<csv>`, cell `row 7, column level` (rows as a
    spreadsheet counts them, the header being row 1), code, found, allowed. A folder with no `stop` among them can be loaded.
    """
    path = Path(os.path.abspath(folder))
    if not path.is_dir():
        return [Problem(str(folder), "", "", "instrument-no-folder", severity="stop")]
    seen = read_folder(path, reference)
    found = list(dict.fromkeys(problem for check in CHECKS for problem in check(seen)))
    if not any(problem.severity == "stop" for problem in found):
        try:
            load_instrument(path)
        except InstrumentProblems as error:  # a fault that no check knows yet is still told
            found.append(seen.about("").problem("unloadable", severity="stop", found=str(error)))
    return found


def format_table() -> str:
    """The files and their columns as a Markdown table, from the table that the loader uses; the documentation holds it."""
    rows = ["| file | needed | required columns | optional columns |", "|---|---|---|---|"]
    for name, (required, optional) in COLUMNS.items():
        needed = "no" if name in OPTIONAL_FILES else "yes"
        columns = [", ".join(f"`{c}`" for c in names) or "-" for names in (required, optional)]
        rows.append(f"| `{name}` | {needed} | {columns[0]} | {columns[1]} |")
    return "\n".join(rows)
