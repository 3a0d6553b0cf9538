"""Lay out a district's standard tables, or put profiles together from them, in a process of its own.

Usage: python -m tests.bench.profiles_run lay SEED CHILDREN PLACE
       python -m tests.bench.profiles_run build STANDARD STORE PROCESSES
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
import pandas as pd


def lay(seed: int, children: int, place: Path) -> None:
    """Make a district, read it, say who is who, and write its standard tables."""
    from helpers.files import read_district
    from helpers.link import link_district
    from helpers.profile.facts.systems import latest_days
    from helpers.profile.store.facts import save_standard
    from synthetic_data.district import cache_folder, make_district

    folder = cache_folder().parent / "bench" / f"profiles-{seed}-{children}"
    district = read_district(make_district(folder=folder, students=children, seed=seed))
    save_standard(district, link_district(district).crosswalk, place)
    days = {silo: str(day) for silo, day in latest_days(district).days.items()}
    (place / "newest.json").write_text(json.dumps(days), encoding="utf-8")


def newest_days_of(place: Path) -> dict[str, pd.Timestamp]:
    """Give the newest day of each system, as it was kept beside the tables."""
    kept = json.loads((place / "newest.json").read_text(encoding="utf-8"))
    return {silo: pd.Timestamp(day) for silo, day in kept.items()}


def build(standard: Path, out: Path, processes: int) -> None:
    """Put profiles together; print what came of it."""
    from helpers.profile.store.build import build_store
    from helpers.profile.store.facts import StandardStore
    from helpers.profile.store.profiles import new_store

    with new_store(out) as writer:
        built = build_store(standard, writer, newest_days_of(standard), processes=processes)
        told: dict[str, Any] = {"school_year": built.school_year, "synthetic": True, "folder": None}
        told |= {"followed": [], "about": {}}
        writer.about(built.coverage, StandardStore(standard).firsts, told)
    sums = built.accounts[["rows", "rows_used", "rows_left_out"]].sum()
    assert sums["rows"] == sums["rows_used"] + sums["rows_left_out"]
    click.echo(json.dumps({"fact_rows": int(sums["rows"]), "profiles": built.children}))


if __name__ == "__main__":
    if sys.argv[1] == "lay":
        lay(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        build(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
