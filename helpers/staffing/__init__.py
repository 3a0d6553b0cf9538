"""The human side: what it takes to train data teams, and coaches for every school."""

from helpers.staffing.plan import (
    ENDS,
    Staff,
    StaffingAssumptions,
    StaffingPlan,
    kit_people_assumptions,
    months_waited,
    read_people_assumptions,
    read_schools,
    staffing_plan,
)

# For users, each with its documentation; whatever else is imported here is for other rooms.
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
