"""A damaged file is read without a crash, and every row that it still holds is used or reported."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.decode import as_utf8
from helpers.files.findings import Findings
from synthetic_data.district import make_district
from tests.files.damage import WAYS

COPIES = 102  # 34 of each silo


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Files of a small district by silo and path, those in zips included."""
    folder = make_district(students=60, folder=tmp_path_factory.mktemp("small") / "district") / "silos"
    silos: dict[str, dict[str, bytes]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        files = silos.setdefault(path.relative_to(folder).parts[0], {})
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                files |= {f"{path.name}/{entry}": archive.read(entry) for entry in archive.namelist()}
        else:
            files[path.name] = path.read_bytes()
    return silos


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Write a silo's files, zips as zips."""
    zips: dict[str, dict[str, bytes]] = {}
    for path, data in files.items():
        container, slash, entry = path.partition("/")
        if slash:
            zips.setdefault(container, {})[entry] = data
        else:
            (folder / path).write_bytes(data)
    for container, entries in zips.items():
        with zipfile.ZipFile(folder / container, "w") as archive:
            for entry, data in entries.items():
                archive.writestr(entry, data)


def rows_in(data: bytes, path: str) -> int:
    """Count the records of a file without the kit's readers."""
    text = as_utf8(data, "utf-8", Findings(None, path)).decode("utf-8", errors="replace")
    if path.endswith(".jsonl"):
        return len(text.splitlines())
    return sum(1 for _ in csv.reader(io.StringIO(text, newline="")))


def told_rows(district: District, file: str) -> set[int]:
    """Rows of a file that some finding names."""
    findings = district.findings
    return set(findings.loc[findings["file"].eq(file), "row"].dropna().astype(int))


@pytest.mark.parametrize("copy", range(COPIES))
def test_every_row_of_a_damaged_copy_is_used_or_reported(
    copy: int, small: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    chance = random.Random(copy)
    silo = sorted(small)[copy % len(small)]
    files = dict(small[silo])
    way = list(WAYS)[copy // len(small) % len(WAYS)]
    path = chance.choice([path for path in sorted(files) if files[path].count(b"\n") > 5])
    files[path] = WAYS[way](files[path], chance)
    put(tmp_path, files)

    district = read_district(tmp_path)

    accounts = district.accounts
    parts = accounts[["rows_used", "rows_structure", "rows_set_aside", "rows_kept_apart"]].sum(axis=1)
    assert (accounts["rows"] == parts).all()
    mine = accounts[accounts["file"].eq(path)]
    assert len(mine) == 1
    assert int(mine["rows"].iloc[0]) == rows_in(files[path], path)
    findings = district.findings[district.findings["file"].eq(path)]
    if findings["done"].eq("file_set_aside").any():
        assert mine["rows"].iloc[0] == mine["rows_set_aside"].iloc[0]
    else:
        told = findings.loc[findings["done"].eq("row_set_aside"), "row"].nunique()
        assert mine["rows_set_aside"].iloc[0] == told
    if way == "cut":
        assert rows_in(files[path], path) in told_rows(district, path), "the row that was cut is no finding"
    if way in ("emptied", "in UTF-16"):
        assert set(findings["kind"]) & {"file_empty", "text_not_decodable"}


def test_a_short_row_whose_lost_cells_could_have_held_something_is_not_read(tmp_path: Path) -> None:
    head = "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,"
    head += "District School Number,PIN,Grade,Active Status,Balance"
    rows = ["1,Diaz,Ana,01/02/2014,7,1111,06,Active,$1.00", "2,Diaz,Eva,01/02/2015,7,1112,05", "3,Ruiz,Leo,"]
    (tmp_path / "meals.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    silo = next(iter(read_district(tmp_path).values()))
    assert silo.people["local_id"].tolist() == ["1", "3"]
    told = silo.findings[silo.findings["kind"].eq("cells_missing")]
    assert dict(zip(told["row"], told["done"], strict=True)) == {3: "row_set_aside", 4: "read_as"}


def ten_gigabytes_of_zeros(path: Path) -> None:
    """Write a zip of one file of 10 GiB of zeros, without packing them all: one packed stretch, repeated."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    stretch = pack.compress(bytes(1 << 24)) + pack.flush(zlib.Z_FULL_FLUSH)
    stream = stretch * (10 * (1 << 30) >> 24) + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    entry = zipfile.ZipInfo("zeros.csv")
    entry.compress_type, entry.file_size, entry.compress_size = zipfile.ZIP_DEFLATED, 10 << 30, len(stream)
    entry.CRC = entry.header_offset = 0
    with zipfile.ZipFile(path, "w") as archive:
        assert archive.fp is not None
        archive.fp.write(entry.FileHeader(zip64=True))
        archive.fp.write(stream)
        archive.start_dir = archive.fp.tell()
        archive.filelist.append(entry)
        archive._didModify = True


def test_a_zip_of_ten_gigabytes_of_zeros_is_refused(tmp_path: Path) -> None:
    ten_gigabytes_of_zeros(tmp_path / "meals.zip")
    with zipfile.ZipFile(tmp_path / "meals.zip") as archive, archive.open("zeros.csv") as entry:
        assert entry.read(1 << 25) == bytes(1 << 25), "the zip of this test holds no zeros"
    district = read_district(tmp_path)
    assert district.findings["kind"].tolist() == ["file_unsafe"]
    assert "10.0 GiB" in district.findings["value"].iloc[0]
    assert not district


def test_a_zip_that_would_write_outside_its_folder_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "meals.zip", "w") as archive:
        archive.writestr("../evil.csv", "a,b\n1,2\n")
    district = read_district(tmp_path)
    assert district.findings["kind"].tolist() == ["file_unsafe"]
    assert not district
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_broken_district_file_is_one_clear_error(tmp_path: Path) -> None:
    from helpers.layouts import BadInput

    (tmp_path / "district.json").write_text('{"synthetic": tru', encoding="utf-8")
    with pytest.raises(BadInput, match=r"district\.json is no JSON"):
        read_district(tmp_path)
    with pytest.raises(BadInput, match="There is no folder"):
        read_district(tmp_path / "nowhere")


def test_a_record_number_is_the_line_number_in_json_lines(tmp_path: Path) -> None:
    student = {"studentUniqueId": "1", "firstName": "Ana", "lastSurname": "Ruiz", "birthDate": "2014-05-06"}
    lines = [
        json.dumps(student),
        "",
        '{"studentUniqueId": "2", "firstNa',
        json.dumps({**student, "studentUniqueId": "3"}),
    ]
    (tmp_path / "students.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    silo = next(iter(read_district(tmp_path).values()))
    assert np.array_equal(silo.person_rows["row"], [1, 4])
    told = silo.findings.dropna(subset=["row"]).set_index("row")["kind"]
    assert told.equals(
        pd.Series(
            ["row_blank", "record_broken"],
            index=pd.Index([2, 3], dtype="Int64"),
            dtype=told.dtype,
            name="kind",
        )
    )
