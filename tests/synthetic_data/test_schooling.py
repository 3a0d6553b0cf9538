import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthetic_data.population import make_population
from synthetic_data.scenario import load_scenario
from synthetic_data.schooling import make_schooling
from synthetic_data.schooling.enrollment import ENTRIES, EXITS
from tests.synthetic_data.truth import truth
from tests.tiers import examples


@pytest.fixture(scope="module")
def made():
    return truth(students=600)


@pytest.mark.full
@settings(max_examples=examples(25))
@given(seed=st.integers(0, 2**40), students=st.integers(20, 150), churn=st.sampled_from([0.0, 0.1, 0.5]))
def test_nobody_is_in_two_places_at_once(seed, students, churn):
    shares = dict.fromkeys(
        ("moved_in_year", "left_in_year", "arrived_in_year", "returned_in_year", "no_show"), churn
    )
    scenario = load_scenario(students=students, seed=seed, **shares)
    population = make_population(scenario)
    schooling = make_schooling(scenario, population)
    spells = schooling.school_enrollment.sort_values(["person", "begin_date"])
    assert (spells["end_date"].isna() | (spells["end_date"] >= spells["begin_date"])).all()
    following = spells.groupby("person")["begin_date"].shift(-1)
    assert (following.isna() | (spells["end_date"] < following)).all()
    here = population.children.loc[population.children["grade_level"].notna(), "person"]
    current = spells.loc[spells["school_year"] == scenario.school_year]
    assert set(current["person"]) == set(here)
    assert (current["end_date"].isna() | (current["end_date"] <= pd.Timestamp(scenario.as_of))).all()
    before = spells.loc[spells["school_year"] < scenario.school_year]
    assert before["end_date"].notna().all()
    assert before["exit_withdraw_type"].notna().all()
    open_spells = current["end_date"].isna()
    assert (current["exit_withdraw_type"].isna() == open_spells).all()


def test_a_school_year_has_about_180_days_and_schools_end_apart(made):
    calendar = made.schooling.calendar
    assert not calendar.duplicated(["school_id", "date"]).any()
    taught = calendar.loc[calendar["is_instructional"].astype(bool)]
    days = taught.groupby(["school_year", "school_id"]).size()
    assert days.between(175, 182).all()
    assert (
        taught.groupby(["school_year", "school_id"])["date"].max().groupby("school_year").nunique().min() > 1
    )
    events = set(calendar["calendar_event"])
    assert events == {"Instructional day", "Holiday", "Teacher only day", "Weather day"}
    assert (taught["calendar_event"] == "Instructional day").all()
    assert (calendar["date"].dt.day_of_week < 5).all()
    thanksgiving = calendar.loc[calendar["date"] == "2025-11-27", "calendar_event"]
    assert set(thanksgiving) == {"Holiday"}


def test_terms_lie_inside_their_year(made):
    sessions = made.schooling.sessions
    assert sessions["session_id"].is_unique
    halves = sessions.dropna(subset=["parent_session_id"])
    whole = sessions.set_index("session_id").loc[halves["parent_session_id"]]
    assert (halves["begin_date"].to_numpy() >= whole["begin_date"].to_numpy()).all()
    assert (halves["end_date"].to_numpy() <= whole["end_date"].to_numpy()).all()
    assert set(sessions["session_type"]) == {"Year Round", "Fall Semester", "Spring Semester"}


def test_children_are_promoted_graduate_and_begin(made):
    spells = made.schooling.school_enrollment
    assert set(spells["entry_type"]) <= set(ENTRIES)
    assert set(spells["exit_withdraw_type"].dropna()) <= set(EXITS)
    before = spells.loc[spells["school_year"] == 2025].drop_duplicates("person", keep="last")
    after = spells.loc[spells["school_year"] == 2026].drop_duplicates("person")
    both = before.merge(after, on="person", how="inner", validate="one_to_one", suffixes=("_before", ""))
    steps = both["grade_level"].replace("KG", "0").astype("int64") - both["grade_level_before"].replace(
        "KG", "0"
    ).astype("int64")
    assert set(steps) == {0, 1}
    assert (steps == 1).mean() > 0.95
    graduates = before.loc[before["exit_withdraw_type"] == "Graduated"]
    assert set(graduates["grade_level"]) == {"12"}
    assert not graduates["person"].isin(after["person"]).any()
    beginners = after.loc[~after["person"].isin(before["person"])]
    assert (beginners["grade_level"] == "KG").sum() > 30
    assert (beginners["grade_level"] != "KG").sum() > 5


def test_a_no_show_is_enrolled_without_a_day(made):
    spells, calendar = made.schooling.school_enrollment, made.schooling.calendar
    absent = spells.loc[(spells["exit_withdraw_type"] == "No show") & (spells["school_year"] == 2026)]
    first = calendar.loc[
        calendar["is_instructional"].astype(bool) & (calendar["school_year"] == 2026), "date"
    ].min()
    assert len(absent)
    assert (absent["end_date"] < first).all()
    assert (
        not absent["person"]
        .isin(made.schooling.section_enrollment.query("school_year == 2026")["person"])
        .any()
    )


def test_sections_have_a_teacher_who_is_in_one_room_at_a_time(made):
    sections, staff = made.schooling.sections, made.population.staff
    assert sections["section_id"].is_unique
    assert sections["teacher"].isin(staff["person"]).all()
    school = sections.merge(
        staff[["person", "school_id"]],
        left_on="teacher",
        right_on="person",
        how="left",
        validate="many_to_one",
    )
    assert (school["school_id_x"] == school["school_id_y"]).all()
    by_period = sections.dropna(subset=["period"])
    assert not by_period.duplicated(["teacher", "period", "session_id"]).any()
    assert sections["course_id"].isin(made.schooling.courses["course_id"]).all()


def test_seats_follow_the_spells(made):
    seats = made.schooling.section_enrollment
    students = seats.loc[seats["role"] == "Student"]
    seated = students.merge(
        made.schooling.sections[["section_id", "school_id", "period", "session_id"]],
        on="section_id",
        how="left",
        validate="many_to_one",
    )
    spells = made.schooling.school_enrollment
    joined = seated.reset_index().merge(
        spells,
        on=["person", "school_id", "school_year"],
        how="inner",
        validate="many_to_many",
        suffixes=("", "_spell"),
    )
    inside = (joined["begin_date"] >= joined["begin_date_spell"]) & (
        joined["end_date_spell"].isna() | (joined["end_date"] <= joined["end_date_spell"])
    )
    assert set(joined.loc[inside, "index"]) == set(range(len(seated)))
    clash = seated.dropna(subset=["period"]).drop_duplicates(["person", "section_id"])
    assert not clash.duplicated(["person", "period", "session_id", "school_id"]).any()
    sizes = students.groupby("section_id").size()
    assert sizes.max() <= 40
