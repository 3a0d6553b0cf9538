"""How much a file may hold: up to each line it is read, above it one sentence says why not."""

from __future__ import annotations

import json
import os
import time
import zipfile
from itertools import chain
from pathlib import Path

import pytest

from helpers.files import District, read_district
from helpers.files.draft import draft_layouts
from helpers.files.folder import files_below
from helpers.files.limits import LONGEST_LINE, MOST_COLUMNS, MOST_EMPTY, MOST_FILES
from helpers.files.recognize import DeclaredNames, below, look_at, records_in
from helpers.layouts import all_layouts
from helpers.link.two_files import read_person_file
from helpers.standard import BadInput
from tests.files.hostile import FILES, HEAD

STUDENT = {"studentUniqueId": "1", "firstName": "Ana", "lastSurname": "Ruiz", "birthDate": "2014-05-06"}


def refusal(district: District) -> str | None:
    """Give the reason why a file wasn't opened."""
    unsafe = district.findings[district.findings["kind"].eq("file_unsafe")]
    return None if unsafe.empty else str(unsafe["value"].iloc[0])


@pytest.mark.full
@pytest.mark.one_in(3)
@pytest.mark.parametrize(("columns", "told"), [(-1, None), (0, None), (1, "5,001 columns, more than 5,000")])
def test_columns(columns: int, told: str | None, tmp_path: Path) -> None:
    count = MOST_COLUMNS + columns
    path = tmp_path / "x.csv"
    path.write_text(
        ",".join(f"c{n}" for n in range(count)) + "\n" + "1," * (count - 1) + "1\n", encoding="utf-8"
    )
    found, refused = files_below(tmp_path)
    assert (len(found), len(refused)) == ((1, 0) if told is None else (0, 1))
    if told is None:
        assert len(read_person_file(path).rows.columns) == count
        return
    assert told in refused[0].reason
    assert told in draft_layouts(tmp_path).left["x.csv"]
    with pytest.raises(BadInput, match=told):
        read_person_file(path)


@pytest.mark.full
@pytest.mark.parametrize(("more", "told"), [(0, None), (1, "5,001 different names, more than 5,000")])
def test_names_in_json_lines(more: int, told: str | None, tmp_path: Path) -> None:
    own = MOST_COLUMNS - len(STUDENT) + more
    lines = [json.dumps(STUDENT)] * 60 + [json.dumps({**STUDENT, **{f"k{n}": 1 for n in range(own)}})]
    (tmp_path / "students.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    district = read_district(tmp_path)
    assert told is None if refusal(district) is None else told in str(refusal(district))
    used = int(district.accounts["rows_used"].sum())
    assert (used > 0) == (told is None)
    assert int(district.accounts["rows"].sum()) == 61


@pytest.mark.full
@pytest.mark.parametrize("more", [0, 1])
def test_cells_that_nobody_wrote(more: int, tmp_path: Path) -> None:
    """Two lines of each name, so that a table of them is nearly empty."""
    names, filled = 4_000, 5
    rows = MOST_EMPTY // (names - filled) + more
    wide = {**STUDENT, **{f"k{n}": 1 for n in range(names - len(STUDENT))}}
    lines = [json.dumps(wide)] + [json.dumps({**STUDENT, "k0": 1})] * rows
    (tmp_path / "students.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    left = draft_layouts(tmp_path).left.get("students.jsonl", "")
    assert ("nearly empty" in left) == bool(more)


@pytest.mark.parametrize(("more", "told"), [(-1, None), (0, None), (1, "a line of more than 8 MiB")])
def test_the_longest_line(more: int, told: str | None, tmp_path: Path) -> None:
    cells = ["1", "Diaz", "Ana", "01/02/2014", "7", "1111", "06", "Active", "$"]
    line = ",".join(cells)
    line += "1" * (LONGEST_LINE - len(line) + more)
    (tmp_path / "meals.csv").write_text(f"{HEAD}\n{line}\n", encoding="utf-8")
    district = read_district(tmp_path)
    assert refusal(district) is None if told is None else told in str(refusal(district))
    assert int(district.accounts["rows_used"].sum()) == (1 if told is None else 0)


@pytest.mark.full
@pytest.mark.parametrize("more", [0, 1])
def test_files_in_a_zip(more: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(MOST_FILES + more):
            archive.writestr(f"{number}.csv", "a,b\n1,2\n")
    found, refused = files_below(tmp_path)
    assert len(found) == (0 if more else MOST_FILES)
    if more:
        many = "it contains too many files (10,001, at most 10,000)"
        assert refused[0].reason == f"{many}: unpack those that are exports"
    else:
        assert {one.read() for one in (*found[:50], found[-1])} == {b"a,b\n1,2\n"}


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_files_of_a_zip_are_what_was_packed(method: int, tmp_path: Path) -> None:
    texts = {
        f"{name}/é.csv": f"{name}\n".encode() * count for name, count in (("a", 0), ("b", 1), ("c", 10_000))
    }
    with zipfile.ZipFile(tmp_path / "x.zip", "w", method) as archive:
        archive.comment = b"a comment"
        for name, data in texts.items():
            archive.writestr(name, data)
    found, _ = files_below(tmp_path)
    assert {one.path.removeprefix("x.zip/"): one.read() for one in found} == texts


def test_a_quote_that_never_closes_over_20_megabytes_is_told(tmp_path: Path) -> None:
    FILES["a quote that never closes over 20 MB"](tmp_path)
    district = read_district(tmp_path)
    told = district.findings.iloc[0]
    assert (told["kind"], told["action_taken"], told["row"]) == ("record_broken", "row_set_aside", 4)
    account = district.accounts.iloc[0]
    assert (account["rows"], account["rows_used"], account["rows_set_aside"]) == (4, 2, 1)


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
def test_a_link_inside_the_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "exports" / "meals").mkdir(parents=True)
    FILES["empty"](tmp_path / "exports" / "meals")
    (tmp_path / "exports" / "again.csv").symlink_to(tmp_path / "exports" / "meals" / "x.csv")
    found, refused = files_below(tmp_path / "exports")
    assert [one.path for one in found] == ["again.csv", "meals/x.csv"]
    assert not refused


def test_three_thousand_tiny_unknown_files_take_three_seconds(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"f{number}.csv").write_text(f"a{number},b,c\n{number},2,3\n4,5,6\n", encoding="utf-8")
    begun = time.process_time()
    district = read_district(tmp_path)
    assert time.process_time() - begun <= 3
    assert (district.accounts["rows"].sum(), len(district.findings)) == (9000, 3000)


def test_no_layout_that_matches_is_passed_over(district_folder: Path) -> None:
    layouts = all_layouts()
    names, matched = DeclaredNames(layouts), 0
    for found in files_below(district_folder / "silos")[0]:
        raw = found.read()
        if raw.lstrip()[:1] == b"<":
            continue  # of XML, every layout is tried
        look = look_at(raw, found.name)
        for one in chain([look], below(look)):
            tried = [name for name, _ in names.layouts_for(one)]
            matching = [name for name, layout in layouts.items() if records_in(one, layout)]
            matched += len(matching)
            assert set(matching) <= set(tried), found.path
            assert tried == [name for name in layouts if name in tried]
    assert matched > 20
