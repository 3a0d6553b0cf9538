import numpy as np
import pandas as pd
import pytest

from synthetic_data.facts import figures
from synthetic_data.scenario import load_scenario
from tests.synthetic_data.truth import truth

SEEDS = range(500, 516)


@pytest.fixture(scope="module")
def made():
    return truth(students=600)


def wide(made):
    values = made.life.values
    values = values.loc[values["as_of"] == pd.Timestamp(made.scenario.as_of)]
    values = values.pivot(index="person", columns="element", values="value")
    numbers = ("days_enrolled", "days_absent", "rate", "grade_average", "account_balance")
    return values.assign(**{name: values[name].astype("float64") for name in numbers})


def chronic(made):
    told = wide(made)["chronically_absent"].dropna()
    return (told == "true").mean(), len(told)


def tie(made):
    both = wide(made).dropna(subset=["rate", "grade_average"])
    return np.corrcoef(1 - both["rate"], both["grade_average"])[0, 1]


def test_absences_lie_on_instructional_days_inside_a_spell_before_the_exports(made):
    absences, calendar = made.life.absences, made.schooling.calendar
    assert not absences.duplicated(["person", "date"]).any()
    assert absences["date"].max() <= pd.Timestamp(made.scenario.as_of)
    taught = calendar.loc[calendar["is_instructional"].astype(bool), ["school_id", "date"]]
    assert len(absences.merge(taught, on=["school_id", "date"], how="inner", validate="many_to_one")) == len(
        absences
    )
    spells = made.schooling.school_enrollment[["person", "school_id", "begin_date", "end_date"]]
    joined = absences.reset_index().merge(
        spells, on=["person", "school_id"], how="inner", validate="many_to_many"
    )
    inside = (joined["date"] >= joined["begin_date"]) & (
        joined["end_date"].isna() | (joined["date"] <= joined["end_date"])
    )
    assert set(joined.loc[inside, "index"]) == set(absences.index)
    assert set(absences["attendance_event_category"]) == {
        "Excused Absence", "Unexcused Absence", "Tardy", "Early departure",
    }  # fmt: skip


def test_days_count_what_calendar_spells_and_absences_say(made):
    calendar, spells, absences = made.schooling.calendar, made.schooling.school_enrollment, made.life.absences
    taught = calendar.loc[calendar["is_instructional"].astype(bool) & (calendar["school_year"] == 2026)]
    taught = taught.loc[taught["date"] <= pd.Timestamp(made.scenario.as_of), ["school_id", "date"]]
    current = spells.loc[spells["school_year"] == 2026]
    days = current.merge(taught, on="school_id", how="inner", validate="many_to_many")
    days = days.loc[
        (days["date"] >= days["begin_date"]) & (days["end_date"].isna() | (days["date"] <= days["end_date"]))
    ]
    away = absences.loc[
        absences["attendance_event_category"].str.endswith("Absence") & (absences["date"] > "2025-07-01")
    ]
    values = wide(made)
    enrolled = days.groupby("person").size()
    told = values["days_enrolled"].dropna()
    assert told.astype("int64").to_dict() == enrolled.to_dict()
    missed = away.groupby("person").size().reindex(told.index, fill_value=0)
    assert (values.loc[told.index, "days_absent"] == missed).all()
    assert np.allclose(values.loc[told.index, "rate"], 1 - missed / enrolled, atol=5e-5)
    ten = told.index[told >= 10]
    assert ((values.loc[ten, "chronically_absent"] == "true") == (missed / enrolled >= 0.1).loc[ten]).all()
    assert values.loc[values["days_enrolled"] < 10, "chronically_absent"].isna().all()


@pytest.mark.full
def test_chronic_absence_is_as_often_as_published():
    shares = np.array([chronic(truth(students=600, seed=seed))[0] for seed in SEEDS])
    target = figures("chronic_absence", "2022-23")["all"] / 100
    assert target == load_scenario().chronic_absence
    # 99.9 percent interval of the mean over seeds, and half a point for the solution's approximation.
    error = shares.std(ddof=1) / np.sqrt(len(shares))
    assert abs(shares.mean() - target) < 3.3 * error + 0.005
    assert error < 0.01


@pytest.mark.full
@pytest.mark.parametrize("target", [0.10, 0.45])
def test_chronic_absence_is_what_a_scenario_asks_for(target):
    share, count = chronic(truth(students=4000, seed=31, chronic_absence=target))
    assert abs(share - target) < 4 * np.sqrt(target * (1 - target) / count) + 0.01


def test_children_who_are_away_more_have_lower_grades(made):
    assert tie(made) < -0.3


@pytest.mark.full
def test_children_who_are_away_more_have_lower_grades_on_every_seed():
    ties = np.array([tie(truth(students=600, seed=seed)) for seed in SEEDS])
    assert -0.6 < ties.mean() < -0.4
    assert (ties < -0.3).all()


@pytest.mark.full
def test_without_traits_nothing_hangs_together():
    made = truth(students=3000, seed=9, trait_ties=0, engagement_in_absence=0, traits_in_grades=0)
    assert abs(tie(made)) < 4 / np.sqrt(3000)


@pytest.mark.full
def test_no_outcome_differs_by_group_in_a_fair_district():
    made = truth(students=4000, seed=77)
    children = made.population.children.set_index("person")
    values = wide(made).join(children[["group", "name_origin", "household"]])
    values = values.loc[values["chronically_absent"].notna()]
    away = (values["chronically_absent"] == "true").astype("float64")
    for grouping in ("group", "name_origin"):
        for name, mine in away.groupby(values[grouping]):
            if len(mine) >= 100:
                # Siblings are alike, so that children count for a little less than one each.
                error = np.sqrt(1.3 * away.var() / len(mine))
                assert abs(mine.mean() - away.mean()) < 4 * error, name


@pytest.mark.full
def test_an_unfair_district_has_the_published_differences_and_says_so():
    made = truth(students=4000, seed=77, fair=False)
    group = made.population.children.set_index("person")["group"]
    told = wide(made)["chronically_absent"].dropna()
    share = (told == "true").groupby(group).mean()
    published = figures("chronic_absence", "2022-23")
    for name in ("White", "Hispanic", "Black"):
        assert abs(share[name] - published[name] / 100) < 0.05
    assert any(name.startswith("group_") for name in made.life.effects["name"])
    assert not any(name.startswith("group_") for name in truth(students=600).life.effects["name"])


def test_grades_are_given_for_periods_that_are_over(made):
    grades = made.life.grades.frame(made.population, made.schooling)
    assert grades["numeric_grade"].between(0, 100).all()
    assert not grades.duplicated(["person", "section_id", "grading_period"]).any()
    current = grades.loc[grades["school_year"] == 2026]
    assert set(current["grading_period"]) == {"First Nine Weeks", "Second Nine Weeks", "Third Nine Weeks"}
    assert set(grades.loc[grades["school_year"] == 2025, "grading_period"]) > set(current["grading_period"])
    letters = grades.groupby("letter_grade")["numeric_grade"].agg(["min", "max"])
    assert letters.loc["A", "min"] == 90
    assert letters.loc["B", "max"] == 89
    seats = made.schooling.section_enrollment[["person", "section_id"]].drop_duplicates()
    assert len(grades.merge(seats, on=["person", "section_id"], how="inner", validate="many_to_one")) == len(
        grades
    )


def test_some_children_have_no_meal_account_and_some_owe_money(made):
    accounts, children = made.life.meal_accounts, made.population.children
    assert accounts["person"].is_unique
    assert abs(len(accounts) / len(children) - made.scenario.meal_coverage) < 0.05
    assert 0.08 < (accounts["balance"] < 0).mean() < 0.25
    assert (accounts["balance"].round(2) == accounts["balance"]).all()


def test_every_effect_has_a_size_a_unit_and_a_source(made):
    effects = made.life.effects
    assert effects["name"].is_unique
    assert effects[["name", "from", "to", "size", "unit", "source"]].notna().all(axis=None)
    assert not made.life.values.duplicated(["person", "element", "as_of"]).any()
