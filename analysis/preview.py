"""Before anything is stored: what would become of each return, held against what the store holds. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.desk import Incoming
from analysis.instrument import Instrument
from analysis.model import NOT_RETURNED, PANEL_KEYS, Answer, Panel, Problem, ReadReturn, Return, round_date, status_of
from analysis.store import Store
from analysis.workbook.checks import Context, check_problems, history_problems

PREVIEW_COLUMNS = [
    "file", "position", "number", "iso3", "organization", "round", "reading", "instrument", "submodules", "outcome", "replaces", "waits_for"
]  # fmt: skip
COUNTED = ("answered", "na_justified", "na_unjustified", "dont_know", "withheld", "blank", "invalid")
CHANGED = ("changed", "added", "withdrawn")
SEVERITIES = {"stops": "stop", "repairs": "repair", "notes": "note"}
WHOLE = ["position", "number", *COUNTED, *CHANGED, "problems", *SEVERITIES]
CHANGES = ["position", "number", "iso3", "instrument", "question", "before", "after"]
#: What a return would come to that can still be stored.
OPEN = ("new", "replaces", "waits", "submits")
#: Text where an answer was to stand: told when the file was read, for what stood there is not kept as an answer.
AS_READ = ("answer-not-allowed", "answer-is-a-date", "answer-is-a-formula", "answer-is-an-error")
#: Every flag of a return in the order of scoring.md section 11.
FLAGS = (
    "all-answers-equal", "one-answer-dominates", "same-as-last-round", "same-as-another-state", "large-jump", "answers-contradict",
    "top-answer-without-evidence", "much-not-applicable", *AS_READ,
)  # fmt: skip
#: Step of a return -> what the same bytes come to.
AGAIN = {"draft": "submits", "sent_back": "sent_back", "withdrawn": "withdrawn"}


@dataclass(frozen=True)
class Expected:
    """What storing one return would come to.

    outcome: `new`; `replaces` parts that count now; `waits` behind validated parts, which go on counting; `cannot`. Where these very
    bytes brought this return before: `submits` (it is a draft until now), `sent_back`, `withdrawn` or `already`: nothing changes. changed, added, withdrawn: answers that differ, that are given now and were not
    before, and the reverse, over the parts that the unit has already returned; None where it has returned none of them.
    differs: (question, code now, code then) of every cell that would change, statuses included.
    """

    outcome: str
    replaces: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    changed: int | None = None
    added: int | None = None
    withdrawn: int | None = None
    differs: tuple[tuple[str, int, int], ...] = ()


class _Held:
    """What counts of one instrument's returns: a vector of codes per unit, and which of its parts are validated."""

    def __init__(self, instrument: Instrument, panel: Panel | None):
        self.instrument, self.panel = instrument, panel
        self.columns = {s: np.flatnonzero(instrument.questions["submodule"] == s) for s in instrument.submodules}
        self.codes: dict[tuple, np.ndarray] = {}
        self.validated: dict[tuple, set[str]] = {}
        if panel is not None and len(panel):
            units = list(panel.index[PANEL_KEYS].itertuples(index=False, name=None))
            self.codes = dict(zip(units, panel.codes, strict=True))
            done = panel.parts[panel.parts["step"] == "validated"]
            for row, submodule in zip(done["row"], done["submodule"], strict=True):
                self.validated.setdefault(units[row], set()).add(submodule)

    def vector(self, value: Return) -> np.ndarray:
        """The codes of a return; NOT_RETURNED outside its sub-modules."""
        number, codes = self.instrument.question_number, np.full(len(self.instrument.questions), NOT_RETURNED, dtype=np.int8)
        for answer in value.answers:
            codes[number[answer.question]] = answer.code
        return codes

    def earlier(self, value: Return) -> tuple[str, np.ndarray] | None:
        """(label, codes) of the unit's newest round before this one."""
        now = round_date(value.round)
        own = (value.iso3, value.organization, value.reading)
        before = [
            (round_date(r), r, codes)
            for (i, o, r, reading), codes in self.codes.items()
            if (i, o, reading) == own and r != value.round
        ]
        before = [one for one in before if now and one[0] and one[0] < now]
        return max(before, key=lambda one: one[:2])[1:] if before else None

    def twins(self, value: Return, codes: np.ndarray) -> tuple[str, ...]:
        """Other States whose answers to the same round and reading are the same, question by question, over the parts returned."""
        columns = np.concatenate([self.columns[s] for s in value.submodules])
        mine = codes[columns]
        found = {
            iso3
            for (iso3, organization, label, reading), other in self.codes.items()
            if (label, reading) == (value.round, value.reading)
            and iso3 != value.iso3
            and not organization
            and np.array_equal(other[columns], mine)
        }
        return tuple(sorted(found))


class Before:
    """What a store holds before a batch of files, and what the files looked at so far would add to it.

    Parameters
    ----------
    store: None for a store that does not exist yet.
    panel_of: gives the panel of an instrument (a page hands over its cache); by default the store is asked.
    """

    def __init__(
        self, store: Store | None, instruments: Mapping[str, Instrument], panel_of: Callable[[Instrument], Panel] | None = None
    ):
        self._store, self._instruments = store, instruments
        self._panel_of = panel_of or (store.panel if store else None)
        self._of: dict[str, _Held] = {}
        self._brought: set[tuple] = set()

    def _held(self, name: str) -> _Held:
        if name not in self._of:
            instrument = self._instruments[name]
            self._of[name] = _Held(instrument, self._panel_of(instrument) if self._panel_of else None)
        return self._of[name]

    def _came_before(self, sha256: str, value: Return) -> str:
        """What these bytes come to where they brought this return before; "" where they did not."""
        key = (sha256, value.instrument, *value.key)
        if key in self._brought:
            return "already"
        same = self._store.existing(sha256) if self._store else None
        if same is None or same.empty:
            return ""
        units = same[["instrument", *PANEL_KEYS]].itertuples(index=False, name=None)
        found = dict(zip(units, same["return_id"], strict=True)).get(key[1:])
        return "" if found is None else AGAIN.get(self._store.steps(found)["step"].iloc[-1], "already")

    def expected(self, sha256: str, one: ReadReturn) -> Expected:
        """What storing a return would come to; from then on it counts as held."""
        value = one.value
        if value is None or not one.storable:
            return Expected("cannot")
        if again := self._came_before(sha256, value):
            return Expected(again)
        held = self._held(value.instrument)
        codes, before = held.vector(value), held.codes.get(value.key)
        had = [s for s in value.submodules if before is not None and (before[held.columns[s]] != NOT_RETURNED).any()]
        waits = tuple(s for s in had if s in held.validated.get(value.key, ()))
        replaces = tuple(s for s in had if s not in waits)
        self._brought.add((sha256, value.instrument, *value.key))
        self._keep(held, value, codes, waits)
        if before is None or not had:
            return Expected("new")
        columns = np.concatenate([held.columns[s] for s in had])
        old, new = before[columns], codes[columns]
        counts = ((old >= 0) & (new >= 0) & (old != new)).sum(), ((old < 0) & (new >= 0)).sum(), ((old >= 0) & (new < 0)).sum()
        other = columns[old != new]
        questions = held.instrument.questions["question"].iloc[other]
        differs = tuple(zip(questions, before[other].tolist(), codes[other].tolist(), strict=True))
        return Expected("replaces" if replaces else "waits", replaces, waits, *map(int, counts), differs)

    def _keep(self, held: _Held, value: Return, codes: np.ndarray, waits: Iterable[str]) -> None:
        now = held.codes.get(value.key)
        kept = np.full_like(codes, NOT_RETURNED) if now is None else now.copy()
        for submodule in set(value.submodules) - set(waits):
            kept[held.columns[submodule]] = codes[held.columns[submodule]]
        held.codes[value.key] = kept

    def noted(self, item: Incoming) -> Incoming:
        """The file with what strikes one when its returns are held against the round before and against other States."""
        return replace(item, reads=tuple(self.noted_return(one) for one in item.reads))

    def noted_return(self, one: ReadReturn) -> ReadReturn:
        """One return with what strikes one when it is held against the round before and against other States."""
        value = one.value
        if value is None:
            return one
        held = self._held(value.instrument)
        earlier, twins = held.earlier(value), held.twins(value, held.vector(value))
        previous = None
        if earlier:
            label, codes = earlier
            asked = zip(held.instrument.questions["question"], codes.tolist(), strict=True)
            answers = tuple(Answer(question, code) for question, code in asked if code != NOT_RETURNED)
            previous = replace(value, round=label, answers=answers)
        context = Context(held.instrument, one.file, previous, twins)
        return replace(one, problems=(*one.problems, *history_problems(value, context)))


@dataclass(frozen=True)
class Preview:
    """What would happen if some files were stored in their order.

    table: a row per return, and one for each file in which there is none: file, position (of the file, from 0), number (of the return
    in its file, from 0; NA where the file holds none), iso3, organization, round, reading, instrument, submodules (codes, joined by
    ", "), outcome (`Expected`, or `cannot`), replaces and waits_for (sub-modules that count now, and those that are validated), a
    number per status of a cell (`COUNTED`), changed, added, withdrawn (NA where nothing of it was returned before), problems (all),
    stops (those that keep it from being stored), repairs, notes. changes: a row per cell that would change: position, number, iso3,
    instrument, question, before, after (codes). items: the files with all that was noted.
    """

    table: pd.DataFrame
    changes: pd.DataFrame
    items: tuple[Incoming, ...]


def preview(before: Before, found: Iterable[Incoming]) -> Preview:
    """What would happen if these files were stored in this order; each is held against the store and the files before it."""
    rows, changes, items = [], [], []
    for position, item in enumerate(map(before.noted, found)):
        items.append(item)
        sha256, where = item.sha256, {"file": item.name, "position": position}
        for number, one in enumerate(item.reads):
            told = before.expected(sha256, one)
            rows.append({**where, "number": number, **_row(one, told)})
            changes += [(position, number, one.value.iso3, one.value.instrument, *cell) for cell in told.differs]
        if not item.reads:
            rows.append({**where, "outcome": "cannot", **_weighed(item.problems)})
    table = pd.DataFrame(rows, columns=[*PREVIEW_COLUMNS, *COUNTED, *CHANGED, "problems", *SEVERITIES])
    words = [c for c in PREVIEW_COLUMNS if c not in WHOLE]
    texts = {c: table[c].astype(object).where(table[c].notna(), "").astype("str") for c in words}
    table = table.assign(**texts, **{c: table[c].astype("Int64") for c in WHOLE})
    return Preview(table, pd.DataFrame(changes, columns=CHANGES), tuple(items))


def _weighed(problems: Sequence[Problem]) -> dict[str, int]:
    found = Counter(p.severity for p in problems)
    return {"problems": len(problems), **{column: found[severity] for column, severity in SEVERITIES.items()}}


def _row(one: ReadReturn, told: Expected) -> dict:
    row = {"outcome": told.outcome, **_weighed(one.problems)}
    value = one.value
    if value is None:
        return row
    statuses = Counter(status_of(a.code) for a in value.answers)
    row |= {"replaces": ", ".join(told.replaces), "waits_for": ", ".join(told.waits_for)}
    row |= {"submodules": ", ".join(value.submodules), **{name: getattr(told, name) for name in CHANGED}}
    unit = dict(zip(["instrument", *PANEL_KEYS], (value.instrument, *value.key), strict=True))
    return row | unit | {status: statuses[status] for status in COUNTED}


def return_flags(store: Store, instrument: Instrument, panel: Panel, return_id: int) -> list[Problem]:
    """What strikes one about a stored return, in the order of `FLAGS`. The checks are those of its import, held against what the store
    holds now: how a return looks also depends on what came after it. Nothing is deleted or down-weighted for it.

    Parameters
    ----------
    panel: what counts of this instrument now; the round before and the other States are looked up in it.

    Raises
    ------
    KeyError
        If there is no such return.

    Source: scoring.md section 11.
    """
    value, kept = store.return_of(return_id, instrument), store.problems(return_id)
    history = Before(store, {instrument.id: instrument}, lambda _: panel).noted_return(ReadReturn("", value)).problems
    noted = [*check_problems(value, Context(instrument)), *history]
    noted += [Problem(**row) for row in kept[kept["code"].isin(AS_READ)].to_dict("records")]
    return sorted((one for one in noted if one.code in FLAGS), key=lambda one: FLAGS.index(one.code))
