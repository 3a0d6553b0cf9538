"""Generate the LMS: gradebooks and online activity."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import TextTable, default_settings
from helpers.layouts import load_layout
from helpers.standard import STRING, isin_text
from synthetic_data.columns import marked, numbered, pick, positions_in, text
from synthetic_data.life.learning.assignments import standing
from synthetic_data.life.learning.online_activity import online_now
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    keep,
    not_held,
    on_day,
)
from synthetic_data.population.names import fold
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for
from synthetic_data.systems.lms.gradebooks import (
    CANVAS,
    Users,
    class_lists,
    gradebook_pages,
)

__all__ = ["LAYOUT", "SILO", "observe"]


# Canvas stores timestamps in UTC; the district is in U.S. Central Time.

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

STATUSES = ("late", "missing", "graded", "upcoming", "on-time")
LATE, MISSING, GRADED, UPCOMING, ON_TIME = range(len(STATUSES))
EXTRACTED = "07:15:00"  # the toolkit runs in the following night, UTC
FIRST_SUBMISSION, FIRST_SECTION = 41_000_000, 52_000
HOUR, DAY = 3600, 86_400


def submission_page(scenario: Scenario, truth: Truth, users: Users, day: pd.Timestamp) -> Recorded:
    """Write one row per child and assignment collected online."""
    until = np.datetime64(day, "D")
    coursework, work = truth.life.coursework, truth.life.online_work
    now = standing(coursework, until)
    there, handed_in = online_now(coursework, work, now, until)
    cell = work.cell[there]
    graded = marked(now.cell[now.graded | now.excused], len(coursework.place))
    shown = graded[cell]
    assignment, child = coursework.assignment[cell], coursework.roster.child[coursework.place[cell]]
    due = coursework.due[assignment] < until
    # In the toolkit's own order: late, missing, graded, submitted, none of these.
    status = np.select(
        [handed_in & work.late[there], ~handed_in & due & ~coursework.excused[cell], shown, handed_in],
        [LATE, MISSING, GRADED, UPCOMING],
        ON_TIME,
    )
    score = np.where(shown & ~coursework.excused[cell], coursework.score[cell], np.nan)
    moment = _utc(work.day[there], work.second[there])
    section = _section_numbers(scenario, len(coursework.sections))[coursework.section]
    named = text([f"{s}-{a}" for s, a in zip(section.tolist(), coursework.number.tolist(), strict=True)])
    # Canvas numbers submissions by assignment; those of one assignment come in any order.
    draw = rng_for(scenario.seed, SILO, "submissions").random(len(coursework.assignment))
    number = np.empty(len(draw), dtype="int64")
    number[np.lexsort((draw, coursework.assignment))] = np.arange(len(draw))
    columns = {
        "SourceSystemIdentifier": text([str(FIRST_SUBMISSION + 3 * n) for n in number[cell].tolist()]),
        "SourceSystem": "Canvas",
        "SubmissionStatus": pick(STATUSES, status),
        "SubmissionDateTime": _moments(moment, handed_in),
        "EarnedPoints": "",
        "Grade": _grades(score),
        "AssignmentSourceSystemIdentifier": named.take(assignment),
        "LMSUserSourceSystemIdentifier": users.number.take(child),
        **_seen(day),
        "SourceCreateDate": "",
        "SourceLastModifiedDate": "",
    }
    return _page("submissions", columns, truth, child)


def sign_in_page(truth: Truth, users: Users, day: pd.Timestamp) -> Recorded:
    """Write one row per sign-in and sign-out of children with a section on the day, by time."""
    until = np.datetime64(day, "D")
    coursework, signed = truth.life.coursework, truth.life.sign_ins
    sits = marked(coursework.roster.child[standing(coursework, until).listed], len(truth.population.children))
    row = np.flatnonzero(sits[signed.child] & (signed.day <= until))
    child, out = signed.child[row], signed.out[row]
    moment = _utc(signed.day[row], signed.second[row])
    number = users.number.take(child)
    ids = [
        f"{'out' if o else 'in'}#{n}#{m}.{(7 * m) % 1000:03d}"
        for o, n, m in zip(out.tolist(), number.tolist(), moment.tolist(), strict=True)
    ]
    at = _moments(moment, np.ones(len(row), dtype=bool))
    columns = {
        "LMSUserSourceSystemIdentifier": number,
        "ActivityDateTime": at,
        "SourceSystem": "Canvas",
        "SourceSystemIdentifier": text(ids),
        "ActivityType": pick(("sign-in", "sign-out"), out.astype("int64")),
        "ActivityStatus": "active",
        "ParentSourceSystemIdentifier": "",
        "ActivityTimeInMinutes": "",
        **_seen(day),
        "SourceCreateDate": at,
        "SourceLastModifiedDate": "",
    }
    return _page("system-activities", columns, truth, child)


def _page(name: str, columns: dict[str, Any], truth: Truth, child: Codes) -> Recorded:
    file = load_layout(CANVAS).file_named(name)
    rows = pd.DataFrame(columns, index=pd.RangeIndex(len(child))).astype(STRING)
    table = TextTable(tuple(columns), rows, default_settings(file))
    person = truth.population.children["person"].array.take(child)
    return Recorded(name, f"{name}.csv", table, about(person, "Subject"))


def _seen(day: pd.Timestamp) -> dict[str, str]:
    """Return when the toolkit read a row: it runs once."""
    night = f"{day + pd.Timedelta(days=1):%Y-%m-%d} {EXTRACTED}"
    return {"CreateDate": night, "LastModifiedDate": night}


def _section_numbers(scenario: Scenario, count: int) -> Codes:
    """Draw section numbers as in Canvas; other schools use the same counter."""
    return FIRST_SECTION + np.cumsum(rng_for(scenario.seed, "canvas sections").integers(1, 40, count))


def _utc(day: Days, second: Codes) -> Codes:
    """Convert local time to UTC seconds since 1970."""
    years = np.unique(day.astype("datetime64[Y]"))
    summer = np.zeros(len(day), dtype=bool)
    for year in years.tolist():
        march, november = (np.datetime64(f"{year.year}-{month}-01") for month in ("03", "11"))
        starts = np.busday_offset(march, 1, roll="forward", weekmask="Sun")  # the second Sunday
        ends = np.busday_offset(november, 0, roll="forward", weekmask="Sun")
        summer |= (day >= starts) & (day < ends)
    return day.astype("int64") * DAY + second + np.where(summer, 5, 6) * HOUR


def _moments(moment: Codes, known: npt.NDArray[np.bool_]) -> Any:
    """Format timestamps, each distinct date and time once."""
    days, day = np.unique(moment // DAY, return_inverse=True)
    seconds, second = np.unique(moment % DAY, return_inverse=True)
    dates = np.datetime_as_string(days.astype("datetime64[D]")).tolist()
    times = [f" {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in seconds.tolist()]
    moments = pick(dates, day.reshape(-1)) + pick(times, second.reshape(-1))
    return pd.Series(moments).where(known, "").array


def _grades(score: npt.NDArray[np.floating[Any]]) -> Any:
    """Format scores like Canvas: 8, 8.5; empty if missing."""
    distinct, which = np.unique(np.nan_to_num(score, nan=-1.0), return_inverse=True)
    return pick(["" if one < 0 else f"{one:g}" for one in distinct.tolist()], which.reshape(-1))


SILO = "lms"
LAYOUT = CANVAS
SORTED_BY = {
    "users": ("login_id",),
    "submissions": ("SourceSystemIdentifier", "SubmissionDateTime"),
    "system-activities": ("ActivityDateTime", "SourceSystemIdentifier"),
}
WORK = 9  # among the slowest to write; the largest number is the slowest

columns_not_held = partial(not_held, LAYOUT)

LOWEST_GRADE = "06"
CLOSED = 0.6  # share of leavers' accounts that somebody closed; the others stay open


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the children in the learning system, and its gradebooks."""
    day, year = exchange.roster_date, scenario.school_year
    enrollments = truth.schooling.school_enrollment
    known = enrollments["begin_date"] <= pd.Timestamp(scenario.as_of)
    ever = enrollments.loc[known & (enrollments["school_year"] >= year - 1), "person"].drop_duplicates()
    served = keep(
        enrollments,
        known & (enrollments["school_year"] == year) & (enrollments["grade_level"] >= LOWEST_GRADE),
    )
    # Grades are text; kindergarten sorts after all numbers.
    served = keep(served, served["grade_level"] != "KG")
    there = keep(served, served["begin_date"] <= day)
    last = there.sort_values(["person", "begin_date"]).drop_duplicates("person", keep="last")
    last = last.reset_index(drop=True)

    accounts = _accounts(scenario, truth, exchange)
    children = _users(truth, accounts, last["person"], open_=_open(scenario, truth, last, day))
    schools = served["school_id"].unique()
    staff = truth.population.staff
    teachers = keep(staff, isin_text(staff["school_id"], schools) & staff["teaches"].notna())
    grown_ups = _teachers(teachers)
    users = pd.concat([children, grown_ups], ignore_index=True)
    whom = pd.concat(
        [about(last["person"], "Subject"), about(teachers["person"], "Teacher")], ignore_index=True
    )
    listed = Recorded("users", "users.csv", users, whom)

    def pages() -> list[Recorded]:
        if scenario.people_only:
            return class_lists(scenario, truth, accounts, day)
        return gradebook_pages(scenario, truth, accounts, day, exchange.agreed_codes)

    late = served.loc[~isin_text(served["person"], last["person"]), "person"].drop_duplicates()
    elsewhere = ever.loc[~isin_text(ever, served["person"])]
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            listed,
            Later("gradebook", pages),
            Later("submissions", lambda: [submission_page(scenario, truth, accounts, day)]),
            Later("system-activities", lambda: [sign_in_page(truth, accounts, day)]),
        ),
        limits=all_limits({"Not served": elsewhere, "Roster date": late}, columns_not_held()),
    )


def _accounts(scenario: Scenario, truth: Truth, exchange: Exchange) -> Users:
    """Return every child's login and numbers, whether or not the system has the child yet."""
    children = truth.population.children
    rng = rng_for(scenario.seed, SILO, "numbers")
    carried = rng.random(len(children)) < exchange.ids.get("District", 0.0)
    logins = _logins(scenario, truth)
    user_id = np.where(carried, children["district_number"].to_numpy(dtype=object), logins)
    # Accounts were opened year by year: the oldest children have the lowest numbers.
    grade = positions_in(GRADES, children["grade_level"])
    number = np.zeros(len(children), dtype="int64")
    opened = np.lexsort((rng.random(len(children)), -grade))
    number[opened] = 1_200_000 + np.cumsum(rng.integers(1, 40, len(children)))
    return Users(
        number=text(numbered("", number, 7)),
        login=text(logins),
        user_id=text(user_id),
        from_roster=carried,
        next_number=int(number.max(initial=1_200_000)) + 1,
    )


def _logins(scenario: Scenario, truth: Truth) -> npt.NDArray[np.object_]:
    """Create logins like schools: first letter, surname, class year; plus a digit if taken.

    An account keeps the surname under which it was opened.
    """
    children = truth.life.population.children
    grade = positions_in(GRADES, children["grade_level"])
    class_year = (scenario.school_year + len(GRADES) - 1 - np.maximum(grade, 0)) % 100
    seen = set(truth.population.staff["email"].str.split("@").str[0])
    # Who is first to have a login is drawn, so that its digit reveals nothing.
    order = rng_for(scenario.seed, SILO, "logins").permutation(len(children))
    logins = np.empty(len(children), dtype=object)
    for at, first, last, year in zip(
        order.tolist(),
        children["first_name"].to_numpy(dtype=object)[order],
        children["last_surname"].to_numpy(dtype=object)[order],
        class_year[order].tolist(),
        strict=True,
    ):
        login = wanted = f"{fold(first)[:1]}{fold(last)[:14]}{year:02d}"
        again = 1
        while login in seen:
            again += 1
            login = f"{wanted}{again}"
        seen.add(login)
        logins[at] = login
    return logins


def _open(scenario: Scenario, truth: Truth, last: pd.DataFrame, day: pd.Timestamp) -> npt.NDArray[np.bool_]:
    """Mark the open accounts: those of enrolled children, and some of leavers."""
    rng = rng_for(scenario.seed, SILO, "closed")
    place = truth.population.child_of(last["person"])
    forgotten = (rng.random(len(truth.population.children)) >= CLOSED)[place]
    return on_day(last, day).to_numpy(dtype=bool) | forgotten


def _users(truth: Truth, accounts: Users, persons: pd.Series, open_: npt.NDArray[np.bool_]) -> pd.DataFrame:
    children = truth.population.children
    place = positions_in(children["person"], persons)
    first, last = children["first_name"].array.take(place), children["last_surname"].array.take(place)
    shown = children["preferred_first_name"].fillna(children["first_name"]).array.take(place)
    email = children["email"].where(accounts.from_roster).array.take(place)
    return pd.DataFrame(
        {
            "user_id": accounts.user_id.take(place),
            "login_id": accounts.login.take(place),
            "first_name": first,
            "last_name": last,
            "full_name": first + " " + last,
            "sortable_name": last + ", " + first,
            "short_name": shown + " " + last,
            "email": email,
            "status": pick(("Deleted", "Active"), open_.astype("int64")),
        }
    )


def _teachers(staff: pd.DataFrame) -> pd.DataFrame:
    first, last = staff["first_name"].array, staff["last_surname"].array
    return pd.DataFrame(
        {
            "user_id": staff["staff_number"].array,
            "login_id": staff["email"].str.split("@").str[0].astype(STRING).array,
            "first_name": first,
            "last_name": last,
            "full_name": first + " " + last,
            "sortable_name": last + ", " + first,
            "short_name": first + " " + last,
            "email": staff["email"].array,
            "status": "Active",
        }
    ).astype(STRING)
