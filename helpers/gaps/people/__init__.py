"""The human side: what it takes to train data teams, and coaches for every school."""

from helpers.gaps.people.assumptions import PeopleAssumptions, kit_people_assumptions, read_people_assumptions
from helpers.gaps.people.plan import ENDS, PeoplePlan, Staff, months_waited, people_plan

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
