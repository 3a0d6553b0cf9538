"""Tests: who sits them on which day, how scores lie to the norms, what hangs together with them."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from synthetic_data.facts import rows
from synthetic_data.life.learning.tests import (
    PROGRAMS,
    SEASONS,
    SUBJECTS,
    TESTED,
    WINDOWS,
    means,
    percentiles,
    spreads,
    window_of,
)
from tests.synthetic_data.truth import Truth, truth

# Nothing was tuned on these.
LARGE = {"students": 6000, "seed": 811}


@pytest.fixture(scope="module")
def made() -> Truth:
    return truth(students=600)


@pytest.fixture(scope="module")
def large() -> Truth:
    return truth(**LARGE)


def every_year(made: Truth) -> pd.DataFrame:
    return made.life.tests.frame(made.population)


def frame(made: Truth) -> pd.DataFrame:
    """Give the tests of this year."""
    tests = every_year(made)
    return tests.loc[tests["school_year"] == made.scenario.school_year].reset_index(drop=True)


def values(made: Truth, day: object = None) -> pd.DataFrame:
    told = made.life.values
    told = told.loc[told["as_of"] == pd.Timestamp(day or made.scenario.as_of)]
    return told.pivot(index="person", columns="element", values="value")


def standing(made: Truth) -> pd.Series:
    """Mean standard score in MAP Growth, by child."""
    tests = made.life.tests.at(np.flatnonzero(made.life.tests.program == 0))
    norms = (0, tests.subject, tests.grade, tests.season)
    scores = pd.Series((tests.score - means(*norms)) / spreads(*norms))
    return scores.groupby(made.population.children["person"].array.take(tests.child)).mean()


def test_a_child_sits_a_test_once_in_a_window_on_a_day_of_it_and_in_a_grade_that_is_tested(made: Truth):
    tests = every_year(made)
    assert not tests.duplicated(["person", "assessment", "academic_subject", "school_year", "term"]).any()
    assert set(tests.loc[tests["school_year"] == 2025, "assessment"]) == {"MAP Growth"}
    for program, year in ((0, 2025), (0, 2026), (1, 2026)):
        mine = tests.loc[(tests["assessment"] == PROGRAMS[program]) & (tests["school_year"] == year)]
        lowest, highest = TESTED[program]
        grade = mine["grade_level"].replace("KG", "00").astype("int64")
        assert set(grade) == set(range(lowest, highest + 1))
        for season, window in zip(SEASONS, WINDOWS[program], strict=True):
            days = mine.loc[mine["term"] == season, "administration_date"]
            first, last = (pd.Timestamp(day) for day in window_of(year, window))
            assert len(days)
            assert days.between(first, min(last, pd.Timestamp(made.scenario.as_of))).all()


def test_nobody_sits_a_test_who_is_absent_or_not_enrolled_there(made: Truth):
    tests, absences = every_year(made), made.life.absences
    key = ["person", "administration_date"]
    missed = absences.loc[absences["attendance_event_category"].str.endswith("Absence")]
    missed = missed.rename(columns={"date": "administration_date"})[key]
    assert tests.merge(missed, on=key, how="inner", validate="many_to_one").empty
    taught = made.schooling.calendar
    taught = taught.loc[taught["is_instructional"].astype(bool), ["school_id", "date"]]
    taught = taught.rename(columns={"date": "administration_date"})
    on_days = tests.merge(
        taught, on=["school_id", "administration_date"], how="inner", validate="many_to_one"
    )
    assert len(on_days) == len(tests)
    spells = made.schooling.school_enrollment[["person", "school_id", "begin_date", "end_date"]]
    both = tests.reset_index().merge(spells, on=["person", "school_id"], how="inner", validate="many_to_many")
    day = both["administration_date"]
    there = (day >= both["begin_date"]) & (both["end_date"].isna() | (day <= both["end_date"]))
    assert set(both.loc[there, "index"]) == set(tests.index)


def test_who_is_away_makes_up_for_it_and_who_is_never_there_has_no_result(large: Truth):
    tests = frame(large)
    mine = tests.loc[(tests["assessment"] == "MAP Growth") & (tests["term"] == "Winter")]
    by_class = mine.groupby(["academic_subject", "school_id", "grade_level"])["administration_date"]
    first = by_class.transform("min")
    assert 0.02 < (mine["administration_date"] > first).mean() < 0.2
    # Enrolled all the time and never tested: away on every day from the grade's own on, or excused.
    window = [pd.Timestamp(day) for day in window_of(2026, WINDOWS[0][1])]
    spells = large.schooling.school_enrollment
    stays = spells.loc[
        (spells["begin_date"] <= window[0])
        & (spells["end_date"].isna() | (spells["end_date"] >= window[1]))
        & spells["grade_level"].isin([f"{grade:02d}" for grade in range(2, 10)])
    ]
    tested = stays["person"].isin(mine.loc[mine["academic_subject"] == "Mathematics", "person"])
    assert 0.002 < (~tested).mean() < 0.04


def test_later_tests_do_not_exist_yet():
    early = truth(students=150, seed=3, as_of="2026-01-20")
    assert frame(early)["administration_date"].max() <= pd.Timestamp("2026-01-20")
    assert "Spring" not in set(frame(early)["term"])
    # What had happened by then is the same as in a district that is exported later.
    later = frame(truth(students=150, seed=3))
    assert set(SEASONS) == set(later["term"])


def test_means_and_spreads_of_each_grade_and_season_are_those_of_the_norms(large: Truth):
    tests = frame(large)
    mine = tests.loc[tests["assessment"] == "MAP Growth"]
    for (subject, grade, term), scores in mine.groupby(["academic_subject", "grade_level", "term"])["score"]:
        place = SUBJECTS.index(subject), np.array([int(grade)]), SEASONS.index(term)
        mean, spread = float(means(0, *place)[0]), float(spreads(0, *place)[0])
        # Siblings are alike, so that children count for a little less than one each; 48 cells are looked at.
        assert abs(scores.mean() - mean) < 4 * spread * np.sqrt(1.1 / len(scores))
        assert 0.88 < scores.std() / spread < 1.12


def test_norms_fit_the_published_medians():
    for row in rows("map_growth_norms_2025"):
        assert abs(float(row["mean"]) - float(row["median"])) <= 0.6
        assert row["percentiles"] == "19"


def test_percentiles_are_those_of_the_normal_distribution():
    standard = np.linspace(-4, 4, 801)
    exact = np.array([100 * NormalDist().cdf(one) for one in standard])
    told = percentiles(standard)
    assert (np.abs(told - exact) <= 0.5 + 1e-9).sum() >= 801 - np.sum((exact < 0.5) | (exact > 99.5))
    assert told.min() == 1
    assert told.max() == 99


@pytest.mark.full
def test_scores_hang_together_with_grades_and_absence_by_the_traits_alone(large: Truth):
    told = values(large)[["rate", "grade_average"]].astype("float64").join(standing(large).rename("z"))
    told = told.dropna()
    away, grades = (np.corrcoef(told[name], told["z"])[0, 1] for name in ("rate", "grade_average"))
    assert 0.25 < away < 0.38  # who is there more scores higher
    assert 0.68 < grades < 0.77
    apart = truth(**LARGE, trait_ties=0, ses_gradient=0, mobility=0, homelessness=0, disability=0)
    told = values(apart)[["rate"]].astype("float64").join(standing(apart).rename("z")).dropna()
    assert abs(np.corrcoef(told["rate"], told["z"])[0, 1]) < 4 / np.sqrt(len(told))


def test_a_child_scores_about_the_same_again(large: Truth):
    tests = frame(large)
    mine = tests.loc[(tests["assessment"] == "MAP Growth") & (tests["academic_subject"] == "Reading")]
    wide = mine.pivot(index="person", columns="term", values="percentile").astype("float64")
    assert 0.84 < wide["Fall"].corr(wide["Spring"]) < 0.92
    ready = tests.loc[(tests["assessment"] == "i-Ready") & (tests["academic_subject"] == "Reading")]
    ready = ready.loc[ready["term"] == "Fall"].set_index("person")["percentile"].astype("float64")
    assert 0.8 < wide["Fall"].corr(ready) < 0.92


def test_no_score_differs_by_group_even_where_absence_does():
    made = truth(students=4000, seed=77, fair=False)
    group = made.population.children.set_index("person")["group"]
    scores = standing(made)
    for name, mine in scores.groupby(group):
        if len(mine) >= 100:
            assert abs(mine.mean() - scores.mean()) < 4 * np.sqrt(1.3 * scores.var() / len(mine)), name


def roster_days(made: Truth) -> list[pd.Timestamp]:
    values = made.life.values
    return sorted(values.loc[values["element"] == "rate", "as_of"].unique())


def test_the_true_value_is_the_newest_test_whichever_it_is_and_of_an_earlier_day_the_newest_then(made: Truth):
    tests = frame(made).sort_values("administration_date", kind="stable")
    mine = tests.loc[tests["academic_subject"] == "Mathematics"]
    newest = mine.drop_duplicates("person", keep="last").set_index("person")["score"]
    told = values(made)["math_score"].dropna()
    assert told.astype("float64").to_dict() == newest.astype("float64").to_dict()
    days = roster_days(made)
    assert len(days) > 1
    then = mine.loc[mine["administration_date"] <= days[0]].drop_duplicates("person", keep="last")
    then = then.set_index("person")["score"]
    differs = then[then != newest.reindex(then.index)]
    old = values(made, days[0])["math_score"].dropna()
    assert old.astype("float64").to_dict() == differs.astype("float64").to_dict()


def test_the_last_score_of_a_childs_other_test_was_true_on_its_day(made: Truth):
    """So a profile that shows it shows an old score, and no wrong one."""
    tests = frame(made).sort_values("administration_date", kind="stable")
    mine = tests.loc[tests["academic_subject"] == "Reading"]
    last = mine.drop_duplicates(["person", "assessment"], keep="last")
    older = last[last.duplicated("person", keep="last")]
    assert len(older) > 50
    assert (older["assessment"] != "MAP Growth").any()
    assert (older["assessment"] == "MAP Growth").any()
    rows = made.life.values.loc[lambda rows: rows["element"] == "reading_score"]
    true = pd.MultiIndex.from_frame(rows[["person", "value", "as_of"]])
    shown = older.assign(value=[f"{score:.4f}" for score in older["score"]])
    assert pd.MultiIndex.from_frame(shown[["person", "value", "administration_date"]]).isin(true).all()


def test_growth_is_that_of_a_year_from_one_season_to_the_same(made: Truth):
    tests = every_year(made)
    mine = tests.loc[(tests["assessment"] == "MAP Growth") & (tests["academic_subject"] == "Reading")]
    now = frame(made).merge(mine, how="inner", validate="one_to_one").sort_values("administration_date")
    latest = now.drop_duplicates("person", keep="last")[["person", "term", "score"]]
    before = mine.loc[mine["school_year"] == 2025, ["person", "term", "score"]]
    both = latest.merge(before, on=["person", "term"], how="inner", validate="one_to_one").set_index("person")
    told = values(made)["reading_growth"].dropna().astype("float64")
    assert told.to_dict() == (both["score_x"] - both["score_y"]).astype("float64").to_dict()
    assert len(told) > 200
    # The younger grow more, as the norms say.
    grades = made.population.children.set_index("person")["grade_level"]
    young, old = (told[grades.reindex(told.index).isin(some)] for some in (["03", "04"], ["08", "09"]))
    assert young.mean() > old.mean() + 2


def test_days_and_courses_are_counted_to_the_day_of_an_older_roster(made: Truth):
    newest, day = pd.Timestamp(made.scenario.as_of), roster_days(made)[0]
    old, new = values(made, day), values(made)
    enrolled = old["days_enrolled"].dropna().astype("int64")
    assert (enrolled < new.loc[enrolled.index, "days_enrolled"].astype("int64")).all()
    gone = made.schooling.school_enrollment
    gone = gone.loc[(gone["school_year"] == 2026) & (gone["end_date"] < newest)]
    left = set(gone["person"]) - set(
        made.schooling.school_enrollment.query("school_year == 2026 and end_date.isna()")["person"]
    )
    assert left
    assert new.loc[sorted(left & set(new.index)), "courses"].isna().all(), "who left sits in no course"
