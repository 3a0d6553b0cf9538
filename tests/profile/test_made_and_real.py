"""The profile of a made district against its answer key, and of real files against what their origin says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.layouts import as_table, empty_table
from helpers.link import Links, link_children
from helpers.profile import Profiles, child_profiles, follow_child
from helpers.score.answer_key import AnswerKey, read_answer_key

# What the systems of this district record without delay.
RECORDED = (
    "first_name",
    "last_surname",
    "birth_date",
    "state_id",
    "school",
    "grade_level",
    "account_balance",
    "sex",
)
DAYS = ("days_enrolled", "days_present", "days_absent", "days_tardy")


def links_of_the_key(district: District, key: AnswerKey) -> Links:
    """Say who is who as it truly is."""
    subjects = key.rows[key.rows["part"] == "Subject"].drop_duplicates(["silo", "file", "row"])
    rows = district.person_rows.merge(
        subjects[["silo", "file", "row", "person"]],
        on=["silo", "file", "row"],
        how="inner",
        validate="many_to_one",
    )
    students = district.people.loc[district.people["role"] == "Student", ["silo", "record", "linkable_by"]]
    who = students.merge(
        rows.drop_duplicates(["silo", "record"]), on=["silo", "record"], how="inner", validate="one_to_one"
    )
    crosswalk = who[["silo", "record", "linkable_by"]].assign(child=who["person"], band="Sure")
    return Links(
        as_table("crosswalk", crosswalk), empty_table("pairs"), empty_table("findings"), pd.DataFrame()
    )


@pytest.fixture(scope="module")
def clean(clean_district: District, clean_district_folder: Path) -> tuple[Profiles, AnswerKey]:
    key = read_answer_key(clean_district_folder)
    return child_profiles(clean_district, links_of_the_key(clean_district, key)), key


def compared(profiles: Profiles, key: AnswerKey, name: str) -> pd.DataFrame:
    """Put the chosen value of an element beside the true one, for children of whom a system says it."""
    values = profiles.values
    shown = values["chosen"] & (values["element"] == name) & (values["status"] == "Reported")
    shown &= values["school_year"].isna() | (values["school_year"] == profiles.school_year)
    true = key.values[key.values["element"] == name].rename(columns={"person": "child", "value": "true"})
    if "as_of" in true:
        true = true[true["as_of"] == key.values["as_of"].max()]
    return values[shown].merge(true[["child", "true"]], on="child", how="inner", validate="one_to_one")


@pytest.mark.parametrize("name", RECORDED)
def test_without_faults_and_rightly_joined_the_profile_is_the_truth(
    clean: tuple[Profiles, AnswerKey], name: str
) -> None:
    both = compared(*clean, name)

    assert len(both) > 50
    assert list(both["value"]) == list(both["true"])


@pytest.mark.parametrize("name", DAYS)
def test_days_are_the_true_ones_up_to_the_day_of_the_export(
    clean: tuple[Profiles, AnswerKey], name: str
) -> None:
    both = compared(*clean, name)

    lag = both["true"].astype("int64") - both["value_number"].astype("int64")
    assert len(both) > 50
    assert lag.between(0, 5).all()


@pytest.mark.parametrize("made", ["district", "clean_district"])
def test_every_fact_row_of_a_made_district_is_accounted_for(
    made: str, request: pytest.FixtureRequest
) -> None:
    district: District = request.getfixturevalue(made)
    links = link_children(district.people, district.identifiers, unique_people=district.unique_people)
    profiles = child_profiles(district, links)

    accounts = profiles.accounts
    assert (accounts["rows"] == accounts["rows_behind"] + accounts["rows_left_out"]).all()
    assert accounts["rows_left_out"].sum() == len(profiles.left_out)
    for (table, silo), rows in accounts.set_index(["table", "silo"])["rows"].items():
        assert rows == len(district[silo].fact(table))
    assert set(profiles.profile["child"]) == set(links.crosswalk["child"])
    assert follow_child(district, links) in set(profiles.profile["child"])


def test_at_no_fault_nothing_but_teachers_test_users_and_parts_of_tests_is_left_out(
    clean: tuple[Profiles, AnswerKey],
) -> None:
    reasons = clean[0].left_out.groupby("table")["reason"].agg(set).to_dict()
    assert reasons.pop("assessment_result", set()) <= {"No element"}
    assert all(why == {"Not a student"} for why in reasons.values())


@pytest.fixture(scope="module")
def grand_bend(real_files: Path) -> tuple[District, Profiles]:
    district = read_district(real_files / "grand_bend_joinable")
    links = link_children(
        district.people,
        district.identifiers,
        unique_people=district.unique_people,
        person_rows=district.person_rows,
    )
    return district, child_profiles(district, links)


def test_real_attendance_without_a_calendar_claims_no_rate(grand_bend: tuple[District, Profiles]) -> None:
    district, profiles = grand_bend

    assert len(profiles.profile) >= 65
    events = profiles.timeline[profiles.timeline["domain"] == "attendance"]
    assert (len(events), events["child"].nunique()) == (137, 19)
    assert len(district.fact("attendance_event")) == 137
    for name in ("rate", "chronically_absent", "days_enrolled", "days_present"):
        assert set(profiles.values.loc[profiles.values["element"] == name, "status"]) == {"Not collected"}
    absences = profiles.values[(profiles.values["element"] == "days_absent") & profiles.values["chosen"]]
    told = absences[absences["status"] == "Reported"]
    # 87 excused and 45 unexcused absences; a child without one is unknown, not zero.
    assert told["rows"].sum() == 132
    assert (told["value_number"] > 0).all()


def test_doses_and_old_tests_make_no_school_year(grand_bend: tuple[District, Profiles]) -> None:
    values = grand_bend[1].values
    assert set(values["school_year"].dropna()) == {2021, 2022}


def test_real_birth_dates_that_disagree_are_told_of_both_systems(
    grand_bend: tuple[District, Profiles],
) -> None:
    values = grand_bend[1].values
    dates = values[(values["element"] == "birth_date") & (values["status"] == "Reported")]

    disagree = dates[~dates["agrees"].fillna(True)]
    assert disagree["child"].nunique() == 8
    assert set(disagree["silo"]) == {"oneroster_1p1", "edfi"}
