"""Generate the survey vendor's files: named answers in one part, only groups in the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, marked, only, pick, text, whole
from synthetic_data.life.free_text import OPEN_QUESTIONS, sentences
from synthetic_data.life.presence import windows_of
from synthetic_data.life.wellbeing.surveys import (
    ABOUT_ME,
    COMPETENCIES,
    FIRST_GRADE,
    OUR_SCHOOL,
    SEASONS,
    WINDOWS,
    Surveys,
    opted_out,
)
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    arrived_by,
    limits,
    not_held,
)
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Exchange, Scenario

__all__ = ["LAYOUT", "SILO", "SMALLEST_GROUP", "observe"]

SILO = "survey"
LAYOUT = "wellbeing/casel_survey"
SORTED_BY = {"about_me": ("School", "Answered on", "Last name", "First name")}
# The invented vendor withholds smaller groups; what a district shows is for the district to say.
SMALLEST_GROUP = 10

columns_not_held = partial(not_held, LAYOUT, held=("school_id",))


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the survey vendor's files of both school years."""
    surveys = truth.life.surveys
    years = (scenario.school_year - 1, scenario.school_year)
    named = [_about_me(scenario, truth, exchange, surveys, year) for year in years]
    asked = Later("our_school", lambda: _our_school(truth, surveys, years))
    enrollments, person = truth.schooling.enrollments, truth.population.children["person"]
    missing = arrived_by(truth, scenario.as_of)
    missing[surveys.child] = False
    begun = truth.schooling.begin <= np.datetime64(scenario.as_of, "D")
    of_age = marked(enrollments.child[begun & (enrollments.grade >= FIRST_GRADE)], len(person))
    refused = missing & of_age & opted_out(scenario, len(person))
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(*(one for one in named if len(one.people)), asked),
        limits=pd.concat(
            [
                all_limits(
                    {"Opted out": person.loc[refused], "Not served": person.loc[missing & ~refused]},
                    columns_not_held(),
                ),
                limits(columns=("response",), reason="Confidential"),
            ],
            ignore_index=True,
        ),
    )


def _about_me(scenario: Scenario, truth: Truth, exchange: Exchange, surveys: Surveys, year: int) -> Recorded:
    """Build a year's named answers."""
    population = truth.population
    children = population.children
    mine = np.flatnonzero(surveys.year == year)
    child, answers = surveys.child[mine], surveys.answers[mine]
    frame: dict[str, Any] = {
        "School": pick(population.school_list.names, surveys.school[mine]),
        "Grade": pick(GRADES, surveys.grade[mine]),
        "First name": children["first_name"].array.take(child),
        "Last name": children["last_surname"].array.take(child),
        "Window": pick(SEASONS, surveys.window[mine]),
        "Answered on": dates(surveys.day[mine]),
    }
    if "District" in exchange.ids:
        frame["Student number"] = children["district_number"].array.take(child)
    frame |= {item: whole(answers[:, place], answers[:, place] > 0) for place, item in enumerate(ABOUT_ME)}
    if scenario.free_text:
        words = surveys.words[mine]
        frame |= {item: pick(sentences(), words[:, place]) for place, item in enumerate(OPEN_QUESTIONS)}
    people = about(children["person"].array.take(child), "Subject")
    return Recorded("about_me", f"about_me_{year}.csv", pd.DataFrame(frame), people)


def _our_school(truth: Truth, surveys: Surveys, years: tuple[int, int]) -> Iterator[Recorded]:
    """Build the answers of groups about their school: one row per group and item, about nobody."""
    for year in years:
        mine = np.flatnonzero(surveys.group[:, 2] == year)
        items, count = len(OUR_SCHOOL), len(mine) * len(OUR_SCHOOL)
        if not count:
            continue
        school, grade, _, window = np.repeat(surveys.group[mine], items, axis=0).T
        item = np.tile(np.arange(items), len(mine))
        asked, total, liked = (
            sums[mine].reshape(-1) for sums in (surveys.asked, surveys.total, surveys.favorable)
        )
        reported = asked >= SMALLEST_GROUP
        closed = np.array([last for _, _, last in windows_of(WINDOWS, year)])
        shown = np.maximum(asked, 1)
        withheld = text(only(~reported, "Withheld"))
        competency = item // (items // len(COMPETENCIES))
        frame = pd.DataFrame(
            {
                "School": pick(truth.population.school_list.names, school),
                "Grade": pick(GRADES, grade),
                "Window": pick(SEASONS, window),
                "Closed on": dates(closed[window]),
                "Competency": pick(tuple(COMPETENCIES), competency),
                "Item": pick(tuple(OUR_SCHOOL), item),
                "Question": pick(tuple(OUR_SCHOOL.values()), item),
                "Answers": whole(asked, reported),
                "Answers_status": withheld,
                "Mean": _masked(total / shown, reported),
                "Mean_status": withheld,
                "Favourable": _masked(liked / shown, reported),
                "Favourable_status": withheld,
            }
        )
        nobody = about(
            text(only(np.zeros(count, dtype=bool), "")), text(only(np.zeros(count, dtype=bool), ""))
        )
        yield Recorded("our_school", f"our_school_{year}.csv", frame, nobody)


def _masked(numbers: npt.NDArray[np.float64], reported: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    return np.where(reported, numbers, np.nan)
