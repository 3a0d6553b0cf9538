"""The road that a district's desk walks with its own folder: read, start, link, profile, report."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.files import District, read_district
from helpers.link import Links, link_district
from tests.kept import Kept

# What lies there and can't be read, each with its reason.
NO_TABLES = {
    "PowerSchool/how to run this.pdf",
    "Thumbs.db",
    "notes.txt",
    "lunch/~$FR eligibility 25-26 (Debbie).xlsx",
}
STAFF_ONLY = {"Clever/teachers.csv", "staff list.csv"}
LEAST_RIGHT = 0.8  # of the pairs that are joined, and of those that are of one child


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def started(started_desk_folder: Path, kept: Kept) -> District:
    return kept("desk_district", lambda: read_district(started_desk_folder))


@pytest.fixture(scope="module")
def links(started: District, kept: Kept) -> Links:
    return kept("desk_links", lambda: link_district(started))


def test_before_a_layout_is_drafted_every_row_is_set_aside_and_the_next_step_is_named(
    desk_folder: Path, tmp_path: Path
) -> None:
    told = run("read", desk_folder, "--out", tmp_path)
    assert told.exit_code in (0, 2), told.output
    assert "bigpicture start" in told.output
    accounts = read_district(desk_folder).accounts
    assert (accounts["rows"] == accounts["rows_set_aside"]).all()


def test_start_drafts_all_tables_and_says_why_it_leaves_the_rest(started_desk_folder: Path) -> None:
    told = json.loads(run("start", started_desk_folder, "--json").stdout)
    assert set(told["left"]) == NO_TABLES
    assert all(reason for reason in told["left"].values())


def test_no_layout_names_a_person(started_desk_folder: Path, started: District) -> None:
    surnames = {name for name in started.people["last_surname"].dropna() if len(name) > 5}
    whole = set(started.people["full_name"].dropna()) - {"Nobody, Nobody"}
    layouts = sorted((started_desk_folder / "layouts").glob("*.toml"))
    files = [file for path in layouts for file in tomllib.loads(path.read_text("utf-8"))["file"]]
    columns = [column for file in files for column in file["columns"]]
    heads = [column if isinstance(column, str) else column["name"] for column in columns]
    coded = [column["codes"] for column in columns if "codes" in column and not isinstance(column, str)]
    codes = {code for listed in coded if isinstance(listed, dict) for code in listed}
    assert len(surnames) > 100
    assert [head for head in heads if surnames & set(head.replace(",", " ").split())] == []
    assert codes & whole == set()


def test_every_row_of_every_file_is_accounted_for(started: District) -> None:
    parts = started.accounts[["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]]
    assert (started.accounts["rows"] == parts.sum(axis=1)).all()
    accounts = started.accounts.set_index("file")
    assert set(accounts.index[accounts["rows_used"].eq(0)]) == NO_TABLES


def test_every_row_of_a_child_is_used_and_no_other(started: District, desk_truth: pd.DataFrame) -> None:
    read = started.person_rows[["file", "row"]].drop_duplicates()
    children = desk_truth[~desk_truth["file"].isin(NO_TABLES)]
    both = read.merge(children, on=["file", "row"], how="outer", validate="one_to_one", indicator=True)
    missed = both[both["_merge"].eq("right_only")]
    assert missed.empty, missed[["file", "row"]].head().to_string()
    # Nobody of the library is read as a person who is no child.
    assert both.loc[both["_merge"].eq("left_only"), "file"].tolist() == ["library/overdue 10-31.csv"]


@pytest.mark.full
def test_joins_are_measured_against_what_the_maker_knows(
    started: District, links: Links, desk_truth: pd.DataFrame
) -> None:
    whose = started.person_rows.merge(desk_truth, on=["file", "row"], how="inner", validate="many_to_one")
    whose = whose.drop_duplicates(["silo", "record"])
    told = whose.merge(links.crosswalk, on=["silo", "record"], how="inner", validate="one_to_one")

    def pairs(*keys: str) -> int:
        sizes = told.groupby(list(keys)).size()
        return int((sizes * (sizes - 1) // 2).sum())

    right = pairs("child", "person")
    assert len(told) > 2500
    assert right / pairs("child") >= LEAST_RIGHT
    assert right / pairs("person") >= LEAST_RIGHT


@pytest.mark.full
def test_each_column_of_ids_is_listed_by_its_own_head(started: District, links: Links) -> None:
    kinds = {
        file: started.layouts[silo]
        for silo, file in started.person_rows[["silo", "file"]].drop_duplicates().values
    }
    ids = started.identifiers.merge(
        started.people.loc[started.people["role"].eq("Student"), ["silo", "record"]]
    )
    for file, columns in links.id_columns.groupby("file")["column"]:
        heads = {
            column.name for kind in started.kinds[file] for column in kinds[file].file_named(kind).columns
        }
        assert set(columns) <= heads
    told = set(links.id_columns[["silo", "column"]].itertuples(index=False, name=None))
    assert {("canvas", "id"), ("canvas", "sis_user_id"), ("Clever", "State_id")} <= told
    declared = set(ids[["silo", "column"]].itertuples(index=False, name=None))
    assert declared <= told
    # What else may number people is listed only where its numbers are another system's, too.
    listed = links.id_columns.set_index(["silo", "column"])["identification_system"]
    others = [listed.loc[[one]].iloc[0] for one in sorted(told - declared)]
    assert set(others) <= {"State", "District", "Space A", "Space B"}


@pytest.mark.full
def test_link_and_profile_end_well_and_name_nobody(started_desk_folder: Path, tmp_path: Path) -> None:
    for command in ("link", "profile"):
        told = run(command, started_desk_folder, "--out", tmp_path / command)
        assert told.exit_code == 0, told.output
        assert "Hernández" not in told.output
    assert {"crosswalk.csv", "pairs.csv"} <= {path.name for path in (tmp_path / "link").iterdir()}
    assert len(pd.read_csv(tmp_path / "profile" / "profile.csv")) >= 300


@pytest.mark.full
@pytest.mark.notebooks
def test_a_report_of_the_folder_ends_well(started_desk_folder: Path, tmp_path: Path) -> None:
    told = run("report", started_desk_folder, "--out", tmp_path)
    assert told.exit_code == 0, told.output
    said = " ".join(told.stdout.split())
    complete = re.search(r"(\d+) of (\d+) reports are complete\. Open ", said)
    assert complete
    assert complete[1] == complete[2]


@pytest.mark.full
@pytest.mark.notebooks
def test_a_report_before_a_layout_is_drafted_says_what_to_do(desk_folder: Path, tmp_path: Path) -> None:
    told = run("report", desk_folder, "--out", tmp_path)
    assert told.exit_code == 2, told.output
    assert "bigpicture start" in told.output
    assert len(told.output.strip().splitlines()) == 1
