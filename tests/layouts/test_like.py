"""A layout like another one declares what differs; a wrong name in it is refused with the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.layouts import load_layout
from helpers.layouts.layout import Layout, layout_of, read_layout
from helpers.standard import BadInput

OWN = """
layout = "sis/own"
like = "sis/oneroster_1p2"
without = ["userResources"]
title = "Our district's OneRoster"
[[file]]
name = "courses"
without = ["subjects"]
row_is = "one of our courses"
columns = [
  { name = "courseCode", meaning = "Our code", sensitivity = "public" },
  { name = "room", after = "status", meaning = "Room", sensitivity = "public" },
  { name = "floor", meaning = "Floor", sensitivity = "public" },
]
[[file]]
name = "users"
[[file.makes]]
table = "people"
take = { local_id = "sourcedId" }
[[file]]
name = "buses"
like = "courses"
path = "buses.csv"
row_is = "a bus"
columns = [{ like = "courses", to = "room" }]
"""


def own(old: str = "", new: str = "") -> Layout:
    assert old in OWN
    return layout_of(OWN.replace(old, new) if old else OWN, "own.toml")


def test_a_layout_has_what_the_other_has_but_for_what_it_declares() -> None:
    layout, other = own(), load_layout("sis/oneroster_1p2")
    assert (layout.title, layout.source, layout.container) == (
        "Our district's OneRoster", other.source, other.container,
    )  # fmt: skip
    names = [one.name for one in other.files if one.name != "userResources"]
    assert [one.name for one in layout.files] == [*names, "buses"]
    for name in set(names) - {"courses", "users"}:
        assert layout.file_named(name) == other.file_named(name)


def test_columns_are_replaced_put_after_another_added_or_left_out() -> None:
    courses, theirs = own().file_named("courses"), load_layout("sis/oneroster_1p2").file_named("courses")
    expected = [one.name for one in theirs.columns if one.name != "subjects"]
    expected.insert(expected.index("status") + 1, "room")
    assert [one.name for one in courses.columns] == [*expected, "floor"]
    assert (courses.row_is, courses.key) == ("one of our courses", theirs.key)
    assert (courses.column("courseCode").meaning, courses.column("courseCode").term) == ("Our code", None)
    assert courses.column("title") == theirs.column("title")


def test_a_column_may_move() -> None:
    moved = own('{ name = "floor",', '{ name = "grades", after = "sourcedId",').file_named("courses")
    assert [one.name for one in moved.columns][:3] == ["sourcedId", "grades", "status"]
    assert [one.name for one in moved.columns].count("grades") == 1


def test_makes_replace_all_of_the_files_and_a_new_file_may_be_like_one_of_the_other_layout() -> None:
    layout = own()
    assert [one.take for one in layout.file_named("users").makes] == [{"local_id": "sourcedId"}]
    buses = layout.file_named("buses")
    assert [one.name for one in buses.columns] == ["sourcedId", "status", "room"]
    assert [one.term for one in buses.columns] == [
        "oneroster:buses.sourcedId",
        "oneroster:buses.status",
        None,
    ]
    assert (buses.header, buses.line_end, buses.path) == ("exact", "crlf", "buses.csv")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            '"sis/oneroster_1p2"',
            '"sis/oneroster_12"',
            "like 'sis/oneroster_12', which is no layout of a known system. Did you mean sis/oneroster_1p2?",
        ),
        ('"userResources"', '"userResource"', "no file of sis/oneroster_1p2. Did you mean userResources?"),
        (
            '["subjects"]',
            '["subject"]',
            "file 'courses' is without 'subject', which is no column of it in the layout that it is like. "
            "Did you mean subjects?",
        ),
        (
            'after = "status"',
            'after = "states"',
            "file 'courses': column 'room' is after 'states', which is no column of it in the layout that it "
            "is like. Did you mean status?",
        ),
        ('"users"', "[3]", ".name: Input should be a valid string"),
        ('["subjects"]', '"subjects"', "without is 'subjects', and has to be a list"),
        ('name = "floor",', "", "columns.10.name: Field required"),
        ('name = "floor"', "name = [3]", "columns.10.name: Input should be a valid string"),
        ('{ name = "floor"', '{ name = "floor", wide = 1', "wide: unknown name"),
    ],
)
def test_a_name_that_the_other_layout_lacks_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(BadInput, match=r"own\.toml cannot be used") as refused:
        own(old, new)
    assert fault in str(refused.value)


def test_a_folders_own_layout_may_be_like_one_of_the_kit(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('layout = "sis/own"\nlike = "sis/oneroster_1p1"\n', encoding="utf-8")
    assert read_layout(path) == load_layout("sis/oneroster_1p1").model_copy(update={"layout": "sis/own"})


def test_a_folders_own_layout_may_change_one_of_the_kit_under_its_name() -> None:
    changed = own('"sis/own"', '"sis/oneroster_1p2"')
    assert changed.layout == "sis/oneroster_1p2"
    assert changed.file_named("courses") == own().file_named("courses")


def test_layouts_that_are_like_each_other_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {name: tmp_path / name for name in ("one", "two")}
    for name, path in paths.items():
        other = "two" if name == "one" else "one"
        path.write_text(f'layout = "{name}"\nlike = "{other}"\n', encoding="utf-8")
    monkeypatch.setattr("helpers.layouts.like.layout_paths", lambda: paths)
    with pytest.raises(BadInput, match=r"'two' is like itself \(two, one\)"):
        read_layout(paths["one"])
