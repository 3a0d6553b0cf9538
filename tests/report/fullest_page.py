"""The fullest page that there can be: all lines, all gaps, the longest name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from helpers.report.child.statements import Event, PageStatements, ReportedValue
from helpers.report.family import language, page_terms
from helpers.report.family.page import PageFacts, compose, markup_of
from helpers.report.messages import Voice

YEAR = 2026
LONGEST = "Maximiliana-Guadalupe Fernández-Villanueva Quintero"  # 51 letters
WORDS = {
    "school": "Cloverfield Elementary School",
    "grade_level": "11",
    "first_name": LONGEST,
    "activity_names": "Concert Band; Debate; Junior Varsity Basketball; Student Council; Track and Field",
    "club_names": "Garden Crew; Music Makers; Teen Center",
    "career_interest": "Law enforcement",
    "special_education": "Active",
    "plan_services": "Counselling; Occupational therapy; Speech therapy",
    "plan_after_high_school": "4-year college",
    "contact_language": "spa",
    "mark_science": "B",
    "mark_social_studies": "C",
}
NUMBERS = {
    "days_absent": 28.0,
    "days_enrolled": 154.0,
    "days_present": 126.0,
    "rate": 0.82,
    "math_percentile": 20.0,
    "reading_percentile": 70.0,
    "grade_average": 84.6,
    "grade_mathematics": 85.0,
    "math_growth": -3.0,
    "submissions": 120.0,
    "submissions_late": 30.0,
    "messages_sent": 25.0,
    "share_in_regular_class": 0.83,
}
TEACHERS = (
    "Sarah Barton-Sexton",
    "Alicia Barrera",
    "Adela Zúñiga",
    "Kayla Young",
    "Mariana Hernández Zaragoza",
)


def fullest_child() -> PageStatements:
    """Give a child of whom everything is known, and much is in doubt."""
    own = PageStatements("c-1")
    for element in page_terms().shown_elements:
        number = None if element in WORDS else NUMBERS.get(element, 7.0)
        text = WORDS.get(element, str(number))
        own.values[element] = ReportedValue(
            text, number, YEAR, "attendance", "1", "f", 2, date(YEAR, 4, 27), None
        )
    for month in (8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6):
        for day, word in ((1, "Excused Absence"), (2, "Unexcused Absence"), (3, "Tardy")):
            when = date(YEAR - (month > 7), month, day)
            own.events.append(Event(when, "attendance_exception", word, "attendance", "f", day))
    for month, score in ((9, 80), (1, 37), (4, 69)):
        when = date(YEAR - (month > 7), month, 15)
        for silo, subject in (
            ("map_growth", "Reading"),
            ("map_growth", "Mathematics"),
            ("iready", "Reading"),
        ):
            detail = f"Test, {subject}, {score}"
            own.pictured.append(Event(when, "test_percentile", "Percentile", silo, "f", 2, detail))
        for course in ("MATH-11", "ELA-11"):
            own.pictured.append(
                Event(when, "report_card", "Card", "attendance", "f", 2, f"{course}, {score}, B")
            )
        own.pictured.append(Event(when, "absence_message", "Message", "family", "f", 2, None))
    for place, activity in enumerate(WORDS["activity_names"].split("; ")):
        when = date(YEAR - 1, 9 + place % 4, 20)
        own.pictured.append(
            Event(when, "joins_activity", "Joins", "activities", "f", 2, f"{activity}, School")
        )
    for element in page_terms().own_page:
        text = "I helped to build the set of the school play " * 9
        own.values[element] = ReportedValue(text, None, YEAR, "survey", "1", "f", 2, date(YEAR, 3, 24), None)
    own.values["last_year.days_absent"] = replace(own.values["days_absent"], text="6", number=6.0)
    own.unsure = ["behavior", "clubs", "survey", "health", "iready", "family"]
    own.not_linked = ["lms", "map_growth", "screener"]
    own.differing = list(page_terms().compared)
    return own


def page_of(own: PageStatements, code: str, voice: Voice = "family", paper: str = "") -> str:
    """Write the page of a child."""
    systems = {name: name for name in language(code).labels["system"]}
    facts = PageFacts(YEAR, date(YEAR, 6, 10), True, systems, teachers={"c-1": TEACHERS})
    spoken = language(code)
    return markup_of(compose("K7QM-3XPD", own, facts, page_terms(), spoken, voice), spoken, paper)
