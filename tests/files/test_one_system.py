"""A system in a tree of folders is one system; two systems that look alike stay two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District, read_district, render, write_table
from helpers.files.draft import draft_layouts
from helpers.layouts import load_layout
from tests.files.drafts import run

TOOLKIT = "lms/canvas_lms_toolkit"
IREADY = "assessment/iready_diagnostic"
Row = dict[str, Any]


def put(folder: Path, path: str, layout: str, kind: str, rows: list[Row]) -> None:
    """Write rows as a kind of file, below any name."""
    file = load_layout(layout).file_named(kind)
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(write_table(render(pd.DataFrame(rows), file), file))


def canvas(folder: Path, *, sections: int = 3, first: int = 0, users: str = "users") -> None:
    """Write a Canvas as the Ed-Fi LMS toolkit does: a folder a resource, section and assignment."""
    said = {"SourceSystem": "Canvas", "CreateDate": "2026-01-05 00:00:00"}
    pupils = [
        {
            "SourceSystemIdentifier": str(first + n),
            "UserRole": "Student",
            "Name": f"Child {first + n}",
            **said,
        }
        for n in range(1, 5)
    ]
    put(folder, f"{users}/2026-02-01-10-00-00.csv", TOOLKIT, "users", pupils)
    put(
        folder,
        "sections/2026-02-01-10-00-00.csv",
        TOOLKIT,
        "sections",
        [{"SourceSystemIdentifier": f"s{n}", "Title": f"Math {n}", **said} for n in range(sections)],
    )
    for n in range(sections):
        within = f"section={n}"
        linked = [
            {
                "SourceSystemIdentifier": f"{n}-{one['SourceSystemIdentifier']}",
                "LMSUserSourceSystemIdentifier": one["SourceSystemIdentifier"],
                "LMSSectionSourceSystemIdentifier": f"s{n}",
                **said,
            }
            for one in pupils
        ]
        put(folder, f"{within}/section-associations/2026-02-01.csv", TOOLKIT, "section-associations", linked)
        put(
            folder,
            f"{within}/assignments/2026-02-01.csv",
            TOOLKIT,
            "assignments",
            [
                {
                    "SourceSystemIdentifier": f"a{n}",
                    "Title": "Essay",
                    "MaxPoints": 10.0,
                    "LMSSectionSourceSystemIdentifier": f"s{n}",
                    **said,
                }
            ],
        )
        done = [
            {
                "SourceSystemIdentifier": f"a{n}-{one['SourceSystemIdentifier']}",
                "AssignmentSourceSystemIdentifier": f"a{n}",
                "LMSUserSourceSystemIdentifier": one["SourceSystemIdentifier"],
                "EarnedPoints": 8.0,
                **said,
            }
            for one in pupils
        ]
        put(folder, f"{within}/assignment=a{n}/submissions/2026-02-01.csv", TOOLKIT, "submissions", done)


def iready(folder: Path, path: str, kind: str, day: str, ids: range, names: str = "Child") -> None:
    rows = [
        {
            "Student ID": str(n),
            "First Name": f"{names} {n}",
            "Last Name": "Ruiz",
            "Student Grade": "04",
            "Academic Year": 2026,
            "Start Date": pd.Timestamp(day),
            "Completion Date": pd.Timestamp(day),
            "Overall Scale Score": 500.0,
        }
        for n in ids
    ]
    put(folder, path, IREADY, kind, rows)


def children(district: District, silo: str) -> int:
    return int((district[silo].people["role"] == "Student").sum())


@pytest.mark.one_in(3)
@pytest.mark.parametrize("inside", ["", "canvas/", "exports/2026/canvas/"])
def test_a_learning_system_in_its_toolkit_s_own_tree_is_one(tmp_path: Path, inside: str) -> None:
    canvas(tmp_path / inside)
    put(tmp_path / "meals", "m.csv", "meals/mealtime_customers", "customers", [meal("1", "Ana")])
    district = read_district(tmp_path)
    layouts = {name: silo.layout.layout for name, silo in district.items()}
    assert sorted(layouts.values()) == [TOOLKIT, "meals/mealtime_customers"]
    (lms,) = (name for name, layout in layouts.items() if layout == TOOLKIT)
    assert children(district, lms) == 4
    scores = district[lms].fact("assignment_score")
    assert len(scores) == 3 * 4
    assert scores["record"].isin(district[lms].people["record"]).all()
    assert "Not a student" not in set(district.findings["kind"])


def meal(number: str, first: str) -> Row:
    return {
        "Customer ID": number,
        "Customer Last Name": "Diaz",
        "Customer First Name": first,
        "Customer Birthdate": pd.Timestamp("2014-01-02"),
    }


@pytest.mark.full
def test_two_learning_systems_each_keep_their_own_tree(tmp_path: Path) -> None:
    canvas(tmp_path / "north" / "canvas")
    canvas(tmp_path / "south" / "canvas", first=100)
    for place in ("north", "south"):  # two schools' folders, each with more than one system
        put(tmp_path / place, "meals/m.csv", "meals/mealtime_customers", "customers", [meal("1", place)])
    district = read_district(tmp_path)
    lms = [name for name, silo in district.items() if silo.layout.layout == TOOLKIT]
    assert len(lms) == 2
    assert [children(district, name) for name in lms] == [4, 4]
    assert [len(district[name].fact("assignment_score")) for name in lms] == [12, 12]
    assert len([one for one in district.values() if one.layout.silo == "meals"]) == 2


@pytest.mark.full
def test_a_vendor_s_windows_and_subjects_in_nested_folders_are_one(tmp_path: Path) -> None:
    for window, day in {"fall": "2025-09-10", "winter": "2026-01-12", "spring": "2026-05-04"}.items():
        for kind in ("ela", "math"):
            iready(tmp_path, f"i-Ready/{window}/{kind}/results.csv", kind, day, range(1, 9))
    district = read_district(tmp_path)
    assert list(district) == ["i-Ready"]
    assert children(district, "i-Ready") == 8
    assert len(district.accounts) == 6


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("shared", "systems"), [(3, 2), (4, 1), (5, 1)])
def test_folders_beside_each_other_are_one_system_if_half_of_the_ids_are_the_same_children(
    tmp_path: Path, shared: int, systems: int
) -> None:
    """The line is half of the ids of the smaller folder: 3 of 8, 4 of 8 and 5 of 8."""
    iready(tmp_path, "iready fall/a.csv", "ela", "2025-09-10", range(1, 13))
    iready(tmp_path, "iready winter/a.csv", "ela", "2026-01-12", range(13 - shared, 21 - shared))
    district = read_district(tmp_path)
    assert len(district) == systems
    said = json.loads(run("start", tmp_path, "--json").stdout)["doubts"]
    assert len(said) == systems - 1
    for doubt in said:
        assert "iready fall and iready winter" in doubt


@pytest.mark.full
def test_ids_that_are_other_children_s_make_two_systems_even_in_one_folder(tmp_path: Path) -> None:
    iready(tmp_path, "iready/north/a.csv", "ela", "2025-09-10", range(1, 9), "Ana")
    iready(tmp_path, "iready/south/a.csv", "ela", "2025-09-11", range(1, 9), "Eva")
    district = read_district(tmp_path)
    assert list(district) == ["iready/north", "iready/south"]
    assert not draft_layouts(tmp_path).doubts


@pytest.mark.full
def test_what_lies_as_near_to_one_system_as_to_another_is_asked(tmp_path: Path) -> None:
    canvas(tmp_path / "a")
    canvas(tmp_path / "b", first=100)
    put(tmp_path, "m/m.csv", "meals/mealtime_customers", "customers", [meal("1", "Ana")])
    put(
        tmp_path,
        "c/sections.csv",
        TOOLKIT,
        "sections",
        [{"SourceSystemIdentifier": "x", "SourceSystem": "Canvas", "CreateDate": "2026-01-05 00:00:00"}],
    )
    printed = run("start", tmp_path).output
    assert "are they one system?" in " ".join(printed.split())
    assert any("a/users and c" in doubt or "a and c" in doubt for doubt in draft_layouts(tmp_path).doubts)


DRAFT = "Customer ID,First Name,Last Name,Club\n"


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("shared", "systems"), [(1, 2), (2, 1), (3, 1)])
def test_a_draft_beside_a_known_layout_is_of_its_system_where_it_has_its_ids(
    tmp_path: Path, shared: int, systems: int
) -> None:
    """The line is half of the ids of the smaller file: 1 of 4, 2 of 4 and 3 of 4."""
    names = ["Ana", "Eva", "Ida", "Ula", "Mia", "Zoe", "Lea"]
    rows = [meal(str(1000 + n), name) for n, name in enumerate(names)]
    put(tmp_path, "meals/m.csv", "meals/mealtime_customers", "customers", rows)
    lines = [f"{1000 + n},{names[n]},Diaz,Chess\n" for n in range(shared)]
    lines += [f"{2000 + n},Tom{n},Berg,Chess\n" for n in range(4 - shared)]
    (tmp_path / "meals" / "clubs.csv").write_text(DRAFT + "".join(lines), encoding="utf-8")
    assert len(draft_layouts(tmp_path).drafted) == 1
    district = read_district(tmp_path)
    assert len(district) == systems
    assert len(draft_layouts(tmp_path).doubts) == systems - 1
    assert len(district.people) == (7 + 4 - shared if systems == 1 else 7 + 4)
