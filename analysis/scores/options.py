"""What a reader may switch: aggregator, award preset, lens, what-ifs, weights. Hashable, so that it can be a cache key."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.instrument import Lens
from analysis.model import Status

AGGREGATORS = ("arithmetic", "power", "geometric", "harmonic", "minimum")

#: What-if "strict": no information counts as nothing in place.
STRICT = frozenset({Status.DONT_KNOW, Status.BLANK, Status.INVALID})
#: What-if "N/A challenged": "not applicable" counts as nothing in place.
NA_CHALLENGED = frozenset({Status.NA_JUSTIFIED, Status.NA_UNJUSTIFIED})


@dataclass(frozen=True)
class ScoreOptions:
    """How a panel is scored. The default is the rule of the house; every other choice is a what-if and labelled so.

    aggregator: how measures and everything above them are combined (questions are always averaged within a measure).
    rule: name of one of the instrument's award presets, None for its default. lens: score only these questions.
    zero_statuses: statuses counted as 0. weights: (item, weight) pairs that replace the instrument's for those items.
    """

    aggregator: str = "arithmetic"
    rule: str | None = None
    lens: Lens | None = None
    zero_statuses: frozenset[Status] = frozenset()
    weights: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.aggregator not in AGGREGATORS:
            raise ValueError(f"an aggregator is one of {', '.join(AGGREGATORS)}; found {self.aggregator!r}")
