from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.profile import Profiles, build_profiles, declared_elements
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import YEAR, chosen, enrolled, person

OPEN = pd.Timestamp("2026-03-01")


def told(*silos: Any) -> Profiles:
    known = district(*silos)
    who = {(name, record): record for name, one in known.items() for record in one.people["record"]}
    return build_profiles(known, links(who))


def mark(period: str, course: str, letter: str, percent: float | None, **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "record": "1",
        "course_title": course,
        "section_id": f"{course} {more.get('school_year', 2026)}",
    }
    given |= {"grading_period": period, "grade_type": "Report card", "school_year": 2026}
    return {**given, "letter_grade": letter, "numeric_grade": percent, **more}


def credit(course: str, subject: str, letter: str | None, **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "record": "1",
        "course_title": course,
        "academic_subject": subject,
        "term": "Fall Semester",
    }
    given |= {"attempted_credits": 0.5, "earned_credits": 0.0 if letter == "F" else 0.5}
    return {
        **given,
        "final_letter_grade": letter,
        "school_year": 2026,
        "grade_level_when_taken": "10",
        **more,
    }


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    marks = [
        mark("Second Nine Weeks", "ELA-10", "B", 85.0),
        mark("First Nine Weeks", "ELA-10", "D", 61.0),
        mark("First Nine Weeks", "MATH-10", "C", 72.0),
        mark("Second Nine Weeks", "MATH-10", "F", 52.0),
        mark("Fourth Nine Weeks", "MATH-09", "A", 95.0, school_year=2025),
        mark("Second Nine Weeks", "Computer Science", "A", 99.0),
        mark("First Nine Weeks", "Chemistry", "A", 91.0),
    ]
    courses = [
        credit("English II", "English Language Arts", "B"),
        credit("Geometry", "Mathematics", "F"),
        credit("Visual Art", "Fine and Performing Arts", "F"),
        credit("Engineering and Design", "Career and Technical Education", "C"),
        credit("Engineering and Design", "Career and Technical Education", "C", term="Spring Semester"),
    ]
    sums = [
        {"record": "1", "term": "Fall Semester", "cumulative_attempted_credits": 8.0, "school_year": 2026,
         "cumulative_earned_credits": 6.5},
        {"record": "1", "term": "Spring Semester", "cumulative_attempted_credits": 9.0, "school_year": 2026,
         "cumulative_earned_credits": 7.0},
    ]  # fmt: skip
    actions = [
        {"record": "1", "discipline": "Out of School Suspension", "begin_date": OPEN, "days": 2.0},
        {"record": "1", "discipline": "In School Suspension", "begin_date": OPEN, "days": 3.0},
        {"record": "2", "discipline": "In School Suspension", "begin_date": OPEN, "days": 1.0},
    ]
    activities = [
        {"record": "1", "activity": name, "begin_date": OPEN} for name in ("Theater", "Chess Club", "Theater")
    ]
    without_a_mark = {**courses[0], "record": "2", "final_letter_grade": None}
    plans = [("Work", OPEN - pd.Timedelta(days=90)), ("2-year college", OPEN)]
    interests = (("Law", 2.0), ("Nursing", 1.0))
    forms = (("Teacher", "Normal"), ("Student", "Elevated"))
    services = {"service": "Counselling;Speech therapy", "primary_disability": "Other"}
    special = {"record": "1", "program_type": "Special education", "begin_date": OPEN, "status": "Active"}
    both = [person("1"), person("2", "Ben")]
    return told(
        silo(
            "attendance",
            both,
            session=[YEAR],
            school_enrollment=[enrolled(record, grade_level="10") for record in ("1", "2")],
            course_grade=marks,
            course_transcript=[*courses, without_a_mark],
            academic_record=sums,
        ),
        silo("behavior", both, discipline_action=actions),
        silo("activities", [person("1")], participation=activities),
        silo(
            "career",
            [person("1")],
            career_plan=[{"record": "1", "plan": plan, "date": day} for plan, day in plans],
            career_interest=[
                {"record": "1", "interest": word, "strength": place, "date": OPEN}
                for word, place in interests
            ],
        ),
        silo("special_education", [person("1")], program=[{**special, **services}]),
        silo(
            "screener",
            [person("1")],
            screener_result=[
                {"record": "1", "scale": "BERI", "respondent_role": role, "risk_level": level, "date": OPEN}
                for role, level in forms
            ],
        ),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mark_english", "B"),
        ("mark_mathematics", "F"),
        ("mark_science", "A"),  # computer science is none
        ("grade_english", "85.0000"),
        ("grade_points", "2.3333"),  # B, D, C, F, A, A
        ("credits_attempted", "2.5000"),
        ("credits_total", "7.0000"),
        ("courses_failed", "2"),
        ("core_courses_failed", "1"),
        ("career_technical_courses", "1"),
        ("suspension_days", "2.0000"),
        ("activity_names", "Chess Club; Theater"),
        ("plan_after_high_school", "2-year college"),
        ("interests", "Nursing; Law"),
        ("plan_services", "Counselling; Speech therapy"),
        ("screening_risk", "Normal"),
        ("screening_risk_student", "Elevated"),
    ],
)
def test_each_element_says_what_the_newest_rows_say(profiles: Profiles, name: str, value: str) -> None:
    shown = chosen(profiles, "1", name)
    assert (shown["status"], shown["value"]) == ("Reported", value)


def test_silence_is_no_zero_where_a_mark_is_missing_and_one_where_another_action_is_told(
    profiles: Profiles,
) -> None:
    assert chosen(profiles, "2", "courses_failed")["status"] == "Empty"
    assert chosen(profiles, "2", "career_technical_courses")["value"] == "0"
    assert chosen(profiles, "2", "suspension_days")["value_number"] == 0
    assert chosen(profiles, "2", "plan_after_high_school")["status"] == "Not linked"


def test_elements_cover_the_whole_child() -> None:
    tenets = {one.tenet for one in declared_elements()}
    assert tenets == {"Healthy", "Safe", "Engaged", "Supported", "Challenged"}
    named = {one.domain for one in declared_elements()}
    assert named >= {
        "roster", "attendance", "learning", "assessment", "wellbeing", "behavior", "health", "programs",
        "activities", "career", "family",
    }  # fmt: skip
