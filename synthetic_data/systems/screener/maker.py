"""Generate the screener's export: one row per form about a child, one file per window."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, marked, only, pick, positions_in, text, whole
from synthetic_data.life.presence import windows_of
from synthetic_data.life.wellbeing.screenings import (
    FORMS,
    OF_FORM,
    RISKS,
    STUDENT,
    SUBSCALES,
    TEACHER,
    WINDOWS,
    Screenings,
    opted_out,
)
from synthetic_data.observation import Observation, Recorded, Truth, about, all_limits, arrived_by, not_held
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for
from synthetic_data.systems.assessment_vendors import GROUP_WORDS

__all__ = ["LAYOUT", "SILO", "observe"]

Codes = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

SILO = "screener"
LAYOUT = "wellbeing/basc3_bess"
SORTED_BY = {"forms": ("School Name", "Student Name", "Form")}
WORK = 1  # among the slowest to write; the largest number is the slowest

columns_not_held = partial(not_held, LAYOUT, held=("school_id",))
# One of these terms was observed ("Two or More Races"); the others are the kit's own.
RACE_WORDS = {**GROUP_WORDS, "Two or more races": "Two or More Races"}


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the screener publisher's data."""
    screenings = truth.life.screenings
    known = _on_the_roster(scenario, truth, exchange, screenings)
    held = screenings.at(known)
    numbers = _numbers(scenario, truth, exchange)
    files = []
    for year in (scenario.school_year - 1, scenario.school_year):
        for window, (_, _, last) in enumerate(windows_of(WINDOWS, year)):
            mine = held.at((held.year == year) & (held.window == window))
            if len(mine.child):
                day = min(last, np.datetime64(scenario.as_of, "D"))
                files.append(_forms(truth, numbers, mine, day))
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=tuple(files),
        limits=_limits(scenario, truth, screenings, held),
    )


def _on_the_roster(
    scenario: Scenario, truth: Truth, exchange: Exchange, screenings: Screenings
) -> npt.NDArray[np.bool_]:
    """Mark the forms of children on the publisher's roster; it gets one for every window.

    With older rosters, a child must have come earlier; children of the year's first days are always on it.
    """
    lag = pd.Timestamp(scenario.as_of) - exchange.roster_date
    begin = truth.schooling.begin
    # Enrollment periods are sorted by begin date: assigned backward, the first one remains.
    came = np.full(len(truth.population.children), np.datetime64("9999-12-31"))
    came[truth.schooling.enrollments.child[::-1]] = begin[::-1]
    known = np.zeros(len(screenings.child), dtype=bool)
    for year in (scenario.school_year - 1, scenario.school_year):
        windows = windows_of(WINDOWS, year)
        for window, (_, _, last) in enumerate(windows):
            day = max(last - np.timedelta64(lag.days, "D"), windows[0][1])
            mine = (screenings.year == year) & (screenings.window == window)
            known[mine] = came[screenings.child[mine]] <= day
    return known


def _numbers(scenario: Scenario, truth: Truth, exchange: Exchange) -> Words:
    """Return each child's number: the district's, or a six-digit one that the publisher assigned."""
    district = truth.population.children["district_number"].to_numpy(dtype=object)
    rng = rng_for(scenario.seed, SILO, "numbers")
    carried = rng.random(len(district)) < exchange.ids.get("District", 0.0)
    width, start, taken = (
        max(6, len(str(4 * len(district)))),
        int(rng.integers(100_000, 200_000)),
        set(district),
    )
    drawn = (f"{number:0{width}d}" for number in range(start, start + 3 * len(district)))
    free = list(islice((number for number in drawn if number not in taken), len(district)))
    own = rng.permutation(np.array(free, dtype=object))
    return np.where(carried, district, own)


def _limits(scenario: Scenario, truth: Truth, screenings: Screenings, held: Screenings) -> pd.DataFrame:
    """Explain for everybody enrolled in either year, but in no file, why that is."""
    person = truth.population.children["person"]
    here = arrived_by(truth, scenario.as_of)
    here[held.child] = False
    refused = here & opted_out(scenario, len(person))
    rated = marked(screenings.child, len(person))
    return all_limits(
        {
            "Opted out": person.loc[refused],
            "Roster date": person.loc[here & ~refused & rated],
            "Not served": person.loc[here & ~refused & ~rated],
        },
        columns_not_held(),
    )


def _forms(truth: Truth, numbers: Words, forms: Screenings, last: np.datetime64) -> Recorded:
    """Build the forms of a window."""
    population, count = truth.population, len(forms.child)
    children = population.children
    name = _in_one_cell(children)
    child = forms.child
    teacher, woman = _teachers(truth, forms.enrollment)
    by_teacher, by_child = forms.form == TEACHER, forms.form == STUDENT
    relation = np.where(by_teacher, 0, np.where(by_child, -1, 1))
    frame: dict[str, Any] = {
        "School Name": pick(population.school_list.names, forms.school),
        "Student Name": text(name[child]),
        "Student Number": text(numbers[child]),
        "Grade": pick(GRADES, forms.grade),
        "Gender": children["sex"].array.take(child),
        "Race/Ethnicity": pick(list(RACE_WORDS.values()), _groups(children)[child]),
        "Teacher": text(only(by_teacher, teacher)),
        "Respondent": text(np.where(by_teacher, teacher, np.where(by_child, name[child], "Parent"))),
        "Respondent Gender": pick(("Male", "Female"), np.where(by_teacher, woman, -1)),
        "Relationship": pick(("Teacher", "Mother"), relation),
        "Submitted": dates(forms.day),
        "Form": pick(FORMS, forms.form),
        "BERI": whole(forms.t_score),
        "BERI Raw Score": whole(forms.raw_score),
        "BERI Percentile": whole(forms.percentile),
        "BERI Risk": pick(RISKS, forms.risk),
    }
    for scale, word in enumerate(SUBSCALES):
        points, risk = np.zeros(count, dtype="int64"), np.full(count, -1)
        for form, scales in enumerate(OF_FORM):
            if scale in scales:
                there, column = forms.form == form, scales.index(scale)
                points[there] = forms.sub[there, column]
                risk[there] = forms.elevated[there, column]
        frame |= {word: whole(points, risk >= 0), f"{word} Risk": pick(RISKS, risk)}
    days = {
        f"{d:%m/%d/%Y}": f"{d.month}/{d.day}/{d.year}" for d in np.unique(forms.day).astype(object).tolist()
    }
    return Recorded(
        "forms",
        f"BASC3_BESS_{last}.csv",
        pd.DataFrame(frame),
        about(children["person"].array.take(child), "Subject"),
        wording={"Submitted": days},  # without zeros in front
    )


def _in_one_cell(people: pd.DataFrame) -> Words:
    """Format each name surname first."""
    return np.asarray(people["last_surname"] + ", " + people["first_name"], dtype=object)


def _groups(children: pd.DataFrame) -> Codes:
    return positions_in(list(RACE_WORDS), children["group"])


def _teachers(truth: Truth, enrollment: Codes) -> tuple[Words, Codes]:
    """Return the rater of each period, the teacher of the first class, and whether she is a woman."""
    seats, staff = truth.schooling.seats, truth.population.staff
    seated, first = np.unique(seats.enrollment, return_index=True)
    place = np.searchsorted(seated, enrollment).clip(max=len(seated) - 1)
    section = truth.schooling.sections["teacher"].iloc[seats.section[first[place]]]
    who = positions_in(staff["person"], section)
    name = (staff["last_surname"].astype(object) + ", " + staff["first_name"].astype(object)).to_numpy(
        dtype=object
    )
    woman = np.asarray(staff["sex"] == "Female", dtype="int64")
    return name[who], woman[who]
