"""Faults can be undone, and leave other systems alone; how often they happen, see test_fault_rates."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files.text_table import TextTable
from helpers.files.writers.files import write_table
from helpers.standard import BadInput
from synthetic_data.district import clean_pages, make_district, make_truth
from synthetic_data.faults import FUNCTIONS
from synthetic_data.faults.apply import Log, apply_faults, undo
from synthetic_data.faults.scene import Fault, FaultContext, Page, declared_faults, faults_on_request
from synthetic_data.observation import Truth
from synthetic_data.scenario import exchange, load_scenario
from synthetic_data.streams import rng_for
from synthetic_data.system_folders import SystemFolder
from synthetic_data.systems import SILOS, sorting_of
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.written_files import file_layout, layout_of, read_text, silo_files
from tests.tiers import examples, sampled


def faults_of(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / "faults.parquet")


def undone(folder: Path) -> dict[str, bytes]:
    """Undo every fault on the written files and write them again."""
    faults, files = faults_of(folder), silo_files(folder)
    for path in faults["file"].unique():
        data = files[path]
        file = file_layout(layout_of(folder, path.split("/")[0]), path)
        table = read_text(data, file)
        first_row = 1 if file.nested else 2
        columns = sorting_of(path.split("/")[0]).get(file.name, ())
        mine = faults.loc[faults["file"] == path]
        files[path] = write_table(undo(table, mine, first_row, file, columns), file)
    return files


@pytest.mark.full
def test_undone_in_falling_order_the_faults_give_the_clean_files_byte_for_byte(
    district_folder: Path, clean_district_folder: Path
) -> None:
    assert len(faults_of(district_folder))
    assert undone(district_folder) == silo_files(clean_district_folder)


@pytest.mark.full
@pytest.mark.parametrize(
    "settings",
    [
        {"students": 90, "seed": 2, "faults": 3.0, "level": "none"},
        {"students": 90, "seed": 3, "level": "governed", "fault_level": "manual"},
    ],
    ids=lambda settings: ",".join(f"{key}={value}" for key, value in settings.items()),
)
def test_they_are_undone_at_other_levels_and_rates_too(
    districts: SharedDistricts, settings: dict[str, object]
) -> None:
    wrong = districts.folder(**settings)
    clean = districts.folder(**{**settings, "faults": 0.0})

    assert len(faults_of(wrong))
    assert undone(wrong) == silo_files(clean)


@pytest.fixture(scope="module")
def small() -> tuple[Truth, dict[str, dict[str, Page]]]:
    scenario = load_scenario(students=60, faults=0.0, level="manual")
    truth = make_truth(scenario)
    return truth, {
        silo: clean_pages(observe(scenario, truth, exchange(scenario, silo)))
        for silo, observe in SILOS.items()
    }


def fresh(pages: dict[str, Page]) -> dict[str, Page]:
    copies = {name: copy.copy(page) for name, page in pages.items()}
    for page in copies.values():
        page.new, page.dropped = [], []
    return copies


def check_that_undo_leads_back(
    pages: dict[str, Page],
    plan: list[tuple[Fault, float, int]],
    functions: dict[str, Callable[[FaultContext], None]],
    truth: Truth,
    seed: int,
) -> pd.DataFrame:
    log = Log()
    wrong = fresh(pages)
    apply_faults(wrong, plan, functions, truth, lambda fault: rng_for(seed, fault.name), log)
    faults = log.table()
    for name, page in wrong.items():
        mine = faults.loc[faults["file"] == page.path]
        if mine.empty:
            assert page.table is pages[name].table
            continue
        written = write_table(page.table, page.file)
        # What is logged about a cell is what stands in the written file.
        table = read_text(written, page.file)
        last = mine.loc[mine["row"].notna() & mine["column"].notna()].drop_duplicates(
            ["row", "column"], keep="last"
        )
        for row, column, after in zip(last["row"], last["column"], last["after"], strict=True):
            # A nested file has no column for what no row has.
            there = table.rows[column].iloc[row - page.first_row] if column in table.rows else pd.NA
            assert (there is pd.NA and after is pd.NA) or there == after
        clean = write_table(undo(table, mine, page.first_row, page.file, page.sorted_by), page.file)
        assert clean == write_table(pages[name].table, page.file)
    return faults


@pytest.mark.full
@settings(max_examples=examples(25))
@given(data=st.data())
def test_any_choice_of_faults_can_be_undone(
    small: tuple[Truth, dict[str, dict[str, Page]]], data: st.DataObject
) -> None:
    truth, silos = small
    silo = data.draw(st.sampled_from(sorted(silos)))
    kinds = [fault.name for fault in declared_faults() if fault.silo == silo]
    chosen = data.draw(st.lists(st.sampled_from(kinds), unique=True, min_size=1))
    rate = data.draw(st.sampled_from([0.0, 0.02, 0.3, 1.0]))
    plan = [(fault, rate, 1) for fault in declared_faults() if fault.name in chosen]
    check_that_undo_leads_back(silos[silo], plan, FUNCTIONS, truth, data.draw(st.integers(0, 10**6)))


@pytest.mark.full
def test_columns_moved_renamed_and_swapped_can_be_undone_too(
    small: tuple[Truth, dict[str, dict[str, Page]]],
) -> None:
    truth, silos = small
    pages = silos["meals"]
    template = next(fault for fault in declared_faults() if fault.kind == "byte_order_mark")
    (customers,) = pages.values()
    header = list(customers.table.header)

    def move(scene: FaultContext) -> None:
        order = [2, 0, 1, *range(3, len(header))]
        scene.reshape(scene.page, order, [header[place] for place in order])

    def rename(scene: FaultContext) -> None:
        renamed = {"Customer Birthdate": "Date of Birth"}
        scene.reshape(scene.page, header=[renamed.get(head, head) for head in scene.page.table.header])

    def drop(scene: FaultContext) -> None:
        scene.drop_rows(np.array([0, 5, 6]), np.array([0, 1, 1]))

    made = {"move": move, "rename": rename, "drop": drop}
    plan = []
    for kind, stage in (("move", "columns"), ("rename", "columns"), ("drop", "rows")):
        plan.append((Fault(**{**template.__dict__, "kind": kind, "stage": stage}), 1.0, 1))
    real = [
        (fault, 1.0, 1) for fault in declared_faults() if fault.kind in ("customer_twice", "semicolon_csv")
    ]

    faults = check_that_undo_leads_back(pages, [*plan, *real], {**FUNCTIONS, **made}, truth, 1)

    assert set(faults["kind"]) == {"move", "rename", "drop", "customer_twice", "semicolon_csv"}
    assert faults.loc[faults["kind"] == "drop", "fault"].nunique() == 2
    assert json.loads(faults.loc[faults["kind"] == "move", "before"].iloc[0]) == list(range(len(header)))


def test_stages_come_in_the_order_of_the_contract_in_every_file(district_folder: Path) -> None:
    stage = {fault.name: fault.stage for fault in declared_faults()}
    order = {"columns": 0, "rows": 1, "cells": 2, "settings": 3}
    faults = faults_of(district_folder).sort_values("order")
    place = (faults["silo"] + "." + faults["kind"]).map(stage).map(order)

    for _, of_file in place.groupby(faults["file"]):
        assert of_file.is_monotonic_increasing
    dropped = faults.loc[faults["row_before"].notna()]
    assert all(rows.is_monotonic_decreasing for _, rows in dropped.groupby("file")["row_before"])


@pytest.mark.full
def test_every_declared_kind_happens_in_the_workshop(districts: SharedDistricts) -> None:
    """Some kinds need a child with a name of a rare form, and a district may have none."""
    made = [faults_of(districts.folder(**settings)) for settings in ({}, {"seed": 7})]
    faults = pd.concat(made)
    assert set(faults["silo"] + "." + faults["kind"]) == {fault.name for fault in declared_faults()}
    for one in made:
        counts = one.drop_duplicates("fault").groupby("silo").size()
        assert (counts < 300).all(), "typical rates are small"


def test_without_faults_there_are_none_and_limits_remain(clean_district_folder: Path) -> None:
    limits = pd.read_parquet(clean_district_folder / "answer_key" / "limits.parquet")

    assert faults_of(clean_district_folder).empty
    assert set(limits["silo"]) == set(SILOS)
    assert {"Not served", "No such field", "Roster date"} <= set(limits["reason"])


@pytest.mark.full
@pytest.mark.parametrize(
    ("kind", "silo"),
    sampled([("typo", "meals"), ("bad_rows_attendance", "attendance"), ("dupe_marker_in_name", "sis")], 3),
)
def test_a_rate_moves_only_its_own_system(
    district_folder: Path, tmp_path: Path, kind: str, silo: str
) -> None:
    other = make_district(folder=tmp_path / "other", students=120, fault_rates={f"{silo}.{kind}": 0.4})
    before, after = silo_files(district_folder), silo_files(other)

    changed = {path.split("/")[0] for path in before if before[path] != after.get(path)}
    assert changed == {silo}
    # Within the system every other fault happens where it happened.
    was, is_now = faults_of(district_folder), faults_of(other)
    # A row may stand elsewhere, where its name is another.
    columns = ["silo", "kind", "file", "column", "person"]
    rest = [frame.loc[frame["kind"] != kind].dropna(subset="column") for frame in (was, is_now)]
    same = [frame[columns].reset_index(drop=True) for frame in rest]
    pd.testing.assert_frame_equal(*same)


def test_a_fault_works_on_all_files_of_its_kind_as_if_they_were_one(
    small: tuple[Truth, dict[str, dict[str, Page]]],
) -> None:
    """Rate and minimum hold for all gradebooks together, and faults are numbered through all of them."""
    truth, silos = small
    gradebooks = {path: page for path, page in silos["lms"].items() if page.kind == "gradebook"}
    assert len(gradebooks) > 30
    children = sum(int((page.people["part"] == "Subject").sum()) for page in gradebooks.values())

    def log_of(kind: str, rate: float, minimum: int) -> pd.DataFrame:
        (fault,) = (fault for fault in declared_faults() if fault.name == f"lms.{kind}")
        wrong, log = fresh(silos["lms"]), Log()
        apply_faults(wrong, [(fault, rate, minimum)], FUNCTIONS, truth, lambda _: rng_for(3, kind), log)
        return log.table()

    for kind in (
        "id_case_differs",
        "score_with_comma",
        "assignment_id_lost",
        "points_row_lost",
        "semicolon_csv",
    ):
        few = log_of(kind, 0.0, 4)
        assert sorted(few["fault"].unique()) == [f"lms.{kind}.{number:04d}" for number in range(1, 5)]
        assert few["file"].nunique() > 1
    everybody = log_of("id_case_differs", 1.0, 0)
    assert len(everybody) == children
    assert everybody["person"].notna().all(), "rows of structure and test students are nobody"
    third = len(log_of("id_case_differs", 0.3, 0))
    assert abs(third - 0.3 * children) < 5 * (0.21 * children) ** 0.5
    assert len(log_of("points_row_lost", 1.0, 0)) == len(gradebooks)


def test_changes_of_one_fault_in_several_files_are_one_fault(
    small: tuple[Truth, dict[str, dict[str, Page]]],
) -> None:
    truth, silos = small
    (fault,) = (fault for fault in declared_faults() if fault.name == "lms.clever_id_reissued")

    faults = check_that_undo_leads_back(silos["lms"], [(fault, 0.3, 2)], FUNCTIONS, truth, 1)

    counts = faults.groupby("fault")[["person", "file"]].nunique()
    assert len(counts) >= 2
    assert (counts["person"] == 1).all()
    assert (counts["file"] > 1).all()
    assert set(faults["column"]) == {"SIS Login ID", "ID"}


def test_a_minimum_is_reached_and_not_overshot(small: tuple[Truth, dict[str, dict[str, Page]]]) -> None:
    truth, silos = small
    for fault in declared_faults():
        if fault.stage == "cells" and fault.kind in ("typo", "month_day_swapped", "first_of_january"):
            pages, log = fresh(silos[fault.silo]), Log()
            apply_faults(pages, [(fault, 0.0, 3)], FUNCTIONS, truth, lambda _: rng_for(1, "minimum"), log)
            assert log.table()["fault"].nunique() == 3


def test_every_declared_kind_has_a_function_a_source_and_a_place() -> None:
    for fault in declared_faults():
        assert fault.kind in FUNCTIONS, fault.name
        assert all((fault.source, fault.base_rate, fault.consequence, fault.looks_like)), fault.name
        assert fault.strength in ("measured", "estimated", "own"), fault.name
        assert 0 < fault.rate <= 1, fault.name
    by_silo = pd.Series([fault.silo for fault in declared_faults()]).value_counts()
    assert (by_silo >= 3).all()
    assert set(by_silo.index) == set(SILOS)
    assert {fault.kind for fault in (*declared_faults(), *faults_on_request())} == set(FUNCTIONS)


def test_a_misspelled_declaration_is_named_with_its_nearest_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "faults.toml").write_text('[[fault]]\nkind = "typo"\nratte = 0.1\n', encoding="utf-8")
    folders = {"sis": SystemFolder("", tmp_path)}
    monkeypatch.setattr("synthetic_data.faults.scene.system_folders", lambda: folders)
    declared_faults.cache_clear()
    try:
        with pytest.raises(BadInput, match=r"sis/faults.toml, typo: unknown key 'ratte'. Did you mean rate"):
            declared_faults()
    finally:
        declared_faults.cache_clear()


def test_undo_leaves_a_file_without_faults_as_it_is(small: tuple[Truth, dict[str, dict[str, Page]]]) -> None:
    (page,) = small[1]["meals"].values()
    table: TextTable = page.table
    nothing = Log().table()

    assert undo(table, nothing, 2).rows.equals(table.rows)
