"""Profiles of a made district account for every row; those of real files say what their origin says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.link import link_district
from helpers.profile import Profiles, build_profiles, declared_elements, pick_example_children
from helpers.profile.facts.context import child_tables
from tests.exports_by_hand import DOSES, INCIDENTS, STUDENTS


def test_every_fact_row_of_a_made_district_is_accounted_for(district: District) -> None:
    links = link_district(district)
    profiles = build_profiles(district, links)

    accounts = profiles.accounts
    assert (accounts["rows"] == accounts["rows_used"] + accounts["rows_left_out"]).all()
    assert accounts["rows_left_out"].sum() == len(profiles.left_out)
    for (table, silo), rows in accounts.set_index(["table", "silo"])["rows"].items():
        assert rows == len(district[silo].fact(table))
    assert set(profiles.profile["child"]) == set(links.crosswalk["child"])
    assert set(pick_example_children(district, links)) <= set(profiles.profile["child"])

    # A value that one row gives stands in a row of its record; a name in the file that lists names.
    place = ["silo", "record", "file", "row"]
    facts = [district.fact(table)[place] for table in child_tables()]
    there = pd.MultiIndex.from_frame(pd.concat([district.person_rows[place], *facts]).drop_duplicates())
    told = profiles.values.dropna(subset=["file"])
    assert pd.MultiIndex.from_frame(told[place]).isin(there).all()
    rows = district.person_rows
    listed = rows.loc[rows["file"].eq("lms/users.csv"), "record"]
    names = told[told["silo"].eq("lms") & told["element"].eq("last_surname") & told["record"].isin(listed)]
    assert set(names["file"]) == {"lms/users.csv"}


@pytest.mark.full
def test_at_no_fault_only_teachers_test_users_parts_of_tests_and_groups_are_left_out(
    clean_district: District,
) -> None:
    profiles = build_profiles(clean_district, link_district(clean_district))
    reasons = set(zip(profiles.left_out["table"], profiles.left_out["reason"], strict=True))
    # Parts of a test, and scales and forms of a screener, have no element; of a confidential answer there is
    # no child.
    expected = {("assessment_result", "No element"), ("screener_result", "No element")}
    expected |= {("survey_response", "No child named")}
    assert reasons >= expected
    assert {why for _, why in reasons - expected} == {"Not a student"}


@pytest.fixture(scope="module")
def grand_bend(real_files: Path) -> tuple[District, Profiles]:
    district = read_district(real_files / "grand_bend_joinable")
    links = link_district(district)
    return district, build_profiles(district, links)


@pytest.mark.full
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


def reported(profiles: Profiles, *names: str) -> pd.DataFrame:
    values = profiles.values
    return values[values["element"].isin(names) & values["status"].eq("Reported")]


@pytest.mark.full
def test_real_records_of_one_system_reach_as_many_children_as_its_origin_says(
    grand_bend: tuple[District, Profiles],
) -> None:
    district, profiles = grand_bend

    assert district["edfi"].people["role"].eq("Student").sum() == 65
    assert reported(profiles, "incidents")["child"].nunique() == 3
    assert reported(profiles, "discipline_days")["child"].nunique() == 3
    # Without a day or a spell the list of pupils is no roster: nobody else's zero is known.
    assert (reported(profiles, "incidents", "discipline_days")["value_number"] > 0).all()
    assert reported(profiles, "vaccines_recorded")["child"].nunique() == 11


def test_what_an_unverified_record_says_stays_marked(grand_bend: tuple[District, Profiles]) -> None:
    tests = [each.name for each in declared_elements() if each.domain == "assessment"]
    told = reported(grand_bend[1], *tests)

    assert set(told["silo"]) == {"assessment_map_growth", "assessment_sat"}
    assert set(told["link_status"]) == {"Unverified"}
    assert set(told["element"]) >= {
        "math_score",
        "math_percentile",
        "college_test_total",
        "college_test_math",
    }
    taken = grand_bend[1].timeline
    assert set(taken.loc[taken["event"] == "Takes a test", "link_status"]) == {"Unverified"}


def assert_fact_rows_add_up(folder: Path) -> None:
    """Build profiles of a folder: every fact row is behind a value, or left out."""
    district = read_district(folder)
    profiles = build_profiles(district, link_district(district))

    accounts = profiles.accounts.set_index(["table", "silo"])
    assert (accounts["rows"] == accounts["rows_used"] + accounts["rows_left_out"]).all()
    assert accounts["rows_left_out"].sum() == len(profiles.left_out)
    for (table, silo), rows in accounts["rows"].items():
        assert rows == len(district[silo].fact(table))
    assert (accounts["rows_used"] > 0).any()


@pytest.mark.one_in(4)
@pytest.mark.parametrize("folder", ["grand_bend_joinable", "grand_bend_assessments", "."])
def test_every_fact_row_of_real_folders_is_accounted_for(folder: str, real_files: Path) -> None:
    assert_fact_rows_add_up(real_files / folder)


@pytest.mark.full
def test_every_fact_row_of_exports_by_hand_is_accounted_for(exports_by_hand: Path) -> None:
    assert_fact_rows_add_up(exports_by_hand)


@pytest.mark.full
def test_what_exports_by_hand_record_reaches_the_profiles(exports_by_hand: Path) -> None:
    """Incidents, doses and unverified test results, as counted by hand; nobody else's zero is known."""
    district = read_district(exports_by_hand)
    profiles = build_profiles(district, link_district(district))
    assert len(profiles.profile) == len(STUDENTS)
    assert reported(profiles, "incidents")["child"].nunique() == len(INCIDENTS)
    days = reported(profiles, "discipline_days")["value_number"]
    assert sorted(days) == sorted(float(days) for *_, days in INCIDENTS)
    assert reported(profiles, "vaccines_recorded")["child"].nunique() == len({dose[0] for dose in DOSES})
    tests = reported(profiles, *[each.name for each in declared_elements() if each.domain == "assessment"])
    assert set(tests["silo"]) == {"sat"}
    assert set(tests["link_status"]) == {"Unverified"}


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
