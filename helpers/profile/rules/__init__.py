"""The rules that turn records and facts into values; ``elements.toml`` names one per element."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpers.profile.facts.store import FactStore
from helpers.profile.rules.attendance import attendance_count, attendance_rate, chronically_absent
from helpers.profile.rules.behavior import days_of_actions, discipline_days, incidents_counted
from helpers.profile.rules.family import (
    adults_on_record,
    contact_language,
    last_opened,
    logins_of_adults,
    messages_counted,
)
from helpers.profile.rules.health import (
    eligibility_on_the_day,
    latest_balance,
    vaccines_recorded,
    visits_counted,
)
from helpers.profile.rules.high_school import (
    applications_counted,
    courses_counted,
    courses_failed,
    credits_attempted,
    credits_earned,
    credits_in_all,
    first_named_interest,
    on_track,
)
from helpers.profile.rules.learning import (
    courses_taken,
    days_logged_in,
    grade_points,
    gradebook_count,
    handed_in,
    latest_mark,
    mean_grade,
    points_share,
)
from helpers.profile.rules.programs import (
    activities_counted,
    hours_summed,
    interests_named,
    names_of_activities,
    plan_in_force,
    services_of_the_plan,
)
from helpers.profile.rules.results import RuleResult
from helpers.profile.rules.roster import identifier, latest_enrolment, person_field
from helpers.profile.rules.statements import latest_statement
from helpers.profile.rules.tests import (
    growth_in_a_year,
    latest_result,
    latest_screening,
    mean_answer,
)
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.standard import Element

__all__ = ["RULES", "Rule"]

Rule = Callable[[Element, FactStore, YearlyCounts], RuleResult]

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
    "growth_in_a_year": growth_in_a_year,
    "latest_result": latest_result,
    "latest_balance": latest_balance,
    "incidents_counted": incidents_counted,
    "discipline_days": discipline_days,
    "vaccines_recorded": vaccines_recorded,
    "visits_counted": visits_counted,
    "latest_screening": latest_screening,
    "mean_answer": mean_answer,
    "eligibility_on_the_day": eligibility_on_the_day,
    "plan_in_force": plan_in_force,
    "activities_counted": activities_counted,
    "hours_summed": hours_summed,
    "first_named_interest": first_named_interest,
    "applications_counted": applications_counted,
    "adults_on_record": adults_on_record,
    "contact_language": contact_language,
    "logins_of_adults": logins_of_adults,
    "messages_counted": messages_counted,
    "last_opened": last_opened,
    "credits_earned": credits_earned,
    "on_track": on_track,
    "days_logged_in": days_logged_in,
    "handed_in": handed_in,
    "latest_mark": latest_mark,
    "grade_points": grade_points,
    "credits_attempted": credits_attempted,
    "credits_in_all": credits_in_all,
    "courses_failed": courses_failed,
    "courses_counted": courses_counted,
    "latest_statement": latest_statement,
    "names_of_activities": names_of_activities,
    "interests_named": interests_named,
    "services_of_the_plan": services_of_the_plan,
    "days_of_actions": days_of_actions,
}
