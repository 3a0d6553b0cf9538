"""The human side: what it takes to train data teams, and coaches for every school."""

from helpers.staffing.plan import (
    ENDS,
    Staff,
    StaffingAssumptions,
    StaffingPlan,
    kit_people_assumptions,
    months_waited,
    read_people_assumptions,
    staffing_plan,
)

__all__ = [
    "ENDS",
    "Staff",
    "StaffingAssumptions",
    "StaffingPlan",
    "kit_people_assumptions",
    "months_waited",
    "read_people_assumptions",
    "staffing_plan",
]
