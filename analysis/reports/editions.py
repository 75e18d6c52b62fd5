"""Editions of a questionnaire in words: what they have in common, where a line goes through, and what became of the questions."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pandas as pd

from analysis.comparison.core import LEAST, WHOLE, Core, breaks, spanned
from analysis.editions import sources_of
from analysis.instrument import Instrument
from analysis.model import Panel
from analysis.reports import labelled
from analysis.reports.sentences import joined
from analysis.states import States
from analysis.texts import counted, percent, text

SHARES = ["label", "edition_name", "core", "questions", "share", "core_weight", "through"]
CHANGES = [*labelled.CHANGES, "core", "core_weight"]
KINDS = ["edition_name", "earlier_name", "fate", "before_count", "after_count"]


def edition_name(instrument: Instrument, language: str = "en") -> str:
    """An edition's short name, else its title or id."""
    return instrument.word("instrument.short", language) or instrument.title


def core_sentence(core: Core, language: str = "en") -> str:
    """How many questions the core has, and what share of each edition that is, by number and by weight."""
    whole = core.shares[core.shares["node"] == WHOLE].set_index("edition")
    told = []
    for edition in core.editions:
        row = whole.loc[edition.id]
        facts = {"share": percent(row["share"]), "weight": percent(row["weight"]), "questions": int(row["questions"])}
        told.append(text("editions.share", language, edition=edition_name(edition, language), **facts))
    n, shares_ = int(core.mask.sum()), joined(told, language)
    head = counted("editions.core", n, language, shares=shares_)
    if core.reworded:
        facts = {"n": n, "same": n - core.reworded, "reworded": core.reworded, "shares": shares_}
        head = text("editions.core.reworded", language, **facts)
    return f"{head} {text('editions.as_if', language)}"


def apart_sentence(core: Core, nodes: Iterable[str], language: str = "en") -> str:
    """Which parts have too small a core for a line; empty where all have enough."""
    apart = [core.instrument.node_name(n, language) for n, through in spanned(core.shares, nodes).items() if not through]
    if not apart:
        return ""
    return counted("editions.apart", len(apart), language, least=percent(LEAST), parts=joined(apart, language))


def break_words(core: Core, panel: Panel, language: str = "en") -> dict[str, str]:
    """First round of each later edition -> what a chart says at the break."""
    return {first: text("editions.break", language) for _, first, _ in breaks(core, panel)}


def break_sentence(core: Core, panel: Panel, language: str = "en") -> str:
    """Where a new edition begins, in words."""
    names = {edition.id: edition_name(edition, language) for edition in core.editions}
    told = [text("editions.began", language, edition=names[e], first=first, last=last) for last, first, e in breaks(core, panel)]
    return " ".join(told)


def shares(core: Core, nodes: Iterable[str], language: str = "en") -> pd.DataFrame:
    """Rows of `core_shares` for the whole questionnaire and some nodes, with names: `SHARES`."""
    nodes = [WHOLE, *nodes]
    table = core.shares[core.shares["node"].isin(nodes)].rename(columns={"weight": "core_weight"})
    through = spanned(core.shares, nodes)
    names = {edition.id: edition_name(edition, language) for edition in core.editions}
    labels = {n: labelled.node_label(core.instrument, n, language) if n else text("filter.whole", language) for n in nodes}
    return table.assign(
        label=table["node"].map(labels),
        edition_name=table["edition"].map(names),
        through=[text(f"editions.through.{'yes' if through[n] else 'no'}", language) for n in table["node"]],
    )[SHARES].reset_index(drop=True)


def kinds(core: Core, language: str = "en") -> pd.DataFrame:
    """What became of the questions from each edition to the next: kind, how many before and after. Only where a crosswalk leads from one to the next."""
    found = []
    for earlier, later in pairwise(core.editions):
        led = sources_of(later, earlier)
        taken = {source for _, sources in led.values() for source in sources}
        rows = [(kind, {s for k, ss in led.values() if k == kind for s in ss}, [q for q, (k, _) in led.items() if k == kind])
                for kind in ("same", "reworded", "split", "merged", "new")]  # fmt: skip
        rows.append(("dropped", set(earlier.question_number) - taken, []))
        names = (edition_name(later, language), edition_name(earlier, language))
        found += [(*names, text(f"editions.kind.{kind}", language), len(before), len(after)) for kind, before, after in rows]
    return pd.DataFrame(found, columns=KINDS)


def changes(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of `core_changes` with the share of the weight under the name that tables show it by."""
    return table.rename(columns={"weight": "core_weight"})


def lines(
    core: Core,
    table: pd.DataFrame,
    states: States,
    means: pd.DataFrame | None = None,
    *,
    many: bool = False,
    language: str = "en",
) -> pd.DataFrame:
    """Rows of `core.histories` ready for `charts.history`: one State's, or (with means) a group's mean thick, over each State thin or, of many, a band."""
    latest = core.instrument
    if means is None:
        found = labelled.history(latest, table, states, language)
    else:
        found = pd.concat(
            [
                labelled.group_history(latest, table[(table["piece"] == piece) & (not many)], of_piece, states, language).assign(
                    piece=piece
                )
                for piece, of_piece in means.groupby("piece", sort=False)
            ],
            ignore_index=True,
        )
    least, apart = core.shares.groupby("node")["weight"].min(), found["piece"] != ""
    labels = found.loc[apart].drop_duplicates("node").set_index("node")["label"]
    told = {n: text("editions.label.apart", language, label=label, share=percent(least[n])) for n, label in labels.items()}
    return found.assign(label=found["label"].mask(apart, found["node"].map(told)))
