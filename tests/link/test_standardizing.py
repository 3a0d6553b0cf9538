"""What is written in many ways is compared in one: names, fillers, telephones, addresses, schools, grades."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.link.values.contacts import (
    addresses,
    emails,
    name_from_initials,
    shared_by_many,
    street_address,
    telephone_extensions,
    telephones,
)
from helpers.link.values.name_forms import grades_after_name, name_keys, parse_names, typed_name
from helpers.link.values.name_variants import (
    fillers_in,
    formal_names,
    is_double_transliteration,
    is_possible_romanization,
)
from helpers.link.values.names import (
    LEVELS,
    compare_first_names,
    compare_surnames,
    fold,
    is_initial,
    surname_variants,
)
from helpers.link.values.schools import grade_number, grade_numbers, school_codes, school_name
from tests.link.records import frames, record

# Letters with and without accents, of other scripts, digits, and every sign that stands in names.
LETTERS = (
    "aeinostzABJRß øłđéñüÑÉ'’.-,&;#ªŉ\N{CYRILLIC SMALL LETTER YU}\N{ARABIC LETTER NOON}\N{HEBREW LETTER ALEF}"
)
NAMES = st.text(alphabet=f"{LETTERS} 01527", max_size=24)
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9)


def shared_keys(one: dict[str, Any], other: dict[str, Any]) -> set[int]:
    """Give the keys that two records have in common."""
    people, _ = frames(record("sis", "a", **one), record("clubs", "b", **other))
    rows, keys = name_keys(parse_names(people))
    return set(keys[rows == 0].tolist()) & set(keys[rows == 1].tolist())


def texts(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="string")


@given(NAMES)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# An entity of HTML is a code: &ee; is one letter, and &EE; is none.
@given(st.text(alphabet=LETTERS, max_size=24).filter(lambda text: "&" not in text))
def test_capitals_and_spaces_around_tell_no_names_apart(text: str) -> None:
    assert fold(f"  {text.upper()} ") == fold(text.lower())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ols0n", "olson"),
        ("Wi1liams", "williams"),
        ("MAR1A", "maria"),
        ("5mith", "smith"),
        ("Apartment 12", "apartment 12"),
        ("12", "12"),
    ],
)
def test_digits_that_scans_take_for_letters_are_read_inside_words_only(written: str, meant: str) -> None:
    assert fold(written) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"first": "Muhammad", "last": "Hussain"}, {"first": "Mohamed", "last": "Husein"}),
        ({"first": "Maxamed", "last": "Xasan"}, {"first": "Mohamed", "last": "Hassan"}),
        ({"first": "Abd al-Rahman", "last": "El Masri"}, {"first": "Abdulrahman", "last": "Al-Masri"}),
        ({"first": "Judeline", "last": "St. Fleur"}, {"first": "Judeline", "last": "Saint-Fleur"}),
        ({"first": "Yuto", "last": "Itoh"}, {"first": "Yuuto", "last": "Ito"}),
        ({"first": "Rosa", "last": "de la Cruz Lopez"}, {"first": "Rosa", "last": "Lopez de la Cruz"}),
        ({"first": "Xiao-ming", "last": "Li"}, {"first": "Xiaoming", "last": "Li"}),
        ({"first": "Peggy", "last": "Ols0n"}, {"first": "Margaret", "last": "Olson"}),
        ({"first": "Aldo", "last": "De", "full_name": "De Anda, Aldo", "name_order": "last first"},) * 2,
    ],
)
def test_customs_of_writing_names_share_a_key(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert shared_keys(one, other)


def test_a_cell_for_the_whole_name_is_read_beside_columns_that_cut_it() -> None:
    cut = {"first": "Aldo", "last": "De", "full_name": "De Anda, Aldo", "name_order": "last first"}
    assert shared_keys(cut, {"first": "Aldo", "last": "De Anda"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"first": "Erin", "last": "Smith"}, {"first": "Aaron", "last": "Smith"}),
        ({"first": "Daniel", "last": "Smith"}, {"first": "Daniela", "last": "Smith"}),
        ({"first": "David", "last": "Lee"}, {"first": "David", "last": "Li"}),
        ({"first": "Student", "last": "Test"}, {"first": "Student", "last": "Test"}),
        ({"first": "N", "last": "Cheng"}, {"first": "Nora", "last": "Cheng"}),
    ],
)
def test_other_names_and_no_names_share_none(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not shared_keys(one, other)


@given(st.tuples(NAMES, NAMES), st.tuples(NAMES, NAMES))
def test_comparing_names_does_not_depend_on_which_comes_first(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    (first, last), (other_first, other_last) = ([fold(text) for text in name] for name in (one, other))
    assert compare_first_names(first, other_first) == compare_first_names(other_first, first)
    assert compare_surnames(last, other_last) == compare_surnames(other_last, last)


@given(WORDS, WORDS)
def test_names_that_share_a_form_are_never_called_different(one: str, other: str) -> None:
    # A common part alone (Garcia Lopez, Garcia Ruiz) is no agreement; a form of a single word is.
    if surname_variants(one) & surname_variants(other):
        assert LEVELS[compare_surnames(one, other)] in (
            "Initial" if is_initial(one) else "Same",
            "Nickname",
            "Spelling",
        )
    if formal_names(one) & formal_names(other):
        assert not compare_first_names(one, other).plainly_different


@pytest.mark.parametrize(
    ("one", "other"),
    [("Yevgeniy", "Evgeny"), ("Dmitrii", "Dmitriy"), ("Kuznetsov", "Kuznecov"), ("Aleksei", "Alexey")],
)
def test_systems_for_writing_cyrillic_give_one_name(one: str, other: str) -> None:
    assert is_double_transliteration(fold(one), fold(other))


def test_a_surname_that_may_be_two_names_of_another_script_is_evidence_for_either() -> None:
    assert is_possible_romanization("wong", "wang")
    assert is_possible_romanization("wong", "huang")
    assert not is_possible_romanization("wang", "huang")
    assert LEVELS[compare_surnames("lee", "yi")] == "Nickname"
    assert LEVELS[compare_surnames("lee", "kim")] == "Different"


@pytest.mark.parametrize(
    ("first", "last", "no_first", "no_last"),
    [
        ("Student", "Test", True, True),
        ("TEST", "Student2", True, True),
        ("Baby", "Boy", True, True),
        ("Baby Girl", "Lopez", True, False),
        ("Unknown", None, True, True),
        ("N/A", "n/a", True, True),
        ("Jane", "Doe", True, True),
        ("Jane", "Child", False, False),
        ("Ana", "Unknown", False, True),
        ("Na", "Kim", False, False),
        ("Tessa", "Tester-Lopez", False, False),
    ],
)
def test_fillers_are_no_names_and_names_are_no_fillers(
    first: str, last: str | None, no_first: bool, no_last: bool
) -> None:
    found = fillers_in(texts(first), texts(last), texts(None))
    assert (found.first.tolist(), found.last.tolist()) == ([no_first], [no_last])


def test_a_filler_in_one_cell_is_told_and_a_name_is_not() -> None:
    none = texts(None, None, None)
    whole = fillers_in(none, none, texts("Test, Student", "Lopez, Ana", None)).whole
    assert whole.tolist() == [True, False, False]


def test_a_filler_has_no_reading_and_half_a_filler_only_its_real_half() -> None:
    people, _ = frames(record("sis", "a", "Student", "Test"), record("sis", "b", "Baby Boy", "Lopez"))
    forms = parse_names(people)
    read = [(forms.texts[one], forms.texts[two]) for one, two in zip(forms.first, forms.last, strict=True)]
    assert (forms.record.tolist(), read) == ([1], [("", "lopez")])


@pytest.mark.parametrize(
    ("cell", "name", "grade"),
    [
        ("Adam H., 7", "Adam H.", 7),
        ("Lopez, Ana (3rd grade)", "Lopez, Ana", 3),
        ("Ana Lopez - K", "Ana Lopez", 0),
        ("Frank Malik", "Frank Malik", None),
        ("Lopez, Erik", "Lopez, Erik", None),
        ("Ana, 77", "Ana, 77", None),
    ],
)
def test_a_grade_typed_behind_a_name_is_taken_off(cell: str, name: str, grade: int | None) -> None:
    assert tuple(typed_name(cell)) == (name, grade)
    people, _ = frames(record("sis", "a", cell), record("sis", "b", "Ana", "Lopez"))
    typed = grades_after_name(people)
    assert (None if pd.isna(typed.iloc[0]) else int(typed.iloc[0]), typed.isna().iloc[1]) == (grade, True)


def test_a_grade_behind_one_of_several_doubtful_names_is_taken() -> None:
    cells = ("Ana Ruiz", "Li Chen", "Bo Ray", "Ana Lopez (b)", "Adam H., 4")
    people, _ = frames(*(record("sis", f"r{place}", cell) for place, cell in enumerate(cells)))
    assert grades_after_name(people).fillna(-1).tolist() == [-1, -1, -1, -1, 4]


def test_a_first_name_with_the_initial_of_the_surname_is_read_as_both() -> None:
    people, _ = frames(record("behavior", "a", "Adam H., 7"))
    forms = parse_names(people)
    read = {(forms.texts[one], forms.texts[two]) for one, two in zip(forms.first, forms.last, strict=True)}
    assert ("adam", "h") in read


@pytest.mark.parametrize(
    ("cell", "order", "readings"),
    [
        ("Ana Lopez", "first last", {("ana", "lopez")}),
        ("Lopez Ana", "last first", {("ana", "lopez")}),
        ("Ana Lopez", "unknown", {("ana", "lopez"), ("lopez", "ana")}),
        # The word between may be of the first name, of the surname, or a middle name.
        ("Ana Maria Lopez", "first last", {("ana", "maria lopez"), ("ana maria", "lopez"), ("ana", "lopez")}),
        ("Lopez Ana Maria", "last first", {("ana maria", "lopez"), ("maria", "lopez ana"), ("ana", "lopez")}),
        ("Lopez, Ana Maria", "last first", {("ana maria", "lopez"), ("ana", "lopez")}),
        ("Ana", "first last", {("ana", "")}),
    ],
)
def test_a_cell_with_the_whole_name_has_these_readings(
    cell: str, order: str, readings: set[tuple[str, str]]
) -> None:
    people, _ = frames(record("lms", "a", full_name=cell, name_order=order))
    forms = parse_names(people)
    read = [(forms.texts[one], forms.texts[two]) for one, two in zip(forms.first, forms.last, strict=True)]
    assert set(read) == readings


def test_an_initial_is_read_in_full_where_the_address_has_the_name() -> None:
    people, _ = frames(record("sis", "a", "Nora", "Cheng"), record("career", "b", "N", "Cheng"))
    assert set(name_keys(parse_names(people))[0]) == {0}, "an initial is no whole name"
    people["email"] = texts(None, "nora.cheng4@example.org")
    rows, keys = name_keys(parse_names(people))
    assert set(keys[rows == 0]) & set(keys[rows == 1])
    assert name_from_initials("n", "cheng", "zoe.lopez@example.org") is None


@given(st.integers(2_000_000_000, 9_999_999_999), st.integers(0, 4), st.integers(1, 9999))
def test_how_a_number_is_written_does_not_matter(number: int, style: int, extension: int) -> None:
    digits = str(number)
    area, office, line = digits[:3], digits[3:6], digits[6:]
    written = (
        f"({area}) {office}-{line}",
        f"{area}.{office}.{line}",
        f"+1 {area} {office} {line}",
        f"1-{area}-{office}-{line}",
        f"{digits} ",
    )[style]
    plain, more = telephones(texts(digits, f"{written} ext. {extension}"))
    assert (plain is pd.NA and more is pd.NA) or plain == more
    assert telephone_extensions(texts(written, f"{written} x{extension}")).tolist() == [pd.NA, str(extension)]


def test_numbers_of_other_countries_are_national_ones_and_fillers_are_none() -> None:
    written = texts(
        "+44 20 7946 0958", "(020) 7946 0958", "000-000-0000", "555-555-5555", "call mother", "12"
    )
    assert telephones(written).tolist() == ["2079460958", "2079460958", pd.NA, pd.NA, pd.NA, pd.NA]


def test_a_switchboard_is_no_familys_number() -> None:
    values, owners = texts("1", "1", "1", "2", "2", None), texts("a", "b", "c", "a", "a", "a")
    assert shared_by_many(values, owners, most=2).tolist() == [True, True, True, False, False, False]


def test_an_address_is_one_in_capitals_and_with_a_tag() -> None:
    written = texts("Ana.Lopez+school@Example.org", "<ana.lopez@example.org>", "none", None)
    assert emails(written).tolist() == ["ana.lopez@example.org"] * 2 + [pd.NA, pd.NA]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("123 North Oak Street", "123 N. OAK ST"),
        ("5 Foo Road Apt 12", "House 12, 5 Foo Road"),
        ("Flat 2, 5 Foo Crescent", "2/5 Foo Cres"),
        ("77 St. John Avenue", "77 Saint John Ave."),
        ("P.O. Box 12", "PO Box 12"),
        ("12B Calle Peñón", "12b calle penon"),
    ],
)
def test_one_home_is_written_in_many_ways(one: str, other: str) -> None:
    found = addresses(texts(one, other))
    assert found.iloc[0] == found.iloc[1]


def test_neighbors_are_not_one_home() -> None:
    assert addresses(texts("5 Foo Road", "7 Foo Road", "5 Foo Street", "5 Bar Road")).nunique() == 4
    assert street_address("5 Foo Road Apt 2") != street_address("5 Foo Road Apt 3")
    assert addresses(texts("Lot 7 Burnie Court", "Lot 8 Burnie Court")).nunique() == 2
    assert addresses(texts("no fixed abode", "Burnie Court", "", None)).isna().all()


@given(st.integers(-1, 12))
def test_a_grade_comes_back_from_every_way_to_write_it(grade: int) -> None:
    code = {-1: "PK", 0: "KG"}.get(grade, f"{grade:02d}")
    assert grade_number(code) == grade_number(code.lower()) == grade_number(f"Grade {code}") == grade
    if grade > 0:
        assert grade_number(f"{grade}th grade") == grade_number(str(grade)) == grade


def test_what_is_no_grade_has_no_number() -> None:
    assert [grade_number(text) for text in ("UG", "Other", "13", "", "99", "K-8")] == [None] * 6


def test_a_class_year_is_a_grade_in_the_school_year_of_the_export() -> None:
    people = pd.DataFrame(
        {
            "grade_level": texts(None, None, "03", None, None),
            "graduation_year": pd.array([2026, 2027, None, 2060, 2026], dtype="Int64"),
            "as_of": pd.to_datetime(["2026-01-15", "2026-01-15", "2026-01-15", "2026-01-15", "2024-09-01"]),
        }
    )
    assert grade_numbers(people).tolist() == [12, 11, 3, pd.NA, 11]


@pytest.mark.parametrize(
    "written",
    [
        "Oak Hill Elem",
        "OAK HILL E.S.",
        "Oak-Hill Elementary School",
        "Oak Hill ES",
        "The Oak Hill Elem. Sch.",
    ],
)
def test_a_school_has_one_name(written: str) -> None:
    assert school_name(written) == "oak hill elementary"


def test_schools_of_one_place_stay_apart_by_their_level() -> None:
    names = ("Oak Hill", "Oak Hill HS", "Oak Hill MS", "Oak Hill ES", "Oak Hill Jr. High East")
    assert len({school_name(name) for name in names}) == len(names)


def test_numbers_and_names_of_schools_meet_and_what_is_ambiguous_does_not() -> None:
    people = pd.DataFrame(
        {
            "silo": ["sis", "clubs", "sis", "sis", "clubs", "sis"],
            "school_id": texts("00104", None, "105", "106", None, None),
            "school_name": texts(None, "Oak Hill ES", None, None, "Lincoln", None),
        }
    )
    schools = pd.DataFrame(
        {
            "silo": "sis",
            "school_id": ["104", "105", "106"],
            "school_name": ["Oak Hill Elementary School", "Lincoln", "Lincoln"],
        }
    )
    found = school_codes(people, schools)
    assert found.iloc[0] == found.iloc[1] == "oak hill elementary"
    assert found.iloc[2] != found.iloc[3]
    assert found.iloc[4:].isna().all()


def test_a_number_with_last_years_name_in_some_records_keeps_the_usual_one() -> None:
    people = pd.DataFrame(
        {
            "silo": "map",
            "school_id": texts("1", "1", "1", "2", "2", "2", "1"),
            "school_name": texts("East", "East", "West", "West", "West", "East", None),
        }
    )
    assert school_codes(people).iloc[-1] == "east"


def test_columns_keep_their_rows_and_their_index() -> None:
    rows = pd.Index([7, 3, 9])
    column = pd.Series(["x", None, "931-555-0112"], index=rows, dtype="string")
    for standardized in (telephones(column), emails(column), addresses(column)):
        assert standardized.index.equals(rows)
        assert standardized.isna().to_numpy()[1]
    assert np.array_equal(telephones(column).isna(), [True, True, False])
