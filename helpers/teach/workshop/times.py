"""Where a room should be by the clock: as planned, in a simulation, and in a real room."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from helpers.teach.workshop.tracks import lines_of, track_named

SIMULATED = Path(__file__).with_name("simulated_room.csv")


@cache
def simulated_need(track: str) -> tuple[float, int]:
    """Return the working minutes that 19 of 20 simulated learners need for a track, and those planned."""
    breaks = {line.what for line in lines_of(track_named(track)) if line.alone is None}
    with SIMULATED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["track"] == track and row["line"] not in breaks]
    need = sum(float(row["nineteenth_done"]) - float(row["begins"]) for row in rows)
    return need, sum(int(row["planned"]) for row in rows)
