"""Tables that are not on our form: what their rows, columns and words mean, said once, saved by name, used again."""

from analysis.workbook.formats.raw import RawSheet
from analysis.workbook.mapping.as_toml import from_toml, to_toml
from analysis.workbook.mapping.heads import fits
from analysis.workbook.mapping.model import LAYOUTS, ROLES, STATUSES, Block, MappingProblems, TableMapping, Words
from analysis.workbook.mapping.proposing import Doubt, Proposal, proposal, proposed
from analysis.workbook.mapping.reading import mapping_of, read_mapped

__all__ = [
    "LAYOUTS",
    "ROLES",
    "STATUSES",
    "Block",
    "Doubt",
    "MappingProblems",
    "Proposal",
    "RawSheet",
    "TableMapping",
    "Words",
    "fits",
    "from_toml",
    "mapping_of",
    "proposal",
    "proposed",
    "read_mapped",
    "to_toml",
]
