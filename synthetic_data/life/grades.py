"""Course grades of every grading period that is over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import pick, whole
from synthetic_data.life.effect import Effect
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured
from synthetic_data.population import Population
from synthetic_data.population.schools import LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.school_calendar import GRADING_PERIODS
from synthetic_data.streams import rng_for

__all__ = [
    "AVERAGE",
    "CHILD_SPREAD",
    "COURSE_SPREAD",
    "EFFECTS",
    "HIGH_SCHOOL",
    "LETTERS",
    "LETTER_FROM",
    "PERIOD_SPREAD",
    "Grades",
    "draw_grades",
    "grade_average",
    "mark_elements",
    "usual_percent",
]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Numbers = npt.NDArray[np.float64]

# In percent; the kit's own sizes.
AVERAGE, CHILD_SPREAD, COURSE_SPREAD, PERIOD_SPREAD = 81.0, 8.5, 4.0, 3.0
HIGH_SCHOOL = -5.0  # beside the average: without it nobody would fail a semester
LETTERS = ("F", "D", "C", "B", "A")
LETTER_FROM = (60, 70, 80, 90)
# Subjects of which profiles show the newest mark, in Ed-Fi's words.
MARKED = {
    "english": "English Language Arts",
    "mathematics": "Mathematics",
    "science": "Science",
    "social_studies": "Social Studies",
}

EFFECTS = (
    Effect(
        "doing_in_grades", "doing in class", "numeric grade", CHILD_SPREAD, "percent a standard deviation"
    ),
    Effect("high_school_in_grades", "high school", "numeric grade", HIGH_SCHOOL, "percent"),
)


@dataclass(frozen=True)
class Grades:
    """A grade each of a seat (`schooling.seats`) and a grading period, by seat and period."""

    seat: Codes
    child: Codes
    section: Codes
    year: Codes
    period: Codes
    """Place in `GRADING_PERIODS`."""
    ended: Days
    """The last day of the period."""
    percent: Numbers
    """Whole."""

    def frame(self, population: Population, schooling: Schooling) -> pd.DataFrame:
        """Give the grades in words: person, section_id, grading_period, numeric_grade, letter_grade, year."""
        return pd.DataFrame(
            {
                "person": population.children["person"].array.take(self.child),
                "section_id": schooling.sections["section_id"].array.take(self.section),
                "grading_period": pick(GRADING_PERIODS, self.period),
                "numeric_grade": self.percent,
                "letter_grade": pick(LETTERS, np.searchsorted(LETTER_FROM, self.percent, side="right")),
                "school_year": whole(self.year),
            }
        )


def draw_grades(scenario: Scenario, schooling: Schooling, traits: Traits) -> Grades:
    """Grade every child in every course, once a grading period that ended while the child was there.

    Parameters
    ----------
    scenario
        The day of the exports: later periods have no grades yet.
    schooling
        Who sits in which section.
    traits
        How a child does.

    Returns
    -------
    Grades
        Of both school years. A homeroom isn't graded.
    """
    spells = schooling.spells
    rng = rng_for(scenario.seed, "grades")
    kept, usual = _usual(rng, schooling, traits)
    spell, section, session = (
        part[kept] for part in (schooling.seats.spell, schooling.seats.section, schooling.seats.session)
    )
    year, level = spells.year[spell], spells.level[spell]
    ends = np.zeros((len(spell), len(GRADING_PERIODS)), dtype="int64")
    over = np.zeros(ends.shape, dtype=bool)
    last_day = np.zeros(ends.shape, dtype="datetime64[D]")
    for (of_year, of_level), laid_out in schooling.years.items():
        mine = (year == of_year) & (level == list(LEVELS).index(of_level))
        ends[mine] = laid_out.period_end
        over[mine] = np.array(laid_out.period_end) < laid_out.past
        last_day[mine] = laid_out.days[list(laid_out.period_end)]
    begin, end = spells.begin[spell][:, None], spells.end[spell][:, None]
    there = (begin <= ends) & (spells.is_open[spell][:, None] | (end >= ends)) & over
    taught = np.array([[True] * 4, [True, True, False, False], [False, False, True, True]])[session]
    row, period = np.nonzero(there & taught)
    points = usual[row] + PERIOD_SPREAD * rng.standard_normal(len(row))
    points = points.round().clip(35, 100)
    return Grades(
        seat=kept[row],
        child=spells.child[spell[row]],
        section=section[row],
        year=year[row],
        period=period,
        ended=last_day[row, period],
        percent=points,
    )


def grade_average(grades: Grades, year: int, children: int, until: np.datetime64) -> Element:
    """Average each child's grades of a school year, every course and grading period counted once.

    Parameters
    ----------
    grades
        From `draw_grades`.
    year
        The school year.
    children
        How many children there are.
    until
        The day: only periods that had ended by then count.

    Returns
    -------
    Element
        grade_average, in percent.
    """
    mine = (grades.year == year) & (grades.ended <= until)
    place = grades.child[mine]
    points = np.bincount(place, weights=grades.percent[mine], minlength=children)
    times = np.bincount(place, minlength=children)
    average = np.full(children, np.nan)
    np.divide(points, times, out=average, where=times > 0)
    return Element("grade_average", average, measured)


def mark_elements(
    grades: Grades, schooling: Schooling, year: int, children: int, until: np.datetime64
) -> list[Element]:
    """Give each child's newest marks by subject, and the mean of its letters.

    Parameters
    ----------
    grades
        From `draw_grades`.
    schooling
        Of which subject each section is.
    year
        The school year.
    children
        How many children there are.
    until
        The day: only periods that had ended by then count.

    Returns
    -------
    list of Element
        A mark_ a subject of `MARKED`, grade_english and grade_mathematics in percent, and grade_points.
    """
    mine = np.flatnonzero((grades.year == year) & (grades.ended <= until))
    mine = mine[np.argsort(grades.period[mine], kind="stable")]  # the newest period comes last, and stays
    courses = schooling.courses.set_index("course_id")["academic_subject"]
    subject = courses.reindex(schooling.sections["course_id"]).to_numpy(dtype=object)[grades.section[mine]]
    newest = {}
    for name, word in MARKED.items():
        here = mine[subject == word]
        newest[name] = np.full(children, np.nan)
        newest[name][grades.child[here]] = grades.percent[here]
    letter = np.searchsorted(LETTER_FROM, grades.percent[mine], side="right")
    points = np.bincount(grades.child[mine], weights=letter, minlength=children)
    times = np.bincount(grades.child[mine], minlength=children)
    mean = np.full(children, np.nan)
    np.divide(points, times, out=mean, where=times > 0)
    return [
        *(Element(f"mark_{name}", _letter(percent), _in_letters) for name, percent in newest.items()),
        *(Element(f"grade_{name}", newest[name], measured) for name in ("english", "mathematics")),
        Element("grade_points", mean, measured),
    ]


def _letter(percent: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    place = np.searchsorted(LETTER_FROM, percent, side="right").astype("float64")
    return np.where(np.isnan(percent), np.nan, place)


def _in_letters(places: npt.NDArray[np.float64]) -> object:
    return pick(LETTERS, places.astype("int64"))


def usual_percent(
    scenario: Scenario, schooling: Schooling, traits: Traits
) -> tuple[Codes, npt.NDArray[np.float64]]:
    """Say how a child usually does in a course: what scores of coursework, as grades, are drawn around.

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
    # Where traits aren't shared by all systems, what a child does in a course isn't either.
    apart = () if scenario.traits_shared == 1 else ("lms",)
    return _usual(rng_for(scenario.seed, "grades", *apart), schooling, traits)


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
    level = AVERAGE + HIGH_SCHOOL * (spells.level[spell] == list(LEVELS).index("high"))
    return kept, level + CHILD_SPREAD * doing + COURSE_SPREAD * rng.standard_normal(len(spell))
