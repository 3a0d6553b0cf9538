"""A damaged file is read without a crash, and every row that it still holds is used or reported."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.findings import Findings
from helpers.files.readers.decode import as_utf8
from synthetic_data.systems import SILOS
from tests.files.damage import COUNTABLE, WAYS, lines_of
from tests.shared_districts import SharedDistricts

ONE_EACH = len(WAYS)
COPIES = 200  # of each file: each way several times by itself, and before another one
LINES = 12  # of a made file, header included: enough for each way, and quick
OF_XML = 40  # an element of a record has a line of its own
# What stands in a file's name of the day or years that it is of.
OF_ITS_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{4}(-\d{4})?")
PARTS = ["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]


def files_of(path: Path) -> dict[str, bytes]:
    """Give a file, or those in a zip, by name."""
    if path.suffix != ".zip":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def beginning(name: str, data: bytes) -> bytes:
    """Give the first records of a file; a workbook whole."""
    if name.endswith(".xlsx"):
        return data
    lines = lines_of(data)
    if not name.endswith(".xml"):
        return b"".join(lines[:LINES])
    some = lines[:OF_XML]
    while not some[-1].startswith(b"\t</"):
        some.pop()
    return b"".join([*some, lines[-1]])


@pytest.fixture(scope="module")
def small(districts: SharedDistricts) -> dict[str, dict[str, bytes]]:
    """The beginning of each kind of file of a small district, by silo and name."""
    folder = districts.folder(students=60) / "silos"
    silos: dict[str, dict[str, bytes]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        files = silos.setdefault(path.relative_to(folder).parts[0], {})
        for name, data in files_of(path).items():
            kind = "gradebook.csv" if "_Grades-" in name else OF_ITS_DAY.sub("", name)
            files.setdefault(kind, beginning(name, data))
    return silos


def rows_in(data: bytes, path: str) -> int:
    """Count the records of a file without the kit's readers."""
    text = as_utf8(data, "utf-8", Findings(None, path)).decode("utf-8", errors="replace")
    if path.endswith(".jsonl"):
        return len(text.splitlines())
    return sum(1 for _ in csv.reader(io.StringIO(text, newline="")))


def damaged(name: str, data: bytes, number_of_copies: int) -> dict[str, tuple[tuple[str, ...], bytes]]:
    """Make copies of a file, each damaged in one way, or in two; by the name of the copy.

    A way that leaves nothing to chance gives the same bytes every time: they are read once.
    """
    copies: dict[str, tuple[tuple[str, ...], bytes]] = {}
    seen: set[bytes] = set()
    for number in range(number_of_copies):
        chance = random.Random(f"{name} {number}")
        ways = [list(WAYS)[number % len(WAYS)]]
        if number >= COPIES // 2:
            ways.append(chance.choice(list(WAYS)))
        spoilt = data
        for way in ways:
            spoilt = WAYS[way](spoilt, chance) if spoilt else spoilt
        if spoilt not in seen:
            seen.add(spoilt)
            copies[f"{number:03}{Path(name).suffix}"] = (tuple(ways), spoilt)
    return copies


def read_copies(folder: Path, copies: dict[str, tuple[tuple[str, ...], bytes]]) -> District:
    """Read all copies of a file at once; if that fails, say which of them it was."""
    for name, (_, data) in copies.items():
        (folder / name).write_bytes(data)
    try:
        return read_district(folder)
    except Exception:
        for name, (ways, data) in copies.items():
            alone = folder / "alone" / name
            alone.mkdir(parents=True)
            (alone / name).write_bytes(data)
            try:
                read_district(alone)
            except Exception as error:
                raise AssertionError(
                    f"copy {name} ({' and '.join(ways)}) can't be read: {error!r}"
                ) from error
        raise


def ends_whole(data: bytes) -> bool:
    """Return whether the last row has as many cells as the header."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8", errors="replace"), newline="")))
    return len(rows[-1]) == len(rows[0])


def check(name: str, data: bytes, folder: Path, number_of_copies: int = COPIES) -> None:
    """Read damaged copies of a file: no traceback, and every row of every copy is used or reported."""
    copies = damaged(name, data, number_of_copies)
    district = read_copies(folder, copies)
    accounts, findings = district.accounts, district.findings
    if name.endswith(".xlsx"):  # each of its sheets is a file
        accounts, findings = (
            one.assign(file=one["file"].str.partition("/")[0]) for one in (accounts, findings)
        )
        accounts = accounts.groupby("file")[["rows", *PARTS]].sum().reset_index()
    accounts = accounts.set_index("file")
    off = accounts.index[accounts["rows"] != accounts[PARTS].sum(axis=1)]
    assert not len(off), f"{name}: {[(one, copies[one][0]) for one in off[:3]]}"
    assert set(accounts.index) == set(copies)
    aside = findings[findings["action_taken"].eq("row_set_aside")].groupby("file")["row"].nunique()
    whole = set(findings.loc[findings["action_taken"].eq("file_set_aside"), "file"])
    # A file of a bundle may end without a line end: one that was cut in its last cell is valid, too.
    bundle = any(silo.layout.manifest for silo in district.values())
    told = {one: set(its) for one, its in findings.groupby("file")["kind"]}
    rows_told = {one: set(its) for one, its in findings.dropna(subset=["row"]).groupby("file")["row"]}
    if name.endswith(".xlsx"):
        assert "file_unreadable" in set(findings["kind"])
        return
    for copy, (ways, spoilt) in copies.items():
        what = f"{name}, copy {copy}: {' and '.join(ways)}"
        account = accounts.loc[copy]
        if copy in whole:
            assert account["rows"] == account["rows_set_aside"], what
            continue
        assert account["rows_set_aside"] == aside.get(copy, 0), what
        if set(ways) <= set(COUNTABLE) and not name.endswith(".xml"):
            assert account["rows"] == rows_in(spoilt, name), what
            if ways == ("cut",) and not (bundle and ends_whole(spoilt)):
                assert rows_in(spoilt, name) in rows_told.get(copy, ()), f"{what}: the cut row is no finding"
        if ways == ("in UTF-16",):
            # With a byte order mark the file says itself how it is to be read.
            marked = spoilt.startswith((b"\xff\xfe", b"\xfe\xff"))
            assert ("text_not_decodable" in told.get(copy, ())) is not marked, what


@pytest.mark.weekly
@pytest.mark.parametrize("silo", SILOS)
def test_damaged_copies_of_each_made_file_are_read(
    silo: str, small: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    for name, data in small[silo].items():
        folder = tmp_path / Path(name).stem
        folder.mkdir()
        check(name, data, folder)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("silo", SILOS)
def test_each_kind_of_damage_to_a_made_file_is_read(
    silo: str, small: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    """Of each system one file, damaged once in each way."""
    name, data = min(small[silo].items(), key=lambda item: len(item[1]))
    check(name, data, tmp_path, ONE_EACH)


def check_each(folder_of_files: Path, tmp_path: Path, number_of_copies: int = COPIES) -> None:
    """Check the damaged copies of each distinct file in a folder."""
    distinct: dict[bytes, Path] = {}
    for path in sorted(path for path in folder_of_files.rglob("*") if path.suffix in (".csv", ".xml")):
        distinct.setdefault(path.read_bytes(), path)
    for number, (data, path) in enumerate(distinct.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        check(path.name, data, folder, number_of_copies)


@pytest.mark.weekly
def test_damaged_copies_of_each_real_file_are_read(real_files: Path, tmp_path: Path) -> None:
    check_each(real_files, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("number_of_copies", [ONE_EACH, pytest.param(COPIES, marks=pytest.mark.full)])
def test_damaged_copies_of_exports_by_hand_are_read(
    exports_by_hand: Path, tmp_path: Path, number_of_copies: int
) -> None:
    check_each(exports_by_hand, tmp_path, number_of_copies)


def test_a_short_row_whose_lost_cells_could_have_held_something_is_not_read(tmp_path: Path) -> None:
    head = "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,"
    head += "District School Number,PIN,Grade,Active Status,Balance"
    rows = ["1,Diaz,Ana,01/02/2014,7,1111,06,Active,$1.00", "2,Diaz,Eva,01/02/2015,7,1112,05", "3,Ruiz,Leo,"]
    (tmp_path / "meals.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    silo = next(iter(read_district(tmp_path).values()))
    assert silo.people["local_id"].tolist() == ["1", "3"]
    told = silo.findings[silo.findings["kind"].eq("cells_missing")]
    assert dict(zip(told["row"], told["action_taken"], strict=True)) == {3: "row_set_aside", 4: "read_as"}


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
    from helpers.standard import BadInput

    (tmp_path / "district.json").write_text('{"synthetic": tru', encoding="utf-8")
    with pytest.raises(BadInput, match=r"district\.json isn't JSON"):
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
