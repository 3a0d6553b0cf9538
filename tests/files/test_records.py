"""Who is behind the rows of one system: one record an id, unless the id holds two people."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import Silo, read_district

HEAD = (
    "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,District School Number,PIN,Grade,"
)
HEAD += "Active Status,Balance"


def meals(folder: Path, *rows: str, name: str = "meals.csv") -> Silo:
    """Read a lunchroom export of these rows."""
    whole = [HEAD, *(f"{row},7,1111,06,Active,$1.00" for row in rows)]
    (folder / name).write_text("\n".join(whole) + "\n", encoding="utf-8")
    (silo,) = read_district(folder).values()
    return silo


def kinds(silo: Silo) -> dict[int, str]:
    told = silo.findings.dropna(subset=["row"])
    return dict(zip(told["row"], told["kind"], strict=True))


def test_two_rows_of_one_id_are_one_record_and_the_later_counts(tmp_path: Path) -> None:
    silo = meals(tmp_path, "1,Ruiz,Ana,01/02/2014", "1,Ruiz-Diaz,Ana,01/02/2014")
    assert silo.people[["record", "last_surname"]].to_numpy().tolist() == [["1", "Ruiz-Diaz"]]
    assert silo.person_rows["row"].tolist() == [2, 3]
    told = silo.findings[silo.findings["kind"].eq("rows_disagree")]
    assert told[["row", "column", "value", "expected"]].to_numpy().tolist() == [
        [3, "last_surname", "Ruiz-Diaz", "Ruiz"]
    ]


def test_a_cell_that_the_last_row_leaves_empty_says_where_its_value_stands(tmp_path: Path) -> None:
    silo = meals(
        tmp_path, "1,Ruiz,Ana,01/02/2014", "2,Diaz,,", "1,Ruiz,Anna,", "2,Diaz,Eva,", "1,Ruiz-Diaz,,"
    )
    said = silo.people.set_index("record")[["last_surname", "first_name", "birth_date"]]
    assert said.loc["1"].tolist() == ["Ruiz-Diaz", "Anna", pd.Timestamp(2014, 1, 2)]
    assert said.loc["2", "first_name"] == "Eva"
    assert silo.filled_cells[["record", "column", "row"]].to_numpy().tolist() == [
        ["1", "first_name", 4],
        ["1", "birth_date", 2],
    ]
    assert set(silo.filled_cells["file"]) == {"meals.csv"}


def test_the_last_row_of_a_record_is_that_of_the_newest_export(tmp_path: Path) -> None:
    """Whatever the files are called."""
    meals(tmp_path, "2,Okoro,Ben,05/06/2012", "1,Ruiz,Ana,01/02/2014", name="b 2025-09-01.csv")
    silo = meals(tmp_path, "1,Ruiz-Diaz,Ana,", name="a 2025-10-01.csv")
    assert silo.people.set_index("record").loc["1", "last_surname"] == "Ruiz-Diaz"
    rows = silo.person_rows[["record", "file", "row"]].to_numpy().tolist()
    assert rows == [["1", "b 2025-09-01.csv", 3], ["2", "b 2025-09-01.csv", 2], ["1", "a 2025-10-01.csv", 2]]
    assert silo.filled_cells[["record", "column", "file", "row"]].to_numpy().tolist() == [
        ["1", "birth_date", "b 2025-09-01.csv", 3]
    ]


def test_one_id_with_two_first_names_and_birth_dates_holds_two_people(tmp_path: Path) -> None:
    silo = meals(tmp_path, "1,Ruiz,Ana,01/02/2014", "1,Okoro,Ben,05/06/2012", "2,Diaz,Eva,07/08/2013")
    assert silo.people["record"].tolist() == ["1", "1~2", "2"]
    assert kinds(silo)[3] == "id_shared"
    account = silo.fact("meal_account").set_index("row")["record"]
    assert account.tolist() == ["1", "1~2", "2"]  # each balance is that of its own row


def test_an_id_that_a_file_writes_as_we_name_a_second_person_is_one_record_with_it(tmp_path: Path) -> None:
    """Two rows of one record, not two records of one name: nothing joins twice."""
    rows = ("1,Ruiz,Ana,01/02/2014", "1,Okoro,Ben,05/06/2012", "1~2,Diaz,Eva,03/04/2013")
    silo = meals(tmp_path, *rows)
    assert silo.people["record"].tolist() == ["1", "1~2"]
    assert silo.person_rows.set_index("row")["record"].to_dict() == {2: "1", 3: "1~2", 4: "1~2"}
    assert "rows_disagree" in set(silo.findings["kind"])


def test_an_id_that_is_nobodys_holds_as_many_people_as_it_has(tmp_path: Path) -> None:
    rows = ["0,Ruiz,Ana,01/02/2014", "0,Diaz,Ben,03/04/2015", "0,Wu,Cleo,05/06/2016", "0,Diaz,BEN,03/04/2015"]
    silo = meals(tmp_path, *rows, "0,Wu,Cleo,07/08/2016")
    assert silo.people["record"].tolist() == ["0", "0~2", "0~3"]
    assert silo.people["first_name"].tolist() == ["Ana", "BEN", "Cleo"]
    assert sum(kind == "id_shared" for kind in silo.findings["kind"]) == 4


def test_twins_under_one_id_stay_one_record(tmp_path: Path) -> None:
    silo = meals(tmp_path, "1,Ruiz,Ana,01/02/2014", "1,Ruiz,Eva,01/02/2014")
    assert silo.people["record"].tolist() == ["1"]
    assert kinds(silo)[3] == "rows_disagree"


def test_an_id_that_nobody_has_makes_a_bare_record(tmp_path: Path) -> None:
    (tmp_path / "students.jsonl").write_text(
        '{"studentUniqueId":"1","firstName":"Ana","lastSurname":"Ruiz","birthDate":"2014-05-06"}\n',
        encoding="utf-8",
    )
    reference = '"schoolReference":{"schoolId":7},'
    reference += '"sessionReference":{"schoolId":7,"schoolYear":2026,"sessionName":"Fall"}'
    category = '"attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#Tardy"'
    (tmp_path / "events.jsonl").write_text(
        "".join(
            f'{{"studentReference":{{"studentUniqueId":"{who}"}},{reference},"eventDate":"2025-10-0{day}",{category}}}\n'
            for day, who in enumerate(["1", "9"], start=1)
        ),
        encoding="utf-8",
    )
    (silo,) = read_district(tmp_path).values()
    assert silo.people[["record", "linkable_by"]].to_numpy().tolist() == [
        ["1", "Name and birth date"],
        ["9", "Identifier only"],
    ]
    assert silo.fact("attendance_event")["record"].tolist() == ["1", "9"]
    assert "reference_dangling" in set(silo.findings["kind"])


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["Last 1,First 1", "Last 2,First 2", "Ruiz,Ana"], 2),
        (["Student,Test"] * 3 + ["Ruiz,Ana"], 3),
        (["Ruiz,Ana", "Diaz,Eva", "Last 1,First 1"], 0),
    ],
)
def test_placeholder_names_count_for_nothing(names: list[str], found: int, tmp_path: Path) -> None:
    silo = meals(tmp_path, *(f"{n},{name},02/03/2014" for n, name in enumerate(names, start=1)))
    placeholder = silo.people["name_status"].eq("Placeholder")
    assert placeholder.sum() == found == silo.findings["kind"].eq("name_placeholder").sum()
    assert silo.people.loc[placeholder, "linkable_by"].eq("Identifier only").all()
    assert silo.people.loc[placeholder, "birth_date_status"].eq("Placeholder").all()


def test_a_birth_date_of_first_january_is_kept_and_not_trusted(tmp_path: Path) -> None:
    silo = meals(tmp_path, "1,Ruiz,Ana,01/01/2014", "2,Diaz,Eva,01/02/2014")
    assert silo.people["birth_date"].iloc[0] == pd.Timestamp(2014, 1, 1)
    assert silo.people["birth_date_status"].tolist() == ["Placeholder", "Exact"]
    assert silo.people["linkable_by"].tolist() == ["Name only", "Name and birth date"]
