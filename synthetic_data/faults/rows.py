"""Faults of rows: too many, lost, overlapping enrollment periods, contacts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.faults.scene import FaultContext, Page, Positions, chosen_children, chosen_pieces
from synthetic_data.observation import look_up

__all__ = [
    "absent_and_tardy_same_day",
    "counter_restarts_on_transfer",
    "customer_twice",
    "date_sentinel",
    "event_outside_enrolment",
    "exit_date_inclusive",
    "leaver_still_listed",
    "missing_primary_flag",
    "new_id_on_return",
    "overlapping_stints",
    "plan_entered_twice",
    "repulled_file_duplicates",
    "roster_repeats_by_term",
    "tested_but_never_enrolled",
    "two_homes_duplicate",
    "year_carried_over",
]


def two_homes_duplicate(scene: FaultContext) -> None:
    """C104211 -> C733208: the other home of a child signed up by itself, and the child is there twice."""
    text = scene.text()
    chosen = scene.choose(scene.text("Lives With") == "No")
    width = int(text.str.len().max()) if len(text) else 2
    drawn = scene.rng.integers(10 ** (width - 2), 10 ** (width - 1), size=4 * len(chosen) + 8).tolist()
    taken = set(text.tolist())
    free = [one for one in dict.fromkeys(f"C{number}" for number in drawn) if one not in taken]
    scene.write(chosen, free[: len(chosen)])


def missing_primary_flag(scene: FaultContext) -> None:
    """1 -> nothing: nobody says whom of a child's family to call first."""
    positions, groups = chosen_children(scene)
    scene.write(positions, [""] * len(positions), groups=groups)


ENROLLED = "studentReference.studentUniqueId"


def new_id_on_return(scene: FaultContext) -> None:
    """4711 -> 5823: who came back got a new number, and her old record is still listed."""
    _list_spare(scene, "old id")


def leaver_still_listed(scene: FaultContext) -> None:
    """Leave a child who left on the roster."""
    _list_spare(scene, "left")


def _list_spare(scene: FaultContext, why: str) -> None:
    """List records that the system should no longer list, with all their rows."""
    spare = scene.page.spare_people
    chosen = scene.choose(spare["why"] == why)
    for page in map(scene.of_kind, ("users", "roles", "demographics")):
        rows = page.spare.iloc[chosen]
        scene.add_rows(
            _among(page, "sourcedId", rows["sourcedId"]),
            rows,
            page.spare_people.iloc[chosen],
            groups=np.arange(len(chosen)),
            page=page,
        )


def _among(page: Page, column: str, new: pd.Series) -> Positions:
    """Return the row after which each new one belongs, in a file sorted by a column."""
    text = page.table.rows[column]
    return (
        np.asarray(np.searchsorted(text.to_numpy(dtype=object), new.to_numpy(dtype=object)), dtype="int64")
        - 1
    )


def customer_twice(scene: FaultContext) -> None:
    """Enter a child a second time, with a number and a PIN from the lunch line's own system."""
    rows = scene.page.table.rows
    chosen = scene.choose(rows["Active Status"] == "Active")
    again = rows.iloc[chosen].copy()
    again["Customer ID"] = _unused(scene, rows["Customer ID"], len(chosen))
    again["PIN"] = _unused(scene, rows["PIN"], len(chosen))
    again["Balance"] = "$0.00"
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def _unused(scene: FaultContext, text: pd.Series, count: int) -> list[str]:
    """Draw numbers as long as those of a column, but not in it."""
    width = int(text.str.len().max()) if len(text) else 6
    low, taken = 10 ** (width - 1), set(text.tolist())
    if text.name == "Customer ID":
        taken |= set(scene.truth.population.children["district_number"].tolist())
    drawn = scene.rng.integers(low, 10 * low, size=4 * count + 8)
    free = [str(number) for number in dict.fromkeys(drawn.tolist()) if str(number) not in taken]
    return free[:count]


def plan_entered_twice(scene: FaultContext) -> None:
    """List a plan year a second time, right behind the first."""
    chosen = scene.choose(np.arange(len(scene.page.table.rows)))
    scene.add_rows(chosen, scene.page.table.rows.iloc[chosen], scene.people.iloc[chosen])


def event_outside_enrolment(scene: FaultContext) -> None:
    """Mark a child absent in May who left in March."""
    events, people = scene.page.table.rows, scene.page.people
    enrollments = scene.of_kind("studentSchoolAssociations").table.rows
    last = enrollments.groupby(ENROLLED)["entryDate"].transform("max") == enrollments["entryDate"]
    left = enrollments.loc[last & enrollments["exitWithdrawDate"].notna()].drop_duplicates(ENROLLED)
    exit_day = look_up(events[ENROLLED], left, ENROLLED, "exitWithdrawDate")
    latest = events["eventDate"].max()
    # We repeat a leaver's last event for a day after she left, on which somebody else was absent.
    candidates = events.index[(exit_day.notna() & (exit_day < latest)).to_numpy(dtype=bool)]
    candidates = pd.Series(candidates).groupby(events[ENROLLED].loc[candidates].to_numpy()).max()
    chosen = scene.choose(np.sort(candidates.to_numpy(dtype="int64")))
    again = events.iloc[chosen].copy()
    days = np.sort(np.asarray(events["eventDate"].unique(), dtype=object))
    first = np.searchsorted(days, exit_day.iloc[chosen].to_numpy(dtype=object), side="right")
    step = (scene.rng.random(len(chosen)) * np.minimum(len(days) - first, 20)).astype("int64")
    again["eventDate"] = days[first + step]
    scene.add_rows(chosen, again, people.iloc[chosen])


def absent_and_tardy_same_day(scene: FaultContext) -> None:
    """Absent in the office's list, late in the teacher's: two entries for one day."""
    events = scene.page.table.rows
    text = scene.text()
    absent = text.str.endswith("Absence").to_numpy(dtype=bool)
    chosen = scene.choose(absent)
    again = events.iloc[chosen].copy()
    again[scene.fault.column] = again[scene.fault.column].str.replace(r"#.*$", "#Tardy", regex=True)
    again["attendanceEventReason"] = pd.NA
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def year_carried_over(scene: FaultContext) -> None:
    """Children who left last summer are enrolled again, by a roster that was copied."""
    enrollments = scene.page.table.rows
    year = enrollments["schoolYearTypeReference.schoolYear"]
    this, before = year.max(), year.min()
    still = set(enrollments.loc[year == this, ENROLLED])
    gone = ((year == before) & ~enrollments[ENROLLED].isin(still)).to_numpy(dtype=bool)
    gone &= ~enrollments[ENROLLED].duplicated(keep="last").to_numpy(dtype=bool)
    chosen = scene.choose(gone) if this != before else np.zeros(0, "int64")
    again = enrollments.iloc[chosen].copy()
    again["schoolYearTypeReference.schoolYear"] = this
    again["entryDate"] = enrollments.loc[year == this, "entryDate"].min()
    again["exitWithdrawDate"] = pd.NA
    again["exitWithdrawTypeDescriptor"] = pd.NA
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def counter_restarts_on_transfer(scene: FaultContext) -> None:
    """Lose the absences at the first school of a child who changed school."""
    events = scene.page.table.rows
    enrollments = scene.of_kind("studentSchoolAssociations").table.rows
    year = "schoolYearTypeReference.schoolYear"
    school = "schoolReference.schoolId"
    now = enrollments.loc[enrollments[year] == enrollments[year].max()].sort_values([ENROLLED, "entryDate"])
    latest = now.drop_duplicates(ENROLLED, keep="last")
    moved = sorted(set(now.loc[now[school] != look_up(now[ENROLLED], latest, ENROLLED, school), ENROLLED]))
    chosen = scene.choose(np.arange(len(moved)))
    whose = pd.DataFrame(
        {ENROLLED: pd.array([moved[at] for at in chosen], dtype=STRING), "group": range(len(chosen))}
    )
    group = look_up(events[ENROLLED], whose, ENROLLED, "group")
    there = look_up(events[ENROLLED], latest, ENROLLED, school)
    lost = group.notna() & (events[school] != there)
    lost &= events["sessionReference.schoolYear"] == enrollments[year].max()
    positions = np.flatnonzero(lost.to_numpy(dtype=bool))
    scene.drop_rows(positions, group.iloc[positions].astype("int64"))


def repulled_file_duplicates(scene: FaultContext) -> None:
    """Deliver the results of a school again: each counts twice."""
    for group, (_, positions) in enumerate(chosen_pieces(scene)):
        # Only one of several files repeats results: the last one that has them.
        number = int(np.searchsorted(scene.starts, int(np.max(positions)), side="right")) - 1
        page, start = scene.pages[number], int(scene.starts[number])
        theirs = positions[positions >= start] - start
        scene.add_rows(
            np.full(len(theirs), len(page.table.rows) - 1),
            page.table.rows.iloc[theirs],
            page.people.iloc[theirs],
            groups=np.full(len(theirs), group),
            page=page,
        )


def roster_repeats_by_term(scene: FaultContext) -> None:
    """List a child twice in a term: at her own school, and at another one."""
    rows = scene.page.table.rows
    schools = np.sort(np.asarray(rows[scene.fault.column].unique(), dtype=object))
    chosen = scene.choose(np.arange(len(rows)))
    again = rows.iloc[chosen].copy()
    own = np.searchsorted(schools, again[scene.fault.column].to_numpy(dtype=object))
    other = (own + 1 + scene.rng.integers(0, max(1, len(schools) - 1), len(chosen))) % len(schools)
    again[scene.fault.column] = schools[other]
    scene.add_rows(chosen, again, scene.people.iloc[chosen])


def tested_but_never_enrolled(scene: FaultContext) -> None:
    """Add a result of a child whom no roster lists: a visitor, or a number typed at the test."""
    rows = scene.page.table.rows
    chosen = scene.choose(np.arange(len(rows)))
    again = rows.iloc[chosen].copy()
    again[scene.fault.column] = _unused(scene, rows[scene.fault.column], len(chosen))
    again["Student_StateID"] = ""
    nobody = pd.DataFrame({"person": [pd.NA] * len(chosen), "part": [pd.NA] * len(chosen)}, dtype=STRING)
    scene.add_rows(chosen, again, nobody)


SENTINEL = "1899-12-30"  # day 0 of many spreadsheets and databases


def date_sentinel(scene: FaultContext) -> None:
    """2025-08-18 -> 1899-12-30: a system's own date for "no date"."""
    scene.change_each(lambda text: SENTINEL if text else text)


def exit_date_inclusive(scene: FaultContext) -> None:
    """2026-03-13 -> 2026-03-14: the day after the last one, as systems write that count an exit so."""
    text = scene.text()
    chosen = scene.choose(text.fillna("") != "")
    scene.write(chosen, _days_later(text.iloc[chosen], 1))


def overlapping_stints(scene: FaultContext) -> None:
    """Jul 1 to Jul 3 and Jul 1 to Jun 30: a short enrollment inside another one at the same school."""
    enrollments = scene.page.table.rows
    chosen = scene.choose(np.arange(len(enrollments)))
    again = enrollments.iloc[chosen].copy()
    entry = again["entryDate"]
    again["entryDate"] = _days_later(entry, 1)
    again["exitWithdrawDate"] = _days_later(entry, 3)
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def _days_later(text: pd.Series, days: int) -> pd.Series:
    later = pd.to_datetime(text, format="%Y-%m-%d") + pd.Timedelta(days=days)
    return later.dt.strftime("%Y-%m-%d").astype(STRING)
