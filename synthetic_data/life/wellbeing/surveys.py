"""Simulate answers to a survey on CASEL's five competencies, and on the school.

Children from grade 3 get the survey in fall and spring of both school years, unless a parent opted out. A
child's answers about herself depend on the traits, with a mixture per competency; answers about the school
depend on well-being and support. The second part is confidential, so we store only groups of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import pick
from synthetic_data.life.absences import Absences
from synthetic_data.life.effects import Effect, effect
from synthetic_data.life.free_text import OPEN_QUESTIONS, draw_open_answers, sentences
from synthetic_data.life.presence import days_away, days_in_window, is_away, windows_so_far
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "ABOUT_ME",
    "COMPETENCIES",
    "EFFECTS",
    "FIRST_GRADE",
    "OUR_SCHOOL",
    "SEASONS",
    "WINDOWS",
    "Surveys",
    "draw_surveys",
    "opted_out",
    "survey_elements",
]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

# CASEL's terms, with the element of each.
COMPETENCIES = {
    "Self-awareness": "self_awareness",
    "Self-management": "self_management",
    "Social awareness": "social_awareness",
    "Relationship skills": "relationship_skills",
    "Responsible decision-making": "responsible_decisions",
}
# Items about oneself: three per competency, in that order; the layout has the wording.
ABOUT_ME = tuple(f"{code}{number}" for code in ("SA", "SM", "SO", "RS", "RD") for number in (1, 2, 3))
# Items about the school: two per competency, in the kit's own words.
OUR_SCHOOL = {
    "CA1": "At our school we talk about how we feel.",
    "CA2": "Our lessons help me find out what I am good at.",
    "CM1": "Our classroom is calm enough to work in.",
    "CM2": "Teachers here help us to plan our work.",
    "CO1": "At our school everybody is treated with respect.",
    "CO2": "We learn about each other's families and customs.",
    "CR1": "There is an adult here to whom I can talk.",
    "CR2": "Students here help each other.",
    "CD1": "The rules of our school are fair.",
    "CD2": "Students have a say in what is done.",
}
SEASONS = ("Fall", "Spring")
# The kit's own, as is all that follows.
WINDOWS = {"fall": ("10-20", "11-07"), "spring": ("03-16", "04-10")}
FIRST_GRADE = 3
OPTED_OUT = 0.05  # of children: a parent opted out
ANSWERED, LEFT_OUT = 0.88, 0.02  # of those asked; of items
# Shares of engagement, well-being and support in each competency; the rest is the child's own.
MIXTURES = (
    (0.10, 0.45, 0.15),
    (0.45, 0.30, 0.10),
    (0.10, 0.30, 0.30),
    (0.10, 0.40, 0.35),
    (0.40, 0.15, 0.20),
)
OF_THE_SCHOOL = (0.15, 0.35, 0.25)
OWN_STEADY = 0.6  # share of the rest's variance that is the same in every window
MIDDLE, SPREAD, OF_THE_ITEM = 3.6, 0.75, 0.75  # of answers before rounding
DOWN_A_GRADE = 0.04  # decrease of the mean per grade: older children answer lower
FAVORABLE = 4

EFFECTS = (
    *(
        Effect(f"{trait.replace('-', '_')}_in_{element}", trait, element.replace("_", " "), size, "weight")
        for element, mixture in zip(
            (*COMPETENCIES.values(), "our_school"), (*MIXTURES, OF_THE_SCHOOL), strict=True
        )
        for trait, size in zip(("engagement", "well-being", "support"), mixture, strict=True)
    ),
    effect("grade_in_answers", -DOWN_A_GRADE),
)


@dataclass(frozen=True)
class Surveys:
    """Named answers as arrays, by year, window and child; and groups of the confidential part.

    ``answers`` has one column per item of `ABOUT_ME`, 0 if the child skipped it; ``words`` has one per open
    question, a place in `sentences`, -1 if the child left it empty. ``group`` has one row per
    school, grade, year and window (indexes, in this order); ``asked``, ``total`` and ``favorable`` have one
    column per item of `OUR_SCHOOL`.
    """

    child: Codes
    school: Codes
    grade: Codes
    year: Codes
    window: Codes
    day: Days
    answers: Codes
    words: Codes
    group: Codes
    asked: Codes
    total: Codes
    favorable: Codes


def opted_out(scenario: Scenario, count: int) -> Mask:
    """Mark children with a parent who opted out of the survey."""
    return rng_for(scenario.seed, "surveys", "consent").random(count) < OPTED_OUT


def draw_surveys(scenario: Scenario, schooling: Schooling, absences: Absences, traits: Traits) -> Surveys:
    """Draw the answers of children."""
    enrollments, count = schooling.enrollments, len(traits.engagement)
    agreed = ~opted_out(scenario, count)
    own = rng_for(scenario.seed, "surveys", "own").standard_normal((len(COMPETENCIES) + 1, count))
    away = days_away(absences)
    windows = windows_so_far(WINDOWS, scenario.school_year, scenario.as_of, scenario.people_only)
    sat: list[tuple[Codes, Codes, Codes, Days, Codes, Codes]] = []
    groups: list[tuple[Codes, Codes, Codes, Codes]] = []
    for year, window, season, first, last in windows:
        rng = rng_for(scenario.seed, "surveys", year, season)
        asked = (agreed & (rng.random(count) < ANSWERED))[enrollments.child] & (
            enrollments.grade >= FIRST_GRADE
        )
        enrollment, day = days_in_window(schooling, year, (first, last), asked, rng.random(count))
        there = ~is_away(away, enrollments.child[enrollment], day)
        enrollment, day = enrollment[there], day[there]
        shown = np.array(
            [traits.in_season(name, year, season) for name in ("engagement", "well_being", "support")]
        )
        child, grade = enrollments.child[enrollment], enrollments.grade[enrollment]
        answers = [
            _answers(rng, np.array(mixture) @ shown[:, child], mixture, own[place, child], grade, items)
            for place, (mixture, items) in enumerate(
                [*((mixture, 3) for mixture in MIXTURES), (OF_THE_SCHOOL, len(OUR_SCHOOL))]
            )
        ]
        about_me, about_school = np.hstack(answers[:-1]), answers[-1]
        about_me[rng.random(about_me.shape) < LEFT_OUT] = 0
        words = draw_open_answers(scenario, year, season, child, grade, count)
        sat.append((enrollment, np.full(len(child), year), np.full(len(child), window), day, about_me, words))
        groups.append(_groups(enrollments.school[enrollment], grade, year, window, about_school))
    enrollment, of_year, of_window, day, about_me, words = (
        np.concatenate([one[n] for one in sat]) for n in range(6)
    )
    group, asked_n, total, favorable = (np.concatenate([one[n] for one in groups]) for n in range(4))
    return Surveys(
        child=enrollments.child[enrollment],
        school=enrollments.school[enrollment],
        grade=enrollments.grade[enrollment],
        year=of_year,
        window=of_window,
        day=day,
        answers=about_me,
        words=words,
        group=group,
        asked=asked_n,
        total=total,
        favorable=favorable,
    )


def _answers(
    rng: np.random.Generator,
    of_traits: Numbers,
    mixture: tuple[float, ...],
    own: Numbers,
    grade: Codes,
    items: int,
) -> Codes:
    """Draw answers, 1 to 5, to several items about one topic."""
    count = len(of_traits)
    rest = np.sqrt(max(0.0, 1 - float(np.sum(np.square(mixture)))))
    steady, passing = np.sqrt(OWN_STEADY), np.sqrt(1 - OWN_STEADY)
    z = of_traits + rest * (steady * own + passing * rng.standard_normal(count))
    middle = MIDDLE - DOWN_A_GRADE * (grade - FIRST_GRADE)
    felt = (middle + SPREAD * z)[:, None] + OF_THE_ITEM * rng.standard_normal((count, items))
    return np.rint(felt).clip(1, 5).astype("int64")


def _groups(
    school: Codes, grade: Codes, year: int, window: int, answers: Codes
) -> tuple[Codes, Codes, Codes, Codes]:
    """Sum confidential answers by school and grade: groups, number of answers, sums, favorable answers."""
    pairs, place = np.unique(school * 100 + grade, return_inverse=True)
    sums = np.zeros((3, len(pairs), answers.shape[1]), dtype="int64")
    for number, values in enumerate((np.ones_like(answers), answers, (answers >= FAVORABLE).astype("int64"))):
        np.add.at(sums[number], place, values)
    group = np.column_stack(
        [pairs // 100, pairs % 100, np.full(len(pairs), year), np.full(len(pairs), window)]
    )
    return group, sums[0], sums[1], sums[2]


def survey_elements(surveys: Surveys, year: int, count: int, until: np.datetime64) -> list[Element]:
    """Average each child's answers in the latest window up to a day, and find the latest words."""
    mine = (surveys.year == year) & (surveys.day <= until)
    found = []
    for place, name in enumerate(COMPETENCIES.values()):
        answers = surveys.answers[mine, 3 * place : 3 * place + 3]
        given = (answers > 0).sum(axis=1)
        mean = np.full(len(answers), np.nan)
        np.divide(answers.sum(axis=1), given, out=mean, where=given > 0)
        latest = np.full(count, np.nan)
        answered = given > 0
        latest[surveys.child[mine][answered]] = mean[answered]  # windows are in order: the last one wins
        found.append(Element(name, latest, measured))
    for place, name in enumerate(OPEN_QUESTIONS.values()):
        words = surveys.words[mine, place]
        latest = np.full(count, np.nan)
        latest[surveys.child[mine][words >= 0]] = words[words >= 0]
        found.append(Element(name, latest, lambda numbers: pick(sentences(), numbers.astype("int64"))))
    return found
