"""A layout is checked against what it can mean: a word that would be read as nothing is an error."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.layouts.dictionary import filled_tables, table_dictionary
from helpers.layouts.layout import Layout, read_layout
from helpers.layouts.meanings import DECLARED, allowed_values
from helpers.standard import BadInput, standard_table
from helpers.standard.elements import DECLARED as ELEMENTS
from tests.files.drafts import adds_up, run, written

LAYOUT = """
layout = "clubs"
silo = "clubs"
title = "Clubs"
source = "the kit's own"
source_status = "own"
as_of_in_name = "%Y-%m-%d"
own_systems = ["Club desk"]
[[file]]
name = "members"
path = "members*.csv"
format = "csv"
encoding = "utf-8"
delimiter = ","
row_is = "a child in a club"
columns = [
  { name = "Id", identification_system = "District" },
  { name = "Card", identification_system = "Club desk" },
  { name = "First" },
  { name = "Last" },
  { name = "Born", type = "date", format = "%m/%d/%Y", minimum = "1900-01-01" },
  { name = "Sex", type = "code", codes = { F = "Female", M = "Male" } },
  { name = "Who", type = "code", codes = { s = "Student", t = "Staff" } },
  { name = "Seen", type = "datetime", format = "%m/%d/%Y %H:%M" },
  { name = "In", type = "time", format = "%H:%M" },
  { name = "Dues", type = "number", format = "$#,##0.00", minimum = 0.0 },
  { name = "Paid", type = "boolean", format = "Y|N" },
  { name = "Year", type = "school_year", format = "YYYY-YYYY" },
]
[[file.makes]]
table = "people"
take = { local_id = "Id", first_name = "First", last_surname = "Last", birth_date = "Born", role = "Who" }
[[file.makes]]
table = "people"
take = { local_id = "Id", sex = "Sex" }
[[file.makes]]
table = "health_visit"
where = { Who = ["s"] }
take = { local_id = "Id", reason = "Card" }
set = { date = "2026-02-01" }
"""


def layout_of(place: Path, was: str = "", is_: str = "") -> Layout:
    assert was in LAYOUT
    path = place / "clubs.toml"
    path.write_text(LAYOUT.replace(was, is_, 1) if was else LAYOUT, encoding="utf-8")
    return read_layout(path)


def test_a_layout_that_means_something_in_every_word_is_read(tmp_path: Path) -> None:
    assert layout_of(tmp_path).files[0].column("Card").identification_system == "Club desk"


WRONG = [
    ('format = "%m/%d/%Y", min', 'format = "MM/DD/YYYY", min', "Born", "%m/%d/%Y"),
    ('format = "%m/%d/%Y", min', 'format = "yyyy-mm-dd", min', "Born", "%Y-%m-%d"),
    ('format = "%m/%d/%Y", min', 'format = ["%Y-%m-%d", "DD.MM.YY"], min', "Born", "%d.%m.%y"),
    ('format = "%m/%d/%Y", min', 'format = "%-m/%-d/%Y", min', "Born", "%m/%d/%Y"),
    ('format = "%m/%d/%Y", min', 'format = "%M/%D/%Y", min', "Born", "%m/%d/%Y"),
    ('format = "%m/%d/%Y", min', 'format = "%m/%Y", min', "Born", "a day (%d)"),
    ('format = "%m/%d/%Y", min', 'format = "%c", min', "Born", "a year"),
    ('format = "%m/%d/%Y %H:%M"', 'format = "MM/DD/YYYY HH:MM"', "Seen", "%m/%d/%Y %H:%M"),
    ('format = "%m/%d/%Y %H:%M"', 'format = "YYYY-MM-DD HH24:MI:SS"', "Seen", "%Y-%m-%d %H:%M:%S"),
    ('type = "time", format = "%H:%M"', 'type = "time", format = "HH:MM"', "In", "%H:%M"),
    ('format = "$#,##0.00"', 'format = "$0,00"', "Dues", "$0.00"),
    ('format = "Y|N"', 'format = "Y/N"', "Paid", "Y|N"),
    ('format = "YYYY-YYYY"', 'format = "yyyy-yyyy"', "Year", "YYYY-YYYY"),
    ('{ name = "First" }', '{ name = "First", format = "%m/%d/%Y" }', "First", "date"),
    ('minimum = "1900-01-01"', 'minimum = "01/01/1900"', "Born", "year first"),
    ("minimum = 0.0", 'minimum = "none"', "Dues", "a number"),
    ('type = "date"', 'type = "dates"', "dates", "date"),
    ('identification_system = "District"', 'identification_system = "district"', "Id", "District"),
    ('identification_system = "District"', 'identification_system = "Sate"', "Id", "State"),
    ('identification_system = "District"', 'identification_system = "Clever"', "Id", "own_systems"),
    ('own_systems = ["Club desk"]', 'own_systems = ["Club desk", "state"]', "state", "State"),
    ('F = "Female"', 'F = "female"', "Sex", "Female"),
    ('M = "Male"', 'M = "M"', "Sex", "Male"),
    ('s = "Student"', 's = "Pupil"', "Who", "Student"),
    ('role = "Who"', 'role = "First"', "First", "codes"),
    ('date = "2026-02-01"', 'date = "02/01/2026"', "02/01/2026", "2026-02-01"),
    ('date = "2026-02-01"', "date = 20260201", "date", "2026-02-01"),
    ('date = "2026-02-01"', 'time_in = "08:00:00", reason = "fall"', "reason", "leave one of them out"),
    ('table = "health_visit"', 'table = "health_visits"', "health_visits", "health_visit"),
    ('where = { Who = ["s"] }', 'where = { Who = ["Student"] }', "Who", "s, t"),
    ('encoding = "utf-8"', 'encoding = "utf-8-bom"', "utf-8-bom", "utf-8"),
    ('delimiter = ","', 'delimiter = "comma"', "comma", ","),
    ('delimiter = ","', 'delimiter = "tab"', "tab", "\\t"),
    ('as_of_in_name = "%Y-%m-%d"', 'as_of_in_name = "YYYY-MM-DD"', "YYYY-MM-DD", "%Y-%m-%d"),
]


@pytest.mark.parametrize(("was", "is_", "where", "meant"), WRONG, ids=[one[1][:40] for one in WRONG])
def test_a_word_without_a_meaning_is_refused_with_the_nearest(
    tmp_path: Path, was: str, is_: str, where: str, meant: str
) -> None:
    with pytest.raises(BadInput) as refused:
        layout_of(tmp_path, was, is_)
    told = str(refused.value)
    assert where in told
    assert meant in told
    assert "Traceback" not in told


CLOSED = {
    (table, column.name): words
    for table in filled_tables()
    for column in standard_table(table).columns
    if (words := allowed_values(table, column.name)) is not None
}
# What closes, at least: (table, column, a word near one of the list, that word).
NEAR = [
    ("attendance_event", "attendance_event_category", "Unexcused absent", "Unexcused Absence"),
    ("attendance_event", "attendance_event_category", "tardy", "Tardy"),
    ("meal_eligibility", "eligibility", "Reduced", "Reduced price"),
    ("meal_purchase", "meal", "lunch", "Lunch"),
    ("program", "program_type", "Special Ed", "Special education"),
    ("program", "status", "active", "Active"),
    ("incident", "participation", "Offenders", "Offender"),
    ("discipline_action", "discipline", "Out-of-school suspension", "Out of School Suspension"),
    ("calendar", "calendar_event", "Instruction day", "Instructional day"),
    ("school_enrollment", "exit_withdraw_type", "Transfer", "Transferred"),
    ("assignment_score", "score_status", "excused", "Excused"),
    ("screener_result", "risk_level", "Extremely elevated", "Extremely Elevated"),
    ("course_transcript", "academic_subject", "Math", "Mathematics"),
    ("academic_record", "term", "Fall semester", "Fall Semester"),
]
ABOUT_WHO = 'codes = { s = "Student", t = "Staff" }'


def of_words(place: Path, table: str, column: str, word: str) -> Layout:
    """Give the layout of which "Who" fills a column of a table; its code A means the word."""
    makes = f'[[file.makes]]\ntable = "{table}"\ntake = {{ {column} = "Who" }}\n'
    first = LAYOUT.index("[[file.makes]]")
    text = LAYOUT[:first].replace(ABOUT_WHO, f"codes = {{ A = {json.dumps(word)} }}") + makes
    (place / "clubs.toml").write_text(text, encoding="utf-8")
    return read_layout(place / "clubs.toml")


@pytest.mark.parametrize(("table", "column", "word", "meant"), NEAR)
def test_a_code_list_with_another_word_is_refused_with_file_column_word_choices_and_the_nearest(
    tmp_path: Path, table: str, column: str, word: str, meant: str
) -> None:
    with pytest.raises(BadInput) as refused:
        of_words(tmp_path, table, column, word)
    told = str(refused.value)
    for part in ("clubs.toml", "'members'", "'Who'", "'A'", column, repr(word), f"Did you mean {meant}?"):
        assert part in told
    assert all(choice in told for choice in CLOSED[table, column])


def test_every_word_of_a_closed_list_is_taken_and_no_other(tmp_path: Path) -> None:
    for (table, column), words in CLOSED.items():
        for word in words:
            assert of_words(tmp_path, table, column, word).files[0].column("Who").code_map() == {"A": word}
        with pytest.raises(BadInput, match="whatever else"):
            of_words(tmp_path, table, column, "whatever else")


def test_every_closed_list_is_of_a_column_and_has_what_the_rules_compare() -> None:
    names = {name for table, column in CLOSED for name in (column, f"{table}.{column}")}
    assert tomllib.loads(DECLARED.read_text(encoding="utf-8"))["values"].keys() <= names
    declared = tomllib.loads(ELEMENTS.read_text(encoding="utf-8"))
    attendance = declared["attendance"]
    assert attendance["status"].keys() == set(CLOSED["attendance_event", "attendance_event_category"])
    assert set(attendance["order"]) == set(CLOSED["attendance_day", "status"])
    assert set(attendance["instructional"]) < set(CLOSED["calendar", "calendar_event"])
    assert set(declared["credits"]["core_subjects"]) < set(CLOSED["course_transcript", "academic_subject"])


def test_the_dictionary_of_a_table_prints_its_lists(tmp_path: Path) -> None:
    printed = run("dictionary", "attendance_event", "--out", tmp_path).output
    assert "Excused Absence" in printed
    rows = json.loads(run("dictionary", "attendance_event", "--out", tmp_path, "--json").stdout)["dictionary"]
    words = {row["column"]: row["words"] for row in rows if row["words"]}
    assert words == {
        "attendance_event_category": "; ".join(CLOSED["attendance_event", "attendance_event_category"])
    }
    of_people = table_dictionary("people").set_index("column")["words"].dropna()
    assert sorted(of_people.index) == ["grade_level", "name_order", "role", "sex"]


def test_a_set_word_and_a_flag_s_word_are_of_the_list(tmp_path: Path) -> None:
    taken = 'take = { local_id = "Id", reason = "Card" }\nset = { date = "2026-02-01" }'
    program = 'take = { local_id = "Id" }\n'
    wanted = 'table = "health_visit"\nwhere = { Who = ["s"] }\n' + taken
    for line, word in (
        ('set = { program_type = "Sec. 504" }', "Section 504"),
        ('flags = { program_type = { Paid = "Homeles" } }', "Homeless"),
    ):
        with pytest.raises(BadInput, match=f"Did you mean {word}"):
            layout_of(tmp_path, wanted, f'table = "program"\n{program}{line}')


RIGHT = [
    ("%m/%d/%Y", "%d-%b-%y"),
    ("%m/%d/%Y", "%B %d, %Y"),
    ("%m/%d/%Y", "%Y%m%d"),
    ("%m/%d/%Y", "%Y-%j"),
    ("%m/%d/%Y", "%Y-%m-%d %H:%M:%S.%f"),
]


@pytest.mark.parametrize(("was", "is_"), RIGHT)
def test_a_format_of_a_whole_day_is_taken(tmp_path: Path, was: str, is_: str) -> None:
    assert layout_of(tmp_path, was, is_).files[0].column("Born").formats() == [is_]


@pytest.mark.full
@pytest.mark.parametrize("day", ['"2026-02-01"', "2026-02-01"])
def test_a_day_that_a_layout_sets_is_the_day_of_every_row(tmp_path: Path, day: str) -> None:
    members = "Id,Card,First,Last,Born,Sex,Who,Seen,In,Dues,Paid,Year\n"
    members += "11,fall,Ana,Ruiz,01/31/2014,F,s,,,,,\n12,cough,Bo,Li,02/28/2013,M,s,,,,,\n"
    layout = LAYOUT.replace('date = "2026-02-01"', f"date = {day}")
    folder = written(tmp_path, layouts__clubs_DOT_toml=layout, members_DOT_csv=members)
    district = read_district(folder)
    assert district["clubs"].fact("health_visit")["date"].tolist() == [pd.Timestamp("2026-02-01")] * 2
    assert adds_up(district)
    assert run("link", folder, "--out", tmp_path / "out").exit_code == 0
    assert run("profile", folder, "--out", tmp_path / "out").exit_code == 0


def test_moments_and_numbers_that_a_layout_sets_are_of_the_column_s_type(tmp_path: Path) -> None:
    message = """
[[file.makes]]
table = "message"
take = { local_id = "Id" }
set = { sent_utc = "2026-02-01T08:15:00" }
[[file.makes]]
table = "academic_record"
take = { local_id = "Id" }
set = { school_year = 2026 }
"""
    members = "Id,Card,First,Last,Born,Sex,Who,Seen,In,Dues,Paid,Year\n11,,Ana,Ruiz,,F,s,,,,,\n"
    folder = written(tmp_path, layouts__clubs_DOT_toml=LAYOUT + message, members_DOT_csv=members)
    silo = read_district(folder)["clubs"]
    assert silo.fact("message")["sent_utc"].tolist() == [pd.Timestamp("2026-02-01 08:15")]
    assert silo.fact("academic_record")["school_year"].tolist() == [2026]


def test_commands_on_a_layout_without_meaning_end_with_2_and_name_the_place(tmp_path: Path) -> None:
    layout = LAYOUT.replace('format = "%m/%d/%Y", min', 'format = "MM/DD/YYYY", min')
    folder = written(tmp_path, layouts__clubs_DOT_toml=layout, members_DOT_csv="Id,First\n1,Ana\n")
    for command in ("read", "link"):
        result = run(command, folder, "--out", tmp_path / "out")
        assert result.exit_code == 2
        assert "clubs.toml" in result.output
        assert "'%m/%d/%Y'" in result.output
