"""Words of the balance page: tables with names beside their codes, and the sentences that read its figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.balance.need import Relaxation
from analysis.balance.plane import QUADRANTS
from analysis.balance.risk import Sweep
from analysis.instrument import Instrument
from analysis.model import TOLERANCE
from analysis.reports.labelled import named, state_names
from analysis.reports.sentences import points
from analysis.states import States
from analysis.texts import counted, once, percent, rounded, text, trimmed

ALL_NAMED = 6  # on a plane with so few States each has its name printed

PLANE = [
    "name",
    "submodule_name",
    "upstream_score",
    "upstream_at_least",
    "upstream_at_most",
    "upstream_level",
    "downstream_score",
]
PLANE += ["downstream_at_least", "downstream_at_most", "downstream_level", "balanced", "quadrant_words", "heavy_words", "round"]
HEAVY = [
    "name",
    "submodule_name",
    "heavy_words",
    "upstream_level",
    "downstream_level",
    "upstream_score",
    "downstream_score",
    "round",
]
NEED = [
    "name",
    "submodule_name",
    "need_points",
    "need_low",
    "need_high",
    "downstream_score",
    "target",
    "relaxed",
    "upstream_at_least",
]
NEED += ["threat", "need_weighted", "switch", "switch_words", "round"]
RISK = [
    "name",
    "submodule_name",
    "risk_low",
    "risk_high",
    "risk_least",
    "risk_most",
    "threat",
    "difference_sides",
    "even_words",
    "first_words",
]
ASSOCIATIONS = ["label", "n_states", "r", "r_low", "r_high"]
LAGGED = ["label", "lag_years", "n_states", "n_pairs", "r", "shuffled_low", "shuffled_high", "as_large"]
PARTED = ["label", "law_ahead", "practice_ahead", "open_states", "together", "n_both", "submodule_name", "type_name"]
PARTED_LIST = [
    "name",
    "label",
    "parts_words",
    "law_level",
    "practice_level",
    "law_of",
    "practice_of",
    "submodule_name",
    "type_name",
    "round",
]


def plane_words(instrument: Instrument, language: str = "en") -> dict[str, str]:
    """The words that a plane prints."""
    found = {axis: instrument.type_name(axis, language) for axis in ("upstream", "downstream")}
    found |= {name: text(f"chart.{name}", language) for name in ("bounds", "target", "before", "not_shown")}
    return found | {name: text(f"balance.quadrant.{name}", language) for name in QUADRANTS}


def plane_levels(instrument: Instrument, language: str = "en") -> dict[str, list[str]]:
    """What stands below the points of each level on the axes of a plane; across, where room is short, only the first says what the numbers are."""
    numbers = range(instrument.max_level + 1)
    full = [text("balance.plane.level", language, level=number) for number in numbers]
    return {"upstream": [full[0], *map(str, numbers[1:])], "downstream": full}


def _levels(low: pd.Series, high: pd.Series, language: str) -> list[str]:
    """`2`, `1 to 3`, a dash where there is none."""
    ends = (ends.to_numpy(dtype=float, na_value=np.nan).tolist() for ends in (low, high))
    return once(lambda a, b: _level(a, b, language), *ends)


def _level(low: float, high: float, language: str) -> str:
    if pd.isna(low):
        return "–"
    return f"{low:.0f}" if low == high else text("range", language, low=int(low), high=int(high))


def planes(instrument: Instrument, table: pd.DataFrame, states: States, iso3: str = "", language: str = "en") -> pd.DataFrame:
    """Rows of `balance.plane.planes` ready for `charts.plane`: label (the State), key, named, strong (the State of that code), note; and in
    words: name, submodule_name, quadrant_words, heavy_words, levels.

    Named are the chosen State and, on each plane, the most and least balanced and the two that lie furthest from equal scores.
    """
    known = {"label": state_names(states, table["iso3"], language), "key": table["iso3"], "strong": table["iso3"] == iso3}
    known["named"] = _named(table)
    quadrants = once(lambda q: text(f"balance.quadrant.{q}", language) if q else "", table["quadrant"])
    heavies = once(lambda h: text(f"balance.heavy.{h}", language) if h else "", table["heavy"])
    known |= {"quadrant_words": quadrants, "heavy_words": heavies}
    for axis in ("upstream", "downstream"):
        known[f"{axis}_level"] = _levels(table[f"{axis}_low"], table[f"{axis}_high"], language)
        ends = {"score": "", "at_least": "_lower", "at_most": "_upper"}
        known |= {f"{axis}_{name}": table[f"{axis}{end}"] for name, end in ends.items()}
    label = text("balance.heavy", language)
    known["note"] = once(lambda q, h: f"{q}; {label}: {h}" if q and h else h, quadrants, heavies)
    return named(instrument, table, states, language).assign(**known)


def _named(table: pd.DataFrame) -> np.ndarray:
    """The most and the least balanced and the two furthest from equal scores of each sub-module; all where there are few."""
    found = np.zeros(len(table), dtype=bool)
    lead, balanced = (table["downstream"] - table["upstream"]).to_numpy(float), table["balanced"].to_numpy(float)
    for submodule in table["submodule"].unique():
        rows = np.flatnonzero((table["submodule"] == submodule).to_numpy() & ~np.isnan(balanced))
        if len(rows) > ALL_NAMED:
            rows = [rows[end(of[rows])] for of in (balanced, lead) for end in (np.argmax, np.argmin)]
        found[rows] = True
    return found


def of_state(table: pd.DataFrame, iso3: str) -> pd.DataFrame:
    """One State's sub-modules for one plane: the sub-module is the label, and each is named. table: as `planes` gives it."""
    mine = table[table["iso3"] == iso3]
    return mine.assign(label=mine["submodule_name"], named=True, strong=False).reset_index(drop=True)


def plane_title(table: pd.DataFrame, language: str = "en") -> str:
    """How often upstream stands above downstream. table: as `balance.plane.planes` gives it."""
    shown = table.dropna(subset=["upstream", "downstream"])
    if shown.empty:
        return text("balance.plane.none", language)
    above = int((shown["upstream"] - shown["downstream"] > 100 * TOLERANCE).sum())
    return counted("balance.plane.title", above, language, of=len(shown))


def plane_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many cases lie in each quadrant, for how many open questions decide, and how many are response-heavy."""
    counts = {name: int((table["quadrant"] == name).sum()) for name in QUADRANTS}
    n = sum(counts.values())
    parts = []
    if n:
        parts.append(text("balance.plane.sentence", language, sure=int(table["sure"].sum()), n=n, **counts))
    heavy = {kind: int((table["heavy"] == kind).sum()) for kind in ("certain", "possible")}
    parts.append(text("balance.plane.heavy", language, **heavy))
    return " ".join(parts)


def state_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Where one State's sub-modules lie. table: as `of_state` gives it."""
    parts = [
        text("balance.state.part", language, part=label, quadrant=quadrant, balanced=points(balanced))
        for label, quadrant, balanced in zip(table["label"], table["quadrant_words"], table["balanced"], strict=True)
        if quadrant
    ]
    hidden = len(table) - len(parts)
    if hidden:
        parts.append(counted("balance.state.hidden", hidden, language))
    return " ".join(parts)


def heavy(table: pd.DataFrame) -> pd.DataFrame:
    """The response-heavy rows of `planes`, the certain ones first."""
    kept = table.loc[table["heavy"].isin(["certain", "possible"]), [*HEAVY, "iso3", "heavy", "label", "submodule"]]
    return kept.sort_values(["heavy", "label", "submodule"], kind="stable").reset_index(drop=True)


def needs(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.need.needs` ready for `charts.need_lines`: label (State and sub-module), note (when it leaves the list)."""
    found = named(instrument, table, states, language)
    names = state_names(states, table["iso3"], language)
    found["label"] = [f"{name}, {part}" for name, part in zip(names, found["submodule_name"], strict=True)]
    found["switch_words"] = [_switch_words(row, language) for row in table.itertuples()]
    found["note"] = [_need_note(row, language) for row in table.itertuples()]
    found = found.assign(need_points=table["missing"], need_weighted=table["need"], downstream_score=table["downstream"])
    return found.assign(upstream_at_least=table["upstream_lower"])


def _need_note(row: object, language: str) -> str:
    """`missing 21.8`, and when the need leaves the list, where it ever does."""
    missing = text("balance.need.missing", language, need=points(row.missing))
    if row.threat < 1:
        missing += text("balance.need.times", language, threat=f"{row.threat:g}", need=points(row.need))
    return missing if pd.isna(row.switch) else f"{missing}; {_switch_words(row, language)}"


def _switch_words(row: object, language: str) -> str:
    """When a need leaves the list: `leaves the list at rho 35 %`."""
    if pd.isna(row.downstream):
        return text("balance.switch.unknown", language)
    if pd.isna(row.switch):
        return text("balance.switch.never", language)
    if row.switch == 0:
        return text("balance.switch.at_target", language)
    return text("balance.switch.at", language, rho=rounded(100 * row.switch, 0))


def threat_note(table: pd.DataFrame, language: str = "en") -> str:
    """For how many cases a threat below 1 was entered. table: as `balance.need.needs` or `balance.risk.risks` gives it."""
    below = int((table["threat"] < 1).sum())
    return text("balance.threat.some", language, below=below, n=len(table)) if below else text("balance.threat.none", language)


def need_sentence(table: pd.DataFrame, rho: float, language: str = "en") -> str:
    """How many cases are below the target, how many under the relaxed one, and for how many open questions decide."""
    shown = table.dropna(subset=["need"])
    before, now = int((shown["unrelaxed"] > 100 * TOLERANCE).sum()), int((shown["missing"] > 100 * TOLERANCE).sum())
    if shown.empty:
        return text("balance.need.none", language)
    parts = [counted("balance.need.sentence", before, language, of=len(shown))]
    if rho > 0:
        parts.append(text("balance.need.relaxed", language, rho=rounded(100 * rho, 0), n=now, left=before - now))
    listed = shown[shown["unrelaxed"] > 100 * TOLERANCE]
    leave = int(listed["switch"].notna().sum())
    parts.append(text("balance.need.leave", language, n=leave, stay=len(listed) - leave))
    open_ = int((table["kind"] == "possible").sum())
    if open_:
        parts.append(counted("balance.need.open", open_, language))
    return " ".join(parts)


def remaining_sentence(steps: pd.DataFrame, rho: float, language: str = "en") -> str:
    """How many cases are on the list at first, at a relaxation, and at the last. steps: as `balance.need.remaining` gives it."""
    first, last = int(steps["n"].iloc[0]), int(steps["n"].iloc[-1])
    if not first:
        return text("balance.remaining.none", language)
    if first == last:
        return counted("balance.remaining.all", first, language)
    now = int(steps.loc[steps["rho"] <= rho + TOLERANCE, "n"].iloc[-1])
    here = text("balance.remaining.here", language, rho=percent(rho), n=now) if rho > 0 else ""
    return f"{counted('balance.remaining.sentence', first, language, last=last)}{here}."


def need_assumption(relaxation: Relaxation, language: str = "en") -> str:
    """The relaxed target in words, with its numbers."""
    r = relaxation
    lowest = trimmed(r.target - r.rho * (r.target - r.least))
    facts = {"target": trimmed(r.target), "least": trimmed(r.least), "rho": rounded(100 * r.rho, 0), "lowest": lowest}
    key = "balance.need.assumption" if r.rho > 0 else "balance.need.assumption.none"
    return text(key, language, gamma=f"{r.gamma:g}", **facts)


def risks(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.risk.risks` with names and words, those with the highest possible residual risk first."""
    found = named(instrument, table, states, language).assign(difference_sides=table["difference"])
    found["even_words"] = [text(f"balance.first.{side}", language) for side in table["even"]]
    found["first_words"] = [text(f"balance.first.{side}", language) for side in table["first"]]
    return found.sort_values(["risk_high", "iso3", "submodule"], ascending=[False, True, True], kind="stable").reset_index(
        drop=True
    )


def whose_line(instrument: Instrument, table: pd.DataFrame, row: int, states: States, language: str = "en") -> str:
    """Whose line `risk.regions` draws for a row of the panel: `Quince Republic, UAS`; "" where it draws none."""
    mine = table[table["row"] == row]
    if mine.empty:
        return ""
    here = mine.iloc[0]
    return f"{states.name(here['iso3'], language)}, {instrument.submodule_name(here['submodule'], language)}"


def risk_words(one: str, language: str = "en") -> dict[str, str]:
    """The words of the square of assumptions. one: whose line is drawn (`whose_line`)."""
    names = ("upstream", "downstream", "first_upstream", "first_depends", "first_downstream", "sweep")
    return {name: text(f"balance.square.{name}", language) for name in names} | {
        "one": text("balance.square.one", language, name=one)
    }


def risk_title(table: pd.DataFrame, language: str = "en") -> str:
    """What the range in view says of which side comes first. table: as `balance.risk.risks` gives it, with one row at least."""
    sides = set(table["first"])
    key = sides.pop() if len(sides) == 1 else "depends" if "depends" in sides else "differs"
    return text(f"balance.risk.title.{key}", language, n=len(table))


def risk_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """For how many upstream comes first at equal effect, and over the whole range. table: as `balance.risk.risks` gives it."""
    if table.empty:
        return text("balance.need.none", language)
    counts = {side: int((table["first"] == side).sum()) for side in ("upstream", "downstream", "depends")}
    even = int((table["even"] == "upstream").sum())
    return text("balance.risk.sentence", language, even=even, of=len(table), **counts)


def risk_assumption(sweep: Sweep, language: str = "en") -> str:
    """What the residual risk takes for granted, with its ranges."""
    ends = {
        f"{name}_{end}": rounded(100 * value, 0)
        for name, pair in (("eu", sweep.upstream), ("ed", sweep.downstream))
        for end, value in zip(("low", "high"), pair, strict=True)
    }
    return text("balance.risk.assumption", language, **ends)


def associations(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.association.associations` ready for `charts.associations`."""
    found = table.assign(quiet=table["kind"] == "plain", n_states=table["n"], r_low=table["low"], r_high=table["high"])
    found["label"] = [
        text(f"balance.association.{row.kind}", language, part=instrument.submodule_name(row.submodule, language))
        for row in table.itertuples()
    ]
    found["note"] = [counted("balance.association.n", n, language) for n in table["n"]]
    return found


def association_sentence(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> str:
    """The association as it stands, and what is left beside general capacity."""
    plain, partial = (table[table["kind"] == kind].dropna(subset=["r"]) for kind in ("plain", "partial"))
    if plain.empty:
        return text("balance.association.few", language)
    parts = [_between("balance.association.sentence", plain["r"], language)]
    if len(partial):
        excludes = int(((partial["low"] > 0) | (partial["high"] < 0)).sum())
        parts.append(_between("balance.association.beside", partial["r"], language))
        parts.append(text("balance.association.excludes", language, excludes=excludes, of=len(partial)))
    return " ".join([*parts, text("balance.association.meaning", language)])


def _between(key: str, values: pd.Series, language: str) -> str:
    """A sentence that names a range: `of 0.10 to 0.42`, or one number where both ends are printed alike."""
    low, high = rounded(values.min(), 2), rounded(values.max(), 2)
    how = text("balance.about", language, value=low) if low == high else text("balance.between", language, low=low, high=high)
    return text(key, language, how=how)


def association_title(table: pd.DataFrame, language: str = "en") -> str:
    """What is seen: that both sides go together only where every interval lies above zero."""
    plain = table[table["kind"] == "plain"].dropna(subset=["low"])
    together = len(plain) > 0 and bool((plain["low"] > 0).all())
    return text("balance.association.title" if together else "balance.association.title.open", language)


def association_words(language: str = "en") -> dict[str, str]:
    """What the ends of the scale of an association mean."""
    return {name: text(f"balance.association.{name}", language) for name in ("opposite", "unrelated", "together")}


def years(n: int, language: str = "en") -> str:
    """`1 year`, `2 years`."""
    return counted("balance.years", n, language)


def lagged(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.outcome.lagged` ready for `charts.associations`: the band is the range after shuffling."""
    found = table.assign(quiet=table["side"] == "before", n_states=table["states"], n_pairs=table["n"], lag_years=table["lag"])
    found = found.assign(low=table["shuffled_low"], high=table["shuffled_high"])
    found["label"] = [
        text(f"balance.outcome.{row.side}", language, part=instrument.node_name(row.node, language), lag=years(row.lag, language))
        for row in table.itertuples()
    ]
    found["note"] = [text("balance.outcome.n", language, n=row.n, states=row.states) for row in table.itertuples()]
    return found


def lagged_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many associations lie outside what shuffling gives, and how many placebos do. table: as `balance.outcome.lagged` gives it."""
    known = table.dropna(subset=["r"])
    if known.empty:
        return text("balance.outcome.few", language)
    outside = (known["r"] < known["shuffled_low"]) | (known["r"] > known["shuffled_high"])
    facts = {}
    for side in ("after", "before"):
        here = known["side"] == side
        facts |= {f"{side}_n": int((outside & here).sum()), f"{side}_of": int(here.sum())}
    return text("balance.outcome.sentence", language, **facts)


def parted(instrument: Instrument, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.aspects.parted` ready for `charts.parted_bars`."""
    return named(instrument, table, None, language).assign(open_states=table["open"], n_both=table["n"])


def parted_words(language: str = "en") -> dict[str, str]:
    """The words of the bars of law and practice."""
    return {kind: text(f"balance.law.{kind}", language) for kind in ("law_ahead", "practice_ahead", "open", "together", "states")}


def law_list(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `balance.aspects.law_and_practice` that part for certain or possibly, in words."""
    kept = table[table["kind"] != "none"].reset_index(drop=True)
    found = named(instrument, kept, states, language)
    found["parts_words"] = [text(f"balance.law.{row.parts}.{row.kind}", language) for row in kept.itertuples()]
    for side in ("law", "practice"):
        found[f"{side}_level"] = _levels(kept[f"{side}_low"], kept[f"{side}_high"], language)
        counts = zip(kept[f"{side}_answered"], kept[f"{side}_applicable"], strict=True)
        found[f"{side}_of"] = [text("of", language, part=a, whole=n) for a, n in counts]
    return found


def law_title(table: pd.DataFrame, language: str = "en") -> str:
    """How often law and practice part for certain."""
    return counted("balance.law.title", int((table["kind"] == "certain").sum()), language, of=len(table))


def law_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """Which of the two is ahead where they part, and for how many open questions decide."""
    certain = table[table["kind"] == "certain"]
    facts = {side: int((certain["parts"] == side).sum()) for side in ("law_ahead", "practice_ahead")}
    facts |= {
        "open": int((table["kind"] == "possible").sum()),
        "states": table["iso3"].nunique(),
        "measures": table["measure"].nunique(),
    }
    return text("balance.law.sentence", language, **facts)
