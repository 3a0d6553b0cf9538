"""What is counted once and asked for by several elements: days at school, and what stands in gradebooks."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.profile.attendance_years import AttendanceYears, attendance_years
from helpers.profile.evidence import Evidence
from helpers.profile.gradebook_years import GradebookYears, gradebook_years

__all__ = ["Tallies", "tally"]


@dataclass(frozen=True)
class Tallies:
    """Counts by child, system and school year.

    Attributes
    ----------
    attendance
        Days enrolled, present, absent and late.
    gradebook
        Assignments and their points.
    """

    attendance: AttendanceYears
    gradebook: GradebookYears


def tally(evidence: Evidence) -> Tallies:
    """Count what several elements ask for.

    Parameters
    ----------
    evidence
        Records and facts by child.

    Returns
    -------
    Tallies
        Counts by child, system and school year.
    """
    return Tallies(attendance_years(evidence), gradebook_years(evidence))
