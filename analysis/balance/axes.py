"""The two axes of a questionnaire: which nodes stand for upstream and for downstream."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from analysis.instrument import Instrument

AXES = ("upstream", "downstream")


def axes(instrument: Instrument) -> pd.DataFrame:
    """The upstream and the downstream node of each sub-module that has both: submodule, upstream, downstream. Empty for other instruments.

    The topmost node of a sub-module and a measure type is the one that stands for them.
    """
    return pd.DataFrame(_pairs(instrument), columns=["submodule", *AXES])


@lru_cache(maxsize=16)
def _pairs(instrument: Instrument) -> tuple[tuple[str, str, str], ...]:
    inner = instrument.nodes[(instrument.nodes["kind"] != "measure") & (instrument.nodes["submodule"] != "")]
    first = inner.drop_duplicates(["submodule", "measure_type"])  # parents stand before their children
    node = {(row.submodule, row.measure_type): row.node for row in first.itertuples()}
    found = ((s, *(node.get((s, axis)) for axis in AXES)) for s in instrument.submodules)
    return tuple(pair for pair in found if None not in pair)
