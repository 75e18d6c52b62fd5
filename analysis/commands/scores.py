"""`scores`: scores, bounds, coverage and levels of a store as a table."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from analysis import desk
from analysis.commands.shared import OK, CouldNotRun, known_instruments, note_export, one_of, states_of, store_of, write_bytes
from analysis.comparison.rounds import LATEST
from analysis.instrument import LENSES, Instrument, Lens
from analysis.model import READINGS, Panel
from analysis.reports import labelled
from analysis.reports.about import about
from analysis.reports.columns import spelled
from analysis.reports.tables import csv_bytes, for_people, json_text, xlsx_bytes
from analysis.scores.options import AGGREGATORS, NA_CHALLENGED, STRICT, ScoreOptions
from analysis.scores.tree import node_scores

WHAT_IF = {"strict": STRICT, "na-challenged": NA_CHALLENGED}


def add(commands, common: argparse.ArgumentParser, places: argparse.ArgumentParser) -> None:
    """The command's options."""
    one = commands.add_parser("scores", parents=[common], help="scores, bounds, coverage and levels, unrounded")
    one.add_argument(
        "--instrument",
        default=None,
        metavar="ID",
        help="which questionnaire (default: that with most returns; of as many, the newest)",
    )
    one.add_argument(
        "--round", default=None, metavar="LABEL", help=f"a round, or `{LATEST}` for the newest of each State (default: all)"
    )
    one.add_argument("--reading", default=None, choices=READINGS, help="who assessed (default: all)")
    one.add_argument("--country", action="append", default=[], metavar="CODE", help="only this State (may be repeated)")
    one.add_argument("--node", action="append", default=[], metavar="CODE", help="only this node or measure (may be repeated)")
    one.add_argument(
        "--lens", default=None, metavar="KIND:VALUE", help=f"only questions that carry it; KIND: {', '.join(LENSES)}"
    )
    one.add_argument("--aggregator", default="arithmetic", choices=AGGREGATORS, help="how measures and all above are combined")
    one.add_argument("--rule", default=None, metavar="PRESET", help="award preset of the instrument (default: its own)")
    one.add_argument("--what-if", default=None, choices=list(WHAT_IF), help="count unknown answers, or N/A, as nothing in place")
    one.add_argument("--format", default="csv", choices=["csv", "json", "xlsx"], help="(default: csv)")
    one.add_argument("--output", default=None, metavar="FILE", help="where to write (default: standard output)")
    one.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Scores of a store as a table."""
    if arguments.format == "xlsx" and not arguments.output and sys.stdout.isatty():
        raise CouldNotRun("A workbook can't be shown on a terminal; name a file with --output")
    known, store = known_instruments(arguments), store_of(arguments, create=False)
    if store is None:
        raise CouldNotRun("There is no such store yet; `import` makes it. (--database URL names another one.)")
    used = [i for i in store.instruments() if i in known]
    instrument = one_of(known, arguments.instrument or (used[0] if used else desk.default_instrument(known)))
    unknown = set(arguments.node) - set(instrument.node_number)
    if unknown:
        raise CouldNotRun(f"{instrument.id} has no node or measure {', '.join(sorted(unknown))}")
    others = [known[i] for i in used if i != instrument.id]
    panel = _narrowed(store.panel(instrument), arguments, lambda: {other.id: store.panel(other).index for other in others})
    table = node_scores(panel, instrument, _options(arguments, instrument)).table.drop(columns="row")
    if arguments.node:
        table = table[table["node"].isin(arguments.node)]
    chosen = _chosen(arguments)
    facts = {"table": "scores", "data": store.version(), "instrument": instrument.id}
    settings = about(facts, {name: value for name, value in chosen.items() if value}, dt.datetime.now(dt.UTC))
    done = _write(_content(table, settings, instrument, arguments), arguments.output)
    note_export(store, f"scores.{arguments.format}", rows=len(table), instrument=instrument.id, **chosen)
    return done


def _chosen(arguments: argparse.Namespace) -> dict[str, str | None]:
    """The options, by their names: for the sheet that says how the numbers were made, and for the store's trail."""
    names = ("round", "reading", "lens", "aggregator", "rule", "what_if")
    several = {"country": ",".join(arguments.country), "node": ",".join(arguments.node)}
    return {name: getattr(arguments, name) for name in names} | several


def _options(arguments: argparse.Namespace, instrument: Instrument) -> ScoreOptions:
    if arguments.rule and arguments.rule not in instrument.rules:
        raise CouldNotRun(f"There is no rule {arguments.rule}. {instrument.id} has: {', '.join(instrument.rules)}")
    lenses = {f"{lens.kind}:{lens.value}": lens for lens in instrument.lenses}
    if arguments.lens and arguments.lens not in lenses:
        raise CouldNotRun(f"There is no lens {arguments.lens}. {instrument.id} has: {', '.join(lenses) or 'none'}")
    lens: Lens | None = lenses.get(arguments.lens)
    return ScoreOptions(arguments.aggregator, arguments.rule, lens, WHAT_IF.get(arguments.what_if, frozenset()))


def _narrowed(panel: Panel, arguments: argparse.Namespace, others: Callable[[], Mapping[str, pd.DataFrame]]) -> Panel:
    """The rows of a panel that were asked for. `latest`: of each State, organization and reading the newest. others: what was returned to other
    instruments, id -> index of its panel; named where they have what this one lacks."""
    rows = panel.index
    wanted = [("iso3", arguments.country), ("reading", arguments.reading), ("round", arguments.round)]
    for column, values in wanted:
        values = [values] if isinstance(values, str) else values
        if not values or (column == "round" and values == [LATEST]):
            continue
        has = {code.casefold(): code for code in rows[column]}
        unknown = [code for code in values if code.casefold() not in has]
        if unknown:
            there = ", ".join(sorted(has.values())) or "nothing"
            elsewhere = [
                i for i, index in others().items() if {c.casefold() for c in unknown} & {c.casefold() for c in index[column]}
            ]
            where = f". Returned in another questionnaire: --instrument {' or '.join(elsewhere)}" if elsewhere else ""
            raise CouldNotRun(f"Nothing was returned for {', '.join(unknown)}. There is: {there}{where}")
        rows = rows[rows[column].isin([has[code.casefold()] for code in values])]
    if arguments.round == LATEST:
        rows = rows.sort_values("round_date", kind="stable").groupby(["iso3", "organization", "reading"]).tail(1)
    return panel.where(sorted(rows["row"]))


def _content(table: pd.DataFrame, settings: pd.DataFrame, instrument: Instrument, arguments: argparse.Namespace) -> bytes:
    """The table as a file. A workbook has it in words and by code, and says how it was made; .csv and .json go on to other programs."""
    if arguments.format == "csv":
        return csv_bytes(table)
    if arguments.format == "json":
        return json_text(table).encode("utf-8")
    shown = labelled.scores(instrument, table, states_of(arguments))
    words = spelled(shown, labelled.SCORES)
    return xlsx_bytes(for_people(shown, words, codes=table), settings, words)


def _write(content: bytes, output: str | None) -> int:
    if output:
        Path(output).write_bytes(content)
        print(output)
    else:
        write_bytes(content)
    return OK
