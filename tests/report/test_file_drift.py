"""What is gone, new, renamed or empty in files is named, real or not; a child in them never is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import digests_of, read_district
from helpers.report.runs.changes import RunSnapshot, changes_between, describe_changes, make_snapshot
from helpers.report.runs.file_drift import drift_between, file_facts
from helpers.report.runs.first_page import compute_figures
from helpers.share.guard import Guard
from helpers.standard import as_table, empty_table
from tests.report.test_changes import INVENTED, made

SYSTEMS = ("sis", "career", "family", "health")


def folder_of(district: Path, place: Path) -> Path:
    """Copy some systems of a district, with its mark."""
    for system in SYSTEMS:
        shutil.copytree(district / "silos" / system, place / "silos" / system)
    shutil.copy(district / "district.json", place / "district.json")
    return place


def marked(folder: Path, real: bool) -> Path:
    """Mark a folder as the generator would mark it, or not at all."""
    about = json.loads((folder / "district.json").read_text(encoding="utf-8"))
    files = [path for path in (folder / "silos").rglob("*") if path.is_file()]
    about |= {"synthetic": not real, "files": digests_of(folder, files)}
    (folder / "district.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def rewrite(folder: Path, pattern: str, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of a file."""
    (path,) = folder.glob(f"silos/{pattern}")
    path.write_text("".join(f"{line}\n" for line in change(path.read_text("utf-8").splitlines())), "utf-8")


@pytest.mark.parametrize("real", [True, False])
def test_columns_and_files_that_are_gone_new_renamed_or_empty_are_named(
    real: bool, district_folder: Path, tmp_path: Path
) -> None:
    folder = marked(folder_of(district_folder, tmp_path), real)
    district = read_district(folder)
    assert district.synthetic is not real
    surname = district["health"].people["last_surname"].dropna().iloc[0]
    before = file_facts(district)
    assert drift_between(before, before) == []
    rewrite(folder, "career/career_students*", lambda lines: [line.rpartition(",")[0] for line in lines])
    rewrite(
        folder,
        "family/family_logins*",
        lambda lines: [f"{lines[0]},Device,Call {surname}", *(f"{line},x,y" for line in lines[1:])],
    )
    rewrite(folder, "health/students*", lambda lines: [lines[0].replace("Date of Birth", "DOB"), *lines[1:]])
    rewrite(folder, "health/immunizations*", lambda lines: [])
    (dated,) = (folder / "silos" / "family").glob("family_messages*")
    dated.rename(dated.with_name("family_messages_2027-01-15.csv"))  # the same file, a week later
    told = drift_between(before, file_facts(read_district(marked(folder, real))))
    assert {row["measure"]: row["left_silo"] for row in told} == {
        "column gone": "career", "column new": "family", "column renamed": "health", "file empty": "health",
    }  # fmt: skip
    named = "…" if real else f"Call {surname}"
    assert sorted(row["description"] for row in told) == sorted(
        [
            "students: column last_activity is gone",
            "logins: column Device is new",
            f"logins: column {named} is new",
            "students: column Date of Birth is gone and column DOB is new: perhaps it was renamed",
            "immunizations: the file is empty",
        ]
    )


def with_ids(kept: RunSnapshot, ids: list[str]) -> RunSnapshot:
    """Give the records of meals other ids."""
    records = kept.records.copy()
    records.loc[records["silo"].eq("meals"), "record"] = ids
    return replace(kept, records=records)


@pytest.mark.parametrize("real", [True, False])
def test_a_system_that_reissued_its_ids_is_named(real: bool, tmp_path: Path) -> None:
    guard = Guard(real=real)
    before = made(tmp_path, INVENTED, range(60), joined=60, flagged=0)
    ids = before.records.loc[before.records["silo"].eq("meals"), "record"].tolist()
    for renewed, is_named in (
        (ids, False),
        ([f"new {one}" for one in ids[:20]] + ids[20:], False),
        ([f"new {one}" for one in ids[:40]] + ids[40:], True),
        # The same numbers, each of another child.
        ([*ids[1:], ids[0]], True),
    ):
        changes = changes_between(before, with_ids(before, renewed), guard)
        reissued = changes[changes["measure"].eq("ids reissued")]
        assert reissued["left_silo"].tolist() == ["meals"] * is_named, renewed[:1]
        said = describe_changes(changes, "Monday", guard)
        assert ("Meals: most ids are new, or another child's" in said[0]) is is_named


def test_findings_about_columns_are_compared_in_a_real_folder_and_few_about_records_are_not(
    tmp_path: Path,
) -> None:
    before = made(tmp_path, INVENTED, range(40), 30, 0)
    nothing = empty_table("indicators"), empty_table("scorecard")
    crosswalk = before.records.assign(child=before.records["record"])

    def found(*times: int) -> RunSnapshot:
        kinds = ("column_missing", "zeros_lost", "not_a_date")
        rows = [
            {"silo": "sis", "kind": kind, "action_taken": "nothing", "times": many}
            for kind, many in zip(kinds, times, strict=True)
        ]
        findings = as_table("findings", pd.DataFrame(rows))
        return make_snapshot(INVENTED, tmp_path, crosswalk, nothing[0], findings, nothing[1], "sis")

    for after, told in (
        ((2, 12, 3), {"column_missing"}),
        ((1, 13, 30), set()),
        ((1, 40, 3), {"zeros_lost"}),
    ):
        changes = changes_between(found(1, 12, 3), found(*after), Guard(real=True))
        assert set(changes["measure"]) == told


@pytest.mark.full
@pytest.mark.parametrize("real", [True, False])
def test_one_row_less_of_a_file_without_ids_links_no_record_to_another_child(
    real: bool, district_folder: Path, tmp_path: Path
) -> None:
    folder = marked(folder_of(district_folder, tmp_path), real)
    before = compute_figures(folder).kept
    rewrite(folder, "health/students*", lambda lines: [*lines[:5], *lines[6:]])
    after = compute_figures(marked(folder, real)).kept
    assert before is not None
    assert after is not None
    changes = changes_between(before, after, Guard(real=real))
    assert set(changes["part"]) <= {"Records", "Findings", "Scorecard"}
    told = changes[changes["part"].eq("Records")].set_index("measure")["before"]
    assert "not comparable" in told.index
    assert real or told["not comparable"] <= 1
    assert "different child" not in " ".join(describe_changes(changes, "Monday", Guard(real=real)))
