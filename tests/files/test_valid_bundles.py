"""A valid OneRoster 1.2 bundle gives no finding; each fault is named by file and row."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.readers.delimited import _stray_quotes, header_at
from helpers.layouts import load_layout
from tests.files.bundles_by_hand import ALL, BUNDLES, FAULTS, Fault
from tests.files.drafts import adds_up

V2 = "sis/oneroster_1p2"


def read(place: Path, files: Mapping[str, str], line_end: str = "\r\n") -> District:
    for name, text in files.items():
        (place / f"{name}.csv").write_bytes(text.replace("\n", line_end).encode("utf-8"))
    return read_district(place)


def test_the_bundles_by_hand_have_every_file_and_column_of_the_binding() -> None:
    layout = load_layout(V2)
    assert set(ALL) == {file.name for file in layout.files}
    for files in BUNDLES.values():
        for name, text in files.items():
            heads = header_at(text.encode(), ",", 1)
            columns = [column.name for column in layout.file_named(name).columns]
            assert heads[: len(columns)] == columns
            assert all(head.startswith("metadata.") for head in heads[len(columns) :])


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_valid_bundle_is_clean(tmp_path: Path, bundle: str, line_end: str) -> None:
    district = read(tmp_path, BUNDLES[bundle], line_end)
    assert [silo.layout.layout for silo in district.values()] == [V2]
    assert district.findings.empty, district.findings[["file", "row", "column", "kind", "value"]]
    assert adds_up(district)
    assert set(district.people["first_name"]) == (
        {"Ana", "Bo", "Kim", "Rosa", "José"} if bundle == "all" else {"Kim", "Lee"}
    )


def test_a_valid_bundle_in_a_zip_with_line_ends_is_clean(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "oneroster.zip", "w") as archive:
        for name, text in ALL.items():
            archive.writestr(f"{name}.csv", text.rstrip("\n") + "\n")
    assert read_district(tmp_path).findings.empty


def named(district: District, fault: Fault) -> pd.DataFrame:
    """Give the findings at a fault's place."""
    found = district.findings
    here = found["file"].eq(f"{fault.file}.csv")
    here &= found["row"].isna() if fault.row is None else found["row"].eq(fault.row).fillna(False)
    return found[here & (found["column"].eq(fault.column).fillna(False) if fault.column else True)]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named_by_file_and_row(tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    assert fault.was in ALL[fault.file]
    files = {**ALL, fault.file: ALL[fault.file].replace(fault.was, fault.is_, 1)}
    district = read(tmp_path, files)
    assert len(named(district, fault)), district.findings[["file", "row", "column", "kind", "value"]]
    assert adds_up(district)


def test_a_reference_into_an_absent_file_is_named(tmp_path: Path) -> None:
    files = {name: text for name, text in ALL.items() if name != "categories"}
    files["manifest"] = ALL["manifest"].replace("file.categories,bulk", "file.categories,absent")
    found = read(tmp_path, files).findings
    assert found[["file", "row", "column", "kind", "value"]].to_numpy().tolist() == [
        ["lineItems.csv", 2, "categorySourcedId", "reference_dangling", "c1"],
        ["lineItems.csv", 3, "categorySourcedId", "reference_dangling", "c2"],
    ]
    # Changes may refer to rows of an earlier bundle.
    files["manifest"] = files["manifest"].replace("file.lineItems,bulk", "file.lineItems,delta")
    assert "reference_dangling" not in set(read(tmp_path, files).findings["kind"])


def test_a_mark_that_swallows_lines_of_the_manifest_claims_nothing_of_them(tmp_path: Path) -> None:
    """The lines between two marks are one cell: what they named can't be known."""
    manifest = ALL["manifest"].replace("file.scoreScales,bulk", '"file.scoreScales,bulk')
    manifest = manifest.replace("Oak SIS", 'Oak" SIS')
    found = read(tmp_path, {**ALL, "manifest": manifest}).findings
    assert set(found["file"]) == {"manifest.csv"}
    assert set(found["row"]) == {21}
    assert "record_broken" in set(found["kind"])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n1,"2"\n"3","4"', []),
        ('a,b\n1,"say ""hi"""\n"""x""",""\n"",""""\n', []),
        ('a,b\n"two\nlines, with ""marks""",2\n3,4\n', []),
        ('a,b\r\n"1","2"\r\n"3",""\r\n', []),
        ('a,b\n1,5" tall\n2,"x"\n', [2]),
        ('a,b\n"two\nlines",2\n"Oak" High,2\n3,"x"y\n4,"z"\n', [3, 4]),
        ('a,b\n1,"bulk\n2,bulk\n3,"Oak"\n', [2]),
    ],
)
def test_a_mark_that_is_not_doubled_is_found_in_its_row(
    text: str, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _stray_quotes(text.encode(), ",") == rows
    monkeypatch.setattr("helpers.files.readers.delimited.BLOCK", 6)  # the same, piece by piece
    assert _stray_quotes(text.encode(), ",") == rows
