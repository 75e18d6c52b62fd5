"""Words of the lenses: one lens across States beside everything else, States by lenses, one State now and before."""

from __future__ import annotations

import pandas as pd

from analysis.instrument import Instrument, Lens
from analysis.model import TOLERANCE
from analysis.reports.labelled import lenses as lens_lines
from analysis.reports.labelled import named, of, state_names, told_apart
from analysis.reports.sentences import joined, points
from analysis.reports.uncertain import chance_words
from analysis.states import States
from analysis.texts import counted, rounded, text, trimmed, word

BESIDE = [
    "name",
    "lens_score",
    "lens_at_least",
    "lens_at_most",
    "lens_of",
    "rest_score",
    "rest_at_least",
    "rest_at_most",
    "rest_of",
]
BESIDE += ["difference_rest", "below_words", "round"]
#: The same with the ranges of both sides and of their difference.
RANGED = [
    "name",
    "lens_score",
    "lens_low",
    "lens_high",
    "lens_at_least",
    "lens_at_most",
    "lens_of",
    "rest_score",
    "rest_low",
    "rest_high",
]
RANGED += [
    "rest_at_least",
    "rest_at_most",
    "rest_of",
    "difference_rest",
    "apart_words",
    "apart_median",
    "apart_low",
    "apart_high",
]
RANGED += ["apart_least", "apart_most", "below_words", "round"]
STATE = ["label", "type_name", "score", "lower", "upper", "before", "answered", "applicable"]
GRID = ["line", "column", "score", "lower", "upper", "level", "answers"]


def lens_word(lens: Lens, language: str = "en") -> str:
    """A lens in words: `Human rights and rule of law`."""
    return word(lens.kind, lens.value, language)


def beside(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.lenses.beside_rest` ready for `charts.two_sides`: a is the lens, b everything else."""
    found = named(instrument, table, states, language).assign(
        label=state_names(states, table["iso3"], language), key=table["iso3"]
    )
    for side, name in (("a", "lens"), ("b", "rest")):
        found = found.assign(**{f"{side}_{end}": table[f"{name}_{end}"] for end in ("score", "lower", "upper", "why")})
        found = found.assign(**{f"{name}_at_least": table[f"{name}_lower"], f"{name}_at_most": table[f"{name}_upper"]})
        pairs = zip(table[f"{name}_answered"], table[f"{name}_applicable"], strict=True)
        found[f"{name}_of"] = [of(answered, applicable, language) for answered, applicable in pairs]
        found[f"{side}_name"] = text(f"lenses.beside.{name}", language)
    found["difference_rest"] = table["difference"]
    kinds = ["sure" if sure else "open" if below else "no" for below, sure in zip(table["below"], table["sure"], strict=True)]
    found["below_words"] = [text(f"lenses.below.{kind}", language) for kind in kinds]
    found["note"] = [
        text("lenses.beside.note", language, difference=signed(d), answers=answers)
        if pd.notna(d)
        else text("lenses.beside.note.none", language, answers=answers)
        for d, answers in zip(table["difference"], found["lens_of"], strict=True)
    ]
    return found


def signed(value: float) -> str:
    """Points with their sign: `+4.0`, `−12.5`."""
    shown = rounded(value)
    return shown.replace("-", "−") if float(shown) <= 0 else f"+{shown}"


def beside_title(lens: Lens, table: pd.DataFrame, language: str = "en") -> str:
    """How many States stand lower through the lens than on everything else."""
    both = table.dropna(subset=["difference"])
    if both.empty:
        return text("lenses.beside.none", language, lens=lens_word(lens, language))
    lower = int((both["difference"] < -100 * TOLERANCE).sum())
    return counted("lenses.beside.title", lower, language, lens=lens_word(lens, language), of=len(both))


def beside_sentence(table: pd.DataFrame, returned: int, target: float, level: float, language: str = "en") -> str:
    """For how many a strong rest stands beside a weak lens.

    table: as `comparison.lenses.beside_rest` gives it. returned: States in view. target, level: points of the target and of one level.
    """
    below, sure = int(table["below"].sum()), int(table["sure"].sum())
    both = int(table["difference"].notna().sum())
    far = int((table["difference"] <= -level + 100 * TOLERANCE).sum())
    facts = {"sure": sure, "target": trimmed(target), "far": far, "both": both, "of": returned}
    return counted("lenses.beside.sentence", below, language, **facts)


def state(instrument: Instrument, table: pd.DataFrame, row: int, before: int | None, language: str = "en") -> pd.DataFrame:
    """One State's rows of `comparison.lenses.profiles`, of this round with the score of the round before, ready for `charts.bounded_dots`."""
    keys = ["lens_kind", "lens", "node"]
    now = table[table["row"] == row].reset_index(drop=True)
    earlier = table[table["row"] == before].set_index(keys)["score"] if before is not None else None
    found = lens_lines(instrument, now, language)
    found["type_name"] = [instrument.type_name(t, language) for t in found["measure_type"]]
    if earlier is None:
        return found
    return found.assign(before=earlier.reindex(pd.MultiIndex.from_frame(found[keys])).to_numpy())


def state_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """The lowest and the highest lens of each measure type. table: as `state` gives it."""
    parts = []
    for name, rows in table.dropna(subset=["score"]).groupby("type_name", sort=False):
        if len(rows) < 2:
            continue
        low, high = rows.loc[rows["score"].idxmin()], rows.loc[rows["score"].idxmax()]
        facts = {
            "low": low["label"],
            "low_score": points(low["score"]),
            "high": high["label"],
            "high_score": points(high["score"]),
        }
        parts.append(text("lenses.state.ends" if name else "lenses.state.ends.plain", language, type=name, n=len(rows), **facts))
    return " ".join(parts) or text("lenses.state.few", language)


def rights_sentence(instrument: Instrument, found: dict[tuple[Lens, str], pd.DataFrame], language: str = "en") -> str:
    """One State's rights lenses, each beside all other questions. found: (lens, node) -> `comparison.lenses.beside_rest` of its one row."""
    parts = []
    for (lens, node), table in found.items():
        for row in table.itertuples():
            facts = {"lens": lens_word(lens, language), "node": instrument.node_name(node, language)}
            facts |= {
                name: points(getattr(row, f"{part}_score"))
                if pd.notna(getattr(row, f"{part}_score"))
                else text("lenses.not_shown", language)
                for name, part in (("score", "lens"), ("rest", "rest"))
            }
            parts.append(text("lenses.rights.line", language, **facts))
    return "\n".join(parts)


def grid(table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `comparison.lenses.profiles` at one node as cells of a heat map: a line per lens, a column per State, by name."""
    silent = table["why"] == "not_returned"
    pairs = list(zip(table["lens_kind"], table["lens"], strict=True))
    lines = told_apart([kind for kind, _ in pairs], [word(kind, lens, language) for kind, lens in pairs])
    found = table.assign(line=lines, column=state_names(states, table["iso3"], language), key=table["iso3"])
    found["answers"] = [of(a, n, language) for a, n in zip(table["answered"], table["applicable"], strict=True)]
    found = found.assign(**{end: found[end].mask(silent) for end in ("lower", "upper")}, place=pd.factorize(found["line"])[0])
    return found.sort_values(["place", "column"], kind="stable")


def grid_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """The lens on which most of the States stand lowest. table: as `grid` gives it."""
    shown = table.dropna(subset=["score"])
    if shown.empty:
        return text("lenses.grid.none", language)
    lowest = shown["score"] - shown.groupby("column")["score"].transform("min") <= 100 * TOLERANCE
    counts = shown[lowest].groupby("line", sort=False)["column"].nunique()
    most = counts[counts == counts.max()]
    names = joined([str(name) for name in most.index[:3]], language)
    return text("lenses.grid.sentence", language, lens=names, n=int(counts.max()), of=shown["column"].nunique())


def with_ranges(table: pd.DataFrame, ranges: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of `beside` with those of `comparison.lenses.beside_ranges`: the ranges of both sides, that of the difference (apart_least to apart_most are
    its bounds), separable, apart_words and chance_lens; the note says where the two are not separable."""
    names = {"low": "apart_low", "median": "apart_median", "high": "apart_high", "least": "apart_least", "most": "apart_most"}
    ends = {f"{name}_{end}": f"{side}_{end}" for side, name in (("a", "lens"), ("b", "rest")) for end in ("low", "high")}
    kept = ranges.rename(columns=names | {"chance": "chance_lens"})
    found = table.merge(kept.drop(columns=["lens_median", "rest_median", "overlap"]), on="row", how="left", validate="1:1")
    found["separable"] = found["separable"].fillna(False).astype(bool)
    words = zip(found["chance_lens"], found["separable"], strict=True)
    found["apart_words"] = [_apart(chance, clear, language) for chance, clear in words]
    found["note"] = [
        note if clear or pd.isna(chance) else text("lenses.note.not", language, note=note)
        for note, clear, chance in zip(table["note"], found["separable"], found["chance_lens"], strict=True)
    ]
    return found.assign(**{side: found[name] for name, side in ends.items()})


def _apart(chance: float, separable: bool, language: str) -> str:
    if pd.isna(chance):
        return ""
    if not separable:
        return text("lenses.apart.not", language, chance=chance_words(chance, language))
    key, of = ("lenses.apart.higher", chance) if chance > 0.5 else ("lenses.apart.lower", 1 - chance)
    return text(key, language, chance=chance_words(of, language))


def apart_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """For how many States the lens surely stands lower or higher than the rest. table: as `with_ranges` gives it."""
    known = table.dropna(subset=["chance_lens"])
    clear = known[known["separable"]]
    higher = int((clear["chance_lens"] > 0.5).sum())
    facts = {"n": len(known), "lower": len(clear) - higher, "higher": higher, "unclear": len(known) - len(clear)}
    return text("lenses.apart.sentence", language, **facts) if len(known) else ""
