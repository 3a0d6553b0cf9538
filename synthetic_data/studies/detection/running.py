"""The runs of the study: which districts, several at once, each kept so that a run that broke off goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, fields
from functools import partial
from pathlib import Path

import pandas as pd

from synthetic_data.kinds import faults_on_request
from synthetic_data.studies.detection.detectors import detectors_now
from synthetic_data.studies.detection.looking import Asked, Looked, look_at
from synthetic_data.workers import context

__all__ = ["CLEAN", "RUNS", "SEEDS", "STUDENTS", "WITH_FAULTS", "asked_for", "look_at_all"]

SEEDS = tuple(range(1, 21))
STUDENTS = 300
CLEAN = "clean"
# Exchange level and factor on every rate. Added: as usual, and the kinds added once detectors stood.
RUNS = {
    "usual": ("manual", 1.0),
    "dense": ("manual", 3.0),
    "added": ("manual", 1.0),
    CLEAN: ("governed", 0.0),
}
WITH_FAULTS = tuple(run for run, (_, faults) in RUNS.items() if faults)


def asked_for(
    runs: Sequence[str] = tuple(RUNS), seeds: Sequence[int] = SEEDS, students: int = STUDENTS
) -> list[Asked]:
    """List the districts of some runs.

    Parameters
    ----------
    runs
        Keys of `RUNS`.
    seeds
        A district each.
    students
        Children of each.

    Returns
    -------
    list of Asked
        Seed by seed, so that what is there of a run that broke off is of all kinds.
    """
    added = {one.name: one.rate for one in faults_on_request() if one.held_out}
    return [
        Asked(run, seed, students, *RUNS[run], rates=added if run == "added" else {})
        for seed in seeds
        for run in runs
    ]


def look_at_all(asked: Sequence[Asked], *, processes: int = 1, keep: Path | None = None) -> Iterator[Looked]:
    """Look at districts, several at once, in the order in which they were asked for.

    Parameters
    ----------
    asked
        Which districts.
    processes
        How many work at once; what comes out is the same.
    keep
        Folder in which what was seen of each district is kept, and looked up: under a name that holds what
        was asked and what the detectors are.

    Yields
    ------
    Looked
        What was noticed and raised.
    """
    detectors = detectors_now()
    work = partial(_kept, keep=keep, detectors=detectors)
    if processes == 1:
        yield from map(work, asked)
        return
    with ProcessPoolExecutor(processes, mp_context=context()) as pool:
        yield from pool.map(work, asked)


def _kept(asked: Asked, *, keep: Path | None, detectors: str) -> Looked:
    if keep is None:
        return look_at(asked)
    told = hashlib.sha256(repr((astuple(asked), detectors)).encode()).hexdigest()[:16]
    names = [one.name for one in fields(Looked)]
    paths = {name: keep / f"{asked.run}_{asked.seed}_{told}_{name}.parquet" for name in names}
    if all(path.is_file() for path in paths.values()):
        return Looked(**{name: pd.read_parquet(path) for name, path in paths.items()})
    looked = look_at(asked)
    keep.mkdir(parents=True, exist_ok=True)
    for name, path in paths.items():
        getattr(looked, name).to_parquet(path)
    return looked
