"""Portfolios in words: money, the sentence with the finding, what the solver says, and the tables with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.instrument import Instrument
from analysis.priorities.afterwards import AT_ONCE, Requests
from analysis.priorities.frontier import COLUMNS
from analysis.priorities.packages import Packages, origin
from analysis.priorities.portfolio import INFEASIBLE, NOTHING, OPTIMAL, Portfolio
from analysis.priorities.question import Question
from analysis.reports.labelled import node_label, state_names
from analysis.reports.sentences import joined
from analysis.states import States
from analysis.texts import counted, money, percent, rounded, text

CHOSEN = ["name", "package_name", "asked_words", "brings", "cost", "per_cost", "months", "measures", "paid_words", "must_words"]
STATES = [
    "name",
    "packages",
    "in_hand",
    "cost",
    "months",
    "gap_before",
    "points_closed",
    "points_closed_low",
    "points_closed_high",
    "points_open",
    "load",
]
#: Beside them where points are weighted.
UNWEIGHTED = ["gap_unweighted", "closed_unweighted"]
BLOCKS = ["name", "label", "score_now", "score_then", "gained"]
NEAR = ["name", "package_name", "brings", "loss", "loss_share", "near_words", "instead"]
CORE = ["name", "package_name", "core_index", "chosen_words", "cost"]
FRONTIER = ["budget", "value_points", "closed_share", "bound", "spent", "packages", "how"]
LIBRARY = ["id", "package", "lift", "cost", "months", "origin", "stands", "measures", "also", "lift_also", "prerequisites"]
LIBRARY += ["places"]


def share(part: float, whole: float) -> str:
    """A share as whole per cent."""
    return percent(part / whole if whole > 0 else None)


def worth_note(table: pd.DataFrame, importance: bool, language: str = "en") -> str:
    """What a point of gap counts for: the threat where anybody has entered one, and the importance of its measure on demand.

    table: as `ranking.valued` gives it.
    """
    gaps = table["closed"] > 0
    below, n = int((gaps & (table["threat"] < 1)).sum()), int(gaps.sum())
    parts = [text("portfolio.worth.note.importance" if importance else "portfolio.worth.note.points", language)]
    parts.append(
        text("portfolio.worth.note.threat", language, below=below, n=n) if below else text("portfolio.worth.note.none", language)
    )
    if below or importance:
        parts.append(text("portfolio.worth.note.all", language))
    return " ".join(parts)


def paid_note(every: pd.DataFrame, kept: pd.DataFrame, language: str = "en") -> str:
    """How many gaps a list leaves out because they are paid for; "" for none. every, kept: the list with and without them."""
    with_them, without = (int(((table["funded"] != "") & (table["closed"] > 0)).sum()) for table in (every, kept))
    return counted("portfolio.paid.left", with_them - without, language) if with_them > without else ""


def paid_sentence(paid: Sequence[Sequence[str]], language: str = "en") -> str:
    """How many packages of a choice lift what is paid for already; "" for none. paid: as `afterwards.paid_already` gives it."""
    n = sum(map(bool, paid))
    return counted("portfolio.paid.chosen", n, language, of=len(paid)) if n else ""


def asked_sentence(asked: Sequence[Sequence[str]], requests: Requests, language: str = "en") -> str:
    """How many packages meet a request of their State, and what becomes of the gaps asked for.

    asked: as `afterwards.asked_for` gives it. requests: as `afterwards.requests` gives it.
    """
    if not requests.gaps:
        return text("portfolio.asked.none", language)
    meeting = counted("portfolio.asked.chosen", sum(map(bool, asked)), language, of=len(asked))
    facts = {"closed": requests.closed, "part": requests.in_part, "open": requests.untouched}
    return f"{meeting} {counted('portfolio.asked.gaps', requests.gaps, language, **facts)}"


def unit(question: Question, language: str = "en") -> str:
    """What the points of a question are called, the same in its sentences, figures and tables."""
    return text("portfolio.unit.weighted" if question.weighted else "portfolio.unit.points", language)


def nothing(question: Question, language: str = "en") -> str:
    """Why no package could close anything that counts: no gap, none that counts, no package for one, or too little money; "" where one could."""
    if not (question.room > 0).any():
        return text("portfolio.nothing.gap", language)
    if question.whole <= 0:
        return text("portfolio.nothing.worth", language)
    if not question.useful.any():
        return text("portfolio.nothing.package", language)
    packages, budget = question.packages, question.limits.budget
    least = float(_with_needs(packages)[question.useful.any(axis=0)].min())
    if least <= budget + 1e-6:
        return ""
    return text("portfolio.nothing.money", language, budget=money(budget, language), least=money(least, language))


def _with_needs(packages: Packages) -> np.ndarray:
    """What each package costs with all that it needs first."""
    return packages.cost + packages.needs @ packages.cost


def finding(question: Question, found: Portfolio, language: str = "en") -> str:
    """What a choice closes, of how much, for how much money; or why it closes nothing."""
    whole, n = question.whole, int(found.chosen.sum())
    told = nothing(question, language)
    states = counted("portfolio.states", int(found.chosen.any(axis=1).sum()), language)
    packages, spent = counted("portfolio.packages", n, language), money(found.spent, language)
    if not n:
        return told or text("portfolio.finding.nothing", language)
    if whole <= 0:
        return f"{told} {text('portfolio.finding.must', language, packages=packages, states=states, spent=spent)}"
    facts = {
        "unit": unit(question, language),
        "budget": money(question.limits.budget, language),
        "points": rounded(found.value, 0),
        "whole": rounded(whole, 0),
        "share": share(found.value, whole),
        "spent": spent,
    }
    key = "portfolio.finding"
    if facts["spent"] == facts["budget"]:  # as they are printed
        key = "portfolio.finding.whole" if question.limits.budget - found.spent < 0.5 else "portfolio.finding.nearly"
    return text(key, language, states=states, packages=packages, **facts)


def quick_told(question: Question, quick: Portfolio, language: str = "en") -> str:
    """That a choice is the quick one, and whether the best may close more; "" where no choice closes anything."""
    if nothing(question, language):
        return ""
    return text("portfolio.quick.all" if _all(quick.value, question.whole) else "portfolio.quick.is", language)


def solvable(question: Question, quick: Portfolio) -> bool:
    """Whether to ask for the best choice may bring anything: a choice that closes more, one at all, or the reason why there is none."""
    return not (quick.found and nothing(question))


def _all(value: float, whole: float) -> bool:
    """Whether nothing is left to be closed."""
    return value >= whole * (1 - 1e-9)


def assumed(language: str = "en") -> dict[str, str]:
    """What goes out with every table on packages."""
    return {"assumptions": text("portfolio.leaving.assumptions", language)}


def leaving(question: Question, found: Portfolio | None = None, language: str = "en") -> dict[str, str]:
    """What goes out with every table of a portfolio: that it rests on assumptions, what a point is, and how the choice was made."""
    told = assumed(language) | {"points": unit(question, language)}
    if found is None:
        return told
    quick = found.way == "greedy"
    gap = percent(found.gap, 3) if np.isfinite(found.gap) else text("portfolio.leaving.unknown", language)
    how = "quick" if quick else "optimal" if found.status == OPTIMAL else "unfinished"
    return told | {"choice": text(f"portfolio.leaving.{how}", language), "choice_status": found.status, "choice_gap": gap}


def solving(name: str, step: int, steps: int, passed: float, left: float, language: str = "en") -> str:
    """Which step runs while a best choice is worked out (`best`, `free`, `why`), for how long, and how long it may still take (seconds)."""
    times = {"passed": rounded(passed, 0), "left": rounded(np.ceil(left), 0)}
    return text("portfolio.step", language, step=step, steps=steps, what=text(f"portfolio.step.{name}", language), **times)


def solved(found: Portfolio, quick: Portfolio, language: str = "en") -> str:
    """What the exact solution is worth knowing: its status, how far from the best it may be, and how much the quick choice misses."""
    seconds = rounded(found.seconds) if found.seconds >= 0.05 else text("portfolio.status.at_once", language)
    if found.status == NOTHING:
        return text("portfolio.status.nothing", language, seconds=seconds)
    gap = percent(found.gap, 3) if np.isfinite(found.gap) else text("portfolio.unknown", language)
    status = (
        "unfinished" if found.status != OPTIMAL else "proven" if found.gap < 5e-6 else "optimal"
    )  # nothing left as it is printed
    told = text(f"portfolio.status.{status}", language, gap=gap, seconds=seconds)
    if not quick.found:
        return f"{told} {text('portfolio.quick.none', language)}"
    less = found.value - quick.value
    if less <= 1e-6 * max(1.0, found.value):
        return f"{told} {text('portfolio.quick.same', language)}"
    return f"{told} {text('portfolio.quick.less', language, points=rounded(less), share=_small(less, found.value))}"


def _small(part: float, whole: float) -> str:
    """A small share with a decimal."""
    return percent(part / whole if whole > 0 else None, 1)


def equity(found: Portfolio, free: Portfolio, language: str = "en") -> str:
    """The price of equity: the value with and without the floors."""
    if not (found.found and free.found):
        return ""
    less = max(0.0, free.value - found.value)
    if less < 0.05:
        return text("portfolio.equity.none", language, with_floors=rounded(found.value, 0))
    facts = {
        "with_floors": rounded(found.value, 0),
        "without": rounded(free.value, 0),
        "points": rounded(less, 0 if less >= 10 else 1),
    }
    return text("portfolio.equity", language, share=_small(less, free.value), **facts)


def conflict(codes: Sequence[str], question: Question, names: Mapping[str, str], language: str = "en") -> str:
    """Why nothing satisfies the limits. names: what each floor is called."""
    if not codes:
        return text("portfolio.conflict.several", language)
    if list(codes) == ["must"]:
        return text("portfolio.conflict.must", language)
    said = []
    for code in codes:
        kind, _, which = code.partition(":")
        limits = question.limits
        facts = {
            "budget": money(limits.budget, language), "each": limits.each, "name": names.get(which, which),
            "ceiling": money(limits.ceiling or 0, language),
        }  # fmt: skip
        said.append(text(f"portfolio.conflict.{kind}", language, **facts))
    return text("portfolio.conflict", language, limits=joined(said, language))


def without_use(question: Question, names: Mapping[str, str], states: States, language: str = "en") -> list[str]:
    """Why a fair share can't be kept: named States and favoured groups for which no package, or too little to spend on, is of use.

    A package is given only where it would close a gap, or somebody insists on it. names: what each floor is called.
    """
    limits, allowed, said = question.limits, question.allowed, []
    if limits.flagged is not None:
        codes = [code for code, bare in zip(question.codes, limits.flagged & ~allowed.any(axis=1), strict=True) if bare]
        said += [text("portfolio.useless.state", language, name=states.name(code, language)) for code in codes]
    for floor in limits.floors:
        most, least = question.cost(allowed & floor.members[:, None]), floor.share * limits.budget
        facts = {"name": names.get(floor.code, floor.code), "most": money(most, language), "least": money(least, language)}
        if not allowed[floor.members].any():
            said.append(text("portfolio.useless.group", language, **facts))
        elif most < least - 1e-6:
            said.append(text("portfolio.useless.little", language, **facts))
    return said


def idle(question: Question, must: np.ndarray, states: States, language: str = "en") -> str:
    """Which packages that must be in would close nothing there, or are not open to their State; "" for none.

    question: before anybody insists on a package. must: States x packages.
    """
    pairs = must & ~(question.useful | question.useful @ question.packages.needs)
    said = []
    for key, mask in (("idle", pairs & question.open), ("shut", pairs & ~question.open)):
        if mask.any():
            cost = money(question.cost(mask), language)
            names = _pairs(_ids(question, mask), question.packages, states, language)
            said.append(counted(f"portfolio.must.{key}", int(mask.sum()), language, names=names, cost=cost))
    return " ".join(said)


def _ids(question: Question, mask: np.ndarray) -> list[tuple[str, str]]:
    return [(question.codes[s], question.packages.ids[k]) for s, k in np.argwhere(mask)]


def between(low: float, high: float, language: str = "en") -> str:
    """What the same packages would close at either end of the open questions; "" where they make no difference."""
    if rounded(low, 0) == rounded(high, 0):
        return ""
    return text("portfolio.between", language, low=rounded(low, 0), high=rounded(high, 0))


def none_found(found: Portfolio) -> bool:
    """Whether the limits rule everything out."""
    return found.status == INFEASIBLE


def chosen(
    instrument: Instrument, table: pd.DataFrame, states: States, paid: Sequence[Sequence[str]], asked: Sequence[Sequence[str]],
    language: str = "en",
) -> pd.DataFrame:  # fmt: skip
    """Rows of `afterwards.chosen_pairs` with names. paid, asked: as `afterwards.paid_already` and `afterwards.asked_for` give them."""
    found = _named(table, states, language)
    names = _node_names(instrument, {m for measures in table["measures"] for m in measures}, language)
    found["measures"] = ["; ".join(names[m] for m in measures) for measures in table["measures"]]
    found["paid_words"] = ["; ".join(names[m] for m in measures) for measures in paid]
    found["asked_words"] = ["; ".join(names[m] for m in measures) for measures in asked]
    found["must_words"] = [text("portfolio.wanted", language) if must else "" for must in table["must_be_in"]]
    return found


def states_table(table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `afterwards.by_state` with names; `load` says where a State would carry much at a time."""
    found = _named(table, states, language)
    found["load"] = [text("portfolio.load.heavy", language) if busy else "" for busy in table["busy"]]
    return found.assign(label=found["name"])


def states_sentence(table: pd.DataFrame, unit: str, language: str = "en") -> str:
    """Who would gain most, of how much, and how many would get nothing. table: as `states_table` gives it. unit: as `unit` gives it."""
    most = table["points_closed"].max()
    first = table.loc[table["points_closed"] >= most - 1e-6]
    facts = {
        "name": joined(first["name"].tolist(), language),
        "points": rounded(most, 0),
        "whole": rounded(first["gap_before"].iloc[0], 0),
        "unit": unit,
    }
    said = text("portfolio.states.most" if len(first) == 1 else "portfolio.states.most.tied", language, **facts)
    said = f"{said} " if most > 0 else ""
    return f"{said}{counted('portfolio.states.nothing', int((table['packages'] == 0).sum()), language, of=len(table))}"


def after_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """The part of one State that would rise most. table: its rows of `blocks`."""
    risen = table.dropna(subset=["gained"])
    if risen.empty or risen["gained"].max() <= 1e-6:
        return text("portfolio.after.nothing", language)
    most = risen.loc[risen["gained"].idxmax()]
    facts = {"part": most["label"], "before": rounded(most["score_now"]), "after": rounded(most["score_then"])}
    return text("portfolio.after.most", language, **facts)


def workload(table: pd.DataFrame, states: States, language: str = "en") -> str:
    """Which States would have more than they may carry at a time, new packages and what is under way there already; "" for none.

    table: as `afterwards.by_state` gives it.
    """
    busy = table[table["busy"]]
    if busy.empty:
        return ""
    names = [
        text(f"portfolio.load.{'both' if already else 'new'}", language, name=states.name(code, language), new=n, already=already)
        for code, n, already in zip(busy["iso3"], busy["packages"], busy["in_hand"], strict=True)
    ]
    more = [text("portfolio.more", language, n=len(names) - 8)] if len(names) > 8 else []
    return counted("portfolio.load", len(busy), language, most=AT_ONCE, names=joined([*names[:8], *more], language))


def blocks(instrument: Instrument, table: pd.DataFrame, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `afterwards.block_scores` with names."""
    found = _named(table, states, language)
    names = _node_names(instrument, table["node"].unique(), language)
    return found.assign(
        label=table["node"].map(names), score_now=table["before"], score_then=table["after"], gained=table["change"]
    )


def state_words(unit: str, language: str = "en") -> dict[str, str]:
    """The words of the bars of closed and open gaps. unit: as `unit` gives it."""
    words = {
        name: text(f"portfolio.bar.{name}", language) for name in ("points_closed", "points_open", "packages", "cost", "between")
    }
    return words | {"points": unit}


def near(table: pd.DataFrame, packages: Packages, states: States, language: str = "en") -> pd.DataFrame:
    """Rows of `robust.near_ties` with names."""
    found = _named(table, states, language)
    found["package_name"] = [_package(packages, k) for k in table["package"]]
    found["near_words"] = [text("yes" if is_near else "no", language) for is_near in table["near"]]
    found["instead"] = [_pairs(into, packages, states, language) for into in table["instead"]]
    return found


def near_sentence(table: pd.DataFrame, language: str = "en") -> str:
    """How many of the packages looked at could go almost for nothing."""
    return counted("portfolio.near.sentence", int(table["near"].sum()), language, looked=len(table))


def _pairs(into: Sequence[tuple[str, str]], packages: Packages, states: States, language: str) -> str:
    said = [f"{states.name(code, language)}: {_package(packages, k)}" for code, k in into[:4]]
    return "; ".join([*said, *([text("portfolio.more", language, n=len(into) - 4)] if len(into) > 4 else [])])


def _package(packages: Packages, name: str) -> str:
    return packages.names[packages.number[name]]


def core(question: Question, index: np.ndarray, best: np.ndarray, states: States, language: str = "en") -> pd.DataFrame:
    """Every pair with a core index above 0, the surest first. index, best: States x packages."""
    at = np.argwhere((index > 0) | best)
    rows = [
        (question.codes[s], question.packages.ids[k], question.packages.names[k], float(index[s, k]), bool(best[s, k]), question.packages.cost[k])
        for s, k in at
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["iso3", "package", "package_name", "core_index", "chosen", "cost"])
    table = table.sort_values(["core_index", "iso3", "package"], ascending=[False, True, True], kind="stable").reset_index(
        drop=True
    )
    found = _named(table, states, language)
    return found.assign(chosen_words=[text("yes" if c else "no", language) for c in table["chosen"]])


def core_sentence(table: pd.DataFrame, draws: int, counted_in: int, language: str = "en") -> str:
    """How many pairs are in nearly every draw, how many hang on the weights and gaps, and in how many draws not all best choices were counted.

    draws, counted_in: draws with an answer, and those of which all best choices were counted.
    """
    sure, open_ = (
        int((table["core_index"] >= 0.95).sum()),
        int(((table["core_index"] > 0.05) & (table["core_index"] < 0.95)).sum()),
    )
    said = text("portfolio.core.sentence", language, draws=draws, sure=sure, open=open_)
    if counted_in == draws:
        return said
    return f"{said} {counted('portfolio.core.uncounted', draws - counted_in, language, draws=draws)}"


def frontier(question: Question, table: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """Rows of a frontier ready for `charts.portfolio.frontier`."""
    whole = question.whole
    exact = table["bound"].notna()
    how = [text(f"portfolio.frontier.{'exact' if is_exact else 'quick'}", language) for is_exact in exact]
    return table.assign(closed_share=table["value_points"] / whole if whole else np.nan, how=how)


def joined_frontiers(quick: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """Both frontiers as one table; the exact one first."""
    return pd.concat([exact, quick], ignore_index=True)


def exact_points(solved: pd.DataFrame | None, question: Question, best: Portfolio | None) -> pd.DataFrame | None:
    """The best choices that are known, a row a budget: those of an exact frontier, and at the present budget the choice that the page shows.

    solved: an exact frontier; best: the best choice of the question as it is; None where it was not worked out. None where neither was.
    """
    if best is None:
        return solved
    limits = question.limits
    row = (limits.budget, best.value, best.spent, best.bound, best.status, int(best.chosen.sum()))
    here = pd.DataFrame([row], columns=COLUMNS)
    if solved is None:
        return here
    others = solved[~np.isclose(solved["budget"], limits.budget)]  # found twice, it may differ by what the solver is allowed
    return pd.concat([others, here], ignore_index=True).sort_values("budget", ignore_index=True)


def frontier_sentence(quick: pd.DataFrame, exact: pd.DataFrame | None, budget: float, whole: float, language: str = "en") -> str:
    """What the present budget closes and what twice as much would, and by which choice.

    exact: as `exact_points` gives it. whole: what there is to be closed.
    """
    tables = {"quick": quick, "exact": exact}
    rows = {way: table.dropna(subset=["value_points"]) for way, table in tables.items() if table is not None}
    if "exact" in rows and len(rows["exact"]) > 1:
        return _here_and_more(rows["exact"], budget, "portfolio.frontier.sentence.exact", {}, language)
    if "exact" in rows and len(rows["exact"]):
        best = rounded(rows["exact"]["value_points"].iloc[0], 0)
        return _here_and_more(rows["quick"], budget, "portfolio.frontier.sentence.both", {"best": best}, language)
    said = _here_and_more(rows["quick"], budget, "portfolio.frontier.sentence.quick", {}, language)
    here = rows["quick"].loc[np.isclose(rows["quick"]["budget"], budget), "value_points"]
    return said if here.empty or _all(here.iloc[0], whole) else f"{said} {text('portfolio.frontier.may', language)}"


def _here_and_more(known: pd.DataFrame, budget: float, key: str, more: Mapping[str, str], language: str) -> str:
    """A sentence on the present budget and the largest one of a row."""
    here, last = known[np.isclose(known["budget"], budget)], known.tail(1)
    if here.empty or last.empty:
        return text("portfolio.frontier.few", language)
    facts = {"budget": money(budget, language), "points": rounded(here["value_points"].iloc[0], 0)}
    facts |= {"more": money(last["budget"].iloc[0], language), "further": rounded(last["value_points"].iloc[0], 0)}
    return text(key, language, **facts, **more)


def library(
    rows: Sequence[Mapping[str, object]], packages: Packages, instrument: Instrument, states: States, bands: Mapping[str, float],
    language: str = "en",
) -> pd.DataFrame:  # fmt: skip
    """The whole library, a row a package, with whose its assumptions are and why one can't be chosen."""
    found = []
    for body in rows:
        code = str(body["id"])
        standing = packages.left.get(code) or ("withdrawn" if body.get("status") == "withdrawn" else "offered")
        places = [p.partition(":")[2] or states.name(p, language) for p in body.get("places", ())]
        found.append(
            {
                "id": code, "package": body["package"], "measures": _measures(instrument, body.get("measures", ()), language),
                "lift": body.get("lift"), "also": _measures(instrument, body.get("also", ()), language), "lift_also": body.get("lift_also"),
                "cost": body.get("cost", bands.get(str(body["cost_band"]))), "months": body.get("months"),
                "prerequisites": body.get("prerequisites", ""), "places": "; ".join(places),
                "origin": text(f"portfolio.origin.{origin(body)}", language),
                "stands": text(f"portfolio.standing.{standing}", language),
            }
        )  # fmt: skip
    return pd.DataFrame(found, columns=LIBRARY)


def _node_names(instrument: Instrument, nodes: Iterable[str], language: str) -> dict[str, str]:
    return {node: node_label(instrument, node, language) for node in nodes}


def _measures(instrument: Instrument, measures: Sequence[str], language: str) -> str:
    return "; ".join(node_label(instrument, m, language) if m in instrument.node_number else m for m in measures)


def _named(table: pd.DataFrame, states: States, language: str) -> pd.DataFrame:
    names = dict(zip(codes := list(dict.fromkeys(table["iso3"])), state_names(states, codes, language), strict=True))
    return table.assign(name=[names[code] for code in table["iso3"]])
