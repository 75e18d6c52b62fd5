"""A set of weights as a workbook: the form out, empty or filled in; points in, every wrong cell a problem with its place."""

from analysis.workbook.weights.reading import WeightsRead, weights_read
from analysis.workbook.weights.sheet import weights_book

__all__ = ["WeightsRead", "weights_book", "weights_read"]
