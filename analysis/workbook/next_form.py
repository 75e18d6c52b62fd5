"""The next round's form, already filled in from the last return and marked as such."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.instrument import Instrument
from analysis.model import Return, round_date
from analysis.states import States
from analysis.workbook.carried import CarriedOver, carried_over
from analysis.workbook.template import form


@dataclass(frozen=True)
class NextForm:
    """A form that was filled in beforehand, and what was carried over into it."""

    content: bytes
    carried: CarriedOver


def next_form(
    instrument: Instrument,
    states: States,
    earlier: Return,
    earlier_instrument: Instrument,
    *,
    round: str = "",
    language: str = "en",
) -> NextForm:
    """The form of an instrument, filled in with a State's earlier return through the crosswalk. The same input gives the same bytes.

    Answers with their evidence, comments and reasons, State, organization, reading and contributors are carried over (see
    `carried_over`); every such answer waits to be confirmed. Consent is given for one return: it stands at `nothing` again.

    Parameters
    ----------
    earlier : the return to fill in from, as `Store.newest_return` gives it. round : the new round, empty to leave it open.

    Raises
    ------
    ValueError
        If `round` names no period, or the return is of another instrument than `earlier_instrument`.
    """
    if round and round_date(round) is None:
        raise ValueError(f"“{round}” names no period; write 2026, 2026-H2, 2026-Q3 or 2026-05")
    carried = carried_over(instrument, earlier, earlier_instrument, language)
    value = replace(carried.value, round=round)
    return NextForm(form(instrument, states, instrument.submodules, language, value, carried), carried)
