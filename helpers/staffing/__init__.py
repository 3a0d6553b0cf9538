"""Plan the people: training for data teams, and coaches for every school."""

from helpers.staffing.plan import (
    ENDS,
    ORDERS,
    Staff,
    StaffingAssumptions,
    StaffingPlan,
    kit_people_assumptions,
    months_waited,
    read_people_assumptions,
    read_schools,
    staffing_plan,
)

# Public names, each documented. Other imports here are for other rooms.
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
