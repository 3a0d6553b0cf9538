"""The processes of one run share what was worked out, and nothing else does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.files.read_silo import read_silo
from helpers.files.run_cache import fingerprint, of_what, shared, sharing
from helpers.link import Links, link_district
from tests.modes import for_others


def test_within_a_run_a_thing_is_made_once_and_each_gets_a_copy(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> pd.DataFrame:
        made.append(1)
        return pd.DataFrame({"a": [1]})

    with sharing() as folder, ThreadPoolExecutor(4) as pool:
        frames = list(pool.map(lambda _: shared(lambda: "a frame", make), range(8)))
        frames[0].loc[0, "a"] = 2
        assert [int(frame["a"].iloc[0]) for frame in frames[1:]] == [1] * 7
        assert len(made) == 1
        assert of_what(frames[0]) == "a frame"
        assert of_what(frames[0].copy()) is None
        assert for_others(folder) == 0
    assert not folder.exists()
    shared(lambda: "a frame", make)
    assert len(made) == 2


def test_what_another_finished_between_the_look_and_the_lock_is_not_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []

    def make(who: str) -> pd.DataFrame:
        made.append(who)
        return pd.DataFrame({"a": [1]})

    module = sys.modules["helpers.files.run_cache"]
    takes = module.takes

    def late(lock: Path) -> bool:
        monkeypatch.setattr(module, "takes", takes)
        shared(lambda: "a frame", lambda: make("another"))
        return takes(lock)

    with sharing():
        monkeypatch.setattr(module, "takes", late)
        frame = shared(lambda: "a frame", lambda: make("this one"))
    assert made == ["another"]
    assert frame["a"].tolist() == [1]


def test_what_fails_is_tried_again_by_the_next(tmp_path: Path) -> None:
    def fail() -> pd.DataFrame:
        raise KeyError

    with sharing():
        with pytest.raises(KeyError):
            shared(lambda: "a frame", fail)
        assert len(shared(lambda: "a frame", lambda: pd.DataFrame({"a": [1]}))) == 1


def test_a_changed_file_is_another_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "a.csv").write_text("ab")
    assert fingerprint(tmp_path) != before


@pytest.mark.full
def test_a_shared_district_is_linked_as_it_would_be_alone(
    district_folder: Path, district: District, district_links: Links
) -> None:
    with sharing():
        first, second = read_district(district_folder), read_district(district_folder)
        pd.testing.assert_frame_equal(second.people, district.people)
        links, again = link_district(first), link_district(second)
        assert of_what(links) == of_what(again) is not None
        # A district from which a system was taken is another one, and so are its links.
        fewer = replace(first, silos={name: first[name] for name in list(first)[:2]})
        assert of_what(fewer) is None
        assert set(link_district(fewer).crosswalk["silo"]) == set(fewer)
    for found in (links, again):
        pd.testing.assert_frame_equal(found.crosswalk, district_links.crosswalk)


@pytest.mark.full
def test_a_system_whose_files_are_the_same_is_read_once_in_a_run(
    district_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    shutil.copytree(district_folder, other)
    with (other / "silos" / "meals" / "spoilt.csv").open("w") as more:
        more.write("nobody knows this")
    alone, read = read_district(other), []
    module = sys.modules["helpers.files.district"]
    monkeypatch.setattr(
        module, "read_silo", lambda name, *given, **more: read.append(name) or read_silo(name, *given, **more)
    )
    with sharing():
        first, second = read_district(district_folder), read_district(other)
    assert sorted(read) == sorted([*first, "meals"])
    for table in ("people", "identifiers", "person_rows", "findings", "accounts"):
        pd.testing.assert_frame_equal(getattr(second, table), getattr(alone, table))
    assert second.written.value_rows == alone.written.value_rows


def test_what_a_killed_run_left_goes_with_the_next_and_a_living_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive = tmp_path / f"kit-shares-{ended.pid}-x", tmp_path / f"kit-shares-{os.getpid()}-y"
    for folder in (dead, alive):
        folder.mkdir(mode=0o700)
    with sharing():
        assert not dead.exists()
        assert alive.exists()


def test_what_there_is_no_room_for_is_made_and_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with sharing():
        monkeypatch.setattr(Path, "write_bytes", full)
        first = shared(lambda: "a frame", lambda: pd.DataFrame({"a": [1]}))
        again = shared(lambda: "a frame", lambda: pd.DataFrame({"a": [1]}))
        assert first is not again
        assert again["a"].tolist() == [1]
