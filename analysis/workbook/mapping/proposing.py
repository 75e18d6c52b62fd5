"""A mapping proposed for a table that nobody has mapped yet. It is shown, never taken for granted: what is not certain is marked so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.instrument import Instrument
from analysis.states import States
from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.layout import ANSWER_FIELDS
from analysis.workbook.mapping.evidence import HOLDS, Evidence, first_texts, reading_within, round_within
from analysis.workbook.mapping.found import found_words
from analysis.workbook.mapping.guesses import unsure_answers, unsure_questions
from analysis.workbook.mapping.headings import Found, best_heading, heading_at
from analysis.workbook.mapping.heads import Head, place_of, reference_of
from analysis.workbook.mapping.model import DATES, KEYS, Block, TableMapping, Words, table_words
from analysis.workbook.state_names import certain_state
from analysis.workbook.values import cell_text, plain, round_label

WORD, CONTENT = 3.0, 2.5  # how much a usual heading, and a column full of what it should hold, say for a role
ENOUGH = 1.5
_CODE = re.compile(r"[A-Z0-9]{2,3}")


@dataclass(frozen=True)
class Doubt:
    """Something in a proposal that a person should look at. part: what it is about; code: why (`mapping.doubt.<code>`); found: what."""

    part: str
    code: str
    found: str = ""


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping with what is doubtful in it."""

    mapping: TableMapping
    doubts: tuple[Doubt, ...] = ()


def proposed(sheets: Sequence[RawSheet], instruments: Mapping[str, Instrument], states: States) -> TableMapping:
    """The mapping that fits best by its looks; what is not certain stands under `unsure` and is not applied."""
    return proposal(sheets, instruments, states).mapping


def proposal(
    sheets: Sequence[RawSheet],
    instruments: Mapping[str, Instrument],
    states: States,
    *,
    sheet: str = "",
    header_row: int = 0,
    header_rows: int = 0,
) -> Proposal:
    """The mapping that fits best by its looks, and what is doubtful in it.

    Parameters
    ----------
    sheet, header_row, header_rows : what a person has chosen already; empty or 0 to be proposed as well.
    """
    evidence = Evidence(instruments, states)
    of_title = [one for one in sheets if one.title == sheet] if sheet else list(sheets)
    found = None
    if header_row and of_title:
        depths = [header_rows] if header_rows else [1, 2, 3]
        tries = [heading_at(of_title[0], header_row - 1, depth, evidence) for depth in depths]
        found = max(filter(None, tries), key=lambda one: one.score, default=None)
    elif of_title:
        found = best_heading(of_title, evidence)
    if found is None:
        title = of_title[0].title if of_title else ""
        empty = TableMapping(sheet=title, header_row=header_row or 1, header_rows=header_rows or 1, skip_words=_totals())
        return Proposal(empty, (Doubt("header", "no-heading"),))
    return _Proposing(found, list(sheets), evidence).proposal()


def _totals() -> tuple[str, ...]:
    return table_words()["summary"]


@dataclass
class _Proposing:
    """One heading on its way to a mapping."""

    found: Found
    sheets: Sequence[RawSheet]
    evidence: Evidence
    doubts: list[Doubt] = field(default_factory=list)

    def proposal(self) -> Proposal:
        """The mapping and its doubts."""
        found, sheet = self.found, self.found.sheet
        layout, spread = self._layout()
        roles = self._roles(layout, spread)
        columns = {role: reference_of(head, found.heads) for role, head in roles.items()}
        mapping = TableMapping(
            layout=layout,
            sheet=sheet.title if len(self.sheets) > 1 else "",
            header_row=found.first + 1,
            header_rows=found.depth,
            columns=columns,
            skip_words=_totals(),
            state_codes=self._codes(roles, spread if layout == "questions_down" else ()),
        )
        mapping = self._elsewhere(mapping)
        mapping = self._parts(mapping)
        mapping = replace(mapping, fill_down=self._fill_down(roles, layout))
        mapping = self._unsure(mapping, roles)
        return Proposal(mapping, tuple(self.doubts))

    # Layout and roles

    def _naming(self, kind: str) -> list[Head]:
        """The columns whose heading names a question (or a State) above something else."""
        found = []
        for head in self.found.heads:
            if any(kind in self.evidence.kinds(text) for text, _ in head.parts) and self._holds(head) != kind:
                found.append(head)
        return found

    def _holds(self, head: Head) -> str:
        return self.found.column(head.position).mostly

    def _layout(self) -> tuple[str, Sequence[Head]]:
        questions, of_states = self._naming("question"), self._naming("state")
        asked = any(self._holds(head) == "question" for head in self.found.heads)
        worded = any(self._word(head) == "question" for head in self.found.heads)
        answered = any(self._word(head) == "answer" for head in self.found.heads)
        if questions and not asked and len(questions) >= len(of_states) and (len(questions) > 1 or not worded):
            return "states_down", questions
        if of_states and (asked or worded) and not (answered and len(of_states) < 2):
            return "questions_down", of_states
        if not asked and not worded and not answered:
            full = [head for head in self.found.heads if self._holds(head) == "answer" and not self._word(head)]
            if len(full) > 2 and any(self._holds(head) == "state" for head in self.found.heads):
                return "states_down", full
        return "answers_down", ()

    def _word(self, head: Head) -> str:
        return next((role for text, _ in reversed(head.parts) if (role := self.evidence.role_of(text))), "")

    def _roles(self, layout: str, spread: Sequence[Head]) -> dict[str, Head]:
        """Role -> column: the pairs that say most for each other first."""
        taken = {head.position for head in spread}
        wanted = [
            role
            for role in (*KEYS, *ANSWER_FIELDS, *DATES)
            if role != {"states_down": "question", "questions_down": "iso3"}.get(layout)
        ]
        fields_beside = layout != "answers_down"
        pairs = []
        for head in self.found.heads:
            for role in wanted:
                beside = fields_beside and role in ANSWER_FIELDS and self._word(head) == role
                if (head.position not in taken or beside) and (worth := self._worth(role, head)) >= ENOUGH:
                    pairs.append((worth, -head.position, role, head))
        roles: dict[str, Head] = {}
        used: set[int] = set()
        for _, _, role, head in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
            if role in ANSWER_FIELDS and head.position in taken:
                roles.setdefault(role, head)  # the same word under each question
            elif role not in roles and head.position not in used:
                roles[role] = head
                used.add(head.position)
        if layout != "answers_down":  # an answer's column is known by the question or State above it
            roles = {role: head for role, head in roles.items() if role not in ANSWER_FIELDS or head.position in taken}
        elif "answer" in roles and not self._word(roles["answer"]) and self._holds(roles["answer"]) != "answer":
            del roles["answer"]
        needed = {"answers_down": ("question", "answer"), "states_down": ("iso3",), "questions_down": ("question",)}[layout]
        self.doubts += [Doubt(role, "no-column") for role in needed if role not in roles and not self._by_round(role)]
        return roles

    def _by_round(self, role: str) -> bool:
        """Whether the answers stand in columns that are headed by rounds or readings."""
        return role == "answer" and any(
            self.evidence.kinds(text) & {"round", "reading"} for head in self.found.heads for text, _ in head.parts
        )

    def _worth(self, role: str, head: Head) -> float:
        column = self.found.column(head.position)
        if not head.parts and not column.filled:
            return 0.0
        word = WORD if self._word(head) == role else 0.0
        kind = HOLDS.get(role)
        content = CONTENT * column.shares.get(kind, 0.0) if kind else 0.0
        if role == "answer" and not word and (column.mostly in ("question", "state", "round") or self._word(head)):
            return 0.0
        if role in ("round", "reading", "iso3", "question") and not word and column.shares.get(kind, 0.0) < 0.6:
            return 0.0
        if role == "iso3" and content and self._in_codes(column.values):
            content += 0.2
        return word + content if column.filled or word else 0.0

    def _in_codes(self, values: frozenset[str]) -> bool:
        return bool(values) and sum(len(v) <= 3 for v in values) > 0.6 * len(values)

    def _codes(self, roles: Mapping[str, Head], heads: Sequence[Head]) -> bool:
        """Whether States stand as codes."""
        if heads:
            texts = [text for head in heads for text, _ in head.parts if "state" in self.evidence.kinds(text)]
        elif "iso3" in roles:
            position = roles["iso3"].position
            rows = self.found.sheet.rows[self.found.below :]
            texts = [cell_text(row[position]) for row in rows if position < len(row)]
            texts = [text for text in texts if "state" in self.evidence.kinds(text)]
        else:
            return False
        return bool(texts) and all(_CODE.fullmatch(text.upper()) for text in texts)

    def _fill_down(self, roles: Mapping[str, Head], layout: str) -> tuple[str, ...]:
        """Keys that are written once and hold for the rows below, as in cells merged over several rows."""
        if layout != "answers_down" or "question" not in roles:
            return ()
        asked = self.found.column(roles["question"].position).filled
        found = []
        for role in ("iso3", "organization", "round", "reading", "submodule"):
            if role in roles:
                column = self.found.column(roles[role].position)
                if 0 < column.filled <= asked / 2 and column.distinct == column.filled:
                    found.append(role)
        self.doubts += [Doubt(role, "filled-down") for role in found]
        return tuple(found)

    # What the columns do not say

    def _elsewhere(self, mapping: TableMapping) -> TableMapping:
        """The State, round and reading where no column and no heading says them: above the table, in the title, or nowhere."""
        columns, fixed, sheet = dict(mapping.columns), {}, self.found.sheet
        above = first_texts(sheet.rows, self.found.first)
        if mapping.layout != "questions_down" and "iso3" not in columns:
            place = next(((n, p) for text, n, p in above if certain_state(text, self.evidence.states)), None)
            if place:
                columns["iso3"] = f"[{_letter(place[1])}{place[0] + 1}]"
            elif certain_state(sheet.title, self.evidence.states, code_column=True):
                columns["iso3"] = "[sheet]"
            else:
                self.doubts.append(Doubt("iso3", "not-said"))
        texts = [sheet.title, *(text for text, _, _ in above)]
        for role, within in (("round", round_within), ("reading", reading_within)):
            if role not in columns and not self._in_heads(role):
                said = list(dict.fromkeys(value for text in texts if (value := within(text))))
                if len(said) == 1:
                    fixed[role] = said[0]
                self.doubts.append(Doubt(role, "from-title" if len(said) == 1 else "not-said", said[0] if len(said) == 1 else ""))
        titled = [one for one in self.sheets if certain_state(one.title, self.evidence.states, code_column=True)]
        every = columns.get("iso3") == "[sheet]" and len(titled) > 1
        return replace(mapping, columns=columns, sheet="*" if every else mapping.sheet, unsure=Words(fixed=fixed))

    def _in_heads(self, role: str) -> bool:
        texts = [text for head in self.found.heads for text, _ in head.parts]
        return any(role in self.evidence.kinds(text) or (role == "round" and round_within(text)) for text in texts)

    def _parts(self, mapping: TableMapping) -> TableMapping:
        """Parts with a heading of their own below the first one, told apart by the titles above their headings."""
        rows, roles = (
            self.found.sheet.rows,
            {plain(text.split(" / ")[-1]) for text in mapping.columns.values() if not place_of(text)},
        )
        again = [at for at in range(self.found.below, len(rows)) if _has_all(rows[at], roles)] if len(roles) > 1 else []
        titles = [_title_above(rows, at - self.found.depth + 1) for at in again]
        first = _title_above(rows, self.found.first)
        if not again or not first or not all(titles) or len({plain(t) for t in (first, *titles)}) != len(titles) + 1:
            return mapping
        blocks = tuple(Block(title) for title in (first, *titles))
        rounds = {title: label for title in (first, *titles) if (label := round_within(title)) and label != title}
        self.doubts.append(Doubt("blocks", "several-parts", str(len(blocks))))
        unsure = replace(mapping.unsure, rounds=rounds, fixed={k: v for k, v in mapping.unsure.fixed.items() if k != "round"})
        self.doubts = [d for d in self.doubts if d.part != "round"]
        return replace(mapping, blocks=blocks, unsure=unsure)

    def _unsure(self, mapping: TableMapping, roles: Mapping[str, Head]) -> TableMapping:
        """Words for rounds, questions and answers that are not ours, with what they may mean."""
        rounds = dict(mapping.unsure.rounds)
        texts = [text for head in self.found.heads for text, _ in head.parts]
        if "round" in roles:
            position = roles["round"].position
            texts = [cell_text(row[position]) for row in self.found.sheet.rows[self.found.below :] if position < len(row)]
        for text in dict.fromkeys(texts):
            label = round_within(text) if not round_label(text) and len(text) <= 60 else ""
            if label and not self.evidence.questions.within(text):
                rounds[text] = label
        fixed = dict(mapping.unsure.fixed)
        instruments, guess = self._instruments(mapping)
        if guess:
            fixed["instrument"] = guess
            self.doubts.append(Doubt("instrument", "several-instruments", ", ".join(instruments)))
        mapping = replace(mapping, unsure=replace(mapping.unsure, rounds=rounds, fixed=fixed))
        if rounds:
            self.doubts.append(Doubt("rounds", "unsure-rounds", str(len(rounds))))
        name = guess or (instruments[0] if instruments else "")
        known = self.evidence.instruments
        found = found_words(self.sheets, mapping, known, self.evidence.states, name)
        asked = unsure_questions(mapping, self.found, found, self.evidence, known.get(name))
        words = unsure_answers(found, known)
        if asked:
            self.doubts.append(Doubt("questions", "unsure-questions", str(len(asked))))
        if words:
            self.doubts.append(Doubt("answers", "unsure-answers", str(sum(map(len, words.values())))))
        return replace(mapping, unsure=replace(mapping.unsure, questions=asked, answers=words))

    def _instruments(self, mapping: TableMapping) -> tuple[list[str], str]:
        """The instruments that know most of the questions, and one of them to be confirmed where there are several."""
        counts = dict.fromkeys(self.evidence.instruments, 0)
        for row in self.found.sheet.rows[: self.found.below + 400]:
            for value in row:
                if isinstance(value, str) and "question" in self.evidence.kinds(value):
                    for name in self.evidence.questions.within(" ".join(cell_text(value).split())):
                        counts[name] += 1
        most = max(counts.values(), default=0)
        best = [name for name, n in counts.items() if n == most and n]
        if "instrument" in mapping.columns or len(best) == 1:
            return best, ""
        known = best or list(self.evidence.instruments)
        return known, known[0] if len(known) > 1 else ""


def _letter(position: int) -> str:
    return Head(position, ()).letter


def _has_all(row: Sequence[object], wanted: set[str]) -> bool:
    return wanted <= {plain(value) for value in row if isinstance(value, str)}


def _title_above(rows: Sequence[tuple], first: int) -> str:
    """The title above a row: the only filled cell of the nearest row above it that is not empty, at most three rows up."""
    for at in range(first - 1, max(first - 4, -1), -1):
        texts = list(dict.fromkeys(text for value in rows[at] if (text := cell_text(value))))
        if texts:
            return texts[0] if len(texts) == 1 else ""
    return ""
