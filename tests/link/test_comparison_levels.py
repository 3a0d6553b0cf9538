"""How alike two units are in one attribute: every level, just on either side of its line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from helpers.link.comparisons import best_of, compare_units, comparisons_for
from tests.link.units import born, unit, units_of


def level(comparison: str, one: dict[str, list[Any]], other: dict[str, list[Any]]) -> str | None:
    """Give the words of the level, the same from either side; None if there is nothing to compare."""
    units = units_of([unit("ana", "lopez", **one), unit("ana", "lopez", **other)])
    (of,) = [each for each in comparisons_for(units) if each.name == comparison]
    found = compare_units(units, [of], np.array([0, 1]), np.array([1, 0]))
    assert found[0, 0] == found[1, 0]
    return None if found[0, 0] < 0 else of.levels[found[0, 0]].words


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("A1234", "Locker the same"), ("A1235", "Locker one sign different"), ("A124", "Locker different"),
        ("A12345", "Locker one sign different"), ("A2134", "Locker one sign different"),
        ("A1256", "Locker different"), ("B1254", "Locker different"),
    ],
)  # fmt: skip
def test_a_code_of_five_signs_or_more_may_have_one_wrong(other: str, expected: str) -> None:
    assert (
        level("identifier: Locker", *({"identifier: Locker": [code]} for code in ("A1234", other)))
        == expected
    )


@pytest.mark.parametrize(("one", "other"), [("1234", "1235"), ("123", "1234"), ("1234", "12345")])
def test_two_codes_of_which_one_has_four_signs_are_the_same_or_different(one: str, other: str) -> None:
    both = ({"identifier: Locker": [code]} for code in (one, other))
    assert level("identifier: Locker", *both) == "Locker different"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("violin", "violin", "Club the same"),
        ("football", "footbag", "Club nearly the same"),  # 0.9214, the line is 0.92
        ("science", "silence", "Club somewhat alike"),  # 0.9143
        ("ballet", "ballad", "Club somewhat alike"),  # 0.8667, the line is 0.85
        ("tennis", "tenors", "Club different"),  # 0.8444
        ("violin", "piano", "Club different"),
    ],
)
def test_two_words_are_nearly_the_same_or_somewhat_alike(one: str, other: str, expected: str) -> None:
    assert level("text: Club", {"text: Club": [one]}, {"text: Club": [other]}) == expected


@pytest.mark.parametrize(
    ("name", "one", "other", "expected"),
    [
        ("age", 9, 9, "Age the same"), ("age", 9, 10, "Age one year apart"),
        ("age", 9, 11, "Age up to three years apart"), ("age", 9, 12, "Age up to three years apart"),
        ("age", 9, 13, "Age further apart"),
        ("grade", 5, 5, "Grade the same"), ("grade", 5, 4, "Grade one apart"),
        ("grade", 5, 7, "Grade further apart"),
    ],
)  # fmt: skip
def test_ages_and_grades_are_compared_by_how_far_apart_they_are(
    name: str, one: int, other: int, expected: str
) -> None:
    assert level(name, {f"{name}s": [one]}, {f"{name}s": [other]}) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("2012-05-17", "Birth date the same"),
        ("2012-05-18", "One digit of the birth date off"),
        ("2021-05-17", "One digit of the birth date off"),  # two neighbors exchanged
        ("2012-05-71", "One digit of the birth date off"),
        ("2012-05-28", "Two of day, month and year the same"),
        ("2012-12-17", "Two of day, month and year the same"),
        ("2009-05-17", "Two of day, month and year the same"),
        ("2012-11-28", "Only the birth year the same"),
        ("2009-11-28", "Birth date different"),
        ("2012-05-00", "Birth year the same, no more is known"),
        ("2012-00-00", "Birth year the same, no more is known"),
        ("2012-06-00", "Birth date different"),
        ("2011-00-00", "Birth date different"),
        ("0000-05-17", None),
    ],
)
def test_two_birth_dates_differ_by_a_digit_a_part_or_altogether(other: str, expected: str | None) -> None:
    assert level("birth_date", {"birth_days": ["2012-05-17"]}, {"birth_days": [other]}) == expected


def test_day_and_month_exchanged_is_a_level_of_its_own() -> None:
    days = {"birth_days": ["2012-03-04"]}, {"birth_days": ["2012-04-03"]}
    assert level("birth_date", *days) == "Day and month exchanged"
    # In another year it is another date.
    other = {"birth_days": ["2011-04-03"]}
    assert level("birth_date", days[0], other) == "Birth date different"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("marie", "Middle name the same"), ("m", "An initial of the middle name fits"),
        ("marié", "Middle name nearly the same"), ("maria", "Middle name nearly the same"),
        ("n", "Middle name different"), ("john", "Middle name different"),
    ],
)  # fmt: skip
def test_an_initial_fits_a_middle_name_that_begins_with_it(other: str, expected: str) -> None:
    assert level("middle_name", {"middle": ["marie"]}, {"middle": [other]}) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("ana.lopez@lake.org", "E-mail the same"), ("ana.lopez@mail.com", "E-mail the same before the @"),
        ("ana.lopes@lake.org", "E-mail nearly the same"), ("zb@qq.net", "E-mail different"),
    ],
)  # fmt: skip
def test_two_addresses_agree_wholly_before_the_at_or_nearly(other: str, expected: str) -> None:
    assert level("e_mail", {"emails": ["ana.lopez@lake.org"]}, {"emails": [other]}) == expected


def test_of_several_values_the_two_most_alike_count_and_a_missing_one_says_nothing() -> None:
    assert level("sex", {"sex": ["Female"]}, {"sex": ["Male", "Female"]}) == "Sex the same"
    assert level("sex", {"sex": ["Female"]}, {"sex": ["Male"]}) == "Sex different"
    assert level("sex", {"sex": ["Female"]}, {}) is None
    assert level("grade", {"grades": [3, 9]}, {"grades": [6, 8]}) == "Grade one apart"


def test_a_grade_says_nothing_where_both_have_a_birth_date() -> None:
    one, other = {"grades": [5], **born("2014-01-01")}, {"grades": [5], **born("2014-01-01")}
    assert level("grade", one, other) is None
    assert level("grade", one, {"grades": [5]}) == "Grade the same"


HOME = {
    "streets": ["main st"], "house_numbers": ["12345"], "localities": ["springfield"], "postcodes": ["97201"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "expected"),  # of 12 points: a street 4, its number 2, the town 3 and its postal code 3
    [
        ({}, "Address the same"),
        ({"house_numbers": ["12346"]}, "Address the same"),  # 11.5: nearly the same is three quarters
        ({"house_numbers": ["99"]}, "Address nearly the same"),  # 10
        ({"localities": ["dover"]}, "Address nearly the same"),  # 9
        ({"localities": ["dover"], "house_numbers": ["99"]}, "Half of the address the same"),  # 7
        ({"streets": ["zz"], "localities": ["dover"]}, "Part of the address the same"),  # 5
        (
            {"streets": ["zz"], "house_numbers": ["99"], "localities": ["dover"]},
            "Little of the address the same",
        ),
        ({"streets": ["zz"], "localities": ["dover"], "postcodes": ["1"]}, "Little of the address the same"),
        (
            {"streets": ["zz"], "house_numbers": ["9"], "localities": ["x"], "postcodes": ["1"]},
            "Home different",
        ),
    ],
)
def test_an_address_agrees_by_the_share_of_its_points(other: dict[str, list[str]], expected: str) -> None:
    assert level("home", HOME, {**HOME, **other}) == expected


def test_a_town_alone_is_little_evidence_and_a_telephone_much() -> None:
    town, other = {"localities": ["springfield"]}, {"localities": ["dover"]}
    assert level("home", town, town) == "Town or postal code the same, no more is known"
    assert level("home", town, other) == "Town or postal code different, no more is known"
    phone, another = {"telephones": ["5550100"]}, {"telephones": ["5550199"]}
    assert level("home", phone, phone) == "Telephone the same"
    assert level("home", phone, another) == "Home different"
    assert level("home", {**HOME, **phone}, {**HOME, **phone}) == "Address and telephone the same"
    # Another telephone says little where the address is the same.
    assert level("home", {**HOME, **phone}, {**HOME, **another}) == "Address the same"
    assert level("home", {**town, **phone}, {**other, **another}) == "Home different"
    # And much where nothing but the town is known.
    assert level("home", {**town, **phone}, {**town, **another}) == "Home different"
    assert level("home", {"regions": ["or"]}, {"regions": ["or"]}) is None
    # A town nearly the same in another region: 2.25 of 3.5 points.
    spelled = {"localities": ["springfeld"], "regions": ["wa"]}
    assert (
        level("home", {**town, "regions": ["or"]}, spelled)
        == "Town or postal code different, no more is known"
    )


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, "Address and telephone the same"),
        ({"house_numbers": ["99"]}, "Address and telephone the same"),  # nearly the same
        ({"localities": ["dover"], "house_numbers": ["99"]}, "Telephone the same"),  # half of it
    ],
)
def test_address_and_telephone_are_the_same_where_the_address_is_at_least_nearly_so(
    other: dict[str, list[str]], expected: str
) -> None:
    phone = {"telephones": ["5550100"]}
    assert level("home", {**HOME, **phone}, {**HOME, **phone, **other}) == expected


def test_a_name_exchanged_is_exchanged_in_both_halves() -> None:
    units = units_of([unit("ali", "mohamed"), unit("mohamed", "ali"), unit("ali", "weber")])
    first, last = (one for one in comparisons_for(units) if one.kind in ("first name", "surname"))
    found = compare_units(units, [first, last], np.array([0, 0]), np.array([1, 2]))
    words = [[of.levels[place].words for of, place in zip((first, last), row, strict=True)] for row in found]
    assert words == [
        ["First name and surname exchanged", "Surname and first name exchanged"],
        ["First name the same", "Surname different"],
    ]


def test_each_pair_of_distinct_values_is_looked_at_once() -> None:
    units = units_of([unit("ana", "lopez", sex=["a"]) for _ in range(3)] + [unit("ana", "lopez", sex=["b"])])
    asked: list[int] = []

    def different(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        asked.append(len(one))
        return (one != other).astype("int8")

    left, right = np.array([0, 0, 1, 0, 2]), np.array([1, 2, 2, 3, 3])
    assert best_of(units.values["sex"], 4, left, right, different).tolist() == [0, 0, 0, 1, 1]
    assert asked == [2]
