"""Generate the behavior system: incidents as staff recorded them, and the children on its roster."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import TextTable, render
from helpers.layouts import FileLayout, load_layout
from helpers.standard import last_day
from helpers.systems import system
from synthetic_data.columns import dates, marked, only, pick, positions_in, text, whole
from synthetic_data.columns import truth as yes_or_no
from synthetic_data.life.incidents import (
    ACTIONS,
    BEHAVIORS,
    LOCATIONS,
    MOTIVATIONS,
    OFFENDER,
    PARTS,
    STAFF_MANAGED,
    SUSPENSIONS,
    Incidents,
)
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    arrived_by,
    in_own_words,
    not_held,
)
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]

Codes = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

SILO = "behavior"
STREAM = system(SILO).stream_key
LAYOUT = "behavior/incident_records"
SORTED_BY = {
    "students": ("SourceSchoolID", "StudentID", "Enrollment.StartDate.date"),
    "incidents": ("IncidentID",),
}
ZONE, ZONE_TYPE = "America/Chicago", 3

columns_not_held = partial(not_held, LAYOUT, left_empty=("birth_date",))


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the behavior system's data of both school years."""
    enrollments, begin = truth.schooling.enrollments, truth.schooling.begin
    children = truth.population.children
    came = (enrollments.end != -2) & (begin <= np.datetime64(scenario.as_of, "D"))
    listed = np.flatnonzero(came & (begin <= np.datetime64(exchange.roster_date, "D")))
    numbers = _Numbers.of(scenario, truth)
    files: list[Recorded | Later] = []
    for year in (scenario.school_year - 1, scenario.school_year):
        mine = listed[enrollments.year[listed] == year]
        if len(mine):
            day = min(pd.Timestamp(last_day(year)), pd.Timestamp(exchange.roster_date))
            files.append(_students(truth, exchange, numbers, mine, day))
    if not scenario.people_only:
        incidents = [
            _incidents(scenario, truth, exchange, numbers, listed, year)
            for year in (scenario.school_year - 1, scenario.school_year)
        ]
        files = [*(one for one in incidents if len(one.people)), *files]
    known = marked(enrollments.child[listed], len(children))
    late = marked(enrollments.child[came], len(children))
    never = arrived_by(truth, scenario.as_of)
    person = children["person"]
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=tuple(files),
        limits=all_limits(
            {"Roster date": person.loc[late & ~known], "Not served": person.loc[never & ~late & ~known]},
            columns_not_held(),
        ),
    )


class _Numbers:
    """Numbers of children: the system's own, and each school's own, which other schools use again."""

    def __init__(self, own: Words, schools: Words, enrollments: Words) -> None:
        self.own = own
        self.enrollments = enrollments
        self._schools = schools

    @classmethod
    def of(cls, scenario: Scenario, truth: Truth) -> _Numbers:
        rng = rng_for(scenario.seed, STREAM, "numbers")
        enrollments, count = truth.schooling.enrollments, len(truth.population.children)
        start = int(rng.integers(200_000, 400_000))
        own = np.array([str(start + 3 * place) for place in rng.permutation(count).tolist()], dtype=object)
        # Every school numbers its children from about 1000, so that numbers repeat between schools.
        many = int(np.max(enrollments.school)) + 1
        first = rng.integers(1001, 1021, many)
        # In an order of its own, so that no number identifies a child elsewhere.
        drawn = rng_for(scenario.seed, STREAM, "numbers of schools").permutation(count)
        pairs, rank = np.unique(enrollments.school * count + drawn[enrollments.child], return_inverse=True)
        school = pairs // count
        within = np.arange(len(pairs)) - np.searchsorted(school, school)
        of_school = np.array([str(n) for n in (first[school] + within).tolist()], dtype=object)[rank]
        place = rng_for(scenario.seed, STREAM, "numbers of enrollments").permutation(len(enrollments.child))
        return cls(own, of_school, np.array([str(50_000 + n) for n in place.tolist()], dtype=object))

    def of_school(self, enrollments: Codes) -> Words:
        """Return the school's number of each enrollment period's child."""
        return self._schools[enrollments]


def _students(
    truth: Truth, exchange: Exchange, numbers: _Numbers, mine: Codes, day: pd.Timestamp
) -> Recorded:
    """List the enrollment periods of a school year that had started by the roster day."""
    children, enrollments = truth.population.children, truth.schooling.enrollments
    child = enrollments.child[mine]
    enrollment = truth.schooling.school_enrollment.iloc[mine]
    ended = (enrollment["end_date"].notna() & (enrollment["end_date"] <= day)).to_numpy(dtype=bool)

    def of(column: str) -> Any:
        return children[column].array.take(child)

    zone = only(ended, ZONE)
    frame = pd.DataFrame(
        {
            "EnrollmentStatus": pick(("Enrolled", "Withdrawn"), ended.astype("int64")),
            "FirstName": of("first_name"),
            "GradeLevelShort": pick(GRADES, enrollments.grade[mine]),
            "LastName": of("last_surname"),
            "MiddleName": of("middle_name"),
            "PreferredName": of("preferred_first_name"),
            "SourceSchoolID": enrollment["school_id"].array,
            "StudentID": text(numbers.own[child]),
            "StudentSchoolID": text(numbers.of_school(mine)),
            "Enrollment.EnrollmentID": text(numbers.enrollments[mine]),
            "Enrollment.YearName": enrollment["school_year"].array,
            "Enrollment.StartDate.date": enrollment["begin_date"].array,
            "Enrollment.StartDate.timezone_type": whole(np.full(len(mine), ZONE_TYPE)),
            "Enrollment.StartDate.timezone": ZONE,
            "Enrollment.EndDate.date": enrollment["end_date"].where(ended).array,
            "Enrollment.EndDate.timezone_type": whole(np.full(len(mine), ZONE_TYPE), ended),
            "Enrollment.EndDate.timezone": text(zone),
        }
    )
    if "District" in exchange.ids:
        frame["SecondaryStudentID"] = of("district_number")
    return Recorded(
        "students",
        f"students_{day:%Y-%m-%d}.jsonl",
        frame,
        about(children["person"].array.take(child), "Subject"),
    )


def _incidents(
    scenario: Scenario, truth: Truth, exchange: Exchange, numbers: _Numbers, listed: Codes, year: int
) -> Recorded:
    """Record a year's incidents of children on the roster."""
    enrollments, conduct = truth.schooling.enrollments, truth.life.conduct
    number = scenario.school_year - year
    # The latest enrollment period at that school decides the child's number there.
    schools, count = len(truth.population.school_list.ids), len(truth.population.children)
    known = enrollments.at(listed)
    keys = (known.year * schools + known.school) * count + known.child
    order = np.argsort(keys, kind="stable")
    wanted = (conduct.year * schools + conduct.school) * count + conduct.child
    place = np.searchsorted(keys[order], wanted, side="right") - 1
    found = (place >= 0) & (keys[order][place.clip(0)] == wanted) if len(keys) else place >= 0
    ids = 700_000 + np.arange(len(conduct.child))
    first = np.r_[True, conduct.incident[1:] != conduct.incident[:-1]] if len(ids) else found
    reporting = ids[np.maximum.accumulate(np.where(first, np.arange(len(ids)), 0))]
    mine = np.flatnonzero(found & (conduct.year == year))
    records, enrollment = conduct.at(mine), listed[order][place[mine]]
    old_labels = not exchange.agreed_codes and number == 1
    table = _records(scenario, truth, numbers, records, enrollment, (ids[mine], reporting[mine]), old_labels)
    path = f"incidents_{year - 1}-{year}.jsonl"
    return Recorded(
        "incidents",
        path,
        table,
        about(truth.population.children["person"].array.take(records.child), "Subject"),
    )


def _records(
    scenario: Scenario,
    truth: Truth,
    numbers: _Numbers,
    records: Incidents,
    enrollment: Codes,
    ids: tuple[Codes, Codes],
    old_labels: bool,
) -> TextTable:
    """Render records as text: labels are the system's own codes, several of which have the same meaning."""
    children, file = truth.population.children, load_layout(LAYOUT).file_named("incidents")
    own, count = _digits(ids[0]), len(records.child)
    serious = (records.behavior >= STAFF_MANAGED).astype("int64")
    behavior = pd.Series(pick(BEHAVIORS, records.behavior))
    when = records.day.astype("datetime64[m]") + records.minute.astype("timedelta64[m]")
    motivation = "Possible motivation" if old_labels else "Perceived motivation"
    frame = pd.DataFrame(
        {
            "Category": pick(("School Code of Conduct", "School Violation"), serious),
            **_staff(scenario, truth, records),
            "GradeLevelShort": pick(GRADES, records.grade),
            "IncidentID": own,
            "Infraction": in_own_words(SILO, "Infraction", behavior, serious) if old_labels else behavior,
            "IsActive": yes_or_no(np.ones(count, dtype=bool)),
            "IsReferral": yes_or_no(serious == 1),
            "Location": _meant(file, "Location", LOCATIONS, records.location),
            "ReportingIncidentID": _digits(ids[1]),
            "SchoolID": pick(truth.population.school_list.ids, records.school),
            "Status": "Resolved",
            "StudentFirst": children["first_name"].array.take(records.child),
            "StudentID": text(numbers.own[records.child]),
            "StudentLast": children["last_surname"].array.take(records.child),
            "StudentSchoolID": text(numbers.of_school(enrollment)),
            "IssueTS.date": text([f"{moment}:00.000000".replace("T", " ") for moment in when.astype(str)]),
            "IssueTS.timezone_type": whole(np.full(count, ZONE_TYPE)),
            "IssueTS.timezone": ZONE,
            **_penalties(file, numbers, records, own),
            "Custom_Fields[1].FieldName": "Participation",
            "Custom_Fields[1].StringValue": pick(PARTS, records.part),
            "Custom_Fields[2].FieldName": text(only(records.part == OFFENDER, motivation)),
            "Custom_Fields[2].StringValue": pick(MOTIVATIONS, records.motivation),
        }
    )
    # If several codes share a meaning, render writes the first.
    labels: dict[str, Any] = {
        f"Penalties[{place}].PenaltyName": pick(ACTIONS, action)
        for place, action in enumerate((records.action, records.also), start=1)
    }
    table = render(frame, file)
    if old_labels:
        labels["Category"] = in_own_words(SILO, "Category", table.rows["Category"], serious)
    return replace(table, rows=table.rows.assign(**labels))


def _digits(numbers: Codes) -> Any:
    return text([str(number) for number in numbers.tolist()])


def _meant(file: FileLayout, column: str, words: tuple[str, ...], chosen: Codes) -> Any:
    """Return the standard value of each of a system's codes."""
    codes = file.column(column).code_map()
    return pick([codes[word] for word in words], chosen)


def _staff(scenario: Scenario, truth: Truth, records: Incidents) -> dict[str, Any]:
    """Choose the staff member of that school who recorded each incident."""
    staff = truth.population.staff
    staff = staff.loc[staff["school_id"].isin(truth.population.school_list.ids)].reset_index(drop=True)
    school = positions_in(truth.population.school_list.ids, staff["school_id"])
    order = np.argsort(school, kind="stable")
    low, high = (np.searchsorted(school[order], records.school, side=side) for side in ("left", "right"))
    _, incident = np.unique(records.incident, return_inverse=True)
    year = int(records.year[0]) if len(records.year) else 0
    draw = rng_for(scenario.seed, STREAM, "written by", year).random(len(incident))[incident]
    who = order[(low + draw * (high - low)).astype("int64")] if len(incident) else order[:0]
    return {
        "CreateFirst": staff["first_name"].array.take(who),
        "CreateLast": staff["last_surname"].array.take(who),
        "CreateStaffSchoolID": staff["staff_number"].array.take(who),
    }


def _penalties(file: FileLayout, numbers: _Numbers, records: Incidents, own: Any) -> dict[str, Any]:
    """Record the response: at most two actions per record, of which only the first takes days."""
    columns: dict[str, Any] = {}
    for place, action in enumerate((records.action, records.also), start=1):
        done = action >= 0
        suspended = np.isin(action, SUSPENSIONS)
        days = np.where(suspended, records.days, 0)
        stem = f"Penalties[{place}]"
        columns |= {
            f"{stem}.IncidentID": pd.Series(own).where(done).array,
            f"{stem}.PenaltyName": _meant(file, "Penalties[].PenaltyName", ACTIONS, action),
            f"{stem}.StartDate": dates(np.where(done, records.begin, np.datetime64("NaT", "D"))),
            f"{stem}.EndDate": dates(np.where(suspended, records.end, np.datetime64("NaT", "D"))),
            f"{stem}.IsSuspension": yes_or_no(suspended, done),
            f"{stem}.StudentID": text(only(done, numbers.own[records.child])),
            f"{stem}.NumDays": whole(days, suspended),
        }
    return columns
