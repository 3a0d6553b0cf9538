"""The rules that turn records and facts into values; ``elements.toml`` names one for each element."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpers.profile.assessment import latest_result
from helpers.profile.attendance_values import attendance_count, attendance_rate, chronically_absent
from helpers.profile.behaviour import discipline_days, incidents_counted
from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.found import Found
from helpers.profile.health import vaccines_recorded
from helpers.profile.learning import courses_taken, gradebook_count, mean_grade, points_share
from helpers.profile.meals import latest_balance
from helpers.profile.roster import identifier, latest_enrolment, person_field
from helpers.profile.tallies import Tallies

__all__ = ["RULES", "Rule"]

Rule = Callable[[Element, Evidence, Tallies], Found]

RULES: Mapping[str, Rule] = {
    "person_field": person_field,
    "identifier": identifier,
    "latest_enrolment": latest_enrolment,
    "attendance_count": attendance_count,
    "attendance_rate": attendance_rate,
    "chronically_absent": chronically_absent,
    "courses_taken": courses_taken,
    "mean_grade": mean_grade,
    "gradebook_count": gradebook_count,
    "points_share": points_share,
    "latest_result": latest_result,
    "latest_balance": latest_balance,
    "incidents_counted": incidents_counted,
    "discipline_days": discipline_days,
    "vaccines_recorded": vaccines_recorded,
}
