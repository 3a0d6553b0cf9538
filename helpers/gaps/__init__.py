"""Measure what the systems cannot say to one another."""

from helpers.gaps.first_steps import first_steps
from helpers.gaps.measures import Measure, measure, measures
from helpers.gaps.scorecard import records_behind, scorecard

__all__ = ["Measure", "first_steps", "measure", "measures", "records_behind", "scorecard"]
