"""How levels are awarded: the presets of an instrument, and the settings that say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.instrument.problems import InstrumentProblems
from analysis.instrument.rows import number, whole

RULE_KINDS = ("share", "mean_floor")
COMPARES = (">", ">=")

#: What an instrument without `[award.presets]` of its own offers (scoring.md section 4), in the form of instrument.toml.
STANDARD_PRESETS: Mapping[str, Mapping] = {
    "graded": {"at": 0.5, "below": 0.85, "compares": ">", "gap_floor": 2, "critical": True},
    "strict": {"at": 1, "below": 1, "compares": ">="},
    "share_and_critical": {"at": 0.75, "below": 0.75, "compares": ">=", "critical": True},
    "mean_floor": {"kind": "mean_floor"},
}


@dataclass(frozen=True)
class AwardRule:
    """One preset of the level award (scoring.md section 4). `compares` is ">" or ">="; kind "share" or "mean_floor"."""

    name: str
    kind: str = "share"
    at: float = 0.5
    below: float = 0.85
    compares: str = ">"
    gap_floor: int | None = None
    critical: bool = False


def award_rule(name: str, row: Mapping) -> AwardRule:
    """One `[award.presets.<name>]` of instrument.toml as a rule.

    Raises
    ------
    ValueError
        If a setting is unknown or is not what it should be.
    """
    unknown = set(row) - {"kind", "at", "below", "compares", "gap_floor", "critical"}
    if unknown:
        raise ValueError(f"the award preset {name} has no setting {sorted(unknown)[0]}")
    rule = AwardRule(
        name,
        kind=row.get("kind", "share"),
        at=share(row.get("at", 0.5)),
        below=share(row.get("below", 0.85)),
        compares=row.get("compares", ">"),
        gap_floor=None if row.get("gap_floor") is None else whole(str(row["gap_floor"])),
        critical=row.get("critical", False),
    )
    floor = rule.gap_floor
    if rule.kind not in RULE_KINDS or rule.compares not in COMPARES or not isinstance(rule.critical, bool) or (floor or 0) < 0:
        raise ValueError(f"the award preset {name} is not well formed")
    return rule


def share(value: object) -> float:
    """A setting that is a share: 0-1, as a number or a fraction in quotes (`"2/3"`).

    Raises
    ------
    ValueError
        If it is anything else.
    """
    found = number(str(value).strip())
    if not 0 <= found <= 1:
        raise ValueError(f"{value} lies outside 0-1")
    return found


def award_rules(settings: dict) -> tuple[dict[str, AwardRule], str]:
    """The presets of an instrument's settings by name, and the name of its default."""
    award = settings.get("award", {})
    rules = {name: award_rule(name, row) for name, row in award.get("presets", STANDARD_PRESETS).items()}
    if not rules:
        raise InstrumentProblems("instrument.toml: [award.presets] is empty")
    default = award.get("preset", next(iter(rules)))
    if default not in rules:
        raise InstrumentProblems(f"instrument.toml: the award preset {default} is not among {', '.join(rules)}")
    return rules, default
