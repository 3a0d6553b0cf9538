"""Simulate screenings of two school years: raters, risk scores, and parents' opt-outs.

In fall and winter a teacher rates every child unless a parent opted out. In fall, children from grade 3 fill
in their own form, and so do some parents. Scores depend on well-being in that season, slightly on engagement,
and on the rater.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import Arrays, pick
from synthetic_data.life.absences import Absences
from synthetic_data.life.effects import effect
from synthetic_data.life.learning.tests import percentiles
from synthetic_data.life.presence import days_away, days_in_window, is_away, windows_so_far
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "EFFECTS",
    "FORMS",
    "OF_FORM",
    "RISKS",
    "STUDENT",
    "SUBSCALES",
    "TEACHER",
    "WINDOWS",
    "Screenings",
    "draw_screenings",
    "opted_out",
    "screening_elements",
]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

FORMS = ("Teacher", "Student", "Guardian")
TEACHER, STUDENT, GUARDIAN = range(3)
RISKS = ("Normal", "Elevated", "Extremely Elevated")
# T scores from which a risk is elevated, and extremely elevated, according to the publisher's manual.
CUTS = (61, 71)
# First and last day by window, month and day; the kit's own.
WINDOWS = {"fall": ("09-22", "10-17"), "winter": ("01-20", "02-13")}
# The publisher has a self-report form for grades 3 to 12 (index in GRADES).
FIRST_OWN_FORM = 3
SUBSCALES = ("ERI", "IRI", "ARI", "PRI", "SRI")
# Subscales of each form, as in observed rows.
OF_FORM = ((0, 1, 2), (1, 3, 4), (0, 1, 2))

# The kit's own sizes.
OPTED_OUT = 0.04  # of children: a parent opted out, for both years
FILLED_IN = (0.97, 0.90, 0.15)  # of those asked, by form
WELL_BEING_IN_RISK, ENGAGEMENT_IN_RISK = -0.60, -0.15
OF_THE_RESPONDENT = 0.30  # of the variance
# T scores are skewed: these three produce a mean of 50, a standard deviation of 10, and almost the observed
# pairs of T score and percentile (40 and 14, 51 and 64, 64 and 90).
T_FLOOR, T_SCALE, T_SKEW = 31.2, 16.6, 0.5
RAW_FROM, RAW_A_POINT = 21.0, 1.4  # raw score at a T score of 50, and increase per point
# Mean, standard deviation, and lowest raw score of elevated risk, by subscale.
SUBSCALE_SIZES = ((3.2, 3.8, 9), (4.6, 3.4, 10), (12.0, 5.0, 20), (7.0, 4.5, 14), (6.0, 3.8, 12))
SUBSCALE_TIE = 0.8  # correlation of a subscale with the total

EFFECTS = (
    effect("well_being_in_screenings", WELL_BEING_IN_RISK),
    effect("engagement_in_screenings", ENGAGEMENT_IN_RISK),
    effect("respondent_in_screenings", OF_THE_RESPONDENT),
    effect("opted_out", OPTED_OUT),
)


@dataclass(frozen=True)
class Screenings(Arrays):
    """Filled-in forms as arrays, by year, window, form and child.

    ``sub`` and ``elevated`` have one column for each of the form's three subscales (`subscales_of`).
    """

    child: Codes
    school: Codes
    grade: Codes
    enrollment: Codes
    year: Codes
    window: Codes
    form: Codes
    day: Days
    t_score: Codes
    raw_score: Codes
    percentile: Codes
    risk: Codes
    sub: Codes
    elevated: Mask


def opted_out(scenario: Scenario, count: int) -> Mask:
    """Mark children with a parent who opted out of screening."""
    return rng_for(scenario.seed, "screenings", "consent").random(count) < OPTED_OUT


def draw_screenings(
    scenario: Scenario, schooling: Schooling, absences: Absences, traits: Traits
) -> Screenings:
    """Draw the screenings of children."""
    agreed = ~opted_out(scenario, len(traits.engagement))
    parts = []
    windows = windows_so_far(WINDOWS, scenario.school_year, scenario.as_of, scenario.people_only)
    for year, window, season, first, last in windows:
        shown = WELL_BEING_IN_RISK * traits.in_season("well_being", year, season)
        shown += ENGAGEMENT_IN_RISK * traits.in_season("engagement", year, season)
        shown /= shown.std()
        forms = (TEACHER,) if window or scenario.people_only else (TEACHER, STUDENT, GUARDIAN)
        for form in forms:
            rng = rng_for(scenario.seed, "screenings", year, season, FORMS[form])
            asked = (agreed & (rng.random(len(agreed)) < FILLED_IN[form]))[schooling.enrollments.child]
            if form == STUDENT:
                asked &= schooling.enrollments.grade >= FIRST_OWN_FORM
            draw = rng.random(len(agreed))
            drawn = days_in_window(schooling, year, (first, last), asked, draw)
            parts.append(_filled_in(schooling, rng, year, window, form, shown, *drawn))
    whole = Screenings.stack(parts)
    own = whole.form == STUDENT
    if own.any():
        away = days_away(absences)
        there = ~(own & is_away(away, whole.child, whole.day))
        whole = whole.at(there)
    return whole


def _filled_in(
    schooling: Schooling,
    rng: np.random.Generator,
    year: int,
    window: int,
    form: int,
    shown: Numbers,
    enrollment: Codes,
    day: Days,
) -> Screenings:
    """Convert a child's standing to the scores of a form; more is worse."""
    enrollments, count = schooling.enrollments, len(enrollment)
    child = enrollments.child[enrollment]
    z = np.sqrt(1 - OF_THE_RESPONDENT) * shown[child]
    z += np.sqrt(OF_THE_RESPONDENT) * rng.standard_normal(count)
    t_score = np.rint(T_FLOOR + T_SCALE * np.exp(T_SKEW * z)).clip(20, 105).astype("int64")
    raw_score = np.rint(RAW_FROM + RAW_A_POINT * (t_score - 50)).clip(0).astype("int64")
    sub = np.zeros((count, 3), dtype="int64")
    elevated = np.zeros((count, 3), dtype=bool)
    for place, scale in enumerate(OF_FORM[form]):
        mean, spread, cut = SUBSCALE_SIZES[scale]
        part = SUBSCALE_TIE * z + np.sqrt(1 - SUBSCALE_TIE**2) * rng.standard_normal(count)
        sub[:, place] = np.rint(mean + spread * part).clip(0)
        elevated[:, place] = sub[:, place] >= cut
    return Screenings(
        child=child,
        school=enrollments.school[enrollment],
        grade=enrollments.grade[enrollment],
        enrollment=enrollment,
        year=np.full(count, year),
        window=np.full(count, window),
        form=np.full(count, form),
        day=day,
        t_score=t_score,
        raw_score=raw_score,
        percentile=percentiles(np.log((t_score - T_FLOOR).clip(0.5) / T_SCALE) / T_SKEW),
        risk=np.searchsorted(CUTS, t_score, side="right").astype("int64"),
        sub=sub,
        elevated=elevated,
    )


def screening_elements(screenings: Screenings, year: int, count: int, until: np.datetime64) -> list[Element]:
    """Return the results of each child's latest forms of this year, up to a day."""
    so_far = (screenings.year == year) & (screenings.day <= until)

    def newest(form: int, numbers: Codes) -> Numbers:
        mine = so_far & (screenings.form == form)
        latest = np.full(count, np.nan)
        latest[screenings.child[mine]] = numbers[mine]  # windows are in order: the last one wins
        return latest

    def level(name: str, form: int) -> Element:
        levels = newest(form, screenings.risk)
        return Element(name, levels, lambda positions: pick(RISKS, positions.astype("int64")))

    return [
        level("screening_risk", TEACHER),
        Element("screening_t_score", newest(TEACHER, screenings.t_score), measured),
        level("screening_risk_student", STUDENT),
        level("screening_risk_guardian", GUARDIAN),
    ]
