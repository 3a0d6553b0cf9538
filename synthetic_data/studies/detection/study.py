"""Which faults the kit notices, kind by kind over many seeds, and what it raises where nothing is wrong.

A kind is noticed in a district when at least one of its faults is told of at its own place: by a finding at
that row or record, or by its record among those behind a line of the scorecard. That a measure is above zero
for other children's sake never counts. How often records go wrong is the generator's doing (`faults/`): the
tables say what detectors make of such faults, not how frequent these are in any real district.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.save import write_atomically
from synthetic_data.studies.detection.counting import clean_tables, kinds_noticed
from synthetic_data.studies.detection.detectors import detectors_now
from synthetic_data.studies.detection.looking import Looked
from synthetic_data.studies.detection.running import (
    CLEAN,
    RUNS,
    SEEDS,
    STUDENTS,
    WITH_FAULTS,
    asked_for,
    look_at_all,
)

__all__ = ["Detection", "KitRun", "detection", "kit_run", "together", "write_kit_run"]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Detection:
    """What many districts say of the detectors: tables of these names (``layouts/standard/studies.toml``)."""

    faults_noticed: pd.DataFrame
    clean_districts: pd.DataFrame
    false_alarms: pd.DataFrame
    intended_limits: pd.DataFrame
    planted_cases: pd.DataFrame


@dataclass(frozen=True)
class KitRun:
    """The run that comes with the kit.

    Attributes
    ----------
    tables
        Its tables.
    detectors
        SHA-256 of the detectors that it is of.
    frozen
        Whether those are the detectors of today: else they have changed since.
    made
        Seeds, children, day; ``before``: what an earlier run said, before detectors were mended on its seeds;
        ``fresh``: what clean districts of seeds say on which nothing was mended.
    """

    tables: Detection
    detectors: str
    frozen: bool
    made: dict[str, Any]


def detection(
    runs: Sequence[str] = tuple(RUNS),
    *,
    seeds: Sequence[int] = SEEDS,
    students: int = STUDENTS,
    processes: int = 1,
    keep: Path | None = None,
) -> Detection:
    """Make, read, join and measure districts, and count what was noticed in them.

    Parameters
    ----------
    runs
        Keys of `RUNS`.
    seeds
        A district each of every run.
    students
        Children of each.
    processes
        How many work at once; the tables are the same.
    keep
        Folder in which what was seen of each district is kept and looked up.

    Returns
    -------
    Detection
        All tables.
    """
    return together(list(look_at_all(asked_for(runs, seeds, students), processes=processes, keep=keep)))


def together(looked: Sequence[Looked]) -> Detection:
    """Put districts together into the study's tables.

    Parameters
    ----------
    looked
        Districts of one or several runs.

    Returns
    -------
    Detection
        All tables; those of runs that weren't asked for are empty.
    """
    there = {str(run) for one in looked for run in one.lines["run"].unique()}
    kinds = kinds_noticed(looked, [run for run in WITH_FAULTS if run in there])
    return Detection(kinds, **clean_tables(looked, CLEAN)._asdict())


def write_kit_run(tables: Detection, folder: Path = HERE, **made: Any) -> None:
    """Write a run's tables, and of which detectors they are.

    Parameters
    ----------
    tables
        What `detection` gives.
    folder
        Where to; the kit's own when not given.
    **made
        What to say of it: seeds, children, day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for one in fields(Detection):
        text = getattr(tables, one.name).to_csv(index=False)
        write_atomically(folder / f"kit_run_{one.name}.csv", text.encode(), private=False)
    told = json.dumps({"detectors": detectors_now(), **made}, indent=2) + "\n"
    write_atomically(folder / "kit_run.json", told.encode(), private=False)


def kit_run() -> KitRun:
    """Read the run that comes with the kit.

    Returns
    -------
    KitRun
        Its tables, and whether the detectors are still those.
    """
    made = json.loads((HERE / "kit_run.json").read_text(encoding="utf-8"))
    tables = {one.name: pd.read_csv(HERE / f"kit_run_{one.name}.csv") for one in fields(Detection)}
    detectors = made.pop("detectors")
    return KitRun(Detection(**tables), detectors, detectors == detectors_now(), made)
