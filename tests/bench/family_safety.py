"""Measure the promise of family pages: another child's value on 0 of 2,000 pages, and what that costs.

`python -m tests.bench.family_safety --seeds 31 32 33` makes a district a seed, reads and links it as anybody
would, and judges by the answer key whatever may stand on a page: every value and event of every system that
stands for the child, which is more than any page shows. Beside it stand the pages that are held, and the
share of what is known that may be shown.
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
from helpers.profile import child_profiles
from helpers.score.pages import score_held_pages, score_pages
from helpers.share.doubt import roster_silos, sure_enough
from helpers.share.holding import held_pages
from synthetic_data.district import make_district

__all__ = ["main", "measure"]


def measure(folder: Path) -> dict[str, pd.DataFrame]:
    """Judge what may stand on the family pages of a made district.

    Parameters
    ----------
    folder
        The district.

    Returns
    -------
    dict
        ``pages`` (table *page_scores*), ``unguarded`` (the same as if nothing were doubted), ``held`` (table
        *held_page_scores*) and ``standing`` (``silo, children, stand, share``).
    """
    district = read_district(folder)
    links = link_district(district)
    profiles = child_profiles(district, links)
    rosters = roster_silos(district)
    standing = sure_enough(district, links)
    held = held_pages(district, links, standing)
    listed = standing.loc[standing["silo"].isin(rosters), "child"].unique()
    known = _lines(profiles.values, profiles.timeline, listed)
    whole = set(
        held.loc[held["guardian"].isna() & held["home"].isna() & ~held["code"].eq("eighteen"), "child"]
    )
    may = standing.loc[standing["may_stand"].astype(bool), ["child", "silo"]]
    shown = known.merge(may, on=["child", "silo"], how="inner", validate="many_to_one")
    shown = shown[~shown["child"].isin(whole)]
    own = standing[standing["child"].isin(listed)]
    by_silo = own.groupby("silo")["may_stand"].agg(["size", "sum"]).reset_index()
    by_silo.columns = pd.Index(["silo", "children", "stand"])
    return {
        "pages": score_pages(district, links, shown, rosters=rosters, known=known),
        "unguarded": score_pages(district, links, known, rosters=rosters),
        "held": score_held_pages(held, len(listed)),
        "standing": by_silo.assign(share=by_silo["stand"].astype("float64") / by_silo["children"]),
    }


def _lines(values: pd.DataFrame, timeline: pd.DataFrame, children: object) -> pd.DataFrame:
    """Give every value that any system reports and every event of some children, a row each."""
    told = values[values["status"].eq("Reported") & values["silo"].notna()]
    told = told.rename(columns={"element": "name"})[["child", "name", "silo"]]
    events = timeline.rename(columns={"kind": "name"})[["child", "name", "silo"]]
    lines = pd.concat([told, events], ignore_index=True)
    return lines[lines["child"].isin(list(children))].reset_index(drop=True)  # type: ignore[call-overload]


def main() -> None:
    """Measure seed after seed and print the tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--seeds", type=int, nargs="+", default=[31, 32, 33])
    options.add_argument("--students", type=int, default=2_000)
    options.add_argument("--level", default="manual")
    options.add_argument("--faults", type=float, default=1.0)
    options.add_argument("--json", type=Path)
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
            found = measure(folder)
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
