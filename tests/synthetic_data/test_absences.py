"""Absences by day and grade: illness and staying away, seasons, the pandemic's rise and fall."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synthetic_data.facts import figures
from synthetic_data.life.absences import (
    by_illness,
    flu_peak,
    for_other_reasons,
    illness,
    onset_rates,
    shock_left,
    staying_away,
)
from synthetic_data.scenario import load_scenario
from synthetic_data.schooling.calendar import WEATHER, school_years
from tests.synthetic_data.truth import truth

MANY = {"students": 12_000, "seed": 41}


@pytest.fixture(scope="module")
def missed():
    """Days missed of a large district's school year before, which is whole."""
    made = truth(**MANY)
    days = made.life.absences
    days = days.loc[days["attendance_event_category"].str.endswith("Absence")]
    return made, days.loc[days["date"] < "2025-07-01"]


def chronic(made, year):
    """Say which share of children missed a tenth of a year's days, from events, calendar and spells."""
    spells, places = made.schooling.enrollments, made.population.school_list
    days = {key: laid_out for key, laid_out in made.schooling.years.items() if key[0] == year}
    length = np.array([len(laid_out.days) for laid_out in days.values()])
    if year == made.scenario.school_year:
        length = np.array([laid_out.past for laid_out in days.values()])
    mine = np.flatnonzero((spells.year == year) & (spells.end != -2))
    last = np.where(spells.is_open[mine], length[spells.level[mine]] - 1, spells.end[mine])
    count = len(made.population.children)
    enrolled = np.bincount(
        spells.child[mine], weights=np.maximum(last - spells.begin[mine] + 1, 0), minlength=count
    )
    events = made.life.absences
    first, after = pd.Timestamp(f"{year - 1}-07-01"), pd.Timestamp(f"{year}-07-01")
    events = events.loc[
        events["attendance_event_category"].str.endswith("Absence")
        & (events["date"] >= first)
        & (events["date"] < after)
    ]
    child = pd.Index(made.population.children["person"]).get_indexer(pd.Index(events["person"]))
    away = np.bincount(child, minlength=count)
    assert places.ids
    here = enrolled >= 10
    return (10 * away[here] >= enrolled[here]).mean()


@pytest.mark.full
def test_illness_peaks_with_the_flu_and_other_absence_does_not(missed):
    made, days = missed
    peak = pd.Timestamp(flu_peak(made.scenario.seed, 2025))
    near = (days["date"] - peak).abs() <= pd.Timedelta(days=10)
    taught = made.schooling.calendar
    taught = taught.loc[
        taught["is_instructional"] & (taught["school_year"] == 2025), "date"
    ].drop_duplicates()
    share_of_days = ((taught - peak).abs() <= pd.Timedelta(days=10)).mean()
    ill = days["reason"] == "Illness"
    assert near[ill].mean() > 1.6 * share_of_days
    assert near[~ill].mean() < 1.35 * share_of_days


def test_more_stay_away_on_the_day_after_bad_weather_and_before_closed_days(missed):
    made, days = missed
    calendar = made.schooling.years[2025, "elementary"]
    (closed,) = calendar.weekdays[calendar.events == WEATHER]
    after = calendar.days[np.searchsorted(calendar.days, closed)]
    usual = days.loc[days["reason"] != "Illness"].groupby("date").size()
    weekday = pd.DatetimeIndex(usual.index).day_of_week
    same = usual[weekday == pd.Timestamp(after).day_of_week]
    assert same[pd.Timestamp(after)] > 1.2 * same.median()


@pytest.mark.parametrize("year", range(2015, 2032))
def test_seasons_move_absences_and_add_none(year):
    for laid_out in school_years(load_scenario(school_year=year, seed=year)).values():
        for factor in (illness(year, laid_out), staying_away(laid_out)):
            assert len(factor) == len(laid_out.days)
            assert factor.mean() == pytest.approx(1)
            assert factor.min() > 0


def test_the_young_are_ill_and_the_old_stay_away():
    ill, other = by_illness(), for_other_reasons()
    assert ill[0] > 3 * ill[-1]
    assert other[-1] > 2 * other[0]


def test_nothing_about_a_grade_is_fitted_to_the_published_shape(missed):
    # Both rates are smooth in the grade but for the first in a school: no grade has a number of its own.
    ill = np.log(by_illness())
    inside = [0.0 if grade in (0, 6, 9) else 1.0 for grade in range(13)]
    steps = np.diff(ill)[[grade for grade in range(12) if inside[grade] and inside[grade + 1]]]
    assert np.allclose(steps, steps[0])


def test_schools_differ_in_absence_more_than_by_chance(missed):
    made, days = missed
    table = (
        days.groupby("school_id").size()
        / made.schooling.school_enrollment.query("school_year == 2025")["school_id"].value_counts()
    )
    levels = made.population.schools.set_index("school_id")["level"]
    elementary = table[levels[table.index] == "elementary"]
    # About 450 children a school: by chance alone the means would differ by some 4 percent.
    assert elementary.std() / elementary.mean() > 0.06


@pytest.mark.parametrize(("year", "left"), [(2018, 0.0), (2021, 0.0), (2022, 1.0), (2026, 0.5), (2030, 0.25)])
def test_the_shock_begins_in_its_year_and_halves(year, left):
    assert shock_left(load_scenario("pandemic"), year) == left
    assert shock_left(load_scenario(), year) == 0


@pytest.mark.full
def test_the_pandemic_rises_to_its_peak_and_falls_slowly():
    published = figures("chronic_absence", "2017-18")["all"], figures("chronic_absence", "2021-22")["all"]
    shape = {"students": 6000, "seed": 43, "chronic_absence": 0.16, "chronic_absence_peak": 0.297}
    before = chronic(truth(**shape, school_year=2018), 2018)
    made = truth(**shape, school_year=2023)
    peak, later = chronic(made, 2022), chronic(made, 2023)
    assert abs(100 * before - published[0]) < 2.5
    assert abs(100 * peak - published[1]) < 2.5
    assert before + 0.05 < later < peak


def test_rates_rise_with_the_tendency_and_have_one_level_for_all():
    made = truth(students=600)
    grade = np.zeros(3, dtype="int64")
    small = made.population
    rates = onset_rates(made.scenario, small, grade, np.array([-1.0, 0.0, 1.0]), made.schooling.years, 2026)
    assert rates[0] < rates[1] < rates[2]
    assert rates[2] / rates[1] == pytest.approx(rates[1] / rates[0])
