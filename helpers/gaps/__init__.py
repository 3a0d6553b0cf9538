"""Measure what the systems can't exchange with one another."""

from helpers.gaps.contract import Contract, Demands, contract_of
from helpers.gaps.family_communication import (
    communication_gap,
    count_informed_families,
    family_terms,
    groups_of_children,
    quoted_figures,
)
from helpers.gaps.measures import Measure, declared_measures, measure, owner_of, system_owners
from helpers.gaps.measures.codes import code_crosswalk
from helpers.gaps.measures.coverage import coverage_by_group, widest_gaps
from helpers.gaps.measures.identity import keys_of
from helpers.gaps.measures.manual_effort import kit_assumptions, manual_effort, manual_minutes
from helpers.gaps.presence import SMALLEST_GROUP, load_presence, scope_of
from helpers.gaps.roadmap import Costs, kit_costs, one_standard, plan_roadmap, read_costs, spend_budget
from helpers.gaps.rubric import kit_rubric, score_rubric
from helpers.gaps.scorecard import (
    affected_lines,
    blocked_pairs,
    declared_alarms,
    detected,
    first_steps,
    joined_pairs,
    measure_gaps,
    scorecard_and_records,
)

# Public names, each documented. Other imports here are for other rooms.
__all__ = [
    "Demands",
    "Measure",
    "code_crosswalk",
    "communication_gap",
    "contract_of",
    "count_informed_families",
    "coverage_by_group",
    "declared_measures",
    "detected",
    "first_steps",
    "kit_assumptions",
    "manual_effort",
    "manual_minutes",
    "measure",
    "measure_gaps",
    "quoted_figures",
    "score_rubric",
    "scorecard_and_records",
    "widest_gaps",
]
