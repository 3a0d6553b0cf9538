"""Generate two school years: calendar, enrollment, classes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.population import Population
from synthetic_data.scenario import Scenario
from synthetic_data.schooling.calendar import SchoolYear, calendar_frame, school_years, sessions_frame
from synthetic_data.schooling.classes import Seats, arrange_teaching
from synthetic_data.schooling.enrollment import (
    EnrollmentPeriods,
    draw_enrollment,
    enrollment_frame,
    moves_frame,
)

__all__ = ["Schooling", "make_schooling"]

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Schooling:
    """Two years of school, as frames for the silos and as arrays for further steps."""

    calendar: pd.DataFrame
    sessions: pd.DataFrame
    courses: pd.DataFrame
    sections: pd.DataFrame
    school_enrollment: pd.DataFrame
    section_enrollment: pd.DataFrame
    cases: pd.DataFrame
    years: dict[tuple[int, str], SchoolYear]
    enrollments: EnrollmentPeriods
    seats: Seats

    @cached_property
    def begin(self) -> Days:
        """First day of each enrollment period."""
        return self.school_enrollment["begin_date"].to_numpy().astype("datetime64[D]")

    @cached_property
    def end(self) -> Days:
        """Last day of each enrollment period; ``NaT`` while it lasts."""
        return self.school_enrollment["end_date"].to_numpy().astype("datetime64[D]")

    def without_children(self) -> Schooling:
        """Return the same years and classes, with nobody enrolled."""
        nobody = np.zeros(0, dtype="int64")
        return replace(
            self,
            school_enrollment=self.school_enrollment.iloc[nobody],
            section_enrollment=self.section_enrollment.iloc[nobody],
            enrollments=self.enrollments.at(nobody),
            seats=self.seats.at(nobody),
        )


def make_schooling(scenario: Scenario, population: Population) -> Schooling:
    """Enroll everybody in the scenario's school year and in the one before."""
    years = school_years(scenario)
    enrollments = draw_enrollment(scenario, population, years)
    moves = moves_frame(scenario, population, enrollments)
    school_enrollment = enrollment_frame(population, enrollments, years)
    teaching = arrange_teaching(scenario, population, enrollments, school_enrollment, years)
    return Schooling(
        calendar=calendar_frame(population.school_list, years),
        sessions=sessions_frame(years),
        courses=teaching.courses,
        sections=teaching.sections,
        school_enrollment=school_enrollment,
        section_enrollment=teaching.section_enrollment,
        cases=moves,
        years=years,
        enrollments=enrollments,
        seats=teaching.seats,
    )
