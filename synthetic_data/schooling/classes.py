"""Generate courses, their sections, teachers and students.

An elementary class has one teacher for everything. A middle or high school class has six periods together,
each with a different teacher. The elective is a choice of two and changes with the semester.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import Arrays, dates, pick, positions_in, text, whole, within
from synthetic_data.population import Population
from synthetic_data.population.schools import CORE_SUBJECTS, ELECTIVES, GRADES, LEVELS, PERIODS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling.calendar import SchoolYear, session_id
from synthetic_data.schooling.enrollment import EnrollmentPeriods
from synthetic_data.streams import rng_for

__all__ = ["Seats", "Teaching", "arrange_teaching"]

Codes = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Slot:
    """One subject of a class: its code, Ed-Fi subject, session (0 year, 1 fall, 2 spring), and teacher."""

    code: str
    title: str
    subject: str
    session: int
    teaches: str
    position: int  # in the order of the day


_ELA, _MATH, _SCIENCE, _SOCIAL, _PHYSICAL = CORE_SUBJECTS
_ARTS, _TECHNICAL = ELECTIVES
ELEMENTARY = (
    Slot("HOME", "Homeroom", "Other", 0, "", 0),
    Slot("ELA", "English Language Arts", _ELA, 0, "", 1),
    Slot("MATH", "Mathematics", _MATH, 0, "", 2),
    Slot("SCI", "Science", _SCIENCE, 0, "", 3),
    Slot("SOC", "Social Studies", _SOCIAL, 0, "", 4),
)
SECONDARY = (
    Slot("ELA", "English Language Arts", _ELA, 0, _ELA, 0),
    Slot("MATH", "Mathematics", _MATH, 0, _MATH, 1),
    Slot("SCI", "Science", _SCIENCE, 0, _SCIENCE, 2),
    Slot("SOC", "Social Studies", _SOCIAL, 0, _SOCIAL, 3),
    Slot("PE", "Physical Education", _PHYSICAL, 0, _PHYSICAL, 4),
    Slot("ART", "Visual Art", _ARTS, 1, _ARTS, 5),
    Slot("CS", "Computer Science", _TECHNICAL, 1, _TECHNICAL, 5),
    Slot("MUS", "Music", _ARTS, 2, _ARTS, 5),
    Slot("ENG", "Engineering and Design", _TECHNICAL, 2, _TECHNICAL, 5),
)
CHOICES = 2  # of the last slots: two in fall, two in spring
FULL_YEAR = len(CORE_SUBJECTS)

# Names of a high school's core courses, by grade.
HIGH_SCHOOL = {
    "ELA": ("English I", "English II", "English III", "English IV"),
    "MATH": ("Algebra I", "Geometry", "Algebra II", "Precalculus"),
    "SCI": ("Biology", "Chemistry", "Physics", "Environmental Science"),
    "SOC": ("World Geography", "World History", "United States History", "Government and Economics"),
}


@dataclass(frozen=True)
class Seats(Arrays):
    """Enrollment period and section of each seat as indexes, and session (0 year, 1 fall, 2 spring)."""

    enrollment: Codes
    section: Codes
    session: Codes


@dataclass(frozen=True)
class Teaching:
    """Courses, sections, and their teachers and students."""

    courses: pd.DataFrame
    sections: pd.DataFrame
    section_enrollment: pd.DataFrame
    seats: Seats


def arrange_teaching(
    scenario: Scenario,
    population: Population,
    enrollments: EnrollmentPeriods,
    school_enrollment: pd.DataFrame,
    years: dict[tuple[int, str], SchoolYear],
) -> Teaching:
    """Form classes, assign teachers, and enroll every child whose enrollment period has a school day."""
    schools = population.school_list
    classes = population.classes.sort_values(["school_year", "school", "grade"], ignore_index=True)
    school, grade, year, count = (
        classes[name].to_numpy(dtype="int64") for name in ("school", "grade", "school_year", "classes")
    )
    elementary = grade < LEVELS["middle"][0]
    slots = np.where(elementary, len(ELEMENTARY), len(SECONDARY))

    # Courses: one per slot of each school, grade and year.
    of_group = np.repeat(np.arange(len(classes)), slots)
    place = within(slots)
    slot = [(ELEMENTARY if e else SECONDARY)[p] for p, e in zip(place, elementary[of_group], strict=True)]
    code = np.array(
        [f"{s.code}-{GRADES[g]}" for s, g in zip(slot, grade[of_group], strict=True)], dtype=object
    )
    number = np.array(
        [own[-5:].lstrip("0") if len(own) > 9 else own[-3:] for own in schools.ids], dtype=object
    )
    short_year = np.array([f"{value % 100:02d}" for value in year[of_group].tolist()], dtype=object)
    course_id = number[school[of_group]] + "-" + short_year + "-" + code
    titles = [_title(g, s) for s, g in zip(slot, grade[of_group].tolist(), strict=True)]
    session = np.array([s.session for s in slot])
    high = grade[of_group] >= LEVELS["high"][0]
    courses = pd.DataFrame(
        {
            "course_id": text(course_id),
            "course_code": text(code),
            "course_title": text(titles),
            "academic_subject": text([s.subject for s in slot]),
            "grade_level": pick(GRADES, grade[of_group]),
            "school_id": pick(schools.ids, school[of_group]),
            "school_year": whole(year[of_group]),
            "credits": np.where(high, np.where(session == 0, 1.0, 0.5), np.nan),
        }
    )

    # Sections: one per class and slot, sorted by class.
    group_of_class = np.repeat(np.arange(len(classes)), count)
    class_number = within(count)
    section_class = np.repeat(np.arange(len(group_of_class)), slots[group_of_class])
    section_slot = within(slots[group_of_class])
    first_course = np.cumsum(slots) - slots
    section_course = first_course[group_of_class[section_class]] + section_slot
    teacher, period = _teachers(
        population, classes, group_of_class, class_number, section_class, section_slot
    )
    letter = np.array([f"{number + 1}" for number in class_number.tolist()], dtype=object)[section_class]
    section_id = course_id[section_course] + "-" + letter
    session_ids = [session_id(y, s) for y in sorted(set(year.tolist())) for s in range(3)]
    section_session = session[section_course]
    section_year = year[group_of_class[section_class]]
    session_code = 3 * (section_year - year.min()) + section_session
    title = np.array(titles, dtype=object)[section_course] + " - " + letter
    sections = pd.DataFrame(
        {
            "section_id": text(section_id),
            "course_id": text(course_id[section_course]),
            "session_id": pick(session_ids, session_code),
            "school_id": pick(schools.ids, school[group_of_class[section_class]]),
            "teacher": population.staff["person"].array.take(teacher),
            "period": text(period),
            "title": text(title),
            "school_year": whole(section_year),
        }
    )

    # Seats: a class for each enrollment period with a school day, then its sections.
    sits = np.flatnonzero(enrollments.end != -2)
    table = np.full((2, len(schools.ids), len(GRADES)), -1)
    table[year - year.min(), school, grade] = np.arange(len(classes))
    group = table[enrollments.year[sits] - year.min(), enrollments.school[sits], enrollments.grade[sits]]
    rng = rng_for(scenario.seed, "classes")
    order = np.lexsort((rng.random(len(sits)), group))
    rank = np.empty(len(sits), dtype="int64")
    rank[order] = within(np.bincount(group, minlength=len(classes)))
    first_class = np.cumsum(count) - count
    own_class = first_class[group] + rank % count[group]
    # A child who returns to the same school in the same year returns to the same class.
    back = np.zeros(len(sits), dtype=bool)
    back[1:] = (enrollments.child[sits][1:] == enrollments.child[sits][:-1]) & (group[1:] == group[:-1])
    own_class[back] = own_class[np.flatnonzero(back) - 1]
    first_section = np.cumsum(slots[group_of_class]) - slots[group_of_class]
    seats = _seats(
        scenario, enrollments, sits, own_class, first_section, elementary[group], section_session, years
    )
    seated = _enrollment_frame(
        scenario, population, enrollments, school_enrollment, seats, sections, teacher, section_session, years
    )
    return Teaching(courses, sections, seated, seats)


def _seats(
    scenario: Scenario,
    enrollments: EnrollmentPeriods,
    sits: Codes,
    own_class: Codes,
    first_section: Codes,
    elementary: npt.NDArray[np.bool_],
    section_session: Codes,
    years: dict[tuple[int, str], SchoolYear],
) -> Seats:
    """Enroll each period in its class's sections; electives by choice, in the semesters that it overlaps."""
    rng = rng_for(scenario.seed, "electives")
    fall_end = np.zeros(len(sits), dtype="int64")
    past = np.zeros(len(sits), dtype="int64")
    for (year, level), laid_out in years.items():
        mine = (enrollments.year[sits] == year) & (enrollments.level[sits] == list(LEVELS).index(level))
        fall_end[mine] = laid_out.fall_end
        past[mine] = laid_out.past if year == scenario.school_year else len(laid_out.days)
    end = np.where(enrollments.is_open[sits], past - 1, enrollments.end[sits])
    in_fall, in_spring = enrollments.begin[sits] <= fall_end, end > fall_end
    base = first_section[own_class]
    enrollment_parts, section_parts = [], []
    for step in range(FULL_YEAR):  # all schools have five full-year courses
        enrollment_parts.append(sits)
        section_parts.append(base + step)
    for half, mask in ((0, in_fall), (1, in_spring)):
        choice = rng.integers(0, CHOICES, int(np.max(enrollments.child)) + 1)[enrollments.child[sits]]
        mask = mask & ~elementary
        enrollment_parts.append(sits[mask])
        section_parts.append((base + FULL_YEAR + CHOICES * half + choice)[mask])
    enrollment, section = np.concatenate(enrollment_parts), np.concatenate(section_parts)
    order = np.lexsort((section, enrollment))
    return Seats(enrollment[order], section[order], section_session[section[order]])


def _enrollment_frame(
    scenario: Scenario,
    population: Population,
    enrollments: EnrollmentPeriods,
    school_enrollment: pd.DataFrame,
    seats: Seats,
    sections: pd.DataFrame,
    teacher: Codes,
    section_session: Codes,
    years: dict[tuple[int, str], SchoolYear],
) -> pd.DataFrame:
    begin = school_enrollment["begin_date"].to_numpy().astype("datetime64[D]")[seats.enrollment]
    end = school_enrollment["end_date"].to_numpy().astype("datetime64[D]")[seats.enrollment]
    of_year, of_level = enrollments.year[seats.enrollment], enrollments.level[seats.enrollment]
    section_year = sections["school_year"].to_numpy(dtype="int64")
    school_level = np.array([list(LEVELS).index(level) for level in population.school_list.levels])
    section_school = positions_in(population.school_list.ids, sections["school_id"])
    section_level = school_level[section_school]
    taught_from = np.full(len(sections), np.datetime64("NaT", "D"))
    taught_to = taught_from.copy()
    for (year, level), laid_out in years.items():
        place = list(LEVELS).index(level)
        fall, spring = laid_out.days[laid_out.fall_end], laid_out.days[laid_out.fall_end + 1]
        mine = (of_year == year) & (of_level == place)
        in_fall, in_spring = mine & (seats.session == 1), mine & (seats.session == 2)
        begin[in_spring] = np.maximum(begin[in_spring], spring)
        over = fall <= np.datetime64(scenario.as_of)
        if over:
            end[in_fall] = np.where(np.isnat(end[in_fall]), fall, np.minimum(end[in_fall], fall))
        taught = (section_year == year) & (section_level == place)
        taught_from[taught] = np.where(section_session[taught] == 2, spring, laid_out.days[0])
        if year < scenario.school_year:
            taught_to[taught] = laid_out.days[-1]
        if over:
            taught_to[taught & (section_session == 1)] = fall
    started = taught_from <= np.datetime64(scenario.as_of)
    people = pd.concat(
        [
            pd.Series(population.children["person"].array.take(enrollments.child[seats.enrollment])),
            pd.Series(population.staff["person"].array.take(teacher[started])),
        ],
        ignore_index=True,
    )
    role = np.concatenate(
        [np.zeros(len(seats.enrollment), dtype="int64"), np.ones(int(started.sum()), dtype="int64")]
    )
    section = np.concatenate([seats.section, np.flatnonzero(started)])
    return pd.DataFrame(
        {
            "person": people,
            "role": pick(("Student", "Staff"), role),
            "section_id": sections["section_id"].array.take(section),
            "begin_date": dates(np.concatenate([begin, taught_from[started]])),
            "end_date": dates(np.concatenate([end, taught_to[started]])),
            "school_year": whole(section_year[section]),
        }
    )


def _teachers(
    population: Population,
    classes: pd.DataFrame,
    group_of_class: Codes,
    class_number: Codes,
    section_class: Codes,
    section_slot: Codes,
) -> tuple[Codes, Words]:
    """Give each section a period, and a teacher who isn't in two rooms at once."""
    staff = population.staff
    posts = staff.loc[staff["teaches"].notna(), ["school_id", "teaches"]]
    teachers: dict[tuple[str, str], list[int]] = {}
    for row, school_id, teaches in posts.itertuples():
        teachers.setdefault((school_id, teaches), []).append(row)
    school = classes["school"].to_numpy(dtype="int64")[group_of_class]
    grade = classes["grade"].to_numpy(dtype="int64")[group_of_class]
    year = classes["school_year"].to_numpy(dtype="int64")[group_of_class]
    # The running number of a class in its school and year decides its schedule and teachers.
    changes = np.flatnonzero(np.r_[True, (school[1:] != school[:-1]) | (year[1:] != year[:-1])])
    running = np.arange(len(school)) - np.repeat(changes, np.diff(np.r_[changes, len(school)]))
    ids = population.school_list.ids
    teacher_of_slot = np.zeros((len(school), len(SECONDARY)), dtype="int64")
    period_of_slot = np.full((len(school), len(SECONDARY)), None, dtype=object)
    first_middle = LEVELS["middle"][0]
    columns = (school.tolist(), grade.tolist(), class_number.tolist(), running.tolist())
    for row, (s, g, n, r) in enumerate(zip(*columns, strict=True)):
        if g < first_middle:
            teacher_of_slot[row, :] = teachers[ids[s], GRADES[g]][n]
        else:
            for place, slot in enumerate(SECONDARY):
                teacher_of_slot[row, place] = teachers[ids[s], slot.teaches][r // PERIODS]
                period_of_slot[row, place] = str((slot.position + r) % PERIODS + 1)
    return teacher_of_slot[section_class, section_slot], period_of_slot[section_class, section_slot]


def _title(grade: int, slot: Slot) -> str:
    if grade >= LEVELS["high"][0]:
        names = HIGH_SCHOOL.get(slot.code)
        return names[grade - LEVELS["high"][0]] if names else slot.title
    name = "Kindergarten" if grade == 0 else f"Grade {grade}"
    return f"{name} {slot.title}"
