"""Measure what the systems cannot say to one another."""

from helpers.gaps.communication import communication_gap
from helpers.gaps.families_informed import families_who_could_know
from helpers.gaps.family_terms import quoted_figures
from helpers.gaps.first_steps import first_steps
from helpers.gaps.hand_work import hand_minutes, hand_work
from helpers.gaps.measures import Measure, measure, measures
from helpers.gaps.scorecard import records_behind, scorecard

__all__ = [
    "Measure",
    "communication_gap",
    "families_who_could_know",
    "first_steps",
    "hand_minutes",
    "hand_work",
    "measure",
    "measures",
    "quoted_figures",
    "records_behind",
    "scorecard",
]
