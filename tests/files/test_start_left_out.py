"""A file that can't be drafted is listed, and decides about no other; a name's subject stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import read_district
from helpers.files.draft import Started, draft_layouts
from helpers.files.draft import folder as folder_of_drafts
from helpers.files.recognize import Look, Recognized, records_in
from helpers.layouts import FileLayout, Layout, layout_of
from helpers.layouts.layout import read_layout
from helpers.standard import BadInput
from tests.files.drafts import run

PERSON = "Student ID,Last Name,First Name,DOB\n1,Ruiz,Ana,2014-01-31\n2,Li,Bo,2013-02-28\n"
SCORES = """Student ID,Last Name,First Name,Test Date,Scale Score
1,Ruiz,Ana,2025-10-01,{}
2,Li,Bo,2025-10-02,212
"""
# Files of one folder: fine ones, and some that no draft can be made of.
FILES = {
    "people.csv": PERSON,
    "visits_2025-10.csv": "Student ID,Seen\n1,2025-10-01\n2,2025-10-02\n",
    "visits_2025-11.csv": "Student ID,Seen\n1,2025-11-01\n2,2025-11-02\n",
    # Of the same columns as the next ones, if cases and signs don't count.
    "points.csv": "Student ID,Score\n1,3\n2,4\n",
    "points_again.csv": "student_id,score\n1,3\n2,4\n",
    "alike.csv": "Student-ID,Student ID,student_id,Score\n1,1,1,2\n2,2,2,3\n",
    "alike_2.csv": "Student-ID,Student ID,student_id,Score\n3,3,3,2\n",
    "signs.csv": '[],10/1,ruiz@x.org\n5551234567,2014-01-31,{a}\ntrue,X,"Ruiz, Ana"\nx y,10/2/2025,X\n',
    "empty.csv": "",
    "heads.csv": "Student ID,Room\n",
    "letter.docx": "Dear parents",
    "math.csv": SCORES.format(210),
    "reading.csv": SCORES.format(190),
}
LEFT = {"empty.csv", "heads.csv", "letter.docx"}


def start(place: Path, files: Mapping[str, str]) -> Started:
    shutil.rmtree(place, ignore_errors=True)
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return draft_layouts(place)


def in_folder(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}{name}": text for name, text in files.items()}


def check(started: Started, place: Path, files: Mapping[str, str], left: set[str]) -> None:
    """Check that some files are left out, and that the drafts know all the others."""
    assert started.left.keys() == left
    assert sum(one.files for one in started.drafted) + len(left) == len(files)
    assert set(read_district(place).unclaimed[1]["file"]) <= left


@pytest.mark.parametrize("folder", ["", "tests/"])
def test_each_file_that_cannot_be_drafted_is_listed_and_the_others_are_drafted(
    tmp_path: Path, folder: str
) -> None:
    files = in_folder(folder, FILES)
    started = start(tmp_path / "all", files)
    check(started, tmp_path / "all", files, {f"{folder}{name}" for name in LEFT})
    shutil.rmtree(tmp_path / "all" / "layouts")
    assert json.loads(run("start", tmp_path / "all", "--json").stdout)["left"] == started.left


@pytest.mark.parametrize("folder", [pytest.param("", marks=pytest.mark.full), "tests/"])
def test_a_file_that_is_taken_away_changes_no_other(tmp_path: Path, folder: str) -> None:
    for name in FILES:
        files = in_folder(folder, {other: text for other, text in FILES.items() if other != name})
        started = start(tmp_path / "some", files)
        check(started, tmp_path / "some", files, {f"{folder}{other}" for other in LEFT - {name}})


HEADS = st.sampled_from(
    [
        "Student ID",
        "student_id",
        "STUDENT ID",
        "Student-ID",
        "Score",
        "score",
        "DOB",
        "a",
        "A",
        "x#2",
        "",
        "{n}",
    ]
)
TABLES = st.lists(st.lists(HEADS, min_size=1, max_size=5), min_size=2, max_size=6)


@settings(max_examples=25, deadline=None)
@given(tables=TABLES, away=st.integers(0, 5))
def test_of_any_files_one_less_changes_no_other(
    tmp_path_factory: pytest.TempPathFactory, tables: list[list[str]], away: int
) -> None:
    place = tmp_path_factory.mktemp("any")
    files = {
        f"tests/file {'abcdef'[at]}.csv": "".join(
            ",".join([*heads] if not row else [f"{row}{at}"] * len(heads)) + "\n" for row in range(3)
        )
        for at, heads in enumerate(tables)
    }
    gone = f"tests/file {'abcdef'[away % len(tables)]}.csv"
    every, some = start(place, files), start(place / "less", {k: v for k, v in files.items() if k != gone})
    assert every.left.keys() - {gone} == some.left.keys() - {gone}
    for started, count in ((every, len(files)), (some, len(files) - 1)):
        assert sum(one.files for one in started.drafted) + len(started.left) == count


@pytest.mark.parametrize("folder", ["", "tests/"])
def test_two_files_of_one_folder_keep_the_subject_that_only_their_names_give(
    tmp_path: Path, folder: str
) -> None:
    files = {f"{folder}math.csv": SCORES.format(210), f"{folder}reading.csv": SCORES.format(190)}
    start(tmp_path, files)
    (toml,) = (tmp_path / "layouts").glob("*.toml")
    kinds: list[FileLayout] = read_layout(toml).files
    assert [(kind.name, kind.path) for kind in kinds] == [
        ("math", "*math*.csv"),
        ("reading", "*reading*.csv"),
    ]
    # Each row has its subject; so has a file of another month.
    (tmp_path / folder / "Reading of May.csv").write_text(SCORES.format(199), encoding="utf-8")
    results = read_district(tmp_path).fact("assessment_result")
    by_subject = results.groupby("academic_subject")["result"].apply(sorted).to_dict()
    assert by_subject == {"Mathematics": [210, 212], "Reading": [190, 199, 212, 212]}


def test_files_whose_rows_give_their_subject_stay_one_kind(tmp_path: Path) -> None:
    text = (
        SCORES.format(210)
        .replace("Test Date", "Subject")
        .replace("2025-10-01", "Math")
        .replace("2025-10-02", "Art")
    )
    started = start(tmp_path, {"tests/math.csv": text, "tests/reading.csv": text.replace("Math", "Reading")})
    assert [one.files for one in started.drafted] == [2]


def test_a_file_that_its_own_draft_does_not_recognize_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recognize(look: Look, layout: Layout) -> list[Recognized]:
        return [] if look.name == "signs.csv" else records_in(look, layout)

    monkeypatch.setattr(folder_of_drafts, "records_in", recognize)
    started = start(tmp_path, FILES)
    assert "rename them" in started.left["signs.csv"]
    assert started.left.keys() == LEFT | {"signs.csv"}


def test_a_file_whose_draft_is_no_layout_is_listed_and_the_others_share_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(text: str, name: str) -> Layout:
        if "Room of the nurse" in text:
            raise BadInput("no layout")
        return layout_of(text, name)

    monkeypatch.setattr(folder_of_drafts, "layout_of", refuse)
    files = {"tests/nurse.csv": "Student ID,Room of the nurse\n1,2\n2,2\n", **in_folder("tests/", FILES)}
    left = {f"tests/{name}" for name in LEFT} | {"tests/nurse.csv"}
    started = start(tmp_path, files)
    check(started, tmp_path, files, left)
    assert {one.layout for one in started.drafted} == {"tests"}
