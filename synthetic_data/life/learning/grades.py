"""Simulate course grades and credits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import figure
from synthetic_data.columns import pick, whole
from synthetic_data.life.effects import effect
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured, whole_number
from synthetic_data.population import Population
from synthetic_data.population.schools import CORE_SUBJECTS, ELECTIVES, LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.calendar import GRADING_PERIODS
from synthetic_data.streams import rng_for

__all__ = [
    "CHILD_SPREAD",
    "EFFECTS",
    "HIGH_SCHOOL",
    "LETTERS",
    "LETTER_FROM",
    "SEMESTERS",
    "Credits",
    "Grades",
    "credit_elements",
    "draw_credits",
    "draw_grades",
    "grade_average",
    "mark_elements",
    "usual_percent",
]


# In percent; the kit's own sizes.
AVERAGE, CHILD_SPREAD, COURSE_SPREAD, PERIOD_SPREAD = 81.0, 8.5, 4.0, 3.0
HIGH_SCHOOL = -5.0  # added to the average: without it, nobody would fail a semester
LETTERS = ("F", "D", "C", "B", "A")
# The invented schools' own scale; what a page calls an A is for a district to say.
LETTER_FROM = (60.0, 70.0, 80.0, 90.0)
# Subjects with the latest grade in profiles, in Ed-Fi's terms.
MARKED = {
    "english": "English Language Arts",
    "mathematics": "Mathematics",
    "science": "Science",
    "social_studies": "Social Studies",
}

EFFECTS = (
    effect("doing_in_grades", CHILD_SPREAD),
    effect("high_school_in_grades", HIGH_SCHOOL),
)


@dataclass(frozen=True)
class Grades:
    """One grade per seat (`schooling.seats`) and grading period, sorted by both."""

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
        """Return a frame: person, section_id, grading_period, numeric_grade, letter_grade, year."""
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
    """Grade every child in every course, for each grading period that ended while the child was enrolled."""
    enrollments = schooling.enrollments
    rng = rng_for(scenario.seed, "grades")
    kept, usual = _usual(rng, schooling, traits)
    enrollment, section, session = (
        part[kept] for part in (schooling.seats.enrollment, schooling.seats.section, schooling.seats.session)
    )
    year, level = enrollments.year[enrollment], enrollments.level[enrollment]
    ends = np.zeros((len(enrollment), len(GRADING_PERIODS)), dtype="int64")
    over = np.zeros(ends.shape, dtype=bool)
    last_day = np.zeros(ends.shape, dtype="datetime64[D]")
    for (of_year, of_level), laid_out in schooling.years.items():
        mine = (year == of_year) & (level == list(LEVELS).index(of_level))
        ends[mine] = laid_out.period_end
        over[mine] = np.array(laid_out.period_end) < laid_out.past
        last_day[mine] = laid_out.days[list(laid_out.period_end)]
    begin, end = enrollments.begin[enrollment][:, None], enrollments.end[enrollment][:, None]
    there = (begin <= ends) & (enrollments.is_open[enrollment][:, None] | (end >= ends)) & over
    taught = np.array([[True] * 4, [True, True, False, False], [False, False, True, True]])[session]
    row, period = np.nonzero(there & taught)
    points = usual[row] + PERIOD_SPREAD * rng.standard_normal(len(row))
    points = points.round().clip(35, 100)
    return Grades(
        seat=kept[row],
        child=enrollments.child[enrollment[row]],
        section=section[row],
        year=year[row],
        period=period,
        ended=last_day[row, period],
        percent=points,
    )


def grade_average(grades: Grades, year: int, children: int, until: np.datetime64) -> Element:
    """Average each child's grades of a school year; every course and grading period counts once."""
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
    """Return each child's latest grades by subject, and the mean of its letters."""
    mine = np.flatnonzero((grades.year == year) & (grades.ended <= until))
    mine = mine[np.argsort(grades.period[mine], kind="stable")]  # the latest period comes last, and wins
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


def _in_letters(codes: npt.NDArray[np.float64]) -> object:
    return pick(LETTERS, codes.astype("int64"))


def usual_percent(
    scenario: Scenario, schooling: Schooling, traits: Traits
) -> tuple[Codes, npt.NDArray[np.float64]]:
    """Return each child's usual percent in a course, around which we draw coursework scores and grades."""
    # If systems don't share traits, they don't share course performance either.
    apart = () if scenario.traits_shared == 1 else ("lms",)
    return _usual(rng_for(scenario.seed, "grades", *apart), schooling, traits)


def _usual(
    rng: np.random.Generator, schooling: Schooling, traits: Traits
) -> tuple[Codes, npt.NDArray[np.float64]]:
    seats, enrollments = schooling.seats, schooling.enrollments
    graded = ~schooling.sections["course_id"].str.contains("-HOME-", regex=False).to_numpy(dtype=bool)
    kept = np.flatnonzero(graded[seats.section])
    enrollment = seats.enrollment[kept]
    doing = np.zeros(len(enrollment))
    for year, scores in traits.doing.items():
        mine = enrollments.year[enrollment] == year
        doing[mine] = scores[enrollments.child[enrollment[mine]]]
    level = AVERAGE + HIGH_SCHOOL * (enrollments.level[enrollment] == list(LEVELS).index("high"))
    return kept, level + CHILD_SPREAD * doing + COURSE_SPREAD * rng.standard_normal(len(enrollment))


# A course awards half of its year's credits each semester; a one-semester course awards all of them. A
# semester's grade is the mean of its two grading periods, and 60 percent passes. Students enrolled when the
# semester ends have attempted its credit; those who left before haven't. Credits from before the two
# generated school years are drawn around the same grades, and only their sums are recorded.

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

SEMESTERS = ("Fall Semester", "Spring Semester")  # Ed-Fi's words
NINTH, TWELFTH = LEVELS["high"]
PASSES = LETTER_FROM[0]
CREDITS_A_YEAR = 6.0  # five full-year courses, and an elective each semester
# On track at the end of grade 9: credits of a full year, and failed semesters of core courses. For an
# unfinished year, or a child who was here for only a part, each semester requires half the credits.
ON_TRACK_CREDITS = figure("standard/facts.on_track_credits")
ON_TRACK_FAILURES = figure("standard/facts.on_track_most_failed")
CORE = CORE_SUBJECTS[:4]  # English, mathematics, science and social studies
TECHNICAL = ELECTIVES[1]


@dataclass(frozen=True)
class Credits:
    """One attempt per child, high school course and semester, in the order of seats."""

    seat: Codes
    child: Codes
    section: Codes
    year: Codes
    semester: Codes
    """Place in `SEMESTERS`."""
    grade: Codes
    """Grade level of the child."""
    ended: Days
    percent: Numbers
    """Whole."""
    attempted: Numbers
    core: Mask
    technical: Mask
    """A career and technical course."""
    title: Codes
    """Which course it is, by its title."""
    before_attempted: Numbers
    """By child: credits of the years before those that are made."""
    before_earned: Numbers

    @property
    def passed(self) -> Mask:
        """Whether the grade passes."""
        return self.percent >= PASSES

    @property
    def earned(self) -> Numbers:
        """Credits earned."""
        return np.where(self.passed, self.attempted, 0.0)


def draw_credits(scenario: Scenario, schooling: Schooling, traits: Traits, grades: Grades) -> Credits:
    """Return the credits of each semester, and those of earlier years."""
    course = schooling.courses.set_index("course_id")
    of_section = np.asarray(course.index.get_indexer(pd.Index(schooling.sections["course_id"])))
    worth = course["credits"].to_numpy(dtype="float64")[of_section]
    core = course["academic_subject"].isin(CORE).to_numpy(dtype=bool)[of_section]
    technical = course["academic_subject"].eq(TECHNICAL).to_numpy(dtype=bool)[of_section]
    title = pd.factorize(course["course_title"])[0][of_section]
    # Seats and periods are sorted: an earlier period, if any, is in the row above.
    last = np.flatnonzero((grades.period % 2 == 1) & ~np.isnan(worth[grades.section]))
    above = np.maximum(last - 1, 0)
    two = (grades.seat[above] == grades.seat[last]) & (grades.period[above] == grades.period[last] - 1)
    percent = grades.percent[last]
    mark = np.floor(np.where(two, (percent + grades.percent[above]) / 2, percent) + 0.5)
    seats, enrollments = schooling.seats, schooling.enrollments
    whole_year = seats.session[grades.seat[last]] == 0
    before = _before(scenario, schooling, traits)
    return Credits(
        seat=grades.seat[last],
        child=grades.child[last],
        section=grades.section[last],
        year=grades.year[last],
        semester=grades.period[last] // 2,
        grade=enrollments.grade[seats.enrollment[grades.seat[last]]],
        ended=grades.ended[last],
        percent=mark,
        attempted=worth[grades.section[last]] / np.where(whole_year, 2, 1),
        core=core[grades.section[last]],
        technical=technical[grades.section[last]],
        title=title[grades.section[last]],
        before_attempted=before[0],
        before_earned=before[1],
    )


def _before(scenario: Scenario, schooling: Schooling, traits: Traits) -> tuple[Numbers, Numbers]:
    """Sum each child's high school semesters before the two generated years."""
    count = len(traits.academic)
    first = np.full(count, NINTH)
    enrollments = schooling.enrollments
    for year in sorted(traits.doing, reverse=True):  # the grade of the earlier year wins
        mine = enrollments.year == year
        first[enrollments.child[mine]] = enrollments.grade[mine]
    longest = TWELFTH - NINTH
    years = np.clip(first - NINTH, 0, longest)
    each = 2 * int(CREDITS_A_YEAR)  # half credits per year
    rng = rng_for(scenario.seed, "credits before")
    usual = AVERAGE + HIGH_SCHOOL + CHILD_SPREAD * traits.doing[min(traits.doing)]
    spread = np.sqrt(COURSE_SPREAD**2 + PERIOD_SPREAD**2 / 2)
    there = np.flatnonzero(years)
    marks = usual[there, None] + spread * rng.standard_normal((len(there), each * longest))
    taken = np.arange(marks.shape[1]) < each * years[there, None]
    earned = np.zeros(count)
    earned[there] = ((np.rint(marks) >= PASSES) & taken).sum(axis=1) / 2
    return CREDITS_A_YEAR * years, earned


def credit_elements(credits: Credits, year: int, children: int, until: np.datetime64) -> list[Element]:
    """Return credits earned so far in a school year, and whether a 9th grader is on track."""
    mine = (credits.year == year) & (credits.ended <= until)
    child = credits.child[mine]
    earned = np.bincount(child, weights=credits.earned[mine], minlength=children)
    failed = np.bincount(child, weights=(~credits.passed & credits.core)[mine], minlength=children)
    sat = np.unique(child * len(SEMESTERS) + credits.semester[mine])
    semesters = np.bincount(sat // len(SEMESTERS), minlength=children)
    ninth = np.bincount(child, weights=credits.grade[mine] == NINTH, minlength=children) > 0
    attempted = np.bincount(child, weights=credits.attempted[mine], minlength=children)
    all_failed = np.bincount(child, weights=~credits.passed[mine], minlength=children)
    so_far = credits.ended <= until
    total = credits.before_earned + np.bincount(
        credits.child[so_far], weights=credits.earned[so_far], minlength=children
    )
    titles = int(np.max(credits.title, initial=0)) + 1
    technical = mine & credits.technical
    different = np.unique(credits.child[technical] * titles + credits.title[technical])
    technical_courses = np.bincount(different // titles, minlength=children)
    some = semesters > 0
    on_track = (earned >= ON_TRACK_CREDITS * semesters / 2) & (failed <= ON_TRACK_FAILURES)
    return [
        Element("credits_earned", np.where(some, earned, np.nan), measured),
        Element("credits_attempted", np.where(some, attempted, np.nan), measured),
        Element("credits_total", np.where(some, total, np.nan), measured),
        Element("courses_failed", np.where(some, all_failed, np.nan), whole_number),
        Element("core_courses_failed", np.where(some, failed, np.nan), whole_number),
        Element("career_technical_courses", np.where(some, technical_courses, np.nan), whole_number),
        Element(
            "on_track",
            np.where(ninth, on_track.astype("float64"), np.nan),
            lambda numbers: pick(("false", "true"), numbers.astype("int64")),
        ),
    ]
