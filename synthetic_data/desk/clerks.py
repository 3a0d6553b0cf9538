"""Write a person's facts as clerks and programs of a district would: field of a file -> text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from synthetic_data.population import Population
from synthetic_data.population.name_pools import fold

__all__ = ["Person", "everybody", "slipped", "texts"]

EXCEL_BEGINS = dt.date(1899, 12, 30)
REUSED = 4  # numbers of former students that newcomers got
GRADE_WORDS = {"KG": "Kindergarten", "01": "1st", "02": "2nd", "03": "3rd"}


@dataclass(frozen=True)
class Person:
    """A child or a staff member, with the numbers that systems gave them."""

    person: str
    role: str
    first: str
    last: str
    middle: str
    preferred: str
    born: dt.date
    sex: str
    email: str
    number: str
    pin: str
    barcode: str
    school_id: str
    school: str
    state: str = ""
    grade: str = ""
    grade_before: str = ""
    street: str = ""
    city: str = ""
    zip_code: str = ""
    phone: str = ""
    parent: str = ""
    parent_email: str = ""
    teacher: tuple[str, str] = ("", "")
    title: str = ""
    race: str = ""
    hispanic: bool = False


def everybody(population: Population) -> list[Person]:
    """Return everybody in a population, with the numbers that a district's systems gave them."""
    houses = _by(population.households, "household")
    parents = _by(population.guardians.drop_duplicates("household"), "household")
    schools = population.schools.to_dict("records")
    names = {school["school_id"]: school["school_name"] for school in schools}
    teachers = population.staff[population.staff["teaches"].notna()].to_dict("records")
    left = population.children[population.children["grade_level"].isna()]
    youngest = population.children[population.children["grade_level"].eq("KG")].head(REUSED)
    again = dict(zip(youngest["person"], left["district_number"].head(len(youngest)), strict=True))
    people = []
    for at, row in enumerate(population.children.to_dict("records")):
        house, parent = houses[row["household"]], parents.get(row["household"])
        grade = _or_empty(row["grade_level"]) or _or_empty(row["grade_level_before"])
        fitting = [p for p in schools if _among(grade, p["first_grade"], p["last_grade"])]
        school = fitting[int(house["zone"]) % len(fitting)]
        teaching = [one for one in teachers if one["school_id"] == school["school_id"]]
        teacher = teaching[at % len(teaching)]
        number = str(again.get(row["person"], row["district_number"]))
        child = Person(
            **_name(row),
            role="Student",
            preferred=_or_empty(row["preferred_first_name"]) or row["first_name"],
            grade=_or_empty(row["grade_level"]),
            grade_before=_or_empty(row["grade_level_before"]),
            number=number,
            state=row["state_id"],
            pin=number[-5:],
            barcode=f"P {number}",
            school_id=school["school_id"],
            school=school["school_name"],
            street=house["street_number_name"],
            city=house["city"],
            zip_code=house["postal_code"],
            phone=house["telephone"],
            teacher=(teacher["first_name"], teacher["last_surname"]),
            race=_or_empty(row["race"]),
            hispanic=row["hispanic_latino_ethnicity"] is True,
        )
        if parent is not None:
            full_name = f"{parent['first_name']} {parent['last_surname']}"
            child = replace(child, parent=full_name, parent_email=_or_empty(parent["email"]))
        people.append(child)
    for row in population.staff.to_dict("records"):
        number = row["staff_number"]
        people.append(
            Person(
                **_name(row),
                role="Staff",
                preferred=row["first_name"],
                number=number,
                pin=number,
                barcode=f"T {number}",
                school_id=_or_empty(row["school_id"]),
                school=names.get(row["school_id"], "District Office"),
                title=row["role_title"],
            )
        )
    return people


def _by(frame: pd.DataFrame, key: str) -> dict[str, dict[Hashable, Any]]:
    return {row[key]: row for row in frame.to_dict("records")}


def _name(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Return the attributes that children and staff share."""
    return {
        "person": row["person"],
        "first": row["first_name"],
        "last": row["last_surname"],
        "middle": _or_empty(row["middle_name"]),
        "born": row["birth_date"].date(),
        "sex": row["sex"],
        "email": _or_empty(row["email"]),
    }


def _or_empty(value: object) -> str:
    return value if isinstance(value, str) else ""


def _among(grade: str, first: str, last: str) -> bool:
    order = ["KG", *(f"{n:02d}" for n in range(1, 13))]
    return order.index(first) <= order.index(grade) <= order.index(last)


def slipped(person: Person, rng: np.random.Generator) -> Person:
    """Copy a person with one hasty error: mistyped, shortened or misheard."""
    which = int(rng.integers(5))
    if which == 0:
        return replace(person, last=_swapped(person.last, rng))
    if which == 1:
        return replace(person, first=_swapped(person.first, rng), preferred=_swapped(person.preferred, rng))
    if which == 2 and person.born.day <= 12:
        return replace(person, born=person.born.replace(month=person.born.day, day=person.born.month))
    if which == 3:
        return replace(person, first=person.preferred)
    return replace(person, first=fold(person.first).title(), last=fold(person.last).title())


def _swapped(name: str, rng: np.random.Generator) -> str:
    """Swap two adjacent letters."""
    if len(name) < 3:
        return name
    at = int(rng.integers(1, len(name) - 1))
    return f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}"


def texts(one: Person) -> Mapping[str, str]:
    """Return every text that a file may contain about a person."""
    plain = one.grade.lstrip("0")
    child = one.role == "Student"
    number = int(plain) if plain.isdigit() else 0
    first, last = one.teacher
    return {
        "number": one.number,
        "number_bare": one.number.lstrip("0"),
        "dcid": str(int(one.number) + 4117) if child else one.number,
        "county": f"C{(int(one.number) * 7919) % 100_000:05d}",
        "state": one.state,
        "pin": one.pin,
        "barcode": one.barcode,
        "first": one.first,
        "last": one.last,
        "middle": one.middle,
        "middle_initial": one.middle[:1],
        "preferred": one.preferred,
        "FIRST": one.first.upper(),
        "LAST": one.last.upper(),
        "last_first": f"{one.last}, {one.first}" + (f" {one.middle[:1]}." if one.middle else ""),
        "first_last": f"{one.preferred} {one.last}",
        "born_us": one.born.strftime("%m/%d/%Y"),
        "born_us_short": f"{one.born.month}/{one.born.day}/{one.born.year}",
        "born_mmddyy": one.born.strftime("%m%d%y"),
        "born_packed": one.born.strftime("%Y%m%d"),
        "born_excel": f"@{one.born.isoformat()}",
        "sex": one.sex[:1],
        "grade": "K" if one.grade == "KG" else one.grade,
        "grade_before": "K" if one.grade_before == "KG" else one.grade_before,
        "grade_plain": "K" if one.grade == "KG" else plain,
        "grade_ps": "0" if one.grade == "KG" else plain,
        "grade_clever": "Kindergarten" if one.grade == "KG" else plain,
        "grade_words": GRADE_WORDS.get(one.grade, f"{plain}th") if child else "",
        "class_of": str(2026 + 12 - number) if child else "",
        "school": one.school,
        "school_id": one.school_id,
        "school_short": one.school.replace(" School", ""),
        "school_code": "".join(word[0] for word in one.school.split()),
        "room": last[:1] + one.school_id[-2:] if child else "",
        "teacher": last,
        "teacher_first": first,
        "teacher_last": last,
        "street": one.street,
        "city": one.city,
        "zip": one.zip_code,
        "phone": one.phone,
        "email": one.email,
        "login": one.email.partition("@")[0],
        "parent": one.parent,
        "parent_email": one.parent_email,
        "role": one.role,
        "title": one.title,
        "race": one.race,
        "hispanic": "Y" if one.hispanic else "N",
        "": "",
    }
