"""A store gives what memory gives; one call leads from any value to file and row."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.files import District
from helpers.link import link_district
from helpers.profile import build_profiles, declared_elements
from helpers.profile.lineage import source_rows
from helpers.profile.store.profiles import ProfileStore, save_store
from helpers.profile.store.source import MemorySource, source_of
from helpers.standard import BadInput
from tests.tiers import FULL, examples


@pytest.fixture(scope="module")
def memory(district: District) -> MemorySource:
    links = link_district(district)
    return source_of(district, links, build_profiles(district, links))


@pytest.fixture(scope="module")
def store(memory: MemorySource, tmp_path_factory: pytest.TempPathFactory) -> ProfileStore:
    return ProfileStore.open(save_store(memory, tmp_path_factory.mktemp("profiles") / "store"))


@pytest.mark.parametrize("name", ["values", "timeline", "indicators", "profile"])
def test_a_store_gives_what_memory_gives(memory: MemorySource, store: ProfileStore, name: str) -> None:
    some = memory.children()["child"].tolist()[3:9]
    for children in (None, some, some[:1], ["nobody"], []):
        expected, given = getattr(memory, name)(children), getattr(store, name)(children)
        pd.testing.assert_frame_equal(given, expected)


def test_a_store_knows_what_memory_knows(memory: MemorySource, store: ProfileStore) -> None:
    pd.testing.assert_frame_equal(store.children(), memory.children())
    pd.testing.assert_frame_equal(store.systems(), memory.systems())
    assert (store.school_year, store.synthetic) == (memory.school_year, True)
    assert (store.folder, store.about, store.followed) == (memory.folder, memory.about, memory.followed)
    pd.testing.assert_frame_equal(store.left_out(), memory.profiles.left_out)
    named = store.values(["nobody", memory.children()["child"].iloc[0]], elements=["first_name"])
    assert set(named["element"]) == {"first_name"}


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.none() | st.lists(st.integers(0, 60), max_size=3),
    names=st.lists(st.sampled_from([each.name for each in declared_elements()]), max_size=9, unique=True),
)
def test_some_elements_are_what_is_left_of_all(
    memory: MemorySource, store: ProfileStore, places: list[int] | None, names: list[str]
) -> None:
    children = None if places is None else memory.children()["child"].iloc[places].tolist()
    expected, given_ = memory.values(children, names), store.values(children, names)
    pd.testing.assert_frame_equal(given_, expected)


@pytest.mark.parametrize("one_in", [pytest.param(1, marks=FULL), 40])
def test_every_number_leads_to_file_and_row(memory: MemorySource, store: ProfileStore, one_in: int) -> None:
    values = memory.values()
    told = values[values["chosen"] & values["status"].eq("Reported") & (values["rows"] > 0).fillna(False)]
    one_each = told.groupby(["element", "silo"]).head(1)
    assert len(one_each) > 60
    for value in one_each.iloc[::one_in].to_dict("records"):
        year = None if pd.isna(value["school_year"]) else int(value["school_year"])
        rows = source_rows(store, value["child"], value["element"], year)
        own = rows[rows["silo"] == value["silo"]]
        assert len(own), value
        if pd.notna(value["file"]):
            assert (own["file"].eq(value["file"]) & own["row"].eq(value["row"])).any()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_store_is_its_writer_s_alone(store: ProfileStore) -> None:
    assert store.place.stat().st_mode & 0o077 == 0


@pytest.mark.full
def test_a_store_replaces_a_store_and_nothing_else(
    memory: MemorySource, store: ProfileStore, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "letter.txt").write_text("mine")
    with pytest.raises(BadInput, match="isn't empty"):
        save_store(memory, kept)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    with pytest.raises(BadInput, match="no store of profiles"):
        ProfileStore.open(kept)
    folder = save_store(memory, tmp_path / "store")
    save_store(memory, folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "store"]
    about = json.loads((folder / "store.json").read_text())
    (folder / "store.json").write_text(json.dumps({**about, "version": -1}))
    with pytest.raises(BadInput, match="another version"):
        ProfileStore.open(folder)
