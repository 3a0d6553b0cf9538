"""A survey office's file is read, or told; never a traceback."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.sector import read_sector, sector_report
from helpers.standard import BadInput
from synthetic_data.sector import load_sector, make_sector, write_sector


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_sector(load_sector(invited=60, responding=(20, 30)))
    return write_sector(made, tmp_path_factory.mktemp("sector"))["sector"]


@pytest.fixture
def text(written: Path) -> pd.DataFrame:
    return pd.read_csv(written, dtype="string")


def _read(frame: pd.DataFrame, folder: Path, encoding: str = "utf-8", sep: str = ",") -> tuple:
    path = folder / "answers.csv"
    frame.to_csv(path, index=False, encoding=encoding, sep=sep)
    sector = read_sector(path)
    accounts = sector.accounts.iloc[0]
    parts = ["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]
    assert accounts["rows"] == accounts[parts].sum()
    return sector, sector.findings


def test_what_is_written_is_read_back(written: Path) -> None:
    sector = read_sector(written.parent)
    assert sector.findings.empty
    assert sector.invented
    pd.testing.assert_frame_equal(
        sector.frame, make_sector(load_sector(invited=60, responding=(20, 30))).frame
    )


@pytest.mark.parametrize(("encoding", "sep"), [("utf-16", ","), ("utf-8-sig", ";"), ("cp1252", "\t")])
def test_other_encodings_and_delimiters(text: pd.DataFrame, tmp_path: Path, encoding: str, sep: str) -> None:
    sector, _ = _read(text, tmp_path, encoding, sep)
    assert len(sector.frame) == len(text)
    assert not sector.invented, "only what says of itself that it is invented is"


def test_odd_values_are_findings_with_their_place(text: pd.DataFrame, tmp_path: Path) -> None:
    there = text.index[text["responded"].eq("yes")]
    text.loc[there[0], "governance_1"] = "5"
    text.loc[there[1], "governance_2"] = "=1+1"
    text.loc[there[2], "locale"] = "Moon"
    text.loc[there[3], "students"] = "-4"
    text["governance_99"] = "1"
    sector, findings = _read(text, tmp_path)
    told = findings.set_index("column")
    for column, place in (("governance_1", 0), ("governance_2", 1), ("locale", 2), ("students", 3)):
        assert told.loc[column, "row"] == there[place] + 2
    assert "governance" in told.loc["governance_99", "expected"]
    assert sector.frame.loc[there[0], "governance_1"] is pd.NA


def test_repeated_and_nameless_rows_are_set_aside(text: pd.DataFrame, tmp_path: Path) -> None:
    text.loc[5, "system"] = pd.NA
    whole = pd.concat([text, text.head(1)], ignore_index=True)
    sector, findings = _read(whole, tmp_path)
    assert len(sector.frame) == len(text) - 1
    assert set(findings["kind"]) >= {"required_empty", "row_repeated"}
    assert findings.loc[findings["kind"].eq("row_repeated"), "row"].tolist() == [2]


def test_a_system_on_two_sheets_counts_once_with_the_last(text: pd.DataFrame, tmp_path: Path) -> None:
    later = text.head(3).assign(locale="Town")
    with pd.ExcelWriter(tmp_path / "answers.xlsx") as book:
        text.to_excel(book, sheet_name="first", index=False)
        later.to_excel(book, sheet_name="corrected", index=False)
    sector = read_sector(tmp_path / "answers.xlsx")
    assert not sector.frame.duplicated(["system", "year"]).any()
    assert len(sector.frame) == len(text)
    told = sector.frame.merge(later[["system"]], on="system", how="inner", validate="many_to_one")
    assert told.loc[told["year"].eq(2021), "locale"].eq("Town").all()
    assert sector.findings["kind"].eq("row_repeated").sum() == 3
    assert sector.accounts["rows_used"].sum() == len(text)


def test_whoever_answered_did(text: pd.DataFrame, tmp_path: Path) -> None:
    there = text.index[text["responded"].eq("yes")][0]
    text.loc[there, "responded"] = "no"
    sector, findings = _read(text, tmp_path)
    assert sector.frame.loc[there, "responded"]
    assert findings["kind"].tolist() == ["contradicts"]
    sector, findings = _read(text.drop(columns="responded"), tmp_path)
    assert sector.frame["responded"].sum() == 50


@pytest.mark.parametrize("rows", [0, 1])
def test_none_or_one_that_answered(text: pd.DataFrame, tmp_path: Path, rows: int) -> None:
    sector, _ = _read(text[text["responded"].eq("yes")].head(rows), tmp_path)
    report = sector_report(sector)
    assert report.years == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("answers.csv", b""),
        ("answers.csv", b"a,b\n1,2\n"),
        ("answers.csv", b"\x00\x01\xff"),
        ("answers.csv", b"PK\x03\x04rubbish"),
        ("answers.xlsx", b"PK\x03\x04rubbish"),
        ("district.json", b'{"synthetic": true}'),
    ],
)
def test_another_file_is_bad_input(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        read_sector(path)
    said = str(error.value)
    assert name in said
    assert "make-sector" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("renamed", "words"),
    [
        ({"system": "sys"}, ["no column system", "Did you mean sys?", "Rename it to system"]),
        ({"system": "district", "year": "y"}, ["no column system", "no column year"]),
    ],
)
def test_a_needed_column_that_is_not_there_is_named(
    text: pd.DataFrame, tmp_path: Path, renamed: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(BadInput) as error:
        _read(text.rename(columns=renamed), tmp_path)
    for part in ["answers.csv", *words]:
        assert part in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_without_any_item_is_bad_input(text: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no column leadership_1 or any other item"):
        _read(text[["system", "year", "responded", "locale"]], tmp_path)


def test_one_sheet_without_a_column_is_a_finding(text: pd.DataFrame, tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "answers.xlsx") as book:
        text.to_excel(book, sheet_name="answers", index=False)
        text.rename(columns={"system": "sys"}).to_excel(book, sheet_name="other", index=False)
    sector = read_sector(tmp_path / "answers.xlsx")
    assert len(sector.frame) == len(text)
    assert sector.findings["action_taken"].eq("file_set_aside").any()


def test_no_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        read_sector(tmp_path / "nowhere.csv")
