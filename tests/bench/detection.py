"""Measure which faults are noticed over many seeds, and what is raised where nothing is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.save import write_atomically
from synthetic_data.studies.detection import Detection, detection
from synthetic_data.studies.detection.study import ADDED, WANTED, detectors_now
from tests.bench.figures import Figure, figure
from tests.bench.measure import CORES

__all__ = ["bench_detection", "figures_of", "seen_table"]

REPORTS = Path(__file__).resolve().parents[2] / "reports"


def bench_detection(folder: Path) -> Iterator[Figure]:
    """Look at twenty districts of each run; the bench is of figures, not of speed."""
    began = time.monotonic()
    tables = detection(processes=CORES, keep=REPORTS / "detection" / "kept")
    took = time.monotonic() - began
    for one in fields(Detection):
        text = getattr(tables, one.name).to_csv(index=False)
        write_atomically(REPORTS / "detection" / f"{one.name}.csv", text.encode(), private=False)
    yield from figures_of(tables)
    districts = len(tables.clean_districts)
    yield figure(f"detection study, {districts} seeds, on {CORES} cores", took, "s", None)


def figures_of(tables: Detection) -> Iterator[Figure]:
    """Put the study's tables beside what was promised.

    Parameters
    ----------
    tables
        The study's tables.

    Yields
    ------
    Figure
        Of each run the share of kinds that reach the line; the kinds that were added, each by itself; the
        alarms of well-kept districts.
    """
    more: dict[str, Any] = {"detectors": detectors_now()}
    for run, kinds in tables.detected_faults.groupby("run", sort=False):
        if run == ADDED:
            yield from _added(kinds, more)
            continue
        often = kinds[kinds["often_districts"].gt(0)]
        reached = often["verdict"].eq("reached")
        name = f"kinds of fault noticed in {WANTED:.0%} of the districts that hold three or more, {run}"
        told: dict[str, Any] = {"kinds": len(often), "missed": _names(often[~reached]), **more}
        told["never_so_often"] = _names(kinds[kinds["often_districts"].eq(0)])
        yield figure(f"{name}, share", float(reached.mean()), "", 1.0, at_least=True, **told)
        share = float(kinds["faults_listed"].sum() / kinds["faults"].sum())
        yield figure(f"single faults noticed, {run}", share, "", None, faults=int(kinds["faults"].sum()))
    clean = tables.clean_districts
    if len(clean):
        name = f"alarms that a clean, governed district is shown, mean of {len(clean)}"
        most = int(clean["alarms"].max())
        yield figure(name, float(clean["alarms"].mean()), "", 0, most=most, **more)


def _added(kinds: pd.DataFrame, more: dict[str, Any]) -> Iterator[Figure]:
    for row in kinds.to_dict("records"):
        name = f"added after the detectors stood: {row['silo']}.{row['kind']} ({row['detected_by']})"
        told = {str(key): row[key] for key in ("often_districts", "held_districts", "held_listed", "faults")}
        yield figure(f"{name}, single faults noticed", float(row["fault_share"]), "", None, **told, **more)


def _names(kinds: pd.DataFrame) -> list[str]:
    return (kinds["silo"] + "." + kinds["kind"]).tolist()


def seen_table(kinds: pd.DataFrame) -> str:
    """Lay out the kinds of one run as lines of text.

    Parameters
    ----------
    kinds
        Rows of the table ``detected_faults``.

    Returns
    -------
    str
        A line a kind, those that miss the line first.
    """
    lines = [f"{'kind':44} {'districts':>12} {'of single faults':>26}  verdict"]
    for row in kinds.sort_values(["verdict", "silo", "kind"]).to_dict("records"):
        name = f"{row['silo']}.{row['kind']}"
        districts = f"{row['often_listed']} of {row['often_districts']}"
        single = f"{row['faults_listed']} of {row['faults']}"
        if pd.notna(row["fault_share"]):
            single += f" ({row['fault_low']:.2f} to {row['fault_high']:.2f})"
        lines.append(f"{name:44} {districts:>12} {single:>26}  {row['verdict']}")
    return "\n".join(lines)
