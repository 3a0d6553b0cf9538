"""Generate the district's schools, their classes, and their staff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, numbered, pick, text
from synthetic_data.population.names import draw_heritage, family_surnames, fold, given_names
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = [
    "CORE_SUBJECTS",
    "ELECTIVES",
    "GRADES",
    "PERIODS",
    "Schools",
    "class_counts",
    "district_id",
    "hire_staff",
    "open_schools",
]

Words = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int64]

GRADES = ("KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
LEVELS = {"elementary": (0, 5), "middle": (6, 8), "high": (9, 12)}

# A fictional block: no district in any standard's sample files has it.
DISTRICT_ID = "990417"
FIRST_NUMBER = {"elementary": 101, "middle": 41, "high": 1}
STUDENTS_A_SCHOOL = 450
CLASS_SIZE = {"elementary": 24, "middle": 26, "high": 26}

# Subjects of middle and high school classes over six periods; the elective is a choice of two.
CORE_SUBJECTS = (
    "English Language Arts",
    "Mathematics",
    "Science",
    "Social Studies",
    "Physical, Health, and Safety Education",
)
ELECTIVES = ("Fine and Performing Arts", "Career and Technical Education")
PERIODS = len(CORE_SUBJECTS) + 1

SCHOOL_NAMES = (
    "Oak Hill", "Millbrook", "Stone Creek", "Maple Grove", "Lakeview", "Prairie", "Sunset", "Cottonwood",
    "Fox Run", "Willow Bend", "Pine Ridge", "Meadow Lane", "Harbor", "Orchard", "Quarry Road", "Blue Heron",
    "Elm Street", "Cloverfield", "Granite", "Birchwood", "Old Mill", "Canyon", "Northgate", "Southfield",
    "Westbrook", "Eastwood", "Ridgeline", "Juniper", "Sycamore", "Bluestem",
)  # fmt: skip

# Staff of every school besides its teachers, in Ed-Fi's terms.
OFFICE = (
    "School Administrator",
    "School Administrative Support Staff",
    "School Counselor",
    "All Other Support Staff",
)
DISTRICT_OFFICE = (
    "LEA Administrator",
    "LEA Administrative Support Staff",
    "LEA Administrative Support Staff",
)


@dataclass(frozen=True)
class Schools:
    """Schools in order: elementary, middle, high."""

    ids: list[str]
    names: list[str]
    levels: list[str]

    def of_level(self, level: str) -> Codes:
        """Return the indexes of the schools of a level."""
        return np.array([place for place, own in enumerate(self.levels) if own == level])

    def of(self, zone: Codes, grade: Codes) -> Codes:
        """Return the school of a grade in an attendance zone (one per elementary school)."""
        zones = len(self.of_level("elementary"))
        school = np.full(len(zone), -1)
        for level, (first, last) in LEVELS.items():
            here, of_this_level = (grade >= first) & (grade <= last), self.of_level(level)
            school[here] = of_this_level[zone[here] * len(of_this_level) // zones]
        return school

    def frame(self) -> pd.DataFrame:
        """Return school_id, school_name, level, first_grade, last_grade."""
        return pd.DataFrame(
            {
                "school_id": text(self.ids),
                "school_name": text(self.names),
                "level": text(self.levels),
                "first_grade": text([GRADES[LEVELS[level][0]] for level in self.levels]),
                "last_grade": text([GRADES[LEVELS[level][1]] for level in self.levels]),
            }
        )


def district_id(scenario: Scenario) -> str:
    """Return the state's number of the district, unique within a region."""
    return DISTRICT_ID if scenario.district == 0 else f"{990_500 + scenario.district}"


def open_schools(scenario: Scenario) -> Schools:
    """Create as many schools as the children of a district fill."""
    order = rng_for(scenario.seed, "schools").permutation(len(SCHOOL_NAMES))
    ids, names, levels = [], [], []
    for level, (first, last) in LEVELS.items():
        children = scenario.students * (last - first + 1) / len(GRADES)
        count = max(2 if level == "elementary" else 1, round(children / STUDENTS_A_SCHOOL))
        for number in range(count):
            place = SCHOOL_NAMES[order[number % len(SCHOOL_NAMES)]]
            if number >= len(SCHOOL_NAMES):
                place += f" {number // len(SCHOOL_NAMES) + 1}"
            if count == 1:
                place = scenario.title
            ids.append(f"{district_id(scenario)}{FIRST_NUMBER[level] + number:03d}")
            names.append(f"{place} {level.title()} School")
            levels.append(level)
    if len(set(ids)) < len(ids):  # more schools of a level than its block of numbers has room for
        ids = [f"{district_id(scenario)}{number:05d}" for number in range(1, len(ids) + 1)]
    return Schools(ids, names, levels)


def class_counts(schools: Schools, zone: Codes, grades: dict[int, Codes]) -> pd.DataFrame:
    """Compute the number of classes of each school."""
    frames = []
    for year, grade in grades.items():
        here = grade >= 0
        school = schools.of(zone[here], grade[here])
        table = np.zeros((len(schools.ids), len(GRADES)), dtype="int64")
        np.add.at(table, (school, grade[here]), 1)
        for place, level in enumerate(schools.levels):
            first, last = LEVELS[level]
            served = np.arange(first, last + 1)
            classes = np.maximum(1, -(-table[place, served] // CLASS_SIZE[level]))
            frames.append(
                pd.DataFrame({"school": place, "grade": served, "school_year": year, "classes": classes})
            )
    return pd.concat(frames, ignore_index=True)


def hire_staff(
    scenario: Scenario, schools: Schools, classes: pd.DataFrame, namesake: tuple[str, str, bool] | None
) -> pd.DataFrame:
    """Create a teacher for every class and subject, and the office staff."""
    posts: list[tuple[int, str, str | None]] = []
    most = classes.groupby(["school", "grade"], as_index=False)["classes"].max()
    yearly = classes.groupby(["school", "school_year"], as_index=False)["classes"].sum()
    for place, level in enumerate(schools.levels):
        if level == "elementary":
            for grade, count in most.loc[most["school"] == place, ["grade", "classes"]].itertuples(
                index=False
            ):
                posts += [(place, "Elementary Teacher", GRADES[grade])] * int(count)
        else:
            rounds = -(-int(yearly.loc[yearly["school"] == place, "classes"].max()) // PERIODS)
            for subject in (*CORE_SUBJECTS, *ELECTIVES):
                posts += [(place, "Secondary Teacher", subject)] * rounds
        posts += [(place, title, None) for title in OFFICE]
    posts += [(-1, title, None) for title in DISTRICT_OFFICE]

    seed, count = scenario.seed, len(posts)
    heritage = draw_heritage(seed, "staff", count)
    rng = rng_for(seed, "staff")
    female = rng.random(count) < 0.75
    first = given_names(seed, "staff", heritage.origin, female, adult=True)
    middle = given_names(seed, "staff middle", heritage.origin, female, adult=True)
    middle[rng.random(count) < 0.35] = None
    last = family_surnames(seed, "staff", heritage.origin).children
    if namesake:
        first[0], last[0], female[0] = namesake
        middle[0] = None
    birthday = np.datetime64(f"{scenario.school_year - 65}-07-01") + (rng.random(count) * 42 * 365.25).astype(
        "int64"
    )
    numbers = 1000 + rng.permutation(max(9000, 2 * count))[:count]
    logins = [
        f"{fold(given)[:1]}{fold(family)}{number}"
        for given, family, number in zip(first, last, numbers % 100, strict=True)
    ]
    domain = f"{fold(scenario.title)}.example"
    return pd.DataFrame(
        {
            "person": text(numbered("S", np.arange(1, count + 1), max(4, len(str(count))))),
            "first_name": text(first),
            "middle_name": text(middle),
            "last_surname": text(last),
            "birth_date": dates(birthday),
            "sex": pick(("Male", "Female"), female.astype("int64")),
            "email": text([f"{login}@{domain}" for login in _distinct(logins)]),
            "staff_number": text([str(number) for number in numbers]),
            "school_id": pick(schools.ids, np.array([post[0] for post in posts])),
            "role_title": text([post[1] for post in posts]),
            "teaches": text([post[2] for post in posts]),
        }
    )


def _distinct(logins: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    distinct = []
    for login in logins:
        seen[login] = seen.get(login, 0) + 1
        distinct.append(login if seen[login] == 1 else f"{login}-{seen[login]}")
    return distinct
