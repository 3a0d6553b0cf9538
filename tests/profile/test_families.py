"""How school and family speak to one another, and what a child hands in and earns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.files import Silo
from helpers.profile import Profiles, build_profiles
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import YEAR, chosen, of, person

CHILDREN = ("ana", "ben", "cleo", "dan")
DAY, NIGHT = pd.Timestamp("2026-02-03"), pd.Timestamp("2026-02-03 21:30")
LONG_AGO = pd.Timestamp("2019-02-03")


def tie(child: str, adult: str, priority: int = 1, language: str = "English") -> dict[str, Any]:
    return {"record": child, "contact_record": adult, "priority": priority, "language": language}


def login(adult: str, sessions: int | None = None, day: pd.Timestamp = DAY) -> dict[str, Any]:
    return {"record": adult, "date": day, "sessions": sessions, "role": "Guardian"}


def message(child: str, adult: str, opened: pd.Timestamp | None) -> dict[str, Any]:
    return {"record": child, "contact_record": adult, "sent_utc": DAY, "opened_utc": opened}


def portal() -> Silo:
    """Ana and Ben have one mother; Ben has a father too; Cleo's father never logs in; Dan has nobody."""
    adults = [person(name, name, role="Guardian") for name in ("mother", "father", "cleo's", "stranger")]
    return silo(
        "family",
        session=[YEAR],
        people=[person("ana"), person("ben"), person("cleo"), person("dan"), *adults],
        contact=[
            tie("ana", "mother", 2, "Spanish"), tie("ben", "mother", 2, "Spanish"),
            tie("ben", "father", 1, "English"), tie("ben", "father", 3, "French"), tie("cleo", "cleo's"),
        ],
        login=[
            login("mother", 3), login("mother"), login("father"), login("mother", 9, LONG_AGO),
            login("stranger"), {**login("ana"), "role": "Student"},
        ],
        message=[
            message("ben", "mother", NIGHT), message("ben", "father", None), message("cleo", "cleo's", None),
        ],
    )  # fmt: skip


def told(system: Silo) -> Profiles:
    roster = silo("sis", [person(f"s-{child}") for child in CHILDREN], session=[YEAR])
    who = {("sis", f"s-{child}"): child for child in CHILDREN}
    who |= {(system.name, str(name)): str(name) for name in system.people["record"] if name in CHILDREN}
    return build_profiles(district(roster, system), links(who))


def test_adults_and_the_language_of_the_one_who_is_called_first() -> None:
    profiles = told(portal())

    assert [chosen(profiles, child, "guardians")["value"] for child in ("ana", "ben")] == ["1", "2"]
    assert chosen(profiles, "dan", "guardians")["status"] == "Empty"
    assert chosen(profiles, "ana", "contact_language")["value"] == "Spanish"
    assert (chosen(profiles, "ben", "contact_language")["value"], len(of(profiles, "ben", "guardians"))) == (
        "English",
        1,
    )


def test_logins_are_those_of_all_adults_of_a_child_and_of_nobody_else() -> None:
    profiles = told(portal())
    counts = {child: chosen(profiles, child, "portal_logins") for child in ("ana", "ben", "cleo", "dan")}

    # One adult's log-ins count for each of her children.
    assert (counts["ana"]["value"], counts["ana"]["rows"], counts["ana"]["record"]) == ("4", 2, "ana")
    assert (counts["ben"]["value"], counts["ben"]["rows"]) == ("5", 3)
    assert (counts["cleo"]["value"], counts["cleo"]["rows"]) == ("0", 0)
    assert counts["dan"]["status"] == "Empty"
    # An adult of no child, a child's own log-in, and one of another year stand behind nothing.
    left = profiles.left_out[profiles.left_out["table"] == "login"]
    assert left.set_index("row")["reason"].to_dict() == {
        5: "Not a student",
        6: "Not a student",
        7: "No element",
    }


def test_messages_count_once_for_each_who_got_them() -> None:
    profiles = told(portal())

    def counts(child: str) -> list[Any]:
        return [chosen(profiles, child, name)["value"] for name in ("messages_sent", "messages_opened")]

    assert [counts(child) for child in ("ana", "ben", "cleo")] == [["0", "0"], ["2", "1"], ["1", "0"]]
    assert pd.isna(counts("dan")).all()


def test_a_learning_systems_days_and_what_was_handed_in() -> None:
    def work(number: str, status: str | None, handed: pd.Timestamp | None) -> dict[str, Any]:
        given = {"record": "ana", "section_id": "A", "assignment_id": number, "due_date": DAY}
        return {**given, "score_status": status, "submitted_utc": handed}

    lms = silo(
        "lms",
        [person(child, as_of=DAY) for child in ("ana", "ben")],
        login=[
            {"record": "ana", "date": DAY, "minutes": 4.0}, {"record": "ana", "date": DAY},
            {"record": "ana", "date": DAY - pd.Timedelta(days=1)},
        ],
        assignment_score=[
            work("1", "Late", NIGHT), work("2", "On time", DAY), work("3", "Missing", None),
            {**work("4", "Missing", None), "record": "ben"},
        ],
    )  # fmt: skip
    profiles = told(lms)

    assert [chosen(profiles, child, "lms_logins")["value"] for child in ("ana", "ben")] == ["2", "0"]
    assert chosen(profiles, "cleo", "lms_logins")["status"] == "Not linked"
    assert [chosen(profiles, c, "submissions")["value"] for c in ("ana", "ben")] == ["2", "0"]
    assert [chosen(profiles, c, "submissions_late")["value"] for c in ("ana", "ben")] == ["1", "0"]
    # A child's own log-ins are none of the family's.
    assert chosen(profiles, "ana", "portal_logins")["status"] == "Not collected"


def credit(child: str, earned: float | None, letter: str, **more: Any) -> dict[str, Any]:
    given = {"record": child, "grade_level_when_taken": "09", "term": "Fall Semester", "school_year": 2026}
    subject = {"academic_subject": "Mathematics", "attempted_credits": 0.5, "earned_credits": earned}
    return {**given, **subject, "final_letter_grade": letter, **more}


def test_a_first_year_is_on_track_by_credits_so_far_and_failures_in_core_subjects() -> None:
    def term(child: str, letters: str, **more: Any) -> list[dict[str, Any]]:
        return [credit(child, 0.0 if letter == "F" else 0.5, letter, **more) for letter in letters]

    rows = [
        *term("ana", "ABCDDF"),
        *term("ben", "ABCDFF"),
        *term("ben", "A", school_year=2025, term="Spring Semester"),
        *term("cleo", "ABCDF"), *term("cleo", "FF", academic_subject="Fine and Performing Arts"),
        *term("dan", "ABCDDF", grade_level_when_taken="10"),
    ]  # fmt: skip
    half = told(silo("attendance", [person(c) for c in CHILDREN], course_transcript=rows))

    assert chosen(half, "ana", "credits_earned")["value_number"] == 2.5
    assert chosen(half, "ana", "on_track")["value"] == "true"
    # Two failures in core subjects, and with one the credits don't suffice.
    assert chosen(half, "ben", "on_track")["value"] == "false"
    assert chosen(half, "cleo", "on_track")["value"] == "false"
    assert (
        chosen(half, "dan", "credits_earned")["value_number"],
        chosen(half, "dan", "on_track")["status"],
    ) == (
        2.5,
        "Empty",
    )

    # After two terms the whole year's credits are asked for.
    rows += [*term("ana", "ABCD", term="Spring Semester"), *term("dan", "ABCDD", term="Spring Semester")]
    whole = told(silo("attendance", [person(c) for c in CHILDREN], course_transcript=rows))
    # Who was a first-year there for one term is asked for its credits only.
    assert chosen(whole, "dan", "on_track")["value"] == "true"
    assert chosen(whole, "ana", "credits_earned")["value_number"] == 4.5
    assert chosen(whole, "ana", "on_track")["value"] == "false"
