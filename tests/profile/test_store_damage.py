"""A store that was changed or cut after it was written is never read as if it were whole."""

from __future__ import annotations

import os
import random
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import District
from helpers.link import Links
from helpers.profile import Profiles
from helpers.profile.store.facts import read_parquet, write_parquet
from helpers.profile.store.profiles import ProfileStore, save_store
from helpers.profile.store.source import Source, source_of
from helpers.standard import BadInput

FLIPS = 24


@pytest.fixture(scope="module")
def whole(
    district: District,
    district_links: Links,
    district_profiles: Profiles,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    place = tmp_path_factory.mktemp("whole") / "store"
    return save_store(source_of(district, district_links, district_profiles), place)


@pytest.fixture
def store(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "store"))


def everything(source: Source) -> list[object]:
    """Read each table in each way that there is: by pyarrow, by DuckDB, and one child alone."""
    children = source.children()["child"].tolist()
    tables = [source.relations(), source.systems(), source.profile(), source.timeline(), source.indicators()]
    tables += [source.recorded(), source.values(children[:3]), source.recorded(children[:1])]
    tables += [source.timeline(children[:1])]
    return [table.to_csv() for table in tables]


def changed(path: Path, chance: random.Random) -> bytes:
    """Flip one bit of a file; give what it held."""
    data = path.read_bytes()
    at = chance.randrange(len(data))
    path.write_bytes(data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :])
    return data


@pytest.mark.full
def test_a_flipped_bit_is_never_read_as_another_value(store: Path) -> None:
    read = [
        "children",
        "relations",
        "systems",
        *(f"{name}/part-0000" for name in ("said", "timeline", "profile")),
    ]
    paths = [store / f"{name}.parquet" for name in read]
    assert len(everything(ProfileStore.open(store))) == 9
    for number in range(FLIPS):
        chance = random.Random(number)
        path = paths[number % len(paths)]
        data = changed(path, chance)
        with pytest.raises(BadInput, match=r"is damaged .*write it again") as told:
            everything(ProfileStore.open(store))
        assert path.name in str(told.value)
        path.write_bytes(data)


def test_pages_have_checksums_of_their_own(tmp_path: Path, whole: Path) -> None:
    table = pq.read_table(whole / "said" / "part-0000.parquet")
    write_parquet(table, tmp_path / "said.parquet")
    first = pq.ParquetFile(tmp_path / "said.parquet").metadata.row_group(0).column(0)
    data = bytearray((tmp_path / "said.parquet").read_bytes())
    data[first.data_page_offset + first.total_compressed_size // 2] ^= 1
    (tmp_path / "said.parquet").write_bytes(data)
    with pytest.raises(OSError, match=r"[Cc]hecksum|CRC"):
        read_parquet(tmp_path / "said.parquet")


@pytest.mark.parametrize("name", ["store.json", "digests.json", "children.parquet", "said/part-0000.parquet",
                                  "standard/tables.json", "standard/part-0000/people.parquet"])  # fmt: skip
@pytest.mark.parametrize("left", [0, 0.5, None], ids=["empty", "half", "gone"])
def test_a_cut_store_is_one_sentence(name: str, left: float | None, store: Path, tmp_path: Path) -> None:
    data = (store / name).read_bytes()
    if left is None:
        (store / name).unlink()
    else:
        (store / name).write_bytes(data[: int(len(data) * left)])
    asked = ["view", str(store), "--role", "public", "--who", "district", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 2, result.output
    assert len(result.stderr.splitlines()) == 1
    assert "bigpicture profile" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of files")
def test_only_its_writer_may_read_a_store(whole: Path) -> None:
    before = os.umask(0o022)
    os.umask(before)
    files = [path for path in whole.rglob("*") if path.is_file()]
    assert len(files) > 30
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
