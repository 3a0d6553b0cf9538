"""What stands in files as it is written: heads, codes, shapes of dates, how text is stored."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.file_profile import line_end_of
from helpers.standard import BadInput

MEALS = (
    "Customer ID;Customer Last Name;Customer First Name;Customer Birthdate;Grade;Shoe size\r\n"
    "1;Ruiz;Ana;03/02/2014;K;4\r\n2;Ode;Ben;2014-05-06;7;\r\n3;Wu;Cleo;4/7/2014;07;\r\n4;Koh;Eva;;Gr. 7;\r\n"
)


@pytest.fixture(scope="module")
def meals(tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("written")
    path = folder / "silos" / "meals" / "mealtime_customers_2026-04-30.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(MEALS.encode())
    return read_district(folder)


def test_codes_are_kept_as_written_beside_what_they_mean(meals: District) -> None:
    values = meals.written.values
    grades = values[values["column"].eq("Grade")].set_index("as_written")
    assert grades["standard"].fillna("").to_dict() == {"K": "KG", "7": "07", "07": "07", "Gr. 7": ""}
    assert grades["times"].tolist() == [1, 1, 1, 1]
    assert grades.loc["07", "row"] == 4


def test_dates_are_kept_by_their_shape_only(meals: District) -> None:
    values = meals.written.values
    dates = values[values["is_date"]].set_index("as_written")
    assert dates["times"].to_dict() == {"9/9/9999": 2, "9999-9-9": 1}
    assert not values["as_written"].str.contains("2014").any()


def test_each_head_is_listed_with_what_stands_below_it(meals: District) -> None:
    columns = meals.written.columns.set_index("head")
    assert columns["filled"].to_dict()["Customer Birthdate"] == 3
    assert columns.loc["Shoe size", "column"] is not columns.loc["Grade", "column"]
    assert columns["column"].isna().sum() == 1
    assert columns["rows"].unique().tolist() == [4]


def test_how_a_file_is_stored_is_told(meals: District) -> None:
    (file,) = meals.written.files.to_dict("records")
    assert (file["encoding"], file["line_end"], file["delimiter"]) == ("utf-8", "crlf", ";")
    assert line_end_of(b"one line only") is None
    assert line_end_of(b"a\nb") == "lf"


def test_a_made_district_lists_every_file_that_was_read(district: District) -> None:
    written = district.written
    assert set(written.files["file"]) == set(district.kinds)
    assert written.values["times"].gt(0).all()
    assert not written.columns.duplicated(["file", "kind", "head", "column"]).any()


def test_a_folder_of_unknown_files_has_nothing_written(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here is a table\n", encoding="utf-8")
    written = read_district(tmp_path).written
    assert written.files.empty
    assert written.columns.empty
    assert written.values.empty


def test_who_reads_without_it_gets_the_same_rows_and_is_told_when_it_is_asked_for(meals: District) -> None:
    without = read_district(meals.folder, written=False)
    for table in ("people", "identifiers", "findings", "accounts"):
        pd.testing.assert_frame_equal(getattr(without, table), getattr(meals, table))
    with pytest.raises(BadInput, match=r"written in meals wasn't kept; read .* with written=True"):
        _ = without.written
