"""Measure what the systems cannot say to one another."""

from helpers.gaps.contract import Demands, contract_of
from helpers.gaps.family_communication import communication_gap, count_informed_families, quoted_figures
from helpers.gaps.measures import Measure, measure, measures
from helpers.gaps.measures.codes import code_crosswalk
from helpers.gaps.measures.coverage import coverage_by_group, widest_gaps
from helpers.gaps.measures.formats import drifted
from helpers.gaps.measures.manual_effort import kit_assumptions, manual_effort, manual_minutes
from helpers.gaps.rubric import rubric
from helpers.gaps.scorecard import detected, first_steps, measure_gaps, records_behind, scorecard_and_records

__all__ = [
    "Demands",
    "Measure",
    "code_crosswalk",
    "communication_gap",
    "contract_of",
    "count_informed_families",
    "coverage_by_group",
    "detected",
    "drifted",
    "first_steps",
    "kit_assumptions",
    "manual_effort",
    "manual_minutes",
    "measure",
    "measure_gaps",
    "measures",
    "quoted_figures",
    "records_behind",
    "rubric",
    "scorecard_and_records",
    "widest_gaps",
]
