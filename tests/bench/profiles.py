"""Time the putting together of profiles, and their memory, beside the same picture by pandas merges."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.profile.store.build import cache_cohorts, cached_cohort
from tests.bench.figures import Figure, figure
from tests.bench.linking_data import CACHE
from tests.bench.measure import CORES, Measured, run

__all__ = ["bench_profiles", "laid_side_by_side"]

CHILDREN = 10_000
COPIES = 10
SEED = 11
# Seconds, and GiB of all processes together.
TARGETS = {1: (10.0, None), COPIES: (60.0, 4.0)}
# Ids that tell one copy's child from another's.
IDS = ("child", "record", "contact_record")
PLACE = "place"


def bench_profiles(folder: Path) -> Iterator[Figure]:
    """Time profiles of 10,000 children and of ten times as many, from standard tables in Parquet.

    The larger district is ten copies of the smaller one, whose children have other ids: making and reading
    ten districts takes a quarter of an hour, and what profiles cost depends on how much is said of a child,
    not on who it is.
    """
    for copies, (seconds, gib) in TARGETS.items():
        standard = _standard(copies)
        children = CHILDREN * copies
        does = "only counts, means and the latest result: no source, no choice, no timeline, nothing left out"
        name = f"{children:,} profiles from standard tables"
        build = partial(_build, standard, folder / f"store{copies}")
        peer = partial(_peer, standard, folder / f"peer{copies}")
        ours, theirs = build(), peer()
        watched, their_memory = build(tree=True), peer(tree=True)
        told = json.loads(ours.output)
        beside = {"name": "pandas merges", "does": does}
        yield figure(
            name, ours.seconds, "s", seconds, {**beside, "value": round(theirs.seconds, 3)},
            copies=copies, **told,
        )  # fmt: skip
        yield figure(
            f"{name}, memory of all processes", watched.peak_gib, "GiB", gib,
            {**beside, "value": round(their_memory.peak_gib, 3)},
        )  # fmt: skip


def _build(standard: Path, out: Path, *, tree: bool = False) -> Measured:
    shutil.rmtree(out, ignore_errors=True)
    command: list[str | Path] = [sys.executable, "-m", "tests.bench.profiles_run", "build", standard, out]
    return run([*command, str(CORES)], tree=tree)


def _peer(standard: Path, out: Path, *, tree: bool = False) -> Measured:
    return run([sys.executable, "-m", "tests.bench.profiles_peer", standard, out], tree=tree)


def _standard(copies: int) -> Path:
    """Give the standard tables of a district, made, read and linked when they are asked for first."""
    place = CACHE / f"profiles-{SEED}-{CHILDREN * copies}"
    if not (place / "newest.json").exists():
        shutil.rmtree(place, ignore_errors=True)
        if copies == 1:
            run([sys.executable, "-m", "tests.bench.profiles_run", "lay", str(SEED), str(CHILDREN), place])
        else:
            laid_side_by_side(_standard(1), copies, place)
    # Rules that changed since the tables were laid out ask anew.
    if cached_cohort(place / "loose") is None:
        cache_cohorts(place)
    return place


def laid_side_by_side(one: Path, copies: int, place: Path) -> None:
    """Lay copies of a district's standard tables side by side; each child has an id of its own.

    Parameters
    ----------
    one
        What `save_standard` wrote.
    copies
        How many.
    place
        Where the copies are written.
    """
    about = json.loads((one / "tables.json").read_text(encoding="utf-8"))
    shutil.copytree(one / "whole", place / "whole")
    parts = sorted(one.glob("part-*"))
    for copy in range(copies):
        for number, part in enumerate(parts):
            there = place / f"part-{copy * len(parts) + number:04}"
            there.mkdir(parents=True)
            for file in part.glob("*.parquet"):
                pq.write_table(_renamed(pq.read_table(file), copy), there / file.name, compression="lz4")
    (place / "loose").mkdir()
    for file in (one / "loose").glob("*.parquet"):
        loose = pq.read_table(file)
        every = pa.concat_tables([_renamed(loose, copy) for copy in range(copies)])
        # A place is that of a row in its table.
        every = every.set_column(every.schema.get_field_index(PLACE), PLACE, pa.array(np.arange(len(every))))
        pq.write_table(every, place / "loose" / file.name, compression="lz4")
    firsts = [f"{copy}-{first}" for copy in range(copies) for first in about["firsts"]]
    (place / "tables.json").write_text(json.dumps({**about, "firsts": firsts}), encoding="utf-8")
    shutil.copy(one / "newest.json", place / "newest.json")


def _renamed(table: pa.Table, copy: int) -> pa.Table:
    for name in IDS:
        at = table.schema.get_field_index(name)
        if at >= 0:
            text = table.column(name)
            new = pc.binary_join_element_wise(
                pa.scalar(str(copy), text.type), text, pa.scalar("-", text.type)
            )
            table = table.set_column(at, name, new)
    return table
