"""The cascade joins what agrees in a pass's fields, and only where the key is one child's in every system."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.link.methods.deterministic import PASSES, cascade_pairs
from helpers.link.records import prepare_records
from tests.link.records import frames, record

SCHOOLS = pd.DataFrame({"silo": ["sis"], "school_id": ["104"], "school_name": ["Oak Hill Elementary School"]})


def found(*rows: dict[str, Any], **more: list[Any]) -> dict[tuple[str, str], str]:
    """Give the rule by which each pair of records was found; `more` are further columns, in order of rows."""
    people, identifiers = frames(*rows)
    for column, values in more.items():
        people[column] = pd.Series(values, dtype="string")
    students = prepare_records(people, identifiers, unique_people=("sis",))
    pairs, _ = cascade_pairs(students, SCHOOLS)
    names = (students.people["silo"] + " " + students.people["record"]).tolist()
    return {
        (names[left], names[right]): rule
        for left, right, rule in pairs[["left", "right", "rule"]].itertuples(index=False)
    }


def sis(name: str, *words: str, **more: Any) -> dict[str, Any]:
    return record("sis", name, *words, **more)


def clubs(name: str, *words: str, **more: Any) -> dict[str, Any]:
    return record("clubs", name, *words, **more)


def test_the_strictest_pass_that_fits_names_the_pair() -> None:
    both = found(
        sis("1", "Ana", "Lopez", "2015-05-17"),
        clubs("a", "ANA", "López", "2015-05-17"),
        grade_level=["04", "04"],
        school_id=["104", None],
        school_name=[None, "Oak Hill Elem"],
    )
    assert both == {("clubs a", "sis 1"): PASSES[0].rule}


def test_a_list_without_birth_dates_is_joined_by_name_school_and_grade() -> None:
    same = found(
        sis("1", "Ana", "Lopez", "2015-05-17"),
        sis("2", "Ana", "Lopez", "2013-01-02"),
        clubs("a", "Ana", "Lopez"),
        grade_level=["04", "06", "04"],
        school_id=["104", "104", None],
        school_name=[None, None, "Oak Hill ES"],
    )
    assert same == {("clubs a", "sis 1"): "full name, school and grade"}


@pytest.mark.parametrize("grades", [["04", "04", "04"], [None, None, None]])
def test_namesakes_in_one_system_make_a_key_useless(grades: list[str | None]) -> None:
    rows = (
        sis("1", "Ana", "Lopez", "2015-05-17"),
        sis("2", "Ana", "Lopez", "2015-02-03"),
        clubs("a", "Ana", "Lopez"),
    )
    assert found(*rows, grade_level=grades) == {}


def test_a_name_that_nobody_else_has_joins_alone() -> None:
    rows = (
        sis("1", "Ana", "Lopez", "2015-05-17"),
        sis("2", "Eva", "Ruiz", "2015-05-17"),
        clubs("a", "Ana", "Lopez"),
    )
    assert found(*rows) == {("clubs a", "sis 1"): "full name that nobody else has"}


def test_two_birth_dates_contradict_a_name() -> None:
    assert found(sis("1", "Ana", "Lopez", "2015-05-17"), clubs("a", "Ana", "Lopez", "2013-11-30")) == {}


def test_one_slip_in_a_birth_date_is_forgiven_within_one_school() -> None:
    rows = sis("1", "Ana", "Lopez", "2015-05-17"), clubs("a", "Ana", "Lopez", "2015-05-19")
    where = {"school_id": ["104", None], "school_name": [None, "Oak Hill ES"]}
    assert found(*rows, **where) == {("clubs a", "sis 1"): "full name, school and most of the birth date"}
    assert found(*rows) == {}


def test_another_surname_is_found_by_first_name_birth_date_and_telephone() -> None:
    rows = (
        sis("1", "Ana", "Lopez", "2015-05-17", telephone="(931) 555-0112"),
        clubs("a", "Ana", "Ruiz", "2015-05-17", telephone="931-555-0112 x2"),
    )
    assert found(*rows) == {("clubs a", "sis 1"): "first name, birth date and contact"}


def test_a_misspelled_first_name_is_found_by_surname_letter_birth_date_and_school() -> None:
    rows = sis("1", "Ana", "Lopez", "2015-05-17"), clubs("a", "Anq", "Lopez", "2015-05-17")
    where = {"school_id": ["104", None], "school_name": [None, "Oak Hill ES"]}
    assert found(*rows, **where) == {("clubs a", "sis 1"): "surname, first letter, birth date and school"}


def test_twins_with_one_first_letter_are_not_guessed() -> None:
    rows = (
        sis("1", "Jayden", "Lopez", "2015-05-17"),
        sis("2", "Jonah", "Lopez", "2015-05-17"),
        clubs("a", "J", "Lopez", "2015-05-17"),
    )
    where = {"school_id": ["104", "104", None], "school_name": [None, None, "Oak Hill ES"]}
    assert found(*rows, **where) == {}


def test_what_an_earlier_pass_joined_is_not_joined_to_that_system_again() -> None:
    # By name alone the second child of the roster would fit too.
    pairs = found(
        sis("1", "Ana", "Lopez", "2015-05-17"),
        sis("2", "Ana Sofia", "Lopez", "2013-02-03"),
        clubs("a", "Ana", "Lopez", "2015-05-17"),
    )
    assert pairs == {("clubs a", "sis 1"): PASSES[0].rule}


def test_no_record_and_one_record_find_nothing() -> None:
    assert found(sis("1", "Ana", "Lopez", "2015-05-17")) == {}
    assert found(sis("1", "Student", "Test"), clubs("a", "Student", "Test")) == {}


def test_a_list_without_ids_may_have_a_row_of_each_year() -> None:
    rows = sis("1", "Ana", "Lopez", "2015-05-17"), clubs("a", "Ana", "Lopez"), clubs("b", "Ana", "Lopez")
    grades = ["04", "04", "03"]
    both = found(*rows, grade_level=grades, local_id=["1", None, None])
    assert both.keys() >= {("clubs a", "sis 1"), ("clubs b", "sis 1")}
    # Two ids of its own are two children, of whom only the one in the right grade is she.
    assert found(*rows, grade_level=grades) == {("clubs a", "sis 1"): "full name and grade"}
