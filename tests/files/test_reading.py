"""What reading promises: one district whatever its container, version or format, and nothing lost."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district, render, write_table
from helpers.files.draft import draft_layouts
from helpers.layouts import load_layout
from helpers.standard import BadInput
from synthetic_data.systems import SILOS

IDENTITY = ["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]


def unpacked(district_folder: Path, target: Path) -> Path:
    """Copy a district's silos without district.json, the roster's zip unpacked."""
    shutil.copytree(district_folder / "silos", target)
    with zipfile.ZipFile(target / "sis" / "oneroster.zip") as archive:
        archive.extractall(target / "sis")
    (target / "sis" / "oneroster.zip").unlink()
    return target


def without_place(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=[name for name in ("silo", "file", "row") if name in frame])


def test_rows_of_every_file_add_up(district: District) -> None:
    accounts = district.accounts
    assert (accounts["rows"] == accounts[IDENTITY].sum(axis=1)).all()
    assert accounts["rows_used"].sum() > 0


def test_no_frame_holds_an_object(district: District) -> None:
    frames = [district.people, district.identifiers, district.findings, district.accounts]
    frames += [frame for silo in district.values() for frame in silo.facts.values()]
    dtypes = {str(dtype) for frame in frames for dtype in frame.dtypes}
    assert dtypes <= {"string", "Int64", "float64", "boolean", "datetime64[us]"}


@pytest.mark.full
def test_only_the_named_silos_are_read(district_folder: Path, district: District) -> None:
    two = read_district(district_folder, only=["sis", "attendance"])
    assert list(two) == ["sis", "attendance"]
    for name in two:
        pd.testing.assert_frame_equal(two[name].people, district[name].people)
    assert set(two.accounts["silo"].dropna()) == {"sis", "attendance"}


def test_a_silo_that_is_not_there_is_named_with_the_choices(district_folder: Path) -> None:
    with pytest.raises(BadInput, match=r"no system 'attendence'.*Did you mean .*attendance.* It has: .*sis"):
        read_district(district_folder, only=["sis", "attendence"])


@pytest.mark.full
def test_a_folder_without_district_json_holds_the_same_people(
    district_folder: Path, district: District, tmp_path: Path
) -> None:
    found = read_district(unpacked(district_folder, tmp_path / "exports"))
    assert list(found) == list(district)
    assert set(found) == set(SILOS)
    assert not found.synthetic
    for name in district:
        assert found[name].layout == district[name].layout
        pd.testing.assert_frame_equal(found[name].people, district[name].people)


@pytest.mark.full
def test_files_keep_their_meaning_under_other_names(
    district_folder: Path, district: District, tmp_path: Path
) -> None:
    exports = unpacked(district_folder, tmp_path / "exports")
    for number, path in enumerate(sorted(exports.rglob("*.*"))):
        path.rename(path.with_name(f"export {number}{path.suffix}"))
    found = read_district(exports)
    assert {name: len(silo.people) for name, silo in found.items()} == {
        name: len(silo.people) for name, silo in district.items()
    }


@pytest.mark.full
def test_a_silo_that_stands_twice_is_read_once(
    district_folder: Path, district: District, tmp_path: Path
) -> None:
    exports = unpacked(district_folder, tmp_path / "exports")
    shutil.copytree(exports / "attendance", exports / "zz copy of attendance")
    found = read_district(exports)
    assert list(found) == list(district)
    repeated = found.findings[found.findings["kind"].eq("file_repeated")]
    assert len(repeated) == len(list((exports / "attendance").iterdir()))


CALENDAR = "CalendarReference.CalendarIdentity"
XML_NAMES = {
    "Student": (
        "students",
        {
            "StudentUniqueId": "studentUniqueId",
            "Name.FirstName": "firstName",
            "Name.MiddleName": "middleName",
            "Name.LastSurname": "lastSurname",
            "Name.GenerationCodeSuffix": "generationCodeSuffix",
            "Name.PreferredFirstName": "preferredFirstName",
            "BirthData.BirthDate": "birthDate",
        },
    ),
    "StudentSchoolAttendanceEvent": (
        "studentSchoolAttendanceEvents",
        {
            "AttendanceEvent.EventDate": "eventDate",
            "AttendanceEvent.AttendanceEventCategory": "attendanceEventCategoryDescriptor",
            "AttendanceEvent.AttendanceEventReason": "attendanceEventReason",
            "StudentReference.StudentIdentity.StudentUniqueId": "studentReference.studentUniqueId",
            "SchoolReference.SchoolIdentity.SchoolId": "schoolReference.schoolId",
            "SessionReference.SessionIdentity.SessionName": "sessionReference.sessionName",
        },
    ),
    "CalendarDate": (
        "calendarDates",
        {
            "Date": "date",
            "CalendarEvent[1]": "calendarEvents[1].calendarEventDescriptor",
            f"{CALENDAR}.CalendarCode": "calendarReference.calendarCode",
            f"{CALENDAR}.SchoolReference.SchoolIdentity.SchoolId": "calendarReference.schoolId",
        },
    ),
}


@pytest.mark.full
def test_bulk_xml_says_the_same_as_json_lines(
    clean_district_folder: Path, clean_district: District, tmp_path: Path
) -> None:
    """The same elements, written as interchange files, give the same people and facts."""
    layout = load_layout("attendance/edfi_xml")
    json_layout = load_layout("attendance/edfi_json")
    for element, (resource, names) in XML_NAMES.items():
        file = layout.file_named(element)
        source = clean_district_folder / "silos" / "attendance" / json_layout.file_named(resource).path
        records = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
        flat = pd.json_normalize(records)
        if "calendarEvents" in flat:
            flat["calendarEvents[1].calendarEventDescriptor"] = [
                events[0]["calendarEventDescriptor"] for events in flat["calendarEvents"]
            ]
        frame = pd.DataFrame(
            {xml: flat[name] for xml, name in names.items() if name in flat}, index=flat.index
        ).astype("string")
        for xml in frame:
            column = file.column(xml.replace("[1]", "[]"))
            if column.type == "date":
                frame[xml] = pd.to_datetime(frame[xml])
            elif column.type == "code":
                frame[xml] = frame[xml].str.rsplit("#", n=1).str[-1]
        (tmp_path / f"{element}.xml").write_bytes(write_table(render(frame, file), file))
    found = read_district(tmp_path)
    (silo,) = found.values()
    ours = clean_district["attendance"]
    same = ["record", "first_name", "last_surname", "birth_date"]
    pd.testing.assert_frame_equal(silo.people[same], ours.people[same])
    for table in ("attendance_event", "calendar"):
        pd.testing.assert_frame_equal(without_place(silo.fact(table)), without_place(ours.fact(table)))
    assert silo.findings["kind"].isin(["column_missing", "file_missing"]).all()


def test_oneroster_1_1_and_1_2_give_the_same_children(
    clean_district_folder: Path, clean_district: District, tmp_path: Path
) -> None:
    """A 1.1 bundle, whose users carry role and schools themselves, made of the 1.2 bundle's own cells."""
    with zipfile.ZipFile(clean_district_folder / "silos" / "sis" / "oneroster.zip") as archive:
        tables = {
            name: pd.read_csv(archive.open(name), dtype="string", keep_default_na=False)
            for name in archive.namelist()
        }
    roles = tables.pop("roles.csv")
    roles = roles[roles["roleType"].eq("primary")].set_index("userSourcedId")
    users = tables["users.csv"]
    users["role"] = users["sourcedId"].map(roles["role"])
    users["orgSourcedIds"] = users["sourcedId"].map(roles["orgSourcedId"])
    layout = load_layout("sis/oneroster_1p1")
    for file in layout.files:
        if file.path in tables:
            names = [column.name for column in file.columns]
            tables[file.path][names].to_csv(tmp_path / file.path, index=False)
    (silo,) = read_district(tmp_path).values()
    assert silo.layout.layout == "sis/oneroster_1p1"
    ours = clean_district["sis"].people
    same = ["record", "role", "first_name", "last_surname", "birth_date", "sex", "race", "grade_level"]
    mine = silo.people[same].sort_values("record", ignore_index=True)
    pd.testing.assert_frame_equal(mine, ours[same].sort_values("record", ignore_index=True))


def test_a_day_is_taken_from_a_moment(tmp_path: Path) -> None:
    layout = load_layout("lms/canvas_lms_toolkit")
    said = {
        "assignments": {"DueDateTime": pd.Timestamp("2025-10-03 23:59:59"), "Title": "Essay"},
        "submissions": {
            "AssignmentSourceSystemIdentifier": "1",
            "LMSUserSourceSystemIdentifier": "9",
            "SubmissionDateTime": pd.Timestamp("2025-10-03 20:15:00"),
        },
    }
    for name, row in said.items():
        file = layout.file_named(name)
        frame = pd.DataFrame([{"SourceSystemIdentifier": "1", "SourceSystem": "Canvas", **row}])
        (tmp_path / f"{name}.csv").write_bytes(write_table(render(frame, file), file))
    (silo,) = read_district(tmp_path).values()
    (score,) = silo.fact("assignment_score").to_dict("records")
    assert score["due_date"] == pd.Timestamp("2025-10-03")
    assert score["submitted_utc"] == pd.Timestamp("2025-10-03 20:15:00")


CLUB = """
layout = "clubs/list"
silo = "clubs"
title = "A list of clubs"
source = "the kit's own"
source_status = "own"
[[file]]
name = "members"
path = "*.csv"
format = "csv"
row_is = "a member"
columns = [
  { name = "Id", required = true, identification_system = "Undeclared" },
  { name = "Name", required = true },
  { name = "Since", parts = '^(?P<term>\\w+) (?P<year>.+)$' },
  { pattern = '^Week \\d+$', type = "integer", meaning = "Hours in that week" },
]
[[file.makes]]
table = "people"
take = { local_id = "Id", full_name = "Name" }
[[file.makes]]
table = "assessment_result"
take = { local_id = "Id", term = "Since.term", school_year = "Since.year" }
"""


def test_columns_by_pattern_and_parts_of_cells(tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "clubs.toml").write_text(CLUB, encoding="utf-8")
    (tmp_path / "members.csv").write_text(
        "Id,Name,Since,Week 1,Week 2,Weak 3\n"
        "1,Ana Ruiz,Fall 2024-2025,2,x,1\n"
        "2,Bo Lee,always,3,4,1\n"
        "3,Cy Day,Spring soon,3,4,1\n",
        encoding="utf-8",
    )
    (silo,) = read_district(tmp_path).values()
    member = silo.fact("assessment_result")
    assert member["term"].tolist() == ["Fall", pd.NA, "Spring"]
    assert member["school_year"].tolist() == [2025, pd.NA, pd.NA]
    told = silo.findings[["column", "row", "kind"]].astype("string").fillna("").to_numpy().tolist()
    assert sorted(told) == [
        ["Since", "3", "not_in_pattern"],
        ["Since", "4", "not_a_school_year"],
        ["Weak 3", "", "column_unknown"],
        ["Week 2", "2", "not_a_integer"],
    ]


DISCIPLINE = """<InterchangeStudentDiscipline xmlns="http://ed-fi.org/5.2.0">
{incidents}
<StudentDisciplineIncidentBehaviorAssociation>
<StudentReference><StudentIdentity><StudentUniqueId>1</StudentUniqueId></StudentIdentity></StudentReference>
<DisciplineIncidentReference><DisciplineIncidentIdentity><IncidentIdentifier>7</IncidentIdentifier>
<SchoolReference><SchoolIdentity><SchoolId>{school}</SchoolId></SchoolIdentity></SchoolReference>
</DisciplineIncidentIdentity></DisciplineIncidentReference>
<Behavior>uri://ed-fi.org/BehaviorDescriptor#Other</Behavior>
</StudentDisciplineIncidentBehaviorAssociation>
</InterchangeStudentDiscipline>"""
INCIDENT = """<DisciplineIncident>
<IncidentIdentifier>7</IncidentIdentifier><IncidentDate>{date}</IncidentDate>
<SchoolReference><SchoolIdentity><SchoolId>{school}</SchoolId></SchoolIdentity></SchoolReference>
</DisciplineIncident>"""


def test_a_number_that_two_schools_share_leads_to_neither(tmp_path: Path) -> None:
    first, other = (
        INCIDENT.format(date=f"2025-10-0{day}", school=school) for day, school in ((1, "10"), (2, "20"))
    )
    days = {}
    for name, incidents in (("one", other), ("two", first + other)):
        folder = tmp_path / name
        folder.mkdir()
        text = DISCIPLINE.format(incidents=incidents, school="20")
        (folder / "StudentDiscipline.xml").write_text(text, encoding="utf-8")
        (silo,) = read_district(folder).values()
        incident = silo.fact("incident")
        assert incident["incident_id"].tolist() == ["7"]
        days[name] = incident["date"].tolist()
    assert days["one"] == [pd.Timestamp("2025-10-02")]
    assert days["two"] == [pd.NaT]


NAMES = "Student ID,First,Last\n81,Ana,Ruíz\n82,Bo,Li\n83,Cy,Poe\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [NAMES, NAMES.replace("í", "i")], ids=["accents", "ascii"])
def test_an_encoding_that_a_mark_or_the_layout_names_is_no_finding(
    encoding: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    draft_layouts(tmp_path)
    drafted = (tmp_path / "layouts" / "list.toml").read_text(encoding="utf-8")
    assert f'encoding = "{encoding}"' in drafted
    district = read_district(tmp_path)
    assert len(district.people) == 3
    assert district.findings.empty
    assert district.written.files["encoding"].tolist() == [encoding]


def test_a_byte_order_mark_says_the_encoding_whatever_a_layout_declares(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(NAMES.encode("utf-8"))
    draft_layouts(tmp_path)
    path.write_bytes(NAMES.encode("utf-16"))
    district = read_district(tmp_path)
    assert district.people["last_surname"].tolist() == ["Ruíz", "Li", "Poe"]
    assert district.findings.empty
    # Without the mark it is a guess, and a letter that is cut is lost: both are findings.
    for data in (NAMES.encode("utf-16-le"), NAMES.encode("utf-16")[:-1]):
        path.write_bytes(data)
        assert "text_not_decodable" in set(read_district(tmp_path).findings["kind"])
