"""Measure what the systems cannot say to one another."""

from helpers.gaps.contract import Demands, contract_of
from helpers.gaps.family_communication import communication_gap, families_who_could_know, quoted_figures
from helpers.gaps.measures import Measure, measure, measures
from helpers.gaps.measures.codes import code_crosswalk
from helpers.gaps.measures.coverage import coverage_by_group, widest_gaps
from helpers.gaps.measures.formats import drifted
from helpers.gaps.measures.manual_effort import hand_minutes, hand_work, kit_assumptions
from helpers.gaps.rubric import rubric
from helpers.gaps.scorecard import first_steps, noticed, records_behind, scorecard, scorecard_and_records

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
    "quoted_figures",
    "records_behind",
    "rubric",
    "scorecard",
    "scorecard_and_records",
    "widest_gaps",
]
