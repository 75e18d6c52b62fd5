"""From a folder to an Instrument, and where the folders are."""

from __future__ import annotations

import csv
import os
import tomllib
from pathlib import Path

from analysis.instrument import tables
from analysis.instrument.award import award_rules, share
from analysis.instrument.instrument import Gates, Instrument
from analysis.instrument.problems import InstrumentProblems
from analysis.instrument.rows import rows_of, text_files, whole

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "instruments"
LOCAL = ROOT / "data" / "local" / "instruments"
DEFAULT_INSTRUMENT = "2370-2026.1"


def load_instrument(folder: str | Path) -> Instrument:
    """Read a folder into an Instrument.

    Raises
    ------
    InstrumentProblems
        If a file or column is missing, a number is none or the tree does not hold together; the message names the first
        fault. `analysis.instrument_check.instrument_problems` lists all of them.
    """
    folder = Path(os.path.abspath(folder))  # the name it is called by, also through a link
    if not (folder / "instrument.toml").exists():
        raise InstrumentProblems(f"{folder.name}: there is no instrument.toml in this folder")
    try:
        return _loaded(folder)
    except InstrumentProblems:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, OSError, csv.Error) as error:
        raise InstrumentProblems(f"{folder.name}: {error}") from error


def _loaded(folder: Path) -> Instrument:
    settings = tomllib.loads((folder / "instrument.toml").read_text(encoding="utf-8-sig"))
    levels = tables.levels(folder)
    target = whole(str(settings.get("target_level", levels[len(levels) // 2])))
    weights = tables.weights_of(folder)
    nodes = tables.tree(folder, weights, target)
    answers = tables.answers(folder, levels)
    rules, default = award_rules(settings)
    words = {path.stem: {row["key"]: row["text"] for row in rows_of(path) if row["text"]} for path in text_files(folder)}
    return Instrument(
        id=folder.name,
        folder=folder,
        nodes=nodes,
        questions=tables.questions(folder, nodes, set(answers["answer_set"]), weights),
        answers=answers,
        levels=levels,
        rules=rules,
        default_rule=default,
        gates=Gates(**{name: share(value) for name, value in settings.get("gates", {}).items()}),
        target_level=target,
        feedback_links=tables.table_of(folder, "feedback_links.csv"),
        contradictions=tables.contradictions(folder),
        crosswalk=tables.table_of(folder, "crosswalk.csv"),
        languages=tuple(words),
        words=words,
    )


def instrument_folders(extra: str | Path | None = None) -> dict[str, Path]:
    """Instrument id -> folder: shipped ones, an office's own, and those below `extra` (or $INSTRUMENTS)."""
    places = [SHIPPED, LOCAL]
    extra = extra or os.environ.get("INSTRUMENTS")
    if extra:
        places.append(Path(extra))
    found: dict[str, Path] = {}
    for place in places:
        if (place / "instrument.toml").exists():
            found[place.resolve().name] = place
        for path in sorted(place.glob("*/instrument.toml")):
            found[path.parent.name] = path.parent
    return found


def instruments(extra: str | Path | None = None) -> dict[str, Instrument]:
    """Every instrument that can be found, by id; a broken folder is left out (the check tells why)."""
    loaded = {}
    for name, folder in instrument_folders(extra).items():
        try:
            loaded[name] = load_instrument(folder)
        except InstrumentProblems:
            continue
    return loaded
