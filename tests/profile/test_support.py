"""What a child gets: meals, plans, and what it takes part in."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.profile import Profiles, build_profiles
from tests.district_by_hand import Rows, district, links, silo
from tests.profile.children_by_hand import FIRST, LAST, YEAR, chosen, of, person

TODAY = pd.Timestamp("2026-04-30")
FALL = pd.Timestamp("2025-11-03")
BEFORE = {
    "session_id": "2025",
    "begin_date": pd.Timestamp("2024-09-01"),
    "end_date": pd.Timestamp("2025-06-05"),
    "school_year": 2025,
}


def told(name: str, **tables: Rows) -> Profiles:
    children = ("1", "2", "3")
    roster = silo("sis", [person(f"s{child}") for child in children], session=[BEFORE, YEAR])
    system = silo(name, [person(child, as_of=TODAY) for child in children], **tables)
    who = {("sis", f"s{child}"): child for child in children}
    return build_profiles(
        district(roster, system), links({**who, **{(name, child): child for child in children}})
    )


def spell(
    record: str, kind: str, begin: pd.Timestamp, end: pd.Timestamp | None = None, **more: Any
) -> dict[str, Any]:
    return {"record": record, "eligibility": kind, "begin_date": begin, "end_date": end, **more}


def test_eligibility_is_that_of_the_day_however_late_it_was_entered() -> None:
    profiles = told(
        "meal_benefits",
        meal_eligibility=[
            # The later row was entered for an earlier day: the spell that began last counts.
            spell("1", "Free", FALL), spell("1", "Full price", FIRST, FALL),
            spell("2", "Free", FIRST, FALL), spell("2", "Reduced price", pd.Timestamp("2026-05-20")),
            spell("1", "Reduced price", pd.Timestamp("2024-09-01"), pd.Timestamp("2025-06-05")),
        ],
    )  # fmt: skip

    first = chosen(profiles, "1", "meal_eligibility")
    assert (first["value"], first["rows"], first["row"], first["as_of"]) == ("Free", 2, 2, TODAY)
    # That of child 2 is over, and the next hasn't begun; that of a year gone by was so at its end.
    assert chosen(profiles, "2", "meal_eligibility")["status"] == "Empty"
    assert of(profiles, "1", "meal_eligibility", 2025)["value"].tolist() == ["Reduced price"]
    assert profiles.left_out.empty


def plan(
    record: str, begin: pd.Timestamp, end: pd.Timestamp | None, status: str | None, **more: Any
) -> dict[str, Any]:
    given = {"record": record, "program_type": "Special education", "begin_date": begin, "end_date": end}
    return {**given, "status": status, **more}


LONG_AGO = pd.Timestamp("2021-03-01")


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("rows", "this_year", "last_year"),
    [
        ([plan("1", LONG_AGO, None, "Active")], "Active", "Active"),
        ([plan("1", LONG_AGO, None, None)], "Active", "Active"),
        ([plan("1", LONG_AGO, FALL, "Exited")], "Exited", "Active"),
        ([plan("1", LONG_AGO, FALL, None)], "Exited", "Active"),
        # A plan that will end is in force today.
        ([plan("1", LONG_AGO, LAST, None)], "Active", "Active"),
        ([plan("1", LONG_AGO, pd.Timestamp("2025-03-01"), "Exited")], None, "Exited"),
        ([plan("1", FALL, None, "Active")], "Active", None),
        ([plan("1", LONG_AGO, FALL, "Exited"), plan("1", FALL, None, "Active")], "Active", "Active"),
        ([plan("1", FALL, None, "Active", program_type="Section 504")], None, None),
    ],
)  # fmt: skip
def test_a_plan_counts_in_each_year_in_which_it_was_in_force(
    rows: Rows, this_year: str | None, last_year: str | None
) -> None:
    profiles = told("special_education", program=[*rows, plan("3", LONG_AGO, None, "Active")])

    for year, expected in ((2026, this_year), (2025, last_year)):
        value = of(profiles, "1", "special_education", year)
        assert value["value"].tolist() == [expected if expected else pd.NA]
        assert value["status"].tolist() == ["Reported" if expected else "Empty"]


@pytest.mark.full
def test_what_a_plan_says_is_that_of_the_newest() -> None:
    profiles = told(
        "special_education",
        program=[
            plan("1", LONG_AGO, FALL, "Exited", primary_disability="Autism", share_in_regular_class=0.4),
            plan("1", FALL, None, "Active", primary_disability="Autism", share_in_regular_class=0.8),
            plan("2", LONG_AGO, pd.Timestamp("2022-01-01"), "Exited"),
        ],
    )
    assert chosen(profiles, "1", "share_in_regular_class")["value_number"] == 0.8
    assert chosen(profiles, "1", "primary_disability")["rows"] == 2
    # A plan of long ago opens no school year.
    assert set(profiles.values["school_year"].dropna()) == {2025, 2026}
    assert profiles.left_out["reason"].tolist() == ["Another year"]
    assert profiles.timeline["event"].value_counts().to_dict() == {
        "Plan or program begins": 1,
        "Plan or program ends": 1,
        "Disability on record": 1,
    }
    # A disability stands by itself, so that a policy can keep it from those who carry the plan out.
    assert profiles.timeline.set_index("kind")["detail"].to_dict() == {
        "plan_begins": "Special education",
        "plan_ends": "Special education",
        "disability_recorded": "Autism",
    }


def club(record: str, name: str, hours: float | None, **more: Any) -> dict[str, Any]:
    return {"record": record, "activity": name, "hours": hours, "begin_date": FALL, **more}


@pytest.mark.full
def test_clubs_are_counted_by_name_and_never_zero() -> None:
    rows = [
        club("1", "Chess", 10.0), club("1", "Chess", 2.5), club("1", "Choir", 4.0),
        club("2", "Chess", 8.0), club("2", "Choir", None),
        club("3", "Chess", 8.0, begin_date=pd.Timestamp("2024-10-01")),
    ]  # fmt: skip
    profiles = told("clubs", participation=rows)

    clubs = chosen(profiles, "1", "community_clubs")
    assert (clubs["value"], clubs["rows"]) == ("2", 3)
    assert chosen(profiles, "1", "club_hours")["value_number"] == 16.5
    assert chosen(profiles, "2", "community_clubs")["value"] == "2"
    assert chosen(profiles, "2", "club_hours")["status"] == "Empty"
    assert chosen(profiles, "3", "community_clubs")["status"] == "Empty"
    assert of(profiles, "3", "community_clubs", 2025)["value"].tolist() == ["1"]
    # The school's own activities are another element, of another system.
    assert chosen(profiles, "1", "school_activities")["status"] == "Not collected"
    assert profiles.left_out.empty


@pytest.mark.full
def test_the_interest_that_is_named_first_on_the_newest_day_counts() -> None:
    def interest(word: str, place: float | None, day: pd.Timestamp) -> dict[str, Any]:
        return {"record": "1", "interest": word, "strength": place, "date": day}

    numbered = [
        interest("Law", 2.0, TODAY), interest("Nursing", 1.0, TODAY), interest("Music", 1.0, FALL),
    ]  # fmt: skip
    profiles = told("career", career_interest=numbered)
    assert chosen(profiles, "1", "career_interest")["value"] == "Nursing"
    assert list(profiles.timeline["detail"]) == ["Music", "Nursing"]
    listed = [interest("Law", None, TODAY), interest("Nursing", None, TODAY)]
    assert chosen(told("career", career_interest=listed), "1", "career_interest")["value"] == "Law"


def test_no_application_is_a_zero_of_whom_the_system_lists() -> None:
    profiles = told("career", application=[{"record": "1", "institution": "A", "date": FALL}] * 2)

    assert [chosen(profiles, child, "applications")["value"] for child in "12"] == ["2", "0"]
    assert len(profiles.timeline) == 2
