"""A file that nobody declared: what is drafted for it, what is left open, and what the draft reads."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tomllib
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.files import read_district
from helpers.files.start import start_folder
from helpers.files.start.guess import counted
from helpers.files.start.guess_types import guess_type
from helpers.files.start.header_words import head_words, named_fields
from helpers.layouts.layout import read_layout
from tests.files.drafts import adds_up, written

ROSTER = """Pupil No,SURNAME,Given Name,DOB,Gr,Zip
00812,Ruiz,Ana,01/31/2014,5,04609
00813,Li,Bo,02/28/2013,6,04609
00814,Poe,Cy,03/04/2012,K,04610
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def draft(place: Path) -> dict[str, dict[str, object]]:
    """Give the columns of the only layout that was drafted, by name."""
    (toml,) = (place / "layouts").glob("*.toml")
    (file,) = tomllib.loads(toml.read_text(encoding="utf-8"))["file"]
    return {column["name"]: column for column in file["columns"]}


# What a draft says


def test_a_roster_is_read_by_its_draft_without_any_correction(tmp_path: Path) -> None:
    start_folder(written(tmp_path, roster_DOT_csv=ROSTER))
    district = read_district(tmp_path)
    people = district["roster"].people
    assert people["local_id"].tolist() == ["00812", "00813", "00814"]
    assert people["first_name"].tolist() == ["Ana", "Bo", "Cy"]
    assert people["birth_date"].tolist() == [
        pd.Timestamp(day) for day in ("2014-01-31", "2013-02-28", "2012-03-04")
    ]
    assert people["grade_level"].tolist() == ["05", "06", "KG"]
    assert people["postal_code"].tolist() == ["04609", "04609", "04610"]
    assert district.findings.empty
    layout = district["roster"].layout
    assert layout.source_status == "own"
    assert "roster.csv" in layout.source
    assert {column.sensitivity for column in layout.files[0].columns if column.name != "Gr"} == {"restricted"}
    assert layout.files[0].row_is.startswith("?")


@pytest.mark.parametrize(
    ("head", "values", "kind", "formats"),
    [
        ("Born", ["01/31/2014", "02/03/2013"], "date", ("%m/%d/%Y",)),
        ("Born", ["31.01.2014", "03.02.2013"], "date", ("%d.%m.%Y",)),
        ("Born", ["01/02/2014", "02/03/2013"], "date", ("%m/%d/%Y", "%d/%m/%Y")),
        ("Born", ["13/02/2014", "02/13/2013"], "date", ("%m/%d/%Y", "%d/%m/%Y")),
        ("Visit", ["2025-10-01 08:05:00", "2025-10-01 9:15:00"], "datetime", ("%Y-%m-%d %H:%M:%S",)),
        ("Visit", ["2025-10-01T08:05:00Z"], "datetime", ("%Y-%m-%dT%H:%M:%S%z",)),
        ("Test date", ["20251001", "20251112"], "date", ("%Y%m%d",)),
        ("Sale", ["20251001", "20251112"], "integer", ()),
        ("In", ["8:05", "14:30"], "time", ()),
        ("Balance", ["$1,200.50", "-$3.00"], "number", ("$#,##0.00",)),
        ("Score", ["1.50", "12.25"], "number", ("0.00",)),
        ("Points", ["3", "12", "-1"], "integer", ()),
        ("Room number", ["3", "12"], "string", ()),
        ("Zip", ["12345", "23456"], "string", ()),
        ("Badge", ["0012", "3456"], "string", ()),
        ("Anything", ["123456789012345678901"], "string", ()),
        ("Is enrolled", ["1", "0"], "boolean", ("1|0",)),
        ("Lives with", ["1", "0"], "integer", ()),
        ("Consent", ["Yes", "No", "no"], "boolean", ("Yes|No", "yes|no")),
        ("Initial", ["N", "N"], "string", ()),
        ("School Year", ["2025-2026", "2024-25"], "school_year", ("YYYY-YYYY",)),
        ("Lunch", ["Free", "Paid"] * 8, "code", ()),
        ("Lunch name", ["Free", "Paid"] * 8, "string", ()),
    ],
)
def test_types_and_formats_come_from_the_values(
    head: str, values: list[str], kind: str, formats: tuple[str, ...]
) -> None:
    guess = guess_type(counted(pd.Series(values, dtype="string")), head_words(head), set())
    assert (guess.type, guess.formats) == (kind, formats)


def test_the_order_of_day_and_month_is_a_question_until_another_column_answers_it(tmp_path: Path) -> None:
    doubtful = (
        "Student ID,First Name,Last Name,Birth Date,Visit\n1,Ana,Ruiz,01/02/2014,{}\n2,Bo,Li,02/03/2013,{}\n"
    )
    start_folder(written(tmp_path / "open", a_DOT_csv=doubtful.format("x", "y")))
    assert draft(tmp_path / "open")["Birth Date"]["format"] == ["%m/%d/%Y", "%d/%m/%Y"]
    people = read_district(tmp_path / "open")["a"].people
    assert people["birth_date_status"].tolist() == ["Day and month ambiguous"] * 2
    start_folder(written(tmp_path / "told", a_DOT_csv=doubtful.format("25/10/2025", "02/10/2025")))
    assert draft(tmp_path / "told")["Birth Date"]["format"] == "%d/%m/%Y"


def test_ids_are_those_of_persons_and_no_others(tmp_path: Path) -> None:
    heads = "user_building_id|SIS User ID|Household ID|email|parent_email|Teacher ID|Order ID|first|last"
    rows = [heads.replace("|", ",")]
    for n in range(12):
        child, family = n // 2, n // 6
        ids = f"31,{7000 + child},{family},c{child}@x.org,p{family}@x.org,{n % 3},{900 + n}"
        rows.append(f"{ids},{'ABCDEF'[child]}na,Poe")
    (drafted,) = start_folder(written(tmp_path, log_DOT_csv="\n".join(rows) + "\n")).drafted
    people = drafted.kind.people
    assert {name: ids.system for name, ids in people.ids.items()} == {
        "SIS User ID": "Undeclared",
        "email": "Email",
    }
    assert people.local_id == "SIS User ID"
    assert people.one_row_each is False
    assert len(read_district(tmp_path)["log"].people) == 6


def test_a_list_of_things_names_nobody(tmp_path: Path) -> None:
    schools = "id,Name,City\n1,Lincoln Elementary School,Salem\n2,Oak High School,Salem\n3,Grand Bend,Salem\n"
    (drafted,) = start_folder(written(tmp_path, schools_DOT_csv=schools)).drafted
    assert not drafted.kind.names_people
    district = read_district(tmp_path)
    assert district.people.empty
    assert district.accounts["rows_kept_apart"].tolist() == [3]


def test_a_role_says_who_is_a_child(tmp_path: Path) -> None:
    text = "user_id,role,first_name,last_name\n1,STUDENT,Ana,Ruiz\n2,TEACHER,Bo,Li\n3,ROBOT,Cy,Poe\n"
    start_folder(written(tmp_path, users_DOT_csv=text))
    assert read_district(tmp_path)["users"].people["role"].tolist() == ["Student", "Staff", "Unknown"]


# One slip in a small file

CLUB = """Ref,Fore-name,Family-Name,D.O.B.,Lunch?,Points,Grade,Mum/Dad mail,Given name
"""
BORN = [f"{day}/0{day % 9 + 1}/2013" for day in range(13, 23)] + ["", "14/14/2013"]


def club(born: list[str], points: list[str] | None = None) -> str:
    points = points or [str(n) for n in range(len(born))]
    return CLUB + "".join(
        f"r{n},{'ABCDEFGHIJKLMN'[n]}na,Ruiz{'abcdefghijklmn'[n]},{day},{'xyz'[n % 3]},{points[n]},"
        f"{'?' if n == 3 else 5},m{n}@x.org,Bo\n"
        for n, day in enumerate(born)
    )


def test_one_bad_value_does_not_cost_a_small_file_its_column(tmp_path: Path) -> None:
    points = ["absent", *(str(n) for n in range(11))]
    started = start_folder(written(tmp_path, club_DOT_csv=club(BORN, points)))
    columns = draft(tmp_path)
    assert columns["D.O.B."]["format"] == "%d/%m/%Y"
    assert columns["Points"]["type"] == "integer"
    text = (tmp_path / "layouts" / "club.toml").read_text(encoding="utf-8")
    assert "# ? 1 of 11 isn't a day: row 13\n" in text
    assert "# ? 1 of 12 isn't a number: row 2\n" in text
    assert "14/14/2013" not in text
    assert started.drafted[0].kind.questions[0] == "D.O.B.: 1 of 11 isn't a day: row 13"
    district = read_district(tmp_path)
    people = district["club"].people
    assert people["birth_date"].notna().sum() == 10
    assert people["grade_level"].eq("05").sum() == 11
    found = district.findings[["kind", "row", "column"]].to_numpy().tolist()
    assert ["not_a_date", 13, "D.O.B."] in found
    assert ["not_a_integer", 2, "Points"] in found


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([*BORN[:10], "x"], "date"),
        ([*BORN[:9], "x"], "date"),
        ([*BORN[:8], "x"], "string"),  # too few to call one a slip
        ([*BORN[:10], "x", "y"], "string"),
        (BORN * 4, "string"),  # 4 of 44: more than a twentieth
        (["01/02/2013", "03/04/2013"] + [f"A-{n}" for n in range(30)], "string"),
        ([str(n) for n in range(11)] + ["absent"], "integer"),
        ([str(n) for n in range(11)] + ["12A"], "string"),  # names of things, not quantities
    ],
)
def test_a_column_is_what_nearly_all_its_values_are(values: list[str], kind: str) -> None:
    texts = pd.Series([text or None for text in values], dtype="string")
    guess = guess_type(counted(texts), ("x",), set())
    assert guess.type == kind


def test_a_slip_is_told_with_its_file_where_files_of_one_kind_are_drafted_together(tmp_path: Path) -> None:
    files = {"clubs__a1_DOT_csv": club(BORN[:10]), "clubs__a2_DOT_csv": club([*BORN[:9], *BORN[11:]])}
    start_folder(written(tmp_path, **files))
    text = (tmp_path / "layouts" / "clubs.toml").read_text(encoding="utf-8")
    assert "1 of 20 isn't a day: row 11 of clubs/a2.csv" in text


@pytest.mark.parametrize(
    ("head", "field"),
    [
        *((head, "first_name") for head in ("Fore-name", "Forename(s)", "GIVEN NAME", "Christian name")),
        *((head, "last_surname") for head in ("Family-Name", "family_name", "Sur-name", "Last name")),
        *((head, "birth_date") for head in ("DoB", "D.O.B", "D/O/B", "Birth-day", "Born", "Date of birth")),
    ],
)
def test_heads_are_known_however_they_are_written(head: str, field: str) -> None:
    assert named_fields(head_words(head))[0][0] == field


def test_every_column_has_a_reason(tmp_path: Path) -> None:
    start_folder(written(tmp_path, club_DOT_csv=club(BORN)))
    lines = (tmp_path / "layouts" / "club.toml").read_text(encoding="utf-8").splitlines()
    above = {
        line.split('"')[1]: lines[place - 1]
        for place, line in enumerate(lines)
        if line.startswith("  { name = ")
    }
    assert list(above) == CLUB.strip().split(",")
    assert all(reason.startswith("  # ") for reason in above.values()), above
    assert "Not used: no standard column is known by this head" in above["Lunch?"]
    assert "somebody else" in above["Mum/Dad mail"]
    assert "another column is taken for this, First name" in above["Given name"]


def test_reading_says_which_questions_are_open_and_what_is_not_taken(tmp_path: Path) -> None:
    folder = written(tmp_path / "ours", club_DOT_csv=club(BORN).replace("D.O.B.", "Tag"))
    words = ("read", folder, "--out", tmp_path / "out")
    assert json.loads(run(*words, "--json").stdout)["drafts"] == []
    run("start", folder)
    toml = folder / "layouts" / "club.toml"
    lines = toml.read_text(encoding="utf-8").splitlines()
    (draft,) = json.loads(run(*words, "--json").stdout)["drafts"]
    assert draft["layout"] == "layouts/club.toml"
    assert draft["questions"] == sum(line.strip().startswith("# ?") for line in lines) > 2
    assert draft["not_taken"] == ["id", "birth date"]
    printed = run(*words).output
    assert f"layouts/club.toml: a draft, and {draft['questions']} questions are open" in printed
    assert "no id and no birth date is taken, so that children can be joined by name alone" in printed
    answered = [line for line in lines if not line.strip().startswith("# ?")]
    toml.write_text("\n".join(answered), encoding="utf-8")
    assert "layouts/club.toml" not in run(*words).output


# Files of every kind


def test_what_a_file_looks_like_is_found_out(tmp_path: Path) -> None:
    titled = "Clubs of spring\n\n" + ROSTER.replace(",", ";").replace("Ruiz", "Núñez")
    start_folder(written(tmp_path, clubs_DOT_csv=titled.encode("cp1252").replace(b"\n", b"\r\n")))
    file = read_layout(tmp_path / "layouts" / "clubs.toml").files[0]
    assert (file.delimiter, file.header_row, file.encoding, file.line_end) == (";", 3, "windows-1252", "crlf")
    district = read_district(tmp_path)
    assert district["clubs"].people["last_surname"].tolist() == ["Núñez", "Li", "Poe"]
    assert adds_up(district)


def test_a_file_without_heads_is_named_by_place(tmp_path: Path) -> None:
    start_folder(written(tmp_path, scores_DOT_csv="Ana,2014-01-31,12\nBo,2013-02-28,9\n"))
    assert list(draft(tmp_path)) == ["Column 1", "Column 2", "Column 3"]
    district = read_district(tmp_path)
    assert district.accounts.iloc[0].tolist()[2:] == [2, 0, 0, 0, 2]


def test_workbooks_and_json_lines_are_drafted(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Spring"
    for row in csv.reader(io.StringIO(ROSTER)):
        sheet.append(row)
    book.save(tmp_path / "clubs.xlsx")
    lines = [
        {"student": {"studentId": f"{n}", "name": {"first": name, "last": "Poe"}}}
        for n, name in enumerate(["Ana", "Bo"])
    ]
    written(tmp_path, nurse_DOT_jsonl="".join(json.dumps(line) + "\n" for line in lines))
    start_folder(tmp_path)
    district = read_district(tmp_path)
    assert sorted(district.people["first_name"]) == ["Ana", "Ana", "Bo", "Bo", "Cy"]
    assert {silo.layout.files[0].format for silo in district.values()} == {"xlsx", "json_lines"}
    assert adds_up(district)


def test_files_of_one_kind_share_one_declaration_and_a_folder_is_one_system(tmp_path: Path) -> None:
    seen = "child_id,seen\n00812,2025-10-01\n00814,2025-10-02\n"
    files = {"nurse__children_DOT_csv": ROSTER.replace("Pupil No", "child_id")}
    files |= {f"nurse__visits_2025-1{n}_DOT_csv": seen for n in (0, 1)}
    started = start_folder(written(tmp_path, **files))
    assert [(one.layout, one.files) for one in started.drafted] == [("nurse", 1), ("nurse", 2)]
    layout = read_layout(tmp_path / "layouts" / "nurse.toml")
    assert [file.path for file in layout.files] == ["children.csv", "visits_*.csv"]
    assert len(read_district(tmp_path)["nurse"].people) == 3


def test_files_are_named_by_what_their_names_have_in_common(tmp_path: Path) -> None:
    text = "Student ID,Last Name,First Name,Score\n1,Ruiz,Ana,3\n2,Li,Bo,4\n"
    start_folder(
        written(tmp_path, tests__fall_words_DOT_csv=text, tests__winter_words_DOT_csv=text + "3,O,Z,1\n")
    )
    (file,) = read_layout(tmp_path / "layouts" / "tests.toml").files
    assert (file.name, file.path) == ("words", "*_words.csv")


def test_a_birth_date_that_is_left_out_does_not_speak_against_an_id(tmp_path: Path) -> None:
    rows = "".join(
        f"{n},Ana{'abc'[n]},Ruiz,2012-03-0{n + 1},1\n{n},Ana{'abc'[n]},Ruiz,,2\n" for n in range(3)
    )
    start_folder(written(tmp_path, log_DOT_csv="Student ID,First Name,Last Name,DOB,Minutes\n" + rows))
    people = read_district(tmp_path)["log"].people
    assert people["local_id"].tolist() == ["0", "1", "2"]
    assert people["birth_date"].notna().all()


def test_rows_of_totals_are_nobody(tmp_path: Path) -> None:
    text = 'Oak School,,\nStudent ID,Student,Days\n81,"Ruiz, Ana",3\n82,"Li, Bo",4\nTotal,,7\n'
    start_folder(written(tmp_path, absent_DOT_csv=text))
    district = read_district(tmp_path)
    assert district["absent"].people["local_id"].tolist() == ["81", "82"]
    assert district.accounts["rows_structure"].tolist() == [3]
    assert adds_up(district)


def test_whom_a_file_is_about_is_said_by_its_heads_before_its_name(tmp_path: Path) -> None:
    heads = ("Student ID,Guardian First Name,Guardian Last Name", "Employee ID,First Name,Last Name")
    files = {
        f"{name}_DOT_csv": f"{head}\n1,Eva,Ruiz\n2,Ian,Li\n"
        for name, head in zip(("contacts", "staff"), heads, strict=True)
    }
    start_folder(written(tmp_path, **files))
    district = read_district(tmp_path)
    assert set(district["contacts"].people["role"]) == {"Student"}
    assert set(district["staff"].people["role"]) == {"Staff"}


def test_a_number_under_another_head_is_asked_about_and_not_taken(tmp_path: Path) -> None:
    rows = "".join(f"Ana{n},Ruiz{n},{4000 + n},Visa {n % 2}\n" for n in range(8))
    text = "First Name,Last Name,Employee ID,Card\n" + rows
    (drafted,) = start_folder(written(tmp_path, users_DOT_text=text)).drafted
    assert drafted.kind.people.perhaps == ["Employee ID"]
    assert not drafted.kind.people.ids
    assert "Employee ID: is it an id of these people?" in drafted.kind.questions
    assert "if it is their id here" in (tmp_path / drafted.toml).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a_DOT_json", b'[{"a": 1}]', "JSON lines"),
        ("a_DOT_csv", b"\n \n", "empty"),
        ("a_DOT_csv", b"First Name,Last Name\n", "no rows"),
        ("a_DOT_xls", b"\xd0\xcf\x11\xe0", "xlsx"),
        ("a_DOT_xlsx", b"PK\x03\x04 no", "no workbook"),
        ("a_DOT_csv", bytes(range(256)) * 9, "no text"),
        ("readme_DOT_txt", b"Dear colleague\nhere are the files\n", "without columns"),
        ("a_DOT_xml", b"<a><b/></a>", "save it as"),
    ],
)
def test_a_file_for_which_nothing_is_drafted_is_told(
    name: str, data: bytes, says: str, tmp_path: Path
) -> None:
    started = start_folder(written(tmp_path, **{name: data}))
    assert not started.drafted
    (reason,) = started.left.values()
    assert says in reason
    assert not (tmp_path / "layouts").exists()


# What a person does next


def test_a_corrected_draft_is_what_every_command_reads(tmp_path: Path) -> None:
    start_folder(written(tmp_path, roster_DOT_csv=ROSTER))
    toml = tmp_path / "layouts" / "roster.toml"
    mended = toml.read_text(encoding="utf-8").replace('"Undeclared"', '"State"')
    toml.write_text(mended.replace('title = "roster', 'title = "Our roster'), encoding="utf-8")
    assert read_district(tmp_path)["roster"].identifiers["identification_system"].tolist() == ["State"] * 3
    out = tmp_path / "out"
    for command in ("read", "link", "profile", "gaps"):
        result = run(command, tmp_path, "--out", out, "--json")
        assert result.exit_code == 0, result.output
    assert set(pd.read_csv(out / "crosswalk.csv")["silo"]) == {"roster"}
    meant = json.loads(run("dictionary", "roster", "--from", tmp_path, "--out", out, "--json").stdout)
    assert [row["column"] for row in meant["dictionary"]][:2] == ["Pupil No", "SURNAME"]
    assert "roster" in json.loads(run("dictionary", "--from", tmp_path, "--json").stdout)["layouts"]


def test_a_suggestion_is_a_declaration_once_its_signs_are_taken_away(tmp_path: Path) -> None:
    text = "student id,first name,last name,absence date,absence code\n"
    text += "1,Ana,Ruiz,2025-10-01,UNX\n2,Bo,Li,2025-10-02,EXC\n"
    start_folder(written(tmp_path, absences_DOT_csv=text))
    toml = tmp_path / "layouts" / "absences.toml"
    lines = toml.read_text(encoding="utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("# [[file.makes]]"))
    lines[start : start + 3] = [line.removeprefix("# ") for line in lines[start : start + 3]]
    toml.write_text("\n".join(lines), encoding="utf-8")
    absences = read_district(tmp_path)["absences"].fact("attendance_event")
    assert absences["attendance_event_category"].tolist() == ["UNX", "EXC"]


def test_no_layout_is_ever_overwritten(tmp_path: Path) -> None:
    start_folder(written(tmp_path, roster_DOT_csv=ROSTER))
    toml = tmp_path / "layouts" / "roster.toml"
    toml.write_text("# mine\n" + toml.read_text(encoding="utf-8"), encoding="utf-8")
    again = start_folder(tmp_path)
    assert not again.drafted
    assert again.known == {"roster.csv": "roster"}
    written(tmp_path, roster_DOT_csv="badge,weight\nA1,3\nA2,4\n")
    assert [one.toml for one in start_folder(tmp_path).drafted] == ["layouts/roster_2.toml"]
    assert toml.read_text(encoding="utf-8").startswith("# mine\n")
    assert sorted(path.name for path in (tmp_path / "layouts").iterdir()) == ["roster.toml", "roster_2.toml"]


def test_a_file_beside_a_made_district_is_read_too(district_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(district_folder, tmp_path / "made")
    written(tmp_path / "made" / "silos", chess__chess_DOT_csv=ROSTER)
    start_folder(tmp_path / "made")
    assert len(read_district(tmp_path / "made")["chess"].people) == 3


def test_the_command_says_what_it_guessed_and_no_value_of_a_child(tmp_path: Path) -> None:
    written(tmp_path, portal__roster_DOT_csv=ROSTER.replace("01/31", "01/11").replace("02/28", "02/08"))
    result = run("start", tmp_path)
    assert result.exit_code == 0, result.output
    for word in ("portal/roster.csv", "children?, one row each", "Pupil No", "day and month"):
        assert word in result.output
    for cell in {cell for line in ROSTER.splitlines()[1:] for cell in line.split(",") if len(cell) > 2}:
        assert cell not in result.output
    tables = [line for line in result.output.splitlines() if not line.startswith(("layouts: ", "next: "))]
    assert max(map(len, tables)) <= 120
    again = json.loads(run("start", tmp_path, "--json").stdout)
    assert again["drafted"] == []
    assert again["known"] == {"portal/roster.csv": "portal"}


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "own.toml").write_text("layout = 3", encoding="utf-8")
    for folder, says in ((tmp_path / "none", "There is no folder"), (tmp_path, "own.toml")):
        result = run("start", folder)
        assert result.exit_code == 2
        assert says in result.stderr


# Any table at all


# How much it finds


def test_heads_that_may_be_data_are_printed_by_their_place(tmp_path: Path) -> None:
    written(tmp_path, list_DOT_csv="Wilhelmina,Ruiz\nBartholomew,Li\nCassandra,Poe\n")
    for words in (["start", tmp_path, "--json"], ["start", tmp_path]):
        shutil.rmtree(tmp_path / "layouts", ignore_errors=True)
        output = run(*words).output
        assert "list.csv" in output
        assert "Wilhelmina" not in output
        assert "Ruiz" not in output


def test_first_names_alone_do_not_speak_against_an_id(tmp_path: Path) -> None:
    rows = "".join(f"{100 + n},{'Ana' if n % 3 else 'Bo'},Grade {n % 5 + 1}\n" for n in range(30))
    start_folder(written(tmp_path, camp_DOT_csv=f"Camper ID,First name,Grade\n{rows}"))
    people = read_district(tmp_path)["camp"].people
    assert len(people) == 30
    assert set(people["grade_level"]) == {"01", "02", "03", "04", "05"}
