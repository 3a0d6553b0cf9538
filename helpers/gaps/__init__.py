"""Measure what the systems cannot say to one another."""

from helpers.gaps.alarms import noticed
from helpers.gaps.code_crosswalk import code_crosswalk
from helpers.gaps.communication import communication_gap
from helpers.gaps.contract import Demands, contract_of
from helpers.gaps.coverage_by_group import coverage_by_group, widest_gaps
from helpers.gaps.drift import drifted
from helpers.gaps.families_informed import families_who_could_know
from helpers.gaps.family_terms import quoted_figures
from helpers.gaps.first_steps import first_steps
from helpers.gaps.hand_work import hand_minutes, hand_work, kit_assumptions
from helpers.gaps.measures import Measure, measure, measures
from helpers.gaps.people import people_plan
from helpers.gaps.rubric import rubric
from helpers.gaps.scorecard import records_behind, scorecard, scorecard_and_records

__all__ = [
    "Demands",
    "Measure",
    "code_crosswalk",
    "communication_gap",
    "contract_of",
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
    "people_plan",
    "quoted_figures",
    "records_behind",
    "rubric",
    "scorecard",
    "scorecard_and_records",
    "widest_gaps",
]
