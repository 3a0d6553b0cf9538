"""Generate the college and career planning system: children by e-mail and class year, applications."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from synthetic_data.columns import numbered, pick, text, whole
from synthetic_data.life.college_plans import APPLIED, INSTITUTIONS, INTERESTS, PLANS, SENIOR, STATUSES
from synthetic_data.life.free_text import sentences
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    not_held,
)
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]

SILO = "career"
LAYOUT = "career/college_planning"
SORTED_BY = {"students": ("id",), "admissions": ("applied_on", "id")}

columns_not_held = partial(not_held, LAYOUT)
SOURCES = ("Direct", "Shared form")


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record accounts and applications as of a day."""
    day = np.datetime64(exchange.roster_date, "D")
    ambitions, population, enrollments = truth.life.ambitions, truth.population, truth.schooling.enrollments
    children = population.children
    rng = rng_for(scenario.seed, SILO, "numbers")
    # Account numbers count up in the order of creation.
    made = rng.permutation(len(children))
    ids = numbered("", 210_001 + 3 * made, 6)
    visit = ambitions.last_visit(day)
    listed = np.flatnonzero(~np.isnat(visit))
    child = ambitions.child[listed]
    school = np.full(len(children), -1)
    begin = truth.schooling.begin
    known = np.flatnonzero((enrollments.end != -2) & (begin <= day))
    school[enrollments.child[known]] = enrollments.school[known]
    students = pd.DataFrame(
        {
            "id": text(ids[child]),
            "email": children["email"].array.take(child),
            "first_name": children["first_name"].array.take(child),
            "last_name": children["last_surname"].array.take(child),
            "graduation_year": whole(scenario.school_year + SENIOR - ambitions.grade[listed]),
            "school_name": pick(population.school_list.names, school[child]),
            "interests": _interests(ambitions.interests[listed]),
            "post_high_school_plan": pick(PLANS, ambitions.plan[listed]),
            "last_activity": visit[listed].astype("datetime64[us]"),
        }
    )
    if scenario.free_text:
        students["goal"] = pick(sentences(), ambitions.goal[listed])
    if "District" in exchange.ids:
        students["external_student_id"] = children["district_number"].array.take(child)
    person = children["person"].array

    def named(kind: str) -> str:
        return f"career_{kind}_{scenario.as_of:%Y-%m-%d}.csv"

    def admissions() -> list[Recorded]:
        place = np.flatnonzero(ambitions.applied <= day)
        draw = rng_for(scenario.seed, SILO, "applications")
        # Numbers count up in the order of applications; those of one day come in any order.
        number = np.empty(len(ambitions.applied), dtype="int64")
        number[np.lexsort((draw.random(len(number)), ambitions.applied))] = np.arange(len(number))
        source = draw.integers(0, len(SOURCES), len(ambitions.child))
        whose = ambitions.child[ambitions.account[place]]
        over = ambitions.decided[place] <= day
        frame = pd.DataFrame(
            {
                "id": text(numbered("", 880_001 + number[place], 6)),
                "student_id": text(ids[whose]),
                "university_name": pick([one.name for one in INSTITUTIONS], ambitions.institution[place]),
                "application_source": pick(SOURCES, source[ambitions.account[place]]),
                "applied_on": ambitions.applied[place].astype("datetime64[us]"),
                "status": pick(STATUSES, np.where(over, ambitions.outcome[place], APPLIED)),
                "status_updated_at": np.where(
                    over, ambitions.decided[place], ambitions.applied[place]
                ).astype("datetime64[us]"),
            }
        )
        return [Recorded("admissions", named("admissions"), frame, about(person.take(whose), "Subject"))]

    this_year = (enrollments.year == scenario.school_year) & (begin <= np.datetime64(scenario.as_of, "D"))
    without = np.setdiff1d(enrollments.child[this_year], ambitions.child)
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            Recorded(
                "students",
                named("students"),
                students,
                about(person.take(child), "Subject"),
            ),
            Later("admissions", admissions),
        ),
        limits=all_limits(
            {
                "Not served": person.take(without),
                "Roster date": person.take(np.setdiff1d(ambitions.child, child)),
            },
            columns_not_held(),
        ),
    )


def _interests(ranked: np.ndarray) -> object:
    """Format up to three interests, the first one first."""
    words = np.array([*INTERESTS, ""], dtype=object)
    return text(["; ".join(filter(None, row)) for row in words[ranked].tolist()])
