"""instrument.toml: every setting is known and lies in its range."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.instrument import COMPARES, RULE_KINDS, STANDARD_PRESETS, share
from analysis.instrument.rows import COLUMNS
from analysis.instrument_check.folder import SETTINGS, Folder, Table, as_whole, close_to
from analysis.model import Problem

#: Settings that say something about the instrument; nothing is computed from them.
DESCRIPTIVE = ("version", "date", "source", "author", "licence", "notes")
KNOWN = ("target_level", "gates", "award", *DESCRIPTIVE)
GATES = ("step", "pooled", "thin")
PRESET = ("kind", "at", "below", "compares", "gap_floor", "critical")
SHARE = 'a share from 0 to 1, such as 0.85 or "2/3"'


def _file(folder: Folder) -> Table:
    return folder.about(SETTINGS)


def settings_can_be_read(folder: Folder) -> Iterator[Problem]:
    """The file is there, in UTF-8 and well-formed TOML."""
    yield from folder.settings_problems


def settings_are_known(folder: Folder) -> Iterator[Problem]:
    """A misspelt setting would leave its default in force without a word."""
    file = _file(folder)
    for name in folder.settings:
        if name not in KNOWN:
            yield file.problem("setting-unknown", column=name, found=name, allowed=close_to(name, KNOWN))


def the_target_is_a_level(folder: Folder) -> Iterator[Problem]:
    """The default target is one of the levels."""
    target = folder.settings.get("target_level")
    if target is None:
        return
    level = as_whole(str(target))
    if level is None:
        yield _invalid(folder, "target_level", target, _levels(folder))
    elif folder.levels and level not in folder.levels:
        yield _file(folder).problem("setting-out-of-range", column="target_level", found=str(target), allowed=_levels(folder))


def _levels(folder: Folder) -> str:
    return ", ".join(map(str, sorted(folder.levels))) or ", ".join(COLUMNS["levels.csv"][0])


def _invalid(folder: Folder, place: str, found: object, allowed: str) -> Problem:
    return _file(folder).problem("setting-invalid", column=place, severity="stop", found=str(found), allowed=allowed)


def _is_share(value: object) -> bool:
    try:
        share(value)
    except ValueError:
        return False
    return True


def gates_are_shares(folder: Folder) -> Iterator[Problem]:
    """[gates]: step, pooled and thin, each from 0 to 1."""
    gates = folder.settings.get("gates", {})
    if not isinstance(gates, dict):
        yield _invalid(folder, "gates", gates, "[gates]")
        return
    for name, value in gates.items():
        if name not in GATES:
            yield _invalid(folder, f"gates.{name}", name, ", ".join(GATES))
        elif not _is_share(value):
            yield _invalid(folder, f"gates.{name}", value, SHARE)


def award_presets_are_whole(folder: Folder) -> Iterator[Problem]:
    """[award] names a preset, and each [award.presets.<name>] is a rule."""
    award = folder.settings.get("award", {})
    presets = award.get("presets", STANDARD_PRESETS) if isinstance(award, dict) else None
    if not isinstance(presets, dict) or not presets:
        yield _invalid(folder, "award", award, "[award], [award.presets.<name>]")
        return
    for name in award:
        if name not in ("preset", "presets"):
            place = f"award.{name}"
            yield _file(folder).problem("setting-unknown", column=place, found=name, allowed="preset, presets")
    if "preset" in award and award["preset"] not in list(presets):
        yield _file(folder).problem(
            "preset-unknown", column="award.preset", severity="stop", found=str(award["preset"]), allowed=", ".join(presets)
        )
    for name, preset in presets.items():
        yield from _preset(folder, f"award.presets.{name}", preset)


def _preset(folder: Folder, place: str, preset: object) -> Iterator[Problem]:
    if not isinstance(preset, dict):
        yield _invalid(folder, place, preset, f"[{place}]")
        return
    floor = as_whole(str(preset.get("gap_floor", 0)))
    wrong = {
        "kind": preset.get("kind", "share") not in RULE_KINDS and ", ".join(RULE_KINDS),
        "at": not _is_share(preset.get("at", 0)) and SHARE,
        "below": not _is_share(preset.get("below", 0)) and SHARE,
        "compares": preset.get("compares", ">") not in COMPARES and ", ".join(COMPARES),
        "gap_floor": (floor is None or floor < 0) and "0, 1, 2, ...",
        "critical": not isinstance(preset.get("critical", False), bool) and "true, false",
    }
    for name, allowed in wrong.items():
        if allowed:
            yield _invalid(folder, f"{place}.{name}", preset[name], allowed)
    for name in preset:
        if name not in PRESET:
            yield _invalid(folder, f"{place}.{name}", name, close_to(name, PRESET))
    if preset.get("compares") == ">" and not wrong["at"] and share(preset.get("at", 0)) == 1:
        yield _file(folder).problem("preset-unreachable", column=f"{place}.compares", found=">", allowed=">=")


CHECKS = (settings_can_be_read, settings_are_known, the_target_is_a_level, gates_are_shares, award_presets_are_whole)
