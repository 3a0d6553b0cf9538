"""Lists of staff beside lists of children: who is a child is decided by what is said of each list."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from tests.files.drafts import adds_up, run, written

# The columns that Clever's sync asks for in a list of students.
CLEVER = (
    "Student_id,State_id,Student_number,School_id,Student_city,Dob,First_name,Middle_name,Last_name,Gender,"
    "Grade,Student_state,Student_Street,Student_Zip,Student_email,Hispanic_Latino,Race,Ell_Status,Frl_status,"
    "IEP_status,Section_504_status,Gifted_status,Unweighted_gpa,Weighted_gpa\n"
)
CHILDREN = [("Ana", "Ruiz", "01/31/2014"), ("Bo", "Li", "02/28/2013"), ("Cy", "Poe", "03/04/2012"),
            ("Dee", "Oak", "05/16/2014")]  # fmt: skip
STUDENTS = CLEVER + "".join(
    f"{n},90000{n},1000{n},12,,{born},{first},,{last},F,5,{',' * 12}\n"
    for n, (first, last, born) in enumerate(CHILDREN, start=1)
)
TEACHERS = "Teacher_id,School_id,First_name,Last_name,Teacher_email\n1,12,Kim,Oduya,k@x.org\n9,12,Lee,M,\n"

LAYOUT = """
layout = "clever"
silo = "clever"
title = "Clever"
source = "the kit's own"
source_status = "own"
[[file]]
name = "students"
path = "students.csv"
format = "csv"
row_is = "a child"
columns = [{ name = "sid" }, { name = "first" }, { name = "last" }, { name = "born", type = "date" }]
[[file.makes]]
table = "people"
take = { local_id = "sid", first_name = "first", last_surname = "last", birth_date = "born" }
[[file]]
name = "teachers"
path = "teachers.csv"
format = "csv"
row_is = "an adult"
columns = [{ name = "tid" }, { name = "given" }, { name = "family" }, STAFF_COLUMN]
[[file.makes]]
table = "people"
take = { local_id = "tid", first_name = "given", last_surname = "family" STAFF_TAKE }
STAFF_SET
[[file]]
name = "visits"
path = "visits.csv"
format = "csv"
row_is = "a visit"
columns = [{ name = "who" }, { name = "day", type = "date" }, { name = "why" }]
[[file.makes]]
table = "health_visit"
take = { local_id = "who", date = "day", reason = "why" }
"""
SETS = {"STAFF_COLUMN": '{ name = "job" }', "STAFF_TAKE": "", "STAFF_SET": 'set = { role = "Staff" }'}
TAKES = {
    "STAFF_COLUMN": '{ name = "job", type = "code", codes = { Teacher = "Staff" } }',
    "STAFF_TAKE": ', role = "job"',
    "STAFF_SET": "",
}


def folder_of(place: Path, how: dict[str, str], **files: str) -> Path:
    text = LAYOUT
    for name, put in how.items():
        text = text.replace(name, put)
    return written(place, layouts__clever_DOT_toml=text, **files)


@pytest.mark.full
def test_a_list_of_teachers_beside_clever_s_list_of_students_takes_no_child_away(tmp_path: Path) -> None:
    alone, both = tmp_path / "alone", tmp_path / "both"
    draft_layouts(written(alone, clever__students_DOT_csv=STUDENTS))
    draft_layouts(written(both, clever__students_DOT_csv=STUDENTS, clever__teachers_DOT_csv=TEACHERS))
    assert 'set = { role = "Staff" }' in (both / "layouts" / "clever.toml").read_text()
    people = read_district(both)["clever"].people
    children = people[people["role"].eq("Student")]
    assert sorted(children["first_name"]) == ["Ana", "Bo", "Cy", "Dee"]
    assert sorted(people.loc[people["role"].eq("Staff"), "first_name"]) == ["Kim", "Lee"]
    assert read_district(alone)["clever"].people["record"].tolist() == children["record"].tolist()
    assert run("link", both, "--out", tmp_path / "out").exit_code == 0
    assert len(pd.read_csv(tmp_path / "out" / "crosswalk.csv")) == 4
    assert run("profile", both, "--out", tmp_path / "out").exit_code == 0


@pytest.mark.parametrize("how", [SETS, TAKES], ids=["set", "taken from a column"])
def test_children_and_staff_numbered_alike_are_different_people(tmp_path: Path, how: dict[str, str]) -> None:
    folder = folder_of(
        tmp_path,
        how,
        students_DOT_csv="sid,first,last,born\n1,Ana,Ruiz,2014-01-31\n2,Bo,Li,2013-02-28\n",
        teachers_DOT_csv="tid,given,family,job\n2,Kim,Oduya,Teacher\n3,Lee,Marsh,Teacher\n",
        visits_DOT_csv="who,day,why\n2,2026-01-05,cough\n1,2026-01-05,fall\n",
    )
    district = read_district(folder)
    people = district["clever"].people.set_index("first_name")
    assert people["role"].to_dict() == {"Ana": "Student", "Bo": "Student", "Kim": "Staff", "Lee": "Staff"}
    assert people["local_id"].to_dict() == {"Ana": "1", "Bo": "2", "Kim": "2", "Lee": "3"}
    assert people["record"].is_unique
    visits = district["clever"].fact("health_visit").set_index("reason")["record"]
    assert visits.to_dict() == {"cough": people.loc["Bo", "record"], "fall": people.loc["Ana", "record"]}
    assert adds_up(district)


def test_an_id_that_only_facts_name_is_a_child_s_with_and_without_a_list_of_teachers(tmp_path: Path) -> None:
    files = {
        "students_DOT_csv": "sid,first,last,born\n1,Ana,Ruiz,2014-01-31\n",
        "visits_DOT_csv": "who,day,why\n7,2026-01-05,cough\n",
    }
    without = read_district(folder_of(tmp_path / "without", SETS, **files))["clever"].people
    teachers = {"teachers_DOT_csv": "tid,given,family,job\n9,Kim,Oduya,Teacher\n"}
    beside = read_district(folder_of(tmp_path / "with", SETS, **files, **teachers))["clever"].people
    for people in (without, beside):
        assert people.loc[people["local_id"].eq("7"), "role"].tolist() == ["Student"]


def test_a_file_that_only_gives_roles_speaks_of_the_people_of_other_files(tmp_path: Path) -> None:
    layout = LAYOUT[: LAYOUT.index('[[file]]\nname = "teachers"')]
    layout += """
[[file]]
name = "roles"
path = "roles.csv"
format = "csv"
row_is = "a role"
columns = [{ name = "user" }, { name = "role", type = "code", codes = { s = "Student", t = "Staff" } }]
[[file.makes]]
table = "people"
take = { local_id = "user", role = "role" }
"""
    folder = written(
        tmp_path,
        layouts__clever_DOT_toml=layout,
        students_DOT_csv="sid,first,last,born\n1,Ana,Ruiz,2014-01-31\n2,Bo,Li,\n3,Cy,Poe,\n",
        roles_DOT_csv="user,role\n1,s\n2,t\n",
    )
    people = read_district(folder)["clever"].people.set_index("first_name")["role"].to_dict()
    assert people == {"Ana": "Student", "Bo": "Staff", "Cy": "Unknown"}


def test_a_list_of_people_set_to_be_unknown_leaves_it_to_other_files_to_say(tmp_path: Path) -> None:
    how = {**SETS, "STAFF_SET": 'set = { role = "Unknown" }'}
    folder = folder_of(
        tmp_path,
        how,
        students_DOT_csv="sid,first,last,born\n1,Ana,Ruiz,2014-01-31\n",
        teachers_DOT_csv="tid,given,family,job\n1,Ana,Ruiz,\n3,Lee,Marsh,\n",
    )
    district = read_district(folder)
    people = district["clever"].people.set_index("first_name")["role"].to_dict()
    assert people == {"Ana": "Student", "Lee": "Unknown"}
    assert district.findings.empty


def only_teachers(place: Path) -> Path:
    return folder_of(place, SETS, teachers_DOT_csv="tid,given,family,job\n2,Kim,Oduya,Teacher\n")


def test_people_and_no_student_among_them_is_a_finding(tmp_path: Path) -> None:
    findings = read_district(only_teachers(tmp_path))["clever"].findings
    told = findings[findings["kind"].eq("no_student")]
    assert told["value"].tolist() == ["Staff: 1"]
    one_child = {"students_DOT_csv": "sid,first,last,born\n1,Ana,Ruiz,2014-01-31\n"}
    written(tmp_path, **one_child)
    assert not read_district(tmp_path)["clever"].findings["kind"].eq("no_student").any()


COMMANDS = ["link", "profile", "gaps", "score", "questions", "dashboard", "cards", "family", "view", "report"]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_about_children_ends_with_one_sentence_where_there_are_none(
    tmp_path: Path, command: str
) -> None:
    folder = only_teachers(tmp_path / "exports")
    more = {
        "family": ["--all"],
        "view": ["--role", "teacher", "--who", "sis:1"],
        "dashboard": ["--no-browser"],
    }
    words = [command, folder]
    result = run(*words, *more.get(command, []), "--out", tmp_path / "out")
    assert result.exit_code == 2, result.output
    assert "Nobody in" in result.output
    assert "Kim" not in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.suffix != ".key"]


def test_read_says_in_a_sentence_that_people_were_read_and_none_is_a_student(tmp_path: Path) -> None:
    folder = only_teachers(tmp_path / "exports")
    said = " ".join(run("read", folder, "--out", tmp_path / "out").output.split())
    assert "People were read, but none of them is a student: all have the role Staff" in said
    assert "Add the file that lists the children" in said
    assert "Kim" not in said

    written(folder, sis__students_DOT_csv="Student ID,First,Last\n81,Ana,Ruiz\n82,Bo,Li\n")
    draft_layouts(folder)
    said = run("read", folder, "--out", tmp_path / "out").output
    assert "People were read from clever, but none of them is a student" in said
    written(folder, students_DOT_csv="sid,first,last,born\n1,Ana,Ruiz,2014-01-31\n")
    assert "none of them is a student" not in run("read", folder, "--out", tmp_path / "out").output
