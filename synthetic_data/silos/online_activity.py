"""What was handed in and who signed in, as the Ed-Fi LMS toolkit takes both from Canvas: two files of text.

Canvas keeps moments in UTC; the district's clocks are those of the central United States.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files.text_table import TextTable, default_settings
from helpers.layouts import load_layout
from helpers.standard import STRING
from synthetic_data.columns import pick, text
from synthetic_data.life.gradebooks import standing
from synthetic_data.life.online_work import online_now
from synthetic_data.scenario import Scenario
from synthetic_data.silos.gradebook_pages import LAYOUT, Users
from synthetic_data.silos.observation import Recorded, Truth, about
from synthetic_data.streams import rng_for

__all__ = ["sign_in_page", "submission_page"]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

STATUSES = ("late", "missing", "graded", "upcoming", "on-time")
LATE, MISSING, GRADED, UPCOMING, ON_TIME = range(len(STATUSES))
EXTRACTED = "07:15:00"  # the toolkit runs in the night that follows, UTC
FIRST_SUBMISSION, FIRST_SECTION = 41_000_000, 52_000
HOUR, DAY = 3600, 86_400


def submission_page(scenario: Scenario, truth: Truth, users: Users, day: pd.Timestamp) -> Recorded:
    """Write a row a child and assignment that is collected online.

    Parameters
    ----------
    scenario
        Its seed.
    truth
        What was handed in, and when.
    users
        The children's accounts.
    day
        The day of the exports.

    Returns
    -------
    Recorded
        Of children who sit in the section on the day, assignment by assignment.
    """
    until = np.datetime64(day, "D")
    coursework, work = truth.life.coursework, truth.life.online_work
    now = standing(coursework, until)
    there, handed_in = online_now(coursework, work, now, until)
    cell = work.cell[there]
    graded = np.zeros(len(coursework.place), dtype=bool)
    graded[now.cell[now.graded | now.excused]] = True
    shown = graded[cell]
    assignment, child = coursework.assignment[cell], coursework.places.child[coursework.place[cell]]
    due = coursework.due[assignment] < until
    # In the toolkit's own order of questions: late, missing, graded, handed in, none of these.
    status = np.select(
        [handed_in & work.late[there], ~handed_in & due & ~coursework.excused[cell], shown, handed_in],
        [LATE, MISSING, GRADED, UPCOMING],
        ON_TIME,
    )
    score = np.where(shown & ~coursework.excused[cell], coursework.score[cell], np.nan)
    moment = _utc(work.day[there], work.second[there])
    section = _section_numbers(scenario, len(coursework.sections))[coursework.section]
    named = text([f"{s}-{a}" for s, a in zip(section.tolist(), coursework.number.tolist(), strict=True)])
    columns = {
        "SourceSystemIdentifier": text([str(FIRST_SUBMISSION + 3 * number) for number in cell.tolist()]),
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
    """Write a row a sign-in and sign-out of children who sit in a section on the day, by moment.

    Parameters
    ----------
    truth
        Who signed in when.
    users
        The children's accounts.
    day
        The day of the exports.

    Returns
    -------
    Recorded
        All of this school year up to the day.
    """
    until = np.datetime64(day, "D")
    coursework, signed = truth.life.coursework, truth.life.sign_ins
    sits = np.zeros(len(truth.population.children), dtype=bool)
    sits[coursework.places.child[standing(coursework, until).listed]] = True
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
    file = load_layout(LAYOUT).file_named(name)
    rows = pd.DataFrame(columns, index=pd.RangeIndex(len(child))).astype(STRING)
    table = TextTable(tuple(columns), rows, default_settings(file))
    person = truth.population.children["person"].array.take(child)
    return Recorded(name, f"{name}.csv", table, about(person, "Subject"))


def _seen(day: pd.Timestamp) -> dict[str, str]:
    """Say when the toolkit saw a row: it runs once."""
    night = f"{day + pd.Timedelta(days=1):%Y-%m-%d} {EXTRACTED}"
    return {"CreateDate": night, "LastModifiedDate": night}


def _section_numbers(scenario: Scenario, count: int) -> Codes:
    """Give sections Canvas' own numbers; other schools use the same counter."""
    return FIRST_SECTION + np.cumsum(rng_for(scenario.seed, "canvas sections").integers(1, 40, count))


def _utc(day: Days, second: Codes) -> Codes:
    """Turn a local moment into seconds of UTC since 1970."""
    years = np.unique(day.astype("datetime64[Y]"))
    summer = np.zeros(len(day), dtype=bool)
    for year in years.tolist():
        march, november = (np.datetime64(f"{year.year}-{month}-01") for month in ("03", "11"))
        starts = np.busday_offset(march, 1, roll="forward", weekmask="Sun")  # the second Sunday
        ends = np.busday_offset(november, 0, roll="forward", weekmask="Sun")
        summer |= (day >= starts) & (day < ends)
    return day.astype("int64") * DAY + second + np.where(summer, 5, 6) * HOUR


def _moments(moment: Codes, known: npt.NDArray[np.bool_]) -> Any:
    """Write moments; each distinct day and each distinct time is written once."""
    days, day = np.unique(moment // DAY, return_inverse=True)
    seconds, second = np.unique(moment % DAY, return_inverse=True)
    dates = np.datetime_as_string(days.astype("datetime64[D]")).tolist()
    times = [f" {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in seconds.tolist()]
    written = pick(dates, day.reshape(-1)) + pick(times, second.reshape(-1))
    return pd.Series(written).where(known, "").array


def _grades(score: npt.NDArray[np.floating[Any]]) -> Any:
    """Write scores as Canvas shows them: 8, 8.5; nothing where there is none."""
    distinct, which = np.unique(np.nan_to_num(score, nan=-1.0), return_inverse=True)
    return pick(["" if one < 0 else f"{one:g}" for one in distinct.tolist()], which.reshape(-1))
