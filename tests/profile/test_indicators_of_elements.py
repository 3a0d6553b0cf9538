from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from helpers.link import Links
from helpers.profile import build_profiles
from helpers.profile.indicators import compute_indicators, indicator, status_by_child
from helpers.profile.indicators.definitions import Indicator
from helpers.systems import norms_of_tests
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import YEAR, enrolled, person

FALL, SPRING = pd.Timestamp("2025-09-20"), pd.Timestamp("2026-02-01")
ELEVATED = {"risk_level": "Elevated"}
CHILDREN = ("low", "high", "senior", "sixth")
GRADES = {"low": "05", "high": "05", "senior": "12", "sixth": "06"}
NORMS = norms_of_tests().set_index(["norms", "subject", "season", "grade_level"])


def of_norms(year: int, grade: str, column: str) -> float:
    return float(NORMS.loc[(year, "Mathematics", "Fall", grade), column])


def rit(child: str, result: float, year: int = 2026) -> dict[str, Any]:
    day = FALL if year == 2026 else FALL - pd.DateOffset(years=1)
    given = {"record": child, "assessment": "Growth: Math", "academic_subject": "Mathematics", "term": "Fall"}
    given |= {"score_method": "Scale score", "school_year": year}
    return {**given, "result": result, "administration_date": day}


def mark(child: str, course: str, letter: str, percent: float) -> dict[str, Any]:
    given = {"record": child, "course_title": course, "section_id": course, "grade_type": "Report card"}
    given |= {"grading_period": "First Nine Weeks", "letter_grade": letter}
    return {**given, "numeric_grade": percent, "school_year": 2026}


@pytest.fixture(scope="module")
def indicators() -> pd.DataFrame:
    everybody = [person(child, child, as_of=SPRING) for child in CHILDREN]
    mean, spread = of_norms(2025, "05", "fitted_mean"), of_norms(2025, "05", "fitted_sd")
    adults = [person("adult", "Eva", role="Guardian"), person("silent", "Max", role="Guardian")]
    known = district(
        silo("sis", everybody, session=[YEAR],
             school_enrollment=[enrolled(child, grade_level=grade) for child, grade in GRADES.items()],
             course_grade=[mark("sixth", "ELA-06", "F", 58.0), mark("sixth", "MATH-06", "C", 72.0)],
             course_transcript=[
                 {"record": "senior", "course_title": "Algebra II", "academic_subject": "Mathematics",
                  "term": "Fall Semester", "attempted_credits": 0.5, "earned_credits": 0.0,
                  "final_letter_grade": "F", "school_year": 2026, "grade_level_when_taken": "12"}],
             academic_record=[
                 {"record": "senior", "term": "Fall Semester", "cumulative_attempted_credits": 16.0,
                  "cumulative_earned_credits": 14.5, "school_year": 2026}]),
        silo("map_growth", everybody, assessment_result=[
            rit("low", round(mean - spread)), rit("low", round(mean - spread), 2025),
            rit("high", round(mean)), rit("high", round(mean - 2), 2025)]),
        silo("behavior", everybody, incident=[
            {"record": "sixth", "incident_id": number, "date": FALL, "participation": "Offender"}
            for number in "123"]),
        silo("screener", everybody, screener_result=[
            {"record": "low", "scale": "BERI", "respondent_role": role, "date": FALL, **ELEVATED}
            for role in ("Teacher", "Student")]),
        silo("activities", everybody,
             participation=[{"record": "low", "activity": "Chorus", "begin_date": FALL}]),
        silo("career", everybody, career_plan=[{"record": "senior", "plan": "Not sure yet", "date": SPRING}]),
        silo("family", [*everybody, *adults], session=[YEAR],
             contact=[{"record": "low", "contact_record": "adult", "priority": 1, "language": "spa"},
                      {"record": "high", "contact_record": "silent", "priority": 1, "language": "eng"}],
             login=[{"record": "adult", "date": SPRING, "role": "Guardian"}],
             message=[{"record": "low", "contact_record": "adult", "sent_utc": SPRING, "opened_utc": opened}
                      for opened in (SPRING, None, None)]),
    )  # fmt: skip
    who = {(name, child): child for name in known for child in CHILDREN}
    tied: Links = links(who)
    return compute_indicators(known, tied, build_profiles(known, tied))


@pytest.mark.parametrize(
    ("child", "name", "how", "status"),
    [
        ("low", "achievement_mathematics", "norms_2025", "Flagged"),  # a deviation below: the 16th percentile
        ("high", "achievement_mathematics", "norms_2025", "Clear"),
        ("senior", "achievement_mathematics", "norms_2025", "Unknown"),
        ("low", "growth_mathematics", "norms_2025", "Flagged"),
        ("high", "growth_mathematics", "norms_2025", "Warning"),
        ("sixth", "early_warning_behavior", "edfi", "Warning"),
        ("sixth", "early_warning_behavior", "colorado", "Flagged"),
        ("low", "early_warning_behavior", "colorado", "Not applicable"),
        ("sixth", "early_warning_courses", "edfi", "Flagged"),
        ("sixth", "early_warning_courses", "balfanz_grade_6", "Flagged"),
        ("sixth", "early_warning_courses", "colorado_6_8", "Flagged"),  # English, and an average of 1.0
        ("senior", "early_warning_courses", "colorado_9_12", "Flagged"),
        ("senior", "graduation_credits", "five_a_year", "Flagged"),  # 14.5 where three years make 15
        ("sixth", "graduation_credits", "five_a_year", "Not applicable"),
        ("senior", "graduation_core_courses", "none_failed", "Flagged"),
        ("low", "screener_level", "teacher_form", "Warning"),
        ("low", "screener_level", "guardian_form", "Unknown"),
        ("low", "participation", "any_activity", "Clear"),
        ("high", "participation", "any_activity", "Unknown"),
        ("low", "family_contact", "portal", "Clear"),
        ("high", "family_contact", "portal", "Flagged"),
        ("low", "family_contact", "messages", "Warning"),  # one of three
        ("high", "family_contact", "messages", "Not applicable"),  # none was sent
        ("senior", "work_readiness", "plan_named", "Warning"),
        ("low", "work_readiness", "plan_named", "Not applicable"),
    ],
)
def test_each_definition_judges_its_elements(
    indicators: pd.DataFrame, child: str, name: str, how: str, status: str
) -> None:
    rows = status_by_child(indicators, name, how).set_index("child")
    assert rows.loc[child, "status"] == status, rows.loc[child].to_dict()


def test_parts_keep_their_own_status_and_numbers(indicators: pd.DataFrame) -> None:
    rows = indicators[indicators["child"].eq("sixth") & indicators["definition"].eq("colorado_6_8")]
    rows = rows[rows["indicator"].eq("early_warning_courses")].set_index("detail")
    assert rows["status"].to_dict() == {
        "part=English; says=F": "Flagged",
        "part=Mathematics; says=C": "Clear",
        "part=Average": "Flagged",
    }
    assert rows.loc["part=Average", ["value", "threshold"]].tolist() == [1.0, 2.0]
    assert set(rows["elements"]) == {"grade_points;mark_english;mark_mathematics"}


def test_a_fitted_curve_puts_the_mean_in_the_middle(indicators: pd.DataFrame) -> None:
    high = status_by_child(indicators, "achievement_mathematics").set_index("child").loc["high"]
    assert high["value"] == pytest.approx(50, abs=2)  # a score is whole, the mean isn't
    growth = status_by_child(indicators, "growth_mathematics").set_index("child").loc["high"]
    expected = of_norms(2025, "05", "fitted_mean") - of_norms(2025, "04", "fitted_mean")
    assert growth["denominator"] == pytest.approx(expected)
    assert 0 < growth["numerator"] < expected


def own_indicator(**asked: str) -> Indicator:
    """An indicator of one's own, with one definition."""
    how = {"name": "one", "title": "One", "by": "us", "own": True, "source": "us", "default": True}
    given = {"name": "own", "title": "Own", "tenet": "Supported", "domain": "family", "meaning": "Own"}
    return Indicator.model_validate({**given, "days_until_stale": 9999, "definition": [{**how, **asked}]})


def judged_by_own(**asked: str) -> pd.DataFrame:
    """Judge a child of 14 with a guardian, one of 10 without, and one whom only the roster lists."""
    adult = person("adult", "Eva", role="Guardian")
    known = district(
        silo("sis", [person("old", born="2012-02-29"), person("young", born="2016-01-02"),
                     person("nobody", born=None)], session=[YEAR],
             school_enrollment=[enrolled(child) for child in ("old", "young", "nobody")]),
        silo("family", [person("f-old"), person("f-young"), adult], session=[YEAR],
             contact=[{"record": "f-old", "contact_record": "adult", "priority": 1}]),
    )  # fmt: skip
    who = {("sis", child): child for child in ("old", "young", "nobody")}
    tied = links({**who, ("family", "f-old"): "old", ("family", "f-young"): "young"})
    profiles = build_profiles(known, tied)
    return compute_indicators(known, tied, profiles, (own_indicator(**asked),)).set_index("child")


@pytest.mark.parametrize(
    ("asked", "statuses"),
    [
        ({"flag": "not on_record(guardians)"}, ["Clear", "Flagged", "Unknown"]),
        ({"flag": "not on_record(guardians)", "warn": "guardians < 2"}, ["Warning", "Flagged", "Unknown"]),
        ({"flag": "guardians < 2 or not on_record(guardians)"}, ["Flagged", "Flagged", "Unknown"]),
        ({"value": "on_record(guardians)"}, ["Clear", "Clear", "Unknown"]),
        ({"flag": "birth_date < '2012-03-01'"}, ["Flagged", "Clear", "Unknown"]),
        ({"flag": "birth_date >= '2012-02-29'"}, ["Flagged", "Flagged", "Unknown"]),
        ({"flag": "not on_record(birth_date)"}, ["Clear", "Clear", "Flagged"]),
        ({"value": "birth_date"}, ["Clear", "Clear", "Unknown"]),
    ],
)
def test_an_own_indicator_asks_what_is_on_record_and_for_dates(
    asked: dict[str, str], statuses: list[str]
) -> None:
    rows = judged_by_own(**asked)
    assert rows.loc[["old", "young", "nobody"], "status"].tolist() == statuses


def test_an_own_indicator_shows_a_date_or_whether_something_is_on_record() -> None:
    on_record = judged_by_own(flag="not on_record(guardians)")
    assert on_record["elements"].unique().tolist() == ["guardians"]
    assert on_record.loc[["old", "young", "nobody"], "detail"].tolist() == [
        "says=on record", "says=not on record", "why=Not linked",
    ]  # fmt: skip
    assert judged_by_own(value="birth_date").loc["old", "detail"] == "says=2012-02-29"


def test_a_word_that_a_measure_never_gives_is_refused() -> None:
    given = indicator("contact_in_home_language").model_dump(mode="json")
    given["definition"][0]["warn"] = "language == 'other'"
    with pytest.raises(ValidationError, match="has same, another"):
        Indicator.model_validate(given)
