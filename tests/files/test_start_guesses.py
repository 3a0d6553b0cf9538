"""What a draft takes a column for, and what it asks: types, slips, heads, ids, whom a file is about."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts, explain_draft
from helpers.files.draft.column_types import guess_type
from helpers.files.draft.columns import counted, head_words, named_fields
from helpers.standard import BadInput
from tests.files.drafts import BORN, CLUB, adds_up, club, draft, written


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
    draft_layouts(written(tmp_path / "open", a_DOT_csv=doubtful.format("x", "y")))
    assert draft(tmp_path / "open")["Birth Date"]["format"] == ["%m/%d/%Y", "%d/%m/%Y"]
    people = read_district(tmp_path / "open")["a"].people
    assert people["birth_date_status"].tolist() == ["Day and month ambiguous"] * 2
    draft_layouts(written(tmp_path / "told", a_DOT_csv=doubtful.format("25/10/2025", "02/10/2025")))
    assert draft(tmp_path / "told")["Birth Date"]["format"] == "%d/%m/%Y"


def test_ids_are_those_of_persons_and_no_others(tmp_path: Path) -> None:
    heads = "user_building_id|SIS User ID|Household ID|email|parent_email|Teacher ID|Order ID|first|last"
    rows = [heads.replace("|", ",")]
    for n in range(12):
        child, family = n // 2, n // 6
        ids = f"31,{7000 + child},{family},c{child}@x.org,p{family}@x.org,{n % 3},{900 + n}"
        rows.append(f"{ids},{'ABCDEF'[child]}na,Poe")
    (drafted,) = draft_layouts(written(tmp_path, log_DOT_csv="\n".join(rows) + "\n")).drafted
    people = drafted.kind.people
    assert {name: ids.system for name, ids in people.ids.items()} == {
        "SIS User ID": "Undeclared",
        "email": "Email",
    }
    assert people.local_id == "SIS User ID"
    assert people.one_row_each is False
    assert len(read_district(tmp_path)["log"].people) == 6


def test_one_bad_value_does_not_cost_a_small_file_its_column(tmp_path: Path) -> None:
    points = ["absent", *(str(n) for n in range(11))]
    started = draft_layouts(written(tmp_path, club_DOT_csv=club(BORN, points)))
    assert draft(tmp_path)["D.O.B."]["format"] == "%d/%m/%Y"
    guesses = started.drafted[0].kind.guesses
    assert guesses["Points"].type == "integer"
    assert guesses["D.O.B."].open == "1 of 11 isn't a day: row 13"
    assert guesses["Points"].open == "1 of 12 isn't a number: row 2"
    assert "14/14/2013" not in (tmp_path / "layouts" / "club.toml").read_text(encoding="utf-8")
    district = read_district(tmp_path)
    people = district["club"].people
    assert people["birth_date"].notna().sum() == 10
    assert people["grade_level"].eq("05").sum() == 11
    found = district.findings[["kind", "row", "column"]].to_numpy().tolist()
    assert ["not_a_date", 13, "D.O.B."] in found


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
    (drafted,) = draft_layouts(written(tmp_path, **files)).drafted
    assert drafted.kind.guesses["D.O.B."].open == "1 of 20 isn't a day: row 11 of clubs/a2.csv"


@pytest.mark.parametrize(
    ("head", "field"),
    [
        *((head, "first_name") for head in ("Fore-name", "Forename(s)", "GIVEN NAME", "Christian name")),
        *((head, "last_surname") for head in ("Family-Name", "family_name", "Sur-name", "Last name")),
        *((head, "birth_date") for head in ("DoB", "D.O.B", "D/O/B", "Birth-day", "Born", "Date of birth")),
        *((head, "grade_level") for head in ("Year Grp", "Year group", "Yr Grp", "YearGroup", "Gr.")),
    ],
)
def test_heads_are_known_however_they_are_written(head: str, field: str) -> None:
    assert named_fields(head_words(head))[0][0] == field


def test_every_column_has_a_reason(tmp_path: Path) -> None:
    folder = written(tmp_path, club_DOT_csv=club(BORN))
    before = explain_draft(folder, "club.csv")
    reasons = before.set_index("column")["why"]
    assert list(reasons.index) == CLUB.strip().split(",")
    assert reasons.str.len().min() > 0
    assert "somebody else" in reasons["Mum/Dad mail"]
    assert "another column already gives this, First name" in reasons["Given name"]
    draft_layouts(folder)
    pd.testing.assert_frame_equal(explain_draft(folder, "club.csv"), before)
    with pytest.raises(BadInput, match=r"Did you mean club\.csv"):
        explain_draft(folder, "clubs.csv")


def test_a_birth_date_that_is_left_out_does_not_speak_against_an_id(tmp_path: Path) -> None:
    rows = "".join(
        f"{n},Ana{'abc'[n]},Ruiz,2012-03-0{n + 1},1\n{n},Ana{'abc'[n]},Ruiz,,2\n" for n in range(3)
    )
    draft_layouts(written(tmp_path, log_DOT_csv="Student ID,First Name,Last Name,DOB,Minutes\n" + rows))
    people = read_district(tmp_path)["log"].people
    assert people["local_id"].tolist() == ["0", "1", "2"]
    assert people["birth_date"].notna().all()


def test_first_names_alone_do_not_speak_against_an_id(tmp_path: Path) -> None:
    rows = "".join(f"{100 + n},{'Ana' if n % 3 else 'Bo'},Grade {n % 5 + 1}\n" for n in range(30))
    draft_layouts(written(tmp_path, camp_DOT_csv=f"Camper ID,First name,Grade\n{rows}"))
    people = read_district(tmp_path)["camp"].people
    assert len(people) == 30
    assert set(people["grade_level"]) == {"01", "02", "03", "04", "05"}


def test_rows_of_totals_are_nobody(tmp_path: Path) -> None:
    text = 'Oak School,,\nStudent ID,Student,Days\n81,"Ruiz, Ana",3\n82,"Li, Bo",4\nTotal,,7\n'
    draft_layouts(written(tmp_path, absent_DOT_csv=text))
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
    draft_layouts(written(tmp_path, **files))
    district = read_district(tmp_path)
    assert set(district["contacts"].people["role"]) == {"Student"}
    assert set(district["staff"].people["role"]) == {"Staff"}


@pytest.mark.parametrize("head", ["Employee ID", "Pupil Ref.", "Card"])
def test_a_number_under_another_head_is_asked_about_and_not_taken(tmp_path: Path, head: str) -> None:
    rows = "".join(f"Ana{n},Ruiz{n},{4000 + n},Visa {n % 2}\n" for n in range(8))
    text = f"First Name,Last Name,{head},Account kind\n" + rows
    (drafted,) = draft_layouts(written(tmp_path, users_DOT_text=text)).drafted
    assert drafted.kind.people.perhaps == [head]
    assert not drafted.kind.people.ids
    doubts = explain_draft(tmp_path, "users.text").set_index("column")["doubt"]
    assert "may be their id here" in doubts[head]
