"""Credits follow from semester marks, and who is on track in grade 9 from both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.life.learning.grades import credit_elements
from tests.synthetic_data.truth import truth

BIG = {"students": 1500}


def values(element: str, **settings: object) -> pd.Series:
    made = truth(**settings)
    rows = made.life.values
    rows = rows.loc[(rows["element"] == element) & (rows["as_of"] == pd.Timestamp(made.scenario.as_of))]
    return rows.set_index("person")["value"]


def attempts() -> pd.DataFrame:
    made = truth(**BIG)
    credits = made.life.credits
    sections = made.schooling.sections.iloc[credits.section].reset_index(drop=True)
    courses = made.schooling.courses.set_index("course_id").loc[sections["course_id"]]
    return pd.DataFrame(
        {
            "person": made.population.children["person"].array.take(credits.child),
            "year": credits.year,
            "semester": credits.semester,
            "grade": credits.grade,
            "section_id": sections["section_id"],
            "subject": courses["academic_subject"].array,
            "percent": credits.percent,
            "attempted": credits.attempted,
            "earned": credits.earned,
        }
    )


def test_a_semester_of_a_high_school_is_worth_three_credits_at_most() -> None:
    found = attempts()
    assert (found["grade"] >= 9).all()
    sums = found.groupby(["person", "year", "semester"])["attempted"].sum()
    assert (sums <= 3).all()
    assert (sums == 3).mean() > 0.95
    assert not found.duplicated(["person", "year", "semester", "section_id"]).any()


def test_a_semester_s_mark_is_the_mean_of_its_two_grading_periods() -> None:
    found, made = attempts(), truth(**BIG)
    grades = made.life.grades.frame(made.population, made.schooling)
    fall = grades.loc[grades["grading_period"].isin(["First Nine Weeks", "Second Nine Weeks"])]
    both = fall.groupby(["person", "section_id"])["numeric_grade"].agg(["mean", "size"]).reset_index()
    met = found.loc[found["semester"] == 0].merge(
        both, on=["person", "section_id"], how="left", validate="one_to_one"
    )
    # Who left a section and came back has a mark of each stay.
    seats, spells = made.schooling.seats, made.schooling.enrollments
    stays = pd.Series(list(zip(spells.child[seats.enrollment], seats.section, strict=True))).value_counts()
    back = {made.population.children["person"].iloc[child] for child, _ in stays.index[stays > 1]}
    whole = met.loc[(met["size"] == 2) & ~met["person"].isin(back)]
    assert len(whole) > 0.9 * len(met)
    assert (whole["percent"] == np.floor(whole["mean"] + 0.5)).all()
    assert ((met["earned"] > 0) == (met["percent"] >= 60)).all()


def test_on_track_is_enough_credits_and_no_second_failure_in_a_core_course() -> None:
    found = attempts()
    now = found.loc[(found["year"] == 2026) & (found["grade"] == 9)]
    core = ["English Language Arts", "Mathematics", "Science", "Social Studies"]
    failed = now["subject"].isin(core) & (now["percent"] < 60)
    by_child = (
        now.assign(failed=failed).groupby("person").agg(earned=("earned", "sum"), failed=("failed", "sum"))
    )
    expected = (by_child["earned"] >= 2.5) & (by_child["failed"] <= 1)  # the fall semester is over
    told = values("on_track", **BIG)
    assert set(told.index) == set(by_child.index)
    assert ((told == "true").reindex(expected.index) == expected).all()
    assert 0.8 < expected.mean() < 1, "some are not"


def test_before_a_semester_is_over_nobody_has_credits_of_the_year() -> None:
    made = truth(**BIG)
    count = len(made.population.children)
    for element in credit_elements(made.life.credits, 2026, count, np.datetime64("2025-12-01")):
        assert np.isnan(element.numbers).all()
    last_year = credit_elements(made.life.credits, 2025, count, np.datetime64("2026-04-30"))
    by_name = {element.name: element.numbers for element in last_year}
    earned, on_track = by_name["credits_earned"], by_name["on_track"]
    assert np.nanmax(earned) == 6
    assert 0.8 < np.nanmean(on_track) < 1


def test_what_was_earned_before_follows_the_grade_and_the_marks() -> None:
    made = truth(**BIG)
    credits = made.life.credits
    before = pd.Series(made.population.children["grade_level_before"])
    years = before.map({"10": 1, "11": 2, "12": 3}).fillna(0).to_numpy()
    known = before.notna().to_numpy()
    assert (credits.before_attempted[known] == 6 * years[known]).all()
    assert (credits.before_earned <= credits.before_attempted).all()
    older = credits.before_attempted > 0
    lost = (credits.before_attempted - credits.before_earned)[older]
    assert 0 < lost.mean() < 1.5
    assert np.corrcoef(lost, made.life.latent.doing[2025][older])[0, 1] < -0.3


def test_the_grade_average_of_an_earlier_day_holds_only_what_had_ended() -> None:
    made = truth(students=600, level="none")
    rows = made.life.values
    mine = rows.loc[rows["element"] == "grade_average"]
    early = mine.loc[mine["as_of"] < pd.Timestamp("2026-03-01")]
    assert len(early)
    grades = made.life.grades.frame(made.population, made.schooling)
    fall = grades.loc[
        (grades["school_year"] == 2026)
        & grades["grading_period"].isin(["First Nine Weeks", "Second Nine Weeks"])
    ]
    mean = fall.groupby("person")["numeric_grade"].mean()
    told = early.drop_duplicates("person").set_index("person")["value"].astype(float)
    assert np.allclose(told, mean.loc[told.index], atol=1e-4)
