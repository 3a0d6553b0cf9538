"""Whom a file is about is told by the values of the other files, where its own headers don't say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from helpers.files import District, read_district
from helpers.files.draft import draft_layouts

FIRST = ("Ana", "Bo", "Cyrus", "Dina", "Edgar", "Flora")
LAST = ("Ruiz", "Li", "Okafor", "Fox", "Kimura")
PEOPLE = [(first, last) for first in FIRST for last in LAST]
NUMBERS = [100_000 + 37 * at for at in range(len(PEOPLE))]
OTHERS = [400_000 + 53 * at for at in range(len(PEOPLE))]


def table(head: str, rows: Sequence[Sequence[object]]) -> str:
    return "\n".join([head] * bool(head) + [",".join(map(str, row)) for row in rows]) + "\n"


def roster(numbers: Sequence[int] = NUMBERS, people: Sequence[tuple[str, str]] = PEOPLE) -> str:
    rows = [
        (number, *who, f"2014-0{1 + at % 9}-{11 + at % 17}")
        for at, (number, who) in enumerate(zip(numbers, people, strict=True))
    ]
    return table("Student Number,First Name,Last Name,Birthdate", rows)


def drafted(folder: Path, **files: str) -> District:
    """Write files (`__` is a folder), draft their layouts, and read them."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert draft_layouts(folder).left == {}
    return read_district(folder)


def test_a_file_without_a_header_has_its_columns_named_by_other_files_values(tmp_path: Path) -> None:
    rows = [
        (last, first, number, "" if at % 3 else "x")
        for at, (number, (first, last)) in enumerate(zip(NUMBERS, PEOPLE, strict=True))
    ]
    people = drafted(tmp_path, roster=roster(), clubs=table("", rows)).people
    mine = people[people["silo"].eq("clubs")]
    assert sorted(zip(mine["first_name"], mine["last_surname"], strict=True)) == sorted(PEOPLE)
    assert sorted(mine["local_id"]) == sorted(map(str, NUMBERS))


def test_the_names_of_contacts_are_nobodys_and_a_row_is_about_the_child_with_its_number(
    tmp_path: Path,
) -> None:
    rows = [
        (number, "Zoe", f"{last}a", "Mother", "555-0100")
        for number, (_, last) in zip(NUMBERS, PEOPLE, strict=True)
    ]
    contacts = table("Student Number,First Name,Last Name,Relationship,Phone", rows)
    people = drafted(tmp_path, roster=roster(), contacts=contacts).people
    mine = people[people["silo"].eq("contacts")]
    assert mine[["first_name", "last_surname", "telephone"]].isna().all(axis=None)
    assert mine["role"].eq("Student").all()
    assert len(mine) == len(PEOPLE)


@pytest.mark.parametrize(
    ("numbers", "people", "systems"),
    [
        (NUMBERS, PEOPLE, 1),
        (OTHERS, PEOPLE, 2),
        (NUMBERS, PEOPLE[1:] + PEOPLE[:1], 2),
    ],
    ids=["one number", "other numbers", "one number of other people"],
)
def test_files_of_a_folder_are_one_system_if_their_people_have_one_number(
    tmp_path: Path, numbers: list[int], people: list[tuple[str, str]], systems: int
) -> None:
    clubs = roster(numbers, people).replace("Birthdate", "Joined")
    district = drafted(tmp_path, office__roster=roster(), office__clubs=clubs)
    assert len(district) == systems


@pytest.mark.parametrize(("different", "is_marked"), [(19, False), (20, True)])
def test_a_column_that_could_number_people_is_possible_from_twenty_values_on(
    tmp_path: Path, different: int, is_marked: bool
) -> None:
    rows = [(*who, f"{700_000 + 11 * (at % different)}") for at, who in enumerate(PEOPLE)]
    district = drafted(tmp_path, lockers=table("First Name,Last Name,Locker Ref", rows))
    assert (district.possible_ids["column"].nunique() == 1) is is_marked
    assert not district.identifiers["column"].eq("Locker Ref").any()


def test_a_students_school_id_is_the_number_that_the_school_has_of_her(tmp_path: Path) -> None:
    rows = [(other, number, *who) for other, number, who in zip(OTHERS, NUMBERS, PEOPLE, strict=True)]
    head = "DLStudentID,StudentSchoolID,StudentFirstName,StudentLastName"
    district = drafted(tmp_path, roster=roster(), behavior=table(head, rows))
    assert "StudentSchoolID" in set(district.identifiers["column"])
    assert district.people["school_id"].isna().all()


def test_a_header_of_two_rows_is_read_as_one(tmp_path: Path) -> None:
    rows = [
        (number, last, first, 400 + at, 2, 500 + at, 3)
        for at, (number, (first, last)) in enumerate(zip(NUMBERS, PEOPLE, strict=True))
    ]
    wrapped = "Student,Last,First,Reading,,Math,\nNumber,Name,Name,Scale Score,Level,Scale Score,Level"
    district = drafted(tmp_path, results=table(wrapped, rows))
    assert len(district.people) == len(PEOPLE)
    assert district.people["last_surname"].tolist()[:2] == ["Ruiz", "Li"]
    results = district.fact("assessment_result")
    assert results.groupby("academic_subject")["result"].min().to_dict() == {
        "Mathematics": 500,
        "Reading": 400,
    }


def test_a_first_row_of_words_below_a_header_is_a_row(tmp_path: Path) -> None:
    rows = [(last, first, "Oak Hill") for first, last in PEOPLE]
    assert len(drafted(tmp_path, names=table("Last Name,First Name,School", rows)).people) == len(PEOPLE)


def test_two_files_without_numbers_and_nobody_in_common_are_read(tmp_path: Path) -> None:
    one = table("First Name,Last Name,Birthdate", [(*who, "2014-05-17") for who in PEOPLE[:15]])
    other = table("First Name,Last Name,Birthdate", [(*who, "2015-06-18") for who in PEOPLE[15:]])
    district = drafted(tmp_path, clubs__chess_fall=one, clubs__chess_spring=other)
    assert len(district.people) == len(PEOPLE)
