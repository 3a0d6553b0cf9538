"""Course grades of every grading period that is over."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import pick, whole
from synthetic_data.life.traits import Traits
from synthetic_data.population import Population
from synthetic_data.population.schools import LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.school_calendar import GRADING_PERIODS
from synthetic_data.streams import rng_for

__all__ = ["AVERAGE", "CHILD_SPREAD", "draw_grades", "usual_percent"]

Codes = npt.NDArray[np.int64]

# In percent; the kit's own sizes.
AVERAGE, CHILD_SPREAD, COURSE_SPREAD, PERIOD_SPREAD = 81.0, 8.5, 4.0, 3.0
LETTERS = ("F", "D", "C", "B", "A")
LETTER_FROM = (60, 70, 80, 90)


def draw_grades(
    scenario: Scenario, population: Population, schooling: Schooling, traits: Traits
) -> pd.DataFrame:
    """Grade every child in every course, a row a grading period that ended while the child was there.

    Parameters
    ----------
    scenario
        The day of the exports: later periods have no grades yet.
    population, schooling
        Who sits in which section.
    traits
        How a child does.

    Returns
    -------
    pandas.DataFrame
        person, section_id, grading_period (Ed-Fi's word), numeric_grade (percent, whole), letter_grade,
        school_year. A homeroom isn't graded.
    """
    spells, sections = schooling.spells, schooling.sections
    rng = rng_for(scenario.seed, "grades")
    kept, usual = _usual(rng, schooling, traits)
    spell, section, session = (
        part[kept] for part in (schooling.seats.spell, schooling.seats.section, schooling.seats.session)
    )
    year, level = spells.year[spell], spells.level[spell]
    ends = np.zeros((len(spell), len(GRADING_PERIODS)), dtype="int64")
    over = np.zeros(ends.shape, dtype=bool)
    for (of_year, of_level), laid_out in schooling.years.items():
        mine = (year == of_year) & (level == list(LEVELS).index(of_level))
        ends[mine] = laid_out.period_end
        over[mine] = np.array(laid_out.period_end) < laid_out.past
    begin, end = spells.begin[spell][:, None], spells.end[spell][:, None]
    there = (begin <= ends) & (spells.is_open[spell][:, None] | (end >= ends)) & over
    taught = np.array([[True] * 4, [True, True, False, False], [False, False, True, True]])[session]
    row, period = np.nonzero(there & taught)
    points = usual[row] + PERIOD_SPREAD * rng.standard_normal(len(row))
    points = points.round().clip(35, 100)
    return pd.DataFrame(
        {
            "person": population.children["person"].array.take(spells.child[spell[row]]),
            "section_id": sections["section_id"].array.take(section[row]),
            "grading_period": pick(GRADING_PERIODS, period),
            "numeric_grade": points,
            "letter_grade": pick(LETTERS, np.searchsorted(LETTER_FROM, points, side="right")),
            "school_year": whole(year[row]),
        }
    )


def usual_percent(
    scenario: Scenario, schooling: Schooling, traits: Traits
) -> tuple[Codes, npt.NDArray[np.float64]]:
    """Say how a child usually does in a course: what grades, and scores of coursework, are drawn around.

    Parameters
    ----------
    scenario
        Its seed.
    schooling
        Who sits in which section.
    traits
        How a child does.

    Returns
    -------
    tuple of arrays
        Places in `schooling.seats` of all graded courses, and percent.
    """
    return _usual(rng_for(scenario.seed, "grades"), schooling, traits)


def _usual(
    rng: np.random.Generator, schooling: Schooling, traits: Traits
) -> tuple[Codes, npt.NDArray[np.float64]]:
    seats, spells = schooling.seats, schooling.spells
    graded = ~schooling.sections["course_id"].str.contains("-HOME-", regex=False).to_numpy(dtype=bool)
    kept = np.flatnonzero(graded[seats.section])
    spell = seats.spell[kept]
    doing = np.zeros(len(spell))
    for year, scores in traits.doing.items():
        mine = spells.year[spell] == year
        doing[mine] = scores[spells.child[spell[mine]]]
    return kept, AVERAGE + CHILD_SPREAD * doing + COURSE_SPREAD * rng.standard_normal(len(spell))
