"""Draw what happens to a child in half a school year: absences, marks, results of tests, and other events."""

from __future__ import annotations

import datetime as dt

import numpy as np

from synthetic_data.desk.cells import Fact, contents
from synthetic_data.desk.clerks import Person
from synthetic_data.desk.draw_files import Export
from synthetic_data.streams import rng_for

__all__ = ["absences", "facts_of"]

FIRST_DAY = dt.date(2025, 9, 2)
WEEKS = 21  # up to the end of January
COURSES = (
    ("ELA101", "English"),
    ("MTH201", "Mathematics"),
    ("SCI110", "Science"),
    ("SOC120", "Social Studies"),
)
MARKS = ("A", "A-", "B+", "B", "B-", "C+", "C", "D", "F")
ONE_ROW = ("contacts", "enrollment", "programs", "students", "survey", "transport")
# A file with one of these has a row an event; any other has a row a child.
EVENTS = {"assignment", "complaint", "date", "incident_type", "item", "time", "timestamp", "title"}
SCALE = {"scale_score": (380, 620), "percentile": (1, 99)}
TESTED = (dt.date(2025, 9, 22), dt.date(2026, 1, 12))  # the Mondays on which windows begin
LEVELS = ("Below", "Approaching", "Met", "Exceeds")


def absences(one: Person, seed: int) -> list[tuple[dt.date, str]]:
    """Draw a child's days absent and late, the same in every file that tells of them."""
    rng = rng_for(seed, "desk", "absences", one.person)
    days = sorted(int(day) for day in rng.choice(WEEKS * 5, size=int(rng.poisson(5)), replace=False))
    kinds = rng.choice(np.array(["unexcused", "excused", "tardy"]), size=len(days), p=[0.35, 0.4, 0.25])
    return [(_school_day(day), str(kind)) for day, kind in zip(days, kinds, strict=True)]


def facts_of(export: Export, one: Person, seed: int) -> list[Fact]:
    """Give the facts of a person's rows in a file, in the order of days."""
    columns = frozenset(concept for _, concept in export.columns)
    about = export.about
    if about == "attendance" and columns & {"absence_code", "absence_description", "absent_flag", "date"}:
        return _absent(one, seed, columns)
    rng = rng_for(seed, "desk", export.path, one.person)
    if about in ("grades", "sections"):
        return _marks(one, rng)
    if about in ("assessments", "college"):
        return _results(one, rng, columns, export.system)
    most = 3 if columns & EVENTS and about not in ONE_ROW else 1
    days = [
        _school_day(int(day)) for day in sorted(rng.integers(WEEKS * 5, size=int(rng.integers(1, most + 1))))
    ]
    ends = {"exit_date": dt.date(2026, 6, 12), "program_end": dt.date(2026, 6, 12), "entry_date": FIRST_DAY}
    return [Fact(day, {}, ends | {"due_date": day + dt.timedelta(days=14)}) for day in days]


def _absent(one: Person, seed: int, columns: frozenset[str]) -> list[Fact]:
    """Give a row a day; a row a period if the file has periods, where an absent child misses all six."""
    rows = []
    for day, kind in absences(one, seed):
        flags = {name: contents()["code"]["flag"]["no"][0] for name in columns & {"present_flag"}}
        flags |= {name: contents()["code"]["flag"]["yes"][0] for name in columns & {"absent_flag"}}
        periods = range(1, 2 if kind == "tardy" else 7) if "period" in columns else [0]
        rows += [
            Fact(day, {"absence": kind, **flags, **({"period": str(at)} if at else {})}, {}) for at in periods
        ]
    return rows


def _marks(one: Person, rng: np.random.Generator) -> list[Fact]:
    rows = []
    for at, (code, name) in enumerate(COURSES):
        mark = int(rng.integers(len(MARKS)))
        values = {
            "course_code": code, "course_name": name, "section_id": f"{code}-{one.school_id[-2:]}{at + 1}",
            "letter_mark": MARKS[mark], "percent_mark": str(97 - 5 * mark + int(rng.integers(3))),
            "period": str(at + 1), "term": "Q1",
        }  # fmt: skip
        rows.append(
            Fact(FIRST_DAY, values, {"end_date": dt.date(2025, 11, 7), "exit_date": dt.date(2026, 6, 12)})
        )
    return rows


def _results(one: Person, rng: np.random.Generator, columns: frozenset[str], system: str) -> list[Fact]:
    """Give one result a window and subject; one subject where no column says which."""
    subjects = contents()["subjects"]["all"] if "subject" in columns else contents()["subjects"]["all"][:1]
    ability = rng.normal()
    rows = []
    for window, monday in zip(("Fall", "Winter"), TESTED, strict=True):
        if rng.random() < 0.08:
            continue
        day = monday + dt.timedelta(days=int(rng.integers(5)))
        for subject in subjects:
            share = float(np.clip(0.5 + 0.18 * (ability + rng.normal(scale=0.5)), 0.02, 0.98))
            score = {name: str(round(low + share * (high - low))) for name, (low, high) in SCALE.items()}
            level = LEVELS[min(3, int(share * 4))]
            values = {"subject": subject, "test_window": window, "performance_level": level, **score}
            values["test_name"] = system
            rows.append(Fact(day, values, {"test_date": day}))
    return rows


def _school_day(day: int) -> dt.date:
    return FIRST_DAY + dt.timedelta(days=day // 5 * 7 + (0, 1, 2, 3, 6)[day % 5])
