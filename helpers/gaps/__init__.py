"""Measure what the systems cannot say to one another."""

from helpers.gaps.intervals import wilson
from helpers.gaps.measures import Measure, measure, measures
from helpers.gaps.scorecard import scorecard

__all__ = ["Measure", "measure", "measures", "scorecard", "wilson"]
