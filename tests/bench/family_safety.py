"""Measure the promise of family pages: another child's value on 0 of 2,000 pages, and what that costs.

`python -m tests.bench.family_safety --seeds 31 32 33` makes a district a seed, reads and links it as anybody
would, and judges by the answer key: every value and event on the pages that it writes for families and for
students (`written`), and all that may stand on any page (`pages`), which is more. Beside these stand the same
without the gate, the pages that are held, and for how many children each system stands.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

from helpers.files import read_district
from helpers.link import link_district
from helpers.profile import build_profiles
from helpers.profile.relations import roster_silos
from helpers.profile.store.source import source_of
from helpers.report.family.pages import family_pages, shown_on
from helpers.score.family_pages import judge_family_pages, score_pages
from synthetic_data.district import make_district

__all__ = ["main", "measure"]


def measure(folder: Path, write: bool = True) -> dict[str, pd.DataFrame]:
    """Judge the family pages of a made district.

    Parameters
    ----------
    folder
        The district.
    write
        Whether pages are made, too; what may stand on them is judged in any case.

    Returns
    -------
    dict
        ``written family`` and ``written student`` (table *page_scores*), and what
        `family_pages.judge_family_pages` gives.
    """
    district = read_district(folder)
    links = link_district(district)
    profiles = build_profiles(district, links)
    judged = judge_family_pages(district, links, profiles)
    found = {
        "may stand": judged.pages,
        "as if nothing were doubted": judged.unguarded,
        "held": judged.held,
        "systems that stand": judged.systems,
        "adults": judged.adults,
    }
    if not write:
        return found
    rosters = roster_silos(district)
    listed = links.crosswalk.loc[links.crosswalk["silo"].isin(rosters), "child"].unique().tolist()
    source = source_of(district, links, profiles)
    for voice in ("family", "student"):
        pages = family_pages(district, links, source, children=listed, voice=voice)
        found[f"written for {voice}"] = score_pages(district, links, shown_on(pages.pages), rosters=rosters)
    return found


def main() -> None:
    """Measure seed after seed and write the tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--seeds", type=int, nargs="+", default=[31, 32, 33])
    options.add_argument("--students", type=int, default=2_000)
    options.add_argument("--level", default="manual")
    options.add_argument("--faults", type=float, default=1.0)
    options.add_argument("--no-pages", action="store_true", help="judge only what may stand; quicker")
    options.add_argument("--json", type=Path, help="also write all tables to this file")
    asked = options.parse_args()
    everything = {}
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as place:
            folder = make_district(
                students=asked.students,
                seed=seed,
                level=asked.level,
                faults=asked.faults,
                folder=Path(place) / "district",
            )
            found = measure(folder, not asked.no_pages)
        tell = [f"seed {seed}, {asked.students} children, {asked.level}, faults = {asked.faults:g}"]
        tell += [f"{name}\n{table.round(4).to_string(index=False)}" for name, table in found.items()]
        sys.stdout.write("\n\n".join(tell) + "\n\n")
        sys.stdout.flush()
        everything[str(seed)] = {
            name: json.loads(table.to_json(orient="records")) for name, table in found.items()
        }
    if asked.json:
        asked.json.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
