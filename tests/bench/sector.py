"""Measure whether the sector report's intervals hold what was simulated, over many made sectors."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from synthetic_data.studies.sector import coverage_of, false_calls, sector_coverage
from tests.bench.figures import Figure, figure
from tests.bench.measure import CORES

__all__ = ["bench_sector"]

SECTORS = 100
WANTED, MAY_MISS = 0.95, 0.02
MOST_FALSE = 0.06
VOLUNTEERS = "unrecorded self-selection"


def bench_sector(folder: Path) -> Iterator[Figure]:
    """Make 100 sectors of each situation, analyze each as the report does, and count what its intervals hold.

    The bench is of figures, not of speed; where nobody recorded why systems answer, coverage has to fall.
    """
    began = time.monotonic()
    intervals = sector_coverage(SECTORS, processes=CORES)
    took = time.monotonic() - began
    table = coverage_of(intervals)
    for row in table[table["what"].ne("mean") & table["claims"]].to_dict("records"):
        name = f"{row['situation']}: 95% intervals of the {row['comparison']} {row['what']}"
        more = {"intervals": row["intervals"], "held_low": row["low"], "held_high": row["high"]}
        if row["situation"] == VOLUNTEERS:
            yield figure(f"{name}, share that hold what was simulated", row["held"], "", 0.9, **more)
        else:
            off = abs(row["held"] - WANTED)
            told = f"{name}, {row['held']:.3f} hold what was simulated: distance from {WANTED}"
            yield figure(told, off, "", MAY_MISS, held=row["held"], **more)
    for row in false_calls(intervals).to_dict("records"):
        name = f"simulated zero called significant, correction {row['correction']}, {row['of']}"
        target = MOST_FALSE if row["correction"] == "Holm" else None
        yield figure(name, row["share"], "", target, tested=row["tested"], called=row["called"])
    yield figure(
        f"{len(intervals):,} intervals of {SECTORS * 4:,} sectors, on {CORES} cores", took, "s", None
    )
