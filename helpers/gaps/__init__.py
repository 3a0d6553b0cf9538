"""Measure what the systems cannot say to one another."""

from helpers.gaps.alarms import noticed
from helpers.gaps.code_crosswalk import code_crosswalk
from helpers.gaps.communication import communication_gap
from helpers.gaps.coverage_by_group import coverage_by_group, widest_gaps
from helpers.gaps.drift import drifted
from helpers.gaps.families_informed import families_who_could_know
from helpers.gaps.family_terms import quoted_figures
from helpers.gaps.first_steps import first_steps
from helpers.gaps.hand_work import hand_minutes, hand_work, kit_assumptions
from helpers.gaps.measures import Measure, measure, measures
from helpers.gaps.scorecard import records_behind, scorecard, scorecard_and_records

__all__ = [
    "Measure",
    "code_crosswalk",
    "communication_gap",
    "coverage_by_group",
    "drifted",
    "families_who_could_know",
    "first_steps",
    "hand_minutes",
    "hand_work",
    "kit_assumptions",
    "measure",
    "measures",
    "noticed",
    "quoted_figures",
    "records_behind",
    "scorecard",
    "scorecard_and_records",
    "widest_gaps",
]
