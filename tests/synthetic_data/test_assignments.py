"""Coursework follows how a child does, engagement and absence, and keeps to the calendar."""

from __future__ import annotations

import numpy as np
import pytest

from synthetic_data.life.learning.assignments import (
    GROUPS,
    NEVER,
    Coursework,
    learning_elements,
    standing,
    totals,
)
from tests.synthetic_data.truth import Truth, truth


@pytest.fixture(scope="module")
def big() -> Truth:
    return truth(students=3000, seed=5)


def course(of: Truth) -> Coursework:
    return of.life.coursework


def levels(of: Truth) -> np.ndarray:
    """The school level of each assignment's section."""
    sections = of.schooling.sections.iloc[course(of).sections]
    grades = of.schooling.courses.set_index("course_id")["grade_level"].loc[sections["course_id"]]
    high = grades.isin(["09", "10", "11", "12"]).to_numpy()
    return np.where(high, "high", "middle")[course(of).section]


def test_only_middle_and_high_schools_of_this_year_set_assignments(big: Truth) -> None:
    sections = big.schooling.sections.iloc[course(big).sections]
    grades = big.schooling.courses.set_index("course_id")["grade_level"].loc[sections["course_id"]]

    assert set(grades) == {"06", "07", "08", "09", "10", "11", "12"}
    assert set(sections["school_year"]) == {big.scenario.school_year}


def test_assignments_are_due_on_days_on_which_school_is_held(big: Truth) -> None:
    work, level = course(big), levels(big)
    for name in ("middle", "high"):
        days = big.schooling.years[big.scenario.school_year, name].days
        assert np.isin(work.due[level == name], days).all()
    assert (work.published <= work.due).all()
    assert (work.points >= 10).all()
    assert (work.points <= 100).all()


def test_assignments_stand_by_section_and_group_with_numbers_of_their_own(big: Truth) -> None:
    work = course(big)
    order = np.lexsort((work.due, work.group, work.section))

    assert (order == np.arange(len(order))).all()
    assert len(set(work.number)) == len(work.number)
    assert all(7 <= len(number) <= 8 for number in work.number)
    assert set(work.group) == set(range(len(GROUPS)))


def test_a_score_lies_between_nothing_and_all_points(big: Truth) -> None:
    work = course(big)
    known = ~np.isnan(work.score)

    assert (work.score[known] >= 0).all()
    assert (work.score[known] <= work.points[work.assignment[known]]).all()
    assert not (known & work.excused).any()
    assert not (known & ~work.assigned).any()
    assert (work.graded[known] > work.due[work.assignment[known]]).all()


def test_what_was_due_before_a_child_came_is_not_assigned(big: Truth) -> None:
    work = course(big)
    before = work.roster.begin[work.place] > work.due[work.assignment]

    assert before.any()
    assert not work.assigned[before].any()
    away = (work.roster.away_from[work.place] < work.due[work.assignment]) & (
        work.roster.away_to[work.place] > work.due[work.assignment]
    )
    assert (work.roster.away_from != NEVER).any()
    assert not work.assigned[away].any()


def test_scores_follow_how_a_child_does(big: Truth) -> None:
    """Of the spread of averages, more than half follows the child's average on report cards."""
    elements = {
        one.name: one.numbers
        for one in learning_elements(
            course(big), standing(course(big), np.datetime64("2026-04-30")), len(big.population.children)
        )
    }
    average = elements["course_average"]
    grades = big.life.grades.frame(big.population, big.schooling)
    grades = grades.loc[grades["school_year"] == big.scenario.school_year]
    card = (
        grades.groupby("person")["numeric_grade"].mean().reindex(big.population.children["person"]).to_numpy()
    )
    both = ~np.isnan(average) & ~np.isnan(card)

    assert both.sum() > 1000
    assert 0.7 < np.corrcoef(average[both], card[both])[0, 1] < 0.97
    assert 70 < average[both].mean() < 84


def test_little_engagement_and_absence_make_missing_work_likelier(big: Truth) -> None:
    work, life = course(big), big.life
    missing = work.assigned & ~work.excused & ((work.score == 0) | np.isnan(work.score))
    of_all = work.assigned & ~work.excused
    engaged = life.traits["engagement"].to_numpy()[work.roster.child[work.place]]
    little, much = engaged < -1, engaged > 1
    shares = [missing[of_all & mask].mean() for mask in (little, much)]
    assert shares[0] > 2 * shares[1]

    person = big.population.children["person"].to_numpy(dtype=object)[work.roster.child[work.place]]
    absences = life.absences.loc[life.absences["attendance_event_category"].str.endswith("Absence")]
    keys = set(zip(absences["person"], absences["date"].to_numpy().astype("datetime64[D]"), strict=True))
    due = work.due[work.assignment]
    some = np.flatnonzero(of_all)[::7]
    away = np.array([(person[at], due[at]) in keys for at in some])
    assert away.sum() > 200
    assert missing[some[away]].mean() > 1.5 * missing[some[~away]].mean()
    excused = np.flatnonzero(work.excused)[:500]
    assert np.mean([(person[at], due[at]) in keys for at in excused]) > 0.6


def test_totals_are_those_of_canvas_without_weights(big: Truth) -> None:
    """Worked out cell by cell for some children: graded and posted counts, the rest is left out or zero."""
    work = course(big)
    now = standing(work, np.datetime64("2026-02-27"))
    sums = totals(work, now)
    groups = totals(work, now, by_group=True)
    for place in np.flatnonzero(now.listed)[:: max(1, int(now.listed.sum()) // 40)].tolist():
        mine = work.place[now.cell] == place
        earned = possible = all_possible = hidden = 0.0
        for at in np.flatnonzero(mine).tolist():
            points = float(work.points[work.assignment[now.cell[at]]])
            if now.assigned[at] and not now.excused[at]:
                all_possible += points
            if now.graded[at]:
                hidden += float(work.score[now.cell[at]])
            if now.posted[at]:
                earned += float(work.score[now.cell[at]])
                possible += points
        assert sums.possible_of_all[place] == all_possible
        assert sums.earned[place] == hidden == groups.earned[place].sum()
        if possible:
            assert sums.current[place] == pytest.approx(100 * earned / possible)
        if all_possible:
            assert sums.final[place] == pytest.approx(100 * earned / all_possible)
            assert sums.final[place] <= sums.unposted_final[place] + 1e-9


def test_as_days_pass_more_is_graded_and_nothing_is_taken_back(big: Truth) -> None:
    work, children = course(big), len(big.population.children)
    counts = []
    for day in ("2025-10-01", "2025-12-01", "2026-02-01", "2026-04-30"):
        now = standing(work, np.datetime64(day))
        graded = np.zeros(len(work.place), dtype=bool)
        graded[now.cell[now.graded]] = True
        still = now.listed[work.place]
        if counts:
            assert not (counts[-1] & still & ~graded).any()
        counts.append(graded)
    elements = learning_elements(work, standing(work, np.datetime64("2026-04-30")), children)
    shown = {one.name: one.numbers for one in elements}
    served = ~np.isnan(shown["assignments_assigned"])
    assert 0.4 < served.mean() < 0.65
    assert (shown["assignments_graded"][served] <= shown["assignments_assigned"][served]).all()
    assert (shown["points_earned"][served] <= shown["points_possible"][served]).all()
