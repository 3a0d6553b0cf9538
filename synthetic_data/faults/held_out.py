"""Held-out kinds of fault, added after the detectors were finished, to test these on unknown faults.

Each happens only if a scenario sets its rate, so that they change no other figure of the kit. Each declares
in `detected_by` what should detect it, recorded before we tried.
"""

from __future__ import annotations

import uuid

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.columns import positions_in
from synthetic_data.faults.scene import FaultContext
from synthetic_data.observation import NOBODY, look_up

__all__ = [
    "comma_unquoted",
    "empty_date_breaks",
    "graduate_placeholder",
    "one_default_everywhere",
    "placeholder_student",
    "several_withdrawal_dates",
    "statewide_id_duplicates",
]

SUFFIX = " Jr."
ENROLLED = "studentReference.studentUniqueId"
YEAR = "schoolYearTypeReference.schoolYear"


def comma_unquoted(scene: FaultContext) -> None:
    """Smith, Jr. -> two cells: a comma without quotes, so that everything after it shifts by one column."""
    chosen = scene.choose(scene.text().notna())
    columns = list(map(str, scene.pages[0].table.rows.columns)) if scene.pages else []
    first = columns.index(scene.fault.column) + 1 if scene.fault.column in columns else len(columns)
    before = pd.Series([SUFFIX] * len(chosen), dtype=STRING)
    for name in [*columns[first:], "+1"]:
        mine = scene.text(name).iloc[chosen].reset_index(drop=True)
        other = (mine.fillna("") != before.fillna("")).to_numpy(dtype=bool)
        there = before[other].astype(object)
        scene.write(chosen[other], there.where(there.notna(), None), name, np.flatnonzero(other))
        before = mine


def statewide_id_duplicates(scene: FaultContext) -> None:
    """FL id X -> local 101 and 202: a child's results carry the state's number of another child."""
    number, child = scene.text(), scene.text("Student ID")
    known = pd.DataFrame({"child": child, "number": number}).dropna()
    known = known[known["number"].ne("")].drop_duplicates("child").sort_values("child", ignore_index=True)
    if len(known) < 2:
        return
    chosen = scene.choose(np.arange(len(known)))
    others = known["number"].take((chosen + 1) % len(known)).tolist()
    for group, (at, other) in enumerate(zip(chosen.tolist(), others, strict=True)):
        theirs = child.eq(known["child"].iloc[at]) & number.fillna("").ne("")
        positions = np.flatnonzero(theirs.fillna(False).to_numpy(dtype=bool))
        scene.write(positions, [other] * len(positions), groups=np.full(len(positions), group))


def graduate_placeholder(scene: FaultContext) -> None:
    """Entry and exit empty: a row that keeps a graduate on the books, of no day."""
    enrollments = scene.page.table.rows
    gone = enrollments[YEAR].eq(enrollments[YEAR].min()) & ~enrollments[ENROLLED].duplicated(keep="last")
    gone &= ~enrollments[ENROLLED].isin(
        set(enrollments.loc[enrollments[YEAR].eq(enrollments[YEAR].max()), ENROLLED])
    )
    chosen = scene.choose(gone)
    again = enrollments.iloc[chosen].copy()
    again[YEAR] = enrollments[YEAR].max()
    for column in ("entryDate", "exitWithdrawDate", "exitWithdrawTypeDescriptor"):
        again[column] = pd.NA
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def placeholder_student(scene: FaultContext) -> None:
    """student_number 0: a row of the system's own on the roster, a school each, that is no child."""
    users, roles, demographics = (scene.of_kind(kind) for kind in ("users", "roles", "demographics"))
    pupils = users.people["part"].eq("Subject").fillna(False).to_numpy(dtype=bool)
    school = users.table.rows["primaryOrgSourcedId"].where(pupils)
    one_a_school = np.flatnonzero(pupils & ~school.duplicated().to_numpy(dtype=bool))
    chosen = scene.choose(one_a_school)
    theirs = users.table.rows["sourcedId"].iloc[chosen].tolist()
    made = [str(uuid.UUID(bytes=scene.rng.bytes(16), version=4)) for _ in theirs]
    nobody = pd.DataFrame({"person": [pd.NA] * len(made), "part": [NOBODY] * len(made)}, dtype=STRING)
    for page, key in ((users, "sourcedId"), (roles, "userSourcedId"), (demographics, "sourcedId")):
        rows = page.table.rows
        first = np.flatnonzero(~rows[key].duplicated().to_numpy(dtype=bool))
        place = first[positions_in(rows[key].iloc[first], theirs)]
        again = rows.iloc[place].copy()
        again[key] = made
        if page is users:
            again["identifier"], again["givenName"], again["familyName"] = "0", "System", "Student"
            for column in (
                "username",
                "userIds",
                "email",
                "phone",
                "sms",
                "middleName",
                "preferredGivenName",
            ):
                again[column] = ""
        elif page is roles:
            again["sourcedId"] = [str(uuid.UUID(bytes=scene.rng.bytes(16), version=4)) for _ in theirs]
        else:
            again["birthDate"] = ""
        scene.add_rows(place, again, nobody, groups=np.arange(len(made)), page=page)


def empty_date_breaks(scene: FaultContext) -> None:
    """09/18/2025 -> nothing: the day of a test is sent empty."""
    scene.change_each(lambda text: "" if text else text)


def several_withdrawal_dates(scene: FaultContext) -> None:
    """Left in March, and in June: one enrollment period listed twice, with two last days."""
    enrollments = scene.page.table.rows
    day = pd.to_datetime(enrollments["exitWithdrawDate"], format="%Y-%m-%d", errors="coerce")
    chosen = scene.choose(day.notna())
    again = enrollments.iloc[chosen].copy()
    other = day.iloc[chosen] - pd.to_timedelta(scene.rng.integers(7, 60, len(chosen)), unit="D")
    again["exitWithdrawDate"] = other.dt.strftime("%Y-%m-%d").astype(STRING)
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def one_default_everywhere(scene: FaultContext) -> None:
    """Female for all of a school: filled on every row with one value. One fault a school."""
    users = scene.of_kind("users").table.rows[["sourcedId", "primaryOrgSourcedId"]]
    text, rows = scene.text(), scene.page.table.rows
    school = look_up(rows["sourcedId"], users, "sourcedId", "primaryOrgSourcedId")
    names = np.sort(np.asarray(school.dropna().unique(), dtype=object))
    value = text[text.fillna("").ne("")].min()
    for group, name in enumerate(names[scene.choose(np.arange(len(names)))].tolist()):
        theirs = school.eq(name).fillna(False) & text.fillna("").ne("") & text.ne(value).fillna(False)
        positions = np.flatnonzero(theirs.to_numpy(dtype=bool))
        scene.write(positions, [value] * len(positions), groups=np.full(len(positions), group))
