"""Write the cells of a drawn export: each file keeps to its own way of writing."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from synthetic_data.desk.clerks import Person, texts

__all__ = ["Cell", "Fact", "Writing", "contents", "draw_writing", "write_cell"]

DAYS = ("%m/%d/%Y", "%Y-%m-%d", "%m/%d/%Y", "%-m/%-d/%Y", "%Y%m%d", "%d-%b-%Y")
GRADES = ("grade", "grade", "grade_plain", "grade_ps")
FLAGS = (
    "absent_flag", "english_learner", "gifted", "homeless", "migrant", "other_flag", "present_flag",
    "section_504", "special_education",
)  # fmt: skip
DATES = (
    "action_date", "date", "due_date", "end_date", "entry_date", "exit_date", "other_date", "program_end",
    "program_start", "start_date", "test_date", "timestamp",
)  # fmt: skip
# Concept -> field of a person's texts.
PEOPLE = {
    "student_id": "number", "state_id": "state", "internal_id": "dcid", "student_email": "email",
    "username": "login", "first_name": "first", "middle_name": "middle", "last_name": "last",
    "preferred_name": "preferred", "name_last_first": "last_first", "name_first_last": "first_last",
    "phone": "phone", "guardian_phone": "phone", "address": "street", "guardian_address": "street",
    "city": "city", "zip": "zip", "school_id": "school_id", "school_name": "school", "homeroom": "room",
    "guardian_name": "parent", "guardian_email": "parent_email", "teacher_first": "teacher_first",
    "teacher_last": "teacher_last", "grad_year": "class_of",
}  # fmt: skip
FIXED = {"state": "OR", "district_id": "2142", "district_name": "Invented SD", "school_year": "2025-2026"}


@dataclass(frozen=True)
class Fact:
    """What one row tells beyond its person: concept -> a text, a day, or the meaning of a code."""

    day: dt.date
    values: Mapping[str, str]
    days: Mapping[str, dt.date]


@dataclass(frozen=True)
class Writing:
    """How one file writes: format of days, field of grades, place of a code in its list, case of names."""

    day: str
    grade: str
    gender: int
    flag: int
    absence: int
    upper: bool
    bare: bool
    own: int


@dataclass(frozen=True)
class Cell:
    """What is written, and what it means: the same text, or a day as ISO 8601, or the word of a code."""

    text: str
    means: str


Kind = Literal["gender", "flag", "absence"]


@cache
def contents() -> dict[str, Any]:
    """Read what stands in cells, by concept."""
    return tomllib.loads((Path(__file__).parent / "cells.toml").read_text(encoding="utf-8"))


def draw_writing(rng: np.random.Generator) -> Writing:
    """Draw one file's way of writing."""
    return Writing(
        day=DAYS[int(rng.integers(len(DAYS)))],
        grade=GRADES[int(rng.integers(len(GRADES)))],
        gender=int(rng.integers(3)),
        flag=int(rng.integers(5)),
        absence=int(rng.integers(5)),
        upper=bool(rng.random() < 0.15),
        bare=bool(rng.random() < 0.2),
        own=int(rng.integers(1, 10_000)),
    )


def write_cell(concept: str, one: Person, fact: Fact, writing: Writing, rng: np.random.Generator) -> Cell:
    """Write one cell of a person's row."""
    if concept in ("absence_code", "absence_description") and "absence" in fact.values:
        means = fact.values["absence"]
        if concept == "absence_description":
            return Cell(contents()["describe"][means], means)
        return Cell(_code("absence", means, writing.absence), means)
    if concept in fact.values:
        return Cell(fact.values[concept], fact.values[concept])
    if concept == "birth_date":
        return _day(one.born, writing)
    if concept == "gender":
        known = one.sex if one.sex in ("Female", "Male") else "other"
        return Cell(_code("gender", known, writing.gender), known)
    if concept in FLAGS:
        means = "yes" if rng.random() < 0.15 else "no"
        return Cell(_code("flag", means, writing.flag), means)
    if concept in DATES:
        return _day(fact.days.get(concept, fact.day), writing)
    return _text(concept, one, writing, rng)


def _text(concept: str, one: Person, writing: Writing, rng: np.random.Generator) -> Cell:
    """Write a cell that means what it says."""
    told = texts(one)
    if concept in ("grade_level", "grad_year"):
        return Cell(told[writing.grade if concept == "grade_level" else "class_of"], one.grade)
    if concept in PEOPLE:
        text = told[PEOPLE[concept]] or ""
        if concept == "student_id" and writing.bare:
            return Cell(told["number_bare"], text)
        named = concept.endswith("name") or concept.startswith("name")
        return Cell(text.upper() if writing.upper and named and concept != "school_name" else text, text)
    if concept == "own_id":
        number = 100_000 + (int(one.number or 0) * 7919 + writing.own * 104_729) % 899_983
        return Cell(str(number), str(number))
    if concept in ("teacher_name", "teacher_id", "teacher_email"):
        first, last = one.teacher
        known = {
            "teacher_name": f"{last}, {first}",
            "teacher_email": f"{first}.{last}@invented.example".casefold(),
        }
        return _same(known.get(concept, str(5000 + sum(map(ord, last + first)) % 997)) if last else "")
    if concept in ("guardian_first", "guardian_last"):
        first, _, last = one.parent.partition(" ")
        return _same(first if concept == "guardian_first" else last)
    if concept == "staff_role" and one.role == "Student":
        return _same("Student")
    if concept in FIXED:
        return _same(FIXED[concept])
    if concept in contents()["number"]:
        low, high, decimals = contents()["number"][concept]
        return _same(f"{rng.uniform(low, high):.{decimals}f}")
    picks = contents()["pick"].get(concept, [""])
    return _same(str(picks[int(rng.integers(len(picks)))]))


def _same(text: str) -> Cell:
    return Cell(text, text)


def _day(day: dt.date, writing: Writing) -> Cell:
    return Cell(day.strftime(writing.day), day.isoformat())


def _code(kind: Kind, means: str, way: int) -> str:
    """Write a code as the file does: the word itself where its list is shorter."""
    ways = contents()["code"][kind][means]
    return str(ways[way % len(ways)])
