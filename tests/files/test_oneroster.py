"""OneRoster as the binding has it: every file of it, the manifest, bulk and changes, and extensions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.layouts import Column, load_layout

V2, V1 = "sis/oneroster_1p2", "sis/oneroster_1p1"
# What the rows below refer to; every other required cell is filled by its type.
USERS = {"u1": ("Ana", "student"), "u2": ("Eva", "student"), "t1": ("Tom", "teacher")}
# Cells that the binding gives a form.
OF_A_FORM = {"scoreScaleValue": "{90-100:A}", "learningObjectiveId": "6b1b2d4e-0f5a-4c39-9d0e-52f0a7b41c11"}
Tables = dict[str, pd.DataFrame]


def cell(column: Column) -> str:
    """Give a valid cell."""
    if column.code_map():
        return next(iter(column.code_map()))
    if column.name in OF_A_FORM:
        return OF_A_FORM[column.name]
    if column.references:
        return {"users": "u1"}.get(column.references.partition(".")[0], column.references.partition(".")[0])
    given = {"date": "2026-01-05", "number": "8.5", "integer": "3", "boolean": "true", "school_year": "2026"}
    return given.get(column.type, "x")


def bundle(version: str, **tables: list[dict[str, str]]) -> Tables:
    """Write every file of the binding, one row each where nothing else is said; all of it whole."""
    made: Tables = {}
    layout = load_layout(version)
    for file in layout.files[1:]:
        rows = tables.get(file.name)
        if rows is None:
            rows = [{"sourcedId": "u1" if file.name == "demographics" else file.name}]
        whole = []
        for row in rows:
            filled = {column.name: cell(column) for column in file.columns if column.required}
            whole.append({**{column.name: "" for column in file.columns}, **filled, **row})
        made[file.name] = pd.DataFrame(whole)[[column.name for column in file.columns]]
    made["manifest"] = manifest(dict.fromkeys(made, "bulk"))
    return made


def manifest(files: Mapping[str, str]) -> pd.DataFrame:
    said = {"manifest.version": "1.0", "oneroster.version": "1.2"}
    said |= {f"file.{name}": mode for name, mode in files.items()}
    return pd.DataFrame({"propertyName": list(said), "value": list(said.values())})


def people(**more: Any) -> dict[str, list[dict[str, str]]]:
    users = [{"sourcedId": one, "givenName": name, "familyName": "Ruiz"} for one, (name, _) in USERS.items()]
    roles = [
        {"sourcedId": f"r{one}", "userSourcedId": one, "role": role, "roleType": "primary"}
        for one, (_, role) in USERS.items()
    ]
    return {"users": users, "roles": roles, **more}


def put(folder: Path, tables: Tables) -> None:
    if folder.suffix == ".zip":
        folder.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder, "w") as archive:
            for name, table in tables.items():
                text = io.StringIO()
                table.to_csv(text, index=False, lineterminator="\r\n")
                archive.writestr(f"{name}.csv", text.getvalue())
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\r\n")


def told(district: District, *kinds: str) -> set[tuple[str, Any, Any]]:
    found = district.findings[district.findings["kind"].isin(kinds)]
    rows = zip(found["kind"], found["value"].fillna(""), found["expected"].fillna(""), strict=True)
    return set(rows)


def adds_up(district: District) -> bool:
    parts = ["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]
    return bool((district.accounts["rows"] == district.accounts[parts].sum(axis=1)).all())


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("version", "files"), [(V2, 22), (V1, 14)])
@pytest.mark.parametrize("place", ["sis", "sis.zip"])
def test_every_file_of_the_binding_is_read(tmp_path: Path, version: str, files: int, place: str) -> None:
    given = (
        people()
        if version == V2
        else {"users": [row | {"role": USERS[row["sourcedId"]][1]} for row in people()["users"]]}
    )
    tables = bundle(version, **given)
    assert len(tables) == files
    put(tmp_path / place, tables)
    district = read_district(tmp_path)
    assert [silo.layout.layout for silo in district.values()] == [version]
    assert {kind for kinds in district.kinds.values() for kind in kinds} == set(tables)
    assert district.findings.empty, district.findings[["file", "kind", "column", "value", "expected"]]
    assert adds_up(district)
    (silo,) = district.values()
    assert sorted(silo.people["first_name"]) == ["Ana", "Eva", "Tom"]
    (score,) = silo.fact("assignment_score").to_dict("records")
    assert (score["record"], score["assignment_id"], score["section_id"]) == ("u1", "lineItems", "classes")
    assert score["score_status"] == "Excused"
    assert score["due_date"] == pd.Timestamp("2026-01-05")


@pytest.mark.full
def test_a_result_says_how_many_points_of_how_many(tmp_path: Path) -> None:
    results = [
        {
            "sourcedId": "a",
            "studentSourcedId": "u1",
            "lineItemSourcedId": "quiz",
            "scoreStatus": "fully graded",
            "score": "7.5",
        },
        {
            "sourcedId": "b",
            "studentSourcedId": "u2",
            "lineItemSourcedId": "quiz",
            "scoreStatus": "not submitted",
        },
    ]
    items = [{"sourcedId": "quiz", "title": "Quiz 1", "resultValueMax": "10"}]
    put(
        tmp_path,
        bundle(
            V2,
            **people(
                results=results,
                lineItems=items,
                resultScoreScales=[{"sourcedId": "c", "resultSourcedId": "a"}],
                resultLearningObjectiveIds=[{"sourcedId": "d", "resultSourcedId": "b"}],
                lineItemScoreScales=[{"sourcedId": "e", "lineItemSourcedId": "quiz"}],
                lineItemLearningObjectiveIds=[{"sourcedId": "f", "lineItemSourcedId": "quiz"}],
            ),
        ),
    )
    (silo,) = read_district(tmp_path).values()
    said = silo.fact("assignment_score").set_index("record")
    assert said["score"].fillna(-1).to_dict() == {"u1": 7.5, "u2": -1}
    assert said["score_status"].to_dict() == {"u1": "Graded", "u2": "Not submitted"}
    assert set(said["title"]) == {"Quiz 1"}
    assert set(said["score_possible"]) == {10.0}


@pytest.mark.full
def test_a_log_in_of_a_profile_is_a_restricted_id_of_its_child(tmp_path: Path) -> None:
    profiles = [
        {"sourcedId": "p", "userSourcedId": "u2", "username": "eva.ruiz@app", "credentialType": "LTI"}
    ]
    put(tmp_path, bundle(V2, **people(userProfiles=profiles)))
    (silo,) = read_district(tmp_path).values()
    ids = silo.identifiers
    assert ids.loc[ids["identifier"] == "eva.ruiz@app", "record"].tolist() == ["u2"]
    file = load_layout(V2).file_named("userProfiles")
    assert {file.column(name).sensitivity for name in ("username", "password")} == {"restricted"}


# ------------------------------------------------------------------------------------------------- manifest


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("modes", "gone", "says"),
    [
        ({}, (), set()),
        ({"users": "absent"}, (), {("manifest_differs", "absent", "bulk or delta: users.csv is there")}),
        ({}, ("results",), {("manifest_differs", "bulk", "absent: no results.csv is there")}),
        ({"results": "absent"}, ("results",), set()),
        ({"results": "whole"}, (), {("manifest_differs", "whole", "absent, bulk, delta")}),
        ({"resources": None}, (), {("manifest_differs", "", "file.resources: it is there")}),
        ({"resources": "BULK"}, (), set()),
    ],
)
def test_the_manifest_is_held_against_the_files(
    tmp_path: Path, modes: dict[str, str | None], gone: tuple[str, ...], says: set[tuple[str, str, str]]
) -> None:
    tables = bundle(V2, **people())
    said = {name: "bulk" for name in tables if name != "manifest"} | modes
    tables["manifest"] = manifest({name: mode for name, mode in said.items() if mode is not None})
    put(tmp_path / "roster.zip", {name: table for name, table in tables.items() if name not in gone})
    district = read_district(tmp_path)
    assert told(district, "manifest_differs") == says
    assert adds_up(district)


# ----------------------------------------------------------------------------------------- bulk and changes

NOW = "2026-02-02T08:00:00.000Z"
LATER = "2026-02-03T08:00:00.000Z"


def delta(rows: dict[str, list[dict[str, str]]]) -> Tables:
    """Write a bundle of changes: only the files that have some."""
    whole = bundle(V2, **rows)
    some = {name: whole[name] for name in rows}
    data = [name for name in whole if name != "manifest"]
    return {"manifest": manifest({name: "delta" if name in rows else "absent" for name in data})} | some


def names(district: District) -> dict[str, str]:
    (silo,) = district.values()
    return dict(zip(silo.people["record"], silo.people["first_name"].fillna(""), strict=True))


@pytest.mark.full
def test_changes_replace_add_and_delete(tmp_path: Path) -> None:
    put(tmp_path / "sis" / "1 bulk.zip", bundle(V2, **people()))
    users = [
        {
            "sourcedId": "u1",
            "status": "active",
            "dateLastModified": NOW,
            "givenName": "Anna",
            "familyName": "Ruiz",
        },
        {"sourcedId": "u2", "status": "tobedeleted", "dateLastModified": NOW},
        {
            "sourcedId": "u3",
            "status": "active",
            "dateLastModified": NOW,
            "givenName": "Ida",
            "familyName": "Ruiz",
        },
    ]
    put(tmp_path / "sis" / "2 delta.zip", delta({"users": users}))
    district = read_district(tmp_path)
    assert list(district) == ["sis"]
    assert names(district) == {"u1": "Anna", "u3": "Ida", "t1": "Tom"}
    assert adds_up(district)
    counts = district.findings.groupby("kind")["times"].sum()
    # Her row of each file, and her role.
    assert counts[["row_deleted", "row_replaced"]].to_dict() == {"row_deleted": 3, "row_replaced": 1}
    assert "manifest_differs" not in counts


@pytest.mark.full
def test_the_newest_of_several_changes_stands(tmp_path: Path) -> None:
    put(tmp_path / "sis" / "bulk.zip", bundle(V2, **people()))
    again = {
        "sourcedId": "u2",
        "status": "active",
        "dateLastModified": LATER,
        "givenName": "Eve",
        "familyName": "R",
    }
    gone = {"sourcedId": "u2", "status": "tobedeleted", "dateLastModified": NOW}
    # By the names of the files the deletion comes last, by its own day first.
    put(tmp_path / "sis" / "d1.zip", delta({"users": [again]}))
    put(tmp_path / "sis" / "d2.zip", delta({"users": [gone]}))
    assert names(read_district(tmp_path))["u2"] == "Eve"


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("mode", "status", "modified", "empty"),
    [
        ("bulk", "", "", 0),
        ("delta", "active", NOW, 0),
        ("delta", "", NOW, 1),
        ("delta", "active", "", 1),
        ("delta", "", "", 2),
    ],
)
def test_status_and_day_of_change_are_asked_of_changes_only(
    tmp_path: Path, mode: str, status: str, modified: str, empty: int
) -> None:
    tables = bundle(V2, **people())
    tables["users"] = tables["users"].assign(status=status, dateLastModified=modified)
    tables["manifest"] = manifest(
        {name: mode if name == "users" else "bulk" for name in tables if name != "manifest"}
    )
    put(tmp_path, tables)
    district = read_district(tmp_path)
    found = district.findings[district.findings["kind"] == "required_empty"]
    assert found["times"].sum() == empty * len(USERS)
    assert len(names(district)) == len(USERS)


@pytest.mark.full
def test_a_word_that_is_no_status_is_told_and_a_row_to_be_deleted_goes_in_a_bulk_too(tmp_path: Path) -> None:
    tables = bundle(V2, **people())
    tables["users"]["status"] = ["tobedeleted", "gone", "active"]
    put(tmp_path, tables)
    district = read_district(tmp_path)
    assert told(district, "not_in_codes") == {("not_in_codes", "gone", "active, tobedeleted")}
    assert set(names(district)) == {"u2", "t1"}
    assert adds_up(district)


# ----------------------------------------------------------------------------------------------- extensions


@pytest.mark.one_in(3)
@pytest.mark.parametrize("version", [V1, V2])
def test_columns_of_extensions_neither_hide_a_file_nor_are_unknown(tmp_path: Path, version: str) -> None:
    given = (
        people()
        if version == V2
        else {"users": [row | {"role": USERS[row["sourcedId"]][1]} for row in people()["users"]]}
    )
    tables = bundle(version, **given)
    for name, table in tables.items():
        if name != "manifest":
            more = [f"metadata.vendor.field{n}" for n in range(12)] + [f"ext_local{n}" for n in range(12)]
            tables[name] = table.assign(**dict.fromkeys([*more, "Ext_House", "metadata.X"], "v"))
    put(tmp_path, tables)
    district = read_district(tmp_path)
    assert [silo.layout.layout for silo in district.values()] == [version]
    assert district.findings.empty, district.findings[["file", "kind", "column"]]
    assert len(names(district)) == len(USERS)
