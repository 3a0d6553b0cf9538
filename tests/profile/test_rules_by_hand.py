"""Rules at their lines, on a few children: days, credits, and where silence is a zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.files import Silo
from helpers.profile.facts.attendance import Reach
from helpers.profile.facts.school_years import SchoolYears, school_years
from helpers.profile.gather import gather_facts
from helpers.profile.profiles import stated_values_of_part
from helpers.systems import element
from tests.district_by_hand import district, links, silo, table
from tests.profile.children_by_hand import CALENDAR, DAYS, FIRST, LAST, YEAR, absent, enrolled, person

Said = dict[str, dict[str, Any]]
SPRING = pd.Timestamp("2026-04-20")


def said(*silos: Silo, of: tuple[str, ...], who: dict[tuple[str, str], str] | None = None) -> dict[str, Said]:
    """Give what systems say of each child in 2026, by element; by default a record's name is its child's."""
    known = district(*silos)
    ties = {(name, record): record for name, one in known.items() for record in one.people["record"]}
    store = gather_facts(known, links(ties | (who or {})))
    values = stated_values_of_part(store, tuple(element(name) for name in of))
    found: dict[str, Said] = {name: {} for name in of}
    for row in values[values["chosen"]].to_dict("records"):
        assert row["school_year"] == 2026
        found[row["element"]][row["child"]] = row
    return found


def numbers(of: Said) -> dict[str, Any]:
    """Give the number of each child of whom one is reported, else the status."""
    return {
        child: row["value_number"] if row["status"] == "Reported" else row["status"]
        for child, row in sorted(of.items())
    }


def attendance(away: list[dict[str, Any]], spells: list[dict[str, Any]], **more: Any) -> Silo:
    people = [person(record, as_of=DAYS[-1]) for record in dict.fromkeys(one["record"] for one in spells)]
    given = {"calendar": CALENDAR, "session": [YEAR], "school_enrollment": spells, "attendance_event": away}
    return silo("attendance", people, **{**given, **more})


def test_a_child_is_chronically_absent_from_a_tenth_of_at_least_ten_days_on() -> None:
    cases = [  # days enrolled, days absent, expected
        (9, 9, "Not applicable"), (10, 0, 0.0), (10, 1, 1.0), (11, 1, 0.0), (11, 2, 1.0),
        (179, 17, 0.0), (179, 18, 1.0), (180, 17, 0.0), (180, 18, 1.0), (180, 19, 1.0),
    ]  # fmt: skip
    child = {case: f"{case[0]}-{case[1]}" for case in cases}
    away = [event for case in cases for event in absent(child[case], *range(case[1]))]
    marks = [
        *absent("marks", 0, 0, 1), *absent("marks", 1, 2, word="Excused Absence"),
        *absent("marks", 0, 3, 4, word="Tardy"), *absent("marks", 5, word="Present"),
    ]  # fmt: skip
    here = [enrolled(child[case], days=case[0]) for case in cases] + [enrolled("marks", days=20)]
    counts = ("chronically_absent", "days_absent", "days_enrolled", "days_present", "rate", "days_tardy")
    found = said(attendance([*away, *marks], here), of=counts)
    # A day counts once, by its most certain mark: absent on the days 0 to 2, late on 3 and 4.
    by_mark = {name: numbers({"marks": each.pop("marks")})["marks"] for name, each in found.items()}
    assert (by_mark["days_absent"], by_mark["days_tardy"], by_mark["days_present"]) == (3, 2, 17)

    assert numbers(found["chronically_absent"]) == {child[case]: case[2] for case in cases}
    assert numbers(found["days_absent"]) == {child[case]: case[1] for case in cases}
    assert numbers(found["days_enrolled"]) == {child[case]: case[0] for case in cases}
    assert numbers(found["days_present"]) == {child[case]: case[0] - case[1] for case in cases}
    rates = numbers(found["rate"])
    assert rates["10-1"] == pytest.approx(0.9)
    assert rates["180-18"] == pytest.approx(162 / 180)


def test_without_a_calendar_absences_are_counted_and_none_is_no_zero() -> None:
    away = [*absent("a", 0, 1, 1), *absent("b", 2, word="Tardy")]
    found = said(
        attendance(away, [enrolled("a"), enrolled("b"), enrolled("c")], calendar=()),
        of=("days_absent", "days_tardy", "days_enrolled"),
    )
    assert numbers(found["days_absent"]) == {"a": 2}
    assert numbers(found["days_tardy"]) == {"b": 1}
    assert found["days_enrolled"] == {}


def course(record: str, number: int, letter: str = "B", **more: Any) -> dict[str, Any]:
    given = {"record": record, "course_title": f"Course {number}", "academic_subject": "Mathematics"}
    given |= {"term": ("Fall", "Spring")[number % 2], "school_year": 2026, "grade_level_when_taken": "09"}
    credit = 0.0 if letter == "F" else 0.5
    return {**given, "attempted_credits": 0.5, "earned_credits": credit, "final_letter_grade": letter, **more}


def test_a_ninth_grader_is_on_track_with_five_credits_and_one_failed_core_course_at_most() -> None:
    def passed(record: str, count: int) -> list[dict[str, Any]]:
        return [course(record, number) for number in range(count)]

    art = {"academic_subject": "Fine and Performing Arts"}
    courses = {
        "4.5 credits": passed("4.5 credits", 9),
        "5 credits": passed("5 credits", 10),
        "no F": passed("no F", 11),
        "one F": [*passed("one F", 10), course("one F", 10, "F")],
        "two F": [*passed("two F", 10), course("two F", 10, "F"), course("two F", 11, "F")],
        "two F in art": [
            *passed("two F in art", 10), *(course("two F in art", at, "F", **art) for at in (10, 11)),
        ],
        "fall, 2 credits": [course("fall, 2 credits", 2 * at) for at in range(4)],
        "fall, 2.5 credits": [course("fall, 2.5 credits", 2 * at) for at in range(5)],
        "summer, too": [*passed("summer, too", 10), course("summer, too", 10, "D", term="Summer")],
        "credits of grade 8": [
            *passed("credits of grade 8", 9), course("credits of grade 8", 9, grade_level_when_taken="08"),
        ],
        "a failure of grade 8": [
            *passed("a failure of grade 8", 10), course("a failure of grade 8", 10, "F"),
            course("a failure of grade 8", 11, "F", grade_level_when_taken="08"),
        ],
    }  # fmt: skip
    roster = silo(
        "attendance",
        [person(record) for record in courses],
        session=[YEAR],
        course_transcript=[row for rows in courses.values() for row in rows],
    )
    assert numbers(said(roster, of=("on_track",))["on_track"]) == {
        "4.5 credits": 0, "5 credits": 1, "no F": 1, "one F": 1, "two F": 0, "two F in art": 1,
        "fall, 2 credits": 0, "fall, 2.5 credits": 1, "summer, too": 1,
        "credits of grade 8": 0, "a failure of grade 8": 1,
    }  # fmt: skip


def incident(record: str, number: str | None = "7", **more: Any) -> dict[str, Any]:
    given = {"record": record, "incident_id": number, "participation": "Offender", "date": SPRING}
    return {**given, "school_id": "S", **more}


def conduct(*people: dict[str, Any], **tables: Any) -> Silo:
    return silo("behavior", people, session=[YEAR], **tables)


ANA, BEN = ("Ana", "Ruiz", "2014-03-02"), ("Ben", "Ode", "2013-05-06")


def test_no_incident_is_a_zero_unless_a_record_left_over_may_be_the_child_s() -> None:
    """The system lists four children; three of its records have an incident and join nobody."""
    behavior = conduct(
        person("a", *ANA), person("name", *BEN), person("surname", "Cleo", "Wu", "2013-07-08"),
        person("day", "Dan", "Lund", "2013-09-10"), person("none", "Eva", "Koh", "2013-11-12"),
        person("x", "BEN", "Adams", "2012-01-01"), person("y", "Zoe", "wu", "2012-01-02"),
        person("z", "Zac", "Bell", "2013-09-10"),
        school_enrollment=[enrolled(record) for record in ("name", "surname", "day", "none")],
        incident=[incident(record) for record in "axyz"],
    )  # fmt: skip
    roster = silo("sis", [person(record) for record in ("a", "name", "surname", "day", "none")])
    found = numbers(said(behavior, roster, of=("incidents",))["incidents"])
    assert found == {"a": 1, "none": 0, "x": 1, "y": 1, "z": 1}


def listed_elsewhere(*people: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give the incidents of a, b and c, whom the roster enrolls and the other system doesn't."""
    given = {"incident": [incident("a")], **more}
    sis = silo(
        "sis",
        [person("a", *ANA), person("b", *BEN), person("c", "Cleo", "Wu", "2013-07-08")],
        session=[YEAR],
        school_enrollment=[enrolled("a"), enrolled("b"), enrolled("c", school_id="T")],
    )
    who = {("behavior", "loose"): "nobody else"}
    found = said(sis, conduct(*(people or [person("a", *ANA)]), **given), of=("incidents",), who=who)
    return numbers(found["incidents"])


def test_a_school_that_reports_makes_silence_about_its_children_a_zero() -> None:
    assert listed_elsewhere() == {"a": 1, "b": 0}


def test_a_school_with_a_record_that_joins_nobody_is_spoilt_and_its_silence_says_nothing() -> None:
    loose = person("loose", "Zoe", "Adams", "2012-01-01")
    spoilt = listed_elsewhere(person("a", *ANA), loose, incident=[incident("a"), incident("loose", "8")])
    assert spoilt == {"a": 1, "nobody else": 1}
    # A record without an incident hides none.
    assert listed_elsewhere(person("a", *ANA), loose) == {"a": 1, "b": 0}


@pytest.mark.parametrize(("others", "zero"), [(("S", "X"), True), (("S", "X", "Y"), False)])
def test_two_systems_number_schools_alike_if_half_of_one_s_numbers_are_the_other_s(
    others: tuple[str, ...], zero: bool
) -> None:
    told = [incident("a", str(at), school_id=school) for at, school in enumerate(others)]
    assert ("b" in listed_elsewhere(incident=told)) is zero


@pytest.mark.parametrize(("rows", "years"), [(49, (2025, 2026)), (50, (2026,)), (48, (2025, 2026))])
def test_a_few_mistyped_dates_make_no_school_year(rows: int, years: tuple[int, ...]) -> None:
    """A system without sessions: one row of 2025, and so many of 2026; from 2 of 100 on a year counts."""
    told = [incident("a", date="2026-02-03")] * rows + [incident("a", date="2025-02-03")]
    found = school_years({"incident": table("incident", "behavior", told)})
    assert found.years == years
    assert found.of_silo == {"behavior": years}
    # What no element uses, or a child has from years ago, opens none.
    meals = [{"record": "a", "date": "2026-02-03"}]
    doses = [{"record": "a", "date": "2019-02-03", "vaccine": "MMR"}]
    others = {
        "meal_purchase": table("meal_purchase", "meals", meals),
        "immunization": table("immunization", "health", doses),
    }
    assert school_years(others).years == ()


@pytest.mark.parametrize(
    ("later", "of", "reaches"),
    [
        (21, 100, 21),  # three weeks without a mark are a break
        (22, 100, 0),  # and one of a hundred marks, later than that, is a mistyped day
        (22, 99, 22),
        (22, 101, 0),
    ],
)
def test_an_export_reaches_to_its_last_mark_but_for_a_few_mistyped_days(
    later: int, of: int, reaches: int
) -> None:
    noted = pd.DataFrame({"silo": "attendance", "day": [1000, 1000 + later], "events": [of - 1, 1]})
    assert Reach(noted=noted.astype({"silo": "string"})).of("attendance") == 1000 + reaches
    # Where the export says its day, that counts; and without marks nobody knows.
    assert Reach({"attendance": pd.Timestamp("1970-01-11")}, noted).of("attendance") == 10
    assert Reach().of("attendance") == -1


@pytest.mark.parametrize(("length", "known"), [(0, True), (400, True), (401, False), (-1, False)])
def test_a_session_longer_than_a_year_and_a_bit_is_a_typo(length: int, known: bool) -> None:
    session = {**YEAR, "end_date": FIRST + pd.Timedelta(days=length)}
    found = school_years({"session": table("session", "sis", [session])})
    assert found.years == (2026,)
    assert (2026 in found.spans) is known


def test_a_day_is_of_the_year_whose_sessions_have_it_else_of_the_year_that_begins_in_july() -> None:
    days = pd.Series(pd.to_datetime(["2025-06-30", "2025-07-01", "2026-06-30", "2026-07-01", None]))
    assert SchoolYears((2025, 2026), {}).of(days).tolist() == [2025, 2026, 2026, 2027, pd.NA]
    late = SchoolYears((2026,), {2026: (FIRST, pd.Timestamp("2026-07-10"))})
    assert late.of(pd.Series(pd.to_datetime(["2026-07-10", "2026-07-11"]))).tolist() == [2026, 2027]
    assert late.span_of(2026)[1] == pd.Timestamp("2026-07-10")
    assert late.span_of(2025) == (pd.Timestamp("2024-07-01"), pd.Timestamp("2025-06-30"))
    assert late.positions(np.array([2025, 2026, 2027])).tolist() == [-1, 0, -1]
    assert late.speak_of(pd.Series([2026, 2027, None], dtype="Int64")).tolist() == [True, False, False]
    assert LAST < late.span_of(2026)[1]
