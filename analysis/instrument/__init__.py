"""A folder of data becomes an Instrument: tree, questions, scales, levels, award rule, weights, links, words.

The folder's name is the instrument's id; `docs/instrument-format.md` describes the files. Nothing about a
particular questionnaire is written in code: another tree or another scale is another folder.
"""

from analysis.instrument.award import COMPARES, RULE_KINDS, STANDARD_PRESETS, AwardRule, award_rule, share
from analysis.instrument.instrument import LENSES, Gates, Instrument, Lens
from analysis.instrument.loading import DEFAULT_INSTRUMENT, LOCAL, ROOT, SHIPPED, instrument_folders, instruments, load_instrument
from analysis.instrument.problems import InstrumentProblems
from analysis.instrument.tables import MAX_LEVEL, MAX_OPTIONS

__all__ = [
    "COMPARES",
    "DEFAULT_INSTRUMENT",
    "LENSES",
    "LOCAL",
    "MAX_LEVEL",
    "MAX_OPTIONS",
    "ROOT",
    "RULE_KINDS",
    "SHIPPED",
    "STANDARD_PRESETS",
    "AwardRule",
    "Gates",
    "Instrument",
    "InstrumentProblems",
    "Lens",
    "award_rule",
    "instrument_folders",
    "instruments",
    "load_instrument",
    "share",
]
