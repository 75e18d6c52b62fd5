"""The filters that pages share: which round, who read it, which States, which part of the questionnaire, through which lens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.comparison.rounds import LATEST, current_rows, rounds
from analysis.instrument import Lens
from analysis.model import READINGS
from analysis.priorities import targets
from analysis.reports.weights import in_force
from analysis.scores.options import AGGREGATORS, NA_CHALLENGED, STRICT, ScoreOptions
from analysis.scores.weight_sets import WeightSet, named_by
from analysis.states import States
from analysis.texts import text, word
from pages.shared import controls, exports, loaders, views
from pages.shared.loaders import Data

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
WHAT_IFS = {"none": frozenset(), "strict": STRICT, "challenged": NA_CHALLENGED}
#: Room for the name of a part ("IED components: upstream"), in pixels.
WIDE = 240


def bar() -> DeltaGenerator:
    """The one row of a page's controls; it wraps, two to a line on a telephone."""
    return st.container(horizontal=True, vertical_alignment="bottom")


def cell(width: int = 172) -> DeltaGenerator:
    """A place for one control in the bar."""
    return st.container(width=width)


def round_(data: Data, *, latest: bool = True) -> str:
    """A round's label, or `latest`: the newest round of each State."""
    options = ([LATEST] if latest else []) + rounds(data.panel)
    words = {LATEST: text("filter.latest")}
    return controls.one("round", options, options[0], lambda r: words.get(r, r), known=known_round(data))


def reading(data: Data) -> str:
    """Who assessed: self, visit or peer; those that the store holds."""
    found = [r for r in ("self", "visit", "peer") if (data.panel.index["reading"] == r).any()] or ["self"]
    return one_reading(found)


def one_reading(found: list[str]) -> str:
    """One of some readings, the first unless chosen otherwise; no control where there is only one."""
    if len(found) == 1:
        return controls.only("reading", found[0], word("reading", found[0]), known=known_reading)
    return controls.one("reading", found, found[0], lambda r: word("reading", r), known=known_reading)


def known_reading(code: str) -> str:
    """A reading in words; "" for what is none."""
    return word("reading", code) if code in READINGS else ""


def known_round(data: Data) -> Callable[[str], str]:
    """What gives the label of a round that any edition of the questionnaire was returned for; "" for what is none."""

    def label(code: str) -> str:
        panels = loaders.used_panels(data).values()  # looked into only where an address asks in vain
        return code if any((panel.index["round"] == code).any() for panel in panels) else ""

    return label


def known_state(data: Data) -> Callable[[str], str]:
    """What gives the name of a State by its code; "" for what is none."""
    return lambda code: data.states.name(code) if code in data.states else ""


def region(data: Data) -> str:
    """A group of States as `kind:name` (`mine:key` for one that users put together), or "" for all."""
    groups = data.states.groups.drop_duplicates(["kind", "group"])
    options = ["", *(f"{k}:{g}" for k, g in zip(groups["kind"], groups["group"], strict=True))]
    return controls.one("region", options, "", lambda group: group_words(data.states, group))


def group_words(states: States, group: str) -> str:
    """A group by its name, with its kind where that is not a region."""
    if not group:
        return text("filter.all_states")
    kind, name = group.partition(":")[0], states.group_name(group)
    return name if kind == "region" else f"{name} ({word('group', kind)})"


def submodule(data: Data) -> str:
    """A sub-module, or `all`."""
    options = [ALL, *data.instrument.submodules]
    if len(options) == 2:
        return controls.only("submodule", ALL, text("filter.all_submodules"))
    return controls.one(
        "submodule", options, ALL, lambda s: text("filter.all_submodules") if s == ALL else data.instrument.submodule_name(s)
    )


def measure_type(data: Data) -> str:
    """A measure type, or `all`."""
    options = [ALL, *data.instrument.measure_types]
    if len(options) < 3:
        return controls.only("type", ALL, text("filter.all_types"))
    return controls.one("type", options, ALL, lambda t: text("filter.all_types") if t == ALL else data.instrument.type_name(t))


def lens(data: Data) -> Lens | None:
    """A lens on the questions, or None for the whole questionnaire."""
    options = [ALL, *(f"{le.kind}:{le.value}" for le in data.instrument.lenses)]
    if len(options) == 1:
        controls.only("lens", ALL, lens_name(ALL))
        return None
    chosen = controls.one("lens", options, ALL, lens_name)
    return None if chosen == ALL else Lens(*chosen.split(":", 1))


def lens_name(code: str) -> str:
    """A lens in words: `aspect:legislative` -> `Legislative (aspect)`."""
    if code == ALL:
        return text("filter.whole")
    kind, _, value = code.partition(":")
    return f"{word(kind, value)} ({text(f'lens.{kind}')})"


def country(data: Data, codes: list[str], first: str | None = None) -> str:
    """One State, by code. first: the one to open on, else the first of them; "" where only the address brings one."""
    return controls.one("country", codes, codes[0] if first is None else first, data.states.name, known=known_state(data))


@dataclass(frozen=True)
class Selection:
    """The States in view: rows of the panel that speak for them, and how they were chosen. rounds: round -> number of rows.

    where: the region in words.
    """

    round: str
    reading: str
    region: str
    rows: np.ndarray
    rounds: dict[str, int]
    where: str

    @property
    def words(self) -> str:
        """The selection in words, for subtitles."""
        when = text("filter.round", round=self.round)
        if self.round == LATEST:
            when = text("filter.latest")
            if len(self.rounds) > 1:
                when += f" ({', '.join(f'{label}: {n}' for label, n in self.rounds.items())})"
        return f"{when}, {word('reading', self.reading)}, {self.where}"

    def only(self, data: Data, rows: Sequence[int]) -> Selection:
        """Some of them, where not all are drawn: their rounds, and how many of how many States they are."""
        where = text("filter.some", n=len(rows), of=len(self.rows), where=self.where)
        return replace(self, rows=np.asarray(rows, dtype=int), rounds=_rounds(data, rows), where=where)


def states_in_view(data: Data, *, regional: bool = True) -> Selection:
    """Round, reading and region, in the page's row of controls. The page ends here, with what to do next, where nothing was returned.

    regional: whether a region is asked for; else all States are in view.
    """
    if not len(data.panel):
        views.nothing("empty.store")
    with cell():
        when = round_(data)
    with cell():
        who = reading(data)
    where = ""
    if regional:
        with cell():
            where = region(data)
    rows = current_rows(data.panel, when, who)
    members = data.states.members(where)
    kept = rows[data.panel.index["iso3"].iloc[rows].isin(members).to_numpy()] if where else rows
    if not len(kept):
        views.nothing("empty.selection")
    return Selection(when, who, where, kept, _rounds(data, kept), group_words(data.states, where))


def _rounds(data: Data, rows: Sequence[int]) -> dict[str, int]:
    """Round -> number of rows, the newest first."""
    labels = data.panel.index["round"].iloc[list(rows)].value_counts().sort_index(ascending=False)
    return {str(label): int(n) for label, n in labels.items()}


def organization_code(organization: str) -> str:
    """A code for the URL, where no name may stand."""
    return hashlib.sha256(organization.encode()).hexdigest()[:8] if organization else "national"


def unit(data: Data, iso3: str) -> tuple[int, str]:
    """One return of a State by organization (where some returned), then who assessed, then round: (row, reading)."""
    index = data.panel.index[data.panel.index["iso3"] == iso3].sort_values("round_date", ascending=False)
    organizations = {organization_code(o): o for o in sorted(index["organization"].unique())}
    codes = list(organizations)

    def name(code: str) -> str:
        return organizations[code] or text("filter.national")

    if len(codes) > 1:
        with cell():
            code = controls.one("organization", codes, codes[0], name)
    else:
        code = controls.only("organization", codes[0], name(codes[0]))
    organization = organizations[code]
    index = index[index["organization"] == organization]
    readings = [r for r in READINGS if (index["reading"] == r).any()]
    with cell() if len(readings) > 1 else nullcontext():
        who = one_reading(readings)
    index = index[index["reading"] == who]
    labels = index["round"].tolist()
    with cell():
        chosen = newest_or(data, labels)
    return int(index.loc[index["round"] == (labels[0] if chosen == LATEST else chosen), "row"].iloc[0]), who


def newest_or(data: Data, labels: list[str], label: str = "") -> str:
    """One of a State's rounds by its label, or `latest`: the newest of them. label: what the control is called, where it has another name."""
    words = {LATEST: text("filter.newest")}
    return controls.one("round", [LATEST, *labels], LATEST, lambda r: words.get(r, r), label=label, known=known_round(data))


def target(data: Data) -> str:
    """What measures are held against: one of `targets.choices`."""
    return controls.one("target", targets.choices(data.instrument), targets.DEFAULT, lambda t: target_name(data, t))


def target_name(data: Data, target: str) -> str:
    """A target in words: the questionnaire's default, a level with its name, or where else it comes from."""
    if target == targets.DEFAULT:
        return text("filter.default_target", level=data.instrument.target_level)
    if target in (targets.NEXT, targets.QUARTILE, targets.PLAN):
        return text(f"filter.target.{target}")
    return text("filter.level", level=target, name=data.instrument.level_name(int(target)))


@dataclass(frozen=True)
class GapsAsked:
    """Which gaps a page is asked for: of which States and parts, against what, by which rules. more: what its further controls gave."""

    selection: Selection
    submodule: str
    measure_type: str
    target: str
    options: ScoreOptions
    more: tuple[str, ...]

    def only(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of the sub-module and the measure type. table: with `submodule` and `measure_type`, as `gaps.gaps` gives it."""
        for column, chosen in (("submodule", self.submodule), ("measure_type", self.measure_type)):
            table = table if chosen == ALL else table[table[column] == chosen].reset_index(drop=True)
        return table


def gaps_asked(data: Data, *more: Callable[[], str], by_lens: bool = False) -> GapsAsked:
    """The row of controls of every page on gaps; rules other than the default are named below it.

    more: further controls, in their order behind the target. by_lens: whether the questions may be narrowed to a lens.
    """
    with bar():
        selection = states_in_view(data)
        with cell():
            part = submodule(data)
        with cell(WIDE):
            kind = measure_type(data)
        through = None
        if by_lens:
            with cell():
                through = lens(data)
        with cell():
            against = target(data)
        given = []
        for control in more:
            with cell():
                given.append(control())
        options = rules(data, through)
    name_rules(data, options)
    return GapsAsked(selection, part, kind, against, options, tuple(given))


OWN = "own"


def weights(data: Data, *, own: bool = True) -> WeightSet | None:
    """A kept set of weights; None for the questionnaire's own (own: whether they may be chosen), and where no set is kept."""
    sets = loaders.weight_sets(data)
    options = [*([OWN] if own else []), *sets]
    if not sets:
        controls.only("weights", OWN, text("filter.own_weights"))
        return None

    def name(code: str) -> str:
        return sets[code].name if code in sets else text("filter.own_weights")

    chosen = sets.get(controls.one("weights", options, options[0], name, quiet=() if own else (OWN,)))
    if chosen:
        exports.also({"weights_name": chosen.name, "weights_in_force": in_force(chosen.weights)})
    return chosen


#: The earlier round goes by the same weights as the later one.
SAME = "same"


def earlier_weights(data: Data, now: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...] | None:
    """The weights that an earlier round goes by; None for those of the later one (now), and where no set is kept. Not named on the page here."""
    sets = loaders.weight_sets(data)
    if not sets:
        controls.only("weights_before", SAME, text("filter.same_weights"))
        return None
    words = {SAME: text("filter.same_weights"), OWN: text("filter.own_weights")}
    chosen = controls.one("weights_before", [SAME, OWN, *sets], SAME, lambda i: words[i] if i in words else sets[i].name)
    if chosen == SAME:
        return None
    given = sets[chosen].weights if chosen in sets else ()
    if chosen in sets:
        exports.also({"weights_before_name": sets[chosen].name, "weights_before_in_force": in_force(given)})
    return None if given == now else given


def rules(data: Data, lens: Lens | None = None, *, with_weights: bool = True) -> ScoreOptions:
    """How scores and levels are made: the default, or another aggregator, level rule, what-if or set of weights, which is then named on the page.

    with_weights: whether the set is chosen here, as nearly everywhere.
    """
    instrument = data.instrument
    with st.popover(text("filter.rules"), icon=":material/tune:"):
        st.text(text("filter.rules.text"))
        aggregator = controls.one("aggregator", list(AGGREGATORS), AGGREGATORS[0], lambda a: word("aggregator", a))
        preset = controls.one("rule", list(instrument.rules), instrument.default_rule, lambda r: word("preset", r))
        what_if = controls.one("whatif", list(WHAT_IFS), "none", lambda w: word("whatif", w))
        chosen = weights(data) if with_weights else None
    rule = None if preset == instrument.default_rule else preset
    return ScoreOptions(aggregator, rule, lens, WHAT_IFS[what_if], chosen.weights if chosen else ())


def name_rules(data: Data, options: ScoreOptions) -> None:
    """Say on the page when its numbers follow another rule than the default, or other weights."""
    if options.weights:
        name_weights(named_by(loaders.weight_sets(data).values(), options.weights))
    if options == ScoreOptions(lens=options.lens, weights=options.weights):
        return
    what_if = next(name for name, statuses in WHAT_IFS.items() if statuses == options.zero_statuses)
    rule = word("preset", options.rule or data.instrument.default_rule)
    named = {"aggregator": word("aggregator", options.aggregator), "rule": rule, "whatif": word("whatif", what_if)}
    st.warning(text("filter.rules.other", **named), icon=":material/tune:")


def name_weights(chosen: WeightSet | None) -> None:
    """Say whose weights are in force."""
    name = views.plain(chosen.name) if chosen else ""
    st.warning(text("filter.rules.weights", name=name), icon=":material/balance:")
