"""Generate a community partner's workbook of clubs: names, school and grade."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from helpers.layouts import load_layout
from synthetic_data.columns import pick
from synthetic_data.life.participation import CLUBS
from synthetic_data.observation import (
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    not_held,
)
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Exchange, Scenario

__all__ = ["LAYOUT", "SILO", "observe"]

SILO = "clubs"
LAYOUT = "activities/community_clubs"
SORTED_BY = {"members": ("Club", "Joined", "Last name", "First name")}
WORK = 2  # among the slowest to write; the largest number is the slowest

columns_not_held = partial(not_held, LAYOUT)
# Short names that townspeople use for schools, without agreed names.
SHORT = ((" Elementary School", " Elementary"), (" Middle School", " Middle"), (" High School", " High"))


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the members of each club, with their hours up to a day."""
    day = np.datetime64(exchange.roster_date, "D")
    population, members, enrollments = truth.population, truth.life.club_members, truth.schooling.enrollments
    children, schools = population.children, population.school_list
    hours = members.hours(day)
    kept = np.flatnonzero(hours >= 0)
    child = members.child[kept]
    begin = truth.schooling.begin
    this_year = enrollments.year == scenario.school_year
    # The child's school when the list was made, without no-shows.
    known = np.flatnonzero(this_year & (enrollments.end != -2) & (begin <= day))
    school, grade = np.full(len(children), -1), np.full(len(children), -1)
    school[enrollments.child[known]] = enrollments.school[known]
    grade[enrollments.child[known]] = enrollments.grade[known]
    end = members.end[kept].copy()
    end[end > day] = np.datetime64("NaT", "D")
    # A partner writes the name that a child goes by, unless the district's list provides numbers.
    first_name = children["first_name"]
    if "District" not in exchange.ids:
        first_name = children["preferred_first_name"].fillna(first_name)
    sheet = pd.DataFrame(
        {
            "Club": pick([club.title for club in CLUBS], members.club[kept]),
            "First name": first_name.array.take(child),
            "Last name": children["last_surname"].array.take(child),
            "School": pick(schools.names, school[child]),
            "Grade": pick(GRADES, grade[child]),
            "Joined": members.begin[kept].astype("datetime64[us]"),
            "Last day": end.astype("datetime64[us]"),
            "Hours": hours[kept],
        }
    )
    if "District" in exchange.ids:
        sheet["District ID"] = children["district_number"].array.take(child)
    person = children["person"].array
    file = load_layout(LAYOUT).file_named("members")
    here = np.unique(enrollments.child[this_year & (begin <= np.datetime64(scenario.as_of, "D"))])
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            Recorded(
                "members",
                f"{file.path}/{file.sheet}",
                sheet,
                about(person.take(child), "Subject"),
                wording={} if exchange.agreed_codes else {"School": _short(schools.names)},
            ),
        ),
        limits=all_limits(
            {
                "Not served": person.take(np.setdiff1d(here, members.child)),
                "Roster date": person.take(np.setdiff1d(members.child, child)),
            },
            columns_not_held(),
        ),
    )


def _short(names: list[str]) -> dict[str, str]:
    short = {}
    for name in names:
        for long, own in SHORT:
            if name.endswith(long):
                short[name] = name.removesuffix(long) + own
    return short
