"""Short and unusual heads that districts have: whose a column is, in files with names and without."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from tests.files.drafts import run, written

PEOPLE = [("Ana", "Ruiz"), ("Bo", "Li"), ("Cy", "Poe"), ("Di", "Kim"), ("Ed", "Fox"), ("Flo", "Orr")]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("first", "last", "ident"),
    [
        ("FName", "LName", "StateID"), ("F_Name", "L_Name", "ID_Local"), ("F-Name", "L-Name", "LocalID"),
        ("FNAME", "LNAME", "STATE_ID"), ("f_name", "l_name", "id_local"),
        ("Stu F Name", "Stu L Name", "StuID"),
    ],
)  # fmt: skip
def test_short_heads_of_names_and_ids_are_known(first: str, last: str, ident: str, tmp_path: Path) -> None:
    rows = "".join(f"{4000 + n},{surname},{name}\n" for n, (name, surname) in enumerate(PEOPLE))
    draft_layouts(written(tmp_path, list_DOT_csv=f"{ident},{last},{first}\n{rows}"))
    people = read_district(tmp_path)["list"].people
    assert people["first_name"].tolist() == [name for name, _ in PEOPLE]
    assert people["last_surname"].tolist() == [surname for _, surname in PEOPLE]
    assert people["local_id"].tolist() == [str(4000 + n) for n in range(len(PEOPLE))]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "head",
    [
        "LASTFIRST",
        "Last First",
        "Patron Name",
        "Member Name",
        "membername",
        "Member",
        "Club Member",
        "Borrower",
    ],
)
def test_whole_names_have_more_heads(head: str, tmp_path: Path) -> None:
    rows = "".join(f'{4000 + n},"{last}, {first}"\n' for n, (first, last) in enumerate(PEOPLE))
    draft_layouts(written(tmp_path, list_DOT_csv=f"Student Number,{head}\n{rows}"))
    assert read_district(tmp_path)["list"].people["full_name"].tolist()[0] == "Ruiz, Ana"


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("heads", "is_of_people"),
    [
        ("local_id,access_code", True), ("StateID,Score", True), ("ID_Local,Form", True),
        ("local_id,School Name", False), ("State ID,Name", False), ("external_id,price", False),
    ],
)  # fmt: skip
def test_an_id_alone_is_a_person_s_where_nothing_is_named(
    heads: str, is_of_people: bool, tmp_path: Path
) -> None:
    rows = "".join(f"{4000 + n},x{n}y\n" for n in range(8))
    (drafted,) = draft_layouts(written(tmp_path, ids_DOT_csv=f"{heads}\n{rows}")).drafted
    assert drafted.kind.names_people is is_of_people
    assert len(read_district(tmp_path).people) == (8 if is_of_people else 0)


def test_a_list_of_objects_is_drafted_and_read(tmp_path: Path) -> None:
    """As a script saves what Canvas' Users API gives."""
    users = [
        {"id": 900 + n, "name": f"{first} {last}", "sortable_name": f"{last}, {first}",
         "sis_user_id": f"0{n}41", "login_id": f"{first.lower()}{n}", "email": f"{first.lower()}@x.org"}
        for n, (first, last) in enumerate(PEOPLE)
    ]  # fmt: skip
    written(tmp_path, canvas__users_DOT_json=json.dumps(users, indent=1))
    told = run("start", tmp_path, "--table").output
    assert "children?, one row each" in told
    people = read_district(tmp_path)["canvas"].people
    assert len(people) == len(PEOPLE)
    assert people["email"].notna().all()


@pytest.mark.parametrize(
    "text", ["Student ID,First,Last\n81,Ana,Ruiz\n82,Bo,Li", '{"studentId": "1", "firstName": "A"}']
)
def test_a_valid_file_without_a_last_line_end_is_not_broken(text: str, tmp_path: Path) -> None:
    name = "list_DOT_csv" if "," in text[:11] else "list_DOT_jsonl"
    draft_layouts(written(tmp_path, **{name: text}))
    district = read_district(tmp_path)
    assert "record_broken" not in set(district.findings["kind"])
    assert district.accounts["rows_set_aside"].sum() == 0


def test_a_file_that_is_cut_within_a_row_still_is(tmp_path: Path) -> None:
    draft_layouts(written(tmp_path, list_DOT_csv="Student ID,First,Last\n81,Ana,Ruiz\n82,Bo,Li\n"))
    written(tmp_path, list_DOT_csv="Student ID,First,Last\n81,Ana,Ruiz\n82,B")
    assert read_district(tmp_path).accounts["rows_set_aside"].tolist()[0] == 1


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    "head", ["Type", "Person Type", "user_type", "Patron Type", "Category", "Affiliation"]
)
@pytest.mark.parametrize("adult", ["Staff", "Teacher", "FACULTY"])
def test_a_type_whose_values_are_roles_is_the_role(head: str, adult: str, tmp_path: Path) -> None:
    child = "STUDENT" if adult.isupper() else "Student"
    rows = "".join(f"{n},{a},{b},{adult if n == 2 else child}\n" for n, (a, b) in enumerate(PEOPLE))
    draft_layouts(written(tmp_path, list_DOT_csv=f"Member ID,First,Last,{head}\n{rows}"))
    people = read_district(tmp_path)["list"].people
    assert people["local_id"].notna().all()
    assert people["role"].tolist() == ["Staff" if n == 2 else "Student" for n in range(len(PEOPLE))]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("head", ["Type", "Lunch Type", "Bus Type", "Category", "Group"])
@pytest.mark.parametrize("words", ["FRS", "SFR", ("Car", "Bus", "Student"), ("Parent", "Contact", "Family")])
def test_another_type_is_no_role_and_no_question(head: str, words: Sequence[str], tmp_path: Path) -> None:
    rows = "".join(f"{n},{a},{b},{words[n % 3]}\n" for n, (a, b) in enumerate(PEOPLE))
    (drafted,) = draft_layouts(
        written(tmp_path, list_DOT_csv=f"Student ID,First,Last,{head}\n{rows}")
    ).drafted
    assert drafted.kind.people.column("role") is None
    assert drafted.kind.people.left == {}
    assert read_district(tmp_path).people["role"].eq("Student").all()


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("family", "given"),
    [("learner.family", "learner.given"), ("name.family", "name.given"), ("Family", "Given"),
     ("student_family", "student_given"), ("pupil.name.family", "pupil.name.given")],
)  # fmt: skip
def test_family_and_given_beside_each_other_are_names(family: str, given: str, tmp_path: Path) -> None:
    rows = "".join(f"{4000 + n},{b},{a}\n" for n, (a, b) in enumerate(PEOPLE))
    draft_layouts(written(tmp_path, list_DOT_csv=f"learner.id,{family},{given}\n{rows}"))
    people = read_district(tmp_path)["list"].people
    assert people["last_surname"].tolist() == [surname for _, surname in PEOPLE]
    assert people["first_name"].tolist() == [name for name, _ in PEOPLE]


@pytest.mark.parametrize(
    "heads", ["learner.family,learner.first", "family,learner.given", "Family,Gift given"]
)
def test_a_family_alone_is_a_household(heads: str, tmp_path: Path) -> None:
    rows = "".join(f"{4000 + n},{b},{a}\n" for n, (a, b) in enumerate(PEOPLE))
    (drafted,) = draft_layouts(written(tmp_path, list_DOT_csv=f"Student ID,{heads}\n{rows}")).drafted
    assert drafted.kind.people.column("last_surname") is None


@pytest.mark.one_in(3)
@pytest.mark.parametrize("head", ["sid", "SID", "Student ID", "pupilid", "memberid", "Member ID"])
def test_visits_at_the_top_of_a_folder_are_a_child_s(head: str, tmp_path: Path) -> None:
    rows = "".join(f"{4000 + n % 5},2026-01-0{n + 1},cough\n" for n in range(8))
    written(tmp_path, visits_DOT_csv=f"{head},Date,Reason\n{rows}")
    assert "children?, several rows each" in run("start", tmp_path, "--table").output
    assert len(read_district(tmp_path).people) == 5
