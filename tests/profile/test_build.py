"""Profiles that are put together a part of the children at a time are those of the whole district."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import link_district
from helpers.profile import Profiles, build_profiles
from helpers.profile.facts.arrays import index_of
from helpers.profile.facts.context import child_tables, context_of
from helpers.profile.facts.store import TIE, RecordLinks
from helpers.profile.facts.systems import latest_days
from helpers.profile.gather import gather_part
from helpers.profile.rules.cohort import summarize_cohort
from helpers.profile.store.build import Built, build_store, cache_cohorts, cached_cohort
from helpers.profile.store.facts import NOT_LOOKED_AT, StandardStore, read_parquet, save_standard
from helpers.profile.store.profiles import ProfileStore, new_store
from helpers.standard import standard_table
from helpers.systems import declared

CHILDREN_A_PART = 70


@pytest.fixture(scope="module")
def whole(district: District) -> Profiles:
    return build_profiles(district, link_district(district))


@pytest.fixture(scope="module")
def built(
    district: District, whole: Profiles, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Built]:
    standard = save_standard(
        district, whole.crosswalk, tmp_path_factory.mktemp("standard"), children_a_part=CHILDREN_A_PART
    )
    folder = tmp_path_factory.mktemp("built") / "store"
    with new_store(folder) as writer:
        result = build_store(standard, writer, latest_days(district).days)
        told = {"school_year": result.school_year, "synthetic": True, "folder": None}
        writer.about(result.coverage, StandardStore(standard).firsts, {**told, "followed": [], "about": {}})
    return folder, result


@pytest.mark.full
def test_parts_make_the_same_profiles_as_the_whole(built: tuple[Path, Built], whole: Profiles) -> None:
    folder, result = built
    store = ProfileStore.open(folder)
    assert len(list((folder / "said").iterdir())) > 2
    for name in ("profile", "timeline", "recorded", "values"):
        pd.testing.assert_frame_equal(getattr(store, name)(), getattr(whole, name))
    assert (store.school_year, result.children) == (whole.school_year, len(whole.profile))


@pytest.mark.full
def test_parts_leave_out_and_account_for_the_same_rows(built: tuple[Path, Built], whole: Profiles) -> None:
    folder, result = built
    pd.testing.assert_frame_equal(result.accounts, whole.accounts)
    every = pd.concat([read_parquet(path) for path in sorted((folder / "left_out").iterdir())])
    order = list(whole.left_out.columns)
    pd.testing.assert_frame_equal(
        every.sort_values(order, ignore_index=True), whole.left_out.sort_values(order, ignore_index=True)
    )


@pytest.mark.full
def test_two_processes_write_the_same_tables_by_surveys_that_were_kept(
    district: District, whole: Profiles, built: tuple[Path, Built], tmp_path: Path
) -> None:
    folder, result = built
    standard = save_standard(
        district, whole.crosswalk, tmp_path / "standard", children_a_part=CHILDREN_A_PART
    )
    cache_cohorts(standard)
    with new_store(tmp_path / "store") as writer:
        again = build_store(standard, writer, latest_days(district).days, processes=2)
    assert again.coverage == result.coverage
    for name in ("said", "profile", "timeline", "left_out"):
        for path in sorted((folder / name).iterdir()):
            pd.testing.assert_frame_equal(
                read_parquet(tmp_path / "store" / name / path.name), read_parquet(path)
            )


@pytest.mark.full
def test_a_kept_survey_says_what_is_found_and_only_while_the_rules_are_the_same(
    district: District, whole: Profiles, tmp_path: Path
) -> None:
    standard = save_standard(district, whole.crosswalk, tmp_path, children_a_part=CHILDREN_A_PART)
    tables = StandardStore(standard)
    assert cached_cohort(tables.part(0).folder) is None
    cache_cohorts(standard)
    context = context_of(tables)
    for part in (tables.part(0), tables.loose):
        kept = cached_cohort(part.folder)
        assert kept is not None
        _same(kept, summarize_cohort(gather_part(part, context)))
    path = tables.loose.folder / "survey.json"
    old = json.loads(path.read_text(encoding="utf-8")) | {"asked_by": "other rules"}
    path.write_text(json.dumps(old), encoding="utf-8")
    assert cached_cohort(tables.loose.folder) is None


def _same(one: Any, other: Any) -> None:
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            _same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for name in one:
            _same(one[name], other[name])
    else:
        assert one == other or str(one) == str(other) == "NaT"


def test_rows_stand_beside_the_place_of_their_record(
    district: District, whole: Profiles, tmp_path: Path
) -> None:
    standard = save_standard(district, whole.crosswalk, tmp_path, children_a_part=CHILDREN_A_PART)
    silos = tuple(district)
    tried = 0
    for folder in sorted(standard.glob("part-*")):
        ties = RecordLinks(read_parquet(folder / "crosswalk.parquet"), silos)
        for name in ("people", "identifiers", "person_rows", "filled_cells", *child_tables()):
            if (folder / f"{name}.parquet").exists():
                rows = read_parquet(folder / f"{name}.parquet")
                looked_up = ties.of(index_of(rows["silo"], silos), rows["record"])
                assert (rows[TIE].to_numpy(dtype="int64") == looked_up).all(), name
                assert (looked_up >= 0).all(), name
                tried += len(rows)
    assert tried
    for path in (standard / "loose").glob("*.parquet"):
        assert read_parquet(path)[TIE].eq(-1).all()


def test_what_is_declared_is_read() -> None:
    terms = declared()
    for table, columns in NOT_LOOKED_AT.items():
        assert set(columns) <= {column.name for column in standard_table(table).columns}
        named = {
            name for one in terms.element if one.table == table for name in (one.column, *_keys(one.where))
        }
        for event in terms.timeline:
            if event.table == table:
                named |= {event.date, event.event_from, *event.detail, *_keys(event.where)}
        assert not named & set(columns), table


def _keys(where: tuple[dict[str, str], ...]) -> list[str]:
    return [name for alternative in where for name in alternative]
