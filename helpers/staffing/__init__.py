"""The human side: what it takes to train data teams, and coaches for every school."""

from helpers.staffing.plan import (
    ENDS,
    PeopleAssumptions,
    PeoplePlan,
    Staff,
    kit_people_assumptions,
    months_waited,
    people_plan,
    read_people_assumptions,
)

__all__ = [
    "ENDS",
    "PeopleAssumptions",
    "PeoplePlan",
    "Staff",
    "kit_people_assumptions",
    "months_waited",
    "people_plan",
    "read_people_assumptions",
]
