"""The promises about who is who: how right, how fast, for whom, and beside whom."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import math
import multiprocessing
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from helpers.files.save import write_atomically
from helpers.score.populations import BOTH_DATED, BY_NUMBER_ONLY, NAMED_POPULATIONS
from tests.bench.figures import Figure, figure
from tests.bench.linking_counts import COUNTED, COUNTED_NAMED, PairCounter
from tests.bench.linking_data import CACHE, PROJECT, linking_data, read_data
from tests.bench.linking_district import (
    ALL_METHODS,
    AS_THEY_ARE,
    CEILING,
    DECIDED,
    MADE_EQUAL,
    measure_district,
)
from tests.bench.linking_run import CAREFUL
from tests.bench.linking_table import at, median, spread, table_of_methods
from tests.bench.measure import run

__all__ = ["LINK_BENCHES"]

# Nothing was tuned on these.
SEEDS = (11, 12, 13, 14, 15)
CHILDREN, MANY = 10_000, 100_000
DIALS = (0.5, 2.0)
# Districts made and linked at once: what is measured here is how right, not how fast.
AT_ONCE = 2
TIMES = 3
ID_SEEDS = range(1, 21)
ID_CHILDREN = 300
F1_OF_DATED = {CHILDREN: 0.955, MANY: 0.945}
WITH_REVIEW = "recall of what is accepted or waits for a person (each child once)"
SECONDS = {600: 4, CHILDREN: 12, MANY: 60}

Measures = dict[str, Any]


def bench_pairs(folder: Path, seeds: int) -> Iterator[Figure]:
    """Score every method on the same records: 10,000 children, all systems; the dial of faults as a range."""
    jobs = [*itertools.product(SEEDS[:seeds], (1.0,)), *itertools.product(SEEDS[:1], DIALS)]
    # A process of its own for each, so that what one has in memory isn't counted with the next.
    own = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(AT_ONCE, mp_context=own, max_tasks_per_child=1) as pool:
        found = list(pool.map(_measured, *zip(*jobs, strict=True)))
    measures, dials = found[:seeds], found[seeds:]
    for line in table_of_methods(measures, dials):
        click.echo(line)
    yield from _of_pairs(measures, dials)
    yield from _of_groups(measures, dials)


def _measured(seed: int, faults: float) -> Measures:
    more = {} if faults == 1.0 else {"faults": faults}
    # Minutes each: what the same code has measured of the same district isn't measured again.
    kept = CACHE / f"measured-{seed}-{faults}-{_code()}.json"
    if not kept.exists():
        measures = measure_district(seed, CHILDREN, ALL_METHODS, with_ceiling=True, **more)
        write_atomically(kept, json.dumps(measures).encode())
    measures = json.loads(kept.read_text(encoding="utf-8"))
    return measures  # type: ignore[no-any-return]


def _code() -> str:
    """Fingerprint all code by which a district is made, read, linked and scored."""
    whole = hashlib.sha256()
    for part in ("helpers", "synthetic_data", "tests/bench"):
        for path in sorted((PROJECT / part).rglob("*")):
            if path.suffix in (".py", ".toml", ".json", ".csv"):
                whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def _of_pairs(measures: Sequence[Measures], dials: Sequence[Measures]) -> Iterator[Figure]:
    told = functools.partial(_told, measures, dials)
    for population in COUNTED:
        name = f"link {CHILDREN:,} children, {population.lower()}"
        ours = ("methods", DECIDED, population)
        peer = _peer(median(measures, "methods", CAREFUL, population, "f1"))
        target = F1_OF_DATED[CHILDREN] if population == BOTH_DATED else None
        if population == BY_NUMBER_ONLY:  # what ids alone can join: shown beside the others, and no promise
            yield told(f"{name}, F1 of what is accepted", (*ours, "f1"), None, True)
            yield told(f"{name}, precision of what is accepted", (*ours, "precision"), None, True)
            continue
        yield told(f"{name}, F1 of what is accepted", (*ours, "f1"), target, True, peer)
        yield told(f"{name}, precision of what is accepted", (*ours, "precision"), 0.97, True)
        if population != BOTH_DATED:
            yield told(f"{name}, {WITH_REVIEW}", ("review", population, "recall"), 0.8, True)
        yield told(
            f"{name}, error as a share of the careful peer's", ("share_of_error", population), 0.85, False
        )
        if all("below_ceiling" in one for one in measures):
            ceiling = median(measures, "methods", CEILING, population, "f1")
            yield told(
                f"{name}, F1 below its ceiling of {ceiling:.4f}", ("below_ceiling", population), 0.02, False
            )
        else:
            click.echo(f"{name}: no ceiling, since {measures[0].get('why_no_ceiling')}")


def _of_groups(measures: Sequence[Measures], dials: Sequence[Measures]) -> Iterator[Figure]:
    told = functools.partial(_told, measures, dials)
    for population in NAMED_POPULATIONS:
        name = f"link {CHILDREN:,} children, {population.lower()}"
        yield told(f"{name}, precision of twins", ("twins", population, "value"), 0.95, True)
        for faults in (AS_THEY_ARE, MADE_EQUAL):
            first = measures[0]["gaps"][faults][population]
            yield told(
                f"{name}, F1 of the best group less the worst's, faults {faults.lower()}",
                ("gaps", faults, population, "value"),
                0.12,
                False,
                groups_of_first_seed=[first["best"], first["worst"]],
                interval_of_first_seed=[round(first["low"], 4), round(first["high"], 4)],
            )


def _told(
    measures: Sequence[Measures],
    dials: Sequence[Measures],
    name: str,
    path: tuple[str, ...],
    target: float | None,
    at_least: bool,
    peer: Figure | None = None,
    **more: Any,
) -> Figure:
    """Give the median over seeds, its range over seeds, and its range over the dial of faults."""
    middle = median(measures, *path)
    turned = [at(one, *path) for one in dials]
    return figure(
        f"{name} (median of {len(measures)})",
        middle,
        "",
        target,
        peer,
        at_least,
        over_seeds=spread([at(one, *path) for one in measures]),
        over_dial=spread([middle, *turned]) if turned else None,
        **more,
    )


def _peer(f1: float) -> Figure:
    return {
        "name": f"Splink {version('splink')}",
        "value": round(f1, 4),
        "does": "as a careful user runs it, its threshold chosen with the truth",
    }


def bench_large(folder: Path, seeds: int) -> Iterator[Figure]:
    """Score and time 100,000 children: only the newest files that name persons, so fewer records a child."""
    seeds = max(1, seeds - 4)  # a minute or two each
    measures = [
        measure_district(seed, MANY, (DECIDED,), with_ceiling=False, with_groups=False, people_only=True)
        for seed in SEEDS[:seeds]
    ]
    told = functools.partial(_told, measures, ())
    for population in COUNTED_NAMED:
        name = f"link {MANY:,} children, {population.lower()}"
        ours = ("methods", DECIDED, population)
        target = F1_OF_DATED[MANY] if population == BOTH_DATED else None
        yield told(f"{name}, F1 of what is accepted", (*ours, "f1"), target, True)
        yield told(f"{name}, precision of what is accepted", (*ours, "precision"), 0.97, True)
        if population != BOTH_DATED:
            yield told(f"{name}, {WITH_REVIEW}", ("review", population, "recall"), 0.8, True)


def bench_speed(folder: Path, seeds: int) -> Iterator[Figure]:
    """Time 600, 10,000 and 100,000 children, each process on its own."""
    bigpicture = Path(sys.executable).with_name("bigpicture")
    run([bigpicture, "make", folder / "small", "--students", "600", "--level", "none"])
    seconds, _, _ = _timed(["--folder", folder / "small"])
    yield figure("link 600 children in a cell, the engine's import included", seconds, "s", SECONDS[600])
    whole = linking_data(SEEDS[0], CHILDREN).folder
    seconds, cpu, gib = _timed([whole])
    more: Measures = {"cpu_seconds": round(cpu, 1), "gib": round(gib, 2)}
    peer = _speed_of_splink(whole, folder)
    yield figure(f"link {CHILDREN:,} children, all files", seconds, "s", SECONDS[CHILDREN], peer, **more)
    middle, _, _ = _timed([linking_data(SEEDS[0], CHILDREN, people_only=True).folder])
    large, cpu, gib = _timed([linking_data(SEEDS[0], MANY, people_only=True).folder], times=1)
    name = f"link {MANY:,} children, people's newest files"
    yield figure(name, large, "s", SECONDS[MANY], cpu_seconds=round(cpu, 1))
    yield figure(f"{name}, memory of the whole process", gib, "GiB", 4)
    exponent = math.log(large / middle) / math.log(MANY / CHILDREN)
    yield figure(f"{name}, cost exponent from {CHILDREN:,}", exponent, "", 1.25)


def _timed(arguments: list[str | Path], times: int = TIMES) -> tuple[float, float, float]:
    """Give the median of wall-clock and processor seconds of linking, and the largest peak in GiB."""
    runs = [run([sys.executable, "-m", "tests.bench.linking_speed", *arguments]) for _ in range(times)]
    told = [json.loads(one.output) for one in runs]
    seconds, cpu = (statistics.median(one[key] for one in told) for key in ("seconds", "cpu_seconds"))
    return seconds, cpu, max(one.peak_gib for one in runs)


def _speed_of_splink(place: Path, folder: Path) -> Figure:
    took = run([sys.executable, "-m", "tests.bench.linking_run", place, CAREFUL, folder])
    cost = pd.read_parquet(folder / "once.parquet").iloc[0]
    return {
        "name": f"Splink {version('splink')}",
        "value": round(float(cost["seconds"]), 3),
        "does": f"as a careful user runs it, at one threshold, holding {took.peak_gib:.1f} GiB",
        "cpu_seconds": round(float(cost["cpu_seconds"]), 1),
    }


def bench_ids(folder: Path, seeds: int) -> Iterator[Figure]:
    """Judge columns of ids on 20 seeds, and link by a shared id where systems have one."""
    from synthetic_data.studies.linking import mistaken, planted_columns

    columns = planted_columns(ID_SEEDS, students=ID_CHILDREN)
    wrong = mistaken(columns)
    planted = columns.loc[columns["injected"].notna(), ["seed", "silo", "column"]].drop_duplicates()
    sound = columns.loc[columns["injected"].isna(), ["seed", "silo", "column"]].drop_duplicates()
    name = f"columns of ids mistaken on {len(ID_SEEDS)} seeds, {len(planted)} planted and {len(sound)} sound"
    yield figure(name, len(wrong), "columns", 0)
    rates = [_rostered(seed, folder) for seed in SEEDS[: max(1, seeds - 2)]]
    name = f"link {CHILDREN:,} children at level rostered, F1 over systems with the shared id"
    yield figure(f"{name} (median of {len(rates)})", statistics.median(rates), "", 0.995, at_least=True)


def _rostered(seed: int, folder: Path) -> float:
    """Give F1 over all pairs of records of systems most of whose children carry the SIS's id."""
    place = linking_data(seed, CHILDREN, people_only=True, level="rostered").folder
    data = read_data(place)
    run([sys.executable, "-m", "tests.bench.linking_run", place, DECIDED, folder])
    labels = pd.read_parquet(folder / "labels.parquet")[DECIDED].to_numpy(dtype=np.int64)
    students, ids = data.students, data.identifiers
    own = ids.loc[ids["silo"].eq("sis"), ["identification_system", "identifier"]].drop_duplicates()
    own = own[own["identification_system"].isin(["District", "State"])]
    carried = ids.merge(own, on=["identification_system", "identifier"], how="inner", validate="many_to_one")
    carrying = carried[["silo", "record"]].drop_duplicates().groupby("silo").size()
    share = carrying / students.groupby("silo").size()
    with_id = students["silo"].isin(share.index[share > 0.5]).to_numpy(dtype=bool)
    return PairCounter(data).among(labels, with_id).f1


# Parts of `python -m tests.bench link`, in the order in which they run.
LINK_BENCHES: dict[str, Callable[[Path, int], Iterator[Figure]]] = {
    "link-speed": bench_speed,
    "link-ids": bench_ids,
    "link-large": bench_large,
    "link-pairs": bench_pairs,
}
